"""The article in the text of a page: what was said stays, what stands around it goes, with a record of it.

A page saved as text carries menus, sharing buttons, captions, lists of other articles and the headline two or three
times. Each line is judged by itself (`furniture`), then by where it stands: on a cluttered page the article is the
stretch of lines with the most running text.

References
----------
Pomikálek, J. (2011). Removing Boilerplate and Duplicate Content from Web Corpora. PhD thesis, Masaryk University,
section 3: judging blocks first by themselves and then by their neighbours.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from analysis.dates import find_dates, is_date_line
from analysis.furniture import ends_like_a_sentence, find_furniture
from analysis.lines import Line, fold, read_lines
from analysis.turns import break_before_turns, find_turns

_LONGEST_TITLE = 30  # words
_LONGEST_OPENING_TITLE = 150  # characters, of a title that nothing but its place tells from the text
_CLUTTER = 8  # lines of furniture from which on a page is searched for its article
_UNTIDY = 3  # lines that left, from which on lines that are no sentences are judged by their neighbours
_LEAST_ARTICLE = 12.0  # weight of the stretch, about 200 characters of running text
_SMALL_REST = 0.25  # of the running text: what may be cut off behind a line such as 'Related articles'
_PARAGRAPH = 120  # characters; teasers of other articles are shorter
_PASSAGE = 40  # characters; a shorter line that is no sentence and comes back again and again is of the page
_NEVER_SPOKEN = ("link", "date", "copyright", "mark")  # what is left out of a transcript; all else may be a turn
_DATELINE = re.compile(
    r"^(?:[A-Z][A-Z.’' -]{2,40}(?:[,/] ?[A-Z][\w.’' -]{1,30})*"
    r"|[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,2}(?=,? ?\(|, [A-Z0-9]))"
    r"(?:, (?:\d{1,2} )?[A-Z][a-z]{2,8}\.?(?: \d{1,2})?(?:,? \d{4})?)?"
    r"(?: ?\([A-Z][\w ./-]{1,30}\))?(?: [—–-]{1,2} |—)(?=[\"“‘'A-Z0-9])"
)
_FULL_STOP = re.compile(r"[.][\"”’)]*$")
_QUOTED = re.compile('^["“‘«].*["”’»]$')
_SITE = re.compile(r" [|–—-] [^|]{2,30}$")
_LABEL = re.compile(r"(?:[A-Z][\w.’'-]* ){0,5}[A-Z][\w.’'-]*:$")  # of a turn: "Ann Smith:"
_APPEAL = re.compile(r"^(?=.*\b(?:you|your)\b)(?=.*\b(?:we|our|us)\b)[^“”\"]*$", re.IGNORECASE)
_PLACE = re.compile(r"^[A-Z]{4,}(?: [A-Z]{4,})?: (?=[A-Z])")
_SIGNATURE = re.compile(
    r"\s*\((?:Reuters|REUTERS|AP|AFP|dpa|DPA|PAP|Interfax|TASS|ANSA|Xinhua|Bloomberg|UPI|IANS|ANI|PTI|CNN|BBC"
    r"|Ukrinform)\)$"
)


class Dropped(NamedTuple):
    """A line, or a piece of one, that left the text: its number on the page (from 1), its words and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Cleaned:
    """The article of a page.

    `text` has a blank line between paragraphs and is "" when the page holds no article; `title` is "" and `date` None
    when the page does not tell.
    """

    text: str
    title: str
    date: date | None
    dropped: tuple[Dropped, ...] = field(repr=False)


@dataclass(frozen=True)
class _Judged:
    line: Line
    reason: str  # why it is furniture; "" when it may be of the article
    ends: bool
    prose: bool
    folded: str

    @property
    def weight(self) -> float:
        if self.reason == "told above":
            return 0.0  # the article may go on behind a copy
        if self.reason:
            return -3.0 if self.ends else -1.5
        if self.prose:
            if self.line.text[-1] in "?!":
                return 0.0  # as headlines end too
            short = self.line.text.count(" ") < 5 and not self.line.parts
            return 0.5 if short else 2.0 + min(len(self.line.text), 600) / 20
        return -0.5 if len(self.line.text) > 60 else -1.0


def clean_page(text: str, title: str | None = None) -> Cleaned:
    r"""Return the article in the text of a page.

    Parameters
    ----------
    text : str
        The page as text or Markdown, one paragraph a line.
    title : str, optional
        Its headline where that is known; else it is looked for.

    Returns
    -------
    Cleaned
        Cleaning what came out of it changes nothing more.

    Examples
    --------
    >>> page = "Talks go on\n24 NOV 2025 12:16\nTalks go on\nThe talks in Geneva went on, he said.\nTags\nRelated Reads"
    >>> cleaned = clean_page(page)
    >>> cleaned.text, cleaned.title, str(cleaned.date)
    ('The talks in Geneva went on, he said.', 'Talks go on', '2025-11-24')
    >>> [(piece.line, piece.reason) for piece in cleaned.dropped]
    [(1, 'headline'), (2, 'date'), (3, 'headline'), (5, 'tags'), (6, 'related articles')]
    """
    judged = _judge(read_lines(text))
    cluttered = sum(line.reason not in ("", "told above") for line in judged) >= _CLUTTER
    if not cluttered and find_turns(text):
        judged = [line if line.reason in _NEVER_SPOKEN else replace(line, reason="", prose=True) for line in judged]
    first, end = _find_article(judged) if cluttered else _trim_foot(judged)
    head = next((i for i in range(first, end) if judged[i].prose and not judged[i].reason), end)
    title = title or (_find_title(judged, head, cluttered) if head < end or not judged else "")
    reasons = _give_reasons(judged, first, end, head, fold(title), cluttered)
    found = _find_date(judged, head, fold(title))
    return _write(judged, reasons, title, found)


def _judge(lines: Sequence[Line]) -> list[_Judged]:
    folded = [fold(line.text) for line in lines]
    counts = Counter(folded)
    told: set[str] = set()
    judged = []
    for index, (line, words) in enumerate(zip(lines, folded, strict=True)):
        sentence = ends_like_a_sentence(line.text)
        furniture = find_furniture(line.text)
        reason, ends = (furniture.reason, furniture.ends) if furniture else ("", False)
        if line.listed_link:
            reason, ends = "link", True
        elif not reason and is_date_line(line.text):
            reason = "date"
        elif (
            not reason
            and counts[words] >= 3
            and not line.parts
            and line.text[-1] != ":"
            and (words in told if len(words) >= _PASSAGE else not sentence)  # what may have been said stays once
        ):
            reason = "told above" if sentence else "repeated on the page"
        told.add(words)
        headline = len(lines) > 1 and (index == 0 or words == folded[0])
        judged.append(_Judged(line, reason, ends, _is_prose(line, sentence, headline), words))
    return judged


def _is_prose(line: Line, sentence: bool, headline: bool) -> bool:
    """Whether a line is running text; a headline that asks a question, or links elsewhere, is not."""
    words = line.text.count(" ") + 1
    linked = line.is_link and words > 3 and line.text[-1] != "."
    if line.heading or linked or (headline and words <= _LONGEST_TITLE and not _FULL_STOP.search(line.text)):
        return False
    if sentence or _QUOTED.match(line.text) or (line.parts and words >= 4):
        return True
    if line.text[-1] in ":,;":
        return words >= 8
    return words >= 25 and bool(re.search(r"[.?!][\"”’]? [A-Z\"“]", line.text))


def _find_article(judged: Sequence[_Judged]) -> tuple[int, int]:
    """Return the stretch of lines with the greatest weight, as first and end; an empty one when there is no article."""
    best, stretch = 0.0, (0, 0)
    weight, first = 0.0, 0
    for index, line in enumerate(judged):
        if weight <= 0:
            weight, first = 0.0, index
        weight += line.weight
        if weight > best:
            best, stretch = weight, (first, index + 1)
    if best < _LEAST_ARTICLE:
        return 0, 0
    return _trim_foot(judged, _find_opening(judged, stretch[0]), stretch[1])


def _find_opening(judged: Sequence[_Judged], first: int) -> int:
    """Return where the article begins: at a sentence above the stretch, if nothing but clutter stands between."""
    above = range(max(0, first - 60), first)
    dated = max((i for i in above if judged[i].reason in ("date", "byline")), default=first)
    sentences = (i for i in range(dated + 1, first) if judged[i].prose and not judged[i].reason)
    return next((i for i in sentences if judged[i].weight > 3), first)


def _trim_foot(judged: Sequence[_Judged], first: int = 0, end: int | None = None) -> tuple[int, int]:
    """Return the stretch up to the line behind which the page goes on and the article does not."""
    end = len(judged) if end is None else end
    texts = [line.prose and not line.reason and not line.line.is_link for line in judged[first:end]]
    sizes = [len(line.folded) * is_text for line, is_text in zip(judged[first:end], texts, strict=True)]
    whole, before = sum(sizes), 0
    for offset, size in enumerate(sizes):
        line = judged[first + offset]
        # 'Read also' stands between paragraphs too; a comment section does not.
        inside = line.reason in ("related articles", "tags") and max(sizes[offset:]) >= _PARAGRAPH
        if line.ends and before and whole - before <= whole * _SMALL_REST and not inside:
            return first, first + offset
        before += size
    return first, end


def _find_title(judged: Sequence[_Judged], head: int, cluttered: bool) -> str:
    above = [line for line in judged[:head] if not line.prose and line.reason in ("", "repeated on the page")]
    headings = [line for line in above if line.line.heading]
    if headings:
        return headings[0].line.text
    if not cluttered:
        opening = above[0].line.text if above and above[0] is judged[0] else ""
        return opening if len(opening) <= _LONGEST_OPENING_TITLE and not re.search(r"[.!?] ?[A-Z]\w", opening) else ""
    above = [line for line in above if 2 <= line.line.text.count(" ") + 1 <= _LONGEST_TITLE]
    name = judged[0].folded  # browsers save the page's name first: "Headline | Section | Site"
    for line in reversed(above):
        starts = name.startswith(line.folded) or (len(line.folded) > 15 and line.folded in name)
        if line is not judged[0] and " " in line.folded and starts:
            return line.line.text
    if above and above[0] is judged[0]:
        return max(_SITE.sub("", judged[0].line.text).split(" | "), key=len).strip()
    long = [line for line in above[-30:] if line.line.text.count(" ") >= 4 and not line.line.is_link]
    return long[-1].line.text if long else ""


def _find_date(judged: Sequence[_Judged], head: int, title: str) -> date | None:
    """Return the first date between headline and text, else the last above, one below the opening, the dateline's."""
    from_title = max((i for i in range(head) if title and judged[i].folded == title), default=head)
    below = range(head + 1, min(head + 8, len(judged)))
    nearest_first = [*range(from_title, head), *range(from_title - 1, max(-1, head - 40), -1), *below]
    for index in nearest_first:
        text = judged[index].line.text
        if text.count(" ") < 15 and (is_date_line(text) or judged[index].reason == "byline"):
            for day, _, _ in find_dates(text):
                return day
    dateline = _DATELINE.match(judged[head].line.text) if head < len(judged) else None
    return next((day for day, _, _ in find_dates(dateline.group())), None) if dateline else None


def _give_reasons(
    judged: Sequence[_Judged], first: int, end: int, head: int, title: str, cluttered: bool
) -> dict[int, str]:
    """Return why each line that leaves does so, by its place."""
    reasons: dict[int, str] = {}
    for index, line in enumerate(judged):
        site_follows = index < head and line.folded.startswith(title + " ") and len(line.folded) < len(title) + 40
        if title and (line.folded == title or site_follows):
            reasons[index] = "headline"
        elif line.reason and not (line.reason == "date" and head < index < end and not cluttered):
            reasons[index] = line.reason
        elif not first <= index < end:
            reasons[index] = "before the article" if index < first else "after the article"
            if first == end:
                reasons[index] = "no article on the page"
    for index in range(first + 1, end):
        credit = reasons.get(index) == "photo credit" and judged[index].line.text.count(" ") < 10
        if credit and index - 1 not in reasons and not ends_like_a_sentence(judged[index - 1].line.text.rstrip("?")):
            reasons[index - 1] = "caption"
    for index in range(first, min(end + 1, len(judged))):
        beside = {reasons.get(index - 1), reasons.get(index + 1)}
        words = judged[index].line.text
        if index not in reasons and "subscription" in beside and words.count(" ") < 20 and _APPEAL.match(words):
            reasons[index] = "subscription"
        elif reasons.get(index) == "related articles":
            reasons.update(dict.fromkeys(_find_card(judged, index, end), "related articles"))
    if sum(why not in ("headline", "date") for why in reasons.values()) >= _UNTIDY:
        reasons.update(_judge_by_neighbours(judged, reasons, head, end))
    return reasons


def _find_card(judged: Sequence[_Judged], index: int, end: int) -> range:
    """Return the headline and the sentence about another article that follow a line such as 'Podcast episode'."""
    if judged[index].folded == "learn more":
        below = index > 1 and judged[index - 1].prose and not judged[index - 2].prose
        return range(index - 1, index) if below else range(0)
    for headline in range(index + 1, min(index + 3, end - 2)):
        if _is_headline(judged[headline].line) and not judged[headline].reason:
            about, after = judged[headline + 1], judged[headline + 2]
            return range(index + 1, headline + 2) if about.prose and not after.prose else range(0)
    return range(0)


def _is_headline(line: Line) -> bool:
    """Whether a line is written as headlines are: Most Words Begin With a Capital, and no full stop."""
    words = [word for word in line.text.split() if len(word) > 3]
    capitals = len(words) > 2 and sum(word[0].isupper() for word in words) > 0.6 * len(words)
    return (capitals or line.is_link) and line.text[-1] not in ".:"


def _judge_by_neighbours(judged: Sequence[_Judged], gone: dict[int, str], head: int, end: int) -> dict[int, str]:
    """Return why lines that are no sentences leave a page; one that stands alone is a subheading."""
    reasons: dict[int, str] = {}
    run: list[int] = []
    listed = False  # other articles are listed in this run
    for index in range(head, end + 1):
        if index < end and (index in gone or not _is_sentence(judged, index)):
            listed = listed or gone.get(index) == "related articles"
            if index not in gone:
                run.append(index)
            continue
        headings = [member for member in run if not judged[member].line.is_link]
        for member in run:
            line, before = judged[member].line, judged[member - 1].line
            alone = member == run[-1] and len(headings) <= 2 and index < end and not listed
            stays = alone or line.item or before.text.endswith(":") or line.text.startswith(("–", "—"))
            if not _LABEL.match(line.text) and (line.is_link or not stays):
                reasons[member] = "link" if line.is_link else "not a sentence"
        run, listed = [], False
    return reasons


def _is_sentence(judged: Sequence[_Judged], index: int) -> bool:
    """Whether a line is running text; one that asks or calls out is so only beside running text."""
    line = judged[index]
    if line.prose and line.line.text[-1] in "?!":
        return any(0 <= i < len(judged) and judged[i].prose and not judged[i].reason for i in (index - 1, index + 1))
    return line.prose


def _write(judged: Sequence[_Judged], reasons: dict[int, str], title: str, found: date | None) -> Cleaned:
    paragraphs: list[str] = []
    dropped = []
    for index, why in reasons.items():
        line = judged[index].line
        dropped += [Dropped(number, text, why) for number, text in line.parts or ((line.number, line.text),)]
    for line in (judged[index].line for index in range(len(judged)) if index not in reasons):
        text, pieces = _strip_signatures(line.text, first=not paragraphs)
        dropped += [Dropped(line.number, piece, "wire signature") for piece in pieces]
        if text:
            paragraphs.append(text)
    return Cleaned(break_before_turns("\n\n".join(paragraphs)), title, found, tuple(sorted(dropped)))


def _strip_signatures(paragraph: str, first: bool) -> tuple[str, list[str]]:
    """Return a paragraph without the agency's dateline and signature, and these."""
    pieces = []
    if match := _DATELINE.match(paragraph) or (_PLACE.match(paragraph) if first else None):
        pieces.append(match.group().strip())
        paragraph = paragraph[match.end() :]
    if match := _SIGNATURE.search(paragraph):
        pieces.append(match.group().strip())
        paragraph = paragraph[: match.start()]
    return paragraph, pieces
