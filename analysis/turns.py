"""The turns of a transcript: who has the floor where.

Official transcripts name the speaker before each turn: ``THE PRESIDENT:``, ``MR. SACKS:``, ``Q``, ``Vladimir Putin:``,
``Question:``. The person a document is filed under speaks only in some of its turns.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from analysis.text import Span, trim

# THE PRESIDENT:, MR. SACKS:, VICE PRESIDENT HARRIS:, PARTICIPANT: anywhere; Q only where a turn can begin.
_CAPITALS = re.compile(
    r"(?:^|(?<=[.?!…—–)\]\"”*>] )|(?<=\n)|(?<=[A-Z][DS]T )|(?<=EST ))"  # or behind the time: 2:05 P.M. EDT
    r"(?P<label>(?!(?:[A-Z]{0,3}[DS]T|GMT|UTC) )(?:(?:[A-Z][A-Z’'-]+|[A-Z]{1,3}\.)[ ]){0,4}[A-Z][A-Z’'-]+)"
    r"(?:[ ]\([^)\n]{1,30}\))?:(?=\s)"
)
_QUESTION = re.compile(r"(?:^|(?<=\n)|(?<=[.?!…—–)\]\"”] ))(?P<label>Q)(?::|\.)?[ ]+(?=[A-Z(“\"—])")
# Vladimir Putin:, President of Russia Vladimir Putin:, Question: at the head of a paragraph.
_NAMES = re.compile(
    r"(?:^|(?<=\n))(?P<label>(?:[A-Z][\w’'.-]*|of|the|to|and|for|on)"
    r"(?:(?:,? | – )(?:[A-Z][\w’'.-]*|of|the|to|and|for|on)){0,12}):(?=\s)"
)
_COMMON = 2  # a name at the head of a paragraph is a label when somebody has two such turns
_OFFICE = re.compile(
    r"(?:Acting |Deputy |First |Vice )?(?:President|Prime Minister|Foreign Minister|Minister|Chancellor|Secretary"
    r"|Speaker|Chairman|Chief|Governor|Ambassador|Presidential Aide)\b.* (?:[A-Z][\w’'-]+ ){1,2}[A-Z][\w’'-]+$"
)
_NAMELESS = ("Question", "Answer", "Reply", "Remark", "Moderator", "Interpreter", "Reporter", "Journalist")
_NOT_LABELS = re.compile(r"^(?:NOTE|UPDATE|BREAKING|WATCH|READ MORE|LIVE|EDITOR[’']S NOTE|PHOTOS?|VIDEO)$")


class Turn(NamedTuple):
    """One turn: the label as written, where the label stands and where the words do."""

    speaker: str
    label: Span
    words: Span


def find_turns(text: str) -> list[Turn]:
    """Return the turns of a transcript in order; none for a text that is no transcript.

    Parameters
    ----------
    text : str
        The text of an article.

    Returns
    -------
    list of Turn
        ``words`` runs from behind the label to the next label, without white space at its ends; the last turn ends with
        its paragraph where no other turn has two: there the article goes on in the reporter's words.

    Examples
    --------
    >>> text = "THE PRESIDENT: Good evening. Q Is there a plan? THE PRESIDENT: There is."
    >>> [(turn.speaker, text[slice(*turn.words)]) for turn in find_turns(text)]
    [('THE PRESIDENT', 'Good evening.'), ('Q', 'Is there a plan?'), ('THE PRESIDENT', 'There is.')]
    """
    labels = _find_labels(text)
    turns = []
    for index, match in enumerate(labels):
        end = labels[index + 1].start() if index + 1 < len(labels) else len(text)
        turns.append(Turn(match["label"], match.span("label"), trim(text, match.end(), end)))
    if len(turns) > 1 and not any("\n" in text[slice(*turn.words)] for turn in turns[:-1]):
        last = turns[-1]
        end = text.find("\n", *last.words)
        turns[-1] = last._replace(words=trim(text, last.words[0], end if end > 0 else last.words[1]))
    return turns


def break_before_turns(text: str) -> str:
    r"""Return a transcript with every turn a paragraph of its own.

    >>> break_before_turns("THE PRESIDENT: Good evening. MR. SACKS: Thank you. THE PRESIDENT: Sit.")
    'THE PRESIDENT: Good evening.\n\nMR. SACKS: Thank you.\n\nTHE PRESIDENT: Sit.'
    """
    pieces, start = [], 0
    for turn in find_turns(text):
        pieces.append(text[start : turn.label[0]].strip())
        start = turn.label[0]
    pieces.append(text[start:].strip())
    return "\n\n".join(piece for piece in pieces if piece)


def _find_labels(text: str) -> list[re.Match[str]]:
    capitals = [match for match in _CAPITALS.finditer(text) if not _NOT_LABELS.match(match["label"])]
    if max(Counter(match["label"] for match in capitals).values(), default=0) >= _COMMON:
        # A question's bare Q stands only in transcripts of this kind.
        return _without_overlaps(capitals + list(_QUESTION.finditer(text)))
    names = [match for match in _NAMES.finditer(text) if not _NOT_LABELS.match(match["label"].upper())]
    heads = Counter(_last_two_words(match["label"]) for match in names)
    common = {head for head, count in heads.items() if count >= _COMMON}
    full_names = any(" " in head for head in common) or len(common) >= _COMMON
    if not full_names and not any(_OFFICE.match(match["label"]) for match in names):
        return []
    # "President of Russia Vladimir Putin:" opens, "Vladimir Putin:" goes on; a sentence ending in a colon does neither.
    return [match for match in names if _last_two_words(match["label"]) in common or _is_name(match["label"])]


def _is_name(label: str) -> bool:
    """Whether a label in a transcript names somebody, or stands for somebody unnamed."""
    words = label.split()
    if label in _NAMELESS:
        return True
    return 2 <= len(words) <= 12 and words[-1][0].isupper() and words[-2][0].isupper()


def _last_two_words(label: str) -> str:
    return " ".join(label.split()[-2:])


def _without_overlaps(matches: list[re.Match[str]]) -> list[re.Match[str]]:
    kept: list[re.Match[str]] = []
    for match in sorted(matches, key=lambda match: match.start()):
        if not kept or match.start() >= kept[-1].end():
            kept.append(match)
    return kept
