"""How a sentence speaks of one actor is not how it speaks of another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.portrayal import as_in_news, clause_around, lexicon_portrayals, score_portrayals


def target(text, name):
    start = text.index(name)
    return (start, start + len(name))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Senators praised Rubio as a brilliant negotiator.", "Rubio", 2),
        ("The senator attacked Witkoff as a liar and a fool.", "Witkoff", 0),
        ("Peskov met reporters on Monday.", "Peskov", 1),
    ],
)
def test_plain_cases(text, name, expected):
    assert score_portrayals([text], [target(text, name)]).argmax(axis=1).tolist() == [expected]


def test_the_clause_of_one_actor_leaves_out_the_clause_of_another():
    text = "Tusk was praised as a hero, while Orban was called a shameful traitor."
    scores = lexicon_portrayals([text, text], [target(text, "Tusk"), target(text, "Orban")])
    assert scores[0] > 0.3
    assert scores[1] < -0.3


def test_a_name_that_comes_twice_is_scored_where_it_stands():
    text = "Rubio smiled happily; the terrible bombing of Rubio went on."
    first, second = lexicon_portrayals([text, text], [(0, 5), (text.rindex("Rubio"), text.rindex("Rubio") + 5)])
    assert first > 0 > second


@pytest.mark.parametrize("span", [(-1, 3), (2, 2), (3, 2), (0, 99)])
def test_a_span_outside_the_text_is_refused_by_name(span):
    for score in (score_portrayals, lexicon_portrayals):
        with pytest.raises(ValueError, match=r"row 0: span .*(outside|empty).*text of length 5"):
            score(["Rubio"], [span])


def test_lists_of_different_length_are_refused():
    for score in (score_portrayals, lexicon_portrayals):
        with pytest.raises(ValueError, match="2 texts and 1 of span"):
            score(["a", "b"], [(0, 1)])


def test_no_texts_give_no_rows():
    assert score_portrayals([], []).shape == (0, 3)


@given(st.text(min_size=1, max_size=120), st.data())
def test_probabilities_add_up_and_the_clause_holds_the_target(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert text[start:end] in clause_around(text, (start, end))
    p = score_portrayals([text], [(start, end)])
    assert p.shape == (1, 3)
    assert np.all(p >= 0)
    assert p.sum() == pytest.approx(1)


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=3))
def test_in_news_neutral_is_likelier_and_the_sides_keep_their_odds(chances):
    before = np.array([chances]) / sum(chances)
    (negative, neutral, positive) = as_in_news(before)[0]
    assert negative + neutral + positive == pytest.approx(1)
    assert neutral > before[0, 1]
    assert negative / positive == pytest.approx(before[0, 0] / before[0, 2])
