"""Subjects: which phrase of a sentence is the subject of a verb, read from word classes alone.

A sentence is a string of class letters (`analysis.wordclasses`); a phrase is a range of its word numbers.
"""

from __future__ import annotations

from typing import NamedTuple

Range = tuple[int, int]  # of words: the first, and the one after the last

FINITE = frozenset("vSmx")
SUBJECT_FIRST = frozenset("dpnNaq")
_PHRASE = frozenset("dnNasqeogyr*")  # what a noun phrase is made of
_LINKS = frozenset("iOt")
_PLAIN = frozenset("dnNasyeqg")
_STANDING = frozenset(
    ["some", "many", "several", "all", "both", "most", "few", "others", "another", "those", "this", "these", "each"]
)
_OPENS_ASIDE = frozenset(["as", "after", "before", "since", "once"])
# With these, 'in' or 'on' says where or how something was said: 'said Trump in a statement'.
_OCCASIONS = frozenset(
    [
        "statement",
        "interview",
        "interviews",
        "speech",
        "tweet",
        "tweets",
        "post",
        "posts",
        "email",
        "letter",
        "memo",
        "telephone",
        "phone",
        "conference",
        "briefing",
        "remarks",
        "release",
        "video",
        "address",
        "debate",
        "rally",
        "hearing",
        "appearance",
        "message",
        "response",
        "reply",
        "reference",
        "twitter",
        "facebook",
        "telegram",
    ]
)
_CLOSE = 20  # words of a relative clause
_NEAR = 150  # words: no subject is farther from its verb; keeps the search linear in any text


class Sentence(NamedTuple):
    """The words first to last of a text, by class and in lower case."""

    classes: str
    lower: list[str]
    first: int
    last: int


def phrase_before(s: Sentence, end: int, first: int) -> int:
    """Return where the noun phrase that ends at `end` begins, not before `first`; `end` when there is none."""
    c = s.classes
    if end <= first:
        return end
    if c[end - 1] == "p" or (c[end - 1] == "d" and s.lower[end - 1] in _STANDING):
        return end - 1
    first = max(first, end - _NEAR)
    k = end
    while k > first:
        letter = c[k - 1]
        if (
            letter in _PHRASE
            or letter in _LINKS
            or (letter == "c" and k - 2 >= first and c[k - 2] in "nNsay" and not FINITE & set(_clause(c, first, k - 1)))
        ):
            k -= 1
        elif letter == ")" and (opening := c.rfind("(", first, k - 1)) >= 0:
            k = opening
        else:
            break
    start = _unhung(c, k, end)
    while start < end and c[start] in "ru(":
        start = c.find(")", start, end) + 1 or end if c[start] == "(" else start + 1
    return start


def with_relative(s: Sentence, start: int) -> int:
    """Return where a subject begins whose last words are a relative clause: 'an official who has read the text'."""
    c = s.classes
    if start - 1 <= s.first or c[start - 1] not in "vexbgSGi":
        return start
    for k in range(start - 1, max(s.first, start - _CLOSE), -1):
        if c[k] in ",;:-.TQ":
            return start
        if c[k] == "w":
            return min(start, phrase_before(s, k, s.first))
    return start


def _unhung(c: str, start: int, end: int) -> int:
    """Return where, in a stretch of phrases, the first begins that hangs on no preposition; `end` if none does."""
    at = start
    hanging = False
    while at < end:
        if c[at] in "it":
            hanging = True
            at += 1
        elif c[at] in "Ocr*":
            at += 1
        elif not hanging:
            return at
        else:
            hanging = False
            stop = base_phrase(c, at, end)
            if stop >= end:  # 'In a statement Trump said': the name that begins behind a common noun
                return next((j for j in range(at + 1, end) if c[j] in "Np" and c[j - 1] in "nya" and c[at] != "N"), end)
            while stop < end and c[stop] in "Oc":
                stop = base_phrase(c, stop + 1, end)
            at = stop
    return end


def _clause(c: str, first: int, end: int) -> str:
    """Return the classes from the last clause boundary to `end`."""
    return c[max(first, 1 + max(c.rfind(mark, first, end) for mark in ",;:-.")) : end]


def base_phrase(c: str, at: int, end: int) -> int:
    """Return the end of the base noun phrase at `at`; a determiner, pronoun or name after a day ends it."""
    j = at + 1
    if c[at : at + 1] == "p":
        return min(j, end)
    while j < end:
        letter, before = c[j], c[j - 1]
        if letter in "itOc(," or (letter in "dp" and before not in "dr") or (before == "y" and letter in "Nn"):
            break
        j += 1
    return min(j, end)


def plain_phrase(c: str, at: int, end: int) -> int:
    """Return the end of the base noun phrase at `at`, cut where anything but nouns and what goes with them stands."""
    stop = base_phrase(c, at, end)
    return next((j for j in range(at, stop) if c[j] not in _PLAIN), stop)


def phrase_after(s: Sentence, at: int) -> int:
    """Return the end of the speaker phrase that begins at `at`: the noun phrase with what hangs on it."""
    c, last = s.classes, s.last
    if c[at : at + 1] == "p":
        return at + 1
    j = at
    while j < last:
        letter = c[j]
        following = c[j + 1] if j + 1 < last else "."
        if (
            letter in "dnNasqeoO*"
            or (letter == "p" and c[j - 1] in "iO")
            or (letter == "y" and following == "s")
            or (letter == "c" and following in "dnNa" and j > at)
            or (letter == "i" and j > at and not occasion(s, j))
        ):
            j += 1
        elif letter == "(" and (close := c.find(")", j, min(last, j + _NEAR))) >= 0:
            j = close + 1
        else:
            break
    return j


def with_appositions(s: Sentence, end: int) -> int:
    """Return the end of a speaker phrase with its appositions: ', a former minister who ...', ' who has known him'."""
    c, last = s.classes, s.last
    for _ in range(2):
        following = c[end + 1] if end + 1 < last else "."
        if end < last and c[end] == "," and following in "dwanN" and s.lower[end + 1] not in _OCCASIONS:
            stop = next((j for j in range(end + 1, last) if c[j] in ",.;:Q-"), last)
            inside = set(c[end + 1 : stop])
            if following != "w" and inside & FINITE and "w" not in inside:
                break
            end = stop
        elif end < last and s.lower[end] in ("who", "whose"):
            end = next((j for j in range(end, last) if c[j] in ",.;:Q-"), last)
        else:
            break
    return end


def occasion(s: Sentence, at: int) -> bool:
    """Whether the preposition at `at` begins when or how something was said: 'on Monday', 'in a statement'."""
    for k in range(at + 1, min(s.last, at + 7)):
        if s.classes[k] == "y":
            return k == at + 1 or s.lower[at] in ("on", "in", "at", "during")
        if s.lower[k] in _OCCASIONS:
            return s.lower[at] in ("in", "on", "at", "during", "via", "through")
        if s.classes[k] not in "dnNasye":
            return False
    return False


def interruption(s: Sentence, verb: int) -> int | None:
    """Return where the subject ends in 'X, a doctor, said' (its first comma); None when nothing stands between."""
    c = s.classes
    first = max(s.first, verb - _NEAR)
    close = verb - 1
    if c[close] == ")":
        stop = c.rfind("(", first, close)
        return stop if stop > first else None
    stop = close
    for _ in range(6):
        stop = c.rfind(c[close], first, stop)
        if stop <= first:
            return None
        inside = c[stop + 1]
        if inside in "pQTck" or (inside == "u" and s.lower[stop + 1] not in _OPENS_ASIDE):
            return None
        head = phrase_before(s, stop, first)
        if head == stop:
            continue
        if head == first or c[head - 1] not in ",-":
            return stop if inside in "wui" or not FINITE & set(c[stop + 1 : close]) else None
        if c[head] in "Np" and "O" not in c[head:stop]:
            return stop
    return None


def first_subject(s: Sentence, before: int) -> Range | None:
    """Return the subject of the first verb that stands before word `before`."""
    c = s.classes
    for i in range(s.first + 1, min(before, s.first + _NEAR)):
        if c[i] not in "vSxme":
            continue
        end: int | None = i
        if c[i - 1] in ",-)":
            end = interruption(s, i)
            if end is None:
                continue
        assert end is not None
        start = phrase_before(s, end, s.first)
        if start < end:
            return start, end
        if c[i] != "e":
            return None
    return None


def name_before_colon(s: Sentence, end: int) -> Range | None:
    """Return the name that alone stands before a colon at `end`: 'Anna Berg: "..."', 'More - Anna Berg: "..."'."""
    c = s.classes
    start = end
    while start > s.first and c[start - 1] in "Nn":
        start -= 1
    return (start, end) if start < end and (start == s.first or c[start - 1] in "-i.") else None
