from datetime import date

import pandas as pd
import pytest
from test_publishing import MONDAY, make

from analysis.manifest import sha256_of
from analysis.publishing import last_report, publish
from analysis.since_last import COVERED, NothingNewError, first_new_day, write_covered
from analysis.tables import make_table


def articles_of(*rows):
    """Articles from (id, published, text) or (id, published, text, source)."""
    return make_table(
        "articles",
        [
            {
                "article_id": row[0],
                "published": pd.Timestamp(row[1]) if row[1] else pd.NaT,
                "text": row[2],
                "source": (*row, "Wire")[3],
                "sha256": row[2],
            }
            for row in rows
        ],
    )


FIRST = [("a", "2025-11-23", "one"), ("b", "2025-11-24", "two"), ("u", "", "when")]


@pytest.fixture
def report(tmp_path):
    """Publishes a report that covered some articles up to a day; returns the folder of reports."""

    def publish_one(rows, until=None):
        out = tmp_path / "out"
        made = make(out, "good")
        (made / "tables").mkdir()
        write_covered(articles_of(*rows), until, made)
        text = (made / "manifest.json").read_text()
        name = f'"outputs": {{"{COVERED}": "{sha256_of(made / COVERED)}", '
        (made / "manifest.json").write_text(text.replace('"outputs": {', name))
        publish(made, out, MONDAY)
        return out

    return publish_one


@pytest.mark.parametrize(
    ("new", "until", "day", "said"),
    [
        ([("c", "2025-11-25", "three")], None, "2025-11-25", "1 new article since"),
        ([("c", "2025-11-24", "three"), ("d", "2025-11-26", "four")], None, "2025-11-24", "the day of c"),
        # a late one takes the report back to its day
        ([("c", "2025-11-25", "three"), ("late", "2025-11-20", "old")], None, "2025-11-20", "the day of late"),
        # a corrected text is new, and so is another outlet's copy
        ([("b", "2025-11-24", "two, corrected")], None, "2025-11-24", "1 new article"),
        ([("copy", "2025-11-24", "two", "Lantern")], None, "2025-11-24", "1 new article"),
        # a wrong date hides nothing from the next report
        ([("wrong", "2125-01-01", "far"), ("c", "2025-11-25", "three")], None, "2025-11-25", "2 new articles"),
        (
            [("c", "2025-11-25", "three"), ("d", "2025-11-27", "four")],
            date(2025, 11, 26),
            "2025-11-25",
            "1 new article",
        ),
        ([("c", "2025-11-25", "three"), ("v", "", "no day")], None, "2025-11-25", "1 new article has no date"),
    ],
)
def test_the_report_begins_with_the_earliest_day_that_has_something_new(report, new, until, day, said):
    out, lines = report(FIRST), []
    assert str(first_new_day(articles_of(*FIRST, *new), until, out, lines.append)) == day
    assert said in "\n".join(lines)


@pytest.mark.parametrize(
    ("rows", "until"),
    [
        (FIRST, None),
        (FIRST[:1], None),  # something was taken away
        ([("renamed", *FIRST[0][1:]), *FIRST[1:]], None),
        ([*FIRST, ("c", "2025-11-25", "three")], date(2025, 11, 24)),
        ([*FIRST, ("v", "", "no day")], None),
    ],
)
def test_nothing_new_is_said_with_the_report_that_stays(report, rows, until):
    out = report(FIRST)
    with pytest.raises(NothingNewError, match="nothing new since 2025-11-24T060000Z; the last report stays"):
        first_new_day(articles_of(*rows), until, out)


def test_what_came_after_the_last_day_of_a_report_is_new_to_the_next(report):
    rows = [*FIRST, ("c", "2025-11-25", "three")]
    out = report(rows, until=date(2025, 11, 24))
    assert first_new_day(articles_of(*rows), None, out) == date(2025, 11, 25)
    out = report(rows)
    with pytest.raises(NothingNewError):
        first_new_day(articles_of(*rows), None, out)


def test_without_a_last_report_everything_is_taken(tmp_path):
    said = []
    assert first_new_day(articles_of(*FIRST), None, tmp_path, said.append) is None
    assert said == [f"no last report in {tmp_path}: every article is taken"]


@pytest.mark.parametrize("damage", ["manifest.json", COVERED])
@pytest.mark.parametrize("how", ["torn", "gone"])
def test_a_damaged_last_report_costs_time_and_no_article(report, damage, how):
    out, said = report(FIRST), []
    path = last_report(out) / damage
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-20])
    assert first_new_day(articles_of(*FIRST), None, out, said.append) is None
    assert "does not say what it had" in said[0]
    assert said[0].endswith("every article is taken")
