"""A listing as the search engine holds it: public facts only. What expires is a timestamp, compared when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.validity import valid_until
from market.core.changes import Change
from market.listings.answers import free_weeks, listing_card, price_for_kg, weekly_kg
from market.listings.facts import AnyListing, known_price, published_facts
from market.listings.models import HOLDERS, CapacityReservation, Listing, listing_certificate
from market.listings.queries import published_listings
from market.reading.localities import names_around
from market.reading.specifying import specification_facets
from market.reference.catalogue import Catalogue
from market.reference.goods import FRESH
from market.reference.goods_catalogue import concept_names
from market.reference.records import CommuneVersion, Concept, Goods, Version
from market.reference.types import known_catalogue
from market.search.index import SearchIndex
from market.search.places import place_fields
from market.vietnamese.text import fold, words
from market.vietnamese.tone_keys import tone_key


@lru_cache(maxsize=2048)
def _goods_fields(concept_id: str | None, category: str, catalogue: Catalogue) -> Mapping[str, Any]:
    """What every document of these goods says of them."""
    placed = {"category": category, "categories": list(catalogue.category_line(category))}
    if concept_id is None:
        return placed | {"concept": None, "concepts": [], "commodities": [], "form": None, "concept_names": []}
    concept, goods = catalogue.concept(concept_id), catalogue.goods(concept_id)
    return placed | {
        "concept": concept.id,
        "concepts": [concept.id, *catalogue.ancestors(concept.id)],
        "commodities": _commodities(concept.id, goods, catalogue),
        "form": goods.form or FRESH,
        "concept_names": _names(concept, goods, catalogue),
    }


def _commodities(concept_id: str, goods: Goods, catalogue: Catalogue) -> list[str]:
    """What the goods are made of, and what their wider goods are: măng ớt is bamboo shoot as măng chua is."""
    wider = [catalogue.goods(above).commodity for above in catalogue.ancestors(concept_id)]
    return list(dict.fromkeys([goods.commodity, *catalogue.ancestors(goods.commodity), *wider]))


def _names(concept: Concept, goods: Goods, catalogue: Catalogue) -> list[str]:
    """Every name of the goods; a pair that only its id spells goes by those of its commodity too."""
    own = concept_names(concept)
    return list(own) if goods.commodity == concept.id or concept.names else [
        *own, *concept_names(catalogue.concept(goods.commodity))
    ]  # fmt: skip


@lru_cache(maxsize=512)
def _place_fields(code: str, version: Version, catalogue: Catalogue) -> Mapping[str, Any]:
    return place_fields(catalogue.province(code, version), catalogue=catalogue)


@lru_cache(maxsize=4096)
def _names_around(code: str | None, version: CommuneVersion | None, catalogue: Catalogue) -> tuple[str, ...]:
    if code is None or version is None:
        return ()
    return names_around(catalogue, catalogue.places.commune(code, version))


@lru_cache(maxsize=4096)
def _keys_of(name: str) -> str:
    """The tone keys of words that come again: names of goods, of an organization."""
    return tone_key(name)


@lru_cache(maxsize=4096)
def _names_of_kinds(concept_id: str, catalogue: Catalogue) -> Sequence[tuple[str, frozenset[str]]]:
    """The kinds of some goods, each with the words of one of its Vietnamese names, without marks."""
    return [
        (kind, frozenset(fold(word) for word in words(name)))
        for kind in catalogue.kinds(concept_id)
        if kind != concept_id
        for name in (catalogue.concept(kind).name_vi, *(n.name for n in catalogue.concept(kind).names))
    ]


def _kinds_named(listing: AnyListing, catalogue: Catalogue) -> list[str]:
    """Narrower goods whose name stands in the title with words between: nước mắm nhĩ Phú Quốc is found as nước mắm
    Phú Quốc too, whatever its author chose."""
    if listing.concept_id is None or not (kinds := _names_of_kinds(listing.concept_id, catalogue)):
        return []
    title = {fold(word) for word in words(listing.title)}
    return sorted({kind for kind, named in kinds if named <= title})


def listing_names(listing: AnyListing, *, catalogue: Catalogue) -> dict[str, Any]:
    """The part of a published listing's document that says what it is, whose and where: quickly made."""
    goods = _goods_fields(listing.concept_id, listing.category_id, catalogue)
    return {
        "id": str(listing.id),
        "title": listing.title,
        "description": (listing.description or "")[:500],
        "organization_name": listing.organization.name,
        "organization": str(listing.organization_id),
        **goods,
        "concepts": [*goods["concepts"], *_kinds_named(listing, catalogue)],
        "may_be": list(listing.may_be),
        **_place_fields(listing.province_code, listing.province_version, catalogue),
        "valid_until": valid_until(
            listing.certificates, listing.concept_id or "", growing_area=listing.growing_area, catalogue=catalogue
        ),
        "published_at": int(listing.published_at.timestamp()) if listing.published_at else 0,
    }


def listing_document(listing: AnyListing, *, catalogue: Catalogue) -> dict[str, Any]:
    """The document of a published listing; its `card` is what the API answers."""
    named = listing_names(listing, catalogue=catalogue)
    weeks = free_weeks(listing)
    unit = catalogue.unit(listing.unit)
    price_kg = price_for_kg(listing, catalogue=catalogue)
    moq_kg = catalogue.to_kg(listing.moq, unit) if listing.moq is not None else None
    around = _names_around(listing.commune_code, listing.commune_version, catalogue)
    free_kg = weekly_kg(listing, catalogue=catalogue, weeks=weeks)
    keys = [
        tone_key(f"{listing.title} {listing.variety or ''}"),
        _keys_of(" ".join(named["concept_names"])),
        _keys_of(listing.organization.name),
        _keys_of(" ".join(around)),
    ]
    return {
        **named,
        "keys": " ".join(filter(None, keys)),
        "title_keys": keys[0],
        "places": list(around),
        "price_vnd": known_price(listing),
        "price_vnd_kg": float(price_kg) if price_kg is not None else None,
        "moq_kg": float(moq_kg) if moq_kg is not None else None,
        "capacity_kg_week": float(free_kg) if free_kg is not None else None,
        "weeks": sorted(weeks),
        **specification_facets(
            catalogue,
            {"grade": listing.grade, "size": listing.size, "packaging": listing.packaging},
            concept=listing.concept_id,
            category=listing.category_id,
        ),
        "updated_at": int(listing.updated_at.timestamp()),
        "card": listing_card(listing, catalogue=catalogue, weeks=weeks).model_dump(mode="json"),
    }


async def listing_documents(session: AsyncSession, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The documents of those listings that everybody may see."""
    catalogue = await known_catalogue(session)
    return [listing_document(listing, catalogue=catalogue) for listing in await published_facts(session, ids)]


def public_listing_ids() -> Select[UUID]:
    """The ids of all listings that have a document."""
    return published_listings().with_only_columns(Listing.id)


async def affected_listings(session: AsyncSession, changes: Sequence[Change]) -> set[UUID]:
    """The listings whose documents a batch of the log touches.

    Their own, their certificates', their organization's, and the quotes' and agreements' that promise of them.
    """
    named: dict[str, set[UUID]] = {"listing": set(), "certificate": set(), "organization": set()}
    named |= {holder: set() for holder in HOLDERS}
    for change in changes:
        if change.entity in named:
            named[change.entity].add(change.entity_id)
    found = set(named["listing"])
    if named["certificate"]:
        attached = listing_certificate.c.certificate_id.in_(named["certificate"])
        found |= set(await session.scalars(select(listing_certificate.c.listing_id).where(attached)))
    if holders := set().union(*(named[holder] for holder in HOLDERS)):
        promised = CapacityReservation.holder_id.in_(holders)
        found |= set(await session.scalars(select(CapacityReservation.listing_id).where(promised)))
    if named["organization"]:
        theirs = Listing.organization_id.in_(named["organization"])
        found |= set(await session.scalars(select(Listing.id).where(theirs)))
    return found


INDEX = SearchIndex(name="listings", load=listing_documents, affected=affected_listings, public_ids=public_listing_ids)
