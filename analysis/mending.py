"""Text out of bytes, and damaged text made whole: wrong encodings, mojibake, quotation marks that became underscores.

Where UTF-8 was read as a two-byte encoding and forced into ASCII, a curly mark and the letter behind it became
``__`` ("Russia__ war", "__ictory plan_"). The apostrophes come back for certain; a lost letter comes back only where
one word fits and no other ("victory"). Else it stays ``_`` ("__eceiving": receiving, deceiving?), since it may stand in
somebody's quoted words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

_NEGATED = re.compile(
    r"(?:do|does|did|is|are|was|were|wo|ca|could|should|would|has|have|had|must|need|ai)n$", re.IGNORECASE
)
_APOSTROPHE = re.compile(r"(?P<word>[^\W\d_][^\s_]{0,40})__(?P<rest>l|e)?(?=$|[\s,.;:!?)\]’”-])")
_PLURAL = re.compile(r"(?<=s)_(?=\s+[a-z])")
_OPENING = re.compile(r"(?<![^\s(\[“—–-])__(?P<rest>[^\W\d_](?:[^\W_]|[’'-]){0,40})")
_OPENING_OTHER = re.compile(r"(?<!\S)_(?=\d)|(?<!\S)_(?=_\s)")  # before a digit, or with a one-letter word lost
_BETWEEN = re.compile(r"(?<=\s)_(?=\s)")  # a dash
_SENTENCES = re.compile(r"(?<=[.!?])_(?=[A-Z])")
_CLOSING = re.compile(r"[“”]|(?<=[\w,.!?])_(?=$|[\s,.;:!?)\]])")
_DASH = re.compile(r"(?P<word>[^\W_]\.?)__(?P<rest>[^\W\d_](?:[^\W_]|[’'-]){0,40})")
_SPACE = re.compile(r"(?<![@#/\\\w.-])(?:[^\W\d_]{2,}(?:['’]s)?_)+[^\W\d_]{2,}(?![@/\\\w-])(?!\.\w)")
_WORD = re.compile(r"\S+")
_ADDRESS_MARKS = ("://", "@", "www.", "#")  # in addresses and tags an underscore is one
_OFTEN = 3  # times that a name stands in the same source, to be preferred to rarer words
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Decoded(NamedTuple):
    """Text out of bytes: the text and the encoding that was used."""

    text: str
    encoding: str


def decode(data: bytes, declared: str | None = None) -> Decoded | None:
    """Return the text in some bytes, or None when they are no text.

    Parameters
    ----------
    data : bytes
        The file.
    declared : str, optional
        The encoding its sender names; tried before any guess.

    Examples
    --------
    >>> decode("Kyiv’s".encode("cp1252"))
    Decoded(text='Kyiv’s', encoding='cp1252')
    >>> decode(bytes(range(256))) is None
    True
    """
    mark = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    for encoding in (mark, declared, "cp1252"):
        if encoding is None:
            continue
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        return None if _is_binary(text) else Decoded(text, encoding.removesuffix("-sig"))
    return None


def mend(text: str, own_words: Mapping[str, int] | None = None) -> str:
    """Return a text with mojibake and lost quotation marks repaired; sound text comes back as it was.

    Parameters
    ----------
    text : str
        Prose; Markdown that emphasises with underscores is not.
    own_words : mapping of str to int, optional
        How often each word stands in the texts of the same source (`count_words`), to restore lost letters by.

    Examples
    --------
    >>> mend("Ukraineâ€™s plan"), mend("Russia__ war isn__ over, they__e told")
    ('Ukraine’s plan', 'Russia’s war isn’t over, they’re told')
    >>> mend("Zelensky Sells His __ictory Plan_")
    'Zelensky Sells His “Victory Plan”'
    """
    from ftfy import TextFixerConfig, fix_text

    plain = TextFixerConfig(
        uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False, unescape_html="auto", explain=False
    )
    text = fix_text(text, plain)
    if "_" not in text:
        return text
    pieces, place = [], 0
    for word in _WORD.finditer(text):
        if "_" in word.group() and any(mark in word.group() for mark in _ADDRESS_MARKS):
            pieces += [_mend_marks(text[place : word.start()], own_words or {}), word.group()]
            place = word.end()
    return "".join([*pieces, _mend_marks(text[place:], own_words or {})])


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Return how often each word stands in some texts, as written.

    >>> count_words(["Peace, peace"])["peace"]
    1
    """
    return Counter(word for text in texts for word in re.findall(r"[^\W\d_]+", text))


def _is_binary(text: str) -> bool:
    head = text[:20_000]
    control = sum(character < " " and character not in "\n\r\t\f\v" for character in head)
    return "\0" in head or control > len(head) * 0.02 + 2


def _mend_marks(text: str, own_words: Mapping[str, int]) -> str:
    text = _APOSTROPHE.sub(_restore_apostrophe, text)
    text = _OPENING.sub(lambda match: "“" + _restore_letter(match, own_words), text)
    text = _OPENING_OTHER.sub("“", text)
    text = _SENTENCES.sub(" ", _BETWEEN.sub("—", text))
    text = _DASH.sub(lambda match: match["word"] + "—" + _restore_letter(match, own_words), text)
    text = _SPACE.sub(lambda match: match.group().replace("_", " "), text)
    if "“" not in text:
        text = _PLURAL.sub("’", text)
    return _close_quotations(text)


def _close_quotations(text: str) -> str:
    """Return a text with each mark that was lost behind a word: closing where one is open, else an apostrophe."""
    depth = 0

    def close(match: re.Match[str]) -> str:
        nonlocal depth
        if match.group() == "“":
            depth += 1
            return "“"
        mark = "”" if depth or match.group() == "”" else "’"
        depth = max(0, depth - 1)
        return mark

    return _CLOSING.sub(close, text)


def _restore_apostrophe(match: re.Match[str]) -> str:
    word, rest = match["word"], match["rest"]
    lower = word.lower()
    if rest == "l":
        ending = "ll"
    elif rest == "e":
        ending = "ve" if lower == "i" else "re"
    elif _NEGATED.search(word):
        ending = "t"
    elif lower in ("they", "we", "you"):
        ending = "d"
    else:
        ending = "m" if word == "I" else "s"
    return f"{word}’{ending}"


def _restore_letter(match: re.Match[str], own_words: Mapping[str, int]) -> str:
    """Return the word whose first letter was lost, or the word with ``_`` for it."""
    rest = match["rest"]
    general, key = _general_words(), _plain(rest)
    names = {letter: own_words.get(letter.upper() + rest, 0) for letter in _LETTERS}
    words = {letter: own_words.get(letter + rest, 0) + general.get(letter + key, 0) for letter in _LETTERS}
    fitting = [letter for letter in _LETTERS if names[letter] or words[letter]]
    if len(fitting) > 1:  # a name that the source is full of
        fitting = [letter for letter in fitting if names[letter] >= _OFTEN]
    if len(fitting) != 1:
        return "_" + rest
    (first,) = fitting
    after = re.search(r"\w+", match.string[match.end() :])
    titled = bool(after and after.group()[0].isupper()) or match.start() == 0
    name = names[first] > own_words.get(first + rest, 0) or (len(rest) > 1 and rest.isupper())
    return (first.upper() if titled or name else first) + rest


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in letters if letter in _LETTERS)


@cache
def _general_words() -> dict[str, int]:
    """Return how frequent English words are, by the list that comes with TextBlob."""
    found = find_spec("textblob")  # to import it would cost a second
    folder = Path((found.submodule_search_locations or [""])[0]) if found else Path()
    lines = (folder / "en" / "en-spelling.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith(";"))
    return {pair[0].lower(): int(pair[1]) for pair in pairs if len(pair) == 2}
