"""From the tagger's numbers for one window to statements: the best tags, then what belongs together.

Pure numpy; knows words, not text. A span here is a half-open range of word numbers.
"""

from __future__ import annotations

import math
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Words = tuple[int, int]

TAGS = "OBIES"  # outside; begin, inside, end of a span; a span of a single word
# Least chance at which content or speaker is taken for a cue's own; chosen on PolNeAR development articles.
LEAST_CONTENT, LEAST_SPEAKER = 0.5, 0.1
OUTSIDE, BEGIN, INSIDE, END, SINGLE = range(len(TAGS))
_SCORE = itemgetter(0)  # the first of two equals stays


class Joined(NamedTuple):
    """One statement in word ranges; `confidence` in (0, 1) before calibration."""

    content: tuple[Words, ...]
    cue: Words | None
    speaker: Words | None
    confidence: float


def log_softmax(x: Floats) -> Floats:
    """Turn scores into log probabilities along the last axis."""
    x = x - x.max(-1, keepdims=True)
    out: Floats = x - np.log(np.exp(x).sum(-1, keepdims=True))
    return out


def best_spans(scores: Floats) -> list[tuple[Words, float]]:
    """Spans on the best path through the tags that respects their grammar (Viterbi).

    scores: (words, 5) log probabilities in the order of TAGS.
    Returns each span with the mean log probability of its tags.
    """
    if not len(scores):
        return []
    # The grammar leaves one choice a step: O, B and S follow the best of O, E and S; I and E the best of B and I.
    # So plain floats are faster here than numpy's small arrays.
    o, b, _, _, s = scores[0].tolist()
    i = e = -math.inf
    closed, opened = [], []  # the tag before each later word, where that word is O, B or S, and where it is I or E
    for to_o, to_b, to_i, to_e, to_s in scores[1:].tolist():
        before, tag = max((o, OUTSIDE), (e, END), (s, SINGLE), key=_SCORE)
        within, inner = max((b, BEGIN), (i, INSIDE), key=_SCORE)
        closed.append(tag)
        opened.append(inner)
        o, b, i, e, s = before + to_o, before + to_b, within + to_i, within + to_e, before + to_s
    path = [max((o, OUTSIDE), (e, END), (s, SINGLE), key=_SCORE)[1]]
    for tag, inner in zip(reversed(closed), reversed(opened), strict=True):
        path.append(inner if path[-1] in (INSIDE, END) else tag)
    tags = np.array(path[::-1])
    begins = np.flatnonzero((tags == BEGIN) | (tags == SINGLE))
    ends = np.flatnonzero((tags == END) | (tags == SINGLE)) + 1
    own = scores[np.arange(len(tags)), tags]
    return [((int(x), int(y)), float(own[x:y].mean())) for x, y in zip(begins, ends, strict=True)]


def chance(x: float) -> float:
    """Turn log odds into a probability."""
    return float(1 / (1 + np.exp(-float(x))))


def join(tags: Floats, links: Floats) -> list[Joined]:
    """Statements of one window.

    tags : (words, 15) scores of content, cue and speaker tags, five each.
    links : (words, 4, size) projections: a cue asking for content, content, a cue asking for its speaker, speaker.
    """
    content, cues, speakers = (best_spans(log_softmax(tags[:, 5 * k : 5 * k + 5])) for k in range(3))
    if not content:
        return []

    def mean(spans: list[tuple[Words, float]], k: int) -> Floats:
        return np.stack([links[s:e, k].mean(0) for (s, e), _ in spans])

    by_cue: dict[int, list[int]] = {}
    alone: list[int] = []
    if cues:
        asks = mean(cues, 0) @ mean(content, 1).T
        for j, i in enumerate(asks.argmax(0)):
            if chance(asks[i, j]) > LEAST_CONTENT:
                by_cue.setdefault(int(i), []).append(j)
            else:
                alone.append(j)
    else:
        alone = list(range(len(content)))
    out = [Joined((content[j][0],), None, None, float(np.exp(content[j][1])) * 0.5) for j in alone]
    asks_speaker = mean(cues, 2) @ mean(speakers, 3).T if cues and speakers else np.zeros((len(cues), 0), np.float32)
    for i, parts in by_cue.items():
        cue, sure = cues[i]
        speaker = None
        if len(speakers) and chance(asks_speaker[i].max()) > LEAST_SPEAKER:
            speaker = speakers[int(asks_speaker[i].argmax())][0]
        link = min(chance(asks[i, j]) for j in parts)
        words = float(np.exp(np.mean([content[j][1] for j in parts] + [sure])))
        out.append(Joined(tuple(content[j][0] for j in parts), cue, speaker, words * link))
    return sorted(out, key=lambda s: s.content)


def in_text(joined: Joined, starts: Ints, ends: Ints) -> Joined:
    """Turn word ranges into ranges of the text, given where each word starts and ends."""

    def span(words: Words) -> Words:
        return int(starts[words[0]]), int(ends[words[1] - 1])

    cue, speaker = (span(x) if x else None for x in (joined.cue, joined.speaker))
    return Joined(tuple(span(x) for x in joined.content), cue, speaker, joined.confidence)
