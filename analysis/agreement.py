"""Agreement: what the rules drafted and what the tagger found, joined statement by statement.

Marks decide what is quoted, and the rules read them exactly; the tagger knows better where indirect speech ends and
reads cues that are in no list. What both find is nearly always right. The tagger reads only what the rules leave open.
Whoever found it: what a sentence says that nobody said is no statement, and whom something was said to no speaker.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from operator import itemgetter

from analysis.drafting import Article, Draft, kind_of
from analysis.models import TaggedStatement, tag_statements
from analysis.subjects import Range, Sentence, phrase_after, phrase_before
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
# Nothing was said where these stand before the verb of speech ('refused to say'), before its subject ('false that Berg
# said'), or are its subject.
_DENIED = re.compile(
    r"(?:^| )(?:not|n['’]t|never|hardly|without|yet to|(?:refus|declin)(?:e|es|ed|ing) to"
    r"|fail(?:s|ed|ing)? to|avoid(?:s|ed|ing)?|short of|refrain(?:s|ed|ing)? from) "
    r"(?:(?:\w+ly|even|ever|yet) )*$"
)
_DOUBTED = re.compile(
    r"(?:^| )(?:(?<!even )if|whether|unless"
    r"|(?:false|untrue|incorrect|unclear|unlikely|doubtful|(?:not|n['’]t) (?:true|clear)"
    r"|no (?:evidence|proof)|is it true) that) $"
)
_NOBODY = re.compile(
    r"(?:no|nobody|no[- ]one|none|neither|not (?:one|a single))(?= )(?! (?:but|except|other|fewer|less|\d))"
)
_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "am"])
_RELATIVE = frozenset(["who", "which", "that"])
_FINITE = frozenset("vxmSe")
_ANOTHER = frozenset("vSZGTeuwcQ")  # between subject and verb of speech: it is the subject of another verb
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
    what holds a quotation. By neither: what was not said.
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
    return [draft for draft in joined if _was_said(article, _mend(article, draft))]


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
    relative = speaker is not None and article.text[slice(*speaker)].lower() in _RELATIVE
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
    reach = list(accumulate((d.spans[-1][1] for d in drafts), max))  # to where the drafts go up to each
    scored = [
        (-share, i, j)
        for j, t in enumerate(tagged)
        for i in range(bisect_right(reach, t.content[0][0]), bisect_left(starts, t.content[-1][1]))
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


def _was_said(article: Article, draft: Draft) -> bool:
    """Whether the cue tells of words said: not denied or refused, not asked or supposed, not by nobody."""
    if draft.cue is None:
        return True
    words, c = article.words, article.words.classes
    s, a, verb = _verb(article, draft.cue)
    first = s.first
    # What somebody denies, asks or supposes is said: left of the cue, words of the statement itself count as a comma.
    lower = words.lower[first:verb]
    for span in draft.spans:
        for i in range(*_within(article, span)):
            if first <= i < a:
                lower[i - first] = ","
    if _DENIED.search(_spell(lower)):
        return False
    if draft.speaker is None:
        return True
    start, end = _within(article, draft.speaker)
    phrase = words.lower[start:end]
    if _NOBODY.match(_spell(phrase)):
        return False
    if not first <= start < end <= verb or phrase[-1] in _RELATIVE or set(c[end:verb]) & _ANOTHER:
        return True  # 'If Holm meets Berg, who said ...'
    if c[start - 1 : start] == c[verb + 1 : verb + 2] == ",":
        return True  # 'Neither, Berg said, ...'
    lower = lower[: start - first]
    if _DOUBTED.search(_spell(lower)) or _asks(lower, c[first:start]):
        return False
    for i in range(len(lower) - 1, -1, -1):  # of 'Neither Berg nor Holm' the speaker may be Holm alone
        if lower[i] in ("neither", "none") and lower[i + 1 : i + 2] != [","]:
            return not _NOBODY.match(_spell([*lower[i:], *phrase]))
        if c[first + i] not in "dnNasOcp,":
            break
    return True


def _asks(lower: list[str], classes: str) -> bool:
    """Whether words end with a helper verb that begins its clause: 'Did' Berg say, 'Had' Berg said."""
    if classes[-1:] not in ("x", "m") or lower[-1] in (",", "may"):  # 'may I remind you'
        return False
    return len(lower) == 1 or classes[-2] in ",;:.-cQq*" or lower[-2] == "neither"


def _mend(article: Article, draft: Draft) -> Draft:
    """Take from a draft whom its words were said to, and add the subject of what goes on behind its cue; return it."""
    if draft.cue is None:
        return draft
    words, c = article.words, article.words.classes
    s, a, verb = _verb(article, draft.cue)
    start, end = _within(article, draft.speaker) if draft.speaker else (a, a)
    marks = speech_verbs().get(words.lower[verb], frozenset())
    spans = draft.spans
    if "participle" in marks and not marks.isdisjoint(("tell", "ask")):
        opens = verb - (verb > s.first and words.lower[verb - 1] in ("when", "if", "while", "once"))
        stop = _end_of_aside(s, opens) if end in (a, opens, opens - 1) and "," not in c[start:end] else None
        helper = next((i for i in range(verb - 1, s.first, -1) if c[i] != "r"), s.first)
        if stop is None and s.first < opens == verb and words.lower[helper] not in _BE:
            return draft
        draft.speaker = _agent(article, s, verb + 1)
        if stop is not None:
            spans = [(x, min(y, words.ends[stop - 1])) for x, y in spans if words.ends[verb] <= x < words.starts[stop]]
        spans = [span for span in spans if _within(article, span)[1] != a]  # 'Holm was told ...'
        draft.spans = spans or draft.spans
    elif end <= verb and spans[0][0] >= words.ends[verb]:  # 'The plan, Berg said, was dead'
        comma, at = min(start, a) - 1, bisect_left(words.starts, spans[0][0])
        if comma > s.first and c[comma] == c[verb + 1 : at] == "," and c[at : at + 1] in _FINITE:
            subject = phrase_before(s, comma, s.first)
            if words.lower[s.first : comma] == ["nor"]:  # 'Nor, Berg said, was it dead'
                draft.spans = [(words.starts[s.first], words.ends[s.first]), *spans]
            elif subject < comma and c[comma - 1] in "nNpd" and (subject == s.first or c[subject - 1] in ",;:-.ucT"):
                draft.spans = [(words.starts[subject], words.ends[comma - 1]), *spans]
    return draft


def _agent(article: Article, s: Sentence, at: int) -> Span | None:
    """Return who spoke where somebody was told or asked: 'by Berg'."""
    if s.lower[at : at + 1] != ["by"] or at + 1 >= s.last:
        return None
    words, start = article.words, at + 1
    stop = next((j for j in range(start + 1, phrase_after(s, start)) if s.classes[j] == "i"), phrase_after(s, start))
    return words.starts[start], words.ends[max(start, stop - 1)]


def _end_of_aside(s: Sentence, start: int) -> int | None:
    """Return the comma before the clause that an aside belongs to: 'Berg, asked whether the plan was dead, smiled'."""
    c, opens = s.classes, start == s.first  # 'Asked whether the plan was dead, Berg smiled'
    if not opens and c[start - 1] != ",":
        return None
    for j in range(s.last - 2, start, -1):
        verb = phrase_after(s, j + 1) if opens else j + 1
        if c[j] == "," and verb > j + opens and c[verb : verb + 1] in _FINITE:
            return j
    return None


def _verb(article: Article, cue: Span) -> tuple[Sentence, int, int]:
    """Return the sentence of a cue, the first word of the cue and its last verb of speech."""
    words = article.words
    a, b = _within(article, cue)
    verb = next((i for i in range(b - 1, a, -1) if words.classes[i] in "SZG"), a)
    first, last, _ = article.sentences[max(0, bisect_right(article.sentences, a, key=itemgetter(0)) - 1)]
    return Sentence(words.classes, words.lower, first, last), a, verb


def _within(article: Article, span: Span) -> Range:
    """Return the words that a span of characters touches."""
    words = article.words
    start = max(0, bisect_right(words.starts, span[0]) - 1)
    return start, max(start + 1, bisect_left(words.starts, span[1]))


def _spell(words: list[str]) -> str:
    return "".join(f"{word} " for word in words)
