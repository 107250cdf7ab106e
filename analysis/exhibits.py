"""Exhibits: the words behind every cell of a matrix, made ready to be read on the page.

Evidence of four kinds, each in groups of one actor and one target, the newest words first. The page has to stay small,
so only the newest of large groups are kept; every group says how many there are and where all of them stand.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.drawing import outlet_name, signed
from analysis.evidence import cut_context
from analysis.tables import Tables

if TYPE_CHECKING:
    from analysis.codebook import Codebook

CONTEXT = 160  # characters on either side of the words
LONGEST = 700  # characters of the words themselves; beyond that they are cut
_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f]+", re.IGNORECASE)
_SIDES = {"support": "for", "oppose": "against", "neutral": "open"}
_ARTICLE = ["article_id", "published", "source", "title", "url", "text", "quotations"]


@dataclass(frozen=True)
class Group:
    """What stands behind one cell; the parts of an item are named by the template ``evidence.html.j2``."""

    anchor: str
    heading: str
    title: str
    items: list[dict[str, Any]]


@dataclass(frozen=True)
class Holder:
    """The groups of one actor."""

    anchor: str
    name: str
    groups: list[Group]


@dataclass(frozen=True)
class Exhibit:
    """All evidence of one kind: `shown` of `total` items; `file` has all of them."""

    kind: str
    heading: str
    unit: str
    file: str
    holders: list[Holder]
    shown: int
    total: int


def anchor_of(kind: str, actor_id: str, target: str | None = None) -> str:
    """Return the anchor of evidence on the page; `target` is an id, or the name of an outlet, or None for all.

    >>> anchor_of("stance", "trump", "peace_plan"), anchor_of("portrayal", "trump", "Kyiv Lantern")
    ('stance-trump-peace_plan', 'portrayal-trump-25fe2130')
    """
    if target is None:
        return f"{kind}-{actor_id}"
    name = hashlib.sha256(target.encode()).hexdigest()[:8] if kind == "portrayal" else target
    return f"{kind}-{actor_id}-{name}"


def collect_exhibits(tables: Tables, codebook: Codebook, most: int) -> list[Exhibit]:
    """Return all evidence that the page shows.

    Parameters
    ----------
    tables : Tables
    codebook : Codebook
        Names, and the order of actors.
    most : int
        Items of a kind that are kept: of every group its newest, as far as this goes.

    Returns
    -------
    list of Exhibit
        Stances, portrayals by outlets, portrayals by speakers, statements; each also when it is empty.
    """
    names = {actor.actor_id: actor.name for actor in codebook.actors}
    labels = {issue.issue_id: issue.label for issue in codebook.issues}
    return [
        _exhibit("stance", "Where actors stand", "stance", _stance_items(tables, names, labels, most), codebook),
        _exhibit("portrayal", "How outlets portray actors", "portrayal", _told_items(tables, names, most), codebook),
        _exhibit("spoken", "How actors speak of each other", "portrayal", _spoken_items(tables, names, most), codebook),
        _exhibit("statement", "What actors say", "statement", _statement_items(tables, names, most), codebook),
    ]


def _stance_items(tables: Tables, names: dict[str, str], labels: dict[str, str], most: int) -> pd.DataFrame:
    said = tables.statements[["article_id", "statement_id", "kind", "vader", "textblob"]]
    said = said.astype({"statement_id": "Int64"}).drop_duplicates(["article_id", "statement_id"])
    frame = _newest(tables, tables.stances, "actor_id", "target_id", most).merge(
        said, on=["article_id", "statement_id"], how="left"
    )
    rows = []
    for row in frame.itertuples():
        on_issue = row.target_kind == "issue"
        how = [f"by rules ({row.method}), confidence {row.confidence:.2f}"]
        if pd.isna(row.statement_id):
            how.append("an act, in the article’s own words")
        elif not pd.isna(row.vader):
            how += [f"{row.kind} words", _tone(row.vader, row.textblob)]
        title = labels[row.target_id] if on_issue else f"Towards {names[row.target_id]}"
        named = f"{names[row.actor_id]} on {title}" if on_issue else f"{names[row.actor_id]} t{title[1:]}"
        rows.append(
            {
                "group": title,
                "named": named,
                "side": _SIDES[row.label],
                "score": f"{_SIDES[row.label]} {signed(row.score)}",
                "how": how,
                "actors": row.actor_id if on_issue else f"{row.actor_id} {row.target_id}",
                "issues": row.target_id if on_issue else "",
                **_cut(row.text, [(row.evidence_start, row.evidence_end)]),
            }
        )
    return _joined(frame, rows)


def _told_items(tables: Tables, names: dict[str, str], most: int) -> pd.DataFrame:
    """Return the portrayals in the outlets' own voice, in groups of actor and outlet."""
    own = tables.portrayals[tables.portrayals["voice"] == "article"]
    frame = _newest(tables, own, "actor_id", "source", most)
    rows = []
    for row in frame.itertuples():
        outlet, whose = (outlet_name(row.source), "its") if row.source else ("articles without an outlet", "their")
        named = f"{names[row.actor_id]} in {outlet}, in {whose} own voice"
        rows.append({"group": f"In {outlet}", "named": named, "actors": row.actor_id, **_portrayed(row)})
    return _joined(frame, rows)


def _spoken_items(tables: Tables, names: dict[str, str], most: int) -> pd.DataFrame:
    """Return the portrayals in statements of other actors, in groups of speaker and actor spoken of."""
    portrayals = tables.portrayals
    inside = (portrayals["voice"] == "actor") & (portrayals["speaker_actor_id"].fillna("") != portrayals["actor_id"])
    frame = _newest(tables, portrayals[inside], "speaker_actor_id", "actor_id", most)
    rows = []
    for row in frame.itertuples():
        speaker, of = row.speaker_actor_id, names[row.actor_id]
        actors = f"{speaker} {row.actor_id}"
        rows.append({"group": f"Of {of}", "named": f"{names[speaker]} of {of}", "actors": actors, **_portrayed(row)})
    return _joined(frame, rows)


def _portrayed(row: Any) -> dict[str, Any]:
    likeliest = max((row.negative, "negative"), (row.neutral, "neutral"), (row.positive, "positive"))[1]
    chances = f"negative {row.negative:.2f}, neutral {row.neutral:.2f}, positive {row.positive:.2f}"
    return {
        "side": {"negative": "against", "positive": "for"}.get(likeliest, "open"),
        "score": f"{likeliest} {signed(row.score)}",
        "how": [f"by the model: {chances}", f"VADER of the clause {signed(row.lexicon)}"],
        "issues": "",
        **_cut(row.text, [(row.start, row.end)]),
    }


def _statement_items(tables: Tables, names: dict[str, str], most: int) -> pd.DataFrame:
    known = tables.statements.dropna(subset=["actor_id"]).assign(everything="all")
    frame = _newest(tables, known, "actor_id", "everything", most)
    on_issues = tables.stances[tables.stances["target_kind"] == "issue"].dropna(subset=["statement_id"])
    issues = on_issues.groupby(["article_id", "statement_id"])["target_id"].agg(lambda ids: " ".join(sorted(set(ids))))
    spoken_to = issues.to_dict()
    rows = [
        {
            "group": "All statements",
            "named": f"{names[row.actor_id]}: statements",
            "side": "open",
            "score": row.kind,
            "how": [
                f"confidence {row.confidence:.2f}",
                _tone(row.vader, row.textblob),
                f"the article says “{row.speaker}”",
            ],
            "actors": row.actor_id,
            "issues": spoken_to.get((row.article_id, row.statement_id), ""),
            **_cut(row.text, row.spans),
        }
        for row in frame.itertuples()
    ]
    return _joined(frame, rows)


def _exhibit(kind: str, heading: str, unit: str, items: pd.DataFrame, codebook: Codebook) -> Exhibit:
    """Group the items by actor, in the order of the codebook, and by target, the largest group first."""
    file = "tables/portrayals.csv" if kind == "spoken" else f"tables/{kind}s.csv"
    items = items.sort_values(["size", "group", "place"], ascending=[False, True, True], kind="stable")
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for item in items.to_dict("records"):
        found.setdefault(item["holder"], {}).setdefault(item["target"], []).append(item)
    holders = [
        Holder(
            anchor_of(kind, actor.actor_id),
            actor.name,
            [_group(kind, unit, file, own) for own in found[actor.actor_id].values()],
        )
        for actor in codebook.actors
        if actor.actor_id in found
    ]
    return Exhibit(kind, heading, unit, file, holders, len(items), int(items["total"].max()) if len(items) else 0)


def _group(kind: str, unit: str, file: str, items: list[dict[str, Any]]) -> Group:
    first, shown = items[0], len(items)
    total = int(first["size"])
    heading = f"{first['group']}: {total:,} {unit}{'s' * (total != 1)}"
    if shown < total:
        heading = f"{first['group']}: the newest {shown:,} of {total:,} {unit}s; all in {file}"
    return Group(anchor_of(kind, first["holder"], first["target"]), heading, first["named"], items)


def _newest(tables: Tables, frame: pd.DataFrame, holder: str, target: str, most: int) -> pd.DataFrame:
    """Return the rows that are shown, with what is to be said of their articles.

    Of every group (what stands in the columns `holder` and `target`) the newest are kept, as far as `most` goes: first
    one of every group, the largest group first, then a second one. ``total`` counts all rows, ``size`` those of a
    group, ``place`` says which of them this is.
    """
    placed = frame.merge(tables.articles[_ARTICLE], on="article_id", how="left")
    placed = placed.assign(holder=placed[holder], target=placed[target], total=len(placed))
    placed = placed.sort_values(["published", "article_id"], ascending=[False, True], kind="stable", na_position="last")
    groups = placed.groupby(["holder", "target"])
    placed = placed.assign(size=groups["total"].transform("size"), place=groups.cumcount())
    ranked = placed.sort_values(
        ["place", "size", "holder", "target"], ascending=[True, False, True, True], kind="stable"
    )
    return ranked.head(most).reset_index(drop=True)


def _joined(frame: pd.DataFrame, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the items with where each was published and by whom it is held."""
    columns = ["group", "named", "side", "score", "how", "actors", "issues", "before", "words", "after"]
    left = frame[["holder", "target", "total", "size", "place", "article_id", "published", "source", "title"]]
    days = left["published"]
    left = left.assign(
        day=days.dt.strftime("%Y-%m-%d").fillna(""),
        day_words=[f"{day.day} {day:%B %Y}" if pd.notna(day) else "" for day in days],
        outlet=left["source"].map(outlet_name),
        href=[url if _ADDRESS.fullmatch(url) else "" for url in frame["url"]],
        composed=(frame["quotations"] == "composed").to_numpy(),
    )
    return pd.concat([left, pd.DataFrame(rows, columns=columns)], axis=1)


def _cut(text: str, spans: Sequence[Sequence[int]]) -> dict[str, str]:
    """Return the words and what stands around them, with a space between only where the article has one."""
    before, words, after = cut_context(text, spans, CONTEXT)
    first, last = spans[0][0], spans[-1][1]
    return {
        "before": before + " " * (before != "" and text[first - 1].isspace()),
        "words": words if len(words) <= LONGEST else f"{words[:LONGEST]} … (cut)",
        "after": " " * text[last : last + 1].isspace() + after,
    }


def _tone(vader: float, textblob: float) -> str:
    return f"tone: VADER {signed(vader)}, TextBlob {signed(textblob)}"
