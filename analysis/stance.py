"""Stance: where an actor stands, on an issue of the codebook or towards another actor, with the words that show it.

Rules, and transparent ones. In a statement the speaker holds the stance, unless a predicate has a subject of another
side ('Russia wants ...' said in Kyiv is hearsay, and gives nothing); in the article's own words the subject of the
predicate does ('Kyiv rejected ...'). An issue is spoken to where one of its phrases stands; which side is taken is the
product of what governs the phrase (`analysis.clauses`). Who merely names an issue has no stance; who speaks to it and
leaves it open is neutral.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from analysis.clauses import Marker, find_markers, normalise, split_clauses
from analysis.codebook import Codebook
from analysis.focus import on_focus, on_wanted
from analysis.issues import find_anchors, find_authors, markers_in, on_demands, on_issues
from analysis.names import Mention
from analysis.relations import find_relations, same_side
from analysis.statements import Statement
from analysis.tables import STANCE_LABELS
from analysis.text import Span, split_sentences
from analysis.voices import Found, Reading, Scope, find_owners, find_scopes, find_speakers, find_speech, without_asides

METHOD = "codebook"
_SPEECH_CONFIDENCE = 0.8  # that a speech without quotation marks is its speaker's words throughout
_WORD = re.compile(r"\w+")
_EDGES = " \t\n\r\"'“”‘’«»,;:—–-"


class StanceError(ValueError):
    """Texts, targets or spans that do not fit together."""


@dataclass(frozen=True, slots=True)
class Stance:
    """Where an actor stands; `oppose`, `neutral` and `support` are probabilities.

    `statement_id` is the place in the list of statements, None for an act in the article's own words; the evidence is a
    clause, as offsets into the text.
    """

    statement_id: int | None
    actor_id: str
    target_kind: str
    target_id: str
    oppose: float
    neutral: float
    support: float
    evidence_start: int
    evidence_end: int
    method: str
    confidence: float

    @property
    def score(self) -> float:
        """Support less oppose, in [-1, 1]."""
        return self.support - self.oppose

    @property
    def label(self) -> str:
        """The likeliest of oppose, neutral, support."""
        return STANCE_LABELS[int(np.argmax((self.oppose, self.neutral, self.support)))]


def find_stances(
    text: str,
    statements: Sequence[Statement],
    speakers: Sequence[str | None],
    mentions: Sequence[Mention],
    codebook: Codebook,
    published: date | None = None,
) -> list[Stance]:
    """Return the stances in an article, in the order of their evidence.

    Parameters
    ----------
    text : str
    statements : sequence of Statement
        From `analysis.statements.extract_statements`.
    speakers : sequence of str or None
        The actor who makes each statement.
    mentions : sequence of Mention
        From `analysis.mentions.find_mentions`.
    codebook : Codebook
    published : date, optional
        The day of the article: issues that were not in question then are not looked for.

    Returns
    -------
    list of Stance
        One for each statement (or sentence with acts), actor and target.
    """
    voices = [
        find_speakers(text, s, speaker, mentions, codebook) for s, speaker in zip(statements, speakers, strict=True)
    ]
    known = len(statements)
    speech = find_speech(text, mentions, codebook)
    if speech is not None:
        span, orator = speech
        statements = [*statements, Statement((span,), "direct", None, None, "", "", _SPEECH_CONFIDENCE)]
        voices.append((orator,))
    joined = without_asides(text, statements)
    plain = normalise(joined)
    markers = find_markers(joined)
    sentences = split_sentences(text)
    asked = {issue.issue_id for issue in codebook.issues if issue.in_question(published)}
    reading = Reading(
        text=joined,
        codebook=codebook,
        mentions=mentions,
        markers=markers,
        starts=[marker.start for marker in markers],
        anchors=[anchor for anchor in find_anchors(plain, codebook) if anchor[2][0] in asked],
        owner=find_owners(text, statements, voices, markers),
        authors=find_authors(joined, markers, mentions, sentences),
        speakers=voices,
    )
    found: list[Found] = []
    for number, sentence in enumerate(sentences):
        for scope in find_scopes(reading, sentence, number, statements, voices):
            found += on_demands(reading, scope)
            clauses = split_clauses(joined, scope.start, scope.end)
            for place, clause in enumerate(clauses):
                near = markers_in(reading, scope, clause)
                found += on_issues(reading, scope, clauses, place, near)
                if scope.voice < known:  # 'it' may be anything in a speech
                    led = on_wanted(reading, scope, clause, near, found)
                    found += on_focus(reading, scope, clause, near) if led is None else led
                found += _on_actors(reading, scope, clause, near)
    return _merge(joined, found, [s.confidence for s in statements], known)


def _on_actors(reading: Reading, scope: Scope, clause: Span, markers: list[Marker]) -> Iterator[Found]:
    text, spoken = reading.text, scope.voice >= 0
    for relation in find_relations(text, markers, clause, scope.opening, reading.mentions, spoken=spoken):
        holders: tuple[str, ...] = (relation.holder,) if relation.holder else scope.speakers
        if relation.holder and relation.marker.start >= scope.content and spoken:
            own = any(same_side(reading.codebook, relation.holder, speaker) for speaker in scope.speakers)
            holders = scope.speakers if own else ()  # what others do, by hearsay
        for holder in holders:
            own = relation.target != holder and same_side(reading.codebook, holder, relation.target)
            if own and relation.sign > 0 and reading.codebook.actor(relation.target).kind == "body":
                continue  # who praises the own country takes no stance
            if holder != relation.target and not scope.question:
                at = (scope.voice, holder, "actor", relation.target)
                yield Found(*at, relation.sign, relation.strength, clause, scope.sentence)


def _merge(text: str, found: Sequence[Found], confidences: Sequence[float], known: int) -> list[Stance]:
    """One stance for each voice, actor and target; where clauses differ, the stronger counts, of equals the later.

    Voices from `known` on are no statements: like acts, each of their sentences is taken by itself.
    """
    groups: dict[tuple[int, int, str, str, str], list[Found]] = {}
    for one in found:
        sentence = -1 if 0 <= one.voice < known else one.sentence
        groups.setdefault((one.voice, sentence, one.actor_id, one.kind, one.target), []).append(one)
    stances = []
    for (voice, _, actor_id, kind, target), ones in groups.items():
        sided = [one for one in ones if one.sign] or ones
        best = max(enumerate(sided), key=lambda pair: (pair[1].strength, pair[0]))[1]
        strength = best.strength if len({one.sign for one in sided}) == 1 else max(0.5, best.strength - 0.2)
        start, end = _trim(text, best.clause)
        trust = round(strength * (confidences[voice] if voice >= 0 else 1.0), 3)
        whose = (voice if 0 <= voice < known else None, actor_id, kind, target)
        stances.append(Stance(*whose, *_probabilities(best.sign, strength), start, end, METHOD, trust))
    return sorted(stances, key=lambda s: (s.evidence_start, s.evidence_end, s.actor_id, s.target_kind, s.target_id))


def _probabilities(sign: int, strength: float) -> tuple[float, float, float]:
    """Oppose, neutral, support: what is left of the strength goes to neutral first."""
    rest = round(1 - strength, 4)
    if sign == 0:
        return rest / 2, strength, rest / 2
    main, other = strength, round(rest / 4, 4)
    neutral = round(1 - main - other, 4)
    return (other, neutral, main) if sign > 0 else (main, neutral, other)


def _trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return (start, end) if start < end else span


def score_stances(
    texts: Sequence[str], targets: Sequence[str], words: Sequence[Span] | None = None
) -> NDArray[np.float64]:
    """Return where the author of each text stands towards a target, by the model that reads both as a pair.

    Parameters
    ----------
    texts : sequence of str
    targets : sequence of str
        What the stance is towards, one for each text: a phrase ('gun control') or a proposition.
    words : sequence of (start, end), optional
        The words of each text whose author is asked for, half-open, in code points: a statement within its sentence and
        what stands before. By default all of it, unmarked.

    Returns
    -------
    array of shape (n, 3)
        Probabilities of oppose, neutral, support; each row adds up to 1.

    Raises
    ------
    StanceError
        When there are not as many targets (or words) as texts, a target has no word, or words are empty or reach
        outside their text.
    ModelError
        When the weights are missing or damaged.

    Notes
    -----
    Measured in `analysis/models/MODEL_CARD-stance.md`: it is right on two of three propositions, too few for
    `find_stances` to use it.

    Examples
    --------
    >>> score_stances(["We reject this plan."], ["the plan"]).argmax(axis=1).tolist()
    [0]
    """
    from analysis.models import stance_probabilities

    if len(texts) != len(targets):
        raise StanceError(f"{len(texts)} texts but {len(targets)} targets: give one target for each text")
    for i, target in enumerate(targets):
        if not _WORD.search(target):
            raise StanceError(f"target {target!r} of text {i} has no word: name it in words, as in 'gun control'")
    if words is not None:
        _check_spans(texts, words)
    return stance_probabilities(texts, targets, words)


def score_relations(texts: Sequence[str], first: Sequence[Span], second: Sequence[Span]) -> NDArray[np.float64]:
    """Return how each of two actors in a text stands towards the other, by the model.

    Parameters
    ----------
    texts : sequence of str
    first, second : sequences of (start, end)
        The mentions of the two; half-open, in code points.

    Returns
    -------
    array of shape (n, 2, 3)
        For first towards second, then second towards first: probabilities of negative, neutral, positive.

    Raises
    ------
    StanceError
        When the lists differ in length, or a span is empty or reaches outside its text.
    ModelError
        When the weights are missing or damaged.

    Notes
    -----
    Measured in `analysis/models/MODEL_CARD-portrayal.md`. `find_stances` finds stances towards actors by rules instead:
    they find fewer, and are right more often.

    Examples
    --------
    >>> score_relations(["Ann Lee praised Bob Ray."], [(0, 7)], [(16, 23)]).argmax(axis=2).tolist()
    [[2, 1]]
    """
    from analysis.models import relation_probabilities

    for spans in (first, second):
        _check_spans(texts, spans)
    return relation_probabilities(texts, first, second)


def _check_spans(texts: Sequence[str], spans: Sequence[Span]) -> None:
    if len(texts) != len(spans):
        raise StanceError(f"{len(texts)} texts but {len(spans)} spans: give one for each text")
    for i, (text, (start, end)) in enumerate(zip(texts, spans, strict=True)):
        if not 0 <= start < end <= len(text):
            raise StanceError(f"span {(start, end)} of text {i} does not lie in its {len(text)} characters")
