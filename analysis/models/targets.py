"""How a text speaks of a target in it, and of two actors in it towards each other.

The target is marked in the text by pieces of its own before and after it, and the vectors between them are pooled. One
encoder and one file of weights serve both questions; a text is read once for either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.models import encoding
from analysis.models.runtime import LONGEST, Floats, Model, ModelError, Reading, load_model

Span = tuple[int, int]
NAME = "portrayal"
# Pieces read around one target, marks included. On NewsMTSC's development parts macro-F1 is 83.7 and 72.0 with it, 83.7
# and 71.8 with four times as many.
AROUND = 64
# Texts of one run, as the graph has it: three to eight take the same time, more take longer and more memory.
TEXTS = 4
_MARKERS = ((encoding.OPEN, encoding.CLOSE), (encoding.OPEN_SECOND, encoding.CLOSE_SECOND))


class Marked(NamedTuple):
    """A text ready for the model: pieces with the targets marked, and for each target the weights that pool it."""

    ids: encoding.Ints
    marks: encoding.Ints
    pools: Floats  # (2, n); the second row is 0 where there is one target only

    def reading(self) -> Reading:
        """Return what the model is asked: the vectors of the first piece and of each target, pooled."""
        first = np.zeros((1, len(self.ids)), dtype=np.float32)
        first[0, 0] = 1
        pools = np.concatenate([first, self.pools])
        rows = np.flatnonzero(pools.any(0))
        return Reading(self.ids, self.marks, rows, pools[:, rows])


def mark_targets(text: str, spans: Sequence[Span], most: int = LONGEST) -> Marked:
    """Pieces of a text with one or two spans marked, at most `most`.

    A longer text is cut to the pieces nearest to a target.
    """
    pieces = encoding.split_pieces(text)
    n = len(pieces.ids)
    inside = [(pieces.starts < end) & (pieces.ends > start) for start, end in spans]
    edges = []
    for (start, _), flags in zip(spans, inside, strict=True):
        at = np.flatnonzero(flags)
        first = int(at[0]) if len(at) else int(np.searchsorted(pieces.starts, start))
        edges.append((first, int(at[-1]) + 1 if len(at) else first))
    places = np.arange(n)
    far = np.min([np.maximum(0, np.maximum(a - places, places - b + 1)) for a, b in edges], axis=0)
    keep = np.sort(np.argsort(far, kind="stable")[: most - 2 - 2 * len(spans)])
    ids, marks = [encoding.START], [0]
    pools = np.zeros((2, len(keep) + 2 + 2 * len(spans)), dtype=np.float32)
    # markers to insert before piece p: closing ones first, so that neighbours do not interleave
    before: dict[int, list[int]] = {}
    for (a, b), (opening, closing) in zip(edges, _MARKERS, strict=False):
        a, b = (int(np.searchsorted(keep, x)) for x in (a, b))
        before.setdefault(a, []).append(opening)
        before.setdefault(b, []).insert(0 if b > a else len(before[a]), closing)
    kept_ids, kept_marks = pieces.ids[keep].tolist(), pieces.marks[keep].tolist()
    done = 0
    for place in sorted({*before, len(keep)}):
        markers = before.get(place, [])
        ids += kept_ids[done:place] + markers
        marks += kept_marks[done:place] + [0] * len(markers)
        done = place
    ids.append(encoding.END)
    marks.append(0)
    for k in range(len(spans)):
        a, b = ids.index(_MARKERS[k][0]), ids.index(_MARKERS[k][1])
        pools[k, a : b + 1] = 1 / (b + 1 - a)
    return Marked(np.array(ids, dtype=np.int64), np.array(marks, dtype=np.int64), pools)


def check_spans(texts: Sequence[str], **columns: Sequence[Span]) -> None:
    """Raise ValueError naming row, span and length where a span is empty or outside its text, or one is missing."""
    for name, spans in columns.items():
        if len(spans) != len(texts):
            raise ValueError(f"one of {name} for each text expected, got {len(texts)} texts and {len(spans)} of {name}")
        for row, (text, (start, end)) in enumerate(zip(texts, spans, strict=True)):
            where = f"row {row}: {name} ({start}, {end})"
            if not 0 <= start <= end <= len(text):
                raise ValueError(
                    f"{where} is outside the text of length {len(text)}; offsets count from 0, end left out"
                )
            if start == end and text.strip():
                raise ValueError(f"{where} is empty in a text of length {len(text)}; give the words of the target")


def softmax(scores: Floats, temperature: float) -> NDArray[np.float64]:
    """Probabilities along the last axis; a temperature above 1 makes them less sure."""
    x = scores.astype(np.float64) / temperature
    x = np.exp(x - x.max(-1, keepdims=True))
    out: NDArray[np.float64] = x / x.sum(-1, keepdims=True)
    return out


def portrayal_probabilities(texts: Sequence[str], spans: Sequence[Span]) -> NDArray[np.float64]:
    """How each text speaks of the target at its span: (n, 3) chances of negative, neutral, positive; rows sum to 1.

    Blank texts are neutral. Raises ValueError naming row, span and length for a span outside its text, ModelError where
    the weights are missing or damaged.
    """
    check_spans(texts, span=spans)
    out = np.tile(np.array([0.0, 1.0, 0.0]), (len(texts), 1))
    if asked := [i for i, text in enumerate(texts) if text.strip()]:
        model = load_model(NAME)
        scores = _read(model, [mark_targets(texts[i], [spans[i]], AROUND) for i in asked], "portrayal")
        out[asked] = softmax(scores, model.description["temperature"]["portrayal"])
    return out


def _read(model: Model, marked: Sequence[Marked], question: str) -> Floats:
    """Give the scores of each text, read in batches; a batch that is not full is filled up with texts of one piece."""
    nothing = Marked(np.array([encoding.START]), np.array([0]), np.zeros((2, 1), np.float32))
    answer = ["portrayal", "relations"].index(question)
    found = []
    for start in range(0, len(marked), TEXTS):
        batch = [*marked[start : start + TEXTS], *[nothing] * TEXTS][:TEXTS]
        found.append(model.run([one.reading() for one in batch])[answer])
    scores: Floats = np.concatenate(found)[: len(marked)]
    return scores


def relation_probabilities(texts: Sequence[str], first: Sequence[Span], second: Sequence[Span]) -> NDArray[np.float64]:
    """How two actors in each text stand to each other: (n, 2, 3).

    Axis 1 is [first to second, second to first], axis 2 the chances of [negative, neutral, positive].
    Blank texts are neutral. Raises as portrayal_probabilities, and ModelError where the weights were trained
    without relations.
    """
    check_spans(texts, first=first, second=second)
    out = np.tile(np.array([0.0, 1.0, 0.0]), (len(texts), 2, 1))
    if asked := [i for i, text in enumerate(texts) if text.strip()]:
        model = load_model(NAME)
        if "relations" not in model.description["temperature"]:
            raise ModelError(
                f"{NAME}.onnx holds no relations; train them: python -m training.portrayal (training/README.md)"
            )
        scores = _read(model, [mark_targets(texts[i], [first[i], second[i]]) for i in asked], "relations")
        out[asked] = softmax(scores, model.description["temperature"]["relations"])
    return out
