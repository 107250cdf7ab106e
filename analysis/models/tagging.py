"""The statement tagger: which words are attributed, by which cue, to whom.

For every word the model gives tags of content, cue and speaker, and for every cue which content and which speaker are
its own (joining.py). It knows no rules of quotation marks; analysis.statements does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.models import encoding
from analysis.models.joining import in_text, join
from analysis.models.runtime import Reading, load_model

Span = tuple[int, int]
NAME = "statements"
# Word pieces read at once. Twice as many gain nothing on PolNeAR's development articles and take a sixth more time a
# piece, because attention grows with the square.
WINDOW = 126


class TaggedStatement(NamedTuple):
    """One statement in code-point offsets.

    content : spans of the words attributed, in order; more than one where the cue stands between them.
    cue : the words that attribute ('said', 'according to'), None where none was found.
    speaker : who is named as their source, None where nobody is.
    confidence : chance in [0, 1] that the statement is one that people would mark (calibrated on held-out articles).
    """

    content: tuple[Span, ...]
    cue: Span | None
    speaker: Span | None
    confidence: float


def tag_statements(
    texts: Sequence[str], stretches: Sequence[Sequence[Span]] | None = None
) -> list[list[TaggedStatement]]:
    """Statements of each text, sorted by content.

    Of each text only the stretches given are read (sorted spans that do not overlap), by default all of it, in
    consecutive windows of whole paragraphs, at most 126 word pieces each; a statement never reaches over the edge of a
    window. The result for a text does not depend on the other texts.

    Raises ModelError where the weights are missing or damaged.
    """
    if stretches is None:
        stretches = [[(0, len(text))] for text in texts]
    return [_tag(text, spans) for text, spans in zip(texts, stretches, strict=True)]


def _tag(text: str, stretches: Sequence[Span]) -> list[TaggedStatement]:
    if not any(text[start:end].strip() for start, end in stretches):
        return []
    model = load_model(NAME)
    slope, shift = model.description["calibration"]
    pieces = _read(encoding.split_pieces(text), stretches)
    out = []
    for start, end in encoding.windows(pieces, WINDOW):
        reading = window_reading(pieces, start, end)
        first = start + reading.rows - 1
        last = np.append(first[1:], end) - 1
        starts, ends = pieces.starts[first], pieces.ends[last]
        tags, links = (x[0] for x in model.run([reading]))
        for joined in join(tags, links.reshape(len(first), 4, -1)):
            content, cue, speaker, raw = in_text(joined, starts, ends)
            out.append(TaggedStatement(content, cue, speaker, calibrated(raw, slope, shift)))
    return out


def window_reading(pieces: encoding.Pieces, start: int, end: int) -> Reading:
    """Return a window of pieces ready for the model, which is asked for the first piece of each word."""
    edge = [0]
    return Reading(
        np.concatenate([[encoding.START], pieces.ids[start:end], [encoding.END]]),
        np.concatenate([edge, pieces.marks[start:end], edge]),
        np.flatnonzero(np.diff(pieces.words[start:end], prepend=-1)) + 1,
    )


def _read(pieces: encoding.Pieces, stretches: Sequence[Span]) -> encoding.Pieces:
    """Return the pieces that lie in the stretches; of the line breaks, one between two of them."""
    edges = np.array(stretches, dtype=np.int64).reshape(-1, 2)
    at = np.searchsorted(edges[:, 0], pieces.starts, side="right") - 1
    inside = (at >= 0) & (pieces.ends <= edges[at, 1])
    breaks = pieces.ids == encoding.BREAK
    paragraph = np.cumsum(breaks)[inside & ~breaks]
    keep = inside & ~breaks
    first = np.flatnonzero(keep)[np.flatnonzero(np.diff(paragraph) > 0) + 1]  # first kept piece of a later paragraph
    places = np.flatnonzero(breaks)
    keep[places[np.searchsorted(places, first) - 1]] = True
    return encoding.Pieces(*(column[keep] for column in pieces))


def calibrated(confidence: float, slope: float, shift: float) -> float:
    """Platt scaling of a raw confidence in (0, 1).

    >>> calibrated(0.5, 1.0, 0.0)
    0.5
    """
    raw = min(max(confidence, 1e-6), 1 - 1e-6)
    return float(1 / (1 + np.exp(-(slope * np.log(raw / (1 - raw)) + shift))))
