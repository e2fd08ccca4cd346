import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.vietnamese.slips import SlipIndex, one_slip_apart
from market.vietnamese.text import fold, normalise
from tests.reading.vocabularies import catalogue, ids, read

NAMES = [
    (concept.id, name)
    for concept in catalogue().concepts
    for name in (concept.name_vi, *[further.name for further in concept.names])
]
WORDS = {normalise(name) for _, name in NAMES}


def test_every_name_as_written_is_read_as_its_goods_and_nothing_else() -> None:
    meanings: dict[str, set[str]] = {}
    for concept, name in NAMES:
        meanings.setdefault(normalise(name), set()).add(concept)
    for reading in catalogue().homographs:
        if reading.concept:
            meanings.setdefault(normalise(reading.word), set()).add(reading.concept)
    for _concept, name in NAMES:
        if not name.isascii():
            assert set(ids(name)) == meanings[normalise(name)], name


@pytest.mark.parametrize("written", ["nfd", "upper"])
def test_every_name_is_read_in_any_form_and_case(written: str) -> None:
    for concept, name in NAMES:
        typed = unicodedata.normalize("NFD", name) if written == "nfd" else name.upper()
        assert ids(typed) == ids(name), name
        assert concept in ids(typed), name


def test_every_name_typed_without_marks_keeps_its_goods_among_the_readings() -> None:
    for concept, name in NAMES:
        assert concept in ids(fold(name)), name


def test_a_searcher_gets_the_word_of_their_region_first() -> None:
    owners: dict[tuple[str, str], set[str]] = {}
    goods = [reading for reading in catalogue().homographs if reading.concept]
    for reading in goods:
        for at_home in reading.regions or ():
            owners.setdefault((reading.word, at_home), set()).add(str(reading.concept))
    for (word, region), concepts in owners.items():
        if len(concepts) == 1:
            assert concepts == {ids(word, region=region)[0]}, (word, region)
        assert set(ids(word, region=region)) >= {str(r.concept) for r in goods if r.word == word}


@pytest.mark.parametrize(
    ("query", "concept"),
    [
        ("caphe", "coffee"),
        ("thanhlong", "dragon-fruit"),
        ("xoaicathoaloc", "mango-hoa-loc"),
        ("sau rieng", "durian"),
        ("thanh lonh", "dragon-fruit"),
        ("sầu rieeng", "durian"),
        ("thanh long ruot ddor", "dragon-fruit-red"),
        ("buoi73 nam roi", "pomelo-nam-roi"),
        ("bưởi da xan", "pomelo-da-xanh"),
        ("măng cụtt", "mangosteen"),
        ("dragonfruit", "dragon-fruit"),
        ("dragon friut", "dragon-fruit"),
    ],
)
def test_other_spellings_find_the_goods(query: str, concept: str) -> None:
    assert ids(query)[0] == concept


@pytest.mark.parametrize(
    ("query", "never"),
    [
        ("chanh dây", "lime"),
        ("cà phê chè", "tea"),
        ("dưa hấu", "melon"),
        ("lá dứa", "pineapple"),
        ("hạt dưa", "melon"),
        ("mật ong bạc hà", "mint"),
        ("nước mắm Phú Quốc", "fish-sauce"),
        ("nếp Bắc Giang", "rice"),
        ("củ hủ dừa", "coconut"),
    ],
)
def test_a_name_is_not_found_inside_the_name_of_other_goods(query: str, never: str) -> None:
    assert never not in ids(query)


@pytest.mark.parametrize("brand", ["Mộc Đế Vương", "Bảo Tín Xanh", "Cội Nguồn", "Vạn Lộc Phát", "Sương Mai Hồng Phước"])
def test_a_brand_is_not_taken_for_misspelled_goods(brand: str) -> None:
    understood = read(brand)
    assert all(reading.by != "slip" for reading in understood.concepts)
    assert set(brand.split()) <= {*understood.text.split(), "Hồng", "Mai"}


@pytest.mark.parametrize("query", ["bánh căn", "chuỗi", "quà quê", "hàng hoá", "giống"])
def test_another_vietnamese_word_is_not_corrected(query: str) -> None:
    assert all(reading.by != "slip" for reading in read(query).concepts)


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_words_one_slip_apart_are_near(one: str, other: str) -> None:
    assert one_slip_apart(one, other) == one_slip_apart(other, one)
    if one_slip_apart(one, other):
        assert one in SlipIndex(["khoai", one]).near(other)


def test_a_word_many_slips_away_is_not_near() -> None:
    assert SlipIndex(["khoai", "xoài", "khoái"]).near("khoi") == {"khoai", "khoái"}


@pytest.mark.parametrize("name", ["Mai Lĩnh", "Yên Thọ", "Mỹ Quang", "Quý Thắng"])
def test_a_proper_name_near_the_name_of_goods_stays_a_name(name: str) -> None:
    assert all(reading.by != "slip" for reading in read(name).concepts)
    assert all(reading.by != "slip" for reading in read(f"nông sản {name}").concepts)
