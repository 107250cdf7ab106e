"""Voices: whose words each part of an article is, cut into scopes that the rules of stance read one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from analysis.agents import find_sides
from analysis.clauses import Marker
from analysis.codebook import Codebook
from analysis.names import Mention
from analysis.text import Span

if TYPE_CHECKING:
    from analysis.statements import Statement

_OFFICE = (
    r"(?:prime|foreign|defen[cs]e|minister|president|chancellor|premier|chief|negotiator|envoy|spokesman|adviser|aide)"
)
_TOGETHER = re.compile(
    rf"(?:[\s,]|and|nor|neither|both|the|its|his|her|their|{_OFFICE}\b|as well as|(?:together|along) with|alongside)*",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"\b(?:full text|full transcript|transcript|text) of (?:the |his |her |an? )?(?:[\w’'-]+ ){0,3}?"
    r"(?:speech|address|remarks|statement)\b"
    r"|\b(?:speech|address|remarks|statement) in full\b",
    re.IGNORECASE,
)
_OPENING = 600  # characters in which an article says that it is a speech
_FIRST_PERSON = re.compile(r"\b(?:we|our|I|my)\b", re.IGNORECASE)
_FIRST_PERSONS = 4  # of them in a thousand characters of a speech, at least
_SIDES = re.compile(r"(?:both sides|the (?:two )?sides|both countries)", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()\n]{1,80}\)|\S*//\S+")  # brackets and addresses of pages


class Reading(NamedTuple):
    """An article as the rules see it.

    `owner` is for each character the statement it belongs to (-1: the article's own words); `starts` are those of the
    markers; `anchors` are phrases of issues; `authors` whose document a
    sentence speaks of; `speakers` who makes each statement.
    """

    text: str
    codebook: Codebook
    mentions: Sequence[Mention]
    markers: list[Marker]
    starts: list[int]
    anchors: list[tuple[int, int, tuple[str, bool, int]]]
    owner: list[int]
    authors: dict[int, tuple[str, ...]]
    speakers: Sequence[tuple[str, ...]]


class Scope(NamedTuple):
    """The words of one voice in one sentence: from the cue, where it comes first, to the end of the content.

    `opening` is where the sentence begins, `content` where the content does.
    """

    voice: int
    speakers: tuple[str, ...]
    start: int
    content: int
    end: int
    sentence: int
    opening: int
    question: bool


class Found(NamedTuple):
    """A stance in one clause, before those of a statement are merged; `sign` is +1, -1 or 0."""

    voice: int
    actor_id: str
    kind: str
    target: str
    sign: int
    strength: float
    clause: Span
    sentence: int


def find_speakers(
    text: str, statement: Statement, speaker: str | None, mentions: Sequence[Mention], codebook: Codebook
) -> tuple[str, ...]:
    """Return the actor who speaks; the actors where several speak together ('Kyiv and Washington', 'both sides')."""
    if statement.speaker is None:
        return (speaker,) if speaker else ()
    start, end = statement.speaker
    if speaker is None and _SIDES.fullmatch(text, start, end):
        return find_sides(mentions, codebook, start)
    if text[start:end].lower() == "they":  # led back to a list: 'The United States and Ukraine'
        named = text.rfind(statement.speaker_name, 0, start) if " and " in statement.speaker_name else -1
        start, end = (named, named + len(statement.speaker_name)) if named >= 0 else (start, end)
    together = [m for m in mentions if start <= m.start and m.end <= end and not m.possessive]
    rest = text[start:end]
    for mention in together:
        rest = rest.replace(text[mention.start : mention.end], "", 1)
    joined = len(together) > 1 and _TOGETHER.fullmatch(rest)
    if joined:
        return tuple(dict.fromkeys(m.actor_id for m in together))
    return (speaker,) if speaker else ()


def find_speech(text: str, mentions: Sequence[Mention], codebook: Codebook) -> tuple[Span, str] | None:
    """Return a speech printed without quotation marks, and who gives it; None where the article is no such thing.

    The opening says so and names who; what follows speaks in the first person throughout.
    """
    opening = _SPEECH.search(text, 0, _OPENING)
    if opening is None:
        return None
    start = text.find("\n", opening.end()) + 1 or opening.end()
    named = [m for m in mentions if m.start < start and codebook.actor(m.actor_id).kind == "person"]
    often = sum(1 for _ in _FIRST_PERSON.finditer(text, start)) * 1000 >= _FIRST_PERSONS * (len(text) - start)
    return ((start, len(text)), named[0].actor_id) if named and often else None


def without_asides(text: str, statements: Sequence[Statement]) -> str:
    """Return the text with spaces for brackets, and for a cue that splits a statement.

    '"The plan," he said, "is dead"' is one clause then; a semicolon still ends one.
    """
    text = _ASIDE.sub(lambda match: " " * len(match.group()), text)
    for statement in statements:
        for (_, end), (start, _) in zip(statement.spans, statement.spans[1:], strict=False):
            if 0 < start - end < 120 and not re.search(r"[.!?\n]", text[end:start].strip(" \"'”’“‘,")):
                text = text[:end] + re.sub("[^;]", " ", text[end:start]) + text[start:]
    return text


def _cue_before(text: str, statement: Statement) -> Span | None:
    """Return the cue where it governs its content like any predicate: 'rejected [the plan]', 'denied that [...]'."""
    cue, start = statement.cue, statement.spans[0][0]
    if cue is None or statement.kind == "direct" or cue[0] >= start:
        return None
    between = text[cue[1] : start]
    return (cue[0], min(cue[1], start)) if len(between.split()) <= 8 and "\n" not in between else None


def find_owners(
    text: str, statements: Sequence[Statement], voices: Sequence[tuple[str, ...]], markers: Sequence[Marker]
) -> list[int]:
    """Return for each character the innermost statement whose content (or governing cue) it is part of, -1 for none."""
    sizes = [sum(b - a for a, b in s.spans) for s in statements]
    owner = [-1] * len(text)
    for i in sorted(range(len(statements)), key=lambda i: (-sizes[i], i)):
        if _is_act(statements[i], voices[i], markers):
            continue
        cue = _cue_before(text, statements[i])
        for a, b in (*([cue] if cue else []), *statements[i].spans):
            owner[a:b] = [i] * (b - a)
    return owner


def _is_act(statement: Statement, speakers: tuple[str, ...], markers: Sequence[Marker]) -> bool:
    """Whether a statement is rather an act in the article's words: 'the proposal was criticized by Kyiv'."""
    if statement.kind != "indirect":
        return False
    if statement.speaker is None or statement.cue is None:
        return statement.speaker is None
    start, end = statement.cue
    if speakers and end <= statement.spans[0][0]:
        return False
    return any(start <= m.start and m.end <= end and m.group in ("attitude", "towards") for m in markers)


def find_scopes(
    reading: Reading, sentence: Span, number: int, statements: Sequence[Statement], voices: Sequence[tuple[str, ...]]
) -> Iterator[Scope]:
    """Yield the voices of a sentence: the article's, then each statement of an actor in it."""
    start, end = sentence
    inside = set(reading.owner[start:end])
    if -1 in inside:
        yield Scope(-1, (), start, start, end, number, start, _asks(reading.text, start, end))
    for i in sorted(inside - {-1}):
        if voices[i]:
            spans = [(max(a, start), min(b, end)) for a, b in statements[i].spans if a < end and start < b]
            if spans:
                cue = _cue_before(reading.text, statements[i])
                first = cue[0] if cue and cue[0] >= start else spans[0][0]
                last = spans[-1][1]
                asks = _asks(reading.text, first, last)
                yield Scope(i, voices[i], first, spans[0][0], last, number, start, asks)


def _asks(text: str, start: int, end: int) -> bool:
    return text[start:end].rstrip(" \"'”’),").endswith("?")
