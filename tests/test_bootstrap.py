import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.bootstrap import mean_intervals


def scores(by_article: dict[str, list[float]], group: str = "tusk") -> pd.DataFrame:
    rows = [(group, article, score) for article, found in by_article.items() for score in found]
    return pd.DataFrame(rows, columns=["actor_id", "article_id", "score"])


def interval(frame: pd.DataFrame, seed: int = 1) -> pd.Series:
    return mean_intervals(frame, ["actor_id"], "score", seed=seed).iloc[0]


def test_mean_is_over_rows_not_over_articles():
    assert interval(scores({"a": [1.0, 1.0, 1.0], "b": [0.0]}))["mean"] == 0.75


def test_two_articles_bound_nothing():
    figure = interval(scores({"a": [0.9] * 20, "b": [0.8] * 20}))
    assert (figure["n"], figure["articles"]) == (40, 2)
    assert np.isnan(figure["low"])
    assert np.isnan(figure["high"])


def test_statements_of_one_article_are_not_many_witnesses():
    spread = [-0.9, 0.9, -0.6, 0.6]
    once = interval(scores({str(i): [score] for i, score in enumerate(spread)}))
    repeated = interval(scores({str(i): [score] * 50 for i, score in enumerate(spread)}))
    assert repeated["n"] == 200
    assert (once["low"], once["high"]) == pytest.approx((repeated["low"], repeated["high"]))


def agreeing(rng: np.random.Generator) -> float:
    return 0.75 if rng.random() < 0.9 else -0.75


def split(rng: np.random.Generator) -> float:
    return 0.75 if rng.random() < 0.5 else -0.75


def spread(rng: np.random.Generator) -> float:
    return float(np.clip(rng.normal(0.2, 0.4), -1, 1))


@pytest.mark.parametrize("articles", [3, 6, 10, 25])
@pytest.mark.parametrize(("draw", "truth"), [(agreeing, 0.6), (split, 0.0), (spread, 0.2)])
def test_interval_covers_the_truth_at_least_about_as_often_as_it_says(draw, truth, articles):
    rng = np.random.default_rng(7)
    groups = [scores({f"{trial}-{i}": [draw(rng)] for i in range(articles)}, str(trial)) for trial in range(200)]
    found = mean_intervals(pd.concat(groups), ["actor_id"], "score")
    assert found["low"].le(truth).mul(found["high"].ge(truth)).mean() >= 0.92


def test_articles_that_agree_by_chance_give_no_interval_without_width():
    figure = interval(scores({str(i): [0.75] for i in range(4)}))
    assert figure["low"] < 0 < figure["mean"] < figure["high"]
    many = interval(scores({str(i): [0.75] for i in range(60)}))
    assert 0.6 < many["low"] < 0.75 < many["high"] < 0.8


def test_interval_of_a_share_stays_between_0_and_1():
    frame = scores({str(i): [1.0] for i in range(5)})
    figure = mean_intervals(frame, ["actor_id"], "score", scale=(0.0, 1.0)).iloc[0]
    assert 0.3 < figure["low"] < figure["high"] == 1


def test_same_group_has_the_same_interval_whatever_stands_beside_it():
    one = scores({"a": [0.1, 0.4], "b": [-0.2], "c": [0.9]})
    both = pd.concat([scores({"x": [0.5], "y": [0.1], "z": [0.2], "w": [0.3]}, "merz"), one])
    assert interval(one).tolist() == mean_intervals(both, ["actor_id"], "score", seed=1).iloc[1].tolist()


def test_order_of_rows_does_not_matter_and_seed_does():
    frame = scores({str(i): [i / 20, (i % 7) / 10] for i in range(20)})
    assert interval(frame)["low"] == pytest.approx(interval(frame.iloc[::-1])["low"])
    assert interval(frame, seed=1)["low"] != interval(frame, seed=2)["low"]


def test_nulls_are_left_out():
    frame = pd.concat([scores({"a": [0.5], "b": [np.nan]}), scores({"c": [0.1]}).assign(actor_id=None)])
    assert interval(frame)["n"] == 1


def test_no_rows_give_no_figures():
    assert mean_intervals(scores({}), ["actor_id"], "score").columns.tolist() == [
        *("actor_id", "mean", "low", "high", "n", "articles")
    ]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.floats(-1, 1), min_size=1, max_size=4), min_size=3, max_size=8))
def test_interval_holds_the_mean_and_stays_in_range(found):
    figure = interval(scores({str(i): values for i, values in enumerate(found)}))
    assert -1 - 1e-9 <= figure["low"] <= figure["high"] <= 1 + 1e-9
    assert np.isclose(figure["mean"], np.mean([score for values in found for score in values]))
