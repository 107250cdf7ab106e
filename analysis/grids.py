"""Grids: the matrices of the charts as tables of the page, each cell a link to the words behind it.

Values, rows, columns and what counts as enough evidence are those of `analysis.charts`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.bootstrap import FEWEST_ARTICLES, SEED
from analysis.drawing import ink_on, outlet_name, score_colour, signed
from analysis.exhibits import anchor_of
from analysis.selection import MOST_COLUMNS, MOST_ROWS, largest, left_out, most_evidence, summed
from analysis.summary import (
    ALL_SOURCES,
    portrayal_by_source,
    portrayal_by_speaker,
    stance_by_actor,
    stance_by_issue,
)
from analysis.tables import Tables

if TYPE_CHECKING:
    from analysis.codebook import Codebook

_READING = (
    "Mean score from −1 ({against}, orange) to +1 ({towards}, blue) and the number of {unit}. Bold: the 95% interval "
    "leaves 0 out; only there is a side sure. Without colour: too little evidence (fewer than 3 articles)."
)


@dataclass(frozen=True)
class Cell:
    """One value: what is seen, what is read out, its colours ('' where evidence is too little) and where it leads."""

    value: str
    count: str
    said: str
    style: str
    sure: bool
    anchor: str  # '' where the page has no evidence to show


@dataclass(frozen=True)
class Grid:
    """A matrix: `rows` are (name, cells), a cell None where nothing was found; `columns` are (name, explanation)."""

    id: str
    title: str
    reading: str
    corner: str
    columns: list[tuple[str, str]]
    rows: list[tuple[str, list[Cell | None]]]


def draw_grids(tables: Tables, codebook: Codebook, anchors: Collection[str], *, seed: int = SEED) -> list[Grid]:
    """Return the matrices of a corpus: stances on issues and towards actors, portrayals by outlets and by actors.

    Parameters
    ----------
    tables : Tables
    codebook : Codebook
    anchors : collection of str
        The anchors that the page has; a cell leads to its own only where it is among them.
    seed : int
        Of the bootstrap.

    Returns
    -------
    list of Grid
        Those for which anything was found.
    """
    names = {actor.actor_id: actor.name for actor in codebook.actors}
    issues = {issue.issue_id: (issue.label, issue.proposition) for issue in codebook.issues}
    stances = _READING.format(against="against", towards="for", unit="stances")
    mentions = _READING.format(against="negative", towards="positive", unit="mentions")
    on_issues = stance_by_issue(tables, seed=seed).rename(columns={"actor_id": "row", "target_id": "column"})
    on_actors = stance_by_actor(tables, seed=seed).rename(columns={"actor_id": "row", "target_id": "column"})
    told = portrayal_by_source(tables, seed=seed).rename(columns={"actor_id": "row", "source": "column"})
    spoken = portrayal_by_speaker(tables, seed=seed).rename(columns={"speaker_actor_id": "row", "actor_id": "column"})
    whole = told[told["column"] == ALL_SOURCES]
    outlets = sorted(largest(told[told["column"] != ALL_SOURCES], "column", "n", MOST_COLUMNS - 1))
    shown = largest(on_issues, "column", "n", MOST_COLUMNS)
    by_name = {actor_id: (name, "") for actor_id, name in names.items()}
    wanted = [
        ("stance", "Where each actor stands on each issue", stances, "Actor", on_issues, summed(on_issues, "row"),
         {issue_id: said for issue_id, said in issues.items() if issue_id in shown}),
        ("stance", "Where actors stand towards each other", "A row takes a side on a column. " + stances, "Actor",
         on_actors, summed(on_actors, "row"), _most_columns(on_actors, by_name)),
        ("portrayal", "How each outlet, in its own voice, portrays each actor", mentions, "Actor", told,
         whole[["row", "n"]], {name: (outlet_name(name), "") for name in [ALL_SOURCES, *outlets]}),
        ("spoken", "How actors speak of each other", "A row speaks of a column. " + mentions, "Speaker", spoken,
         summed(spoken, "row"), _most_columns(spoken, by_name)),
    ]  # fmt: skip
    return [
        _grid(f"matrix-{number}", kind, title, reading, corner, cells, rows, columns, names, anchors)
        for number, (kind, title, reading, corner, cells, rows, columns) in enumerate(wanted, 1)
        if len(cells)
    ]


def _most_columns(cells: pd.DataFrame, names: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    columns, _ = most_evidence(summed(cells, "column"), "column", MOST_COLUMNS)
    return {column: names[column] for column in columns["column"]}


def _grid(
    id: str,
    kind: str,
    title: str,
    reading: str,
    corner: str,
    cells: pd.DataFrame,
    totals: pd.DataFrame,
    columns: dict[str, tuple[str, str]],
    names: dict[str, str],
    anchors: Collection[str],
) -> Grid:
    """Return one matrix: the rows with the largest totals, and these columns."""
    ranked, rows_out = most_evidence(totals, "row", MOST_ROWS)
    columns_out = cells["column"].nunique() - len(columns)
    found = {(cell["row"], cell["column"]): cell for cell in cells.to_dict("records")}
    rows = []
    for row in ranked["row"]:
        line = []
        for column, (head, _) in columns.items():
            cell = found.get((row, column))
            anchor = anchor_of(kind, row, None if column == ALL_SOURCES else column)
            line.append(cell and _cell(cell, f"{names[row]}, {head}", kind, anchor if anchor in anchors else ""))
        rows.append((names[row], line))
    reading += left_out(rows_out, "row") + left_out(columns_out, "column")
    return Grid(id, title, reading, corner, list(columns.values()), rows)


def _cell(cell: Mapping[Any, Any], place: str, kind: str, anchor: str) -> Cell:
    against, towards, unit = ("against", "for", "stance") if kind == "stance" else ("negative", "positive", "mention")
    rests_on = (
        f"{cell['n']} {unit}{'s' * (cell['n'] != 1)} in {cell['articles']} article{'s' * (cell['articles'] != 1)}"
    )
    value, count = signed(cell["mean"], 1), f"n={cell['n']}"
    if cell["articles"] < FEWEST_ARTICLES:
        return Cell(value, count, f"{place}: too little evidence, {rests_on}", "", False, anchor)
    sure = round(cell["low"], 3) > 0 or round(cell["high"], 3) < 0
    side = (towards if cell["mean"] > 0 else against) if sure else "no side for sure"
    interval = f"95% interval {signed(cell['low'])} to {signed(cell['high'])}"
    colour = score_colour(round(cell["mean"], 2))
    style = f"background-color: {colour}; color: {ink_on(colour)}"
    return Cell(
        value, count, f"{place}: {side}, mean {signed(cell['mean'])}, {interval}, {rests_on}", style, sure, anchor
    )
