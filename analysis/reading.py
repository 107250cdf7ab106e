"""Articles out of files: text, Markdown, CSV, JSON lines, Parquet; whatever cannot be read becomes a `Problem`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.article import Draft, FrontMatterError, make_draft, read_markdown, read_plain
from analysis.rows import MOST_BYTES, TOO_LONG, Problem, UnreadableError, decode_text, read_rows

TEXT_ENDINGS = (".txt", ".md")

_FIELDS = ("article_id", "published", "source", "title", "text", "url", "quotations")
COLUMNS = {"id": "article_id", "date": "published"} | {field: field for field in _FIELDS}  # of a table, and their names


def read_file(file: Path, name: str, problems: list[Problem]) -> Iterator[tuple[int | None, Draft]]:
    """Yield the articles of one file, each with its line (None in a text file, which is one article).

    Parameters
    ----------
    file : Path
        Its ending, one of `TEXT_ENDINGS` and `TABLE_ENDINGS`, says what it is.
    name : str
        What to call it in a problem.
    problems : list of Problem
        What cannot be read is added here.
    """
    try:
        if name.lower().endswith(TEXT_ENDINGS):
            yield None, _read_text(file, name, problems)
        else:
            yield from _read_table(file, name, problems)
    except UnreadableError as reason:
        problems.append(Problem(name, reason.line, str(reason), reason.way_out))
    except OSError as error:
        problems.append(
            Problem(name, None, f"cannot be read ({error.strerror or error})", "check the file and its rights")
        )


def _read_text(file: Path, name: str, problems: list[Problem]) -> Draft:
    if file.stat().st_size > MOST_BYTES:
        raise UnreadableError(*TOO_LONG)
    raw = decode_text(file.read_bytes(), name, None, problems)
    try:
        return read_markdown(raw)
    except FrontMatterError as error:
        if not name.lower().endswith(".md"):
            return read_plain(raw)  # a line of dashes that is none of front matter
        raise UnreadableError(str(error), "mend the lines between '---' and '---'", error.line) from error


def _read_table(file: Path, name: str, problems: list[Problem]) -> Iterator[tuple[int, Draft]]:
    stem = Path(name).name.split(".")[0]
    for line, fields in read_rows(file, name, problems, COLUMNS):
        try:
            yield line, _draft(fields, f"{stem}-{line}")
        except UnreadableError as reason:
            problems.append(Problem(name, line, str(reason), reason.way_out))


def _draft(row: Mapping[str, Any], otherwise: str) -> Draft:
    """Return the article of one row; `otherwise` is its article_id when the row has none."""
    text = row.get("text")
    if not isinstance(text, str):
        raise UnreadableError(
            f"text is {'missing' if text is None else type(text).__name__}", "put the article's words into 'text'"
        )
    if len(text) > MOST_BYTES:
        raise UnreadableError(*TOO_LONG)
    cells = {key: row[key] for key in _FIELDS if pd.api.types.is_scalar(row.get(key)) and not pd.isna(row.get(key))}
    values = {key: str(cell).strip() for key, cell in cells.items()}
    return make_draft(values | {"article_id": values.get("article_id") or otherwise}, text)
