"""Quotations: the pieces of a text that stand in quotation marks, whatever their style.

Straight, curly and low double marks, two apostrophes in place of one mark, guillemets, and single marks as British
papers use them. The reading starts anew in every paragraph, so that one forgotten mark spoils one paragraph at most.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.text import Span

# A double mark, or a single one that can open or close (an apostrophe between two letters can do neither).
_MARK = re.compile(r"''|``|[\"“”„‟«»″]|(?<![A-Za-z0-9])['‘’‚]|['‘’](?![A-Za-z0-9])")
_OPENS_BEHIND = frozenset(" \t\n\u00a0\u2009\u202f([{—–-/:…*_>")
_ONLY_OPEN = frozenset(("“", "„", "«", "``"))
_ONLY_CLOSE = frozenset("”»")
_SINGLE = frozenset("'‘’‚")
# Words that begin with an apostrophe: no quotation opens there.
_ELISION = re.compile(r"['‘’](?:em|til|tis|twas|cause|n|bout|round|\d0s|\d\d)\b", re.IGNORECASE)
_LEAST_UNCLOSED = 20  # characters; what follows a mark that never closes is a quotation only when it is longer


class Quotation(NamedTuple):
    """One outermost quotation: from its opening to its closing mark, both included.

    closed is False where the paragraph ends before the closing mark: the quotation may go on in the next one.
    """

    start: int
    end: int
    closed: bool


def find_quotations(text: str, paragraphs: list[Span]) -> list[Quotation]:
    """Return the outermost quotations of a text, in order.

    >>> text = 'He said “no,” and "yes".'
    >>> [text[q.start:q.end] for q in find_quotations(text, [(0, len(text))])]
    ['“no,”', '"yes"']
    """
    found: list[Quotation] = []
    for start, end in paragraphs:
        goes_on = bool(found) and not found[-1].closed
        found += _in_paragraph(text, start, end, goes_on)
    return found


def _in_paragraph(text: str, start: int, end: int, goes_on: bool) -> list[Quotation]:
    marks = [
        (m.start(), m.end(), m.group(), _opens(text, m, start))
        for m in _MARK.finditer(text, start, end)
        if m.group() not in _SINGLE or not _ELISION.match(text, m.start())
    ]
    found: list[Quotation] = []
    at = 0
    if goes_on and marks and not marks[0][3] and marks[0][2] not in _SINGLE:  # opened in the paragraph before
        found.append(Quotation(start, marks[0][1], True))
        at = 1
    while at < len(marks):
        begin, _, kind, opens = marks[at]
        close = None
        if opens:
            close = _closing_single(text, marks, at) if kind in _SINGLE else _closing_double(marks, at)
        if close is not None:
            found.append(Quotation(begin, marks[close][1], True))
            at = close
        elif opens and kind not in _SINGLE and end - begin >= _LEAST_UNCLOSED:
            found.append(Quotation(begin, end, False))
            break
        at += 1
    return found


def _opens(text: str, mark: re.Match[str], start: int) -> bool:
    """Whether a mark can open a quotation, by its shape and its neighbours."""
    kind = mark.group()
    after = text[mark.end() : mark.end() + 1]
    if kind in _ONLY_CLOSE or kind == "’" or not after or after.isspace():
        return False
    before = text[mark.start() - 1] if mark.start() > start else " "
    if kind in _ONLY_OPEN:  # but „so“ closes with what opens elsewhere
        return before in _OPENS_BEHIND or after.isalnum()
    return before in _OPENS_BEHIND or not (before.isalnum() or before in ".,!?;" or before in _SINGLE)


def _closing_double(marks: list[tuple[int, int, str, bool]], at: int) -> int | None:
    """Return which mark closes the double mark `at`: the one that leaves none open, else the last that closes any."""
    depth, last = 1, None
    for i in range(at + 1, len(marks)):
        _, _, kind, opens = marks[i]
        if kind in _SINGLE:
            continue
        depth += 1 if opens else -1
        last = last if opens else i
        if depth == 0:
            return i
    return last


def _closing_single(text: str, marks: list[tuple[int, int, str, bool]], at: int) -> int | None:
    """Return which mark closes the single mark `at`.

    A mark behind punctuation or any letter but s closes it; one behind an s may be a possessive ('the voters' choice')
    and closes it only where no better one follows before the next opening.
    """
    doubtful = None
    for i in range(at + 1, len(marks)):
        begin, _, kind, opens = marks[i]
        if kind not in _SINGLE:
            continue
        if opens:
            break
        if text[begin - 1] != "s":
            return i
        doubtful = i
    return doubtful
