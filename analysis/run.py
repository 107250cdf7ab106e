"""A run: one corpus opened with one codebook and one set of parameters, as the notebooks use it.

`open_run` reads and scores (or reads tables scored before), keeps the days and actors asked for, and gives a `Run` that
knows what every chart must say at its foot.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.accuracy import accuracy_in_words, measure_sample
from analysis.bootstrap import SEED
from analysis.codebook import Codebook, read_codebook
from analysis.corpus import inspect_corpus, select_articles
from analysis.display import counted, tables_html
from analysis.drawing import outlet_name, picture, save_figure, show, show_table
from analysis.export import write_csv
from analysis.near_duplicates import find_copies, leave_out
from analysis.paths import SAMPLE
from analysis.summary import named_outlets
from analysis.tables import Tables, keep_articles, read_corpus_problems, read_tables

if TYPE_CHECKING:
    from IPython.display import HTML, SVG, Markdown
    from matplotlib.figure import Figure

METHODS = {
    "articles": "",
    "statements": "Statements: rules for quotation marks, verbs and speakers; "
    "a small language model where they leave it open.",
    "tone": "Tone: VADER and TextBlob over the words of the statement alone.",
    "portrayal": "Portrayal: sentiment of the sentence towards the actor named in it.",
    "stance": "Stance: what a statement or reported act says for or against a proposition of the codebook or an actor.",
}
_NO_COPIES = pd.DataFrame(columns=["article_id", "source", "published", "copy_of"])


class RunError(ValueError):
    """Parameters of a run that cannot be used."""


@dataclass(frozen=True, repr=False)
class Run:
    """A corpus, read and scored.

    `problems` is what could not be read (file, line, problem, way_out), `copies` what was left out so that every story
    counts once (article_id, source, published, copy_of).
    """

    name: str
    tables: Tables
    codebook: Codebook
    problems: pd.DataFrame
    copies: pd.DataFrame
    seed: int
    figures: Path | None
    event: date | None = None
    scored: Path | None = None  # the folder of tables that it was read from

    @cached_property
    def accuracy(self) -> pd.DataFrame:
        """How well each method does on the gold of the sample (as `analysis.evaluation.evaluate`).

        Measured once for the tables of a report, and noted beside them.
        """
        return _noted(self.scored, "accuracy", lambda: measure_sample(self.seed), keep=self.figures is not None)

    def __repr__(self) -> str:
        return f"<Run of {self.name}: {self.tables}>"

    def _repr_html_(self) -> str:
        return tables_html(vars(self.tables), self.foot("articles"))

    def foot(self, task: str) -> str:
        """Return what stands under a chart: corpus, dates, method, its accuracy, whether quotations are composed.

        `task` is one of `METHODS`.
        """
        composed = "Quotations in this corpus are composed, not real." if _is_composed(self.tables.articles) else ""
        return " ".join(filter(None, [self.corpus_words(), METHODS[task], self.accuracy_of(task), composed]))

    def corpus_words(self) -> str:
        """Return the corpus in a sentence: its name, articles, outlets, days and copies left out."""
        articles = self.tables.articles
        read = f"{counted(len(articles), 'article')}, {counted(len(named_outlets(articles)), 'outlet')}"
        if nameless := int((articles["source"] == "").sum()):
            read += f" ({counted(nameless, 'article')} without one)"
        left_out = counted(len(self.copies), "further copy", "further copies")
        copied = f"; {left_out} of a story left out" if len(self.copies) else ""
        return f"Corpus: {self.name}, {read}, {_days(articles['published'])}{copied}."

    def accuracy_of(self, task: str) -> str:
        """Return how well the method of a task, one of `METHODS`, was measured to do, in words; '' for the articles."""
        return accuracy_in_words(self.accuracy, task) if task != "articles" else ""

    def citation(self) -> Markdown:
        """Return how to cite this run: as text, BibTeX and CITATION.cff."""
        from IPython.display import Markdown

        from analysis.citation import citation_text

        return Markdown(citation_text(self))  # type: ignore[no-untyped-call]

    def about(self) -> Markdown:
        """Return what the run looks at, in a sentence or two for the notebook."""
        from IPython.display import Markdown

        statements, stances = len(self.tables.statements), len(self.tables.stances)
        found = f"Found in it: {counted(statements, 'statement')}, {counted(stances, 'stance')}."
        return Markdown(f"> {escaped(self.foot('articles'))} {found}")  # type: ignore[no-untyped-call]

    def issues(self) -> pd.DataFrame:
        """Return the issues of the codebook: ``target_id``, ``proposition`` (what one is for or against)."""
        rows = [(issue.issue_id, issue.proposition) for issue in self.codebook.issues]
        return pd.DataFrame(rows, columns=["target_id", "proposition"])

    def show(self, figure: Figure, data: pd.DataFrame, name: str) -> SVG:
        """Return a chart for the notebook; where the run has a folder for figures, also save chart and data there."""
        if self.figures is None:
            return show(figure)
        return picture(save_figure(figure, data, self.figures, name))

    def table(self, frame: pd.DataFrame) -> HTML:
        """Return a table for the notebook, ids replaced by the codebook's names, numbers rounded to two decimals."""
        if "source" in frame:
            frame = frame.assign(source=frame["source"].replace("", outlet_name("")))
        names = {actor.actor_id: actor.name for actor in self.codebook.actors}
        names |= {issue.issue_id: issue.label for issue in self.codebook.issues}
        ids = [column for column in ("speaker_actor_id", "actor_id", "target_id") if column in frame]
        named = frame.assign(**{column: frame[column].map(names) for column in ids})
        titles = {"speaker_actor_id": "speaker", "actor_id": "actor", "target_id": "target"}
        return show_table(named.rename(columns=titles))


def open_run(
    corpus: str = "",
    codebook: str = "",
    *,
    since: str = "",
    until: str = "",
    actors: Sequence[str] = (),
    event: str = "",
    seed: int = SEED,
    tables: str = "",
    figures: str = "",
    copies: bool = False,
) -> Run:
    """Return a corpus read and scored, ready to be summed up and drawn.

    Parameters
    ----------
    corpus : str
        Folder or file of articles; '' is the sample.
    codebook : str
        TOML file; '' is that of the sample.
    since, until : str
        First and last day, as '2025-11-17'; with either, articles without a date are left out.
    actors : sequence of str
        The ``actor_id`` of those to look at, as speaker, holder of a stance or target; none means all.
    event : str
        A day, to compare before it with from it on; '' is the middle of the corpus.
    seed : int
        Of the bootstrap.
    tables : str
        Folder of tables that `stancebook score` or a report wrote; `corpus` is then only its name. '' scores here.
    figures : str
        Folder to save every chart into; '' saves none. With `tables`, what was measured is saved beside them, too.
    copies : bool
        Whether every copy of a wire story counts, or the first of them alone.

    Raises
    ------
    RunError
        When a day cannot be read, or no article is left.
    CorpusError, CodebookError
        As `analysis.read_corpus` and `analysis.read_codebook`.
    """
    book = read_codebook(Path(codebook) if codebook else None)
    for actor_id in actors:
        book.actor(actor_id)
    first, last = _as_day("since", since), _as_day("until", until)
    folder = Path(tables) if tables else None
    whole = True
    if folder:
        everything = read_tables(folder)
        scored = keep_articles(everything, select_articles(everything.articles, first, last))
        whole = len(scored.articles) == len(everything.articles)
        problems = read_corpus_problems(Path(tables))
    else:
        from analysis.scoring import score

        articles, problems = inspect_corpus(Path(corpus) if corpus else SAMPLE)
        scored = score(select_articles(articles, first, last), book)
    if scored.articles.empty:
        raise RunError(f"no article from {since or 'the beginning'} to {until or 'the end'}: widen since and until")
    left_out = _NO_COPIES
    if not copies:
        beside = folder if whole else None
        left_out = _noted(beside, "copies", lambda: find_copies(scored.articles), keep=bool(figures))
    once = leave_out(scored, left_out) if len(left_out) else scored
    return Run(
        name=Path(corpus).name if corpus else "sample",
        tables=_select_actors(once, set(actors)) if actors else once,
        codebook=book,
        problems=problems,
        copies=left_out,
        seed=seed,
        figures=Path(figures) if figures else None,
        event=_as_day("event", event),
        scored=folder,
    )


def _noted(folder: Path | None, name: str, work_out: Callable[[], pd.DataFrame], *, keep: bool) -> pd.DataFrame:
    """Return a table that was noted beside tables scored before, else work it out, and note it if it is to be kept.

    So the notebooks of a report work it out once between them; two that do at the same time come to the same.
    """
    if folder is None:
        return work_out()
    note = folder / f"{name}.parquet"
    if note.is_file():
        return pd.read_parquet(note)
    frame = work_out()
    if keep:
        aside = note.with_name(f".{name}-{os.getpid()}")
        write_csv(frame, aside)
        aside.replace(note.with_suffix(".csv"))
        frame.to_parquet(aside, index=False)
        aside.replace(note)
    return frame


def _select_actors(tables: Tables, actors: set[str]) -> Tables:
    """Keep what these actors say and hold, and what is said of them."""
    portrayals, stances = tables.portrayals, tables.stances
    spoken_of = portrayals["actor_id"].isin(actors) | portrayals["speaker_actor_id"].isin(actors)
    held = stances["actor_id"].isin(actors) | stances["target_id"].isin(actors)
    return replace(
        tables,
        mentions=tables.mentions[tables.mentions["actor_id"].isin(actors)].reset_index(drop=True),
        statements=tables.statements[tables.statements["actor_id"].isin(actors)].reset_index(drop=True),
        portrayals=portrayals[spoken_of].reset_index(drop=True),
        stances=stances[held].reset_index(drop=True),
    )


def _as_day(name: str, value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise RunError(f"{name} is {value!r}: write a day as 2025-11-17, or '' for none") from error


def _days(published: pd.Series[pd.Timestamp]) -> str:
    dated = published.dropna()
    undated = len(published) - len(dated)
    if dated.empty:
        return "without dates"
    first, last = dated.min(), dated.max()
    days = f"{first.day} {first:%b %Y}" if first == last else f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}"
    return f"{days} ({undated} without a date)" if undated else days


def _is_composed(articles: pd.DataFrame) -> bool:
    return bool((articles["quotations"] == "composed").any())


def escaped(words: str) -> str:
    """Return words that Markdown takes as they are: the name of a corpus is a file name, and may be anything."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|$~])", r"\\\1", words)
