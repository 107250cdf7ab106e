from dataclasses import replace

import pandas as pd
import pytest

from analysis import charts, summary
from analysis.codebook import CodebookError
from analysis.corpus import CorpusError
from analysis.run import RunError, open_run
from analysis.tables import write_tables


@pytest.fixture(scope="module")
def talks_folder(tmp_path_factory):
    from talks import talks

    folder = tmp_path_factory.mktemp("tables")
    write_tables(talks(), folder)
    return str(folder)


def test_open_run_reads_and_scores_a_corpus(tmp_path):
    tmp_path.joinpath("one.txt").write_text(
        'Talks go on\n24 November 2025\n\n"We will talk," Dmitry Peskov said on Monday.\n'
    )
    run = open_run(str(tmp_path))
    assert run.name == tmp_path.name
    assert run.tables.statements["actor_id"].tolist() == ["peskov"]


def test_open_run_takes_tables_scored_before(talks_folder):
    assert len(open_run(tables=talks_folder).tables.articles) == 4


def test_days_leave_undated_articles_out(talks_folder):
    run = open_run(tables=talks_folder, since="2025-11-21", until="2025-11-21")
    assert run.tables.articles["article_id"].tolist() == ["herald-2", "mirror-1"]
    assert set(run.tables.statements["article_id"]) == {"herald-2", "mirror-1"}


def test_actors_are_kept_as_speakers_holders_and_targets(talks_folder):
    run = open_run(tables=talks_folder, actors=["trump"])
    assert set(run.tables.statements["actor_id"]) == {"trump"}
    assert run.tables.stances[["actor_id", "target_id"]].drop_duplicates().to_numpy().tolist() == [
        ["trump", "peace_plan"],
        ["zelenskyy", "trump"],
    ]


def test_what_is_counted_is_counted_of_the_chosen_actors_alone(talks_folder):
    tables = open_run(tables=talks_folder, actors=["trump"]).tables
    assert summary.mentions_by_actor(tables)["actor_id"].tolist() == ["trump"]
    assert set(summary.rates_per_1000_words(tables)["actor_id"]) == {"trump"}


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"since": "last week"}, RunError, r"since is 'last week': write a day as 2025-11-17"),
        ({"since": "2030-01-01"}, RunError, r"no article from 2030-01-01 to the end"),
        ({"since": "2025-12-01", "until": "2025-11-01"}, CorpusError, "swap them"),
        ({"actors": ["napoleon"]}, CodebookError, r"no actor 'napoleon'.* use one of .*trump"),
        ({"codebook": "nowhere.toml"}, CodebookError, "nowhere.toml"),
        ({"tables": "nowhere"}, FileNotFoundError, "nowhere"),
    ],
)
def test_wrong_parameters_say_what_is_allowed(talks_folder, parameters, error, message):
    with pytest.raises(error, match=message):
        open_run(**{"tables": talks_folder} | parameters)


def test_missing_corpus_says_so():
    with pytest.raises(CorpusError, match="nowhere"):
        open_run("nowhere")


def test_foot_says_corpus_dates_accuracy_and_that_quotations_are_composed(talks_folder):
    foot = open_run("papers/talks", tables=talks_folder).foot("portrayal")
    assert foot.startswith("Corpus: talks, 4 articles, 2 outlets, 20 Nov 2025 to 21 Nov 2025 (1 without a date).")
    assert "Measured on the gold of the sample (n=167): macro-F1" in foot
    assert foot.endswith("Quotations in this corpus are composed, not real.")


def test_articles_without_an_outlet_are_said_beside_the_outlets(tmp_path):
    from talks import talks

    articles = talks().articles
    write_tables(replace(talks(), articles=articles.assign(source=articles["source"].replace("Mirror", ""))), tmp_path)
    run = open_run(tables=str(tmp_path))
    assert ", 4 articles, 1 outlet (2 articles without one), 20 Nov" in run.foot("articles")
    assert run.table(summary.sources_read(run.tables)).data.count("(no outlet)") == 1


def test_names_of_corpora_are_not_taken_for_markup(talks_folder):
    assert r"\<b\>\*x\*" in open_run("papers/<b>*x*", tables=talks_folder).about().data


def test_table_shows_names_for_ids(talks_folder):
    run = open_run(tables=talks_folder)
    html = run.table(summary.stance_by_issue(run.tables)).data
    assert "Donald Trump" in html
    assert "Peace plan" in html
    assert "peace_plan" not in html


def test_show_saves_where_a_folder_is_given(talks_folder, tmp_path):
    days = summary.articles_by_day(open_run(tables=talks_folder).tables)
    for figures in ("", str(tmp_path / "figures")):
        run = open_run(tables=talks_folder, figures=figures)
        run.show(charts.articles_by_day(days, run.foot("articles")), days, "articles-by-day")
    saved = pd.read_csv(tmp_path / "figures" / "articles-by-day.csv")
    assert saved["articles"].tolist() == days["articles"].tolist()


def test_the_packages_front_door():
    import analysis

    assert analysis.open_run is open_run
    with pytest.raises(AttributeError, match=r"has no attribute 'scores': it has .*score"):
        _ = analysis.scores
