"""What a corpus says that cannot be so, or that the codebook does not know: offices, rival names, spellings.

Each finding comes with the words it rests on, for a reader to judge; none of it changes a score.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache

import pandas as pd

from analysis.codebook import Actor, Codebook, Role
from analysis.mentions import resolve_actor
from analysis.names import words
from analysis.phrases import PhraseFinder
from analysis.text import Span, trim

OFFICE_COLUMNS = ["article_id", "published", "office", "given_to", "held_by", "start", "end", "problem"]
RIVAL_COLUMNS = ["office", "names", "articles", "example"]
SPELLING_COLUMNS = ["spelling", "actor_id", "name", "times", "articles", "add_to_codebook"]
RIVALS_WITHIN = 60  # days: an office may well have a new holder after that
_SAME_NAME = 0.65  # similarity of two spellings: Zelenskyy and Zełenski 0.67, Putin and Rubio 0.4

_NAME_PART = r"(?:[A-ZÀ-Þ][\w’'-]*[\w]|[A-Z]\.)"
_NAME = rf"{_NAME_PART}(?: (?:(?:van|von|der|de|den|al|bin) )*{_NAME_PART}){{0,3}}"
_NAME_AFTER = re.compile(rf" (?P<name>{_NAME})")
_NAME_BEFORE = re.compile(
    rf"(?P<name>{_NAME}), (?:the |a |an )?(?:current |new |{_NAME_PART} [\w ]{{3,40}} and (?:current )?)?$"
)
_NOT_NOW = re.compile(
    r"\b(?:former|ex|then|late|acting|deputy|vice|future|next|previous|first|first deputy|would-be|onetime)[ -]$", re.I
)
_POSSESSIVE = re.compile(r"[’']s?(?= |$).*")
_OWNED = re.compile(r"[’']")
_SERVES = re.compile(
    r"\b(?:advis[eo]r|aide|envoy|office|head|chief|spokes\w+|deputy|representative|assistant|secretary|staff|administration"
    r"|service|minister|ambassador) (?:of|to|for) (?:the )?$",
    re.IGNORECASE,
)
_HEADS = (
    "president|prime minister|premier|chancellor|foreign minister|defen[cs]e minister|secretary of state|king|queen"
    "|secretary[- ]general|spokesman|spokeswoman|spokesperson|speaker|national security advis[eo]r|foreign secretary"
    "|defen[cs]e secretary|press secretary|chief of staff|high representative"
)
_OFFICE = re.compile(
    r"(?<![\w-])(?:(?P<of>US|U\.S\.|UK|EU|NATO|Nato|Kremlin|White House|European Commission|European Council"
    rf"|[A-Z][a-z]+(?:an|ish|ian|ese|nch|ech|tch|i|ek|ss|sh)) (?P<head>(?i:{_HEADS}))"
    r"|(?P<alone>Secretary of State))(?=\W)"
)
_OTHER_STATE = re.compile(r"[A-Z][\w.]+ $")  # 'Georgia Secretary of State' is an office of Georgia


def check_offices(articles: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return the offices that are given to somebody who does not hold them on the day of the article.

    Parameters
    ----------
    articles : DataFrame
        With article_id, published (NaT: checked as of today, against offices that have no end) and text.
    codebook : Codebook
        Whose roles say who holds what when.

    Returns
    -------
    DataFrame
        article_id, published, office and name as the article has them, who holds it by the codebook ("" if it only
        knows that this person does not), where in the text, and a sentence that says so.
    """
    rows = []
    for article_id, published, text in zip(
        articles["article_id"], articles["published"], articles["text"], strict=True
    ):
        day = None if pd.isna(published) else published.date()
        for start, end, roles in _office_finder(codebook).find(text):
            if _NOT_NOW.search(text, max(0, start - 20), start) or _SERVES.search(text, max(0, start - 40), start):
                continue
            for name_start, name_end in _names_beside(text, start, end):
                name = text[name_start:name_end]
                held_by, problem = _judge(name, roles, codebook, day)
                if problem:
                    rows.append(
                        (
                            article_id,
                            published,
                            text[start:end],
                            name,
                            held_by,
                            min(start, name_start),
                            max(end, name_end),
                            problem,
                        )
                    )
    return pd.DataFrame(rows, columns=OFFICE_COLUMNS)


def find_rival_names(articles: pd.DataFrame) -> pd.DataFrame:
    """Return the offices that are given to two people within `RIVALS_WITHIN` days, whoever is right.

    Returns
    -------
    DataFrame
        office, names ("Rubio (12), Pompeo (3)": how many articles), articles (the ids with the rarer name), example.
    """
    uses: dict[str, list[tuple[str, pd.Timestamp, str, str]]] = defaultdict(list)
    firsts: set[str] = set()
    for article_id, published, text in zip(
        articles["article_id"], articles["published"], articles["text"], strict=True
    ):
        for match in _OFFICE.finditer(text):
            before = text[max(0, match.start() - 20) : match.start()]
            if _NOT_NOW.search(before) or (match["alone"] and _OTHER_STATE.search(before)):
                continue
            after = _NAME_AFTER.match(text, match.end())
            if after and (surname := _surname(_POSSESSIVE.sub("", after["name"]))):
                whose = (match["of"] or "US").replace(".", "")  # only one country's has no other name
                office = f"{whose} {(match['head'] or match['alone']).lower()}"
                firsts.add(after["name"].split()[0] if " " in after["name"] else "")
                uses[office].append((surname, published, article_id, text[match.start() : after.end()]))
    rows = []
    for office, found in sorted(uses.items()):
        counts = Counter(surname for surname, _, article_id, _ in {(s, p, a, "") for s, p, a, _ in found})
        groups = _one_spelling(counts)
        if len(groups) < 2:
            continue
        common = max(groups, key=lambda name: (groups[name], name))
        for rare in sorted(set(groups) - {common} - firsts):
            close = [use for use in found if _same_name(use[0], rare) and _near_in_time(use[1], common, found)]
            if close:
                names = f"{common} ({groups[common]}), {rare} ({groups[rare]})"
                ids = sorted({article_id for _, _, article_id, _ in close})
                rows.append((office, names, ", ".join(ids), close[0][3]))
    return pd.DataFrame(rows, columns=RIVAL_COLUMNS)


def check_spellings(articles: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return names that are not in the codebook but one or two letters from one that is.

    Returns
    -------
    DataFrame
        spelling, the actor it may be, how often and in how many articles, the line of the codebook that would add it.
    """
    from rapidfuzz.distance import OSA

    known = {alias.casefold() for actor in codebook.actors for alias in (actor.name, *actor.aliases)}
    known_words = {word for alias in known for word in re.findall(r"[\w’'-]+", alias)}
    surnames = [
        (actor, name.split()[-1])
        for actor in codebook.actors
        if actor.kind == "person"
        for name in (actor.name, *actor.aliases)
    ]
    times: Counter[str] = Counter()
    seen: dict[str, set[str]] = defaultdict(set)
    firsts: dict[str, Counter[str]] = defaultdict(Counter)
    lower: set[str] = set()
    for article_id, text in zip(articles["article_id"], articles["text"], strict=True):
        for match in re.finditer(r"(?:(?P<first>[A-Z][\w-]+) )?(?P<word>[A-Z][a-zà-ÿ]{3,}(?:-[A-Z][a-z]+)?)", text):
            word = match["word"]
            times[word] += 1
            seen[word].add(article_id)
            firsts[word][match["first"] or ""] += 1
        lower.update(re.findall(r"\b[a-z]{4,}\b", text))
    rows = []
    for word in sorted(times):
        folded = word.casefold()
        if folded in known_words or folded in lower or folded.rstrip("s") in known_words:
            continue
        for actor, surname in surnames:
            distance = OSA.distance(folded, surname.casefold(), score_cutoff=2)
            first = actor.name.split()[0]
            named = firsts[word][first] > 0
            allowed = (
                2 if len(surname) >= 9 or (named and len(surname) >= 5) else 1 if len(surname) >= 7 or named else 0
            )
            if 0 < distance <= allowed:
                snippet = f'aliases = ["{word}"]  # of {actor.actor_id}'
                rows.append((word, actor.actor_id, actor.name, times[word], len(seen[word]), snippet))
                break
    return pd.DataFrame(rows, columns=SPELLING_COLUMNS)


def actor_entry(name: str) -> str:
    """Return the entry of a codebook that adds a person, ready to be pasted and completed.

    >>> print(actor_entry("Anna Berg"))
    [[actor]]
    id = "anna_berg"
    name = "Anna Berg"
    kind = "person"
    aliases = ["Berg"]
    """
    slug = re.sub(r"[^a-z0-9]+", "_", _plain(name)).strip("_")
    if not slug or not slug[0].isalpha():
        slug = f"actor_{slug}".rstrip("_")
    surname = name.split()[-1] if " " in name else ""
    aliases = [f"aliases = [{json.dumps(surname, ensure_ascii=False)}]"] if surname else []
    lines = [
        "[[actor]]",
        f'id = "{slug}"',
        f"name = {json.dumps(name, ensure_ascii=False)}",
        'kind = "person"',
        *aliases,
    ]
    return "\n".join(lines)


@cache
def _office_finder(codebook: Codebook) -> PhraseFinder[tuple[tuple[Actor, Role], ...]]:
    offices: dict[str, list[tuple[Actor, Role]]] = defaultdict(list)
    for actor in codebook.actors:
        for role in actor.roles:
            if actor.kind == "person" and not role.title.startswith(("former", "ex-")):
                offices[role.title].append((actor, role))
    return PhraseFinder((title, "office", tuple(holders)) for title, holders in offices.items())


def _names_beside(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield where a name stands behind an office ('US President Berg') or before it ('Ann Berg, the ...')."""
    after = _NAME_AFTER.match(text, end)
    if after:
        name = _POSSESSIVE.sub("", after["name"])
        yield trim(text, after.start("name"), after.start("name") + len(name))
        return
    before = _NAME_BEFORE.search(text, max(0, start - 90), start)
    if before and " " in before["name"] and not _OWNED.match(text, end):
        yield before.span("name")


def _judge(name: str, roles: tuple[tuple[Actor, Role], ...], codebook: Codebook, day: date | None) -> tuple[str, str]:
    """Return who holds the office and what is wrong with giving it to this name; "" when nothing is."""
    parts = {part.casefold() for part in re.findall(r"[\w’'-]+", name)}
    if _surname(name) == "" or parts & words("before_surname") == parts:
        return "", ""
    holders = [actor for actor, role in roles if role.holds(day)]
    surname = _surname(name)
    if any(parts & _name_parts(holder) or _same_name(surname, holder.name.split()[-1]) for holder in holders):
        return "", ""
    actor_id = resolve_actor(name, codebook, day)
    if actor_id in {holder.actor_id for holder in holders}:
        return "", ""
    when = f"on {day}" if day else "now"
    if holders:
        return holders[0].name, f"{when} it is held by {holders[0].name}"
    for actor, role in roles:
        if actor.actor_id == actor_id or parts & _name_parts(actor):
            since, until = role.start or "…", role.end or "…"
            return "", f"{actor.name} held it from {since} until {until}, not {when}"
    return "", ""


def _name_parts(actor: Actor) -> set[str]:
    return {part.casefold() for name in (actor.name, *actor.aliases) for part in re.findall(r"[\w’'-]+", name)}


def _surname(name: str) -> str:
    """Return the last part of a name that is one; "" for a weekday, a month or a title."""
    parts = [_POSSESSIVE.sub("", part) for part in name.split()]
    parts = [part for part in parts if part.casefold() not in words("before_surname") and len(part) > 2]
    return parts[-1] if parts else ""


def _same_name(one: str, other: str) -> bool:
    """Whether two surnames are spellings of one (Zelenskyy, Zełenski)."""
    from rapidfuzz.distance import OSA

    return OSA.normalized_similarity(_plain(one), _plain(other)) >= _SAME_NAME


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKD", name.casefold().replace("ł", "l")).encode("ascii", "ignore").decode()


def _one_spelling(counts: Counter[str]) -> dict[str, int]:
    """Return how often each name stands, spellings of one name together under the commonest."""
    groups: dict[str, int] = {}
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        same = next((known for known in groups if _same_name(known, name)), name)
        groups[same] = groups.get(same, 0) + count
    return groups


def _near_in_time(day: pd.Timestamp, name: str, uses: list[tuple[str, pd.Timestamp, str, str]]) -> bool:
    others = [when for surname, when, _, _ in uses if _same_name(surname, name)]
    return any(pd.isna(day) or pd.isna(when) or abs((day - when).days) <= RIVALS_WITHIN for when in others)
