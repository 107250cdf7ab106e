"""JupyterLab, opened at a copy of the notebooks: an installed package's own folder is not for writing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from analysis.paths import NOTEBOOKS


class LabError(ValueError):
    """JupyterLab cannot be opened."""


def copy_notebooks(folder: Path) -> list[str]:
    """Copy the notebooks that come with Stancebook into a folder, made when missing.

    A notebook that is there already is never written over: the names of those that differ from ours are returned.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        copy = folder / notebook.name
        if not copy.exists():
            shutil.copyfile(notebook, copy)
        elif copy.read_bytes() != notebook.read_bytes():
            kept.append(copy.name)
    return kept


def open_lab(folder: Path, options: Sequence[str] = (), say: Callable[[str], None] = lambda _: None) -> int:
    """Run JupyterLab at a copy of the notebooks until it is ended; return its exit code.

    Parameters
    ----------
    folder : Path
        Where the notebooks are copied to, as `copy_notebooks`.
    options : sequence of str
        JupyterLab's own.
    say : callable
        Told which notebooks were there already and are not as they come.

    Raises
    ------
    LabError
        When JupyterLab is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise LabError("JupyterLab is not installed: pip install 'jupyterlab>=4.4', or in a checkout: make lab")
    for name in copy_notebooks(folder):
        say(f"{folder / name} is not as it comes with Stancebook, and is kept: rename it to get ours again")
    command = [sys.executable, "-m", "jupyterlab", str(folder), *options]
    with subprocess.Popen(command) as lab:  # noqa: S603  our own interpreter, and what the user typed
        while True:
            try:
                return lab.wait()
            except KeyboardInterrupt:  # JupyterLab has got it, too, and asks whether it is meant
                continue
