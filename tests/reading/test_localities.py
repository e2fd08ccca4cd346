"""Places below a province beside goods: many of their names have goods inside."""

import pytest

from market.reading import localities
from market.reading.titles import goods_of_title
from market.vietnamese.text import fold, words
from tests.reading.vocabularies import ids, read, vocabulary

NAMES = (*localities.NORTH, *localities.CENTRE, *localities.SOUTH)


@pytest.mark.parametrize(
    ("query", "goods", "text"),
    [
        ("xoài Cam Lâm", ["mango"], "Cam Lâm"),
        ("xoai cam lam", ["mango"], "cam lam"),
        ("thanh long Chợ Gạo", ["dragon-fruit"], "Chợ Gạo"),
        ("miến dong Na Rì", ["canna-noodles"], "Na Rì"),
        ("tôm Ngô Quyền 2 tạ", ["shrimp"], "Ngô Quyền"),
        ("dứa Tắc Cậu dưới 20k", ["pineapple"], "Tắc Cậu"),
        ("cam Cam Lộ", ["orange"], "Cam Lộ"),
        ("lúa Trà Ôn", ["paddy"], "Trà Ôn"),
    ],
)
def test_a_place_is_sought_and_is_no_goods(query: str, goods: list[str], text: str) -> None:
    assert ids(query) == goods
    assert read(query).text == text
    assert read(query).provinces == ()


@pytest.mark.parametrize(
    ("query", "goods"),
    [
        ("vải Thanh Hà", "lychee-thieu"),
        ("hồng Bảo Lâm", "persimmon-crisp"),
        ("bạc hà", "mint"),
        ("bac ha", "mint"),
        ("cam Cao Phong", "orange-cao-phong"),
    ],
)
def test_goods_called_after_a_place_are_still_these_goods(query: str, goods: str) -> None:
    assert ids(query)[0] == goods
    assert read(query).text == ""


def test_a_place_in_a_title_is_not_what_is_sold() -> None:
    inferred = goods_of_title("Thanh long ruột đỏ Chợ Gạo", vocabulary())

    assert inferred.concept_id == "dragon-fruit-red"
    assert inferred.alternatives == ()
    assert goods_of_title("Hàng Lê Chân tươi", vocabulary()).concept_id is None


def test_no_place_without_its_marks_is_the_name_of_goods_or_begins_one() -> None:
    known = vocabulary()
    shared = {"Bắc Hà"}  # bạc hà without its marks: goods come first

    for name in NAMES:
        spelled = " ".join(fold(word) for word in words(name))
        named = {entry.kind for entry in known.by_letters[spelled]}
        assert (named == {"locality"}) or name in shared, name
        assert spelled not in known.heads, name
