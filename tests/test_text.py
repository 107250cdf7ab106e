"""Paragraphs, sentences and tokens lie where a reader would cut them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text import split_paragraphs, split_sentences, tokenize


def pieces(text, spans):
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The plan failed. Mr. Lavrov left.", ["The plan failed.", "Mr. Lavrov left."]),
        ("Sen. Rounds met Gen. Li on Nov. 23. They talked.", ["Sen. Rounds met Gen. Li on Nov. 23.", "They talked."]),
        ("The U.S. Senate voted. It passed.", ["The U.S. Senate voted.", "It passed."]),
        ("“Why now?” she asked. Nobody knew.", ["“Why now?” she asked.", "Nobody knew."]),
        ('"Enough!" Mr. Lavrov said. He left.', ['"Enough!" Mr. Lavrov said.', "He left."]),
        ("“We go!” said Trump.", ["“We go!” said Trump."]),
        ("“We go.” Trump left the hall.", ["“We go.”", "Trump left the hall."]),
        ("It cost $2.5 billion. J. D. Vance agreed.", ["It cost $2.5 billion.", "J. D. Vance agreed."]),
        ("A headline without an end\n\nThe first sentence.", ["A headline without an end", "The first sentence."]),
        ("", []),
        (" \n\t\n ", []),
    ],
)
def test_sentences(text, expected):
    assert pieces(text, split_sentences(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\nTwo.\n\nThree.", ["One.", "Two.", "Three."]),
        ("The line goes\non here.\nNew one.", ["The line goes\non here.", "New one."]),
        ("He left.\n\nand then", ["He left.", "and then"]),
        ("  indented \n", ["indented"]),
    ],
)
def test_paragraphs(text, expected):
    assert pieces(text, split_paragraphs(text)) == expected


def test_a_word_that_comes_twice_has_two_places():
    text = "No plan, no peace, no plan."
    assert [span for span in tokenize(text) if text[slice(*span)] == "plan"] == [(3, 7), (22, 26)]


@given(st.text(alphabet=st.sampled_from("ab AB.!?\"“”'’\n…,é😀"), max_size=200))
def test_spans_are_in_order_inside_the_text_and_lose_no_letter(text):
    for split in (split_paragraphs, split_sentences, tokenize):
        spans = split(text)
        ends = [0, *(end for _, end in spans)]
        assert all(before <= start < end <= len(text) for before, (start, end) in zip(ends, spans, strict=False))
        covered = {i for start, end in spans for i in range(start, end)}
        assert all(i in covered for i, c in enumerate(text) if c.isalnum())


@given(st.text(max_size=200))
def test_no_sentence_crosses_a_paragraph(text):
    paragraphs = split_paragraphs(text)
    for start, end in split_sentences(text):
        assert any(a <= start and end <= b for a, b in paragraphs)
