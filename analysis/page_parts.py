"""A notebook as a part of the page: its prose, its results and its code, reduced to plain elements.

Whatever a notebook shows, words of an article can never become code here, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.notebook import run_notebook
from analysis.paths import DATA

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

ROWS = 300  # of a table on the page; the executed notebook has all
# What may stand in the page. Of anything else the content stays and the element goes, but for the second list.
_ELEMENTS = frozenset(
    {"a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "div", "dl", "dt", "em"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span"}
    | {"strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
)
_DROPPED = ("script", "style", "iframe", "object", "embed", "template", "noscript", "title", "svg", "math", "textarea")
_ATTRIBUTES = frozenset({"alt", "class", "colspan", "href", "id", "open", "rowspan", "scope", "src", "style", "title"})
_IMAGE = re.compile(r"data:image/(?:svg\+xml|png|jpeg);base64,[A-Za-z0-9+/=\s]+")
_LINK = re.compile(r"(?:https?://|mailto:|#)|(?![/\\]{2}|[^/?#]*:)", re.IGNORECASE)
_COLOUR = r"#[0-9a-f]{3,8}|[a-z]+|rgba?\([\d., %]+\)"
_STYLE = re.compile(
    rf"(?:background-color|color)\s*:\s*(?:{_COLOUR})|font-weight\s*:\s*(?:bold|normal|\d00)|text-align\s*:\s*[a-z]+",
    re.IGNORECASE,
)
SHORT, LONG, LONGER = 12, 30, 120  # characters of a cell that stays on one line, that needs room, that needs more
_NUMBER = re.compile(r"[+\-−]?[\d.,]+ ?%?|nan", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One notebook on the page: its anchor, title, headings as (anchor, words), and body as HTML."""

    id: str
    title: str
    headings: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""


def run_part(notebook: Path, folder: Path, parameters: Mapping[str, Any]) -> Part:
    """Run a notebook into a folder, as `analysis.notebook.run_notebook`, and return it as a part of the page."""
    output = folder / notebook.name
    run_notebook(notebook, output, parameters)
    return read_part(output)


def read_part(path: Path) -> Part:
    """Return an executed notebook as a part of the page; its first heading is the title."""
    import nbformat
    from bs4 import BeautifulSoup
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="page", extra_template_basedirs=[str(DATA)], exclude_anchor_links=True, embed_images=False
    )
    exporter.register_filter("chart_description", describe_chart)
    body, _ = exporter.from_notebook_node(nbformat.read(path, as_version=4))
    soup = BeautifulSoup(body, "html.parser")
    anchor = re.sub(r"\W+", "-", path.stem)
    make_safe(soup, anchor)
    title = soup.find("h1")
    words = title.get_text(" ", strip=True) if title else path.stem
    if title:
        title.decompose()
    headings: list[tuple[str, str]] = []
    for element in soup.find_all(re.compile("^h[1-6]$")):
        if element.name in ("h1", "h2"):
            element["id"] = f"{anchor}-{len(headings) + 1}"
            headings.append((str(element["id"]), element.get_text(" ", strip=True)))
        element.name = f"h{min(6, max(2, int(element.name[1])) + 1)}"
    for number, table in enumerate(soup.find_all("table"), 1):
        _ready_table(soup, table, number)
    for number, picture in enumerate(soup.find_all("img", class_="chart"), 1):
        _wrap_in_scroll(soup, picture, f"Chart {number}", "scroll picture")
    return Part(anchor, words, headings, str(soup))


def describe_chart(svg: str) -> str:
    """Return what an SVG picture says of itself, for those who cannot see it.

    >>> describe_chart('<svg role="img" aria-label="Tone &amp; n per actor"><path/></svg>')
    'Tone & n per actor'
    """
    label = re.search(r'<svg[^>]*?\saria-label="([^"]*)"', svg)
    return html.unescape(label[1]) if label else "Chart; its data are in the table beside it and in the folder figures"


def make_safe(soup: BeautifulSoup, anchor: str) -> None:
    """Reduce a notebook's HTML, in place, to plain elements that can neither run nor load anything.

    Parameters
    ----------
    soup : BeautifulSoup
        Any HTML, also hostile.
    anchor : str
        Put before every id and inner link, so that notebooks on one page do not collide.
    """
    from bs4 import Comment

    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for element in soup.find_all(_DROPPED):
        element.decompose()
    for element in soup.find_all(True):
        if element.name not in _ELEMENTS:
            element.unwrap()
            continue
        element.attrs = {
            name: safe
            for name, value in element.attrs.items()
            if name in _ATTRIBUTES and (safe := _safe_value(name, value, anchor)) is not None
        }
        if element.name == "img" and "src" not in element.attrs:
            element.decompose()


def _safe_value(name: str, value: Any, anchor: str) -> Any:
    """Return the value of an attribute as it may stand on the page, None when it may not."""
    if name == "class":
        return value
    value = str(value).strip()
    if name == "id":
        return f"{anchor}-{value}"
    if name == "src":
        return value if _IMAGE.fullmatch(value) else None
    if name == "href":
        if value.startswith("#"):
            return f"#{anchor}-{value[1:]}"
        return value if _LINK.match(value) and not re.search(r"[\x00-\x20]", value) else None
    if name == "style":
        return "; ".join(match[0] for match in map(_STYLE.fullmatch, map(str.strip, value.split(";"))) if match) or None
    return value


def _ready_table(soup: BeautifulSoup, table: Tag, number: int) -> None:
    """Let a table scroll by itself on a narrow screen, say what its head cells head, and align its numbers."""
    for cell in table.find_all("th"):
        if frame := cell.find_parent(["tbody", "thead"]):
            cell["scope"] = "row" if frame.name == "tbody" else "col"
    for cell in table.find_all("td"):
        words = cell.get_text(strip=True)
        if _NUMBER.fullmatch(words):
            cell["class"] = "number"
        elif len(words) <= SHORT:
            cell["class"] = "short"
        elif len(words) > LONG and " " in words:
            cell["class"] = "words" if len(words) <= LONGER else "many words"
    rows = [row for row in table.find_all("tr") if row.find_parent("tbody")]
    if not rows and not table.find("td"):
        row = soup.new_tag("tr")
        cell = soup.new_tag("td", attrs={"class": "none", "colspan": str(len(table.find_all("th")) or 1)})
        cell.string = "none"
        row.append(cell)
        (table.find("tbody") or table).append(row)
    caption = table.find("caption")
    for row in rows[ROWS:]:
        row.decompose()
    frame = _wrap_in_scroll(soup, table, caption.get_text(" ", strip=True) if caption else f"Table {number}")
    if len(rows) > ROWS:
        cut = soup.new_tag("p", attrs={"class": "note"})
        cut.string = f"The first {ROWS} of {len(rows):,} rows; all are in the executed notebook."
        frame.insert_after(cut)


def _wrap_in_scroll(soup: BeautifulSoup, element: Tag, label: str, kind: str = "scroll") -> Tag:
    """Let something wide scroll by itself, also with the keyboard; returns the frame around it."""
    frame = soup.new_tag("div", attrs={"class": kind, "tabindex": "0", "role": "region", "aria-label": label})
    return element.wrap(frame)
