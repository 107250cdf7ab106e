"""The two lexicons answer as their authors describe, without a download."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.tone import score_tone, textblob_polarity, vader_compound


@pytest.mark.parametrize(
    ("words", "vader", "textblob"),
    [
        ("We thank our wonderful partners.", 1, 1),
        ("This is a terrible, shameful surrender.", -1, -1),
        ("The delegation will travel on Tuesday.", 0, 0),
        ("", 0, 0),
        ("Привіт 👋 世界", 0, 0),
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


PLAIN = ["good", "bad", "GREAT", "least", "kind", "of", "very", "but", "not", "never", "so", "this", "the", "shit"]
MARKED = ["great,", "(great)", "'great'", "great!!!", "great's", "?!?", ":)"]


@given(st.lists(st.sampled_from(PLAIN + MARKED), max_size=12).map(" ".join))
def test_vader_is_nltks_own(text):
    from analysis.tone import _vader

    assert vader_compound(text) == _vader().polarity_scores(text)["compound"]


WORDS = [
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


@given(st.lists(st.sampled_from(PLAIN + MARKED + WORDS), max_size=12).map(" ".join))
def test_textblob_is_textblobs_own(text):
    from textblob import TextBlob

    assert textblob_polarity(text) == round(TextBlob(text).sentiment.polarity, 6)
