"""Charts of words: how often each actor speaks and is mentioned, and what words are an actor's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import drawing
from analysis.distinctive import SURE
from analysis.drawing import (
    GRID,
    SOFT_INK,
    WIDTH,
    empty_sheet,
    house_style,
    label_room,
    name_rows,
    open_sheet,
    outlet_name,
    text_width,
)
from analysis.selection import MOST_SERIES, largest, left_out, most_evidence, summed
from analysis.summary import ALL_SOURCES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.codebook import Codebook

_MOST_ACTORS, _MOST_PANELS, _MOST_WORDS = 14, 8, 8
_ROW_HEIGHT, _WORD_HEIGHT, _GAP = 0.27, 0.185, 0.42  # inches
_GREY = "#999999"


@house_style()
def rates_per_1000_words(rates: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw how often each actor speaks and is mentioned, per outlet, from `summary.rates_per_1000_words`."""
    title = "How often each actor speaks and is mentioned"
    whole = rates[rates["source"] == ALL_SOURCES]
    counted, more = most_evidence(summed(whole[whole["n"] > 0], "actor_id"), "actor_id", _MOST_ACTORS)
    if counted.empty:
        return empty_sheet(title, foot)
    names = [codebook.actor(actor_id).name for actor_id in counted["actor_id"]]
    outlets = rates[rates["source"] != ALL_SOURCES]
    sources = sorted(largest(outlets.drop_duplicates("source"), "source", "words", MOST_SERIES - 1))
    colours = {outlet_name(source): colour for source, colour in zip(sources, drawing.SERIES, strict=False)}
    reading = (
        "Per 1,000 words of text. Black: all outlets together, with the 95% interval over articles; n: how many. "
        "Coloured: each outlet alone (its interval is in the table)."
        + left_out(more)
        + left_out(outlets["source"].nunique() - len(sources), "outlet")
    )
    left, top = label_room(names), 0.3 + drawing.key_height(colours)
    figure, frame = open_sheet(title, reading, foot, height=_ROW_HEIGHT * len(names), left=left, top=top, right=0.15)
    drawing.key_of(colours, figure, frame, above=0.3)
    frame.set_axis_off()
    box = frame.get_position()
    room = 0.62 / WIDTH  # for n
    wide = (box.width - 2 * room) / 2
    for place, what in enumerate(("statements", "mentions")):
        axes = figure.add_axes((box.x0 + place * (wide + room), box.y0, wide, box.height))
        of_kind = rates[rates["what"] == what].set_index(["source", "actor_id"])
        for row, actor_id in enumerate(counted["actor_id"]):
            for source, colour in zip(sources, colours.values(), strict=True):
                rate = of_kind.loc[(source, actor_id), "rate"]
                axes.plot(
                    [round(rate, 3)], [row], marker="o", markersize=5, color=colour, markeredgecolor="white", zorder=2
                )
            _draw_rate(axes, row, of_kind.loc[(ALL_SOURCES, actor_id)])
        name_rows(axes, names if place == 0 else [""] * len(names))
        axes.set_title(what, fontsize=9.5, loc="left")
        axes.set_xlim(left=0)
        axes.set_xlabel("per 1,000 words", fontsize=9)
        axes.grid(axis="x")
    return figure


@house_style()
def distinctive_words(found: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw the words that each actor uses more than the others, from `distinctive.distinctive_words`."""
    title = "Words that set each actor apart"
    if found.empty:
        return empty_sheet(title, foot, "No two actors were quoted with enough words.")
    best = found.groupby("actor_id", sort=False).head(_MOST_WORDS)
    actors = list(dict.fromkeys(best["actor_id"]))
    reading = (
        "Words in quotation marks that an actor uses more than all other actors together, by z: log-odds ratio over "
        "its standard deviation (informative Dirichlet prior). Dashed: z = 1.96; below it, in grey, chance may do as "
        "much. At the right: uses by the actor and by all others." + left_out(len(actors) - _MOST_PANELS)
    )
    panels = {actor_id: best[best["actor_id"] == actor_id] for actor_id in actors[:_MOST_PANELS]}
    deep = -(-len(panels) // 2)
    lines = [max(len(panel) for panel in list(panels.values())[2 * row : 2 * row + 2]) for row in range(deep)]
    height = sum(lines) * _WORD_HEIGHT + (deep - 1) * _GAP
    figure, frame = open_sheet(title, reading, foot, height=height, left=0.15, top=_GAP, bottom=0.5)
    frame.set_axis_off()
    box = frame.get_position()
    inch = box.height / height
    words_room = (0.2 + max(text_width(word, 9) for word in best["word"])) / WIDTH
    column = box.width / 2
    for place, (actor_id, panel) in enumerate(panels.items()):
        row, across = divmod(place, 2)
        above = sum(lines[:row]) * _WORD_HEIGHT + row * _GAP
        tall = len(panel) * _WORD_HEIGHT
        x = box.x0 + across * column + words_room
        axes = figure.add_axes((x, box.y1 - (above + tall) * inch, column - words_room - 0.6 / WIDTH, tall * inch))
        _draw_words(axes, panel, codebook.actor(actor_id).colour)
        axes.set_title(codebook.actor(actor_id).name, fontsize=9.5, loc="left", weight="bold")
        axes.set_xlim(0, max(3.0, float(np.ceil(best["z"].max()))))
        last = place + 2 >= len(panels)
        axes.set_xlabel("z" if last else "", fontsize=9)
        axes.tick_params(axis="x", labelsize=8.5, labelbottom=last)
    return figure


def _draw_rate(axes: Axes, row: int, rate: pd.Series) -> None:
    if not pd.isna(rate["low"]):
        axes.plot(
            [round(rate["low"], 3), round(rate["high"], 3)], [row, row], color=drawing.INK, linewidth=1.4, zorder=3
        )
    axes.plot([round(rate["rate"], 3)], [row], marker="o", markersize=6, color=drawing.INK, zorder=4)
    drawing.beside(axes, row, f"n={rate['n']}")


def _draw_words(axes: Axes, panel: pd.DataFrame, colour: str) -> None:
    axes.axvline(SURE, color=SOFT_INK, linewidth=0.8, linestyle=(0, (3, 2)))
    for row, word in enumerate(panel.to_dict("records")):
        shade = colour if word["z"] >= SURE else _GREY
        axes.plot([0, round(word["z"], 3)], [row, row], color=GRID, linewidth=1.2, zorder=1)
        axes.plot([round(word["z"], 3)], [row], marker="o", markersize=5.5, color=shade, zorder=2)
        drawing.beside(axes, row, f"{word['n']} : {word['n_others']}")
    name_rows(axes, panel["word"].tolist())
    axes.tick_params(axis="y", labelsize=9)
