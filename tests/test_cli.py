import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from analysis.cli import SEED, main
from analysis.tables import read_tables

ARTICLE = (
    "---\ntitle: No\nsource: Wire\npublished: 2025-11-24\n---\n\n"
    '"We have received nothing," said Nina Koval. "No," she said.\n'
)


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.md").write_text(ARTICLE, encoding="utf8")
    (folder / "b.txt").write_text("Undated\n\nMr. Peskov said nothing.", encoding="utf8")
    (folder / "page.html").write_text("<p>No.", encoding="utf8")
    return folder


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_help_names_every_command_and_costs_no_heavy_import():
    words = [sys.executable, "-X", "importtime", "-m", "analysis.cli", "--help"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    for command in ("report", "score", "evaluate", "check"):
        assert f"  {command}  " in done.stdout
    assert not any(name in done.stderr for name in (" pandas", " numpy", " nltk", " matplotlib", " papermill"))


def test_the_seed_shown_is_the_seed_used():
    from analysis.bootstrap import SEED as USED

    assert SEED == USED


def test_check_says_what_is_there_what_is_wrong_and_who_is_missing(corpus):
    done = run("check", corpus)
    assert done.exit_code == 0
    assert "Articles: 2" in done.output
    assert "Problems: 2" in done.output
    said = " ".join(done.output.split())  # a problem is told whole, and wrapped
    assert "page.html: ending .html is not read; read it with: stancebook ingest FOLDER --out corpus.parquet" in said
    assert "or a column 'published'" in said
    assert "not in the codebook: 1" in done.output
    assert "Nina Koval" in done.output


@pytest.mark.parametrize("columns", [40, 60, 200])
def test_check_fits_the_terminal_and_cuts_no_finding(corpus, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    name = "a-name-" * 10 + ".docx"
    (corpus / name).touch()
    (corpus / "a.md").write_text(ARTICLE + "US Secretary of State Mike Pompeo left.\n", encoding="utf8")
    done = run("check", corpus)
    findings = done.output[done.output.index("Problems: 3") : done.output.index("Frequent speakers")]
    long = [line for line in findings.splitlines() if len(line) > columns]
    assert all(name in line or line.startswith("Offices") for line in long), long
    assert name in findings  # whole, to be copied
    assert "US Secretary of State Mike Pompeo; on 2025-11-24 it is held by Marco Rubio" in " ".join(findings.split())
    assert "<NA>" not in findings


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_names_in_a_corpus_do_not_steer_the_terminal(corpus):
    (corpus / "clear\x1b[2J.docx").touch()
    (corpus / "t.csv").write_text("text,source,published\nNo.,Wi\x1b[2Jre,soon\x1b[2J\n", encoding="utf8")
    done = run("check", corpus)
    assert "clear\ufffd[2J.docx" in done.output
    assert "Wi\ufffd[2Jre" in done.output
    assert "\x1b" not in done.output


def test_score_writes_every_table_twice(corpus, tmp_path):
    done = run("score", corpus, "--out", tmp_path / "tables", "--since", "2025-11-24")
    assert (done.exit_code, done.stdout) == (0, f"2 statements and 0 stances in {tmp_path / 'tables'}\n")
    assert "page.html: ending .html is not read" in done.stderr
    assert read_tables(tmp_path / "tables").articles["article_id"].tolist() == ["a"]
    assert (tmp_path / "tables" / "statements.csv").read_text().startswith("article_id,statement_id,spans")
    assert "page.html" in (tmp_path / "tables" / "corpus_problems.csv").read_text()


def test_evaluate_prints_percent_with_intervals(tmp_path):
    rows = [
        {"text": "Tusk failed again.", "start": 0, "end": 4, "label": label} for label in ("negative", "neutral") * 3
    ]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf8")
    done = run("evaluate", "portrayal", "--gold", tmp_path / "gold.jsonl")
    assert done.exit_code == 0
    assert done.output.splitlines()[0].split() == ["part", "method", "figure", "value", "low", "high", "n"]
    assert "VADER accuracy   50.0" in done.output


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("check", "nowhere"), 1, "Error: corpus nowhere does not exist"),
        (("report", "nowhere", "--out", "never"), 1, "Error: corpus nowhere does not exist"),
        (("report", "--actors", "gandalf", "--out", "never"), 1, "Error: no actor 'gandalf'"),
        (("report", "--codebook", "nowhere.toml", "--out", "never"), 1, "nowhere.toml"),
        (("report", "--since", "2030-01-01", "--out", "never"), 1, "Error: corpus "),
        (("evaluate", "relations"), 1, "Error: the sample has no gold for relations"),
        (("evaluate", "tone"), 2, "'tone' is not one of"),
        (("report", "--since", "yesterday"), 2, "'yesterday' does not match"),
        (("report", "--keep", "0"), 2, "0 is not in the range"),
        (("report", "--seed", "-1"), 2, "-1 is not in the range"),
        (("score",), 2, "Missing option '--out'"),
        (("score", "--out", "never", "--engine", "dask"), 2, "--engine dask and --scheduler ADDRESS go together"),
        (("score", "nowhere", "--out", "never"), 1, "Error: corpus nowhere does not exist"),
        (("ponder",), 2, "No such command"),
    ],
)
def test_what_goes_wrong_is_one_message_and_an_exit_code(words, code, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert done.exit_code == code
    assert message in done.output
    assert "Traceback" not in done.output
