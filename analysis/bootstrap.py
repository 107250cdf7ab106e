"""How sure a mean is: 95% intervals that know that sentences of one article are not independent.

Twenty statements from one article are not twenty witnesses. So whole articles are drawn again, with replacement, and
the mean over all their rows is taken each time (cluster bootstrap); the interval is the middle 95% of those means. Of
k articles, k - 1 are drawn each time: drawing k would make the interval too narrow by the factor sqrt(1 - 1/k). The
difference of two means, of articles that have none in common, is drawn the same way: each side by itself.

Five articles that agree do not prove that a sixth would. So two more, of average length, are drawn from as well, one at
either end of the scale (as two successes and two failures are added to a proportion; Agresti and Coull 1998): without
them, articles that agree by chance would give an interval without width.

References
----------
Agresti, A. and Coull, B. A. (1998). Approximate is better than "exact" for interval estimation of binomial proportions.
The American Statistician 52(2), 119-126.
Field, C. A. and Welsh, A. H. (2007). Bootstrapping clustered data. JRSS B 69(3), 369-390.
Davison, A. C. and Hinkley, D. V. (1997). Bootstrap Methods and their Application. Cambridge, 3.8.
Rao, J. N. K. and Wu, C. F. J. (1988). Resampling inference with complex survey data. JASA 83, 231-241 (k - 1 draws).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DRAWS = 2000
SEED = 20251123
FEWEST_ARTICLES = 3  # below this no interval is given: two articles bound nothing
SCALE = (-1.0, 1.0)  # the ends of a score
_WEIGHTS_AT_ONCE = 4_000_000  # numbers held in memory at a time


def mean_intervals(
    frame: pd.DataFrame, by: Sequence[str], value: str, *, seed: int = SEED, scale: tuple[float, float] = SCALE
) -> pd.DataFrame:
    """Return the mean of a column per group, with the 95% interval that articles allow.

    Parameters
    ----------
    frame : DataFrame
        Columns `by`, `value` (a number on the scale) and ``article_id``. Rows whose `value` is null are left out.
    by : sequence of str
        The columns that make a group; rows where one of them is null are left out.
    value : str
        The column to average, each row with the same weight.
    seed : int
        Seed of the draws. The same group gets the same interval whatever other groups there are.
    scale : (float, float)
        The least and the most that a value can be.

    Returns
    -------
    DataFrame
        One row a group, sorted by `by`: the columns `by`, ``mean``, ``low`` and ``high`` (the 95% interval, in the unit
        of `value`; NaN with fewer than 3 articles), ``n`` (rows) and ``articles``.

    Examples
    --------
    >>> frame = pd.DataFrame({"actor_id": "tusk", "article_id": ["a", "a", "b", "c"], "score": [0.5, 0.7, 0.1, -0.3]})
    >>> mean_intervals(frame, ["actor_id"], "score").round(2).values.tolist()
    [['tusk', 0.25, -0.61, 0.74, 4, 3]]
    """
    by = list(by)
    known = frame.dropna(subset=[*by, value])
    grouped = known.groupby([*by, "article_id"], sort=True)[value]
    per_article = grouped.agg(["sum", "count"]).reset_index()
    rows = []
    for key, group in per_article.groupby(by, sort=True):
        sums = group["sum"].to_numpy(dtype="float64")
        counts = group["count"].to_numpy(dtype="float64")
        low, high = _interval(sums, counts, scale, seed)
        rows.append((*_as_tuple(key), sums.sum() / counts.sum(), low, high, int(counts.sum()), len(group)))
    columns = [*by, "mean", "low", "high", "n", "articles"]
    types = {"mean": "float64", "low": "float64", "high": "float64", "n": "int64", "articles": "int64"}
    return pd.DataFrame(rows, columns=columns).astype(types)


def difference_interval(
    first: pd.DataFrame, second: pd.DataFrame, value: str, *, seed: int = SEED
) -> tuple[float, float]:
    """Return the 95% interval of a difference of means: that of `second` minus that of `first`.

    Parameters
    ----------
    first, second : DataFrame
        Columns `value` and ``article_id``; no article may be on both sides. Rows whose `value` is null are left out.
    value : str
        The column to average, scores from -1 to 1.
    seed : int
        Of the draws.

    Returns
    -------
    float, float
        From -2 to 2; NaN where a side has fewer than 3 articles.

    Examples
    --------
    >>> before = pd.DataFrame({"article_id": list("abcdefgh"), "score": 0.8})
    >>> after = pd.DataFrame({"article_id": list("ijklmnop"), "score": -0.8})
    >>> low, high = difference_interval(before, after, "score")
    >>> low < -1.6 < high < 0
    True
    """
    means = []
    for place, side in enumerate((first, second)):
        per_article = side.dropna(subset=[value]).groupby("article_id", sort=True)[value].agg(["sum", "count"])
        if len(per_article) < FEWEST_ARTICLES:
            return float("nan"), float("nan")
        sums, counts = (per_article[name].to_numpy(dtype="float64") for name in ("sum", "count"))
        means.append(_drawn_means(sums, counts, SCALE, seed + place))  # the same draws would go together
    low, high = np.quantile(means[1] - means[0], [0.025, 0.975])
    return float(low), float(high)


def rate_intervals(
    counts: NDArray[np.float64], sizes: NDArray[np.float64], *, seed: int = SEED
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return how often things occur per unit of size, over all articles together, with 95% intervals.

    Parameters
    ----------
    counts : array (articles, things)
        How often each article has each thing.
    sizes : array (articles,)
        How large each article is, in any unit, such as thousands of words; not all 0.
    seed : int
        Of the draws.

    Returns
    -------
    array, array, array, each (things,)
        Rate (0 or more, per unit of size), low and high; the last two NaN with fewer than 3 articles.

    Examples
    --------
    >>> rate, low, high = rate_intervals(np.array([[1.0], [3.0], [2.0]]), np.array([1.0, 1.0, 1.0]))
    >>> rate.tolist(), low.tolist(), high.tolist()
    ([2.0], [1.0], [3.0])
    """
    rate = counts.sum(axis=0) / sizes.sum()
    if len(sizes) < FEWEST_ARTICLES:
        return rate, np.full_like(rate, np.nan), np.full_like(rate, np.nan)
    low, high = np.quantile(_drawn_ratios(counts, sizes, seed), [0.025, 0.975], axis=0)
    return rate, low, high


def _interval(
    sums: NDArray[np.float64], counts: NDArray[np.float64], scale: tuple[float, float], seed: int
) -> tuple[float, float]:
    """Return the 2.5% and 97.5% points of the mean of all rows over draws of articles."""
    if len(sums) < FEWEST_ARTICLES:
        return float("nan"), float("nan")
    low, high = np.quantile(_drawn_means(sums, counts, scale, seed), [0.025, 0.975])
    return float(low), float(high)


def _drawn_means(
    sums: NDArray[np.float64], counts: NDArray[np.float64], scale: tuple[float, float], seed: int
) -> NDArray[np.float64]:
    """Return the means of `DRAWS` draws from the articles and one more at either end of the scale."""
    size = counts.mean()
    sums = np.append(sums, np.multiply(size, scale))
    return _drawn_ratios(sums[:, None], np.append(counts, [size, size]), seed)[:, 0]


def _drawn_ratios(sums: NDArray[np.float64], counts: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Return, for `DRAWS` draws of k - 1 of k articles, sum over sum: (draws, columns of `sums`)."""
    k = len(sums)
    rng = np.random.default_rng(seed)
    at_once = min(DRAWS, max(1, _WEIGHTS_AT_ONCE // k))
    ratios = []
    for done in range(0, DRAWS, at_once):
        drawn = rng.multinomial(k - 1, np.full(k, 1 / k), size=min(at_once, DRAWS - done))
        ratios.append((drawn @ sums) / (drawn @ counts)[:, None])
    return np.concatenate(ratios)


def _as_tuple(key: object) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)
