"""What the models read in gold is kept where the environment names a cache, and is the same."""

import numpy as np
import pytest

from analysis import known
from analysis.cache import FILE, name_folder, named_folder
from analysis.known import known_portrayals, known_statements
from analysis.layers import layer_keys, open_cache
from analysis.portrayal import score_portrayals
from analysis.statements import extract_statements

TEXTS = ['"No," Peskov said.', "Observers praised Tusk. Tusk failed.", '"No," Peskov said.', ""]
SPANS = [(6, 12), (18, 22), (6, 12), (0, 0)]


def test_the_second_time_nothing_is_read_and_all_is_the_same(tmp_path, monkeypatch):
    statements, portrayals = [extract_statements(text) for text in TEXTS], score_portrayals(TEXTS, SPANS)
    assert known_statements(TEXTS) == statements
    with name_folder(tmp_path / "cache"):
        first = known_statements(TEXTS), known_portrayals(TEXTS, SPANS)
        monkeypatch.setattr(known, "extract_statements", lambda text: pytest.fail(f"{text!r} is read again"))
        again = known_statements(TEXTS), known_portrayals(TEXTS, SPANS)
        for found in (first, again):
            assert found[0] == statements
            assert np.array_equal(found[1], portrayals)
        other = known_portrayals(TEXTS[1:2], [(24, 28)])  # another target of a known text
        with open_cache(named_folder()) as cache:
            # gold is read whole, an article sentence by sentence: neither may answer for the other
            assert not cache.get([layer_keys(text, None, "")["portrayals"] for text in TEXTS])
    assert np.array_equal(other, score_portrayals(TEXTS[1:2], [(24, 28)]))
    assert (tmp_path / "cache" / FILE).exists()
    assert named_folder() is None


def test_nothing_asked_is_nothing_found():
    assert known_statements([]) == []
    assert known_portrayals([], []).shape == (0, 3)
