"""From rows to what the API says about them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from market.certificates.answers import certificate_mark
from market.listings.facts import AnyListing, ListingFacts, WholeListing, weekly_capacity
from market.listings.models import Listing
from market.listings.schemas import (
    CapacityOut,
    FoundListing,
    ListingCard,
    ListingOut,
    PriceTier,
)
from market.organizations.answers import organization_mark
from market.photos.addresses import photo_mark
from market.reference.catalogue import Catalogue
from market.reference.records import Certainty, Version
from market.reference.schemas import ConceptMark, GoodsOut, ProvinceOut, commune_out

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


def is_public(listing: AnyListing) -> bool:
    """Whether everybody may see it; facts are of public listings only."""
    if isinstance(listing, WholeListing):
        return listing.is_public
    if isinstance(listing, ListingFacts):
        return True
    return listing.status == "published" and listing.organization.status == "active"


def price_for_kg(listing: AnyListing, *, catalogue: Catalogue) -> Decimal | None:
    """Đồng for a kilogram, where the unit has a fixed weight."""
    weight = catalogue.to_kg(Decimal(1), catalogue.unit(listing.unit))
    if listing.price_vnd is None or not weight:
        return None
    return (Decimal(listing.price_vnd) / weight).quantize(Decimal("0.01"))


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
        "price_vnd_kg": price_for_kg(listing, catalogue=catalogue),
        "available_from": min((window.starts_on for window in listing.capacity), default=None),
        "available_to": max((window.ends_on for window in listing.capacity), default=None),
        "weekly_kg": catalogue.to_kg(max(weeks.values()), catalogue.unit(listing.unit)) if weeks else None,
        "photo": photo_mark(listing.photo, public=is_public(listing)),
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


def listing_out(listing: Listing | WholeListing, *, catalogue: Catalogue) -> ListingOut:
    """The whole listing."""
    return ListingOut.model_construct(
        **_card_fields(listing, catalogue, weekly_capacity(listing.capacity)),
        **{name: getattr(listing, name) for name in MORE},
        price_tiers=[PriceTier.model_validate(tier) for tier in listing.price_tiers],
        capacity=[
            CapacityOut.model_construct(from_=w.starts_on, to=w.ends_on, quantity=w.quantity, per=w.per)
            for w in listing.capacity
        ],
    )


def found_listing(listing: Listing, *, catalogue: Catalogue) -> FoundListing:
    """One of an organization's own listings, in the shape of a search."""
    return FoundListing.model_construct(**listing_card(listing, catalogue=catalogue).__dict__, tier="exact")
