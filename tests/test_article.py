from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.article import FrontMatterError, clean_breaks, clean_text, read_markdown, read_plain

DAY = date(2025, 11, 24)


@pytest.mark.parametrize(
    ("raw", "title", "published", "text"),
    [
        (
            "Talks go on\n24 NOV 2025 12:16\n\nTalks go on\n24 NOV 2025 12:16\nPeskov said no.",
            "Talks go on",
            DAY,
            "Peskov said no.",
        ),
        (
            "Is this peace?\r\n\r\nPeskov said no.\r\nTusk said yes.",
            "Is this peace?",
            None,
            "Peskov said no.\n\nTusk said yes.",
        ),
        (
            "The delegations met on Sunday. They will go on.\nPeskov said no.",
            "",
            None,
            "The delegations met on Sunday. They will go on.\n\nPeskov said no.",
        ),
        ("# Talks go on\nMonday, 24 November 2025\nPeskov said no.", "Talks go on", DAY, "Peskov said no."),
        ("24 NOV 2025\nPeskov said no.", "", DAY, "Peskov said no."),
        ("Peskov said no", "", None, "Peskov said no"),
    ],
)
def test_title_and_date_are_read_from_the_head(raw, title, published, text):
    draft = read_plain(raw)
    assert (draft.title, draft.published, draft.text) == (title, published, text)


@pytest.mark.parametrize(
    "foot",
    [
        "Tags",
        "Tags\nUkraine\nGeneva\nRelated Reads\nAnother headline about the talks",
        "Sign in or create a free account to post comments",
        "Most read\n1. Weather turns cold in Geneva",
        "(This article references reports from two agencies)",
        "© 2025 Kyiv Lantern. All rights reserved.",
        "Tags: Ukraine, Geneva\nShare this article",
    ],
)
def test_page_furniture_at_the_foot_goes(foot):
    assert (
        clean_text(f'"We are ready," he said.\n\nTusk agreed.\n\n{foot}', "")
        == '"We are ready," he said.\n\nTusk agreed.'
    )


@pytest.mark.parametrize(
    "text",
    [
        "He signed in ink.\n\nSign in blood, she said.",
        "Tags\n\nThe plan tags Kyiv as the loser, Tusk said.",
        "Read more books, he said.",
        "The comments\nwere short, and nobody was quoted",
        "Share of voters for the plan: 20 per cent.",
    ],
)
def test_what_was_said_stays(text):
    assert clean_text(text, "") == text


def test_a_headline_repeated_later_in_the_text_stays():
    assert clean_text("One.\n\nTalks go on\n\nTwo.", "Talks go on") == "One.\n\nTalks go on\n\nTwo."


def test_front_matter_gives_every_field():
    raw = (
        "---\ntitle: 'Peskov: no'\nsource: Harbour Wire\npublished: 2025-11-24\n"
        "url: https://wire.example/1\nquotations: composed\n---\n\nNo.\n"
    )
    assert read_markdown(raw)[:6] == ("Peskov: no", DAY, "No.", "Harbour Wire", "https://wire.example/1", "composed")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Peskov: no", "Peskov: no"),
        ("“No”: Peskov", "“No”: Peskov"),
        ('"No," says Peskov', '"No," says Peskov'),
        ("'No' to the plan, 'no' to talks", "'No' to the plan, 'no' to talks"),
        ("[Video] Peskov speaks", "[Video] Peskov speaks"),
        ('"Peskov: no"', "Peskov: no"),
        ("No", "No"),
        ("", ""),
        ("null", ""),
    ],
)
def test_a_headline_need_not_be_written_for_a_machine(written, title):
    draft = read_markdown(f'---\ntitle: {written}\nsource: "Wire"\npublished: 2025-11-24\n---\nNo.')
    assert draft[:4] == (title, DAY, "No.", "Wire")


def test_an_impossible_day_is_kept_to_be_named():
    draft = read_markdown("---\npublished: 2025-13-45\n---\nNo.")
    assert (draft.published, draft.odd_date, draft.text) == (None, "2025-13-45", "No.")


def test_markdown_without_front_matter_is_plain_text():
    assert read_markdown("Talks go on\n24 NOV 2025\nNo.") == read_plain("Talks go on\n24 NOV 2025\nNo.")


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        ("---\nPeskov: no: never\n---\nNo.", 2, "not YAML"),
        ("---\nok: yes\ntags: [a\n---\nNo.", 4, "not YAML"),
        ("---\n- one\n- two\n---\nNo.", 2, "list"),
        ("---\ntitle:\n  deep: er\n---\nNo.", 2, "title is a dict"),
    ],
)
def test_broken_front_matter_names_its_line(raw, line, words):
    with pytest.raises(FrontMatterError, match=words) as caught:
        read_markdown(raw)
    assert caught.value.line == line


@given(st.text(alphabet=st.sampled_from("a.\n\r \t"), max_size=40))
def test_breaks_are_clean_and_stay_clean(text):
    clean = clean_breaks(text)
    assert "\r" not in clean
    assert "\n\n\n" not in clean
    assert clean == clean.strip()
    assert clean_breaks(clean) == clean


@given(st.text(max_size=200))
def test_reading_a_clean_text_again_changes_nothing(text):
    body = clean_text(clean_breaks(text), "")
    assert clean_text(body, "") == body


@pytest.mark.parametrize("text", ["Кремль заявил: «нет».", "Zelens’kyj “said” naïve — e\u0301"])
def test_code_points_are_kept(text):
    assert read_plain(f"Title\n\n{text}").text.endswith(text)
