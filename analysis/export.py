"""Exports: the tables as CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.tables import CORPUS_PROBLEMS, Tables, write_tables

# What spreadsheets take for the beginning of a formula (OWASP, CSV Injection).
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_all(tables: Tables, corpus_problems: pd.DataFrame, folder: Path) -> None:
    """Write each table, and what could not be read of the corpus, as Parquet and CSV into `folder` (made when missing).

    CSV is UTF-8, lists in it are JSON; the same tables give the same bytes.
    """
    write_tables(tables, folder)
    corpus_problems.to_parquet(folder / CORPUS_PROBLEMS, index=False)
    write_csv(corpus_problems, (folder / CORPUS_PROBLEMS).with_suffix(".csv"))
    for field in fields(Tables):
        write_csv(getattr(tables, field.name), folder / f"{field.name}.csv")


def write_csv(frame: pd.DataFrame, path: Path, *, begun: bool = False) -> None:
    """Write one table as CSV; text that begins like a formula gets an apostrophe before it, numbers do not.

    Where the file is begun, the rows are added to it.
    """
    cells = frame.map(_as_cell)
    cells.to_csv(path, index=False, lineterminator="\n", encoding="utf8", mode="a" if begun else "w", header=not begun)


def _as_cell(value: Any) -> Any:
    """Return a value as it may stand in a CSV.

    >>> [_as_cell(value) for value in ("=1+1", -0.5, "No.", [[0, 4]])]
    ["'=1+1", -0.5, 'No.', '[[0, 4]]']
    """
    if isinstance(value, list):
        return json.dumps(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
