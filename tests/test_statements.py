"""Statements as a reader would mark them: whose words, which words, and what is no statement."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.statements import extract_statements


def found(text):
    """Return (speaker phrase, content pieces) of each statement."""
    return [(s.speaker_text, [text[a:b] for a, b in s.spans]) for s in extract_statements(text)]


# One table: what news English does with a quotation.
DIRECT = [
    # the cue before, behind, turned round, in the middle
    ('Berg said: "We will talk."', "Berg", ['"We will talk."']),
    ('Berg said, "We will talk."', "Berg", ['"We will talk."']),
    ('"We will talk," Berg said.', "Berg", ['"We will talk,"']),
    ('"We will talk," said Berg.', "Berg", ['"We will talk,"']),
    ('"We will talk," said Anna Berg, the envoy.', "Anna Berg, the envoy", ['"We will talk,"']),
    ('"We will talk," Anna Berg, the envoy, said.', "Anna Berg, the envoy", ['"We will talk,"']),
    ('"We will talk," she said, "but not today."', "she", ['"We will talk,"', '"but not today."']),
    ('"We will talk," said Berg. "But not today."', "Berg", ['"We will talk,"', '"But not today."']),
    ('"Why now?" Berg asked.', "Berg", ['"Why now?"']),
    ('"Never!" shouted Berg.', "Berg", ['"Never!"']),
    # a verb that only its place makes one of speech
    ('"We will talk," Berg smiled.', "Berg", ['"We will talk,"']),
    # whom it is said to, where and when, is no content and no speaker
    ('"We will talk," Berg told the Daily Courier.', "Berg", ['"We will talk,"']),
    ('Berg told reporters in Geneva on Sunday: "We will talk."', "Berg", ['"We will talk."']),
    ('"We will talk," Berg said in a statement on Monday.', "Berg", ['"We will talk,"']),
    ('In Geneva on Sunday, Berg said, "We will talk."', "Berg", ['"We will talk."']),
    # posts, papers, bodies
    ('Berg wrote on social media: "We will talk."', "Berg", ['"We will talk."']),
    ('In another post, he expressed, "We thank every one of them."', "he", ['"We thank every one of them."']),
    ('"We will talk," the joint statement said.', "the joint statement", ['"We will talk,"']),
    # somebody else's name is nearer
    ('"We thank Anna Berg," said Carl Holm after a call with Dora Lind.', "Carl Holm", ['"We thank Anna Berg,"']),
]


@pytest.mark.parametrize(("text", "speaker", "content"), DIRECT)
def test_quotation_goes_to_the_subject_of_its_verb(text, speaker, content):
    statements = extract_statements(text)
    assert [s.kind for s in statements] == ["direct"]
    assert statements[0].speaker_text.startswith(speaker)
    assert [text[a:b] for a, b in statements[0].spans] == content


STYLES = ["“{}”", '"{}"', "''{}''", "«{}»", "„{}“", "‘{}’", "'{}'", "``{}''"]


@pytest.mark.parametrize("style", STYLES)
def test_every_style_of_quotation_mark(style):
    text = style.format("We will talk about it,") + " Anna Berg said."
    assert found(text) == [("Anna Berg", [style.format("We will talk about it,")])]


def test_apostrophes_inside_single_marks():
    text = "'It's the voters' choice, isn't it,' Berg said."
    assert found(text) == [("Berg", ["'It's the voters' choice, isn't it,'"])]


def test_nested_marks_stay_in_one_quotation():
    text = "“He told me ‘never again’ and left,” Berg said."
    assert found(text) == [("Berg", ["“He told me ‘never again’ and left,”"])]


def test_one_speaker_over_several_paragraphs_without_closing_marks():
    text = (
        "“We came to talk, Berg said.\n\n“We stayed for a week and then another one.\n\n“We left with nothing at all.”"
    )
    names = {s.speaker_name for s in extract_statements('Anna Berg said: "We came."\n\n' + text)}
    assert names == {"Anna Berg"}


def test_a_forgotten_mark_spoils_one_paragraph_only():
    text = 'Berg said: "We came to talk.\n\n"We will stay," said Carl Holm.\n\nDora Lind said the plan was dead.'
    assert [s.speaker_text for s in extract_statements(text)][1:] == ["Carl Holm", "Dora Lind"]


INDIRECT = [
    ("Berg said the plan was dead.", "Berg", ["the plan was dead"]),
    ("Berg said that the plan was dead.", "Berg", ["that the plan was dead"]),
    ("Berg said on Sunday that the plan was dead.", "Berg", ["that the plan was dead"]),
    ("Berg, who leads the delegation, said the plan was dead.", "Berg", ["the plan was dead"]),
    ("The plan was dead, Berg said.", "Berg", ["The plan was dead"]),
    ("The plan was dead, said Anna Berg, a former minister.", "Anna Berg", ["The plan was dead"]),
    ("The plan, Berg said, was dead.", "Berg", ["The plan", "was dead"]),
    ("Holm, Berg said, wants a deal.", "Berg", ["Holm", "wants a deal"]),
    ("Sweden, Berg said, should join.", "Berg", ["Sweden", "should join"]),
    ("Nor, Berg said, was the plan dead.", "Berg", ["Nor", "was the plan dead"]),
    ("Holm was told by Berg that the plan was dead.", "Berg", ["that the plan was dead"]),
    ("According to Berg, the plan was dead.", "Berg", ["the plan was dead"]),
    (
        "The plan was dead, according to two people familiar with it.",
        "two people familiar with it",
        ["The plan was dead"],
    ),
    ("Berg told reporters that the plan was dead.", "Berg", ["that the plan was dead"]),
    ("Berg told the committee the plan was dead.", "Berg", ["the plan was dead"]),
    ("The White House stated that the plan was dead.", "The White House", ["that the plan was dead"]),
    ("Kyiv said it had received no plan.", "Kyiv", ["it had received no plan"]),
    ("The report says the plan was dead.", "The report", ["the plan was dead"]),
    ("Berg has said she will go.", "Berg", ["she will go"]),
    ("Holm asked whether the plan was dead.", "Holm", ["whether the plan was dead"]),
    ("Holm called for an end to the war.", "Holm", ["an end to the war"]),
    ("Holm met Berg, who said the plan was dead.", "Berg, who", ["the plan was dead"]),
]


@pytest.mark.parametrize(("text", "speaker", "content"), INDIRECT)
def test_indirect_speech_ends_where_the_clause_ends(text, speaker, content):
    statements = extract_statements(text)
    assert [(s.kind, [text[a:b] for a, b in s.spans]) for s in statements] == [("indirect", content)]
    assert statements[0].speaker_text.startswith(speaker)


def test_two_cues_with_one_subject_are_two_statements():
    text = "Berg said the plan was dead, adding that talks would go on."
    assert found(text) == [("Berg", ["the plan was dead"]), ("Berg", ["that talks would go on"])]


def test_two_speakers_in_one_sentence():
    text = "Berg said the plan was dead, but Holm insisted that talks would go on."
    assert found(text) == [("Berg", ["the plan was dead"]), ("Holm", ["that talks would go on"])]


def test_words_and_quotations_make_one_mixed_statement():
    text = 'Berg said the plan was "bold" and rested on "one assumption".'
    statements = extract_statements(text)
    assert [s.kind for s in statements] == ["mixed"]
    assert text[slice(*statements[0].spans[0])].endswith('"one assumption"')


NOTHING = [
    "Berg did not say where she was.",
    "Berg will say the plan is dead.",
    "Berg would argue otherwise.",
    "The minister never told them that.",
    'He published a book called "The Long Winter".',
    'The "peace plan" was late.',
    "By Anna Berg, Staff Writer",
    "Photo: Anna Berg / Agency",
    "It was a claim about a report of a call.",
    "",
    "   \n\n ",
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_no_statement(text):
    assert extract_statements(text) == []


# What Berg is not said to have said, with 'that the plan was dead' as what was not said.
UNSAID = [
    # by nobody
    "Nobody in Oslo said {}.",
    "No minister said {}.",
    "Neither Berg nor Holm said {}.",
    "Neither Berg nor Holm has publicly said {}.",
    "None of Berg, Holm or Lind said {}.",
    "Nor did Berg say {}.",
    # denied, refused, not yet said
    "Berg never said {}.",
    "Berg hardly said {}.",
    "Berg has yet to say {}.",
    "Berg refused to say {}.",
    "Berg left without saying {}.",
    "Berg avoided saying {}.",
    "Berg declined to say whether the plan was dead.",
    "It is false that Berg said {}.",
    "It is not true that Berg told reporters {}.",
    # asked, or supposed
    "Did Berg say {}?",
    "Has Berg ever said {}?",
    "If Berg said {}, he was wrong.",
    "Holm was wrong if Berg said {}.",
    "Unless Berg says {}, the talks go on.",
    "Had Berg said {}, the talks would have ended.",
    "Whether Berg said {} is unclear.",
    'If he said "the plan is dead", he was wrong.',
]


@pytest.mark.parametrize("text", UNSAID)
def test_what_was_not_said_is_no_statement(text):
    assert found(text.format("that the plan was dead")) == []


# The same words where they deny, ask or suppose what is said, and not that it is said.
SAID = [
    ("If Sweden signs, Berg said, the war ends.", "Berg", ["If Sweden signs", "the war ends"]),
    ("Had Sweden signed, Berg said, the war would be over.", "Berg", ["Had Sweden signed", "the war would be over"]),
    ("Berg said if he were president the war would end.", "Berg", ["if he were president the war would end"]),
    ('"If Sweden signs, the war ends," said Berg.', "Berg", ['"If Sweden signs, the war ends,"']),
    ('"Nobody will sign," Berg said.', "Berg", ['"Nobody will sign,"']),
    ("Nobody has signed, Berg said.", "Berg", ["Nobody has signed"]),
    ("It is worth less than none, Berg argued: it is dead.", "Berg", ["it is dead"]),
    ("None, Berg said, will sign.", "Berg", ["None", "will sign"]),
    ("None of them, Berg said, will sign.", "Berg", ["None of them", "will sign"]),
    ("Neither Sweden nor Norway has signed, Berg said.", "Berg", ["Neither Sweden nor Norway has signed"]),
    ("Neither side has signed, according to Berg.", "Berg", ["Neither side has signed"]),
    ('"Did Sweden sign?" Berg asked.', "Berg", ['"Did Sweden sign?"']),
    ("It is false that the plan was dead, Berg said.", "Berg", ["It is false that the plan was dead"]),
    ("Berg said Holm never said that.", "Berg", ["Holm never said that"]),
    ("Berg said it is false that Holm said no.", "Berg", ["it is false that Holm said no"]),
    ("Berg denied that Holm said the plan was dead.", "Berg", ["that Holm said the plan was dead"]),
    ("Berg, who never reads, said the plan was dead.", "Berg", ["the plan was dead"]),
    ("Berg left, even if he said that the plan was dead.", "he", ["that the plan was dead"]),
    ("Holm will lose if he meets Berg, who said the plan was dead.", "Berg, who", ["the plan was dead"]),
    ("Without naming Holm, Berg said the plan was dead.", "Berg", ["the plan was dead"]),
    ("Berg refused to rule out a war and said the plan was dead.", "Berg", ["the plan was dead"]),
    ("Berg refused to sign and said that the plan was dead.", "Berg", ["that the plan was dead"]),
    ("Holm declined to comment, but Berg said that the plan was dead.", "Berg", ["that the plan was dead"]),
    ("Nobody believed him, but Berg said the plan was dead.", "Berg", ["the plan was dead"]),
    ("Nobody but Berg said the plan was dead.", "Berg", ["the plan was dead"]),
    ("No 10 said the plan was dead.", "No 10", ["the plan was dead"]),
    ("No fewer than five ministers said the plan was dead.", "five ministers", ["the plan was dead"]),
    ("A man with no children said the plan was dead.", "A man with no children", ["the plan was dead"]),
    ("Not only Berg said that the plan was dead.", "Berg", ["that the plan was dead"]),
    ("It is true that Berg said the plan was dead.", "Berg", ["the plan was dead"]),
    ("Why did Berg say that the plan was dead?", "Berg", ["that the plan was dead"]),
]


@pytest.mark.parametrize(("text", "speaker", "content"), SAID)
def test_what_is_denied_or_asked_by_a_speaker_is_said(text, speaker, content):
    ((who, words),) = found(text)
    assert who.startswith(speaker)
    assert words == content


def test_nobody_is_said_to_have_asked_where_somebody_was_asked():
    asked = "whether the plan was dead"
    answered = ("Berg", ['"No."'])
    assert found(f"Berg, asked {asked}, smiled.") == [("", [asked])]
    assert found(f"Berg, when asked {asked}, smiled.") == [("", [asked])]
    assert found(f"Berg was asked {asked}.") == [("", [asked])]
    assert found(f'Berg, asked {asked}, said: "No."') == [("", [asked]), answered]
    assert found(f'Asked {asked}, Berg said: "No."') == [("", [asked]), answered]
    assert found(f"Berg, asked {asked}, said that it was.") == [("", [asked]), ("Berg", ["that it was"])]
    assert found(f"Asked {asked}, Berg smiled.") == [("", [asked])]
    assert found(f"Asked {asked}, Berg said that it was.") == [("", [asked]), ("Berg", ["that it was"])]
    assert found(f"Berg, the envoy, asked {asked}.") == [("Berg, the envoy", [asked])]


def test_who_was_told_is_no_speaker():
    assert found("Berg was told that the plan was dead.") == [("", ["that the plan was dead"])]
    assert found("The plan to move, Berg was told, was dead.") == [("", ["The plan to move", "was dead"])]


def test_quotation_without_cue_inherits_the_last_speaker_not_the_last_name():
    text = 'Anna Berg said Carl Holm was late.\n\n"He is always late for these meetings."'
    statements = extract_statements(text)
    assert {s.speaker_name for s in statements} == {"Anna Berg"}
    assert text.index('"He') in {start for s in statements for start, _ in s.spans}


def test_quotation_behind_a_colon_in_the_next_paragraph():
    text = (
        'The office of Anna Berg released the following statement:\n\n"We will talk to all of them, whatever they say."'
    )
    assert [s.kind for s in extract_statements(text)] == ["direct"]


def test_i_inside_a_quotation_is_no_speaker():
    text = '"I said we would talk," Berg said.'
    assert [s.speaker_text for s in extract_statements(text)] == ["Berg"]


def test_turns_of_a_transcript_belong_to_their_labels():
    text = "THE PRESIDENT: Good evening.\n\nQ Is there a plan?\n\nTHE PRESIDENT: There is."
    assert found(text) == [
        ("THE PRESIDENT", ["Good evening."]),
        ("Q", ["Is there a plan?"]),
        ("THE PRESIDENT", ["There is."]),
    ]
    assert {s.kind for s in extract_statements(text)} == {"direct"}


def test_words_said_twice_are_two_statements_each_in_its_place():
    text = '"Never," said Berg. The room was silent. "Never," said Holm.'
    first, second = extract_statements(text)
    assert (first.speaker_text, second.speaker_text) == ("Berg", "Holm")
    assert first.spans != second.spans


MARKS = """" “ ” ' ‘ ’ '' « » — ( ) . , : ? said says that Holm he who the plan was told reporters and added called it 0
    didn't 's U.S. é 🙂 according to"""
SPACED = [" ", "\n", "\n\n", ". ", ", ", "\u00a0", "THE PRESIDENT:", "Anna Berg", "on Monday"]
PIECES = st.sampled_from([*MARKS.split(), *SPACED])


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=60).map(" ".join) | st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200))
def test_any_string_gives_statements_inside_it(text):
    statements = extract_statements(text)
    assert extract_statements(text) == statements
    for s in statements:
        assert s.kind in ("direct", "indirect", "mixed")
        assert 0 <= s.confidence <= 1
        spans = list(s.spans) + [span for span in (s.cue, s.speaker) if span]
        assert all(0 <= a < b <= len(text) for a, b in spans)
        assert all(before[1] <= after[0] for before, after in zip(s.spans, s.spans[1:], strict=False))
        assert s.speaker_text == (text[slice(*s.speaker)] if s.speaker else "")
    assert [s.spans for s in statements] == sorted(s.spans for s in statements) or len(statements) < 2


@pytest.mark.parametrize(
    "piece", ['"', "“", "'", '"a ', "He said ", "said that ", "? a ", "(", "Anna Berg said. ", "X, who said, "]
)
def test_a_long_run_of_anything_is_read_in_reasonable_time(piece):
    extract_statements(piece * (3_000 // len(piece)))


def test_questions_and_answers_within_an_article():
    text = (
        "Reporters met Anna Berg, the envoy, at noon. She told them that the talks went on. The hall was full.\n\n"
        "Q: Has she seen the plan?\n\nBerg: I have not.\n\nQ: Will she sign?\n\nBerg: No.\n\n"
        "Later she said that she would read it first."
    )
    found = [(s.speaker_text, text[slice(*s.spans[0])]) for s in extract_statements(text)]
    assert ("Berg", "I have not.") in found
    assert ("Berg", "No.") in found
    assert any(speaker == "she" and "read it first" in words for speaker, words in found)
