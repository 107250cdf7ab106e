"""Time lines: one small panel per thing that moves, a dot for each day and the mean so far with its 95% interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.bootstrap import FEWEST_ARTICLES
from analysis.drawing import GRID, SOFT_INK, empty_sheet, house_style, open_sheet, signed
from analysis.selection import MOST_PANELS, left_out, most_evidence, summed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.codebook import Codebook

_ROW_HEIGHT, _GAP = 1.2, 0.55  # inches: a panel, and the room for its name above it
_COLUMNS = 2


@house_style()
def stance_over_time(stances: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw how stances moved, one panel an actor and issue, from `summary.stance_over_time`."""
    days = stances.assign(panel=stances["actor_id"] + "\n" + stances["target_id"])
    names = {panel: pair_name(codebook, panel) for panel in days["panel"].unique()}
    colours = {panel: codebook.actor(panel.split("\n")[0]).colour for panel in names}
    return _timeline(days, names, colours, "How stances went, day by day", "stances, −1 against to +1 for", foot)


@house_style()
def portrayal_over_time(portrayal: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw how the coverage, in its own voice, spoke of each actor over time, from `summary.portrayal_over_time`."""
    days = portrayal.assign(panel=portrayal["actor_id"])
    names = {panel: codebook.actor(panel).name for panel in days["panel"].unique()}
    colours = {panel: codebook.actor(panel).colour for panel in names}
    title = "How the coverage spoke of each actor, day by day"
    return _timeline(
        days, names, colours, title, "mentions in the articles' own voice, −1 negative to +1 positive", foot
    )


def _draw_panels(
    days: pd.DataFrame, names: Mapping[str, str], colours: Mapping[str, str], title: str, reading: str, foot: str
) -> Figure:
    """Return small panels that share their axes.

    Parameters
    ----------
    days : DataFrame
        ``panel`` (id), ``day``, ``mean`` and ``n`` (of the day), ``mean_so_far``, ``low``, ``high``, ``articles``.
    names, colours : mapping of panel id to its name, its colour
        In the order in which they are shown, left to right, then down.
    title, reading, foot : str
        As in `analysis.drawing.open_sheet`.
    """
    deep = -(-len(names) // _COLUMNS)
    height = deep * _ROW_HEIGHT + (deep - 1) * _GAP
    figure, frame = open_sheet(title, reading, foot, height=height, left=0.55, top=_GAP, right=0.2, bottom=0.45)
    frame.set_axis_off()
    box = frame.get_position()
    wide = (box.width - 0.35 / figure.get_figwidth()) / _COLUMNS
    tall, gap = (inches * box.height / height for inches in (_ROW_HEIGHT, _GAP))
    first, last = days["day"].min(), days["day"].max()
    edge = max(pd.Timedelta(hours=18), 0.03 * (last - first))
    for place, panel in enumerate(names):
        row, column = divmod(place, _COLUMNS)
        left = box.x0 + column * (wide + 0.35 / figure.get_figwidth())
        axes = figure.add_axes((left, box.y1 - row * (tall + gap) - tall, wide, tall))
        _draw_panel(axes, days[days["panel"] == panel].sort_values("day"), colours[panel])
        axes.set_title(names[panel], fontsize=9.5, loc="left", pad=16)
        axes.set_xlim(first - edge, last + edge)
        date_axis(axes, most=5)
        lowest_in_column = place + _COLUMNS >= len(names)
        axes.tick_params(labelsize=8.5, labelbottom=lowest_in_column, labelleft=column == 0)
        axes.set_ylabel("score" if column == 0 else "", fontsize=8.5)
    return figure


def pair_name(codebook: Codebook, pair: str) -> str:
    """Return the names of an actor and an issue, from their ids with a line break between."""
    actor_id, issue_id = pair.split("\n")
    return f"{codebook.actor(actor_id).name}: {codebook.issue(issue_id).label}"


def date_axis(axes: Axes, most: int = 8) -> None:
    """Name at most some `most` days on the axis, as '17 Nov', and the year at its end."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=2, maxticks=most, interval_multiples=False)  # type: ignore[no-untyped-call]
    formats = ["%Y", "%b %Y", "%-d %b", "%H:%M", "%H:%M", "%S"]
    plain = ConciseDateFormatter(locator, formats=formats, zero_formats=formats, show_offset=False)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(plain)


def _timeline(
    days: pd.DataFrame, names: dict[str, str], colours: dict[str, str], title: str, unit: str, foot: str
) -> Figure:
    """Draw the panels with the most evidence, of those that have it on two days or more."""
    moving = days[days.groupby("panel")["day"].transform("size") >= 2]
    if moving.empty:
        return empty_sheet(title, foot, "A time line needs evidence on two days or more.")
    panels, more = most_evidence(summed(moving, "panel"), "panel", MOST_PANELS)
    reading = (
        f"Mean score of {unit}. Ring: one day (larger: more). "
        "Line and band: all up to that day, with the 95% interval, from 3 articles on." + left_out(more, "panel")
    )
    return _draw_panels(moving, {panel: names[panel] for panel in panels["panel"]}, colours, title, reading, foot)


def _draw_panel(axes: Axes, days: pd.DataFrame, colour: str) -> None:
    rounded = days.round(dict.fromkeys(["mean", "mean_so_far", "low", "high"], 3))
    enough = rounded[rounded["articles"] >= FEWEST_ARTICLES]
    axes.axhline(0, color=SOFT_INK, linewidth=0.7)
    axes.fill_between(enough["day"], enough["low"], enough["high"], color=colour, alpha=0.2, linewidth=0)
    axes.plot(enough["day"], enough["mean_so_far"], color=colour, linewidth=1.8)
    axes.scatter(
        rounded["day"],
        rounded["mean"],
        s=10 + 8 * np.sqrt(rounded["n"]),
        facecolor="white",
        edgecolor=colour,
        linewidth=1.1,
        zorder=3,
    )
    n, articles = int(rounded["n"].sum()), int(rounded["articles"].iloc[-1])
    if len(enough):
        last = enough.iloc[-1]
        axes.plot([last["day"]] * 2, [last["low"], last["high"]], color=colour, linewidth=1.4)
        axes.plot([last["day"]], [last["mean_so_far"]], marker="o", markersize=5, color=colour, zorder=4)
        words = f"so far {signed(last['mean_so_far'])}, n={n} in {articles} articles"
    else:
        words = f"too little evidence, n={n} in {articles} article{'s' * (articles > 1)}"
    axes.annotate(
        words, (0, 1), (0, 4), xycoords="axes fraction", textcoords="offset points", fontsize=8, color=SOFT_INK
    )
    axes.set_ylim(-1.12, 1.12)
    axes.set_yticks([-1, 0, 1], ["−1", "0", "+1"])
    axes.grid(color=GRID, linewidth=0.5)
