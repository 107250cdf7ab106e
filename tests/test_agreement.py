"""Rules and tagger together: who decides what, and what neither may say alone."""

import pytest

from analysis.agreement import agree, find_undecided
from analysis.drafting import draft_statements, read_article


def joined(text):
    article = read_article(text)
    drafts = agree(article, draft_statements(article))
    return sorted((text[slice(*d.speaker)] if d.speaker else "", [text[a:b] for a, b in d.spans]) for d in drafts)


def undecided(text):
    article = read_article(text)
    return [text[a:b] for a, b in find_undecided(article, draft_statements(article))]


def test_the_tagger_reads_only_what_the_rules_leave_open():
    settled = '"We will talk to all of them for as long as it takes," said Anna Berg.'
    silent = "The river was high that morning and the bridge was closed."
    open_ = "Berg then criticized the plan as a gift to its author."
    assert undecided(f"{settled}\n\n{silent}\n\n{open_}") == [open_]


def test_neighbouring_open_sentences_are_read_together():
    first, second, silent = "Berg said the plan was dead.", "Holm claimed it was alive.", "The bridge was closed."
    assert undecided(f"{first} {silent}\n\n{first}\n\n{second}") == [first, f"{first}\n\n{second}"]


def test_a_long_quotation_reaches_over_what_the_tagger_leaves_out():
    quotation = '"We want ' + "peace and quiet and " * 12 + 'no more delays"'
    text = f"Standing at the bridge on Monday, Anna Berg told reporters {quotation} before she left."
    assert undecided(text) == [text]
    assert [(speaker, quotation in content[0]) for speaker, content in joined(text)] == [("Anna Berg", True)]


def test_turns_of_a_transcript_are_never_read_by_the_tagger():
    assert undecided("THE PRESIDENT: He said it was late.\n\nQ Why?\n\nTHE PRESIDENT: I told you why.") == []


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        # marks decide where a quotation begins and ends
        ('Anna Berg said "we will talk" and left.', ("Anna Berg", '"we will talk"')),
        # who and whom it stands for
        ("They met Anna Berg, who said that the plan was dead.", ("Anna Berg, who", "the plan was dead")),
    ],
)
def test_words_and_speakers(text, statement):
    assert any(statement[0] in speaker and statement[1] in " ".join(content) for speaker, content in joined(text))


@pytest.mark.parametrize(
    "text",
    [
        "Anna Berg did not say whether the plan was dead.",
        "Anna Berg will announce the plan on Monday.",
        "Anna Berg hopes for rain.",
    ],
)
def test_what_was_not_said_is_no_statement(text):
    assert joined(text) == []


def test_nothing_is_found_in_nothing():
    assert joined("") == []
