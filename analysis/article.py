"""One article's text: its title and date read from the head, the furniture of web pages taken off at either end.

Nothing here guesses: a line is dropped only when it repeats the title or the date, or is one of the lines that sites
print below an article; a date is read only when day, month and year are all there and cannot be mistaken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import yaml

from analysis.cleaning import clean_page
from analysis.dates import is_date_line, parse_date

LONGEST_TITLE = 200  # characters; the longest headline in the gold of 581 titles has 150
FIELDS = ("title", "source", "url", "quotations", "published")  # of front matter
HEAD_LINES = 8  # how far down a doubled headline or date line is looked for

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_SENTENCE_END = re.compile(r"""[.!?…:]["”’»')\]]*$""")
_FULL_STOP = re.compile(r"""[.…:;,]["”’»')\]]*$""")  # headlines have none
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(rf"^({'|'.join(FIELDS)}):[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
_QUOTED = re.compile(r"""\A(["'])((?:(?!\1).)+)\1\Z""")

# Headings below which sites list links: what follows them up to the end goes too, as long as it is short lines.
_HEADINGS = re.compile(
    r"(?:tags|topics|keywords|comments|share|trending(?: now)?|recommended(?: for you)?|you may also like"
    r"|related(?: (?:reads|articles|stories|news|topics|posts|content|coverage))?"
    r"|most (?:read|popular|viewed)|more (?:stories|news)|read (?:more|also))\s*:?",
    re.IGNORECASE,
)
# Single lines that sites print at the foot.
_FOOT = re.compile(
    r"tags:.*|advertisement|skip to .*|all rights reserved\.?|(?:©|\(c\)|copyright ).*"
    r"|sign (?:in|up)(?: (?:or|to|for|with)\b.*)?|log ?in(?: (?:or|to|with)\b.*)?|subscribe(?: (?:to|now|for)\b.*)?"
    r"|read (?:more|also|next): .*|share (?:this|on)\b.*|follow us\b.*|leave a (?:comment|reply)|post a comment"
    r"|\(this (?:article|story|report) (?:references|is based on|contains|was)\b.*\)",
    re.IGNORECASE,
)


class Draft(NamedTuple):
    """An article as its file gives it: the fields of `articles` that can be read from it, "" or None where missing."""

    title: str
    published: date | None
    text: str
    source: str = ""
    url: str = ""
    quotations: str = "reported"
    article_id: str = ""
    odd_date: str = ""  # what stands where a date should, when it is none that can be read


class FrontMatterError(ValueError):
    """Front matter that cannot be read; `line` says where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def read_plain(raw: str) -> Draft:
    r"""Return the article that a plain text file holds: a short first line is its title, a line below may be its date.

    >>> draft = read_plain("Talks go on\n24 NOV 2025 12:16\n\nTalks go on\n24 NOV 2025 12:16\nPeskov said no.\nTags")
    >>> draft.title, str(draft.published), draft.text
    ('Talks go on', '2025-11-24', 'Peskov said no.')
    """
    cleaned = clean_page(raw)
    return Draft(cleaned.title, cleaned.date, cleaned.text)


def read_markdown(raw: str) -> Draft:
    r"""Return the article that a file of text or Markdown holds: YAML front matter, then the text.

    The front matter may give title, source, published, url, quotations; without any it is read as plain text.

    Raises
    ------
    FrontMatterError
        When the front matter is not YAML, or a field is not one plain value.

    >>> read_markdown("---\ntitle: No\npublished: 2025-11-24\n---\n\nPeskov said no.").text
    'Peskov said no.'
    """
    texts, body = read_front_matter(raw)
    if body == raw:
        return read_plain(raw)
    return make_draft(texts, body)


def make_draft(fields: Mapping[str, str], text: str) -> Draft:
    r"""Return the article of a text and the fields that its file gives it (names as in `Draft`; "" as if not given).

    >>> make_draft({"title": "Talks", "published": "24 Nov 2025"}, "Talks\n24 NOV 2025\nPeskov said no.").text
    'Peskov said no.'
    """
    title, published = fields.get("title", ""), fields.get("published", "")
    day = parse_date(published)
    return Draft(
        title=title,
        published=day,
        text=clean_text(clean_breaks(text), title),
        source=fields.get("source", ""),
        url=fields.get("url", ""),
        quotations=fields.get("quotations") or "reported",
        article_id=fields.get("article_id", ""),
        odd_date="" if day else published,
    )


def read_front_matter(raw: str) -> tuple[dict[str, str], str]:
    r"""Return the fields between the '---' lines at the head of a Markdown file, and the text below them.

    Without such lines there are no fields, and the text is that of the file. What is no YAML is read line by line:
    a headline with a colon or quotation marks is enough to be none.

    Raises
    ------
    FrontMatterError
        When no field can be read from them, or one is not one plain value.

    >>> read_front_matter("---\ntitle: Peskov: no\n---\nPeskov said no.")
    ({'title': 'Peskov: no'}, 'Peskov said no.')
    """
    unix = raw.replace("\r\n", "\n")
    front = _FRONT_MATTER.match(unix)
    if not front:
        return {}, raw
    try:
        fields = yaml.load(front[1], yaml.BaseLoader) or {}  # noqa: S506, makes strings only: 'No' is a headline too
    except (yaml.YAMLError, ValueError) as error:
        fields = {name: _QUOTED.sub(r"\2", value) for name, value in _FIELD.findall(front[1])}
        if not fields:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 2 if mark else 1  # counted from 0, below the opening '---'
            raise FrontMatterError(
                f"front matter is not YAML ({getattr(error, 'problem', None) or 'cannot be read'})", line
            ) from error
    if not isinstance(fields, dict):
        raise FrontMatterError(f"front matter is a {type(fields).__name__}, not fields such as 'title: ...'", 2)
    known = {name: fields[name] for name in FIELDS if fields.get(name) not in (None, "null", "~")}
    for name, value in known.items():
        if not isinstance(value, str):
            raise FrontMatterError(f"{name} is a {type(value).__name__}, not one plain value", 2)
    return {name: value.strip() for name, value in known.items()}, unix[front.end() :]


def clean_breaks(text: str) -> str:
    r"""Return the text with '\n' for every line break, stripped, and never more than one blank line in a row.

    >>> clean_breaks("One.\r\n \n\n\nTwo.\n")
    'One.\n\nTwo.'
    """
    return _BLANK_LINES.sub("\n\n", text.replace("\r\n", "\n").replace("\r", "\n").strip())


def clean_text(text: str, title: str) -> str:
    """Return the text without lines at its head that repeat title or date, and without page furniture at its foot.

    Parameters
    ----------
    text : str
        As `clean_breaks` returns it.
    title : str
        The article's title, "" when it has none.
    """
    lines = text.split("\n")
    head, seen = 0, 0
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        seen += 1
        if seen > HEAD_LINES or not (line.strip().lstrip("# ") == title or is_date_line(line)):
            break
        head = number + 1
    return "\n".join(lines[head : head + _foot(lines[head:])]).strip()


def _foot(lines: list[str]) -> int:
    """Return where the page furniture at the end of the lines begins."""
    cut = len(lines)
    between = False  # short lines met that belong to the foot only if a heading stands above them
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number].strip()
        if not line:
            continue
        if _HEADINGS.fullmatch(line):
            cut, between = number, False
        elif _FOOT.fullmatch(line):
            cut = cut if between else number
        elif len(line) <= LONGEST_TITLE and not _SENTENCE_END.search(line):
            between = True
        else:
            break
    return cut
