"""The two lexicons answer as their authors describe, without a download."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analysis.tone import score_tone, textblob_polarity, vader_compound


@pytest.mark.parametrize(
    ("words", "vader", "textblob"),
    [
        ("We thank our wonderful partners.", 1, 1),
        ("This is a terrible, shameful surrender.", -1, -1),
        ("The delegation will travel on Tuesday.", 0, 0),
        ("", 0, 0),
        ("Привіт 世界", 0, 0),
        ("Talks 😢", -1, 0),
    ],
)
def test_sign_of_the_tone(words, vader, textblob):
    tone = score_tone([words])
    assert np.sign(tone.round(1)).iloc[0].tolist() == [vader, textblob]


def test_no_texts_give_an_empty_table_with_both_columns():
    tone = score_tone([])
    assert tone.columns.tolist() == ["vader", "textblob"]
    assert len(tone) == 0


@given(st.lists(st.text(max_size=80), max_size=4))
def test_tone_stays_between_minus_one_and_one_and_keeps_the_order(texts):
    tone = score_tone(texts)
    assert tone.abs().to_numpy().max(initial=0) <= 1
    assert [score_tone([text]).iloc[0].tolist() for text in texts] == tone.to_numpy().tolist()


@pytest.mark.parametrize(
    ("words", "compound"),
    [
        ("Russia does not want peace; Ukraine wants peace.", 0.1098),
        ("Ukraine wants peace; Russia does not want peace.", 0.1098),
        ("No peace without justice; peace is peace.", -0.6093),
        ("Good, not good.", 0.1265),
        ("peace", 0.5423),
        ("peace peace peace", 0.8885),
        ("Then it is no peace.", -0.431),
    ],
)
def test_vader_hears_a_word_where_it_stands_also_when_it_is_repeated(words, compound):
    assert vader_compound(words) == compound


WORDS = [
    *("good", "bad", "GREAT", "least", "kind", "of", "very", "but", "not", "never", "so", "this", "the", "shit"),
    *("great,", "(great)", "'great'", "great!!!", "great's", "?!?", ":)"),
    "talks",
    "Kyiv,",
    "box",
    "D",
    "_O",
    "too",
    "o",
    ".",
    ":",
    ")",
    "(!)",
    "isn't",
    "isn’t",
    "really",
    "ain't",
    "\n\n",
]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_textblob_is_textblobs_own(text):
    from textblob import TextBlob

    assert textblob_polarity(text) == round(TextBlob(text).sentiment.polarity, 6)


AUTHORS = SentimentIntensityAnalyzer()


@given(st.lists(st.sampled_from([*WORDS, "least", "doubt", "without", "bomb", "hand", "sort", "bad"]), max_size=40))
def test_vader_is_its_authors_own(words):
    text = " ".join(words)
    assert vader_compound(text) == AUTHORS.polarity_scores(text)["compound"]
