"""What is denied: goods are sought without it, and a title that denies it does not come so."""

from __future__ import annotations

import pytest

from market.reading.titles import goods_of_title
from tests.reading.vocabularies import ids, read, vocabulary


@pytest.mark.parametrize(
    ("query", "goods", "denied"),
    [
        ("quế chưa xay", "cinnamon", "ground"),
        ("cà phê chưa rang", "coffee", "roasted"),
        ("cafe chưa rang xay", "coffee", "ground"),
        ("hạt điều chưa bóc vỏ", "cashew", "peeled"),
        ("tôm không đông lạnh", "shrimp", "frozen"),
    ],
)
def test_goods_are_asked_for_without_the_form_that_is_denied(query: str, goods: str, denied: str) -> None:
    understood = read(query)
    assert ids(query)[0] == goods
    assert denied in understood.unwanted.forms
    assert understood.text == ""


def test_what_is_denied_is_no_goods_asked_for() -> None:
    assert ids("mứt dừa không đường") == ["candied-coconut"]


@pytest.mark.parametrize("query", ["dưa hấu không hạt", "chanh không hạt", "trầu không"])
def test_a_name_with_a_denial_in_it_denies_nothing(query: str) -> None:
    assert read(query).unwanted.forms == ()


@pytest.mark.parametrize(("title", "concept"), [("Hạt điều chưa bóc vỏ", "cashew"), ("Quế thanh chưa xay", "cinnamon")])
def test_a_title_that_denies_a_form_does_not_come_in_it(title: str, concept: str) -> None:
    assert goods_of_title(title, vocabulary()).concept_id == concept


@pytest.mark.parametrize(
    ("query", "goods", "text"),
    [
        ("sầu riêng không ri6", "durian", "ri6"),
        ("sau rieng khong ri6", "durian", "ri6"),
        ("sầu riêng trừ ri 6", "durian", "ri 6"),
        ("xoài không phải cát hòa lộc", "mango", "cát hòa lộc"),
        ("cam không sành", "orange", "sành"),
        ("gạo trừ st25", "rice", "st25"),
    ],
)
def test_a_variety_that_is_not_wanted_is_read_and_no_goods(query: str, goods: str, text: str) -> None:
    assert ids(query) == [goods]
    assert (read(query).unwanted.kind_text, read(query).text) == (text, "")


@pytest.mark.parametrize("query", ["chanh không hạt", "mứt dừa không đường", "dưa hấu không hạt", "rau không thuốc"])
def test_what_is_not_in_goods_denies_no_variety(query: str) -> None:
    assert read(query).unwanted.kind_text == ""
