"""A domain of the tests: stalls, with as little as a searchable thing can have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, Select, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from market.core.access import SYSTEM
from market.core.changes import Change, record_changes
from market.core.db import Entity
from market.search.index import SearchIndex
from market.vietnamese.text import fold
from market.vietnamese.tone_keys import tone_key


class Stall(Entity):
    """Something on offer; a closed one may be seen by nobody."""

    __tablename__ = "stall"
    metadata = MetaData()

    title: Mapped[str]
    concept: Mapped[str] = mapped_column(default="mango")
    price_vnd: Mapped[int] = mapped_column(default=20_000)
    open: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str] = mapped_column(default="")


def document(stall: Stall) -> dict[str, Any]:
    return listing(
        str(stall.id), title=stall.title, concepts=[stall.concept], price_vnd_kg=stall.price_vnd, version=stall.version
    )


def listing(id_: str, *, title: str, version: int = 1, **fields: Any) -> dict[str, Any]:
    """A document as listings have it; what is not given is as for a stall that everybody wants."""
    concepts = fields.get("concepts", ["mango"])
    card = {"id": id_, "title": title, "version": version}
    return {
        "id": id_,
        "title": title,
        "description": "",
        "organization_name": "",
        "concept": concepts[0],
        "concepts": concepts,
        "concept_names": [],
        "keys": tone_key(title),
        "title_keys": tone_key(title),
        "commodities": concepts,
        "form": "fresh",
        "category": "fruit",
        "categories": [fields.get("category", "fruit")],
        "provinces": ["2025:82"],
        "province": "82",
        "regions": ["2025:DBSCL", "2008:DBSCL"],
        "valid_until": {},
        "price_vnd": fields.get("price_vnd_kg", 20_000),
        "price_vnd_kg": 20_000,
        "capacity_kg_week": 1000,
        "weeks": [202649],
        "published_at": 1,
        "card": card,
    } | fields


async def _load(session: AsyncSession, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    rows = await session.scalars(select(Stall).where(Stall.id.in_(ids), Stall.open))
    return [document(stall) for stall in rows]


async def _affected(_session: AsyncSession, changes: Sequence[Change]) -> set[UUID]:
    return {change.entity_id for change in changes if change.entity == "stall"}


def _public_ids() -> Select[UUID]:
    return select(Stall.id).where(Stall.open)


STALLS = SearchIndex(name="listings", load=_load, affected=_affected, public_ids=_public_ids)


async def make_stall_table(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await connection.run_sync(Stall.metadata.create_all)


async def open_stalls(session: AsyncSession, *titles: str, **fields: Any) -> list[Stall]:
    """Write stalls as a service would, change entries included; the caller commits."""
    stalls = [Stall(title=title, search_text=f" {fold(title)} ", **fields) for title in titles]
    await record_changes(session, SYSTEM, stalls, verb="create")
    return stalls
