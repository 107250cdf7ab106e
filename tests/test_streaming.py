"""A corpus of any size: the same tables however they are made, stopped or cached."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pandas as pd
import psutil
import pytest
from press import contents, rows, write

from analysis import layers, scoring, streaming
from analysis.cache import CACHE, FILE
from analysis.codebook import read_codebook
from analysis.corpus import CorpusError, inspect_corpus
from analysis.engines import dask_engine, local_engine
from analysis.parts import UnfinishedError, part_file, write_part
from analysis.run import open_run
from analysis.scoring import score
from analysis.streaming import ScoreError, score_to_folder, split_corpus
from analysis.tables import COLUMNS, read_corpus_problems, read_tables

BOOK = read_codebook()
# What a process of its own must set to cut a corpus as finely as these tests do.
SCRIPT = """
import sys
from pathlib import Path
from analysis import scoring, streaming
from analysis.codebook import read_codebook
from analysis.engines import local_engine
scoring.CHUNK, streaming.PART = 2, 4
streaming.score_to_folder(Path(sys.argv[1]), read_codebook(), Path(sys.argv[2]), engine=local_engine(2))
"""


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(scoring, "CHUNK", 2)
    monkeypatch.setattr(streaming, "PART", 4)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write(tmp_path_factory.mktemp("corpus"), rows(13))


@pytest.fixture(scope="module")
def scored(corpus, tmp_path_factory):
    """Return the tables of the corpus, scored here, one by one, without a cache of before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "CHUNK", 2)
        patch.setattr(streaming, "PART", 4)
        out = tmp_path_factory.mktemp("scored")
        score_to_folder(corpus, BOOK, out)
    return out


@pytest.fixture
def counted(monkeypatch):
    """Count the readings by the models: texts for statements, targets for portrayals."""
    counts = {"texts": 0, "targets": 0}
    extract, portray = scoring.extract_statements, scoring.score_portrayals

    def counting_extract(text):
        counts["texts"] += 1
        return extract(text)

    def counting_portray(texts, spans):
        counts["targets"] += len(texts)
        return portray(texts, spans)

    monkeypatch.setattr(scoring, "extract_statements", counting_extract)
    monkeypatch.setattr(scoring, "score_portrayals", counting_portray)
    return counts


def test_streamed_is_scored_at_once(corpus, scored):
    assert sorted(file.name for file in (scored / "stances").iterdir()) == [f"part-0000{n}.parquet" for n in range(4)]
    whole, back = score(inspect_corpus(corpus)[0], BOOK), read_tables(scored)
    for name in COLUMNS:
        pd.testing.assert_frame_equal(getattr(back, name), getattr(whole, name))
    assert len(back.statements) > 5
    assert not back.portrayals.empty
    assert len(open_run("news", tables=str(scored), copies=True).tables.articles) == 13


def test_each_table_has_the_same_types_in_every_part(scored):
    import pyarrow.dataset

    for name, columns in COLUMNS.items():
        schemas = {str(fragment.physical_schema.remove_metadata()) for fragment in
                   pyarrow.dataset.dataset(scored / name).get_fragments()}  # fmt: skip
        assert len(schemas) == 1
        assert list(pd.read_parquet(scored / name).columns) == list(columns)


def test_the_files_are_the_same_whoever_scored_and_whatever_was_known(corpus, scored, tmp_path, counted):
    score_to_folder(corpus, BOOK, tmp_path / "pool", engine=local_engine(2))
    assert contents(tmp_path / "pool") == contents(scored)
    score_to_folder(corpus, BOOK, tmp_path / "warm", cache=scored / CACHE)
    assert contents(tmp_path / "warm") == contents(scored)
    assert counted == {"texts": 0, "targets": 0}


def test_a_second_call_makes_nothing_anew(scored, corpus, counted):
    before = {file: file.stat().st_mtime_ns for file in scored.rglob("part-*")}
    score_to_folder(corpus, BOOK, scored)
    assert {file: file.stat().st_mtime_ns for file in scored.rglob("part-*")} == before
    assert counted["texts"] == 0


def test_killed_in_the_middle_it_goes_on_where_it_stopped(corpus, scored, tmp_path):
    out = tmp_path / "out"
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, corpus, out])
    while not part_file(out, "articles", 0).exists():
        assert process.poll() is None
        time.sleep(0.01)
    pool = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(pool, timeout=60)
    assert not alive, "processes of the pool outlived the one that was killed"
    with pytest.raises(UnfinishedError, match=r"not finished: run `stancebook score` again"):
        read_tables(out)
    first = part_file(out, "articles", 0)
    made = first.stat().st_mtime_ns
    score_to_folder(corpus, BOOK, out)
    assert first.stat().st_mtime_ns == made
    assert contents(out) == contents(scored)


def test_a_worker_of_a_cluster_that_is_killed_costs_no_rows(corpus, scored, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="needs the extra 'dask'")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        with distributed.Client(cluster, set_as_default=False) as client:
            victim = sorted(client.run(os.getpid).values())[0]
        killed = []

        def write_and_kill(*part):
            write_part(*part)
            if not killed:  # the first part is in place, the next are with the workers
                killed.append(victim)
                os.kill(victim, signal.SIGKILL)

        monkeypatch.setattr(streaming, "write_part", write_and_kill)
        score_to_folder(corpus, BOOK, tmp_path / "dask", engine=dask_engine(cluster.scheduler_address))
    assert killed
    assert contents(tmp_path / "dask") == contents(scored)


def test_a_changed_codebook_reads_no_text_again(corpus, scored, tmp_path, counted):
    fewer = replace(BOOK, actors=tuple(a for a in BOOK.actors if a.actor_id != "putin"), sha256="another")
    score_to_folder(corpus, fewer, tmp_path / "fewer", cache=scored / CACHE)
    assert counted == {"texts": 0, "targets": 0}
    assert "putin" not in set(read_tables(tmp_path / "fewer").mentions["actor_id"])
    score_to_folder(corpus, fewer, tmp_path / "cold")
    assert contents(tmp_path / "cold") == contents(tmp_path / "fewer")
    counted.update(texts=0, targets=0)
    score_to_folder(corpus, BOOK, tmp_path / "more", cache=tmp_path / "cold" / CACHE)
    assert counted["texts"] == 0
    assert counted["targets"] == (read_tables(scored).portrayals["actor_id"] == "putin").sum() > 0
    assert contents(tmp_path / "more") == contents(scored)


def test_a_grown_corpus_costs_what_is_new(corpus, scored, tmp_path, counted):
    grown = write(tmp_path, [*rows(2, first=90), *rows(13)])  # every article in another part
    score_to_folder(grown, BOOK, tmp_path / "out", cache=scored / CACHE)
    assert counted["texts"] == 2
    assert len(read_tables(tmp_path / "out").articles) == 15
    score_to_folder(corpus, BOOK, tmp_path / "out", cache=scored / CACHE)  # and shrunk again
    assert contents(tmp_path / "out") == contents(scored)


def test_a_damaged_cache_is_noticed_and_not_believed(corpus, scored, tmp_path):
    cache, said = tmp_path / "cache", []
    cache.mkdir()
    whole = (scored / CACHE / FILE).read_bytes()
    (cache / FILE).write_bytes(whole[:8192] + bytes(len(whole) - 8192))  # the head is right
    score_to_folder(corpus, BOOK, tmp_path / "out", cache=cache, say=said.append)
    assert contents(tmp_path / "out") == contents(scored)
    assert any(FILE in line for line in said)


def test_foreign_files_in_the_cache_and_the_tables_are_harmless(corpus, scored, tmp_path):
    for folder in (tmp_path / "cache", tmp_path / "out" / "articles"):
        folder.mkdir(parents=True)
        (folder / "notes.txt").write_text("mine")
    (tmp_path / "out" / "articles" / "part-00000.parquet").write_text("no Parquet")
    (tmp_path / "out" / "articles" / "part-00077.parquet").write_text("of another run")
    score_to_folder(corpus, BOOK, tmp_path / "out", cache=scored / CACHE)
    (tmp_path / "out" / "articles" / "notes.txt").unlink()
    assert contents(tmp_path / "out") == contents(scored)


def test_empty_and_bad_articles_are_all_named(tmp_path, monkeypatch):
    find = scoring.find_mentions

    def fail_on_day_2(text, *more):
        if "day 2." in text:
            raise RuntimeError("no such day")
        return find(text, *more)

    monkeypatch.setattr(scoring, "find_mentions", fail_on_day_2)
    made = rows(6)
    made[1]["text"] = ""
    made[4]["article_id"] = "a000"
    del made[5]["published"]
    corpus, said = write(tmp_path, made), []
    with corpus.open("a") as file:
        file.write("no JSON\n")
    score_to_folder(corpus, BOOK, tmp_path / "out", say=said.append)
    back = read_tables(tmp_path / "out")
    assert sorted(back.articles["article_id"]) == ["a000", "a002", "a003", "a005"]
    assert back.problems.to_numpy().tolist() == [["a002", "RuntimeError: no such day"]]
    pd.testing.assert_frame_equal(read_corpus_problems(tmp_path / "out"), inspect_corpus(corpus)[1])
    assert "a002 could not be scored: RuntimeError: no such day" in said
    assert "1 article has no date" in said
    monkeypatch.undo()
    score_to_folder(corpus, BOOK, tmp_path / "mended", cache=tmp_path / "out" / CACHE)  # a failure is not kept
    assert read_tables(tmp_path / "mended").problems.empty


def test_the_parts_of_a_corpus_are_bounded_whatever_is_in_it(tmp_path, monkeypatch):
    monkeypatch.setattr(streaming, "PART_LETTERS", 200)
    monkeypatch.setattr(streaming, "PART_PROBLEMS", 3)
    made = rows(9)
    made[3]["text"] = made[3]["text"] * 9
    corpus = write(tmp_path, [row for n, good in enumerate(made) for row in ({"article_id": f"b{n}"}, good)])
    parts = list(split_corpus(corpus))
    assert [part.number for part in parts] == list(range(len(parts)))
    assert all(len(part.articles) <= 4 and len(part.problems) <= 3 for part in parts)
    assert sorted(name for part in parts for name in part.articles["article_id"]) == [row["article_id"] for row in made]
    assert sum(part.read for part in parts) == 9


def test_days_out_of_reach_and_nothing_to_read_are_said_before_anything_is_touched(corpus, tmp_path):
    from datetime import date

    with pytest.raises(CorpusError, match="has no dated article from 2030-01-01 to the last: widen the dates"):
        score_to_folder(corpus, BOOK, tmp_path / "out", since=date(2030, 1, 1))
    with pytest.raises(CorpusError, match="holds no article that can be read"):
        score_to_folder(write(tmp_path, [{"text": ""}], "empty.jsonl"), BOOK, tmp_path / "out")
    with pytest.raises(CorpusError, match="swap them"):
        score_to_folder(corpus, BOOK, tmp_path / "out", since=date(2025, 2, 1), until=date(2025, 1, 1))
    assert not (tmp_path / "out").exists()


def test_two_calls_do_not_work_in_one_folder(corpus, tmp_path):
    from filelock import FileLock

    with FileLock(tmp_path / ".lock"), pytest.raises(ScoreError, match="another run is at work"):
        score_to_folder(corpus, BOOK, tmp_path)


def test_many_articles_give_no_csv(corpus, scored, tmp_path, monkeypatch):
    assert (scored / "statements.csv").read_text().count("article_id") == 1
    assert len(pd.read_csv(scored / "articles.csv")) == 13
    monkeypatch.setattr(streaming, "CSV_ARTICLES", 12)
    score_to_folder(corpus, BOOK, tmp_path / "out", cache=scored / CACHE)
    assert not list((tmp_path / "out").glob("*.csv"))


def test_the_bar_knows_how_much_there_is(corpus, scored, tmp_path, capsys):
    score_to_folder(corpus, BOOK, tmp_path / "out", cache=scored / CACHE, progress=True)
    assert "13/13" in capsys.readouterr().err


def test_another_version_of_the_rules_is_another_score(corpus, scored, tmp_path, counted, monkeypatch):
    monkeypatch.setattr(layers, "version_of", lambda module: f"new {module}")
    cache = tmp_path / CACHE
    cache.mkdir()
    (cache / FILE).write_bytes((scored / CACHE / FILE).read_bytes())
    score_to_folder(corpus, BOOK, tmp_path)
    assert counted["texts"] == 13
