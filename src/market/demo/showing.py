"""Gives the listings of the demo story their pictures, which a process of its own draws."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.access import SYSTEM
from market.core.blobs import BlobStore, digest_of, lock_of, put_blob
from market.core.changes import record_changes, record_new
from market.core.child import Child
from market.core.ids import new_id
from market.demo.looks import Look, look_of
from market.demo.seeds import Story
from market.listings.models import Listing
from market.organizations.models import Organization
from market.photos.addresses import cover_of
from market.photos.models import Photo
from market.photos.order import Made
from market.reference.catalogue import Catalogue
from market.reference.types import known_catalogue

Sessions = async_sessionmaker[AsyncSession]


@asynccontextmanager
async def drawing(sessions: Sessions, story: Story) -> AsyncIterator[asyncio.Task[Mapping[Look, Made]] | None]:
    """While the story is told for the first time its goods are drawn; later there is nothing to draw."""
    async with sessions() as session:
        catalogue = await known_catalogue(session)
        begun = await session.scalar(select(Photo.id).limit(1)) is not None or not catalogue.concepts
    looks = [] if begun else list(dict.fromkeys(_look(good.good, catalogue) for good in story.goods))
    task = asyncio.create_task(_drawn(looks)) if looks else None
    try:
        yield task
    finally:
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _look(concept: str, catalogue: Catalogue) -> Look:
    return look_of(concept, catalogue.concept(concept).category)


async def _drawn(looks: Collection[Look]) -> Mapping[Look, Made]:
    painter = Child("market.demo.drawing")
    try:
        answer = await painter.ask(msgspec.msgpack.encode(list(looks)))
    finally:
        await painter.close()
    return dict(zip(looks, msgspec.msgpack.decode(answer, type=list[Made]), strict=True))


async def show_goods(
    sessions: Sessions, story: Story, *, pictures: asyncio.Task[Mapping[Look, Made]] | None, store: BlobStore
) -> int:
    """Give each listing of the story that never had a photo the picture of its goods. Returns how many.

    Args:
        pictures: where they are being drawn already; else they are drawn when any is wanted.

    Raises:
        Unavailable: the process that draws them died, or the store takes none.
    """
    async with sessions.begin() as session:
        catalogue, listings = await known_catalogue(session), await _bare_listings(session, story)
        if not listings:
            return 0
        looks = [_look(listing.concept_id or "", catalogue) for listing in listings]
        drawn = await (pictures or _drawn(set(looks)))
        stored = {look: await _stored(session, store, drawn[look]) for look in dict.fromkeys(looks)}
        rows = [stored[look] | _columns(listing) for look, listing in zip(looks, listings, strict=True)]
        await record_new(session, SYSTEM, Photo, rows, details=[{}] * len(rows))
        for listing, row in zip(listings, rows, strict=True):
            listing.photo = cover_of(Photo(**row))
        details = [{"photos": [row["id"]]} for row in rows]
        await record_changes(session, SYSTEM, listings, verb="show", details=details)
    return len(rows)


async def _bare_listings(session: AsyncSession, story: Story) -> Sequence[Listing]:
    had = select(Photo.subject_id).where(Photo.subject == "listing")
    names = [organization.name for organization in story.organizations]
    goods = [good.good for good in story.goods]
    rows = (
        select(Listing)
        .join(Organization, Organization.id == Listing.organization_id)
        .where(Organization.name.in_(names), Listing.concept_id.in_(goods), Listing.id.not_in(had))
        .order_by(Listing.id)
    )
    return (await session.scalars(rows)).all()


async def _stored(session: AsyncSession, store: BlobStore, made: Made) -> dict[str, Any]:
    """A picture in the store, as columns of a photo."""
    hashes = []
    for body in (made.small, made.large):
        sha256 = await digest_of(body)
        await session.execute(select(func.pg_advisory_xact_lock_shared(lock_of(sha256))))
        hashes.append(await put_blob(store, body, sha256=sha256))
    return {
        "small_sha256": hashes[0],
        "large_sha256": hashes[1],
        "thumbhash": made.thumbhash,
        "width": made.width,
        "height": made.height,
        "size": len(made.small) + len(made.large),
    }


def _columns(listing: Listing) -> dict[str, Any]:
    return {
        "id": new_id(),
        "subject": "listing",
        "subject_id": listing.id,
        "organization_id": listing.organization_id,
        "place": 1,
        "alt": f"{listing.title} (tranh minh họa)"[:200],
        "signing_key": secrets.token_urlsafe(24),
    }
