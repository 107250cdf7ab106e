"""Text to word pieces: what every model reads, in training and in use alike.

The tokenizer is BERT's lower-cased one, so two things that matter in news are lost in its pieces and given back
here as a small number beside each piece (its `mark`): how the word is written (lower case, Capitalised, ALL CAPITALS)
and whether it stands between quotation marks. A line break becomes a piece of its own.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ints = NDArray[np.int64]

START, END = 101, 102  # [CLS], [SEP] in BERT's vocabulary
BREAK, OPEN, CLOSE, OPEN_SECOND, CLOSE_SECOND = 1, 2, 3, 4, 5  # pieces that BERT left unused: line break, target marks
MARKS = 6  # 3 ways of writing times 2 (outside or inside quotation marks)
_LINE_BREAK = re.compile(r"[^\S\n]*\n\s*")
_QUOTATION = re.compile("[\"“”„‟«»]|''|``")


class Pieces(NamedTuple):
    """Word pieces of one text; arrays of one length n.

    ids : piece numbers in BERT's vocabulary.
    marks : 0 to 5, how the word is written + 3 if it stands inside quotation marks.
    starts, ends : code-point offsets of the piece in the text.
    words : number of the word that the piece belongs to, rising from 0; a line break is a word of its own.
    """

    ids: Ints
    marks: Ints
    starts: Ints
    ends: Ints
    words: Ints


@cache
def tokenizer() -> Tokenizer:
    """Load the tokenizer that is shipped with the models, once."""
    from tokenizers import Tokenizer

    return Tokenizer.from_str((resources.files(__package__) / "tokenizer.json").read_text(encoding="utf-8"))


@lru_cache(maxsize=2)  # a sentence is read once for each of its targets, one after the other
def split_pieces(text: str) -> Pieces:
    """Split a text into word pieces with their marks and offsets.

    >>> pieces = split_pieces('Peskov: "No."')
    >>> [('Peskov: "No."'[s:e], int(m)) for s, e, m in zip(pieces.starts, pieces.ends, pieces.marks)]
    [('Pe', 1), ('sko', 1), ('v', 1), (':', 0), ('"', 3), ('No', 4), ('.', 3), ('"', 3)]
    """
    encoding = tokenizer().encode(text, add_special_tokens=False)
    ids = np.array(encoding.ids, dtype=np.int64)
    offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    words = np.array(encoding.word_ids, dtype=np.int64)
    breaks = [m.start() for m in _LINE_BREAK.finditer(text)]
    if breaks:
        at = np.searchsorted(offsets[:, 0], breaks)
        ids = np.insert(ids, at, BREAK)
        # a line break stands between two words: number the words anew where the piece begins one
        first = np.insert(np.diff(words, prepend=-1) != 0, at, True)
        offsets = np.insert(offsets, at, np.array([[b, b + 1] for b in breaks]), axis=0)
        first[1:] |= ids[:-1] == BREAK
        words = np.cumsum(first) - 1
    return Pieces(ids, _marks(text, offsets, words, breaks), offsets[:, 0], offsets[:, 1], words)


def _marks(text: str, offsets: Ints, words: Ints, breaks: list[int]) -> Ints:
    if not len(offsets):
        return np.zeros(0, dtype=np.int64)
    first = np.flatnonzero(np.diff(words, prepend=-1))  # index of the first piece of each word
    after = np.append(first[1:], len(words))
    spans = zip(offsets[first, 0].tolist(), offsets[after - 1, 1].tolist(), strict=True)
    written = [0 if not text[a].isupper() else 2 if b - a > 1 and text[a:b].isupper() else 1 for a, b in spans]
    return np.repeat(written, after - first) + 3 * _inside_quotation(text, breaks)[offsets[:, 0]]


def _inside_quotation(text: str, breaks: list[int]) -> Ints:
    """1 for each character inside double quotation marks, the marks included, else 0; every line starts outside."""
    inside = np.zeros(len(text) + 1, dtype=np.int64)
    edges = [0, *breaks, len(text)]
    for line_start, line_end in pairwise(edges):
        opened = -1
        for mark in _QUOTATION.finditer(text, line_start, line_end):
            if opened < 0 and mark.group() != "”":
                opened = mark.start()
            elif opened >= 0 and mark.group() not in "“„``":
                inside[opened : mark.end()] = 1
                opened = -1
        if opened >= 0:
            inside[opened:line_end] = 1
    return inside


def windows(pieces: Pieces, most: int) -> list[tuple[int, int]]:
    """Cut the pieces into consecutive runs of at most `most`, at line breaks, else after a sentence, else anywhere.

    Returns half-open ranges of piece indices that cover all pieces in order.
    """
    stops = np.isin(pieces.ids, _SENTENCE_ENDS)
    ranges: list[tuple[int, int]] = []
    start, n = 0, len(pieces.ids)
    while n - start > most:
        limit = start + most
        end = limit
        for candidates in (
            pieces.ids[start + 1 : limit + 1] == BREAK,
            stops[start:limit],
            np.diff(pieces.words[start : limit + 1]) > 0,
        ):
            found = np.flatnonzero(candidates)
            if len(found) and found[-1] + 1 >= most // 4:
                end = start + int(found[-1]) + 1
                break
        ranges.append((start, end))
        start = end
    return [*ranges, (start, n)] if n > start else ranges


_SENTENCE_ENDS = np.array([1012, 999, 1029], dtype=np.int64)  # . ! ?
