from datetime import date
from pathlib import Path

import pytest

from analysis.codebook import Codebook, CodebookError, Role, read_codebook

ACTOR = '[[actor]]\nid = "ada"\nname = "Ada Novak"\nkind = "person"\n'
ISSUE = '[[issue]]\nid = "canal"\nproposition = "The canal should be built"\ntopics = ["canal"]\n'

MISSION = ["trump", "zelenskyy", "stefanchuk", "peskov"]
OTHERS = """
rubio putin witkoff kushner dmitriev vance yermak umerov lavrov tusk erdogan macron merz starmer von_der_leyen rutte
united_states white_house us_delegation us_congress ukraine ukrainian_leadership ukrainian_delegation russia kremlin
european_allies eu nato
"""
ISSUES = """
peace_plan ceding_territory army_limits nato_membership eu_membership security_guarantees frozen_assets ceasefire
deadline russian_oil negotiations
"""


def read(tmp_path: Path, text: str) -> Codebook:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf8")
    return read_codebook(path)


def test_codebook_of_the_sample_has_its_actors_and_issues() -> None:
    codebook = read_codebook()
    ids = [actor.actor_id for actor in codebook.actors]
    assert ids[:4] == MISSION
    assert set(ids) == {*MISSION, *OTHERS.split()}
    assert {issue.issue_id for issue in codebook.issues} == set(ISSUES.split())
    assert all(issue.topics for issue in codebook.issues)


def test_every_actor_has_a_colour_of_its_own() -> None:
    actors = read_codebook().actors
    assert len({actor.colour for actor in actors}) == len(actors)


@pytest.mark.parametrize(
    ("day", "title", "holder"),
    [
        (date(2018, 5, 1), "US president", "trump"),
        (date(2022, 5, 1), "US president", None),
        (date(2025, 11, 24), "US president", "trump"),
        (date(2021, 1, 19), "US president", "trump"),
        (date(2021, 1, 20), "US president", None),  # the day the next one is sworn in
        (date(2025, 11, 24), "Secretary of State", "rubio"),
        (date(2018, 11, 24), "Secretary of State", None),
        (date(2025, 11, 24), "Kremlin spokesman", "peskov"),
        (None, "Secretary of State", "rubio"),
        (None, "US president-elect", None),
    ],
)
def test_roles_are_held_between_two_dates(day: date | None, title: str, holder: str | None) -> None:
    found = {a.actor_id for a in read_codebook().actors for r in a.roles if r.title == title and r.holds(day)}
    assert found == ({holder} if holder else set())


def test_an_own_codebook_in_ten_lines(tmp_path: Path) -> None:
    codebook = read(tmp_path, ACTOR + ISSUE)
    actor = codebook.actor("ada")
    assert (actor.side, actor.pronouns, actor.colour) == ("ada", "they", "#0072B2")
    assert codebook.issue("canal").label == "Canal"
    assert len(codebook.sha256) == 64


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (ACTOR + ISSUE).replace("\n", "\r\n").encode())
    assert read_codebook(path).actor("ada").name == "Ada Novak"


ROLE = '[[actor.role]]\ntitles = ["mayor"]\n'
BAD = {
    "broken TOML": (ACTOR + "side =\n", ["line 5"]),
    "unknown table": ("[outlets]\n" + ACTOR, ["line 1", "'outlets'", "[[actor]]"]),
    "table that is no list": ('issue = "canal"\n' + ACTOR, ["line 1", "[[issue]]"]),
    "no actor": (ISSUE, ["[[actor]]"]),
    "unknown key": (ACTOR + 'color = "#000000"\n', ["line 5", "'color'", "colour"]),
    "missing key": ('[[actor]]\nid = "ada"\nkind = "person"\n', ["line 1", "'name'"]),
    "empty name": ('[[actor]]\nid = "ada"\nname = " "\nkind = "person"\n', ["line 3", "' '"]),
    "id that is no slug": (ACTOR.replace('"ada"', '"Ada N"'), ["line 2", "'Ada N'", "slug"]),
    "unknown kind": (ACTOR.replace('"person"', '"robot"'), ["line 4", "'robot'", "person, body"]),
    "unknown pronouns": (ACTOR + 'pronouns = "it"\n', ["line 5", "'it'", "he, she, they"]),
    "bad colour": (ACTOR + 'colour = "blue"\n', ["line 5", "'blue'", "#0072B2"]),
    "aliases no list": (ACTOR + 'aliases = "Ada"\n', ["line 5", "'Ada'", "list"]),
    "capital that is no alias": (ACTOR + 'capitals = ["Brno"]\n', ["line 5", "'Brno'"]),
    "actor twice": (ACTOR + ACTOR, ["line 6", "'ada'"]),
    "alias of two actors": (
        ACTOR + ACTOR.replace("ada", "bob").replace("Ada", "Bob") + 'aliases = [\n  "B",\n  "ada novak",\n]\n',
        ["line 11", "'ada novak'", "'ada' and 'bob'"],
    ),
    "role ends before it starts": (
        ACTOR + ROLE + "start = 2020-01-01\nend = 2019-01-01\n",
        ["line 8", "2019-01-01", "2020-01-01", "'mayor'"],
    ),
    "role ends on its first day": (ACTOR + ROLE + "start = 2020-01-01\nend = 2020-01-01\n", ["line 8"]),
    "role date as text": (ACTOR + ROLE + 'start = "2020"\n', ["line 7", "'2020'", "2025-01-20"]),
    "role without titles": (ACTOR + "[[actor.role]]\nstart = 2020-01-01\n", ["line 1", "titles"]),
    "role of two at once": (
        ACTOR + ROLE + ACTOR.replace("ada", "bob").replace("Ada", "Bob") + ROLE,
        ["'mayor'", "'ada'", "'bob'"],
    ),
    "issue that ends before it starts": (
        ACTOR + ISSUE + "start = 2020-01-01\nend = 2019-01-01\n",
        ["line 10", "2019-01-01", "2020-01-01", "issue 'canal'"],
    ),
    "issue date as text": (ACTOR + ISSUE + 'start = "2020"\n', ["line 9", "'2020'", "2025-01-20"]),
    "issue without topics": (ACTOR + ISSUE.replace('"canal"]', "]"), ["line 8", "'canal'", "empty", "topics"]),
    "issue twice": (ACTOR + ISSUE + ISSUE, ["line 10", "'canal'"]),
    "phrase on both sides": (
        ACTOR + ISSUE + 'support = ["dig now"]\noppose = ["Dig now"]\n',
        ["line 10", "contradiction", "'Dig now'", "support and oppose"],
    ),
    "phrase that is a topic and a side": (ACTOR + ISSUE + 'oppose = ["canal"]\n', ["line 9", "ambiguous"]),
    "phrase that begins with a gap": (ACTOR + ISSUE + 'oppose = ["... canal"]\n', ["line 9", "'... canal'", "begin"]),
    "not UTF-8": (None, ["line 2", "UTF-8"]),
}


@pytest.mark.parametrize("case", BAD)
def test_error_names_file_line_value_and_way_out(tmp_path: Path, case: str) -> None:
    text, expected = BAD[case]
    path = tmp_path / "own.toml"
    path.write_bytes(b'[[actor]]\nid = "\xe9"' if text is None else text.encode())
    with pytest.raises(CodebookError) as error:
        read_codebook(path)
    for part in ["own.toml", *expected]:
        assert part in str(error.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match=r"none\.toml.*cannot be read"):
        read_codebook(tmp_path / "none.toml")


def test_unknown_ids_name_the_known_ones() -> None:
    with pytest.raises(CodebookError, match=r"'biden'.*trump, zelenskyy"):
        read_codebook().actor("biden")
    with pytest.raises(CodebookError, match=r"'grain'.*peace_plan"):
        read_codebook().issue("grain")


def test_role_open_at_both_ends_is_always_held() -> None:
    assert Role("mayor", None, None).holds(date(1900, 1, 1))
    assert Role("mayor", None, None).holds(None)
