"""Stance of actors towards actors: who praises, thanks, blames or criticises whom, with the direction kept.

Three patterns: an agent does something to a target ('Trump criticised the leadership'), a speaker says something of a
target that is the subject ('the leadership shows no gratitude'), and scare quotes around what a target is called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from analysis.agents import find_agents, find_subjects, is_oblique
from analysis.clauses import Marker, condition
from analysis.codebook import Codebook
from analysis.names import Mention, mentions_in
from analysis.text import Span


class Relation(NamedTuple):
    """A stance towards an actor: `holder` None where the speaker of the clause holds it; `sign` +1 or -1."""

    holder: str | None
    target: str
    sign: int
    strength: float
    marker: Marker


_TO_TARGET = re.compile(r"(?:\s+(?!and\b|but\b|or\b|that\b|if\b|when\b)[\w’'-]+){0,4}?\s*[“‘\"']?")
_WORD = r"[\w’'-]+\s+"
_AND_TARGET = re.compile(rf"(?:\s*,[^,.;:]{{1,40}})?\s*(?:,|,?\s+and|\s+as\s+well\s+as)\s+(?:(?!by\b){_WORD}){{0,3}}")
_ADVERBS = r"(?:(?:\w+ly|also|again|already|long|once|often|not|yesterday|today)\s+)*"
# 'accused by Trump', 'accused again of weakness by Trump'
_BY = re.compile(rf"\s+{_ADVERBS}(?:(?:of|for|as|over)\s+(?:{_WORD}){{1,4}}?)?by\s")
_PASSIVE = re.compile(
    rf"\b(?:is|are|was|were|been|being|be)\s+{_ADVERBS}(?:\w+\s+by\s+[^,;]{{1,40}}?,?\s+(?:and|but)\s+{_ADVERBS})?$"
)
_FRONTED = re.compile(rf"\W*{_ADVERBS}", re.IGNORECASE)
_AFTER_NOUN = re.compile(rf"(?:,[^,;:.]{{1,60}}(?=,))?(,?)\s+{_ADVERBS}")
_CLOSED = re.compile(r"[^,;:.]*,\s+(?!(?:and|but|or)\b)")
_LAST_OF_LIST = re.compile(r"\b(?:and|as|with)\b")
_NEAR = re.compile(r"[\s\w’'“”‘\"-]{0,60},?[\s\w’'“”‘\"-]{0,60}")
_COPULA = re.compile(
    r"(?:\s*,?\s*(?:is|was|are|were|has been|had been|have been|as|being|remains|remained|not|never|nt|an?|the|very)\b"
    r"|['’]s\b|\s*[“‘\"'])*\s*[“‘\"']?"
)
_VERBAL = re.compile(
    r"(?:must|should|will|would|ought|has|had|have|can|remains|stands|part|come|holds|serve|protect)", re.I
)
_OF_PARTNERS = re.compile(r",?\s+(?:especially|including|like|such as|in)?\s*(?:the\s+)?")
_WE = re.compile(r"\b(?:[Ww]e|I|[Oo]ur|us|[Mm]y)\b")
_OPENING = 40  # characters of a clause within which a noun such as 'gratitude to' is the speaker's own
_SCARE = re.compile(r"[“‘\"'](?=\w+$)")


def find_relations(
    text: str, markers: Sequence[Marker], clause: Span, sentence: int, mentions: Sequence[Mention], *, spoken: bool
) -> list[Relation]:
    """Return the stances towards actors in one clause.

    Parameters
    ----------
    text : str
    markers : sequence of Marker
        Those of the clause, from `analysis.clauses.find_markers`.
    clause : (start, end)
    sentence : int
        Where its sentence begins: the subject may stand before the clause.
    mentions : sequence of Mention
        Of the whole text, sorted.
    spoken : bool
        Whether the clause is said by somebody: only then has it judgements without an agent.
    """
    near = [m for m in mentions_in(mentions, sentence, clause[1]) if m.end <= clause[1]]
    if not near or condition(text, clause):
        return []
    inside = [m for m in near if m.start >= clause[0]]
    found = []
    for marker in markers:
        if marker.group == "towards":
            found += _done(text, markers, marker, clause, sentence, near)
        elif spoken and (marker.group == "trait" or _is_quality(text, marker)):
            found += _said_of(text, markers, marker, clause, inside)
    if spoken:
        for mention in inside:
            if _SCARE.search(text, mention.start, mention.end):
                marker = Marker(mention.start, mention.end, "scare quotes", -1, "")
                found.append(Relation(None, mention.actor_id, -1, 0.75, marker))
    return found


def _done(
    text: str, markers: Sequence[Marker], marker: Marker, clause: Span, sentence: int, near: list[Mention]
) -> list[Relation]:
    """Return acts: 'Trump criticised the leadership', 'it was criticised by Trump', 'we thank the United States'."""
    negated = _negated(text, markers, marker)
    if negated and marker.sign < 0:
        return []  # who does not blame need not praise
    sign, strength = (-1, 0.6) if negated else (marker.sign, 0.85)
    by = _BY.match(text, marker.end, clause[1])
    if by:
        agents = _listed(text, near, by.end(), clause[1])
        end = agents[-1].end if agents else by.end()
        told = agents or _WE.match(text, end)
        targets = _passive_subjects(text, marker, clause, sentence, near, end) if told else []
    else:
        targets = _targets(text, marker.end, [m for m in near if m.start >= marker.end])
        agents = find_subjects(text, near, sentence, marker.start)
    if not (agents or marker.verb or marker.start - clause[0] < _OPENING or _WE.search(text, clause[0], marker.start)):
        return []  # 'an end of support for Kyiv': nobody's in particular
    holders: list[str | None] = (
        [None] if _WE.search(text, agents[-1].end if agents else clause[0], marker.start) else []
    )
    holders = holders or [agent.actor_id for agent in agents] or [None]
    return [
        Relation(holder, target.actor_id, sign, strength, marker)
        for holder in holders
        for target in targets
        if target.actor_id != holder
    ]


def _passive_subjects(
    text: str, marker: Marker, clause: Span, sentence: int, near: list[Mention], end: int
) -> list[Mention]:
    """Return whom a passive, whose agents end at `end`, is about; nobody where that cannot be told.

    'Zelenskyy was criticised by Trump', 'criticised by Trump, Zelenskyy left', 'Zelenskyy, criticised by Trump, left';
    not 'Merz met Zelenskyy, criticised by Trump'.
    """
    if _PASSIVE.search(text, clause[0], marker.start):
        return find_subjects(text, near, sentence, marker.start)
    closed = _CLOSED.match(text, end)
    if _FRONTED.fullmatch(text, clause[0], marker.start):
        return _listed(text, near, closed.end(), clause[1]) if closed else []
    before = [m for m in near if clause[0] <= m.start and m.end <= marker.start]
    gap = _AFTER_NOUN.fullmatch(text, before[-1].end, marker.start) if before else None
    if gap is None:
        return []
    subjects = [m for m in before if not (m.possessive or is_oblique(text, sentence, m.start))]
    if gap[1] and not (closed and len({m.actor_id for m in subjects}) == 1):
        return []
    return [m for m in subjects if m is before[-1]]


def _listed(text: str, mentions: Sequence[Mention], start: int, end: int) -> list[Mention]:
    """Return the mentions of a list right after `start`: one, or those up to the last 'and'."""
    found = find_agents(text, mentions, start, end)
    while len(found) > 1 and not _LAST_OF_LIST.search(text, found[-2].end, found[-1].start):
        found.pop()  # 'criticised by Trump, Zelenskyy left'
    return found


def _targets(text: str, start: int, after: list[Mention]) -> list[Mention]:
    """Return the mentions right after a predicate, and those coordinated with them."""
    found: list[Mention] = []
    for mention in after:
        between = text[found[-1].end if found else start : mention.start]
        if mention.possessive or not (_AND_TARGET if found else _TO_TARGET).fullmatch(between):
            break
        found.append(mention)
    return found


def _said_of(
    text: str, markers: Sequence[Marker], marker: Marker, clause: Span, inside: list[Mention]
) -> list[Relation]:
    """Return judgements: 'the leadership shows no gratitude', 'our partners, especially the United States'."""
    sign = -marker.sign if _negated(text, markers, marker) else marker.sign
    after = [m for m in inside if m.start >= marker.end and not m.possessive]
    if (
        after
        and _OF_PARTNERS.fullmatch(text[marker.end : after[0].start])
        and text[marker.end : marker.end + 1] in ", "
    ):
        return [Relation(None, m.actor_id, sign, 0.65, marker) for m in _targets(text, after[0].start, after)]
    before = [m for m in inside if m.end <= marker.start and m.confidence >= 0.55 and not _is_agent(text, m)]
    if not before or before[-1].possessive:
        return []
    subject = before[-1]
    between = text[subject.end : marker.start]
    near = _NEAR if marker.group == "trait" else _COPULA
    if len(between.split()) > 10 or not near.fullmatch(between) or _WE.search(between):
        return []
    return [Relation(None, subject.actor_id, sign, 0.75, marker)]


def _is_agent(text: str, mention: Mention) -> bool:
    return text.endswith(" by ", 0, mention.start)


def _is_quality(text: str, marker: Marker) -> bool:
    """Whether a predicate of issues can be said of actors as well: 'dangerous', and not 'must stop'."""
    return marker.group == "predicate" and marker.sign != 0 and not _VERBAL.match(text, marker.start)


def _negated(text: str, markers: Sequence[Marker], marker: Marker) -> bool:
    return any(
        m.group == "negation" and m.end <= marker.start and len(text[m.end : marker.start].split()) <= 3
        for m in markers
    )


def same_side(codebook: Codebook, one: str, other: str) -> bool:
    """Whether two actors are one or speak for one side."""
    return one == other or codebook.actor(one).side == codebook.actor(other).side
