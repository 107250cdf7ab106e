"""The command in a process of its own, which can be told where to die: no cleaning up, as when the power goes."""

import multiprocessing
import os
import re
import signal
import sys

# Modules are read once, in a server from which every run is forked; what they do, they do in the run.
CONTEXT = multiprocessing.get_context("forkserver") if sys.platform != "win32" else multiprocessing.get_context()
PRELOADED = ["analysis.cli", "analysis.report", "analysis.scoring", "papermill", "nbconvert", "nbclient", "pyarrow"]


def start(words, notebooks, said, *, die_at=None, largest=None):
    """Start ``stancebook WORDS`` with these notebooks; what it says goes to the file `said`.

    `die_at` is looked for in what Python tells of each file opened, renamed or removed (``open PATH MODE``, ``os.rename
    FROM TO``), before it is done. `largest` is the size in bytes beyond which no file can grow.
    """
    if sys.platform != "win32":
        CONTEXT.set_forkserver_preload(PRELOADED)
    asked = ([str(word) for word in words], str(notebooks), str(said), die_at, largest)
    run = CONTEXT.Process(target=_run, args=asked)
    run.start()
    return run


def run(*asked, **more):
    """Start and wait; returns the exit code, negative where a signal ended it."""
    begun = start(*asked, **more)
    begun.join(300)
    return begun.exitcode


def die_in(target, arguments, die_at):
    """Call a function in a process that dies where told; returns its exit code."""
    begun = CONTEXT.Process(target=_call, args=(target, arguments, die_at))
    begun.start()
    begun.join(60)
    return begun.exitcode


def _call(target, arguments, die_at):
    _watch(die_at)
    target(*arguments)


def _run(words, notebooks, said, die_at, largest):
    from analysis import report
    from analysis.cli import main

    to = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(to, 1)
    os.dup2(to, 2)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    report.write_report.__kwdefaults__["notebooks"] = report.Path(notebooks)  # where another installation has its own
    if largest:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    if die_at:
        _watch(die_at)
    main(words)


def _watch(die_at):
    def watch(event, arguments):
        if re.search(die_at, " ".join(map(str, (event, *arguments[:2])))):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
