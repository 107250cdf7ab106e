"""The gold of the sample fits the sample it was coded from, and the two coders' shared part fits both."""

import json
from collections import Counter

import pytest

from analysis import read_codebook, read_corpus
from analysis.paths import GOLD, SAMPLE

TASKS = ["statements", "portrayal", "stances"]


def rows(task, folder=GOLD):
    return [json.loads(line) for line in (folder / f"{task}.jsonl").read_text(encoding="utf8").splitlines()]


@pytest.fixture(scope="module")
def texts():
    return read_corpus(SAMPLE).set_index("article_id")["text"]


def test_at_least_24_articles_are_coded():
    assert len({row["id"] for row in rows("statements")}) >= 24


@pytest.mark.parametrize("folder", [GOLD, GOLD / "second_coder"], ids=["gold", "second coder"])
def test_offsets_fit_the_corpus(texts, folder):
    for row in rows("statements", folder):
        assert row["text"] == texts[row["id"]]
        for statement in row["statements"]:
            spans = statement["content"] + statement["cue"] + statement["speaker"]
            assert all(0 <= a < b <= len(row["text"]) for a, b in spans)
            assert statement["kind"] in {"direct", "indirect", "mixed"}
    for row in rows("stances", folder):
        assert texts[row["id"]][row["start"] : row["end"]] == row["text"]
    for row in rows("portrayal", folder):
        assert row["text"] in texts[row["id"]]
        assert 0 <= row["start"] < row["end"] <= len(row["text"])


def test_actors_issues_and_labels_are_those_of_the_codebook():
    codebook = read_codebook()
    actors = {actor.actor_id for actor in codebook.actors}
    issues = {issue.issue_id for issue in codebook.issues}
    for row in rows("stances"):
        assert row["actor_id"] in actors
        assert row["target_id"] in (issues if row["target_kind"] == "issue" else actors)
        assert row["label"] in {"oppose", "neutral", "support"}
    for row in rows("portrayal"):
        assert row["actor_id"] in actors
        assert row["label"] in {"negative", "neutral", "positive"}


def test_every_issue_is_coded_and_every_label_occurs():
    stances = rows("stances")
    coded = {row["target_id"] for row in stances if row["target_kind"] == "issue"}
    assert coded == {issue.issue_id for issue in read_codebook().issues}
    assert min(Counter(row["label"] for row in stances).values()) >= 20
