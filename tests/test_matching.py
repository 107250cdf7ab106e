import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.matching import LEAST_OVERLAP, content_letters, is_speech, overlap, pair_up, same_name


@pytest.mark.parametrize(
    ("found", "gold", "same"),
    [
        ("Trump", "Donald Trump", True),
        ("Donald Trump", "President Donald Trump", True),
        ("Donald J. Trump", "Donald Trump", True),
        ("Melania Trump", "Donald Trump", False),
        ("Recep Tayyip Erdoğan", "Recep Tayyip Erdogan", True),
        ("the White House", "White House", True),
        ("White", "White House", True),
        ("Trump's envoy", "Trump", True),
        ("a senior official", "senior officials", False),
        ("two senior officials", "senior officials", True),
        ("Ruslan", "Stefanchuk", False),
        ("", "Trump", False),
        ("the", "Trump", False),
    ],
)
def test_names_of_one_speaker(found, gold, same):
    assert same_name(found, gold) is same


@pytest.mark.parametrize(
    ("text", "other", "one"),
    [
        ('He said "we go home".', "we go home", True),
        ("He said that we go home.", "that we go home.", True),
        ("He said if we go home.", "we go", True),
        ("He said we go home.", "said we go home and stay and wait for more", False),
    ],
)
def test_contents_are_compared_by_their_letters(text, other, one):
    whole = f"{text} {other}"
    first = content_letters(whole, [(len("He said "), len(text))])
    start = whole.index(other) if other in text else len(text) + 1
    assert (overlap(first, content_letters(whole, [(start, start + len(other))])) >= LEAST_OVERLAP) is one


@pytest.mark.parametrize(
    ("words", "kind", "speech"),
    [
        ("said", "indirect", True),
        ("replied", "indirect", True),
        ("hopes", "indirect", False),
        ("thinks", "direct", True),
    ],
)
def test_speech_is_told_from_thought(words, kind, speech):
    assert is_speech(f"He {words} so.", kind, [(3, 3 + len(words))]) is speech


@given(
    st.lists(st.frozensets(st.integers(0, 9), min_size=1), max_size=6),
    st.lists(st.frozensets(st.integers(0, 9), min_size=1), max_size=6),
)
def test_pairs_are_one_to_one_and_alike_enough(gold, found):
    pairs = pair_up(gold, found, overlap, LEAST_OVERLAP)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(overlap(gold[i], found[j]) >= LEAST_OVERLAP for i, j in pairs)


@given(st.lists(st.frozensets(st.integers(0, 9), min_size=1), max_size=6, unique=True))
def test_everything_matches_itself(contents):
    assert sorted(pair_up(contents, contents, overlap, 1.0)) == [(n, n) for n in range(len(contents))]


@given(
    st.lists(st.sampled_from(["Trump", "Donald", "the", "president", "officials", "J.", "Peskov's", "É"]), max_size=4)
)
def test_a_name_is_the_same_as_itself(words):
    name = " ".join(words)
    assert same_name(name, name) is (not set(words) <= {"the", "president"})
