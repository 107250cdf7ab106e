"""What can go wrong in the night: the process is killed, the disk is full, nothing can be written, two runs at once.

In each case nothing is lost: ``latest`` is the last good report to the last byte, and the next run is clean.
"""

import os
import shutil
import subprocess
import sys
import time

import pytest
from dying import run, start
from runs import read_runs
from test_report import ARTICLES, COUNTS, PARAMETERS, files_of, write_notebook

from analysis.engines import cores
from analysis.publishing import MAKING, RUNNING, hold
from analysis.run_log import KILLED

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and mounts as on Linux and macOS")
LEFTOVERS = (f"{MAKING}*", ".latest-*", ".gone-*", RUNNING)


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """A corpus of two articles, one plain notebook, and a folder of reports with a good one."""
    home = tmp_path_factory.mktemp("night")
    (home / "news").mkdir()
    for name in ("a.md", "b.md"):
        (home / "news" / name).write_text(ARTICLES[name], encoding="utf8")
    add_notebook(home, "plain", COUNTS)
    assert run(["report", home / "news", "--out", home / "out"], home / "plain", home / "said") == 0, said(home)
    return home


def add_notebook(home, name, words):
    (home / name).mkdir()
    write_notebook(home / name / "01_counts.ipynb", PARAMETERS, words)


def said(home):
    return (home / "said").read_text(encoding="utf8")


def report(home, *more, notebooks="plain", out="out", **how):
    (home / "said").unlink(missing_ok=True)
    words = ["report", home / "news", "--out", home / out, *more]
    return run(words, home / notebooks, home / "said", **how)


@pytest.fixture
def unharmed(night):
    """Whatever the test does, the last good report is the same, and a next run finds the folder free and clears it."""
    out = night / "out"
    good, before = (out / "latest").resolve(), files_of(out / "latest")
    yield night
    assert (out / "latest").resolve() == good
    assert files_of(out / "latest") == before
    with hold(out, {}):
        assert not [path for pattern in LEFTOVERS[:-1] for path in out.glob(pattern)]


@pytest.mark.parametrize(
    ("die_at", "more"),
    [
        pytest.param(r"^open \S+/news/a\.md r", (), id="reading"),
        pytest.param(r"^open \S+/statements\.onnx r", ("--cache", "elsewhere"), id="scoring"),  # nothing scored before
        pytest.param(r"^open \S+/tables/statements\.csv w", (), id="tables"),
        pytest.param(r"^open \S+/\.making-\w+/index\.html w", (), id="page"),
        pytest.param(r"^open \S+/\.making-\w+/manifest\.json w", (), id="manifest"),
    ],
)
def test_killed(unharmed, die_at, more):  # while it publishes: test_publishing
    more = [unharmed / word if word == "elsewhere" else word for word in more]
    assert report(unharmed, *more, die_at=die_at) == -9, said(unharmed)
    assert (unharmed / "out" / RUNNING).exists()


@pytest.mark.parametrize(("signal", "code"), [("SIGKILL", -9), ("SIGTERM", 143)])
def test_ended_in_a_notebook(unharmed, signal, code):
    """The kernel ends the run that started it."""
    words = f"import os, signal, time\nos.kill(os.getppid(), signal.{signal})\ntime.sleep(100)"
    add_notebook(unharmed, signal, words)
    assert report(unharmed, notebooks=signal) == code, said(unharmed)
    if signal == "SIGTERM":  # asked, and not killed: it clears up itself and says so
        assert not [path for pattern in LEFTOVERS for path in (unharmed / "out").glob(pattern)]
        line = read_runs(unharmed / "out")[-1]
        assert (line["exit"], line["reason"], line["articles"]) == (143, "ended by SIGTERM", 2)


@pytest.mark.skipif(cores() < 2, reason="on one core notebooks run one after the other")
def test_ended_in_one_of_several_notebooks(unharmed):
    """Those that run beside it are not waited for."""
    end = "import psutil, time\npsutil.Process().parents()[1].terminate()\ntime.sleep(100)"
    add_notebook(unharmed, "several", end)
    write_notebook(unharmed / "several" / "02_sleeps.ipynb", PARAMETERS, "import time\ntime.sleep(100)")
    begun = time.monotonic()
    assert report(unharmed, notebooks="several") == 143, said(unharmed)
    assert time.monotonic() - begun < 90
    assert not [path for pattern in LEFTOVERS for path in (unharmed / "out").glob(pattern)]


def mounted(folder, *options):
    """Mount something on a folder made for it; skips where that is not allowed."""
    folder.mkdir()
    mount = shutil.which("mount")
    if not (mount and sys.platform == "linux" and os.geteuid() == 0):
        pytest.skip("mounting needs Linux and root")
    if subprocess.run([mount, *map(str, options), str(folder)], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")


def test_a_full_disk_fails_in_words_and_leaves_the_last_report(night):
    small = night / "small"
    sizes = [path.stat().st_size for path in (night / "out" / "latest").resolve().rglob("*")]
    room = sum(-(-size // 4096) * 4 for size in sizes) + 100  # KiB: for one report, and not for a second
    mounted(small, "-t", "tmpfs", "-o", f"size={room}k", "tmpfs")
    try:
        shutil.copytree(night / "out" / "latest", small / "2025-11-24T060000Z")
        before = files_of(small)
        assert report(night, out="small") == 1
        assert "No space left on device" in said(night)
        assert "Traceback" not in said(night)
        assert {name: words for name, words in files_of(small).items() if name.startswith("2025")} == before
        assert not [path for pattern in LEFTOVERS for path in small.glob(pattern)]
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_file_that_cannot_grow_fails_in_words(unharmed):
    assert report(unharmed, largest=10_000) == 1
    assert "File too large" in said(unharmed)
    assert "Traceback" not in said(unharmed)
    assert not [path for pattern in LEFTOVERS for path in (unharmed / "out").glob(pattern)]
    assert read_runs(unharmed / "out")[-1]["reason"].startswith("[Errno 27] File too large")


def test_a_folder_that_cannot_be_written_fails_in_words(unharmed):
    fixed = unharmed / "fixed"
    mounted(fixed, "--bind", "-o", "ro", unharmed / "out")
    try:
        if os.access(fixed, os.W_OK):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(fixed)], check=True)
        assert report(unharmed, out="fixed") == 1
        assert "Read-only file system" in said(unharmed)
        assert "Traceback" not in said(unharmed)
    finally:
        subprocess.run(["umount", str(fixed)], check=True)


def test_after_all_that_two_at_once_make_one_report(night):
    """The first also finds a run that was killed and a last report whose manifest is damaged."""
    out = night / "out"
    assert report(night, die_at=r"^open \S+/news/a\.md r") == -9
    manifest = out / "latest" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf8")[:100], encoding="utf8")
    before = len(read_runs(out))
    words = ["report", night / "news", "--out", out, "--since", "last", "--keep", "1"]
    both = [start(words, night / "plain", night / f"said{n}") for n in range(2)]
    for one in both:
        one.join(300)
    told = [(night / f"said{n}").read_text(encoding="utf8") for n in range(2)]
    assert sorted(one.exitcode for one in both) == [0, 75], told
    first, second = sorted(told, key=lambda words: "another run" in words)
    assert "the last report does not say what it had" in first
    assert "every article is taken" in first
    assert f"Error: another run is under way in {out}" in second
    lines = read_runs(out)[before:]
    assert sorted(str(line["exit"]) for line in lines) == ["0", "75", "None"]
    (killed,) = (line for line in lines if line["exit"] is None)
    assert (killed["reason"], killed["corpus"]) == (KILLED, str(night / "news"))
    good = lines[-1]
    assert (out / "latest").resolve() == out / good["report"]
    assert (good["articles"], good["not_scored"]) == (2, [])
    assert manifest.exists()  # what cannot be read is not removed
    assert not [path for pattern in LEFTOVERS for path in out.glob(pattern)]
    assert report(night, "--since", "last") == 0
    assert f"nothing new since {good['report']}; the last report stays\n{out / 'latest' / 'index.html'}" in said(night)
    assert read_runs(out)[-1]["reason"] == f"nothing new since {good['report']}; the last report stays"
