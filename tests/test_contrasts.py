from datetime import date

import numpy as np
import pandas as pd
import pytest
from talks import no_talks, talks

from analysis.contrasts import middle_day, portrayal_around, stance_around
from analysis.tables import Tables, make_table


def stances(by_day: dict[str, list[float]]) -> Tables:
    """One article a score, all of one actor on one issue."""
    articles, rows = [], []
    for day, scores in by_day.items():
        for number, score in enumerate(scores):
            article_id = f"{day}-{number}"
            articles.append({"article_id": article_id, "published": pd.Timestamp(day), "source": "Herald", "text": "…"})
            rows.append(
                {"article_id": article_id, "actor_id": "trump", "target_kind": "issue", "target_id": "peace_plan"}
                | {"score": score, "evidence_start": 0, "evidence_end": 1}
            )
    empty = {name: make_table(name, []) for name in ("sentences", "mentions", "statements", "portrayals", "problems")}
    return Tables(articles=make_table("articles", articles), stances=make_table("stances", rows), **empty)


MOVED = {"2025-11-20": [-0.8, -0.7, -0.6], "2025-11-23": [0.5, 0.6, 0.7], "2025-11-24": [0.8]}


def test_the_day_itself_is_after():
    moved = stance_around(stances(MOVED), date(2025, 11, 23)).iloc[0]
    assert moved[["before_n", "after_n"]].tolist() == [3, 4]
    assert moved["before"] == pytest.approx(-0.7)
    assert moved["difference"] == pytest.approx(1.35)
    assert moved["low"] < 0 < moved["difference"] < moved["high"]  # three and four articles may differ by chance
    assert moved["day"] == pd.Timestamp("2025-11-23")


def test_many_articles_that_differ_show_that_they_do():
    moved = stance_around(stances({day: scores * 3 for day, scores in MOVED.items()}), date(2025, 11, 23)).iloc[0]
    assert 0 < moved["low"] < moved["difference"] < moved["high"]


def test_without_an_event_the_middle_of_the_corpus_splits_it():
    assert middle_day(stances(MOVED)) == pd.Timestamp("2025-11-23")
    assert stance_around(stances(MOVED)).equals(stance_around(stances(MOVED), date(2025, 11, 23)))


def test_too_few_articles_on_a_side_give_no_interval():
    moved = stance_around(stances(MOVED), date(2025, 11, 24)).iloc[0]
    assert (moved["before_n"], moved["after_n"]) == (6, 1)
    assert np.isnan(moved["low"])


def test_one_day_has_no_halves():
    one_day = stances({"2025-11-20": [0.1, 0.2]})
    assert middle_day(one_day) is None
    assert stance_around(one_day).empty


def test_only_what_is_on_both_sides_is_shown_and_undated_articles_are_left_out():
    assert stance_around(talks(), date(2025, 11, 21))["actor_id"].tolist() == ["trump"]
    assert stance_around(talks(), date(2030, 1, 1)).empty


@pytest.mark.parametrize("figures", [stance_around, portrayal_around])
def test_nothing_found_gives_an_empty_frame_with_the_same_columns(figures):
    assert figures(no_talks()).empty
    assert figures(no_talks()).columns.tolist() == figures(talks()).columns.tolist()


def test_columns_are_there_whether_or_not_an_interval_is():
    assert stance_around(stances(MOVED)).columns.tolist() == stance_around(talks()).columns.tolist()
