import json

import pandas as pd
import pytest
from talks import TEXTS, talks

from analysis.tables import PORTRAYAL_LABELS
from analysis.validation import (
    NOT_FOUND,
    confusion,
    headlines,
    measure_all,
    portrayal_answers,
    stance_answers,
    worst_errors,
)


@pytest.fixture
def stance_gold(tmp_path):
    def row(article_id, words, actor_id, target_id, label):
        start = TEXTS[article_id].index(words)
        place = {"id": article_id, "text": words, "start": start, "end": start + len(words)}
        return place | {
            "actor_id": actor_id,
            "target_kind": "issue",
            "target_id": target_id,
            "target": "",
            "label": label,
        }

    rows = [
        row("herald-1", "We will sign the plan", "trump", "peace_plan", "support"),
        row("mirror-1", "We cannot sign", "zelenskyy", "peace_plan", "support"),
        row("mirror-1", "Trump is a friend", "zelenskyy", "peace_plan", "neutral"),
    ]
    path = tmp_path / "stances.jsonl"
    path.write_text("\n".join(map(json.dumps, [*rows, rows[0] | {"id": "another-paper"}])))
    return path


def test_stances_stand_beside_gold_when_their_words_overlap(stance_gold):
    answers = stance_answers(talks(), stance_gold)
    assert answers["gold"].tolist() == ["support", "support", "neutral"]
    assert answers["found"].tolist() == ["support", "oppose", NOT_FOUND]
    assert answers["score"].isna().tolist() == [False, False, True]


def test_portrayals_stand_beside_gold(tmp_path):
    text = "Observers praised Tusk for his brilliant speech."
    row = {"id": "x", "text": text, "start": 18, "end": 22, "label": "negative", "actor_id": "tusk"}
    path = tmp_path / "portrayal.jsonl"
    path.write_text(json.dumps(row))
    answer = portrayal_answers(path).iloc[0]
    assert answer["before"] + answer["words"] + answer["after"] == text
    assert (answer["gold"], answer["found"]) == ("negative", "positive")
    assert answer["chance_of_gold"] < 0.5


def test_confusion_counts_every_answer_once():
    answers = pd.DataFrame({"gold": ["negative", "neutral", "neutral"], "found": ["negative", "positive", NOT_FOUND]})
    counts = confusion(answers, PORTRAYAL_LABELS)
    assert counts["n"].sum() == 3
    assert len(counts) == 12
    assert counts.query("gold == 'neutral' and found == 'not found'")["n"].tolist() == [1]


def test_worst_errors_are_wrong_and_sure():
    answers = pd.DataFrame({"gold": list("aabb"), "found": list("abab"), "chance_of_gold": [0.1, 0.4, 0.2, 0.9]})
    assert worst_errors(answers, 10)["chance_of_gold"].tolist() == [0.2, 0.4]


def test_all_tasks_are_measured_and_the_headlines_few():
    from analysis.run import open_run

    measured = measure_all(open_run(until="2025-11-19").tables)
    assert set(measured["task"]) >= {"statements", "portrayal", "actor-issue"}
    assert 3 <= len(headlines(measured)) <= 10


def test_a_corpus_without_gold_articles_measures_the_rest():
    assert "actor-issue" not in set(measure_all(talks())["task"])
