from dataclasses import replace

import pandas as pd
from talks import no_talks, talks

from analysis.codebook import read_codebook
from analysis.exhibits import LONGEST, anchor_of, collect_exhibits

BOOK = read_codebook()


def groups_of(tables, kind, most=100):
    [exhibit] = [exhibit for exhibit in collect_exhibits(tables, BOOK, most) if exhibit.kind == kind]
    return {group.anchor: group for holder in exhibit.holders for group in holder.groups}


def test_behind_a_stance_stand_its_words_and_every_method():
    [item] = groups_of(talks(), "stance")["stance-zelenskyy-peace_plan"].items
    assert (item["before"], item["words"], item["after"]) == (
        "“We ",
        "cannot sign",
        ",” Zelenskyy said. “Trump is a friend,” he added.",
    )
    assert (item["day"], item["outlet"], item["score"]) == ("2025-11-21", "Mirror", "against −0.80")
    assert item["composed"]
    assert item["how"][0] == "by rules (phrases), confidence 0.90"
    assert "VADER" in item["how"][2]


def test_newest_first_and_without_a_date_last():
    group = groups_of(talks(), "stance")["stance-trump-peace_plan"]
    assert [item["article_id"] for item in group.items] == ["herald-2", "herald-1", "mirror-2"]
    assert group.heading == "Peace plan: 3 stances"


def test_the_outlets_own_voice_and_the_words_of_actors_are_kept_apart():
    own = groups_of(talks(), "portrayal")
    assert anchor_of("portrayal", "trump", "Herald") in own
    [said] = groups_of(talks(), "spoken").values()
    assert (said.anchor, said.title) == ("spoken-zelenskyy-trump", "Volodymyr Zelenskyy of Donald Trump")
    assert said.items[0]["actors"] == "zelenskyy trump"


def test_a_statement_says_what_issues_it_speaks_to():
    items = groups_of(talks(), "statement")["statement-trump-all"].items
    assert {item["issues"] for item in items} == {"peace_plan"}


def test_large_groups_are_cut_first_and_say_so():
    tables = talks()
    exhibit = collect_exhibits(tables, BOOK, 3)[0]
    assert (exhibit.shown, exhibit.total) == (3, 5)
    headings = [group.heading for holder in exhibit.holders for group in holder.groups]
    assert headings == [
        "Peace plan: the newest 1 of 3 stances; all in tables/stances.csv",
        "Peace plan: 1 stance",
        "Towards Donald Trump: 1 stance",
    ]


def test_only_addresses_of_the_web_become_links_and_long_words_are_cut():
    tables = talks()
    urls = ["https://herald.example/1", "javascript:alert(1)", "https://a b", "file:///etc/passwd"]
    tables = replace(tables, articles=tables.articles.assign(url=urls, text="word " * 900))
    tables = replace(tables, stances=tables.stances.assign(evidence_start=0, evidence_end=4000))
    items = [item for group in groups_of(tables, "stance").values() for item in group.items]
    assert {item["href"] for item in items} == {"https://herald.example/1", ""}
    assert all(item["words"].endswith("… (cut)") and len(item["words"]) < LONGEST + 10 for item in items)


def test_outlets_without_a_name_have_an_anchor_of_their_own():
    tables = talks()
    tables = replace(tables, articles=tables.articles.assign(source=""))
    anchors = [anchor_of("portrayal", "trump"), *groups_of(tables, "portrayal")]
    assert len(anchors) == len(set(anchors)) == 3
    assert anchors[1:] == [anchor_of("portrayal", actor_id, "") for actor_id in ("trump", "zelenskyy")]
    group = groups_of(tables, "portrayal")[anchors[1]]
    assert group.heading == "In articles without an outlet: 2 portrayals"
    assert group.title == "Donald Trump in articles without an outlet, in their own voice"
    assert pd.Series(anchors).str.fullmatch(r"[\w-]+").all()


def test_nothing_found_gives_empty_exhibits():
    assert [(exhibit.holders, exhibit.total) for exhibit in collect_exhibits(no_talks(), BOOK, 9)] == [([], 0)] * 4
