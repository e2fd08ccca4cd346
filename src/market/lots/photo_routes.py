"""Photos of lots: whose they are, who sees them, and their addresses."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.lots import queries
from market.lots.models import Lot
from market.lots.policy import is_public, require_can_edit
from market.photos.models import SubjectKind
from market.photos.subject_routes import PhotoWords, photo_routes


class LotPhotos:
    """What photos of lots are of."""

    kind: SubjectKind = "lot"
    collection = "lots"

    async def get(self, session: AsyncSession, actor: Actor, subject_id: UUID, *, lock: bool = False) -> Lot:
        """A visible lot."""
        return await queries.get_lot(session, actor, subject_id, lock=lock)

    def require_can_edit(self, actor: Actor, row: Lot) -> None:
        """Members of its organization; lots of archived listings stay as they are."""
        require_can_edit(actor, row)

    def organization_of(self, row: Lot) -> UUID:
        return row.organization_id

    def title_of(self, row: Lot) -> str:
        return f"{row.listing.title} {row.code}"

    def is_public(self, row: Lot) -> bool:
        return is_public(row)

    def public_ids(self) -> Select[UUID]:
        return queries.public_lots().with_only_columns(Lot.id)


LOT_PHOTOS = LotPhotos()


routes = photo_routes(
    LOT_PHOTOS,
    PhotoWords(
        operations="Lot",
        parameter="lot_id",
        of_whom="a lot",
        listing="Whoever sees the lot sees them. All of them at once, without `limit`: there are few.",
        adding="For members of the organization. It is turned upright and freed of place and time, and stands "
        "last; the one that stands first is on the page of the label.",
        editing="For members of the organization; `position` counts from the first, which stands on the page of "
        "the label.",
        removing="For members of the organization; the page of the label shows it no more at once.",
    ),
)
