from dataclasses import replace

from talks import no_talks, talks

from analysis import summary
from analysis.codebook import read_codebook
from analysis.exhibits import anchor_of
from analysis.grids import draw_grids

BOOK = read_codebook()


def test_cells_hold_the_figures_of_the_charts():
    grid = draw_grids(talks(), BOOK, {"stance-trump-peace_plan"})[0]
    figures = summary.stance_by_issue(talks()).set_index("actor_id")
    [(name, [cell])] = [(name, cells) for name, cells in grid.rows if name == "Donald Trump"]
    assert grid.columns == [("Peace plan", BOOK.issue("peace_plan").proposition)]
    assert cell.value == f"+{figures.loc['trump', 'mean']:.1f}"
    assert cell.count == "n=3"
    assert cell.style.startswith("background-color: #")
    assert cell.anchor == "stance-trump-peace_plan"
    assert cell.said.startswith(f"{name}, Peace plan: ")


def test_too_little_evidence_has_no_colour_and_says_so():
    grid = draw_grids(talks(), BOOK, set())[0]
    [cell] = dict(grid.rows)["Volodymyr Zelenskyy"]
    assert (cell.style, cell.anchor, cell.sure) == ("", "", False)
    assert "too little evidence, 1 stance in 1 article" in cell.said


def test_all_outlets_lead_to_all_evidence_of_an_actor():
    anchors = {anchor_of("portrayal", "trump"), anchor_of("portrayal", "trump", "Herald")}
    [grid] = [grid for grid in draw_grids(talks(), BOOK, anchors) if "outlet" in grid.title]
    cells = dict(zip([name for name, _ in grid.columns], dict(grid.rows)["Donald Trump"], strict=True))
    assert cells["all outlets"].anchor == "portrayal-trump"
    assert cells["Herald"].anchor in anchors
    assert cells["Mirror"].anchor == ""


def test_a_side_is_said_only_where_the_interval_leaves_0_out():
    grid = draw_grids(talks(), BOOK, set())[0]
    [cell] = dict(grid.rows)["Donald Trump"]
    assert cell.style
    assert not cell.sure
    assert "Peace plan: no side for sure, mean +0.47" in cell.said
    assert "Bold: the 95% interval leaves 0 out; only there is a side sure." in grid.reading


def test_articles_without_an_outlet_have_no_column():
    articles = talks().articles
    tables = replace(talks(), articles=articles.assign(source=articles["source"].replace("Mirror", "")))
    [grid] = [grid for grid in draw_grids(tables, BOOK, set()) if "outlet" in grid.title]
    assert [name for name, _ in grid.columns] == ["all outlets", "Herald"]


def test_nothing_found_gives_no_matrix():
    assert draw_grids(no_talks(), BOOK, set()) == []
