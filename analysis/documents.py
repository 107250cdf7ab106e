"""Articles out of files that are no plain text: saved web pages, e-mails and mailboxes, PDFs.

Each becomes a `Document`, whose text is still to be cleaned.
"""

from __future__ import annotations

import io
import logging
import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from analysis.dates import find_dates, parse_date
from analysis.mending import decode
from analysis.rows import UnreadableError

ENDINGS = (".html", ".htm", ".xhtml", ".xml", ".eml", ".mht", ".mhtml", ".mbox", ".pdf", ".zip", ".rss", ".atom")
"""Of files that `stancebook ingest` reads and that are neither text nor tables."""

MOST_MARKUP = 5_000_000  # characters of a page without its scripts, styles and pictures
MOST_ELEMENTS = 30_000  # of a page; news pages have some 3,000
MOST_CELLS = 5_000  # of its tables, over which the extractor takes its time
MOST_PAGES = 300  # of a PDF

_OPENS = re.compile(r"<(?:(script|style|svg|noscript|template)\b|!--)", re.IGNORECASE)
_CLOSES = {
    tag: re.compile(f"</{tag}\\b[^>]*>?" if tag else "-->", re.IGNORECASE)
    for tag in ("script", "style", "svg", "noscript", "template", "")
}
_PICTURE = re.compile(r"\bdata:[\w/+.-]{1,80};base64,[\w+/=]+")
_ELEMENT = re.compile(r"<[a-z]", re.IGNORECASE)
_CELL = re.compile(r"<t[dhr]\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
_DATE_SEARCH = {"extensive_search": False, "original_date": True, "max_date": "2099-12-31"}  # no clock, no guessing
_DATE_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|\b)")


@dataclass(frozen=True)
class Document:
    """One text as it was found: its words, still with furniture, and what its file says of it ("" or None if not)."""

    text: str
    title: str = ""
    published: date | None = None
    source: str = ""
    url: str = ""
    byline: str = ""
    odd_date: str = ""  # what stands where a date should, when it is none that can be read


def read_html(data: bytes | str, url: str = "", encoding: str | None = None) -> Document:
    """Return the article of a web page.

    Parameters
    ----------
    data : bytes or str
        The page.
    url : str
        Where it was found, "" if that is not known; the page may tell.
    encoding : str, optional
        What the server says it is written in.

    Raises
    ------
    UnreadableError
        When it is no text, is too large, or holds no article.
    """
    from trafilatura import bare_extraction

    _quiet("trafilatura")
    markup = _read_markup(data, encoding)
    found = bare_extraction(
        markup,
        url=url or None,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        date_extraction_params=dict(_DATE_SEARCH),
    )
    fields: dict[str, Any] = found.as_dict() if found is not None and not isinstance(found, dict) else {}
    text = fields.get("text") or ""
    if not text.strip():
        scripts = "<script" in (data.decode("latin-1") if isinstance(data, bytes) else data).lower()
        what = "no article text in it, only scripts" if scripts else "no article text in it"
        raise UnreadableError(what, "open it in a browser and save what is read there")
    address = url or fields.get("url") or ""
    return Document(
        text=text,
        title=fields.get("title") or "",
        published=parse_date(fields.get("date") or ""),
        source=fields.get("sitename") or source_of(address),
        url=address,
        byline=fields.get("author") or "",
    )


def strip_markup(markup: str) -> str:
    r"""Return the words of a piece of HTML, a paragraph a line, as feeds and e-mails hold it.

    >>> strip_markup("<p>Peskov said <b>no</b>.</p><p>He left.</p>")
    'Peskov said no.\nHe left.'
    """
    from lxml import etree, html  # type: ignore[import-untyped]  # has no types

    if "<" not in markup and "&" not in markup:
        return markup
    try:
        tree = html.fromstring(f"<div>{_without_code(markup)}</div>")
    except (etree.ParserError, ValueError):
        return ""
    for element in tree.iter():
        if element.tag in ("p", "div", "br", "li", "tr", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"):
            element.tail = "\n" + (element.tail or "")
            if element.tag != "br":
                element.text = "\n" + (element.text or "")
    lines = (" ".join(line.split()) for line in tree.text_content().split("\n"))
    return "\n".join(line for line in lines if line)


def read_mail(data: bytes) -> Document:
    """Return an e-mail, or a web page that a browser saved as one file (.mht), as a document."""
    message = message_from_bytes(data, policy=policy.default)
    return _read_message(message)


def read_mailbox(path: Path) -> Iterator[tuple[int, Document]]:
    """Yield the messages of an mbox file, numbered from 1."""
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.keys(), start=1):
            yield number, read_mail(box.get_bytes(key))
    finally:
        box.close()


def read_pdf(data: bytes) -> Document:
    """Return the text of a PDF.

    Raises
    ------
    UnreadableError
        When it is damaged, locked, too long, or holds pictures of text only.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    _quiet("pypdf")
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("a locked PDF", "save it without a password")
        if len(reader.pages) > MOST_PAGES:
            raise UnreadableError(f"a PDF of {len(reader.pages)} pages, over {MOST_PAGES}", "split it into articles")
        text = "\n\n".join(page.extract_text() for page in reader.pages)
        title = str(reader.metadata.title or "") if reader.metadata else ""
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"no PDF that can be read ({error})", "save it again, or as text") from error
    if not text.strip():
        raise UnreadableError("a PDF without text, only pictures of it", "run it through text recognition")
    return Document(text=text, title=title)


def source_of(url: str) -> str:
    """Return the site of an address, "" for none.

    >>> source_of("https://www.example.org/news/1")
    'example.org'
    """
    host = urlsplit(url).hostname or ""
    return host.removeprefix("www.")


def date_in_address(url: str) -> date | None:
    """Return the day that the path of an address names, as many sites write it.

    >>> str(date_in_address("https://example.org/2025/11/24/talks-go-on"))
    '2025-11-24'
    """
    match = _DATE_IN_PATH.search(urlsplit(url).path)
    found = find_dates("-".join(match.groups())) if match else []
    return found[0][0] if found else None


def _quiet(library: str) -> None:
    """Keep a library from writing its complaints to the terminal; what matters of them is a line in the log."""
    logger = logging.getLogger(library)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _read_markup(data: bytes | str, encoding: str | None) -> str:
    if isinstance(data, bytes):
        declared = _CHARSET.search(data[:4096])
        decoded = decode(data, encoding or (declared[1].decode("ascii") if declared else None))
        if decoded is None:
            raise UnreadableError("binary, not a page", "save the page again as HTML")
        data = decoded.text
    markup = _without_code(data)
    if len(markup) > MOST_MARKUP:
        raise UnreadableError(f"a page of over {MOST_MARKUP // 1_000_000} MB", "save only the article's text")
    if len(_ELEMENT.findall(markup)) > MOST_ELEMENTS or len(_CELL.findall(markup)) > MOST_CELLS:
        what = f"a page of over {MOST_ELEMENTS} elements or {MOST_CELLS} table cells"
        raise UnreadableError(what, "save only the article's text")
    return markup


def _without_code(markup: str) -> str:
    """Return a page without scripts, styles, comments and embedded pictures; one pass, also over hostile pages."""
    pieces, place = [], 0
    for match in _OPENS.finditer(markup):
        if match.start() < place:
            continue
        pieces.append(markup[place : match.start()])
        closed = _CLOSES[(match[1] or "").lower()].search(markup, match.end())
        if closed is None:  # never closed: a browser, too, takes all that follows for code
            place = len(markup)
            break
        place = closed.end()
    return _PICTURE.sub("", " ".join([*pieces, markup[place:]]))


def _read_message(message: EmailMessage) -> Document:
    body = message.get_body(preferencelist=("html", "plain") if _is_saved_page(message) else ("plain", "html"))
    if body is None:
        raise UnreadableError("a message without text", "save its attachment")
    raw = body.get_payload(decode=True)
    data = raw if isinstance(raw, bytes) else b""
    if _is_saved_page(message):
        return read_html(data, str(message.get("Snapshot-Content-Location", "") or ""), body.get_content_charset())
    decoded = decode(data, body.get_content_charset())
    if decoded is None:
        raise UnreadableError("a message that is no text", "save its text")
    text = strip_markup(decoded.text) if body.get_content_type() == "text/html" else decoded.text
    name, address = parseaddr(str(message.get("From", "")))
    return Document(
        text=text,
        title=str(message.get("Subject", "") or "").strip(),
        published=parse_date(str(message.get("Date", "") or "")),
        source=name or address,
    )


def _is_saved_page(message: EmailMessage) -> bool:
    return "Snapshot-Content-Location" in message or message.get_content_type() == "multipart/related"
