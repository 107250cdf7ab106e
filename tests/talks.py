"""Small composed tables, for what is built on tables: four articles of two outlets, one of them without a date."""

import pandas as pd

from analysis.tables import Tables, make_table

TEXTS = {
    "herald-1": "“We will sign the plan,” Donald Trump said. Peskov praised Trump.",
    "herald-2": "Trump said that the plan was fair. Kyiv, weary, waited for Zelenskyy.",
    "mirror-1": "“We cannot sign,” Zelenskyy said. “Trump is a friend,” he added.",
    "mirror-2": "Trump repeated that the plan was fair. 'No', said Zelenskyy, 'never'.",
}
_DAYS = {"herald-1": "2025-11-20", "herald-2": "2025-11-21", "mirror-1": "2025-11-21", "mirror-2": None}


def talks() -> Tables:
    return Tables(
        articles=make_table("articles", [_article(article_id) for article_id in _DAYS]),
        sentences=make_table("sentences", []),
        mentions=make_table(
            "mentions",
            [
                _mention("herald-1", "Donald Trump", "trump", "name"),
                _mention("herald-1", "Peskov", "peskov", "name"),
                _mention("herald-2", "Trump", "trump", "name"),
                _mention("mirror-1", "he", "zelenskyy", "pronoun"),
            ],
        ),
        statements=make_table(
            "statements",
            [
                _statement("herald-1", "We will sign the plan", "direct", "trump", 0.4, 0.2),
                _statement("herald-2", "the plan was fair", "indirect", "trump", 0.3, 0.7),
                _statement("mirror-1", "We cannot sign", "direct", "zelenskyy", 0.0, 0.0),
                _statement("mirror-1", "Trump is a friend", "direct", "zelenskyy", 0.5, 0.0),
                _statement("mirror-2", "the plan was fair", "indirect", "trump", 0.2, 0.7),
                _statement("mirror-2", "No", "direct", None, -0.3, 0.0),
            ],
        ),
        portrayals=make_table(
            "portrayals",
            [
                _portrayal("herald-1", "Trump.", "trump", None, "article", 0.8),
                _portrayal("herald-2", "Zelenskyy", "zelenskyy", None, "article", -0.4),
                _portrayal("mirror-1", "Trump", "trump", "zelenskyy", "actor", 0.6),
                _portrayal("mirror-2", "Trump", "trump", None, "article", 0.0),
            ],
        ),
        stances=make_table(
            "stances",
            [
                _stance("herald-1", "sign the plan", "trump", "issue", "peace_plan", 0.9),
                _stance("herald-2", "plan was fair", "trump", "issue", "peace_plan", 0.7),
                _stance("mirror-1", "cannot sign", "zelenskyy", "issue", "peace_plan", -0.8),
                _stance("mirror-1", "a friend", "zelenskyy", "actor", "trump", 0.5),
                _stance("mirror-2", "plan was fair", "trump", "issue", "peace_plan", -0.2),
            ],
        ),
        problems=make_table("problems", []),
    )


def no_talks() -> Tables:
    """Tables with articles in which nothing was found."""
    empty = {name: make_table(name, []) for name in ("sentences", "mentions", "statements", "portrayals", "stances")}
    return Tables(articles=talks().articles, **empty, problems=make_table("problems", []))


def _article(article_id: str) -> dict[str, object]:
    day = _DAYS[article_id]
    return {
        "article_id": article_id,
        "published": pd.NaT if day is None else pd.Timestamp(day),
        "source": article_id.split("-")[0].capitalize(),
        "title": f"Talks, {article_id}",
        "text": TEXTS[article_id],
        "url": "",
        "sha256": "",
        "quotations": "composed",
    }


def _span(article_id: str, words: str) -> tuple[int, int]:
    start = TEXTS[article_id].index(words)
    return start, start + len(words)


def _mention(article_id: str, words: str, actor_id: str, kind: str) -> dict[str, object]:
    start, end = _span(article_id, words)
    row = {"article_id": article_id, "sentence_id": 0, "start": start, "end": end, "actor_id": actor_id, "kind": kind}
    return row | {"possessive": False, "confidence": 0.9}


def _statement(
    article_id: str, words: str, kind: str, actor_id: str | None, vader: float, textblob: float
) -> dict[str, object]:
    return {
        "article_id": article_id,
        "statement_id": 0,
        "spans": [list(_span(article_id, words))],
        "kind": kind,
        "speaker": actor_id or "",
        "actor_id": actor_id,
        "confidence": 0.9,
        "vader": vader,
        "textblob": textblob,
    }


def _portrayal(
    article_id: str, words: str, actor_id: str, speaker: str | None, voice: str, score: float
) -> dict[str, object]:
    start, end = _span(article_id, words)
    row = {"article_id": article_id, "sentence_id": 0, "actor_id": actor_id, "start": start, "end": end}
    chances = {"negative": max(0.0, -score), "neutral": 1 - abs(score), "positive": max(0.0, score)}
    return row | chances | {"speaker_actor_id": speaker, "voice": voice, "score": score, "lexicon": 0.1}


def _stance(
    article_id: str, words: str, actor_id: str, target_kind: str, target_id: str, score: float
) -> dict[str, object]:
    start, end = _span(article_id, words)
    return {
        "article_id": article_id,
        "statement_id": 0,
        "sentence_id": 0,
        "actor_id": actor_id,
        "target_kind": target_kind,
        "target_id": target_id,
        "oppose": max(0.0, -score),
        "neutral": 1 - abs(score),
        "support": max(0.0, score),
        "score": score,
        "label": "support" if score > 0 else "oppose",
        "evidence_start": start,
        "evidence_end": end,
        "method": "phrases",
        "confidence": 0.9,
    }
