"""From rows to what the API says about them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from market.certificates.answers import certificate_mark
from market.listings.facts import AnyListing, weekly_capacity
from market.listings.models import Listing
from market.listings.schemas import (
    CapacityOut,
    ListingCard,
    ListingOut,
    PriceTier,
)
from market.organizations.answers import organization_mark
from market.reference.catalogue import Catalogue
from market.reference.records import Version
from market.reference.schemas import ConceptMark, ProvinceOut

PLAIN = ("id", "title", "unit", "price_vnd", "moq", "packaging", "cold_chain", "published_at", "version")
MORE = (
    "description",
    "variety",
    "grade",
    "growing_area",
    "concept_source",
    "confidence",
    "shelf_life_days",
    "status",
    "created_at",
    "updated_at",
)


def price_for_kg(listing: AnyListing, *, catalogue: Catalogue) -> Decimal | None:
    """Đồng for a kilogram, where the unit has a fixed weight."""
    weight = catalogue.to_kg(Decimal(1), catalogue.unit(listing.unit))
    if listing.price_vnd is None or not weight:
        return None
    return (Decimal(listing.price_vnd) / weight).quantize(Decimal("0.01"))


@lru_cache(maxsize=2048)
def _concept_mark(catalogue: Catalogue, concept_id: str) -> ConceptMark:
    return ConceptMark.named(catalogue, concept_id)


@lru_cache(maxsize=512)
def _place(catalogue: Catalogue, code: str, version: Version) -> ProvinceOut:
    return ProvinceOut.within(catalogue, catalogue.province(code, version))


def _card_fields(listing: AnyListing, catalogue: Catalogue, weeks: Mapping[int, Decimal]) -> dict[str, Any]:
    return {
        **{name: getattr(listing, name) for name in PLAIN},
        "concept": _concept_mark(catalogue, listing.concept_id) if listing.concept_id else None,
        "organization": organization_mark(listing.organization),
        "province": _place(catalogue, listing.province_code, listing.province_version),
        "price_vnd_kg": price_for_kg(listing, catalogue=catalogue),
        "available_from": min((window.starts_on for window in listing.capacity), default=None),
        "available_to": max((window.ends_on for window in listing.capacity), default=None),
        "weekly_kg": catalogue.to_kg(max(weeks.values()), catalogue.unit(listing.unit)) if weeks else None,
        "certificates": [certificate_mark(certificate) for certificate in listing.certificates],
    }


def listing_card(
    listing: AnyListing, *, catalogue: Catalogue, weeks: Mapping[int, Decimal] | None = None
) -> ListingCard:
    """The listing in a list.

    Args:
        weeks: its `weekly_capacity`, where that is known already.
    """
    return ListingCard.model_construct(**_card_fields(listing, catalogue, weeks or weekly_capacity(listing.capacity)))


def listing_out(listing: Listing, *, catalogue: Catalogue) -> ListingOut:
    """The whole listing."""
    return ListingOut.model_construct(
        **_card_fields(listing, catalogue, weekly_capacity(listing.capacity)),
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
