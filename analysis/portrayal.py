"""Portrayal: how a sentence speaks of one actor in it (target-dependent sentiment).

The measurement is a small encoder trained on NewsMTSC; VADER over the clause around the target stays beside it as the
reference that readers know.

NewsMTSC, on which it learned, was sampled for sentences that take a side; of what news says of an actor, most takes
none. `as_in_news` sets that right in everything that a report shows.

References
----------
Hamborg, F. and Donnay, K. (2021). NewsMTSC: A Dataset for (Multi-)Target-dependent Sentiment Classification in
Political News Articles. EACL.
Hutto, C. and Gilbert, E. (2014). VADER. ICWSM.
Saerens, M., Latinne, P. and Decaestecker, C. (2002). Adjusting the Outputs of a Classifier to New a Priori
Probabilities. Neural Computation 14.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.models.targets import check_spans, portrayal_probabilities
from analysis.text import Span
from analysis.tone import vader_compound

# How much oftener than in NewsMTSC no side is taken in news. Of 1, 1.5, 2, 2.5, 3 and 4 it served best on
# the 581 coded articles of `training/articles.py`.
NEUTRAL_IN_NEWS = 3.0
# Where one clause of a sentence ends and the next one begins.
_CLAUSE_END = re.compile(r"[;:—–]|,? (?:but|while|whereas|although|though|because|after|before|which|who)\b|, and\b")


def score_portrayals(texts: Sequence[str], spans: Sequence[Span]) -> NDArray[np.float64]:
    """Return how each text speaks of its target, by the model (``analysis/models/MODEL_CARD-portrayal.md``).

    Parameters
    ----------
    texts : sequence of str
        Sentences.
    spans : sequence of (start, end)
        The target mention in each text; half-open, in code points.

    Returns
    -------
    array of shape (n, 3)
        Calibrated probabilities of negative, neutral and positive; each row adds up to 1. Blank texts are neutral.

    Raises
    ------
    ValueError
        When a span is empty or reaches outside its text, or the two lists differ in length.
    ModelError
        When the weights are missing or damaged.

    Examples
    --------
    >>> score_portrayals(["Observers praised Tusk for his brilliant speech."], [(18, 22)]).argmax(axis=1).tolist()
    [2]
    """
    return portrayal_probabilities(texts, spans)


def as_in_news(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return portrayal probabilities as they are in news, where neutral is commoner than where the model learned.

    Parameters
    ----------
    chances : array of shape (n, 3)
        From `score_portrayals`.

    Returns
    -------
    array of shape (n, 3)
        Neutral counts three times, and each row adds up to 1 again (Saerens et al. 2002).

    Examples
    --------
    >>> as_in_news(np.array([[0.5, 0.25, 0.25]])).round(3).tolist()
    [[0.333, 0.5, 0.167]]
    """
    shifted: NDArray[np.float64] = chances * (1.0, NEUTRAL_IN_NEWS, 1.0)
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def lexicon_portrayals(texts: Sequence[str], spans: Sequence[Span]) -> NDArray[np.float64]:
    """Return VADER's compound score of the clause around each target, in [-1, 1]: the transparent reference.

    Parameters: as in `score_portrayals`. Raises ValueError as it does.

    Examples
    --------
    >>> lexicon_portrayals(["Rubio was praised, but the terrible war went on."], [(0, 5)]).round(2).tolist()
    [0.49]
    """
    check_spans(texts, span=spans)
    return np.array([vader_compound(clause_around(text, span)) for text, span in zip(texts, spans, strict=True)])


def clause_around(text: str, span: Span) -> str:
    """Return the clause of `text` in which the target at `span` stands."""
    start, end = span
    bounds = [(0, 0), *(match.span() for match in _CLAUSE_END.finditer(text)), (len(text), len(text))]
    left = max(b for a, b in bounds if b <= start)
    right = min(a for a, b in bounds if a >= end)
    return text[left:right]
