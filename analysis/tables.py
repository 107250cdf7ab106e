"""The tables that flow through Stancebook: their columns, and how they are kept on disk.

Offsets are 0-based, half-open, in code points, into ``articles.text``. Missing text is ``""`` in `articles`; a missing
actor, offset or sentence is null. All tables are sorted by article, then by position.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import pandas_dtype

from analysis.display import one_line, tables_html

COLUMNS: dict[str, dict[str, str]] = {
    "articles": {
        "article_id": "str",
        "published": "datetime64[us]",  # a date: midnight, no zone; NaT when the article has none
        "source": "str",
        "title": "str",
        "text": "str",
        "url": "str",
        "sha256": "str",  # of the text in UTF-8
        "quotations": "str",  # 'composed' where the quotations are invented (sample corpus), else 'reported'
    },
    "sentences": {"article_id": "str", "sentence_id": "int64", "start": "int64", "end": "int64"},
    "mentions": {
        "article_id": "str",
        "sentence_id": "int64",
        "start": "int64",
        "end": "int64",
        "actor_id": "str",
        "kind": "str",  # name, role, pronoun
        "possessive": "bool",  # only the owner of what follows: "Trump's envoy"
        "confidence": "float64",
    },
    "statements": {
        "article_id": "str",
        "statement_id": "int64",
        "spans": "object",  # [[start, end], ...] of the content; several when the cue splits it
        "kind": "str",  # direct, indirect, mixed
        "cue_start": "Int64",
        "cue_end": "Int64",
        "speaker_start": "Int64",
        "speaker_end": "Int64",
        "speaker": "str",  # fullest name in the article; "" when nobody is named
        "actor_id": "str",
        "confidence": "float64",
        "vader": "float64",
        "textblob": "float64",
    },
    "portrayals": {
        "article_id": "str",
        "sentence_id": "int64",
        "actor_id": "str",
        "start": "int64",
        "end": "int64",
        "speaker_actor_id": "str",  # null: the article's own voice
        "voice": "str",  # 'article', 'actor' (inside a statement of a codebook actor) or 'other' (of anybody else)
        "negative": "float64",
        "neutral": "float64",
        "positive": "float64",
        "score": "float64",  # positive - negative, [-1, 1]
        "lexicon": "float64",  # VADER over the clause around the mention, [-1, 1]: the reference
    },
    "stances": {
        "article_id": "str",
        "statement_id": "Int64",
        "sentence_id": "Int64",
        "actor_id": "str",
        "target_kind": "str",  # issue, actor
        "target_id": "str",
        "oppose": "float64",
        "neutral": "float64",
        "support": "float64",
        "score": "float64",  # support - oppose, [-1, 1]
        "label": "str",  # oppose, neutral, support: the likeliest
        "evidence_start": "int64",
        "evidence_end": "int64",
        "method": "str",
        "confidence": "float64",
    },
    "problems": {"article_id": "str", "problem": "str"},  # articles that could not be scored
}

# From against to for, in the order in which every figure counts them.
STANCE_LABELS = ("oppose", "neutral", "support")
PORTRAYAL_LABELS = ("negative", "neutral", "positive")

# Beside the tables: what could not be read of the corpus (columns as `analysis.corpus.inspect_corpus`).
CORPUS_PROBLEMS = "corpus_problems.parquet"


@dataclass(frozen=True, repr=False)
class Tables:
    """Everything that was found in a corpus: one DataFrame a table, columns as in `COLUMNS`.

    Attributes
    ----------
    articles : DataFrame
        The news texts: ``published``, ``source``, ``title``, ``text``, ``url``.
    sentences : DataFrame
        Where each sentence starts and ends in its article.
    mentions : DataFrame
        Who is referred to where: ``actor_id``, ``kind`` (name, role, pronoun), ``confidence``.
    statements : DataFrame
        Who says what: ``spans`` of the words, ``kind`` (direct, indirect, mixed), ``speaker``, ``actor_id``, and their
        tone, ``vader`` and ``textblob``, each in [-1, 1].
    portrayals : DataFrame
        How a sentence speaks of an actor: ``negative``, ``neutral``, ``positive``, ``score`` in [-1, 1], the voice.
    stances : DataFrame
        Where an actor stands towards an issue or actor: ``target_id``, ``score`` in [-1, 1], ``label``, the evidence.
    problems : DataFrame
        Articles that could not be scored, and why.
    """

    articles: pd.DataFrame
    sentences: pd.DataFrame
    mentions: pd.DataFrame
    statements: pd.DataFrame
    portrayals: pd.DataFrame
    stances: pd.DataFrame
    problems: pd.DataFrame

    def __repr__(self) -> str:
        return one_line("Tables", {name: len(frame) for name, frame in vars(self).items()})

    def _repr_html_(self) -> str:
        return tables_html(vars(self))


def make_table(name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the table `name` with these rows, every column there and of its type, also when there are no rows.

    Parameters
    ----------
    name : str
        A key of `COLUMNS`.
    rows : iterable of mappings
        Column name to value; a column left out is null.

    Examples
    --------
    >>> make_table("problems", []).columns.tolist()
    ['article_id', 'problem']
    """
    rows = list(rows)
    # Column by column: where pandas first guesses the types of whole rows, it takes five times as long.
    return pd.DataFrame({column: pd.array([row.get(column) for row in rows], kind) for column, kind in _types(name)})


@cache
def _types(name: str) -> list[tuple[str, Any]]:
    return [(column, pandas_dtype(kind)) for column, kind in COLUMNS[name].items()]


def join_tables(parts: Iterable[Tables]) -> Tables:
    """Return the tables of several parts of a corpus as one, in the order given."""
    parts = list(parts)
    joined = {}
    for field in fields(Tables):
        frames = [frame for part in parts if len(frame := getattr(part, field.name))]
        joined[field.name] = pd.concat(frames, ignore_index=True) if frames else make_table(field.name, [])
    return Tables(**joined)


def keep_articles(tables: Tables, articles: pd.DataFrame) -> Tables:
    """Return the tables with `articles`, some of theirs, and what was found in these; rows are numbered anew."""
    kept = set(articles["article_id"])
    others = {field.name: getattr(tables, field.name) for field in fields(Tables) if field.name != "articles"}
    cut = {name: frame[frame["article_id"].isin(kept)].reset_index(drop=True) for name, frame in others.items()}
    return Tables(articles=articles.reset_index(drop=True), **cut)


def write_tables(tables: Tables, folder: Path) -> None:
    """Write each table as ``<name>.parquet`` into `folder` (made when missing); the same tables give the same bytes.

    They replace tables that are there, also those that `stancebook score` wrote in parts.
    """
    from analysis.parts import is_partitioned, remove_parts  # built on this module

    folder.mkdir(parents=True, exist_ok=True)
    if is_partitioned(folder):
        remove_parts(folder)
    for field in fields(Tables):
        getattr(tables, field.name).to_parquet(folder / f"{field.name}.parquet", index=False)


def read_tables(folder: Path) -> Tables:
    """Return the tables that `write_tables` wrote into `folder`, or `stancebook score` in parts, in order of date.

    Raises
    ------
    FileNotFoundError
        When a table is missing there, or not all parts are there yet.
    """
    from analysis.parts import is_partitioned, read_parts  # built on this module

    if is_partitioned(folder):
        return read_parts(folder)
    frames = {}
    for field in fields(Tables):
        frame = pd.read_parquet(folder / f"{field.name}.parquet").astype(COLUMNS[field.name])
        if "spans" in frame:
            frame["spans"] = [[[int(a), int(b)] for a, b in spans] for spans in frame["spans"]]
        frames[field.name] = frame
    return Tables(**frames)


def read_corpus_problems(folder: Path) -> pd.DataFrame:
    """Return what could not be read of the corpus of the tables in `folder`, sorted by file and line.

    Columns as `analysis.corpus.inspect_corpus`; no rows where nothing was kept of it.
    """
    from analysis.parts import PROBLEM_COLUMNS, PROBLEMS, is_partitioned, read_whole

    if is_partitioned(folder):
        return read_whole(folder, PROBLEMS).sort_values(["file", "line"], kind="stable", ignore_index=True)
    noted = folder / CORPUS_PROBLEMS
    return pd.read_parquet(noted) if noted.is_file() else pd.DataFrame(columns=list(PROBLEM_COLUMNS))
