"""A listing that is to be sold by another unit: what is counted in the old one must be said anew.

The rule. Price, tiers, least order, capacity and weight are numbers of the unit. Whoever changes the unit sends those
that the listing has; the refusal offers each of them converted where both units have a weight. A weight of one unit is
dropped when the new unit has a fixed one.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pydantic import ValidationError

from market.core.errors import FieldError, ValidationFailed
from market.core.language import Message
from market.core.money import whole_vnd
from market.core.validation import field_errors
from market.core.values.numbers import said_money, spelled
from market.listings.models import Listing
from market.listings.schemas import ListingUpdate
from market.reading.units import unit_ratio
from market.reference.catalogue import Catalogue

STILL_OF_THE_OLD_UNIT = Message(
    vi="Đổi từ {was} sang {now}: hãy gửi kèm {field}, nếu không số cũ ({old}) sẽ thành của một {now}.{vi_near}",
    en="From {was} to {now}: send {field} along, or the old number ({old}) would be one of {now}.{en_near}",
)
THOUSANDTH = Decimal("0.001")


def unit_errors(catalogue: Catalogue, listing: Listing, listing_in: ListingUpdate) -> list[FieldError]:
    """Fields that would keep numbers of the old unit, each with what they are in the new one."""
    if listing_in.unit in (None, listing.unit):
        return []
    sent = listing_in.model_fields_set
    weight = listing_in.kg_each if "kg_each" in sent else None
    was, now = catalogue.unit(listing.unit), catalogue.unit(str(listing_in.unit))
    ratio = unit_ratio((was, listing.kg_each), (now, weight))
    names = {"was": was.name_vi, "now": now.name_vi}
    return [
        FieldError(
            f"/{name}", "unit-changes", STILL_OF_THE_OLD_UNIT, {**names, "field": name, **_shown(old, near)}, near
        )
        for name, old, near in _counted(listing, ratio)
        if name not in sent
    ]


def in_its_unit(listing: Listing, listing_in: ListingUpdate) -> ListingUpdate:
    """The change with its numbers in the unit of the listing, where it names no other.

    Raises:
        ValidationFailed: a number is for a unit that cannot be turned into it.
    """
    try:
        return listing_in.beside(listing.unit, listing.kg_each)
    except ValidationError as error:
        raise ValidationFailed(errors=field_errors(error.errors(include_input=False))) from None


def require_counted_anew(catalogue: Catalogue, listing: Listing, listing_in: ListingUpdate) -> None:
    """A new unit comes with new numbers; the weight of one of the old unit is dropped beside a unit that has one.

    Raises:
        ValidationFailed: numbers of the old unit would stay.
    """
    if listing_in.unit in (None, listing.unit):
        return
    if errors := unit_errors(catalogue, listing, listing_in):
        raise ValidationFailed(errors=errors)
    if "kg_each" not in listing_in.model_fields_set and catalogue.unit(str(listing_in.unit)).kg_factor is not None:
        listing.kg_each = None


def _shown(old: str, near: tuple[str, ...]) -> dict[str, str]:
    told = ", ".join(near)
    return {
        "old": old,
        "vi_near": f" Quy đổi: {told}." if near else "",
        "en_near": f" Converted: {told}." if near else "",
    }


def _counted(listing: Listing, ratio: Decimal | None) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each field that is counted in the unit: its name, what it says, and that for the new unit."""
    if listing.price_vnd:
        near = (said_money(Decimal(whole_vnd(listing.price_vnd * ratio))),) if ratio else ()
        yield "price_vnd", said_money(Decimal(listing.price_vnd)), near
    if listing.moq is not None:
        yield "moq", spelled(listing.moq), _amounts([listing.moq], ratio)
    if listing.price_tiers:
        yield (
            "price_tiers",
            ", ".join(f"{tier['min_quantity']}: {tier['price_vnd']}" for tier in listing.price_tiers),
            (),
        )
    if listing.capacity:
        quantities = [window.quantity for window in listing.capacity]
        yield "capacity", ", ".join(map(spelled, quantities)), _amounts(quantities, ratio)


def _amounts(quantities: list[Decimal], ratio: Decimal | None) -> tuple[str, ...]:
    return tuple(spelled((quantity / ratio).quantize(THOUSANDTH)) for quantity in quantities) if ratio else ()
