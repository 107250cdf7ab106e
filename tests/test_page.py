import base64
import hashlib
import re
from dataclasses import replace

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from talks import no_talks, talks

from analysis.codebook import read_codebook
from analysis.drawing import luminance
from analysis.page import LARGEST, build_page
from analysis.page_parts import describe_chart, make_safe, read_part
from analysis.paths import DATA

SVG = '<svg role="img" aria-label="Tone per actor. &quot;0&quot; is neutral."><script>alert(1)</script><path/></svg>'


def html_output(**data):
    kinds = {"html": "text/html", "svg": "image/svg+xml", "markdown": "text/markdown", "text": "text/plain"}
    return new_output("display_data", data={kinds[kind]: value for kind, value in data.items()})


@pytest.fixture
def build(tmp_path):
    def make(*cells, names=("01_corpus",), **words):
        paths = []
        for name in names:
            paths.append(tmp_path / f"{name}.ipynb")
            nbformat.write(new_notebook(cells=list(cells)), paths[-1])
        return build_page(
            [read_part(path) for path in paths], **({"heading": "Report", "lead": "Two articles."} | words)
        )

    return make


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src='https://outside.example/pixel.png'>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<a href=' data:text/html,x'>x</a>",
        "<a href='//outside.example/x'>x</a>",
        "<p onclick=alert(1) style='background: url(https://outside.example)'>x</p>",
        "<form action='https://outside.example'><input></form>",
        "<link rel=stylesheet href='https://outside.example'>",
        "<meta http-equiv=refresh content='0;url=https://outside.example'>",
        "<style>@import 'https://outside.example'</style>",
        "<base href='https://outside.example'>",
        "<!--[if IE]><script>alert(1)</script><![endif]-->",
        "<math><mtext><script>alert(1)</script></mtext></math>",
    ],
)
def test_nothing_that_runs_or_loads_gets_onto_the_page(build, hostile):
    page = build(
        new_markdown_cell(f"# Corpus\n\n{hostile}"),
        new_code_cell("1", outputs=[html_output(html=hostile), html_output(markdown=hostile)]),
    )
    body = page.partition("<body")[2]
    assert "alert(1)" not in re.sub(r"<pre>.*?</pre>", "", body, flags=re.DOTALL)
    assert not re.search(r"<(?:script|iframe|form|link|meta|style|base|svg)\b|\son\w+=|javascript:", body)
    assert "outside.example" not in body


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<p", "<img ", "src=", "onerror=", "x", "'", '"', ">", "</p>", "<script>", "style=color:red", "&lt;"]
        )
    )
)
def test_what_is_safe_stays_as_it_is(pieces):
    soup = BeautifulSoup("".join(pieces), "html.parser")
    make_safe(soup, "a")
    once = str(soup)
    make_safe(again := BeautifulSoup(once, "html.parser"), "a")
    assert str(again) == once
    assert not again.find(["script", "style"])


def test_words_of_articles_are_shown_as_words(build):
    page = build(
        new_markdown_cell("# Corpus"),
        heading="<b>& co",
        lead="<i>",
        notices=["<u>"],
        problems=[("<a>", "<script>")],
        files=[("tables/<x>.csv", "<y>")],
    )
    body = page.partition("<body")[2]
    assert not re.search(r"<(?:b|i|u|script|y|x)>", body)
    for words in ("&lt;b&gt;&amp; co", "&lt;i&gt;", "&lt;u&gt;", "&lt;script&gt;", "tables/&lt;x&gt;.csv", "&lt;y&gt;"):
        assert words in body


def test_code_is_hidden_but_reachable(build):
    page = build(new_markdown_cell("# Corpus"), new_code_cell("read_corpus('<here>')", execution_count=4))
    soup = BeautifulSoup(page, "html.parser")
    details = soup.select_one("details.code")
    assert not details.has_attr("open")
    assert details.summary.get_text() == "Show code of cell 4"
    assert "read_corpus('<here>')" in details.get_text()


def test_charts_are_pictures_with_words_for_those_who_cannot_see_them(build):
    page = build(new_markdown_cell("# Tone"), new_code_cell("1", outputs=[html_output(svg=SVG, text="<SVG>")]))
    picture = BeautifulSoup(page, "html.parser").img
    assert picture.parent["tabindex"] == "0"
    assert picture["alt"] == 'Tone per actor. "0" is neutral.'
    assert picture["src"].startswith("data:image/svg+xml;base64,")
    assert "<script" not in page


def test_a_chart_without_a_description_points_to_its_data():
    assert "figures" in describe_chart("<svg><path/></svg>")


def test_tables_scroll_say_what_they_head_and_align_numbers(build):
    table = (
        "<style scoped>td {}</style><table border=1><thead><tr><th></th><th>actor</th></tr></thead>"
        "<tbody><tr><th>0</th><td>−0.25</td><td style='color: red; background: url(x)'>No.</td></tr></tbody></table>"
    )
    page = build(new_markdown_cell("# Tone"), new_code_cell("1", outputs=[html_output(html=table)]))
    frame = BeautifulSoup(page, "html.parser").select_one("div.scroll")
    assert frame["tabindex"] == "0"
    assert frame["aria-label"] == "Table 1"
    assert [cell["scope"] for cell in frame.select("th")] == ["col", "col", "row"]
    assert [cell.get("class") for cell in frame.select("td")] == [["number"], ["short"]]
    assert frame.select("td")[1]["style"] == "color: red"


def test_a_table_without_rows_says_so(build):
    table = "<table><thead><tr><th>file</th><th>problem</th></tr></thead><tbody></tbody></table>"
    page = build(new_markdown_cell("# Corpus"), new_code_cell("1", outputs=[html_output(html=table)]))
    cell = BeautifulSoup(page, "html.parser").td
    assert (cell.get_text(), cell["colspan"]) == ("none", "2")


def test_headings_make_one_outline_with_links_that_lead_somewhere(build):
    cells = [
        new_markdown_cell("# Corpus\n\n## Dates\n\nSee [all](#elsewhere).\n\n### By outlet"),
        new_markdown_cell("## Dates"),
    ]
    soup = BeautifulSoup(build(*cells, names=("01_corpus", "02_tone")), "html.parser")
    assert [(element.name, element.get_text()) for element in soup.find_all(re.compile("^h[1-6]$"))] == [
        ("h1", "Report"),
        *[("h2", "Corpus"), ("h3", "Dates"), ("h4", "By outlet"), ("h3", "Dates")] * 2,
        ("h2", "Files beside this page"),
    ]
    anchors = [element["id"] for element in soup.find_all(id=True)]
    assert len(anchors) == len(set(anchors))
    inner = {link["href"][1:] for link in soup.select("nav a, a.skip, p.back a")}
    assert inner <= set(anchors)


def test_the_browser_is_told_to_load_nothing(build):
    soup = BeautifulSoup(build(new_markdown_cell("# Corpus")), "html.parser")
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert "http" not in soup.style.get_text()


def test_the_same_notebooks_give_the_same_page(build):
    cells = [new_markdown_cell("# Corpus"), new_code_cell("1", outputs=[html_output(svg=SVG)])]
    assert build(*cells) == build(*cells)


@pytest.fixture
def found(build):
    def make(tables, **words):
        return build(new_markdown_cell("# Corpus"), tables=tables, codebook=read_codebook(), **words)

    return make


def test_findings_matrices_and_evidence_stand_around_the_notebooks(found):
    soup = BeautifulSoup(found(talks()), "html.parser")
    assert [title.get_text() for title in soup.select("main h2")] == [
        "Findings",
        "Who stands where",
        "Corpus",
        "Evidence",
    ]
    anchors = {element["id"] for element in soup.find_all(id=True)}
    assert len(anchors) == len(soup.find_all(id=True))
    assert {link["href"][1:] for link in soup.select("a.behind, nav a")} <= anchors
    assert {cell["scope"] for cell in soup.select(".grid th")} == {"col", "row"}
    assert soup.select_one("#shown")["aria-live"] == "polite"
    assert soup.select_one("#filters").has_attr("hidden")


def test_only_our_script_may_run(found):
    soup = BeautifulSoup(found(talks()), "html.parser")
    [script] = soup.find_all("script")
    digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "http" not in script.string


def test_hostile_words_stay_words_wherever_they_come_from(found):
    hostile = "</script><script>alert(1)</script><!-- \"onclick='alert(1)' "
    tables = talks()
    articles = tables.articles
    articles = articles.assign(
        text=articles["text"] + hostile, title=hostile, source=hostile, url="javascript:alert(1)"
    )
    page = found(replace(tables, articles=articles))
    assert page.count("<script") == 1
    assert "<!--" not in page
    assert not BeautifulSoup(page, "html.parser").select("[onclick], a[href^=javascript]")


def test_a_corpus_in_which_nothing_was_found_says_so(found):
    soup = BeautifulSoup(found(no_talks()), "html.parser")
    assert len(soup.select(".findings li")) >= 5
    assert not soup.select("script, .grid, #evidence")


def test_the_page_of_a_large_corpus_is_cut_and_says_so(found):
    tables, times = replace(no_talks(), stances=talks().stances), range(300)
    many = pd.concat([tables.stances.assign(article_id=tables.stances["article_id"] + f"-{n}") for n in times])
    articles = pd.concat([tables.articles.assign(article_id=tables.articles["article_id"] + f"-{n}") for n in times])
    page = found(replace(tables, articles=articles.reset_index(drop=True), stances=many.reset_index(drop=True)))
    assert len(page.encode()) < LARGEST
    assert "The newest 500 of 1,500 stances, some of every group; all are in" in page
    assert "the newest 167 of 900 stances; all in tables/stances.csv" in page


def test_a_long_table_of_a_notebook_is_cut_and_says_so(build):
    rows = "".join(f"<tr><td>{n}</td></tr>" for n in range(1234))
    table = f"<table><thead><tr><th>n</th></tr></thead><tbody>{rows}</tbody></table>"
    page = build(new_markdown_cell("# Corpus"), new_code_cell("1", outputs=[html_output(html=table)]))
    soup = BeautifulSoup(page, "html.parser")
    assert len(soup.select("tbody tr")) == 300
    assert soup.select_one("p.note").get_text() == "The first 300 of 1,234 rows; all are in the executed notebook."


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize("paper", ["paper", "wash", "mark"])
def test_every_ink_can_be_read_on_every_paper(scheme, paper):
    style = (DATA / "page" / "page.css").read_text(encoding="utf8")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", style.split(":root {")[1 + scheme]))
    inks = ["ink"] if paper == "mark" else ["ink", "soft", "link", "for", "against"]
    for ink in inks:
        dark, light = sorted((luminance(colours[ink]), luminance(colours[paper])))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)
