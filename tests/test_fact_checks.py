import tomllib

import pandas as pd
import pytest

from analysis.codebook import read_codebook
from analysis.fact_checks import actor_entry, check_offices, check_spellings, find_rival_names

NOVEMBER = "2025-11-24"


def corpus(*texts, published=NOVEMBER):
    days = pd.to_datetime([published] * len(texts))
    return pd.DataFrame({"article_id": [f"a{i}" for i in range(len(texts))], "published": days, "text": texts})


@pytest.mark.parametrize(
    ("text", "published", "given_to", "held_by"),
    [
        ("US Secretary of State Pompeo told reporters so.", NOVEMBER, "Pompeo", "Marco Rubio"),
        ("US Secretary of State Mike Pompeo’s plan", NOVEMBER, "Mike Pompeo", "Marco Rubio"),
        ("US Secretary of State Pompeo told reporters so.", None, "Pompeo", "Marco Rubio"),
        ("US President Biden thanked them.", NOVEMBER, "Biden", "Donald Trump"),
        ("Kremlin spokesman Sergei Lind said no.", NOVEMBER, "Sergei Lind", "Dmitry Peskov"),
        ("Anna Lind, the Polish prime minister, thanked them.", NOVEMBER, "Anna Lind", "Donald Tusk"),
    ],
)
def test_an_office_given_to_the_wrong_person_is_found(text, published, given_to, held_by):
    (row,) = check_offices(corpus(text, published=published), read_codebook()).itertuples()
    assert (row.given_to, row.held_by) == (given_to, held_by)
    assert text[row.start : row.end] in text
    assert held_by in row.problem


@pytest.mark.parametrize(
    "text",
    [
        "US Secretary of State Marco Rubio said so.",
        "Secretary of State Rubio's words",
        "Former US Secretary of State Mike Pompeo said so.",
        "then-US Secretary of State Pompeo",
        "Ukrainian President Volodymyr Zelenskiy and Ukrainian President Zełenski",
        "US President Donald Trump's envoy Steve Witkoff",
        "an adviser to the president of Ukraine Anna Lind",
        "The US president on Monday thanked Anna Lind.",
        "Donald Tusk, the Polish prime minister, thanked them.",
        "He told Dmitry Peskov, the Russian president's spokesman.",
    ],
)
def test_offices_that_are_right_or_not_given_are_left_alone(text):
    assert check_offices(corpus(text), read_codebook()).empty


def test_a_past_office_is_wrong_only_when_it_is_past():
    text = "US Secretary of State Antony Blinken said so."
    assert check_offices(corpus(text, published="2023-05-01"), read_codebook()).empty


def test_two_names_for_one_office_across_articles_are_found():
    texts = [
        "Secretary of State Marco Rubio said so.",
        "US Secretary of State Rubio left.",
        "US Secretary of State Pompeo left.",
    ]
    (row,) = find_rival_names(corpus(*texts)).itertuples()
    assert (row.office, row.names, row.articles) == ("US secretary of state", "Rubio (2), Pompeo (1)", "a2")


@pytest.mark.parametrize(
    "texts",
    [
        ["Ukrainian President Zelensky left.", "Ukrainian President Volodymyr Zelenskyy left."],
        ["French President Macron left.", "German Chancellor Merz left."],
        ["Former Russian President Medvedev left.", "Russian President Putin left."],
    ],
)
def test_spellings_and_other_offices_are_no_rivals(texts):
    assert find_rival_names(corpus(*texts)).empty


def test_a_new_holder_years_later_is_no_rival():
    articles = corpus("German Chancellor Scholz left.", "German Chancellor Merz left.")
    articles["published"] = pd.to_datetime(["2022-11-24", NOVEMBER])
    assert find_rival_names(articles).empty


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zelenskiyy thanked them.", [("Zelenskiyy", "zelenskyy")]),
        ("Ruslan Stefanchukk said so.", [("Stefanchukk", "stefanchuk")]),
        ("Marco Rubbio said so.", [("Rubbio", "rubio")]),
        ("Zelensky, Zelenskyy, Zelenskiy: Zelensky's words.", []),
        ("Rubin and Lance met Turner in Martin.", []),
        ("", []),
    ],
)
def test_a_spelling_near_a_known_one_is_named(text, expected):
    found = check_spellings(corpus(text), read_codebook())
    assert list(zip(found["spelling"], found["actor_id"], strict=True)) == expected


@pytest.mark.parametrize("name", ["Anna Berg", "Łukasz O'Neill-Żak", "Berg", "Анна Берг", 'Anna "Nan" Berg', "50 Cent"])
def test_a_ready_entry_can_be_pasted_into_a_codebook(name, tmp_path):
    path = tmp_path / "codebook.toml"
    path.write_text(actor_entry(name), encoding="utf8")
    assert tomllib.loads(path.read_text(encoding="utf8"))["actor"][0]["name"] == name
    assert read_codebook(path).actors[0].name == name
