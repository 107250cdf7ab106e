"""Who is referred to where: names, spellings, offices by their dates, and pronouns, each as a span with an actor.

What counts as a mention
- A title before a name belongs to it: in 'US President Donald Trump' the mention is 'Donald Trump'.
- An office given to somebody else is nobody's mention ('US Secretary of State Smith'), nor is a surname after another
  first name ('Melania Trump'). Offices are resolved by the date of the article; without a date, to who holds
  them still, with less confidence.
- `possessive`: the mention only owns or qualifies what follows ('Trump's envoy', 'US officials', 'NATO membership').
- 'in Kyiv', 'KYIV, Nov 24 (Agency) -' are places, 'Kyiv rejected' is Ukraine (`capitals` in the codebook).
- 'the president' is the last mentioned actor who is one; 'he', 'she' the subject of the sentence before, or of this
  one; 'they' the last body named by a plural. None of them reaches past a person whom the codebook does not know.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from analysis.codebook import Actor, Codebook, Role
from analysis.names import NEXT_WORD, POSSESSIVE, WORD_BEFORE, Mention, find_names, words
from analysis.text import Span, span_at, split_sentences, touches


@dataclass(frozen=True)
class _Person:
    """A person in a sentence, for pronouns: an actor or (None) somebody the codebook does not know."""

    start: int
    end: int
    actor: Actor | None
    rank: int


_OWNED_SPEAKER = re.compile(r"['’]s (?:\w+ ){1,3}?(\w+)")
_PERSON = re.compile(
    r"(?<![\w’'-])(?:[A-Z][\w’'-]*[a-z]\.?\s+){1,2}(?:(?:von|van|de|der|den|al|bin)\s+)*[A-Z][\w’'-]*[a-z]"
)
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey)\b(?=\s|['’](?:s|d|ll|re|ve)\b)")
_QUOTED = re.compile(r"“[^”\n]*”?|\"[^\"\n]*\"?|(?<![\w])‘[^\n]*?’(?!\w)|(?<!\w)'[^\n]*?'(?!\w)")
_NO_NAMES = frozenset(["he", "she", "they", "it", "we", "i", "you", "who"])
_PLURAL = re.compile(r"(?:^|\s)(?:[a-z]\w*s|\w+ans)$")
_SPEAKER = re.compile(r"(?<![\w’'-])[A-Z][a-z]+(?=\s+([a-z]+))")
_THE = re.compile(r"\b[Tt]he (?:presidential )?([a-z]+(?:[ -][a-z]+)?)")
_ARTICLES = re.compile(r"^(?:the|a|an|his|her|their|its|both|mr|mrs|ms)\.?\s+", re.IGNORECASE)
_OBLIQUE = re.compile(r"\b(?:of|to|for|from|by|with|in|on|at|against|near|and|or|versus)\s+(?:the\s+)?$", re.IGNORECASE)
_VOICE = r"(?:spokes\w+|press (?:secretary|service|office)|statement|communiqu[eé])"
_SPEAKS_FOR = re.compile(rf"{_VOICE}\s+(?:for|of|from|by)\s+(?:the\s+)?$")
_APPOSED_NAME = re.compile(r",\s+(?:[A-Z][\w.’'-]+\s+)+[A-Z][\w’'-]+")
_SPOKESPERSON = re.compile(rf"(?:['’]s)?\s+{_VOICE}$")


def find_mentions(text: str, codebook: Codebook, published: date | None) -> list[Mention]:
    """Return the mentions of actors in a text, sorted, none overlapping another.

    Parameters
    ----------
    text : str
        An article, untrusted; offsets are code points into it.
    codebook : Codebook
    published : date or None
        The day by which offices are resolved.

    Examples
    --------
    >>> from analysis.codebook import read_codebook
    >>> text = "US President Trump met Zelensky's envoy. He was late."
    >>> [(text[m.start:m.end], m.actor_id, m.kind, m.possessive) for m in find_mentions(text, read_codebook(), None)]
    [('Trump', 'trump', 'name', False), ('Zelensky', 'zelenskyy', 'name', True), ('He', 'trump', 'pronoun', False)]
    """
    named = find_names(text, codebook, published)
    sentences = split_sentences(text)
    unknown = _unknown_people(text, named)
    bare = _bare_roles(text, codebook, published, named, unknown)
    named = sorted([*named, *bare])
    return sorted([*named, *_pronouns(text, codebook, named, unknown, sentences)])


@lru_cache(maxsize=64)  # a speaker has the same few names all through an article
def resolve_actor(name: str, codebook: Codebook, published: date | None) -> str | None:
    """Return the actor whom a speaker's name or role means, None when it is nobody (or nobody alone) in the codebook.

    An unnamed spokesperson or a statement is the body spoken for. A spokesperson with a name, 'Trump's envoy', 'a
    member of the Ukrainian delegation' are nobody.

    Examples
    --------
    >>> from analysis.codebook import read_codebook
    >>> day, codebook = date(2025, 11, 24), read_codebook()
    >>> [resolve_actor(name, codebook, day) for name in ("President Zelensky", "the US president", "Melania Trump")]
    ['zelenskyy', 'trump', None]
    """
    head = _ARTICLES.sub("", " ".join(name.split()))
    found = find_names(head, codebook, published)
    comma = head.find(",")
    first = [m for m in found if comma < 0 or m.start < comma]
    for mention in first:
        before, after = head[: mention.start], head[mention.end :]
        for_them = _SPEAKS_FOR.search(before) or (mention.possessive and _SPOKESPERSON.match(after.split(",")[0]))
        if for_them and not _APPOSED_NAME.search(after):
            return mention.actor_id
    heads = [m for m in first if not m.possessive]
    if first and len({m.actor_id for m in heads}) == 1 and not _OBLIQUE.search(head[: heads[0].start]):
        return heads[0].actor_id
    apposed = [m for m in found if m not in first and not m.possessive]
    if not first and apposed and re.fullmatch(r",\s+(?:the\s+)?(?:[\w-]+\s+){0,2}", head[comma : apposed[0].start]):
        return apposed[0].actor_id
    return None


def _unknown_people(text: str, named: list[Mention]) -> list[Span]:
    """Names of two words and more that are no mention: people (and things) that pronouns may mean instead."""
    known = [(m.start, m.end) for m in named]
    starters = words("sentence_starters") | words("before_surname")
    found: list[Span] = []
    for match in _PERSON.finditer(text):
        parts = [word.lower() for word in match.group().split()]
        if touches(known, *match.span()):
            continue
        if sum(part not in starters for part in parts) >= 2 or (parts[0] in ("mr", "mrs", "ms") and len(parts) == 2):
            found.append(match.span())
    people = list(found)
    for match in _SPEAKER.finditer(text):
        speaks = match.group(1) in words("speech") and match.group().lower() not in starters | _NO_NAMES
        if speaks and not (touches(known, *match.span()) or touches(people, *match.span())):
            found.append(match.span())
    for mention in named:
        owned = _OWNED_SPEAKER.match(text, mention.end) if mention.possessive else None
        if owned and owned.group(1) in words("speech"):
            found.append((mention.end, owned.start(1)))  # 'Trump's envoy said'
    return sorted(found)


@cache
def _role_heads(codebook: Codebook) -> dict[str, list[tuple[Actor, Role]]]:
    """Return the bare form of each person's offices: 'president', 'prime minister', 'spokesman'."""
    heads: dict[str, list[tuple[Actor, Role]]] = {}
    for actor in codebook.actors:
        for role in actor.roles:
            parts = re.split(r" (?:of|for|to) ", role.title)[0].split()
            for size in (1, 2):
                head = " ".join(parts[-size:])
                if len(parts) >= size and head.islower() and head not in ("chief", "head", "side"):
                    heads.setdefault(head, []).append((actor, role))
    return heads


def _bare_roles(
    text: str, codebook: Codebook, published: date | None, named: list[Mention], unknown: list[Span]
) -> Iterator[Mention]:
    """Yield bare offices: 'the president' is the last mentioned actor who is one."""
    heads = _role_heads(codebook)
    known = [(m.start, m.end) for m in named]
    of_actor: dict[str, list[Span]] = {}
    for mention in named:
        of_actor.setdefault(mention.actor_id, []).append((mention.start, mention.end))
    called: dict[str, list[Span]] = {}  # the unknown people with a title
    for match in _THE.finditer(text):
        head, end = match.group(1), match.end()
        if head not in heads:
            head = head.split()[0] if " " in head else head.split("-")[0]
            end = match.start(1) + len(head)
        if head not in heads or text[end : end + 1] in "-‐" or re.match(r" of\b|\s+[A-Z]", text[end : end + 4]):
            continue
        if touches(known, match.start(), end):
            continue
        holders = {actor.actor_id for actor, role in heads[head] if role.holds(published)}
        if head not in called:
            titled = re.compile(rf"\b{head}\b", re.IGNORECASE)
            called[head] = [(a, b) for a, b in unknown if titled.search(text, max(0, a - len(head) - 2), b)]
        spoken_of = [(_last_before(of_actor.get(holder, []), match.start()), holder) for holder in holders]
        last, actor_id = max(spoken_of, default=(-1, ""))
        if last > _last_before(called[head], match.start()):
            yield Mention(match.start(), end, actor_id, "role", bool(POSSESSIVE.match(text, end)), 0.6)


def _last_before(spans: list[Span], end: int) -> int:
    """Return where the last of some sorted spans that are over by `end` begins, -1 where none is."""
    at = bisect_left(spans, (end,))
    return next((spans[i][0] for i in range(at - 1, -1, -1) if spans[i][1] <= end), -1)


def _pronouns(
    text: str, codebook: Codebook, named: list[Mention], unknown: list[Span], sentences: list[Span]
) -> Iterator[Mention]:
    actors = {actor.actor_id: actor for actor in codebook.actors}
    quoted = [m.span() for m in _QUOTED.finditer(text)]
    people = [(m.start, m.end, actors[m.actor_id]) for m in named if not m.possessive]
    everyone: list[tuple[int, int, Actor | None]] = sorted(
        [*people, *((a, b, None) for a, b in unknown)], key=lambda p: p[:2]
    )
    by_sentence: list[list[_Person]] = []
    at = 0
    for first, last in sentences:
        inside = []
        while at < len(everyone) and everyone[at][0] < last:
            a, b, actor = everyone[at]
            at += 1
            if a >= first:
                inside.append(_Person(a, b, actor, _subject_rank(text, a, b, quoted)))
        by_sentence.append(inside)
    for i, (first, last) in enumerate(sentences):
        for match in _PRONOUN.finditer(text, first, last):
            pronoun = match.group().lower()
            here = [p for p in by_sentence[i] if p.end <= match.start() and _fits(p, pronoun, text)]
            found: Actor | None
            if here:
                best = min(here, key=lambda p: (p.rank, p.start))
                found, confidence = best.actor, 0.8 if len({p.actor for p in here}) == 1 else 0.6
            else:
                found, confidence = None, 0.7
                outside = [k for k in range(i - 1, max(-1, i - 12), -1) if not _inside(sentences[k], quoted)]
                for k in outside[:2]:
                    fitting = [p for p in by_sentence[k] if _fits(p, pronoun, text)]
                    if fitting:
                        found = min(fitting, key=lambda p: (p.rank, p.start)).actor
                        confidence -= 0.15 if len({p.actor for p in fitting}) > 1 else 0
                        break
                    confidence = 0.55
            if found is not None:
                confidence = confidence if pronoun != "they" else 0.4
                by_sentence[i].append(_Person(*match.span(), found, _subject_rank(text, *match.span(), quoted)))
                yield Mention(*match.span(), found.actor_id, "pronoun", False, round(confidence, 2))


def _inside(span: Span, quoted: list[Span]) -> bool:
    """Whether a sentence lies in quotation marks but for its last sign."""
    quotation = span_at(quoted, span[0])
    return quotation is not None and span[1] - 1 <= quotation[1]


def _subject_rank(text: str, start: int, end: int, quoted: list[Span]) -> int:
    """0 beside a verb of speech, 1 outside quotation marks, 2 inside them."""
    if touches(quoted, start, start + 1):
        return 2
    before = WORD_BEFORE.search(text, max(0, start - 40), start)
    after = NEXT_WORD.match(text, end)
    beside = {m.group(1).lower() for m in (before, after) if m}
    return 0 if beside & words("speech") else 1


def _fits(person: _Person, pronoun: str, text: str) -> bool:
    if person.actor is None:
        return pronoun != "they"
    if person.actor.kind == "body":
        return pronoun == "they" and bool(_PLURAL.search(text, person.start, person.end))
    return person.actor.pronouns == pronoun
