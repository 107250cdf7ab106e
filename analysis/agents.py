"""Agents: which mention is the subject of a predicate, or follows a passive's 'by'."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from analysis.codebook import Codebook
from analysis.names import Mention, mentions_in

_ADVERB = (
    r"(?:\w+ly|also|again|still|long|always|never|not|now|then|already|even|just|later|once|soon|often|first|rather|too"
    r"|together)"
)
_AUX = (
    r"(?:has|have|had|is|are|was|were|be|been|being|will|would|must|should|can|could|may|might|does|did|do"
    r"|cannot|wo|ca|nt|ll|to|continues?|continued|goes on|went on|wants?|wanted|begins?|began|appears?|seems?"
    r"|decided|decides"
    r"|n['’]t)"
)
_TIME = r"(?:(?:on|in|at|for|by|after|during|over|last|this|earlier|late)\s+(?:[\w’'-]+\s+){0,2}[\w’'-]+,?)"
# Verbs that only carry the noun after them: 'expressed its [readiness]', 'remains firm in its [commitment]'.
_LIGHT = (
    r"(?:(?:express|voic|signal|reiterat|reaffirm|confirm|declar|stress|underlin|emphasi|indicat|demonstrat|show|announc"
    r"|submit|fil|lodg|ma[dk]|remain|stay|stand|stood)\w*\s+(?:\w+\s+){0,2}?"
    r"(?:its|his|her|their|an?|the|no|any)\s+(?:\w+\s+)?)"
)
_TO_VERB = re.compile(
    rf"(?:,[^;:.]{{1,160}},|\s*\([^)]*\))?(?:\s+|['’]s\s+|n['’]t\s+)(?:(?:{_ADVERB}|{_AUX}|{_TIME})\s*,?\s+)*{_LIGHT}?",
    re.IGNORECASE,
)
_LED_BACK = re.compile(
    r"(?:(?:[\w’'-]+\s+){1,5}[\w’'-]+,\s+|So far,?\s+|[Ee]ven as\s+)?"
    r"([Ii]t|[Bb]oth sides|[Nn]either side|[Tt]he (?:two )?sides|[Bb]oth countries)\b"
)
_IT_GOES_ON = re.compile(r"\b(?:but|yet|and|while|though|although)\s+it\b")
_SIDES_REACH = 1500  # characters back in which two sides are named
_OWNED = re.compile(r"['’]s?\s+(?:\w+(?:ed|ing|al|ent|ate|ish|ong|ear)\s+)?")
_OBLIQUE = re.compile(
    r"\b(of|to|for|with|by|from|in|on|against|at|about|between|among|over|towards?|than|near|like)\s+"
    r"(?:(?:the|both|its|their|his|her|our|President|Mr\.?|then|some|many|[A-Z][\w’'-]+)\s+){0,2}$"
)
_JOINED = re.compile(
    r"\s*(?:,?\s+(?:and|or|nor)|,|\s+as\s+well\s+as|,\s+(?:together|along)\s+with)\s+"
    r"(?:(?:its|the|their|his|her|also|both|President|[A-Z]\w+n)\s+){0,2}"
    r"(?:(?:chief )?(?:negotiator|envoy|minister)\s+)?$"
)
# The mention after one of these is the object that is to do something: 'urged Kyiv to accept'.
_CONTROLLED = re.compile(
    r"\b(?:requir|ask|urg|forc|press|pressur|push|oblig|allow|expect|compel|invit|order|convinc|persuad|enabl|want|get|mak|giv"
    r"|demand|let|help|bypass|leav|foresee|envisag|envision|accus)(?:e|es|ed|s|ing)?\s+(?:the\s+)?$"
    r"|\b(?:told|tells?|made|gave|left|saw|sees?|has|having|(?:would|will|to)\s+have|call\w*\s+(?:on|for))\s+(?:the\s+)?$"
)
# What its subject is only made to do: 'is expected to accept'.
_MADE_TO = re.compile(
    r"(?:requir|ask|urg|forc|press|pressur|push|oblig|allow|expect|compell|invit|order|persuad|convinc|advis"
    r"|encourag)ed to\b"
    r"|told to\b"
)
# What may open a participial clause before its verb; its subject is the main clause's: 'Having refused, Kyiv ...'.
_FRONTED = re.compile(r"\W*(?:(?:[Ww]hile|[Aa]fter|[Bb]y|[Ss]till|[Ll]ong|[Ss]trongly|[A-Z]\w+ly)\s+)?([Hh]aving\s+)?")
_PARTICIPLE = re.compile(r"\w+(?:ing|ed)\b(?!\s+by\b)|(?:unwilling|ready|eager|willing|keen|reluctant|unable)\b", re.I)
_MAIN = re.compile(
    r"[^,;:.!?\n]{0,120},\s+(?:(?:the|President|Prime Minister|Mr\.?|Ms\.?|Chancellor|Foreign Minister)\s+)?"
)
_BE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+|also\s+|now\s+)?$")
_OF_DOING = re.compile(r"\b(?:of|for|from|about|against|into)\s+(?:\w+ly\s+)?$")
_SHARED = re.compile(r"(?:\b(?:and|but|then|also)|,)\s+(?:\w+ly\s+|then\s+|also\s+|(?:has|have|is|are|was|were)\s+)?$")


def find_subjects(text: str, mentions: Sequence[Mention], start: int, head: int) -> list[Mention]:
    """Return the mentions that are the subject of the predicate at `head`, more than one where they are coordinated.

    Parameters
    ----------
    text : str
    mentions : sequence of Mention
        Sorted; those between `start`, where the sentence begins, and `head` are looked at.
    start, head : int

    Returns
    -------
    list of Mention
        Empty when the subject is no actor; an owner where the predicate is a noun ('Russia's demand').
    """
    before = [m for m in mentions_in(mentions, start, head) if m.end <= head]
    fronted = _FRONTED.fullmatch(text, start, head)
    if fronted and (fronted.group(1) or _PARTICIPLE.match(text, head)):
        main = _MAIN.match(text, head)
        return [m for m in mentions_in(mentions, main.end(), main.end() + 1) if not m.possessive] if main else []
    if _MADE_TO.match(text, head) and _BE.search(text, start, head):
        return []
    if before:
        last = before[-1]
        gap = text[last.end : head]
        if gap.startswith(", ") and text.startswith(", ", last.start - 2):
            gap = gap[1:]  # 'the president, Ann Lee, rejected it'
        if last.possessive and _OWNED.fullmatch(gap):
            return [last]
        oblique = _OBLIQUE.search(text, start, last.start)
        ing = re.match(r"\w+ing\b", text[head : head + 30]) is not None
        gerund = ing and oblique is not None and oblique.group(1) == "with"
        free = oblique is None or gerund or len(before) > 1
        if ing and "," in gap:
            free = False  # a participial clause goes back to the subject of its sentence
        if not last.possessive and free and not _controlled(text, start, last) and _TO_VERB.fullmatch(gap):
            subjects = [last]
            for other in reversed(before[:-1]):
                if other.possessive or not _JOINED.fullmatch(text[other.end : subjects[-1].start]):
                    break
                subjects.append(other)
            first = subjects[-1]
            if gerund or not _OBLIQUE.search(text, start, first.start):
                return subjects[::-1]
    if _OF_DOING.search(text, start, head):
        return []  # 'accused them of supporting': not its own subject
    if _SHARED.search(text, start, head) or re.match(r"\w+ing\b", text[head : head + 30]):
        subject = [
            m for m in before if not (m.possessive or is_oblique(text, start, m.start) or _controlled(text, start, m))
        ]
        return subject[:1]
    return []


def led_back(text: str, mentions: Sequence[Mention], codebook: Codebook, start: int, head: int) -> tuple[str, ...]:
    """Return the actors whom 'It' or 'Both sides', as the subject of the predicate at `head`, leads back to.

    'It' is the body that the sentence before begins with, and 'but it' the one that this sentence does; the sides are
    those of the two that are named most before.
    """
    for on in _IT_GOES_ON.finditer(text, start, head):
        first = next(iter(mentions_in(mentions, start, on.start())), None)
        if first is None or first.possessive or len(text[start : first.start].split()) > 1:
            continue
        if _TO_VERB.fullmatch(text, on.end(), head) and codebook.actor(first.actor_id).kind == "body":
            return (first.actor_id,)
    subject = _LED_BACK.match(text, start, head)
    if subject is None or not _TO_VERB.fullmatch(text, subject.end(), head):
        return ()
    if subject.group(1).lower() == "it":
        stop = 0
        for mark in ("\n", ". ", "! ", "? ", ".\u201d ", '." '):  # none is looked for behind one that stands nearer
            stop = max(stop, text.rfind(mark, stop, max(0, start - 3)) + 1)
        first = next(iter(mentions_in(mentions, stop, start)), None)
        if first is None or first.possessive or first.start > stop + 25 or is_oblique(text, stop, first.start):
            return ()
        return (first.actor_id,) if codebook.actor(first.actor_id).kind == "body" else ()
    return find_sides(mentions, codebook, start)


def find_sides(mentions: Sequence[Mention], codebook: Codebook, at: int) -> tuple[str, ...]:
    """Return whom 'both sides' means at a place: the bodies of the two sides that are named most before it, if any."""
    near = [codebook.actor(m.actor_id) for m in mentions_in(mentions, at - _SIDES_REACH, at)]
    named = Counter(actor.side for actor in near)
    bodies = {actor.side: actor.actor_id for actor in near if actor.kind == "body"}  # the last of each side
    sides = [side for side, _ in named.most_common() if side in bodies][:2]
    return tuple(bodies[side] for side in sides) if len(sides) == 2 else ()


def find_owner(text: str, mentions: Sequence[Mention], start: int, head: int) -> list[Mention]:
    """Return the mention that owns the noun at `head`, where one does: 'Russia's [demand]', 'Kyiv's stated [wish]'."""
    owners = [m for m in mentions_in(mentions, start, head) if m.end <= head and m.possessive][-1:]
    return owners if owners and _OWNED.fullmatch(text, owners[0].end, head) else []


def _controlled(text: str, start: int, mention: Mention) -> bool:
    return _CONTROLLED.search(text, start, mention.start) is not None


def is_oblique(text: str, start: int, at: int) -> bool:
    """Whether what stands at `at` follows a preposition, and so is no subject; the text is read from `start`."""
    return _OBLIQUE.search(text, start, at) is not None


def find_agents(text: str, mentions: Sequence[Mention], start: int, end: int) -> list[Mention]:
    """Return the mentions that a list right after `start` is made of: 'by both Kyiv and its allies'."""
    found: list[Mention] = []
    for mention in mentions_in(mentions, start, end):
        if mention.end > end:
            continue
        between = text[found[-1].end : mention.start] if found else text[start : mention.start]
        opening = re.fullmatch(r"\s*(?:by\s+|from\s+)?(?:(?:both|the|its|all|many|some|President)\s+){0,2}", between)
        if mention.possessive or not (_JOINED.fullmatch(between) if found else opening):
            break
        found.append(mention)
    return found
