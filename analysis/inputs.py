"""What intake is given, of whatever kind, as the documents it holds: files, folders, archives, tables, addresses.

What cannot be read becomes a `Problem`.
"""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from analysis.answers import fetch_again
from analysis.article import FrontMatterError, read_front_matter
from analysis.dates import find_dates, find_order, parse_date
from analysis.documents import ENDINGS, Document, read_html, read_mail, read_mailbox, read_pdf, strip_markup
from analysis.feeds import FEW_WORDS, is_feed, read_feed
from analysis.fetching import FetchError
from analysis.mending import decode
from analysis.rows import MOST_BYTES, TABLE_ENDINGS, Problem, UnreadableError, read_rows

FIELDS = ("article_id", "published", "source", "title", "text", "url", "quotations")
MOST_MEMBERS = 10_000  # of an archive
MOST_UNPACKED = 500_000_000  # bytes of an archive
MOST_RATIO = 200  # text packs some 3 to 20 times

_OTHER_NAMES = {"id": "article_id", "date": "published"}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype html|html)\b", re.IGNORECASE)
_MARKUP = re.compile(r"</?(?:p|br|div|span|a)\b[^<>]*>", re.IGNORECASE)
_READ = ", ".join((".txt", ".md", *ENDINGS, *TABLE_ENDINGS))


@dataclass(frozen=True)
class Found:
    """A document and where it was found."""

    document: Document
    taken_from: str  # the file, with the folder it was given in, or the address
    line: int | None = None  # in a table, the entry in a feed, the message in a mailbox
    article_id: str = ""
    quotations: str = "reported"
    name_date: date | None = None
    remark: str = ""


@dataclass(frozen=True)
class _Way:
    """How to read what is met on the way."""

    problems: list[Problem]
    columns: Mapping[str, str]
    cache: Path
    allow_private: bool

    def note(self, name: str, line: int | None, problem: str, way_out: str) -> None:
        self.problems.append(Problem(name, line, problem, way_out))


def find_documents(
    inputs: Sequence[Path | str],
    problems: list[Problem],
    columns: Mapping[str, str],
    cache: Path,
    *,
    allow_private: bool = False,
) -> Iterator[Found]:
    """Yield the documents of all inputs, in the order given; files of a folder by name.

    Parameters
    ----------
    inputs : sequence of path or str
        Files, folders, addresses.
    problems : list of Problem
        What cannot be read is added here.
    columns : mapping of str to str
        For tables: field to column.
    cache : Path
        Folder for answers of servers.
    allow_private : bool
        Whether private addresses may be read.
    """
    way = _Way(problems, columns, cache, allow_private)
    for given in inputs:
        if isinstance(given, str) and _ADDRESS.match(given):
            yield from _guard(partial(_read_address, given, way), given, way)
            continue
        path = Path(given)
        if not path.exists():
            way.note(str(given), None, "does not exist", "check the name")
        elif path.is_dir():
            for file in _walk(path, way):
                yield from _guard(partial(_read_file, file, way), file, way)
        else:
            yield from _guard(partial(_read_file, path, way), path, way)


def _guard(read: Callable[[], Iterator[Found]], given: Path | str, way: _Way) -> Iterator[Found]:
    """Yield what can be read of one file or address; whatever is wrong with it is a problem and stops nothing else."""
    try:
        yield from read()
    except UnreadableError as reason:
        way.note(str(given), reason.line, str(reason), reason.way_out)
    except FetchError as reason:
        problem, _, way_out = str(reason).removeprefix(f"{given}: ").rpartition(": ")
        way.note(str(given), None, problem, way_out)
    except OSError as error:
        way.note(str(given), None, f"cannot be read ({error.strerror or error})", "check the file and its rights")
    except Exception as error:  # parsers of others, over hostile bytes, raise whatever they like
        way.note(str(given), None, f"cannot be read ({type(error).__name__}: {error})", "save it anew, or as text")


def _walk(folder: Path, way: _Way) -> Iterator[Path]:
    """Yield the files of a folder by name; nothing hidden, and nothing that a link leads to outside."""
    home = folder.resolve()
    files = []

    def note(error: OSError) -> None:
        way.note(str(error.filename), None, f"folder cannot be read ({error.strerror})", "check its rights")

    for place, below, names in os.walk(folder, onerror=note):
        below[:] = [name for name in below if not name.startswith(".")]
        linked = [name for name in below if Path(place, name).is_symlink()]  # os.walk does not follow them
        files += [Path(place, name) for name in (*names, *linked) if not name.startswith(".")]
    for file in sorted(files, key=lambda file: file.relative_to(folder).as_posix()):
        if not Path(os.path.realpath(file)).is_relative_to(home):  # resolve() raises at a loop of links
            way.note(str(file), None, "a link that leads out of the folder", "copy the file into it")
        elif file.is_file():
            yield file
        elif not file.is_dir():
            way.note(str(file), None, "no plain file", "remove it, or mend the link")


def _read_file(file: Path, way: _Way) -> Iterator[Found]:
    name = file.name.lower()
    if not file.is_file():
        raise UnreadableError("no plain file", "give a file, a folder or an address")
    if name.endswith(TABLE_ENDINGS):
        yield from _read_table(file, str(file), way)
    elif name.endswith(".zip"):
        yield from _read_archive(file, way)
    elif name.endswith(".mbox"):
        yield from (Found(document, str(file), number) for number, document in read_mailbox(file))
    elif file.stat().st_size > MOST_BYTES:
        raise UnreadableError(f"over {MOST_BYTES // 1_000_000} MB", "save only the article's text")
    else:
        yield from _read_bytes(file.read_bytes(), str(file))


def _read_bytes(data: bytes, name: str) -> Iterator[Found]:
    """Yield the documents of one file, whose kind its name and its first bytes tell."""
    lower, stem = name.lower(), PurePosixPath(name.replace("\\", "/")).name.rpartition(".")[0]
    if is_feed(data) and not lower.endswith((".txt", ".md")):
        yield from _read_entries(data, name, "", None)
        return
    quotations = "reported"
    if data[:5] == b"%PDF-" or lower.endswith(".pdf"):
        document = read_pdf(data)
    elif lower.endswith((".eml", ".mht", ".mhtml")):
        document = read_mail(data)
    elif lower.endswith((".txt", ".md")):
        document, quotations = _read_text(data, dashed=lower.endswith(".txt"))
    elif lower.endswith((".html", ".htm", ".xhtml")) or _PAGE.search(data[:2_000]):
        document = read_html(data)
    else:
        raise UnreadableError(f"of a kind that is not read ({name.rpartition('.')[2]})", f"use one of {_READ}")
    named = find_dates(stem.replace("_", "-"))
    yield Found(document, name, None, stem, quotations, named[0][0] if named else None)


def _read_text(data: bytes, *, dashed: bool) -> tuple[Document, str]:
    """Return what a text holds; one that is `dashed` may begin with lines between dashes that are no front matter."""
    decoded = decode(data)
    if decoded is None:
        raise UnreadableError("binary, not text", "save it as UTF-8 text")
    try:
        fields, text = read_front_matter(decoded.text)
    except FrontMatterError as error:
        if dashed:
            return Document(decoded.text), "reported"
        raise UnreadableError(str(error), "mend the lines between '---' and '---'", error.line) from error
    written = fields.get("published", "")
    published = parse_date(written)
    document = Document(
        text=text,
        title=fields.get("title", ""),
        published=published,
        source=fields.get("source", ""),
        url=fields.get("url", ""),
        odd_date="" if published else written,
    )
    return document, fields.get("quotations", "reported")


def _read_entries(data: bytes, name: str, url: str, encoding: str | None) -> Iterator[Found]:
    for number, document in read_feed(data, url, encoding):
        words = len(document.text.split())
        remark = f"only a summary of {words} words" if words < FEW_WORDS else ""
        yield Found(document, name, number, _slug(document.url), remark=remark)


def _read_address(address: str, way: _Way) -> Iterator[Found]:
    answer = fetch_again(address, way.cache, allow_private=way.allow_private)
    if is_feed(answer.body):
        yield from _read_entries(answer.body, address, answer.url, answer.encoding)
        return
    if answer.content_type == "application/pdf" or answer.body[:5] == b"%PDF-":
        document = read_pdf(answer.body)
    elif answer.content_type == "text/plain":
        document, _ = _read_text(answer.body, dashed=True)
    elif answer.content_type in ("text/html", "application/xhtml+xml") or _PAGE.search(answer.body[:2_000]):
        document = read_html(answer.body, answer.url, answer.encoding)
    else:
        raise UnreadableError(f"{answer.content_type}, neither page nor feed", "give the address of a page or feed")
    yield Found(document, address, None, _slug(answer.url))


def _slug(url: str) -> str:
    """Return an article_id for an address: the site and the last part of its path.

    >>> _slug("https://www.example.org/news/2025/talks-go-on.html?page=1")
    'example.org-talks-go-on'
    """
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2].rpartition(".html")
    name = re.sub(r"[^\w.-]+", "-", f"{(parts.hostname or '').removeprefix('www.')}-{last[0] or last[2]}")
    return name.strip("-")[:100] if url else ""


def _read_table(file: Path, name: str, way: _Way) -> Iterator[Found]:
    wanted = {column: field for column, field in _OTHER_NAMES.items() if field not in way.columns}
    wanted |= {field: field for field in FIELDS if field not in way.columns}
    wanted |= {column.strip().lower(): field for field, column in way.columns.items()}
    rows = list(read_rows(file, name, way.problems, wanted))
    order = find_order(_cell(row, "published") for _, row in rows)
    stem = Path(name).name.split(".")[0]
    for line, row in rows:
        text = row.get("text")
        if not isinstance(text, str):
            way.note(name, line, "no text", "put the article's words into the column for the text")
            continue
        if len(text) > MOST_BYTES:
            way.note(name, line, f"over {MOST_BYTES // 1_000_000} MB", "split it into articles")
            continue
        written = _cell(row, "published")
        published = parse_date(written, order)
        document = Document(
            text=strip_markup(text) if _MARKUP.search(text) else text,
            title=_cell(row, "title"),
            published=published,
            source=_cell(row, "source"),
            url=_cell(row, "url"),
            odd_date="" if published else written,
        )
        article_id = _cell(row, "article_id") or f"{stem}-{line}"
        yield Found(document, name, line, article_id, _cell(row, "quotations") or "reported")


def _cell(row: Mapping[str, Any], field: str) -> str:
    value = row.get(field)
    return str(value).strip() if pd.api.types.is_scalar(value) and not pd.isna(value) else ""


def _read_archive(file: Path, way: _Way) -> Iterator[Found]:
    """Yield the documents in a .zip; its members are read in memory, none is ever written by its own name."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableError(f"no archive that can be read ({error})", "pack it again") from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        whole, packed = sum(member.file_size for member in members), sum(member.compress_size for member in members)
        if len(members) > MOST_MEMBERS:
            raise UnreadableError(f"an archive of over {MOST_MEMBERS} files", "split it")
        if whole > MOST_UNPACKED or (whole > MOST_BYTES and whole > MOST_RATIO * max(packed, 1)):
            raise UnreadableError(f"an archive that unpacks to {whole // 1_000_000} MB", "unpack it by hand")
        for member in sorted(members, key=lambda member: member.filename):
            name = f"{file}/{member.filename}"
            yield from _guard(partial(_read_member, archive, member, name, way), name, way)


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, way: _Way) -> Iterator[Found]:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise UnreadableError("a name that leads out of the folder", "pack the archive again")
    if any(part.startswith((".", "__MACOSX")) for part in path.parts):
        return
    with archive.open(member) as stream:
        data = stream.read(MOST_BYTES + 1)  # whatever size the archive claims
    if len(data) > MOST_BYTES:
        raise UnreadableError(f"over {MOST_BYTES // 1_000_000} MB", "save only the article's text")
    if not name.lower().endswith(TABLE_ENDINGS):
        yield from _read_bytes(data, name)
        return
    ending = "." + path.name.partition(".")[2]
    with tempfile.NamedTemporaryFile(suffix=ending) as copy:
        copy.write(data)
        copy.flush()
        yield from _read_table(Path(copy.name), name, way)
