"""What an analyst sees of a Tables, a Codebook or a Run in a notebook, and what completion offers."""

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

import analysis
from analysis import charts, open_run, read_codebook, score, summary
from analysis.display import FIRST_ROWS, LONG_TABLE, MOST_LETTERS
from analysis.tables import make_table

WORDS = '"We support <b>NATO membership</b> for Ukraine & will say so," Macron said. "We thank Zelenskyy."'


def table_of(html, name):
    """The rows, each a list of cells, of one of the tables shown."""
    soup = BeautifulSoup(html, "lxml")
    fold = next(fold for fold in soup("details") if fold.summary.text.startswith(f"{name}:"))
    return [[cell.text for cell in row(["th", "td"])] for row in fold("tr")]


@pytest.fixture(scope="module")
def tables():
    texts = [WORDS, "The bridge was closed. " * 100]
    rows = [
        {"article_id": f"{n}", "text": text, "published": "2025-11-2" + str(n), "source": "<i>Lantern</i>", "title": ""}
        for n, text in enumerate(texts)
    ]
    return score(make_table("articles", rows), read_codebook())


def test_tables_show_the_words_behind_their_rows(tables):
    html = tables._repr_html_()
    assert "2 articles from 1 outlet, 2025-11-20 to 2025-11-21." in html
    stances = table_of(html, "stances")
    assert stances[0][:4] == ["article id", "actor id", "target id", "label"]
    assert stances[1][1:4] == ["macron", "nato_membership", "support"]
    assert "NATO membership" in stances[1][4]
    portrayals = table_of(html, "portrayals")
    assert "We thank Zelenskyy" in portrayals[-1][portrayals[0].index("words")]
    assert BeautifulSoup(html, "lxml").find("p", string="problems: none")


def test_text_of_articles_is_never_markup_and_is_cut(tables):
    html = tables._repr_html_()
    assert not BeautifulSoup(html, "lxml").find(["b", "i"])
    assert table_of(html, "articles")[1][2] == "<i>Lantern</i>"
    assert all(len(cell) <= MOST_LETTERS for row in table_of(html, "articles") for cell in row)
    assert len(table_of(html, "sentences")) == 1 + FIRST_ROWS


def test_plain_text_counts(tables):
    assert repr(tables).startswith("<Tables: 2 articles, ")
    assert repr(read_codebook()) == "<Codebook: 32 actors, 11 issues>"


def test_tables_in_which_nothing_was_found():
    html = score(make_table("articles", []), read_codebook())._repr_html_()
    assert "0 articles from 0 outlets." in html
    assert "stances: none" in html


def test_a_codebook_shows_its_actors_with_their_offices_and_its_issues():
    html = read_codebook()._repr_html_()
    assert "32 actors, 11 issues" in html
    assert "press secretary" in html
    assert "Ukraine should join NATO" in html


def test_three_lines_to_the_first_chart(tmp_path):
    (tmp_path / "a.txt").write_text(WORDS)
    run = open_run(str(tmp_path))
    found = summary.stance_by_issue(run.tables)
    chart = charts.stance_by_issue(found, run.codebook, run.foot("articles"))
    assert chart._repr_svg_() == run.show(chart, found, "stance-by-issue").data
    assert "1 article, " in run._repr_html_()
    assert repr(run).startswith(f"<Run of {tmp_path.name}: <Tables: 1 articles")


def test_a_long_table_is_folded(tables):
    long = make_table("problems", [{"article_id": str(n), "problem": ""} for n in range(LONG_TABLE + 1)])
    assert f"The table: {LONG_TABLE + 1} rows" in analysis.display.frame_html(long)


def test_every_name_that_completion_offers_is_there():
    for name in dir(analysis):
        assert getattr(analysis, name).__doc__, name
    with pytest.raises(AttributeError, match=r"no attribute 'scores': it has Codebook, .*score"):
        _ = analysis.scores


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, analysis; dir(analysis); print({'pandas', 'matplotlib', 'nltk'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
