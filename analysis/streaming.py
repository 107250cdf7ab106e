"""A corpus of any size, scored part by part into a folder of tables.

A few parts are in memory at a time. Stopped at any moment, the same call goes on where it stopped: a part that is in
place and was made from the same articles with the same codebook by the same program is not made again.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis.cache import CACHE
from analysis.codebook import Codebook
from analysis.corpus import (
    NO_DATE,
    CorpusError,
    corpus_files,
    nothing_read,
    say_problem,
    select_articles,
    sort_articles,
)
from analysis.corpus import stream_articles as stream
from analysis.engines import Engine, cores, local_engine
from analysis.export import write_csv
from analysis.layers import codebook_key, layer_version, open_cache
from analysis.parts import (
    FINISHED,
    NAMES,
    PROBLEM_COLUMNS,
    count_rows,
    finish,
    is_written,
    parts_finished,
    read_part,
    write_part,
)
from analysis.rows import TABLE_ENDINGS, Problem, UnreadableError, read_rows
from analysis.scoring import SMALL_CORPUS, cut, score_chunks
from analysis.tables import Tables, join_tables, make_table

PART = 1000  # articles
PART_LETTERS = 8_000_000  # a part is closed before 1000 articles when they are as long as books
PART_PROBLEMS = 10_000
MOST_SAID = 20  # problems; all of them are in the table
CSV_ARTICLES = 10_000  # more than a spreadsheet opens: it ends at 1,048,576 rows


class ScoreError(ValueError):
    """A corpus that could not be scored."""


class Part(NamedTuple):
    """A piece of the corpus: `read` counts its articles and those that were left out between them."""

    number: int
    articles: pd.DataFrame
    problems: pd.DataFrame
    read: int


def score_to_folder(
    corpus: Path,
    codebook: Codebook,
    out: Path,
    *,
    since: date | None = None,
    until: date | None = None,
    engine: AbstractContextManager[Engine] | None = None,
    cache: Path | None = None,
    progress: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Score a corpus into a folder of tables, as parts in Parquet; up to `CSV_ARTICLES` also as CSV.

    Parameters
    ----------
    corpus : Path
        As in `analysis.read_corpus`.
    codebook : Codebook
    out : Path
        Made when missing. What is in it of an earlier call and still right is not made again; the rest is replaced.
    since, until : date, optional
        First and last day; with either, articles without a date are left out.
    engine : context manager, optional
        From `analysis.engines`; by default a process for each core, or this one where the corpus is small.
    cache : Path, optional
        Folder of what was scored before; by default in `out`.
    progress : bool
        Show a progress bar on standard error.
    say : callable
        Told what was set aside or left out, a line each.

    Raises
    ------
    CorpusError
        When the corpus does not exist or has no article that is asked for.
    ScoreError
        When another call is at work in `out`, or no article could be scored.
    EngineError
        When a process or a worker dies or is another program.
    """
    from filelock import FileLock, Timeout
    from tqdm import tqdm

    said = _Said(say)
    with closing(split_corpus(corpus, since, until)) as parts:
        first = _until_first_article(parts, corpus, since, until)
        if engine is None:
            engine = local_engine(1 if len(first[-1].articles) < SMALL_CORPUS else cores())
        out.mkdir(parents=True, exist_ok=True)
        try:
            with (
                FileLock(out / ".lock", timeout=0),
                tqdm(total=count_articles(corpus) if progress else None, unit="article", disable=not progress) as bar,
                engine as workers,
                open_cache(cache or out / CACHE, say) as kept,
            ):
                work = _Work(out, codebook, bar.update, said)
                for tables in score_chunks(work.chunks(chain(first, parts)), codebook, workers, kept):
                    work.take(tables)
                work.end()
                articles, problems = count_rows(out, "articles"), count_rows(out, "problems")
        except Timeout:
            raise ScoreError(f"another run is at work in {out}: wait for its end, or give another folder") from None
    said.end()
    if problems == articles:
        raise ScoreError(f"no article could be scored; {out / 'problems'} says why")


def split_corpus(corpus: Path, since: date | None = None, until: date | None = None) -> Generator[Part, None, None]:
    """Yield the parts of a corpus in the order in which it is read; the same corpus gives the same parts."""
    select_articles(make_table("articles", []), since, until)  # refuses bounds the wrong way round
    problems: list[Problem] = []
    rows: list[dict[str, Any]] = []
    number = read = letters = 0

    def part() -> Part:
        table = pd.DataFrame(problems, columns=list(PROBLEM_COLUMNS)).astype(PROBLEM_COLUMNS)
        made = Part(number, sort_articles(make_table("articles", rows)), table, read)
        problems.clear()
        rows.clear()
        return made

    for row in stream(corpus, problems):
        read += 1
        if _is_asked(row["published"], since, until):
            rows.append(row)
            letters += len(row["text"])
        if len(rows) >= PART or letters >= PART_LETTERS or len(problems) >= PART_PROBLEMS:
            yield part()
            number, read, letters = number + 1, 0, 0
    if rows or problems:
        yield part()


def count_articles(corpus: Path) -> int:
    """Return about how many articles a corpus has; reads its tables, but does nothing with them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    count = 0
    for file, name in corpus_files(corpus):
        try:
            if name.lower().endswith(".parquet"):
                count += pq.read_metadata(file).num_rows
            elif name.lower().endswith(TABLE_ENDINGS):
                count += sum(1 for _ in read_rows(file, name, [], {"text": "text"}))
            else:
                count += 1
        except (UnreadableError, OSError, pa.ArrowException):
            continue  # said when it is read
    return count


class _Work:
    """The parts on their way: handed out in chunks, taken back in the same order, written when they are whole."""

    def __init__(self, out: Path, codebook: Codebook, tell: Callable[[int], object], said: _Said) -> None:
        self.out, self.tell, self.said = out, tell, said
        self.made_by = f"{codebook_key(codebook)} {layer_version('rows')}"
        self.waiting: deque[tuple[Part, list[Tables]]] = deque()
        self.parts = self.articles = 0
        self.begun = False

    def chunks(self, parts: Iterator[Part]) -> Iterator[pd.DataFrame]:
        """Yield the chunks of those parts that are not in place."""
        for part in parts:
            self.parts += 1
            self.articles += len(part.articles)
            self.said.of(part.problems)
            if is_written(self.out, part.number, self.key(part)):
                self.tell(part.read)
            elif part.articles.empty:
                self.write(part, [])
            else:
                self.waiting.append((part, []))
                yield from cut(part.articles)

    def take(self, tables: Tables) -> None:
        """Take back what was found in a chunk."""
        part, found = self.waiting[0]
        found.append(tables)
        self.tell(len(tables.articles))
        for article_id, problem in tables.problems.itertuples(index=False):
            self.said.line(f"{article_id} could not be scored: {problem}")
        if sum(len(one.articles) for one in found) == len(part.articles):
            self.waiting.popleft()
            self.write(part, found)
            self.tell(part.read - len(part.articles))

    def key(self, part: Part) -> str:
        """Return what tells a part from any other: its articles, problems, the codebook and the program."""
        rows = part.articles.drop(columns="text").astype("str")  # the hash of the text is there
        said = [rows.to_numpy().tolist(), part.problems.astype("str").to_numpy().tolist(), self.made_by]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def write(self, part: Part, found: list[Tables]) -> None:
        """Put a part into place; from the first on, the tables are not finished."""
        if not self.begun:
            self.begun = True
            (self.out / FINISHED).unlink(missing_ok=True)
        tables = join_tables(found)
        key = self.key(part) if tables.problems.empty else ""  # what could not be scored is tried again next time
        write_part(self.out, part.number, tables, part.problems, key)

    def end(self) -> None:
        """Say that all parts are in place, and write the CSV files unless they are there."""
        there = self.articles > CSV_ARTICLES or all((self.out / f"{name}.csv").is_file() for name in NAMES)
        if not self.begun and there and parts_finished(self.out) == self.parts:
            return
        (self.out / FINISHED).unlink(missing_ok=True)
        for name in NAMES:
            (self.out / f"{name}.parquet").unlink(missing_ok=True)  # of an earlier call, in one piece
            table = self.out / f"{name}.csv"
            table.unlink(missing_ok=True)
            if self.articles <= CSV_ARTICLES:
                coming = table.with_name(f".{table.name}.making")
                for number in range(self.parts):
                    write_csv(read_part(self.out, name, number), coming, begun=number > 0)
                coming.replace(table)
        if self.articles > CSV_ARTICLES:
            self.said.line(f"more than {CSV_ARTICLES:,} articles: Parquet only, no CSV")
        finish(self.out, self.parts)


class _Said:
    """What is told of problems: the first of them, and how many more."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.lines = self.undated = 0

    def of(self, problems: pd.DataFrame) -> None:
        """Tell the problems of a part."""
        for problem in problems.itertuples(index=False):
            if problem.problem == NO_DATE:
                self.undated += 1
            else:
                self.line(say_problem(*problem))

    def line(self, line: str) -> None:
        """Tell a problem."""
        self.lines += 1
        if self.lines <= MOST_SAID:
            self.say(line)

    def end(self) -> None:
        """Tell what was not told."""
        if self.undated:
            self.say(f"{self.undated} article{'s have' if self.undated > 1 else ' has'} no date")
        if self.lines > MOST_SAID:
            self.say(f"and {self.lines - MOST_SAID} more problems: the tables problems and corpus_problems have all")


def _until_first_article(parts: Iterator[Part], corpus: Path, since: date | None, until: date | None) -> list[Part]:
    """Return the parts up to the first that has an article, before anything in the folder is touched."""
    read: list[Part] = []
    for part in parts:
        read.append(part)
        if len(part.articles):
            return read
    if any(part.read for part in read) or (not read and (since or until)):
        span = f"from {since or 'the first day'} to {until or 'the last'}"
        raise CorpusError(f"corpus {corpus} has no dated article {span}: widen the dates")
    raise CorpusError(nothing_read(corpus, [Problem(*row) for part in read for row in part.problems.to_numpy()]))


def _is_asked(published: pd.Timestamp, since: date | None, until: date | None) -> bool:
    if since is None and until is None:
        return True
    if pd.isna(published):
        return False
    day = published.date()
    return (since is None or since <= day) and (until is None or day <= until)
