"""Stancebook: who said what, in what tone, and where each actor stands.

The first chart, from a folder of articles::

    from analysis import charts, open_run, summary
    run = open_run("my_articles")
    found = summary.stance_by_issue(run.tables)
    charts.stance_by_issue(found, run.codebook, run.foot("stance"))

>>> import analysis
>>> [name for name in dir(analysis) if not name.startswith("_")]  # doctest: +NORMALIZE_WHITESPACE
['Codebook', 'Run', 'Tables', 'charts', 'evidence', 'open_run', 'read_codebook', 'read_corpus', 'read_tables', 'score',
 'summary', 'validation', 'write_tables']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis import charts, evidence, summary, validation
    from analysis.codebook import Codebook, read_codebook
    from analysis.corpus import read_corpus
    from analysis.run import Run, open_run
    from analysis.scoring import score
    from analysis.tables import Tables, read_tables, write_tables

__all__ = [
    "Codebook",
    "Run",
    "Tables",
    "charts",
    "evidence",
    "open_run",
    "read_codebook",
    "read_corpus",
    "read_tables",
    "score",
    "summary",
    "validation",
    "write_tables",
]

_HOMES = {
    "Codebook": "codebook",
    "Run": "run",
    "Tables": "tables",
    "open_run": "run",
    "read_codebook": "codebook",
    "read_corpus": "corpus",
    "read_tables": "tables",
    "score": "scoring",
    "write_tables": "tables",
}


def __getattr__(name: str) -> Any:
    # At first use, so that `stancebook --help` does not wait for pandas and NLTK.
    if name not in __all__:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}: it has {', '.join(__all__)}")
    home = import_module(f"analysis.{_HOMES.get(name, name)}")
    return getattr(home, name) if name in _HOMES else home


def __dir__() -> list[str]:
    return [*__all__, "__all__", "__doc__"]
