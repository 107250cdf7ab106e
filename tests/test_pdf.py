import pytest
from pypdf import PdfReader

from analysis import pdf
from analysis.pdf import PdfError, find_browser, print_pdf

PAGE = """<!DOCTYPE html><html lang="en"><title>Talks</title><body>
<h1>Talks</h1><details id="evidence"><summary>more</summary>
<p>folded words</p></details><a href="tables/stances.csv">beside</a>
<a href="https://herald.example/1">away</a></body></html>"""


def test_a_page_is_printed_unfolded_without_the_folders_of_this_machine(tmp_path):
    if find_browser() is None:
        pytest.skip("no Chromium or Chrome on the PATH: nothing is printed")
    (tmp_path / "index.html").write_text(PAGE.replace("<details", "<details open"), encoding="utf8")
    print_pdf(tmp_path / "index.html", tmp_path / "report.pdf")
    [sheet] = PdfReader(tmp_path / "report.pdf").pages
    assert "folded words" in sheet.extract_text()
    links = [note.get_object()["/A"]["/URI"] for note in sheet.get("/Annots", [])]
    assert links == ["https://herald.example/1"]


def test_no_browser_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PdfError, match="no browser that can print: install Chromium or Chrome"):
        print_pdf(tmp_path / "index.html", tmp_path / "report.pdf")


def test_a_browser_that_fails_is_quoted(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text(PAGE, encoding="utf8")
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'no display' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(pdf, "find_browser", lambda: str(broken))
    with pytest.raises(PdfError, match=r"did not print index\.html: no display"):
        print_pdf(tmp_path / "index.html", tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()
