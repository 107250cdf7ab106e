"""The cache: what was worked out before, in one SQLite file, so that it is not worked out again.

It holds bytes under keys that say all they depend on; no clock and no place is in a key. Every entry carries a
checksum, and nothing in the file is trusted: what is damaged is dropped and worked out anew, and whatever else goes
wrong with the file costs time, never a result.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

CACHE = "cache"  # its folder, in the folder of what is made, unless another is given
VARIABLE = "STANCEBOOK_CACHE"
FILE, DAMAGED = "scores.sqlite", "scores.damaged"
WAIT = 60  # seconds for another run that is writing
_T = TypeVar("_T")
_TABLES = (
    "versions (number INTEGER PRIMARY KEY, version TEXT UNIQUE)",
    "scores (key BLOB PRIMARY KEY, version INTEGER, value BLOB, checksum BLOB)",
)
_AT_ONCE = 400  # keys; SQLite takes no more than 999 values in a statement before version 3.32


def named_folder() -> Path | None:
    """Return the folder of the cache that the environment names, None where it names none."""
    folder = os.environ.get(VARIABLE)
    return Path(folder) if folder else None


@contextmanager
def name_folder(folder: Path) -> Iterator[None]:
    """Let the environment name this folder, also to the processes that are started meanwhile."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder.absolute())
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


class Cache:
    """Bytes under keys, in a folder of the user's choice; use it in a ``with`` statement.

    Parameters
    ----------
    folder : Path or None
        Made when missing; None keeps nothing.
    versions : iterable of str
        Those that can still be asked for; entries of any other version are removed, so that the file does not grow with
        every release.
    say : callable
        Told in a line what was wrong with the file.
    """

    def __init__(
        self, folder: Path | None, versions: Iterable[str] = (), say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.damaged = 0
        self._say = say
        self._versions = tuple(versions)
        self._file = folder / FILE if folder else None
        self._base: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        if self._file:
            self._safely(self._open)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        if self.damaged:
            entries = "entries were" if self.damaged > 1 else "entry was"
            self._say(f"{self._file}: {self.damaged} damaged {entries} dropped and scored anew")

    @property
    def keeps(self) -> bool:
        """Whether anything is kept here."""
        return self._base is not None

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the values of those keys that are there and undamaged."""
        return (self._safely(lambda: self._read(keys)) if self._base else None) or {}

    def put(self, version: str, entries: Mapping[bytes, bytes]) -> None:
        """Keep values under their keys, all or none of them."""
        if self._base and entries:
            self._safely(lambda: self._write(version, entries))

    def _open(self) -> None:
        assert self._file
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(self._file, timeout=WAIT)
        with self._base:
            for table in _TABLES:
                self._base.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            for number, version in self._base.execute("SELECT number, version FROM versions").fetchall():
                if version not in self._versions:
                    self._base.execute("DELETE FROM scores WHERE version = ?", (number,))
                    self._base.execute("DELETE FROM versions WHERE number = ?", (number,))

    def _close(self) -> None:
        if self._base:
            self._base.close()
            self._base = None

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        assert self._base
        found: dict[bytes, bytes] = {}
        bad: list[tuple[bytes]] = []
        for start in range(0, len(keys), _AT_ONCE):
            some = tuple(keys[start : start + _AT_ONCE])
            marks = ", ".join("?" * len(some))
            rows = self._base.execute(f"SELECT key, value, checksum FROM scores WHERE key IN ({marks})", some)  # noqa: S608
            for key, value, checksum in rows:
                if isinstance(value, bytes) and checksum == _checksum(key, value):
                    found[key] = value
                else:
                    bad.append((key,))
        if bad:
            with self._base:
                self._base.executemany("DELETE FROM scores WHERE key = ?", bad)
            self.damaged += len(bad)
        return found

    def _write(self, version: str, entries: Mapping[bytes, bytes]) -> None:
        assert self._base
        with self._base:
            self._base.execute("INSERT OR IGNORE INTO versions (version) VALUES (?)", (version,))
            (number,) = self._base.execute("SELECT number FROM versions WHERE version = ?", (version,)).fetchone()
            rows = [(key, number, value, _checksum(key, value)) for key, value in entries.items()]
            self._base.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?)", rows)

    def _safely(self, work: Callable[[], _T]) -> _T | None:
        """Return what the work returns; None where the file does not let it."""
        try:
            return work()
        except (sqlite3.OperationalError, OSError) as error:  # locked, full, no right to write, of another layout
            self._close()
            self._say(f"{self._file}: {error}; going on without it")
        except sqlite3.DatabaseError as error:
            self._close()
            self._say(f"{self._file}: {error}; set aside as {DAMAGED}, a new one begun")
            self._safely(self._begin_anew)
        return None

    def _begin_anew(self) -> None:
        assert self._file
        self._file.replace(self._file.with_name(DAMAGED))
        self._open()


def _checksum(key: bytes, value: bytes) -> bytes:
    return hashlib.sha256(key + value).digest()
