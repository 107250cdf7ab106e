"""Ways to take a side that no single word shows: a wish to undo, a bare verdict, a warning, a false question."""

from __future__ import annotations

import re

from analysis.text import Span

WISHES = frozenset(["want", "demand", "ask", "seek", "prefer", "like", "urge", "propose", "insist"])
_UNDONE = re.compile(
    r"(?:\s+(?!(?:and|or|but|which|that|who|is|are|was|were|has|had)\b)[\w’'-]+){0,4}?\s+(?:(?:to\s+)?be\s+)?"
    r"(?:dropped|withdrawn|revoked|ended|lifted|scrapped|struck|removed|abolished|cancell?ed|rescinded|deleted|stopped"
    r"|shelved|abandoned|buried|turned\s+down|thrown\s+out|phased\s+out|called\s+off|returned|extended|postponed"
    r"|kept\s+out|shut|closed)\b",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"[\w\s’'-]{0,24}[,?:–—-]+\s*(?:(?:absolutely|certainly|definitely|emphatically)\s+)?(no|not|never|yes)\b"
    r"(?=[.,;!”\"’']|\s+(?:in any|under any|on our|with us|for us|again|ever|now|today)\b|$)",
    re.IGNORECASE,
)
_WARNED = re.compile(r"\bwarn(?:ed|s|ing)?\s+(?:[\w’'-]+\s+){0,3}?that\s+(?:[\w’'-]+\s+){0,4}$", re.IGNORECASE)
_WOULD = re.compile(r"(?:\s+(?!not\b|and\b)[\w’'-]+){0,5}?\s+(?:would|could|will)\s+(?!not\b|be\b|n['’]t)")
# Between a verb and a noun, these say that the noun is no object of the verb: 'rejected it after the talks'.
_DETACHED = re.compile(
    r"\b(?:after|before|during|amid|following|despite|at|in|from|since|when|while|ahead of)\b"
    r"|\bas\b(?! (?:the|an?|its|his|their)\b)"
    r"|\b(?:and|or)\s+(?:\w+ing|(?:the\s+)?\w+(?:\s+\w+)?ed)\b",
    re.IGNORECASE,
)
# 'although he favours arms, he thinks that the plan'
_REPORTING = re.compile(r",.*\b(?:that|thinks?|thought|believes?|considers?)\b")
# Denies what its clause says: 'denied that', 'I do not think that'.
_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|doubt(?:s|ed|ing)?|(?:not|nt|never|nobody|no one)\s+(?:\w+ly\s+)?"
    r"(?:think|thinks|thought|believe|believes|believed|say|says|said|saying|mean|suggest|suggests|suggested))\b",
    re.IGNORECASE,
)
_OPINION = r"(?:thinks?|thought|believes?|believed|feels?|felt|considers?|considered|accepts?|accepted|agrees?|agreed)"
_TELLING = r"(?:say|claim|suggest|think|believe|argue|pretend|assume|imply|maintain|insist)"
# What is said of a whole proposition before it: that it is so (beyond doubt), that it is not so, that one does not say.
_FRAMES = (
    (1, re.compile(
        r"\b(?:(?:nobody|no one|none|not|nt|never)\s+(?:(?:should|can|could|must|may|need|to|be)\s+)*"
        r"(?:in\s+)?doubt(?:s|ed)?"
        r"|(?:without|no|beyond)\s+(?:any\s+|a\s+)?doubt|(?:cannot|can not|can never|nobody can|no one can)\s+deny)"
        r"(?:,[^,]{1,30},)?\s+(?:that\s+)?", re.IGNORECASE)),
    (-1, re.compile(
        rf"\b(?:not|nt|never|nobody|no one|hardly)\s+(?:\w+ly\s+)?{_OPINION}\s+that\s+"
        r"|\b(?:not|nt|never)\s+(?:\w+ly\s+)?(?:thinks?|thought|believes?|believed)\s+(?!of\b|in\b|about\b|it\b|that\b)"
        rf"|\b(?:wrong|false|absurd|untrue|ridiculous|nonsense|mistaken|foolish|dishonest|a mistake|an error|a lie)"
        rf"\s+to\s+{_TELLING}\s+(?:that\s+)?", re.IGNORECASE)),
    (0, re.compile(
        r"\b(?:not|nt|never|nobody|no one|refus\w+\s+to|declin\w+\s+to|yet\s+to|stopped short of|without)\s+"
        r"(?:\w+ly\s+)?(?:say|saying|said|suggest(?:ing|ed)?|mean(?:ing|t)?)\s+(?:that|whether|if|how|when)\s+"
        r"|\b(?:left|leaves|leave|leaving)\s+(?:it\s+)?open\s+whether\s+", re.IGNORECASE)),
)  # fmt: skip
_CLAIM = re.compile(
    r"\b(?:claims?|suggestions?|ideas?|notion|allegations?|reports?|rumou?rs?)\s+that\s+", re.IGNORECASE
)
_FALSE = re.compile(
    r"\b(?:is|are|was|were)\s+(?:\w+ly\s+)?(?:false|untrue|wrong|nonsense|absurd|ridiculous|fake|a\s+lie|lies|not\s+true)\b",
    re.IGNORECASE,
)
# A verb that asks for what follows in its bare form: 'insists that Ukraine withdraw'.
_MANDATE = re.compile(
    r"\b(?:insist|demand|propos|requir|ask|recommend|request)(?:e|es|ed|s|ing)?\s+that\s+(?:[\w’'-]+\s+){1,4}?(not\s+)?$"
)
_BASE_FORM = re.compile(r"(?!\w*(?:ed|ing|[^su]s)\b)[a-z]+")
_COMMAND = re.compile(
    r"[\"“‘'\s]*(?:(?:just|please|so|and|then|now|first|instead|let us|let them|let him|let['’]s),?\s+){0,2}",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\W*(?:and |but |so |then )*why (?:on earth |in the world )?"
    r"(?:should(?:n['’]t)?|would(?:n['’]t)? (?:we|anyone|anybody|any)|not|must|ca)\b",
    re.IGNORECASE,
)


def is_undone(text: str, start: int, end: int) -> bool:
    """Return whether what a wish says of the thing before `start` is that it be undone.

    >>> is_undone("wants the date dropped", 14, 22), is_undone("wants the date kept", 14, 19)
    (True, False)
    """
    return _UNDONE.match(text, start, end) is not None


def find_verdict(text: str, start: int, end: int) -> int:
    """Return 1 or -1 where a bare yes or no follows what stands before `start`, else 0.

    >>> find_verdict("Membership, absolutely not.", 10, 27), find_verdict("Membership, not now or ever", 10, 27)
    (-1, -1)
    """
    verdict = _VERDICT.match(text, start, end)
    return 0 if verdict is None else 1 if verdict.group(1).lower() == "yes" else -1


def is_warned_of(text: str, clause: Span, start: int, end: int) -> bool:
    """Return whether one warns of what follows from the words from `start` to `end`.

    >>> text = "He warned that the text would let the fleet in."
    >>> is_warned_of(text, (0, len(text)), 15, 23)
    True
    """
    return _WARNED.search(text, clause[0], start) is not None and _WOULD.match(text, end, clause[1]) is not None


def is_false_question(text: str, clause: Span) -> bool:
    """Return whether a question says that there is no reason to do it, as 'Why should we?' does.

    >>> is_false_question("But why should we pay?", (0, 22)), is_false_question("Why did they pay?", (0, 17))
    (True, False)
    """
    return _WHY.match(text, *clause) is not None


def is_detached(between: str) -> bool:
    """Return whether a noun is no object of a verb, by the words between them.

    >>> is_detached("it after"), is_detached("the new")
    (True, False)
    """
    return _DETACHED.search(between) is not None or _REPORTING.search(between) is not None


def is_denied(before: str) -> bool:
    """Return whether a normalised beginning of a clause denies the rest, as 'He denied that' does.

    >>> is_denied("He denied that"), is_denied("He said that")
    (True, False)
    """
    return _DENIES.search(before) is not None


def find_frame(clause: str, at: int) -> tuple[int, int, int] | None:
    """Return what is said, before `at`, of the whole proposition that follows in a normalised clause; None if nothing.

    Where it begins and ends, and 1 for 'nobody should doubt that', -1 for 'does not think that' (the neg-raising verbs
    of Horn, A Natural History of Negation, 1989), 0 for 'did not say whether'.

    >>> find_frame("Nobody should doubt that it must go.", 28), find_frame("It must go.", 3)
    ((0, 25, 1), None)
    """
    found = [(match, turn) for turn, frame in _FRAMES for match in frame.finditer(clause, 0, at)]
    if _FALSE.search(clause, at):
        found += [(match, -1) for match in _CLAIM.finditer(clause, 0, at)]
    if not found:
        return None
    match, turn = max(found, key=lambda pair: pair[0].end())
    return match.start(), match.end(), turn


def find_mandate(text: str, clause: Span, start: int) -> tuple[int, int] | None:
    """Return where a verb asks for the act at `start` in its bare form, and 1 for the act or -1 for not doing it.

    >>> find_mandate("They insist that Kyiv withdraw.", (0, 31), 22)
    (5, 1)
    """
    asked = _MANDATE.search(text, clause[0], start)
    if asked is None or not _BASE_FORM.match(text, start):
        return None
    return asked.start(), -1 if asked.group(1) else 1


def is_command(text: str, clause: Span, start: int) -> bool:
    """Return whether the verb at `start` opens its clause in the bare form.

    >>> is_command("Just stop firing.", (0, 17), 5), is_command("He stops firing.", (0, 16), 3)
    (True, False)
    """
    opening = _COMMAND.fullmatch(text, clause[0], start)
    return opening is not None and _BASE_FORM.match(text, start) is not None
