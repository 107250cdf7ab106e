"""Speakers: which name in the article a speaker phrase refers back to.

'Mr. Berg', 'the envoy', 'she' and 'the 62-year-old' are led to the fullest name under which the article introduces the
person; the phrase of a body or of people without a name stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections import Counter
from functools import cache
from typing import NamedTuple

from analysis.paths import LEXICONS
from analysis.text import Span
from analysis.wordclasses import Words

MALE, FEMALE = "m", "f"
_GENDER = {"he": MALE, "she": FEMALE, "him": MALE, "her": FEMALE, "himself": MALE, "herself": FEMALE}
_MANY = frozenset(["they", "them", "those", "it"])
_ITSELF = frozenset(["i", "we", "you", "who", "which", "that"])
_PRONOUNS = frozenset(_GENDER) | _MANY | _ITSELF
_NO_NAME = frozenset("dpoimxfTtOwkucyQq.,;:-()[]s*r")  # classes of words that no name is made of
_PARTICLES = frozenset(
    ["de", "van", "von", "der", "den", "bin", "al", "el", "la", "le", "di", "da", "dos", "du", "ibn", "abu", "ben"]
)
_SUFFIXES = frozenset(["jr", "jr.", "sr", "sr.", "ii", "iii", "iv"])
_DEPARTMENTS = frozenset(
    ["state", "defense", "defence", "treasury", "labor", "energy", "commerce", "health", "education", "homeland"]
)
_VERBS = frozenset("vSxme")
_NEAR = 300  # names or speakers back: nobody is referred to from farther away
_AGE = re.compile(r"\b(\d{1,3})(?:-year-old)?\b")
_CUT = re.compile(r",| [–—] |\s\(|\s(?:who|which|whose|that)\b")  # here an apposition begins
_GENERIC = frozenset(["the", "a", "an", "this", "that", "these", "those", "his", "her", "their", "its", "one", "other"])
_PREPOSITION = re.compile(r"\b(?:of|for|in|at|from|with|to|on|by|and|about|under|behind|near|close)\s", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?:[\w.’'-]+ ){0,4}?(?:[Ss]ecretary of [A-Z]\w+ |[Mm]inister (?:of|for) (?:[A-Z]\w+ (?:and )?){1,3})"
)
_PEOPLE = re.compile(r"(?:[^s]s|people|men|women|and .*)$", re.IGNORECASE)
_SOME = ("a ", "an ", "some ", "several ", "two ", "three ", "many ", "another ", "one ")


class Name(NamedTuple):
    """A name where it stands, without titles.

    beside: lower-case words of its title, role and apposition; gender: 'm', 'f' or '' unknown; person: no body or
    place; subject: it stands before the first verb of its sentence and hangs on nothing.
    """

    words: tuple[str, ...]
    start: int
    end: int
    beside: frozenset[str]
    gender: str
    person: bool
    subject: bool


class _Spoken(NamedTuple):
    """Whom a speaker phrase refers to."""

    start: int
    name: str
    gender: str
    person: bool


def name_speakers(text: str, words: Words, sentence_starts: list[int], speakers: list[Span | None]) -> list[str]:
    """Return for each speaker phrase the fullest name in the text that it refers back to, '' for none.

    Parameters
    ----------
    text, words : the article and its words
    sentence_starts : word numbers at which sentences begin
    speakers : phrases as character spans, in the order of the text
    """
    names = find_names(text, words, sentence_starts, frozenset(span[0] for span in speakers if span))
    fullest = _fullest(names)
    described = _descriptions(names, fullest)
    spelled = _initials(fullest)
    starts = [name.start for name in names]
    resolved: list[str] = []
    spoken: list[_Spoken] = []
    for span in speakers:
        if span is None:
            resolved.append("")
            continue
        at = bisect_left(starts, span[0])
        inside = names[at : bisect_left(starts, span[1], at)]
        found = _resolve(
            text, span, names[max(0, at - _NEAR) : at], inside, fullest, described, spelled, spoken[-_NEAR:]
        )
        resolved.append(found.name)
        if found.name.lower() not in _PRONOUNS:
            spoken.append(found)
    return resolved


def find_names(
    text: str, words: Words, sentence_starts: list[int], speaker_starts: frozenset[int] = frozenset()
) -> list[Name]:
    """Return the capitalised names of a text outside quotations, titles taken off, in order.

    The verb before a speaker who stands at speaker_starts is no part of the name: 'Said Anna Berg: "..."'.
    """
    c, lower = words.classes, words.lower
    first = frozenset(sentence_starts)
    titles = _lists()["titles"]
    capital = [letter not in _NO_NAME and text[start].isupper() for letter, start in zip(c, words.starts, strict=True)]
    known = {lower[i] for i in range(len(c)) if capital[i] and i not in first}
    found: list[Name] = []
    i = 0
    while i < len(c):
        alone = not any(capital[i + 1 : i + 2])
        verb = i in first and c[i] == "S" and words.starts[i + 1 : i + 2] and words.starts[i + 1] in speaker_starts
        if not capital[i] or verb or (i in first and c[i] in "naeg" and alone and lower[i] not in known):
            i += 1
            continue
        end = i + 1
        while (
            end < len(c)
            and "\n" not in text[words.ends[end - 1] : words.starts[end]]
            and (capital[end] or (lower[end] in _PARTICLES and any(capital[end + 1 : end + 2])))
        ):
            end += 1
        start = max((j + 1 for j in range(i, end) if lower[j] in titles), default=i)
        if start == i and end - i >= 2 and lower[i] in _DEPARTMENTS and c[i - 1 : i] == "O" and lower[i - 2] in titles:
            start = i + 1  # 'Secretary of State Anna Berg'
        if start < end:
            sentence = sentence_starts[max(0, bisect_right(sentence_starts, i) - 1)] if sentence_starts else 0
            found.append(_name(text, words, min(sentence, i), i, start, end))
        i = end
    return found


def _name(text: str, words: Words, sentence: int, first: int, start: int, end: int) -> Name:
    """Return the name that is words start to end; its titles begin at first, its sentence at sentence."""
    c, lower, lists = words.classes, words.lower, _lists()
    left = first
    while left > 0 and first - left < 7 and c[left - 1] in "nNadsOei":
        left -= 1
    beside = set(lower[left:start])
    if c[end : end + 1] in (",", "("):
        stop = next((j for j in range(end + 1, min(len(c), end + 14)) if c[j] in ",.;:Qq)"), min(len(c), end + 14))
        beside.update(lower[end + 1 : stop])
    parts = tuple(text[words.starts[j] : words.ends[j]] for j in range(start, end))
    titled = bool(set(lower[max(0, first - 1) : start]) & lists["titles"])
    given = parts[0].lower()
    gender = ""
    if beside & lists["female_titles"] or given in lists["female"]:
        gender = FEMALE
    elif beside & lists["male_titles"] or given in lists["male"]:
        gender = MALE
    low = {p.lower() for p in parts}
    following = c[end : end + 1]
    before = c[left - 1] if left > sentence else "."
    asked = lower[sentence] == "asked" and before == "," and following in _VERBS  # 'Asked ..., Berg smiled'
    alone = asked or not set(c[sentence:left]) & _VERBS
    subject = following != "s" and before not in "iOts" and alone and left - sentence < 30
    titled = titled or (len(parts) == 1 and subject and following != "" and following in "vSxme,")
    body = (
        not low.isdisjoint(lists["bodies"])
        or low <= lists["places"]
        or (lower[first - 1] == "the" and first > 0 and not gender)
    )
    whole = 2 <= len(parts) <= 4 and not all(p.isupper() for p in parts)
    return Name(
        parts,
        words.starts[start],
        words.ends[end - 1],
        frozenset(beside),
        gender,
        not body and (titled or bool(gender) or whole),
        subject,
    )


def _fullest(names: list[Name]) -> dict[str, list[Name]]:
    """Return the names by last word in lower case: persons first, fuller ones first, then the more frequent."""
    count = Counter(name.words for name in names)
    by_last: dict[str, dict[tuple[str, ...], Name]] = {}
    for name in names:
        if len(name.words) <= 5:
            kept = by_last.setdefault(_last(name.words), {})
            if name.words not in kept or (name.person and not kept[name.words].person):
                kept[name.words] = name
    return {
        last: sorted(
            kept.values(),
            key=lambda n: (not n.person, -min(len(n.words), 2), n.words[-1].isupper(), -count[n.words], n.start),
        )[:20]
        for last, kept in by_last.items()
    }


def _descriptions(names: list[Name], fullest: dict[str, list[Name]]) -> dict[str, set[str]]:
    """Return all that is said beside the names of each person, by the fullest name."""
    found: dict[str, set[str]] = {}
    for name in names:
        if name.person:
            found.setdefault(_spell(_full_name(name, fullest)), set()).update(name.beside)
    return found


def _spell(name: Name) -> str:
    return " ".join(name.words)


def _last(parts: tuple[str, ...]) -> str:
    last = parts[-1].lower()
    return parts[-2].lower() if last in _SUFFIXES and len(parts) > 1 else last


def _resolve(
    text: str, span: Span, before: list[Name], inside: list[Name], fullest: dict[str, list[Name]],
    described: dict[str, set[str]], spelled: dict[str, str], spoken: list[_Spoken],
) -> _Spoken:  # fmt: skip
    phrase = text[slice(*span)]
    low = phrase.lower().strip(" ,")
    if low in _GENDER:
        return _pronoun(span[0], _GENDER[low], before, fullest, spoken) or _Spoken(span[0], phrase, "", True)
    if low in _MANY:
        many = next((s for s in reversed(spoken) if not s.person), None)
        return _Spoken(span[0], many.name if many else phrase, "", False)
    if low in _ITSELF:
        return _Spoken(span[0], phrase, "", False)
    cut = _CUT.search(phrase)
    head_end = span[0] + (cut.start() if cut and cut.start() > 0 else len(phrase))
    head = _head_name(text, span[0], head_end, [n for n in inside if n.end <= head_end])
    if head is None:  # 'the prosecutor, Anna Berg'
        head = next(
            (n for n in inside if n.start > head_end and n.person and not text[head_end : n.start].strip(" ,(—–")), None
        )
    if head is not None:
        full = _full_name(head, fullest)
        if full.person or head.person:
            return _Spoken(span[0], _spell(full), full.gender or head.gender, True)
    words = text[span[0] : head_end].strip(" ,")
    found = _role(words, before, fullest, described, spoken) if head is None else None
    if found is not None:
        return _Spoken(span[0], found, "", True)
    whole = phrase if cut and cut.group().strip() in ("who", "which", "whose", "that") else words
    if (
        not inside
        and (quoted := fullest.get(whole.rsplit(" ", 1)[-1].lower(), []))
        and quoted[0].person
        and whole.istitle()
    ):
        return _Spoken(span[0], _spell(quoted[0]), quoted[0].gender, True)  # a name inside a quotation
    return _Spoken(span[0], _spelled_out(whole, spelled), "", head is None and not _PEOPLE.search(words))


def _head_name(text: str, start: int, end: int, inside: list[Name]) -> Name | None:
    """Return the name that a phrase is about, not one that hangs on it ('Trump's envoy', 'a spokesman for Trump')."""
    inside = [n for n in inside if n.end == end or text[n.end] not in "'’"]
    office = _OFFICE.match(text, start, end)
    free = [
        n
        for n in inside
        if not _PREPOSITION.search(text, office.end() if office and office.end() <= n.start else start, n.start)
    ]
    if free:
        rest = text[free[-1].end : end].strip() + " "
        qualifies = rest[0].islower() and not _PREPOSITION.match(rest)  # 'US officials'
        return None if qualifies and not rest.startswith(("himself", "herself", "also")) else free[-1]
    if not inside:
        return None
    # 'Ambassador to the United States Anna Berg'
    last = inside[-1]
    word_before = text[start : last.start].split()[-1:]
    hangs = word_before and (_PREPOSITION.fullmatch(word_before[0] + " ") or word_before[0].lower() == "the")
    begins = text[start:end].lower()
    whole = last.end >= end - 1 and last.person and len(last.words) >= 2
    return last if whole and not hangs and not begins.startswith(_SOME) else None


def _full_name(name: Name, fullest: dict[str, list[Name]]) -> Name:
    """Return the fullest name that shares the last word and contradicts neither first name nor gender."""
    for other in fullest.get(_last(name.words), []):
        longer = len(other.words) >= len(name.words)
        same_first = len(name.words) == 1 or other.words[0].lower() == name.words[0].lower()
        same_gender = not (name.gender and other.gender) or name.gender == other.gender
        if longer and same_first and same_gender and (other.person or len(name.words) > 1 or len(other.words) == 1):
            return other
    return name


def _pronoun(
    at: int, gender: str, before: list[Name], fullest: dict[str, list[Name]], spoken: list[_Spoken]
) -> _Spoken | None:
    """Return the person whom the article last spoke of as a subject or let speak."""
    speaker = next((s for s in reversed(spoken) if s.person and s.gender in ("", gender)), None)
    other: Name | None = None
    for name in reversed(before):
        full = _full_name(name, fullest)
        if not full.person or full.gender not in ("", gender):
            continue
        if speaker and name.start <= speaker.start:
            break
        if name.subject:
            return _Spoken(at, _spell(full), gender, True)
        other = other or full
    if speaker:
        return _Spoken(at, speaker.name, gender, True)
    return _Spoken(at, _spell(other), gender, True) if other else None


def _role(
    phrase: str, before: list[Name], fullest: dict[str, list[Name]],
    described: dict[str, set[str]], spoken: list[_Spoken],
) -> str | None:  # fmt: skip
    """Return the person to whom a role phrase refers: 'the envoy', 'Poland's prime minister', 'the 62-year-old'.

    First those whom the article describes in these words, then whoever it spoke of last, unless in another role.
    """
    low = phrase.lower()
    if not re.match(r"(?:the|this)\s|[\w’']+['’]s\s", low):
        return None
    age = _AGE.search(low)
    head, *others = reversed(
        [w for w in re.findall(r"[\w.-]+", low.split(" of ")[0]) if w not in _GENERIC and w != "s"] or [""]
    )
    of = [w for w in re.findall(r"[\w.-]+", " ".join(low.split(" of ")[1:])) if w not in _GENERIC]
    roles = _lists()["roles"] | _lists()["titles"]
    if not age and head not in roles:
        return None
    recent = sorted(before, key=lambda n: (n.subject, n.start))  # subjects last, then by position
    for name in reversed(recent):
        beside = name.beside
        if not name.person:
            continue
        if age and not beside.isdisjoint((age.group(1), f"{age.group(1)}-year-old")):
            return _spell(_full_name(name, fullest))
        if not age and head in beside and all(any(w[:5] == b[:5] for b in beside) for w in (*others, *of)):
            return _spell(_full_name(name, fullest))
    people = _lists()["peoples"].intersection(others)
    last = [spoken[-1].name] if spoken and spoken[-1].person else []
    since = spoken[-1].start if last else -1
    subjects = [_spell(_full_name(n, fullest)) for n in before[-10:] if n.subject and n.person and n.start > since]
    fitting = [name for name in dict.fromkeys(subjects[::-1] or last) if _fits(head, people, described.get(name))]
    if len(fitting) != 1:
        return None
    described[fitting[0]].update((head, *others))
    return fitting[0]


def _fits(head: str, people: frozenset[str], beside: set[str] | None) -> bool:
    """Whether a person described in these words can be called by a role: of no other people, with no other title."""
    if beside is None or (people and not people <= beside and not beside.isdisjoint(_lists()["peoples"])):
        return False
    return head in beside or head in _lists()["roles"] or beside.isdisjoint(_lists()["titles"])


def _initials(fullest: dict[str, list[Name]]) -> dict[str, str]:
    """Return the first name with each set of initials."""
    found: dict[str, str] = {}
    for names in fullest.values():
        for name in names:
            found.setdefault("".join(part[0] for part in name.words).upper(), _spell(name))
    return found


def _spelled_out(phrase: str, spelled: dict[str, str]) -> str:
    """Return what an abbreviation such as WHO stands for, where the article spells it out; else the phrase."""
    letters = phrase.removeprefix("The ").removeprefix("the ").replace(".", "")
    if not (2 < len(letters) <= 6 and letters.isalpha() and letters.isupper()):
        return phrase
    return spelled.get(letters, phrase)


@cache
def _lists() -> dict[str, frozenset[str]]:
    table = tomllib.loads((LEXICONS / "persons.toml").read_text(encoding="utf8"))
    return {key: frozenset(value.split()) for key, value in table.items()}
