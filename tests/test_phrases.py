import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.phrases import PhraseFinder, phrase_error, phrase_pattern, verb_forms


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("reject", "reject rejects rejected rejecting"),
        ("cede", "cede cedes ceded ceding"),
        ("agree", "agree agrees agreed agreeing"),
        ("deny", "deny denies denied denying"),
        ("buy", "buy buys bought buying"),
        ("stop", "stop stops stopped stopping"),
        ("put", "put puts putting"),
        ("begin", "begin begins began begun beginning"),
        ("go", "go goes went gone going"),
        ("back", "back backs backed backing"),
        ("have", "have has had having"),
    ],
)
def test_verbs_are_inflected(verb: str, forms: str) -> None:
    assert list(verb_forms(verb)) == forms.split()


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("US", "US", True),
        ("US", "U.S.", True),
        ("US", "us", False),
        ("US", "USA", False),
        ("Trump", "TRUMP", True),
        ("Trump", "trump", False),
        ("peace plan", "Peace  plan", True),
        ("peace plan", "peace planning", False),
        ("security guarantee*", "security guarantees", True),
        ("to join ... NATO", "joining, as it hopes, NATO", False),
        ("to join ... NATO", "joins the EU and NATO", True),
        ("to join ... NATO", "to join NATO", False),  # the verb is where the phrase begins
        ("Ukraine's leadership", "Ukraine’s leadership", True),
        ("Ukrainian leadership", "Ukrainian ‘leadership’", True),
        ("NATO membership", "NATO-membership", True),
        ("to cede ... land", "cede one two three four land", True),
        ("to cede ... land", "cede one two three four five land", False),
    ],
)
def test_phrase_matches(phrase: str, text: str, matches: bool) -> None:
    assert bool(re.match(phrase_pattern(phrase), text, re.IGNORECASE)) is matches


@pytest.mark.parametrize("phrase", ["", "...", "... land", "land ...", "*", "la*nd", "“land”", "to"])
def test_phrase_that_cannot_be_meant(phrase: str) -> None:
    assert phrase_error(phrase)


def test_longest_match_counts_within_a_group_and_groups_do_not_disturb_each_other() -> None:
    finder = PhraseFinder(
        [("peace", "a", 1), ("peace plan", "a", 2), ("plan", "a", 3), ("plan", "b", 4), ("peace plan now", "a", 5)]
    )
    assert finder.find("The peace plan, a plan.") == [(4, 14, 2), (10, 14, 4), (18, 22, 3), (18, 22, 4)]


@given(st.text(alphabet="aUS. ’'-“\npleacn", max_size=60))
def test_finds_what_the_pattern_finds_and_never_fails(text: str) -> None:
    for start, end, phrase in PhraseFinder([("US", "g", "US"), ("peace plan", "g", "peace plan")]).find(text):
        assert re.fullmatch(phrase_pattern(phrase), text[start:end], re.IGNORECASE)


TOKENS = ["gave", "U.S.", "peace–plan", "the", "The,", "land", "lands:", "some-land", "so"]
GAPPED = ["to give ... land*", "US ... land", "peace-plan ... land", "to give ... land", "the land*"]


@given(st.lists(st.sampled_from(TOKENS), max_size=8).map(" ".join))
def test_no_phrase_with_a_gap_is_missed(text: str) -> None:
    for phrase in GAPPED:
        pattern = re.compile(rf"(?<!\w){phrase_pattern(phrase)}", re.IGNORECASE)
        assert [(a, b) for a, b, _ in PhraseFinder([(phrase, "g", 0)]).find(text)] == [
            match.span() for match in pattern.finditer(text)
        ]
