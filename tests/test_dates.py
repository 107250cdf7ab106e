from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.dates import find_dates, find_order, is_date_line, parse_date

DAY = date(2025, 11, 24)


@pytest.mark.parametrize(
    "text",
    [
        "2025-11-24", "2025-11-24T23:16:00-05:00", "2025/11/24", "20251124", "24 NOV 2025 12:16", "24 November 2025",
        "24th of November, 2025", "Nov. 24, 2025", "November 24, 2025 at 4:55 p.m. EST",
        "Mon, 24 Nov 2025 12:16:00 GMT",
        "Published On 24 Nov 2025", "Updated: Monday, 24 November 2025, 22:49", "24.11.2025", "11/24/2025",
        "24-Nov-2025 15:01", "24 Nov 25", "1763986560", "NOV 24 2025 12:16", "Nov. 24, 2025, 5:12 p.m. ET",
        "Monday, 24 November 2025", "Published: 24 November 2025 at 10:00", "Updated on November 24, 2025",
        "Mon, 24 Nov 2025 23:16:00 -0500", "2025-11-24T23:16:00Z",
    ],
)  # fmt: skip
def test_usual_formats_are_read(text):
    assert parse_date(text) == DAY


@pytest.mark.parametrize("text", ["", "yesterday", "3 hours ago", "24 November", "2025", "05/11/2025", "30 Feb 2025",
                                  "05-11-2025", "November 2025", "28 points 2025", "2025-13-45",
                                  "tomorrow"])  # fmt: skip
def test_what_is_not_surely_a_day_is_none(text):
    assert parse_date(text) is None


def test_between_dots_the_day_comes_first():
    assert parse_date("05.11.2025") == date(2025, 11, 5)
    assert parse_date("11.24.2025") == DAY


def test_the_order_of_a_column_settles_what_could_be_two_days():
    assert parse_date("05/11/2025", find_order(["05/11/2025", "24/11/2025"])) == date(2025, 11, 5)
    assert parse_date("05/11/2025", find_order(["05/11/2025", "11/24/2025"])) == date(2025, 5, 11)
    assert find_order(["05/11/2025", ""]) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("24 NOV 2025 12:16", True),
        ("2025-11-24T23:16:00.5Z", True),
        ("Published: November 24, 2025, 8:30 AM ET | Updated: November 25, 2025", True),
        ("Nov 24, 2025 5 min read", True),
        ("On 24 November 2025 the talks began", False),
        ("Talks of 24 November 2025", False),
        ("Monday", False),
    ],
)
def test_a_date_line_holds_nothing_else(line, expected):
    assert is_date_line(line) is expected


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_every_day_comes_back(day):
    for text in (day.isoformat(), f"{day:%d %B %Y}", f"{day:%b} {day.day}, {day.year}", f"{day:%Y%m%d}"):
        assert [found for found, _, _ in find_dates(f"({text})")] == [day]


@given(st.text())
def test_any_text_is_no_error(text):
    for day, start, end in find_dates(text):
        assert parse_date(text[start:end]) == day
    is_date_line(text)
