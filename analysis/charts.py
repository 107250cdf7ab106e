"""Charts: one function per chart, from a frame of `analysis.summary` to a matplotlib figure.

Each takes the frame, the codebook (names and colours) and the foot (corpus, dates, method, accuracy). Matrices show the
mean in each cell and how many rows (n) it rests on, in colour from 3 articles on; bold where the 95% interval leaves 0
out: only there is a side sure, as in `analysis.findings`. Actors beyond what fits are left out, those with the least
evidence first, and the chart says how many. An empty frame gives a sheet that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import drawing
from analysis.bootstrap import FEWEST_ARTICLES
from analysis.contrast_charts import disagreement, portrayal_around, stance_around
from analysis.display import counted
from analysis.drawing import (
    beside,
    empty_sheet,
    house_style,
    label_room,
    name_rows,
    open_sheet,
    outlet_name,
    save_figure,
    show,
)
from analysis.gold_charts import accuracy, confusion
from analysis.matrix import draw_matrix
from analysis.selection import MOST_COLUMNS, MOST_ROWS, MOST_SERIES, largest, left_out, most_evidence, summed
from analysis.summary import ALL_SOURCES, STATEMENT_KINDS
from analysis.timeline import date_axis, pair_name, portrayal_over_time, stance_over_time
from analysis.word_charts import distinctive_words, rates_per_1000_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.codebook import Codebook

__all__ = [
    "accuracy",
    "articles_by_day",
    "confusion",
    "disagreement",
    "distinctive_words",
    "portrayal_around",
    "portrayal_by_source",
    "portrayal_by_speaker",
    "portrayal_over_time",
    "rates_per_1000_words",
    "save_figure",
    "show",
    "stance_around",
    "stance_by_actor",
    "stance_by_issue",
    "stance_by_source",
    "stance_over_time",
    "statements_by_actor",
    "tone_by_actor",
]
_PERIODS = (  # up to so many days: what a bar is, pandas' name of it, its width in days
    (62, "day", "D", 1),
    (420, "week", "W", 7),
    (10**6, "month", "M", 30),
)
_MATRIX_READING = (
    "Mean score from −1 ({against}, orange) to +1 ({towards}, blue), and n {unit}. Bold: the 95% interval leaves 0 "
    "out; only there is a side sure. Grey: too little evidence (fewer than 3 articles). Empty: none found."
)


@house_style()
def articles_by_day(days: pd.DataFrame, foot: str) -> Figure:
    """Draw the articles per day (week, month in a long corpus), stacked by outlet, from `summary.articles_by_day`."""
    from matplotlib.ticker import MaxNLocator

    dated = days.dropna(subset=["day"])
    total, undated = int(days["articles"].sum()), int(days.loc[days["day"].isna(), "articles"].sum())
    in_all = counted(total, "article") + " in all"
    in_all += f", {undated} of them without a date, which no bar shows." if undated else "."
    if dated.empty:
        return empty_sheet("Articles per day and outlet", foot, in_all)
    span = (dated["day"].max() - dated["day"].min()).days
    unit, freq, width = next((unit, freq, width) for most, unit, freq, width in _PERIODS if span <= most)
    named_apart = largest(dated, "source", "articles", MOST_SERIES - 1)
    names = dated["source"].map(outlet_name).where(dated["source"].isin(named_apart), "other outlets")
    starts = dated["day"].dt.to_period(freq).dt.start_time
    dated = dated.assign(source=names, day=starts)
    wide = dated.pivot_table(index="day", columns="source", values="articles", aggfunc="sum")
    named = sorted(set(names), key=lambda name: (name == "other outlets", name))
    wide = wide.reindex(columns=named).fillna(0)
    colours = dict(zip(named, drawing.SERIES, strict=False))
    reading = f"Each bar is a {unit}, its number the articles of that {unit}. {in_all}"
    title, top = f"Articles per {unit} and outlet", drawing.key_height(colours)
    figure, axes = open_sheet(title, reading, foot, height=2.6, left=0.6, top=top, bottom=0.4)
    drawing.key_of(colours, figure, axes)
    middles = wide.index + pd.Timedelta(days=(width - 1) / 2)
    base = np.zeros(len(wide))
    for name in named:
        heights = wide[name].to_numpy(dtype="float64")
        axes.bar(
            middles, heights, bottom=base, width=0.8 * width, color=colours[name], edgecolor="white", linewidth=0.5
        )
        base += heights
    if len(wide) <= 31:
        for middle, height in zip(middles, base, strict=True):
            axes.annotate(
                f"{height:.0f}", (middle, height), (0, 2), textcoords="offset points", ha="center", fontsize=9
            )
    edge = pd.Timedelta(days=0.75 * width)
    axes.set_xlim(middles[0] - edge, middles[-1] + edge)
    axes.set_ylabel("articles")
    axes.set_ylim(0, base.max() * 1.15)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y")
    date_axis(axes)
    return figure


@house_style()
def statements_by_actor(statements: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw how many statements each actor makes, by kind, from `summary.statements_by_actor`."""
    from matplotlib.ticker import MaxNLocator

    title = "Statements per actor"
    if statements.empty:
        return empty_sheet(title, foot)
    frame, more = most_evidence(statements, "actor_id", MOST_ROWS)
    names = [codebook.actor(actor_id).name for actor_id in frame["actor_id"]]
    colours = dict(zip(STATEMENT_KINDS, drawing.SHADES, strict=True))
    reading = (
        "Statements found and linked to an actor: all in quotation marks (direct), partly (mixed), not (indirect). "
        "Beside each bar: statements in how many articles."
    )
    figure, axes = open_sheet(
        title, reading + left_out(more), foot,
        height=0.27 * len(frame), left=label_room(names), top=drawing.key_height(colours), right=0.95,
    )  # fmt: skip
    drawing.key_of(colours, figure, axes)
    base = np.zeros(len(frame))
    for kind in STATEMENT_KINDS:
        axes.barh(
            range(len(frame)),
            frame[kind],
            left=base,
            height=0.72,
            color=colours[kind],
            edgecolor=drawing.SOFT_INK,
            linewidth=0.4,
        )
        base += frame[kind].to_numpy(dtype="float64")
    for row, (n, articles) in enumerate(zip(frame["n"], frame["articles"], strict=True)):
        beside(axes, row, f"{n} in {articles}")
    name_rows(axes, names)
    axes.set_xlabel("statements")
    axes.set_xlim(0, base.max() * 1.02)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="x")
    return figure


@house_style()
def tone_by_actor(tone: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw the tone of each actor's statements with 95% intervals, VADER and TextBlob, from `summary.tone_by_actor`."""
    title = "Tone of each actor's statements"
    if tone.empty:
        return empty_sheet(title, foot)
    by_lexicon = {name: part.set_index("actor_id") for name, part in tone.groupby("lexicon")}
    frame, more = most_evidence(tone[tone["lexicon"] == "vader"], "actor_id", MOST_ROWS)
    names = [codebook.actor(actor_id).name for actor_id in frame["actor_id"]]
    reading = (
        "Mean tone of an actor's own words, −1 negative to +1 positive, with 95% intervals. "
        "Disc: VADER. Square: TextBlob. "
        "n: statements in how many articles. Grey, without interval: too little evidence (fewer than 3 articles)."
    )
    figure, axes = open_sheet(
        title, reading + left_out(more), foot,
        height=0.31 * len(frame), left=label_room(names), right=0.95,
    )  # fmt: skip
    axes.axvline(0, color=drawing.SOFT_INK, linewidth=0.8)
    for row, actor_id in enumerate(frame["actor_id"]):
        colour = codebook.actor(actor_id).colour
        for lexicon, marker, shift in (("vader", "o", -0.14), ("textblob", "s", 0.2)):
            _dot(axes, by_lexicon[lexicon].loc[actor_id], row + shift, marker, colour)
        beside(axes, row, f"n={frame['n'].iloc[row]} in {frame['articles'].iloc[row]}")
    name_rows(axes, names)
    axes.set_xlim(-1, 1)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "+0.5", "+1"])
    axes.set_xlabel("tone (−1 to +1)")
    axes.grid(axis="x")
    return figure


@house_style()
def portrayal_by_source(portrayal: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw how each outlet, in its own voice, portrays each actor, from `summary.portrayal_by_source`."""
    title = "How each outlet, in its own voice, portrays each actor"
    if portrayal.empty:
        return empty_sheet(title, foot)
    whole = portrayal[portrayal["source"] == ALL_SOURCES]
    rows, more = most_evidence(whole, "actor_id", MOST_ROWS)
    outlets = portrayal[portrayal["source"] != ALL_SOURCES]
    sources = sorted(largest(outlets, "source", "n", MOST_COLUMNS - 1))
    outlets_out = left_out(outlets["source"].nunique() - len(sources), "outlet")
    return draw_matrix(
        portrayal.rename(columns={"actor_id": "row", "source": "column"}),
        {actor_id: codebook.actor(actor_id).name for actor_id in rows["actor_id"]},
        {source: outlet_name(source) for source in [ALL_SOURCES, *sources]},
        title,
        _MATRIX_READING.format(against="negative", towards="positive", unit="mentions outside statements")
        + left_out(more)
        + outlets_out,
        foot,
    )


@house_style()
def portrayal_by_speaker(portrayal: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw how actors speak of each other, from `summary.portrayal_by_speaker`."""
    title = "How actors speak of each other"
    if portrayal.empty:
        return empty_sheet(title, foot)
    return _actor_matrix(
        portrayal.rename(columns={"speaker_actor_id": "row", "actor_id": "column"}),
        codebook,
        title,
        "Row: who speaks. Column: who is spoken of. "
        + _MATRIX_READING.format(against="negative", towards="positive", unit="mentions inside statements"),
        foot,
    )


@house_style()
def stance_by_issue(stances: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw where each actor stands on each issue, from `summary.stance_by_issue`."""
    title = "Where each actor stands on each issue"
    if stances.empty:
        return empty_sheet(title, foot)
    rows, more = most_evidence(summed(stances, "actor_id"), "actor_id", MOST_ROWS)
    most = largest(stances, "target_id", "n", MOST_COLUMNS)
    issues = {issue.issue_id: issue.label for issue in codebook.issues if issue.issue_id in most}
    issues_out = left_out(stances["target_id"].nunique() - len(issues), "issue")
    return draw_matrix(
        stances.rename(columns={"actor_id": "row", "target_id": "column"}),
        {actor_id: codebook.actor(actor_id).name for actor_id in rows["actor_id"]},
        issues,
        title,
        _MATRIX_READING.format(against="against", towards="for", unit="stances") + left_out(more) + issues_out,
        foot,
    )


@house_style()
def stance_by_actor(stances: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw where each actor stands towards each other actor, from `summary.stance_by_actor`."""
    title = "Where actors stand towards each other"
    if stances.empty:
        return empty_sheet(title, foot)
    return _actor_matrix(
        stances.rename(columns={"actor_id": "row", "target_id": "column"}),
        codebook,
        title,
        "Row: whose stance. Column: towards whom. "
        + _MATRIX_READING.format(against="against", towards="for", unit="stances"),
        foot,
    )


@house_style()
def stance_by_source(stances: pd.DataFrame, codebook: Codebook, foot: str) -> Figure:
    """Draw where each outlet reports actors to stand, one row an actor and issue, from `summary.stance_by_source`."""
    title = "The same actor in different outlets"
    pairs = stances.assign(row=stances["actor_id"] + "\n" + stances["target_id"])
    told_twice = pairs[pairs.groupby("row")["source"].transform("size") >= 2]
    if told_twice.empty:
        return empty_sheet(title, foot, "No two outlets report on the same actor and issue.")
    rows, more = most_evidence(summed(told_twice, "row"), "row", MOST_ROWS)
    sources = sorted(largest(told_twice, "source", "n", MOST_COLUMNS))
    return draw_matrix(
        told_twice.rename(columns={"source": "column"}),
        {row: pair_name(codebook, row) for row in rows["row"]},
        {source: outlet_name(source) for source in sources},
        title,
        "Actors and issues that two outlets or more report on. "
        + _MATRIX_READING.format(against="against", towards="for", unit="stances")
        + left_out(more, "pair")
        + left_out(told_twice["source"].nunique() - len(sources), "outlet"),
        foot,
    )


def _actor_matrix(cells: pd.DataFrame, codebook: Codebook, title: str, reading: str, foot: str) -> Figure:
    """Draw who (row) about whom (column), the rows and columns with the most evidence."""
    rows, rows_out = most_evidence(summed(cells, "row"), "row", MOST_ROWS)
    columns, columns_out = most_evidence(summed(cells, "column"), "column", MOST_COLUMNS)
    unseen = left_out(rows_out, "speaker") + left_out(columns_out, "column")
    return draw_matrix(
        cells,
        {actor_id: codebook.actor(actor_id).name for actor_id in rows["row"]},
        {actor_id: codebook.actor(actor_id).name for actor_id in columns["column"]},
        title,
        reading + unseen,
        foot,
    )


def _dot(axes: Axes, figure: pd.Series, y: float, marker: str, colour: str) -> None:
    """Draw one mean with its interval; grey and alone where there is too little evidence."""
    enough = figure["articles"] >= FEWEST_ARTICLES
    shade = colour if enough else "#aaaaaa"
    if enough:
        axes.plot(
            [round(figure["low"], 3), round(figure["high"], 3)],
            [y, y],
            color=shade,
            linewidth=1.6,
            solid_capstyle="round",
        )
    face = shade if marker == "o" else "white"
    axes.plot(
        [round(figure["mean"], 3)], [y], marker=marker, markersize=5.5, markerfacecolor=face, markeredgecolor=shade
    )
