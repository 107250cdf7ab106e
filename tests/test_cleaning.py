import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cleaning import clean_page

STORY = [
    "The two delegations met for six hours in Geneva on Sunday and agreed to meet again within the week, both said.",
    "“We have a text that we can work on,” said the head of the Ukrainian delegation, who had come by train.",
    "Nobody would say which of the points had been changed, or whether the deadline of Thursday still stood.",
    "The Kremlin had received no papers and would not comment on what the newspapers had written, its spokesman said.",
]
MENU = ["Skip to content", "Home", "News", "World", "Politics", "Opinion", "Sport", "Sign in", "Subscribe", "Menu"]
FOOT = ["Related articles", "Five things to know about the lake", "Why the tram was late again", "Privacy policy"]


def test_a_quotation_that_a_live_blog_repeats_stays_once():
    said = "“We will not sign what we have not read, and we have not read it,” the minister told reporters."
    posts = [line for post in STORY for line in (post, said)]
    text = clean_page("\n\n".join(posts)).text
    assert text.count(said) == 1
    assert all(post in text for post in STORY)


def test_words_without_a_full_stop_that_are_repeated_stay_once():
    said = "“We will not sign what we have not read” – Olena Hnat, who leads the delegation of Ukraine in Geneva"
    assert clean_page("\n\n".join(line for post in STORY for line in (post, said))).text.count(said) == 1


def test_an_article_pasted_three_times_stays_once():
    assert clean_page("\n\n".join(STORY * 3)).text == "\n\n".join(STORY)


def test_what_follows_an_article_pasted_three_times_stays():
    news = "In the evening the delegations came out and said they would meet again."
    cleaned = clean_page("\n\n".join([*STORY * 3, news]))
    assert cleaned.text == "\n\n".join([*STORY, news])
    assert {piece.reason for piece in cleaned.dropped} == {"told above"}


def reasons(cleaned):
    return [(piece.line, piece.reason) for piece in cleaned.dropped]


def test_a_cluttered_page_gives_its_article_headline_and_date():
    page = ["Talks go on | The Paper", *MENU, "Talks go on", "By Anna Berg", "24 November 2025", *STORY, *FOOT]
    cleaned = clean_page("\n".join(page))
    assert cleaned.text == "\n\n".join(STORY)
    assert (cleaned.title, str(cleaned.date)) == ("Talks go on", "2025-11-24")
    assert len(cleaned.dropped) == len(page) - len(STORY)
    assert (13, "byline") in reasons(cleaned)


def test_a_text_without_clutter_is_left_alone():
    cleaned = clean_page("\n\n".join(STORY))
    assert (cleaned.text, cleaned.title, cleaned.date, cleaned.dropped) == ("\n\n".join(STORY), "", None, ())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Tags", "tags"),
        ("Related Reads", "related articles"),
        ("Sign in or create a free account to post comments", "sign-in"),
        ("Photo: Harbour Wire", "photo credit"),
        ("Delegates at the lake on Sunday. [Anna Berg/Harbour Wire]", "photo credit"),
        ("(This article references reports from the Harbour Wire)", "wire signature"),
        ("(Reporting by Anna Berg; Editing by John Marsh)", "wire signature"),
        ("© 2025 The Paper. All rights reserved.", "copyright"),
        ("Share on WhatsApp", "sharing"),
        ("Advertisement", "advertisement"),
        ("3 min read", "page control"),
        ("Anna Berg is a senior fellow at the Institute for Lakes.", "author note"),
    ],
)
def test_lines_that_pages_print_below_an_article_go_and_say_why(line, reason):
    cleaned = clean_page("\n".join([*STORY, line]))
    assert cleaned.text == "\n\n".join(STORY)
    assert reasons(cleaned) == [(len(STORY) + 1, reason)]


@pytest.mark.parametrize(
    "line",
    [
        "“Your support saved us,” he said.",
        "Thank you.",
        "“No.”",
        "He asked whether Ukraine would sign in Geneva.",
        "The White House said that all rights would be reserved for a later treaty.",
        "A spokesman said that the website of the ministry had been attacked.",
    ],
)
def test_what_somebody_says_stays(line):
    cleaned = clean_page("\n".join([*STORY, line]))
    assert cleaned.text.endswith(line)


def test_a_sentence_that_links_broke_is_one_again():
    page = [
        *MENU,
        "24 November 2025",
        "The delegations met on Sunday, as",
        "Harbour Wire",
        "reported",
        ".",
        *STORY,
        *FOOT,
    ]
    assert clean_page("\n".join(page)).text.startswith("The delegations met on Sunday, as Harbour Wire reported.")


def test_a_quotation_that_mark_up_broke_is_one_again():
    page = [*MENU, *STORY, "“W", "e will not sign, and we", "don’t", "mind who knows it,", "”", "Berg said.", *FOOT]
    assert "“We will not sign, and we don’t mind who knows it,” Berg said." in clean_page("\n".join(page)).text


def test_advertisements_and_other_headlines_inside_the_article_go():
    inside = ["Recommended Stories", "Lake Steamers Run Late Again", "Trams to Stop at Noon on Sunday", "Advertisement"]
    cleaned = clean_page("\n".join([*MENU, *STORY[:2], *inside, *STORY[2:], *FOOT]))
    assert cleaned.text == "\n\n".join(STORY)


def test_a_subheading_stays():
    cleaned = clean_page("\n".join([*MENU, *STORY[:2], "What comes next", *STORY[2:], *FOOT]))
    assert "What comes next" in cleaned.text.split("\n\n")


@pytest.mark.parametrize(
    ("dateline", "kept"),
    [
        ("GENEVA, Nov 23 (Harbour Wire) - ", False),
        ("KHARKIV, Ukraine, Nov 23 (Harbour Wire) — ", False),
        ("GENEVA, 23 November 2025 - ", False),
        ("GENEVA — ", False),
        ("Geneva (Harbour Wire) – ", False),
        ("KYIV: ", False),
        ("RUSSIA-UKRAINE WAR: ", True),
    ],
)
def test_datelines_leave_the_text(dateline, kept):
    cleaned = clean_page(dateline + "\n\n".join(STORY))
    assert cleaned.text.startswith(dateline.strip()) is kept
    assert cleaned.text.endswith("\n\n".join(STORY[1:]))


@pytest.mark.parametrize(
    ("dateline", "day"),
    [
        ("GENEVA, 23 November 2025 - ", "2025-11-23"),
        ("GENEVA, Nov 23, 2025 (Harbour Wire) - ", "2025-11-23"),
        ("GENEVA, Nov 23 (Harbour Wire) - ", "None"),
        ("Talks go on\n24 November 2025\n\nGENEVA, 23 November 2025 - ", "2025-11-24"),
    ],
)
def test_a_dateline_dates_an_article_that_nothing_else_dates(dateline, day):
    assert str(clean_page(dateline + "\n\n".join(STORY)).date) == day


def test_markdown_marks_go_and_their_words_stay():
    page = (
        "# Talks go on\n\n**Geneva** was [calm](https://x.example/a_(b)) _that_ day.[^1]\n\n* It rained.\n* All left."
    )
    cleaned = clean_page(page)
    assert cleaned.title == "Talks go on"
    assert cleaned.text == "Geneva was calm that day.\n\nIt rained.\n\nAll left."


def test_wrapped_mail_text_becomes_paragraphs():
    wrapped = (
        "The delegations met in Geneva on Sunday and agreed to go on\n"
        "talking about the plan within the week, although neither of\n"
        "them would say which of its points had been changed.\n"
        "    The Kremlin had received no papers and would not comment\n"
        "on what had been written, its spokesman told reporters.\n"
    )
    assert clean_page(wrapped).text.count("\n\n") == 1


def test_every_turn_of_a_transcript_stays_and_is_a_paragraph():
    talk = "THE PRESIDENT: Thank you. Q Will they sign?\n\nTHE PRESIDENT: Well, I would say —\n\n"
    talk += "Q When? THE PRESIDENT: Soon."
    text = clean_page(talk).text
    assert text.split("\n\n") == [
        "THE PRESIDENT: Thank you.",
        "Q Will they sign?",
        "THE PRESIDENT: Well, I would say —",
        "Q When?",
        "THE PRESIDENT: Soon.",
    ]


def test_a_list_of_headlines_is_no_article():
    page = [*MENU, *[f"Headline number {n} of a day without news" for n in range(30)], *FOOT]
    cleaned = clean_page("\n".join(page))
    assert cleaned.text == ""
    assert "no article on the page" in {piece.reason for piece in cleaned.dropped}


@pytest.mark.parametrize("text", ["", "\n\n", "***", "Peskov said no", "No.", "#", "[]()"])
def test_very_little_text_is_no_error(text):
    assert clean_page(text).text in ("", text)


LINES = st.sampled_from(
    [*STORY, *MENU, *FOOT, "Talks continue", "24 November 2025", "", "“No.”", "He left", "* It rained."]
)


@given(st.lists(LINES, max_size=40))
def test_cleaning_invents_nothing(lines):
    cleaned = clean_page("\n".join(lines))
    words = set(" ".join(lines).split())
    assert set(cleaned.text.split()) <= words
    kept = {line for line in lines if line in STORY}
    assert all(paragraph in {*lines, "It rained."} for paragraph in cleaned.text.split("\n\n") if paragraph)
    assert {piece.text for piece in cleaned.dropped if piece.reason == "headline"}.isdisjoint(kept)


SHARED = Path(os.environ.get("STANCEBOOK_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.mark.skipif(not SHARED.exists(), reason="the shared corpora are not here (STANCEBOOK_SHARED)")
def test_the_seed_pages_are_cut_as_a_person_would_cut_them():
    first, second = sorted((SHARED / "corpora" / "seed_pages").glob("*.txt"))
    lines = first.read_text(encoding="utf8").split("\n")
    cleaned = clean_page("\n".join(lines))
    assert cleaned.text == "\n\n".join(line for line in lines[5:17])
    assert (cleaned.title, str(cleaned.date)) == (lines[0], "2025-11-24")
    lines = second.read_text(encoding="utf8").split("\n")
    assert clean_page("\n".join(lines)).text == "\n\n".join(line.strip() for line in lines[:24])
