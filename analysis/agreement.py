"""Agreement: what the rules drafted and what the tagger found, joined statement by statement.

Marks decide what is quoted, and the rules read them exactly; the tagger knows better where indirect speech ends and
reads cues that are in no list. What both find is nearly always right. The tagger reads only what the rules leave open.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from analysis.drafting import Article, Draft, kind_of
from analysis.models import TaggedStatement, tag_statements
from analysis.subjects import Sentence, phrase_after, phrase_before
from analysis.text import Span
from analysis.wordclasses import speech_verbs

# Measured on the development part of PolNeAR; each is a plateau, not a peak.
SAME = 0.5  # overlap of contents (Jaccard, in characters) from which they are one statement
SETTLED = 0.6  # share of a paragraph in quotations with a cue from which the tagger has nothing to add
EDGE = 4  # words that the tagger reads at either end of a long quotation
LONG = 12  # words from which a quotation is long
LEAST = 0.5  # confidence of the tagger alone, and of a quotation without a cue, below which nothing is taken
SURE = 0.85  # confidence from which the tagger's end of an indirect statement is taken before the rules'
# From the tagger's confidence in the words to one in words and speaker: where the rules agree, where they are silent.
AGREED = (0.5, 0.44)
ALONE = 0.85
_UNREAL = frozenset(["not", "n't", "n’t", "never", "will", "would", "cannot", "nor"])
_WORD = re.compile(r"n['’]t\b|[a-z]+?(?=n['’]t\b)|[a-z]+")
_SPACED = re.compile(r"\S+")
_QUOTED = re.compile(r"[\"“”„«»]|''|``")


def find_undecided(article: Article, drafts: list[Draft]) -> list[Span]:
    """Return the stretches of whole sentences that the rules leave open, in order.

    Closed are sentences without a quotation or a word of speech, paragraphs that are nothing but quotations whose cue
    is known, and the turns of a transcript.
    """
    starts = [start for start, _ in article.paragraphs]
    quoted = [0] * len(starts)
    for draft in drafts:
        if draft.cue and kind_of(article, draft.spans) == "direct":
            for start, end in draft.spans:
                quoted[max(0, bisect_right(starts, start) - 1)] += end - start
    settled = [
        inside >= SETTLED * (end - start) for (start, end), inside in zip(article.paragraphs, quoted, strict=True)
    ]
    runs: list[Span] = []
    joins = False
    for first, last, paragraph in article.sentences:
        start, end = article.words.starts[first], article.words.ends[last - 1]
        opens = not settled[paragraph] and not article.in_transcript(start) and _speaks(article, first, last)
        if opens and joins:
            runs[-1] = (runs[-1][0], end)
        elif opens:
            runs.append((start, end))
        joins = opens
    return runs


def tag(article: Article, runs: list[Span]) -> list[TaggedStatement]:
    """Return what the tagger finds in stretches of an article, in order; of a long quotation it reads both ends."""
    return tag_statements([article.text], [_without_middles(article, runs)])[0] if runs else []


def _without_middles(article: Article, runs: list[Span]) -> list[Span]:
    """Return stretches without the middle of long quotations: what lies between marks is no question."""
    stretches: list[Span] = []
    for start, end in runs:
        for i in range(bisect_left(article.opens, start), bisect_right(article.closes, end)):
            words = [m.span() for m in _SPACED.finditer(article.text, article.opens[i], article.closes[i])]
            if len(words) >= LONG:
                stretches.append((start, words[EDGE][0]))
                start = words[-EDGE][0]
        stretches.append((start, end))
    return stretches


def _speaks(article: Article, first: int, last: int) -> bool:
    words = article.words
    if not _WORD.search(article.text, words.starts[first], words.ends[last - 1]):
        return False
    return not set(words.classes[first:last]).isdisjoint("SZGQq") or "according" in words.lower[first:last]


def agree(article: Article, drafts: list[Draft]) -> list[Draft]:
    """Return the drafts joined with what the tagger finds.

    Found by both: the rules' content where it is quoted, the tagger's where it is mixed, has no cue or is sure. By
    the rules alone where the tagger has read: quotations only. By the tagger alone: what a word of speech reports, or
    what holds a quotation.
    """
    runs = find_undecided(article, drafts)
    tagged = tag(article, runs)
    drafts = sorted(drafts, key=lambda d: d.spans[0])
    pairs = _pairs(article, drafts, tagged)
    begins = [start for start, _ in runs]
    joined: list[Draft] = []
    for i, draft in enumerate(drafts):
        run = bisect_right(begins, draft.spans[0][0]) - 1
        read = run >= 0 and draft.spans[0][0] < runs[run][1]
        if i in pairs:
            joined.append(_both(article, draft, tagged[pairs[i]]))
        elif not read or (kind_of(article, draft.spans) == "direct" and draft.confidence >= LEAST):
            joined.append(draft)
    taken = set(pairs.values())
    for j, t in enumerate(tagged):
        if j not in taken and _is_speech(article, t):
            joined.append(Draft(t.cue, _speaker(article, t), -1, ALONE * t.confidence, _snapped(article, t.content)))
    return joined


def _both(article: Article, draft: Draft, tagged: TaggedStatement) -> Draft:
    kind = kind_of(article, draft.spans)
    rules = draft.cue is not None and (kind == "direct" or (kind == "indirect" and tagged.confidence < SURE))
    spans = draft.spans if rules else _snapped(article, tagged.content)
    confidence = AGREED[0] + AGREED[1] * tagged.confidence
    cue, speaker = draft.cue, draft.speaker
    if tagged.speaker and not (speaker and _overlap([speaker], (tagged.speaker,))):  # 'Berg said, according to Holm'
        cue, speaker = tagged.cue or cue, _speaker(article, tagged)
    return Draft(cue or tagged.cue, speaker, draft.paragraph, confidence, spans)


def _speaker(article: Article, tagged: TaggedStatement) -> Span | None:
    """Return the tagged speaker, 'who' together with the phrase before it; without one, the phrase beside the cue."""
    speaker, cue = tagged.speaker, tagged.cue
    relative = speaker is not None and article.text[slice(*speaker)].lower() in ("who", "which", "that")
    if (speaker and not relative) or cue is None:
        return speaker
    words = article.words
    place = speaker or cue
    at = bisect_left(words.starts, place[0])
    s = Sentence(words.classes, words.lower, max(0, at - 60), min(len(words.starts), at + 60))
    end = at - 1 if relative and words.classes[at - 1 : at] == "," else at
    start = phrase_before(s, end, s.first)
    if start < end:
        return words.starts[start], speaker[1] if speaker else words.ends[end - 1]
    after = bisect_left(words.starts, cue[1])
    if speaker is None and words.classes[after : after + 1] in ("N", "p"):
        return words.starts[after], words.ends[phrase_after(s, after) - 1]
    return speaker


def _pairs(article: Article, drafts: list[Draft], tagged: list[TaggedStatement]) -> dict[int, int]:
    """Return which draft (sorted by content) and which tagged statement are one, best overlap first."""
    starts = [d.spans[0][0] for d in drafts]
    longest = max((d.spans[-1][1] - d.spans[0][0] for d in drafts), default=0)
    scored = [
        (-share, i, j)
        for j, t in enumerate(tagged)
        for i in range(bisect_left(starts, t.content[0][0] - longest), bisect_left(starts, t.content[-1][1]))
        if (share := _overlap(drafts[i].spans, t.content)) >= SAME
        or (share and _adds_unquoted(article, drafts[i], t.content))
    ]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(scored):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _overlap(first: list[Span], second: tuple[Span, ...]) -> float:
    """Return the Jaccard overlap of two lists of spans, in characters."""
    shared = sum(max(0, min(b, d) - max(a, c)) for a, b in first for c, d in second)
    return shared / (sum(b - a for a, b in first) + sum(b - a for a, b in second) - shared)


def _adds_unquoted(article: Article, draft: Draft, content: tuple[Span, ...]) -> bool:
    """Whether tagged content is a draft's quotation and, apart from it, words that nobody quotes."""
    rest = [s for s in content if not _overlap(draft.spans, (s,))]
    same = len(rest) < len(content) and kind_of(article, draft.spans) == "direct"
    return same and bool(rest) and kind_of(article, rest) == "indirect"


def _is_speech(article: Article, tagged: TaggedStatement) -> bool:
    """Whether what the tagger alone found is reported speech: said, and not only thought, denied or to come."""
    text = article.text
    cue = _WORD.findall(text[slice(*tagged.cue)].lower()) if tagged.cue else []
    if tagged.confidence < LEAST or not _UNREAL.isdisjoint(cue):
        return False
    quoted = _QUOTED.search(text, tagged.content[0][0] - 1, tagged.content[-1][1] + 1)
    return bool(quoted) or any(word in speech_verbs() or word == "according" for word in cue)


def _snapped(article: Article, content: tuple[Span, ...]) -> list[Span]:
    """Return spans that take in the quotation marks at their edges."""
    snapped: list[Span] = []
    for start, end in content:
        i = bisect_right(article.opens, start) - 1
        for j in (i, i + 1):
            if 0 <= j < len(article.opens):
                if 0 < start - article.opens[j] <= 2:
                    start = article.opens[j]
                if 0 < article.closes[j] - end <= 2 and article.opens[j] >= start:
                    end = article.closes[j]
        last = bisect_left(article.opens, end) - 1
        if last >= 0 and 0 < article.closes[last] - end <= 2 and article.opens[last] >= start:
            end = article.closes[last]
        if snapped and start < snapped[-1][1]:
            start = snapped[-1][1]
        if start < end:
            snapped.append((start, end))
    return snapped
