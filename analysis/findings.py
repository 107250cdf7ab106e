"""Findings: what the tables say, in sentences that an editor could print, each with n, interval and evidence.

Cautious by construction: a side is named only where the 95% interval of the mean leaves 0 out, a move only where that
of the difference between the two halves of the period does. Where nothing can be said, that is said. The same tables
give the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.accuracy import accuracy_in_words
from analysis.bootstrap import FEWEST_ARTICLES, SCALE, SEED, mean_intervals
from analysis.contrasts import FIGURES, SIDES, middle_day, portrayal_around, stance_around
from analysis.display import counted
from analysis.drawing import outlet_name, signed
from analysis.pairs import interval_words
from analysis.summary import (
    ALL_SOURCES,
    named_outlets,
    portrayal_by_source,
    stance_by_actor,
    stance_by_issue,
    statements_by_actor,
)
from analysis.tables import Tables

if TYPE_CHECKING:
    from analysis.codebook import Actor, Codebook

MOST = 10  # findings of a kind; the matrices show the rest
LEAST_MOVE = 0.25  # of the scale from -1 to 1: a smaller move is one of wording, not of side
FEWEST_MENTIONS = 5  # behind a portrayal that is put in words: single mentions are often judged wrong
_NAMED = 4  # actors named in one sentence
_ITS = {"he": ("his", "he"), "she": ("her", "she"), "they": ("their", "they")}
Key = tuple[str, str, str | None]  # kind of evidence (statement, stance, portrayal), actor_id; target id, outlet or all


@dataclass(frozen=True)
class Finding:
    """A sentence or two, the figures they rest on in words, and where the evidence is.

    `n` is 0 where it is said that nothing can be said; `low` and `high` bound the figure (95%), NaN where there are
    several or none.
    """

    words: str
    figures: str = ""
    n: int = 0
    low: float = float("nan")
    high: float = float("nan")
    evidence: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Topic:
    """Findings under one heading, and what a reader must know to weigh them."""

    heading: str
    findings: list[Finding]
    note: str


def find_all(
    tables: Tables, codebook: Codebook, *, seed: int = SEED, accuracy: pd.DataFrame | None = None
) -> list[Topic]:
    """Return what can be said of a corpus.

    Parameters
    ----------
    tables : Tables
    codebook : Codebook
        Names, pronouns and propositions.
    seed : int
        Of the bootstrap.
    accuracy : DataFrame, optional
        As `analysis.validation.headlines`: how well the methods do, to be said beside the findings.

    Returns
    -------
    list of Topic
        Always the same five; each has a finding, if only that there is nothing to say.
    """
    on_issues = stance_by_issue(tables, seed=seed)
    spoken = "Who is quoted less is not thereby silent: this counts what these outlets print." + _measured(
        "statements", accuracy
    )
    stood = (
        "Said only where the 95% interval leaves 0 out, which takes some six articles that agree. A stance that is not "
        "found is absence, not neutrality."
    )
    moved = (
        "Said only where the 95% interval of the difference between the two halves of the period leaves 0 out and the "
        f"difference is {LEAST_MOVE} or more."
    )
    told = (
        "The lowest and the highest of many means, picked because they are: a hint where to read, no verdict."
        + _measured("portrayal", accuracy)
    )
    return [
        Topic("Who speaks", who_spoke(tables, codebook, seed), spoken),
        Topic("Where they stand", who_stands(tables, codebook, on_issues), stood + _measured("stance", accuracy)),
        Topic("Who opposes whom", who_opposes(tables, codebook, on_issues, seed), ""),
        Topic("Who moved", who_moved(tables, codebook, seed), moved),
        Topic("How they are portrayed", who_is_portrayed(tables, codebook, seed), told),
    ]


def who_spoke(tables: Tables, codebook: Codebook, seed: int) -> list[Finding]:
    """Return who makes the most statements, and the share of all that actors of the codebook make."""
    known = tables.statements.dropna(subset=["actor_id"])
    articles = known["article_id"].nunique()
    if articles < FEWEST_ARTICLES:
        said = f"{counted(len(known), 'statement')} in {counted(articles, 'article')}"
        return [Finding(f"Who speaks most cannot be said: actors of the codebook make {said}.")]
    spoken = statements_by_actor(tables).sort_values(["n", "actor_id"], ascending=[False, True])
    most = spoken[spoken["n"] == spoken["n"].iloc[0]]
    next_ones = spoken.iloc[len(most) : len(most) + 3]
    named = [codebook.actor(actor_id).name for actor_id in most["actor_id"]]
    names = _and(named if len(named) <= _NAMED else [*named[:_NAMED], f"{len(named) - _NAMED} more"])
    said = counted(int(most["n"].iloc[0]), "statement")
    if len(most) == 1:
        words = (
            f"{names} is quoted or reported most, with {said} in {counted(int(most['articles'].iloc[0]), 'article')}"
        )
    else:
        words = f"{names} are quoted or reported most, with {said} each"
    if len(next_ones):
        words += f"; next {_and([f'{codebook.actor(row.actor_id).name} ({row.n})' for row in next_ones.itertuples()])}"
    theirs = known["actor_id"].isin(most["actor_id"]).astype("float64")
    nexts = known["actor_id"].isin(next_ones["actor_id"].head(1)).astype("float64")
    counts = known.assign(everything="all", theirs=theirs, lead=theirs - nexts)
    share, lead = (
        mean_intervals(counts, ["everything"], name, seed=seed, scale=scale).iloc[0]
        for name, scale in (("theirs", (0.0, 1.0)), ("lead", SCALE))
    )
    if len(most) == 1 and len(next_ones) and lead["low"] <= 0:
        words += ". The first two are too close to call"
    n = int(most["n"].sum())
    figures = (
        f"{n:,} of {len(known):,} statements by actors of the codebook: {share['mean']:.0%}, "
        f"95% interval {share['low']:.0%} to {share['high']:.0%}"
    )
    keys = tuple(("statement", actor_id, None) for actor_id in [*most["actor_id"].head(_NAMED), *next_ones["actor_id"]])
    return [Finding(f"{words}.", figures, n, share["low"], share["high"], keys)]


def who_stands(tables: Tables, codebook: Codebook, on_issues: pd.DataFrame) -> list[Finding]:
    """Return which actors are for or against which issue, and on whose words; the most evidence first."""
    sure = _sure(on_issues).sort_values(["n", "actor_id", "target_id"], ascending=[False, True, True])
    findings = []
    for row in sure.head(MOST).to_dict("records"):
        actor, issue = codebook.actor(row["actor_id"]), codebook.issue(row["target_id"])
        side = "for" if row["mean"] > 0 else "against"
        words = f"{actor.name} is {side} “{issue.proposition}”, {_on_whose_words(tables, actor, row)}."
        findings.append(_finding(words, row, ("stance", actor.actor_id, issue.issue_id)))
    if not findings:
        return [
            Finding(f"Nothing can be said of any actor on any issue: {_why_not(on_issues, 'position', 'positions')}.")
        ]
    if len(sure) > MOST:
        findings.append(Finding(f"The matrix below shows {len(sure) - MOST} more with enough evidence."))
    return findings


def who_opposes(tables: Tables, codebook: Codebook, on_issues: pd.DataFrame, seed: int) -> list[Finding]:
    """Return the issues on which actors stand on both sides, then who is for or against another actor."""
    sure = _sure(on_issues).sort_values(["n", "actor_id"], ascending=[False, True])
    findings = []
    for issue in codebook.issues:
        here = sure[sure["target_id"] == issue.issue_id]
        sides = [here[here["mean"] > 0].head(_NAMED), here[here["mean"] < 0].head(_NAMED)]
        if sides[0].empty or sides[1].empty:
            continue
        backers, foes = (_and([codebook.actor(actor_id).name for actor_id in side["actor_id"]]) for side in sides)
        rows = pd.concat(sides).to_dict("records")
        figures = "; ".join(f"{codebook.actor(row['actor_id']).name}: {_figures(row)}" for row in rows)
        keys = tuple(("stance", row["actor_id"], issue.issue_id) for row in rows)
        words = f"Opposed on “{issue.proposition}”: for it {backers}, against it {foes}."
        findings.append(Finding(words, figures, sum(row["n"] for row in rows), evidence=keys))
    on_actors = stance_by_actor(tables, seed=seed)
    towards = _sure(on_actors).sort_values(["n", "actor_id", "target_id"], ascending=[False, True, True])
    for row in towards.head(MOST).to_dict("records"):
        actor, other = codebook.actor(row["actor_id"]), codebook.actor(row["target_id"])
        manner = "favourable to" if row["mean"] > 0 else "critical of"
        words = f"{actor.name} is {manner} {other.name}, {_on_whose_words(tables, actor, row)}."
        findings.append(_finding(words, row, ("stance", actor.actor_id, other.actor_id)))
    apart = f"On no issue do actors stand on both sides for sure: {_why_not(on_issues, 'position', 'positions')}."
    why_not = _why_not(on_actors, "position towards an actor", "positions towards actors")
    towards_none = f"No actor's side towards another can be said: {why_not}."
    return findings or [Finding(apart), Finding(towards_none)]


def who_moved(tables: Tables, codebook: Codebook, seed: int) -> list[Finding]:
    """Return who stands, or is portrayed, otherwise in the second half of the period than in the first.

    The halves are parted at the day that divides the articles most evenly, the same day for everybody.
    """
    day = middle_day(tables)
    if day is None:
        return [Finding("Whether anybody moved cannot be said: the articles are of one day or have no date.")]
    days = tables.articles["published"].dropna()
    spans = [_days(half.min(), half.max()) for half in (days[days < day], days[days >= day])]
    findings, compared = [], 0
    for kind, frame in (
        ("stance", stance_around(tables, seed=seed)),
        ("portrayal", portrayal_around(tables, seed=seed).assign(target_id="")),
    ):
        compared += int(frame["low"].notna().sum())
        far = frame[_apart(frame) & (frame["difference"].abs().round(3) >= LEAST_MOVE)]
        for row in far.to_dict("records"):
            up, name = row["difference"] > 0, codebook.actor(row["actor_id"]).name
            words = f"The coverage, in the outlets' own voice, became {'kinder to' if up else 'harsher on'} {name}."
            if kind == "stance":
                words = (
                    f"{name} moved {'towards' if up else 'away from'} “{codebook.issue(row['target_id']).proposition}”."
                )
            halves = [
                _figures({figure: row[f"{side}{ending}"] for figure, ending in FIGURES.items()}) for side in SIDES
            ]
            figures = "; ".join(f"{span}: {half}" for span, half in zip(spans, halves, strict=True))
            figures += f"; difference {interval_words(row['difference'], row['low'], row['high'])}"
            key = (kind, row["actor_id"], row["target_id"] or None)
            n = row["before_n"] + row["after_n"]
            findings.append(Finding(words, figures, n, row["low"], row["high"], (key,)))
    compared_what = counted(compared, "stance or portrayal", "stances and portrayals") if compared else "none"
    said = (
        f"Compared: {spans[0]} with {spans[1]}, {compared_what} with {FEWEST_ARTICLES} articles or more in both halves"
    )
    if not findings:
        return [Finding(f"Nobody can be said to have moved. {said}.")]
    findings.sort(key=lambda finding: -(finding.n or 0))
    more = f" Moved but not listed: {len(findings) - MOST} more." if len(findings) > MOST else ""
    return [*findings[:MOST], Finding(f"{said}; of many, one may differ by chance.{more}")]


def who_is_portrayed(tables: Tables, codebook: Codebook, seed: int) -> list[Finding]:
    """Return who is spoken of worst and best in the outlets' own voice: over all of them, and by a single one."""
    portrayed = portrayal_by_source(tables, seed=seed)
    findings = []
    for everywhere in (True, False):
        enough = portrayed["n"] >= FEWEST_MENTIONS
        frame = _sure(portrayed[enough & ((portrayed["source"] == ALL_SOURCES) == everywhere)])
        frame = frame.sort_values(["mean", "actor_id", "source"], kind="stable")
        for how, ends in (("worst", frame[frame["mean"] < 0].head(1)), ("best", frame[frame["mean"] > 0].tail(1))):
            for row in ends.to_dict("records"):
                who = codebook.actor(row["actor_id"]).name
                where = "over all outlets" if everywhere else f"by a single outlet, {outlet_name(row['source'])}"
                words = (
                    f"Portrayed {how} {where}: {who}, in {counted(row['n'], 'mention')} in "
                    f"{counted(row['articles'], 'article')}, {row['negative']} of them negative and {row['positive']} "
                    "positive."
                )
                key = ("portrayal", row["actor_id"], None if everywhere else row["source"])
                findings.append(_finding(words, row, key))
    nothing = (
        f"Nobody can be said to be portrayed well or badly: no mean over {FEWEST_MENTIONS} mentions or more has an "
        "interval that leaves 0 out."
    )
    return findings or [Finding(nothing)]


def _finding(words: str, row: Mapping[Any, Any], key: Key) -> Finding:
    return Finding(words, _figures(row), row["n"], row["low"], row["high"], (key,))


def _sure(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the means that name a side."""
    return frame[_apart(frame)]


def _apart(frame: pd.DataFrame) -> pd.Series[bool]:
    """Tell of each row whether its interval leaves 0 out."""
    return (frame["low"].round(3) > 0) | (frame["high"].round(3) < 0)


def _why_not(frame: pd.DataFrame, what: str, many: str) -> str:
    if frame.empty:
        return f"no {many} were found"
    found = counted(len(frame), what, many)
    enough, least = int(frame["low"].notna().sum()), f"{FEWEST_ARTICLES} articles or more"
    if not enough:
        return f"of {found} found, none rests on {least}"
    rest = f"{enough} {'rests' if enough == 1 else 'rest'} on {least}"
    unsure = enough - len(_sure(frame))
    return f"of {found} found, {rest}" + (f", {unsure} of these with 0 in the interval" if unsure else "")


def _on_whose_words(tables: Tables, actor: Actor, row: Mapping[Any, Any]) -> str:
    """Return what a stance rests on: the actor's statements, reports of acts, articles, outlets, what points away."""
    stances = tables.stances
    rows = stances[(stances["actor_id"] == row["actor_id"]) & (stances["target_id"] == row["target_id"])]
    said = len(rows.dropna(subset=["statement_id"]).drop_duplicates(["article_id", "statement_id"]))
    acts = int(rows["statement_id"].isna().sum())
    own, subject = ("its", "it") if actor.kind == "body" else _ITS[actor.pronouns]
    parts = [f"{counted(said, 'statement')} of {own} own"] * (said > 0)
    parts += [f"{counted(acts, 'report')} of what {subject} did"] * (acts > 0)
    words = f"in {_and(parts)} in {counted(row['articles'], 'article')}"
    articles = tables.articles[tables.articles["article_id"].isin(rows["article_id"])]
    away = row["oppose"] if row["mean"] > 0 else row["support"]
    points = "points" if away == 1 else "point"
    return words + _of_outlets(articles) + (f"; {away} of {row['n']} {points} the other way" if away else "")


def _of_outlets(articles: pd.DataFrame) -> str:
    """Return of which outlets articles are, and how many of them are of none that is known."""
    outlets, nameless = named_outlets(articles), int((articles["source"] == "").sum())
    if not outlets:
        return ", all without an outlet"
    named = "all" if not nameless else len(articles) - nameless
    words = f" of {len(outlets)} outlets" if len(outlets) > 1 else f", {named} in {outlet_name(outlets[0])}"
    return words + (f", {nameless} without an outlet" if nameless else "")


def _figures(row: Mapping[Any, Any]) -> str:
    """Return a mean with its interval and what it rests on.

    >>> _figures({"mean": -0.5, "low": -0.75, "high": -0.25, "n": 4, "articles": 3})
    'mean −0.50, 95% interval −0.75 to −0.25, n = 4 in 3 articles'
    """
    interval = f"{signed(row['low'])} to {signed(row['high'])}"
    articles = counted(row["articles"], "article")
    return f"mean {signed(row['mean'])}, 95% interval {interval}, n = {row['n']:,} in {articles}"


def _measured(task: str, accuracy: pd.DataFrame | None) -> str:
    """Return how well a method does, in words that follow a sentence; '' where it was not measured."""
    said = "" if accuracy is None else accuracy_in_words(accuracy, task)
    return f" {said}" if said else ""


def _and(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _days(first: pd.Timestamp, last: pd.Timestamp) -> str:
    days = [f"{day.day} {day:%B %Y}" for day in (first, last)]
    return days[0] if first == last else " to ".join(days)
