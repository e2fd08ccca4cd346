"""Places below a province beside goods: many of their names have goods inside."""

import pytest

from market.reading.titles import goods_of_title
from tests.reading.vocabularies import ids, read, vocabulary


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


@pytest.mark.parametrize(
    ("query", "goods", "text"),
    [
        ("nước mắm Phú Quốc", "fish-sauce", "Phú Quốc"),
        ("gạo Mai Sơn", "rice", "Mai Sơn"),
        ("gao mai son", "rice", "mai son"),
        ("mien dong na ri", "canna-noodles", "na ri"),
    ],
)
def test_districts_and_communes_of_the_list_are_places(query: str, goods: str, text: str) -> None:
    assert ids(query)[0].startswith(goods)
    assert read(query).text in (text, "")


@pytest.mark.parametrize("query", ["cai be", "nam dong", "thanh long", "rau an toan"])
def test_a_place_never_takes_words_from_goods_that_hold_them_with_other_marks(query: str) -> None:
    known = vocabulary()

    assert "locality" not in {entry.kind for entry in known.by_letters.get(query, ())}


def test_no_place_without_its_marks_is_the_name_of_goods_or_begins_one() -> None:
    known = vocabulary()
    places = [entry.folded for entries in known.by_letters.values() for entry in entries if entry.kind == "locality"]

    assert len(places) > 2000
    for spelled in places:
        assert {entry.kind for entry in known.by_letters[spelled]} == {"locality"}, spelled
        assert spelled not in known.heads, spelled
