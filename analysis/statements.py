"""Statements: words attributed to a speaker, found in English news text.

Rules read quotation marks and reporting verbs (`analysis.drafting`), a small tagger reads what they leave open
(`analysis.agreement`), and every speaker phrase is led back to the fullest name in the article (`analysis.speakers`).
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.agreement import agree
from analysis.drafting import draft_statements, kind_of, read_article
from analysis.speakers import name_speakers
from analysis.text import Span


@dataclass(frozen=True, slots=True)
class Statement:
    """Words attributed to a speaker.

    Attributes
    ----------
    spans : content, as sorted and disjoint character spans; more than one where the cue splits it
    kind : 'direct' (nothing but quotations), 'indirect' (none) or 'mixed'
    cue : the reporting words, None for a quotation that goes on without one
    speaker : the phrase that names the speaker here, None when nobody is named
    speaker_text : the words of that phrase, '' when there is none
    speaker_name : the fullest name in the article that the phrase refers back to, '' when nobody is named
    confidence : in [0, 1], of words and speaker together
    """

    spans: tuple[Span, ...]
    kind: str
    cue: Span | None
    speaker: Span | None
    speaker_text: str
    speaker_name: str
    confidence: float


def extract_statements(text: str) -> list[Statement]:
    """Return who says what in a text, ordered by position.

    Parameters
    ----------
    text : one article; any string is taken

    Returns
    -------
    Statements with offsets into the text. A speaker is the subject of the reporting verb; a quotation without a cue
    has the last speaker's phrase as its own. Nothing is found in what somebody did not say or will say.

    Raises
    ------
    analysis.models.ModelError
        Where the weights of the tagger are missing or damaged.

    Examples
    --------
    >>> text = '"We will talk," said Anna Berg, the envoy. She added that it was late.'
    >>> [(s.kind, s.speaker_text, s.speaker_name) for s in extract_statements(text)]
    [('direct', 'Anna Berg, the envoy', 'Anna Berg'), ('indirect', 'She', 'Anna Berg')]
    """
    article = read_article(text)
    drafts = agree(article, draft_statements(article))
    drafts.sort(key=lambda d: (d.spans[0], d.cue or (0, 0)))
    names = name_speakers(
        text, article.words, [first for first, _, _ in article.sentences], [d.speaker for d in drafts]
    )
    return [
        Statement(
            tuple(d.spans), d.kind or kind_of(article, d.spans), d.cue, d.speaker,
            text[slice(*d.speaker)] if d.speaker else "", name, d.confidence,
        )
        for d, name in zip(drafts, names, strict=True)
    ]  # fmt: skip
