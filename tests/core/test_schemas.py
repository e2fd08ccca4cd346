"""What the fields of a body take and refuse."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from market.accounts.schemas import SignInRequest, UserCreate
from market.core.schemas import Day, Flag, Line, Money, Schema
from market.core.validation import field_errors


class Offer(Schema):
    price_vnd: Money = 0
    cold: Flag = False
    on: Day | None = None
    name: Line = "a"


def refusal_of(values: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refused:
        Offer.model_validate(values)
    (error,) = field_errors(refused.value.errors(include_input=False))
    return error.code


@pytest.mark.parametrize("value", [True, False, 1.5, "x", [], None])
def test_money_is_a_whole_number_and_true_is_none(value: Any) -> None:
    assert refusal_of({"price_vnd": value}).startswith("int-")


@pytest.mark.parametrize("value", [1, 0, "yes", "on", None, 2])
def test_a_flag_is_true_or_false(value: Any) -> None:
    assert refusal_of({"cold": value}) == "bool-type"


@pytest.mark.parametrize("value", ["2026-12-01T00:00:00", "1796083200", 1796083200, "2026-1-1", "٢٠٢٦-١٢-٠١", True])
def test_a_day_is_written_as_iso_8601(value: Any) -> None:
    assert refusal_of({"on": value}) == "date-type"


def test_a_day_that_does_not_exist_is_refused() -> None:
    assert refusal_of({"on": "2026-02-30"}).startswith("date-")
    assert Offer.model_validate({"on": "2028-02-29"}).on == date(2028, 2, 29)


@pytest.mark.parametrize("value", ["\u200b", "\ufeff \u200d", "\u2060"])
def test_a_name_that_nobody_can_see_is_none(value: str) -> None:
    assert refusal_of({"name": value}) == "string-too-short"


def test_a_password_means_the_same_however_its_marks_are_typed() -> None:
    composed, apart = "một câu dài dễ nhớ", "mo\u0323\u0302t ca\u0302u da\u0300i de\u0302\u0303 nho\u031b\u0301"
    kept = UserCreate(full_name="Người Thử", email="a@b.example", password=apart)
    shown = SignInRequest(identifier="a@b.example", password=apart)
    assert (kept.password, shown.password) == (composed, composed)
