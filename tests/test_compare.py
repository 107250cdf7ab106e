from dataclasses import replace

import pandas as pd
import pytest
from talks import no_talks, talks

from analysis.codebook import read_codebook
from analysis.compare import (
    Edition,
    changed_articles,
    changed_codebook,
    changed_program,
    changes_in_words,
    moved_cells,
)
from analysis.tables import Tables, keep_articles

BOOK = read_codebook()
MANIFEST = {
    "inputs": {"models/portrayal.onnx": "a" * 64, "corpus/x.md": "1"},
    "code": "stancebook 0.1.0",
    "packages": {"pandas": "3.0.1", "ruff": "1"},
    "parameters": {"corpus": "/srv/papers", "since": ""},
}


def edition(tables: Tables, codebook=BOOK, **manifest: object) -> Edition:
    return Edition(tables, codebook, MANIFEST | manifest)


def without(*article_ids: str) -> Tables:
    tables = talks()
    return keep_articles(tables, tables.articles[~tables.articles["article_id"].isin(article_ids)])


def rescored(**scores: float) -> Tables:
    """The talks with other scores for stances, by evidence."""
    tables = talks()
    stances = tables.stances.copy()
    for article_id, score in scores.items():
        chosen = stances["article_id"] == article_id.replace("_", "-")
        stances.loc[chosen & (stances["target_kind"] == "issue"), "score"] = score
    return replace(tables, stances=stances)


def test_the_same_is_the_same():
    assert changed_articles(talks(), talks()).empty
    assert changed_codebook(BOOK, BOOK).empty
    assert changed_program(MANIFEST, MANIFEST).empty
    assert moved_cells(edition(talks()), edition(talks())).empty
    assert changes_in_words(edition(talks()), edition(talks())) == [
        "The articles are the same.",
        "Actors and issues of the codebook are the same.",
        "Program and models are the same.",
        "No stance of an actor on an issue moved.",
    ]


def test_articles_are_new_gone_or_changed():
    now = without("herald-1")
    now.articles.loc[now.articles["article_id"] == "mirror-1", "sha256"] = "other"
    changed = changed_articles(without("mirror-2"), now)
    assert changed[["article_id", "change"]].to_numpy().tolist() == [
        ["mirror-2", "new"],
        ["mirror-1", "text changed"],
        ["herald-1", "gone"],
    ]
    assert changed["source"].tolist() == ["Mirror", "Mirror", "Herald"]


def test_codebook_names_what_changed():
    issues = tuple(replace(issue, label="Plan") if issue.issue_id == "peace_plan" else issue for issue in BOOK.issues)
    changed = changed_codebook(BOOK, replace(BOOK, actors=BOOK.actors[1:], issues=issues))
    assert changed.to_numpy().tolist() == [
        ["actor", BOOK.actors[0].actor_id, BOOK.actors[0].name, "gone"],
        ["issue", "peace_plan", "Plan", "changed"],
    ]


def test_program_names_models_versions_and_what_was_asked_for():
    now = {
        "inputs": {"models/portrayal.onnx": "b" * 64, "corpus/y.md": "2"},
        "code": "stancebook 0.2.0",
        "packages": {"pandas": "3.0.2", "ruff": "2"},
        "parameters": {"corpus": "papers", "since": "2025-11-20"},
    }
    assert changed_program(MANIFEST, now).to_numpy().tolist() == [
        ["models/portrayal.onnx", "a" * 12, "b" * 12],
        ["package pandas", "3.0.1", "3.0.2"],
        ["program", "stancebook 0.1.0", "stancebook 0.2.0"],
        ["asked for: since", "", "2025-11-20"],
    ]


def test_a_move_by_new_articles_is_told_from_one_by_another_reading():
    by_articles = moved_cells(edition(without("mirror-2")), edition(talks())).iloc[0]
    assert by_articles[["actor_id", "before_n", "now_n"]].tolist() == ["trump", 2, 3]
    assert by_articles["by_articles"] == pytest.approx(by_articles["change"])
    assert by_articles["by_reading"] == 0
    assert by_articles["because"] == "1 article new"

    by_reading = moved_cells(edition(talks()), edition(rescored(herald_1=0.3), code="stancebook 0.2.0")).iloc[0]
    assert by_reading["change"] == pytest.approx(-0.2)
    assert by_reading["by_reading"] == pytest.approx(-0.2)
    assert by_reading["by_articles"] == pytest.approx(0)
    assert by_reading["because"] == "read anew (other program)"


def test_both_reasons_add_up_to_the_whole_change():
    cell = moved_cells(edition(without("mirror-2")), edition(rescored(herald_1=0.3))).iloc[0]
    assert cell["by_articles"] + cell["by_reading"] == pytest.approx(cell["change"])
    assert cell["because"] == "read anew; 1 article new"


def test_cells_that_appear_or_go_have_no_change_but_are_listed():
    cells = moved_cells(edition(no_talks()), edition(talks()))
    assert len(cells) == 2
    assert cells["change"].isna().all()
    assert "2 were not there before" in changes_in_words(edition(no_talks()), edition(talks()))[-1]


def test_an_actor_new_in_the_codebook_is_named():
    said = changes_in_words(edition(talks(), replace(BOOK, actors=BOOK.actors[1:])), edition(talks()))
    assert said[1] == f"Codebook: {BOOK.actors[0].name} (new)."


def test_no_moved_cell_keeps_its_columns():
    assert moved_cells(edition(talks()), edition(talks())).columns.equals(
        moved_cells(edition(no_talks()), edition(talks())).columns
    )
    assert isinstance(moved_cells(edition(talks()), edition(talks())), pd.DataFrame)
