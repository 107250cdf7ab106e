"""How two outputs of a notebook cell differ, said so that one sees which score changed: for nbval (``conftest.py``).

Tables are compared cell by cell as shown. Charts (SVG) are compared as pictures: words, colours and what there is must
be the same, places may differ by `TOLERANCE`, because another processor may round the last digit of a coordinate
differently, and matplotlib names shapes by a hash of it.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html import unescape
from xml.etree import ElementTree

from bs4 import BeautifulSoup

TOLERANCE = 0.25  # points, of some 460 that a chart is wide: less than an eye sees; a hundredth of a score moves more
MOST_LINES, MOST_NAMES, MOST_LETTERS = 12, 6, 40  # of one output, to name a row, of a value

_NUMBER = re.compile(r"[-+−]?\d[\d,]*\.?\d*(?:e[-+]?\d+)?%?")
_PLACE = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_PLACES = {"d", "transform", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "viewBox", "points"}
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_REFERENCE = re.compile(r"(?:url\()?#([\w-]+)\)?")

Rows = list[list[str]]


def table_differences(old: str, new: str) -> list[str]:
    """Return what differs between two tables in HTML, a line a row: what names the row, then old and new values."""
    (old_head, *old_rows), (new_head, *new_rows) = _rows_of(old) or [[]], _rows_of(new) or [[]]
    lines = [f"column gone: {name}" for name in old_head if name not in new_head]
    lines += [f"column new: {name}" for name in new_head if name not in old_head]
    both = [name for name in old_head if name in new_head]
    before = [[row[old_head.index(name)] for name in both] for row in old_rows]
    after = [[row[new_head.index(name)] for name in both] for row in new_rows]
    names = [at for at in range(len(both)) if not any(_NUMBER.fullmatch(row[at]) for row in before + after)]
    return _cut(lines + list(_row_differences(before, after, both, names)))


def chart_differences(old: str, new: str) -> list[str]:
    """Return what a reader would see of the difference between two charts in SVG: no places that differ a little."""
    before, after = _shapes_of(old), _shapes_of(new)
    lines = []
    moved, changed, farthest = 0, 0, 0.0
    match = SequenceMatcher(None, [_kind(shape) for shape in before], [_kind(shape) for shape in after], autojunk=False)
    for what, a, b, c, d in match.get_opcodes():
        if what != "equal":
            words, others = _words(before[a:b]), _words(after[c:d])
            lines += [f"words: {one!r} -> {two!r}" for one, two in zip(words, others, strict=False)]
            lines += [f"words gone: {one!r}" for one in words[len(others) :]]
            lines += [f"words new: {two!r}" for two in others[len(words) :]]
            changed += 0 if words or others else max(b - a, d - c)
            continue
        for one, two in zip(before[a:b], after[c:d], strict=True):
            distance = _distance(one["places"], two["places"])
            moved, farthest = moved + (distance > TOLERANCE), max(farthest, distance)
            lines += [f"colour: {x} -> {y}" for x, y in zip(one["colours"], two["colours"], strict=False) if x != y]
            changed += one["rest"] != two["rest"] or len(one["colours"]) != len(two["colours"])
    lines = list(dict.fromkeys(lines))
    if moved:
        lines.append(f"{moved} shapes moved, the farthest by {farthest:.1f} points")
    if changed:
        lines.append(f"{changed} shapes changed, came or went")
    return _cut(lines)


def _rows_of(html: str) -> Rows:
    table = BeautifulSoup(html, "lxml").find("table")
    return [[cell.get_text() for cell in row(["th", "td"])] for row in table("tr")] if table else []


def _row_differences(before: Rows, after: Rows, columns: Sequence[str], names: Sequence[int]) -> Iterator[str]:
    named = [[tuple(row[at] for at in names) for row in rows] for rows in (before, after)]
    for what, a, b, c, d in SequenceMatcher(None, *named, autojunk=False).get_opcodes():
        if what == "equal" or b - a == d - c:
            for one, two in zip(before[a:b], after[c:d], strict=True):
                pairs = zip(columns, one, two, strict=True)
                changes = [f"{column} {_short(x)} -> {_short(y)}" for column, x, y in pairs if x != y]
                if changes:
                    yield f"{_name(one, names)}: {'; '.join(changes)}"
        else:
            yield from (f"row gone: {' | '.join(map(_short, row))}" for row in before[a:b])
            yield from (f"row new: {' | '.join(map(_short, row))}" for row in after[c:d])


def _name(row: Sequence[str], names: Sequence[int]) -> str:
    return " | ".join([_short(row[at]) for at in names if row[at]][:MOST_NAMES]) or "the row"


def _short(words: str) -> str:
    return (words if len(words) <= MOST_LETTERS else f"{words[: MOST_LETTERS - 1]}…") or "(empty)"


def _shapes_of(svg: str) -> list[dict]:
    """Return the elements of a drawing: tag, words, places (numbers), colours, and the rest with ids in order."""
    ids: dict[str, str] = {}

    def numbered(found: re.Match) -> str:
        return found.group(0).replace(found.group(1), ids.setdefault(found.group(1), f"id{len(ids)}"))

    shapes = []
    for element in ElementTree.fromstring(svg).iter():
        rest = dict(element.attrib)
        places = " ".join(f"{name} {rest.pop(name)}" for name in sorted(_PLACES & set(rest)))
        if "id" in rest:
            rest["id"] = ids.setdefault(rest["id"], f"id{len(ids)}")
        colours = [colour for value in rest.values() for colour in _COLOUR.findall(value.lower())]
        shapes.append(
            {
                "tag": element.tag.rpartition("}")[2],
                "words": unescape((element.text or "").strip()),
                "letters": _PLACE.sub("0", places),
                "places": [float(number) for number in _PLACE.findall(places)],
                "colours": colours,
                "rest": {
                    name: _REFERENCE.sub(numbered, _COLOUR.sub("", value.lower())) for name, value in rest.items()
                },
            }
        )
    return shapes


def _kind(shape: dict) -> tuple:
    return shape["tag"], shape["words"], shape["letters"]


def _words(shapes: Sequence[dict]) -> list[str]:
    return [shape["words"] for shape in shapes if shape["words"]]


def _distance(one: Sequence[float], two: Sequence[float]) -> float:
    return max((abs(a - b) for a, b in zip(one, two, strict=True)), default=0.0)


def _cut(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"and {more} more"] if more > 0 else lines
