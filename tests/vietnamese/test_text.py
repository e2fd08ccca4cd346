import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.vietnamese.keystrokes import decode_keystrokes
from market.vietnamese.syllables import (
    ONSETS,
    RIMES,
    canonical,
    is_syllable,
    place_tone,
    split_onset,
    split_tone,
)
from market.vietnamese.text import clean, fold, has_marks, normalise, tokens, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hòa", "hoà"),
        ("thúy", "thuý"),
        ("khỏe", "khoẻ"),
        ("Khánh Hòa", "khánh hoà"),
        ("THÚY", "thuý"),
        ("xoài", "xoài"),
        ("già", "già"),
        ("quý", "quý"),
    ],
)
def test_both_customs_of_placing_the_tone_mark_are_one_spelling(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    "word",
    [
        "xoài",
        "của",
        "mía",
        "già",
        "giữ",
        "quả",
        "khuỷu",
        "chuối",
        "ruột",
        "thuyền",
        "gìn",
    ],
)
def test_usual_spellings_stay_as_they_are(word: str) -> None:
    assert canonical(word) == word


@given(st.sampled_from(sorted(RIMES)), st.sampled_from(ONSETS), st.sampled_from("fsrxj"))
def test_a_placed_tone_is_read_back(rime: str, onset: str, tone: str) -> None:
    written = place_tone(onset + rime, tone)
    assert split_tone(written) == (onset + rime, tone)
    assert canonical(unicodedata.normalize("NFC", written)) == written


@given(st.text(max_size=80))
def test_cleaning_is_done_once_and_leaves_no_control_characters(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert all(unicodedata.category(character)[0] not in "C" for character in cleaned)


@given(st.text(max_size=80))
def test_folding_leaves_ascii_only(text: str) -> None:
    assert fold(text).isascii()


def test_folding_takes_every_mark_away() -> None:
    assert fold("Đặc sản Bưởi Năm Roi ướp lạnh") == "dac san buoi nam roi uop lanh"


@given(st.text(max_size=80))
def test_words_are_the_same_in_every_form_and_case(text: str) -> None:
    assert words(unicodedata.normalize("NFD", clean(text))) == words(clean(text))


def test_words_know_where_they_stand() -> None:
    text = clean("Bưởi,  20.000đ/kg ST25")
    assert [(token.text, text[token.start : token.end]) for token in tokens(text)] == [
        ("bưởi", "Bưởi"),
        ("20.000đ", "20.000đ"),
        ("kg", "kg"),
        ("st25", "ST25"),
    ]


@pytest.mark.parametrize(
    ("text", "marked"),
    [("dua hau", False), ("dưa hau", True), ("đu du", True), ("😀 12", False)],
)
def test_marks_are_noticed(text: str, marked: bool) -> None:
    assert has_marks(text) is marked


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ddor", "đỏ"),
        ("duwa", "dưa"),
        ("duwaf", "dừa"),
        ("dduowngf", "đường"),
        ("xoafi", "xoài"),
        ("rieeng", "riêng"),
        ("ruoojt", "ruột"),
        ("buoi73", "bưởi"),
        ("bu7o7i3", "bưởi"),
        ("d9o3", "đỏ"),
        ("sa6u2", "sầu"),
        ("ma8ng", "măng"),
    ],
)
def test_words_typed_with_the_input_method_off_are_decoded(typed: str, meant: str) -> None:
    assert decode_keystrokes(typed) == meant


@pytest.mark.parametrize(
    "word",
    ["coffee", "hill", "tra", "ocop", "vietgap", "st25", "a0", "", "x", "đỏ", "w" * 40],
)
def test_words_that_spell_nothing_in_keystrokes_are_left_alone(word: str) -> None:
    assert decode_keystrokes(word) is None


@given(st.text(alphabet="abcdeghiklmnopqrstuvxyfjwz0123456789", max_size=12))
def test_decoding_gives_a_possible_syllable_or_nothing(word: str) -> None:
    decoded = decode_keystrokes(word)
    assert decoded is None or (is_syllable(decoded) and split_onset(split_tone(decoded)[0]) is not None)
