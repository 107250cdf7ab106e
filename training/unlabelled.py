"""Sentences of news that nobody has labelled, with names in them as targets: what a large model teaches a small one on.

From DSE, PolNeAR (train) and the corpora on the war. None of it is shipped.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import numpy as np

from analysis.text import split_sentences
from training import common

CORPORA = (
    "war_news_2022_2024",
    "peace_talks_pages_2026",
    "official_statements_2021_2025",
    "current_events_ukraine_2021_2026",
)
TARGETS = 2  # of one sentence: a portrayal is of one actor, not of the sentence
NAME = re.compile(r"\b[A-Z][a-z]+(?:['’-][A-Z]?[a-z]+)*(?: (?:[A-Z]\. )?[A-Z][a-z]+(?:['’-][A-Z]?[a-z]+)*)+")


class Target(NamedTuple):
    """A sentence and a name in it."""

    text: str
    start: int
    end: int


def named(text: str) -> list[Target]:
    """Sentences of 40 to 400 characters with each name in them: two capitalised words, or the last of such a name."""
    last = {name.group().rsplit(" ", 1)[1] for name in NAME.finditer(text)}
    alone = re.compile(rf"{NAME.pattern}|\b(?:{'|'.join(map(re.escape, sorted(last)))})\b") if last else NAME
    out = []
    for start, end in split_sentences(text):
        sentence = text[start:end]
        if 40 <= len(sentence) <= 400 and "\n" not in sentence:
            out += [Target(sentence, *name.span()) for name in alone.finditer(sentence)]
    return out


def targets(rows: int, seed: int) -> list[Target]:
    """Draw about so many: a third of DSE, 45% of PolNeAR, the rest of the corpora on the war."""
    rng = np.random.default_rng(seed)

    def some(found: list[Target], share: float) -> list[Target]:
        times: Counter[str] = Counter()
        out = []
        for target in [found[i] for i in rng.permutation(len(found))]:
            times[target.text] += 1
            if times[target.text] <= TARGETS and len(out) < share * rows:
                out.append(target)
        return out

    dse = [Target(r["text"], *r[side]) for r in common.read_gold("stance/dse_train") for side in ("first", "second")]
    polnear = [t for r in common.read_gold("statements/polnear_train") for t in named(r["text"])]
    war = [t for name in CORPORA for r in common.read_shared(f"corpora/{name}") for t in named(r["text"])]
    return some(dse, 0.33) + some(polnear, 0.45) + some(war, 0.22)
