"""The same story in several places: wire copies and reprints, grouped so that a summary may count them once.

References
----------
Broder, A. (1997). On the resemblance and containment of documents. Compression and Complexity of Sequences: shingles
and MinHash; candidates by locality-sensitive hashing as in Leskovec, J., Rajaraman, A. and Ullman, J., Mining of
Massive Datasets, chapter 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from analysis.tables import Tables, keep_articles

SHINGLE = 4  # words
# Two articles are one story when this share of the shingles of the shorter one stands in the other: a wire copy is
# cut from the end and gets a new headline, so the resemblance of the wholes would be too strict.
SHARED = 0.5
_CANDIDATE = 0.25  # resemblance from which a pair is compared exactly
_LEAST_SHINGLES = 20  # a shorter text is a copy only when it is the same
_HASHES = 128


def group_articles(articles: pd.DataFrame) -> pd.Series[str]:
    """Return for each article the group of articles that tell the same story in the same words.

    Parameters
    ----------
    articles : DataFrame
        With the columns article_id and text.

    Returns
    -------
    Series of str
        The article_id of the group's first article, in the order of `articles`; an article like no other is a group
        by itself. To count every story once, keep the rows where it equals article_id.

    Examples
    --------
    >>> story = "The two delegations met in Geneva on Sunday. They agreed to go on talking about the plan next week, "
    >>> story += "although neither side would say which of its points had been changed, or by whom. "
    >>> frame = pd.DataFrame({"article_id": ["a", "b", "c"], "text": [story, "Rain fell.", story + "They left."]})
    >>> group_articles(frame).tolist()
    ['a', 'b', 'a']
    """
    shingles = [_shingles(text) for text in articles["text"]]
    first = list(range(len(shingles)))
    for one, other in find_near_duplicates(shingles):
        early, late = sorted((_root(first, one), _root(first, other)))
        first[late] = early
    ids = articles["article_id"].tolist()
    return pd.Series([ids[_root(first, i)] for i in range(len(ids))], index=articles.index, dtype="str")


def count_once(tables: Tables) -> tuple[Tables, pd.DataFrame]:
    """Return the tables with every story counted once, and what was left out for it.

    Returns
    -------
    Tables
        Without the copies: of each group of `group_articles`, the first article stays.
    DataFrame
        The copies: ``article_id``, ``source``, ``published``, ``copy_of`` (the article_id that stays).
    """
    copies = find_copies(tables.articles)
    return leave_out(tables, copies), copies


def find_copies(articles: pd.DataFrame) -> pd.DataFrame:
    """Return the copies among articles, as `count_once`."""
    grouped = articles.assign(copy_of=group_articles(articles))
    copied = grouped["copy_of"] != grouped["article_id"]
    return grouped.loc[copied, ["article_id", "source", "published", "copy_of"]].reset_index(drop=True)


def leave_out(tables: Tables, copies: pd.DataFrame) -> Tables:
    """Return the tables without these articles and what was found in them."""
    return keep_articles(tables, tables.articles[~tables.articles["article_id"].isin(copies["article_id"])])


def find_near_duplicates(shingles: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    """Return the pairs of texts, by their place, of which one holds at least `SHARED` of the other's shingles."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]  # has no types

    index = MinHashLSH(threshold=_CANDIDATE, num_perm=_HASHES)
    pairs: list[tuple[int, int]] = []
    whole: dict[frozenset[str], int] = {}
    for place, text in enumerate(shingles):
        if text in whole:
            pairs.append((whole[text], place))
            continue
        if not text:
            continue
        whole[text] = place
        if len(text) < _LEAST_SHINGLES:
            continue
        sketch = MinHash(num_perm=_HASHES, seed=1)
        sketch.update_batch([shingle.encode() for shingle in sorted(text)])
        for candidate in sorted(index.query(sketch)):
            if _overlap(shingles[candidate], text) >= SHARED:
                pairs.append((candidate, place))
        index.insert(place, sketch)
    return pairs


def _shingles(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.casefold())
    if len(words) <= SHINGLE:
        return frozenset({" ".join(words)} if words else set())
    return frozenset(" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other))


def _root(first: Sequence[int], place: int) -> int:
    while first[place] != place:
        place = first[place]
    return place
