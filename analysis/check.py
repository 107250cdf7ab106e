"""What `stancebook check` says of a corpus before anybody trusts a number made from it."""

from __future__ import annotations

import textwrap
from collections import Counter

import pandas as pd

from analysis.codebook import Codebook
from analysis.corpus import printable, say_problem

FEWEST_STATEMENTS = 2  # a speaker who is quoted once is not yet missed in the codebook
NARROWEST = 40  # characters; a terminal that says it has fewer is not believed


def sources_of(articles: pd.DataFrame) -> pd.DataFrame:
    """Return what each outlet published: ``source``, ``articles``, ``undated``, ``first``, ``last`` day, ``words``."""
    frame = articles.assign(words=articles["text"].str.split().str.len(), undated=articles["published"].isna())
    grouped = frame.groupby(frame["source"].replace("", "(unknown)"), sort=True)
    return grouped.agg(
        articles=("article_id", "size"),
        undated=("undated", "sum"),
        first=("published", "min"),
        last=("published", "max"),
        words=("words", "sum"),
    ).reset_index()


def frequent_strangers(articles: pd.DataFrame, codebook: Codebook, *, progress: bool = False) -> pd.DataFrame:
    """Return the speakers whom the codebook does not know, the most quoted first.

    Returns
    -------
    DataFrame
        ``speaker`` (the fullest name), ``statements`` (2 or more), ``articles``.
    """
    from tqdm import tqdm

    from analysis.mentions import resolve_actor
    from analysis.statements import extract_statements

    statements: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for text, published in tqdm(
        zip(articles["text"], articles["published"], strict=True),
        total=len(articles),
        unit="article",
        disable=not progress,
    ):
        day = None if pd.isna(published) else published.date()
        names = [statement.speaker_name for statement in extract_statements(text)]
        strangers = [name for name in names if name[:1].isupper() and resolve_actor(name, codebook, day) is None]
        statements.update(strangers)
        seen.update(set(strangers))
    rows = [(name, n, seen[name]) for name, n in statements.items() if n >= FEWEST_STATEMENTS]
    frame = pd.DataFrame(rows, columns=["speaker", "statements", "articles"])
    return frame.sort_values(["statements", "speaker"], ascending=[False, True], kind="stable", ignore_index=True)


def say_findings(
    problems: pd.DataFrame, offices: pd.DataFrame, rivals: pd.DataFrame, spellings: pd.DataFrame, width: int = 100
) -> dict[str, list[str]]:
    """Return every finding of each kind in words, whole, wrapped to the width of a terminal.

    Parameters
    ----------
    problems, offices, rivals, spellings : DataFrame
        As `inspect_corpus`, `check_offices`, `find_rival_names` and `check_spellings` return them.
    width : int
        Characters in a line; a word that is longer stays whole.
    """
    said = {
        "Problems": [say_problem(*row) for row in problems.itertuples(index=False)],
        "Offices given to somebody who does not hold them": [
            f"{row.article_id}: {row.office} {row.given_to}; {row.problem}" for row in offices.itertuples()
        ],
        "Offices given to two people": [
            f"{row.office}: {row.names}; '{row.example}' in {row.articles}" for row in rivals.itertuples()
        ],
        "Spellings near one of the codebook": [
            f"{row.spelling} (times {row.times}, articles {row.articles}): if it is {row.name}, add "
            f"{row.add_to_codebook}"
            for row in spellings.itertuples()
        ],
    }
    return {what: [_wrap(line, max(width, NARROWEST)) for line in lines] for what, lines in said.items()}


def _wrap(line: str, width: int) -> str:
    lines = textwrap.wrap(
        line,
        width,
        subsequent_indent="    ",
        break_long_words=False,  # names of files and commands can be copied
        break_on_hyphens=False,
    )
    return "\n".join(map(printable, lines))
