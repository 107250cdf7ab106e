"""Layers come back as they went, and nothing else is taken for one."""

import json
import zlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.codebook import read_codebook
from analysis.layers import LAYERS, Layers, codebook_key, decode, encode, layer_keys
from analysis.statements import Statement

BOOK = read_codebook()

unit = st.floats(-1, 1)
spans = st.tuples(st.integers(0, 99), st.integers(0, 99))
statements = st.builds(
    Statement,
    spans=st.lists(spans, min_size=1, max_size=3).map(tuple),
    kind=st.sampled_from(["direct", "indirect", "mixed"]),
    cue=st.none() | spans,
    speaker=st.none() | spans,
    speaker_text=st.text(max_size=9),
    speaker_name=st.text(max_size=9),
    confidence=unit,
)
pairs = st.lists(st.tuples(statements, st.tuples(unit, unit)), max_size=3)
cells = st.none() | st.booleans() | st.integers(-9, 9) | unit | st.text(max_size=5)
layers = st.builds(
    Layers,
    statements=st.none() | pairs.map(lambda both: ([one for one, _ in both], [tone for _, tone in both])),
    portrayals=st.none() | st.dictionaries(spans, st.tuples(unit, unit, unit, unit), max_size=3),
    rows=st.none() | st.dictionaries(st.text(max_size=5), st.lists(st.dictionaries(st.text(max_size=5), cells))),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(layers)
def test_layers_come_back_as_they_went(one):
    assert decode(encode(one)) == one


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(LAYERS)), st.binary(max_size=20) | st.none() | cells.map(lambda cell: _packed([cell])))
def test_what_is_no_layer_is_as_if_it_were_not_there(name, value):
    found = getattr(decode({name: value}), name)
    assert found is None or found in ([], {})


def test_a_layer_of_another_shape_is_none():
    assert decode({"statements": _packed([[["spans"]], []]), "portrayals": _packed([[1, 2]]), "rows": _packed(7)}) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("text", "day", "book", "changed"),
    [
        ("No.", date(2025, 11, 24), "A", set()),
        ("No!", date(2025, 11, 24), "A", {"statements", "portrayals", "rows"}),
        ("No.", date(2025, 11, 25), "A", {"rows"}),
        ("No.", None, "A", {"rows"}),
        ("No.", date(2025, 11, 24), "B", {"rows"}),
        ("\ud800", None, "A", {"statements", "portrayals", "rows"}),
    ],
)
def test_a_key_says_what_the_layer_depends_on_and_no_more(text, day, book, changed):
    first = layer_keys("No.", date(2025, 11, 24), "A")
    second = layer_keys(text, day, book)
    assert {layer for layer in LAYERS if first[layer] != second[layer]} == changed
    assert len(set(first.values())) == len(LAYERS)


def test_a_codebook_is_told_by_what_it_says():
    assert codebook_key(replace(BOOK, sha256="another file")) == codebook_key(BOOK)
    assert codebook_key(replace(BOOK, issues=BOOK.issues[1:])) != codebook_key(BOOK)


def _packed(value):
    return zlib.compress(json.dumps(value).encode())
