"""The small language of phrases that codebooks and lexicons are written in, and a fast search for many of them at once.

- lower case matches any case; a word with a capital matches only itself or all capitals ('US' is never 'us')
- capitals of two to four letters match with full stops as well (U.S.), and of four as a name (Nato)
- ``to join`` at the beginning matches every form of the verb: join, joins, joined, joining, with or without 'to'
- ``...`` stands for up to four words; ``word*`` for any ending
- white space matches any white space, a hyphen, and quotation marks beside it ('Ukrainian "leadership"')
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Generic, NamedTuple, TypeVar

from analysis.paths import LEXICONS

Payload = TypeVar("Payload")

_GAP = r"(?:\s+[^\s.,;:!?—–()]+){0,4}?"
_STRETCH = re.compile(r"[^.,;:!?—–()]*")  # a gap crosses none of these
_SPACE = r"""(?:["'“”‘’«»]?\s+["'“”‘’«»]?|[-‐‑])"""
_FIRST = re.compile(r"\w+")
_PLAIN = re.compile(r"[\w'*]+")
_ACRONYM = re.compile(r"[A-Z]{2,4}")
_BE = ("be", "am", "is", "are", "was", "were", "been", "being")
_DOUBLED = ("begin", "forget", "forbid", "quit")


def phrase_error(phrase: str) -> str:
    """Return what is wrong with a phrase and how to mend it; '' when nothing is.

    >>> phrase_error("to cede ... territor*"), phrase_error("... territory")
    ('', "it may not begin or end with '...'")
    """
    words = phrase.split()
    if not words or not any(character.isalnum() for character in phrase):
        return "a phrase needs at least one word"
    if "..." in (words[0], words[-1]):
        return "it may not begin or end with '...'"
    for word in words:
        if word != "..." and ("*" in word[:-1] or word == "*"):
            return f"'*' may only end a word (it stands for any ending), not {word!r}"
    if not (words[0][0].isalnum() or words[0][0] == "_"):
        return f"it must begin with a letter or digit, not {words[0][0]!r}"
    if words == ["to"]:
        return "'to' must be followed by a verb"
    return ""


@cache
def verb_forms(verb: str) -> tuple[str, ...]:
    """Return a verb with its third person, past, participle and -ing form, each once.

    >>> verb_forms("join"), verb_forms("cut"), verb_forms("deny")
    (('join', 'joins', 'joined', 'joining'), ('cut', 'cuts', 'cutting'), ('deny', 'denies', 'denied', 'denying'))
    """
    if verb == "be":
        return _BE
    y = verb.endswith("y") and verb[-2:-1] not in "aeiou"
    hiss = verb.endswith(("s", "sh", "ch", "x", "z", "o"))
    third = "has" if verb == "have" else verb[:-1] + "ies" if y else verb + ("es" if hiss else "s")
    past = verb + "d" if verb.endswith("e") else verb[:-1] + "ied" if y else verb + "ed"
    past, participle = _irregular().get(verb, (past, past))
    doubled = (
        past.startswith(verb + verb[-1])
        or verb in _DOUBLED
        or (verb in _irregular() and re.fullmatch(r"[^aeiou]+[aeiou][bdgmnpt]", verb) is not None)
    )
    ing = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb + verb[-1] if doubled else verb
    return tuple(dict.fromkeys((verb, third, past, participle, ing + "ing")))


@cache
def _irregular() -> dict[str, tuple[str, str]]:
    table = tomllib.loads((LEXICONS / "irregular_verbs.toml").read_text(encoding="utf8"))
    return {verb: (past, participle) for verb, (past, participle) in table.items()}


def _verb_of(words: list[str]) -> str | None:
    return words[1] if len(words) > 1 and words[0] == "to" and words[1].islower() else None


def _word_pattern(word: str) -> str:
    if _ACRONYM.fullmatch(word):
        dotted = "".join(rf"{letter}\." for letter in word[:-1]) + rf"{word[-1]}\.?"
        said = f"|{word.capitalize()}" if len(word) > 3 else ""
        return f"(?-i:{word}|{dotted}{said})"
    stem = word.removesuffix("*")
    pattern = re.escape(stem).replace("'", "['’]").replace(r"\-", "[-‐‑–]")
    if any(character.isupper() for character in stem):
        pattern = f"(?-i:{pattern}|{pattern.upper()})" if stem.isalpha() else f"(?-i:{pattern})"
    return pattern + (r"\w*(?:['’]s)?" if word.endswith("*") else "")


def phrase_pattern(phrase: str) -> str:
    """Return the regular expression of a phrase, to be used with ``re.IGNORECASE`` at the beginning of a word.

    >>> bool(re.match(phrase_pattern("to cede ... territor*"), "ceding some of its territories", re.IGNORECASE))
    True
    """
    words = phrase.split()
    verb = _verb_of(words)
    pattern = ""
    if verb:
        pattern = "(?:" + "|".join(sorted(verb_forms(verb), key=len, reverse=True)) + ")"
        words = words[2:]
    for word in words:
        if word == "...":
            pattern += _GAP
        else:
            pattern += (_SPACE if pattern else "") + _word_pattern(word)
    return pattern + r"(?!\w)"


class _Patterns(NamedTuple, Generic[Payload]):
    """The phrases of a group that can begin with some words: a pattern with a bracket, and a payload, for each.

    One of the words `needed` must come before the next punctuation ('' always does).
    """

    group: str
    needed: tuple[str, ...]
    pattern: re.Pattern[str]
    payloads: list[Payload]


class PhraseFinder(Generic[Payload]):
    """Finds many phrases in one pass over the words of a text.

    Parameters
    ----------
    phrases : iterable of (phrase, group, payload)
        Of two matches of one group that overlap, the earlier one counts, of two that begin together the longer.
        Groups do not disturb each other.
    """

    def __init__(self, phrases: Iterable[tuple[str, str, Payload]]) -> None:
        self._phrases: dict[str, dict[str, list[tuple[str, Payload]]]] = {}
        for phrase, group, payload in phrases:
            for key in _keys(phrase):
                self._phrases.setdefault(key, {}).setdefault(group, []).append((phrase, payload))
        heads = {key.partition(" ")[0] for key in self._phrases}
        self._stems = frozenset(head[:-1] for head in heads if head.endswith("*"))
        self._heads = frozenset(heads)
        # Compiled when the words that can begin them first turn up: most of a large codebook never does.
        self._patterns: dict[str, list[_Patterns[Payload]]] = {}

    def find(self, text: str) -> list[tuple[int, int, Payload]]:
        """Return (start, end, payload) of every match, in order."""
        found: list[tuple[int, int, Payload]] = []
        taken: dict[str, int] = {}
        known, heads, stems = self._phrases, self._heads, self._stems
        starts, words = _words(text)
        for start, word, following in zip(starts, words, [*words, ""][1:], strict=True):
            if word not in heads and word[:3] not in stems:  # most words
                continue
            keys = (word, f"{word} {following}", word[:3] + "*")
            best: dict[str, tuple[int, Payload]] = {}
            for key in keys:
                if key not in known:
                    continue
                for group, needed, pattern, payloads in self._patterns.get(key) or self._compile(key):
                    if taken.get(group, 0) > start or not _within(text, start, needed):
                        continue
                    match = pattern.match(text, start)
                    if match is not None and match.lastindex is not None:
                        ends = [match.end(i) for i in range(1, len(payloads) + 1)]
                        end = max(ends)
                        if group not in best or end > best[group][0]:
                            best[group] = (end, payloads[ends.index(end)])
            for group, (end, payload) in best.items():
                taken[group] = end
                found.append((start, end, payload))
        return found

    def _compile(self, key: str) -> list[_Patterns[Payload]]:
        compiled = self._patterns[key] = []
        for group, found in self._phrases[key].items():
            needed = tuple(dict.fromkeys(_needed(phrase) for phrase, _ in found))
            # A look-ahead for each phrase, so that the longest match can be told.
            pattern = "".join(f"(?=({phrase_pattern(phrase)}))?" for phrase, _ in found)
            payloads = [payload for _, payload in found]
            compiled.append(_Patterns(group, needed, re.compile(pattern, re.IGNORECASE), payloads))
        return compiled


def _needed(phrase: str) -> str:
    """Return a word, in lower case, that no match lacks before the next punctuation.

    That behind a gap, or one of any ending; '' where there is none, or the words may hold such punctuation themselves.
    """
    before, gap, after = phrase.removeprefix("to ").partition(" ... ")
    words = [*before.split(), *after.split()[:1]] if gap else before.split()[:2]
    if not (gap or words[-1].endswith("*")) or any(_ACRONYM.fullmatch(w) or not _PLAIN.fullmatch(w) for w in words):
        return ""
    runs = _FIRST.findall(words[-1].lower())
    return runs[0] if runs else ""


def _within(text: str, start: int, words: tuple[str, ...]) -> bool:
    """Whether one of some words comes before the next punctuation: told faster than by a pattern, and seldom so."""
    if "" in words:
        return True
    stretch = _STRETCH.match(text, start)
    ahead = stretch.group().lower() if stretch else ""
    return any(word in ahead for word in words)


@lru_cache(maxsize=8)  # markers and issues are looked for in the same text
def _words(text: str) -> tuple[list[int], list[str]]:
    """Return where each word of a text begins, and the word in lower case."""
    found = list(_FIRST.finditer(text))
    return [word.start() for word in found], [word.group().lower() for word in found]


def _keys(phrase: str) -> list[str]:
    """Return what a match can begin with, in lower case: one word, two words, or three letters and '*'."""
    words = phrase.split()
    verb = _verb_of(words)
    if verb:
        return [_with_next(form, words[2:]) for form in verb_forms(verb)]
    runs = _FIRST.findall(words[0].lower())
    if words[0].endswith("*") and len(runs) == 1:
        return [runs[0][:3] + "*"]
    if len(runs) > 1:
        return [f"{runs[0]} {runs[1]}" if len(runs) > 2 or not words[0].endswith("*") else runs[0]]
    keys = [_with_next(runs[0], words[1:])]
    return [*keys, " ".join(runs[0][:2])] if _ACRONYM.fullmatch(words[0]) else keys


def _with_next(word: str, following: list[str]) -> str:
    """Return the word with the one after it, where a phrase fixes that."""
    runs = _FIRST.findall(following[0].lower()) if following else []
    if not runs or (len(runs) == 1 and following[0].endswith("*")) or _ACRONYM.fullmatch(following[0]):
        return word
    return f"{word} {runs[0]}"
