from collections import Counter

import numpy as np
import pandas as pd
import pytest
from talks import no_talks, talks

from analysis.codebook import read_codebook
from analysis.distinctive import PRIOR_WORDS, distinctive_words, log_odds, words_of
from analysis.tables import Tables, make_table

BOOK = read_codebook()


def spoken(*said: tuple[str, str, str]) -> Tables:
    """Articles of one statement each: (actor, kind, words)."""
    articles, statements = [], []
    for number, (actor_id, kind, words) in enumerate(said):
        article_id, text = f"a{number:02}", f"“{words}” was what they said."
        articles.append(
            {"article_id": article_id, "published": pd.Timestamp("2025-11-20"), "source": "Herald", "text": text}
        )
        statements.append(
            {"article_id": article_id, "statement_id": 0, "spans": [[1, 1 + len(words)]], "kind": kind}
            | {"actor_id": actor_id, "confidence": 0.9, "vader": 0.0, "textblob": 0.0}
        )
    empty = {name: make_table(name, []) for name in ("sentences", "mentions", "portrayals", "stances", "problems")}
    return Tables(articles=make_table("articles", articles), statements=make_table("statements", statements), **empty)


SAID = [
    *[("trump", "direct", f"It is a very good deal for the people {i}") for i in range(40)],
    *[("peskov", "direct", f"There is no document on the table for us {i}") for i in range(40)],
]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kyiv's cease-fire", ["kyiv", "cease-fire"]),
        ("the voters’ choice", ["the", "voters", "choice"]),
        ("1,000 men; naïve ‘Київ’", ["men", "naïve", "київ"]),
        ("", []),
    ],
)
def test_words(text, words):
    assert words_of(text) == words


def test_log_odds_is_that_of_the_paper():
    # Equations 15, 16 and 22 of Monroe, Colaresi and Quinn (2008), for one word, by hand.
    corpus = Counter(deal=10, rest=990)
    prior = PRIOR_WORDS * 10 / 1000
    actor, others = Counter(deal=6, rest=94), Counter(deal=2, rest=198)
    odds = np.log((6 + prior) / (100 + PRIOR_WORDS - 6 - prior)) - np.log((2 + prior) / (200 + PRIOR_WORDS - 2 - prior))
    z = odds / np.sqrt(1 / (6 + prior) + 1 / (2 + prior))
    assert log_odds(actor, others, corpus)["deal"] == pytest.approx(z)


def test_what_both_say_alike_sets_nobody_apart():
    corpus = Counter(the=500, deal=10, table=10)
    z = log_odds(Counter(the=50, deal=5), Counter(the=50, table=5), corpus)
    assert z["the"] == pytest.approx(0)
    assert z["deal"] == pytest.approx(-z["table"])
    assert z["deal"] > 1


def test_each_actor_gets_their_own_words_with_a_sentence_that_has_them():
    found = distinctive_words(spoken(*SAID), BOOK)
    trump = found[found["actor_id"] == "trump"].iloc[0]
    assert trump["word"] in ("a", "very", "good", "deal", "people", "it")
    assert (trump["n"], trump["n_others"], trump["articles"]) == (40, 0, 40)
    assert trump["words"].lower() == trump["word"]
    assert (trump["article_id"], trump["source"]) == ("a00", "Herald")
    assert "table" in set(found[found["actor_id"] == "peskov"]["word"])
    assert found.groupby("actor_id")["z"].apply(lambda z: z.is_monotonic_decreasing).all()


def test_own_names_and_words_around_the_statement_are_left_out():
    said = [(actor, kind, f"{words}, says Donald Trump") for actor, kind, words in SAID if actor == "trump"]
    found = distinctive_words(spoken(*said, *SAID[40:]), BOOK)
    words = set(found[found["actor_id"] == "trump"]["word"])
    assert not {"donald", "trump", "president", "said"} & words


def test_reporters_words_do_not_count():
    indirect = [(actor, "indirect", words) for actor, _, words in SAID[:40]]
    tables = spoken(*indirect, *SAID[40:], ("merz", "direct", "We hope so"))
    tables.articles["text"] = tables.articles["text"].str.replace("[“”]", " ", regex=True)  # no quotation marks
    assert "trump" not in set(distinctive_words(tables, BOOK)["actor_id"])


def test_a_word_of_one_article_is_that_articles():
    found = distinctive_words(spoken(*SAID, ("trump", "direct", "tariff tariff tariff tariff tariff")), BOOK)
    assert "tariff" not in set(found["word"])


def test_nothing_said_gives_an_empty_frame_with_the_same_columns():
    assert distinctive_words(no_talks(), BOOK).empty
    assert distinctive_words(no_talks(), BOOK).columns.tolist() == distinctive_words(talks(), BOOK).columns.tolist()
    assert distinctive_words(spoken(*SAID[:40]), BOOK).empty  # nobody to be told apart from
