"""Citation: how to cite a run, so that a reader can find the corpus, the method and how far to trust it."""

from __future__ import annotations

import re
from importlib import metadata
from typing import TYPE_CHECKING

from analysis.models import model_versions
from analysis.run import escaped

if TYPE_CHECKING:
    from analysis.run import Run

_SHORT = 12  # digits of a SHA-256 that are shown; the manifest has all 64
_AUTHORS = "The Stancebook authors"
_TITLE = "Who said what, in what tone, and where each actor stands"


def citation_text(run: Run) -> str:
    """Return the citation of a run as Markdown: one to paste into a text, then as BibTeX and as CITATION.cff.

    It names the corpus and its days, what was found (n), methods with versions and measured accuracy, and the SHA-256
    of the codebook. No day of today stands in it, so that the same run is cited the same; the manifest has the time.
    """
    version = metadata.version("stancebook")
    dated = run.tables.articles["published"].dropna()
    year = f"{dated.max():%Y}" if len(dated) else ""
    models = ", ".join(f"{name} {sha256[:_SHORT]}" for name, sha256 in model_versions().items())
    name = _plain(run.name)
    found = f"n = {len(run.tables.statements):,} statements, {len(run.tables.stances):,} stances"
    accuracy = " ".join(
        f"{task.capitalize()}: {run.accuracy_of(task)}" for task in ("statements", "portrayal", "stance")
    )
    corpus = _plain(run.corpus_words())
    sums = f"Codebook SHA-256 {run.codebook.sha256[:_SHORT]}. Models (SHA-256): {models}."
    title = f"{_TITLE}: {name}"
    cited = f"{_AUTHORS} ({year or 'no year'}). {title}. Stancebook {version}. {corpus} {found}. {accuracy} {sums}"
    bibtex = [
        f"@misc{{stancebook_{re.sub(r'[^a-z0-9]+', '_', name.lower()).strip('_')},",
        f"  title = {{{title}}},",
        f"  author = {{{{{_AUTHORS}}}}},",
        *([f"  year = {{{year}}},"] if year else []),
        f"  howpublished = {{Stancebook {version}}},",
        f"  note = {{{corpus} {found}. {sums}}}",
        "}",
    ]
    cff = [
        "cff-version: 1.2.0",
        "message: Please cite this report as below.",
        f'title: "{title}"',
        "type: dataset",
        "authors:",
        f'  - name: "{_AUTHORS}"',
        f'version: "{version}"',
        f'abstract: "{corpus} {found}. {sums}"',
    ]
    parts = [f"> {escaped(cited)}"]
    for what, lines in (("BibTeX", bibtex), ("CITATION.cff", cff)):
        parts += [f"{what}:", "\n".join(["```text", *lines, "```"])]
    return "\n\n".join(parts)


def _plain(words: str) -> str:
    """Return words without signs that mean something to Markdown, BibTeX or YAML: a corpus is named like a file.

    >>> _plain('my_corpus {"a": `b`}')
    'my_corpus a : b'
    """
    return " ".join(re.sub(r"[^\w\s.,:;()'+-]|\n", " ", words).split())
