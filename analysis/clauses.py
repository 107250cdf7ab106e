"""Clauses, and what governs a phrase in one: predicates for and against, negation, modals, conditions.

The words come from ``data/lexicons/stance.toml``. Going left from a phrase, what governs it is multiplied:
'refuses to accept the plan' is -1 times +1; a comma, a coordinated finite verb or distance ends the chain. Where
nothing on the left governs it, a predicate on the right may ('the plan is unacceptable', 'was rejected by Kyiv').

References
----------
Moilanen, K. and Pulman, S. (2007). Sentiment Composition. RANLP. (Polarities multiply along the governing chain.)
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any, NamedTuple

import analysis.idioms as idioms
from analysis.paths import LEXICONS
from analysis.phrases import PhraseFinder
from analysis.text import Span


class Marker(NamedTuple):
    """A word or phrase that can govern; `group` as in the lexicon, `sign` as in `_SIGNS`, `verb` its base form."""

    start: int
    end: int
    group: str
    sign: int
    verb: str


class Anchor(NamedTuple):
    """The words judged: a nominal or `verbal` phrase; `side` is 0, or +1 or -1 where it takes a side itself."""

    start: int
    end: int
    verbal: bool
    side: int


class Judgement(NamedTuple):
    """What a clause does with an anchor.

    `sign` is +1 (for), -1 (against) or 0 (left open); `strength` in (0, 1]; `head` is where the governing chain begins;
    `deontic` whether it is asked for ('must'), whoever the subject; `by` where a passive's agent follows, else -1;
    `attitude` whether the predicate has a subject that holds it (and is not the speaker's own judgement).
    """

    sign: int
    strength: float
    head: int
    deontic: bool
    by: int
    attitude: bool


_SIGNS = {"support": 1, "oppose": -1, "open": 0, "deontic": 1, "volition": 2, "possible": 3}
_ASKING = ("must", "should", "ought to", "has to", "have to", "had to", "needs to", "need to")
_WITHOUT = 0.01  # strength of a bare 'without': it decides nothing by itself
_FINITE = r"(?:is|are|was|were|has|have|had|will|would|must|should|can|could|may|might|does|did|do|cannot|ca|wo)\b"
_SUBJECT = r"(?:he|she|it|they|we|I|this|there|nobody|no\ one)\b"
_BOUNDARY = re.compile(
    rf"""(?=[\s;:—–.!?…"”,])(?:  # so that no letter is tried eleven times
    \s*[;:—–]+\s*|\s--?\s|[.!?…]+["”’')]*\s+|["”]\s*,?\s+(?=[a-z])|\n+
    |,?(?<!only)\s+(?=(?:but|while|whereas|although|though|because|unless|only\ if|only\ when|only\ after|if|whether)\b)
    |,?\s+(?=(?:which|who|whom)\b)
    |,\s+(?=(?:when|as|so|yet|nor)\b)
    |,\s+and\s+(?={_SUBJECT}|that\b|(?:[\w’'-]+\ ){{1,5}}?{_FINITE})
    |\s+and\s+(?={_SUBJECT}|(?:the\ |[A-Z])[\w’'-]+\ (?:[\w’'-]+\ ){{0,3}}?{_FINITE})
    |,\s+(?!(?:during|according|following|including|regarding|nothing|something|everything)\b)(?=\w+ing\b)
    |,\s+(?={_SUBJECT}|that\s+(?:is|was|will|would)\b))""",
    re.VERBOSE,
)
_VERB = re.compile(rf"\b(?:{_FINITE}|\w+ed\b|\w+s\b)")
_PRONOUN = re.compile(_SUBJECT)
_CONTRACTED = re.compile(r"n['’]t\b|['’]ll\b")
_COORDINATED = re.compile(r"\b(?:and|or|nor)\s+(?:\w+ly\s+|then\s+|also\s+|even\s+|to\s+)?$")
_AUXILIARY = re.compile(r"\b(?:to|not|never|will|would|must|should|can|could|cannot)\b|n['’]t\b")
_BE = r"(?:\b(?:be|is|are|was|were|been|being|get|got)|['’]s)"
_PASSIVE = re.compile(_BE + r"\s+(?:\w+ly\s+|long\s+|also\s+|not\s+|now\s+|first\s+)*$")
_BY = re.compile(r"(?:\s+(?:\w+ly|for (?:\w+ )?\w+|as \w+|this week|last week|yesterday|today|again))?\s+by(?=\s)")
_INSTEAD = ("rather than", "instead of")
_A = re.compile(r"\s*(?:(?:an?|the|any)\s+(?:\w+\s+)?|\w+\s+)?")
_BEEN = re.compile(r"\s+(?:\w+ly\s+)?been\b")
_FRONTED = re.compile(r"\W*(?:(?:\w+ly|long|also|already|once|first|again)\s+)?")
_RELATIVE = re.compile(r"\b(?:that|which)\s+(?:[\w’'-]+\s+){1,6}$")
_ONLY_IF = re.compile(r"(?:only (?:if|when|after)|unless|until|before|provided|as long as)\b", re.IGNORECASE)
_IF = re.compile(r"(?:and |but |or )?(?:even )?(?:if|whether|in case|were)\b", re.IGNORECASE)
_QUOTES = " \"'“”‘’«»"
_PREPOSITION = re.compile(r"\b(?:about|of|with|for|by|on|over)\b", re.IGNORECASE)
_NEW_SUBJECT = re.compile(r"\b(?:and|or|but)\s+(?:[A-Z]|(?:the|he|she|it|they|we|this|that)\b)")
_NOT_A = re.compile(r"\bnot\s+(?:an?\s+|the\s+|any\s+)?[\w’'-]+(?:\s+\w+)?$")
_NOT_BUT = re.compile(r"\bnot\s+(?:[\w’'-]+\s+){1,5}?but\s+(?=(?:an?|the|rather)\s)", re.IGNORECASE)
_NOT_ONLY = re.compile(r"\s+(?:only|just|merely|simply|least)\b")
# What a predicate says of an act: 'a mistake to accept', 'wrong for Kyiv to accept', 'strange that we would accept'.
_OF_ACT = re.compile(
    r"\s+(?:(?:(?:for|of)\s+(?:[\w’'-]+\s+){1,4})?(?:not\s+)?to|in|of|that\s+(?:[\w’'-]+\s+){1,4}?(?:would|should|could|might|may))"
    r"\s+(?:\w+ly\s+)?"
)
_PLURAL = re.compile(r"\w+[^su]s\b")  # 'from appeasement to guarantees': no verb
# What may stand before an act that is the subject: 'said that accepting it would be ...'.
_OPENS = re.compile(r"(?:^|\b(?:that|said|says|argued|warned|and|but|simply|then)\s|[,;:“\"'‘—–])\s*(?:[Tt]o\s+)?$")
_FIRST = re.compile(r"\s+first\s*(?:[,.;!”\"’']|$)")  # 'guarantees first, then signatures'
_APART = re.compile(r"\s*,[^,]*,\s*(?:to\s+)?$")
_SCARE = re.compile(r"[“\"][\w’'-]+(?:\s[\w’'-]+){0,2}$")  # a word or two in quotation marks
_WILLING = re.compile(r"(?:ready|willing|open|agreed)\s", re.IGNORECASE)  # of somebody, as a verb is
_SUBJECTS_OF_NONE = ("nobody", "no one", "none", "neither", "nothing", "nor", "no way", "nowhere")
# 'a limit', 'their demand': nouns, though a verb has the same form.
_NOUN = re.compile(r"\b(?:an?|the|this|that|any|no|its|their|his|her|our|your)\s+$", re.IGNORECASE)
_BEFORE_DATE = re.compile(r"(?:by|before|until|within)\b", re.IGNORECASE)
_ENDING = ("end", "stop", "halt", "finish", "limit", "cut", "fight")
_CANNOT = re.compile(r"\bcan(?:not|['’]t)$", re.IGNORECASE)
_JOINS = re.compile(r"\b(?:and|or)\b|,")
_PEOPLE = re.compile(r"(?:critics|opponents) of\b", re.IGNORECASE)
_NO = ("no", "neither", "without", "no question of", "lack of", "lacks", "lacking", "lacked", "nor")


def normalise(text: str) -> str:
    """Return a text of the same length in which "n't" and "'ll" are words of their own.

    >>> normalise("We can't, we'll wait")
    'We ca nt, we ll wait'
    """
    return _CONTRACTED.sub(lambda match: " " + ("nt" if match.group()[-1] == "t" else "ll"), text)


@cache
def _finder() -> PhraseFinder[tuple[str, int, str]]:
    table: dict[str, Any] = tomllib.loads((LEXICONS / "stance.toml").read_text(encoding="utf8"))
    phrases = []
    for kind, values in table.pop("asked").items():
        table["predicate"][kind] += [f"{modal} {phrase}" for modal in _ASKING for phrase in values]
    for group, kinds in table.items():
        for kind, values in kinds.items():
            sign = _SIGNS.get(kind, -1 if group == "negation" else 1)
            for phrase in values:
                plain = phrase.replace("n't", " nt").strip()
                verb = plain.split()[1] if plain.startswith("to ") else ""
                # What acts on an object is one group, so that 'not received' is not also 'received'.
                rivals = "act" if group in ("attitude", "provision", "open", "terms") else group
                phrases.append((plain, rivals, (group, sign, verb)))
    return PhraseFinder(phrases)


def find_markers(text: str) -> list[Marker]:
    """Return what governs in a text, sorted; a negation that belongs to a longer marker is left out.

    >>> [(m.group, m.sign) for m in find_markers("Kyiv refused to accept it; it is off the table.")]
    [('attitude', -1), ('attitude', 1), ('predicate', -1)]
    """
    found = [Marker(start, end, *payload) for start, end, payload in _finder().find(normalise(text))]
    found.sort(key=lambda m: (m.start, -m.end, m.group))
    kept = []
    reach = 0  # where the last marker that can hold a negation ends
    for marker in found:
        if text[marker.start - 1 : marker.start] == "-" and text[marker.start - 2 : marker.start - 1].isalpha():
            continue  # 'de-escalate', 'Kremlin-backed'
        if marker.verb == text[marker.start : marker.end].lower() and _is_noun(text, marker.start):
            continue
        if marker.group == "provision" and _BEEN.match(text, marker.end):
            continue  # 'it had been wrong'
        if marker.group == "negation":
            # 'not only ... but also' denies nothing
            if marker.end <= reach or _NOT_ONLY.match(text, marker.end):
                continue
        elif marker.group != "modal" and not text[marker.start : marker.end].endswith(" not to"):
            reach = max(reach, marker.end)  # 'urged them not to' denies all the same
        kept.append(marker)
    return kept


def _is_noun(text: str, start: int) -> bool:
    """Whether an article or the like stands before the word at `start`."""
    before = len(text[:start].rstrip())
    return _NOUN.search(text, max(0, before - 8), start) is not None


def split_clauses(text: str, start: int, end: int) -> list[Span]:
    """Return the clauses of a piece of text, without the white space and punctuation between them.

    >>> text = "It accepts talks, but it rejects the plan because it is weak."
    >>> [text[a:b] for a, b in split_clauses(text, 0, len(text))]
    ['It accepts talks', 'but it rejects the plan', 'because it is weak.']
    """
    clauses = []
    at = start
    for match in _BOUNDARY.finditer(text, start, end):
        if match.group().strip(" ,\n") == "and" and not _PRONOUN.match(text, match.end()):
            before = text[max(at, text.rfind(" that ", at, match.start())) : match.start()]
            if len(before.split()) < 4 or not _VERB.search(before):
                continue  # 'Kyiv and the capital will', 'Poland, Canada, and Japan were'
        if match.group()[0] in '"”' and _SCARE.search(text, at, match.start()):
            continue  # 'would "never" accept it'
        if text.startswith("but ", match.end()) and _NOT_A.search(text, at, match.start()):
            continue  # 'not a pause but a peace' has one verb for both
        if match.start() > at:
            clauses.append((at, match.start()))
        at = max(at, match.end())
    if at < end:
        clauses.append((at, end))
    return clauses


def condition(text: str, clause: Span) -> int:
    """Return 1 for an open condition ('if', 'whether'), 2 for one that is asked for ('only if', 'unless'), else 0."""
    start = clause[0]
    while start < clause[1] and text[start] in _QUOTES:
        start += 1
    if _ONLY_IF.match(text, start, clause[1]):
        return 2
    return 1 if _IF.match(text, start, clause[1]) else 0


def judge(text: str, markers: list[Marker], clause: Span, anchor: Anchor) -> Judgement | None:
    """Return what a clause does with an anchor in it; None where it merely names it.

    Parameters
    ----------
    text : str
    markers : list of Marker
        Those of the clause, sorted, from `find_markers`.
    clause : (start, end)
    anchor : Anchor
    """
    frame = idioms.find_frame(normalise(text[slice(*clause)]), anchor.start - clause[0])
    if frame is not None:
        start, end, turn = frame
        rest = (clause[0] + end, clause[1])
        framed = judge(text, [m for m in markers if m.start >= rest[0]], rest, anchor) if turn else None
        if framed is None:
            return None
        holds = framed.attitude and not framed.deontic  # its own subject does
        framed = framed if holds else framed._replace(head=clause[0] + start, deontic=False, attitude=True)
        return framed._replace(sign=framed.sign * turn)
    if anchor.verbal and _PASSIVE.search(text, clause[0], anchor.start):
        return None  # 'membership was not negotiated' is not about negotiating
    left = _judge_left(text, markers, clause, anchor)
    act = _judge_act(text, markers, clause, anchor, left)
    if act is not None:
        return act
    if left is not None and left.attitude:
        wished = any(m.start == left.head and m.verb in idioms.WISHES for m in markers) and not (
            anchor.verbal or anchor.side
        )
        if wished and left.sign > 0 and idioms.is_undone(text, anchor.end, clause[1]):
            return left._replace(sign=-1, strength=0.75)
        return left
    verdict = idioms.find_verdict(text, anchor.end, clause[1]) if left is None else 0
    if verdict:
        return Judgement((anchor.side or 1) * verdict, 0.75, anchor.start, False, -1, False)
    if left is None and _FIRST.match(text, anchor.end, clause[1]):
        return Judgement(anchor.side or 1, 0.7, anchor.start, True, -1, False)
    asked = idioms.find_mandate(text, clause, anchor.start) if anchor.verbal else None
    if asked:
        return Judgement((anchor.side or 1) * asked[1], 0.8, asked[0], False, -1, True)
    without = left is not None and left.strength == _WITHOUT
    right = _judge_right(text, markers, clause, anchor)
    if right is not None:
        # 'a peace without guarantees would be a capitulation'
        turned = without != idioms.is_denied(normalise(text[clause[0] : anchor.start]))
        return right._replace(sign=-right.sign) if turned else right
    if without:
        return None
    if left is None and not anchor.side and idioms.is_warned_of(text, clause, anchor.start, anchor.end):
        return Judgement(-1, 0.65, anchor.start, False, -1, False)
    if left is None and anchor.verbal and not anchor.side and idioms.is_command(text, clause, anchor.start):
        return Judgement(1, 0.65, anchor.start, False, -1, False)
    if left is None and anchor.side:
        held = anchor.verbal or _WILLING.match(text, anchor.start) is not None
        return Judgement(anchor.side, 0.7, anchor.start, False, -1, held)
    return left


def _judge_act(
    text: str, markers: list[Marker], clause: Span, anchor: Anchor, left: Judgement | None
) -> Judgement | None:
    """Judge an act that is itself what a predicate speaks of: 'a mistake to accept it', 'accepting it is wrong'."""
    if not (anchor.verbal or (left is not None and left.attitude)):
        return None
    head = left.head if left is not None else anchor.start
    sign, deontic = (left.sign, left.deontic) if left is not None else (anchor.side or 1, False)
    if not sign:
        return None
    for marker in markers:
        judges = marker.group == "predicate" and marker.sign and clause[0] <= marker.start and marker.end <= head
        if judges and _OF_ACT.fullmatch(text, marker.end, head) and not _PLURAL.match(text, head):
            return Judgement(sign * marker.sign, 0.75, marker.start, deontic, -1, False)
    word = re.match(r"\w+", text[head : anchor.end])
    bare = text[max(0, head - 3) : head].lower() == "to "
    if word and (word.group().endswith("ing") or bare) and _OPENS.search(text[clause[0] : head]):
        right = _judge_right(text, markers, clause, anchor._replace(side=0))
        if right is not None and right.sign and right.by < 0:
            return right._replace(sign=sign * right.sign, attitude=False)
    return None


def _tensed(text: str, marker: Marker) -> bool:
    """Whether a marker is a verb with a tense of its own, and so does not share what governs the verb before it."""
    word = re.split(r"\W", text[marker.start : marker.end], maxsplit=1)[0].lower()
    return bool(marker.verb) and word != marker.verb and not word.endswith("ing")


def _judge_left(text: str, markers: list[Marker], clause: Span, anchor: Anchor) -> Judgement | None:
    sign, head = anchor.side or 1, anchor.start
    reach = anchor.start  # how far left the chain goes; `head` is its last verb, before which its subject stands
    attitude = deontic = volition = possible = negated = opened = provided = without = nor = False
    bare = not anchor.side and not anchor.verbal
    dated = bare and _BEFORE_DATE.match(text, anchor.start) is not None
    denied = anchor.side < 0 and text[anchor.start : anchor.end].lower().startswith(("no ", "not ", "never "))
    siblings = -1  # verbs from here on are coordinated with the one that governs, and do not govern it
    inside = [m for m in markers if anchor.start < m.start < anchor.end and m.group in ("negation", "modal")]
    before = [m for m in markers if clause[0] <= m.start and m.end <= anchor.start]
    around = [
        m for m in markers if clause[0] <= m.start < anchor.start and anchor.end < m.end and m.group == "attitude"
    ]
    for marker in around if bare else ():  # 'urged the talks to go on' holds what it is about
        done = next((m.sign for m in markers if m.start == marker.end + 1 and m.group == "attitude"), 1)
        before.append(marker._replace(end=anchor.start, sign=marker.sign * done))
    for marker in reversed([*before, *(inside if not anchor.side else ())]):
        within = marker.start > anchor.start
        between = "" if within else text[marker.end : reach]
        gap = len(between.split())
        chained = attitude or provided or opened
        if chained and (_NEW_SUBJECT.search(between) or ("," in between and not _APART.match(between))):
            break
        if marker.group in ("attitude", "provision", "open"):
            if gap > (9 if chained else 14) or (not chained and idioms.is_detached(between)):
                continue
            if dated and marker.verb in _ENDING:
                continue  # what is ended by Thursday is not Thursday
            if marker.group == "open" and not chained and _PREPOSITION.search(between):
                continue  # 'read about the plan'
            if 0 <= siblings < marker.start:
                continue
            agent = _BY.match(text, marker.end)
            if agent and "," in between and _FRONTED.fullmatch(text, clause[0], marker.start):
                # 'Rejected by Kyiv, the plan'
                return Judgement(sign * marker.sign, 0.8, anchor.start, False, agent.end(), True)
            if (chained or without) and marker.group != "attitude":
                continue
            if marker.group == "provision":
                provided = True
            elif marker.group == "open":
                opened = True
            else:
                forbids = bare and not (chained or negated) and text[: marker.end].endswith(" not to")
                attitude, sign = True, sign * (-marker.sign if forbids else marker.sign)
            head = reach = marker.start
            if _COORDINATED.search(text, clause[0], marker.start):
                if _tensed(text, marker):
                    break
                shared = list(_AUXILIARY.finditer(text, clause[0], marker.start))
                siblings = shared[-1].end() if shared else clause[0]
        elif marker.group == "negation":
            word = text[marker.start : marker.end].lower()
            if gap > (9 if word in _SUBJECTS_OF_NONE or without else 5) or (word == "neither" and nor):
                continue
            if (negated or denied) and _JOINS.search(between):
                continue  # 'no alliance and no army' denies each once
            nor |= word == "nor"
            if without and not chained:  # 'nobody moves without a deadline'
                return Judgement(1, 0.7, marker.start, True, -1, True)
            if bare and not chained and not within and (word in _INSTEAD or (word == "not" and _A.fullmatch(between))):
                sign, reach = -sign, marker.start  # 'we want not a pause but a peace'
                continue
            if bare and not chained and not within:
                barred = dated and _CANNOT.search(text, clause[0], marker.end)
                if not barred and (word not in _NO or gap > 3):
                    continue
                without = word == "without"
            negated, sign, reach = True, -sign, min(reach, marker.start)
        elif marker.group == "modal" and gap <= 6:
            deontic |= marker.sign == 1
            volition |= marker.sign == 2
            possible |= marker.sign == 3
            reach = min(reach, marker.start)
    if possible and not (negated or deontic or opened) and sign > 0:
        return None
    if attitude and _PEOPLE.match(text, head):
        return None  # 'critics of the plan say': not the speaker's
    if opened:
        against = sign < 0 and (attitude or negated)
        return Judgement(-1 if against else 0, 0.7, head, deontic and against, -1, True)
    if without and not attitude and not provided:
        if sign > 0:  # 'no peace without guarantees'
            return Judgement(1, 0.75, head, True, -1, True)
        return Judgement(-1, _WITHOUT, head, deontic, -1, False)
    if attitude:
        return Judgement(sign, 0.85, head, deontic, -1, True)
    if provided:
        asked = deontic or (volition and not negated)
        return Judgement(sign, 0.75, head, deontic, -1, True) if asked else None
    if anchor.verbal and (deontic or volition or negated):
        return Judgement(sign, 0.8 if deontic or negated else 0.65, head, deontic, -1, True)
    if bare and any(m.group == "modal" and m.sign == 1 for m in inside):
        return Judgement(sign, 0.8, head, True, -1, True)  # 'its army must be limited'
    if negated:
        return Judgement(sign, 0.75 if bare else 0.6, head, deontic or bare, -1, True)
    return None


def _judge_right(text: str, markers: list[Marker], clause: Span, anchor: Anchor) -> Judgement | None:
    sign, deontic, modal = anchor.side or 1, False, False
    at = anchor.end
    contrast = _NOT_BUT.search(text, anchor.end, clause[1])
    for marker in markers:
        if marker.start < anchor.end or marker.end > clause[1]:
            continue
        if len(text[at : marker.start].split()) > (8 if marker.group in ("predicate", "negation", "modal") else 22):
            continue
        if contrast and contrast.start() <= marker.start < contrast.end():
            continue  # 'is not a compromise but a surrender'
        if marker.group == "negation":
            sign = -sign
        elif marker.group == "modal":
            deontic |= marker.sign == 1
            modal = True
        elif marker.group == "predicate":
            strength = 0.8 if marker.sign else 0.75
            return Judgement(sign * marker.sign, strength, anchor.start, deontic, -1, False)
        elif marker.group == "met":
            return Judgement(sign * marker.sign, 0.8, anchor.start, deontic, marker.end, True)
        elif marker.group == "attitude":
            agent = _BY.match(text, marker.end)
            if agent or _PASSIVE.search(text, anchor.end, marker.start):
                by = agent.end() if agent else marker.end
                return Judgement(sign * marker.sign, 0.85, anchor.start, deontic, by, True)
            if not deontic and _RELATIVE.search(text, anchor.end, marker.start):
                return Judgement(sign * marker.sign, 0.8, marker.start, False, -1, True)
            if modal or _tensed(text, marker):
                break  # another predicate begins
        at = max(at, marker.end)
    return None
