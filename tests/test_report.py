import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from runs import read_runs

from analysis.codebook import CodebookError
from analysis.corpus import CorpusError
from analysis.manifest import sha256_of
from analysis.notebook import ParameterError
from analysis.report import ReportError, Request, write_report

PARAMETERS = """
corpus: str = ""
codebook: str = ""
since: str = ""
until: str = ""
actors: list = []
seed: int = 20251123
copies: bool = False
event: str = ""
previous: str = ""
tables: str = ""
figures: str = ""
"""
COUNTS = """
from pathlib import Path
from analysis.tables import read_tables
found = read_tables(Path(tables))
folder = Path(figures)
folder.mkdir(exist_ok=True)
(folder / "counts.csv").write_text(f"articles\\n{len(found.articles)}\\n")
found.statements[["speaker", "kind"]]
"""
ARTICLES = {
    "a.md": "---\ntitle: No\nsource: Wire\npublished: 2025-11-24\nquotations: composed\n---\n\n"
    'Kremlin spokesman Dmitry Peskov said on Monday: "We have received no documents at all so far."\n',
    "b.md": "---\ntitle: Yes\nsource: Lantern\npublished: 2025-11-25\nquotations: composed\n---\n\n"
    '"We will join the European Union," said Ruslan Stefanchuk. "=SUM(1)," he added.\n',
    "c.txt": "Talks go on\n26 November 2025\n\nPresident Trump thanked Zelenskyy <script>alert(1)</script>.\n",
    "d.txt": "Nobody knows when\n\nTurkey will host the talks, Mr. Erdogan said.\n",
    "broken.md": "---\na: b: c\n---\nNo.\n",
}


def write_notebook(path, *sources):
    cells = [new_markdown_cell(f"# {path.stem}", id="title")]
    cells += [new_code_cell(source.strip(), id=f"cell-{n}") for n, source in enumerate(sources)]
    cells[1].metadata["tags"] = ["parameters"]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf8")
    return folder


@pytest.fixture
def notebooks(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write_notebook(folder / "01_counts.ipynb", PARAMETERS, COUNTS)
    return folder


def files_of(run):
    return {path.relative_to(run).as_posix(): path.read_bytes() for path in run.rglob("*") if path.is_file()}


def test_two_runs_give_the_same_bytes_but_for_the_manifest(corpus, notebooks, tmp_path):
    said = []
    runs = [
        write_report(Request(corpus), tmp_path / out, notebooks=notebooks, say=said.append) for out in ("one", "two")
    ]
    first, second = (files_of(run) for run in runs)
    manifests = [json.loads(files.pop("manifest.json")) for files in (first, second)]
    assert first == second
    assert {name.partition("/")[0] for name in first} == {
        "index.html",
        "codebook.toml",
        "tables",
        "notebooks",
        "figures",
    }
    assert said[:3] == [
        "broken.md, line 2: front matter is not YAML (mapping values are not allowed here); "
        "mend the lines between '---' and '---'",
        "c.txt: web page code in the text, read as words; save only the article's text",
        "1 article has no date",
    ]
    for manifest, run in zip(manifests, runs, strict=True):
        assert manifest["outputs"] == {name: sha256_of(run / name) for name in sorted(first)}
        assert manifest["inputs"]["corpus/a.md"] == sha256_of(corpus / "a.md")
        assert manifest["articles"] == {"read": 4, "not scored": []}
        assert manifest["packages"]["papermill"]
    page = first["index.html"].decode()
    assert "All articles" not in page
    assert "2 articles and their quotations are composed" in page
    assert (
        "Corpus news: 4 articles from 2 outlets (Lantern, Wire), 24 November 2025 to 26 November 2025; "
        "1 without a date, 2 without an outlet." in page
    )
    [missing] = re.findall(r"Not found in any article: (.+)\.</p>", page)
    assert re.fullmatch(r"([^,]+, ){9}[^,]+ and \d+ more", missing)
    assert "Vladimir Putin" in missing
    assert "Dmitry Peskov" not in missing
    assert page.count("<script") == 1  # ours
    assert b"\n'=SUM" in first["tables/statements.csv"] or b"=SUM" not in first["tables/statements.csv"]
    latest = tmp_path / "one" / "latest"
    assert latest.resolve() == runs[0]
    assert (latest / "index.html").read_bytes() == first["index.html"]


def test_dates_and_actors_reach_the_notebooks_and_the_tables(corpus, notebooks, tmp_path):
    request = Request(corpus, since=date(2025, 11, 25), until=date(2025, 11, 25), actors=("peskov",))
    run = write_report(request, tmp_path / "out", notebooks=notebooks)
    assert pd.read_csv(run / "tables" / "articles.csv")["article_id"].tolist() == ["b"]
    injected = nbformat.read(run / "notebooks" / "01_counts.ipynb", as_version=4).cells[2]
    assert "since = '2025-11-25'" in injected.source.replace('"', "'")
    assert "['peskov']" in injected.source.replace('"', "'")
    page = (run / "index.html").read_text(encoding="utf8")
    assert (
        "Corpus news: 1 article from 1 outlet (Lantern), 25 November 2025. Not found in any article: Dmitry Peskov.</p>"
        in page
    )


def test_a_failed_notebook_leaves_the_last_good_report(corpus, notebooks, tmp_path):
    out = tmp_path / "out"
    good = write_report(Request(corpus), out, notebooks=notebooks)
    before = files_of(good)
    write_notebook(notebooks / "02_breaks.ipynb", PARAMETERS, "raise RuntimeError('article c: no tone')")
    with pytest.raises(ReportError, match=r"02_breaks.ipynb, cell \[3\] .*RuntimeError: article c: no tone"):
        write_report(Request(corpus), out, notebooks=notebooks)
    assert (out / "latest").resolve() == good
    assert files_of(good) == before
    assert sorted(path.name for path in out.glob("[!.]*")) == sorted(
        [good.name, "cache", "failed", "latest", "runs.jsonl"]
    )
    assert (out / "failed" / "notebooks" / "02_breaks.ipynb").is_file()


def test_of_several_notebooks_that_fail_the_first_is_named(corpus, notebooks, tmp_path):
    slowly = "import time\ntime.sleep(2)\nraise RuntimeError('no tone')"
    for name, words in (("02_slow", slowly), ("03_quick", "raise RuntimeError('no stance')")):
        write_notebook(notebooks / f"{name}.ipynb", PARAMETERS, words)
    with pytest.raises(ReportError, match=r"^02_slow.ipynb, cell \[3\] .*no tone"):
        write_report(Request(corpus), tmp_path / "out", notebooks=notebooks)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"corpus": Path("nowhere")}, CorpusError, "nowhere does not exist"),
        ({"codebook": Path("nowhere.toml")}, CodebookError, "nowhere.toml"),
        ({"actors": ("gandalf",)}, CodebookError, "no actor 'gandalf' in the codebook: use one of trump"),
        ({"since": date(2026, 1, 1)}, ReportError, "no dated article from 2026-01-01"),
        ({"seed": "many"}, ParameterError, "parameter 'seed' is 'many'"),
    ],
)
def test_what_cannot_be_done_is_said_and_logged_before_anything_is_made(
    corpus, notebooks, tmp_path, change, error, words
):
    with pytest.raises(error, match=words):
        write_report(Request(**({"corpus": corpus} | change)), tmp_path / "out", notebooks=notebooks)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".lock",
        ".runs.lock",
        "runs.jsonl",
    ]
    (line,) = read_runs(tmp_path / "out")
    assert line["exit"] == 1
    assert re.search(words, line["reason"])


def test_a_folder_without_notebooks_is_refused(corpus, tmp_path):
    with pytest.raises(ReportError, match="no notebooks"):
        write_report(Request(corpus), tmp_path / "out", notebooks=corpus)


def test_the_command_gives_the_same_bytes_twice_whatever_the_hash_seed(corpus, tmp_path):
    """The whole chain with the notebooks that travel with Stancebook, in two processes at once."""
    runs = []
    for seed in ("1", "2"):
        words = [sys.executable, "-m", "analysis.cli", "report", str(corpus), "--out", str(tmp_path / seed)]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        runs.append(subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    said = [run.communicate(timeout=300) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert [out for out, _ in said] == [f"{tmp_path / seed / 'latest' / 'index.html'}\n" for seed in "12"]
    first, second = (files_of(tmp_path / seed / "latest") for seed in "12")
    first.pop("manifest.json")
    second.pop("manifest.json")
    assert first == second
    charts = sorted(name for name in first if name.endswith(".svg"))
    assert len(charts) >= 8
    assert {f"{Path(name).with_suffix('')}{ending}" for name in charts for ending in (".png", ".csv")} <= set(first)
    assert first["index.html"].count(b'<img alt="') >= len(charts)
