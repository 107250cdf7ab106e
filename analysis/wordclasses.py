"""Words of a text with their classes, one letter each, so that patterns over a sentence are patterns over a string.

The classes come from closed lists, from the reporting verbs of ``data/lexicons/speech_verbs.toml`` and, for every
other word, from the most frequent part of speech in Brill's lexicon, which travels with TextBlob.

References
----------
Brill, E. (1992). A simple rule-based part of speech tagger. Proceedings of ANLP, 112-116.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from analysis.paths import LEXICONS
from analysis.quotations import Quotation

# d determiner, p subject pronoun, o object pronoun, a adjective or number, n noun, N name, s possessive mark, v finite
# verb, e past participle or past tense, b base verb, g -ing form, m modal, x form of be, have or do, f negation,
# i preposition, O of, t to, T that, w who and the like, k if or whether, c and or or, u subordinator, r adverb, y time,
# Q quotation that ends a clause, q any other; punctuation stands for itself. Reporting verbs: S finite, Z base, G -ing.
_TAGS = {
    "NN": "n", "NNS": "n", "NNP": "N", "NNPS": "N", "JJ": "a", "JJR": "a", "JJS": "a", "CD": "a", "VB": "b", "VBP": "v",
    "VBZ": "v", "VBD": "v", "VBN": "e", "VBG": "g", "RB": "r", "RBR": "r", "RBS": "r", "IN": "i", "MD": "m", "PRP": "o",
    "DT": "d", "PRP$": "d", "PDT": "d", "UH": "r", "RP": "i", "WP": "w", "WRB": "w", "WDT": "w", "CC": "c", "EX": "p",
}  # fmt: skip
_WORD = re.compile(
    r"(?:[A-Za-z]\.){2,}"
    r"|(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|Rev|Hon|Prof|Jr|Sr|St|Jan|Feb|Aug|Sept|Oct|Nov|Dec|No)\.(?=\s)"
    r"|[A-Z]\.(?=\s[A-Z])"
    r"|\w+(?=n['’]t\b)|n['’]t\b"
    r"|['’](?:s|S|re|ve|ll|d|m)\b"
    r"|[$£€]?\d[\d.,:]*\d%?(?![\w-])|[@#]?\w+(?:[-./@&]\w+)*%?(?:['’](?!(?:s|S|re|ve|ll|d|m|t)\b)\w+)*"
    r"|\.\.\.|--|''|``|\S"
)
_CLAUSE_END = re.compile(r"[.,!?;:…—–-][\"“”„‟«»″'‘’‚)\]]*$")
_STOPS = frozenset(".!?…")
_DASHES = frozenset({"--", "—", "–", "-", "―"})


class Words(NamedTuple):
    """The words of a text: offsets, lower-case forms and one class letter each; a quotation is one word of class Q."""

    starts: list[int]
    ends: list[int]
    lower: list[str]
    classes: str


@cache
def _closed() -> dict[str, str]:
    table = tomllib.loads((LEXICONS / "word_classes.toml").read_text(encoding="utf8"))["closed"]
    return {word: letter for letter, words in table.items() for word in words.split()}


@cache
def speech_verbs() -> dict[str, frozenset[str]]:
    """Return the reporting verbs: each form with what it takes (say, tell, ask, object) and is (finite, base, ing)."""
    table = tomllib.loads((LEXICONS / "speech_verbs.toml").read_text(encoding="utf8"))
    forms: dict[str, set[str]] = {}
    for sort in ("say", "tell", "ask", "object", "quote"):
        for verb in table[sort].split():
            for form, marks in _forms(verb, table["irregular"]):
                forms.setdefault(form, set()).update({sort, *marks.split()})
    for verb in table["with"]:
        for form, marks in _forms(verb, table["irregular"]):
            forms.setdefault(form, {"about"}).update(marks.split())
    for form in table["nouns"].split():
        if form in forms:
            forms[form].add("noun")
    return {form: frozenset(marks) for form, marks in forms.items()}


@cache
def prepositions() -> dict[str, frozenset[str]]:
    """Return, for each form of a verb that takes its content behind a preposition, those prepositions."""
    table = tomllib.loads((LEXICONS / "speech_verbs.toml").read_text(encoding="utf8"))
    return {
        form: frozenset(words.split())
        for verb, words in table["with"].items()
        for form, _ in _forms(verb, table["irregular"])
    }


def _forms(verb: str, irregular: dict[str, list[str]]) -> list[tuple[str, str]]:
    third, past, participle, ing = irregular.get(verb) or _inflect(verb)
    return [(verb, "base"), (third, "finite"), (past, "finite past"), (participle, "participle"), (ing, "ing")]


def classify_words(text: str, quotations: list[Quotation]) -> Words:
    """Return the words of a text with their classes.

    >>> classify_words("Mr. Trump said that he left.", []).classes
    'NNSTpe.'
    """
    starts: list[int] = []
    ends: list[int] = []
    quoted: set[int] = set()
    at = 0
    for quotation in quotations:
        for m in _WORD.finditer(text, at, quotation.start):
            starts.append(m.start())
            ends.append(m.end())
        quoted.add(len(starts))
        starts.append(quotation.start)
        ends.append(quotation.end)
        at = quotation.end
    for m in _WORD.finditer(text, at):
        starts.append(m.start())
        ends.append(m.end())
    lower = ["" if i in quoted else text[a:b].lower() for i, (a, b) in enumerate(zip(starts, ends, strict=True))]
    return Words(starts, ends, lower, "".join(_classes(text, starts, ends, lower, quoted)))


def _classes(text: str, starts: list[int], ends: list[int], lower: list[str], quoted: set[int]) -> list[str]:
    lexicon, speech, closed = _lexicon(), speech_verbs(), _closed()
    classes: list[str] = []
    before = "."
    for i, word in enumerate(lower):
        first = word[:1]
        if i and text.find("\n", ends[i - 1], starts[i]) >= 0:
            before = "."
        if i in quoted:
            ends_clause = text.startswith(",", ends[i]) or _CLAUSE_END.search(
                text[max(starts[i], ends[i] - 6) : ends[i]]
            )
            letter = "Q" if ends_clause else "q"
        elif not (first.isalnum() or first in "'’@#$£€") or word in ("'", "’", "''"):
            letter = "." if word in _STOPS or word == "..." else "-" if word in _DASHES else word[0]
            letter = letter if letter in ".-,;:()[]&" else "*"
            letter = "c" if letter == "&" else letter
        elif first in "'’" and word[1:] == "s":
            letter = "s" if before in "nNyaqQ*" else "x"
        elif word in closed and not (word == "may" and text[starts[i]] == "M" and before != "."):
            acronym = (
                len(word) == 2 and word != "of" and before not in ".:" and text[starts[i] : ends[i]].isupper()
            )  # US, IT
            letter = "N" if acronym else closed[word]
        elif first.isdigit() or first in "$£€":
            letter = "a"
        else:
            capital = text[starts[i]].isupper()
            if word in speech and not (capital and before not in ".:Q*-"):
                letter = _speech_class(speech[word], before)
            elif capital and (before not in ".:Q*-(" or word not in lexicon):
                letter = "N"
            else:
                letter = lexicon.get(word) or _guess(word)
                if letter in "vb" and before in "dsaO":
                    letter = "n"
        classes.append(letter)
        before = letter
    return classes


def _speech_class(marks: frozenset[str], before: str) -> str:
    """Return S, Z or G for a reporting verb, else the class of what the word is here."""
    if "noun" in marks and before in "dsaOivexgbSZt":
        return "n" if before != "t" else "b"
    if "ing" in marks:
        return "n" if before in "dsO" else "G"
    if before in "ds":
        return "a"
    if "base" in marks and "finite" not in marks:
        return "Z"
    return "S"


def _guess(word: str) -> str:
    if word.endswith("ly"):
        return "r"
    if word.endswith("ing"):
        return "g"
    if word.endswith("ed"):
        return "e"
    return "n"


def _inflect(verb: str) -> list[str]:
    if verb.endswith("e"):
        return [verb + "s", verb + "d", verb + "d", verb[:-1] + "ing"]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return [verb[:-1] + "ies", verb[:-1] + "ied", verb[:-1] + "ied", verb + "ing"]
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    return [third, verb + "ed", verb + "ed", verb + "ing"]


@cache
def _lexicon() -> dict[str, str]:
    spec = find_spec("textblob")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("textblob is not installed; its English lexicon is needed: pip install textblob")
    path = Path(spec.origin).parent / "en" / "en-lexicon.txt"
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf8").splitlines():
        word, _, tag = line.partition(" ")
        if tag and word.islower():
            letter = _TAGS.get(tag.split()[0])
            if letter:
                found[word] = letter
    return found
