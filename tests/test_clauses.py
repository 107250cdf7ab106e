import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.clauses import Anchor, condition, find_markers, judge, normalise, split_clauses


def judged(text: str, words: str, verbal: bool = False, side: int = 0) -> int | None:
    start = text.index(words)
    clause = next(c for c in split_clauses(text, 0, len(text)) if c[0] <= start < c[1])
    markers = [m for m in find_markers(text) if clause[0] <= m.start and m.end <= clause[1]]
    found = judge(text, markers, clause, Anchor(start, start + len(words), verbal, side))
    return None if found is None else found.sign


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        # predicates before their object
        ("We support the pact.", 1),
        ("We reject the pact.", -1),
        ("They refused to accept the pact.", -1),
        ("They ruled out abandoning the pact.", 1),
        ("They criticised and rejected the pact.", -1),
        ("They refuse to discuss or accept the pact.", -1),
        ("They refuse to leave and welcomed the pact.", 1),
        ("We do not accept the pact.", -1),
        ("We can't accept the pact.", -1),
        ("We would not agree to the pact.", -1),
        ("Nobody here wants the pact.", -1),
        ("They rejected calls for the pact.", -1),
        ("No to the pact.", -1),
        ("We want no pact.", -1),
        ("They must keep the pact.", 1),
        ("They keep the pact.", None),
        ("We might accept the pact.", None),
        # predicates after their subject
        ("The pact is unacceptable.", -1),
        ("The pact is not acceptable.", -1),
        ("The pact must be accepted.", 1),
        ("The pact was rejected by all.", -1),
        ("They called the pact a trap.", -1),
        ("The pact could be revised.", 0),
        ("The pact is not set in stone.", 0),
        # neither
        ("We read about the pact.", None),
        ("They met after the pact.", None),
        ("They rejected the offer at the talks on the pact.", None),
        ("We are studying the pact.", 0),
        ("We have not yet received the pact.", 0),
        ("They refused to consider the pact.", -1),
        # without
        ("There is no peace without the pact.", 1),
        ("A peace without the pact would be a capitulation.", 1),
        # coordination and contrast
        ("We reject the offer, but we accept the pact.", 1),
        ("We are not only for talks but also welcome the pact.", 1),
    ],
)
def test_what_governs_a_noun(text: str, sign: int | None) -> None:
    assert judged(text, "pact") == sign


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("We will not cede land.", -1),
        ("We must cede land.", 1),
        ("They want us to cede land.", 1),
        ("Nobody can force us to cede land.", -1),
        ("We might cede land.", None),
        ("They cannot cede land.", -1),
        ("To cede land would be a mistake.", -1),
        ("They cede land.", None),
    ],
)
def test_what_governs_a_verb(text: str, sign: int | None) -> None:
    assert judged(text, "cede land", verbal=True) == sign


@pytest.mark.parametrize(
    ("text", "sign"), [("The door is open.", 1), ("The door is not open.", 1), ("They deny that the door is open.", -1)]
)
def test_a_phrase_that_takes_a_side_by_itself(text: str, sign: int) -> None:
    words = "is not open" if "not" in text else "is open"
    assert judged(text, words, side=1) == sign


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("It ends; it begins.", ["It ends", "it begins."]),
        ("Kyiv and the capital will wait.", ["Kyiv and the capital will wait."]),
        ("He left, and she stayed.", ["He left", "she stayed."]),
        ("He left, saying no.", ["He left", "saying no."]),
        ("Come if you can.", ["Come", "if you can."]),
        ("", []),
    ],
)
def test_split_clauses(text: str, clauses: list[str]) -> None:
    assert [text[a:b] for a, b in split_clauses(text, 0, len(text))] == clauses


@pytest.mark.parametrize(
    ("text", "kind"), [("if it rains", 1), ("only if it rains", 2), ("unless so", 2), ("it is", 0)]
)
def test_condition(text: str, kind: int) -> None:
    assert condition(text, (0, len(text))) == kind


@settings(deadline=None)  # patterns are compiled when their first word turns up
@given(st.text(max_size=80))
def test_offsets_hold_for_any_text(text: str) -> None:
    assert len(normalise(text)) == len(text)
    end = 0
    for start, stop in split_clauses(text, 0, len(text)):
        assert end <= start < stop <= len(text)
        end = stop
    assert all(0 <= m.start < m.end <= len(text) for m in find_markers(text))
