import json
import signal
from threading import Thread

import pytest
from dying import CONTEXT
from filelock import FileLock
from runs import read_runs

from analysis.publishing import LockedError
from analysis.run_log import LOCK, NAME, append, logged


def test_a_good_run_is_one_line_with_what_it_was_told(tmp_path):
    with logged(tmp_path, corpus="news\u2028\n") as line:
        line |= {"articles": 3, "not_scored": ["a"]}
    assert (tmp_path / NAME).read_bytes().count(b"\n") == 1
    (found,) = read_runs(tmp_path)
    assert {key: found[key] for key in ("exit", "reason", "corpus", "articles", "not_scored")} == {
        "exit": 0,
        "reason": "",
        "corpus": "news\u2028\n",
        "articles": 3,
        "not_scored": ["a"],
    }
    assert found["started"] <= found["ended"]
    assert found["seconds"] >= 0
    assert found["stancebook"]
    assert found["python"]


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (ValueError("01_corpus.ipynb, cell [3] (1/0): ZeroDivisionError"), 1, "01_corpus.ipynb, cell [3]"),
        (OSError(28, "No space left on device"), 1, "No space left on device"),
        (KeyError("ours"), 1, "KeyError: 'ours'"),
        (LockedError("another run is under way"), 75, "another run"),
        (SystemExit(128 + signal.SIGTERM), 143, "ended by SIGTERM"),
        (KeyboardInterrupt(), 130, "KeyboardInterrupt"),
    ],
)
def test_a_failure_is_logged_with_the_code_that_the_command_ends_with(tmp_path, error, code, reason):
    with pytest.raises(type(error)), logged(tmp_path):
        raise error
    (line,) = read_runs(tmp_path)
    assert line["exit"] == code
    assert reason in line["reason"]


def test_a_log_that_cannot_be_written_fails_no_run_and_hides_no_failure(tmp_path):
    (tmp_path / NAME).mkdir()
    said = []
    with logged(tmp_path, said.append):
        pass
    assert said == [f"no line in the run log {tmp_path / NAME}: Is a directory"]
    with pytest.raises(ValueError, match="no tone"), logged(tmp_path):
        raise ValueError("no tone")


def test_a_torn_line_costs_only_itself(tmp_path):
    append(tmp_path, {"run": 1})
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"run": 2, "rea')
    append(tmp_path, {"run": 3})
    assert (tmp_path / NAME).read_text() == '{"run": 1}\n{"run": 2, "rea\n{"run": 3}\n'


def test_a_line_that_another_run_is_writing_is_not_taken_for_torn(tmp_path):
    with FileLock(tmp_path / LOCK), (tmp_path / NAME).open("ab", buffering=0) as file:
        file.write(b'{"run": 1,')
        other = Thread(target=append, args=(tmp_path, {"run": 2}))
        other.start()
        other.join(0.3)
        file.write(b' "exit": 0}\n')
    other.join(60)
    assert (tmp_path / NAME).read_text() == '{"run": 1, "exit": 0}\n{"run": 2}\n'


def add_lines(folder, name):
    for n in range(200):
        append(folder, {"name": name, "n": n, "filling": "x" * 3000})


def test_two_processes_mix_no_lines(tmp_path):
    writers = [CONTEXT.Process(target=add_lines, args=(tmp_path, name)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    found = [json.loads(line) for line in (tmp_path / NAME).read_text().splitlines()]
    assert [line["n"] for line in found if line["name"] == "a"] == list(range(200))
    assert len(found) == 400
