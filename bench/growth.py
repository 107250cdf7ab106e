"""Measure how time and memory grow with the corpus, and how speed grows with processes and Dask workers.

Each run is `stancebook score` in a process of its own, over dated news items of one paragraph, evenly spread over the
years, all different. What it costs to begin (start the processes, load the models) is measured by a run over few texts
and taken off, so that a time per text is one.

Called by bench.py; as a script, this file is one such run: it prints what it took as JSON.
"""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sides import SHARED

CORPUS = SHARED / "corpora" / "current_events_2002_2026.jsonl.gz"
SIZES = (1_000, 10_000, 120_000)  # the last is all there is
FEW = 64  # texts of the run that is taken off
WITHIN = 0.10  # that time and memory may grow by
MINUTES = 30  # the goal for all items on two cores
MEGABYTE = 1024 if sys.platform == "linux" else 1024 * 1024  # of the unit in which the system counts peak memory


class Taken(NamedTuple):
    """What a run took: seconds by the clock, of CPU of all processes and of the one that reads and writes; peak MB."""

    texts: int
    clock: float
    cpu: float
    hub: float
    memory: float


def measure(quick: bool) -> list[tuple[str, ...]]:
    """Return the rows of the table; none where the corpus is not there."""
    from analysis.engines import cores

    if not CORPUS.exists():
        print(f"no growth measured: {CORPUS} is not there (STANCEBOOK_SHARED names its folder)", file=sys.stderr)
        return []
    sizes, few = ((16, 32), 8) if quick else (SIZES, FEW)
    counts = sorted({1, 2, cores()})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = {size: write_corpus(folder, size) for size in (few, *sizes)}
        grown = [run(folder, size, "local", max(counts)) for size in (few, *sizes)]
        rows = growth_rows(grown[0], grown[1:], texts[sizes[-1]], max(counts))
        for engine in ("local", "dask"):
            scaled = {n: (run(folder, few, engine, n), run(folder, sizes[0], engine, n)) for n in counts}
            rows += scaling_rows(engine, scaled)
    return rows


def write_corpus(folder: Path, size: int) -> float:
    """Write a corpus of so many texts; return how many words a text has."""
    with gzip.open(CORPUS, "rt", encoding="utf8") as file:
        rows = list({row["text"]: row for row in map(json.loads, file)}.values())
    some = [rows[place] for place in np.linspace(0, len(rows) - 1, min(size, len(rows))).astype(int)]
    with (folder / f"{size}.jsonl").open("w", encoding="utf8") as file:
        file.writelines(json.dumps({"published": row["date"], "text": row["text"]}) + "\n" for row in some)
    return sum(len(row["text"].split()) for row in some) / len(some)


def run(folder: Path, size: int, engine: str, processes: int) -> Taken:
    """Score a corpus in a process of its own."""
    command = [sys.executable, __file__, str(folder / f"{size}.jsonl"), engine, str(processes)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603, our own command
    return Taken(*json.loads(done.stdout))


def growth_rows(begin: Taken, grown: list[Taken], words: float, processes: int) -> list[tuple[str, ...]]:
    """Return a row for each size: CPU time per text and memory beside those of the smallest."""
    rows = []
    first = _per_text(begin, grown[0])
    last = grown[-1]
    hub = f"{(last.texts - begin.texts) / (last.hub - begin.hub):,.0f} texts"
    what = "reading, handing out, writing: one process, whatever the number of others"
    for one in grown:
        per_text = _per_text(begin, one)
        slower, larger = per_text / first - 1, one.memory / grown[0].memory - 1
        reached = "reached" if max(slower, larger) <= WITHIN else "missed"
        rows.append(
            (
                f"growth: {one.texts:,} texts",
                f"current events, {words:.0f} words, {processes} processes",
                f"{1 / per_text:,.1f} texts ({one.texts / one.clock:,.1f} of all cores by the clock)",
                f"{one.memory:.0f}",
                "" if one is grown[0] else f"time per text {slower:+.0%}, memory {larger:+.0%}",
                "" if one is grown[0] else f"within {WITHIN:.0%}: {reached}",
            )
        )
    if grown[-1].texts > SIZES[-2]:
        took = grown[-1].clock / 60
        verdict = f"< {MINUTES} min: {'reached' if took < MINUTES else 'missed'}"
        rows.append((f"all {grown[-1].texts:,} items", f"{processes} processes", f"{took:.0f} min", "", "", verdict))
    return [*rows, (what, f"current events, {last.texts:,} texts", hub, "", "", "")]


def scaling_rows(engine: str, scaled: dict[int, tuple[Taken, Taken]]) -> list[tuple[str, ...]]:
    """Return a row for each number of processes or workers: speed by the clock beside that of one."""
    what = {"local": "process", "dask": "Dask worker"}[engine]
    rates = {n: (one.texts - few.texts) / (one.clock - few.clock) for n, (few, one) in scaled.items()}
    return [
        (
            f"{n} {what}{'es' if what == 'process' and n > 1 else 's' if n > 1 else ''}",
            f"current events, {one.texts:,} texts",
            f"{rates[n]:,.1f} texts by the clock, all cores",
            f"{one.memory:.0f}",
            "" if n == 1 else f"{rates[n] / rates[1]:.2f}",
            "",
        )
        for n, (_, one) in scaled.items()
    ]


def _per_text(begin: Taken, one: Taken) -> float:
    return (one.cpu - begin.cpu) / (one.texts - begin.texts)


def _score(corpus: Path, engine: str, processes: int) -> Taken:
    """Score a corpus here and say what it took."""
    from analysis.codebook import read_codebook
    from analysis.engines import dask_engine, local_engine
    from analysis.parts import count_rows
    from analysis.streaming import score_to_folder

    with tempfile.TemporaryDirectory() as name:
        out = Path(name, "tables")
        begun = time.perf_counter()
        if engine == "local":
            score_to_folder(corpus, read_codebook(), out, engine=local_engine(processes))
        else:
            from distributed import LocalCluster

            with LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=":0") as cluster:
                score_to_folder(corpus, read_codebook(), out, engine=dask_engine(cluster.scheduler_address))
        clock = time.perf_counter() - begun
        texts = count_rows(out, "articles")
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in usage)
    memory = (usage[0].ru_maxrss + processes * usage[1].ru_maxrss) / MEGABYTE  # of children, the largest is known
    return Taken(texts, clock, cpu, usage[0].ru_utime + usage[0].ru_stime, memory)


if __name__ == "__main__":
    print(json.dumps(_score(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
