"""Selection: which rows of a frame a chart has room for, those with the most evidence, and what it leaves out."""

from __future__ import annotations

import pandas as pd

MOST_ROWS, MOST_COLUMNS, MOST_PANELS, MOST_SERIES = 22, 12, 10, 8


def summed(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return ``n`` added up per value of a column."""
    return frame.groupby(column, sort=True, as_index=False)["n"].sum()


def most_evidence(frame: pd.DataFrame, column: str, most: int) -> tuple[pd.DataFrame, int]:
    """Return the `most` rows with the largest n, the largest first, and how many rows are left out."""
    ranked = frame.sort_values(["n", column], ascending=[False, True], ignore_index=True)
    return ranked.head(most), max(0, len(ranked) - most)


def largest(frame: pd.DataFrame, column: str, value: str, most: int) -> list[str]:
    """Return the `most` entries of a column with the largest sum of `value`, the largest first."""
    totals = frame.groupby(column, sort=True)[value].sum().sort_values(ascending=False, kind="stable")
    return [str(name) for name in totals.index[:most]]


def left_out(count: int, what: str = "actor") -> str:
    """Return the sentence that says how many are left out; '' when none is.

    >>> left_out(2, "panel"), left_out(0)
    (' 2 further panels with less evidence are left out.', '')
    """
    if not count:
        return ""
    return (
        f" 1 further {what} with less evidence is left out."
        if count == 1
        else f" {count} further {what}s with less evidence are left out."
    )
