"""Where pieces of work run: in this process, in several of this machine, or on the machines of a Dask cluster.

All three are the standard library's executors (Dask's client gives one), so there is one way to hand out work and to
get it back: in order, a few pieces at a time, whatever their number.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

_Work = TypeVar("_Work")
_Result = TypeVar("_Result")
AHEAD = 3  # pieces a process that are handed out before the oldest must be back
GO_ON = "the same command goes on where it stopped"


class EngineError(ValueError):
    """A process or machine that cannot do its part of the work."""


class Engine(NamedTuple):
    """An executor and how many pieces of work keep it busy; without one, work is done at once and here."""

    executor: Executor | None
    ahead: int


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local_engine(processes: int) -> Iterator[Engine]:
    """Give this process (`processes` up to 1) or a pool of several; they start when there is work for them."""
    if processes <= 1:
        yield Engine(None, 1)
        return
    # Not forked: a notebook's kernel has threads, and what they hold locked stays locked in a fork.
    pool = _Pool(processes, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield Engine(pool, AHEAD * processes)
    except BrokenProcessPool as error:
        raise EngineError(f"a process died at its work (killed, or out of memory); {GO_ON}") from error
    except (KeyboardInterrupt, SystemExit):  # nobody waits for what is under way
        for process in pool._processes.values():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def dask_engine(scheduler: str) -> Iterator[Engine]:
    """Give the workers of a Dask cluster.

    Parameters
    ----------
    scheduler : str
        Its address: ``tcp://10.0.0.7:8786``.

    Raises
    ------
    EngineError
        When Dask is not installed, or nobody answers there.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise EngineError("Dask is not installed: pip install 'stancebook[dask]'") from None
    try:
        client = Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"no Dask scheduler answers at {scheduler} ({error}): start one with 'dask scheduler', "
            "and give the address that it prints"
        ) from error
    try:
        with client, client.get_executor(pure=False) as executor:
            yield Engine(executor, AHEAD * max(sum(client.nthreads().values()), 1))
    except (KilledWorker, CancelledError) as error:
        raise EngineError(f"the Dask cluster gave up a piece of work ({error}); {GO_ON}") from error


def in_order(
    engine: Engine,
    work: Iterable[tuple[_Work, bool]],
    function: Callable[..., _Result],
    arguments: tuple[Any, ...],
) -> Iterator[_Result]:
    """Yield ``function(piece, *arguments)`` for every piece of work, in order; memory does not grow with their number.

    Parameters
    ----------
    work : iterable of (piece, bool)
        True for a piece that is so little work that it is done here.
    """
    waiting: deque[Future[_Result]] = deque()
    for piece, little in work:
        if engine.executor is None or little:
            done: Future[_Result] = Future()
            done.set_result(function(piece, *arguments))
            waiting.append(done)
        else:
            waiting.append(engine.executor.submit(function, piece, *arguments))
        while waiting and (len(waiting) >= engine.ahead or waiting[0].done()):
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


class _Pool(ProcessPoolExecutor):
    """A pool whose processes do not run the caller's script again, as those that are not forked otherwise do.

    The work needs nothing from it, and an analyst's three lines need no ``if __name__ == "__main__":``.
    """

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return super().submit(_work, function, *args, **kwargs)  # processes start here, one by one
        finally:
            sys.modules["__main__"] = main


def _work(function: Callable[..., _Result], *args: Any, **kwargs: Any) -> _Result:
    """Do a piece of work in a process of the pool; asked to end, it clears up behind itself and takes no other."""
    try:
        return function(*args, **kwargs)
    except SystemExit:
        os._exit(1)


def _begin() -> None:
    """Prepare a process of the pool: it leaves Ctrl-C to its parent, and ends when that one ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
