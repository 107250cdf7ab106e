"""Measures: how well found labels agree with human-coded ones, and how sure that is.

References
----------
Krippendorff, K. (2004). Content Analysis: An Introduction to Its Methodology, chapter 11.
Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap, chapter 13.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.bootstrap import DRAWS, FEWEST_ARTICLES

Counts = NDArray[np.float64]
Figures = dict[str, NDArray[np.float64]]


def with_intervals(
    counts: Counts, figures: Callable[[Counts], Figures], seed: int
) -> list[tuple[str, float, float, float]]:
    """Return each figure over all units as (name, value, low, high), in percent.

    Parameters
    ----------
    counts : array of shape (units, k)
        What was counted in each article or row.
    figures : callable
        From summed counts of shape (..., k) to named shares of shape (...).
    """
    units = len(counts)
    values = figures(counts.sum(axis=0))
    if units < FEWEST_ARTICLES:
        return [(name, 100 * float(value), float("nan"), float("nan")) for name, value in values.items()]
    rng = np.random.default_rng(seed)
    # one unit fewer than there are is drawn, as `analysis.bootstrap` explains
    drawn = (rng.multinomial(units - 1, np.full(units, 1 / units)) @ counts for _ in range(DRAWS))
    spread = figures(np.stack(list(drawn)))
    bounds = {name: np.quantile(many, [0.025, 0.975]) for name, many in spread.items()}
    return [(name, 100 * float(value), *(100 * bounds[name]).tolist()) for name, value in values.items()]


def class_f1(confusion: Counts) -> Counts:
    """Return the F1 of each class, of shape (..., k), from confusion counts of shape (..., k, k): gold by found.

    >>> class_f1(np.array([[8.0, 2], [2, 8]])).tolist()
    [0.8, 0.8]
    """
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    total = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    return np.asarray(2 * hits / np.maximum(total, 1))


def confusions(gold: Sequence[int], found: Sequence[int], classes: int) -> Counts:
    """Return one row a pair with a 1 in the cell (gold, found), of shape (n, classes * classes)."""
    cells = np.asarray(gold, dtype=np.int64) * classes + np.asarray(found, dtype=np.int64)
    return np.eye(classes * classes)[cells]


def krippendorff_alpha(gold: Sequence[int], found: Sequence[int]) -> float:
    """Return Krippendorff's alpha of two coders over ordered labels (interval distance); NaN when all labels are alike.

    1 is agreement, 0 what chance gives, below 0 is worse than chance.

    >>> krippendorff_alpha([0, 1, 2, 2], [0, 1, 2, 2]), round(krippendorff_alpha([0, 0, 2, 2], [0, 2, 0, 2]), 3)
    (1.0, 0.125)
    """
    from nltk.metrics.agreement import AnnotationTask
    from nltk.metrics.distance import interval_distance

    if len({*gold, *found}) < 2:
        return float("nan")
    answers = [
        (coder, item, label) for coder, labels in (("g", gold), ("f", found)) for item, label in enumerate(labels)
    ]
    return float(AnnotationTask(answers, distance=interval_distance).alpha())
