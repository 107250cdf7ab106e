"""Dates of articles, in the formats that English-language pages, feeds and exports write.

A date is the day as it was written there; no zone is converted. What could be two days ("03/04/2026") is no date
unless the order is known; between dots ("03.04.2026") the day comes first, as all who write dots do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Literal

Order = Literal["day first", "month first"]

_MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_WRITTEN = re.compile(
    rf"""\b(?:
        (?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?!\d)
      | (?P<compact>(?:19|20)\d{{6}})(?!\d)
      | (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?[ -](?:of[ ])?(?P<month2>{_MONTHS})[ -,]{{1,2}}(?P<year2>(?:19|20)\d\d)\b
      | (?P<month3>{_MONTHS})[ ](?P<day3>\d{{1,2}})(?:st|nd|rd|th)?[ ,]{{1,2}}(?P<year3>(?:19|20)\d\d)\b
      | (?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark)(?P<year4>(?:19|20)\d\d)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# What may stand beside the date on a line that holds nothing else.
_AROUND = re.compile(
    r"""(?:published|posted|updated|last|modified|created|date|release[d]?|first|on|at|by|from|original(?:ly)?|and|issued
    |(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?
    |t?\d{1,2}[:.h]\d\d(?::\d\d)?(?:\.\d+)?z?|[ap]\.?m\.?|t|z|utc|gmt|e[sd]?t|c[sd]t|m[sd]t|p[sd]t|bst|ce?s?t|ee?s?t|msk|ist|trt|hrs?|local|time
    |[+-]\d\d:?\d\d|\d+\s?min(?:ute)?s?(?:\sread)?)\b\.?""",
    re.IGNORECASE | re.VERBOSE,
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2099


def find_dates(text: str, order: Order | None = None) -> list[tuple[date, int, int]]:
    """Return the full dates in a text, each with where it starts and ends.

    >>> find_dates("Published On 27 Feb 2026")
    [(datetime.date(2026, 2, 27), 13, 24)]
    >>> find_dates("3/4/2026"), [find_dates(day)[0][0].isoformat() for day in ("3/24/2026", "3.4.2026")]
    ([], ['2026-03-24', '2026-04-03'])
    """
    found = []
    for match in _WRITTEN.finditer(text):
        day = _read_match(match, order)
        if day is not None:
            found.append((day, *match.span()))
    return found


@lru_cache(maxsize=4096)  # news comes in days: few dates, many times
def parse_date(value: str, order: Order | None = None) -> date | None:
    """Return the day that a field (a column, a meta tag, a feed's entry) names; None when it names none.

    Examples
    --------
    >>> [str(parse_date(text)) for text in ["Mon, 24 Nov 2025 12:16:00 GMT", "2025-11-24T12:16Z", "Nov. 24, 2025"]]
    ['2025-11-24', '2025-11-24', '2025-11-24']
    >>> parse_date("3 hours ago") is None
    True
    """
    found = find_dates(value, order)
    if found:
        return found[0][0]
    if _could_be_two_days(value) or not re.search(r"\d", value):
        return None
    return _parse_rare(value)


def odd_date(value: str) -> tuple[str, str]:
    """Return what to say of a field that should name a day and names none, and the way out.

    >>> odd_date("3/4/2026")
    ("date '3/4/2026' is not understood", 'write it as YYYY-MM-DD, such as 2025-11-24')
    """
    return f"date {value[:40]!r} is not understood", "write it as YYYY-MM-DD, such as 2025-11-24"


def is_date_line(line: str) -> bool:
    """Whether a line holds a date and nothing but words that go with one ("Updated", a weekday, a time).

    >>> is_date_line("24 NOV 2025 12:16"), is_date_line("On 24 November 2025 the talks began.")
    (True, False)
    """
    found = find_dates(line)
    if not found or len(line) > 120:
        return False
    rest = line
    for _, start, end in reversed(found):
        rest = rest[:start] + " " + rest[end:]
    return not re.search(r"\w", _AROUND.sub(" ", rest))


def find_order(values: Iterable[str]) -> Order | None:
    """Return which of day and month comes first in a column of numeric dates, or None when nothing tells.

    >>> find_order(["03/04/2026", "27/04/2026"])
    'day first'
    """
    for value in values:
        match = _WRITTEN.search(value)
        if match and match["first"]:
            if int(match["first"]) > 12:
                return "day first"
            if int(match["second"]) > 12:
                return "month first"
    return None


def _read_match(match: re.Match[str], order: Order | None) -> date | None:
    if match["year"]:
        return _day(match["year"], match["month"], match["day"])
    if match["compact"]:
        digits = match["compact"]
        return _day(digits[:4], digits[4:6], digits[6:])
    if match["month2"]:
        return _day(match["year2"], _month(match["month2"]), match["day2"])
    if match["month3"]:
        return _day(match["year3"], _month(match["month3"]), match["day3"])
    first, second = int(match["first"]), int(match["second"])
    if first == second or second > 12 or (order == "month first" and first <= 12):
        return _day(match["year4"], first, second)
    if first > 12 or order == "day first" or match["mark"] == ".":
        return _day(match["year4"], second, first)
    return None


def _could_be_two_days(value: str) -> bool:
    match = _WRITTEN.search(value)
    return bool(match and match["first"])


def _parse_rare(value: str) -> date | None:
    """Return the day of a format that the pattern does not know ("24 Nov 25", "1763986560")."""
    from dateparser import parse  # type: ignore[import-untyped]  # has no types

    settings = {"PARSERS": ["timestamp", "absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]}
    found = parse(value[:60], languages=["en"], settings=settings)
    return found.date() if found and _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _month(name: str) -> int:
    return "janfebmaraprmayjunjulaugsepoctnovdec".index(name[:3].lower()) // 3 + 1


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:  # 2025-02-30 is no day
        return None
