"""Charts of what gold says: how well each task is done, and what is taken for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.drawing import SERIES, beside, empty_sheet, house_style, label_room, name_rows, open_sheet
from analysis.matrix import draw_confusion

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@house_style()
def accuracy(figures: pd.DataFrame, foot: str) -> Figure:
    """Draw measured figures with their 95% intervals, from `analysis.evaluation.evaluate`."""
    title = "How well each task is done"
    if figures.empty:
        return empty_sheet(title, foot)
    names = [f"{row.task} ({row.part}): {row.figure}, {row.method}" for row in figures.itertuples()]
    reading = "Percent of the answers in the gold, with 95% intervals; n: answers."
    height, left = 0.3 * len(figures), label_room(names)
    figure, axes = open_sheet(title, reading, foot, height=height, left=left, right=1.05)
    for row, measured in enumerate(figures.itertuples()):
        shade = SERIES[0] if measured.method == "measured" else SERIES[7]
        axes.plot([round(measured.low, 1), round(measured.high, 1)], [row, row], color=shade, linewidth=1.8)
        axes.plot([round(measured.value, 1)], [row], marker="o", markersize=6, color=shade)
        beside(axes, row, f"{measured.value:.0f}%, n={measured.n}")
    name_rows(axes, names)
    axes.set_xlim(0, 100)
    axes.set_xlabel("percent")
    axes.grid(axis="x")
    return figure


@house_style()
def confusion(counts: pd.DataFrame, foot: str, *, task: str) -> Figure:
    """Draw what was found for what the gold has, from `analysis.validation.confusion`; `task` is named in the title."""
    title = f"{task}: the gold and what was found"
    if not counts["n"].sum():
        return empty_sheet(title, foot)
    reading = (
        "Each row adds up to 100%: of what the gold codes so, the share that was found as each label. Bold: the same."
    )
    return draw_confusion(counts, title, f"{reading} {counts['n'].sum()} coded in all.", foot)
