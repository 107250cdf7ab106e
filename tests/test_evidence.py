import pytest
from talks import no_talks, talks

from analysis import summary
from analysis.codebook import CodebookError, read_codebook
from analysis.evidence import (
    article_evidence,
    cut_context,
    disagreement_evidence,
    evidence,
    portrayal_evidence,
    statement_evidence,
    strongest,
)

BOOK = read_codebook()


def test_evidence_has_the_words_and_what_stands_around():
    found = evidence(talks(), BOOK, actor="zelenskyy", target="peace_plan").iloc[0]
    assert found["words"] == "cannot sign"
    assert found["before"] == "“We"
    assert found["after"].startswith(",” Zelenskyy said.")
    assert found[["source", "actor", "label"]].tolist() == ["Mirror", "Volodymyr Zelenskyy", "oppose"]


def test_evidence_by_source_and_kind_of_target():
    assert evidence(talks(), BOOK, source="Herald")["words"].tolist() == ["sign the plan", "plan was fair"]
    assert evidence(talks(), BOOK, target_kind="actor")["target"].tolist() == ["Donald Trump"]


@pytest.mark.parametrize("filters", [{"actor": "napoleon"}, {"target": "napoleon"}])
def test_unknown_ids_are_named_with_the_known_ones(filters):
    with pytest.raises(CodebookError, match=r"no actor 'napoleon' in the codebook: use one of .*trump"):
        evidence(talks(), BOOK, **filters)


def test_statement_evidence_leaves_strangers_out():
    found = statement_evidence(talks(), BOOK)
    assert found["words"].tolist()[:2] == ["We will sign the plan", "the plan was fair"]
    assert len(found) == 5


def test_portrayal_evidence_by_voice_and_speaker():
    assert portrayal_evidence(talks(), BOOK, voice="article", actor="trump")["speaker"].tolist() == ["", ""]
    assert portrayal_evidence(talks(), BOOK, speaker="zelenskyy")["actor"].tolist() == ["Donald Trump"]


def test_disagreement_evidence_shows_both_outlets():
    found = disagreement_evidence(talks(), BOOK, summary.disagreement(talks()))
    assert found["source"].tolist() == ["Herald", "Herald", "Mirror"]


def test_nothing_found_keeps_the_columns():
    for find in (evidence, statement_evidence, portrayal_evidence):
        assert find(no_talks(), BOOK).empty
        assert find(no_talks(), BOOK).columns.tolist() == find(talks(), BOOK).columns.tolist()
    assert disagreement_evidence(no_talks(), BOOK, summary.disagreement(no_talks())).empty
    assert article_evidence(talks())["words"].str.len().gt(10).all()


def test_strongest_first_and_earlier_rows_first_among_equals():
    found = strongest(evidence(talks(), BOOK), 2)
    assert found["score"].tolist() == [0.9, -0.8]


@pytest.mark.parametrize(
    ("text", "spans", "cut"),
    [
        ("a b c", [(2, 3)], ("a", "b", "c")),
        (
            "word " * 30 + "HERE " + "word " * 30,
            [(150, 154)],
            ("…" + "word " * 10 + "word", "HERE", "word " * 10 + "word…"),
        ),
        ("two\n\nparagraphs here", [(0, 3), (5, 15)], ("", "two … paragraphs", "here")),
        ("", [(0, 0)], ("", "", "")),
    ],
)
def test_context_is_one_line_cut_at_words(text, spans, cut):
    assert cut_context(text, spans) == cut
