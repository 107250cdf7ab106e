"""The committed notebooks: run to the end, without warnings, with charts that nbval compares when it reruns them."""

import ast
import json
import re

import pytest

from analysis.paths import NOTEBOOKS

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
PARAMETERS = (
    *("corpus", "codebook", "since", "until", "actors", "event"),
    *("copies", "seed", "previous", "tables", "figures"),
)


def read(path):
    return json.loads(path.read_text(encoding="utf8"))


def code_cells(path):
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]


def test_the_five_are_there():
    assert [path.stem for path in PATHS] == ["01_corpus", "02_sentiment", "03_stance", "04_validation", "05_changes"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
class TestNotebook:
    def test_every_cell_ran_in_order_and_none_failed(self, path):
        cells = code_cells(path)
        assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
        outputs = [output for cell in cells for output in cell["outputs"]]
        assert not [output for output in outputs if output["output_type"] == "error"]
        assert not [output for output in outputs if output["output_type"] == "stream"]  # warnings come as streams

    def test_every_cell_but_the_parameters_shows_something(self, path):
        assert all(cell["outputs"] for cell in code_cells(path)[1:])

    def test_cells_are_short_and_hold_no_logic(self, path):
        for cell in code_cells(path):
            source = "".join(cell["source"])
            assert len(source.splitlines()) < 15
            assert not re.search(r"^\s*(def|class|for|while|if|with|try)\b", source, re.MULTILINE)

    def test_charts_are_svg_that_describe_themselves(self, path):
        charts = [cell for cell in code_cells(path) if ".show(" in "".join(cell["source"])]
        assert charts
        for cell in charts:
            svg = "".join(cell["outputs"][-1]["data"]["image/svg+xml"])
            assert 'role="img"' in svg
            assert "<desc>" in svg

    def test_every_chart_is_followed_by_the_table_it_draws(self, path):
        sources = ["".join(cell["source"]) for cell in code_cells(path)]
        for place, source in enumerate(sources):
            if shown := re.search(r"run\.show\(.*, (\w+), \"[\w-]+\"\)", source):
                whole = {"short": "measured"}.get(shown.group(1), shown.group(1))
                assert sources[place + 1].endswith(f"run.table({whole})")

    def test_parameters_have_types_defaults_and_help(self, path):
        tagged = [cell for cell in code_cells(path) if "parameters" in cell["metadata"].get("tags", [])]
        assert len(tagged) == 1
        lines = "".join(tagged[0]["source"]).splitlines()
        found = [re.fullmatch(r"(\w+): (?:str|int|bool|list) = \S+  # \S.+", line) for line in lines]
        assert all(found)
        assert tuple(match.group(1) for match in found if match) == PARAMETERS

    def test_nothing_tells_which_machine_ran_it(self, path):
        notebook = read(path)
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"
        assert "papermill" not in notebook["metadata"]
        text = path.read_text(encoding="utf8")
        assert str(NOTEBOOKS.parent) not in text
        assert not re.search(r"0x[0-9a-f]{6,}|/home/|/tmp/", text)

    def test_words_of_the_sample_are_marked_as_composed(self, path):
        if path.stem != "05_changes":  # which has no words of it without an earlier report
            assert "Quotations in this corpus are composed" in path.read_text(encoding="utf8")


ONE_ACTOR = """
[[actor]]
id = "mayor"
name = "Ana Lopez"
kind = "person"
"""


@pytest.fixture(scope="module")
def little(tmp_path_factory):
    """A corpus of one article that nothing is found in, and a codebook of one actor and no issue."""
    folder = tmp_path_factory.mktemp("little")
    (folder / "papers").mkdir()
    (folder / "papers" / "bridge.txt").write_text("The bridge\n\nThe new bridge was closed again after heavy rain.\n")
    (folder / "codebook.toml").write_text(ONE_ACTOR)
    return {"corpus": str(folder / "papers"), "codebook": str(folder / "codebook.toml")}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_notebooks_run_where_nothing_is_found(path, little):
    names: dict[str, object] = {}
    for number, cell in enumerate(code_cells(path)):
        exec(compile(ast.parse("".join(cell["source"])), f"{path.stem}, cell {number}", "exec"), names)
        if number == 0:
            names.update(little)
