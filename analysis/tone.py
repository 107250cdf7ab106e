"""Tone: the sentiment of a text's own words, by the two lexicons that readers know.

Both run from -1 (most negative) over 0 (no tone found) to 1 (most positive). They are the reference, not the
measurement: they do not know whose words they score, nor towards whom.

References
----------
Hutto, C. and Gilbert, E. (2014). VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media
Text. ICWSM.
TextBlob's default analyser: the pattern lexicon of De Smedt, T. and Daelemans, W. (2012). Pattern for Python. JMLR 13.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from textblob.en import Sentiment as TextBlobSentiment
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

_BEFORE, _AFTER = 3, 2  # words around one that VADER looks at


def score_tone(texts: Sequence[str]) -> pd.DataFrame:
    """Return the tone of each text.

    Parameters
    ----------
    texts : sequence of str
        The words of a statement, without the reporter's.

    Returns
    -------
    DataFrame
        One row a text, in order; columns ``vader`` (compound score) and ``textblob`` (polarity), each in [-1, 1];
        0 for a text with no word in the lexicon.

    Examples
    --------
    >>> score_tone(["We thank our partners.", "A shameful betrayal!"]).round(1).values.tolist()
    [[0.4, 0.0], [-0.8, 0.0]]
    """
    tones = np.array([tone_of(text) for text in texts], dtype=np.float64).reshape(-1, 2)
    return pd.DataFrame(tones, columns=["vader", "textblob"])


def tone_of(text: str) -> tuple[float, float]:
    """Return the tone of one text: VADER's compound score and TextBlob's polarity.

    >>> tone_of("a very good plan")
    (0.4927, 0.91)
    """
    return vader_compound(text), textblob_polarity(text)


def textblob_polarity(text: str) -> float:
    """Return TextBlob's polarity of a text, in [-1, 1].

    TextBlob's rules, which here see one of several words in a row that its lexicon does not know: the others change
    nothing.

    >>> textblob_polarity("a very good plan")
    0.91
    """
    sentiment, known = _textblob()
    if "\n" not in text:  # TextBlob ends a sentence at an empty line
        kept, unknown = [], True
        for word in text.split():
            before, bare = unknown, word.rstrip(",.")
            unknown = len(bare) > 2 and bare.isalpha() and bare.lower() not in known
            if not (unknown and before):
                kept.append(word)
        text = " ".join(kept)
    # rounded, because Python 3.12 adds up floats more exactly than 3.11 did; VADER rounds to 4 digits itself
    return round(float(sentiment(text)[0]), 6)


@cache
def _textblob() -> tuple[TextBlobSentiment, frozenset[str]]:
    """Return what TextBlob(text).sentiment asks, without the rest of a TextBlob, and the words it knows."""
    from textblob.en import sentiment

    return sentiment, frozenset(sentiment) | frozenset(sentiment.negations)


@lru_cache(maxsize=64)  # the mentions of a clause share its score
def vader_compound(text: str) -> float:
    """Return VADER's compound score of a text, in [-1, 1]; an emoji counts by its name.

    >>> vader_compound("a great and just peace")
    0.8225
    """
    return float(_vader().polarity_scores(text)["compound"])


@cache
def _vader() -> SentimentIntensityAnalyzer:
    # The authors' own: NLTK's copy looks a word up by where it first stands, and so misjudges repeated words.
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    class Vader(SentimentIntensityAnalyzer):  # type: ignore[misc]  # it has no types
        """VADER with the same scores, in a time that grows with the text and not with its square."""

        def _negation_check(self, valence: float, words: list[str], distance: int, at: int) -> float:
            first = max(0, at - _BEFORE)
            return float(super()._negation_check(valence, words[first : at + 1], distance, at - first))

        def _special_idioms_check(self, valence: float, words: list[str], at: int) -> float:
            first = max(0, at - _BEFORE)
            return float(super()._special_idioms_check(valence, words[first : at + 1 + _AFTER], at - first))

        def _but_check(self, words: list[str], valences: list[float]) -> list[float]:
            return weigh_around_but([word.lower() for word in words], valences)

    return Vader()


def weigh_around_but(words: list[str], valences: list[float]) -> list[float]:
    """Return the valences of words with those before the first 'but' halved, and those behind it raised by half.

    As VADER does it: what it weighs for each word is the first that has the same valence by now.

    >>> weigh_around_but(["good", "but", "bad", "good"], [2.0, 0.0, -2.0, 2.0])
    [1.0, 0.0, -3.0, 3.0]
    """
    if "but" not in words:
        return valences
    but = words.index("but")
    places: dict[float, list[int]] = {}  # heaps: the first place of each valence is on top
    for at, valence in enumerate(valences):
        places.setdefault(valence, []).append(at)
    for valence in valences:  # as it is by then
        first = places[valence][0]
        if valence and first != but:
            heappop(places[valence])
            valences[first] = valence * (0.5 if first < but else 1.5)
            heappush(places.setdefault(valences[first], []), first)
    return valences
