"""The codebook: which actors and issues a reading looks for, from a TOML file that people write by hand.

The file is explained in its own first lines (``data/codebook.toml``). Everything in it is checked when it is read, and
an error names the file, the line, the value and what is allowed there.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from analysis.paths import CODEBOOK
from analysis.phrases import phrase_error

# Okabe, M. and Ito, K. (2008). Color Universal Design: told apart by colour-blind readers. For actors without a colour.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000")
_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_KEYS: dict[str, tuple[str, ...]] = {
    "actor": ("id", "name", "kind", "side", "colour", "pronouns", "aliases", "capitals", "never", "role"),
    "role": ("titles", "start", "end"),
    "issue": ("id", "label", "proposition", "topics", "support", "oppose", "start", "end"),
}
_REQUIRED = {"actor": ("id", "name", "kind"), "role": ("titles",), "issue": ("id", "proposition", "topics")}


class CodebookError(ValueError):
    """A codebook that cannot be used, or an id that is not in it."""


@dataclass(frozen=True)
class Role:
    """An office: its title, held from `start` until before `end` (None: open)."""

    title: str
    start: date | None
    end: date | None

    def holds(self, day: date | None) -> bool:
        """Whether the role is held on a day; with no day known, whether it is held still (no end)."""
        if day is None:
            return self.end is None
        return _within(day, self.start, self.end)


@dataclass(frozen=True)
class Actor:
    """A person or body; `aliases` are other names, `capitals` those that are also places, `never` what is not meant."""

    actor_id: str
    name: str
    kind: str
    side: str
    colour: str
    pronouns: str
    aliases: tuple[str, ...]
    roles: tuple[Role, ...]
    capitals: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Issue:
    """A proposition one can be for or against; phrases that speak of it (`topics`) or take a side by themselves.

    It is looked for in articles from `start` until before `end` (None: open): before 'the plan' was written, the words
    meant another.
    """

    issue_id: str
    label: str
    proposition: str
    topics: tuple[str, ...]
    support: tuple[str, ...]
    oppose: tuple[str, ...]
    start: date | None = None
    end: date | None = None

    def in_question(self, day: date | None) -> bool:
        """Whether it is looked for in an article of a day; with no day known, it is."""
        return day is None or _within(day, self.start, self.end)


@dataclass(frozen=True, repr=False)
class Codebook:
    """Actors and issues, in the order of the file.

    Attributes
    ----------
    actors : tuple of Actor
        Whom a reading looks for: ``actor_id``, ``name``, ``kind``, ``side``, ``aliases``, ``roles``.
    issues : tuple of Issue
        What one can be for or against: ``issue_id``, ``label``, ``proposition``, ``topics``, ``support``, ``oppose``.
    sha256 : str
        Of the file's bytes.
    """

    actors: tuple[Actor, ...]
    issues: tuple[Issue, ...]
    sha256: str

    def __hash__(self) -> int:
        # Looked up for every sentence; hashing all actors and phrases each time was a tenth of the rules' time.
        return hash(self.sha256)

    def __repr__(self) -> str:
        return f"<Codebook: {len(self.actors)} actors, {len(self.issues)} issues>"

    def _repr_html_(self) -> str:
        from analysis.display import codebook_html  # pandas, only where somebody looks

        return codebook_html(self)

    def actor(self, actor_id: str) -> Actor:
        """Return the actor with this id; CodebookError names the known ids."""
        for actor in self.actors:
            if actor.actor_id == actor_id:
                return actor
        known = ", ".join(actor.actor_id for actor in self.actors)
        raise CodebookError(f"no actor {actor_id!r} in the codebook: use one of {known}")

    def issue(self, issue_id: str) -> Issue:
        """Return the issue with this id; CodebookError names the known ids."""
        for issue in self.issues:
            if issue.issue_id == issue_id:
                return issue
        known = ", ".join(issue.issue_id for issue in self.issues) or "(the codebook has no issues)"
        raise CodebookError(f"no issue {issue_id!r} in the codebook: use one of {known}")


def read_codebook(path: Path | None = None) -> Codebook:
    """Return the codebook in a TOML file; without a path, that of the sample.

    Raises
    ------
    CodebookError
        When the file cannot be read or anything in it is wrong; the message names file, line, value and way out.

    Examples
    --------
    >>> codebook = read_codebook()
    >>> codebook.actor("peskov").name, codebook.issue("ceasefire").label
    ('Dmitry Peskov', 'Ceasefire')
    """
    path = CODEBOOK if path is None else Path(path)
    try:
        content = path.read_bytes()
        source = content.decode("utf-8-sig").replace("\r\n", "\n")
        table = tomllib.loads(source)
    except OSError as error:
        raise CodebookError(
            f"{path}: cannot be read ({error.strerror}): give the path of a codebook in TOML"
        ) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CodebookError(f"{path}, line {line}: not UTF-8 text; save the codebook as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(f"{path}: not TOML: {error}") from error
    file = _File(str(path), source.split("\n"))
    for key in table:
        if key not in ("actor", "issue"):
            file.fail(None, None, f"unknown key {key!r}: a codebook has [[actor]] and [[issue]] tables", key)
    actors = tuple(_read_actor(file, i, entry) for i, entry in enumerate(_entries(file, table, "actor")))
    issues = tuple(_read_issue(file, i, entry) for i, entry in enumerate(_entries(file, table, "issue")))
    if not actors:
        raise CodebookError(f"{path}, line 1: no [[actor]] in the codebook; it needs at least one")
    _check_unique(file, actors, issues)
    return Codebook(actors, issues, hashlib.sha256(content).hexdigest())


@dataclass(frozen=True)
class _File:
    """The lines of the file, to tell where a value stands (tomllib does not)."""

    path: str
    lines: list[str]

    def fail(self, table: str | None, index: int | None, problem: str, key: str = "", value: str = "") -> NoReturn:
        """Raise CodebookError for the `index`-th [[table]]: `table` is 'actor', 'issue' or None for the whole file."""
        line = self._line(table, index, key, value)
        raise CodebookError(f"{self.path}, line {line}: {problem}")

    def _line(self, table: str | None, index: int | None, key: str, value: str) -> int:
        begin, end = 0, len(self.lines)
        if table is not None and index is not None:
            heads = [i for i, line in enumerate(self.lines) if re.match(r"\s*\[\[\s*(actor|issue)\s*\]\]", line)]
            own = [i for i in heads if re.match(rf"\s*\[\[\s*{table}\s*\]\]", self.lines[i])]
            if index < len(own):
                begin = own[index]
                end = next((i for i in heads if i > begin), end)
        keyed = re.compile(rf"""\s*(\[\[?[\w. ]*\b)?["']?{re.escape(key)}["']?\s*(=|\])""") if key else None
        at_key = [i for i in range(begin, end) if keyed and keyed.match(self.lines[i])]
        if value:
            quoted = [i for i in range(at_key[0] if at_key else begin, end) if value in self.lines[i]]
            if quoted:
                return quoted[0] + 1
        return (at_key[0] if at_key else begin) + 1


def _entries(file: _File, table: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    entries = table.get(kind, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        file.fail(None, None, f"{kind!r} must be written as [[{kind}]] tables", kind)
    found: list[Mapping[str, Any]] = entries
    return found


def _read_actor(file: _File, index: int, entry: Mapping[str, Any]) -> Actor:
    at = ("actor", index)
    _check_keys(file, at, entry, "actor")
    actor_id = _slug(file, at, entry)
    colour = _string(file, at, entry, "colour", _COLOURS[index % len(_COLOURS)])
    if not re.fullmatch("#[0-9A-Fa-f]{6}", colour):
        file.fail(*at, f"colour {colour!r} of actor {actor_id!r} is not of the form '#0072B2'", "colour", colour)
    aliases = _phrases(file, at, entry, "aliases")
    capitals = _phrases(file, at, entry, "capitals")
    for capital in capitals:
        if capital not in aliases:
            file.fail(*at, f"capital {capital!r} is not among the aliases {list(aliases)}", "capitals", capital)
    return Actor(
        actor_id=actor_id,
        name=_phrase(file, at, "name", _string(file, at, entry, "name")),
        kind=_one_of(file, at, entry, "kind", ("person", "body")),
        side=_string(file, at, entry, "side", actor_id),
        colour=colour,
        pronouns=_one_of(file, at, entry, "pronouns", ("he", "she", "they"), "they"),
        aliases=aliases,
        roles=tuple(role for table in _entries(file, entry, "role") for role in _read_roles(file, at, table)),
        capitals=capitals,
        never=_phrases(file, at, entry, "never"),
    )


def _read_roles(file: _File, at: tuple[str, int], entry: Mapping[str, Any]) -> list[Role]:
    _check_keys(file, at, entry, "role")
    titles = _phrases(file, at, entry, "titles")
    if not titles:
        file.fail(*at, 'a role without titles; write titles = ["US president"]', "titles")
    start, end = _period(file, at, entry, f"role {titles[0]!r}")
    return [Role(title, start, end) for title in titles]


def _period(file: _File, at: tuple[str, int], entry: Mapping[str, Any], what: str) -> tuple[date | None, date | None]:
    for key in ("start", "end"):
        value = entry.get(key)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            file.fail(*at, f"{key} {value!r} of {what} is not a date such as 2025-01-20 (no quotes)", key, str(value))
    start, end = entry.get("start"), entry.get("end")
    if start is not None and end is not None and end <= start:
        file.fail(*at, f"{what} ends on {end}, not after its start {start}", "end", str(end))
    return start, end


def _read_issue(file: _File, index: int, entry: Mapping[str, Any]) -> Issue:
    at = ("issue", index)
    _check_keys(file, at, entry, "issue")
    issue_id = _slug(file, at, entry)
    phrases = {key: _phrases(file, at, entry, key) for key in ("topics", "support", "oppose")}
    if not phrases["topics"]:
        file.fail(*at, f"issue {issue_id!r} is empty: give at least one phrase in topics", "topics")
    seen: dict[str, str] = {}
    for key, values in phrases.items():
        for value in values:
            before = seen.setdefault(value.casefold(), key)
            if before != key:
                what = "contradiction" if "topics" not in (before, key) else "ambiguous"
                file.fail(
                    *at,
                    f"{what}: {value!r} of issue {issue_id!r} stands in both {before} and {key}; keep one",
                    key,
                    value,
                )
    label = _string(file, at, entry, "label", issue_id.replace("_", " ").capitalize())
    start, end = _period(file, at, entry, f"issue {issue_id!r}")
    return Issue(issue_id, label, _string(file, at, entry, "proposition"), **phrases, start=start, end=end)


def _check_keys(file: _File, at: tuple[str, int], entry: Mapping[str, Any], kind: str) -> None:
    for key in entry:
        if key not in _KEYS[kind]:
            file.fail(*at, f"unknown key {key!r} in {kind}: use {', '.join(_KEYS[kind])}", key)
    for key in _REQUIRED[kind]:
        if key not in entry:
            file.fail(*at, f"{kind} without {key!r}: it needs {', '.join(_REQUIRED[kind])}")


def _string(file: _File, at: tuple[str, int], entry: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = entry.get(key, default)
    if not isinstance(value, str) or not value.strip():
        file.fail(*at, f"{key} is {value!r}; it must be text that is not empty", key)
    return str(value).strip()


def _one_of(
    file: _File,
    at: tuple[str, int],
    entry: Mapping[str, Any],
    key: str,
    allowed: tuple[str, ...],
    default: str | None = None,
) -> str:
    value = _string(file, at, entry, key, default)
    if value not in allowed:
        file.fail(*at, f"{key} {value!r} is not one of {', '.join(allowed)}", key, value)
    return value


def _slug(file: _File, at: tuple[str, int], entry: Mapping[str, Any]) -> str:
    value = _string(file, at, entry, "id")
    if not _SLUG.fullmatch(value):
        file.fail(
            *at,
            f"id {value!r} is not a slug: lower-case letters, digits and _, a letter first ('peace_plan')",
            "id",
            value,
        )
    return value


def _phrases(file: _File, at: tuple[str, int], entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = entry.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        file.fail(*at, f"{key} is {values!r}; it must be a list of texts", key)
    return tuple(dict.fromkeys(_phrase(file, at, key, value) for value in values))


def _phrase(file: _File, at: tuple[str, int], key: str, value: str) -> str:
    problem = phrase_error(value)
    if problem:
        file.fail(*at, f"{key} has {value!r}: {problem}", key, value)
    return " ".join(value.split())


def _check_unique(file: _File, actors: Iterable[Actor], issues: Iterable[Issue]) -> None:
    ids: dict[tuple[str, str], int] = {}
    names: dict[str, str] = {}
    titles: dict[str, list[tuple[str, Role]]] = {}
    for i, actor in enumerate(actors):
        if ("actor", actor.actor_id) in ids:
            file.fail("actor", i, f"two actors have the id {actor.actor_id!r}; ids must differ", "id", actor.actor_id)
        ids["actor", actor.actor_id] = i
        for name in (actor.name, *actor.aliases):
            owner = names.setdefault(name.casefold(), actor.actor_id)
            if owner != actor.actor_id:
                problem = (
                    f"{name!r} is a name of two actors, {owner!r} and {actor.actor_id!r}; a name must mean one actor"
                )
                file.fail("actor", i, problem, "", name)
        for role in actor.roles:
            for owner, other in titles.setdefault(role.title.casefold(), []):
                if owner != actor.actor_id and _overlap(role, other):
                    problem = (
                        f"role {role.title!r} is held by {owner!r} and {actor.actor_id!r} at once; mend start or end"
                    )
                    file.fail("actor", i, problem, "", role.title)
            titles[role.title.casefold()].append((actor.actor_id, role))
    for i, issue in enumerate(issues):
        if ("issue", issue.issue_id) in ids:
            file.fail("issue", i, f"two issues have the id {issue.issue_id!r}; ids must differ", "id", issue.issue_id)
        ids["issue", issue.issue_id] = i


def _within(day: date, start: date | None, end: date | None) -> bool:
    return (start is None or start <= day) and (end is None or day < end)


def _overlap(one: Role, other: Role) -> bool:
    """Whether two periods share a day."""
    return (one.end is None or other.start is None or other.start < one.end) and (
        other.end is None or one.start is None or one.start < other.end
    )
