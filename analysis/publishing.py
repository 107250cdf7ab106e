"""The folder of reports: one run in it at a time, whole reports only, ``latest`` leading to the last good one."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.manifest import NAME as MANIFEST
from analysis.manifest import ManifestError, read_manifest, sha256_of

LATEST = "latest"
MAKING = ".making-"  # a report on its way
PDF = "report.pdf"  # printed from the page after the manifest is written: no browser prints the same bytes twice
LOCK = ".lock"  # held by the run that is under way; the file itself stays
RUNNING = ".running.json"  # who that is
_LEFTOVERS = (f"{MAKING}*", f".{LATEST}-*", ".gone-*")
_REPORT = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?")


class LockedError(ValueError):
    """Another run is under way in the same folder of reports; nothing was done."""


@contextmanager
def hold(out: Path, run: dict[str, Any]) -> Iterator[dict[str, Any] | None]:
    """Keep other runs out of a folder of reports, and clear away what a run that died left in it.

    The system lets go of the lock when its process ends, however that ends.

    Parameters
    ----------
    out : Path
        The folder of reports; made when missing.
    run : dict
        What to say of this run to one that comes meanwhile, as JSON: 'process', 'machine', 'started' and more.

    Yields
    ------
    dict or None
        The `run` of an earlier one that ended without letting go (killed, or the machine went down); {} when it left
        no more than that; None when there was none.

    Raises
    ------
    LockedError
        When another run holds the folder; the message says who.
    OSError
        When nothing can be written there.
    """
    from filelock import FileLock, Timeout

    if out.exists() and not out.is_dir():
        raise NotADirectoryError(None, "not a folder", str(out))
    out.mkdir(parents=True, exist_ok=True)
    lock, running = FileLock(out / LOCK), out / RUNNING
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(_who_holds(out)) from None
    try:
        died = _read_running(running) if running.exists() else None
        _clear(out)
        latest = out / LATEST
        if latest.is_dir() and not latest.is_symlink() and any(latest.iterdir()) and not (latest / MANIFEST).is_file():
            raise FileExistsError(None, "is in the way and no report: move it, or give another --out", str(latest))
        running.write_text(json.dumps(run), encoding="utf8")
        yield died
    finally:
        running.unlink(missing_ok=True)
        lock.release()


def last_report(out: Path) -> Path | None:
    """Return the folder of the last good report, None where there is none."""
    latest = out / LATEST
    return latest.resolve() if latest.is_dir() else None


def next_number(out: Path) -> int:
    """Return the number of the report to be made: one more than any in `out`, from 1.

    Reports are told older from newer by it, because a clock can be set back.
    """
    return 1 + max((number for number, _ in _numbered(out)), default=0)


def publish(made: Path, out: Path, started: datetime) -> Path:
    """Move a finished report into place under the time of its start, and let ``latest`` lead to it.

    Where links cannot be made, ``latest`` is a copy. Readers of ``latest`` see the old report or the new one.
    """
    made.chmod(0o755)  # a temporary folder is its owner's alone; a report is for others
    name = started.strftime("%Y-%m-%dT%H%M%SZ")
    run = next(path for n in range(1, 1000) if not (path := out / (name if n == 1 else f"{name}-{n}")).exists())
    made.rename(run)
    coming = out / f".{LATEST}-{run.name}"
    try:
        coming.symlink_to(run.name, target_is_directory=True)
    except OSError:
        # under another name until it is whole: what a killed run leaves as `coming` can be put into place
        shutil.copytree(run, copy := out / f"{MAKING}{run.name}")
        copy.rename(coming)
    _lead_to(coming, out)
    return run


def remove_oldest(out: Path, keep: int, say: Callable[[str], None] = lambda _: None) -> None:
    """Remove the oldest reports in `out` but for the newest `keep`.

    Only what is a report by its name and its manifest, and is as it was made to the last byte, is removed; never what
    ``latest`` leads to. `say` is told what was removed, or why not, a line each.
    """
    for _, report in _numbered(out)[:-keep]:
        if report == last_report(out):
            continue
        if changed := _changed(report):
            say(f"{report.name} is kept: {changed} is not as it was made")
            continue
        # out of sight at once; a run killed meanwhile leaves no half report
        report.rename(gone := out / f".gone-{report.name}")
        _remove(gone)
        say(f"removed {report.name}: the newest {keep} are kept")


def _numbered(out: Path) -> list[tuple[int, Path]]:
    """Return the reports in `out` with their numbers, oldest first; what cannot be read is not among them."""
    found = []
    for folder in out.iterdir():
        if _REPORT.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            try:
                number = read_manifest(folder).get("number", 0)
            except ManifestError:
                continue
            found.append((number if isinstance(number, int) else 0, folder.resolve()))
    return sorted(found)


def _changed(report: Path) -> str:
    """Return the first file of a report that was added, taken away or changed since, '' when there is none."""
    made = read_manifest(report)["outputs"]
    there = {path.relative_to(report).as_posix(): path for path in report.rglob("*") if path.is_file()}
    for name in (MANIFEST, PDF):
        there.pop(name, None)
    strange = sorted(set(made) ^ set(there))
    return next(iter(strange or (name for name in sorted(made) if sha256_of(there[name]) != made[name])), "")


def _clear(out: Path) -> None:
    """Finish the change of ``latest`` that a run was killed in, and remove what else it left."""
    if not (out / LATEST).exists():
        for coming in [path for path in out.glob(f".{LATEST}-*") if path.is_dir()][:1]:
            _lead_to(coming, out)
    for pattern in _LEFTOVERS:
        for path in out.glob(pattern):
            _remove(path)


def _lead_to(coming: Path, out: Path) -> None:
    """Let `coming`, a link to a report or a whole copy of one, become ``latest``."""
    latest = out / LATEST
    if coming.is_symlink() and (latest.is_symlink() or not latest.exists()):
        coming.replace(latest)  # at once: there is no moment without a report
        return
    going = out / f".gone{coming.name}"
    if latest.exists() or latest.is_symlink():
        latest.rename(going)
    coming.rename(latest)
    if going.exists() or going.is_symlink():
        _remove(going)


def _remove(path: Path) -> None:
    """Remove a folder, or a link and not what it leads to."""
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def _read_running(path: Path) -> dict[str, Any]:
    try:
        run = json.loads(path.read_text(encoding="utf8"))
    except (OSError, ValueError):
        return {}
    return run if isinstance(run, dict) else {}


def _who_holds(out: Path) -> str:
    run = _read_running(out / RUNNING)
    who = f"process {run['process']} on {run['machine']}, since {run['started']}" if run else "just begun"
    return f"another run is under way in {out} ({who}): nothing was done; try again when it has ended"
