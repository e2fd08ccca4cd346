"""Listings read again after a decision: in pieces, each in a transaction of its own, behind live traffic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import SYSTEM
from market.core.changes import Change, record_changes
from market.core.followers import Follower
from market.core.job_queue import enqueue
from market.core.jobs import Job
from market.listings.models import Listing
from market.listings.service import goods_columns
from market.reference.catalogue import Catalogue
from market.reference.decisions import decisions_in_force
from market.reference.models import GoodsName
from market.reference.types import catalogue_of_now
from market.vietnamese.text import fold, words

REREAD = "reread_listings"
CHUNK = 2000


def _carrying(names: Sequence[str], key: str) -> Any:
    """Whose title has all the words of one of these names."""
    texts = [
        and_(*(Listing.search_text.contains(f" {fold(word)} ", autoescape=True) for word in words(name)))
        for name in dict.fromkeys(names)
        if words(name)
    ]
    return or_(Listing.name_key == key, *texts)


def _concerned(names: Sequence[str], key: str, after: UUID | None) -> Select[Listing]:
    rows = select(Listing).where(Listing.certainty != "given", _carrying(names, key)).order_by(Listing.id).limit(CHUNK)
    return rows if after is None else rows.where(Listing.id > after)


async def reread(session: AsyncSession, payload: Mapping[str, Any]) -> None:
    """Read the goods of some listings again, and leave the rest to the next job."""
    name = await session.get(GoodsName, UUID(payload["name"]))
    if name is None:
        return
    catalogue = await catalogue_of_now(session)
    decided = [d.name for d in await decisions_in_force(session) if d.name_id == name.id]
    after = UUID(payload["after"]) if "after" in payload else None
    rows = (await session.scalars(_concerned([name.name, *decided], name.key, after).with_for_update())).all()
    changed = [row for row in rows if _read_again(row, catalogue)]
    await record_changes(session, SYSTEM, changed, verb="reread")
    if len(rows) == CHUNK:
        await enqueue(session, REREAD, {"name": payload["name"], "after": str(rows[-1].id)})


def _read_again(listing: Listing, catalogue: Catalogue) -> bool:
    """Whether the goods of a listing are others now."""
    changed = False
    for column, value in goods_columns(listing, catalogue).items():
        if getattr(listing, column) != value:
            setattr(listing, column, value)
            changed = True
    return changed


REREAD_JOB = Job(REREAD, reread)


def names_follower() -> Follower:
    """Puts names that nothing explains into the queue of officers, each once."""

    async def handle(session: AsyncSession, changes: Sequence[Change]) -> None:
        ids = {change.entity_id for change in changes}
        rows = await session.execute(
            select(Listing.name_key, Listing.title, Listing.category_id, Listing.may_be)
            .where(Listing.id.in_(ids), Listing.name_key.is_not(None))
            .order_by(Listing.id)
        )
        new = {
            key: GoodsName(key=key, name=title, category_id=category, may_be=may_be, state="open")
            for key, title, category, may_be in rows
        }
        if not new:
            return
        known = set(await session.scalars(select(GoodsName.key).where(GoodsName.key.in_(new))))
        await record_changes(session, SYSTEM, [row for key, row in new.items() if key not in known], verb="appear")

    return Follower(name="names", handle=handle, entities=frozenset({"listing"}), diffs_unread=frozenset({"listing"}))
