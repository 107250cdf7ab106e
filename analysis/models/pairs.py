"""Where the author of a text stands towards a target that is named beside it: a phrase or a proposition.

The model reads target and text as one pair, so the target need not stand in the text, and any codebook's propositions
can be asked for without training.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.models import encoding
from analysis.models.runtime import Floats, Reading, load_model
from analysis.models.targets import Marked, Span, mark_targets, softmax

NAME = "stance"
LONGEST = 128  # pieces of a pair
LONGEST_TARGET = 40  # pieces; what is longer loses its end
_TAG = re.compile(r"[#@]\w+")
_NEXT_WORD = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[0-9])(?=[A-Z])")


class Pair(NamedTuple):
    """Target and text ready for the model: pieces, and the weights that pool first piece, target and text."""

    ids: encoding.Ints
    marks: encoding.Ints
    pools: Floats  # (3, n)

    def reading(self) -> Reading:
        """Return what the model is asked: the vectors of all pieces, pooled."""
        return Reading(self.ids, self.marks, np.arange(len(self.ids)), self.pools)


def join_pair(text: str, target: str, words: Span | None = None) -> Pair:
    """Pieces of a target and a text, at most 128 together; of a text too long the middle is left out.

    Where only some words of the text are asked about, they are marked and pooled; of a text too long, what is far from
    them is left out.

    >>> join_pair("We will sign.", "the plan").ids.tolist()[:4]
    [101, 1996, 2933, 102]
    """
    asked = encoding.split_pieces(target)
    k = min(len(asked.ids), LONGEST_TARGET)
    said = _whole(text, LONGEST - k - 2) if words is None else mark_targets(text, [words], LONGEST - k - 1)
    edge = [0]
    ids = np.concatenate([[encoding.START], asked.ids[:k], [encoding.END], said.ids[1:]])
    marks = np.concatenate([edge, asked.marks[:k], edge, said.marks[1:]])
    pools = np.zeros((3, len(ids)), np.float32)
    pools[0, 0] = 1
    pools[1, 1 : k + 2] = 1 / (k + 1)
    pools[2, k + 2 :] = said.pools[0, 1:]
    return Pair(ids, marks, pools)


def split_tags(text: str) -> str:
    """Return a post with its hashtags and names of users cut into words, as far as their capitals tell.

    >>> split_tags("No deal! #StopTheWar2026 @AnnaBergMP")
    'No deal! #Stop The War 2026 @Anna Berg MP'
    """
    return _TAG.sub(lambda tag: _NEXT_WORD.sub(" ", tag.group()), text)


def _whole(text: str, most: int) -> Marked:
    """Pieces of a text, all of them pooled, its end too."""
    pieces, room = encoding.split_pieces(split_tags(text)), most - 1
    kept = np.arange(len(pieces.ids))
    if len(kept) > room:
        kept = np.concatenate([kept[: room - room // 2], kept[len(kept) - room // 2 :]])
    edge = [0]
    ids = np.concatenate([[encoding.START], pieces.ids[kept], [encoding.END]])
    pools = np.zeros((2, len(ids)), np.float32)
    pools[0] = 1 / (len(kept) + 1)
    return Marked(ids, np.concatenate([edge, pieces.marks[kept], edge]), pools)


def stance_probabilities(
    texts: Sequence[str], targets: Sequence[str], words: Sequence[Span] | None = None
) -> NDArray[np.float64]:
    """Where each text (or some words of it) stands towards its target: (n, 3) chances of oppose, neutral, support.

    Neutral is also what does not speak of the target; blank texts are neutral; rows sum to 1. Raises ModelError where
    the weights are missing or damaged.
    """
    out = np.tile(np.array([0.0, 1.0, 0.0]), (len(texts), 1))
    spans = [None] * len(texts) if words is None else words
    for i, (text, target, span) in enumerate(zip(texts, targets, spans, strict=True)):
        if text.strip() and target.strip():
            model = load_model(NAME)
            reading = join_pair(text, target, span).reading()
            out[i] = softmax(model.run([reading])[0][0], model.description["temperature"])
    return out
