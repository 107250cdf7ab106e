"""Validation: every figure measured on gold in one table, and gold beside what was found, row by row.

`analysis.evaluation` says how often the methods are right; this shows where they go wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.bootstrap import SEED
from analysis.evaluation import COLUMNS, evaluate, evaluate_actor_issue, load_gold
from analysis.tables import PORTRAYAL_LABELS, STANCE_LABELS, Tables

__all__ = [
    "NOT_FOUND",
    "PORTRAYAL_LABELS",
    "STANCE_LABELS",
    "confusion",
    "headlines",
    "measure_all",
    "portrayal_answers",
    "stance_answers",
    "worst_errors",
]
NOT_FOUND = "not found"
# One figure a task says most: what a reader should look at first.
HEADLINES = {"statements": "end-to-end", "portrayal": "macro-F1", "stance": "macro-F1", "actor-issue": "label accuracy"}


def measure_all(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return all figures on the gold of the sample.

    Parameters
    ----------
    tables : Tables
        Where they hold articles of the gold, the stances found in them are measured too (task 'actor-issue').
    seed : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        As `analysis.evaluation.evaluate`.
    """
    measured = [evaluate(task, seed=seed) for task in ("statements", "portrayal", "stance")]
    if not {row["id"] for row in load_gold("stance")}.isdisjoint(tables.articles["article_id"]):
        measured.append(evaluate_actor_issue(tables, seed=seed))
    return pd.concat(measured, ignore_index=True)[list(COLUMNS)]


def headlines(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the one figure of each task, part and method that says most, of `measure_all`.

    >>> figures = {"task": "statements", "part": ["all", "all", "speech"], "figure": ["span", *["end-to-end"] * 2]}
    >>> headlines(pd.DataFrame(figures)).values.tolist()
    [['statements', 'all', 'end-to-end']]
    """
    said = figures["figure"] == figures["task"].map(HEADLINES)
    return figures[said & (figures["part"] != "speech")].reset_index(drop=True)


def portrayal_answers(path: Path | None = None) -> pd.DataFrame:
    """Return each portrayal of the gold beside the one that a report shows.

    Parameters
    ----------
    path : path, optional
        Portrayal gold; else the sample's.

    Returns
    -------
    DataFrame
        ``article_id``, ``actor_id``, ``before``, ``words`` (the mention), ``after`` (in its sentence), ``gold``,
        ``found``, ``chance_of_gold`` (what the method gave the coded label, 0 to 1: low means sure and wrong).

    Raises
    ------
    GoldError
        As in `analysis.evaluation.load_gold`.
    """
    from analysis.known import known_portrayals
    from analysis.portrayal import as_in_news

    rows = load_gold("portrayal", path)
    spans = [(row["start"], row["end"]) for row in rows]
    chances = as_in_news(known_portrayals([row["text"] for row in rows], spans))
    answers = [
        {
            "article_id": row.get("id", ""),
            "actor_id": row.get("actor_id", ""),
            "before": row["text"][: row["start"]],
            "words": row["text"][row["start"] : row["end"]],
            "after": row["text"][row["end"] :],
            "gold": row["label"],
            "found": PORTRAYAL_LABELS[int(chance.argmax())],
            "chance_of_gold": float(chance[PORTRAYAL_LABELS.index(row["label"])]),
        }
        for row, chance in zip(rows, chances, strict=True)
    ]
    return pd.DataFrame(answers)


def stance_answers(tables: Tables, path: Path | None = None) -> pd.DataFrame:
    """Return each stance of the gold beside the one found in the same article for the same actor and target.

    Parameters
    ----------
    tables : Tables
        Of a corpus that holds the gold's articles; gold of other articles is passed over.
    path : path, optional
        Stance gold with id (of the article), actor_id, target_id, start, end; else the sample's.

    Returns
    -------
    DataFrame
        ``article_id``, ``actor_id``, ``target_id``, ``words``, ``kind`` (of statement, or act), ``gold``, ``found``:
        the label of the found stance whose evidence shares most with the coded words, `NOT_FOUND` where none shares
        any; ``score`` of it (NaN where none).

    Raises
    ------
    GoldError
        As in `analysis.evaluation.load_gold`.
    """
    by_key = dict(iter(tables.stances.groupby(["article_id", "actor_id", "target_id"])))
    read = set(tables.articles["article_id"])
    answers = []
    for row in load_gold("stance", path):
        if row["id"] not in read:
            continue
        label, score = NOT_FOUND, float("nan")
        found = by_key.get((row["id"], row["actor_id"], row["target_id"]))
        if found is not None:
            shared = np.minimum(found["evidence_end"], row["end"]) - np.maximum(found["evidence_start"], row["start"])
            if shared.max() > 0:
                label, score = found.loc[shared.idxmax(), ["label", "score"]]
        answers.append(
            {
                "article_id": row["id"],
                "actor_id": row["actor_id"],
                "target_id": row["target_id"],
                "words": row["text"],
                "kind": row.get("kind", ""),
                "gold": row["label"],
                "found": label,
                "score": score,
            }
        )
    columns = ["article_id", "actor_id", "target_id", "words", "kind", "gold", "found", "score"]
    return pd.DataFrame(answers, columns=columns)


def confusion(answers: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Return how often each label was found for each label of the gold.

    Parameters
    ----------
    answers : DataFrame
        Columns ``gold`` and ``found``.
    labels : sequence of str
        In the order wanted; what is found besides comes after them.

    Returns
    -------
    DataFrame
        ``gold``, ``found``, ``n``; a row a pair, also where `n` is 0.

    Examples
    --------
    >>> answers = pd.DataFrame({"gold": ["a", "a", "b"], "found": ["a", "b", "b"]})
    >>> confusion(answers, ["a", "b"])["n"].tolist()
    [1, 1, 0, 1]
    """
    found = [*labels, *sorted(set(answers["found"]) - set(labels))]
    pairs = pd.MultiIndex.from_product([labels, found], names=["gold", "found"])
    return answers.groupby(["gold", "found"]).size().reindex(pairs, fill_value=0).reset_index(name="n")


def worst_errors(answers: pd.DataFrame, rows: int) -> pd.DataFrame:
    """Return the wrong answers of `portrayal_answers` that the method was surest of, the surest first.

    >>> answers = pd.DataFrame({"gold": ["a", "a", "b"], "found": ["a", "b", "a"], "chance_of_gold": [0.9, 0.3, 0.1]})
    >>> worst_errors(answers, 1)["chance_of_gold"].tolist()
    [0.1]
    """
    wrong = answers[answers["gold"] != answers["found"]]
    return wrong.sort_values("chance_of_gold", kind="stable", ignore_index=True).head(rows)
