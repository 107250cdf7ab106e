"""Charts of contrasts: before and after a day, one outlet and another, this report and the one before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from analysis.bootstrap import FEWEST_ARTICLES
from analysis.drawing import empty_sheet, house_style, outlet_name, signed
from analysis.pairs import draw_pairs, interval_words
from analysis.selection import left_out
from analysis.timeline import pair_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.codebook import Codebook

_MOST_ROWS = 14
_GREY = " Bold: the interval leaves 0 out. Grey: too little evidence (a side has fewer than 3 articles)."


@house_style()
def stance_around(around: pd.DataFrame, codebook: Codebook, foot: str, event: date | None = None) -> Figure:
    """Draw how stances differ before and after a day, from `contrasts.stance_around`; `event` as given there."""
    names = [
        pair_name(codebook, f"{actor_id}\n{target_id}")
        for actor_id, target_id in zip(around["actor_id"], around["target_id"], strict=True)
    ]
    reading = "Mean stance, −1 against to +1 for, with 95% intervals; n: stances."
    return _around(around, names, codebook, "Stances", reading, foot, event)


@house_style()
def portrayal_around(around: pd.DataFrame, codebook: Codebook, foot: str, event: date | None = None) -> Figure:
    """Draw how portrayal differs before and after a day, from `contrasts.portrayal_around`; `event` as given there."""
    names = [codebook.actor(actor_id).name for actor_id in around["actor_id"]]
    reading = "Mean portrayal in the articles' own voice, −1 negative to +1 positive, with 95% intervals; n: mentions."
    return _around(around, names, codebook, "Portrayal", reading, foot, event)


@house_style()
def disagreement(apart: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw which outlets report the same actor as standing elsewhere, from `summary.disagreement`."""
    title = "Where outlets differ most on where an actor stands"
    wide = apart[apart["difference"].round(2) > 0]
    if wide.empty:
        return empty_sheet(title, foot, "No two outlets differ on the same actor and issue.")
    enough = wide[["articles_for", "articles_against"]].min(axis=1) >= FEWEST_ARTICLES
    shown = pd.concat([wide[enough], wide[~enough]]).head(_MOST_ROWS)
    rows = pd.DataFrame(
        {
            "name": [pair_name(codebook, f"{row.actor_id}\n{row.target_id}") for row in shown.itertuples()],
            "colour": [codebook.actor(actor_id).colour for actor_id in shown["actor_id"]],
            "difference_words": [interval_words(row.difference, row.low, row.high) for row in shown.itertuples()],
            "low": shown["low"].to_numpy(),
            "high": shown["high"].to_numpy(),
        }
    )
    for side, outlet in (("first", "against"), ("second", "for")):
        means, counts = shown[f"mean_{outlet}"].to_numpy(), shown[f"n_{outlet}"].to_numpy()
        rows[side] = means
        for bound in ("low", "high", "articles"):
            rows[f"{side}_{bound}"] = shown[f"{bound}_{outlet}"].to_numpy()
        rows[f"{side}_words"] = [
            f"{outlet_name(source)} {signed(mean, 1)}, n={n}"
            for source, mean, n in zip(shown[f"source_{outlet}"], means, counts, strict=True)
        ]
    reading = (
        "Mean stance, −1 against to +1 for, in the outlet that has the actor most against (ring) and in the one that "
        "has the actor most in favour (disc), picked because they differ most: a hint, no proof. Under the name: the "
        "difference, with its 95% interval." + _GREY
    )
    return draw_pairs(rows, title, reading + left_out(len(wide) - len(shown), "pair"), foot)


@house_style()
def stance_changes(cells: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw which stances on issues are not what they were in the report before, from `compare.moved_cells`."""
    title = "What moved since the report before"
    moved = cells.dropna(subset=["change"])
    known = {*(actor.actor_id for actor in codebook.actors), *(issue.issue_id for issue in codebook.issues)}
    moved = moved[moved["actor_id"].isin(known) & moved["target_id"].isin(known)]
    if moved.empty:
        return empty_sheet(title, foot, "No stance of an actor on an issue moved.")
    rows = moved.rename(columns=lambda name: name.replace("before", "first").replace("now", "second"))
    rows = rows.assign(
        name=[pair_name(codebook, f"{row.actor_id}\n{row.target_id}") for row in moved.itertuples()],
        colour=[codebook.actor(actor_id).colour for actor_id in moved["actor_id"]],
        difference_words=[_two_parts(row.change, row.by_articles, row.by_reading) for row in moved.itertuples()],
        first_words=[f"before {signed(row.before)}, n={row.before_n}" for row in moved.itertuples()],
        second_words=[f"now {signed(row.now)}, n={row.now_n}" for row in moved.itertuples()],
        low=float("nan"),
        high=float("nan"),
    ).head(_MOST_ROWS)
    reading = (
        "Mean stance, −1 against to +1 for, with 95% intervals; n: stances. Ring: the report before. Disc: this one. "
        "Under the name: the change, and how much of it is due to other articles and to another reading of the same. "
        "Grey: too little evidence (a side has fewer than 3 articles)."
    )
    return draw_pairs(rows, title, reading + left_out(len(moved) - len(rows), "change"), foot)


def _two_parts(change: float, by_articles: float, by_reading: float) -> str:
    if pd.isna(by_reading):
        return signed(change)
    return f"{signed(change)} (articles {signed(by_articles)}, reading {signed(by_reading)})"


def _around(
    around: pd.DataFrame, names: list[str], codebook: Codebook, what: str, reading: str, foot: str, event: date | None
) -> Figure:
    if around.empty:
        return empty_sheet(f"{what} before and after", foot, "Nothing was found on both sides of a day.")
    day = around["day"].iloc[0]
    title = f"{what} before and from {day.day} {day:%B %Y} on"
    split = "" if event else " No event was given: this is the middle of the corpus."
    rows = around.rename(columns=lambda name: name.replace("before", "first").replace("after", "second"))
    rows = rows.assign(
        name=names,
        colour=[codebook.actor(actor_id).colour for actor_id in around["actor_id"]],
        difference_words=[interval_words(row.difference, row.low, row.high) for row in around.itertuples()],
        first_words=[f"before {signed(row.before)}, n={row.before_n}" for row in around.itertuples()],
        second_words=[f"after {signed(row.after)}, n={row.after_n}" for row in around.itertuples()],
    ).head(_MOST_ROWS)
    reading += " Ring: before. Disc: after. Under the name: the difference." + _GREY
    return draw_pairs(rows, title, reading + split + left_out(len(around) - len(rows), "row"), foot)
