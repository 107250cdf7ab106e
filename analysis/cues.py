"""Cues: where a sentence reports words, which words say so, and which phrase is their subject.

The speaker is the subject of the reporting verb outside the quotation, never the nearest name.
"""

from __future__ import annotations

from typing import NamedTuple

from analysis.subjects import (
    FINITE,
    SUBJECT_FIRST,
    Range,
    Sentence,
    base_phrase,
    first_subject,
    interruption,
    occasion,
    phrase_after,
    phrase_before,
    plain_phrase,
    with_appositions,
    with_relative,
)
from analysis.wordclasses import prepositions, speech_verbs

_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "'s", "’s", "'re", "’re", "'m", "’m", "am"])
_ON_TO = frozenset(["on", "continued", "went", "continues", "goes"])  # 'went on to say'
_SAID = frozenset(["said", "says", "say", "saying"])  # whatever follows these is said
_EXPRESS = frozenset(["express", "expressed", "expresses", "expressing", "voice", "voiced", "voices", "voicing"])
_SORTS = ("tell", "say", "ask", "object", "about", "quote")
_FAR = 30  # words between a cue and a quotation it introduces


class Cue(NamedTuple):
    """A cue in a sentence, all in word numbers.

    cue: the words that report; speaker: the subject phrase, None when the sentence has none; start: first word of the
    clause of subject and cue; after: first word behind the cue, its adverbials and whom it addresses; sort: what the
    verb takes (say, tell, ask, object, about, quote) or 'according'; inverted: the subject follows; shared: the subject
    is that of an earlier cue or clause.
    """

    cue: Range
    speaker: Range | None
    start: int
    after: int
    sort: str
    inverted: bool = False
    shared: bool = False


def find_cues(s: Sentence) -> list[Cue]:
    """Return the cues of a sentence, in order."""
    found: list[Cue] = []
    for i in range(s.first, s.last):
        letter = s.classes[i]
        cue = None
        if letter in "SZG":
            cue = _verb_cue(s, i, found)
        elif s.lower[i] == "according" and s.lower[i + 1 : i + 2] == ["to"]:
            cue = _according(s, i)
        elif letter in "ven":
            cue = _quoting_cue(s, i)
        if cue is not None:
            found.append(cue)
    return found


def _according(s: Sentence, i: int) -> Cue | None:
    c = s.classes
    end = with_appositions(s, phrase_after(s, i + 2)) if i + 2 < s.last else i + 2
    comma = c.find(",", i, min(s.last, i + 25))
    if i <= s.first + 1 and comma > end and not set(c[end:comma]) & frozenset("vmxpTQ:"):
        end = comma  # 'According to the statement issued after the talks, ...'
    return Cue((i, i + 2), (i + 2, end), i, end, "according") if i + 2 < end <= s.last else None


def _quoting_cue(s: Sentence, i: int) -> Cue | None:
    """Return the cue of a verb that only its place makes one: '"...," she laughed', '"...," laughed the envoy'."""
    c, first, last = s.classes, s.first, s.last
    left = i
    while left > first and c[left - 1] in "rx":
        left -= 1
    if left <= first:
        return None
    if c[left - 1] == "Q":
        if left < i or c[i] == "n" or i + 1 >= last or c[i + 1] not in SUBJECT_FIRST:
            return None
        end = with_appositions(s, phrase_after(s, i + 1))
        return Cue((i, i + 1), (i + 1, end), i, end, "say", inverted=True)
    if c[i] == "n" and not (left == i and c[i - 1] in "Np" and (i + 1 >= last or c[i + 1] in ".,ri")):
        return None
    start = c.rfind("Q", max(first, left - _FAR), left) + 1
    if start <= first or set(c[start:left]) & frozenset("veSxmTw:;.-,") or phrase_before(s, left, start) != start:
        return None
    return Cue((i, i + 1), (start, left), start, i + 1, "say")


def _verb_cue(s: Sentence, i: int, found: list[Cue]) -> Cue | None:
    """Return the cue of the reporting verb at word i, None where it reports nothing."""
    c, first, last = s.classes, s.first, s.last
    word, letter = s.lower[i], c[i]
    marks = speech_verbs()[word]
    left = i
    while left > first and c[left - 1] in "rxf":
        left -= 1
    before = c[left - 1] if left > first else "."
    if _unreal(s, i, left, marks, found):
        return None
    sort = next(x for x in _SORTS if x in marks)
    if s.lower[i + 1 : i + 2] and i + 1 < last and s.lower[i + 1] in prepositions().get(word, ()):
        after = i + 2
        sort = "about" if sort in ("say", "tell") else sort
    elif sort == "about":
        return None
    else:
        after = _after_verb(s, i + 1, sort)
    quotation = c.rfind("Q", max(first, left - _FAR), left)
    quoted = before != "Q" and quotation >= first and phrase_before(s, left, first) == quotation + 1
    if not quoted:
        if before not in "Q," and not _governs(c, word, marks, sort, after, last):
            return None
        if "noun" in marks and not _is_verb(s, i, left, after):
            return None
        if (
            sort == "quote"
            and before != "Q"
            and not (after >= last - 1 or c[after] in "Q:" or c[after : after + 2] == ",Q")
        ):
            return None
    if word == "asked" and left == i and (before == "w" or i == first):
        return Cue((i, i + 1), None, i - (before == "w"), after, sort)  # 'Asked whether ...': nobody is said to ask
    if (
        left == i
        and letter == "S"
        and before in ",Q-*.?"
        and i + 1 < last
        and c[i + 1] in SUBJECT_FIRST
        and sort in ("say", "ask", "object", "quote")
    ):
        end = with_appositions(s, phrase_after(s, i + 1))
        if (first < i or (end < last and c[end] in ",:")) and not (before == "," and interruption(s, i) is not None):
            return Cue((i, i + 1), (i + 1, end), i, end, sort, inverted=True)
    speaker, shared = _subject(s, left, letter, found)
    if speaker is None and letter != "S":
        return None
    start = left if shared or speaker is None else min(speaker[0], left)
    return Cue((left if c[left] == "x" else i, i + 1), speaker, start, after, sort, shared=shared)


def _unreal(s: Sentence, i: int, left: int, marks: frozenset[str], found: list[Cue]) -> bool:
    """Whether the verb at i tells of no words spoken: denied, in the future, passive, a participle of another noun."""
    c, first = s.classes, s.first
    letter = c[i]
    before = c[left - 1] if left > first else "."
    helpers = range(left, i)
    if before == "m" or any(c[j] == "f" for j in helpers):
        return True  # 'will say', 'did not say'
    if letter == "S":
        if any(c[j] == "x" and s.lower[j] in _BE for j in helpers):
            return True
        return left == i and "participle" in marks and s.lower[i] not in _SAID and _reduced(c, first, i)
    after_cue = c[found[-1].cue[1] - 1] if found else ""
    if letter == "G":
        return before in "ads" or s.lower[left - 1] == "without" or (before == "c" and after_cue != "G")
    if before == "t":
        return left - 2 < first or s.lower[left - 2] not in _ON_TO
    if before == "c":
        return after_cue != "Z"
    return (
        before in "idOsb"
        or (left == i and before in ".QugG")
        or (left == i and before == "," and interruption(s, i) is None)
    )


def _reduced(c: str, first: int, i: int) -> bool:
    """Whether the verb at i follows a noun that is no subject of its own: 'published a book called ...'."""
    if i <= first or c[i - 1] not in "nN":
        return False
    start = i
    while start > max(first, i - _FAR) and c[start - 1] not in ",;:-.TwkucQ(SG":
        start -= 1
    return bool(set(c[start:i]) & frozenset("vxmeb")) or (start > first and c[start - 1] in "SG")


def _is_verb(s: Sentence, i: int, left: int, after: int) -> bool:
    """Whether what surrounds a form that is a noun as often as a verb ('claims') shows a verb."""
    c, last = s.classes, s.last
    before = c[left - 1] if left > s.first else "."
    following = c[i + 1] if i + 1 < last else "."
    if before in ",-" and c[i] == "S" and left == i:
        return following == "," or c[after : after + 1] in ("Q", "q", ":") or interruption(s, left) is not None
    if after < last and (c[after] in "TQqk" or c[after : after + 2] in (",Q", ":Q", ":q", ",q")):
        return True
    if before not in "nNac":
        return True
    return following in "dpw:" or (following in "No" and bool(FINITE & set(c[i + 1 : i + 11].split(",")[0])))


def _governs(c: str, word: str, marks: frozenset[str], sort: str, at: int, last: int) -> bool:
    """Whether what stands behind a reporting verb can be what it reports, or nothing does."""
    if at >= last or word in _SAID or sort in ("tell", "ask", "about") or c[at] not in "dnNagi":
        return True
    if c[at] == "i":
        return "object" not in marks
    clause = bool(FINITE & set(c[at : at + 10].split(",")[0]))
    if c[at] in "ng" and not clause:
        return word in _EXPRESS
    return clause or "object" in marks


def _subject(s: Sentence, left: int, letter: str, found: list[Cue]) -> tuple[Range | None, bool]:
    """Return the subject of the verb whose helpers begin at `left`, and whether an earlier cue or clause has it too."""
    c, first = s.classes, s.first
    if left <= first:
        return (_earlier(s, left, found), True) if letter == "G" else (None, False)
    before = c[left - 1]
    if before == "w" or (before == "T" and left - 2 >= first and c[left - 2] in "nN"):
        end = left - 2 if left - 2 >= first and c[left - 2] == "," else left - 1
        start = phrase_before(s, end, first)
        return (start if start < end else left - 1, left), False
    if before == "," and (asked := _before_asked(s, left)) is not None:
        return (first, asked), False
    if before in ",-)" and letter != "G" and (end_ := interruption(s, left)) is not None:
        start = phrase_before(s, end_, first)
        if start < end_:
            return (start, left - (before in ",-")), False
    if before in ",-)c" or (letter == "G" and before in "Qiu"):
        return _earlier(s, left, found), True
    if letter == "G" and before in "nNo" and found and found[-1].sort != "according":
        return found[-1].speaker, True
    start = with_relative(s, phrase_before(s, left, first))
    return ((start, left), False) if start < left else (_earlier(s, left, found), True)


def _before_asked(s: Sentence, left: int) -> int | None:
    """Return where the subject of a sentence ends in 'X, asked whether he would sign, said'."""
    for k in range(left - 2, max(s.first + 1, left - _FAR), -1):
        if s.lower[k] == "asked" and s.classes[k - 1] == "," and phrase_before(s, k - 1, s.first) == s.first:
            return k - 1
    return None


def _earlier(s: Sentence, left: int, found: list[Cue]) -> Range | None:
    """Return the subject of the last cue, else of the first clause of the sentence."""
    for cue in reversed(found):
        if cue.sort != "according" and cue.speaker is not None:
            return cue.speaker
    return first_subject(s, left)


def _after_verb(s: Sentence, at: int, sort: str) -> int:
    """Return the first word of what is said: behind adverbials, behind whom it is said to."""
    c, last = s.classes, s.last
    that = _that(c, at, last, sort)
    if that is not None:
        return that
    # A quotation with nothing but phrases before it begins it.
    if sort != "object":
        marks = (c.find(mark, at, min(last, at + _FAR)) for mark in (",Q", ":Q", ",q"))
        quotation = min((k for k in marks if k >= 0), default=-1)
        if quotation >= 0 and not set(c[at:quotation]) & frozenset("vmSTZkwpQq"):
            return quotation + 1
    j = _behind_adverbials(s, at, sort)
    return _behind_addressee(s, j, sort) if sort in ("tell", "ask") else j


def _that(c: str, at: int, last: int, sort: str) -> int | None:
    """Return the 'that' close behind a verb with nothing but phrases between, None when there is none."""
    for k in range(at, min(last, at + 18)):
        if c[k] == "T" and (k == at or (c[k - 1] not in "iO" and sort != "object")):
            return k
        place = c[k] == "," and (c[k + 1 : k + 3] == "N," or c[k + 1 : k + 4] == "NN," or c[k - 2 : k] in (",N", "NN"))
        if not place and c[k] in "vmSQqZ:;.p,xw":  # but on 'in Buffalo, New York, that'
            return None
    return None


def _behind_adverbials(s: Sentence, j: int, sort: str) -> int:
    c, last, at = s.classes, s.last, j
    while j < last:
        letter = c[j]
        following = c[j + 1] if j + 1 < last else "."
        if letter == "y" or (letter == "r" and following in "iy,rT:Q"):
            j += 1
        elif letter == "a" and following == "y":
            j += 2
        elif letter == "i" and sort != "object" and (j == at or occasion(s, j)):
            stop = plain_phrase(c, j + 1, last)
            if stop == j + 1:
                break
            while stop + 1 < last and c[stop] in "Oi" and c[stop + 1] in "dnNayq":
                stop = plain_phrase(c, stop + 1, last)
            j = stop
        elif letter == "t" and following in "dnNo" and sort in ("say", "ask"):
            j = phrase_after(s, j + 1)
        elif (
            letter == ","
            and following in "ir"
            and (stop := c.find(",", j + 1, min(last, j + 12))) >= 0
            and c[stop + 1 : stop + 2] in ("T", "Q", "q")
        ):
            return stop + 1
        else:
            break
    return j


def _behind_addressee(s: Sentence, j: int, sort: str) -> int:
    c, last = s.classes, s.last
    if (
        j >= last
        or c[j] not in "dopNn"
        or (sort == "ask" and c[j] != "o" and not set(c[j : min(last, j + 8)]) & frozenset("kwQq"))
    ):
        return j
    if c[j] in "op":
        j += 1
    else:
        stop = base_phrase(c, j, last)
        j = next((k for k in range(j, stop) if c[k] not in "dnNasqe*"), stop)
        while j + 1 < last and c[j] in "Oiyc":
            stop = j + 1 if c[j] == "y" else plain_phrase(c, j + 1, last)
            if c[j] != "y" and stop == j + 1:
                break
            j = stop
    while j < last and c[j] == "y":
        j += 1
    return j + 1 if c[j : j + 2] in (",T", ",Q", ",q") and j + 1 < last else j
