"""The issue in focus: what 'it', 'the idea', a bare 'No.' or a bare judgement ('A trap.') is about, when it names none.

In order: the question just asked; what stands between the cue and the content ('called the deadline "artificial"');
what the same speaker spoke of before; what the same paragraph spoke of last. Such a stance is worth less than a named
one, the less the farther away the issue was named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analysis.clauses import Anchor, Judgement, Marker, condition, find_markers, judge
from analysis.issues import find_holders
from analysis.relations import same_side
from analysis.text import Span
from analysis.voices import Found, Reading, Scope

_THING = (
    r"(?:idea|scheme|decision|step|move|notion|demand|condition|request|measure|principle|approach|process|concept)"
)
# 'it' anywhere, 'this' and 'that' before a verb or at the end of a clause, and nouns that sum up.
_IT = re.compile(
    rf"\b(?:[Ii]t|[Tt]hem|[Tt]hey|[Tt]hese(?=\s+(?:are|were|must|will|would|should|can|cannot))"
    rf"|(?:[Tt]he|[Tt]his|[Tt]hat|[Ss]uch\s+an?)\s+{_THING}"
    r"|(?:[Tt]his|[Tt]hat)(?=['’]s\b"
    r"|\s+(?:is|was|has|must|will|would|should|can|cannot|could|deserves|does)\b|[.,;!”\"’']|$))(?=\W|$)"
)
# What somebody wants, led back to: not 'the demand for an apology', nor 'a paper that demands'.
_WANTED = re.compile(
    r"\b(?:the|this|that|these|those|such\s+an?|its|his|her|their|\w+['’]s)\s+(?:[\w-]+\s+)?"
    r"(?:(?<!that )demands|demand|conditions?|(?<!that )requests|request|ultimatums?|requirements?)\b"
    r"(?!\s+(?:of|to|for|that|from|on|about|by)\b)",
    re.IGNORECASE,
)
_WANTS = re.compile(r"\b(?:demand|insist|want|call|ask|urg|requir|request|propos|must|should)", re.IGNORECASE)
_ACT_ON_IT = re.compile(r"(?:\w+ing|[Tt]o\s+\w+)\s+(?:them|it)\b")
_ANSWER = re.compile(
    r"[“\"‘']?(?:[\w\s]{1,20}\?\s)?(No|Never|Not yet|Yes|Certainly|Absolutely|Of course|Only if)\b"
    r"(?=[.,!;”\"’']|$|\s\w)(?! not)",
    re.IGNORECASE,
)
# 'that it should not', 'she certainly would': the question's own verb, for yes or no.
_ELLIPSIS = re.compile(
    r"[“\"‘']?(?:that\s+)?(?:it|he|she|they|we|I)\s+(?:\w+ly\s+)?"
    r"(?:should|would|could|must|will|can|does|did|do|is|was|has)(\s+(?:not|never)|n['’]t|not)?(?:\s+\w+ly)?\s*[.!,”\"’']*\s*$",
    re.IGNORECASE,
)
_SHORT = re.compile(r"[.,!;”\"’']|$")
_RECEIVED = re.compile(r"\b(?:seen|received|read|studied|been (?:sent|handed|given|shown))\b")
_INVERTED = re.compile(
    r"\W*(?:[Aa]nd |[Bb]ut |[Ss]o )?(will|would|should|must|can|could|may|is|are|do|does)\b\s*", re.IGNORECASE
)
_STOP = re.compile(r"[.!?][\"”’']?\s")
_ASKED = re.compile(r"[^.!?\n]*\?")
_ASKED_WHETHER = re.compile(r"\b[Aa]sked\s+(?:[\w’'-]+\s+){0,4}?(?:whether|if)\s([^.?!\n]{1,200})")
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|must|should|can|could|does|did|do|am|may|might)\b|['’](?:s|re|m|ve|ll)\b"
)
_ASKING = re.compile(r"\b(?:who|what|whose|which|when|where|why|how)\b", re.IGNORECASE)
_FRAGMENT = 9  # words up to which a clause without a verb is a judgement of what came before
_REACH = 250  # characters back to what was named
_OWN_REACH = 600  # the same, in the same speaker's words


class _Focus(NamedTuple):
    issue: str
    at: int
    discount: float


def on_focus(reading: Reading, scope: Scope, clause: Span, markers: list[Marker]) -> Iterator[Found]:
    """Yield the stances of a clause of a statement that names no issue, on the issue in focus.

    Parameters
    ----------
    reading : Reading
    scope : Scope
        Whose voice; nothing is yielded for the article's own.
    clause : (start, end)
    markers : list of Marker
        Those of the clause in this voice.
    """
    text = reading.text
    if scope.voice < 0 or scope.question or not any(a[1] <= clause[0] < a[1] + _OWN_REACH for a in reading.anchors):
        return
    if any(clause[0] <= a[0] < clause[1] for a in reading.anchors) or condition(text, clause) == 1:
        return
    judged = _answers(reading, (max(clause[0], scope.content), clause[1]))
    answered = bool(judged)
    if not judged:
        judged = _judged(reading, scope, clause, markers)
    for issue, judgement, discount in judged:
        holders = scope.speakers if answered else find_holders(reading, scope, clause, judgement)
        strength = max(0.5, judgement.strength - discount)
        for holder in holders:
            yield Found(scope.voice, holder, "issue", issue, judgement.sign, strength, clause, scope.sentence)


def on_wanted(
    reading: Reading, scope: Scope, clause: Span, markers: list[Marker], found: Sequence[Found]
) -> list[Found] | None:
    """Return what a clause does with a demand told before it: who rejects it takes the other side of it.

    Parameters: as in `on_focus`, for any voice; `found` has the stances before this clause. The demand is the last of
    them that somebody wants, told at most two sentences before. None where the clause leads back to no demand.
    """
    text = reading.text
    wanted = _WANTED.search(text, *clause)
    if wanted is None or any(clause[0] <= a[0] < clause[1] for a in reading.anchors):
        return None
    told = [one for one in found if _is_wanted(text, one) and one.clause[1] <= clause[0]]
    last = max(told, key=lambda one: one.clause, default=None)
    if last is None or scope.sentence - last.sentence > 2:
        return None
    owner = next((m for m in reading.mentions if m.possessive and wanted.start() <= m.start < wanted.end()), None)
    judgement = judge(text, markers, clause, Anchor(*wanted.span(), False, 0))
    strange = owner is not None and not same_side(reading.codebook, owner.actor_id, last.actor_id)
    if judgement is None or strange or scope.question or condition(text, clause):
        return []
    strength = max(0.5, judgement.strength - 0.25)
    return [
        Found(scope.voice, holder, "issue", one.target, judgement.sign * one.sign, strength, clause, scope.sentence)
        for holder in find_holders(reading, scope, clause, judgement)
        for one in told
        if (one.voice, one.actor_id, one.clause) == (last.voice, last.actor_id, last.clause)
        and (judgement.sign > 0 or not same_side(reading.codebook, holder, one.actor_id))
    ]


def _is_wanted(text: str, one: Found) -> bool:
    """Whether a stance is a demand told: 'Moscow insists that Kyiv cede land', not what is done with one."""
    asks = one.kind == "issue" and one.sign and _WANTS.search(text, *one.clause)
    return bool(asks) and not _WANTED.search(text, *one.clause)


def _answers(reading: Reading, clause: Span) -> list[tuple[str, Judgement, float]]:
    """Return what 'No', 'Yes', 'It should not' or 'Only if' says to the question before it."""
    text = reading.text
    answer, ellipsis = _ANSWER.match(text, *clause), _ELLIPSIS.match(text, *clause)
    if ellipsis:
        word = "no" if ellipsis.group(1) else "yes"
    elif answer:
        word = answer.group(1).lower()
        if word != "only if" and not _SHORT.match(text, answer.end(1)):
            return []
    else:
        return []
    before = [a for a in reading.anchors if a[1] <= clause[0] and clause[0] - a[1] < _REACH]
    question = (find_question(text, before[-1][1]) or _reported_question(text, clause[0])) if before else None
    if question is None or text[question[1] : clause[0]].count("?") > 1:
        return []
    found = []
    at = question[0]  # read by itself: 'Asked whether it would agree to' asks nobody to agree
    near = [m._replace(start=m.start + at, end=m.end + at) for m in find_markers(text[slice(*question)]) if m.sign != 3]
    no = word in ("no", "never", "not yet")
    for start, end, (issue, verbal, side) in before:
        if start < question[0]:
            continue
        judgement = judge(text, near, question, Anchor(start, end, verbal, side))
        if judgement is None:
            judgement = _uninverted(text, question, Anchor(start, end, verbal, side))
        if judgement is None and _is_title(text, question):
            judgement = Judgement(side or 1, 0.7, start, False, -1, False)
        if no and _RECEIVED.search(text, *question):
            judgement = Judgement(0, 0.75, start, False, -1, True)
        elif word in ("only if", "not yet") and judgement is not None:
            judgement = judgement._replace(sign=0, strength=0.7)
        if judgement is not None:
            sign = -judgement.sign if no else judgement.sign
            found.append((issue, judgement._replace(sign=sign), 0.15))
    return found


def _is_title(text: str, question: Span) -> bool:
    """Whether a question only names what it asks about: 'Ukraine in NATO?'."""
    asked = text[slice(*question)]
    return len(asked.split()) <= _FRAGMENT and not (_FINITE.search(asked) or _ASKING.search(asked))


def _reported_question(text: str, at: int) -> Span | None:
    """Return what was 'asked whether', as a span, in the 250 characters before `at`; None where nothing was."""
    asked = list(_ASKED_WHETHER.finditer(text, max(0, at - _REACH), at))
    return asked[-1].span(1) if asked and not _STOP.search(text, asked[-1].end(), at) else None


def _uninverted(text: str, question: Span, anchor: Anchor) -> Judgement | None:
    """Judge 'Will the talks continue?' as 'the talks will continue'."""
    inverted = _INVERTED.match(text, *question)
    if not inverted or anchor.verbal or len(text[inverted.end() : anchor.start].split()) > 2:
        return None
    said = f"{text[anchor.start : anchor.end]} {inverted.group(1).lower()}{text[anchor.end : question[1]]}".rstrip("? ")
    markers = find_markers(said)
    return judge(said, markers, (0, len(said)), Anchor(0, anchor.end - anchor.start, False, anchor.side))


def _judged(reading: Reading, scope: Scope, clause: Span, markers: list[Marker]) -> list[tuple[str, Judgement, float]]:
    """Return what the clause says of the issue in focus, by a word for it or by a bare judgement."""
    text = reading.text
    words = list(_IT.finditer(text, *clause))
    every = [judge(text, markers, clause, Anchor(*word.span(), False, 0)) for word in words]
    judgement = next((j for j in every if j is not None), None)
    if words and any(act.end() == word.end() for word in words for act in _ACT_ON_IT.finditer(text, *clause)):
        judgement = None if judgement is None or not judgement.attitude else judgement
    bare = judgement is None and not words and _is_bare(text, scope, clause)
    if bare:
        judgement = _bare_judgement(text, markers, clause)
    if judgement is None:
        return []
    focus = _find_focus(reading, scope, clause, bare=bare)
    return [] if focus is None else [(focus.issue, judgement, focus.discount)]


def _is_bare(text: str, scope: Scope, clause: Span) -> bool:
    """Whether a clause is a fragment without a verb: 'A trap, no more' and the like."""
    start = max(clause[0], scope.content)
    return len(text[start : clause[1]].split()) <= _FRAGMENT and not _FINITE.search(text, start, clause[1])


def _bare_judgement(text: str, markers: list[Marker], clause: Span) -> Judgement | None:
    judges = [m for m in markers if m.group == "predicate" and m.sign]
    if not judges or any(m.group in ("attitude", "provision", "trait", "towards") for m in markers):
        return None
    denied = any(m.group == "negation" and m.end <= judges[0].start for m in markers)
    sign = -judges[0].sign if denied else judges[0].sign
    return Judgement(sign, 0.75, judges[0].start, False, -1, False)


def _find_focus(reading: Reading, scope: Scope, clause: Span, *, bare: bool) -> _Focus | None:
    """Return the issue that was named last, where it is still what is spoken of."""
    text = reading.text
    before = [a for a in reading.anchors if a[1] <= clause[0] and clause[0] - a[1] < _OWN_REACH]
    if not before:
        return None
    start, end, (issue, verbal, _) = before[-1]
    between = text[end : clause[0]]
    stops = len(_STOP.findall(between))
    question = find_question(text, end)
    if between.count("?") > (1 if question else 0):
        return None  # something else has been asked since
    if verbal and not question:
        return None
    if scope.opening <= start and reading.owner[start] == -1 and bare:
        return _Focus(issue, start, 0.1)
    if question and stops <= 2 and len(between) < _REACH:
        return _Focus(issue, start, 0.15)
    owner = reading.owner[start]
    if owner >= 0 and reading.speakers[owner] == scope.speakers:
        far = stops > (1 if bare else 3) or (bare and len(between) > _REACH)
        return None if far else _Focus(issue, start, 0.15)
    if between.count("\n\n") <= (owner < 0) and stops <= 1 + (owner < 0) and len(between) < _REACH:
        return _Focus(issue, start, 0.25)
    return None


def find_question(text: str, at: int) -> Span | None:
    """Return the question that the words before `at` belong to, None where they are no question."""
    asked = _ASKED.match(text, at)
    return (max(text.rfind(mark, 0, at) for mark in ".?\n") + 1, asked.end()) if asked else None
