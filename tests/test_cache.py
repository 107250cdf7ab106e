"""The cache costs time at worst, never a result."""

import sqlite3
from contextlib import closing

import pytest

from analysis.cache import FILE, Cache


def entries(folder):
    with closing(sqlite3.connect(folder / FILE)) as base, base:
        return base.execute("SELECT count(*) FROM scores").fetchone()[0]


def test_what_is_put_is_got_again_also_by_the_thousand(tmp_path):
    many = {f"key {n}".encode(): bytes([n % 256]) * n for n in range(1000)}
    with Cache(tmp_path / "new" / "folder", ["1"]) as cache:
        cache.put("1", many)
    with Cache(tmp_path / "new" / "folder", ["1"]) as cache:
        assert cache.get([*many, b"never put"]) == many
        cache.put("1", {b"key 1": b"another"})
        assert cache.get([b"key 1"]) == {b"key 1": b"another"}


def test_without_a_folder_nothing_is_kept(tmp_path):
    with Cache(None) as cache:
        cache.put("1", {b"a": b"1"})
        assert cache.get([b"a"]) == {}
    assert not list(tmp_path.iterdir())


def test_entries_of_versions_that_nobody_asks_for_go(tmp_path):
    with Cache(tmp_path, ["1", "2"]) as cache:
        cache.put("1", {b"a": b"1"})
        cache.put("2", {b"b": b"2"})
    with Cache(tmp_path, ["2", "3"]) as cache:
        assert cache.get([b"a", b"b"]) == {b"b": b"2"}
    assert entries(tmp_path) == 1


@pytest.mark.parametrize(
    "harm", ["value = x'00'", "checksum = NULL", "value = 'text'", "key = x'0b', checksum = checksum"]
)
def test_an_entry_that_was_changed_is_dropped_and_said(tmp_path, harm):
    with Cache(tmp_path, ["1"]) as cache:
        cache.put("1", {b"a": b"1", b"b": b"2"})
    with closing(sqlite3.connect(tmp_path / FILE)) as base, base:
        base.execute(f"UPDATE scores SET {harm} WHERE key = x'61'")  # 'a'
    said = []
    with Cache(tmp_path, ["1"], said.append) as cache:
        assert cache.get([b"a", b"\x0b", b"b"]) == {b"b": b"2"}
    assert said == [f"{tmp_path / FILE}: 1 damaged entry was dropped and scored anew"]
    assert entries(tmp_path) == 1


def test_a_file_that_is_no_database_is_set_aside(tmp_path):
    (tmp_path / FILE).write_text("my notes, " * 100)
    said = []
    with Cache(tmp_path, ["1"], said.append) as cache:
        cache.put("1", {b"a": b"1"})
        assert cache.get([b"a"]) == {b"a": b"1"}
    assert (tmp_path / "scores.damaged").read_text().startswith("my notes")
    assert "set aside as scores.damaged" in said[0]


def test_a_database_of_somebody_else_is_left_alone(tmp_path):
    with closing(sqlite3.connect(tmp_path / FILE)) as base, base:
        base.execute("CREATE TABLE scores (player TEXT, points INTEGER)")
        base.execute("INSERT INTO scores VALUES ('me', 7)")
    said = []
    with Cache(tmp_path, ["1"], said.append) as cache:
        cache.put("1", {b"a": b"1"})
        assert cache.get([b"a"]) == {}
    assert "going on without it" in said[0]
    with closing(sqlite3.connect(tmp_path / FILE)) as base, base:
        assert base.execute("SELECT * FROM scores").fetchall() == [("me", 7)]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    said = []
    with Cache(tmp_path / "file" / "cache", ["1"], said.append) as cache:
        assert cache.get([b"a"]) == {}
    assert "going on without it" in said[0]
