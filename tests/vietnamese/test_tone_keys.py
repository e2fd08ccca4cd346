import re
import unicodedata

from hypothesis import assume, given
from hypothesis import strategies as st

from market.vietnamese.syllables import ONSETS, RIMES, is_syllable, place_tone
from market.vietnamese.text import clean, words
from market.vietnamese.tone_keys import syllable_key, tone_key

SYLLABLES = st.builds(
    lambda onset, rime, tone: place_tone(onset + rime, tone),
    st.sampled_from(ONSETS),
    st.sampled_from(sorted(RIMES)),
    st.sampled_from(["", *"fsrxj"]),
)


def test_three_goods_that_fold_to_one_word_have_three_keys() -> None:
    assert len({tone_key("dừa"), tone_key("dứa"), tone_key("dưa"), tone_key("dua")}) == 4


@given(SYLLABLES, SYLLABLES)
def test_different_syllables_have_different_keys_and_none_begins_another(one: str, other: str) -> None:
    assume(one != other)
    assert not syllable_key(other).startswith(syllable_key(one))


@given(
    st.text(alphabet=st.characters(categories=["Ll", "Nd"]), min_size=1, max_size=8),
    SYLLABLES,
)
def test_no_word_of_any_script_begins_a_syllable_or_goes_on_from_one(word: str, syllable: str) -> None:
    for read in words(word):
        if read != syllable:
            assert not syllable_key(syllable).startswith(syllable_key(read))
            assert not syllable_key(read).startswith(syllable_key(syllable))


@given(st.lists(SYLLABLES, min_size=1, max_size=5))
def test_form_case_and_tone_placement_do_not_change_the_key(
    syllables: list[str],
) -> None:
    assume(all(is_syllable(syllable) for syllable in syllables))
    text = " ".join(syllables)
    key = tone_key(text)
    assert tone_key(unicodedata.normalize("NFD", text)) == key
    assert tone_key(text.upper()) == key
    assert tone_key(f"  {text}! ") == key


def test_the_other_custom_of_tone_placement_gives_the_same_key() -> None:
    assert tone_key("Hoà Thuý khoẻ") == tone_key("hòa thúy khỏe")


@given(st.text(max_size=60))
def test_a_key_is_made_of_letters_with_one_token_for_each_word(text: str) -> None:
    key = tone_key(text)
    assert re.fullmatch(r"(?:[a-z]+(?: [a-z]+)*)?", key)
    assert len(key.split()) == len(words(clean(text)))
