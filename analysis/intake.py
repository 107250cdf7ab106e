"""Take in news as it comes: pages, feeds, mail, tables, folders and archives of them, into one corpus in Parquet.

What was said is kept; what was thrown away is said, in the column ``left_out`` and in the log. A source that cannot be
read is a line in the log and never stops the rest. The corpus is written aside and moved into place whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis.answers import cache_folder
from analysis.cleaning import Cleaned, clean_page
from analysis.corpus import say_problem
from analysis.dates import odd_date
from analysis.documents import date_in_address
from analysis.export import write_csv
from analysis.inputs import FIELDS, Found, find_documents
from analysis.languages import other_language
from analysis.mending import count_words, mend
from analysis.near_duplicates import group_articles
from analysis.rows import Problem
from analysis.tables import COLUMNS

EXTRA = ("byline", "date_origin", "taken_from", "left_out", "group")
"""Columns of a corpus beside those of `articles`: who wrote it; where its date is from (metadata, text, address, file
name, ""); the file or address it was taken from; what was left out, as a JSON list of [line, reason,
words]; the article_id of the first article that tells the same story."""

_LONGEST_RECORD = 160  # characters kept of a line that was left out


class IntakeError(ValueError):
    """A corpus that cannot be added to."""


class Outcome(NamedTuple):
    """What became of one document."""

    taken_from: str
    line: int | None
    article_id: str
    outcome: str  # added, known, left out
    problem: str
    way_out: str


@dataclass(frozen=True)
class IntakeLog:
    """What became of everything: `outcomes`, columns as in `Outcome`; how many articles the corpus has now."""

    outcomes: pd.DataFrame
    articles: int

    def count(self, outcome: str) -> int:
        """Return how many documents had this outcome: ``added``, ``known`` or ``left out``."""
        return int((self.outcomes["outcome"] == outcome).sum())

    def remarks(self) -> list[str]:
        """Return a line for each document that was left out, or of which something should be known."""
        lines = []
        for row in self.outcomes.itertuples(index=False):
            if row.problem:
                lines.append(f"{row.outcome}: {say_problem(row.taken_from, row.line, row.problem, row.way_out)}")
        return lines


def ingest(
    sources: Sequence[Path | str],
    out: Path,
    *,
    columns: Mapping[str, str] | None = None,
    allow_private: bool = False,
    cache: Path | None = None,
) -> IntakeLog:
    """Add the articles of some sources to a corpus; what it has already is not added again.

    Parameters
    ----------
    sources : sequence of path or str
        Files and folders (.html, .txt, .md, .eml, .mbox, .mht, .pdf, .csv, .jsonl, .parquet, feeds, .zip) and
        addresses (http, https) of pages and feeds.
    out : Path
        The corpus, a Parquet file; made when missing.
    columns : mapping of str to str, optional
        For tables: the name of a field (text, title, published, source, url, article_id) and of its column there.
    allow_private : bool
        Whether addresses of this machine and of private networks may be read.
    cache : Path, optional
        Where answers of servers are kept; the user's cache folder if not given.

    Returns
    -------
    IntakeLog
        One row a document, and one a problem.

    Raises
    ------
    IntakeError
        When `out` is no corpus, or a field in `columns` is none.
    """
    unknown = sorted(set(columns or {}) - set(FIELDS))
    if unknown:
        raise IntakeError(f"{unknown[0]!r} is no field: map one of {', '.join(FIELDS)} to a column")
    corpus = _read_existing(out)
    problems: list[Problem] = []
    found = find_documents(sources, problems, columns or {}, cache or cache_folder(), allow_private=allow_private)
    rows, outcomes = _take_in(found, corpus)
    outcomes += [Outcome(p.file, p.line, "", "left out", p.problem, p.way_out) for p in problems]
    if rows:
        corpus = _sort(pd.concat([corpus, pd.DataFrame(rows).astype(corpus.dtypes.to_dict())], ignore_index=True))
        corpus["group"] = group_articles(corpus)
        _write_whole(corpus, out)
    frame = pd.DataFrame(outcomes, columns=list(Outcome._fields)).astype({"line": "Int64"})
    return IntakeLog(frame, len(corpus))


def write_log(log: IntakeLog, path: Path) -> None:
    """Write what became of everything as CSV: columns as in `Outcome`."""
    _move_into_place(path, lambda aside: write_csv(log.outcomes, aside))


def _take_in(documents: Iterable[Found], corpus: pd.DataFrame) -> tuple[list[dict[str, Any]], list[Outcome]]:
    """Return the rows to add, and what became of each document."""
    known = _Known(corpus)
    rows: list[dict[str, Any]] = []
    outcomes = []
    batch = list(documents)
    damaged = any("__" in found.document.text or "__" in found.document.title for found in batch)
    own_words = count_words(found.document.text for found in batch) if damaged else Counter()
    for found in batch:
        row, cleaned, problem, way_out = _make_row(found, own_words)
        if not problem:
            article_id, problem, way_out = known.judge(row)
            outcome = "known" if article_id else "left out" if problem else "added"
        else:
            article_id, outcome = "", "left out"
        if outcome == "added":
            article_id = known.name(row)
            problem, way_out = _remark(row, cleaned, found)
            rows.append({**row, "article_id": article_id})
        outcomes.append(Outcome(found.taken_from, found.line, article_id, outcome, problem, way_out))
    return rows, outcomes


def _make_row(found: Found, own_words: Mapping[str, int]) -> tuple[dict[str, Any], Cleaned, str, str]:
    """Return the article of a document as a row, what cleaning found, and why it is no article ("" if it is one)."""
    document = found.document
    title = " ".join(mend(document.title, own_words).split())
    cleaned = clean_page(mend(document.text, own_words), title or None)
    published, origin = _date(found, cleaned)
    row = {
        "published": pd.Timestamp(published) if published else pd.NaT,
        "source": document.source,
        "title": cleaned.title,
        "text": cleaned.text,
        "url": document.url,
        "sha256": hashlib.sha256(cleaned.text.encode()).hexdigest(),
        "quotations": found.quotations,
        "byline": document.byline or _byline(cleaned),
        "date_origin": origin,
        "taken_from": found.taken_from if found.line is None else f"{found.taken_from}:{found.line}",
        "left_out": json.dumps(
            [[piece.line, piece.reason, piece.text[:_LONGEST_RECORD]] for piece in cleaned.dropped], ensure_ascii=False
        ),
        "article_id": found.article_id,
        "group": "",
    }
    if not cleaned.text:
        empty = "no text" if not document.text.strip() else "no article text, only what stands around one"
        return row, cleaned, empty, "open it and save the article's text"
    language = other_language(cleaned.text)
    if language:
        return row, cleaned, f"{language}, not English", "translate it first"
    return row, cleaned, "", ""


def _date(found: Found, cleaned: Cleaned) -> tuple[date | None, str]:
    """Return the day an article was published and where that is from."""
    choices = (
        (found.document.published, "metadata"),
        (cleaned.date, "text"),
        (date_in_address(found.document.url), "address"),
        (found.name_date, "file name"),
    )
    return next(((day, origin) for day, origin in choices if day), (None, ""))


def _byline(cleaned: Cleaned) -> str:
    lines = [
        piece.text for piece in cleaned.dropped if piece.reason == "byline" and piece.text.lower().startswith("by ")
    ]
    return lines[0][3:].strip() if lines else ""


def _remark(row: Mapping[str, Any], cleaned: Cleaned, found: Found) -> tuple[str, str]:
    """Return what a reader should know of an article that was added, and what to do about it."""
    if found.remark:
        return found.remark, "give the address of the article itself to take it whole"
    anew = "take it in anew, with another --out"  # where the same words are known already
    if found.document.odd_date:
        problem, way_out = odd_date(found.document.odd_date)
        return problem, f"{way_out}, and {anew}"
    if not row["date_origin"]:
        way_out = "add 'published: 2025-11-24' to its front matter, a column 'published', or the day to its name"
        return "no date", f"{way_out}, and {anew}"
    words = row["text"].count(" ") + 1
    if words < 40 and len(cleaned.dropped) > 20:
        return f"only {words} words of it are article text", "check the page"
    return "", ""


class _Known:
    """The articles a corpus has, and the names that are taken."""

    def __init__(self, corpus: pd.DataFrame) -> None:
        self.ids: set[str] = set(corpus["article_id"])
        self.texts: dict[tuple[str, str], list[str]] = {}
        self.urls: dict[str, tuple[str, str]] = {}
        for row in corpus.to_dict("records"):
            self._note(row)

    def judge(self, row: Mapping[str, Any]) -> tuple[str, str, str]:
        """Return the article_id of the same article where there is one, and what to say of it."""
        for source in {row["source"], ""} if row["source"] else {source for _, source in self.texts}:
            for article_id in self.texts.get((row["sha256"], source), []):
                return article_id, "", ""
        if row["url"] in self.urls:
            article_id, _ = self.urls[row["url"]]
            return article_id, "changed since it was taken in; the first text is kept", "remove that article to take it"
        return "", "", ""

    def name(self, row: Mapping[str, Any]) -> str:
        """Return a free article_id for a row, and note the row."""
        article_id = row["article_id"] or str(row["sha256"])[:12]
        if article_id in self.ids:
            article_id = f"{article_id}-{str(row['sha256'])[:8]}"
        while article_id in self.ids:
            article_id += "-2"
        self.ids.add(article_id)
        self._note({**row, "article_id": article_id})
        return article_id

    def _note(self, row: Mapping[Any, Any]) -> None:
        self.texts.setdefault((row["sha256"], row["source"]), []).append(row["article_id"])
        if row["url"]:
            self.urls.setdefault(row["url"], (row["article_id"], row["sha256"]))


def _read_existing(out: Path) -> pd.DataFrame:
    types = COLUMNS["articles"] | dict.fromkeys(EXTRA, "str")
    if out.suffix != ".parquet":
        raise IntakeError(f"{out} does not end in .parquet: give the corpus such a name")
    if not out.exists():
        return pd.DataFrame(columns=list(types)).astype(types)
    try:
        corpus = pd.read_parquet(out)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise IntakeError(f"{out} is no Parquet file ({reason}): move it away, or give another --out") from error
    missing = [column for column in COLUMNS["articles"] if column not in corpus]
    if missing:
        raise IntakeError(f"{out} is no corpus, it has no column {missing[0]!r}: give another --out")
    for column in EXTRA:
        if column not in corpus:
            corpus[column] = ""
    return corpus[list(types)].astype(types)


def _sort(corpus: pd.DataFrame) -> pd.DataFrame:
    return corpus.sort_values(["published", "article_id"], kind="stable", na_position="last", ignore_index=True)


def _write_whole(corpus: pd.DataFrame, out: Path) -> None:
    _move_into_place(out, lambda aside: corpus.to_parquet(aside, index=False, compression="zstd"))


def _move_into_place(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file aside and move it into place, so that nobody ever finds half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    aside = Path(name)
    try:
        write(aside)
        aside.chmod(0o644)  # mkstemp's files are for one user only
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
