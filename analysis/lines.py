"""The lines of a page: Markdown marks removed, wrapped lines joined, and which of them are nothing but a link."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.dates import is_date_line
from analysis.furniture import ends_like_a_sentence, find_furniture

_LINK_ITEM = re.compile(r"^\s*[-*+]\s+\[(?P<label>.*)\]\((?P<target>[^()\s]*(?:\([^()]*\)[^()\s]*)*)\)\s*$")
_LINKS_HEAD = re.compile(r"^#{1,6}\s+links\s*$", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_NOTE_MARK = re.compile(r"\[\[[ivxlcdm\d]+\]\]\([^)\s]*\)|\[\^\w+\]", re.IGNORECASE)
_NOTE_NUMBER = re.compile(r"(?<=[a-z)”\"%][.?!”\"])\d{1,3}(?=$|\s+[A-Z“\"])", re.MULTILINE)
_NOTES = 3  # numbers behind full stops, from which on they are taken for notes
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*\)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_ITALIC = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])([^*_]+?)(?<=\S)\1(?![\w*])")
_HEADING = re.compile(r"^#{1,6}\s+")
_BULLET = re.compile(r"^[*•·▪●◦]\s+")
_ADDRESS = re.compile(r"^<?(?:https?://|www\.)\S+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))  # soft hyphens, zero-width characters
_LOOSE_END = re.compile(
    r"(?:[,“‘(—–]|,[”\"’]|\b(?:a|an|the|of|in|on|at|to|by|for|from|with|and|or|but|that|than|as|is|are|was|were|has|have|had"
    r"|been|about|into|over|toward|towards|near|its|their|his|her|this|more|including|called|between|against|under"
    r"|which|who|will|would|could|can|not|like|also))$"
)
_CUE_FOLLOWS = re.compile(r",[”\"’]$")
_QUOTES = '“‘"'
_OPENING = re.compile(r"[“‘\"]?[A-Z]?")  # a quotation mark alone, or with the large first letter of a paragraph
_LARGE_LETTER = re.compile(r"^[“‘\"]?[B-HJ-Z]$")  # "I" and "A" are words
_PUNCTUATION = re.compile(r"[.,;:!?)”’…]+$")
_WRAP_WIDTH = range(40, 101)  # characters; e-mail and agency text wrap at 60 to 80


@dataclass(frozen=True)
class Line:
    """One line of a page: its number there (from 1) and its words."""

    number: int
    text: str
    parts: tuple[tuple[int, str], ...] = ()  # the numbered lines that were joined to this one
    listed_link: bool = False  # stands in a list of links: an address or [label](address)
    link: bool = False  # its words are the label of a link of this page
    heading: bool = False
    item: bool = False  # of a list

    @property
    def is_link(self) -> bool:
        """Whether the whole line is a link; of a joined line `link` says it of the last part."""
        return self.link and not self.parts


def read_lines(text: str) -> list[Line]:
    r"""Return the lines of a page that hold anything.

    Lines that merely wrap, or that a link or other mark-up broke in two, are joined; marks of Markdown are removed.

    >>> [line.text for line in read_lines("# Talks\n\nHe **left** [Geneva](http://x.org/).")]
    ['Talks', 'He left Geneva.']
    """
    raw = text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE).split("\n")
    if len(_NOTE_NUMBER.findall(text)) >= _NOTES:
        raw = [_NOTE_NUMBER.sub("", line) for line in raw]
    labels = {fold(match["label"]) for line in raw if (match := _LINK_ITEM.match(line))}
    lines = _join_wrapped(raw) if _is_wrapped(raw) else [(number, line) for number, line in enumerate(raw, start=1)]
    return _join_broken([line for number, line_text in lines if (line := _read_line(number, line_text, labels)).text])


def fold(text: str) -> str:
    """Return the letters and digits of a text in lower case, by which two lines are compared.

    >>> fold("‘No Deal’, He Says")
    'no deal he says'
    """
    return " ".join(re.findall(r"\w+", text.casefold().replace("’", "").replace("'", "").replace("‘", "")))


def _read_line(number: int, raw: str, labels: set[str]) -> Line:
    text = _NOTE_MARK.sub("", _IMAGE.sub(" ", raw)).strip()
    if _LINK_ITEM.match(raw) or _LINKS_HEAD.match(raw) or _ADDRESS.match(text):
        return Line(number, raw.strip(), listed_link=True)
    text = text.replace("****", "** **")  # two bold runs that lost the space between them
    text = _LINK.sub(r"\1", text)
    text = _ITALIC.sub(r"\2", _BOLD.sub(r"\2", text)).replace("**", "")
    text = " ".join(text.split())
    heading = bool(_HEADING.match(text))
    item = bool(_BULLET.match(text))
    text = _BULLET.sub("", _HEADING.sub("", text))
    return Line(number, text, link=fold(text) in labels, heading=heading, item=item)


def _is_wrapped(raw: Sequence[str]) -> bool:
    """Whether the lines of a text break where the page was full and not where the paragraph ends."""
    lines = [line.strip() for line in raw if line.strip()]
    if len(lines) < 4 or max(map(len, lines)) > _WRAP_WIDTH.stop + 20:
        return False
    full = [line for line in lines if len(line) in _WRAP_WIDTH]
    open_ended = [line for line in full if not ends_like_a_sentence(line)]
    go_on = sum(line[0].islower() for line in lines)
    return len(full) > len(lines) * 0.5 and len(open_ended) > len(full) * 0.5 and go_on > len(lines) * 0.3


def _join_wrapped(raw: Sequence[str]) -> list[tuple[int, str]]:
    """Return the paragraphs of a wrapped text: a blank or an indented line begins one."""
    paragraphs: list[tuple[int, str]] = []
    begins = True
    for number, line in enumerate(raw, start=1):
        words = line.strip()
        if not words:
            begins = True
            continue
        indented = line[:1].isspace() and not (number > 1 and raw[number - 2][:1].isspace())
        if begins or indented:
            paragraphs.append((number, words))
        else:
            first, before = paragraphs[-1]
            paragraphs[-1] = (first, before + ("" if before.endswith("-") else " ") + words)
        begins = False
    return paragraphs


def _join_broken(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with those joined that mark-up broke: "Ukraine marked the", "fourth anniversary", "."."""
    counts = Counter(fold(line.text) for line in lines)
    name = fold(lines[0].text) if lines else ""
    headlines = {words for words in counts if " " in words and (counts[words] > 1 or name.startswith(words))}
    joined: list[Line] = []
    for line in lines:
        before = joined[-1] if joined else None
        only = counts[fold(line.text)] == 1  # an author's name stands behind many headlines
        if before and fold(before.text) not in headlines and _goes_on(before, line, only):
            parts = (*(before.parts or ((before.number, before.text),)), (line.number, line.text))
            tight = _PUNCTUATION.match(line.text[0]) or before.text[-1] in "“‘(" or _LARGE_LETTER.search(before.text)
            text = before.text + ("" if tight else " ") + line.text
            joined[-1] = replace(before, text=text, parts=parts, link=line.link)
        else:
            joined.append(line)
    return joined


def _goes_on(before: Line, line: Line, only: bool) -> bool:
    """Whether a line goes on with the sentence of the line before it."""
    last_number = before.parts[-1][0] if before.parts else before.number
    if line.number != last_number + 1 or before.listed_link or line.listed_link or line.heading or line.item:
        return False
    if is_date_line(line.text):
        return False
    whole_link = before.link and not before.parts
    furniture = not before.parts and find_furniture(before.text) is not None
    if _PUNCTUATION.fullmatch(line.text):
        return not furniture and not ends_like_a_sentence(before.text)
    lower = line.text[0].islower()
    if _OPENING.fullmatch(before.text):
        return lower or before.text[0] in _QUOTES
    if furniture or whole_link or ends_like_a_sentence(before.text):
        return False
    words, more = before.text.count(" ") + 1, line.text.count(" ") + 1
    if words >= 3 and _LOOSE_END.search(before.text):
        new_sentence = ends_like_a_sentence(line.text) and not line.link and not _CUE_FOLLOWS.search(before.text)
        return lower or (more < 9 and not new_sentence and find_furniture(line.text) is None)
    if find_furniture(line.text) or (before.link and line.link):
        return False
    if lower:
        return words + more >= 3 and (before.text[0].isupper() or before.text[0] in _QUOTES)
    return words >= 3 and line.link and only and more < 7
