"""Contents: which words of a sentence a cue governs."""

from __future__ import annotations

from analysis.cues import Cue
from analysis.subjects import Range, Sentence

_NOTHING_NEW = frozenset("gGweyid")  # with these a remark behind ', he said,' begins, not the rest of what he said


def find_content(s: Sentence, cue: Cue, later: list[Cue], left: int) -> list[Range]:
    """Return the word ranges that a cue governs.

    Parameters
    ----------
    s : the sentence
    cue, later : the cue, and the cues behind it
    left : first word that no earlier cue governs
    """
    if cue.sort == "according":
        return _according(s, cue, later, left)
    c, first, last = s.classes, s.first, s.last
    after = cue.after
    before = c[cue.start - 1] if cue.start > first else "."
    closes = after >= last or c[after] in ".,;-u" or before == "Q" or (c[after] == "Q" and c[after - 1] == ",")
    has_left = cue.start - left >= 3 or has_quotation(c[left : cue.start])
    own = cue.speaker is not None and not cue.shared
    if cue.inverted or (own and before in ",Qq-?.!*" and closes and has_left and cue.sort != "object"):
        quoted = has_quotation(c[left : cue.start])
        introduced = has_quotation(c[after:last]) and not quoted and not cue.inverted
        if introduced and not set(c[left : cue.start]) & frozenset("vxmSe"):  # 'On Monday, he said, "..."'
            return [(after, content_end(s, after, later))]
        return [(left, cue.start), *_rest(s, cue, later, quoted)]
    if after < last and (c[after] in ".;" or any(other.start == after and other.shared for other in later)):
        return []
    return [(after, content_end(s, after, later))]


def _according(s: Sentence, cue: Cue, later: list[Cue], left: int) -> list[Range]:
    c, first, last = s.classes, s.first, s.last
    before = c[cue.start - 1] if cue.start > first else "."
    if cue.start <= first + 1 and (cue.start == first or before in "ucr"):
        return [(cue.after, content_end(s, cue.after, later))]
    ranges = [(left, cue.start)]
    if cue.after < last - 1 and c[cue.after] == "," and not (later and later[0].start <= cue.after + 2):
        ranges.append((cue.after + 1, content_end(s, cue.after, later)))
    return ranges


def _rest(s: Sentence, cue: Cue, later: list[Cue], quoted: bool) -> list[Range]:
    """Return what goes on behind a cue in the middle: '"...," he said, "..."'."""
    c, last, after = s.classes, s.last, cue.after
    if has_quotation(c[after : min(after + 1, last)]) and c[after - 1] == ",":
        after -= 1
    if after + 1 >= last or c[after] not in ",;-" or (later and later[0].start <= after + 3 and later[0].shared):
        return []
    stop = content_end(s, after + 1, later)
    following = c[after + 1]
    goes_on = following in "Qq" or (following in "ucT" and has_quotation(c[after:stop]))
    return [(after + 1, stop)] if goes_on or not (quoted or following in _NOTHING_NEW) else []


def content_end(s: Sentence, after: int, later: list[Cue]) -> int:
    """Return where content that begins at `after` ends: at the next cue of the same level, or with the sentence."""
    c = s.classes
    for other in later:
        if other.start <= after:
            continue
        k = other.start
        while k - 1 > after and c[k - 1] in "uc":
            k -= 1
        if c[k - 1] in ",-" or (c[k - 1] == ";" and other.sort != "according"):
            return k - 1
        if other.sort != "according" and k < other.start and (other.shared or c[other.start - 1] == "u"):
            return k
    return s.last


def has_quotation(classes: str) -> bool:
    """Whether a stretch of word classes holds a quotation."""
    return "Q" in classes or "q" in classes
