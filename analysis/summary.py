"""Summary: the tables of a corpus turned into figures per actor, issue, source and day.

Every figure is a mean over rows (statements, mentions or stances) with its 95% interval, bootstrapped over articles
(`analysis.bootstrap`), and says how many rows (``n``) and articles it rests on. Scores run from -1 to 1. Fewer than
3 articles give no interval: ``low`` and ``high`` are NaN there, and charts call it too little evidence. Articles
without an outlet count, but not as one more outlet: they may be of several.

Frames are sorted by their first columns and carry ids, not names; the codebook has the names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.bootstrap import FEWEST_ARTICLES, SEED, difference_interval, mean_intervals, rate_intervals
from analysis.tables import PORTRAYAL_LABELS, STANCE_LABELS, Tables

if TYPE_CHECKING:
    from analysis.codebook import Codebook

ALL_SOURCES = "all outlets"
STATEMENT_KINDS = ("direct", "mixed", "indirect")
_DISAGREEMENT = [
    *("actor_id", "target_id", "source_for", "mean_for", "low_for", "high_for", "n_for", "articles_for"),
    *("source_against", "mean_against", "low_against", "high_against", "n_against", "articles_against"),
    *("difference", "low", "high", "n", "sources", "first", "last"),
]
_SIDE = ("source", "mean", "low", "high", "n", "articles")
_RATES = ["actor_id", "source", "what", "rate", "low", "high", "n", "articles", "words"]


def named_outlets(articles: pd.DataFrame) -> list[str]:
    """Return the outlets of articles, sorted; the ``source`` of an article without one is ''."""
    return sorted(set(articles["source"]) - {""})


def not_found(tables: Tables, codebook: Codebook) -> list[str]:
    """Return the names of the codebook's actors who are found in no article: not there, or misspelt in the codebook."""
    found = {*tables.mentions["actor_id"], *tables.statements["actor_id"]}
    return [actor.name for actor in codebook.actors if actor.actor_id not in found]


def articles_by_day(tables: Tables) -> pd.DataFrame:
    """Return how many articles each source published on each day.

    Returns
    -------
    DataFrame
        ``day`` (NaT for articles without a date, last), ``source`` ('' for those without an outlet), ``articles``
        (count, 1 or more).
    """
    frame = tables.articles.rename(columns={"published": "day"})
    counted = frame.groupby(["day", "source"], dropna=False, sort=True).size().reset_index(name="articles")
    return counted.sort_values(["day", "source"], na_position="last", ignore_index=True)


def sources_read(tables: Tables) -> pd.DataFrame:
    """Return what was read from each source.

    Returns
    -------
    DataFrame
        ``source`` ('' for the articles without an outlet), ``articles``, ``undated`` (of them without a date),
        ``first`` and ``last`` (days), ``words`` (white space between them), ``statements`` found, ``attributed`` (of
        them to an actor of the codebook).
    """
    articles = tables.articles
    per_article = pd.DataFrame(
        {
            "article_id": articles["article_id"],
            "source": articles["source"],
            "published": articles["published"],
            "words": articles["text"].str.split().str.len(),
        }
    )
    said = tables.statements.groupby("article_id")["actor_id"].agg(["size", "count"])
    per_article = per_article.join(said, on="article_id").fillna({"size": 0, "count": 0})
    out = per_article.groupby("source", sort=True).agg(
        articles=("article_id", "size"),
        undated=("published", lambda dates: int(dates.isna().sum())),
        first=("published", "min"),
        last=("published", "max"),
        words=("words", "sum"),
        statements=("size", "sum"),
        attributed=("count", "sum"),
    )
    counts = ["articles", "undated", "words", "statements", "attributed"]
    return out.astype(dict.fromkeys(counts, "int64")).reset_index()


def mentions_by_actor(tables: Tables) -> pd.DataFrame:
    """Return how often each actor is mentioned.

    Returns
    -------
    DataFrame
        ``actor_id``, ``name``, ``role``, ``pronoun`` (mentions of each kind), ``possessive`` (of them, those that only
        own what follows), ``n`` (all), ``articles``, ``sources``, ``first``, ``last``.
    """
    frame = _dated(tables, tables.mentions)
    kinds = _label_counts(frame, ["actor_id"], "kind", ("name", "role", "pronoun"))
    owners = frame.groupby("actor_id", sort=True)["possessive"].sum().astype("int64").reset_index()
    return kinds.merge(owners, on="actor_id").merge(_context(frame, ["actor_id"]), on="actor_id")


def statements_by_actor(tables: Tables) -> pd.DataFrame:
    """Return how many statements each actor makes.

    Returns
    -------
    DataFrame
        ``actor_id``, ``direct``, ``mixed``, ``indirect`` (counts of statements), ``n`` (their sum), ``articles``,
        ``sources`` (how many carry them), ``first`` and ``last`` (days).
    """
    frame = _dated(tables, tables.statements).dropna(subset=["actor_id"])
    out = _context(frame, ["actor_id"])
    kinds = _label_counts(frame, ["actor_id"], "kind", STATEMENT_KINDS)
    return kinds.merge(out, on="actor_id")


def tone_by_actor(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return the tone of each actor's own words, by each lexicon.

    Returns
    -------
    DataFrame
        ``actor_id``, ``lexicon`` (vader, textblob), ``mean``, ``low``, ``high`` (in [-1, 1]), ``n`` (statements),
        ``articles``.
    """
    long = tables.statements.melt(
        id_vars=["article_id", "actor_id"], value_vars=["vader", "textblob"], var_name="lexicon", value_name="tone"
    )
    return mean_intervals(long, ["actor_id", "lexicon"], "tone", seed=seed)


def portrayal_by_source(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return how each source, in its own voice, speaks of each actor; statements of others are left out.

    Returns
    -------
    DataFrame
        ``actor_id``, ``source`` (also `ALL_SOURCES`: every mention alike), ``mean``, ``low``, ``high`` (in [-1, 1]),
        ``n`` (mentions), ``articles``, ``negative``, ``neutral``, ``positive`` (mentions by their likeliest label).
    """
    own_voice = _dated(tables, _with_portrayal_label(tables.portrayals.query("voice == 'article'")))
    both = pd.concat([own_voice, own_voice.assign(source=ALL_SOURCES)], ignore_index=True)
    by = ["actor_id", "source"]
    labels = _label_counts(both, by, "label", PORTRAYAL_LABELS)
    return mean_intervals(both, by, "score", seed=seed).merge(labels, on=by)


def portrayal_by_speaker(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return how actors speak of each other: the portrayal of an actor inside another actor's statements.

    This is about words near a name. A stance towards an actor (`stance_by_actor`) is a position read from the whole
    statement; the two are kept apart.

    Returns
    -------
    DataFrame
        ``speaker_actor_id``, ``actor_id`` (spoken of), ``mean``, ``low``, ``high`` (in [-1, 1]), ``n`` (mentions),
        ``articles``, ``negative``, ``neutral``, ``positive``, ``sources``, ``first``, ``last``.
    """
    inside = tables.portrayals.query("voice == 'actor' and speaker_actor_id != actor_id")
    frame = _dated(tables, _with_portrayal_label(inside))
    by = ["speaker_actor_id", "actor_id"]
    labels = _label_counts(frame, by, "label", PORTRAYAL_LABELS)
    context = _context(frame, by).drop(columns=["n", "articles"])
    return mean_intervals(frame, by, "score", seed=seed).merge(labels, on=by).merge(context, on=by)


def stance_by_issue(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return where each actor stands on each issue.

    Returns
    -------
    DataFrame
        ``actor_id``, ``target_id`` (the issue), ``mean`` (-1 against, 1 for), ``low``, ``high``, ``n`` (stances),
        ``articles``, ``oppose``, ``neutral``, ``support`` (stances by label), ``sources``, ``first``, ``last``.
    """
    return _stance_figures(tables, "issue", ["actor_id", "target_id"], seed)


def stance_by_actor(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return where each actor stands towards each other actor (``target_id``); columns as `stance_by_issue`."""
    return _stance_figures(tables, "actor", ["actor_id", "target_id"], seed)


def stance_by_source(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return where each ``source`` reports each actor to stand; the other columns as in `stance_by_issue`."""
    return _stance_figures(tables, "issue", ["actor_id", "target_id", "source"], seed).drop(columns="sources")


def disagreement(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return on which actors and issues the sources report differently, the widest difference first.

    The two sources are picked because they differ most, of those with 3 articles or more where there are two, so an
    interval that just clears 0 is a hint and no proof.

    Returns
    -------
    DataFrame
        ``actor_id``, ``target_id``, ``source_for`` and ``mean_for`` (the source that has the actor most in favour; with
        ``low_for``, ``high_for``, ``n_for`` stances, ``articles_for``), ``source_against`` and the same for it,
        ``difference`` (0 to 2), ``low``, ``high`` (NaN where one of the two has fewer than 3 articles), ``n``,
        ``sources``, ``first`` and ``last`` (over all sources); only where two sources or more report.
    """
    by = ["actor_id", "target_id"]
    issues = _dated(tables, tables.stances[tables.stances["target_kind"] == "issue"])
    stances = dict(list(issues.groupby([*by, "source"])))
    rows = []
    for (actor_id, target_id), group in stance_by_source(tables, seed=seed).groupby(by):
        if len(group) < 2:
            continue
        often = group[group["articles"] >= FEWEST_ARTICLES]
        ranked = (often if len(often) > 1 else group).sort_values(["mean", "source"], kind="stable")
        least, most = ranked.iloc[0], ranked.iloc[-1]
        against, favour = (stances[actor_id, target_id, side["source"]] for side in (least, most))
        low, high = difference_interval(against, favour, "score", seed=seed)
        sides = [(most, "for"), (least, "against")]
        rows.append(
            {f"{name}_{side}": row[name] for row, side in sides for name in _SIDE}
            | {"actor_id": actor_id, "target_id": target_id}
            | {"difference": most["mean"] - least["mean"], "low": low, "high": high}
            | {"n": int(group["n"].sum()), "sources": len(group)}
            | {"first": group["first"].min(), "last": group["last"].max()}
        )
    frame = pd.DataFrame(rows, columns=_DISAGREEMENT)
    return frame.sort_values(["difference", "n"], ascending=False, kind="stable", ignore_index=True)


def rates_per_1000_words(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return how often each actor speaks and is mentioned, per 1,000 words of text, in each source.

    Counts favour the outlet that prints most; rates do not.

    Returns
    -------
    DataFrame
        ``actor_id``, ``source`` (also `ALL_SOURCES`), ``what`` ('statements' by the actor, 'mentions' of the actor),
        ``rate`` (per 1,000 words, white space between them), ``low``, ``high`` (its 95% interval; NaN where the source
        has fewer than 3 articles), ``n`` (counted), ``articles`` (with any), ``words`` (of the source, all articles).
        A source that never has an actor has the rate 0.
    """
    articles = tables.articles.set_index("article_id")
    words = articles["text"].str.split().str.len()
    said = tables.statements.dropna(subset=["actor_id"])
    actors = sorted(set(said["actor_id"]) | set(tables.mentions["actor_id"]))
    parts = []
    for what, found in (("statements", said), ("mentions", tables.mentions)):
        counts = pd.crosstab(found["article_id"], found["actor_id"]).reindex(index=articles.index, columns=actors)
        counts = counts.fillna(0).astype("float64")
        chosen = {source: articles.index[articles["source"] == source] for source in named_outlets(articles)}
        for source, ids in {ALL_SOURCES: articles.index, **chosen}.items():
            of_source, size = counts.loc[ids], words.loc[ids]
            rate, low, high = rate_intervals(of_source.to_numpy(), size.to_numpy(dtype="float64") / 1000, seed=seed)
            part = pd.DataFrame({"actor_id": actors, "rate": rate, "low": low, "high": high})
            part["n"] = of_source.sum().to_numpy(dtype="int64")
            part["articles"] = (of_source > 0).sum().to_numpy(dtype="int64")
            parts.append(part.assign(source=source, what=what, words=int(size.sum())))
    return pd.concat(parts)[_RATES].sort_values(["actor_id", "source", "what"], ignore_index=True)


def stance_over_time(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return how each actor's stance on each issue went, day by day; articles without a date are left out.

    Returns
    -------
    DataFrame
        ``actor_id``, ``target_id``, ``day``, ``mean`` and ``n`` (that day's stances), ``mean_so_far``, ``low``,
        ``high``, ``articles`` (all of them up to and with that day).
    """
    issues = tables.stances.query("target_kind == 'issue'")
    return _over_time(_dated(tables, issues), ["actor_id", "target_id"], seed)


def portrayal_over_time(tables: Tables, *, seed: int = SEED) -> pd.DataFrame:
    """Return how the coverage, in its own voice, spoke of each actor, day by day.

    Returns
    -------
    DataFrame
        ``actor_id`` and the columns of `stance_over_time` from ``day`` on; ``n`` counts mentions.
    """
    return _over_time(_dated(tables, tables.portrayals.query("voice == 'article'")), ["actor_id"], seed)


def _stance_figures(tables: Tables, target_kind: str, by: list[str], seed: int) -> pd.DataFrame:
    frame = _dated(tables, tables.stances[tables.stances["target_kind"] == target_kind])
    labels = _label_counts(frame, by, "label", STANCE_LABELS)
    context = _context(frame, by).drop(columns=["n", "articles"])
    return mean_intervals(frame, by, "score", seed=seed).merge(labels, on=by).merge(context, on=by)


def _over_time(frame: pd.DataFrame, by: list[str], seed: int) -> pd.DataFrame:
    """Return the mean of each day, and of everything up to it with its interval."""
    dated = frame.dropna(subset=["published", *by])
    parts = []
    for day, today in dated.groupby("published", sort=True):
        of_the_day = mean_intervals(today, by, "score", seed=seed)[[*by, "mean", "n"]]
        until = dated[dated["published"] <= day].merge(of_the_day[by], on=by)
        so_far = mean_intervals(until, by, "score", seed=seed).drop(columns="n").rename(columns={"mean": "mean_so_far"})
        parts.append(of_the_day.assign(day=day).merge(so_far, on=by))
    columns = [*by, "day", "mean", "n", "mean_so_far", "low", "high", "articles"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts).sort_values([*by, "day"], ignore_index=True)[columns]


def _dated(tables: Tables, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the date and source of their article; the source is null where there is none."""
    articles = tables.articles[["article_id", "published", "source"]]
    articles = articles.assign(source=articles["source"].mask(articles["source"] == ""))
    return frame.merge(articles, on="article_id", how="left")


def _context(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return per group how many rows, articles and sources it has, and its first and last day."""
    grouped = frame.groupby(list(by), sort=True).agg(
        n=("article_id", "size"),
        articles=("article_id", "nunique"),
        sources=("source", "nunique"),
        first=("published", "min"),
        last=("published", "max"),
    )
    return grouped.reset_index()


def _label_counts(frame: pd.DataFrame, by: Sequence[str], column: str, labels: Sequence[str]) -> pd.DataFrame:
    """Return per group how many rows carry each label, a column a label."""
    flags = pd.DataFrame({label: (frame[column] == label).astype("int64") for label in labels}, index=frame.index)
    counted = pd.concat([frame[list(by)], flags], axis=1).groupby(list(by), sort=True)[list(labels)].sum()
    return counted.reset_index()


def _with_portrayal_label(portrayals: pd.DataFrame) -> pd.DataFrame:
    likeliest = portrayals[list(PORTRAYAL_LABELS)].to_numpy().argmax(axis=1)
    return portrayals.assign(label=np.array(PORTRAYAL_LABELS)[likeliest])
