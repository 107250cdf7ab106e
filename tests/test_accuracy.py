"""What was measured on the gold of the sample is kept where the environment names a cache, and is the same."""

import pandas as pd
import pytest

from analysis import accuracy
from analysis.accuracy import measure_sample
from analysis.cache import FILE, name_folder


def test_what_was_measured_before_is_not_measured_again(tmp_path, monkeypatch):
    measure = measure_sample.__wrapped__  # asks as another process would
    with name_folder(tmp_path):
        first = measure(1)
        monkeypatch.setattr(accuracy, "_measure", lambda seed: pytest.fail(f"measured again with seed {seed}"))
        pd.testing.assert_frame_equal(measure(1), first)
        with pytest.raises(pytest.fail.Exception, match="seed 2"):
            measure(2)
    assert (tmp_path / FILE).exists()
    with pytest.raises(pytest.fail.Exception, match="seed 1"):
        measure(1)


@pytest.mark.parametrize("changed", ["CODEBOOK", "GOLD", "SAMPLE"])
def test_other_gold_articles_or_codebook_are_measured_anew(tmp_path, monkeypatch, changed):
    before = accuracy._measured_on()
    (tmp_path / "other").write_text("other", encoding="utf8")
    monkeypatch.setattr(accuracy, changed, tmp_path / "other" if changed == "CODEBOOK" else tmp_path)
    assert accuracy._measured_on() != before
