"""Measure portrayal on whole articles that people have coded, beside VADER and beside always saying neutral.

    python -m training.articles

Of each article the gold holds headline and opening. Each sentence that names the actor is scored as in a report, the
probabilities are averaged over the article, and the likeliest class is its label; neutral where nothing
names the actor. VADER's compound score is cut at -0.05 and 0.05, as its authors advise.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from analysis.codebook import Codebook, read_codebook
from analysis.mentions import find_mentions
from analysis.portrayal import as_in_news, score_portrayals
from analysis.text import split_sentences
from analysis.tone import vader_compound
from training import common

LABELS = ["negative", "neutral", "positive"]
PARTS = {"zelenskyy": "sentiment_toward_zelensky", "trump": "sentiment_toward_trump"}
VADER = 0.05


def main() -> None:
    """Run from the command line."""
    codebook, score = read_codebook(), common.scorer()
    for actor_id, column in PARTS.items():
        rows = common.read_gold(f"articles/{actor_id}_dev")
        gold = [LABELS.index(r[column]) for r in rows]
        by_model = np.stack([portrayal_of(actor_id, r, codebook) for r in rows]).argmax(1)
        tones = [vader_compound(text_of(r)) for r in rows]
        by_vader = [1 + (tone >= VADER) - (tone <= -VADER) for tone in tones]
        for name, found in (("model", by_model.tolist()), ("VADER", by_vader), ("neutral", [1] * len(rows))):
            right = np.mean([g == f for g, f in zip(gold, found, strict=True)])
            f1 = np.mean(score.f1_by_class(gold, found, [0, 1, 2]))
            print(f"{actor_id}, {name}: n {len(rows)}, accuracy {100 * right:.1f}, macro-F1 {f1:.1f}")


def text_of(row: dict[str, Any]) -> str:
    """Join what the gold holds of an article."""
    return f"{row['title']}\n\n{row['opening'] or ''}"


def portrayal_of(actor_id: str, row: dict[str, Any], codebook: Codebook) -> np.ndarray:
    """Mean probabilities of negative, neutral and positive over the sentences of an article that name the actor."""
    text = text_of(row)
    mentions = find_mentions(text, codebook, date.fromisoformat(row["date"]) if row["date"] else None)
    texts, spans = [], []
    for start, end in split_sentences(text):
        for mention in mentions:
            if mention.actor_id == actor_id and start <= mention.start < end:
                texts.append(text[start:end])
                spans.append((mention.start - start, min(mention.end, end) - start))
                break
    return as_in_news(score_portrayals(texts, spans)).mean(0) if texts else np.array([0.0, 1.0, 0.0])


if __name__ == "__main__":
    main()
