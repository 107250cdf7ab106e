from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from talks import no_talks, talks

from analysis import summary
from analysis.codebook import read_codebook
from analysis.tables import Tables, make_table

FIGURES = [
    summary.statements_by_actor,
    summary.mentions_by_actor,
    summary.tone_by_actor,
    summary.portrayal_by_source,
    summary.portrayal_by_speaker,
    summary.portrayal_over_time,
    summary.stance_by_issue,
    summary.stance_by_actor,
    summary.stance_by_source,
    summary.stance_over_time,
    summary.disagreement,
    summary.rates_per_1000_words,
]


def nameless(*article_ids: str) -> Tables:
    """The talks, with articles of which nobody knows the outlet."""
    articles = talks().articles
    unknown = articles["article_id"].isin(article_ids)
    return replace(talks(), articles=articles.assign(source=articles["source"].mask(unknown, "")))


def row(frame: pd.DataFrame, **key: object) -> pd.Series:
    for column, value in key.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_articles_by_day_keeps_undated_articles_last():
    days = summary.articles_by_day(talks())
    assert days["articles"].sum() == 4
    assert days["source"].tolist() == ["Herald", "Herald", "Mirror", "Mirror"]
    assert pd.isna(days["day"].iloc[-1])


def test_sources_read_counts_what_each_source_gave():
    mirror = row(summary.sources_read(talks()), source="Mirror")
    assert mirror[["articles", "undated", "statements", "attributed"]].tolist() == [2, 1, 4, 3]
    assert mirror["first"] == mirror["last"] == pd.Timestamp("2025-11-21")


def test_statements_count_by_kind_and_leave_strangers_out():
    said = summary.statements_by_actor(talks())
    assert said["actor_id"].tolist() == ["trump", "zelenskyy"]
    assert row(said, actor_id="trump")[["direct", "mixed", "indirect", "n", "articles", "sources"]].tolist() == [
        *(1, 0, 2, 3, 3, 2)
    ]


def test_tone_has_both_lexicons():
    tone = summary.tone_by_actor(talks())
    assert row(tone, actor_id="trump", lexicon="vader")["mean"] == pytest.approx(0.3)
    assert row(tone, actor_id="zelenskyy", lexicon="textblob")["n"] == 2


def test_portrayal_keeps_the_voices_apart():
    told = summary.portrayal_by_source(talks())
    assert row(told, actor_id="trump", source=summary.ALL_SOURCES)["mean"] == pytest.approx(0.4)  # not the 0.6 said
    assert row(told, actor_id="trump", source="Herald")[["n", "positive"]].tolist() == [1, 1]
    spoken = summary.portrayal_by_speaker(talks())
    assert row(spoken, speaker_actor_id="zelenskyy", actor_id="trump")["mean"] == pytest.approx(0.6)


def test_stances_towards_issues_and_actors_are_kept_apart():
    plan = row(summary.stance_by_issue(talks()), actor_id="trump", target_id="peace_plan")
    assert plan[["n", "articles", "oppose", "support", "sources"]].tolist() == [3, 3, 1, 2, 2]
    assert plan["mean"] == pytest.approx(1.4 / 3)
    assert plan["low"] <= plan["mean"] <= plan["high"]
    assert summary.stance_by_actor(talks())["target_id"].tolist() == ["trump"]


def test_too_few_articles_give_no_interval():
    plan = row(summary.stance_by_issue(talks()), actor_id="zelenskyy", target_id="peace_plan")
    assert np.isnan(plan["low"])


def test_disagreement_names_the_outlets_that_differ():
    apart = row(summary.disagreement(talks()), actor_id="trump", target_id="peace_plan")
    assert (apart["source_for"], apart["source_against"]) == ("Herald", "Mirror")
    assert apart["difference"] == pytest.approx(1.0)
    assert np.isnan(apart["low"])  # one article of the Mirror bounds nothing


def test_disagreement_is_told_of_outlets_with_enough_articles_where_two_have_them():
    scores = {"Herald": [0.8] * 4, "Mirror": [-0.6] * 4, "Bugle": [0.9], "Globe": [-0.9]}
    rows = [(f"{source}-{n}", source, score) for source, found in scores.items() for n, score in enumerate(found)]
    day = pd.Timestamp(2025, 11, 20)
    articles = [{"article_id": name, "published": day, "source": source, "text": "…"} for name, source, _ in rows]
    stances = [
        {"article_id": name, "actor_id": "trump", "target_kind": "issue", "target_id": "peace_plan", "score": score}
        | {"label": "support", "evidence_start": 0, "evidence_end": 1}
        for name, _, score in rows
    ]
    tables = vars(no_talks()) | {
        "articles": make_table("articles", articles),
        "stances": make_table("stances", stances),
    }
    [apart] = summary.disagreement(Tables(**tables)).to_dict("records")
    assert (apart["source_for"], apart["source_against"], apart["sources"]) == ("Herald", "Mirror", 4)
    assert apart["low"] < apart["difference"] < apart["high"]


def test_articles_without_an_outlet_are_counted_and_never_compared_as_if_they_were_one():
    tables = nameless("mirror-1", "mirror-2")
    assert summary.named_outlets(tables.articles) == ["Herald"]
    assert summary.sources_read(tables)["articles"].tolist() == [2, 2]
    plan = row(summary.stance_by_issue(tables), actor_id="trump", target_id="peace_plan")
    assert (plan["articles"], plan["sources"]) == (3, 1)
    assert row(summary.statements_by_actor(tables), actor_id="trump")["sources"] == 1
    assert summary.disagreement(tables).empty
    for figures in (summary.portrayal_by_source, summary.stance_by_source, summary.rates_per_1000_words):
        assert set(figures(tables)["source"]) <= {"Herald", summary.ALL_SOURCES}
    told = row(summary.portrayal_by_source(tables), actor_id="trump", source=summary.ALL_SOURCES)
    assert (told["n"], told["articles"]) == (2, 2)


def test_actors_found_in_no_article_are_told():
    names = summary.not_found(talks(), read_codebook())
    assert {"Vladimir Putin", "Ruslan Stefanchuk"} <= set(names)
    assert not {"Donald Trump", "Volodymyr Zelenskyy", "Dmitry Peskov"} & set(names)
    assert len(summary.not_found(no_talks(), read_codebook())) == len(read_codebook().actors)


def test_time_line_gathers_evidence_day_by_day():
    days = summary.stance_over_time(talks())
    trump = days[days["actor_id"] == "trump"]
    assert trump["day"].dt.day.tolist() == [20, 21]  # the article without a date is left out
    assert trump["mean"].tolist() == pytest.approx([0.9, 0.7])
    assert trump["mean_so_far"].tolist() == pytest.approx([0.9, 0.8])
    assert trump["articles"].tolist() == [1, 2]


@pytest.mark.parametrize("figures", FIGURES)
def test_nothing_found_gives_an_empty_frame_with_the_same_columns(figures):
    assert figures(no_talks()).empty
    assert figures(no_talks()).columns.tolist() == figures(talks()).columns.tolist()


@pytest.mark.parametrize("figures", FIGURES)
def test_order_of_rows_does_not_matter(figures):
    tables = talks()
    turned = Tables(**{name: frame.iloc[::-1].reset_index(drop=True) for name, frame in vars(tables).items()})
    pd.testing.assert_frame_equal(figures(tables), figures(turned))


def test_rates_are_counts_per_1000_words_of_the_outlet():
    rates = summary.rates_per_1000_words(talks())
    everything = row(rates, actor_id="trump", source=summary.ALL_SOURCES, what="statements")
    words = sum(len(text.split()) for text in talks().articles["text"])
    assert (everything["n"], everything["articles"], everything["words"]) == (3, 3, words)
    assert everything["rate"] == pytest.approx(3000 / words)
    assert everything["low"] <= everything["rate"] <= everything["high"]
    mirror = row(rates, actor_id="peskov", source="Mirror", what="mentions")
    assert (mirror["rate"], mirror["n"]) == (0, 0)
    assert np.isnan(mirror["low"])  # two articles bound nothing
