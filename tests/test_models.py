"""Behaviour of the small models: weights verified, one answer whatever stands beside a text, odd input answered."""

import json
import platform
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.models import (
    ModelError,
    encoding,
    joining,
    portrayal_probabilities,
    relation_probabilities,
    runtime,
    tag_statements,
)
from analysis.models.pairs import LONGEST, join_pair
from analysis.models.targets import mark_targets

ANY_TEXT = st.text(alphabet=st.sampled_from("abcAB .!?'\"“”\n😀жÄ中\u00a0"), max_size=120)


def shown(text: str, spans: list[tuple[int, int]]) -> str:
    return " ".join(encoding.tokenizer().id_to_token(int(i)) for i in mark_targets(text, spans).ids[1:-1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lee said no", "Lee:1 said:0 no:0"),
        ("NATO said", "NATO:2 said:0"),
        ("he said “No way” twice", "he:0 said:0 “:3 No:4 way:3 ”:3 twice:0"),
        ('a "b\n\nc', 'a:0 ":3 b:3 \n:0 c:0'),  # an unclosed mark ends with its paragraph
        ("", ""),
        ("😀", "😀:0"),
    ],
)
def test_pieces_carry_case_and_quotation(text: str, expected: str) -> None:
    p = encoding.split_pieces(text)
    found = [f"{text[s:e]}:{m}" for s, e, m in zip(p.starts, p.ends, p.marks, strict=True)]
    assert " ".join(found) == expected


@given(ANY_TEXT, st.data())
def test_a_pair_pools_the_words_asked_about_and_nothing_else(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    pair = join_pair(text, "Ukraine should join NATO", (start, end))
    assert pair.pools.sum(axis=1) == pytest.approx(1)
    pooled = pair.ids[pair.pools[2] > 0]
    assert (pooled[0], pooled[-1]) == (encoding.OPEN, encoding.CLOSE)
    p = encoding.split_pieces(text)
    assert pooled[1:-1].tolist() == p.ids[(p.starts < end) & (p.ends > start)].tolist()


def test_a_long_text_is_read_around_the_words_asked_about() -> None:
    text = "word " * 300 + "Not an inch. " + "word " * 300
    start = text.index("Not")
    pair = join_pair(text, "ceding land", (start, start + 12))
    assert len(pair.ids) == LONGEST
    assert "not an inch ." in " ".join(encoding.tokenizer().id_to_token(int(i)) for i in pair.ids)


@given(ANY_TEXT, st.integers(4, 30))
def test_windows_cover_all_pieces_in_order(text: str, most: int) -> None:
    pieces = encoding.split_pieces(text)
    ranges = encoding.windows(pieces, most)
    assert [i for start, end in ranges for i in range(start, end)] == list(range(len(pieces.ids)))
    assert all(0 < end - start <= most for start, end in ranges)
    assert np.all(np.diff(pieces.words) >= 0)
    assert np.all(pieces.starts < pieces.ends)
    assert not len(pieces.ids) or pieces.ends.max() <= len(text)


def test_windows_end_at_paragraphs_where_they_can() -> None:
    text = "One two three four.\n\nFive six seven. Eight nine ten."
    pieces = encoding.split_pieces(text)
    assert [text[pieces.starts[a] : pieces.ends[b - 1]].strip() for a, b in encoding.windows(pieces, 8)] == [
        "One two three four.",
        "Five six seven.",
        "Eight nine ten.",
    ]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("OBIEO", [(1, 4)]),
        ("SOSSO", [(0, 1), (2, 3), (3, 4)]),
        ("BEBEO", [(0, 2), (2, 4)]),
        ("OIIEO", [(1, 4)]),  # an end without a begin is mended by the grammar
        ("OOOOO", []),
    ],
)
def test_best_spans_obey_the_grammar(tags: str, expected: list[tuple[int, int]]) -> None:
    scores = np.full((5, 5), -4.0, dtype=np.float32)
    scores[np.arange(5), [joining.TAGS.index(t) for t in tags]] = -0.1
    assert [span for span, _ in joining.best_spans(scores)] == expected


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("Lee praised Kim.", [(0, 3)], "[unused1] lee [unused2] praised kim ."),
        ("Lee praised Kim.", [(0, 3), (12, 15)], "[unused1] lee [unused2] praised [unused3] kim [unused4] ."),
        ("Lee praised Kim.", [(12, 15), (0, 3)], "[unused3] lee [unused4] praised [unused1] kim [unused2] ."),
        ("no", [(0, 2), (0, 2)], "[unused1] [unused3] no [unused4] [unused2]"),
        ("so 😀 it", [(3, 4)], "so [unused1] [UNK] [unused2] it"),
        ("a  b", [(1, 3)], "a [unused1] [unused2] b"),  # a target of blanks has no pieces: only its place is marked
    ],
)
def test_targets_are_marked(text: str, spans: list[tuple[int, int]], expected: str) -> None:
    assert shown(text, spans) == expected


@given(ANY_TEXT.filter(str.strip), st.data())
def test_every_target_is_pooled(text: str, data: st.DataObject) -> None:
    spans = [tuple(sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))) for _ in range(2)]
    marked = mark_targets(text, spans)  # type: ignore[arg-type]  # sorted pairs are pairs
    assert np.allclose(marked.pools.sum(1), 1)
    assert len(marked.ids) == len(marked.marks) == marked.pools.shape[1] <= runtime.LONGEST


def test_long_texts_are_cut_around_the_targets() -> None:
    text = "far away " * 5000 + "Paul smiled. " + "on and on " * 5000 + "Kim nodded."
    marked = mark_targets(text, [(45000, 45004), (len(text) - 11, len(text) - 8)])
    assert len(marked.ids) == runtime.LONGEST
    words = [encoding.tokenizer().id_to_token(int(i)) for i in marked.ids]
    assert {"paul", "kim", "smiled", "nodded"} <= set(words)


def test_missing_and_damaged_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nothing\.json: the file is missing"):
        runtime.load_model("nothing", tmp_path)
    (tmp_path / "odd.json").write_text("{")
    with pytest.raises(ModelError, match=r"odd\.json: not valid JSON"):
        runtime.load_model("odd", tmp_path)
    (tmp_path / "bare.json").write_text("{}")
    with pytest.raises(ModelError, match="no field 'sha256'"):
        runtime.load_model("bare", tmp_path)
    (tmp_path / "cut.json").write_text(json.dumps({"sha256": "0" * 64}))
    with pytest.raises(ModelError, match=r"cut\.onnx: the file is missing \(SHA-256 expected: 0{64}"):
        runtime.load_model("cut", tmp_path)
    (tmp_path / "cut.onnx").write_bytes(b"cut off")
    with pytest.raises(ModelError, match=r"damaged: SHA-256 is [0-9a-f]{64}, expected 0{64}; install"):
        runtime.load_model("cut", tmp_path)


@pytest.mark.parametrize(
    ("texts", "spans", "message"),
    [
        (["Rubio spoke."], [(0, 99)], r"row 0: span \(0, 99\) is outside the text of length 12"),
        (["fine", "Rubio"], [(0, 4), (-1, 3)], r"row 1: span \(-1, 3\) is outside the text of length 5"),
        (["", "Rubio"], [(0, 0), (3, 3)], r"row 1: span \(3, 3\) is empty"),
        (["Rubio"], [], "got 1 texts and 0 of span"),
    ],
)
def test_spans_outside_are_refused(texts: list[str], spans: list[tuple[int, int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        portrayal_probabilities(texts, spans)


def test_nothing_to_read() -> None:
    assert tag_statements(["", " \n "]) == [[], []]
    assert tag_statements([]) == []
    assert portrayal_probabilities([], []).shape == (0, 3)
    assert portrayal_probabilities([" "], [(0, 1)]).tolist() == [[0, 1, 0]]
    assert relation_probabilities([""], [(0, 0)], [(0, 0)]).tolist() == [[[0, 1, 0], [0, 1, 0]]]


needs_tagger = pytest.mark.skipif(not (runtime.FOLDER / "statements.json").exists(), reason="no weights yet")
needs_relations = pytest.mark.skipif(
    not (runtime.FOLDER / "portrayal.json").exists()
    or "relations" not in runtime.read_description("portrayal")["temperature"],
    reason="the weights hold no relations yet",
)
needs_targets = pytest.mark.skipif(not (runtime.FOLDER / "portrayal.json").exists(), reason="no weights yet")

NEWS = (
    "Mayor Ann Lee said the bridge would open in May. “We are late,” she told reporters, “but we are not lost.”\n\n"
    "According to the harbour office, the work cost too much."
)


@needs_tagger
def test_statements_have_content_cue_and_speaker() -> None:
    found = [
        (
            [NEWS[a:b] for a, b in s.content],
            NEWS[slice(*s.cue)].split()[0] if s.cue else None,
            NEWS[slice(*s.speaker)] if s.speaker else None,
        )
        for s in tag_statements([NEWS])[0]
    ]
    assert found == [
        (["the bridge would open in May"], "said", "Mayor Ann Lee"),
        (["“We are late,”", "“but we are not lost.”"], "told", "she"),
        (["the work cost too much"], "According", "the harbour office"),
    ]
    assert all(0 < s.confidence < 1 for s in tag_statements([NEWS])[0])


@needs_tagger
def test_tagging_depends_on_the_text_alone() -> None:
    others = ["", "Bob wept. " * 400, "“Ж”, сказал он. 😀 " * 20]
    assert tag_statements([*others, NEWS])[-1] == tag_statements([NEWS])[0] == tag_statements([NEWS, *others])[0]


@needs_tagger
@settings(deadline=None, max_examples=30)
@given(ANY_TEXT)
def test_tagged_spans_lie_in_the_text(text: str) -> None:
    for s in tag_statements([text])[0]:
        for start, end in [*s.content, *([s.cue] if s.cue else []), *([s.speaker] if s.speaker else [])]:
            assert 0 <= start < end <= len(text)


@needs_targets
@pytest.mark.parametrize(
    ("text", "target", "expected"),
    [
        ("Critics called Lee a liar and a disgrace to the office.", "Lee", 0),
        ("Lee met the minister in the harbour office on Tuesday.", "Lee", 1),
        ("Everyone admires Lee for her brave and brilliant work.", "Lee", 2),
    ],
)
def test_portrayal_of_a_target(text: str, target: str, expected: int) -> None:
    start = text.index(target)
    p = portrayal_probabilities([text], [(start, start + len(target))])
    assert p.shape == (1, 3)
    assert np.allclose(p.sum(1), 1)
    assert p.argmax() == expected


@needs_targets
def test_portrayal_depends_on_the_text_alone() -> None:
    texts = ["Lee was praised. " * k for k in (1, 40, 3, 2500)] + ["Ли 😀 李"]
    spans = [(0, 3)] * 4 + [(0, 2)]
    together = portrayal_probabilities(texts, spans)
    for i in range(len(texts)):
        assert np.array_equal(portrayal_probabilities(texts[i : i + 1], spans[i : i + 1])[0], together[i])


@needs_targets
@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(ANY_TEXT, st.integers(1, 120)), min_size=1, max_size=11), st.randoms())
def test_portrayals_are_the_same_to_the_bit_beside_any_others(
    found: list[tuple[str, int]], order: random.Random
) -> None:
    rows = [(text, (0, min(end, len(text)))) for text, end in found]
    alone = {row: portrayal_probabilities([row[0]], [row[1]])[0].tobytes() for row in rows}
    order.shuffle(rows)
    together = portrayal_probabilities(*zip(*rows, strict=True))
    assert [row.tobytes() for row in together] == [alone[row] for row in rows]


@needs_relations
def test_relations_depend_on_the_text_alone() -> None:
    texts = ["Lee accused Kim of lying. " * k for k in (1, 30, 2, 1, 9)]
    first, second = [(0, 3)] * 5, [(12, 15)] * 5
    together = relation_probabilities(texts, first, second)
    for i in range(len(texts)):
        assert np.array_equal(relation_probabilities(texts[i : i + 1], first[:1], second[:1])[0], together[i])


@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="only x86 overflows")
def test_processors_without_vnni_are_told_to_count_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # seen on an emulated one: without it, a tenth of the probability moved, and the label with it
    flags = tmp_path / "cpuinfo"
    for said, exact in (("avx2 avx512_vnni", True), ("avx2 avx_vnni sha", True), ("avx2 avx512f", False)):
        flags.write_text(f"model name : one\nflags\t\t: fpu {said}\n")
        assert runtime._multiplies_exactly(flags) is exact
    assert not runtime._multiplies_exactly(tmp_path / "none")
    monkeypatch.setattr(runtime, "_multiplies_exactly", lambda: False)
    slow = runtime.load_model.__wrapped__("portrayal")
    assert slow.session.get_session_options().get_session_config_entry("session.x64quantprecision") == "1"


@needs_relations
def test_relations_have_a_direction() -> None:
    text = "Lee accused Kim of lying to the court."
    there, back = relation_probabilities([text], [(0, 3)], [(12, 15)])[0]
    assert np.allclose([there.sum(), back.sum()], 1)
    assert there[0] > back[0]
    swapped = relation_probabilities([text], [(12, 15)], [(0, 3)])[0]
    assert swapped[1][0] > swapped[0][0]


@pytest.mark.parametrize("name", sorted(p.stem for p in runtime.FOLDER.glob("*.onnx")))
def test_shipped_weights_are_small_described_and_whole(name: str, tmp_path: Path) -> None:
    weights = runtime.FOLDER / f"{name}.onnx"
    assert weights.stat().st_size <= 25_000_000
    assert (runtime.FOLDER / f"MODEL_CARD-{name}.md").exists()
    assert runtime.model_versions()[name] == runtime.read_description(name)["sha256"]
    for suffix in (".json", ".onnx"):
        shutil.copy(weights.with_suffix(suffix), tmp_path)
    with (tmp_path / weights.name).open("r+b") as file:
        file.seek(1000)
        file.write(b"!")
    with pytest.raises(ModelError, match="damaged"):
        runtime.load_model(name, tmp_path)
