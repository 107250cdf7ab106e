import gzip
import importlib.util
import json
import os
from argparse import Namespace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.evaluation import COLUMNS, TASKS, GoldError, evaluate, evaluate_actor_issue, load_gold
from analysis.measures import class_f1, confusions, krippendorff_alpha, with_intervals
from analysis.tables import Tables, make_table

SHARED = Path(os.environ.get("STANCEBOOK_SHARED", Path(__file__).parents[2] / "shared"))
OPTIONS = Namespace(speech=False, zero_shot=False, two_way=False)


def figure(measured, name, part="all"):
    rows = measured[(measured["figure"] == name) & (measured["part"] == part) & (measured["method"] != "VADER")]
    return rows["value"].item()


@pytest.mark.skipif(not (SHARED / "gold" / "score.py").is_file(), reason=f"no shared gold in {SHARED}")
@pytest.mark.parametrize(
    ("task", "file", "rows", "part", "options", "names"),
    [
        ("statements", "statements/gum_news", 8, "all", {}, ["span", "exact", "speaker", "end-to-end", "recall mixed"]),
        (
            "statements",
            "statements/polnear_dev",
            4,
            "speech",
            {"speech": True},
            ["span", "exact", "speaker", "end-to-end"],
        ),
        ("portrayal", "portrayal/newsmtsc_mt_dev", 60, "all", {}, ["macro-F1", "F1pn", "accuracy"]),
        ("stance", "stance/vast_dev", 60, "all", {}, ["macro-F1", "Favg"]),
        ("stance", "stance/vast_dev", 60, "zero-shot", {"zero_shot": True}, ["macro-F1", "Favg"]),
        ("stance", "stance/pstance_dev", 60, "two-way", {"two_way": True}, ["Favg"]),
        ("relations", "stance/dse_valid", 60, "all", {}, ["macro-F1"]),
    ],
)
def test_figures_agree_with_the_yardstick_that_published_ones_use(tmp_path, task, file, rows, part, options, names):
    spec = importlib.util.spec_from_file_location("yardstick", SHARED / "gold" / "score.py")
    yardstick = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(yardstick)
    with gzip.open(SHARED / "gold" / f"{file}.jsonl.gz", "rt", encoding="utf8") as lines:
        sample = [json.loads(line) for line in lines][:: 7 if rows > 10 else 1][:rows]
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(map(json.dumps, sample)), encoding="utf8")
    expected = getattr(yardstick, task)(sample, Namespace(**(vars(OPTIONS) | options)))
    measured = evaluate(task, path)
    assert {name: figure(measured, name, part) for name in names} == pytest.approx(
        {name: expected[name] for name in names}
    )


@pytest.mark.parametrize("task", ["statements", "portrayal", "stance"])
def test_the_gold_of_the_sample_is_measured_with_intervals(task):
    measured = evaluate(task)
    assert measured.columns.tolist() == list(COLUMNS)
    assert (measured["n"] > 0).all()
    known = measured.dropna(subset=["low"])
    assert ((known["low"] <= known["value"] + 1e-9) & (known["value"] <= known["high"] + 1e-9)).mean() > 0.9
    pd.testing.assert_frame_equal(measured, evaluate(task))


@pytest.mark.parametrize(
    ("task", "content", "words"),
    [
        ("tone", "", "no task 'tone': use one of statements, portrayal, stance, relations"),
        ("portrayal", "", "has no rows"),
        ("portrayal", '{"text": "No."}\n', r"gold.jsonl, line 1: no field 'start'; gold for portrayal has text, start"),
        (
            "stance",
            '{"text": "No.", "target": "x", "label": "against"}',
            "line 1: label 'against' is none of oppose, neutral",
        ),
        ("stance", '{"text": "No.", "target": "x", "label": "oppose"}\n{', "line 2: no JSON"),
        ("stance", "[1]", "line 1: no field 'text'"),
    ],
)
def test_gold_that_cannot_be_used_says_why(tmp_path, task, content, words):
    (tmp_path / "gold.jsonl").write_text(content, encoding="utf8")
    with pytest.raises(GoldError, match=words):
        load_gold(task, tmp_path / "gold.jsonl")


def test_gold_that_is_not_there_says_so(tmp_path):
    with pytest.raises(GoldError, match=r"nowhere.jsonl cannot be read"):
        load_gold("stance", tmp_path / "nowhere.jsonl")
    with pytest.raises(GoldError, match="the sample has no gold for relations"):
        load_gold("relations")
    assert set(TASKS) == {"statements", "portrayal", "stance", "relations"}


STANCES = [  # article, actor, target, start, end, label
    ("a", "trump", "deadline", 0, 10, "support"),
    ("a", "trump", "deadline", 50, 60, "oppose"),
    ("b", "peskov", "ceasefire", 0, 10, "oppose"),
    ("c", "tusk", "peace_plan", 0, 10, "neutral"),
]
FOUND = [
    ("a", "trump", "deadline", 5, 20, "support"),  # right
    ("a", "trump", "deadline", 55, 70, "support"),  # flipped
    ("b", "peskov", "ceasefire", 20, 30, "oppose"),  # elsewhere in the article
    ("b", "peskov", "deadline", 0, 10, "oppose"),  # another issue
    ("d", "tusk", "peace_plan", 0, 10, "oppose"),  # an article that nobody coded
]


def test_stances_found_are_held_against_those_coded_in_the_same_place(tmp_path):
    gold = [
        dict(zip(("id", "actor_id", "target_id", "start", "end", "label"), row, strict=True))
        | {"text": "words", "target": row[2], "target_kind": "issue"}
        for row in STANCES
    ]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, gold)), encoding="utf8")
    columns = ("article_id", "actor_id", "target_id", "evidence_start", "evidence_end", "label")
    rows = [dict(zip(columns, row, strict=True)) | {"target_kind": "issue"} for row in FOUND]
    empty = {name: make_table(name, []) for name in ("sentences", "mentions", "statements", "portrayals", "problems")}
    articles = make_table("articles", [{"article_id": name} for name in "abcd"])
    tables = Tables(articles=articles, stances=make_table("stances", rows), **empty)
    measured = evaluate_actor_issue(tables, tmp_path / "gold.jsonl").query("part == 'issue'")
    values = dict(zip(measured["figure"], measured["value"], strict=True))
    assert values == {"found": 50, "right": 50, "flips": 50, "label accuracy": 25, "spurious": 50}
    assert measured["n"].tolist() == [4] * 5
    with pytest.raises(GoldError, match="holds none of the gold's articles"):
        evaluate_actor_issue(
            Tables(articles=make_table("articles", []), stances=tables.stances, **empty), tmp_path / "gold.jsonl"
        )


@pytest.mark.parametrize(
    ("gold", "found", "expected"),
    [([0, 1, 2], [0, 1, 2], [1, 1, 1]), ([0, 0, 1], [0, 1, 1], [2 / 3, 2 / 3, 0]), ([0, 0], [1, 1], [0, 0, 0])],
)
def test_f1_of_each_class(gold, found, expected):
    assert class_f1(confusions(gold, found, 3).sum(axis=0).reshape(3, 3)).tolist() == pytest.approx(expected)


def test_intervals_close_in_with_more_articles_and_stay_away_from_two():
    def share(totals):
        return {"share": totals[..., 0] / totals[..., 1]}

    def width(units):
        counts = np.array([[n % 2, 1] for n in range(units)], dtype="float64")
        _, value, low, high = with_intervals(counts, share, 1)[0]
        assert value == 50
        return high - low

    assert np.isnan(width(2))
    assert 100 >= width(10) > width(100) > width(1000) > 0


def test_alpha_weighs_flips_more_than_doubts():
    gold = [0, 0, 1, 1, 2, 2]
    assert krippendorff_alpha(gold, gold) == 1
    assert krippendorff_alpha(gold, [1, 0, 1, 1, 2, 2]) > krippendorff_alpha(gold, [2, 0, 1, 1, 2, 2])
    assert np.isnan(krippendorff_alpha([1, 1], [1, 1]))
