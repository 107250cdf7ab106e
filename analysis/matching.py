"""Matching: which found statement is which human-coded one, and whether two names are one speaker.

Statements are compared by the letters and digits of their content, so that quotation marks and punctuation at the
edges do not count, nor does a leading 'that', 'how', 'if' or 'whether'.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

from analysis.paths import LEXICONS

Content = frozenset[int]

LEAST_OVERLAP = 0.5  # Jaccard overlap of two contents from which they are one statement

_LEADING = re.compile(r"(?:that|how|if|whether)\s+", re.IGNORECASE)
_NAME_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_NO_NAME = frozenset(
    {"a", "an", "the", "of", "and", "for", "in", "on", "at", "said", "who", "his", "her", "their", "its"}
    | {"mr", "mrs", "ms", "dr", "sen", "rep", "gov", "sir", "lady", "president", "minister", "premier", "chief"}
    | {"judge", "justice", "prof", "professor"}
)
_IRREGULAR = {
    "said": "say",
    "admitted": "admit",
    "told": "tell",
    "wrote": "write",
    "written": "write",
    "spoke": "speak",
    "spoken": "speak",
}
_ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
    ("ing", ""),
    ("ing", "e"),
    ("ed", ""),
    ("ed", "e"),
    ("es", ""),
    ("es", "e"),
    ("s", ""),
)


def letters(text: str, spans: Sequence[Sequence[int]]) -> Content:
    """Return the offsets of the letters and digits inside spans.

    >>> sorted(letters('"No."', [(0, 5)]))
    [1, 2]
    """
    return frozenset(at for start, end in spans for at in range(start, min(end, len(text))) if text[at].isalnum())


def content_letters(text: str, spans: Sequence[Sequence[int]]) -> Content:
    """Return the letters of a statement's content, less a leading 'that', 'how', 'if' or 'whether'.

    >>> sorted(content_letters("that we go", [(0, 10)]))
    [5, 6, 8, 9]
    """
    ordered = sorted((span[0], span[1]) for span in spans)
    if ordered and (leading := _LEADING.match(text[slice(*ordered[0])])):
        ordered[0] = (ordered[0][0] + leading.end(), ordered[0][1])
    return letters(text, ordered)


def overlap(one: Content, other: Content) -> float:
    """Return the Jaccard overlap of two sets, in [0, 1]; 0 when one is empty."""
    return len(one & other) / len(one | other) if one and other else 0.0


def pair_up(
    gold: Sequence[Content], found: Sequence[Content], likeness: Callable[[Content, Content], float], least: float
) -> list[tuple[int, int]]:
    """Return one-to-one pairs (position in gold, position in found), the likest first, none below `least`."""
    pairs = ((likeness(g, f), i, j) for i, g in enumerate(gold) for j, f in enumerate(found))
    ranked = sorted((pair for pair in pairs if pair[0] >= least), key=lambda pair: (-pair[0], pair[1:]))
    taken_gold: set[int] = set()
    taken_found: set[int] = set()
    chosen = []
    for _, i, j in ranked:
        if i not in taken_gold and j not in taken_found:
            taken_gold.add(i)
            taken_found.add(j)
            chosen.append((i, j))
    return chosen


def same_name(found: str, gold: str) -> bool:
    """Whether two names can be one speaker: a surname stands for the full name, but first names must not differ.

    >>> same_name("Trump", "President Donald Trump"), same_name("Melania Trump", "Donald Trump")
    (True, False)
    """
    found_words, gold_words = _name_words(found), _name_words(gold)
    if not found_words or not gold_words:
        return False
    found_all, gold_all = [word.lower() for word in found_words], [word.lower() for word in gold_words]
    found_names = [word.lower() for word in found_words if word[0].isupper()]
    gold_names = [word.lower() for word in gold_words if word[0].isupper()] or gold_all
    if found_all == gold_all:
        return True
    if not found_names:  # 'two officials', 'an official'
        both = set(found_all) & set(gold_all)
        return len(both) / len(set(found_all) | set(gold_all)) >= 0.5
    if set(found_names) <= set(gold_all):
        surname = found_names[-1] == gold_names[-1]
        return surname or len(found_names) > 1 or len(gold_names) > 2 or found_names[0] in gold_names
    if set(gold_names) <= set(found_all):
        return True
    return gold_names[-1] in found_all and (len(gold_names) == 1 or gold_names[0] in found_all)


def is_speech(text: str, kind: str, cue: Sequence[Sequence[int]]) -> bool:
    """Whether an attribution is of speech: it quotes, or its cue has a verb of speech; else it is of thought.

    >>> is_speech("He said no.", "indirect", [(3, 7)]), is_speech("He hoped so.", "indirect", [(3, 8)])
    (True, False)
    """
    words = (word.lower() for start, end in cue for word in re.findall("[A-Za-z]+", text[start:end]))
    return kind != "indirect" or any(_base_form(word) in _speech_verbs() for word in words)


def _name_words(name: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    words = _NAME_WORD.findall(re.sub(r"['’]s\b", "", plain))
    return [word for word in words if word.lower() not in _NO_NAME]


def _base_form(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    stems = (word.removesuffix(ending) + instead for ending, instead in _ENDINGS if word.endswith(ending))
    return next((stem for stem in stems if stem in _speech_verbs()), word)


@cache
def _speech_verbs() -> frozenset[str]:
    lines = (LEXICONS / "gold_speech.txt").read_text(encoding="utf8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
