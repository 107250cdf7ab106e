"""What the models read in texts, asked of the cache first where one is named by ``STANCEBOOK_CACHE``.

For gold, which is read again in every report: `analysis.scoring` keeps what it reads in articles by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.cache import named_folder
from analysis.layers import Layers, Readings, decode, encode, layer_keys, layer_version, open_cache
from analysis.portrayal import lexicon_portrayals, score_portrayals
from analysis.statements import Statement, extract_statements
from analysis.text import Span
from analysis.tone import tone_of


def known_statements(texts: Sequence[str]) -> list[list[Statement]]:
    """Return the statements of each text, as `analysis.statements.extract_statements` does."""
    keys = [layer_keys(text, None, "")["statements"] for text in texts]
    new: dict[bytes, bytes] = {}
    found = []
    with open_cache(named_folder()) as cache:
        kept = cache.get(keys)
        for text, key in zip(texts, keys, strict=True):
            known = decode({"statements": kept.get(key)}).statements
            if known is None:
                statements = extract_statements(text)
                known = statements, [tone_of(" ".join(text[a:b] for a, b in one.spans)) for one in statements]
                new |= {key: encode(Layers(statements=known))["statements"]}
            found.append(known[0])
        cache.put(layer_version("statements"), new)
    return found


def known_portrayals(texts: Sequence[str], spans: Sequence[Span]) -> NDArray[np.float64]:
    """Return how each text speaks of its target, as `analysis.portrayal.score_portrayals` does."""
    # read whole, where an article is read by sentences: never the same entry
    keys = [hashlib.sha256(b"whole " + layer_keys(text, None, "")["portrayals"]).digest() for text in texts]
    with open_cache(named_folder()) as cache:
        readings: dict[bytes, Readings] = {key: {} for key in keys}
        readings |= {key: decode({"portrayals": kept}).portrayals or {} for key, kept in cache.get(keys).items()}
        asked = [(text, (start, end), key) for text, (start, end), key in zip(texts, spans, keys, strict=True)]
        unread = [one for one in asked if one[1] not in readings[one[2]]]
        some, places = [text for text, _, _ in unread], [span for _, span, _ in unread]
        scores, lexicon = score_portrayals(some, places).tolist(), lexicon_portrayals(some, places).tolist()
        for (_, span, key), chances, word in zip(unread, scores, lexicon, strict=True):
            readings[key] = readings[key] | {span: (*chances, word)}
        changed = {key for _, _, key in unread}
        new = {key: encode(Layers(portrayals=readings[key]))["portrayals"] for key in changed}
        cache.put(layer_version("portrayals"), new)
    return np.array([readings[key][span][:3] for _, span, key in asked], dtype=np.float64).reshape(-1, 3)
