"""The page: findings, matrices, executed notebooks and evidence as one HTML file that stands alone.

It loads nothing, and runs one script, ours, named by its hash: whatever a notebook shows was reduced to plain elements
(`analysis.page_parts`), and the page's content security policy forbids the browser the rest. Everything can be read
without the script.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.bootstrap import SEED
from analysis.drawing import outlet_name
from analysis.exhibits import anchor_of, collect_exhibits
from analysis.findings import Finding, find_all
from analysis.grids import draw_grids
from analysis.page_parts import Part
from analysis.paths import DATA
from analysis.summary import named_outlets

if TYPE_CHECKING:
    import pandas as pd

    from analysis.codebook import Codebook
    from analysis.tables import Tables

_TEMPLATES = DATA / "page"
LARGEST = 5_000_000  # bytes of a page that a phone opens gladly
_PASSAGES = (500, 250, 100, 25)  # passages of a kind, the first number with which the page is not larger than that


def build_page(
    parts: Sequence[Part],
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
    parts : sequence of Part
        In the order of the page, from `analysis.page_parts.read_part`.
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
    words["parts"] = parts
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
        "outlets": [(source, outlet_name(source)) for source in named_outlets(tables.articles)],
        "first": days.min() if len(days) else "",
        "last": days.max() if len(days) else "",
        "script": script if anchors else "",
        "script_hash": f"sha256-{digest}",
    }


def _code_style() -> str:
    """Return the colours of code, on light and on dark paper."""
    from pygments.formatters import HtmlFormatter

    light, dark = (HtmlFormatter(style=style, nobackground=True) for style in ("default", "github-dark"))
    rules = [each.get_style_defs(".highlight") for each in (light, dark)]
    return f"{rules[0]}\n@media (prefers-color-scheme: dark) {{\n{rules[1]}\n}}\n"
