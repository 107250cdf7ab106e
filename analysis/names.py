"""Names and offices of the codebook in a text, before anything is followed back: the first half of `mentions`."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from operator import attrgetter

from analysis.codebook import Actor, Codebook, Role
from analysis.paths import LEXICONS
from analysis.phrases import PhraseFinder
from analysis.text import touches


@dataclass(frozen=True, order=True, slots=True)
class Mention:
    """A span that refers to an actor; `kind` is name, role or pronoun, `confidence` in (0, 1]."""

    start: int
    end: int
    actor_id: str
    kind: str
    possessive: bool
    confidence: float


@dataclass(frozen=True)
class _Sense:
    """What a phrase of the codebook may mean: a name of an actor, an office of several, or nothing (actor None)."""

    actor: Actor | None = None
    offices: tuple[tuple[Actor, Role], ...] = ()
    surname: bool = False
    capital: bool = False


POSSESSIVE = re.compile(r"['’]s\b(?!\s+(?:been|not|going|a|an|the|right|wrong|trying|got)\b)|(?<=s)['’](?=\s+[a-z])")
NEXT_WORD = re.compile(r"[ \u00a0]([A-Za-z][\w-]*)")
_COORDINATED = re.compile(r"(?<=[A-Z]) (?:and|or) [A-Z]{2,} ([a-z]+)")  # 'EU and NATO membership'
_INDEFINITE = re.compile(r"(?:^|\W)[Aa]n? $")
# What begins the object of a verb: 'Russia demands that', 'Kyiv plans to'.
_OBJECT = re.compile(
    r" (?:the|an?|to|that|this|these|its?|his|her|their|any|no|all|both|what|how|it|them|him|[A-Z]\w+)\b"
)
_CAPITAL_NEXT = re.compile(r"\s+([A-Z][\w’'-]+)")
_APPOSED = re.compile(r",\s+(?:[A-Z][\w’'-]+\s+){1,3}[A-Z][\w’'-]+,")
_NAME_BEFORE = re.compile(r"(?:^|[.,;:]\s+|[a-z]\s+)((?:[A-Z][\w’'-]+\s+){1,2}[A-Z][\w’'-]+),\s+(?:the\s+)?$")
WORD_BEFORE = re.compile(r"([\w’'.-]+)[ \u00a0]+$")
_JUNIOR = re.compile(r",?\s+(?:Jr|Sr|Junior|Senior|II|III)\b")
_PREFIX = re.compile(r"(?:^|\W)(?:pro|anti|non|ex|post|mid|un|pre)[-‐‑]$", re.IGNORECASE)
_DATELINE = re.compile(r"^[A-Z][A-Z][^\n(]{0,60}\([^)\n]{2,40}\)\s*[-–—]", re.MULTILINE)


@cache
def words(key: str) -> frozenset[str]:
    """Return a list of ``data/lexicons/mentions.toml``."""
    return frozenset(tomllib.loads((LEXICONS / "mentions.toml").read_text(encoding="utf8"))[key].split())


@cache
def _finder(codebook: Codebook) -> PhraseFinder[_Sense]:
    senses: dict[str, _Sense] = {}
    offices: dict[str, list[tuple[Actor, Role]]] = {}
    for actor in codebook.actors:
        for phrase in _names(actor):
            single = actor.kind == "person" and (" " not in phrase or phrase[0].islower())
            senses[phrase] = _Sense(actor, surname=single, capital=phrase in actor.capitals)
        for phrase in actor.never:
            senses.setdefault(phrase, _Sense())
        for role in actor.roles:
            offices.setdefault(role.title, []).append((actor, role))
    for title, holders in offices.items():
        senses.setdefault(title, _Sense(offices=tuple(holders)))
    return PhraseFinder((phrase, "actor", sense) for phrase, sense in senses.items())


def _names(actor: Actor) -> list[str]:
    """All names of an actor; of a person also each first name with each surname."""
    names = list(dict.fromkeys((actor.name, *actor.aliases)))
    if actor.kind == "body":
        return names
    surnames = [name for name in names if any(other.endswith(" " + name) for other in names)]
    surnames += [name for name in names if " " not in name and name not in surnames]
    firsts = {name[: -len(last) - 1] for name in names for last in surnames if name.endswith(" " + last)}
    return list(dict.fromkeys([*names, *(f"{first} {last}" for first in sorted(firsts) for last in surnames)]))


def mentions_in(mentions: Sequence[Mention], start: int, end: int) -> Sequence[Mention]:
    """Return those of some sorted mentions that begin in a stretch of the text."""
    first, last = (bisect_left(mentions, at, key=attrgetter("start")) for at in (start, end))
    return mentions[first:last]


def find_names(text: str, codebook: Codebook, published: date | None) -> list[Mention]:
    """Return the mentions by name or by a full role, sorted."""
    matches = _finder(codebook).find(text)
    datelines = [m.span() for m in _DATELINE.finditer(text)]
    found: list[Mention] = []
    for i, (start, end, sense) in enumerate(matches):
        if touches(datelines, start, start + 1) or _PREFIX.search(text, max(0, start - 6), start):
            continue
        after = matches[i + 1][0] if i + 1 < len(matches) else len(text)
        if sense.offices:
            holder = next((actor for actor, role in sense.offices if role.holds(published)), None)
            if holder and not _held_by_another(text, start, end, after, matches[i + 1 : i + 2], holder):
                owns = bool(POSSESSIVE.match(text, end))
                found.append(Mention(start, end, holder.actor_id, "role", owns, 0.9 if published else 0.6))
        elif sense.actor and not (sense.capital and _is_place(text, start, end)):
            if sense.actor.kind == "person" and (
                _JUNIOR.match(text, end) or (sense.surname and _other_first(text, start))
            ):
                continue
            if text[end : end + 5] in ("-like", "-styl", "-type") and text[end : end + 6] != "-stylu":
                continue
            confidence = 0.95 if sense.surname or sense.actor.kind == "body" else 1.0
            found.append(Mention(start, end, sense.actor.actor_id, "name", _qualifies(text, start, end), confidence))
    return found


def _held_by_another(
    text: str, start: int, end: int, after: int, following: list[tuple[int, int, _Sense]], holder: Actor
) -> bool:
    """Whether a role is only the title of a name beside it, or the office of somebody else."""
    before = WORD_BEFORE.search(text, max(0, start - 30), start)
    if before and before.group(1).lower().rstrip("-") in words("not_the_holder") - {"a", "an", "his", "her", "their"}:
        return True
    if text[max(0, start - 3) : start].lower() == "ex-" or text[max(0, start - 5) : start].lower() == "then-":
        return True
    title = _CAPITAL_NEXT.match(text, end)
    if title and title.group(1).lower() not in words("before_surname"):
        return True
    if (apposed := _APPOSED.match(text, end)) and not (
        following and after < apposed.end() and following[0][2].actor == holder
    ):
        return True
    named = _NAME_BEFORE.search(text, max(0, start - 60), start)
    return bool(named) and not any(name in named.group(1) for name in (holder.name, *holder.aliases))  # type: ignore[union-attr]


def _other_first(text: str, start: int) -> bool:
    """Whether a surname follows another first name: 'Melania Trump'."""
    before = WORD_BEFORE.search(text, max(0, start - 40), start)
    if not before:
        return False
    word = before.group(1)
    if not word[0].isupper() or word.endswith(("'s", "’s", "'", "’")) or (word.isupper() and len(word) > 2):
        return False
    lower = word.lower().rstrip(".")
    if word.endswith(".") and len(word) > 2 and lower not in words("before_surname"):
        return False  # the end of a sentence
    if lower in words("before_surname") or lower in words("sentence_starters") or lower.endswith("ly"):
        return False
    return not _is_headline(text, text.rfind("\n", 0, start) + 1)


@lru_cache(maxsize=1)  # for the names of a line, one after the other: a text without line breaks is one line
def _is_headline(text: str, start: int) -> bool:
    """Whether nearly all longer words of the line at `start` have a capital: there a capital tells nothing."""
    end = text.find("\n", start)
    line = text[start:end] if end >= 0 else text[start:]
    words = [word for word in line.split() if len(word) > 3 and word[0].isalpha()]
    return len(words) > 2 and sum(word[0].isupper() for word in words) > 0.9 * len(words)


def _is_place(text: str, start: int, end: int) -> bool:
    line = text[max(0, start - 40) : start].lower().split()
    if line and (line[-1] in words("place_before")):
        return True
    if len(line) > 1 and (
        (line[-1] == "of" and line[-2] in words("place_of")) or (line[-1] == "to" and line[-2] in words("move_to"))
    ):
        return True
    return text[start:end].isupper() and end - start > 2 and (start == 0 or text[start - 1] in "\n/")


def _qualifies(text: str, start: int, end: int) -> bool:
    """Whether a name only owns or qualifies what follows."""
    if POSSESSIVE.match(text, end):
        return True
    if text[end : end + 1] in "-‐‑" and text[end + 1 : end + 2].isalnum():
        return True
    if start > 1 and text[start - 1] in "-‐‑" and text[start - 2].isalnum():
        return True
    if _INDEFINITE.search(text, max(0, start - 4), start):
        return True  # 'a Moscow political scientist'
    following = _COORDINATED.match(text, end) or NEXT_WORD.match(text, end)
    if not following or following.group(1).lower() not in words("heads"):
        return False
    return following.group(1) not in words("also_verbs") or not _OBJECT.match(text, following.end())
