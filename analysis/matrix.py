"""Matrices: scores of one thing against another, each cell with its value and n, in colour where there is evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.bootstrap import FEWEST_ARTICLES
from analysis.drawing import (
    GRID,
    SOFT_INK,
    TOO_LITTLE,
    WIDTH,
    ink_on,
    open_sheet,
    score_colour,
    signed,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LABEL, _VALUE, _COUNT = 9.5, 9.0, 7.0  # points
_ROW_HEIGHT = 0.34  # inches
_WIDEST_CELL = 1.0  # inches
_SLANT, _MOST_SLANTED = 50, 8  # degrees of the column names; with more columns than this they stand upright


def draw_matrix(
    cells: pd.DataFrame, rows: Mapping[str, str], columns: Mapping[str, str], title: str, reading: str, foot: str
) -> Figure:
    """Return a matrix of mean scores.

    Parameters
    ----------
    cells : DataFrame
        ``row``, ``column`` (ids), ``mean``, ``low``, ``high`` (in [-1, 1]), ``n``, ``articles``; cells of rows and
        columns that are not shown are passed over.
    rows, columns : mapping of id to name
        What is shown, in this order, from the top and from the left.
    title, reading, foot : str
        As in `analysis.drawing.open_sheet`.
    """
    left = 0.25 + max(text_width(name, _LABEL) for name in rows.values())
    longest = max(text_width(name, _LABEL) for name in columns.values())
    upright = len(columns) > _MOST_SLANTED
    top = 0.15 + longest * (1.0 if upright else 0.8)
    right = 0.15 if upright else 0.2 + 0.6 * longest
    right = max(right, WIDTH - left - _WIDEST_CELL * len(columns))
    height = _ROW_HEIGHT * len(rows)
    figure, axes = open_sheet(title, reading, foot, height=height, left=left, top=top, right=right, bottom=0.15)
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(rows), 0)
    across = {column: x for x, column in enumerate(columns)}
    down = {row: y for y, row in enumerate(rows)}
    for cell in cells.to_dict("records"):
        if cell["row"] in down and cell["column"] in across:
            _draw_cell(axes, across[cell["column"]], down[cell["row"]], cell)
    for row, column in ((row, row) for row in rows if row in across):
        axes.plot([across[column] + 0.35, across[column] + 0.65], [down[row] + 0.5] * 2, color=GRID, linewidth=1.5)
    axes.set_xticks([x + 0.5 for x in across.values()], list(columns.values()))
    axes.set_yticks([y + 0.5 for y in down.values()], list(rows.values()))
    axes.tick_params(length=0, labelsize=_LABEL, pad=3, top=False, labeltop=True, bottom=False, labelbottom=False)
    for label in axes.get_xticklabels():
        label.set(rotation=90 if upright else _SLANT, ha="left", va="center", rotation_mode="anchor")
    for edge in range(len(columns) + 1):
        axes.axvline(edge, color=GRID, linewidth=0.6, zorder=0)
    for edge in range(len(rows) + 1):
        axes.axhline(edge, color=GRID, linewidth=0.6, zorder=0)
    axes.spines[:].set_visible(False)
    return figure


def _draw_cell(axes: Axes, x: int, y: int, cell: Mapping[str, float]) -> None:
    from matplotlib.patches import Rectangle

    enough = cell["articles"] >= FEWEST_ARTICLES
    sure = enough and (round(cell["low"], 3) > 0 or round(cell["high"], 3) < 0)
    colour = score_colour(round(cell["mean"], 2)) if enough else TOO_LITTLE
    ink = ink_on(colour) if enough else SOFT_INK
    axes.add_patch(Rectangle((x + 0.03, y + 0.04), 0.94, 0.92, facecolor=colour, edgecolor="none"))
    style: dict[str, Any] = {"ha": "center", "va": "center", "color": ink}
    value = signed(cell["mean"], 1)
    axes.text(x + 0.5, y + 0.35, value, fontsize=_VALUE, weight="bold" if sure else "normal", **style)
    axes.text(x + 0.5, y + 0.76, f"n={_short(cell['n'])}", fontsize=_COUNT, **style)


def _short(n: float) -> str:
    """Return a count in four characters at most, so that it fits its cell."""
    return f"{n:.0f}" if n < 10_000 else f"{n / 1000:.0f}k"


def draw_confusion(counts: pd.DataFrame, title: str, reading: str, foot: str) -> Figure:
    """Return a matrix of how often each label (column) was found for each label of the gold (row).

    Parameters
    ----------
    counts : DataFrame
        ``gold``, ``found``, ``n``, in the order wanted; the share in a cell is of its row.
    title, reading, foot : str
        As in `analysis.drawing.open_sheet`.
    """
    from matplotlib.patches import Rectangle

    rows, columns = list(dict.fromkeys(counts["gold"])), list(dict.fromkeys(counts["found"]))
    left = 0.7 + max(text_width(name, _LABEL) for name in rows)
    right = max(0.15, WIDTH - left - 1.1 * len(columns))
    figure, axes = open_sheet(title, reading, foot, height=0.6 * len(rows), left=left, top=0.5, right=right, bottom=0.1)
    totals = counts.groupby("gold")["n"].sum()
    for cell in counts.to_dict("records"):
        x, y = columns.index(cell["found"]), rows.index(cell["gold"])
        share = cell["n"] / max(1, totals[cell["gold"]])
        colour = score_colour(round(share, 2))
        axes.add_patch(Rectangle((x + 0.02, y + 0.03), 0.96, 0.94, facecolor=colour, edgecolor="none"))
        words = f"{share:.0%}\nn={cell['n']}"
        weight = "bold" if cell["gold"] == cell["found"] else "normal"
        axes.text(x + 0.5, y + 0.5, words, ha="center", va="center", fontsize=9.5, color=ink_on(colour), weight=weight)
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(rows), 0)
    axes.set_xticks([x + 0.5 for x in range(len(columns))], columns)
    axes.set_yticks([y + 0.5 for y in range(len(rows))], rows)
    axes.tick_params(length=0, labelsize=_LABEL, top=False, labeltop=True, bottom=False, labelbottom=False)
    axes.set_xlabel("found", labelpad=4)
    axes.xaxis.set_label_position("top")
    axes.set_ylabel("in the gold")
    axes.spines[:].set_visible(False)
    return figure
