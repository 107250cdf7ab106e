from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.codebook import read_codebook
from analysis.mentions import find_mentions, resolve_actor

DAY = date(2025, 11, 24)
CODEBOOK = read_codebook()


def found(text: str, day: date | None = DAY) -> list[str]:
    """'words=actor' for each mention; '*' after it when it only owns, '?' when it is a pronoun."""
    marks = {(True, "name"): "*", (True, "role"): "*", (False, "pronoun"): "?"}
    return [
        f"{text[m.start : m.end]}={m.actor_id}{marks.get((m.possessive, m.kind), '')}"
        for m in find_mentions(text, CODEBOOK, day)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # spellings and surnames
        ("Zelensky, Zelenskiy, one man.", ["Zelensky=zelenskyy", "Zelenskiy=zelenskyy"]),
        ("Volodymyr Zelenskiy met Vladimir Putin.", ["Volodymyr Zelenskiy=zelenskyy", "Vladimir Putin=putin"]),
        ("TRUMP SPEAKS", ["TRUMP=trump"]),
        ("The U.S. and the US agree, not us.", ["U.S.=united_states", "US=united_states"]),
        ("Von der Leyen spoke.", ["Von der Leyen=von_der_leyen"]),
        # offices by date
        ("The US president spoke to the Turkish president.", ["US president=trump", "Turkish president=erdogan"]),
        ("The Kremlin spokesman said nothing.", ["Kremlin spokesman=peskov"]),
        ("The former US president spoke.", []),
        ("The then-Secretary of State left.", []),
        ("The Russian deputy foreign minister spoke.", []),
        # titles before names belong to them; offices of others are nobody's
        ("US President Donald Trump spoke.", ["Donald Trump=trump"]),
        ("Secretary of State Rubio spoke.", ["Rubio=rubio"]),
        ("US Secretary of State Hobbes spoke.", []),
        ("Andrea Hobbes, the US Secretary of State, spoke.", []),
        ("Donald Tusk, the Polish prime minister, spoke.", ["Donald Tusk=tusk", "Polish prime minister=tusk"]),
        # another person
        ("Melania Trump came with Donald Trump Jr. and Lara Trump.", []),
        ("Yesterday Trump slept. On Monday Trump rose. Critics of Mr. Trump did not.", ["Trump=trump"] * 3),
        ("Guests stay at Trump Tower.", []),
        ("Europe's Diplomats Say Trump Will Wait", ["Europe=european_allies*", "Trump=trump"]),
        # owners
        ("Trump's envoy met Zelenskyy’s office.", ["Trump=trump*", "Zelenskyy=zelenskyy*"]),
        ("US officials and NATO membership", ["US officials=united_states", "NATO=nato*"]),
        ("EU and NATO membership", ["EU=eu*", "NATO=nato*"]),
        ("US sanctions hurt, the US sanctions the bank", ["US=united_states*", "US=united_states"]),
        ("Russia demands that Kyiv yield.", ["Russia=russia", "Kyiv=ukraine"]),
        ("the US-Russia channel", ["US=united_states*", "Russia=russia*"]),
        ("pro-Trump media, a NATO-like promise", []),
        ("The Trump administration waits.", ["Trump administration=white_house"]),
        # powers and places
        ("Kyiv rejected it in Kyiv.", ["Kyiv=ukraine"]),
        ("He flew to Moscow; a concession to Moscow; a resident of Moscow.", ["Moscow=russia"]),
        ("KYIV, Nov 24 (Agency) - Ukraine waits.", ["Ukraine=ukraine"]),
        ("The Washington Post asked Washington.", ["Washington=united_states"]),
        # scare quotes
        ("The Ukrainian ‘leadership’ is tired.", ["Ukrainian ‘leadership=ukrainian_leadership"]),
        # longest match
        ("The Ukrainian delegation is not Ukraine.", ["Ukrainian delegation=ukrainian_delegation", "Ukraine=ukraine"]),
        # following back
        ("Putin met Erdogan. He smiled.", ["Putin=putin", "Erdogan=erdogan", "He=putin?"]),
        ("Merz met Von der Leyen. She smiled.", ["Merz=merz", "Von der Leyen=von_der_leyen", "She=von_der_leyen?"]),
        ('"Putin lies," said Tusk. He left.', ["Putin=putin", "Tusk=tusk", "He=tusk?"]),
        ("Trump spoke to Olena Kravets, a doctor. Olena Kravets left. He stayed.", ["Trump=trump"]),
        ("Hobbes said no. He left.", []),
        ("Trump spoke. Hobbes said no. He left.", ["Trump=trump"]),
        ("Tusk spoke. Trump's envoy said he was late.", ["Tusk=tusk", "Trump=trump*"]),
        ("Macron spoke. “We wait. We hope.” He left.", ["Macron=macron", "He=macron?"]),
        ("European leaders came. They left.", ["European leaders=european_allies", "They=european_allies?"]),
        ("Peskov spoke. The spokesman smiled.", ["Peskov=peskov", "The spokesman=peskov"]),
        ("Macron spoke to Putin. The chancellor smiled.", ["Macron=macron", "Putin=putin"]),
        ("Putin spoke. Finnish President Aino Virtanen smiled. The president left.", ["Putin=putin"]),
    ],
)  # fmt: skip
def test_mentions(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2018, 1, 1), ["US president=trump"]), (date(2023, 1, 1), []), (DAY, ["US president=trump"])],
)
def test_an_office_is_resolved_by_the_date_of_the_article(day: date, expected: list[str]) -> None:
    assert found("The US president spoke.", day) == expected


def test_an_office_in_an_article_without_date_counts_less() -> None:
    dated, undated = (find_mentions("The US president spoke.", CODEBOOK, day)[0] for day in (DAY, None))
    assert dated.actor_id == undated.actor_id == "trump"
    assert undated.confidence < dated.confidence < 1


def test_the_same_name_many_times() -> None:
    assert found("Tusk, Tusk, Tusk.") == ["Tusk=tusk"] * 3


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("Donald Trump", "trump"),
        ("President Zelensky", "zelenskyy"),
        ("US President Donald Trump", "trump"),
        ("the US president", "trump"),
        ("Kremlin spokesman Dmitry Peskov", "peskov"),
        ("the foreign minister, Sergei Lavrov", "lavrov"),
        ("Rustem Umerov, the secretary of the council", "umerov"),
        ("Parliament Speaker Ruslan Stefanchuk", "stefanchuk"),
        ("The White House", "white_house"),
        ("a White House spokeswoman", "white_house"),
        ("a spokesman for the European Commission", "eu"),
        ("Moscow's spokesman", "russia"),
        ("Ukraine’s Foreign Ministry", "ukraine"),
        ("the Ministry of Foreign Affairs of Ukraine", "ukraine"),
        ("a State Department spokesperson", "united_states"),
        ("a spokeswoman for the Russian foreign ministry", "russia"),
        ("a spokeswoman for the Russian foreign ministry, Anna Berg", None),
        ("Russian Foreign Ministry spokeswoman Anna Berg", None),
        ("the Russian foreign minister", "lavrov"),
        ("the EU statement", "eu"),
        ("a statement from the Kremlin", "kremlin"),
        ("the Ukrainian delegation", "ukrainian_delegation"),
        ("US Secretary of State Hobbes", None),
        ("Melania Trump", None),
        ("Trump's envoy", None),
        ("a member of the Ukrainian delegation", None),
        ("a senior US official", None),
        ("Anna Mills, a supporter of Trump", None),
        ("the United States and Ukraine", None),
        ("a 62-year-old resident of Kyiv", None),
        ("he", None),
        ("", None),
    ],
)
def test_resolve_actor(name: str, actor: str | None) -> None:
    assert resolve_actor(name, CODEBOOK, DAY) == actor


WORDS = ["Trump", "Zelensky’s", "he", "They", "the president", "US", "Kyiv", "in", "said", "Anna Mills", "🙂"]
PIECES = st.sampled_from([*WORDS, "“", '"', "'", ",", ".", "\n\n", "-"])


@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=80))
def test_any_text_gives_sorted_mentions_that_do_not_overlap(text: str) -> None:
    mentions = find_mentions(text, CODEBOOK, DAY)
    known = {actor.actor_id for actor in CODEBOOK.actors}
    end = 0
    for mention in mentions:
        assert end <= mention.start < mention.end <= len(text)
        assert mention.actor_id in known
        assert 0 < mention.confidence <= 1
        end = mention.end
    resolve_actor(text, CODEBOOK, None)
