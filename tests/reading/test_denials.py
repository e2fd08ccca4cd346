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
    assert denied in understood.denied.forms
    assert understood.text == ""


def test_what_is_denied_is_no_goods_asked_for() -> None:
    assert ids("mứt dừa không đường") == ["candied-coconut"]


@pytest.mark.parametrize("query", ["dưa hấu không hạt", "chanh không hạt", "trầu không"])
def test_a_name_with_a_denial_in_it_denies_nothing(query: str) -> None:
    assert read(query).denied.forms == ()


@pytest.mark.parametrize(("title", "concept"), [("Hạt điều chưa bóc vỏ", "cashew"), ("Quế thanh chưa xay", "cinnamon")])
def test_a_title_that_denies_a_form_does_not_come_in_it(title: str, concept: str) -> None:
    assert goods_of_title(title, vocabulary()).concept_id == concept
