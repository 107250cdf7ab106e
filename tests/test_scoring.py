import subprocess
import sys
from dataclasses import fields, replace
from datetime import date

import pandas as pd
import pytest

from analysis import scoring
from analysis.codebook import read_codebook
from analysis.mentions import find_mentions
from analysis.paths import SAMPLE
from analysis.scoring import link_speaker, score, score_partition
from analysis.statements import extract_statements
from analysis.tables import COLUMNS, Tables, make_table, write_tables

BOOK = read_codebook()
DAY = "2025-11-24"


def articles(*texts: str, published: str | None = DAY) -> pd.DataFrame:
    day = pd.NaT if published is None else pd.Timestamp(published)
    rows = [{"article_id": f"a{i}", "published": day, "text": text} for i, text in enumerate(texts)]
    return make_table("articles", rows).fillna(
        {"source": "", "title": "", "url": "", "sha256": "", "quotations": "reported"}
    )


def speakers(text: str) -> list[tuple[str, object]]:
    day = date.fromisoformat(DAY)
    mentions = find_mentions(text, BOOK, day)
    found = extract_statements(text)
    return [(s.speaker_text, link_speaker(text, s, mentions, BOOK, day)) for s in found]


def same(one: Tables, other: Tables) -> bool:
    return all(getattr(one, field.name).equals(getattr(other, field.name)) for field in fields(Tables))


@pytest.mark.parametrize(
    ("text", "actor_id"),
    [
        ('"We will talk," said Dmitry Peskov, the Kremlin spokesman.', "peskov"),
        ('Donald Trump was in Ohio. "It is a good plan," he said.', "trump"),
        ('"It is a good plan," the US president said.', "trump"),
        ('"It is late," said Trump\'s envoy.', None),
        ('"It is late," said Olha, a resident of Kyiv.', None),
        ('Trump was in Ohio. Olha Petrenko, 62, waited in Kyiv. "It is late," she said.', None),
        ('"It is late," said Melania Trump.', None),
    ],
)
def test_speaker_is_linked_to_the_actor_who_speaks(text, actor_id):
    assert [actor for _, actor in speakers(text)] == [actor_id]


def test_tables_have_every_column_in_order_and_type():
    tables = score(articles('"We will sign," Trump said. Peskov praised him.', "Nothing is said here."), BOOK)
    for name, columns in COLUMNS.items():
        frame = getattr(tables, name)
        assert frame.columns.tolist() == list(columns)
        pd.testing.assert_frame_equal(frame, frame.astype(columns))


def test_offsets_point_into_the_text():
    text = 'Kyiv waits.\n\n"We will sign the plan," Donald Trump said in Ohio. "Peskov is wrong."'
    tables = score(articles(text), BOOK)
    said = tables.statements.iloc[0]
    assert text[slice(*said["spans"][0])].strip('"') == "We will sign the plan,"
    assert text[said["cue_start"] : said["cue_end"]] == "said"
    assert text[said["speaker_start"] : said["speaker_end"]] == "Donald Trump"
    for row in [*tables.mentions.to_dict("records"), *tables.portrayals.to_dict("records")]:
        sentence = tables.sentences.set_index("sentence_id").loc[row["sentence_id"]]
        assert sentence["start"] <= row["start"] < row["end"] <= sentence["end"]


def test_tone_is_of_the_speakers_words_not_of_the_reporters():
    tables = score(articles('"We will read it," Peskov said after the horrible, deadly attack.'), BOOK)
    assert tables.statements["vader"].tolist() == [0.0]


@pytest.mark.parametrize(
    ("text", "voices"),
    [
        ("Donald Trump failed.", {("trump", "article", None)}),
        ('"Donald Trump failed," Peskov said.', {("trump", "actor", "peskov"), ("peskov", "article", None)}),
        ('"Donald Trump failed," said Olha Petrenko, a teacher.', {("trump", "other", None)}),
        ("Donald Trump's envoy failed.", set()),
    ],
)
def test_portrayal_knows_whose_voice_it_is(text, voices):
    rows = score(articles(text), BOOK).portrayals
    found = {
        (row["actor_id"], row["voice"], None if pd.isna(row["speaker_actor_id"]) else row["speaker_actor_id"])
        for row in rows.to_dict("records")
    }
    assert found == voices


def test_portrayal_adds_up():
    rows = score(articles("Donald Trump failed. Observers praised Volodymyr Zelenskyy."), BOOK).portrayals
    assert (rows[["negative", "neutral", "positive"]].sum(axis=1) - 1).abs().max() < 1e-9
    assert (rows["positive"] - rows["negative"] - rows["score"]).abs().max() < 1e-9


def test_offices_are_resolved_by_the_date_of_the_article():
    text = '"It is late," the US president said.'
    assert score(articles(text, published="2022-05-01"), BOOK).statements["actor_id"].isna().all()
    assert score(articles(text, published=None), BOOK).statements["actor_id"].tolist() == ["trump"]


def test_parallel_is_serial_byte_for_byte(tmp_path):
    from analysis.corpus import inspect_corpus

    sample = inspect_corpus(SAMPLE)[0].head(20)
    for processes in (1, 2):
        write_tables(score(sample, BOOK, processes=processes), tmp_path / str(processes))
    for name in COLUMNS:
        assert (tmp_path / "1" / f"{name}.parquet").read_bytes() == (tmp_path / "2" / f"{name}.parquet").read_bytes()


def test_a_plain_script_may_use_several_processes(tmp_path):
    script = tmp_path / "three_lines.py"
    script.write_text(
        "from analysis import read_codebook, read_corpus, score\nfrom analysis.paths import SAMPLE\n"
        "print(len(score(read_corpus(SAMPLE).head(4), read_codebook(), processes=2).articles))\n"
    )
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert run.stdout == "4\n"


def test_what_stands_beside_an_article_changes_nothing():
    one, two = '"We will sign," Trump said.', "Peskov, mocked by all, failed. Moscow rejected the plan."
    both = score_partition(articles(one, two), BOOK)
    alone = [score_partition(articles(text), BOOK) for text in (one, two)]
    assert both.portrayals["score"].tolist() == [value for part in alone for value in part.portrayals["score"]]
    assert both.stances["score"].tolist() == [value for part in alone for value in part.stances["score"]]


def test_an_article_that_cannot_be_scored_is_named_and_the_rest_scored():
    odd = articles('"We will sign," Trump said.', "second", '"No," said Peskov.')
    odd["text"] = odd["text"].astype("object")
    odd.loc[1, "text"] = None
    tables = score_partition(odd, BOOK)
    assert tables.problems["article_id"].tolist() == ["a1"]
    assert "Error: " in tables.problems["problem"].iloc[0]
    assert tables.statements["article_id"].tolist() == ["a0", "a2"]


@pytest.mark.parametrize(
    "text", ["", " \n\n ", "🙂" * 50, "“" * 200, "新聞。彼は言った。", "a" * 5000, "Trump said " * 300, "\x00"]
)
def test_odd_texts_are_no_problem(text):
    assert score(articles(text), BOOK).problems.empty


def test_no_articles_give_empty_tables():
    tables = score(articles(), BOOK)
    assert same(tables, score_partition(articles(), BOOK))
    assert tables.statements.empty


def test_wrong_calls_say_what_is_allowed():
    with pytest.raises(ValueError, match="processes is 0: use 1 or more"):
        score(articles("x"), BOOK, processes=0)
    with pytest.raises(ValueError, match="articles lack the columns sha256: use the table that read_corpus returns"):
        score(articles("x").drop(columns="sha256"), BOOK)


def test_progress_goes_to_standard_error(capsys):
    score(articles("x", "y"), BOOK, progress=True)
    shown = capsys.readouterr()
    assert "2/2" in shown.err
    assert shown.out == ""


def test_pronouns_count_as_portrayed_only_when_almost_certain():
    mention = find_mentions("Trump left. He failed.", BOOK, None)[1]
    assert mention.kind == "pronoun"
    assert scoring._is_portrayed(replace(mention, confidence=scoring.PRONOUN_CONFIDENCE))
    assert not scoring._is_portrayed(replace(mention, confidence=scoring.PRONOUN_CONFIDENCE - 0.01))
