import json
import os
import sys

import ipykernel.kernelspec
import nbformat
import pytest

from analysis.notebook import STARTS, NotebookError, ParameterError, check_parameters, run_notebook


def write_notebook(path, *sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    cells[0].metadata["tags"] = ["parameters"]
    kernel = {"kernelspec": {"name": "python3", "display_name": "whatever", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


@pytest.fixture
def greeting(tmp_path):
    return write_notebook(
        tmp_path / "greeting.ipynb", "who: str = 'Kyiv'  # whom\nseed: int = 1\nactors: list = []", "print(who)"
    )


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"whom": "Moscow"}, r"greeting.ipynb has no parameter 'whom'; its parameters are actors, seed, who"),
        ({"who": 3}, r"parameter 'who' is 3 \(int\), but must be of type str"),
        ({"seed": "3"}, r"parameter 'seed' is '3' \(str\), but must be of type int"),
        ({"seed": True}, r"parameter 'seed' is True \(bool\)"),
        ({"actors": "trump"}, r"parameter 'actors' is 'trump' \(str\), but must be of type list"),
    ],
)
def test_parameters_that_the_notebook_does_not_declare_are_refused(greeting, parameters, words):
    with pytest.raises(ParameterError, match=words):
        check_parameters(greeting, parameters)


DIES_AT_FIRST = """
import runpy, sys
from pathlib import Path
tries = Path(sys.argv.pop(1))
tries.write_text(tries.read_text() + "x")
if len(tries.read_text()) <= int(sys.argv.pop(1)):
    sys.exit(1)
runpy.run_module("ipykernel_launcher", run_name="__main__")
"""


@pytest.mark.parametrize(("deaths", "runs"), [(1, True), (9, False)])
def test_a_kernel_that_finds_its_ports_taken_is_started_again(greeting, tmp_path, monkeypatch, deaths, runs):
    tries, script = tmp_path / "tries", tmp_path / "kernel.py"
    tries.write_text("")
    script.write_text(DIES_AT_FIRST)
    usual = ipykernel.kernelspec.get_kernel_dict()
    argv = [sys.executable, str(script), str(tries), str(deaths), "-f", "{connection_file}"]
    monkeypatch.setattr(ipykernel.kernelspec, "get_kernel_dict", lambda: usual | {"argv": list(argv)})
    output = tmp_path / "out" / "greeting.ipynb"
    if runs:
        run_notebook(greeting, output, {})
        assert "Kyiv" in output.read_text()
    else:
        with pytest.raises(RuntimeError, match="Kernel died"):
            run_notebook(greeting, output, {})
        assert len(tries.read_text()) == STARTS


def test_a_notebook_without_parameters_says_so(tmp_path):
    path = write_notebook(tmp_path / "bare.ipynb", "1")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].metadata["tags"] = []
    nbformat.write(notebook, path)
    with pytest.raises(ParameterError, match="none: no cell is tagged 'parameters'"):
        check_parameters(path, {"who": "Kyiv"})


def test_two_runs_give_the_same_bytes_wherever_they_run(greeting, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "elsewhere"))
    outputs = [tmp_path / "one" / "g.ipynb", tmp_path / "{two}" / "g.ipynb"]
    for output in outputs:
        run_notebook(greeting, output, {"who": "Geneva", "actors": ["trump"]})
    first, second = (output.read_bytes() for output in outputs)
    assert first == second
    assert b"Geneva\\n" in first
    assert str(tmp_path).encode() not in first
    assert os.environ["JUPYTER_PATH"] == str(tmp_path / "elsewhere")


def test_a_kernel_that_the_user_has_registered_under_our_name_is_not_used(greeting, tmp_path, monkeypatch):
    home = tmp_path / "jupyter" / "kernels" / "python3"
    home.mkdir(parents=True)
    spec = {"argv": ["/nowhere/python", "{connection_file}"], "display_name": "Theirs", "language": "python"}
    (home / "kernel.json").write_text(json.dumps(spec), encoding="utf8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    run_notebook(greeting, tmp_path / "out" / "g.ipynb", {})
    assert nbformat.read(tmp_path / "out" / "g.ipynb", as_version=4).cells[1].outputs[0].text == "Kyiv\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("# the sum\n1 / 0", r"greeting.ipynb, cell \[3\] \(# the sum\): ZeroDivisionError: division by zero"),
        ("raise ValueError('no article of \\x1b[31mTusk\\x1b[0m')", r"ValueError: no article of Tusk"),
    ],
)
def test_a_failed_cell_is_named_and_kept_for_inspection(tmp_path, source, words):
    path = write_notebook(tmp_path / "greeting.ipynb", "seed: int = 1", source)
    with pytest.raises(NotebookError, match=words):
        run_notebook(path, tmp_path / "out" / "greeting.ipynb", {"seed": 2})
    assert (tmp_path / "out" / "greeting.ipynb").is_file()
