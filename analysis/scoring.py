"""Scoring: the one pipeline from articles to all tables.

`score_partition` is a pure function of articles and codebook; `score_chunks` runs it over pieces of a corpus, in this
process, in several or on several machines, with the same result byte for byte: articles are scored one by one, so
nothing depends on what stands beside them, and what a cache knows is what would be found. An article that cannot be
scored becomes a row of ``problems``, and the rest is scored.

What is portrayed: every mention by name or role, and pronouns that are almost certain, unless it merely owns what
follows ("Trump's envoy"). A mention inside the content of a statement is in the speaker's voice, any other in the
article's own; in both, the whole sentence around it is scored, as people code it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.cache import Cache, named_folder
from analysis.codebook import Codebook
from analysis.engines import Engine, EngineError, cores, in_order, local_engine
from analysis.layers import (
    LAYERS,
    Layers,
    Readings,
    Rows,
    Tones,
    codebook_key,
    decode,
    encode,
    layer_keys,
    layer_version,
    open_cache,
)
from analysis.mentions import find_mentions, resolve_actor
from analysis.models.runtime import ModelError
from analysis.names import Mention, mentions_in
from analysis.portrayal import as_in_news, lexicon_portrayals, score_portrayals
from analysis.stance import Stance, find_stances
from analysis.statements import Statement, extract_statements
from analysis.tables import COLUMNS, Tables, join_tables, make_table
from analysis.text import Span, split_sentences
from analysis.tone import tone_of

CHUNK = 16  # articles handed to a process at a time
SMALL_CORPUS = 200  # articles below which starting processes costs more than it saves
PRONOUN_CONFIDENCE = 0.8  # pronouns count as mentions of an actor from here on

_RELATIVE = re.compile(r"\s*,?\s+(?:who|whose|which|that)\b")


class Scored(NamedTuple):
    """What a chunk of articles gives: its tables, and beside each article what is new to the cache (bytes or None)."""

    tables: Tables
    new: pd.DataFrame


def score(
    articles: pd.DataFrame,
    codebook: Codebook,
    *,
    processes: int | None = None,
    progress: bool = False,
    cache: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Tables:
    """Return everything that is found in the articles.

    Parameters
    ----------
    articles : DataFrame
        As `analysis.read_corpus` gives it.
    codebook : Codebook
        As `analysis.read_codebook` gives it.
    processes : int, optional
        How many to use; by default one for a small corpus, else one per core.
    progress : bool
        Show a progress bar on standard error.
    cache : Path, optional
        Folder of what was scored before, which is not scored again; made when missing. It changes no result. By default
        that which the environment names (``STANCEBOOK_CACHE``), if any.
    say : callable
        Told in a line what is wrong with the cache.

    Returns
    -------
    Tables
        Columns as `analysis.tables.COLUMNS`, in the order of `articles`; the same for any number of processes.

    Raises
    ------
    ValueError
        When `processes` is below 1 or `articles` lacks a column.

    Examples
    --------
    >>> from analysis.codebook import read_codebook
    >>> articles = make_table("articles", [{"article_id": "a", "text": '"We will talk," Peskov said.'}])
    >>> score(articles, read_codebook()).statements[["kind", "actor_id"]].values.tolist()
    [['direct', 'peskov']]
    """
    from tqdm import tqdm

    if processes is not None and processes < 1:
        raise ValueError(f"processes is {processes}: use 1 or more, or None to choose by the size of the corpus")
    if missing := [column for column in COLUMNS["articles"] if column not in articles]:
        raise ValueError(f"articles lack the columns {', '.join(missing)}: use the table that read_corpus returns")
    if processes is None:
        processes = 1 if len(articles) < SMALL_CORPUS else cores()
    chunks = list(cut(articles))
    with (
        tqdm(total=len(articles), unit="article", disable=not progress) as bar,
        open_cache(cache or named_folder(), say) as kept,
        local_engine(min(processes, len(chunks))) as engine,
    ):
        parts = []
        for part in score_chunks(chunks, codebook, engine, kept):
            parts.append(part)
            bar.update(len(part.articles))
    return join_tables(parts)


def score_partition(articles: pd.DataFrame, codebook: Codebook) -> Tables:
    """Return everything that is found in some articles; a pure function, the piece of work of any engine.

    Parameters, returns: as in `score`.
    """
    return _score_known(articles.assign(**dict.fromkeys(LAYERS)), codebook, keep=False).tables


def cut(articles: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Return the articles in chunks, each a piece of work."""
    return (articles.iloc[start : start + CHUNK] for start in range(0, len(articles), CHUNK))


def score_chunks(chunks: Iterable[pd.DataFrame], codebook: Codebook, engine: Engine, cache: Cache) -> Iterator[Tables]:
    """Yield the tables of each chunk of articles, in order; a few chunks are held at a time, however many there are.

    Raises
    ------
    EngineError
        When a process dies or a worker has another version of this package.
    """
    book, version = codebook_key(codebook), layer_version("rows")
    waiting: list[list[dict[str, bytes]]] = []

    def work() -> Iterator[tuple[pd.DataFrame, bool]]:
        for articles in chunks:
            waiting.append([_keys(article, book) if cache.keeps else {} for article in articles.to_dict("records")])
            known = _look_up(cache, waiting[-1])
            yield articles.assign(**known), all(value is not None for value in known["rows"])

    for scored in in_order(engine, work(), _score_elsewhere, (codebook, version, cache.keeps)):
        keys = waiting.pop(0)
        for layer in LAYERS:
            new = zip(keys, scored.new[layer], strict=True)
            cache.put(layer_version(layer), {key[layer]: value for key, value in new if key and value is not None})
        yield scored.tables


def _keys(article: dict[str, Any], book: str) -> dict[str, bytes]:
    """Return the keys of an article's layers, none where there is no text."""
    text = article["text"]
    return layer_keys(text, _day(article["published"]), book) if isinstance(text, str) else {}


def _look_up(cache: Cache, keys: Sequence[dict[str, bytes]]) -> dict[str, list[bytes | None]]:
    """Return what the cache holds of each layer of some articles; of the deeper ones only where they are needed."""
    found = cache.get([key["rows"] for key in keys if key])
    deeper = [key for key in keys if key and key["rows"] not in found]
    found |= cache.get([key[layer] for key in deeper for layer in ("statements", "portrayals")])
    return {layer: [found.get(key.get(layer, b"")) for key in keys] for layer in LAYERS}


def _score_elsewhere(chunk: pd.DataFrame, codebook: Codebook, version: str, keep: bool) -> Scored:
    """Score a chunk wherever this runs, if that is the same program."""
    if layer_version("rows") != version:
        raise EngineError(
            "a worker has another version of stancebook, of its models or of a package: install the same everywhere"
        )
    return _score_known(chunk, codebook, keep=keep)


def _score_known(chunk: pd.DataFrame, codebook: Codebook, *, keep: bool) -> Scored:
    """Score articles that stand beside what is known of each, a column a layer; what is new, only where it is kept."""
    rows: Rows = {name: [] for name in COLUMNS if name != "articles"}
    new: list[dict[str, bytes]] = []
    for article in chunk.to_dict("records"):
        article_id, known = article["article_id"], decode({layer: article[layer] for layer in LAYERS})
        try:
            layers = _score_article(article["text"], _day(article["published"]), codebook, known)
            found = layers.rows or {}
            fresh = {name: value for name, value in layers._asdict().items() if value is not getattr(known, name)}
            new.append(encode(Layers(**fresh)) if keep else {})
        except ModelError:  # no article's fault
            raise
        except Exception as error:  # one odd article must not cost the night's run
            found = {"problems": [{"problem": f"{type(error).__name__}: {error}"}]}
            new.append({})
        for name, some in found.items():
            rows[name].extend({"article_id": article_id} | row for row in some)
    tables = {name: make_table(name, some) for name, some in rows.items()}
    articles = chunk[list(COLUMNS["articles"])].astype(COLUMNS["articles"])
    beside = {layer: [one.get(layer) for one in new] for layer in LAYERS}
    return Scored(Tables(articles=articles, **tables), pd.DataFrame(beside, dtype="object"))


def link_speaker(
    text: str, statement: Statement, mentions: Sequence[Mention], codebook: Codebook, published: date | None
) -> str | None:
    """Return the actor who makes a statement, None when it is nobody in the codebook.

    The speaker's own phrase decides where it means somebody by itself ('the Commission president, who'), then the name
    it was led back to, then a mention with which the phrase begins. A pronoun led back to a name that the codebook
    does not know stays nobody's, and so does one man's envoy led back to somebody of another side.
    """
    if statement.speaker is None:
        return resolve_actor(statement.speaker_name or statement.speaker_text, codebook, published)
    start, end = statement.speaker
    phrase = _RELATIVE.split(statement.speaker_text, maxsplit=1)[0]
    for words in (statement.speaker_text, phrase):
        if words and (actor_id := resolve_actor(words, codebook, published)):
            return actor_id
    actor_id = resolve_actor(statement.speaker_name, codebook, published) if statement.speaker_name else None
    if phrase.lower() == "she" and (actor_id is None or codebook.actor(actor_id).pronouns != "she"):
        return _last_woman(text, statement, mentions, codebook)
    inside = mentions_in(mentions, start, end)
    if actor_id is not None:
        owner = inside[0].actor_id if inside and inside[0].possessive and inside[0].start == start else None
        foreign = owner is not None and codebook.actor(owner).side != codebook.actor(actor_id).side
        return None if foreign and statement.speaker_name not in statement.speaker_text else actor_id
    if statement.speaker_name not in ("", statement.speaker_text):
        return None
    for mention in inside:
        opens = text[start : mention.start].strip().lower() in ("", "the")
        if opens and not mention.possessive:
            return mention.actor_id
    return None


def _last_woman(text: str, statement: Statement, mentions: Sequence[Mention], codebook: Codebook) -> str | None:
    """Return the last actor before 'she', in its paragraph, who is one, if behind the name 'she' was led back to."""
    start = statement.speaker[0] if statement.speaker else 0
    surname = statement.speaker_name.split()[-1:]
    other = text.rfind(surname[0], 0, start) if surname else -1
    since = max(other, text.rfind("\n\n", max(0, other), start))
    at = bisect_left(mentions, start, key=attrgetter("start"))
    while at and mentions[at - 1].end > since:
        at -= 1
        last = mentions[at]
        named = last.end <= start and last.kind != "pronoun" and not last.possessive
        if named and codebook.actor(last.actor_id).pronouns == "she":
            return last.actor_id
    return None


def _score_article(text: str, published: date | None, codebook: Codebook, known: Layers) -> Layers:
    """Return the layers of one article: those known as they are, the others worked out."""
    if known.rows is not None:
        return known
    sentences = split_sentences(text)
    mentions = find_mentions(text, codebook, published)
    statements, tones = known.statements or _read_statements(text)
    speakers = [link_speaker(text, statement, mentions, codebook, published) for statement in statements]
    stances = find_stances(text, statements, speakers, mentions, codebook, published)
    portrayed = [mention for mention in mentions if _is_portrayed(mention)]
    readings = _read_portrayals(text, sentences, portrayed, known.portrayals)
    rows: Rows = {
        "sentences": [{"sentence_id": i, "start": start, "end": end} for i, (start, end) in enumerate(sentences)],
        "mentions": [_mention_row(mention, sentences) for mention in mentions],
        "statements": _statement_rows(statements, speakers, tones),
        "portrayals": _portrayal_rows(portrayed, readings, sentences, statements, speakers),
        "stances": [_stance_row(stance, sentences) for stance in stances],
    }
    return Layers(known.statements or (statements, tones), readings, rows)


def _read_statements(text: str) -> tuple[list[Statement], Tones]:
    """Return the statements of a text, and the tone of each one's own words."""
    statements = extract_statements(text)
    return statements, [tone_of(" ".join(text[start:end] for start, end in one.spans)) for one in statements]


def _read_portrayals(
    text: str, sentences: Sequence[Span], portrayed: Sequence[Mention], known: Readings | None
) -> Readings:
    """Return how the text speaks of the target at each mention; `known` itself where it holds all of them."""
    unread = [mention for mention in portrayed if known is None or (mention.start, mention.end) not in known]
    if known is not None and not unread:
        return known
    around = [sentences[_sentence_at(sentences, mention.start)] for mention in unread]
    texts = [text[start : max(end, mention.end)] for (start, end), mention in zip(around, unread, strict=True)]
    spans = [(m.start - start, m.end - start) for (start, _), m in zip(around, unread, strict=True)]
    scores, lexicon = score_portrayals(texts, spans).tolist(), lexicon_portrayals(texts, spans).tolist()
    new = {(m.start, m.end): (*chances, word) for m, chances, word in zip(unread, scores, lexicon, strict=True)}
    return (known or {}) | new


def _mention_row(mention: Mention, sentences: Sequence[Span]) -> dict[str, Any]:
    return {
        "sentence_id": _sentence_at(sentences, mention.start),
        "start": mention.start,
        "end": mention.end,
        "actor_id": mention.actor_id,
        "kind": mention.kind,
        "possessive": mention.possessive,
        "confidence": mention.confidence,
    }


def _statement_rows(
    statements: Sequence[Statement], speakers: Sequence[str | None], tones: Tones
) -> list[dict[str, Any]]:
    rows = []
    for i, (statement, actor_id, tone) in enumerate(zip(statements, speakers, tones, strict=True)):
        cue, speaker = statement.cue or (None, None), statement.speaker or (None, None)
        rows.append(
            {
                "statement_id": i,
                "spans": [[start, end] for start, end in statement.spans],
                "kind": statement.kind,
                "cue_start": cue[0],
                "cue_end": cue[1],
                "speaker_start": speaker[0],
                "speaker_end": speaker[1],
                "speaker": statement.speaker_name,
                "actor_id": actor_id,
                "confidence": statement.confidence,
                "vader": tone[0],
                "textblob": tone[1],
            }
        )
    return rows


def _portrayal_rows(
    portrayed: Sequence[Mention],
    readings: Readings,
    sentences: Sequence[Span],
    statements: Sequence[Statement],
    speakers: Sequence[str | None],
) -> list[dict[str, Any]]:
    rows = []
    read = [readings[(mention.start, mention.end)] for mention in portrayed]
    adjusted = as_in_news(np.array([chances for *chances, _ in read]).reshape(-1, 3)).tolist()
    around = _statements_around(portrayed, statements)
    for mention, (negative, neutral, positive), (*_, lexicon), inside in zip(
        portrayed, adjusted, read, around, strict=True
    ):
        speaker = None if inside is None else speakers[inside]
        rows.append(
            {
                "sentence_id": _sentence_at(sentences, mention.start),
                "actor_id": mention.actor_id,
                "start": mention.start,
                "end": mention.end,
                "speaker_actor_id": speaker,
                "voice": "article" if inside is None else "actor" if speaker else "other",
                "negative": negative,
                "neutral": neutral,
                "positive": positive,
                "score": positive - negative,
                "lexicon": lexicon,
            }
        )
    return rows


def _stance_row(stance: Stance, sentences: Sequence[Span]) -> dict[str, Any]:
    row = {column: getattr(stance, column) for column in COLUMNS["stances"] if hasattr(stance, column)}
    return row | {"sentence_id": _sentence_at(sentences, stance.evidence_start)}


def _is_portrayed(mention: Mention) -> bool:
    return not mention.possessive and (mention.kind != "pronoun" or mention.confidence >= PRONOUN_CONFIDENCE)


def _statements_around(mentions: Sequence[Mention], statements: Sequence[Statement]) -> list[int | None]:
    """Return for each of the sorted mentions the statement whose content holds it, the shortest of nested ones."""
    sizes = [sum(end - start for start, end in statement.spans) for statement in statements]
    coming = sorted((*span, i) for i, statement in enumerate(statements) for span in statement.spans)
    around: list[int | None] = []
    opened: list[tuple[int, int, int]] = []  # spans that the text is inside of
    at = 0
    for mention in mentions:
        while at < len(coming) and coming[at][0] <= mention.start:
            opened.append(coming[at])
            at += 1
        opened = [span for span in opened if span[1] > mention.start]
        holding = [i for _, end, i in opened if mention.end <= end]
        around.append(min(holding, key=lambda i: (sizes[i], i), default=None))
    return around


def _sentence_at(sentences: Sequence[Span], offset: int) -> int:
    """Return the number of the sentence that an offset lies in (the one before it, between two)."""
    return max(0, bisect_right(sentences, (offset, float("inf"))) - 1)


def _day(published: pd.Timestamp) -> date | None:
    return None if pd.isna(published) else published.date()
