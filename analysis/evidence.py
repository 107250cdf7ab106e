"""Evidence: the words behind a number, with who published them, who says them, and what stands around them.

Each function filters one table by actor, target and source and returns what a reader wants to see: ``article_id``,
``source``, ``published``, then names from the codebook, ``before``, ``words``, ``after`` (line breaks as spaces, cut to
some 60 characters at a word), then scores. Rows are sorted by actor, target, date, article and place in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.tables import Tables

if TYPE_CHECKING:
    from analysis.codebook import Codebook

CONTEXT = 60  # characters shown on either side of the words


def article_evidence(tables: Tables) -> pd.DataFrame:
    """Return the articles and how each begins: ``article_id``, ``source``, ``published``, ``title``, ``words``."""
    frame = tables.articles[["article_id", "source", "published", "title"]]
    return frame.assign(words=[cut_context(text, [(0, 0)])[2] for text in tables.articles["text"]])


def evidence(
    tables: Tables,
    codebook: Codebook,
    *,
    actor: str | None = None,
    target: str | None = None,
    target_kind: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """Return the words behind stances, of one actor, towards one issue or actor, in one source; None means any.

    Parameters
    ----------
    tables : Tables
    codebook : Codebook
    actor : str, optional
        An ``actor_id``: whose stance.
    target : str, optional
        An ``issue_id`` or ``actor_id``: towards what or whom.
    target_kind : {'issue', 'actor'}, optional
    source : str, optional
        An outlet as spelled in ``articles.source``.

    Returns
    -------
    DataFrame
        ``article_id``, ``source``, ``published``, ``actor``, ``target``, ``before``, ``words``, ``after``, ``score``
        (-1 against, 1 for), ``label``, ``method``, ``confidence``; one row a stance.

    Raises
    ------
    CodebookError
        For an actor or target that is not in the codebook; the message names those that are.
    """
    stances = _only(_only(tables.stances, "actor_id", _known(codebook, actor)), "target_id", _known(codebook, target))
    frame = _placed(tables, _only(stances, "target_kind", target_kind), source)
    frame = frame.sort_values(["actor_id", "target_id", "published", "article_id", "evidence_start"], kind="stable")
    spans = [[(start, end)] for start, end in zip(frame["evidence_start"], frame["evidence_end"], strict=True)]
    return _shown(
        frame,
        {"actor": _names(codebook, frame["actor_id"]), "target": _names(codebook, frame["target_id"])},
        _words(frame["text"], spans),
        ["score", "label", "method", "confidence"],
    )


def statement_evidence(
    tables: Tables, codebook: Codebook, *, actor: str | None = None, source: str | None = None
) -> pd.DataFrame:
    """Return what actors of the codebook say, with the tone of it.

    Returns
    -------
    DataFrame
        ``article_id``, ``source``, ``published``, ``actor``, ``speaker`` (as the article names them), ``before``,
        ``words`` (pieces of a split statement joined by ' … '), ``after``, ``kind``, ``vader``, ``textblob`` (in
        [-1, 1]), ``confidence``; one row a statement. Parameters, errors: as in `evidence`.
    """
    statements = _only(tables.statements.dropna(subset=["actor_id"]), "actor_id", _known(codebook, actor))
    frame = _placed(tables, statements, source)
    frame = frame.sort_values(["actor_id", "published", "article_id", "statement_id"], kind="stable")
    return _shown(
        frame,
        {"actor": _names(codebook, frame["actor_id"]), "speaker": frame["speaker"]},
        _words(frame["text"], frame["spans"]),
        ["kind", "vader", "textblob", "confidence"],
    )


def portrayal_evidence(
    tables: Tables,
    codebook: Codebook,
    *,
    actor: str | None = None,
    speaker: str | None = None,
    voice: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """Return the sentences that speak of an actor: in a speaker's statements, or in one voice (article, actor, other).

    What actors say of themselves is left out.

    Returns
    -------
    DataFrame
        ``article_id``, ``source``, ``published``, ``actor`` (spoken of), ``speaker`` ('' in the article's own voice),
        ``before``, ``words`` (the mention), ``after``, ``score`` (-1 negative, 1 positive), ``negative``, ``neutral``,
        ``positive``, ``lexicon`` (VADER of the clause); one row a mention. Other parameters, errors: as in `evidence`.
    """
    of_others = tables.portrayals["speaker_actor_id"].fillna("") != tables.portrayals["actor_id"]
    rows = _only(tables.portrayals[of_others], "actor_id", _known(codebook, actor))
    rows = _only(_only(rows, "speaker_actor_id", _known(codebook, speaker)), "voice", voice)
    frame = _placed(tables, rows, source)
    frame = frame.sort_values(["actor_id", "published", "article_id", "start"], kind="stable")
    spans = [[(start, end)] for start, end in zip(frame["start"], frame["end"], strict=True)]
    return _shown(
        frame,
        {"actor": _names(codebook, frame["actor_id"]), "speaker": _names(codebook, frame["speaker_actor_id"])},
        _words(frame["text"], spans),
        ["score", "negative", "neutral", "positive", "lexicon"],
    )


def disagreement_evidence(tables: Tables, codebook: Codebook, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the words behind rows of `analysis.summary.disagreement`: per row, those of the two outlets it names.

    Returns
    -------
    DataFrame
        As `evidence`, in the order of `pairs`.
    """
    found = [
        evidence(tables, codebook, actor=row.actor_id, target=row.target_id, source=source)
        for row in pairs.itertuples()
        for source in (row.source_for, row.source_against)
    ]
    return pd.concat(found, ignore_index=True) if found else evidence(tables, codebook).head(0)


def strongest(frame: pd.DataFrame, rows: int, score: str = "score", per_actor: int | None = None) -> pd.DataFrame:
    """Return the `rows` rows of an evidence table whose score is farthest from 0, the farthest first.

    With `per_actor`, at most so many of each ``actor``, lest one who is quoted much hides all others.

    >>> frame = pd.DataFrame({"actor": ["tusk", "tusk", "merz"], "score": [0.6, -0.9, 0.5]})
    >>> strongest(frame, 2)["score"].tolist(), strongest(frame, 2, per_actor=1)["score"].tolist()
    ([-0.9, 0.6], [-0.9, 0.5])
    """
    ranked = frame.loc[frame[score].abs().sort_values(ascending=False, kind="stable").index]
    if per_actor is not None:
        ranked = ranked.groupby("actor", sort=False).head(per_actor)
    return ranked.head(rows).reset_index(drop=True)


def cut_context(text: str, spans: Sequence[Sequence[int]], context: int = CONTEXT) -> tuple[str, str, str]:
    r"""Return what stands before the spans, the words in them, and what stands after, each on one line.

    Of what stands around, some `context` characters.

    >>> cut_context("We met.\n\n'No land,' he said, 'not an inch.'", [(10, 18), (30, 41)])
    ("We met. '", 'No land, … not an inch', ".'")
    """
    first, last = spans[0][0], spans[-1][1]
    words = " … ".join(_line(text[start:end]) for start, end in spans)
    before, after = text[max(0, first - context) : first], text[last : last + context]
    if first > context:
        before = "…" + before.partition(" ")[2]
    if last + context < len(text):
        after = after.rpartition(" ")[0] + "…"
    return _line(before), words, _line(after)


def _line(piece: str) -> str:
    return " ".join(piece.split())


def _words(texts: Iterable[str], spans: Iterable[Sequence[Sequence[int]]]) -> pd.DataFrame:
    cut = [cut_context(text, pieces) for text, pieces in zip(texts, spans, strict=True)]
    return pd.DataFrame(cut, columns=["before", "words", "after"])


def _shown(frame: pd.DataFrame, names: dict[str, pd.Series], words: pd.DataFrame, scores: list[str]) -> pd.DataFrame:
    left = frame[["article_id", "source", "published"]].assign(**names).reset_index(drop=True)
    return pd.concat([left, words, frame[scores].reset_index(drop=True)], axis=1)


def _placed(tables: Tables, frame: pd.DataFrame, source: str | None) -> pd.DataFrame:
    """Return the rows with text, date and source of their article, of one source where one is given."""
    articles = tables.articles[["article_id", "published", "source", "text"]]
    return _only(frame.merge(articles, on="article_id", how="left"), "source", source)


def _only(frame: pd.DataFrame, column: str, value: str | None) -> pd.DataFrame:
    return frame if value is None else frame[frame[column] == value]


def _known(codebook: Codebook, slug: str | None) -> str | None:
    """Return the id when the codebook has it as an actor or issue, else let the codebook say what it has."""
    if slug is not None and slug not in _all_names(codebook):
        codebook.actor(slug)
    return slug


def _all_names(codebook: Codebook) -> dict[str, str]:
    names = {actor.actor_id: actor.name for actor in codebook.actors}
    return names | {issue.issue_id: issue.label for issue in codebook.issues}


def _names(codebook: Codebook, ids: pd.Series) -> pd.Series:
    return ids.map(_all_names(codebook)).fillna("")
