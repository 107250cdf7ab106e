"""Comparison of two reports: what changed in the figures, and why.

A figure changes for two reasons. Other articles are in it: new ones, ones that are gone, ones whose text was changed.
Or the same articles were read otherwise: another codebook, other models, another version of the program. The change of
every mean is split into the two: m0 is the mean before, m1 that mean without the articles that are gone or changed, m2
the mean of the articles that stayed, as they are read now, m3 the mean now. (m1 - m0) + (m3 - m2) is due to articles,
m2 - m1 to reading; together they are the whole change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from analysis.bootstrap import mean_intervals
from analysis.codebook import Codebook
from analysis.tables import Tables

_CELL = ["actor_id", "target_id"]
_ARTICLES = ["article_id", "change", "source", "published", "title"]
CELLS = [
    *_CELL,
    *(f"{side}{figure}" for side in ("before", "now") for figure in ("", "_low", "_high", "_n", "_articles")),
    *("change", "by_articles", "by_reading", "because"),
]
# Of the packages, those that scores depend on; of what is asked for, what figures depend on.
_PACKAGES = ("nltk", "numpy", "onnxruntime", "pandas", "textblob", "tokenizers", "vaderSentiment")
_ASKED = ("corpus", "since", "until", "actors", "copies")
_SMALLEST = 0.005  # a change below this is none: figures are shown with two decimals


@dataclass(frozen=True)
class Edition:
    """A report as far as it is compared: its tables, its codebook, and its manifest (`analysis.manifest`)."""

    tables: Tables
    codebook: Codebook
    manifest: Mapping[str, Any]


def changed_articles(before: Tables, now: Tables) -> pd.DataFrame:
    """Return the articles that are not in both, or not with the same text.

    Returns
    -------
    DataFrame
        ``article_id``, ``change`` ('new', 'gone', 'text changed'), ``source``, ``published``, ``title``; the new first.
    """
    both = now.articles.merge(before.articles, on="article_id", how="outer", suffixes=("", "_old"), indicator=True)
    kinds = {"left_only": "new", "right_only": "gone", "both": "text changed"}
    both["change"] = both["_merge"].astype("str").map(kinds)
    gone = both["change"] == "gone"
    for column in ("source", "published", "title"):
        both[column] = both[column].where(~gone, both[f"{column}_old"])
    changed = both[(both["_merge"] != "both") | (both["sha256"] != both["sha256_old"])]
    order = changed["change"].map({"new": 0, "text changed": 1, "gone": 2})
    placed = changed.assign(order=order).sort_values(["order", "published", "article_id"], kind="stable")
    return placed[_ARTICLES].reset_index(drop=True)


def changed_codebook(before: Codebook, now: Codebook) -> pd.DataFrame:
    """Return the actors and issues that were added, removed or changed.

    Returns
    -------
    DataFrame
        ``kind`` ('actor', 'issue'), ``id``, ``name`` (or label), ``change`` ('new', 'gone', 'changed').
    """
    rows = []
    for kind, old, new in (
        ("actor", {a.actor_id: (a.name, a) for a in before.actors}, {a.actor_id: (a.name, a) for a in now.actors}),
        ("issue", {i.issue_id: (i.label, i) for i in before.issues}, {i.issue_id: (i.label, i) for i in now.issues}),
    ):
        for slug in sorted({*old, *new}):
            if old.get(slug) != new.get(slug):
                change = "gone" if slug not in new else "changed" if slug in old else "new"
                rows.append((kind, slug, new.get(slug, old.get(slug))[0], change))  # type: ignore[index]
    return pd.DataFrame(rows, columns=["kind", "id", "name", "change"])


def changed_program(before: Mapping[str, Any], now: Mapping[str, Any]) -> pd.DataFrame:
    """Return what else was not the same, from two manifests: models, word lists, program, packages, what was asked for.

    Returns
    -------
    DataFrame
        ``what``, ``before``, ``now``; a SHA-256 by its first digits, '' where there was none.
    """
    rows = []
    for name, old, new in _pairs(before.get("inputs", {}), now.get("inputs", {})):
        if name.startswith(("models/", "lexicons/")):
            rows.append((name, str(old)[:12], str(new)[:12]))
    rows += [(name, str(old), str(new)) for name, old, new in _pairs(_program(before), _program(now))]
    rows += [
        (f"asked for: {name}", str(old), str(new))
        for name, old, new in _pairs(_asked(before.get("parameters", {})), _asked(now.get("parameters", {})))
    ]
    return pd.DataFrame(rows, columns=["what", "before", "now"])


def moved_cells(before: Edition, now: Edition) -> pd.DataFrame:
    """Return the cells of actor by issue whose mean is not what it was, the one that moved most first.

    Returns
    -------
    DataFrame
        ``actor_id``, ``target_id``, ``before``, ``before_low``, ``before_high``, ``before_n``, ``before_articles``
        (mean, -1 to 1, its 95% interval, stances; NaN and 0 where there were none), ``now`` and the like, ``change``
        (now minus before), ``by_articles``, ``by_reading`` (its two parts; NaN where they cannot be told apart),
        ``because`` (in words).
    """
    old, new = (_issues(edition.tables) for edition in (before, now))
    other = set(changed_articles(before.tables, now.tables)["article_id"])
    reasons = _reasons(before, now)
    rows = []
    groups = [dict(list(frame.groupby(_CELL))) for frame in (old, new)]
    for key in sorted({*groups[0], *groups[1]}):
        was, is_now = (group.get(key, old.head(0)) for group in groups)
        stayed = [frame[~frame["article_id"].isin(other)] for frame in (was, is_now)]
        m0, m1, m2, m3 = (_mean(frame) for frame in (was, *stayed, is_now))
        articles, reading = (m1 - m0) + (m3 - m2), m2 - m1
        same = len(stayed[0]) == len(stayed[1]) and (len(stayed[0]) == 0 or abs(reading) < _SMALLEST)
        moved = len(was) != len(is_now) if np.isnan(m3 - m0) else abs(m3 - m0) >= _SMALLEST
        if not moved:
            continue
        if same:
            articles, reading = m3 - m0, 0.0
        because = [] if same else [reasons]
        because += [f"{count} {words}" for count, words in _article_reasons(was, is_now, other)]
        rows.append((*key, *_figures(was), *_figures(is_now), m3 - m0, articles, reading, "; ".join(because)))
    frame = pd.DataFrame(rows, columns=CELLS)
    order = frame["change"].abs().fillna(-1).sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def changes_in_words(before: Edition, now: Edition) -> list[str]:
    """Return what changed and why, in sentences."""
    articles = changed_articles(before.tables, now.tables)["change"].value_counts()
    codebook = changed_codebook(before.codebook, now.codebook)
    cells = moved_cells(before, now)
    counts = [f"{articles[kind]} {kind}" for kind in ("new", "text changed", "gone") if kind in articles]
    said = [f"Articles: {', '.join(counts)}." if counts else "The articles are the same."]
    if len(codebook):
        named = ", ".join(f"{row.name} ({row.change})" for row in codebook.itertuples(index=False, name="Row"))
        said.append(f"Codebook: {named}.")
    else:
        said.append("Actors and issues of the codebook are the same.")
    program = changed_program(before.manifest, now.manifest)["what"]
    said.append(f"Also not the same: {', '.join(program)}." if len(program) else "Program and models are the same.")
    told = cells["change"].notna()
    appeared, gone = int((cells["before"].isna()).sum()), int((cells["now"].isna()).sum())
    said.append(
        f"Stances of actors on issues: {int(told.sum())} moved, {appeared} were not there before, {gone} are gone."
        if len(cells)
        else "No stance of an actor on an issue moved."
    )
    return said


def _issues(tables: Tables) -> pd.DataFrame:
    return tables.stances[tables.stances["target_kind"] == "issue"]


def _mean(frame: pd.DataFrame) -> float:
    return float(frame["score"].mean()) if len(frame) else float("nan")


def _figures(frame: pd.DataFrame) -> tuple[float, float, float, int, int]:
    """Return mean, low, high, n, articles of stances of one actor on one issue."""
    if frame.empty:
        return float("nan"), float("nan"), float("nan"), 0, 0
    figures = mean_intervals(frame, _CELL, "score").iloc[0]
    return figures["mean"], figures["low"], figures["high"], int(figures["n"]), int(figures["articles"])


def _article_reasons(was: pd.DataFrame, is_now: pd.DataFrame, other: set[str]) -> Iterable[tuple[int, str]]:
    left, came = (set(frame["article_id"]) & other for frame in (was, is_now))
    for count, words in ((len(came - left), "new"), (len(left - came), "gone"), (len(left & came), "changed")):
        if count:
            yield count, f"article{'s' * (count > 1)} {words}"


def _reasons(before: Edition, now: Edition) -> str:
    """Return why the same articles may be read otherwise, in words."""
    causes = []
    if len(changed_codebook(before.codebook, now.codebook)):
        causes.append("codebook")
    what = changed_program(before.manifest, now.manifest)["what"].tolist()
    for start, cause in (("models/", "models"), ("lexicons/", "word lists"), ("program", "program")):
        if any(name.startswith(start) for name in what):
            causes.append(cause)
    return f"read anew (other {', '.join(causes)})" if causes else "read anew"


def _program(manifest: Mapping[str, Any]) -> dict[str, Any]:
    packages = manifest.get("packages", {})
    return {"program": manifest.get("code", "")} | {
        f"package {name}": packages[name] for name in sorted(packages) if name in _PACKAGES
    }


def _asked(parameters: Mapping[str, Any]) -> dict[str, Any]:
    asked = {name: parameters.get(name, "") for name in _ASKED}
    return asked | {"corpus": PurePath(str(asked["corpus"])).name}


def _pairs(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = sorted({*before, *now})
    return [(name, before.get(name, ""), now.get(name, "")) for name in names if before.get(name) != now.get(name)]
