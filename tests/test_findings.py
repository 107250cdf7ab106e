from dataclasses import replace

import pandas as pd
import pytest
from talks import no_talks, talks

from analysis.codebook import read_codebook
from analysis.findings import Finding, find_all
from analysis.tables import Tables, make_table

BOOK = read_codebook()
NATO = BOOK.issue("nato_membership").proposition


def tables_of(stances=(), portrayals=(), statements=()):
    """Tables of articles a0, a1, ... on days from 1 November on; rows name the article by its number."""
    numbers = {row[0] for rows in (stances, portrayals, statements) for row in rows}
    articles = [
        {
            "article_id": f"a{n}",
            "published": pd.Timestamp(2025, 11, 1) + pd.Timedelta(days=n),
            "source": "AB"[n % 2],
            "title": "",
            "url": "",
        }
        | {"text": "No.", "sha256": "", "quotations": "composed"}
        for n in sorted(numbers)
    ]
    return Tables(
        articles=make_table("articles", articles),
        sentences=make_table("sentences", []),
        mentions=make_table("mentions", []),
        statements=make_table(
            "statements",
            [
                {"article_id": f"a{n}", "statement_id": k, "spans": [[0, 2]], "kind": "direct", "speaker": actor}
                | {"actor_id": actor, "confidence": 0.9, "vader": 0.0, "textblob": 0.0}
                for k, (n, actor) in enumerate(statements)
            ],
        ),
        portrayals=make_table(
            "portrayals",
            [
                {"article_id": f"a{n}", "sentence_id": 0, "actor_id": actor, "start": 0, "end": 2, "voice": "article"}
                | {
                    "negative": max(0.0, -score),
                    "neutral": 0.0,
                    "positive": max(0.0, score),
                    "score": score,
                    "lexicon": 0,
                }
                for n, actor, score in portrayals
            ],
        ),
        stances=make_table(
            "stances",
            [
                {"article_id": f"a{n}", "statement_id": pd.NA if score == -0.9 else k, "actor_id": actor}
                | {
                    "target_kind": "actor" if target in {a.actor_id for a in BOOK.actors} else "issue",
                    "target_id": target,
                }
                | {"oppose": max(0.0, -score), "neutral": 0.0, "support": max(0.0, score), "score": score}
                | {"label": "support" if score > 0 else "oppose", "evidence_start": 0, "evidence_end": 2}
                | {"method": "codebook", "confidence": 0.9}
                for k, (n, actor, target, score) in enumerate(stances)
            ],
        ),
        problems=make_table("problems", []),
    )


def say(tables, heading, **more):
    [topic] = [topic for topic in find_all(tables, BOOK, **more) if topic.heading == heading]
    return topic


def words(tables, heading):
    return [finding.words for finding in say(tables, heading).findings]


def test_who_speaks_is_a_count_with_its_share_and_says_when_it_is_close():
    said = [(n, "trump") for n in range(4)] + [(n, "putin") for n in range(3)] + [(0, "merz")]
    [finding] = say(tables_of(statements=said), "Who speaks").findings
    assert finding.words == (
        "Donald Trump is quoted or reported most, with 4 statements in 4 articles; next Vladimir Putin (3) and "
        "Friedrich Merz (1). The first two are too close to call."
    )
    assert finding.figures.startswith("4 of 8 statements by actors of the codebook: 50%, 95% interval ")
    assert finding.low <= 0.5 <= finding.high
    assert finding.evidence[0] == ("statement", "trump", None)


def test_equals_are_named_together():
    said = [(n, actor) for n in range(3) for actor in ("trump", "putin")]
    assert words(tables_of(statements=said), "Who speaks") == [
        "Vladimir Putin and Donald Trump are quoted or reported most, with 3 statements each."
    ]


def test_a_side_is_said_with_proposition_words_articles_and_outlets():
    tables = tables_of([(n, "putin", "nato_membership", -0.9 if n == 0 else -0.8) for n in range(8)])
    [finding] = say(tables, "Where they stand").findings
    assert finding.words == (
        f"Vladimir Putin is against “{NATO}”, in 7 statements of his own and 1 report of what he did in 8 articles of "
        "2 outlets."
    )
    assert finding.n == 8
    assert finding.high < 0
    assert f"mean −0.81, 95% interval −{-finding.low:.2f} to −{-finding.high:.2f}, n = 8 in 8" in finding.figures
    assert finding.evidence == (("stance", "putin", "nato_membership"),)


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([0.8] * 2, "of 1 position found, none rests on 3 articles or more"),
        ([0.8] * 5, "1 rests on 3 articles or more, 1 of these with 0 in the interval"),  # though they all agree
        ([0.8, -0.8] * 4, "1 rests on 3 articles or more, 1 of these with 0 in the interval"),
        ([], "no positions were found"),
    ],
)
def test_no_side_without_evidence(scores, said):
    tables = tables_of([(n, "putin", "nato_membership", score) for n, score in enumerate(scores)])
    [finding] = say(tables, "Where they stand").findings
    assert finding.words.startswith("Nothing can be said of any actor on any issue: ")
    assert said in finding.words
    assert (finding.n, finding.evidence) == (0, ())


def test_what_is_needed_to_name_a_side_is_said_on_the_page():
    note = say(talks(), "Where they stand").note
    assert note.startswith("Said only where the 95% interval leaves 0 out, which takes some six articles that agree.")
    five = [(n, "putin", -1.0) for n in range(5)]
    [nobody] = words(tables_of(portrayals=five), "How they are portrayed")
    assert "no mean over 5 mentions or more has an interval that leaves 0 out" in nobody
    assert words(tables_of(portrayals=[*five, (5, "putin", -1.0)]), "How they are portrayed") != [nobody]


def test_one_outlet_and_words_that_point_the_other_way_are_said():
    rows = [(n, "stefanchuk", "nato_membership", 0.8) for n in range(0, 20, 2)] + [
        (20, "stefanchuk", "nato_membership", -0.1)
    ]
    [said] = words(tables_of(rows), "Where they stand")
    assert said.endswith("in 11 articles, all in A; 1 of 11 points the other way.")


def test_articles_without_an_outlet_are_no_outlet():
    tables = tables_of([(n, "putin", "nato_membership", -0.8) for n in range(8)])
    sources = tables.articles["source"]
    for outlets, said in (
        (sources.replace("A", ""), ", 4 in B, 4 without an outlet."),
        (sources.replace("A", "").mask(sources.index == 1, "C"), " of 2 outlets, 4 without an outlet."),
        (sources.mask(sources != "", ""), ", all without an outlet."),
    ):
        [finding] = say(replace(tables, articles=tables.articles.assign(source=outlets)), "Where they stand").findings
        assert finding.words.endswith(f"in 8 articles{said}")


def test_opponents_are_named_only_with_evidence_on_both_sides():
    one = [(n, "putin", "nato_membership", -0.8) for n in range(8)]
    two = [(n, "stefanchuk", "nato_membership", 0.8) for n in range(8)]
    assert words(tables_of(one), "Who opposes whom")[0].startswith("On no issue do actors stand on both sides")
    [finding] = say(tables_of(one + two), "Who opposes whom").findings
    assert finding.words == f"Opposed on “{NATO}”: for it Ruslan Stefanchuk, against it Vladimir Putin."
    assert (finding.n, len(finding.evidence)) == (16, 2)


def test_sides_towards_each_other():
    rows = [(n, "trump", "zelenskyy", -0.8) for n in range(8)]
    [said] = words(tables_of(rows), "Who opposes whom")
    assert said.startswith("Donald Trump is critical of Volodymyr Zelenskyy, in 8 statements of his own")


def moves(*halves, actor="trump"):
    return [(n, actor, "peace_plan", score) for n, score in enumerate(score for half in halves for score in half)]


def test_a_move_is_said_where_the_interval_of_the_difference_leaves_0_out():
    moved, stayed = moves([-0.8] * 6, [0.8] * 5 + [0.7]), moves([0.8] * 12, actor="putin")
    first, compared = say(tables_of(moved + stayed), "Who moved").findings
    assert first.words == f"Donald Trump moved towards “{BOOK.issue('peace_plan').proposition}”."
    assert first.figures.startswith("1 November 2025 to 6 November 2025: mean −0.80")
    assert "; difference +1.58 (+" in first.figures
    assert 0 < first.low < first.high
    assert "2 stances and portrayals with 3 articles" in compared.words
    [none] = words(tables_of(stayed), "Who moved")
    assert none.startswith("Nobody can be said to have moved. Compared: 1 November 2025")
    assert "of one day" in words(tables_of(stayed[:1]), "Who moved")[0]


@pytest.mark.parametrize(
    "halves",
    [
        ([-0.8] * 3, [0.8] * 3),  # three and three may be chance
        ([0.94] * 40, [0.81] * 40),  # the same side in other words
    ],
)
def test_no_move_is_said_of_few_articles_or_of_a_change_of_words(halves):
    [none] = words(tables_of(moves(*halves)), "Who moved")
    assert none.startswith("Nobody can be said to have moved.")


def test_the_worst_and_the_best_portrayed_come_with_their_outlet():
    rows = [(n, "putin", -0.6) for n in range(0, 20, 2)] + [(n, "merz", 0.7) for n in range(1, 21, 2)]
    said, ten = words(tables_of(portrayals=rows), "How they are portrayed"), ", in 10 mentions in 10 articles"
    assert said == [
        f"Portrayed worst over all outlets: Vladimir Putin{ten}, 10 of them negative and 0 positive.",
        f"Portrayed best over all outlets: Friedrich Merz{ten}, 0 of them negative and 10 positive.",
        f"Portrayed worst by a single outlet, A: Vladimir Putin{ten}, 10 of them negative and 0 positive.",
        f"Portrayed best by a single outlet, B: Friedrich Merz{ten}, 0 of them negative and 10 positive.",
    ]


def test_measured_accuracy_is_said():
    row = {
        "task": "portrayal",
        "part": "in reports",
        "figure": "macro-F1",
        "value": 61.1,
        "low": 50.2,
        "high": 71.0,
        "n": 167,
    }
    accuracy = pd.DataFrame([row | {"method": method} for method in ("VADER", "measured")])
    note = say(talks(), "How they are portrayed", accuracy=accuracy).note
    assert note.endswith("(n=167): macro-F1 over negative, neutral, positive, 61% (95%: 50 to 71).")
    assert note.count("Measured") == 1


def test_nothing_found_says_so_under_every_heading():
    topics = find_all(no_talks(), BOOK)
    assert len(topics) == 5
    for topic in topics:
        assert topic.findings
        assert all(isinstance(finding, Finding) and finding.n == 0 for finding in topic.findings)


def test_the_same_tables_give_the_same_findings():
    assert repr(find_all(talks(), BOOK)) == repr(find_all(talks(), BOOK))
