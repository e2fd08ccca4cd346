"""From rows to what the API says about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from market.certificates.answers import certificate_mark
from market.listings.facts import AnyListing, ListingFacts, WholeListing, free_capacity, known_price, weekly_capacity
from market.listings.models import Listing
from market.listings.schemas import (
    CapacityCalendar,
    CapacityOut,
    FoundListing,
    ListingCard,
    ListingOut,
    PriceTier,
    WeekOfCapacity,
)
from market.organizations.answers import organization_mark
from market.photos.addresses import photo_mark
from market.reference.cadence import iso_week, week_label
from market.reference.catalogue import Catalogue
from market.reference.goods_schemas import ConceptMark, GoodsOut
from market.reference.records import Certainty, Version
from market.reference.schemas import ProvinceOut, commune_out

PLAIN = ("id", "title", "unit", "price_until", "moq", "kg_each", "packaging", "cold_chain", "published_at", "version")
NOTHING = Decimal(0)
MORE = (
    "description",
    "variety",
    "grade",
    "size",
    "external_id",
    "growing_area",
    "concept_source",
    "confidence",
    "shelf_life_days",
    "status",
    "created_at",
    "updated_at",
)


def is_public(listing: AnyListing) -> bool:
    """Whether everybody may see it; facts are of public listings only."""
    if isinstance(listing, WholeListing):
        return listing.is_public
    if isinstance(listing, ListingFacts):
        return True
    return listing.status == "published" and listing.organization.status == "active"


def price_for_kg(listing: AnyListing, *, catalogue: Catalogue) -> Decimal | None:
    """Đồng for a kilogram, where the unit has a fixed weight or the listing says what one weighs."""
    weight = catalogue.to_kg(Decimal(1), catalogue.unit(listing.unit)) or listing.kg_each
    price = known_price(listing)
    if price is None or not weight:
        return None
    return (Decimal(price) / weight).quantize(Decimal("0.01"))


@lru_cache(maxsize=2048)
def _concept_mark(catalogue: Catalogue, concept_id: str) -> ConceptMark:
    return ConceptMark.named(catalogue, concept_id)


@lru_cache(maxsize=2048)
def _goods(
    catalogue: Catalogue,
    concept_id: str | None,
    category: str,
    certainty: Certainty,
    evidence: tuple[str, ...],
    may_be: tuple[str, ...],
    variety: str | None,
) -> GoodsOut:
    return GoodsOut.within(
        catalogue,
        concept_id=concept_id,
        category=category,
        certainty=certainty,
        evidence=evidence,
        may_be=may_be,
        variety=variety,
    )


@lru_cache(maxsize=512)
def _place(catalogue: Catalogue, code: str, version: Version) -> ProvinceOut:
    return ProvinceOut.within(catalogue, catalogue.province(code, version))


def weekly_kg(listing: AnyListing, *, catalogue: Catalogue, weeks: Mapping[int, Decimal]) -> Decimal | None:
    """The most that can be had in one week, in kilograms, where the unit has a weight.

    Args:
        weeks: what is free in each ISO week, in the listing's unit.
    """
    if not listing.capacity:
        return None
    most = max(weeks.values(), default=Decimal(0))
    weighed = catalogue.to_kg(most, catalogue.unit(listing.unit))
    return most * listing.kg_each if weighed is None and listing.kg_each is not None else weighed


def _card_fields(listing: AnyListing, catalogue: Catalogue, weeks: Mapping[int, Decimal]) -> dict[str, Any]:
    return {
        **{name: getattr(listing, name) for name in PLAIN},
        "concept": _concept_mark(catalogue, listing.concept_id) if listing.concept_id else None,
        "goods": _goods(
            catalogue,
            listing.concept_id,
            listing.category_id,
            listing.certainty,
            tuple(listing.evidence),
            tuple(listing.may_be),
            listing.variety,
        ),
        "organization": organization_mark(listing.organization),
        "province": _place(catalogue, listing.province_code, listing.province_version),
        "commune": commune_out(catalogue, listing.commune_code, listing.commune_version),
        "photo": photo_mark(listing.photo, public=is_public(listing)),
        "price_vnd": known_price(listing),
        "price_vnd_kg": price_for_kg(listing, catalogue=catalogue),
        "available_from": min((window.starts_on for window in listing.capacity), default=None),
        "available_to": max((window.ends_on for window in listing.capacity), default=None),
        "weekly_kg": weekly_kg(listing, catalogue=catalogue, weeks=weeks),
        "certificates": [certificate_mark(certificate) for certificate in listing.certificates],
    }


def free_weeks(listing: AnyListing, promised: Mapping[int, Decimal] | None = None) -> Mapping[int, Decimal]:
    """What is free in each ISO week, in the listing's unit."""
    if promised is None:
        promised = listing.reserved if isinstance(listing, ListingFacts) else {}
    return free_capacity(weekly_capacity(listing.capacity), promised)


def listing_card(
    listing: AnyListing, *, catalogue: Catalogue, weeks: Mapping[int, Decimal] | None = None
) -> ListingCard:
    """The listing in a list.

    Args:
        weeks: its `free_weeks`, where they are known already.
    """
    free = free_weeks(listing) if weeks is None else weeks
    return ListingCard.model_construct(**_card_fields(listing, catalogue, free))


def listing_out(
    listing: Listing | WholeListing, *, catalogue: Catalogue, promised: Mapping[int, Decimal] | None = None
) -> ListingOut:
    """The whole listing.

    Args:
        promised: what of each ISO week is promised already; nothing when left out.
    """
    return ListingOut.model_construct(
        **_card_fields(listing, catalogue, free_weeks(listing, promised)),
        **{name: getattr(listing, name) for name in MORE},
        price_tiers=[
            PriceTier(min_quantity=Decimal(tier["min_quantity"]), price_vnd=tier["price_vnd"])
            for tier in listing.price_tiers
        ],
        capacity=[
            CapacityOut.model_construct(from_=w.starts_on, to=w.ends_on, quantity=w.quantity, per=w.per)
            for w in listing.capacity
        ],
    )


def found_listing(listing: WholeListing, *, catalogue: Catalogue) -> FoundListing:
    """One of an organization's own listings, in the shape of a search."""
    fields = _card_fields(listing, catalogue, free_weeks(listing))
    return FoundListing.model_construct(**fields, tier="exact")


def capacity_calendar(
    listing: Listing, promised: Mapping[int, Decimal], *, today: date, for_seller: bool
) -> CapacityCalendar:
    """What a listing has in each ISO week from this one on.

    Args:
        promised: what of each week is promised, in the listing's unit.
        for_seller: whether what is offered and promised is told too.
    """
    offered = weekly_capacity(listing.capacity)
    weeks = sorted(week for week in offered.keys() | promised.keys() if week >= iso_week(today))
    rows = []
    for week in weeks:
        held, taken = offered.get(week, NOTHING), promised.get(week, NOTHING)
        own = {"offered": held, "promised": taken} if for_seller else {"offered": None, "promised": None}
        rows.append(WeekOfCapacity(week=week_label(week), free=max(NOTHING, held - taken), **own))
    return CapacityCalendar(unit=listing.unit, weeks=rows)
