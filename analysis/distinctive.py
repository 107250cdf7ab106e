"""Distinctive words: what an actor says more often than all other actors together.

The measure is the log-odds ratio with an informative Dirichlet prior. Each word's odds among the words of the actor are
set against its odds among the words of all others; both are first mixed with `PRIOR_WORDS` words drawn as the whole
corpus would draw them, so that rare words cannot win by chance and words that everybody uses need no list to be held
down. The result divided by its standard deviation is z: how far, in standard deviations, from no difference.

Only what stands in quotation marks counts: the words of indirect statements are the reporters'. Words are taken as they
stand, in lower case, without a possessive 's: not lemmatised ('sanction' and 'sanctions' are two), so that a reader
finds each in the evidence.

References
----------
Monroe, B. L., Colaresi, M. P. and Quinn, K. M. (2008). Fightin' Words: Lexical Feature Selection and Evaluation for
Identifying the Content of Political Conflict. Political Analysis 16(4), 372-403, sections 3.3 to 3.5.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.evidence import cut_context
from analysis.quotations import find_quotations
from analysis.tables import Tables
from analysis.text import Span, split_paragraphs

if TYPE_CHECKING:
    from analysis.codebook import Actor, Codebook

PRIOR_WORDS = 500  # Monroe, Colaresi and Quinn take as many, section 3.5.1
SURE = 1.96  # |z| from which a difference would be called significant at 5%, were it the only one looked at
LEAST = 1.0  # z below which a word sets nobody apart
FEWEST_ARTICLES = 2  # a word that an actor uses in one article alone may be that article's
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_COLUMNS = ["actor_id", "word", "z", "n", "n_others", "per_1000", "per_1000_others", "articles"]
_EVIDENCE = ["article_id", "source", "published", "before", "words", "after"]


def words_of(text: str) -> list[str]:
    """Return the words of a text, in lower case and without possessive 's, in their order.

    >>> words_of("Kyiv’s allies won't accept it, U.S. or not: 28-point plan")
    ['kyiv', 'allies', "won't", 'accept', 'it', 'u', 's', 'or', 'not', 'point', 'plan']
    """
    return [_word(match) for match in _WORD.finditer(text)]


def log_odds(actor: Counter[str], others: Counter[str], corpus: Counter[str]) -> dict[str, float]:
    """Return the z-score of every word that the actor or the others use.

    Parameters
    ----------
    actor, others : Counter
        How often each word occurs in what the actor says, and in what all others say.
    corpus : Counter
        How often each word occurs in everything that was read: the prior. Has all words of the two.

    Returns
    -------
    dict of str to float
        Above 0: the actor's word; below: the others'.

    Examples
    --------
    >>> corpus = Counter(peace=40, war=40, the=400)
    >>> z = log_odds(Counter(peace=9, war=1, the=50), Counter(peace=5, war=15, the=90), corpus)
    >>> {word: round(score, 1) for word, score in z.items()}
    {'peace': 0.9, 'war': -1.1, 'the': 0.3}
    """
    words = list(dict.fromkeys([*actor, *others]))
    prior = PRIOR_WORDS * np.array([corpus[word] for word in words]) / corpus.total()
    odds, spread = 0.0, 0.0
    for side, sign in ((actor, 1), (others, -1)):
        counts = prior + np.array([side[word] for word in words])
        odds = odds + sign * np.log(counts / (PRIOR_WORDS + side.total() - counts))
        spread = spread + 1 / counts
    return dict(zip(words, (odds / np.sqrt(spread)).tolist(), strict=True))


def distinctive_words(tables: Tables, codebook: Codebook, most: int = 10) -> pd.DataFrame:
    """Return the words that each actor, as quoted, uses more than all other actors, the most distinctive first.

    Names and offices of the actor are left out, and words that the actor uses in fewer than 2 articles.

    Parameters
    ----------
    tables : Tables
        Whose statements are taken, those of actors of the codebook.
    codebook : Codebook
        For the actors' names.
    most : int
        Words an actor.

    Returns
    -------
    DataFrame
        ``actor_id`` (those with the most words first), ``word``, ``z`` (1 or more; from 1.96 on sure by the usual
        measure), ``n`` and ``n_others`` (occurrences), ``per_1000`` and ``per_1000_others`` (of a thousand words said),
        ``articles`` (in which the actor uses it), and its first occurrence as evidence: ``article_id``, ``source``,
        ``published``, ``before``, ``words``, ``after``.
    """
    texts = dict(zip(tables.articles["article_id"], tables.articles["text"], strict=True))
    corpus = Counter(word for text in texts.values() for word in words_of(text))
    uses = _quoted_words(tables)
    by_actor = {
        str(actor_id): Counter(words) for actor_id, words in uses.groupby("actor_id")["word"] if len(words) < len(uses)
    }  # who speaks alone cannot be told apart
    everybody = sum(by_actor.values(), Counter[str]())
    articles = uses.groupby(["actor_id", "word"])["article_id"].nunique()
    rows = []
    for actor_id, words in sorted(by_actor.items(), key=lambda pair: (-pair[1].total(), pair[0])):
        others = everybody - words
        own = _own_names(codebook.actor(actor_id))
        scores = log_odds(words, others, corpus)
        ranked = sorted(
            (-z, word)
            for word, z in scores.items()
            if z >= LEAST and word not in own and articles.get((actor_id, word), 0) >= FEWEST_ARTICLES
        )
        for z, word in ranked[:most]:
            rates = (1000 * side[word] / side.total() for side in (words, others))
            rows.append((actor_id, word, -z, words[word], others[word], *rates, articles[actor_id, word]))
    found = pd.DataFrame(rows, columns=_COLUMNS)
    first = uses.drop_duplicates(["actor_id", "word"])
    found = found.merge(first, on=["actor_id", "word"]).merge(
        tables.articles[["article_id", "source", "published"]], on="article_id"
    )
    around = [
        cut_context(texts[article_id], [(start, end)])
        for article_id, start, end in zip(found["article_id"], found["start"], found["end"], strict=True)
    ]
    return pd.concat([found, pd.DataFrame(around, columns=["before", "words", "after"])], axis=1)[_COLUMNS + _EVIDENCE]


def _quoted_words(tables: Tables) -> pd.DataFrame:
    """Return every word that an actor is quoted with: actor_id, word, article_id, start, end, by day."""
    said = tables.statements.dropna(subset=["actor_id"])
    by_article = {str(article_id): group for article_id, group in said.groupby("article_id")}
    rows = []
    for article in tables.articles.sort_values(["published", "article_id"], kind="stable").itertuples():
        if (statements := by_article.get(article.article_id)) is None:
            continue
        marks = [(start, end) for start, end, _ in find_quotations(article.text, split_paragraphs(article.text))]
        for statement in statements.sort_values("statement_id", kind="stable").itertuples():
            for start, end in _in_own_words(statement.kind, statement.spans, marks):
                for match in _WORD.finditer(article.text, start, end):
                    rows.append((statement.actor_id, _word(match), article.article_id, match.start(), match.end()))
    return pd.DataFrame(rows, columns=["actor_id", "word", "article_id", "start", "end"])


def _in_own_words(kind: str, spans: Iterable[Span], marks: Iterable[Span]) -> list[Span]:
    """Return what of a statement is the speaker's: all of a direct one, of others what stands in quotation marks."""
    if kind == "direct":
        return list(spans)
    both = [(max(start, left), min(end, right)) for start, end in spans for left, right in marks]
    return [(start, end) for start, end in both if start < end]


def _word(match: re.Match[str]) -> str:
    return _POSSESSIVE.sub("", match[0].lower().replace("’", "'"))


def _own_names(actor: Actor) -> set[str]:
    """Return the words of an actor's names and offices."""
    names = [actor.name, *actor.aliases, *(role.title for role in actor.roles)]
    return {word for name in names for word in words_of(name)}
