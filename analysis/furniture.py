"""What stands on a news page beside the article: the patterns of ``data/lexicons/furniture.toml``.

A line is judged by itself here; where the article begins and ends is for `cleaning` to say.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache

from analysis.paths import LEXICONS

_SENTENCE_END = re.compile(r"[.?!…]['\"”’»)\]*_]*$")
_QUOTATION = re.compile('["“”«»]')
_EDGES = " \t:;,.!?…–—-•·|*_#>«»\"“”'‘’[]()"
_LONGEST_LINE_THAT_STARTS_LIKE_FURNITURE = 14  # words; a longer one is a sentence that happens to begin so
_LONGEST_APPEAL = 60  # words


@dataclass(frozen=True)
class Furniture:
    """Why a line is no part of the article, and whether the article ends before it."""

    reason: str
    ends: bool


@dataclass(frozen=True)
class _Kind:
    furniture: Furniture
    starts: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    prose: bool
    unless_quoted: bool


@lru_cache(maxsize=4096)  # menus say the same on every page
def find_furniture(line: str) -> Furniture | None:
    """Return why a line of a page is furniture, or None when it may be of the article.

    Parameters
    ----------
    line : str
        One line, white space at its ends removed.

    Examples
    --------
    >>> find_furniture("Related Reads")
    Furniture(reason='related articles', ends=True)
    >>> find_furniture("He said the talks would go on.") is None
    True
    """
    whole_lines, kinds = _read_lexicon()
    folded = line.casefold().replace("’", "'")
    sentence = bool(_SENTENCE_END.search(line))
    whole = whole_lines.get(folded) or whole_lines.get(folded.strip(_EDGES))
    if whole and not line.endswith((".", "!")):  # "Thank you." is said
        return whole
    curly = line.replace("'", "’")
    quoted = bool(_QUOTATION.search(line))
    words = line.count(" ") + 1
    short = words <= _LONGEST_LINE_THAT_STARTS_LIKE_FURNITURE
    may_be_said = quoted or words > _LONGEST_APPEAL
    for kind in kinds:
        if (sentence and not kind.prose) or (may_be_said and kind.unless_quoted):
            continue
        if (short or kind.prose) and folded.lstrip("*_#•· ").startswith(kind.starts):
            return kind.furniture
        if any(pattern.search(curly) for pattern in kind.patterns):
            return kind.furniture
    return None


def ends_like_a_sentence(line: str) -> bool:
    """Whether a line ends in punctuation that closes a sentence.

    >>> ends_like_a_sentence('"It was over."'), ends_like_a_sentence("Ukraine strikes back")
    (True, False)
    """
    return bool(_SENTENCE_END.search(line))


@cache
def _read_lexicon() -> tuple[dict[str, Furniture], tuple[_Kind, ...]]:
    with (LEXICONS / "furniture.toml").open("rb") as file:
        entries = tomllib.load(file)["furniture"]
    whole_lines: dict[str, Furniture] = {}
    kinds = []
    for entry in entries:
        furniture = Furniture(entry["reason"], entry.get("ends", False))
        for line in entry.get("lines", []):
            whole_lines.setdefault(line.strip(_EDGES) or line, furniture)
        kinds.append(
            _Kind(
                furniture,
                tuple(entry.get("starts", ())) or ("\0",),  # an empty tuple would match nothing, an empty string all
                tuple(re.compile(pattern) for pattern in entry.get("patterns", [])),
                entry.get("prose", False),
                entry.get("unless_quoted", False),
            )
        )
    return whole_lines, tuple(kinds)
