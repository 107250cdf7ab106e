"""Quotation marks as they stand in real text: every style, mixed, nested, forgotten."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.quotations import find_quotations
from analysis.text import split_paragraphs


def quoted(text):
    return [text[q.start : q.end] for q in find_quotations(text, split_paragraphs(text))]


MARKS = [
    ('He said "yes" and "no".', ['"yes"', '"no"']),
    ("He said “yes” and ‘no’.", ["“yes”", "‘no’"]),
    ("He said ''yes'' and left.", ["''yes''"]),
    ("He said «yes», then „no“.", ["«yes»", "„no“"]),
    ('Curly and straight mixed: “yes" and "no”.', ['“yes"', '"no”']),
    # nested marks stay inside the outer ones
    ("He said “I told him ‘no’ twice.”", ["“I told him ‘no’ twice.”"]),
    ("He said 'I told him \"no\" twice.'", ["'I told him \"no\" twice.'"]),
    # apostrophes open and close nothing
    ("It's the voters' choice in '94, they don't say.", []),
    ("'It's the voters' choice,' he said.", ["'It's the voters' choice,'"]),
    # measures are no quotations
    ('A 6" pipe.', []),
    # a mark that never closes reaches the end of its paragraph, and no farther
    ("He said: “We came to talk to them.\n\nThen “no” was said.", ["“We came to talk to them.", "“no”"]),
    # a quotation that goes on in the next paragraph opens again there
    (
        "“We came to talk to all.\n\n“We left again soon.” He left.",
        ["“We came to talk to all.", "“We left again soon.”"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), MARKS)
def test_quotations_are_found_whatever_their_marks(text, expected):
    assert quoted(text) == expected


@given(st.text(alphabet="ab \n.,\"'“”‘’«»„", max_size=80))
def test_quotations_are_ordered_disjoint_and_inside_a_paragraph(text):
    paragraphs = split_paragraphs(text)
    found = find_quotations(text, paragraphs)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(any(start <= q.start < q.end <= end for start, end in paragraphs) for q in found)
