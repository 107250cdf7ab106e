"""What `stancebook check` says of a corpus before anybody trusts a number made from it."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from analysis.codebook import Codebook

FEWEST_STATEMENTS = 2  # a speaker who is quoted once is not yet missed in the codebook


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
