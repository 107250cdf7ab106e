"""Rows of tables (CSV, JSON lines, Parquet), whatever their columns; what cannot be read becomes a `Problem`."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

MOST_BYTES = 20_000_000  # of one article; a novel has 1 MB, so more is a mistake
TABLE_ENDINGS = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".parquet")
AT_ONCE = 1000  # rows of a Parquet table held in memory
TOO_LONG = (f"over {MOST_BYTES // 1_000_000} MB", "split it into articles")

_NOT_UTF8 = "not UTF-8; read as Windows-1252"


class Problem(NamedTuple):
    """What is wrong with one file or row, and what can be done about it."""

    file: str
    line: int | None  # of the file, from 1; the row number in a Parquet table
    problem: str
    way_out: str


class UnreadableError(Exception):
    """One file or row cannot be taken in: what is wrong, the way out, the line where it is known."""

    def __init__(self, problem: str, way_out: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.way_out = way_out
        self.line = line


def read_rows(
    file: Path, name: str, problems: list[Problem], wanted: Mapping[str, str]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the rows of a table, each with the line it begins on (in a Parquet table: its number).

    Parameters
    ----------
    file : Path
        Its ending, one of `TABLE_ENDINGS`, says what it is.
    name : str
        What to call it in a problem.
    problems : list of Problem
        What cannot be read is added here.
    wanted : mapping of str to str
        The columns to read, in lower case, and what they shall be called; one must become ``text``.

    Raises
    ------
    UnreadableError
        When it cannot be read at all.
    """
    lower = name.lower()
    if lower.endswith(".parquet"):
        rows = _parquet_rows(file, wanted)
    elif lower.endswith((".csv", ".csv.gz")):
        rows = _csv_rows(_lines(file, name, problems), name, problems, wanted)
    else:
        rows = _json_rows(_lines(file, name, problems), name, problems)
    for line, row in rows:
        renamed = {wanted[key]: value for key, value in row.items() if key in wanted and wanted[key] != key}
        yield line, renamed | {key: value for key, value in row.items() if wanted.get(key) == key}


def decode_text(raw: bytes, name: str, line: int | None, problems: list[Problem]) -> str:
    """Return bytes as text: UTF-8, UTF-16 where its mark begins the file, or else Windows-1252.

    The last is a guess and noted, once a file.

    Raises
    ------
    UnreadableError
        When the bytes are no text.
    """
    encoding = "utf-16" if line is None and raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            raise UnreadableError(
                f"neither UTF-8 nor Windows-1252 (byte {error.start})", "save it as UTF-8", line
            ) from None
        if not any(problem.file == name and problem.problem == _NOT_UTF8 for problem in problems):
            problems.append(Problem(name, line, _NOT_UTF8, "check accents and quotation marks, and save it as UTF-8"))
    if "\0" in text:
        raise UnreadableError("binary, not text (holds NUL bytes)", "save it as UTF-8 text", line)
    return text


def _check_columns(names: list[str], wanted: Mapping[str, str]) -> None:
    holders = [column for column, field in wanted.items() if field == "text"]
    if not set(holders) & set(names):
        raise UnreadableError(
            f"no column {holders[0]!r} among {', '.join(names[:12]) or '(none)'}",
            "name the column with the words 'text'",
            1,
        )


def _parquet_rows(file: Path, wanted: Mapping[str, str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        table = pq.ParquetFile(file)
        names = [str(column).strip().lower() for column in table.schema_arrow.names]
        _check_columns(names, wanted)
        keep = {name: place for place, name in enumerate(names) if name in wanted}
        for batch in table.iter_batches(batch_size=AT_ONCE):
            columns = [batch.column(place).to_pylist() for place in keep.values()]
            for number, cells in enumerate(zip(*columns, strict=True), number + 1):  # noqa: B020, counts on
                yield number, dict(zip(keep, cells, strict=True))
    except (pa.ArrowException, OSError) as error:
        line = number + 1 if number else None
        raise UnreadableError(f"no Parquet file ({str(error).splitlines()[0]})", "write it again", line) from error


def _csv_rows(
    lines: Iterator[tuple[int, str]], name: str, problems: list[Problem], wanted: Mapping[str, str]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the rows of a CSV table with the line they begin on; the header tells whether , ; or tab separates."""
    _, header = next(lines, (1, ""))
    csv.field_size_limit(MOST_BYTES)  # the default of 128 KB is less than a long article
    delimiter = max(",;\t", key=header.count)
    columns = [column.strip().lower() for column in next(csv.reader([header], delimiter=delimiter), [])]
    _check_columns(columns, wanted)
    begins = [2]  # the lines met since the last row

    def follow() -> Iterator[str]:
        for number, line in lines:
            begins.append(number)
            yield line

    reader = csv.reader(follow(), delimiter=delimiter)
    while True:
        begins.clear()
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise UnreadableError(
                f"no CSV ({error})", "write it again, with quotation marks around texts", begins[0]
            ) from error
        if row is None:
            return
        if len(row) > len(columns):
            wrong = f"{len(row)} cells for {len(columns)} columns"
            problems.append(Problem(name, begins[0], wrong, "put quotation marks around texts"))
        elif row:
            yield begins[0], dict(zip(columns, row, strict=False))


def _json_rows(
    lines: Iterator[tuple[int, str]], name: str, problems: list[Problem]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(Problem(name, number, f"no JSON ({error})", "write one JSON object a line"))
            continue
        if isinstance(row, dict):
            yield number, {key.strip().lower(): value for key, value in row.items()}
        else:
            problems.append(Problem(name, number, f"a JSON {type(row).__name__}", "write one JSON object a line"))


def _lines(file: Path, name: str, problems: list[Problem]) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a text table, unpacked; a line that is no text or too long is noted and left out."""
    number, inside = 0, False  # inside: in the middle of a line that is too long
    guesses: list[Problem] = []  # said once a file
    try:
        with gzip.open(file) if name.lower().endswith(".gz") else file.open("rb") as stream:
            while raw := stream.readline(MOST_BYTES):
                whole = raw.endswith(b"\n") or len(raw) < MOST_BYTES
                number += not inside
                try:
                    if not whole and not inside:
                        raise UnreadableError(*TOO_LONG)
                    if whole and not inside:
                        noted = len(guesses)
                        text = decode_text(raw, name, number, guesses)
                        problems.extend(guesses[noted:])
                        yield number, text
                except UnreadableError as reason:
                    problems.append(Problem(name, number, str(reason), reason.way_out))
                inside = not whole
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(f"damaged archive ({error})", "pack it again", number + 1) from error
