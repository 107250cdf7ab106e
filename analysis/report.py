"""The report: corpus and codebook in, a folder with page, notebooks, tables, figures and manifest out.

A report is made aside and moved into place whole; ``latest`` then leads to it. A run that fails leaves the last good
report as it was. Every run adds a line to the run log.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from analysis.bootstrap import SEED
from analysis.cache import CACHE
from analysis.codebook import read_codebook
from analysis.corpus import NO_DATE, corpus_files, inspect_corpus, say_problem, select_articles
from analysis.engines import cores, in_order, local_engine
from analysis.export import write_all
from analysis.manifest import NAME as MANIFEST
from analysis.manifest import write_manifest
from analysis.notebook import NotebookError, check_parameters
from analysis.page import build_page
from analysis.page_parts import Part, run_part
from analysis.paths import CODEBOOK, DATA, NOTEBOOKS, SAMPLE
from analysis.pdf import PdfError, print_pdf
from analysis.publishing import MAKING, hold, last_report, next_number, publish, remove_oldest
from analysis.run import open_run
from analysis.run_log import KILLED, append, logged
from analysis.since_last import NothingNewError, first_new_day, write_covered
from analysis.summary import named_outlets, not_found
from analysis.tables import Tables

MODELS = Path(__file__).with_name("models")
AT_ONCE = 4  # notebooks: each is a process, with tables and charts in memory
MOST_NAMES = 10  # listed in a line of words
FAILED = "failed"  # what a failed run leaves for inspection, beside the reports


class ReportError(ValueError):
    """A report that could not be made; nothing of it was published."""


@dataclass(frozen=True)
class Request:
    """What a report is asked for."""

    corpus: Path = SAMPLE
    codebook: Path = CODEBOOK
    since: date | Literal["last"] | None = None  # 'last': as far back as needed to have what the last report had not
    until: date | None = None
    actors: tuple[str, ...] = ()  # actor ids; none means all
    seed: int = SEED
    copies: bool = False  # whether every copy of a wire story counts, or the first alone
    event: date | None = None  # the first day of 'after' where before and after are compared; none: the corpus' middle
    previous: str = ""  # the report to compare with, as seen from this one: '../2025-11-23T063000Z'; '' is none

    def parameters(self) -> dict[str, Any]:
        """Return the request as the notebooks' parameters, the same wherever the sample and the report lie."""
        return {
            "corpus": self.corpus.name,
            "codebook": "../codebook.toml",
            "since": str(self.since or ""),
            "until": str(self.until or ""),
            "actors": list(self.actors),
            "seed": self.seed,
            "copies": self.copies,
            "event": str(self.event or ""),
            "previous": f"../{self.previous}" if self.previous else "",
            "tables": "../tables",
            "figures": "../figures",
        }


def write_report(
    request: Request,
    out: Path,
    *,
    notebooks: Path = NOTEBOOKS,
    keep: int | None = None,
    cache: Path | None = None,
    pdf: bool = False,
    progress: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Make a report and publish it in `out`.

    Parameters
    ----------
    request : Request
        Corpus, codebook and the rest.
    out : Path
        The folder of reports; made when missing.
    notebooks : Path
        The folder whose notebooks, in the order of their names, make the report.
    keep : int, optional
        How many reports to keep, this one included; the older ones are removed after a success. By default all.
    cache : Path, optional
        Folder of what was scored before, which is not scored again; by default in `out`.
    pdf : bool
        Also print the page as ``report.pdf``, where there is a browser that can; else `say` is told why not.
    progress : bool
        Show progress bars on standard error.
    say : callable
        Told what was set aside or left out, a line each.

    Returns
    -------
    Path
        The folder of the report to which ``latest`` in `out` now leads: the new one or, where the request is for what
        is new since the last report and nothing is, the last.

    Raises
    ------
    CorpusError, CodebookError, ParameterError
        When an input cannot be used.
    ReportError
        When no article is left or can be scored, or a notebook fails; the message names the notebook and the cell.
    LockedError
        When another run is under way in `out`.
    """
    if keep is not None and keep < 1:
        raise ReportError(f"keep is {keep}: keep 1 report or more, or None for all")
    asked = {"corpus": str(request.corpus), "since": str(request.since or ""), "until": str(request.until or "")}
    with logged(out, say, **asked) as line, hold(out, line) as died:
        if died is not None:
            append(out, {**died, "reason": KILLED})
        try:
            run = _make(request, out, notebooks, line, cache or out / CACHE, pdf=pdf, progress=progress, say=say)
        except NothingNewError as nothing:
            line["reason"] = str(nothing)
            say(line["reason"])
            return Path(last_report(out) or out)
        line["report"] = run.name
        if keep:
            try:
                remove_oldest(out, keep, say)
            except OSError as error:  # the report is made all the same
                say(f"older reports are still there: {error}")
        return run


def _make(
    request: Request,
    out: Path,
    notebooks: Path,
    line: dict[str, Any],
    cache: Path,
    *,
    pdf: bool,
    progress: bool,
    say: Callable[[str], None],
) -> Path:
    """Make the report while nobody else does; tells the run log's `line` what was read. As `write_report`."""
    started, begun = datetime.now(UTC), time.monotonic()
    codebook = read_codebook(request.codebook)
    for actor in request.actors:
        codebook.actor(actor)
    sheets = sorted(notebooks.glob("*.ipynb"))
    if not sheets:
        raise ReportError(f"no notebooks (*.ipynb) in {notebooks}: give the folder that holds them")
    for sheet in sheets:
        check_parameters(sheet, request.parameters())
    corpus, aside = _read_corpus(request, say)
    if request.since == "last":
        request = replace(request, since=first_new_day(corpus, request.until, out, say))
        line["first_day"] = str(request.since or "")
    tables = _score(request, corpus, cache, progress=progress, say=say)
    unscored = tables.problems["article_id"].tolist()
    line |= {"articles": len(tables.articles), "not_scored": unscored}
    before = last_report(out)
    if before is not None and (before / MANIFEST).is_file():
        request = replace(request, previous=f"../{before.name}")
    making = Path(tempfile.mkdtemp(prefix=MAKING, dir=out))
    try:
        shutil.copyfile(request.codebook, making / "codebook.toml")
        write_all(tables, aside, making / "tables")
        write_covered(corpus, request.until, making)
        parts = _run(sheets, making / "notebooks", request.parameters(), progress=progress)
        page = build_page(parts, **_page_words(request, tables, making))
        (making / "index.html").write_text(page, encoding="utf8")
        write_manifest(
            making,
            inputs=_inputs(request, sheets)
            | ({"previous/manifest.json": before / MANIFEST} if before and request.previous else {}),
            parameters={**request.parameters(), "corpus": str(request.corpus), "codebook": str(request.codebook)},
            started=started,
            seconds=time.monotonic() - begun,
            number=next_number(out),
            articles={"read": len(tables.articles), "not scored": unscored},
            set_aside=[
                {**row, "line": None if pd.isna(row["line"]) else row["line"]} for row in aside.to_dict("records")
            ],
        )
        if pdf:  # after the manifest, whose outputs are the same bytes in every run; a browser's PDF is not
            _print(making, say)
        return publish(making, out, started)
    except NotebookError as error:
        shutil.rmtree(out / FAILED, ignore_errors=True)
        making.rename(out / FAILED)
        raise ReportError(f"{error}\nNothing was published; the run as far as it came is in {out / FAILED}") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _read_corpus(request: Request, say: Callable[[str], None]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every article of the corpus, and its problems, which `say` is told."""
    articles, aside = inspect_corpus(request.corpus)
    for problem in aside[aside["problem"] != NO_DATE].itertuples(index=False):
        say(say_problem(*problem))
    if undated := int((aside["problem"] == NO_DATE).sum()):
        say(f"{undated} article{'s have' if undated > 1 else ' has'} no date")
    return articles, aside


def _score(
    request: Request, articles: pd.DataFrame, cache: Path, *, progress: bool, say: Callable[[str], None]
) -> Tables:
    """Return the tables of those articles that are asked for."""
    from analysis.scoring import score

    since = None if request.since == "last" else request.since
    articles = select_articles(articles, since, request.until)
    if articles.empty:
        span = f"from {since or 'the first day'} to {request.until or 'the last'}"
        raise ReportError(f"corpus {request.corpus} has no dated article {span}: widen the dates")
    tables = score(articles, read_codebook(request.codebook), progress=progress, cache=cache, say=say)
    for article_id, problem in tables.problems.itertuples(index=False):
        say(f"{article_id} could not be scored: {problem}")
    if len(tables.problems) == len(articles):
        article_id, problem = tables.problems.iloc[0]
        raise ReportError(f"no article could be scored; the first, {article_id}: {problem}")
    return tables


def _run(sheets: Sequence[Path], folder: Path, parameters: dict[str, Any], *, progress: bool) -> list[Part]:
    """Run the notebooks into a folder, as many at a time as there are cores, and return them as parts of the page.

    Where several fail, the first of them is the one that is named.
    """
    from tqdm import tqdm

    with local_engine(min(len(sheets), cores(), AT_ONCE)) as engine:
        work = ((sheet, False) for sheet in sheets)
        parts = in_order(engine, work, run_part, (folder, parameters))
        return list(tqdm(parts, desc="notebooks", total=len(sheets), unit="notebook", disable=not progress))


def _print(making: Path, say: Callable[[str], None]) -> None:
    """Print the page; a report without a PDF is still a report."""
    try:
        print_pdf(making / "index.html", making / "report.pdf")
    except PdfError as error:
        say(f"no report.pdf: {error}")


def _page_words(request: Request, tables: Tables, making: Path) -> dict[str, Any]:
    """Return the words of the page around the notebooks, and what the notebooks looked at."""
    run = open_run(
        codebook=str(making / "codebook.toml"),
        tables=str(making / "tables"),
        actors=request.actors,
        seed=request.seed,
        copies=request.copies,
    )
    accuracy = making / "figures" / "accuracy.csv"
    articles = tables.articles
    dated = articles["published"].dropna()
    undated, nameless = len(articles) - len(dated), int((articles["source"] == "").sum())
    sources = named_outlets(articles)
    lead = f"{len(articles)} article{'s' * (len(articles) != 1)}"
    if sources:
        named = ", ".join(sources[:8]) + ", …" * (len(sources) > 8)
        lead += f" from {len(sources)} outlet{'s' * (len(sources) != 1)} ({named})"
    if len(dated):
        lead += ", " + " to ".join(_day(day) for day in sorted({dated.min(), dated.max()}))
    without = [f"{n} without {what}" for n, what in ((undated, "a date"), (nameless, "an outlet")) if n]
    lead += "; " * bool(without) + ", ".join(without) + "."
    asked = [run.codebook.actor(actor).name for actor in request.actors]
    missing = [name for name in not_found(tables, run.codebook) if not asked or name in asked]
    if missing:
        more = f" and {len(missing) - MOST_NAMES} more" * (len(missing) > MOST_NAMES)
        lead += f" Not found in any article: {', '.join(missing[:MOST_NAMES])}{more}."
    notices = []
    if composed := int((articles["quotations"] == "composed").sum()):
        some = f"{composed} articles and their" if composed > 1 else "1 article and its"
        which = "All articles and quotations here are" if composed == len(articles) else f"{some} quotations are"
        notices.append(f"{which} composed for demonstration. Nobody said these words; do not cite them.")
    if asked:
        only = ", ".join(asked)
        notices.append(f"Only these actors were asked for: {only}. Every count, share and rank is among them alone.")
    files = [
        ("manifest.json", "what went in, what came out, versions and times"),
        ("codebook.toml", "actors and issues"),
    ]
    for folder, what in (("notebooks", "executed notebook"), ("tables", "table"), ("figures", "chart or its data")):
        names = sorted(path.name for path in (making / folder).glob("*") if path.suffix != ".parquet")
        files += [(f"{folder}/{name}", what) for name in names]
    return {
        "heading": "Who said what, in what tone, and where each actor stands",
        "lead": f"Corpus {request.corpus.name}: {lead}",
        "notices": notices,
        "problems": list(tables.problems.itertuples(index=False, name=None)),
        "files": files,
        "tables": run.tables,
        "codebook": run.codebook,
        "seed": request.seed,
        "accuracy": pd.read_csv(accuracy) if accuracy.is_file() else None,
    }


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def _inputs(request: Request, sheets: Sequence[Path]) -> dict[str, Path]:
    """Return every file that a report is made from, by the name it has in the manifest."""
    inputs = {f"corpus/{name}": file for file, name in corpus_files(request.corpus)}
    inputs |= {"codebook.toml": request.codebook}
    inputs |= {f"notebooks/{sheet.name}": sheet for sheet in sheets}
    for folder in (DATA / "gold", DATA / "lexicons", DATA / "page", MODELS):
        files = (file for file in folder.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc"))
        inputs |= {f"{folder.name}/{file.relative_to(folder).as_posix()}": file for file in files}
    return inputs
