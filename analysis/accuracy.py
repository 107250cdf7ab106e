"""Accuracy: how well each method does on the gold of the sample, measured and said under its charts."""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO

import pandas as pd

from analysis.bootstrap import SEED
from analysis.cache import named_folder
from analysis.codebook import read_codebook
from analysis.corpus import inspect_corpus
from analysis.paths import CODEBOOK, GOLD, SAMPLE

_SAID = {"end-to-end": "right words with the right speaker, F1"}
_FIGURES = {  # task and part of the evaluation, its figures and how to say them
    "statements": ("statements", "all", _SAID),
    "tone": ("statements", "all", _SAID),
    "portrayal": ("portrayal", "in reports", {"macro-F1": "macro-F1 over negative, neutral, positive"}),
    "stance": (
        "actor-issue",
        "issue",
        {"label accuracy": "of all stances on issues, found with the right label", "right": "of those found, right"},
    ),
}


@cache
def measure_sample(seed: int = SEED) -> pd.DataFrame:
    """Return all figures on the gold of the sample, whose articles are scored for it; as `evaluation.evaluate`.

    Where the environment names a cache, what was measured before with the same program, models and gold is not
    measured again.
    """
    from analysis.layers import open_cache
    from analysis.versions import version_of

    version = version_of("accuracy")
    key = hashlib.sha256(f"accuracy {version} {seed} {_measured_on()}".encode()).digest()
    with open_cache(named_folder()) as kept:
        known = kept.get([key]).get(key)
    if known is not None:
        return pd.read_parquet(BytesIO(known))
    measured = _measure(seed)
    with open_cache(named_folder()) as kept:
        kept.put(version, {key: measured.to_parquet(index=False)})
    return measured


def _measure(seed: int) -> pd.DataFrame:
    from analysis.evaluation import load_gold
    from analysis.scoring import score
    from analysis.validation import measure_all

    coded = {row["id"] for row in load_gold("stance")}
    articles, _ = inspect_corpus(SAMPLE)
    return measure_all(score(articles[articles["article_id"].isin(coded)], read_codebook()), seed=seed)


def _measured_on() -> str:
    """Return what tells the gold, the articles that it codes and their codebook from any other."""
    files = [CODEBOOK, *sorted(GOLD.rglob("*")), *sorted(SAMPLE.rglob("*"))]
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()]
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()


def accuracy_in_words(measured: pd.DataFrame, task: str) -> str:
    """Return how well the method of a task (articles, statements, tone, portrayal, stance) does; '' if not measured."""
    if task not in _FIGURES:
        return ""
    name, part, figures = _FIGURES[task]
    chosen = (measured["task"] == name) & (measured["part"] == part) & (measured["method"] != "VADER")
    rows = measured[chosen].drop_duplicates("figure").set_index("figure")
    said = [
        f"{words}, {rows.loc[figure, 'value']:.0f}% "
        f"(95%: {rows.loc[figure, 'low']:.0f} to {rows.loc[figure, 'high']:.0f})"
        for figure, words in figures.items()
        if figure in rows.index
    ]
    if not said:
        return ""
    n = rows["n"].iloc[0]
    return f"Measured on the gold of the sample (n={n}): {'; '.join(said)}."
