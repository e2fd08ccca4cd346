"""A need as the search engine holds it: public facts only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.changes import Change
from market.needs.answers import need_out, weekly_demand, weekly_kg
from market.needs.models import Need
from market.needs.queries import needs_by_id, published_needs
from market.reading.specifying import specification_facets
from market.reference.catalogue import Catalogue
from market.reference.goods_catalogue import concept_names
from market.reference.types import known_catalogue
from market.search.index import SearchIndex
from market.search.places import place_fields
from market.vietnamese.tone_keys import tone_key

NEVER = 32_503_680_000
"""Unix seconds of the year 3000: a need without a deadline."""


def need_document(need: Need, *, catalogue: Catalogue) -> dict[str, Any]:
    """The document of a published need; its `card` is what the API answers."""
    recorded = catalogue.province(need.province_code, need.province_version)
    accepted = dict.fromkeys(id_ for line in need.lines for id_ in line.accepted)
    concepts = [catalogue.concept(id_) for id_ in accepted]
    names = [name for concept in concepts for name in concept_names(concept)]
    names += [line.name for line in need.lines if line.name and line.concept_id is None]
    commodities = {catalogue.goods(concept.id).commodity for concept in concepts}
    categories = {group for line in need.lines for group in catalogue.category_line(line.category_id)}
    broader = {ancestor for concept in concepts for ancestor in catalogue.ancestors(concept.id)}
    ceilings = [line.price_ceiling_vnd for line in need.lines if line.price_ceiling_vnd is not None]
    weekly = [kg for line in need.lines if (kg := weekly_kg(line, catalogue=catalogue)) is not None]
    return {
        "id": str(need.id),
        "title": need.title,
        "description": (need.description or "")[:500],
        "organization_name": need.organization.name,
        "organization": str(need.organization_id),
        "concept": [concept.id for concept in concepts],
        "concepts": sorted({concept.id for concept in concepts} | broader),
        "concept_names": names,
        "commodities": sorted({id_ for c in commodities for id_ in (c, *catalogue.ancestors(c))}),
        "category": sorted({line.category_id for line in need.lines}),
        "categories": sorted(categories),
        "form": sorted({catalogue.goods(concept.id).form or "fresh" for concept in concepts}),
        "keys": tone_key(" ".join([need.title, *names, need.organization.name])),
        "title_keys": tone_key(need.title),
        **place_fields(recorded, catalogue=catalogue),
        "required": sorted({r.replace(":", "-") for line in need.lines for r in line.required_certificates}),
        "price_ceiling_vnd_kg": max(ceilings, default=None),
        "quantity_kg_week": float(max(weekly)) if weekly else None,
        "weeks": sorted({week for line in need.lines for week in weekly_demand(line)}),
        **_specifications(need, catalogue),
        "deadline": int(clock.end_of_day(need.deadline).timestamp()) if need.deadline else NEVER,
        "published_at": int(need.published_at.timestamp()) if need.published_at else 0,
        "updated_at": int(need.updated_at.timestamp()),
        "card": need_out(need, catalogue=catalogue).model_dump(mode="json"),
    }


def _specifications(need: Need, catalogue: Catalogue) -> dict[str, list[str]]:
    """The grades, sizes and packings that its lines ask for."""
    found: dict[str, set[str]] = {}
    for line in need.lines:
        sent = {"grade": line.grade, "size": line.size, "packaging": line.packaging}
        told = specification_facets(catalogue, sent, concept=line.concept_id, category=line.category_id)
        for kind, values in told.items():
            found.setdefault(kind, set()).update(values)
    return {kind: sorted(values) for kind, values in found.items()}


async def need_documents(session: AsyncSession, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The documents of those needs that everybody may see."""
    catalogue = await known_catalogue(session)
    found = await needs_by_id(session, published_needs(), ids)
    return [need_document(need, catalogue=catalogue) for need in found]


def public_need_ids() -> Select[UUID]:
    """The ids of all needs that have a document."""
    return published_needs().with_only_columns(Need.id)


async def affected_needs(session: AsyncSession, changes: Sequence[Change]) -> set[UUID]:
    """The needs whose documents a batch of the log touches: their own changes and their organization's."""
    found = {change.entity_id for change in changes if change.entity == "need"}
    organizations = {change.entity_id for change in changes if change.entity == "organization"}
    if organizations:
        found |= set(await session.scalars(select(Need.id).where(Need.organization_id.in_(organizations))))
    return found


INDEX = SearchIndex(name="needs", load=need_documents, affected=affected_needs, public_ids=public_need_ids)
