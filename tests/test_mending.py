import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.mending import count_words, decode, mend


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("Lakelandâ€™s â€œlast wordâ€\x9d", "Lakeland’s “last word”"),
        ("Russia__ war isn__ over", "Russia’s war isn’t over"),
        ("He__l come, they__e told, and I__e waited", "He’ll come, they’re told, and I’ve waited"),
        ("Zelensky Sells His __ictory Plan_", "Zelensky Sells His “Victory Plan”"),
        ("a __omentum_ for peace, he said", "a “momentum” for peace, he said"),
        ("the agencies_ independence", "the agencies’ independence"),
        ("Anna_Berg to address the house", "Anna Berg to address the house"),
        ("the Berg__ind summit", "the Berg—_ind summit"),
        ("It only took _24 minutes_ to say so", "It only took “24 minutes” to say so"),
        ("robot trams _ with drivers", "robot trams — with drivers"),
    ],
)
def test_damage_is_repaired(damaged, whole):
    assert mend(damaged) == whole


@pytest.mark.parametrize("text", ["__e are here_, she said", "he is __eceiving_ us"])
def test_a_letter_that_could_be_several_is_not_guessed(text):
    assert "“_e" in mend(text)


def test_names_that_the_source_is_full_of_come_back():
    own = count_words(["Trump said no. Trump said yes. Trump said maybe."])
    assert mend("__rump didn't say no_", own) == "“Trump didn't say no”"


@pytest.mark.parametrize(
    "text",
    ["It’s “fine”.", "schön, café, Łódź", "Київ", "write to anna_berg@wire.example or @anna_berg", "see war_diary.pdf",
     "https://wire.example/a_b/c__d.html", "", "#talks_now"],
)  # fmt: skip
def test_sound_text_stays_as_it_is(text):
    assert mend(text) == text


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="_&"), max_size=200))
def test_plain_text_without_underscores_is_never_changed_but_in_control_characters(text):
    printable = "".join(character for character in text if character.isprintable() or character == "\n")
    assert mend(printable) == printable


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ("Kyiv’s".encode(), None, "Kyiv’s"),
        ("\ufeffKyiv".encode(), None, "Kyiv"),
        ("Kyiv’s".encode("cp1252"), None, "Kyiv’s"),
        ("Kyiv".encode("utf-16"), None, "Kyiv"),
        ("Київ".encode("koi8-u"), "koi8-u", "Київ"),
        ("Kyiv’s".encode("cp1252"), "no-such-encoding", "Kyiv’s"),
        (b"", None, ""),
    ],
)
def test_bytes_become_text(data, declared, text):
    decoded = decode(data, declared)
    assert decoded is not None
    assert decoded.text == text


@pytest.mark.parametrize("data", [bytes(range(256)), b"PK\x03\x04\x00\x00", b"\x01\x02\x03\x04\x05" * 20])
def test_what_is_no_text_is_none(data):
    assert decode(data) is None
