import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from talks import no_talks, talks

from analysis import charts, contrasts, summary
from analysis.codebook import read_codebook
from analysis.distinctive import distinctive_words
from analysis.drawing import draw_svg
from analysis.pairs import draw_pairs
from analysis.selection import MOST_ROWS

BOOK = read_codebook()
FOOT = "Corpus: four articles."
WITH_CODEBOOK = [
    "rates_per_1000_words",
    "disagreement",
    "statements_by_actor",
    "tone_by_actor",
    "portrayal_by_source",
    "portrayal_by_speaker",
    "portrayal_over_time",
    "stance_by_issue",
    "stance_by_actor",
    "stance_by_source",
    "stance_over_time",
]


def words(figure) -> str:
    texts = figure.findobj(lambda artist: hasattr(artist, "get_text"))
    return "\n".join(" ".join(text.get_text().split()) for text in texts)


def matrix(actors: int, issues: int) -> pd.DataFrame:
    rows = [
        {
            "actor_id": actor.actor_id,
            "target_id": issue.issue_id,
            "mean": 0.5,
            "low": 0.1,
            "high": 0.9,
            "n": 5,
            "articles": 4,
        }
        for actor in BOOK.actors[:actors]
        for issue in BOOK.issues[:issues]
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("name", WITH_CODEBOOK)
def test_every_chart_can_be_read_alone(name):
    figure = getattr(charts, name)(getattr(summary, name)(talks()), BOOK, FOOT)
    title, reading = figure.get_label().split("\n")
    assert title[0].isupper()
    assert len(reading) > 30
    assert FOOT in words(figure)
    assert draw_svg(figure) == draw_svg(getattr(charts, name)(getattr(summary, name)(talks()), BOOK, FOOT))


@pytest.mark.parametrize("name", WITH_CODEBOOK)
def test_every_chart_says_when_nothing_was_found(name):
    figure = getattr(charts, name)(getattr(summary, name)(no_talks()), BOOK, FOOT)
    assert "nothing found" in words(figure)


def test_articles_by_day_says_how_many_have_no_date():
    figure = charts.articles_by_day(summary.articles_by_day(talks()), FOOT)
    assert "4 articles in all, 1 of them without a date" in words(figure)
    assert {"Herald", "Mirror"} <= set(words(figure).split("\n"))


@pytest.mark.parametrize("name", ["stance_around", "portrayal_around"])
def test_before_and_after_say_which_day_and_whether_it_was_given(name):
    around = getattr(contrasts, name)(talks(), date(2025, 11, 21))
    figure = getattr(charts, name)(around, BOOK, FOOT, date(2025, 11, 21))
    assert around.empty or "from 21 November 2025 on" in words(figure)
    assert "nothing found" in words(getattr(charts, name)(around.head(0), BOOK, FOOT))
    if len(around):
        assert "too little evidence" in words(figure)
        assert "No event was given" in words(getattr(charts, name)(around, BOOK, FOOT))


@pytest.mark.parametrize("name", ["disagreement", "stance_by_source", "rates_per_1000_words", "portrayal_by_source"])
def test_articles_without_an_outlet_are_compared_in_no_chart(name):
    tables = talks()
    tables = replace(tables, articles=tables.articles.assign(source=""))
    said = words(getattr(charts, name)(getattr(summary, name)(tables), BOOK, FOOT))
    assert "(no outlet)" not in said
    assert ("No two outlets" in said) == (name in ("disagreement", "stance_by_source"))


def test_distinctive_words_chart_says_when_nobody_can_be_told_apart():
    assert "nothing found" in words(charts.distinctive_words(distinctive_words(no_talks(), BOOK), BOOK, FOOT))


def test_a_difference_is_bold_and_coloured_only_where_it_is_sure():
    row = {"first": -0.5, "first_low": -0.6, "first_high": -0.4, "first_articles": 3, "first_words": "before"}
    row |= {"second": 0.5, "second_low": 0.4, "second_high": 0.6, "second_articles": 3, "second_words": "after"}
    sure = row | {"name": "Sure", "colour": "#0072B2", "difference_words": "+1.00", "low": 0.8, "high": 1.2}
    open_to_doubt = sure | {"name": "Open", "difference_words": "+0.10", "low": -0.1, "second_articles": 2}
    figure = draw_pairs(pd.DataFrame([sure, open_to_doubt]), "Title", "Reading", FOOT)
    weights = {text.get_text(): text.get_weight() for text in figure.axes[0].texts}
    assert (weights["+1.00"], weights["+0.10"]) == ("bold", "normal")
    dots = [line.get_markeredgecolor() for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert dots == ["#0072B2", "#0072B2", "#999999", "#999999"]


def test_many_outlets_are_gathered():
    days = pd.DataFrame({"day": pd.Timestamp("2025-11-24"), "source": [f"Paper {i}" for i in range(30)], "articles": 1})
    assert "other outlets" in words(charts.articles_by_day(days, FOOT))


@pytest.mark.parametrize(("days", "unit"), [(40, "day"), (200, "week"), (900, "month")])
def test_long_corpora_have_longer_bars(days, unit):
    dates = pd.date_range("2023-01-01", periods=days, freq="D")
    figure = charts.articles_by_day(pd.DataFrame({"day": dates, "source": "Herald", "articles": 1}), FOOT)
    assert f"Articles per {unit} and outlet" in words(figure)
    heights = [patch.get_height() for patch in figure.axes[0].patches]
    assert sum(heights) == days
    assert len(heights) <= 45


def test_the_key_names_only_outlets_that_have_a_bar():
    days = summary.articles_by_day(talks())
    days = days.assign(source=days["source"].where(days["day"].notna(), ""))
    said = words(charts.articles_by_day(days, FOOT))
    assert "(no outlet)" not in said
    assert {"Herald", "Mirror"} <= set(said.split("\n"))
    assert "(no outlet)" in words(charts.articles_by_day(days.assign(day=pd.Timestamp("2025-11-24")), FOOT))


def test_one_article_is_counted_as_one():
    days = pd.DataFrame({"day": [pd.Timestamp("2025-11-24")], "source": ["Herald"], "articles": [1]})
    assert "1 article in all" in words(charts.articles_by_day(days, FOOT))


def test_undated_articles_alone_make_a_chart():
    days = pd.DataFrame({"day": [pd.NaT], "source": ["Herald"], "articles": [2]}).astype({"day": "datetime64[us]"})
    assert "2 articles in all, 2 of them" in words(charts.articles_by_day(days, FOOT))


def test_cell_has_value_and_n_and_is_coloured_only_with_enough_evidence():
    cells = matrix(1, 2).assign(articles=[3, 2])
    figure = charts.stance_by_issue(cells, BOOK, FOOT)
    first, second = (patch.get_facecolor() for patch in figure.axes[0].patches)
    assert first[2] > first[0]  # blue: for
    assert second[0] == second[1] == second[2]  # grey
    assert words(figure).count("+0.5") == 2
    assert words(figure).count("n=5") == 2


def test_value_is_bold_where_the_interval_leaves_zero_out():
    cells = matrix(1, 2).assign(low=[0.1, -0.1])
    figure = charts.stance_by_issue(cells, BOOK, FOOT)
    weights = [text.get_weight() for text in figure.axes[0].texts if text.get_text() == "+0.5"]
    assert weights == ["bold", "normal"]
    assert "only there is a side sure" in words(figure)


def test_what_does_not_fit_is_left_out_and_counted():
    figure = charts.stance_by_issue(matrix(len(BOOK.actors), len(BOOK.issues)), BOOK, FOOT)
    left_out = len(BOOK.actors) - MOST_ROWS
    assert left_out > 1
    assert f"{left_out} further actors with less evidence are left out" in words(figure)


def test_labels_of_a_full_matrix_do_not_overlap():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = charts.stance_by_issue(matrix(len(BOOK.actors), len(BOOK.issues)), BOOK, FOOT)
    renderer = FigureCanvasAgg(figure).get_renderer()
    axes = figure.axes[0]
    for labels in (axes.get_xticklabels(), axes.get_yticklabels(), axes.texts):
        boxes = [label.get_window_extent(renderer).shrunk(0.98, 0.9) for label in labels]
        assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[i + 1 :])
    inside = figure.bbox
    for text in figure.findobj(lambda artist: hasattr(artist, "get_text") and artist.get_text()):
        box = text.get_window_extent(renderer)
        assert inside.x0 <= box.x0
        assert box.x1 <= inside.x1
        assert box.y1 <= inside.y1


def test_letters_are_large_enough_for_a_phone():
    svg = draw_svg(charts.stance_by_issue(matrix(22, 11), BOOK, FOOT))
    sizes = {float(size) for size in re.findall(r"font(?:-size)?: (?:\w+ )*([\d.]+)px", svg)}
    assert sizes
    assert min(sizes) >= 7


def test_time_line_shows_only_what_has_two_days():
    figure = charts.stance_over_time(summary.stance_over_time(talks()), BOOK, FOOT)
    assert "Donald Trump: Peace plan" in words(figure)
    assert "Zelenskyy" not in words(figure)
    assert "too little evidence, n=2 in 2 articles" in words(figure)


def test_accuracy_and_confusion():
    figures = pd.DataFrame(
        [("portrayal", "all", "measured", "macro-F1", 62.5, 55.0, 70.0, 167)],
        columns=["task", "part", "method", "figure", "value", "low", "high", "n"],
    )
    assert "62%, n=167" in words(charts.accuracy(figures, FOOT))
    counts = pd.DataFrame({"gold": ["no", "no", "yes", "yes"], "found": ["no", "yes"] * 2, "n": [3, 1, 0, 4]})
    assert {"75%\nn=3", "25%\nn=1", "100%\nn=4"} <= {
        text.get_text() for text in charts.confusion(counts, FOOT, task="Stance").axes[0].texts
    }
    assert "nothing found" in words(charts.confusion(counts.assign(n=0), FOOT, task="Stance"))
