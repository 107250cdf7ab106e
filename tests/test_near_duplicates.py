import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import read_codebook, score
from analysis.near_duplicates import count_once, group_articles
from analysis.tables import make_table

STORY = (
    "The two delegations met for six hours in Geneva on Sunday and agreed to meet again within the week, both said. "
    "Nobody would say which of the points had been changed, or whether the deadline of Thursday still stood. "
    "The Kremlin had received no papers and would not comment on what newspapers had written, its spokesman said."
)
OTHER = "Trams ran late on Sunday because of the rain, and nobody could say when the lake steamers would sail again."


def groups(*texts):
    return group_articles(pd.DataFrame({"article_id": list("abcdefgh")[: len(texts)], "text": list(texts)})).tolist()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), []),
        ((STORY, OTHER), ["a", "b"]),
        ((STORY, OTHER, STORY), ["a", "b", "a"]),
        ((STORY, f"{OTHER} {STORY} {OTHER}"), ["a", "a"]),  # a copy with a lead and an end of its own
        ((STORY, STORY[: len(STORY) // 2]), ["a", "a"]),  # a copy cut from the end
        ((STORY, STORY.replace("Sunday", "Monday").replace("said", "wrote")), ["a", "a"]),
        (("No.", "No.", "Yes."), ["a", "a", "c"]),
        (("", "", "Yes."), ["a", "b", "c"]),
        (("He said no to the plan.", "He said no to the plan. He left."), ["a", "b"]),
    ],
)
def test_copies_are_grouped_and_others_are_not(texts, expected):
    assert groups(*texts) == expected


@given(st.permutations([STORY, OTHER, f"{STORY} He left.", "No.", STORY[:200]]))
def test_which_articles_go_together_does_not_depend_on_their_order(texts):
    found = groups(*texts)
    together = {frozenset(text for text, group in zip(texts, found, strict=True) if group == one) for one in found}
    copies = frozenset({STORY, f"{STORY} He left.", STORY[:200]})
    assert together == {copies, frozenset({OTHER}), frozenset({"No."})}


def test_a_story_counts_once_and_what_was_left_out_is_named():
    story = f'{STORY} "We will talk," said Trump.'
    rows = [
        {"article_id": name, "source": name.title(), "text": text, "published": "2025-11-24"}
        for name, text in (("wire", story), ("copy", story), ("other", OTHER))
    ]
    tables = score(make_table("articles", rows), read_codebook())
    once, copies = count_once(tables)
    assert once.articles["article_id"].tolist() == ["wire", "other"]
    assert copies[["article_id", "copy_of"]].to_numpy().tolist() == [["copy", "wire"]]
    told = tables.statements.groupby("article_id").size()
    assert once.statements.groupby("article_id").size().to_dict() == told.drop("copy").to_dict()
    assert told["copy"] == told["wire"] > 0
