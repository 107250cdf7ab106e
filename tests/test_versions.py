"""A version changes with everything its results depend on."""

import pytest

from analysis import versions
from analysis.versions import imported, version_of


@pytest.mark.parametrize(
    ("module", "inside", "outside"),
    [
        ("statements", {"agreement", "drafting", "tagging", "runtime", "text"}, {"stance", "mentions", "charts"}),
        ("portrayal", {"targets", "tone"}, {"drafting", "stance"}),
        ("scoring", {"stance", "mentions", "statements", "portrayal", "clauses"}, {"charts", "report", "summary"}),
    ],
)
def test_a_module_depends_on_what_it_imports_however_far(module, inside, outside):
    sources, packages = imported(module)
    names = {source.stem for source in sources}
    assert names >= {module, *inside}
    assert not names & outside
    assert "numpy" in packages


def test_a_changed_rule_lexicon_or_weight_is_another_version(monkeypatch, tmp_path):
    def fresh():
        version_of.cache_clear()
        return version_of("statements")

    before = fresh()
    assert fresh() == before
    with monkeypatch.context() as patch:
        patch.setattr(versions, "model_versions", lambda: {"statements": "0" * 64})
        assert fresh() != before
    with monkeypatch.context() as patch:
        (tmp_path / "verbs.toml").write_text("say")
        patch.setattr(versions, "LEXICONS", tmp_path)
        one = fresh()
        (tmp_path / "verbs.toml").write_text("tell")
        assert before != fresh() != one
    with monkeypatch.context() as patch:
        (tmp_path / "statements.py").write_text("import numpy\n")
        patch.setattr(versions, "_PACKAGE", tmp_path)
        one = fresh()
        (tmp_path / "statements.py").write_text("import numpy\nRULE = 2\n")
        assert before != fresh() != one
    assert fresh() == before
