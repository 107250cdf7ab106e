"""Pairs: two means a row, each with its interval, and the difference between them in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.bootstrap import FEWEST_ARTICLES
from analysis.drawing import GRID, INK, SOFT_INK, WIDTH, open_sheet, signed, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW_HEIGHT = 0.46  # inches
_NAME, _WORDS = 9.5, 8.5  # points
_GREY = "#999999"
_SIDES = (("first", "white", -0.2, "○"), ("second", "full", 0.2, "●"))


def draw_pairs(
    rows: pd.DataFrame, title: str, reading: str, foot: str, *, axis: str = "score (−1 to +1)", reach: float = 1.0
) -> Figure:
    """Return a chart of pairs of means.

    Parameters
    ----------
    rows : DataFrame
        From the top: ``name``, ``colour``; ``first``, ``first_low``, ``first_high``, ``first_articles``,
        ``first_words`` (what stands at its right), and the same of ``second``; ``difference_words``, and ``low`` and
        ``high`` of the difference: bold where they leave 0 out. A pair has colour only where both rest on 3 articles.
    title, reading, foot : str
        As in `analysis.drawing.open_sheet`.
    axis : str
        Name and range of the axis.
    reach : float
        The axis runs from minus this to this.
    """
    left = 0.25 + max(_widest(rows["name"], _NAME), _widest(rows["difference_words"], _WORDS + 0.5))
    right = 0.5 + max(_widest(rows[f"{side}_words"], _WORDS) for side, *_ in _SIDES)
    right = max(right, WIDTH - left - 3.2)  # two dots need no wider field
    figure, axes = open_sheet(title, reading, foot, height=_ROW_HEIGHT * len(rows), left=left, right=right)
    axes.axvline(0, color=SOFT_INK, linewidth=0.8)
    for place, row in enumerate(rows.to_dict("records")):
        enough = min(row["first_articles"], row["second_articles"]) >= FEWEST_ARTICLES
        colour = row["colour"] if enough else _GREY
        axes.plot([round(row["first"], 3), round(row["second"], 3)], [place - 0.2, place + 0.2], color=GRID, zorder=1)
        for side, face, shift, mark in _SIDES:
            _draw_mean(axes, place + shift, [row[side], row[f"{side}_low"], row[f"{side}_high"]], colour, face)
            _write(axes, (1, place + shift), 6, f"{mark} {row[f'{side}_words']}", _WORDS)
        _write(axes, (0, place - 0.2), -6, row["name"], _NAME)
        sure = enough and (round(row["low"], 3) > 0 or round(row["high"], 3) < 0)
        _write(axes, (0, place + 0.22), -6, row["difference_words"], _WORDS, bold=sure)
        if place:
            axes.axhline(place - 0.5, color=GRID, linewidth=0.6)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xlim(-1.06 * reach, 1.06 * reach)
    ticks = [-reach, 0, reach]
    axes.set_xticks(ticks, [signed(tick, 0) for tick in ticks])
    axes.tick_params(axis="x", labelsize=9)
    axes.set_xlabel(axis)
    axes.grid(axis="x")
    return figure


def interval_words(difference: float, low: float, high: float) -> str:
    """Return a difference with its interval in words.

    >>> interval_words(-0.91, -1.2, -0.4), interval_words(0.3, float("nan"), float("nan"))
    ('−0.91 (−1.20 to −0.40)', '+0.30, too little evidence')
    """
    if pd.isna(low):
        return f"{signed(difference)}, too little evidence"
    return f"{signed(difference)} ({signed(low)} to {signed(high)})"


def _draw_mean(axes: Axes, y: float, bounds: Sequence[float], colour: str, face: str) -> None:
    mean, low, high = (round(bound, 3) for bound in bounds)
    if not pd.isna(low):
        axes.plot([low, high], [y, y], color=colour, linewidth=1.5, solid_capstyle="round", zorder=2)
    filled = colour if face == "full" else face
    axes.plot([mean], [y], marker="o", markersize=5.5, markerfacecolor=filled, markeredgecolor=colour, zorder=3)


def _write(
    axes: Axes, place: tuple[float, float], shift: float, words: str, size: float, *, bold: bool = False
) -> None:
    axes.annotate(
        words,
        place,
        (shift, 0),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset points",
        ha="left" if shift > 0 else "right",
        va="center",
        fontsize=size,
        color=INK,
        weight="bold" if bold else "normal",
    )


def _widest(words: Sequence[str] | pd.Series, size: float) -> float:
    return max(text_width(each, size) for each in words)
