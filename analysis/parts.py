"""Tables of a large corpus on disk: each a folder of Parquet files, one file for each part of the corpus.

``articles/part-00000.parquet`` and so on. The files of a part are written aside and moved into place whole, `articles`
last: it carries the key of all that the part was made from, so that it can be told whether the part is there and still
right. ``finished.json`` says that all parts belong together; it is written when the last one is in place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.tables import COLUMNS, CORPUS_PROBLEMS, Tables

FINISHED = "finished.json"
PROBLEMS = Path(CORPUS_PROBLEMS).stem
PROBLEM_COLUMNS = {"file": "str", "line": "Int64", "problem": "str", "way_out": "str"}
NAMES = (*(field.name for field in fields(Tables) if field.name != "articles"), PROBLEMS, "articles")
PART_FILES = "*part-*.parquet*"  # those on their way too
_KEY = b"stancebook.part"
_ARROW = {
    "str": pa.string(),
    "datetime64[us]": pa.timestamp("us"),
    "int64": pa.int64(),
    "Int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "object": pa.list_(pa.list_(pa.int64())),
}


class UnfinishedError(FileNotFoundError):
    """Tables of which not all parts are there yet."""


def part_file(folder: Path, name: str, number: int) -> Path:
    """Return where a part of a table lies."""
    return folder / name / f"part-{number:05d}.parquet"


def write_part(folder: Path, number: int, tables: Tables, corpus_problems: pd.DataFrame, key: str) -> None:
    """Write one part of every table; the same part gives the same bytes.

    Parameters
    ----------
    key : str
        What tells this part from any other that could stand here.
    """
    frames = {**vars(tables), PROBLEMS: corpus_problems}
    made = {}
    for name in NAMES:
        place = part_file(folder, name, number)
        place.parent.mkdir(parents=True, exist_ok=True)
        made[name] = place.with_name(f".{place.name}.making")  # readers of the folder pass hidden files over
        pq.write_table(_as_arrow(name, frames[name], key), made[name])
    part_file(folder, "articles", number).unlink(missing_ok=True)
    for name in NAMES:
        made[name].replace(part_file(folder, name, number))


def is_written(folder: Path, number: int, key: str) -> bool:
    """Whether the part with this key is in place, whole."""
    try:
        schemas = [pq.read_schema(part_file(folder, name, number)) for name in NAMES]
    except (OSError, pa.ArrowException):
        return False
    return all((schema.metadata or {}).get(_KEY) == key.encode() for schema in schemas)


def finish(folder: Path, parts: int) -> None:
    """Say that the tables consist of so many parts, all in place; what is left of others goes."""
    for name in NAMES:
        for file in (folder / name).glob(".*.making"):
            file.unlink()
        for file in (folder / name).glob("part-*.parquet"):
            if file not in {part_file(folder, name, number) for number in range(parts)}:
                file.unlink()
    coming = folder / f".{FINISHED}"
    coming.write_text(json.dumps({"parts": parts}) + "\n", encoding="utf8")
    coming.replace(folder / FINISHED)


def remove_parts(folder: Path) -> None:
    """Remove the tables in parts from a folder, and their CSV files; what else is in it stays."""
    (folder / FINISHED).unlink(missing_ok=True)  # first: from now on nobody takes what is left for whole
    for name in NAMES:
        for file in [*(folder / name).glob(PART_FILES), folder / f"{name}.csv"]:
            file.unlink(missing_ok=True)
        if (folder / name).is_dir() and not any((folder / name).iterdir()):
            (folder / name).rmdir()


def parts_finished(folder: Path) -> int | None:
    """Return of how many parts the finished tables in a folder consist; None when they are not finished."""
    try:
        parts = json.loads((folder / FINISHED).read_text(encoding="utf8"))["parts"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return parts if isinstance(parts, int) else None


def is_partitioned(folder: Path) -> bool:
    """Whether the tables in a folder are kept in parts."""
    return any((folder / "articles").glob(PART_FILES))


def read_part(folder: Path, name: str, number: int) -> pd.DataFrame:
    """Return one part of a table (a name of `COLUMNS`, or ``corpus_problems``)."""
    frame = pq.read_table(part_file(folder, name, number)).to_pandas()
    frame = frame.astype(PROBLEM_COLUMNS if name == PROBLEMS else COLUMNS[name])
    if "spans" in frame:
        frame["spans"] = [[[int(a), int(b)] for a, b in spans] for spans in frame["spans"]]
    return frame


def count_rows(folder: Path, name: str) -> int:
    """Return how many rows a finished table has."""
    return sum(pq.read_metadata(part_file(folder, name, number)).num_rows for number in _numbers(folder))


def read_whole(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of a folder of parts, part after part.

    Raises
    ------
    UnfinishedError
        When parts may be missing.
    """
    frames = [read_part(folder, name, number) for number in _numbers(folder)]
    return pd.concat(frames, ignore_index=True)


def read_parts(folder: Path) -> Tables:
    """Return the tables of a folder of parts, all articles in order of date, as `analysis.tables.read_tables`.

    Raises
    ------
    UnfinishedError
        When parts may be missing.
    """
    frames = {name: read_whole(folder, name) for name in COLUMNS}
    articles = frames["articles"].sort_values(["published", "article_id"], kind="stable", na_position="last")
    order = pd.Series(range(len(articles)), index=articles["article_id"].to_numpy())
    for name, frame in frames.items():
        place = frame["article_id"].map(order).sort_values(kind="stable").index
        frames[name] = frame.loc[place].reset_index(drop=True)
    return Tables(**frames)


def _numbers(folder: Path) -> Iterator[int]:
    parts = parts_finished(folder)
    if parts is None:
        raise UnfinishedError(
            f"the tables in {folder} are not finished: run `stancebook score` again with the same --out, "
            "it goes on where it stopped"
        )
    return iter(range(parts))


def _as_arrow(name: str, frame: pd.DataFrame, key: str) -> pa.Table:
    """Return a table with the same types in every part, also where a column is empty."""
    columns = PROBLEM_COLUMNS if name == PROBLEMS else COLUMNS[name]
    schema = pa.schema([(column, _ARROW[kind]) for column, kind in columns.items()])
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False).combine_chunks()
    return table.replace_schema_metadata({_KEY: key.encode()})
