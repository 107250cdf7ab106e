"""Paragraphs, sentences and tokens of a text, as character offsets.

Everything is a list of half-open ``(start, end)`` spans in code points into the text that was given, so that
``text[start:end]`` is the piece. Nothing is downloaded: NLTK's tokeniser needs no data, and Punkt is given the
abbreviations of news English.

References
----------
Kiss, T. and Strunk, J. (2006). Unsupervised Multilingual Sentence Boundary Detection. Computational Linguistics 32(4).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from analysis.paths import LEXICONS

if TYPE_CHECKING:
    from nltk.tokenize import NLTKWordTokenizer
    from nltk.tokenize.punkt import PunktSentenceTokenizer

Span = tuple[int, int]

_LINE = re.compile(r"[^\n]+")
_ENDS_A_PARAGRAPH = tuple(".!?:;…\"”’»')]")
# Punkt breaks after '?"' and '!"' whatever follows; these follow-ups belong to the quotation before them.
_QUESTION_CLOSED = re.compile(r"""[?!…]["”’»']+$""")
_PLAIN_END = re.compile(r"([^\W\d_]{2,})[.!?](?:\s+[\"“‘'«(]?\w|[\"”’'»)])")  # no initial, no number, no ellipsis
_SHORT_CUE = re.compile(
    r"""(?:[A-Z][\w.’'-]*\s+){1,4}(?:said|says|asked|wrote|added|told|replied|tweeted|posted)\b[^.!?]{0,60}[.,:]"""
)


def trim(text: str, start: int, end: int) -> Span:
    """Return the span without white space at either end.

    >>> trim("  a b ", 0, 6)
    (2, 5)
    """
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return start + left, max(start + left, start + len(piece.rstrip()))


def touches(spans: Sequence[Span], start: int, end: int) -> bool:
    """Return whether one of some spans, sorted and apart from each other, shares a character with a stretch.

    >>> touches([(0, 3), (5, 9)], 3, 5), touches([(0, 3), (5, 9)], 3, 6)
    (False, True)
    """
    at = bisect_left(spans, (end,))
    return at > 0 and spans[at - 1][1] > start


def span_at(spans: Sequence[Span], offset: int) -> Span | None:
    """Return the last of some sorted spans that begins at an offset or before it, None where none does.

    >>> span_at([(0, 3), (5, 9)], 4), span_at([(5, 9)], 4)
    ((0, 3), None)
    """
    at = bisect_right(spans, offset, key=itemgetter(0))
    return spans[at - 1] if at else None


def split_paragraphs(text: str) -> list[Span]:
    r"""Return the paragraphs of a text: its lines, where a line that merely wraps is joined to the next.

    A line wraps when it does not end in punctuation that can close a paragraph and the next one begins in lower case.

    >>> [text[a:b] for text in ["One.\n\nTwo goes\non."] for a, b in split_paragraphs(text)]
    ['One.', 'Two goes\non.']
    """
    paragraphs: list[Span] = []
    for line in _LINE.finditer(text):
        start, end = trim(text, *line.span())
        if start == end:
            continue
        if paragraphs:
            before = paragraphs[-1]
            wraps = text.count("\n", before[1], start) == 1 and text[start].islower()
            if wraps and not text.endswith(_ENDS_A_PARAGRAPH, *before):
                paragraphs[-1] = (before[0], end)
                continue
        paragraphs.append((start, end))
    return paragraphs


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of a text, none of which crosses a paragraph.

    Punkt with news abbreviations; a cue after a closed question or exclamation stays in its sentence.

    >>> text = 'Mr. Lavrov left. "Why now?" Mr. Lavrov asked. "No!" said Trump.'
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['Mr. Lavrov left.', '"Why now?" Mr. Lavrov asked.', '"No!" said Trump.']
    """
    return list(_sentences(text))


@lru_cache(maxsize=8)  # several stages ask for the sentences of the article in hand
def _sentences(text: str) -> tuple[Span, ...]:
    sentences: list[Span] = []
    for start, end in split_paragraphs(text):
        first = len(sentences)
        for a, b in _punkt().span_tokenize(text[start:end]):
            a, b = trim(text, start + a, start + b)
            if a == b:
                continue
            if len(sentences) > first and _goes_on(text, sentences[-1], a):
                sentences[-1] = (sentences[-1][0], b)
            else:
                sentences.append((a, b))
    return tuple(sentences)


def tokenize(text: str) -> list[Span]:
    """Return the word and punctuation tokens of a text (Penn Treebank conventions).

    >>> text = "He didn't go."
    >>> [text[a:b] for a, b in tokenize(text)]
    ['He', 'did', "n't", 'go', '.']
    """
    return list(_word_tokenizer().span_tokenize(text))


def _goes_on(text: str, before: Span, start: int) -> bool:
    """Whether the piece that begins at `start` continues the sentence `before`."""
    if text[start].islower():
        return True
    closed = _QUESTION_CLOSED.search(text, before[0], before[1])
    return bool(closed and _SHORT_CUE.match(text, start))


@cache
def _punkt() -> PunktSentenceTokenizer:
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    class Punkt(PunktSentenceTokenizer):  # type: ignore[misc]  # NLTK has no types
        """Punkt, which knows the end of most sentences without cutting what is around it into tokens."""

        def text_contains_sentbreak(self, text: str) -> bool:
            plain = _PLAIN_END.match(text)
            if plain and plain[1].lower() not in parameters.abbrev_types:
                return True
            return bool(super().text_contains_sentbreak(text))

    parameters = PunktParameters()
    lines = (LEXICONS / "abbreviations.txt").read_text(encoding="utf8").splitlines()
    parameters.abbrev_types = {line for line in lines if line and not line.startswith("#")}
    return Punkt(parameters)


@cache
def _word_tokenizer() -> NLTKWordTokenizer:
    from nltk.tokenize import NLTKWordTokenizer

    return NLTKWordTokenizer()
