"""What is new since the last report, and from which day a report has to begin to have all of it.

No clock is asked: what is new is told by the articles alone, so that one that comes in late, or that was corrected,
is not lost, and a wrong date in one article hides no other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.manifest import ManifestError, read_manifest, sha256_of
from analysis.publishing import last_report

COVERED = "tables/corpus_articles.parquet"  # in a report: the articles of the corpus that are old to the next one
_SAME = ["published", "source", "sha256"]  # an article is the same whatever its file is called


class NothingNewError(ValueError):
    """No article is new since the last report."""


def write_covered(articles: pd.DataFrame, until: date | None, report: Path) -> None:
    """Note in a report which articles the next one need not tell of.

    They are those that were in the corpus, asked for or not, and are dated no later than `until`.
    """
    _up_to(articles, until)[_SAME].to_parquet(report / COVERED, index=False)


def first_new_day(
    articles: pd.DataFrame, until: date | None, out: Path, say: Callable[[str], None] = lambda _: None
) -> date | None:
    """Return the day of the earliest article that the last report did not have: the next report begins there.

    Parameters
    ----------
    articles : DataFrame
        The whole corpus, as `analysis.read_corpus` gives it.
    until : date, optional
        Articles after this day are not looked at.
    out : Path
        The folder of reports, with the last one.
    say : callable
        Told why it begins there, and which new articles it does not reach, a line each.

    Returns
    -------
    date or None
        None takes every article: there is no last report, or it cannot be read.

    Raises
    ------
    NothingNewError
        When there is none with a date.
    """
    last = last_report(out)
    if last is None:
        say(f"no last report in {out}: every article is taken")
        return None
    try:
        covered = _read_covered(last)
    except (ManifestError, OSError) as error:
        say(f"the last report does not say what it had ({error}): every article is taken")
        return None
    within = _up_to(articles, until)
    told = within.merge(covered.drop_duplicates(), on=_SAME, how="left", indicator=True)["_merge"] == "both"
    new = within[~told.to_numpy()]
    dated = new.dropna(subset=["published"]).sort_values("published", kind="stable")
    if undated := len(new) - len(dated):
        say(f"{undated} new article{'s have' if undated > 1 else ' has'} no date: in a report without --since only")
    if dated.empty:
        raise NothingNewError(f"nothing new since {last.name}; the last report stays")
    first = dated.iloc[0]
    day = first["published"].date()
    say(
        f"{len(dated)} new article{'s' if len(dated) > 1 else ''} since {last.name}: "
        f"this report begins on {day}, the day of {first['article_id']}"
    )
    return day  # type: ignore[no-any-return]


def _read_covered(report: Path) -> pd.DataFrame:
    """Return what `write_covered` noted; a file that is not as it was made is not believed."""
    made = read_manifest(report)["outputs"]
    path = report / COVERED
    if COVERED not in made or not path.is_file() or sha256_of(path) != made[COVERED]:
        raise ManifestError(f"{path} is missing or not as it was made")
    return pd.read_parquet(path)


def _up_to(articles: pd.DataFrame, until: date | None) -> pd.DataFrame:
    return articles if until is None else articles[~(articles["published"] > pd.Timestamp(until))]
