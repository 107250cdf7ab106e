"""Drafts: statements as the rules find them, sentence by sentence.

Each sentence is read as a string of word classes; every cue takes the words it governs, and quotations that no cue
governs go to whoever spoke last. The turns of a transcript belong to whom their label names.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from analysis.contents import find_content, has_quotation
from analysis.cues import find_cues
from analysis.quotations import Quotation, find_quotations
from analysis.subjects import Range, Sentence, first_subject, name_before_colon
from analysis.text import Span, split_paragraphs, split_sentences
from analysis.turns import Turn, find_turns
from analysis.wordclasses import Words, classify_words

# A quotation of fewer words that no cue governs is taken for a title, a nickname or a scare quote (PolNeAR, training
# part: 30 to 53% of those with 1 to 3 words are no statement, 1 to 2% of those with 8 and more).
LEAST_WORDS = 8
EARLY = 0.15  # share of a text within which the first turn of a transcript begins
LONGEST_SENTENCE = 300  # words; longer ones are lists or noise and are read in pieces
_WORD = re.compile(r"\w+")
_SIGNATURE = re.compile(r"[nN][nN]{1,3}(?:,[^.]{1,12})?")  # '"..." - Anna Berg, teacher'
SIGNED = 4  # least words of a quotation with a signature
# 'WASHINGTON, Nov. 23 (Reuters) - ' at the head of a wire story
_DATELINE = re.compile(r"[A-Z][A-Z.,/ -]{2,40}(?:,? [A-Z][\w. ]{0,20})?(?: ?\([\w ]{2,20}\))? ?(?:—|–|--?) ")
_DAY_AT_END = re.compile(r",?i?y+a?$")  # 'Trump on Saturday'
_SPEAKER_AND_VERB = re.compile(r"(?:p|d?[na]*[nN][nN]*)r?[Se]")


@dataclass(slots=True, eq=False)
class Draft:
    """A statement in the making: character spans of its content, cue and speaker."""

    cue: Span | None
    speaker: Span | None
    paragraph: int
    confidence: float
    spans: list[Span] = field(default_factory=list)
    quoted: bool = False
    kind: str = ""  # known beforehand only for the turns of a transcript


class Article(NamedTuple):
    """A text with its words, paragraphs, quotations, sentences and turns."""

    text: str
    words: Words
    paragraphs: list[Span]
    quotations: list[Quotation]
    sentences: list[tuple[int, int, int]]  # first word, the one after the last, paragraph
    turns: list[Turn]
    opens: list[int]  # where quotations begin
    closes: list[int]  # and end

    def in_transcript(self, at: int) -> bool:
        """Whether a place lies between the first label of the transcript and its last word."""
        return bool(self.turns) and self.turns[0].label[0] <= at < self.turns[-1].words[1]


def draft_statements(article: Article) -> list[Draft]:
    """Return what the rules find in an article, in the order found."""
    drafts: list[Draft] = []
    waiting: Draft | None = None
    for first, last, paragraph in article.sentences:
        if article.in_transcript(article.words.starts[first]):
            continue
        waiting = _read_sentence(article, first, last, paragraph, drafts, waiting)
    return drafts + _read_turns(article.text, article.turns)


def _read_turns(text: str, turns: list[Turn]) -> list[Draft]:
    return [
        Draft(None, turn.label, -1, 0.9, [turn.words], kind="direct")
        for turn in turns
        if _WORD.search(text, *turn.words)
    ]


def read_article(text: str) -> Article:
    """Return the words of a text and its sentences, none of which ends inside a quotation or before its cue."""
    paragraphs = split_paragraphs(text)
    quotations = find_quotations(text, paragraphs)
    words = classify_words(text, quotations)
    sentences: list[tuple[int, int, int]] = []
    at = paragraph = 0
    for start, end in split_sentences(text):
        while paragraph + 1 < len(paragraphs) and paragraphs[paragraph + 1][0] <= start:
            paragraph += 1
        last = bisect_left(words.starts, end, at)
        if last == at:  # the rest of a quotation
            continue
        before = sentences[-1] if sentences and sentences[-1][2] == paragraph else None
        if (
            before
            and last - before[0] <= LONGEST_SENTENCE
            and (start < words.ends[at - 1] or _continues(text, words, before, at, last))
        ):
            sentences[-1] = (before[0], last, paragraph)
        else:
            sentences += [(a, min(a + LONGEST_SENTENCE, last), paragraph) for a in range(at, last, LONGEST_SENTENCE)]
        at = last
    opens, closes = [q.start for q in quotations], [q.end for q in quotations]
    turns = find_turns(text)
    return Article(text, words, paragraphs, quotations, sentences, turns if _speak(text, turns) else [], opens, closes)


def _speak(text: str, turns: list[Turn]) -> bool:
    """Whether turns are a transcript's, not headings with a colon: people have them, early or question by question."""
    headings = sum("’s " in t.speaker or "'s " in t.speaker for t in turns)
    asked = sum(text[slice(*turn.words)].endswith("?") for turn in turns)
    early = bool(turns) and turns[0].label[0] <= EARLY * len(text)
    return (early or asked > 1) and 3 * headings <= len(turns)


def _continues(text: str, words: Words, before: tuple[int, int, int], at: int, last: int) -> bool:
    """Whether the sentence that begins at word `at` belongs to the one before, as in '"Why?" he asked'."""
    c = words.classes
    if c[before[1] - 1] not in "Qq":
        return False
    if c[at] in ",;" or (c[at] in "vceSx" and text[words.starts[at]].islower()):
        return True
    asks = text[words.ends[before[1] - 1] - 2] in "?!"
    return asks and bool(_SPEAKER_AND_VERB.match(c, at, last))


def _read_sentence(
    article: Article, first: int, last: int, paragraph: int, drafts: list[Draft], waiting: Draft | None
) -> Draft | None:
    """Add the statements of a sentence to the drafts; return the one whose words are still to come ('He said:')."""
    words = article.words
    c = words.classes
    s = Sentence(c, words.lower, first, last)
    cues = find_cues(s)
    made: list[Draft] = []
    taken: set[int] = set()
    coming: Draft | None = None
    left = _behind_dateline(article, first, last)
    for k, cue in enumerate(cues):
        draft = Draft(_chars(words, cue.cue), _speaker(words, cue.speaker), paragraph, 0.8)
        for a, b in find_content(s, cue, cues[k + 1 :], left):
            _add(words, draft, a, b)
            taken.update(i for i in range(a, b) if c[i] in "Qq")
        if draft.spans:
            made.append(draft)
        elif k == len(cues) - 1 and cue.after >= last - 1:
            coming = draft
        left = max(left, cue.after)
    for i in (i for i in range(first, last) if c[i] in "Qq" and i not in taken):
        _take_loose(article, s, i, paragraph, drafts, made, waiting)
    if coming is None and c[last - 1] == ":" and not made:
        coming = Draft(None, _speaker(words, _subject(s, last - 1)), paragraph, 0.5)
    drafts.extend(made)
    return coming


def _behind_dateline(article: Article, first: int, last: int) -> int:
    dateline = _DATELINE.match(article.text, article.words.starts[first])
    left = bisect_left(article.words.starts, dateline.end(), first) if dateline else first
    return left if left < last else first


def _take_loose(
    article: Article, s: Sentence, i: int, paragraph: int, drafts: list[Draft], made: list[Draft], waiting: Draft | None
) -> None:
    """Give a quotation that no cue governs to whoever spoke last, or to the subject of its sentence, or to nobody."""
    words, c = article.words, s.classes
    count = len(_WORD.findall(article.text, words.starts[i], words.ends[i]))
    last_draft = drafts[-1] if drafts else None
    if count >= SIGNED and c[i + 1 : s.last].startswith("-") and _SIGNATURE.fullmatch(c, i + 2, s.last):
        draft = Draft(None, _speaker(words, (i + 2, s.last)), paragraph, 0.8)
        _add(words, draft, i, i + 1)
        made.append(draft)
        return
    if not set(c[s.first : i]) - set("Qq.,-:*uc"):  # it begins the sentence
        target = waiting
        if target is None and last_draft and last_draft.paragraph == paragraph and last_draft.quoted:
            target = last_draft
        if target is not None:
            _add(words, target, i, i + 1)
            if target is waiting and target not in made:
                made.append(target)
            return
        if last_draft and count >= 4 and (i + 1 >= s.last or c[i + 1] in ".Qq"):
            draft = Draft(None, last_draft.speaker, paragraph, 0.6)
            _add(words, draft, i, i + 1)
            made.append(draft)
            return
    if count >= LEAST_WORDS or (count >= 3 and c[i - 1 : i] == ":"):
        draft = Draft(None, _speaker(words, _subject(s, i)), paragraph, 0.4)
        that = c.rfind("T", s.first, i)
        _add(words, draft, that if that >= 0 and not set(c[that:i]) & set(",;:-Qq") else i, i + 1)
        made.append(draft)


def _subject(s: Sentence, before: int) -> Range | None:
    """Return the subject of what stands before a quotation or the colon at its head."""
    colon = before - 1 if before > s.first and s.classes[before - 1] == ":" else before
    name = name_before_colon(s, colon) if s.classes[colon : colon + 1] == ":" else None
    return name or first_subject(s, before)


def _add(words: Words, draft: Draft, a: int, b: int) -> None:
    """Add words a to b to a draft: the quotations alone when nothing else of weight stands there."""
    c = words.classes
    while a < b and c[a] in ",;:.-)*":
        a += 1
    while b > a and c[b - 1] in ",;:.-(*":
        b -= 1
    if a >= b:
        return
    stretch = c[a:b]
    if has_quotation(stretch) and not set(stretch) - set("Qq,;:.-*uc"):
        draft.spans += [(words.starts[i], words.ends[i]) for i in range(a, b) if c[i] in "Qq"]
        draft.quoted = True
    else:
        draft.spans.append((words.starts[a], words.ends[b - 1]))
        draft.quoted = draft.quoted or c[b - 1] in "Qq"
    draft.spans.sort()


def _speaker(words: Words, phrase: Range | None) -> Span | None:
    if phrase is None:
        return None
    a, b = phrase
    while b - 1 > a and words.classes[b - 1] in ",-;:.":
        b -= 1
    if words.lower[b - 2 : b] == ["in", "turn"] and b - 3 > a:
        b -= 3
    day = _DAY_AT_END.search(words.classes[a:b])
    if day and day.start():
        b = a + day.start()
    return _chars(words, (a, b))


def _chars(words: Words, span: Range) -> Span:
    return words.starts[span[0]], words.ends[span[1] - 1]


def kind_of(article: Article, spans: list[Span]) -> str:
    """Return 'direct' when every span is one quotation, 'indirect' when none holds any, else 'mixed'."""
    whole = some = 0
    for start, end in spans:
        inside = range(bisect_right(article.closes, start), bisect_left(article.opens, end))
        some += bool(inside)
        whole += len(inside) == 1 and article.opens[inside[0]] <= start and end <= article.closes[inside[0]]
    return "direct" if whole == len(spans) else "mixed" if some else "indirect"
