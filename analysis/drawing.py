"""Drawing: the sheet that every chart is drawn on, and how a chart is shown and saved.

A sheet is 6.4 inches wide, so that its letters can be read on a phone. It has a title that states what is shown, a
line that says how to read it, the axes, and a foot with corpus, dates and method. The same chart is the same bytes: the
font travels with matplotlib, letters are drawn as shapes, ids are salted with a constant, and no date is written.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from html import escape
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.display import frame_html
from analysis.export import write_csv

if TYPE_CHECKING:
    from IPython.display import HTML, SVG
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 6.4  # inches
INK, SOFT_INK, GRID, TOO_LITTLE = "#1a1a1a", "#555555", "#dddddd", "#e6e6e6"
# Okabe, M. and Ito, K. (2008). Color Universal Design: told apart with every common colour vision.
SERIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
SHADES = ("#08519C", "#6BAED6", "#C6DBEF")  # one hue, for parts of one whole
# Against (orange), neither (white), for (blue): told apart with red-green blindness too.
DIVERGING = ("#B35806", "#E08214", "#FDB863", "#FEE0B6", "#F7F7F7", "#D1E5F0", "#92C5DE", "#4393C3", "#2166AC")

_STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],  # those that follow are narrower or as wide
    "font.size": 10,
    "text.color": INK,
    "text.parse_math": False,  # a dollar in the name of an outlet is a dollar
    "axes.edgecolor": SOFT_INK,
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "hatch.color": "#bbbbbb",
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",  # words stay words: to find, copy and read aloud, and a fifth of the size
    "svg.hashsalt": "stancebook",
    "savefig.dpi": 150,
}
_TITLE, _LINE, _FOOT = 13, 9.5, 8  # points
_MARGIN = 0.12  # inches


@contextmanager
def house_style() -> Iterator[None]:
    """Draw inside this, whatever the reader's own matplotlib settings are; also a decorator."""
    import matplotlib as mpl
    import matplotlib.style

    with mpl.rc_context(), _letters_the_font_lacks():
        matplotlib.style.use(["default", _STYLE])
        yield


@contextmanager
def _letters_the_font_lacks() -> Iterator[None]:
    """Let an outlet be called by letters that the font lacks: a viewer of the SVG takes them from another."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font")
        yield


def open_sheet(
    title: str,
    reading: str,
    foot: str,
    *,
    height: float,
    left: float,
    top: float = 0.0,
    right: float = 0.2,
    bottom: float = 0.55,
) -> tuple[Figure, Axes]:
    """Return a sheet with its words on it and empty axes.

    Parameters
    ----------
    title, reading, foot : str
        What is shown; how to read it; corpus, dates, method. Wrapped to the sheet.
    height : float
        Of the axes, in inches; the sheet grows by its words.
    left, top, right, bottom : float
        Room for labels around the axes, in inches.

    Returns
    -------
    Figure, Axes
        The figure's label holds title and reading: what a screen reader reads out. Shows itself in a notebook.
    """
    words = [_wrap(title, _TITLE, "bold"), _wrap(reading, _LINE), _wrap(foot, _FOOT)]
    heights = [
        text.count("\n") * size * 1.25 / 72 + size * 1.45 / 72
        for text, size in zip(words, (_TITLE, _LINE, _FOOT), strict=True)
    ]
    total = _MARGIN + heights[0] + heights[1] + 0.12 + top + height + bottom + heights[2] + _MARGIN
    with house_style():
        figure = _sheet_class()(figsize=(WIDTH, total), facecolor="white")
        figure.set_label(f"{title}\n{reading}")
        x = _MARGIN / WIDTH
        y = 1 - _MARGIN / total
        figure.text(x, y, words[0], fontsize=_TITLE, weight="bold", va="top", linespacing=1.2)
        figure.text(x, y - heights[0] / total, words[1], fontsize=_LINE, color=SOFT_INK, va="top", linespacing=1.2)
        figure.text(x, _MARGIN / total, words[2], fontsize=_FOOT, color=SOFT_INK, va="bottom", linespacing=1.2)
        below = _MARGIN + heights[2] + bottom
        axes = figure.add_axes((left / WIDTH, below / total, (WIDTH - left - right) / WIDTH, height / total))
    return figure, axes


@cache
def _sheet_class() -> type[Figure]:
    """Return the class of figures that a notebook shows as the SVG that reports have."""
    from matplotlib.figure import Figure

    class Sheet(Figure):
        def _repr_svg_(self) -> str:
            return str(show(self).data)

    return Sheet


def empty_sheet(title: str, foot: str, reason: str = "No article gave evidence for this chart.") -> Figure:
    """Return the sheet of a chart for which nothing was found."""
    figure, axes = open_sheet(f"{title}: nothing found", reason, foot, height=0.2, left=0.2, bottom=0.1)
    axes.set_axis_off()
    return figure


def show(figure: Figure) -> SVG:
    """Return a chart as a picture for a notebook, with its title and reading as the description for screen readers."""
    return picture(draw_svg(figure))


def picture(svg: str) -> SVG:
    """Return an SVG as a picture for a notebook."""
    from IPython.display import SVG

    return SVG(data=svg)  # type: ignore[no-untyped-call]


def show_table(frame: pd.DataFrame, decimals: int = 2) -> HTML:
    """Return a table for a notebook, as `analysis.display.frame_html`."""
    from IPython.display import HTML

    return HTML(frame_html(frame, decimals))  # type: ignore[no-untyped-call]


def draw_svg(figure: Figure) -> str:
    """Return a chart as SVG, described for screen readers; the same figure gives the same text."""
    title, _, reading = str(figure.get_label()).partition("\n")
    buffer = StringIO()
    with house_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    described = f'<svg role="img" aria-label="{escape(f"{title}. {reading}")}" '
    words = f"<title>{escape(title)}</title>\n <desc>{escape(reading)}</desc>\n"
    svg = buffer.getvalue().replace("<svg ", described, 1)
    return re.sub(r"(<svg [^>]*>\s*)", lambda head: head.group(1) + words, svg, count=1)


def save_figure(figure: Figure, data: pd.DataFrame, folder: Path, name: str) -> str:
    """Write a chart as ``name.png`` and ``name.svg``, and the table it draws as ``name.csv``; return the SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    svg = draw_svg(figure)
    (folder / f"{name}.svg").write_text(svg, encoding="utf8")
    with house_style():
        figure.savefig(folder / f"{name}.png", metadata={"Software": None})
    write_csv(data, folder / f"{name}.csv")
    return svg


def score_colour(score: float) -> str:
    """Return the colour of a score in [-1, 1]: orange against, white neither, blue for.

    >>> score_colour(-1), score_colour(1)
    ('#b35806', '#2166ac')
    """
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    scale = LinearSegmentedColormap.from_list("against-for", DIVERGING)
    return str(to_hex(scale((score + 1) / 2)))


def ink_on(colour: str) -> str:
    """Return black or white, whichever stands out more; the contrast is 4.5 at least on any colour (WCAG 2.2, 1.4.3).

    >>> ink_on("#f7f7f7"), ink_on("#2166ac")
    ('#000000', '#ffffff')
    """
    # On a luminance of 0.179 both have a contrast of 4.58. The softer `INK` would have less than 4.5 on some colours.
    return "#000000" if luminance(colour) > 0.179 else "#ffffff"


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour such as '#2166ac', from 0 (black) to 1 (white), by WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def signed(score: float, decimals: int = 2) -> str:
    """Return a score with its sign and a true minus.

    >>> signed(0.5), signed(-0.25), signed(-0.04, 1)
    ('+0.50', '−0.25', '0.0')
    """
    text = f"{score:+.{decimals}f}".replace("-", "−")
    return text if float(text[1:]) else text[1:]


def key_of(series: Mapping[str, str], figure: Figure, axes: Axes, above: float = 0.06) -> None:
    """Write what each colour means in a line some inches above the axes, as many to a line as fit."""
    from matplotlib.patches import Patch

    columns = _key_columns(series)
    patches = [
        Patch(facecolor=colour, edgecolor=SOFT_INK, linewidth=0.5, label=name) for name, colour in series.items()
    ]
    lowest = axes.get_position().y1 + above / figure.get_figheight()
    with house_style():
        figure.legend(
            handles=patches,
            loc="lower left",
            bbox_to_anchor=(_MARGIN / WIDTH, lowest),
            ncols=columns,
            frameon=False,
            fontsize=9,
            handlelength=1,
            handleheight=1,
            columnspacing=1.2,
            borderpad=0,
            borderaxespad=0,
            labelspacing=0.3,
        )


def key_height(series: Mapping[str, str]) -> float:
    """Return the room, in inches, that `key_of` needs above the axes."""
    return 0.12 + 0.19 * -(-len(series) // _key_columns(series))


def _key_columns(series: Mapping[str, str]) -> int:
    widest = max((text_width(name, 9) for name in series), default=0.0) + 0.4
    return max(1, min(len(series), int((WIDTH - 2 * _MARGIN) / widest)))


def label_room(names: Sequence[str]) -> float:
    """Return the room, in inches, that row names need."""
    return 0.25 + max(text_width(name, 9.5) for name in names)


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Name the rows of a chart from the top."""
    axes.set_yticks(range(len(names)), list(names))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, labelsize=9.5)
    axes.tick_params(axis="x", labelsize=9)


def beside(axes: Axes, row: float, words: str) -> None:
    """Write words to the right of the axes, at a row."""
    axes.annotate(
        words,
        (1, row),
        (6, 0),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
    )


def outlet_name(source: str) -> str:
    r"""Return the name of an outlet as a chart can carry it: one line, not longer than 28 characters, never empty.

    >>> outlet_name(""), outlet_name("_The Very\nLong Name of an Evening Paper")
    ('(no outlet)', 'The Very Long Name of an Ev…')
    """
    name = " ".join(source.split()).lstrip("_")  # matplotlib leaves names out that begin with _
    return f"{name[:27]}…" if len(name) > 28 else name or "(no outlet)"


@cache
def text_width(words: str, points: float, weight: str = "normal") -> float:
    """Return how many inches a line of text takes in the font of the house, from ink to ink.

    >>> text_width("nine", 10) < text_width("nine", 10, "bold") < text_width("nine", 20)
    True
    """
    from matplotlib.font_manager import FontProperties, findfont, get_font
    from matplotlib.textpath import text_to_path

    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(text_to_path.FONT_SCALE, text_to_path.DPI)
    with _letters_the_font_lacks():
        placed, outlines, _ = text_to_path.get_glyphs_with_font(font, words)
    scale = points / text_to_path.FONT_SCALE
    inks = [(x, *ink) for name, x, _, _ in placed for ink in _ink(name, *outlines[name])]
    ends = [((x + left) * scale, (x + right) * scale) for x, left, right in inks]
    return float(max(right for _, right in ends) - min(left for left, _ in ends)) / 72 if ends else 0.0


_INK: dict[str, list[tuple[float, float]]] = {}  # by letter and font: to find where a curve ends takes long


def _ink(name: str, vertices: NDArray[np.float64], codes: NDArray[np.uint8]) -> list[tuple[float, float]]:
    """Return where the outline of a letter begins and ends, from its origin; nothing where it is blank."""
    from matplotlib.path import Path as Outline

    if name not in _INK:
        extents = Outline(vertices, codes).get_extents() if len(vertices) else None
        _INK[name] = [(extents.x0, extents.x1)] if extents else []
    return _INK[name]


def _wrap(words: str, points: float, weight: str = "normal") -> str:
    """Return words broken into lines that fit the sheet."""
    room = WIDTH - 2 * _MARGIN
    end = text_width("n", points, weight)
    lines: list[list[str]] = [[]]
    used = 0.0
    for word in words.split():
        width = text_width(f"{word} n", points, weight) - end
        if lines[-1] and used + width > room:
            lines.append([])
            used = 0.0
        used += width
        lines[-1].append(word)
    return "\n".join(" ".join(line) for line in lines)
