import pytest

from analysis.turns import break_before_turns, find_turns


def spoken(text):
    return [(turn.speaker, text[slice(*turn.words)]) for turn in find_turns(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2:05 P.M. EDT PRESIDENT BERG: Welcome. PRESIDENT LIND: (In English.) Thank you. PRESIDENT BERG: Sit.",
            [
                ("PRESIDENT BERG", "Welcome."),
                ("PRESIDENT LIND", "(In English.) Thank you."),
                ("PRESIDENT BERG", "Sit."),
            ],
        ),
        (
            "THE PRESIDENT: Yes.\n\nQ Mr. President, why?\n\nTHE PRESIDENT: Because. Q When? THE PRESIDENT: Soon.",
            [
                ("THE PRESIDENT", "Yes."),
                ("Q", "Mr. President, why?"),
                ("THE PRESIDENT", "Because."),
                ("Q", "When?"),
                ("THE PRESIDENT", "Soon."),
            ],
        ),
        (
            "President of Lakeland Anna Berg: Good day.\n\nI will be short.\n\nQuestion: Why?\n\nAnna Berg: So.",
            [
                ("President of Lakeland Anna Berg", "Good day.\n\nI will be short."),
                ("Question", "Why?"),
                ("Anna Berg", "So."),
            ],
        ),
        ("MR. LIND (interrupting): No. MR. LIND: Never.", [("MR. LIND", "No."), ("MR. LIND", "Never.")]),
    ],
)
def test_every_turn_has_its_speaker_and_words(text, expected):
    assert spoken(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Peskov said no: there were no papers.",
        "The plan: three points.\n\nThe deadline: Thursday.",
        "LAKELAND WARNS WEST: THIS IS NOT A BLUFF\n\nThe talks go on.",
        "Photo: Wire\n\nThe talks go on.\n\nPhoto: Wire",
    ],
)
def test_news_is_no_transcript(text):
    assert find_turns(text) == []


def test_breaking_before_turns_keeps_every_word():
    text = "Oval Office\n\n2:05 P.M. EDT THE PRESIDENT: Welcome. Q Why? THE PRESIDENT: So."
    broken = break_before_turns(text)
    assert broken.split() == text.split()
    assert broken.count("\n\n") == 4
    assert break_before_turns(broken) == broken


def test_the_article_goes_on_after_the_last_answer():
    text = "Q: Is there a plan?\n\nBerg: There is.\n\nQ: When?\n\nBerg: Soon.\n\nBerg left at noon."
    assert [text[slice(*turn.words)] for turn in find_turns(text)] == [
        "Is there a plan?",
        "There is.",
        "When?",
        "Soon.",
    ]
