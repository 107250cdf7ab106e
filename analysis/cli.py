"""The stancebook command: thin words around the library.

Exit codes: 0 done, 1 failed (one message on standard error says why), 2 wrong use; of `report` also 75, another run is
under way (try again), and 128 + n, ended by signal n.
"""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

import click

from analysis.paths import CODEBOOK, SAMPLE
from analysis.run_log import LOCKED

if TYPE_CHECKING:
    import pandas as pd

# click shows these defaults; analysis.bootstrap.SEED would cost an import of pandas before every --help
SEED = 20251123
MOST_SPEAKERS = 20  # shown by check
READY_ENTRIES = 3  # of speakers who are not in the codebook
_DAY = click.DateTime(formats=["%Y-%m-%d"])
_PATH = click.Path(path_type=Path)
EXIT_CODES = """\b
Exit codes:
  0    good: a report was made, or --since last found nothing new and the last one stays; articles
       that could not be scored are named on standard error, on the page and in OUT/runs.jsonl
  1    failed: nothing was published, standard error says why
  2    wrong use: an option or its value
  75   another run is under way in OUT: try again later
  128+n  ended by signal n (130 Ctrl-C, 143 SIGTERM): nothing was published
"""  # click takes the first line for: as it stands


class Stated(click.ClickException):
    """An error that says everything in its message."""

    exit_code = 1


class Busy(Stated):
    """An error that goes away by itself."""

    exit_code = LOCKED


class DayOrLast(click.DateTime):
    """A day, or the word 'last'."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return 'last' as it is, a day as click does."""
        return value if value == "last" else super().convert(value, param, ctx)


@contextmanager
def _one_message() -> Iterator[None]:
    """Turn errors that explain themselves into one message; anything else is our fault and keeps its traceback."""
    from analysis.codebook import CodebookError
    from analysis.corpus import CorpusError
    from analysis.engines import EngineError
    from analysis.evaluation import GoldError
    from analysis.intake import IntakeError
    from analysis.lab import LabError
    from analysis.models.runtime import ModelError
    from analysis.notebook import ParameterError
    from analysis.publishing import LockedError
    from analysis.report import ReportError
    from analysis.streaming import ScoreError

    try:
        yield
    except LockedError as error:
        raise Busy(str(error)) from error
    except (CodebookError, CorpusError, EngineError, GoldError, IntakeError, LabError, ModelError) as error:
        raise Stated(str(error)) from error
    except (ParameterError, ReportError, ScoreError) as error:
        raise Stated(str(error)) from error
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise Stated(f"{error.strerror or error}{where}") from error


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let signals that ask for an end clear up behind them: the exit code is 128 + the signal, as a shell gives it."""

    def end(number: int, _: FrameType | None) -> None:
        for asked in before:
            signal.signal(asked, signal.SIG_IGN)  # a second one must not stop the clearing up
        raise SystemExit(128 + number)

    names = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is unknown to Windows
    numbers = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
    numbers = [n for n in numbers if signal.getsignal(n) not in (signal.SIG_IGN, None)]  # nohup stays nohup
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _selection(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument and options that say what is read, but for the first day."""
    for option in (
        click.option("--until", type=_DAY, help="Last day, YYYY-MM-DD. Leaves articles without a date out."),
        click.option(
            "--codebook",
            type=_PATH,
            default=CODEBOOK,
            show_default="that of the sample",
            help="TOML file of actors and issues.",
        ),
        click.argument("corpus", type=_PATH, default=SAMPLE),
    ):
        command = option(command)
    return command


_since = click.option("--since", type=_DAY, help="First day, YYYY-MM-DD. Leaves articles without a date out.")


_cache = click.option(
    "--cache",
    type=_PATH,
    envvar="STANCEBOOK_CACHE",
    show_envvar=True,
    show_default="OUT/cache",
    help="Folder of what was scored before; it saves time and changes no result.",
)


def _as_date(value: datetime | None) -> date | None:
    return value.date() if value else None


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="stancebook")
def main() -> None:
    """Who said what, in what tone, and where each actor stands, with the sentence behind every number.

    CORPUS is a folder of .txt and .md files, or a CSV, JSON lines or Parquet table with the columns text, article_id,
    published, source, title, url (only text is needed). Without it, the sample corpus is read.
    """


@main.command(epilog=EXIT_CODES)
@_selection
@click.option(
    "--since",
    type=DayOrLast(formats=["%Y-%m-%d"]),
    metavar="DAY|last",
    help="First day, YYYY-MM-DD, which leaves articles without a date out. 'last' goes back to the day of the earliest "
    "article that the last report in OUT did not have; everything where there is none.",
)
@click.option("--out", type=_PATH, default=Path("reports"), show_default=True, help="Folder of reports.")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    show_default="all",
    help="Reports to keep; older ones are removed after a success.",
)
@click.option("--actors", default="", metavar="ID,ID", help="Only these actors of the codebook, with commas between.")
@click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True, help="Seed of the bootstrap.")
@click.option("--copies", is_flag=True, help="Count every copy of a wire story, not the first alone.")
@click.option("--event", type=_DAY, help="A day, to compare before it with from it on.  [default: the middle]")
@click.option("--pdf", is_flag=True, help="Also print the page as report.pdf, with the Chromium or Chrome on the PATH.")
@_cache
def report(
    corpus: Path,
    codebook: Path,
    since: datetime | Literal["last"] | None,
    until: datetime | None,
    out: Path,
    keep: int | None,
    actors: str,
    seed: int,
    copies: bool,
    event: datetime | None,
    pdf: bool,
    cache: Path | None,
) -> None:
    """Run the notebooks over CORPUS into a report: page, notebooks, tables, figures, manifest.

    Prints the path of the page. OUT/latest leads to the last good report; a run that fails leaves it as it was.
    Every run adds a line of JSON to OUT/runs.jsonl.
    """
    from analysis.cache import CACHE, name_folder
    from analysis.report import Request, write_report

    chosen = tuple(actor.strip() for actor in actors.split(",") if actor.strip())
    kept = cache or out / CACHE
    with _one_message(), _ended_by_signals(), name_folder(kept):
        first = since if since is None or since == "last" else since.date()
        request = Request(corpus, codebook, first, _as_date(until), chosen, seed, copies, _as_date(event))
        write_report(request, out, keep=keep, cache=kept, pdf=pdf, progress=sys.stderr.isatty(), say=_say)
    click.echo(out / "latest" / "index.html")


@main.command()
@_selection
@_since
@click.option("--out", type=_PATH, required=True, help="Folder for the tables: Parquet in parts, and CSV.")
@_cache
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True)
@click.option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster: tcp://10.0.0.7:8786.")
def score(
    corpus: Path,
    codebook: Path,
    since: datetime | None,
    until: datetime | None,
    out: Path,
    cache: Path | None,
    engine: str,
    scheduler: str | None,
) -> None:
    """Score CORPUS, of any size, and write only the tables.

    May be stopped at any moment: the same command goes on where it stopped, and makes only what is missing or changed.
    CSV files are written up to 10,000 articles.
    """
    from analysis.codebook import read_codebook
    from analysis.engines import dask_engine
    from analysis.parts import count_rows
    from analysis.streaming import score_to_folder

    if (engine == "dask") != bool(scheduler):
        raise click.UsageError("--engine dask and --scheduler ADDRESS go together: give both, or neither")
    with _one_message(), _ended_by_signals():
        score_to_folder(
            corpus,
            read_codebook(codebook),
            out,
            since=_as_date(since),
            until=_as_date(until),
            engine=dask_engine(scheduler) if scheduler else None,
            cache=cache,
            progress=sys.stderr.isatty(),
            say=_say,
        )
    click.echo(f"{count_rows(out, 'statements')} statements and {count_rows(out, 'stances')} stances in {out}")


@main.command()
@click.argument("task", type=click.Choice(["statements", "portrayal", "stance", "relations"]))
@click.option("--gold", type=_PATH, default=None, show_default="that of the sample", help="JSON lines, also .gz.")
@click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True, help="Seed of the bootstrap.")
def evaluate(task: str, gold: Path | None, seed: int) -> None:
    """Measure how well TASK is done against human-coded answers, in percent with 95% intervals."""
    from analysis.evaluation import evaluate as measure

    with _one_message():
        figures = measure(task, gold, seed=seed)
    click.echo(_as_text(figures.drop(columns="task").round(1)))


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--out", type=_PATH, required=True, help="The corpus, a .parquet file; made when missing, else added to.")
@click.option(
    "--column", "columns", multiple=True, metavar="FIELD=COLUMN", help="For tables: text=Body, title=Headline."
)
@click.option("--allow-private", is_flag=True, help="Read addresses of this machine and of private networks, too.")
def ingest(sources: tuple[str, ...], out: Path, columns: tuple[str, ...], allow_private: bool) -> None:
    """Add the articles of every SOURCE to a corpus: files, folders and archives, addresses of pages and feeds.

    Reads web pages, RSS and Atom feeds, text and Markdown, e-mail, PDF, CSV, JSON lines, Parquet, .zip. What is there
    already is not added again. What was left out, and why, is said and kept beside the corpus (.log.csv).
    """
    from analysis.intake import ingest as take_in
    from analysis.intake import write_log

    pairs = [column.partition("=") for column in columns]
    wrong = [field for field, mark, column in pairs if not (mark and field and column)]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} is not FIELD=COLUMN", param_hint="--column")
    with _one_message():
        log = take_in(sources, out, columns={field: column for field, _, column in pairs}, allow_private=allow_private)
        write_log(log, out.with_suffix(".log.csv"))
    for line in log.remarks():
        _say(line)
    counts = ", ".join(f"{log.count(outcome)} {outcome}" for outcome in ("added", "known", "left out"))
    if not log.count("added") + log.count("known"):
        raise Stated(f"nothing to take in ({counts}); the lines above say why")
    click.echo(f"{counts}; {out} has {log.articles} articles")


@main.command()
@_selection
@_since
def check(corpus: Path, codebook: Path, since: datetime | None, until: datetime | None) -> None:
    """Read CORPUS and say what is in it, what is wrong with it, and what it says against the codebook.

    That is: offices given to the wrong person, two names for one office, spellings near a known one, and frequent
    speakers who are not in the codebook, with entries ready to be pasted.
    """
    from analysis.check import frequent_strangers, say_findings, sources_of
    from analysis.codebook import read_codebook
    from analysis.corpus import inspect_corpus, select_articles
    from analysis.fact_checks import actor_entry, check_offices, check_spellings, find_rival_names

    with _one_message():
        articles, problems = inspect_corpus(corpus)
        chosen = select_articles(articles, _as_date(since), _as_date(until))
        known = read_codebook(codebook)
        strangers = frequent_strangers(chosen, known, progress=sys.stderr.isatty())
        offices = check_offices(chosen, known)
        rivals = find_rival_names(chosen)
        spellings = check_spellings(chosen, known)
    click.echo(f"Articles: {len(chosen)}\n{_as_text(sources_of(chosen))}\n")
    width = shutil.get_terminal_size(fallback=(100, 24)).columns
    for what, findings in say_findings(problems, offices, rivals, spellings, width).items():
        click.echo("\n".join([f"{what}: {len(findings)}", *findings, ""]))
    strange = f"Frequent speakers who are not in the codebook: {len(strangers)}"
    click.echo(f"{strange}\n{_as_text(strangers.head(MOST_SPEAKERS))}\n")
    if len(strangers):
        click.echo("To add the first of them to the codebook, paste and complete:\n")
        people = [name for name in strangers["speaker"] if not name.startswith("The ")]
        click.echo("\n\n".join(actor_entry(name) for name in people[:READY_ENTRIES]))


@main.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--folder", type=_PATH, default=Path("stancebook-notebooks"), show_default=True, help="Where the notebooks go."
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def lab(folder: Path, options: tuple[str, ...]) -> None:
    """Open JupyterLab at a copy of the notebooks; one that you have changed is kept.

    OPTIONS are JupyterLab's own, such as --no-browser.
    """
    from analysis.lab import open_lab

    with _one_message():
        sys.exit(open_lab(folder, options, say=_say))


def _as_text(frame: pd.DataFrame) -> str:
    from analysis.corpus import printable

    if frame.empty:
        return ""
    lines = frame.to_string(index=False, na_rep="", max_colwidth=100).split("\n")
    return "\n".join(map(printable, lines))


if __name__ == "__main__":
    main()
