"""Which language a text is written in: only English can be scored."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]  # has no types

FEW_WORDS = 12  # fewer tell too little
_SAMPLE = 4_000  # characters
_UNLIKELY = 0.1  # probability of English up to which another language is believed
_NAMES = {
    "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hr": "Croatian", "hu": "Hungarian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sr": "Serbian", "sv": "Swedish", "tr": "Turkish",
    "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip


def other_language(text: str) -> str | None:
    """Return the name of the language of a text that is surely not English; None for English and for a few words.

    Examples
    --------
    >>> other_language("Die Gespräche in Genf gehen weiter, sagte der Sprecher des Kremls am Montag in Moskau.")
    'German'
    >>> other_language("The talks in Geneva went on, the spokesman of the Kremlin said on Monday in Moscow.") is None
    True
    """
    if len(re.findall(r"\w+", text[:_SAMPLE])) < FEW_WORDS and text.isascii():
        return None
    ranks = _identifier().rank(text[:_SAMPLE])
    language = str(ranks[0][0])
    if language == "en" or dict(ranks)["en"] > _UNLIKELY:
        return None
    return _NAMES.get(language, language)


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
