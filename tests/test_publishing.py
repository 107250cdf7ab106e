import json
import os
from datetime import UTC, datetime

import pytest
from dying import die_in

from analysis import publishing
from analysis.manifest import ManifestError, read_manifest, sha256_of
from analysis.publishing import LockedError, hold, last_report, next_number, publish, remove_oldest

MONDAY = datetime(2025, 11, 24, 6, tzinfo=UTC)
RUN = {"process": 4711, "machine": "desk", "started": "2025-11-24T06:00:00+00:00", "corpus": "news"}


def make(out, words):
    """A report, made aside."""
    folder = out / ".making-x"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(words, encoding="utf8")
    manifest = {"number": next_number(out), "outputs": {"index.html": sha256_of(folder / "index.html")}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf8")
    return folder


def make_and_publish(out, words, started=MONDAY):
    return publish(make(out, words), out, started)


def names(out):
    return sorted(path.name for path in out.iterdir())


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.mark.parametrize("links", [True, False])
def test_latest_leads_to_the_newest_of_three(out, monkeypatch, links):
    def refuse(*_, **__):
        raise OSError("no links here")

    if not links:
        monkeypatch.setattr(publishing.Path, "symlink_to", refuse)
    runs = [make_and_publish(out, words) for words in ("one", "two", "three")]
    assert [run.name for run in runs] == ["2025-11-24T060000Z", "2025-11-24T060000Z-2", "2025-11-24T060000Z-3"]
    assert [(run / "index.html").read_text() for run in runs] == ["one", "two", "three"]
    latest = out / "latest"
    assert latest.is_symlink() == links
    assert (latest / "index.html").read_text() == "three"
    assert names(out) == sorted([*(run.name for run in runs), "latest"])


def test_latest_leads_on_where_the_report_it_led_to_was_taken_away(out):
    gone = make_and_publish(out, "one")
    gone.rename(out.parent / "elsewhere")
    assert last_report(out) is None
    two = make_and_publish(out, "two")
    assert last_report(out) == two


def test_a_copy_is_replaced_by_a_link_and_a_link_by_a_copy(out, monkeypatch):
    def refuse(*_, **__):
        raise OSError("no links here")

    make_and_publish(out, "one")
    with monkeypatch.context() as patch:
        patch.setattr(publishing.Path, "symlink_to", refuse)
        make_and_publish(out, "two")
        assert ((out / "latest" / "index.html").read_text(), (out / "latest").is_symlink()) == ("two", False)
    make_and_publish(out, "three")
    assert ((out / "latest" / "index.html").read_text(), (out / "latest").is_symlink()) == ("three", True)
    assert not [name for name in names(out) if name.startswith(".")]


@pytest.mark.parametrize(
    ("die_at", "places"),
    [
        (r"^os\.rename \S+/\.making-x", 1),
        (r"^os\.symlink", 2),
        (r"^os\.rename \S+/\.latest-", 2),
    ],
)
def test_a_run_killed_while_it_publishes_loses_nothing(out, die_at, places):
    good = make_and_publish(out, "good")
    making = make(out, "new")
    assert die_in(publish, (making, out, MONDAY), die_at) == -9
    assert (out / "latest" / "index.html").read_text() == "good"
    with hold(out, RUN):
        pass
    assert last_report(out) == good
    assert len(list(out.glob("2025-*"))) == places
    assert all(read_manifest(report)["outputs"] for report in out.glob("2025-*"))
    assert names(out)[-1] == "latest"
    assert names(out)[:1] == [".lock"]
    assert names(out)[1].startswith("2025")


def test_a_run_killed_between_the_old_copy_and_the_new_is_finished_by_the_next(out):
    """Where links cannot be made there is a moment without ``latest``."""
    make_and_publish(out, "one")
    (out / "latest").rename(out / ".gone-x")
    make(out, "two").rename(out / ".latest-x")
    with hold(out, RUN):
        assert (out / "latest" / "index.html").read_text() == "two"
    assert names(out) == [".lock", "2025-11-24T060000Z", "latest"]


def test_one_run_at_a_time_and_the_second_says_who_holds_the_folder(out):
    with hold(out, RUN) as died:
        assert died is None
        with pytest.raises(LockedError, match=r"another run .* \(process 4711 on desk, since 2025-11-24T06:00:00"):
            hold(out, RUN).__enter__()
        (out / publishing.RUNNING).unlink()
        with pytest.raises(LockedError, match="just begun"):
            hold(out, RUN).__enter__()
    assert names(out) == [".lock"]


def test_leftovers_are_removed_and_nothing_else(out):
    for name in (".making-a", ".gone-b", ".latest-c", "making-d", ".cache"):
        (out / name).mkdir(parents=True)
        (out / name / "notes.txt").write_text("x")
    (out / ".latest-e").symlink_to("making-d")
    make_and_publish(out, "one")
    (out / publishing.RUNNING).write_text(json.dumps(RUN))
    with hold(out, {}) as died:
        assert died == RUN
    assert names(out) == [".cache", ".lock", "2025-11-24T060000Z", "latest", "making-d"]
    (out / publishing.RUNNING).write_text('{"proce')
    with hold(out, {}) as died:
        assert died == {}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "out").write_text("not a folder")
    with pytest.raises(NotADirectoryError, match="not a folder"):
        hold(tmp_path / "out", RUN).__enter__()


def test_the_newest_are_kept_by_their_order_whatever_the_clock_said(out):
    years = (2025, 2031, 1970, 2025)  # set wrong, set back, and the same second twice
    runs = [make_and_publish(out, str(n), MONDAY.replace(year=year)) for n, year in enumerate(years)]
    (runs[0] / "report.pdf").write_text("printed")  # the manifest does not know it
    assert [read_manifest(run)["number"] for run in runs] == [1, 2, 3, 4]
    said = []
    remove_oldest(out, 2, said.append)
    assert names(out) == ["1970-11-24T060000Z", "2025-11-24T060000Z-2", "latest"]
    assert said == [f"removed {run.name}: the newest 2 are kept" for run in runs[:2]]
    assert make_and_publish(out, "next").name == "2025-11-24T060000Z"
    assert [(out / "latest" / "index.html").read_text(), next_number(out)] == ["next", 6]


def test_only_reports_as_they_were_made_are_removed_and_never_the_latest(out):
    added, changed, unread, plain, newest = (make_and_publish(out, str(n)) for n in range(5))
    (added / "notes.txt").write_text("mine")
    (changed / "index.html").write_text("read and marked")
    (unread / "manifest.json").write_text('{"outputs')
    for name in ("2025-11-24T060000Z-old", "archive"):
        (out / name).mkdir()
    (out / "2020-01-01T000000Z").symlink_to("archive")
    (out / "latest").unlink()
    (out / "latest").symlink_to(plain.name)
    said = []
    remove_oldest(out, 1, said.append)
    assert len(said) == 2
    assert "notes.txt is not as it was made" in said[0]
    assert "index.html is not as it was made" in said[1]
    assert all(path.exists() for path in (added, changed, unread, plain, newest, out / "archive"))
    (out / "latest").unlink()
    (out / "latest").symlink_to(newest.name)
    remove_oldest(out, 1)
    assert not plain.exists()
    assert all(path.exists() for path in (added, changed, unread, newest, out / "archive"))


def test_a_run_killed_while_it_removes_leaves_no_half_report(out):
    runs = [make_and_publish(out, str(n)) for n in range(3)]
    assert die_in(remove_oldest, (out, 1), r"^shutil\.rmtree") == -9
    assert not runs[0].exists()
    with hold(out, RUN):
        pass
    assert names(out) == [".lock", runs[1].name, runs[2].name, "latest"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"outputs": 3}', "\udcff"])
def test_a_manifest_that_cannot_be_read_is_named(tmp_path, text):
    (tmp_path / "manifest.json").write_bytes(os.fsencode(text))
    with pytest.raises(ManifestError, match=r"manifest\.json"):
        read_manifest(tmp_path)
