"""Measure how fast Stancebook is beside what people use instead, and write the table into bench/README.md.

Every side is a process of its own on the same core with one thread. The sides of a set of texts take turns (A B C, A B
C, ...), after a first turn that does not count, and a ratio is taken within a turn: what slows the machine down slows
all sides down. Time is CPU time of the whole process, so a side pays for every thread it starts.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
README = HERE / "README.md"
BEGIN, END = "<!-- written by make bench: begin -->\n", "<!-- end -->\n"
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
MEGABYTE = 1024 if sys.platform == "linux" else 1024 * 1024  # of the unit in which the system counts peak memory


class Group(NamedTuple):
    """Sides that take turns over the same texts.

    comparisons : (side, beside which, how many times as fast it should be; 0 where no goal is set)
    """

    texts: str
    most: int
    unit: str
    sides: tuple[str, ...]
    comparisons: tuple[tuple[str, str, float], ...]


class Measured(NamedTuple):
    """Seconds of CPU a turn took, in order, and the peak memory of the process in MB."""

    seconds: list[float]
    memory: float


NAMES = {
    "text_stage": "text: sentences, tokens",
    "mentions_stage": "mentions",
    "statements_stage": "statements",
    "tone_stage": "tone",
    "portrayal_stage": "portrayal",
    "stances_stage": "stances",
    "chain_without_models": "all, rules and lexicons only",
    "whole_chain": "all",
    "textblob_sentiment": "TextBlob sentiment alone",
    "vader_sentiment": "vaderSentiment alone",
    "spacy_quotations": "spaCy small + textacy quotations",
    "spacy_quotations_without_names": "the same without entity recognition",
    "statement_tagger": "statement tagger, int8",
    "portrayal_model": "portrayal model, int8",
    "minilm_single": "same encoder, float32 PyTorch, one by one",
    "minilm_batched": "same encoder, float32 PyTorch, batches of 32",
    "roberta_single": "RoBERTa-base size, float32 PyTorch, one by one",
    "roberta_batched": "RoBERTa-base size, float32 PyTorch, batches of 32",
}
SPACY = ("spacy_quotations", "spacy_quotations_without_names")
PYTORCH = ("minilm_single", "minilm_batched", "roberta_single", "roberta_batched")
GOALS = dict(zip((*SPACY, *PYTORCH), (3, 0, 3, 3, 20, 20), strict=True))


def beside(side: str, others: tuple[str, ...]) -> tuple[tuple[str, str, float], ...]:
    """Return the comparisons of a side with some others, with their goals."""
    return tuple((side, other, GOALS[other]) for other in others)


def groups() -> list[Group]:
    """Return what is measured here: the public corpora and the portrayal model only where they are."""
    from sides import PUBLIC, REPOSITORY, SHARED

    models = ["statement_tagger"]
    if (REPOSITORY / "analysis" / "models" / "portrayal.onnx").exists():
        models.append("portrayal_model")
    chain = [name for name in NAMES if name.endswith("_stage")] + ["chain_without_models", "whole_chain"]
    out = [
        Group(
            "sample",
            24,
            "articles",
            (*chain, "textblob_sentiment", "vader_sentiment", *SPACY),
            (
                *beside("statements_stage", SPACY),
                ("chain_without_models", "textblob_sentiment", 1),
                ("whole_chain", "textblob_sentiment", 0),
                ("whole_chain", "vader_sentiment", 0),
                *beside("whole_chain", SPACY),
            ),
        )
    ]
    for texts, file in PUBLIC.items():
        if (SHARED / "corpora" / f"{file}.jsonl.gz").exists():
            sides = ("statements_stage", *SPACY)
            out.append(Group(texts, 24, "articles", sides, beside("statements_stage", SPACY)))
    comparisons = tuple(pair for model in models for pair in beside(model, PYTORCH))
    return [*out, Group("sentences", 64, "sentences", (*models, *PYTORCH), comparisons)]


def prepare(pipe: Connection, texts: str, most: int, folder: Path) -> None:
    """Prepare inputs (in a process of its own, to keep this one small)."""
    import sides

    pipe.send(sides.prepare(texts, most, folder))


def take_turns(pipe: Connection, side: str, folder: Path) -> None:
    """Run one side: a turn for every True that comes, then say the peak memory."""
    sys.path.insert(0, str(HERE.parent))  # for training.encoders
    import sides

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    work = getattr(sides, side)(folder)
    while pipe.recv():
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        pipe.send((time.process_time() - cpu, time.perf_counter() - wall))
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE)


def start(target: Any, *arguments: Any) -> Connection:
    """Start a process that answers through the pipe returned."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    context.Process(target=target, args=(theirs, *arguments), daemon=True).start()
    theirs.close()
    return ours


def measure(group: Group, rounds: int) -> tuple[dict[str, int], dict[str, Measured], float]:
    """Return the size of a group's texts, what was measured, and how many times the CPU time the clock took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = start(prepare, group.texts, group.most, folder).recv()
        pipes = {side: start(take_turns, side, folder) for side in group.sides}
        seconds: dict[str, list[float]] = {side: [] for side in group.sides}
        clock = spent = 0.0
        for turn in range(rounds + 1):
            for side, pipe in pipes.items():
                pipe.send(True)
                cpu, wall = pipe.recv()
                if turn:
                    seconds[side].append(cpu)
                    clock, spent = clock + wall, spent + cpu
        memory = {}
        for side, pipe in pipes.items():
            pipe.send(False)
            memory[side] = pipe.recv()
    return size, {side: Measured(seconds[side], memory[side]) for side in group.sides}, clock / spent


def spread(values: list[float], digits: int) -> str:
    """Return median, lowest and highest."""
    low, middle, high = (f"{x:,.{digits}f}" for x in (min(values), median(values), max(values)))
    return f"{middle} ({low}–{high})"


def rows_of(group: Group, size: dict[str, int], measured: dict[str, Measured]) -> list[tuple[str, ...]]:
    """Return the rows of the table for one group."""
    of = f"{group.texts}, {size['items']} {group.unit} of {size['words'] / size['items']:.0f} words"
    rows: list[tuple[str, ...]] = []
    for side in group.sides:
        rates = [size["items"] / s for s in measured[side].seconds]
        digits = 0 if median(rates) >= 100 else 1
        rows.append((NAMES[side], of, f"{spread(rates, digits)} {group.unit}", f"{measured[side].memory:.0f}", "", ""))
        for _, other, goal in (c for c in group.comparisons if c[0] == side):
            ratios = [b / a for a, b in zip(measured[side].seconds, measured[other].seconds, strict=True)]
            verdict = f"≥ {goal:g}: {'reached' if median(ratios) >= goal else 'missed'}" if goal else ""
            rows.append((f"{NAMES[side]} : {NAMES[other]}", of, "", "", f"**{spread(ratios, 2)}**", verdict))
    return rows


def start_up(rounds: int) -> list[float]:
    """Return the seconds by the clock that `stancebook --help` takes, after a first time that does not count."""
    command = [str(Path(sys.executable).with_name("stancebook")), "--help"]
    seconds = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603, our own command
        seconds.append(time.perf_counter() - begin)
    return seconds[1:]


def start_up_row(seconds: list[float]) -> tuple[str, ...]:
    """Return the row of the table for the start-up."""
    verdict = "reached" if median(seconds) < 0.3 else "missed"
    took = f"{spread(seconds, 2)} s by the clock"
    return ("`stancebook --help`", "start-up", took, "", "", f"< 0.3 s: {verdict}")


def table(rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    head = ("what", "of what", "per second of one core", "peak MB", "times as fast", "goal")
    cells = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def setting(rounds: int, busy: float) -> str:
    """Return in words what was measured on."""
    packages = ("onnxruntime", "spacy", "textacy", "torch", "textblob", "vaderSentiment")
    with_versions = ", ".join(f"{name} {version(name)}" for name in packages)
    processor = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        found = re.search(r"^model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf8"), re.MULTILINE)
        processor = found[1] if found else processor
    waited = f"the clock took {busy:.2f} times the CPU time"
    return (
        f"{processor}, one core, one thread; Python {platform.python_version()}; {with_versions}.\n"
        f"Median (lowest–highest) of {rounds} turns; {waited}.\n\n"
    )


def measure_sides(rounds: int, quick: bool) -> str:
    """Return the table of all sides, and what it was measured on."""
    rows, busy, starts = [], [], []
    for group in groups():
        starts += start_up(rounds)  # now and then, because it is short: a busy moment must not decide
        size, measured, waited = measure(group._replace(most=4) if quick else group, rounds)
        rows += rows_of(group, size, measured)
        busy.append(waited)
    return setting(rounds, max(busy)) + table([*rows, start_up_row(starts)])


def measure_growth(_: int, quick: bool) -> str:
    """Return the table of growth with the corpus and over processes and workers."""
    import growth

    return table(growth.measure(quick))


PARTS = {"sides": measure_sides, "growth": measure_growth}


def main() -> None:
    """Measure, print the tables, and write them into README.md unless the run was a quick one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", choices=tuple(PARTS), help="of the measurements (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of every side that count (default: 5)")
    parser.add_argument("--quick", action="store_true", help="one turn over a few texts, to see that it runs")
    arguments = parser.parse_args()
    rounds = 1 if arguments.quick else arguments.rounds
    os.environ.update(dict.fromkeys(THREADS, "1"), TOKENIZERS_PARALLELISM="false")
    for part in (arguments.part,) if arguments.part else PARTS:
        result = PARTS[part](rounds, arguments.quick)
        print(result)
        if not arguments.quick:
            begin = BEGIN.replace("make bench", f"make bench, {part}")
            before, _, rest = README.read_text(encoding="utf8").partition(begin)
            README.write_text(before + begin + result + END + rest.partition(END)[2], encoding="utf8")


if __name__ == "__main__":
    main()
