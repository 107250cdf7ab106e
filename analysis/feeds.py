"""News feeds (RSS and Atom): their entries as documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from analysis.dates import parse_date
from analysis.documents import Document, source_of, strip_markup
from analysis.rows import UnreadableError

MOST_ENTRIES = 2_000
FEW_WORDS = 50  # an entry with fewer is but a summary of its article


def is_feed(head: bytes) -> bool:
    """Whether a file, by its first bytes, is a feed.

    >>> is_feed(b'<?xml version="1.0"?><rss version="2.0">'), is_feed(b"<!doctype html><html>")
    (True, False)
    """
    start = head[:2_000].lower()
    return any(mark in start for mark in (b"<rss", b"<feed", b"<rdf:rdf"))


def read_feed(data: bytes, url: str = "", encoding: str | None = None) -> Iterator[tuple[int, Document]]:
    """Yield the entries of a feed, numbered from 1.

    Parameters
    ----------
    data : bytes
        The feed.
    url : str
        Where it was found, "" if that is not known.
    encoding : str, optional
        What the server says it is written in.

    Raises
    ------
    UnreadableError
        When it is no feed, or has too many entries.
    """
    import feedparser

    headers = {"content-type": f"application/xml; charset={encoding}"} if encoding else {}
    found = feedparser.parse(data, response_headers={**headers, "content-location": url})
    if not found.get("version"):
        raise UnreadableError(f"no feed ({found.get('bozo_exception') or 'neither RSS nor Atom'})", "check the address")
    if len(found.entries) > MOST_ENTRIES:
        raise UnreadableError(f"a feed of over {MOST_ENTRIES} entries", "split it")
    source = str(found.feed.get("title", "")).strip() or source_of(url)
    for number, entry in enumerate(found.entries, start=1):
        yield number, _read_entry(entry, source)


def _read_entry(entry: Any, source: str) -> Document:
    contents = [str(content.get("value", "")) for content in entry.get("content", [])]
    text = max([*contents, str(entry.get("summary", ""))], key=len)
    return Document(
        text=strip_markup(text),
        title=strip_markup(str(entry.get("title", ""))),
        published=_read_day(entry),
        source=str(entry.get("source", {}).get("title", "")) or source,
        url=str(entry.get("link", "")),
        byline=str(entry.get("author", "")),
    )


def _read_day(entry: Any) -> date | None:
    """Return the day an entry was published, in its own words: feedparser's is moved to Greenwich time."""
    for field in ("published", "created", "updated"):
        day = parse_date(str(entry.get(field, "")))
        if day:
            return day
    return None
