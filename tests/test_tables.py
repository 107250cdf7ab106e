"""Tables come back from disk as they went, and the same tables give the same bytes."""

import pandas as pd
import pytest

from analysis.tables import COLUMNS, Tables, join_tables, make_table, read_tables, write_tables


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
