"""Measure the stances on issues that `score` finds in articles coded by reading: a development set, not the gold.

    python -m training.stances

`coded/sample.jsonl`: the 20 articles of the sample that its gold does not hold. `coded/pages.jsonl`: real pages and war
news (`corpora/` beside the gold; the codes are places in their text and hold no word of it); `coded/pages_read.txt`
lists all that were read, also those in which no stance stands. Coded by language models by data/gold/CODING_GUIDE.md,
before the program was run on them. Rules and thresholds may be tuned on these; on the gold they may not.

`composed/constructions.jsonl`: 520 sentences that name an issue plainly, 13 of each of 20 constructions in each of two
parts (negation, passives, conditions, answers ...), as the behavioural tests of Ribeiro et al. (2020), Beyond Accuracy:
CheckList. Two language models composed a part each and did not see the program; the rules were mended on 'development'.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis import read_codebook, read_corpus, score
from analysis.evaluation import evaluate_actor_issue, load_gold
from analysis.paths import SAMPLE
from analysis.tables import make_table
from training import common

CODED = Path(__file__).parent / "coded"
CORPORA = ["peace_talks_pages_2026", "war_news_2022_2024"]


def main() -> None:
    """Run from the command line."""
    pages = pd.concat([read_corpus(common.SHARED / "corpora" / f"{name}.jsonl.gz") for name in CORPORA])
    read = {"sample": {row["id"] for row in load_gold("stance", CODED / "sample.jsonl")}}
    read["pages"] = set((CODED / "pages_read.txt").read_text().split())
    for name, articles in (("sample", read_corpus(SAMPLE)), ("pages", pages)):
        tables = score(articles[articles["article_id"].isin(read[name])].reset_index(drop=True), read_codebook())
        figures = evaluate_actor_issue(tables, CODED / f"{name}.jsonl")
        print(name, figures[figures["part"] == "issue"].drop(columns=["task", "part", "method"]).to_string(index=False))
        coded = {row["id"] for row in load_gold("stance", CODED / f"{name}.jsonl")}
        beside = tables.stances[~tables.stances["article_id"].isin(coded) & (tables.stances["target_kind"] == "issue")]
        print(f"found in {len(read[name] - coded)} articles in which none was coded: {len(beside)}")
    print(on_constructions().to_string())


def on_constructions() -> pd.DataFrame:
    """Return how many sentences of each part and construction come out right, without a side, or on the wrong one.

    'spurious': a side where there is none.
    """
    path = Path(__file__).parent / "composed" / "constructions.jsonl"
    asked = pd.read_json(path, lines=True)
    texts = pd.DataFrame({"article_id": [f"{n:03}" for n in asked.index], "text": asked["text"]})
    articles = make_table("articles", texts.assign(published=pd.Timestamp("2025-11-24")).to_dict("records"))
    found = score(articles, read_codebook()).stances.sort_values("confidence", kind="stable")
    sides = found.drop_duplicates(["article_id", "actor_id", "target_id"], keep="last")
    keys = ["article_id", "actor_id", "target_id"]
    both = asked.assign(article_id=texts["article_id"]).merge(
        sides[[*keys, "label"]], "left", keys, suffixes=("", "_found")
    )
    side = both["label_found"].where(both["label_found"] != "neutral").fillna("none")
    outcome = side.eq(both["label"]).map({True: "right", False: "opposite"})
    outcome = outcome.mask((outcome == "opposite") & (side == "none"), "none found")
    outcome = outcome.mask((outcome == "opposite") & (both["label"] == "none"), "spurious")
    return pd.crosstab([both["part"], both["construction"]], outcome, margins=True)


if __name__ == "__main__":
    main()
