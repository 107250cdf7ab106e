"""Stance towards the issues of the codebook, in one scope of an article at a time."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from analysis.agents import find_agents, find_owner, find_subjects, is_oblique, led_back
from analysis.clauses import Anchor, Judgement, Marker, condition, judge, normalise
from analysis.codebook import Codebook
from analysis.idioms import is_false_question
from analysis.names import Mention
from analysis.phrases import PhraseFinder
from analysis.relations import same_side
from analysis.text import Span, touches
from analysis.voices import Found, Reading, Scope

_ANY = re.compile(r"\b[Aa]ny\s+(?:[\w’'-]+\s+){0,4}$")
_WE = re.compile(r"\b(?:[Ww]e|I|us|[Oo]ur|my)\b")
_OTHERS = re.compile(
    r"\b(?:they|those|others|some|critics|opponents|sceptics|skeptics|the other side|anyone|whoever)\b", re.IGNORECASE
)

_REPORTED = re.compile(
    r"\b(?:has |have |had )?(?:said|says|stated|states|argued|argues|claimed|claims|insisted|insists|hoped|hopes"
    r"|believed|believes|thinks|thought|maintained|maintains|warned|warns|stressed|stresses) that\b"
)
_ASKED_WHY = re.compile(r"\b(?:ask|wonder|question|demand(?:ed|ing)? to know)\w*\s+why\b", re.IGNORECASE)
_WHO = re.compile(r"(?:who|which|whoever|anyone)\b", re.IGNORECASE)
_DEMANDS = re.compile(
    r"[—–,-]\s*(?:demands|terms|conditions|concessions|points|provisions|proposals|ideas|steps|requirements)\s+(?:that|which)\s"
)
_AUTHORED = frozenset(["present", "unveil", "draft", "put", "draw", "submit", "propose", "table", "float", "circulate"])
_NOUNS = r"(?:plan|proposal|counter-?proposal|document|draft|framework|blueprint|paper|text)"
_A_PAPER = re.compile(rf"\s+(?:[\w’'-]+\s+){{0,4}}?{_NOUNS}\b")
_KINDS = r"(?:initial|original|revised|new|first|earlier|latest|28-point|American|European|peace|draft)"
_PAPER = re.compile(
    rf"It\s+(?:also\s+|would\s+)?\w+|(?:(?:[Uu]nder|[Ii]n)\s+)?(?:[Tt]his|[Tt]hat|[Tt]he)\s+(?:{_KINDS}\s+)*(?:{_NOUNS}|points)\b"
)
# A paper as the subject of what follows, or as what prescribes it: nobody's own will.
_BY_PAPER = re.compile(
    rf"\b(?:{_NOUNS}s?|points|deal|terms)\b(?:\s*,[^,]{{1,80}},)?\s+(?:(?:that|which|would|will|does|do|also|still|even|\w+ly)\s+)*$"
    rf"|\b(?:[Uu]nder|[Aa]ccording to|[Bb]y the terms of)\s+(?:[\w’'-]+\s+){{1,5}}?(?:{_NOUNS}|points|deal)\b[^.;:]*$"
)
_THREAT = re.compile(r"\b(?:pay (?:a|the) (?:\w+ )?price|regret|retaliate|respond|answer|suffer)\b", re.IGNORECASE)


def find_anchors(plain: str, codebook: Codebook) -> list[tuple[int, int, tuple[str, bool, int]]]:
    """Return where phrases of issues stand in a normalised text, sorted: (issue_id, whether a verb phrase, side or 0).

    What takes a side goes before what only names the issue: 'Ukraine belongs in NATO' is more than 'Ukraine in NATO'.
    """
    found = _finder(codebook).find(plain)
    sided: dict[str, list[Span]] = {}
    for start, end, (issue, _, side) in found:
        if side:
            sided.setdefault(issue, []).append((start, end))
    return [(start, end, of) for start, end, of in found if of[2] or not touches(sided.get(of[0], ()), start, end)]


@cache
def _finder(codebook: Codebook) -> PhraseFinder[tuple[str, bool, int]]:
    return PhraseFinder(
        (normalise(phrase), f"{issue.issue_id} {bool(side)}", (issue.issue_id, phrase.startswith("to "), side))
        for issue in codebook.issues
        for side, phrases in ((0, issue.topics), (1, issue.support), (-1, issue.oppose))
        for phrase in phrases
    )


def markers_in(reading: Reading, scope: Scope, clause: Span) -> list[Marker]:
    """Return the markers of a clause that are words of the scope's voice."""
    first, last = (bisect_left(reading.starts, at) for at in clause)
    inside = reading.markers[first:last]
    return [m for m in inside if m.end <= clause[1] and reading.owner[m.start] == scope.voice]


def _anchors_in(reading: Reading, scope: Scope, clause: Span) -> list[tuple[int, int, tuple[str, bool, int]]]:
    """Return the phrases of issues that begin in a clause and are words of the scope's voice."""
    return [a for a in reading.anchors if clause[0] <= a[0] < clause[1] and reading.owner[a[0]] == scope.voice]


def on_issues(
    reading: Reading, scope: Scope, clauses: Sequence[Span], place: int, markers: list[Marker]
) -> Iterator[Found]:
    """Yield what the clause at `place` says on issues; `markers` are those of the clause in this voice."""
    text, clause = reading.text, clauses[place]
    inside = _anchors_in(reading, scope, clause)
    if not inside:
        return
    asked = condition(text, clause)
    why = scope.question and scope.voice >= 0 and is_false_question(text, clause)
    if scope.question and not why:
        return
    if asked == 1:
        yield from _on_supposed(reading, scope, clauses, place, markers)
        return
    followed = " ".join(text[a : a + 8].lower() for a, _ in clauses[place + 1 :])
    held_open = any(condition(text, other) == 2 for other in clauses if other != clause)
    paper = reading.authors.get(scope.sentence, ()) if scope.voice < 0 else ()
    if paper:  # what a document includes is what its author wants
        markers = [m._replace(group="attitude") if m.group in ("terms", "provision") else m for m in markers]
    for start, end, (issue, verbal, side) in inside:
        reach = (clause[0], max(clause[1], end))
        near = markers
        anchor = Anchor(start, end, verbal, side)
        judgement = judge(text, near, reach, anchor)
        if asked == 2 and scope.voice >= 0 and not verbal and (judgement is None or judgement.sign >= 0):
            judgement = Judgement(1, 0.6, start, True, -1, False)
        ways: list[tuple[Judgement, tuple[str, ...]]] = []  # 'proposed by Washington, was rejected by Kyiv' has two
        while judgement is not None:
            holders = find_holders(reading, scope, reach, judgement)
            if paper and judgement.attitude and judgement.by < 0 and not holders:
                holders, judgement = paper, judgement._replace(strength=0.6)
            if judgement.by < 0:
                ways = ways or [(judgement, holders)]
                break
            if holders:
                ways.append((judgement, holders))
            near = [m for m in near if m.start >= judgement.by]
            judgement = judge(text, near, reach, anchor)
        for judgement, holders in ways:
            if judgement.sign > 0 and _ANY.search(text, clause[0], start):
                continue
            sign, strength = judgement.sign, judgement.strength
            if why:
                sign, strength = -sign if judgement.attitude else 0, 0.6
                if not sign:
                    continue
            if sign and _ASKED_WHY.search(text, scope.start, start):
                sign, strength = -sign, 0.6  # who asks why not is for it
            if held_open and sign > 0 and asked != 2:
                sign, strength = 0, 0.6
            if sign and followed.startswith("but"):
                strength *= 0.85
            for holder in holders:
                yield Found(scope.voice, holder, "issue", issue, sign, max(strength, 0.5), clause, scope.sentence)


def _on_supposed(
    reading: Reading, scope: Scope, clauses: Sequence[Span], place: int, markers: list[Marker]
) -> Iterator[Found]:
    """Yield what is said of something supposed: 'it would be a disaster if Ukraine gave up land'."""
    text, clause = reading.text, clauses[place]
    if scope.voice < 0 or re.match(r"(?:and |but )?(?:even|whether)\b", text[clause[0] : clause[1]], re.IGNORECASE):
        return
    inside = _anchors_in(reading, scope, clause)
    for main in (*clauses[max(0, place - 1) : place], *clauses[place + 1 : place + 2]):
        if any(main[0] <= a[0] < main[1] for a in reading.anchors):
            continue
        near = markers_in(reading, scope, main)
        signs = [m.sign for m in near if m.group == "predicate" and m.sign]
        threat = _THREAT.search(text, *main) is not None
        if threat:
            signs.append(-1)
        if len(signs) != 1:
            continue
        sign = -signs[0] if any(m.group == "negation" for m in near) else signs[0]
        for start, end, (issue, verbal, side) in inside:
            # who threatens if money is laid hands on has named what is feared, not what is wanted
            taken = 0 if threat else side
            inner = judge(text, [m for m in markers if m.sign != 3], clause, Anchor(start, end, verbal, taken))
            if inner is None and not (verbal or side):
                continue
            of = inner.sign if inner else taken or 1
            for holder in scope.speakers if of else ():
                yield Found(scope.voice, holder, "issue", issue, sign * of, 0.65, clause, scope.sentence)
        return


def on_demands(reading: Reading, scope: Scope) -> Iterator[Found]:
    """Yield what is said of a list after it: 'to cede land and disarm - demands that Kyiv has rejected'."""
    text = reading.text
    summed = _DEMANDS.search(text, scope.start, scope.end)
    if not summed:
        return
    after = [m for m in reading.markers if summed.end() <= m.start < scope.end and m.group == "attitude"]
    if not after:
        return
    agents = find_subjects(text, reading.mentions, summed.end(), after[0].start)
    clause = (scope.start, summed.start())
    for start, end, (issue, verbal, side) in _anchors_in(reading, scope, clause):
        inner = judge(text, markers_in(reading, scope, clause), clause, Anchor(start, end, verbal, side))
        sign = (inner.sign if inner else side or 1) * after[0].sign
        for agent in agents:
            found = (scope.voice, agent.actor_id, "issue", issue, sign, 0.75, (scope.start, scope.end))
            yield Found(*found, scope.sentence)


def find_authors(
    text: str, markers: Sequence[Marker], mentions: Sequence[Mention], sentences: Sequence[Span]
) -> dict[int, tuple[str, ...]]:
    """Return, for each sentence that begins with a document ('It', 'That plan'), the actors who put it forward."""
    authors: dict[int, tuple[str, ...]] = {}
    last: tuple[str, ...] = ()
    age = 0
    put_forward = [marker for marker in markers if marker.verb in _AUTHORED]
    for number, (start, end) in enumerate(sentences):
        age += 1
        if last and age <= 2 and _PAPER.match(text, start, end):
            authors[number] = last
        for marker in put_forward:
            if start <= marker.start < end and _A_PAPER.match(text, marker.end, end):
                agents = find_subjects(text, mentions, start, marker.start)
                if agents:
                    last, age = tuple(dict.fromkeys(agent.actor_id for agent in agents)), 0
    return authors


def find_holders(reading: Reading, scope: Scope, clause: Span, judgement: Judgement) -> tuple[str, ...]:
    """Whose stance a judgement is; nobody's where it is hearsay or its predicate has no actor as subject."""
    text, head = reading.text, judgement.head
    own = judgement.attitude and judgement.by < 0 and not judgement.deontic
    if own and _BY_PAPER.search(text, max(clause[0], scope.content), head):
        return ()
    if not judgement.attitude:
        # 'noted that Ukraine has stated that the plan is fair': not the words of the one who notes
        reported = _REPORTED.search(text, max(clause[0], scope.content), head)
        agents = find_subjects(text, reading.mentions, scope.content, reported.start()) if reported else []
        return tuple(agent.actor_id for agent in agents) if agents else scope.speakers
    if judgement.by >= 0:
        agents = find_agents(text, reading.mentions, judgement.by, clause[1])
    elif scope.voice < 0:
        agents = find_subjects(text, reading.mentions, scope.opening, head)
    elif judgement.deontic or head < scope.content:
        return scope.speakers
    else:
        start = max(clause[0], scope.content)
        if _WHO.match(text, start):
            return ()  # 'those who refused it'
        agents = [
            m
            for m in reading.mentions
            if start <= m.start and m.end <= head and not m.possessive and not is_oblique(text, start, m.start)
        ][-1:]
        agents = find_owner(text, reading.mentions, start, head) or agents
        if _WE.search(text, agents[0].end if agents else start, head):
            return scope.speakers
        if not agents and _OTHERS.search(text, start, head):
            return ()
    if scope.voice < 0:
        if judgement.by < 0 and judgement.deontic:
            return ()
        named = tuple(dict.fromkeys(agent.actor_id for agent in agents))
        return named or led_back(text, reading.mentions, reading.codebook, scope.opening, head)
    own = any(same_side(reading.codebook, a.actor_id, s) for a in agents for s in scope.speakers)
    persons = tuple(
        a.actor_id for a in agents if a.kind == "name" and reading.codebook.actor(a.actor_id).kind == "person"
    )
    if own and persons and not set(persons) & set(scope.speakers):
        return persons  # a spokesman tells where the one he speaks for stands
    return scope.speakers if own or (not agents and (judgement.by < 0 or judgement.deontic)) else ()
