"""The chain on two real news pages about the Geneva talks: what a careful reader would write down.

The pages do not travel with the project; without them these tests skip. Nothing of their text stands here but names
and a few words to find a place by.
"""

import os
from pathlib import Path

import pytest

from analysis import read_codebook, read_corpus, score

SHARED = Path(os.environ.get("STANCEBOOK_SHARED", Path(__file__).resolve().parents[2] / "shared"))
PAGES = SHARED / "corpora" / "seed_pages"
pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason=f"the seed pages are not there: {PAGES}")
FIRST, SECOND = "000_e795afea5aebecf2", "004_779830b5ffda38c1"


@pytest.fixture(scope="module")
def tables():
    return score(read_corpus(PAGES), read_codebook())


def statements_with(tables, words):
    """Return the statements whose content holds `words`."""
    texts = tables.articles.set_index("article_id")["text"]
    content = [" ".join(texts[row.article_id][a:b] for a, b in row.spans) for row in tables.statements.itertuples()]
    return tables.statements[[words in c for c in content]]


def stances_of(tables, actor, target):
    found = tables.stances
    return found[(found["actor_id"] == actor) & (found["target_id"] == target)]


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ("to find compromises", "Zelenskyy"),
        ("is a capitulation", "Anzhelika Yurkevych"),
        ("will not agree", "Anzhelika Yurkevych"),
        ("an integral part", "Ruslan Stefanchuk"),
        ("officially received any documents", "Dmitry Peskov"),
        ("Thursday deadline", "Marco Rubio"),
        ("stronger security guarantees", "White House"),
        ("most effective and meaningful", "Pompeo"),
        ("strong and competent leadership", "Donald Trump"),
        ("leadership is crucial", "Zelensky"),
        ("Javelin", "Zelensky"),
        ("every step towards peace", "Zelensky"),
        ("not set in stone", "Pompeo"),
        ("handed over to one of our", "Mike Rounds"),
        ("basically drafted", "Eugene Vindman"),
        ("did not consult", "European allies"),
        ("the author of the plan", "Donald Tusk"),
        ("speak with President", "Erdogan"),
        ("some progress in this area", "Erdogan"),
    ],
)
def test_who_said_it(tables, words, speaker):
    found = statements_with(tables, words)
    assert len(found) > 0
    assert any(speaker.split()[-1] in name for name in found["speaker"]), found["speaker"].tolist()


def test_the_residents_words_are_nobodys_in_the_codebook(tables):
    assert statements_with(tables, "is a capitulation")["actor_id"].isna().all()
    assert statements_with(tables, "will not agree")["actor_id"].isna().all()


@pytest.mark.parametrize(
    ("actor", "target", "label"),
    [
        ("trump", "ukrainian_leadership", "oppose"),
        ("zelenskyy", "united_states", "support"),
        ("zelenskyy", "trump", "support"),
        ("stefanchuk", "eu_membership", "support"),
        ("stefanchuk", "nato_membership", "support"),
        ("peskov", "peace_plan", "neutral"),
        ("zelenskyy", "frozen_assets", "support"),
        ("zelenskyy", "negotiations", "support"),
        ("ukrainian_delegation", "united_states", "support"),
        ("ukrainian_delegation", "trump", "support"),
    ],
)
def test_where_they_stand(tables, actor, target, label):
    labels = stances_of(tables, actor, target)["label"].tolist()
    assert label in labels
    opposite = {"support": "oppose", "oppose": "support"}.get(label)
    assert opposite not in labels


def test_page_furniture_is_not_text(tables):
    text = tables.articles.set_index("article_id")["text"]
    assert not any(line in text[FIRST] for line in ("Sign in", "Related Reads", "24 NOV 2025"))
    assert text[FIRST].startswith("Tense negotiations")
    assert text[SECOND].rstrip().endswith("process.”")
