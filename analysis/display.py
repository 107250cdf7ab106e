"""How tables, a codebook and a run look in a notebook: what is inside, and the words behind the first rows.

Text from a corpus is shown as it is, never as markup. Long text is cut; the tables themselves hold all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from analysis.codebook import Actor, Codebook

LONG_TABLE = 25  # rows
FIRST_ROWS = 5
MOST_LETTERS = 160  # of a text in the first rows

# What is shown of each table; 'words' are those that the row stands for.
_SHOWN = {
    "articles": ["article_id", "published", "source", "title", "words"],
    "sentences": ["article_id", "sentence_id", "words"],
    "mentions": ["article_id", "actor_id", "kind", "words", "confidence"],
    "statements": ["article_id", "speaker", "actor_id", "kind", "words", "vader", "textblob", "confidence"],
    "portrayals": ["article_id", "actor_id", "voice", "words", "score", "lexicon"],
    "stances": ["article_id", "actor_id", "target_id", "label", "words", "score", "confidence"],
    "problems": ["article_id", "problem"],
}
_OPEN = ("statements", "stances")  # the tables that are unfolded


def frame_html(frame: pd.DataFrame, decimals: int = 2) -> str:
    """Return a table as HTML: numbers rounded, dates as days, text as it is and never as markup or formula.

    A table of more than `LONG_TABLE` rows is folded up, to be opened with a click or the keyboard.
    """
    shown = frame.copy()
    for name, column in frame.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            shown[name] = column.dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_float_dtype(column):
            shown[name] = column.round(decimals) + 0.0  # no -0.00
        elif pd.api.types.is_integer_dtype(column) and column.hasnans:
            shown[name] = column.astype("object").where(column.notna(), "")  # else "<NA>"
    shown.columns = [str(name).replace("_", " ") for name in frame.columns]
    with pd.option_context("display.max_colwidth", None, "display.html.use_mathjax", False, "display.html.border", 0):
        table = shown.to_html(index=False, na_rep="", float_format=f"{{:.{decimals}f}}".format, justify="left")
    # JupyterLab sets cells to the right, by rules stronger than ours, which makes sentences hard to read
    rule = "{ text-align: left !important; vertical-align: top; }"
    style = f"<style scoped>.stancebook td, .stancebook th {rule}</style>"
    if len(shown) > LONG_TABLE:
        table = _folded(f"The table: {len(shown)} rows", table)
    return f'<div class="stancebook" style="overflow-x: auto">{style}{table}</div>'


def tables_html(tables: Mapping[str, pd.DataFrame], lead: str = "") -> str:
    """Return what is in the tables (name to DataFrame) as HTML: how many rows, and the first of each.

    Above them `lead`, or how many articles from when.
    """
    above = f"<p>{escape(lead or _lead(tables['articles']))}</p>"
    return above + "".join(
        _folded(f"{name}: {_rows(frame)}", frame_html(_preview(name, tables)), opened=name in _OPEN)
        if len(frame)
        else f"<p>{name}: {_rows(frame)}</p>"
        for name, frame in tables.items()
    )


def codebook_html(codebook: Codebook) -> str:
    """Return the actors and issues of a codebook as HTML."""
    actors = pd.DataFrame(
        [
            (actor.actor_id, actor.name, actor.kind, actor.side, ", ".join(actor.aliases), _roles(actor))
            for actor in codebook.actors
        ],
        columns=["actor_id", "name", "kind", "side", "aliases", "roles"],
    )
    issues = pd.DataFrame(
        [(issue.issue_id, issue.label, issue.proposition) for issue in codebook.issues],
        columns=["issue_id", "label", "proposition"],
    )
    lead = f"<p>{counted(len(actors), 'actor')}, {counted(len(issues), 'issue')}</p>"
    return lead + frame_html(actors) + frame_html(issues)


def one_line(name: str, counts: Mapping[str, int]) -> str:
    """Return what something is and holds, in a line.

    >>> one_line("Tables", {"articles": 48, "statements": 402})
    '<Tables: 48 articles, 402 statements>'
    """
    return f"<{name}: {', '.join(f'{n} {what}' for what, n in counts.items())}>"


def _lead(articles: pd.DataFrame) -> str:
    dated = articles["published"].dropna()
    days = f", {dated.min():%Y-%m-%d} to {dated.max():%Y-%m-%d}" if len(dated) else ""
    sources = articles.loc[articles["source"] != "", "source"].nunique()
    composed = " Quotations in it are composed, not real." if (articles["quotations"] == "composed").any() else ""
    return f"{counted(len(articles), 'article')} from {counted(sources, 'outlet')}{days}.{composed}"


def _preview(name: str, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the first rows of a table with the words that each stands for."""
    frame = tables[name].head(FIRST_ROWS)
    if "words" in _SHOWN[name]:
        frame = frame.assign(words=list(_words(name, frame, tables)))
    frame = frame[_SHOWN[name]]
    texts = frame.select_dtypes(include=["str", "object"]).columns
    return frame.assign(**{column: frame[column].map(_cut, na_action="ignore") for column in texts})


def _words(name: str, frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> Iterable[str]:
    articles = tables["articles"]
    rows = frame.to_dict("records")
    wanted = articles[articles["article_id"].isin(frame["article_id"])]
    texts = dict(zip(wanted["article_id"], wanted["text"], strict=True))
    sentences = tables["sentences"]
    for row in rows:
        text = texts.get(row["article_id"], "")
        if name == "articles":
            yield text
        elif name == "portrayals":
            at = (sentences["article_id"] == row["article_id"]) & (sentences["sentence_id"] == row["sentence_id"])
            yield _joined(text, sentences.loc[at, ["start", "end"]].to_numpy().tolist())
        elif name == "statements":
            yield _joined(text, row["spans"])
        elif name == "stances":
            yield _joined(text, [(row["evidence_start"], row["evidence_end"])])
        else:
            yield _joined(text, [(row["start"], row["end"])])


def _joined(text: str, spans: Iterable[Sequence[int]]) -> str:
    return " … ".join(text[start:end] for start, end in spans)


def _cut(words: Any) -> Any:
    """Return text on one line and not too long for a cell; anything else as it is."""
    if not isinstance(words, str):
        return words
    line = " ".join(words[: 2 * MOST_LETTERS].split())
    return line if len(line) <= MOST_LETTERS else f"{line[: MOST_LETTERS - 1].rstrip()}…"


def _roles(actor: Actor) -> str:
    said = []
    for role in actor.roles:
        days = [f"from {role.start}"] * bool(role.start) + [f"until {role.end}"] * bool(role.end)
        said.append(f"{role.title} ({' '.join(days)})" if days else role.title)
    return "; ".join(said)


def _folded(title: str, content: str, *, opened: bool = False) -> str:
    return f"<details{' open' if opened else ''}><summary>{escape(title)}</summary>{content}</details>"


def _rows(frame: pd.DataFrame) -> str:
    return "none" if frame.empty else counted(len(frame), "row")


def counted(n: int, what: str, many: str = "") -> str:
    """Return a number of things in words.

    >>> counted(1, "article"), counted(2000, "article"), counted(2, "further copy", "further copies")
    ('1 article', '2,000 articles', '2 further copies')
    """
    return f"{n:,} {what if n == 1 else many or what + 's'}"
