"""The run log: one line of JSON for every run of a report, the good, the failed and the killed."""

from __future__ import annotations

import json
import os
import platform
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from analysis.publishing import LockedError

NAME = "runs.jsonl"
LOCK = ".runs.lock"  # held while a line is added; the file itself stays
FAILED, LOCKED = 1, 75  # exit codes; 75 is EX_TEMPFAIL of sysexits.h
SIGNALLED = 128  # and a run ended by a signal: this and the signal's number, as a shell gives it
KILLED = "ended without a word: killed, or the machine went down"
_LONGEST = 2000  # characters of a reason: an error of a notebook can be a page long


@contextmanager
def logged(out: Path, say: Callable[[str], None] = lambda _: None, **asked: Any) -> Iterator[dict[str, Any]]:
    """Add a line to the run log of a folder of reports when what is done here ends, well or not.

    Parameters
    ----------
    out : Path
        The folder of reports; its log is ``runs.jsonl``.
    say : callable
        Told when the line cannot be written, which fails no run.
    **asked
        What the run was asked for, as JSON.

    Yields
    ------
    dict
        The line: 'started' and 'ended' (UTC), 'seconds', 'exit' (code, as the command gives it), 'reason', what was
        asked, versions, 'machine', 'process'. To be filled in meanwhile with what is known.
    """
    begun = time.monotonic()  # the clock on the wall can be set
    line: dict[str, Any] = {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "ended": None,
        "seconds": None,
        "exit": None,
        "reason": "",
        **asked,
        "stancebook": metadata.version("stancebook"),
        "python": platform.python_version(),
        "machine": platform.node(),
        "process": os.getpid(),
    }
    try:
        yield line
        line["exit"] = 0
    except BaseException as error:
        line["exit"] = exit_code(error)
        line["reason"] = _reason(error)
        raise
    finally:
        line["ended"] = datetime.now(UTC).isoformat(timespec="seconds")
        line["seconds"] = round(time.monotonic() - begun, 1)
        try:
            append(out, line)
        except OSError as error:
            say(f"no line in the run log {out / NAME}: {error.strerror or error}")


def exit_code(error: BaseException) -> int:
    """Return the exit code that the command ends with after an error."""
    if isinstance(error, LockedError):
        return LOCKED
    if isinstance(error, SystemExit) and isinstance(error.code, int):
        return error.code
    return SIGNALLED + signal.SIGINT if isinstance(error, KeyboardInterrupt) else FAILED


def append(out: Path, line: dict[str, Any]) -> None:
    """Add one line to the run log of `out`, whole, also while another run adds its own.

    A line that was torn off before stays alone on its own.

    Raises
    ------
    OSError
        When it cannot be written, or another run holds the log for a minute.
    """
    from filelock import FileLock

    path = out / NAME
    words = json.dumps(line) + "\n"  # ASCII: no character that some reader takes for the end of a line
    with FileLock(out / LOCK, timeout=60):  # else what another run has half written looks torn off
        if path.exists() and path.stat().st_size:
            with path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                words = words if file.read() == b"\n" else f"\n{words}"
        with path.open("ab", buffering=0) as file:
            file.write(words.encode())


def _reason(error: BaseException) -> str:
    if isinstance(error, SystemExit) and isinstance(error.code, int) and error.code > SIGNALLED:
        return f"ended by {signal.Signals(error.code - SIGNALLED).name}"
    words = str(error) if isinstance(error, ValueError | OSError) else f"{type(error).__name__}: {error}"
    return words[:_LONGEST]
