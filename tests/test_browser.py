"""The page in a real browser: a Chromium that the machine has, driven by Playwright; nothing is downloaded."""

import os
import shutil
from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from talks import talks

from analysis.codebook import read_codebook
from analysis.page import build_page
from analysis.page_parts import read_part

playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")

PATIENCE = 120_000  # milliseconds; the machine may be busy with other things
HOSTILE = (
    ' </mark></li></script><script>window.owned = 1</script><!-- <img src="https://outside.example/x" '
    'onerror="window.owned = 1"> " onmouseover="window.owned = 1" x="'
)
SVG = '<svg role="img" aria-label="Tone" width="900" height="20"><path d="M0 0h900"/></svg>'


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page of four articles whose words, titles, outlets and addresses would all like to be code."""
    folder = tmp_path_factory.mktemp("report")
    wide = "<table><thead><tr>" + "<th>a wide column</th>" * 30 + "</tr></thead><tbody></tbody></table>"
    cells = [new_markdown_cell("# Tone"), new_code_cell("1", execution_count=1)]
    cells[1].outputs = [
        new_output("display_data", data={kind: words}) for kind, words in (("image/svg+xml", SVG), ("text/html", wide))
    ]
    nbformat.write(new_notebook(cells=cells), folder / "01_tone.ipynb")
    tables = talks()
    articles = tables.articles
    articles = articles.assign(
        text=articles["text"] + HOSTILE,
        title=HOSTILE,
        source=articles["source"] + HOSTILE,
        url=["javascript:window.owned = 1", "https://herald.example/2", '" onclick="window.owned = 1', ""],
    )
    page = build_page(
        [read_part(folder / "01_tone.ipynb")],
        heading=f"Report {HOSTILE}",
        lead=HOSTILE,
        notices=["All quotations are composed."],
        problems=[("x", HOSTILE)],
        tables=replace(tables, articles=articles),
        codebook=read_codebook(),
    )
    (folder / "index.html").write_text(page, encoding="utf8")
    return (folder / "index.html").as_uri()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        sandbox = getattr(os, "geteuid", lambda: 1)() != 0
        browser = driver.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=sandbox, timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, address):
    """Open the page in a fresh window; complaints of the page and everything it asks for are kept."""
    windows = []

    def open_page(**settings):
        window = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | settings)
        window.set_default_timeout(PATIENCE)
        windows.append(window)
        page = window.new_page()
        page.complaints, page.asked = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        return page

    yield open_page
    for window in windows:
        window.close()


def shown(page):
    return page.locator("#shown").inner_text()


def test_it_opens_quietly_asks_for_nothing_and_words_stay_words(visit, address):
    page = visit()
    page.locator("#evidence summary").first.click()
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith("data:")] == [address]
    assert page.evaluate("window.owned") is None
    assert "<script>window.owned = 1</script>" in page.locator("#evidence .item").first.inner_text()
    assert page.locator("script").count() == 1
    assert page.locator("[onmouseover], [onerror], [onclick], a[href^='javascript']").count() == 0
    assert page.locator("img").count() == 1


def test_filters_narrow_the_evidence_and_say_how_far(visit):
    page = visit()
    assert shown(page) == "14 passages."
    page.select_option("#only-actor", "zelenskyy")
    assert shown(page) == "6 of 14 passages fit."
    assert page.locator("#evidence .item:visible").count() == 6
    page.select_option("#only-issue", "peace_plan")
    words = page.locator("#evidence .item:visible mark").all_inner_texts()
    assert words == ["cannot sign", "We cannot sign", "Trump is a friend"]
    page.locator("#only-since").fill("2025-11-22")
    page.locator("#only-since").dispatch_event("change")
    assert shown(page) == "No passage fits: take a filter away."
    page.locator("#clear").click()
    assert shown(page) == "14 passages."
    page.select_option("#only-outlet", index=1)
    outlets = page.locator("#evidence .item:visible").evaluate_all("items => items.map(item => item.dataset.outlet)")
    assert set(outlets) == {f"Herald{HOSTILE}"}
    assert page.complaints == []


def test_a_cell_shows_the_statements_behind_it_whatever_is_filtered(visit):
    page = visit()
    page.select_option("#only-actor", "zelenskyy")
    page.locator("#matrices td a", has_text="n=3").first.click()
    words = page.locator("#reader mark")
    assert words.all_inner_texts() == ["plan was fair", "sign the plan", "plan was fair"]
    assert all(words.nth(n).is_visible() for n in range(3))
    assert page.locator("#reader-title").inner_text() == "Donald Trump on Peace plan"
    first = page.locator("#reader .item").first.inner_text()
    for said in (
        "21 November 2025",
        "Herald",
        "for +0.70",
        "by rules (phrases), confidence 0.90",
        "VADER",
        "TextBlob",
        "composed",
    ):
        assert said in first
    assert page.locator("#reader a[href='https://herald.example/2']").count() == 1
    page.locator("#close").click()
    assert not page.locator("#reader").is_visible()


def test_a_finding_leads_to_its_evidence(visit):
    page = visit()
    page.locator("#findings a.behind").first.click()
    assert page.locator("#reader .item").count() >= 2
    assert page.locator("#reader .item").first.is_visible()


def test_the_keyboard_reaches_a_cell_and_comes_back_to_it(visit):
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.grid a')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    cell = page.evaluate("document.activeElement.hash")
    page.keyboard.press("Enter")
    assert page.locator("#reader").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#reader").is_visible()
    assert (outline, page.evaluate("document.activeElement.hash")) == ("solid", cell)


def test_a_phone_scrolls_down_only(visit):
    page = visit(viewport={"width": 390, "height": 844}, color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("#matrices td a").first.click()
    assert page.locator("#reader").bounding_box()["width"] <= 390


def test_without_script_a_cell_still_leads_to_its_words(visit):
    page = visit(java_script_enabled=False)
    assert not page.locator("#filters").is_visible()
    page.locator("#matrices td a", has_text="n=3").first.click()
    assert page.locator("#stance-trump-peace_plan .item").first.is_visible()
