"""Words for whole classes of goods ask for all of them, alone in a query; beside others they are part of a name."""

from __future__ import annotations

import pytest

from market.reference.records import Category
from tests.reading.vocabularies import catalogue, ids, read


@pytest.mark.parametrize("category", [one for one in catalogue().categories if one.words], ids=lambda one: one.id)
def test_every_word_of_a_category_asks_for_it(category: Category) -> None:
    for word in category.words:
        line = catalogue().category_line(read(word).category or "unclassified")
        assert category.id in line or line[0] in catalogue().category_line(category.id), word


@pytest.mark.parametrize(
    ("query", "category"),
    [
        ("mỹ phẩm", "herbal_cosmetic"),
        ("my pham", "herbal_cosmetic"),
        ("đồ thủ công mỹ nghệ", "handicraft"),
        ("sản phẩm mây tre đan", "wickerwork"),
        ("thuốc nam", "medicinal"),
        ("du lịch Đồng Tháp", "tourism"),
        ("hải sản tươi sống Cà Mau", "aquatic"),
        ("thịt", "meat_livestock"),
    ],
)
def test_everyday_words_ask_for_a_whole_category(query: str, category: str) -> None:
    assert read(query).category == category
    assert read(query).text == ""
    asked = read(query).asked_class
    assert asked is not None
    assert asked.is_whole


@pytest.mark.parametrize(
    ("query", "member", "other"),
    [
        ("rau ăn lá", "water-spinach", "carrot"),
        ("rau thơm", "perilla", "salt"),
        ("cá đồng", "snakehead", "tuna"),
        ("bánh", "pia-cake", "candy-generic"),
        ("đường", "palmyra-palm-sugar", "salt"),
    ],
)
def test_a_class_that_is_less_than_a_category_has_members(query: str, member: str, other: str) -> None:
    asked = read(query).asked_class
    assert asked is not None
    assert member in asked.members
    assert other not in asked.members


def test_freshwater_fish_is_no_seafood() -> None:
    asked = read("hải sản").asked_class
    assert asked is not None
    assert {"snakehead", "pangasius"} <= set(asked.apart)
    assert "tuna" not in asked.apart


@pytest.mark.parametrize("query", ["cam", "vải", "dưa", "rau muống", "thịt heo", "bánh pía", "hoa hồng"])
def test_names_of_goods_are_no_classes(query: str) -> None:
    asked = read(query).asked_class
    assert asked is None


@pytest.mark.parametrize(("query", "goods"), [("ca loc song", ["snakehead"]), ("cái mơn", []), ("cái bè", [])])
def test_places_and_states_are_no_slips(query: str, goods: list[str]) -> None:
    assert ids(query) == goods


def test_members_and_what_is_apart_are_known() -> None:
    known = {one.id for one in catalogue().categories}
    for query in ("hải sản", "cá đồng", "thịt", "rau ăn lá", "rau ăn củ", "rau ăn quả", "rau thơm"):
        asked = read(query).asked_class
        assert asked is not None
        for id_ in (*asked.members, *asked.apart):
            assert id_ in known or catalogue().find_concept(id_) is not None, id_
