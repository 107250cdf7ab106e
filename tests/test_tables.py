"""Tables come back from disk as they went, and the same tables give the same bytes."""

import pandas as pd
import pytest

from analysis.parts import PROBLEM_COLUMNS, finish, write_part
from analysis.tables import (
    COLUMNS,
    Tables,
    join_tables,
    make_table,
    read_corpus_problems,
    read_tables,
    write_tables,
)


@pytest.fixture
def tables():
    rows = {
        "articles": [{"article_id": "a", "published": "2025-11-23", "text": "Hi.", "source": "Harbour Wire"}],
        "statements": [
            {"article_id": "a", "statement_id": 0, "spans": [[0, 2], [2, 3]], "cue_start": 1, "speaker": ""}
        ],
        "stances": [],
    }
    defaults = {"int64": 0, "bool": False}
    frames = {}
    for name, columns in COLUMNS.items():
        filled = [{c: defaults[t] for c, t in columns.items() if t in defaults} | row for row in rows.get(name, [])]
        frames[name] = make_table(name, filled)
    return Tables(**frames)


def test_round_trip(tables, tmp_path):
    write_tables(tables, tmp_path)
    back = read_tables(tmp_path)
    for name in COLUMNS:
        pd.testing.assert_frame_equal(getattr(back, name), getattr(tables, name))
    assert back.statements["spans"].tolist() == [[[0, 2], [2, 3]]]


def test_the_same_tables_give_the_same_bytes(tables, tmp_path):
    for folder in ("one", "two"):
        write_tables(tables, tmp_path / folder)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_joining_keeps_the_order_and_the_types(tables):
    twice = join_tables([tables, tables])
    assert len(twice.articles) == 2
    assert {c: str(t) for c, t in twice.articles.dtypes.items()} == {
        c: str(t) for c, t in tables.articles.dtypes.items()
    }
    assert join_tables([]).stances.columns.tolist() == list(COLUMNS["stances"])


def test_a_missing_table_is_named(tables, tmp_path):
    write_tables(tables, tmp_path)
    (tmp_path / "stances.parquet").unlink()
    with pytest.raises(FileNotFoundError, match="stances"):
        read_tables(tmp_path)


def test_what_is_written_over_tables_in_parts_is_what_is_read(tables, tmp_path):
    others = Tables(**{name: frame.assign(article_id="b") for name, frame in vars(tables).items()})
    write_part(tmp_path, 0, others, make_corpus_problems(), "key")
    finish(tmp_path, 1)
    (tmp_path / "articles" / "notes.txt").write_text("the reader's own", encoding="utf8")
    write_tables(tables, tmp_path)
    assert read_tables(tmp_path).articles["article_id"].tolist() == ["a"]
    assert read_tables(tmp_path).statements["article_id"].tolist() == ["a"]
    assert read_corpus_problems(tmp_path).empty
    assert [path.name for path in tmp_path.glob("*/*")] == ["notes.txt"]


def make_corpus_problems():
    return pd.DataFrame([{"file": "a.md", "line": 1}], columns=list(PROBLEM_COLUMNS)).astype(PROBLEM_COLUMNS)
