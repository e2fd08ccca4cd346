"""Prices and amounts that name a unit of their own are turned into the body's, or refused with what is right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from market.listings.schemas import ListingCreate
from market.lots.schemas import LotCreate
from market.needs.schemas import NeedLineIn
from market.reference.catalogue import Catalogue
from market.reference.types import remember

LISTING = {"title": "Thanh long ruột đỏ", "province": {"code": "82", "version": "2025"}}
NEED = {"concept": "dragon-fruit-red", "from": "2027-01-04", "to": "2027-01-31"}


@pytest.mark.parametrize(
    ("unit", "price", "meant"),
    [
        ("kg", "1,5 triệu/tạ", 15000), ("kg", "200.000đ/kg", 200_000), ("tạ", "28k/kg", 2_800_000),
        ("hộp 400g", "35000đ/hộp 400g", 35000), ("KGM", "28 đ", 28), ("kg", 28, 28), ("kg", "25k", 25000),
    ],
)  # fmt: skip
def test_a_price_is_for_the_unit_of_its_listing(catalogue: Catalogue, unit: str, price: Any, meant: int) -> None:
    remember(catalogue)
    assert ListingCreate.model_validate(LISTING | {"unit": unit, "price_vnd": price}).price_vnd == meant


@pytest.mark.parametrize(
    ("unit", "price", "code", "suggestions"),
    [
        ("kg", "28", "ambiguous", ("28000", "28 đ")), ("kg", "180", "ambiguous", ("180000", "180 đ")),
        ("kg", "28.000/kg", "ambiguous", ("28000 đ/kg", "28 đ/kg")), ("kg", "30.000đ/quả", "other_unit", ()),
        ("kg", "35000đ/hộp 400g", "other_unit", ("87500",)), ("kg", "28.000/xyz", "unknown_unit", None),
    ],
)  # fmt: skip
def test_what_may_be_meant_otherwise_is_refused_with_its_readings(
    catalogue: Catalogue, unit: str, price: str, code: str, suggestions: tuple[str, ...] | None
) -> None:
    remember(catalogue)
    with pytest.raises(ValidationError) as refused:
        ListingCreate.model_validate(LISTING | {"unit": unit, "price_vnd": price, "moq": "x"})
    errors = {error["loc"]: error for error in refused.value.errors()}
    assert errors.keys() == {("price_vnd",), ("moq",)}, "every error at once"
    error = errors["price_vnd",]
    assert error["type"] == code
    assert suggestions is None or error["ctx"]["suggestions"] == suggestions


def test_amounts_are_read_with_their_unit_and_how_often(catalogue: Catalogue) -> None:
    remember(catalogue)
    window = {"from": "2027-01-04", "to": "2027-01-31", "quantity": "2 tấn/tuần"}
    listing = ListingCreate.model_validate(LISTING | {"unit": "kg", "moq": "nửa tấn", "capacity": [window]})
    assert (listing.moq, listing.capacity[0].quantity) == (Decimal(500), Decimal(2000))
    assert listing.capacity[0].per == "week"
    need = NeedLineIn.model_validate(NEED | {"unit": "kg", "quantity": "500 kg mỗi ngày"})
    assert need.quantity == Decimal(500)
    assert need.per == "day"
    assert NeedLineIn.model_validate(NEED | {"unit": "kg", "quantity": "500", "per": "hằng tuần"}).per == "week"
    for wrong in ({"quantity": "500 kg/ngày", "per": "week"}, {"quantity": "500 kg/năm"}):
        with pytest.raises(ValidationError):
            NeedLineIn.model_validate(NEED | {"unit": "kg", **wrong})


@pytest.mark.parametrize("unit", ["kg", "chục", "tấn", "thùng", "trái", "bó", "lít"])
def test_a_lot_is_counted_in_any_unit_people_name(catalogue: Catalogue, unit: str) -> None:
    remember(catalogue)
    body = {"code": "TL-01", "harvested_from": "2026-11-20", "harvested_to": "2026-11-22", "quantity": "18"}
    assert catalogue.find_unit(LotCreate.model_validate(body | {"unit": unit}).unit) is not None
