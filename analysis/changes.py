"""Changes: this run beside an earlier report, as the notebook of changes shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import compare
from analysis.bootstrap import SEED
from analysis.compare import Edition
from analysis.contrast_charts import stance_changes
from analysis.manifest import code_revision, package_versions, read_manifest, sha256_of
from analysis.models.runtime import FOLDER
from analysis.paths import LEXICONS, SAMPLE
from analysis.run import Run, escaped, open_run

if TYPE_CHECKING:
    from IPython.display import HTML, SVG, Markdown

_NONE_GIVEN = "No earlier report was given: there is nothing to compare with."
_UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError)


@dataclass(frozen=True)
class Changes:
    """A run and the report before it; without that, everything is empty and says so."""

    before: Edition | None
    now: Edition | None
    run: Run | None
    figures: Path | None
    why_not: str = _NONE_GIVEN

    def about(self) -> Markdown:
        """Return what changed and why, in sentences for the notebook."""
        from IPython.display import Markdown

        if self.before is None or self.now is None:
            return Markdown(escaped(self.why_not))  # type: ignore[no-untyped-call]
        said = compare.changes_in_words(self.before, self.now)
        since = f"The report before: {str(self.before.manifest.get('started', ''))[:16].replace('T', ' ')} UTC."
        return Markdown("\n".join(f"- {line}" for line in [since, *map(escaped, said)]))  # type: ignore[no-untyped-call]

    def cells(self) -> pd.DataFrame:
        """Return `compare.moved_cells`."""
        if self.before is None or self.now is None:
            return pd.DataFrame(columns=compare.CELLS)
        return compare.moved_cells(self.before, self.now)

    def articles(self) -> pd.DataFrame:
        """Return `compare.changed_articles`."""
        if self.before is None or self.now is None:
            return pd.DataFrame(columns=["article_id", "change"])
        return compare.changed_articles(self.before.tables, self.now.tables)

    def reasons(self) -> pd.DataFrame:
        """Return what else changed: the codebook's entries, then models, program and what was asked for."""
        if self.before is None or self.now is None:
            return pd.DataFrame(columns=["what", "before", "now"])
        entries = compare.changed_codebook(self.before.codebook, self.now.codebook)
        codebook = pd.DataFrame(
            {"what": "codebook: " + entries["name"], "before": "", "now": entries["change"]}, dtype="object"
        )
        return pd.concat([codebook, compare.changed_program(self.before.manifest, self.now.manifest)])

    def show(self, cells: pd.DataFrame) -> SVG:
        """Return the chart of `cells`, saved where the run saves its charts."""
        from analysis.drawing import empty_sheet, save_figure, show

        if self.run is None:
            figure = empty_sheet("What moved since the report before", "", self.why_not)
            if self.figures is not None:
                save_figure(figure, cells, self.figures, "stance-changes")
            return show(figure)
        return self.run.show(stance_changes(cells, self.run.codebook, self.run.foot("stance")), cells, "stance-changes")

    def table(self, frame: pd.DataFrame) -> HTML:
        """Return a table for the notebook, as `analysis.run.Run.table`."""
        from analysis.drawing import show_table

        return show_table(frame) if self.run is None else self.run.table(frame)


def open_changes(
    previous: str,
    corpus: str = "",
    codebook: str = "",
    *,
    since: str = "",
    until: str = "",
    actors: Sequence[str] = (),
    copies: bool = False,
    seed: int = SEED,
    tables: str = "",
    figures: str = "",
) -> Changes:
    """Return a run beside an earlier report.

    Where the folder holds no report that can be read, that is said.

    Parameters
    ----------
    previous : str
        Folder of the report; '' is none, and then nothing is read.
    corpus, codebook, since, until, actors, copies, seed, tables, figures
        As in `analysis.run.open_run`.

    Raises
    ------
    RunError, CorpusError, CodebookError
        As in `analysis.run.open_run`.
    """
    folder = Path(figures) if figures else None
    if not previous:
        return Changes(None, None, None, folder)
    try:
        before = read_edition(Path(previous))
    except _UNREADABLE as error:  # of another version, say: no reason to go without a report today
        return Changes(None, None, None, folder, f"The earlier report cannot be read ({error}): nothing is compared.")
    run = open_run(
        corpus,
        codebook,
        since=since,
        until=until,
        actors=actors,
        copies=copies,
        seed=seed,
        tables=tables,
        figures=figures,
    )
    asked = {
        "corpus": corpus or SAMPLE.name,
        "since": since,
        "until": until,
        "actors": list(actors),
        "copies": copies,
    }
    return Changes(before, Edition(run.tables, run.codebook, _manifest(asked)), run, folder)


def read_edition(report: Path) -> Edition:
    """Return what lies in a report's folder, with the articles and copies that its own figures count.

    Raises
    ------
    FileNotFoundError, ManifestError, CodebookError
        When the folder is not that of a report.
    """
    manifest = read_manifest(report)
    parameters = manifest.get("parameters", {})
    asked = {name: parameters.get(name, default) for name, default in (("actors", []), ("copies", False))}
    run = open_run(tables=str(report / "tables"), codebook=str(report / "codebook.toml"), **asked)
    return Edition(run.tables, run.codebook, manifest)


def _manifest(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return of the manifest to come what is compared."""
    files = {f"{folder.name}/{file.name}": file for folder in (FOLDER, LEXICONS) for file in sorted(folder.iterdir())}
    inputs = {name: sha256_of(file) for name, file in files.items() if file.is_file() and file.suffix != ".py"}
    return {"inputs": inputs, "code": code_revision(), "packages": package_versions(), "parameters": dict(asked)}
