"""Titles whose writers leave the marks out: letters that are two words say neither for certain."""

from __future__ import annotations

import pytest

from market.reading.titles import TitleGoods, goods_of_title
from tests.reading.vocabularies import vocabulary


def told(title: str) -> TitleGoods:
    return goods_of_title(title, vocabulary())


@pytest.mark.parametrize(
    ("title", "never"),
    [
        ("tom su quang canh 20c/kg", "ornamental-plant"),
        ("dai hoi canh loai 1", "ornamental-plant"),
        ("mat ong tam dao chai 500ml", "marinated"),
        ("dua hau soc xe 10 tan", "jerky"),
        ("muoi bien sach hon khoi", "smoked"),
        ("dau ha chau phong dien", "puffed"),
        ("hanh la vinh chau", "ornamental-plant"),
        ("nhan say long sen hung yen", "jewellery"),
        ("me den chau phu hat", "hat"),
        ("cut thit dong lanh", "prepared-raw"),
        ("cha lua goi la chuoi 1kg", "bedding"),
    ],
)
def test_letters_that_are_everyday_words_say_no_way_of_making(title: str, never: str) -> None:
    assert never not in f"{told(title).concept_id}"


@pytest.mark.parametrize(
    ("title", "meanings"),
    [
        ("dau dua nguyen chat 500ml", {"yardlong-bean", "coconut-oil"}),
        ("dau phong que son", {"peanut", "peanut-oil"}),
        ("dua dua ben tre bo 10 doi", {"coconut-pineapple", "chopsticks"}),
        ("tre binh dinh", {"bamboo", "roasted-rice-pork-roll"}),
    ],
)
def test_letters_of_two_goods_are_a_guess_that_names_both(title: str, meanings: set[str]) -> None:
    read = told(title)
    assert read.certainty == "guessed"
    assert meanings <= {read.concept_id, *read.alternatives}


@pytest.mark.parametrize("title", ["buoi da xanh ben tre", "muc kho ca mau", "tra xanh thai nguyen", "ga ta tha vuon"])
def test_letters_of_one_name_are_as_certain_as_the_name(title: str) -> None:
    assert told(title).certainty == "certain"
