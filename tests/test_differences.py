"""A changed score makes nbval fail with the row, the old value and the new one; a pixel's breadth does not."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from differences import TOLERANCE, chart_differences, table_differences

from analysis.drawing import draw_svg, open_sheet

ROOT = Path(__file__).resolve().parents[1]


def html(*rows, head=("actor", "mean", "label")):
    cells = ["".join(f"<td>{cell}</td>" for cell in row) for row in (head, *rows)]
    return f"<div><table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table></div>"


TUSK, MERZ = ("Tusk", "0.75", "support"), ("Merz", "−0.10", "neutral")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (html(TUSK, MERZ), []),
        (html(("Tusk", "0.74", "support"), MERZ), ["Tusk | support: mean 0.75 -> 0.74"]),
        (html(("Tusk", "-0.75", "oppose"), MERZ), ["Tusk | support: mean 0.75 -> -0.75; label support -> oppose"]),
        (html(("Tusk", "", "support"), MERZ), ["Tusk | support: mean 0.75 -> (empty)"]),
        (html(MERZ), ["row gone: Tusk | 0.75 | support"]),
        (html(TUSK, ("Rutte", "1.00", "support"), MERZ), ["row new: Rutte | 1.00 | support"]),
        (html(*[row[:2] for row in (TUSK, MERZ)], head=("actor", "mean")), ["column gone: label"]),
        ("<p>nothing found</p>", ["column gone: actor", "column gone: mean", "column gone: label"]),
    ],
)
def test_tables(new, said):
    assert table_differences(html(TUSK, MERZ), new)[:3] == said


def chart(score=0.5, colour="#0072B2", words="Tusk", extra=False):
    figure, axes = open_sheet("Stance", "From −1 to +1.", "Corpus: sample.", height=1.0, left=0.5)
    axes.bar([0, 1], [score, 1], color=colour)
    axes.plot([0, 1], [score, 1], "o-")
    axes.annotate(words, (0, 0.2))
    if extra:
        axes.axhline(0.3)
    return draw_svg(figure)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (chart(), []),
        (chart(score=0.5 + 1e-6), []),  # another processor
        (chart(words="Merz"), ["words: 'Tusk' -> 'Merz'"]),
        (chart(colour="#E69F00"), ["colour: #0072b2 -> #e69f00"]),
    ],
)
def test_charts(new, said):
    assert [line for line in chart_differences(chart(), new) if "moved" not in line] == said


def test_one_line_more_is_seen():
    assert "came or went" in chart_differences(chart(), chart(extra=True))[-1]


def test_a_hundredth_of_a_score_is_seen_in_a_chart():
    (said,) = chart_differences(chart(), chart(score=0.51))
    assert "shapes moved, the farthest by 0." in said
    assert float(said.split()[-2]) > TOLERANCE


def test_nbval_names_the_row_and_the_way_to_accept_it(tmp_path):
    shutil.copy(ROOT / "conftest.py", tmp_path)
    shutil.copy(ROOT / "tests" / "differences.py", tmp_path)
    source = "from IPython.display import HTML, SVG\n{}(data={!r})"
    shown = [
        ("HTML", "text/html", html(TUSK), html(("Tusk", "0.70", "support"))),
        ("SVG", "image/svg+xml", *["<svg/>"] * 2),
    ]
    cells = []
    for n, (name, kind, old, new) in enumerate(shown, start=1):
        plain = {"text/plain": f"<IPython.core.display.{name} object>"}
        output = nbformat.v4.new_output("execute_result", {kind: old} | plain, execution_count=n)
        cells.append(nbformat.v4.new_code_cell(source.format(name, new), outputs=[output], execution_count=n))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "scores.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "--color=no", "scores.ipynb"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    assert "1 failed, 1 passed" in answer
    assert "Tusk | support: mean 0.75 -> 0.70" in answer
    assert "accept it with `make notebooks`" in answer
