"""What can be kept of an article's scoring, in three layers that depend on more and more.

- ``statements``, with their tone: on the text alone. Most of the time goes into it.
- ``portrayals``: how the text speaks of the target at a span: on the text alone; which spans are asked for depends on
  the codebook, so another codebook adds to it. Most of the rest goes into it.
- ``rows``, all that is found: on the text, the day and the codebook.

So a changed codebook costs the finding of mentions and stances, which is quick, and what it newly asks the model.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from analysis.cache import Cache
from analysis.codebook import Codebook
from analysis.statements import Statement
from analysis.text import Span
from analysis.versions import version_of

Rows = dict[str, list[dict[str, Any]]]
Tones = list[tuple[float, float]]  # VADER, TextBlob
Readings = dict[Span, tuple[float, float, float, float]]  # negative, neutral, positive, lexicon

# The modules that each layer is the work of.
LAYERS = {"statements": ("statements", "tone"), "portrayals": ("portrayal",), "rows": ("scoring",)}


class Layers(NamedTuple):
    """What is known about one article; None where nothing is."""

    statements: tuple[list[Statement], Tones] | None = None
    portrayals: Readings | None = None
    rows: Rows | None = None


def layer_version(layer: str) -> str:
    """Return the version of what makes a layer."""
    return " ".join(version_of(module) for module in LAYERS[layer])


def open_cache(folder: Path | None, say: Callable[[str], None] = lambda _: None) -> Cache:
    """Return the cache of layers, and of the accuracy measured, in a folder; use it in a ``with`` statement.

    None keeps nothing.
    """
    return Cache(folder, [*map(layer_version, LAYERS), version_of("accuracy")] if folder else (), say)


def codebook_key(codebook: Codebook) -> str:
    """Return what tells codebooks apart: what they say, not how it is written."""
    return hashlib.sha256(repr((codebook.actors, codebook.issues)).encode()).hexdigest()


def layer_keys(text: str, published: date | None, codebook: str) -> dict[str, bytes]:
    """Return the key of each layer of an article; `codebook` is from `codebook_key`."""
    digest = hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()
    words = {"statements": "", "portrayals": "", "rows": f"{published} {codebook}"}
    return {
        layer: hashlib.sha256(f"{layer} {layer_version(layer)} {digest} {more}".encode()).digest()
        for layer, more in words.items()
    }


def encode(layers: Layers) -> dict[str, bytes]:
    """Return each layer that is there as bytes: JSON, which runs nothing when it is read, packed."""
    plain: dict[str, Any] = {}
    if layers.statements:
        fields = [[getattr(one, name) for name in _STATEMENT] for one in layers.statements[0]]
        plain["statements"] = [fields, layers.statements[1]]
    if layers.portrayals is not None:
        plain["portrayals"] = [[*span, *scores] for span, scores in sorted(layers.portrayals.items())]
    if layers.rows is not None:
        plain["rows"] = layers.rows
    return {
        name: zlib.compress(json.dumps(value, separators=(",", ":")).encode(), level=1) for name, value in plain.items()
    }


def decode(kept: Mapping[str, bytes | None]) -> Layers:
    """Return the layers that `encode` made; one that cannot be read is as if it were not there."""
    return Layers(**{name: _read(kept.get(name), read) for name, read in _READERS.items()})


def _read(value: bytes | None, read: Callable[[Any], Any]) -> Any:
    if not isinstance(value, bytes):
        return None
    try:
        return read(json.loads(zlib.decompress(value)))
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError):
        return None


def _as_statements(kept: Sequence[Any]) -> tuple[list[Statement], Tones]:
    fields, tones = kept
    statements = []
    for spans, kind, cue, speaker, text, name, confidence in fields:
        content = tuple((start, end) for start, end in spans)
        statements.append(Statement(content, kind, _span(cue), _span(speaker), text, name, confidence))
    if len(tones) != len(statements):
        raise ValueError(f"{len(statements)} statements, {len(tones)} tones")
    return statements, [(vader, textblob) for vader, textblob in tones]


def _as_readings(kept: Sequence[Any]) -> Readings:
    return {(start, end): (a, b, c, lexicon) for start, end, a, b, c, lexicon in kept}


def _as_rows(kept: Mapping[str, Any]) -> Rows:
    return {name: [dict(row) for row in rows] for name, rows in kept.items()}


def _span(kept: Sequence[int] | None) -> Span | None:
    return None if kept is None else (kept[0], kept[1])


_STATEMENT = ("spans", "kind", "cue", "speaker", "speaker_text", "speaker_name", "confidence")
_READERS: dict[str, Callable[[Any], Any]] = {
    "statements": _as_statements,
    "portrayals": _as_readings,
    "rows": _as_rows,
}
