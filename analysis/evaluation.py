"""Evaluation: how well each task is done, measured on human-coded answers (gold).

Every figure is in percent, higher is better, and comes with the 95% interval that the articles (statements) or rows
(all else) of the gold allow. Alpha alone runs from -100 to 100, 0 being what chance gives.

- statements: ``span``: F1 of the contents found, one to one, a match from a Jaccard overlap of 0.5; ``exact``: F1 of
  contents with the very same letters; ``speaker``: of the matches with a gold speaker, how many found that phrase;
  ``end-to-end``: F1 of matches with the right speaker, by name where the gold resolves it; ``recall`` by kind.
  Part ``speech`` leaves attributions of thought aside.
- portrayal: ``macro-F1`` over three classes; ``F1pn``: mean of negative and positive; ``accuracy``.
- stance: ``macro-F1``; ``Favg``: mean of support and oppose F1; ``accuracy``; ``alpha``: Krippendorff's, between method
  and gold, per target. Parts ``issue`` and ``actor``: the kind of target; ``zero-shot``: targets not seen in training;
  ``two-way``: gold that has no neutral class, the likelier of both sides, averaged over targets.
- relations: ``macro-F1`` over neither, and each direction positive or negative; ``macro-F1 directed``: without neither.
- actor by issue: see `evaluate_actor_issue`.

References
----------
Newell, E., Margolin, D., Ruths, D. (2018). An Attribution Relations Corpus for Political News. LREC.
Hamborg, F. and Donnay, K. (2021). NewsMTSC. EACL.
Allaway, E. and McKeown, K. (2020). Zero-Shot Stance Detection. EMNLP.
Mohammad, S. et al. (2016). SemEval-2016 Task 6: Detecting Stance in Tweets.
Park, K., Pan, Z., Joo, J. (2021). Who Blames or Endorses Whom? Findings of ACL.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.bootstrap import SEED
from analysis.matching import LEAST_OVERLAP, content_letters, is_speech, letters, overlap, pair_up, same_name
from analysis.measures import Counts, Figures, class_f1, confusions, krippendorff_alpha, with_intervals
from analysis.paths import GOLD
from analysis.tables import PORTRAYAL_LABELS, STANCE_LABELS, Tables

Row = Mapping[str, Any]

FIELDS: dict[str, tuple[str, ...]] = {
    "statements": ("text", "statements"),
    "portrayal": ("text", "start", "end", "label"),
    "stance": ("text", "target", "label"),
    "relations": ("text", "first", "second", "first_to_second", "second_to_first"),
}
TASKS = tuple(FIELDS)
SAMPLE_GOLD = {"statements": "statements.jsonl", "portrayal": "portrayal.jsonl", "stance": "stances.jsonl"}
RELATIONS = ((0, 0), (1, 0), (0, 1), (-1, 0), (0, -1))  # (first to second, second to first)
COLUMNS = ("task", "part", "method", "figure", "value", "low", "high", "n")
_SIDE = {"oppose": -1, "neutral": 0, "support": 1}
MOST_TARGETS = 30  # alpha per target is given up to here: the issues of a codebook, not the topics of a benchmark


class GoldError(ValueError):
    """Gold that cannot be used."""


def load_gold(task: str, path: Path | str | None = None) -> list[Row]:
    """Return the rows of a gold file (JSON lines, also .gz); without a path, of the sample's gold.

    Raises
    ------
    GoldError
        For an unknown task, no file, or a row that lacks a field; the message names file, line and field.
    """
    if task not in FIELDS:
        raise GoldError(f"no task {task!r}: use one of {', '.join(TASKS)}")
    if path is None:
        if task not in SAMPLE_GOLD:
            raise GoldError(
                f"the sample has no gold for {task}: give a gold file, or take one of {', '.join(SAMPLE_GOLD)}"
            )
        path = GOLD / SAMPLE_GOLD[task]
    path = Path(path)
    rows: list[Row] = []
    try:
        with gzip.open(path, "rt", encoding="utf8") if path.suffix == ".gz" else path.open(encoding="utf8") as file:
            for number, line in enumerate(file, 1):
                rows.append(_checked(json.loads(line), task, f"{path}, line {number}"))
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise GoldError(f"gold {path} cannot be read ({error}): give a file of JSON lines") from error
    except json.JSONDecodeError as error:
        raise GoldError(f"{path}, line {len(rows) + 1}: no JSON ({error}): write one JSON object a line") from error
    if not rows:
        raise GoldError(f"gold {path} has no rows")
    return rows


def evaluate(task: str, path: Path | str | None = None, *, seed: int = SEED) -> pd.DataFrame:
    """Return how well a task is done on gold.

    Parameters
    ----------
    task : {'statements', 'portrayal', 'stance', 'relations'}
    path : path, optional
        The gold file; else the sample's.
    seed : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        ``task``, ``part``, ``method``, ``figure``, ``value``, ``low``, ``high`` (percent; NaN where fewer than 3
        articles or rows bound nothing), ``n`` (gold statements or rows).

    Raises
    ------
    GoldError
        As in `load_gold`.
    """
    rows = load_gold(task, path)
    measure = {"statements": _statements, "portrayal": _portrayal, "stance": _stance, "relations": _relations}[task]
    return pd.DataFrame(measure(rows, seed), columns=list(COLUMNS[1:])).assign(task=task)[list(COLUMNS)]


def evaluate_actor_issue(tables: Tables, path: Path | str | None = None, *, seed: int = SEED) -> pd.DataFrame:
    """Return how well the stances that `score` found in a corpus agree with those coded by hand in the same articles.

    A found stance answers a gold one of the same article, actor and target whose evidence it overlaps.

    Parameters
    ----------
    tables : Tables
        Of a corpus that holds the gold's articles.
    path : path, optional
        Stance gold with id (of the article), actor_id, target_kind, target_id, start, end; else the sample's.

    Returns
    -------
    DataFrame
        As `evaluate`, in percent, task 'actor-issue', part ``issue`` or ``actor`` (the target's kind): ``found``: gold
        stances that were answered; ``right``: of those, with the same label; ``flips``: of those, support taken for
        oppose or the reverse (lower is better); ``label accuracy``: gold stances answered with the same label;
        ``spurious``: found stances in the gold's articles that answer none (lower is better). Part ``cells``:
        stances by actor and issue; a cell is support or oppose, whichever more of its stances take, also where a
        report shows no side for want of evidence; its figures have the same names and meaning.

    Raises
    ------
    GoldError
        As in `load_gold`, and when the corpus holds none of the gold's articles.
    """
    rows = pd.DataFrame(load_gold("stance", path))
    gold = rows[rows["id"].isin(tables.articles["article_id"])].rename(columns={"id": "article_id"})
    if gold.empty:
        raise GoldError("the corpus holds none of the gold's articles: score the corpus that the gold was coded on")
    found = tables.stances[tables.stances["article_id"].isin(gold["article_id"])]
    out: list[tuple[Any, ...]] = []
    for kind in ("issue", "actor"):
        counts = _count_stances(gold[gold["target_kind"] == kind], found[found["target_kind"] == kind])
        n = int(counts[:, 0].sum())
        out += [(kind, "measured", *figure, n) for figure in with_intervals(counts, _stance_figures, seed)]
    counts = _count_cells(*(frame[frame["target_kind"] == "issue"] for frame in (gold, found)))
    cells = with_intervals(counts, _stance_figures, seed)
    out += [("cells", "measured", *figure, int(counts[:, 0].sum())) for figure in cells]
    return pd.DataFrame(out, columns=list(COLUMNS[1:])).assign(task="actor-issue")[list(COLUMNS)]


def _count_cells(gold: pd.DataFrame, found: pd.DataFrame) -> Counts:
    """Return per cell of actor and issue what `_count_stances` returns per article."""
    sides = [
        frame.groupby(["actor_id", "target_id"])["label"].agg(lambda labels: np.sign(labels.map(_SIDE).sum()))
        for frame in (gold, found)
    ]
    cells = pd.concat(sides, axis=1, keys=["gold", "found"]).sort_index().astype("float64")
    coded, answered = cells["gold"].notna(), cells["found"].notna()
    both = coded & answered
    right, flipped = cells["gold"] == cells["found"], cells["gold"] * cells["found"] < 0
    return np.stack([coded, both, both & right, both & flipped, answered, answered & ~coded], axis=1).astype(np.float64)


def _count_stances(gold: pd.DataFrame, found: pd.DataFrame) -> Counts:
    """Return per article: gold stances, answered, right, flipped; found stances, of them spurious."""
    key = ["article_id", "actor_id", "target_id"]
    pairs = gold.assign(gold_row=range(len(gold))).merge(found.assign(found_row=range(len(found))), on=key)
    shared = pairs[["end", "evidence_end"]].min(axis=1) - pairs[["start", "evidence_start"]].max(axis=1)
    pairs = pairs.assign(shared=shared)[shared > 0]
    best = pairs.sort_values(["shared", "found_row"], ascending=[False, True], kind="stable").drop_duplicates(
        "gold_row"
    )
    sides = best["label_x"].map(_SIDE).astype("float64") * best["label_y"].map(_SIDE).astype("float64")
    spurious = found[~pd.Series(range(len(found)), index=found.index).isin(pairs["found_row"])]
    per_article = [
        gold.groupby("article_id").size(),
        best.groupby("article_id").size(),
        best[best["label_x"] == best["label_y"]].groupby("article_id").size(),
        best[sides < 0].groupby("article_id").size(),
        found.groupby("article_id").size(),
        spurious.groupby("article_id").size(),
    ]
    counted = pd.concat(per_article, axis=1).fillna(0).sort_index()
    return np.asarray(counted, dtype=np.float64)


def _stance_figures(totals: Counts) -> Figures:
    gold, answered, right, flipped, found, spurious = np.moveaxis(totals, -1, 0)
    return {
        "found": answered / np.maximum(gold, 1),
        "right": right / np.maximum(answered, 1),
        "flips": flipped / np.maximum(answered, 1),
        "label accuracy": right / np.maximum(gold, 1),
        "spurious": spurious / np.maximum(found, 1),
    }


def _checked(row: Any, task: str, place: str) -> Row:
    missing = [field for field in FIELDS[task] if not isinstance(row, dict) or field not in row]
    if missing:
        raise GoldError(f"{place}: no field {missing[0]!r}; gold for {task} has {', '.join(FIELDS[task])}")
    allowed = {"portrayal": PORTRAYAL_LABELS, "stance": STANCE_LABELS}.get(task)
    if allowed and row["label"] not in allowed:
        raise GoldError(f"{place}: label {row['label']!r} is none of {', '.join(allowed)}")
    return dict(row)


_KINDS = ("direct", "mixed", "indirect")
_COUNTED = (
    *("gold", "found", "exact", "span", "speakers", "speaker", "end-to-end"),
    *(f"gold {kind}" for kind in _KINDS),
    *(f"span {kind}" for kind in _KINDS),
)


def _statements(rows: Sequence[Row], seed: int) -> list[tuple[Any, ...]]:
    from analysis.known import known_statements

    found = known_statements([row["text"] for row in rows])
    out: list[tuple[Any, ...]] = []
    for part in ("all", "speech"):
        counts = np.array(
            [_count_statements(row, f, speech=part == "speech") for row, f in zip(rows, found, strict=True)]
        )
        n = int(counts[:, 0].sum())
        out += [(part, "measured", *figure, n) for figure in with_intervals(counts, _statement_figures, seed)]
    return out


def _count_statements(row: Row, extracted: Sequence[Any], *, speech: bool) -> list[float]:
    """Return the counts named in `_COUNTED` of one article."""
    text = row["text"]
    gold = [(content, g) for g in row["statements"] if (content := content_letters(text, g["content"]))]
    found = [(content, f) for f in extracted if (content := content_letters(text, f.spans))]
    if speech:
        thoughts = [content for content, g in gold if not is_speech(text, g["kind"], g["cue"])]
        gold = [(content, g) for content, g in gold if is_speech(text, g["kind"], g["cue"])]
        found = [
            (content, f)
            for content, f in found
            if any(overlap(content, g) >= LEAST_OVERLAP for g, _ in gold)
            or not any(overlap(content, t) >= LEAST_OVERLAP or 2 * len(content & t) > len(content) for t in thoughts)
        ]
    n = dict.fromkeys(_COUNTED, 0.0) | {"gold": float(len(gold)), "found": float(len(found))}
    for _, g in gold:
        n[f"gold {g['kind']}"] += 1
    contents = [content for content, _ in gold], [content for content, _ in found]
    n["exact"] = len(pair_up(*contents, lambda one, other: float(one == other), 1.0))
    for i, j in pair_up(*contents, overlap, LEAST_OVERLAP):
        g, f = gold[i][1], found[j][1]
        n["span"] += 1
        n[f"span {g['kind']}"] += 1
        named = bool(f.speaker and g["speaker"]) and bool(letters(text, g["speaker"]) & letters(text, [f.speaker]))
        n["speakers"] += bool(g["speaker"])
        n["speaker"] += named
        if g.get("speaker_name"):
            n["end-to-end"] += same_name(f.speaker_name, g["speaker_name"])
        else:
            n["end-to-end"] += named if g["speaker"] else not f.speaker
    return list(n.values())


def _statement_figures(totals: Counts) -> Figures:
    n = {name: totals[..., at] for at, name in enumerate(_COUNTED)}
    both = np.maximum(n["gold"] + n["found"], 1)
    out = {
        "span": 2 * n["span"] / both,
        "exact": 2 * n["exact"] / both,
        "speaker": n["speaker"] / np.maximum(n["speakers"], 1),
        "end-to-end": 2 * n["end-to-end"] / both,
    }
    return out | {f"recall {kind}": n[f"span {kind}"] / np.maximum(n[f"gold {kind}"], 1) for kind in _KINDS}


def _portrayal(rows: Sequence[Row], seed: int) -> list[tuple[Any, ...]]:
    from analysis.known import known_portrayals
    from analysis.portrayal import as_in_news, lexicon_portrayals

    texts, spans = [row["text"] for row in rows], [(row["start"], row["end"]) for row in rows]
    gold = [PORTRAYAL_LABELS.index(row["label"]) for row in rows]
    chances, compound = known_portrayals(texts, spans), lexicon_portrayals(texts, spans)
    # VADER's authors read a compound between -0.05 and 0.05 as neutral.
    answers = {
        ("all", "measured"): chances.argmax(axis=1),
        ("in reports", "measured"): as_in_news(chances).argmax(axis=1),
        ("all", "VADER"): 1 + (compound >= 0.05).astype(int) - (compound <= -0.05).astype(int),
    }

    def figures(totals: Counts) -> Figures:
        confusion = totals.reshape(*totals.shape[:-1], 3, 3)
        f1 = class_f1(confusion)
        right = np.trace(confusion, axis1=-2, axis2=-1) / np.maximum(totals.sum(axis=-1), 1)
        return {"macro-F1": f1.mean(axis=-1), "F1pn": f1[..., [0, 2]].mean(axis=-1), "accuracy": right}

    return [
        (*told, *figure, len(rows))
        for told, found in answers.items()
        for figure in with_intervals(confusions(gold, found.tolist(), 3), figures, seed)
    ]


def _stance(rows: Sequence[Row], seed: int) -> list[tuple[Any, ...]]:
    from analysis.stance import score_stances

    chances = score_stances([row["text"] for row in rows], [row["target"] for row in rows])
    gold = np.array([STANCE_LABELS.index(row["label"]) for row in rows])
    likeliest = chances.argmax(axis=1)

    def figures(totals: Counts) -> Figures:
        f1 = class_f1(totals.reshape(*totals.shape[:-1], 3, 3))
        right = np.trace(totals.reshape(*totals.shape[:-1], 3, 3), axis1=-2, axis2=-1) / np.maximum(totals.sum(-1), 1)
        return {"macro-F1": f1.mean(axis=-1), "Favg": f1[..., [0, 2]].mean(axis=-1), "accuracy": right}

    parts = {"all": np.full(len(rows), fill_value=True)}
    if any("target_kind" in row for row in rows):
        kinds = [row.get("target_kind") for row in rows]
        parts |= {kind: np.array([kind == each for each in kinds]) for kind in ("issue", "actor") if kind in kinds}
    if any("seen_topic" in row for row in rows):
        parts["zero-shot"] = np.array([not row.get("seen_topic", True) for row in rows])
    out: list[tuple[Any, ...]] = []
    for part, keep in parts.items():
        counted = with_intervals(confusions(gold[keep], likeliest[keep], 3), figures, seed)
        out += [(part, "measured", *figure, int(keep.sum())) for figure in counted]
    targets = np.array([row.get("target_id") or row["target"] for row in rows])
    if 1 not in gold:
        sides = np.where(chances[:, 2] > chances[:, 0], 2, 0)
        out += [("two-way", "measured", *figure, len(rows)) for figure in _two_way(gold, sides, targets, seed)]
    if len(set(targets)) <= MOST_TARGETS:
        out += _alphas(gold, likeliest, targets)
    return out


def _two_way(
    gold: NDArray[np.int64], sides: NDArray[np.int64], targets: NDArray[np.str_], seed: int
) -> list[tuple[str, float, float, float]]:
    """Return Favg, the mean over targets, of the likelier of the two sides."""
    names, which = np.unique(targets, return_inverse=True)
    counts = np.zeros((len(gold), len(names), 9))
    counts[np.arange(len(gold)), which] = confusions(gold.tolist(), sides.tolist(), 3)

    def figures(totals: Counts) -> Figures:
        f1 = class_f1(totals.reshape(*totals.shape[:-1], len(names), 3, 3))
        return {"Favg": f1[..., [0, 2]].mean(axis=(-2, -1))}

    return with_intervals(counts.reshape(len(gold), -1), figures, seed)


def _alphas(gold: NDArray[np.int64], found: NDArray[np.int64], targets: NDArray[np.str_]) -> list[tuple[Any, ...]]:
    out: list[tuple[Any, ...]] = []
    for target in [None, *sorted(set(targets.tolist()))]:
        keep = np.full(len(gold), fill_value=True) if target is None else targets == target
        alpha = 100 * krippendorff_alpha(gold[keep].tolist(), found[keep].tolist())
        name = "alpha" if target is None else f"alpha {target}"
        out.append(("all", "measured", name, alpha, float("nan"), float("nan"), int(keep.sum())))
    return out


def _relations(rows: Sequence[Row], seed: int) -> list[tuple[Any, ...]]:
    from analysis.stance import score_relations

    first, second = [tuple(row["first"]) for row in rows], [tuple(row["second"]) for row in rows]
    chances = score_relations([row["text"] for row in rows], first, second)
    joint = np.stack([chances[:, 0, 1 + one] * chances[:, 1, 1 + other] for one, other in RELATIONS], axis=1)
    gold = [RELATIONS.index((row["first_to_second"], row["second_to_first"])) for row in rows]

    def figures(totals: Counts) -> Figures:
        f1 = class_f1(totals.reshape(*totals.shape[:-1], 5, 5))
        return {"macro-F1": f1.mean(axis=-1), "macro-F1 directed": f1[..., 1:].mean(axis=-1)}

    counts = confusions(gold, joint.argmax(axis=1).tolist(), 5)
    return [("all", "measured", *figure, len(rows)) for figure in with_intervals(counts, figures, seed)]
