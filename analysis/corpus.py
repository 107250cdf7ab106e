"""The corpus: articles read from a folder of text files, or from a CSV, JSON lines or Parquet table.

Whatever cannot be read is named, with a way out, and never stops the rest.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.article import Draft
from analysis.dates import odd_date
from analysis.documents import ENDINGS
from analysis.reading import TEXT_ENDINGS, read_file
from analysis.rows import TABLE_ENDINGS, Problem
from analysis.tables import make_table

NO_DATE = "no date"

_READABLE = ", ".join((*TEXT_ENDINGS, *TABLE_ENDINGS))
_MARKUP = re.compile(r"<(?:!doctype|html|script|body)\b", re.IGNORECASE)
_SURROGATES = re.compile(r"[\ud800-\udfff]")  # halves of a character, from a broken \uXXXX in JSON


class CorpusError(ValueError):
    """A corpus in which nothing can be read."""


class CorpusWarning(UserWarning):
    """Something in a corpus that was set aside or had to be guessed."""


def read_corpus(path: Path | str) -> pd.DataFrame:
    """Return the articles of a corpus; each problem but a missing date, which the table shows, is a `CorpusWarning`.

    Parameters
    ----------
    path : path
        A folder (read recursively) or one file. A .txt or .md file is one article, whose article_id is the file name
        without its ending; a table (.csv, .jsonl, .parquet) has the column text and, as far as they are known,
        article_id (or id), published (or date), source, title, url, quotations.

    Returns
    -------
    DataFrame
        `articles`, sorted by date (those without one last) and article_id.

    Raises
    ------
    CorpusError
        When not one article can be read.
    """
    articles, problems = inspect_corpus(path)
    for problem in problems.itertuples(index=False):
        if problem.problem != NO_DATE:
            warnings.warn(say_problem(*problem), CorpusWarning, stacklevel=2)
    return articles


def say_problem(file: str, line: int | None, problem: str, way_out: str) -> str:
    """Return a problem as one line.

    >>> say_problem("a.csv", 2, "no text", "add the article's words")
    "a.csv, line 2: no text; add the article's words"
    """
    place = file if pd.isna(line) else f"{file}, line {line}"
    return printable(f"{place}: {problem}; {way_out}")


def printable(text: str) -> str:
    r"""Return a text with whatever could steer a terminal, in the name of a file for instance, made visible.

    >>> printable("a\x1b[2J.csv")
    'a\ufffd[2J.csv'
    """
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def inspect_corpus(path: Path | str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the articles of a corpus, and what was wrong with it: columns file, line (Int64), problem, way_out.

    Parameters, errors: as in `read_corpus`.
    """
    path = Path(path)
    problems: list[Problem] = []
    articles = make_table("articles", stream_articles(path, problems))
    if articles.empty:
        raise CorpusError(nothing_read(path, problems))
    table = pd.DataFrame(problems, columns=list(Problem._fields)).astype({"line": "Int64"})
    return sort_articles(articles), table.sort_values(["file", "line"], kind="stable", ignore_index=True)


def stream_articles(path: Path, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Yield the articles of a corpus as rows of `articles`, in the order of its files and rows.

    Of a corpus in tables, no more is held in memory than the piece being read, whatever its size.

    Parameters
    ----------
    path : Path
        As in `read_corpus`.
    problems : list of Problem
        What is wrong is added here as it is met; the caller may take it out meanwhile.
    """
    files = corpus_files(path, problems)
    with closing(sqlite3.connect("", isolation_level=None)) as seen:  # on disk where it grows large, and gone after
        seen.execute("PRAGMA journal_mode = OFF")
        seen.execute("CREATE TABLE seen (article_id TEXT PRIMARY KEY, sha256 TEXT) WITHOUT ROWID")
        for (file, name), article_id in zip(files, _article_ids([name for _, name in files]), strict=True):
            for line, draft in read_file(file, name, problems):
                named = draft if draft.article_id else draft._replace(article_id=article_id)
                if row := _to_row(named, name, line, seen, problems):
                    yield row


def sort_articles(articles: pd.DataFrame) -> pd.DataFrame:
    """Return articles by date, those without one last, and article_id."""
    return articles.sort_values(["published", "article_id"], kind="stable", na_position="last", ignore_index=True)


def nothing_read(path: Path, problems: Sequence[Problem]) -> str:
    """Return what to say of a corpus in which no article could be read."""
    first = "; ".join(f"{found.file}: {found.problem} ({found.way_out})" for found in problems[:3])
    return f"corpus {path} holds no article that can be read: {first or f'add files that end in {_READABLE}'}"


def select_articles(articles: pd.DataFrame, since: date | None = None, until: date | None = None) -> pd.DataFrame:
    """Return the articles published from `since` to `until`, both included.

    An article without a date is kept only while neither bound is given.

    Raises
    ------
    CorpusError
        When `since` is later than `until`.
    """
    if since and until and since > until:
        raise CorpusError(f"since {since} is later than until {until}: swap them")
    keep = pd.Series(data=True, index=articles.index)
    if since:
        keep &= articles["published"] >= pd.Timestamp(since)
    if until:
        keep &= articles["published"] <= pd.Timestamp(until)
    return articles[keep].reset_index(drop=True)


def corpus_files(path: Path, problems: list[Problem] | None = None) -> list[tuple[Path, str]]:
    """Return the files that a corpus is read from, each with its name relative to the corpus, sorted by name.

    Hidden files are no part of a corpus. What else is not read is added to `problems`.

    Raises
    ------
    CorpusError
        When the path does not exist.
    """
    problems = [] if problems is None else problems
    if not path.exists():
        raise CorpusError(f"corpus {path} does not exist: give a folder, or a file that ends in {_READABLE}")
    if not path.is_dir():
        return [(path, path.name)] if _is_readable(path, path.name, problems) else []

    def note(error: OSError) -> None:
        name = os.path.relpath(error.filename, path)
        problems.append(Problem(name, None, f"folder cannot be read ({error.strerror})", "check its rights"))

    files = []
    home = path.resolve()
    for folder, below, names in os.walk(path, onerror=note):
        below[:] = [name for name in below if not name.startswith(".")]
        linked = [name for name in below if Path(folder, name).is_symlink()]  # os.walk does not follow them
        for name in (*names, *linked):
            file = Path(folder, name)
            relative = file.relative_to(path).as_posix()
            if name.startswith("."):
                continue
            if not Path(os.path.realpath(file)).is_relative_to(home):  # resolve() raises at a loop of links
                problems.append(
                    Problem(relative, None, "link that leads out of the folder", "copy the file into the corpus")
                )
            elif not file.is_dir() and _is_readable(file, relative, problems):
                files.append((file, relative))
    return sorted(files, key=lambda pair: pair[1])


def _is_readable(file: Path, name: str, problems: list[Problem]) -> bool:
    """Whether a file can be taken in, by its kind and ending; notes why not."""
    lower = name.lower()
    if not file.is_file():
        problems.append(Problem(name, None, "no plain file", "remove it, or mend the link"))
    elif lower.endswith((*TEXT_ENDINGS, *TABLE_ENDINGS)):
        return True
    else:
        way_out = f"use one of {_READABLE}"
        if lower.endswith(ENDINGS):
            way_out = "read it with: stancebook ingest FOLDER --out corpus.parquet"
        problems.append(Problem(name, None, f"ending {file.suffix or '(none)'} is not read", way_out))
    return False


def _article_ids(names: list[str]) -> list[str]:
    """Return what tells each file from the others: its name without folder and ending, without ending, or whole.

    >>> _article_ids(["a/talks.txt", "b/talks.txt", "plan.md"])
    ['a/talks', 'b/talks', 'plan']
    """
    bare = [name.rpartition("/")[2].rpartition(".")[0] for name in names]
    long = [name.rpartition(".")[0] for name in names]
    bares, longs = Counter(bare), Counter(long)
    return [
        short if bares[short] == 1 else path if longs[path] == 1 else name
        for short, path, name in zip(bare, long, names, strict=True)
    ]


def _to_row(
    draft: Draft, name: str, line: int | None, seen: sqlite3.Connection, problems: list[Problem]
) -> dict[str, Any] | None:
    """Return a draft as a row of `articles`, None without words or when its article_id was seen; notes what is odd."""

    def note(problem: str, way_out: str) -> None:
        problems.append(Problem(name, line, problem, way_out))

    fields = {key: _SURROGATES.sub("\ufffd", str(value or "")) for key, value in draft._asdict().items()}
    if not draft.text:
        note("no text", "remove it, or add the article's words")
        return None
    article_id, sha256 = fields["article_id"], hashlib.sha256(fields["text"].encode()).hexdigest()
    if not seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (article_id, sha256)).rowcount:
        (first,) = seen.execute("SELECT sha256 FROM seen WHERE article_id = ?", (article_id,)).fetchone()
        same = "with the same text" if first == sha256 else "with another text"
        note(f"second article {article_id!r}, {same}; only the first is kept", "give each article its own article_id")
        return None
    if odd := fields.pop("odd_date"):
        note(*odd_date(odd))
    elif not draft.published:
        note(
            NO_DATE,
            "add 'published: 2025-11-24' to its front matter, a date line below its title, or a column 'published'",
        )
    if fields["text"] != draft.text:
        note("broken characters, each replaced by \ufffd", "write the file again")
    if _MARKUP.search(draft.text):
        note("web page code in the text, read as words", "save only the article's text")
    if draft.quotations not in ("reported", "composed"):
        note(f"quotations {draft.quotations!r}, read as 'reported'", "write 'reported' or 'composed'")
        fields["quotations"] = "reported"
    published = pd.Timestamp(draft.published) if draft.published else pd.NaT
    return {**fields, "published": published, "sha256": sha256}
