"""Accuracy: how well each method does on the gold of the sample, measured and said under its charts."""

from __future__ import annotations

from functools import cache

import pandas as pd

from analysis.bootstrap import SEED
from analysis.codebook import read_codebook
from analysis.corpus import inspect_corpus
from analysis.paths import SAMPLE

_SAID = {"end-to-end": "right words with the right speaker, F1"}
_FIGURES = {  # task and part of the evaluation, its figures and how to say them
    "statements": ("statements", "all", _SAID),
    "tone": ("statements", "all", _SAID),
    "portrayal": ("portrayal", "all", {"macro-F1": "macro-F1 over negative, neutral, positive"}),
    "stance": (
        "actor-issue",
        "issue",
        {"label accuracy": "of all stances on issues, found with the right label", "right": "of those found, right"},
    ),
}


@cache
def measure_sample(seed: int = SEED) -> pd.DataFrame:
    """Return all figures on the gold of the sample, whose articles are scored for it; as `evaluation.evaluate`."""
    from analysis.evaluation import load_gold
    from analysis.scoring import score
    from analysis.validation import measure_all

    coded = {row["id"] for row in load_gold("stance")}
    articles, _ = inspect_corpus(SAMPLE)
    return measure_all(score(articles[articles["article_id"].isin(coded)], read_codebook()), seed=seed)


def accuracy_in_words(measured: pd.DataFrame, task: str) -> str:
    """Return how well the method of a task (articles, statements, tone, portrayal, stance) does; '' if not measured."""
    if task not in _FIGURES:
        return ""
    name, part, figures = _FIGURES[task]
    chosen = (measured["task"] == name) & (measured["part"] == part) & (measured["method"] != "VADER")
    rows = measured[chosen].set_index("figure")
    said = [
        f"{words}, {rows.loc[figure, 'value']:.0f}% "
        f"(95%: {rows.loc[figure, 'low']:.0f} to {rows.loc[figure, 'high']:.0f})"
        for figure, words in figures.items()
    ]
    n = rows.loc[next(iter(figures)), "n"]
    return f"Measured on the gold of the sample (n={n}): {'; '.join(said)}."
