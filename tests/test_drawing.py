import re
from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from analysis.drawing import (
    WIDTH,
    draw_svg,
    empty_sheet,
    ink_on,
    luminance,
    open_sheet,
    outlet_name,
    save_figure,
    score_colour,
    show,
    show_table,
    signed,
    text_width,
)


def sheet(title="Tone", foot="Corpus: sample."):
    figure, axes = open_sheet(title, "From −1 to +1.", foot, height=1.0, left=0.5)
    axes.bar([1, 2], [3, 4])
    return figure


def test_the_same_chart_is_the_same_bytes():
    assert draw_svg(sheet()) == draw_svg(sheet())


def test_svg_carries_no_date_and_no_version():
    assert not re.search(r"20\d\d-|matplotlib v|dc:date", draw_svg(sheet()))


def test_svg_describes_itself_to_a_screen_reader():
    root = ElementTree.fromstring(draw_svg(sheet('Who said "no" & <when>')))
    name = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Who said "no" & <when>. From −1 to +1.'
    assert root.findtext(f"{name}title") == 'Who said "no" & <when>'
    assert root.findtext(f"{name}desc") == "From −1 to +1."


def test_words_stay_words():
    assert "Corpus: sample." in draw_svg(sheet())


def test_a_dollar_is_a_dollar_and_unknown_letters_do_no_harm():
    assert "A$AP and $x_1$" in draw_svg(sheet(foot="A$AP and $x_1$ 新聞 هو"))


def test_readers_own_settings_change_nothing():
    import matplotlib as mpl

    plain = draw_svg(sheet())
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path"}):
        assert draw_svg(sheet()) == plain


def test_show_gives_a_notebook_the_svg():
    assert show(sheet())._repr_svg_().startswith("<svg")


def test_saved_chart_and_data(tmp_path):
    data = pd.DataFrame({"source": ["=HYPERLINK(1)", "Herald"], "n": [-1, 2]})
    for folder in (tmp_path / "one", tmp_path / "two"):
        save_figure(sheet(), data, folder, "tone")
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["tone.csv", "tone.png", "tone.svg"]
    for name in ("tone.csv", "tone.png", "tone.svg"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert (tmp_path / "one" / "tone.csv").read_text() == "source,n\n'=HYPERLINK(1),-1\nHerald,2\n"


def test_empty_sheet_says_so():
    assert "nothing found" in draw_svg(empty_sheet("Tone", "Corpus: none."))


def test_long_words_are_wrapped_within_the_sheet():
    figure, _ = open_sheet("word " * 60, "word " * 60, "word " * 60, height=1.0, left=0.5)
    for text, points, weight in zip(figure.texts, (13, 9.5, 8), ("bold", "normal", "normal"), strict=True):
        widths = [text_width(line, points, weight) for line in text.get_text().split("\n")]
        assert 0.85 * WIDTH < max(widths) < WIDTH


def test_table_shows_text_as_text_and_numbers_rounded():
    frame = pd.DataFrame(
        {
            "words": ["<script>$x$</script>"],
            "score": [-0.004],
            "day": pd.to_datetime(["2025-11-24"]),
            "low": [float("nan")],
        }
    )
    html = show_table(frame).data
    assert "&lt;script&gt;$x$" in html
    assert "mathjax_ignore" in html
    assert "0.00</td>" in html
    assert "-0.00" not in html
    assert "2025-11-24</td>" in html
    assert "NaN" not in html


def test_long_table_is_folded_up():
    assert "<details>" in show_table(pd.DataFrame({"n": range(26)})).data
    assert "<details>" not in show_table(pd.DataFrame({"n": range(25)})).data


@pytest.mark.parametrize("hundredths", range(-100, 101))
def test_values_can_be_read_on_every_colour(hundredths):
    colour = score_colour(hundredths / 100)
    dark, light = sorted([luminance(colour), luminance(ink_on(colour))])
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2, AA


@pytest.mark.parametrize(
    ("colour", "value"), [("#000000", 0), ("#ffffff", 1), ("#ff0000", 0.2126), ("#777777", 0.1845)]
)
def test_luminance_is_that_of_wcag(colour, value):
    assert luminance(colour) == pytest.approx(value, abs=5e-5)


@pytest.mark.parametrize(("score", "text"), [(0.126, "+0.13"), (-1, "−1.00"), (0.004, "0.00"), (-0.004, "0.00")])
def test_signed(score, text):
    assert signed(score) == text


@pytest.mark.parametrize(("source", "name"), [("", "(no outlet)"), (" _x\ty ", "x y"), ("a" * 40, "a" * 27 + "…")])
def test_outlet_name(source, name):
    assert outlet_name(source) == name


@pytest.mark.parametrize("words", ["Wa T. fj Q", "Зеленський −0.5 “x”", " AVATAR ", "n"])
def test_a_width_is_that_of_the_letters_as_matplotlib_draws_them(words):
    drawn = TextPath((0, 0), words, size=9.5, prop=FontProperties(family="DejaVu Sans")).get_extents().width
    assert text_width(words, 9.5) * 72 == pytest.approx(drawn, rel=1e-12)
    assert text_width("", 9.5) == text_width(" ", 9.5) == 0
