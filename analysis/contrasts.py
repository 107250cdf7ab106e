"""Contrasts: what was said before a day and from it on.

An event is a day. Its own articles count as after it: a paper of that day may tell of it or not, but cannot have been
written long before. What differs may have many causes; that it differs after an event does not say that it does so
because of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis.bootstrap import SEED, difference_interval, mean_intervals
from analysis.tables import Tables

SIDES = ("before", "after")
FIGURES = {"mean": "", "low": "_low", "high": "_high", "n": "_n", "articles": "_articles"}


def middle_day(tables: Tables) -> pd.Timestamp | None:
    """Return the day that splits the dated articles into halves as equal as days allow; None without two days.

    The later half begins with it.
    """
    days = tables.articles["published"].dropna()
    later = [day for day in sorted(days.unique()) if day > days.min()]
    return min(later, key=lambda day: abs(2 * (days < day).sum() - len(days)), default=None)


def stance_around(tables: Tables, event: date | None = None, *, seed: int = SEED) -> pd.DataFrame:
    """Return where each actor stands on each issue before a day and from it on.

    Parameters
    ----------
    tables : Tables
        Articles without a date are left out.
    event : date, optional
        The first day of 'after'; None: the middle of the corpus (`middle_day`), so that the halves are compared.
    seed : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        ``actor_id``, ``target_id`` (the issue), ``day`` (the first of 'after'), ``before`` (mean, -1 to 1),
        ``before_low``, ``before_high``, ``before_n``, ``before_articles``, ``after`` and the like, ``difference``
        (after minus before, -2 to 2), ``low``, ``high`` (its 95% interval; NaN where a side has fewer than 3 articles);
        the rows with most on the smaller side first. Only what was found on both sides.
    """
    issues = tables.stances[tables.stances["target_kind"] == "issue"]
    return _around(tables, issues, ["actor_id", "target_id"], event, seed)


def portrayal_around(tables: Tables, event: date | None = None, *, seed: int = SEED) -> pd.DataFrame:
    """Return how the articles, in their own voice, speak of each actor before a day and from it on.

    Parameters, columns: as `stance_around`, without ``target_id``; n counts mentions.
    """
    return _around(tables, tables.portrayals[tables.portrayals["voice"] == "article"], ["actor_id"], event, seed)


def _around(tables: Tables, frame: pd.DataFrame, by: Sequence[str], event: date | None, seed: int) -> pd.DataFrame:
    day = middle_day(tables) if event is None else pd.Timestamp(event)
    dated = frame.merge(tables.articles[["article_id", "published"]], on="article_id").dropna(subset=["published"])
    if day is None:
        dated, day = dated.head(0), pd.NaT
    sides = dict(zip(SIDES, (dated[dated["published"] < day], dated[dated["published"] >= day]), strict=True))
    means = {
        name: mean_intervals(side, by, "score", seed=seed).rename(
            columns={figure: f"{name}{ending}" for figure, ending in FIGURES.items()}
        )
        for name, side in sides.items()
    }
    both = means["before"].merge(means["after"], on=list(by))
    both.insert(len(by), "day", pd.Series([day] * len(both), dtype="datetime64[us]"))
    bounds = []
    for key in both[list(by)].itertuples(index=False):
        chosen = [side[(side[list(by)] == list(key)).all(axis=1)] for side in sides.values()]
        bounds.append(difference_interval(chosen[0], chosen[1], "score", seed=seed))
    both["difference"] = both["after"] - both["before"]
    both[["low", "high"]] = pd.DataFrame(bounds, columns=["low", "high"], index=both.index, dtype="float64")
    smaller = both[["before_articles", "after_articles"]].min(axis=1)
    n = both["before_n"] + both["after_n"]
    order = both.assign(smaller=smaller, n=n).sort_values(["smaller", "n"], ascending=False, kind="stable").index
    return both.loc[order].reset_index(drop=True)
