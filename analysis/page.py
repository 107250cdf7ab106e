"""The page: findings, matrices, executed notebooks and evidence as one HTML file that stands alone.

It loads nothing, and runs one script, ours, named by its hash: whatever a notebook shows is reduced to plain elements
here, so that words of an article can never become code, and the page's content security policy forbids the browser the
rest. Everything can be read without the script.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.bootstrap import SEED
from analysis.drawing import outlet_name
from analysis.exhibits import anchor_of, collect_exhibits
from analysis.findings import Finding, find_all
from analysis.grids import draw_grids
from analysis.paths import DATA

if TYPE_CHECKING:
    import pandas as pd
    from bs4 import BeautifulSoup, Tag

    from analysis.codebook import Codebook
    from analysis.tables import Tables

_TEMPLATES = DATA / "page"
LARGEST = 5_000_000  # bytes of a page that a phone opens gladly
_PASSAGES = (500, 250, 100, 25)  # passages of a kind, the first number with which the page is not larger than that
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


def build_page(
    notebooks: Sequence[Path],
    *,
    heading: str,
    lead: str,
    notices: Sequence[str] = (),
    problems: Sequence[tuple[str, str]] = (),
    files: Sequence[tuple[str, str]] = (),
    tables: Tables | None = None,
    codebook: Codebook | None = None,
    seed: int = SEED,
    accuracy: pd.DataFrame | None = None,
) -> str:
    """Return executed notebooks, and what the tables say, as one HTML page.

    Parameters
    ----------
    notebooks : sequence of paths
        In the order of the page; the first heading of each is its title there.
    heading, lead : str
        The page's title, and the line below it.
    notices : sequence of str
        What a reader must know before reading on.
    problems : sequence of (article_id, problem)
        Articles that could not be scored.
    files : sequence of (path relative to the page, what it is)
        Linked at the foot.
    tables : Tables, optional
        What the notebooks looked at: gives findings, matrices and evidence. Without them, the notebooks alone.
    codebook : Codebook, optional
        With the tables: names and propositions.
    seed, accuracy
        As `analysis.findings.find_all`.

    Returns
    -------
    str
        The same notebooks and tables give the same page; every string given is escaped. Evidence is cut, and the page
        says so, before the page grows beyond `LARGEST` bytes.
    """
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True)
    words: dict[str, Any] = {"heading": heading, "lead": lead, "notices": notices, "problems": problems, "files": files}
    words["parts"] = [_part(path) for path in notebooks]
    words["style"] = (_TEMPLATES / "page.css").read_text(encoding="utf8") + _code_style()
    page = environment.get_template("page.html.j2")
    if tables is None or codebook is None:
        return page.render(words) + "\n"
    words["topics"] = find_all(tables, codebook, seed=seed, accuracy=accuracy)
    for most in _PASSAGES:
        made = page.render(words | _found(tables, codebook, seed, most)) + "\n"
        if len(made.encode()) <= LARGEST:
            break
    return made


def _found(tables: Tables, codebook: Codebook, seed: int, most: int) -> dict[str, Any]:
    """Return what the template needs beside the findings, with `most` passages of a kind."""
    exhibits = collect_exhibits(tables, codebook, most)
    holders = [holder for exhibit in exhibits for holder in exhibit.holders]
    groups = [group for holder in holders for group in holder.groups]
    anchors = {holder.anchor for holder in holders} | {group.anchor for group in groups}
    seen = {actor_id for group in groups for item in group.items for actor_id in item["actors"].split()}
    days = tables.articles["published"].dropna().dt.strftime("%Y-%m-%d")
    script = (_TEMPLATES / "page.js").read_text(encoding="utf8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    def leads(finding: Finding) -> list[tuple[str, str]]:
        """Return where the evidence of a finding is, and the words of the link there."""
        places = [(anchor_of(*key), codebook.actor(key[1]).name) for key in finding.evidence]
        named = [(anchor, name) for anchor, name in places if anchor in anchors]
        return [(anchor, f"Words of {name}" if len(named) > 1 else "Read the words") for anchor, name in named]

    return {
        "exhibits": exhibits,
        "passages": sum(exhibit.shown for exhibit in exhibits),
        "grids": draw_grids(tables, codebook, anchors, seed=seed),
        "leads": leads,
        "actors": [(actor.actor_id, actor.name) for actor in codebook.actors if actor.actor_id in seen],
        "issues": [(issue.issue_id, issue.label) for issue in codebook.issues],
        "outlets": [(source, outlet_name(source)) for source in sorted(set(tables.articles["source"])) if source],
        "first": days.min() if len(days) else "",
        "last": days.max() if len(days) else "",
        "script": script if anchors else "",
        "script_hash": f"sha256-{digest}",
    }


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


def _part(path: Path) -> Part:
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
    for number, picture in enumerate(soup.select("img.chart"), 1):
        _wrap_in_scroll(soup, picture, f"Chart {number}", "scroll picture")
    return Part(anchor, words, headings, str(soup))


def _ready_table(soup: BeautifulSoup, table: Tag, number: int) -> None:
    """Let a table scroll by itself on a narrow screen, say what its head cells head, and align its numbers."""
    for cell in table.select("thead th"):
        cell["scope"] = "col"
    for cell in table.select("tbody th"):
        cell["scope"] = "row"
    for cell in table.find_all("td"):
        words = cell.get_text(strip=True)
        if _NUMBER.fullmatch(words):
            cell["class"] = "number"
        elif len(words) <= SHORT:
            cell["class"] = "short"
        elif len(words) > LONG and " " in words:
            cell["class"] = "words" if len(words) <= LONGER else "many words"
    if not table.select("tbody tr, tr td"):
        row = soup.new_tag("tr")
        cell = soup.new_tag("td", attrs={"class": "none", "colspan": str(len(table.find_all("th")) or 1)})
        cell.string = "none"
        row.append(cell)
        (table.find("tbody") or table).append(row)
    caption = table.find("caption")
    rows = table.select("tbody tr")
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


def _code_style() -> str:
    """Return the colours of code, on light and on dark paper."""
    from pygments.formatters import HtmlFormatter

    light, dark = (HtmlFormatter(style=style, nobackground=True) for style in ("default", "github-dark"))
    rules = [each.get_style_defs(".highlight") for each in (light, dark)]
    return f"{rules[0]}\n@media (prefers-color-scheme: dark) {{\n{rules[1]}\n}}\n"
