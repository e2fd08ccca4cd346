"""Photos of listings: whose they are, who sees them, and their addresses."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.listings import queries
from market.listings.answers import is_public
from market.listings.models import Listing
from market.listings.policy import require_can_edit
from market.photos.models import SubjectKind
from market.photos.subject_routes import PhotoWords, photo_routes


class ListingPhotos:
    """What photos of listings are of."""

    kind: SubjectKind = "listing"
    collection = "listings"

    async def get(self, session: AsyncSession, actor: Actor, subject_id: UUID, *, lock: bool = False) -> Listing:
        """A visible listing."""
        return await queries.get_listing(session, actor, subject_id, lock=lock)

    def require_can_edit(self, actor: Actor, row: Listing) -> None:
        """Members of its organization; archived listings stay as they are."""
        require_can_edit(actor, row)

    def organization_of(self, row: Listing) -> UUID:
        return row.organization_id

    def title_of(self, row: Listing) -> str:
        return row.title

    def is_public(self, row: Listing) -> bool:
        return is_public(row)

    def public_ids(self) -> Select[UUID]:
        return queries.published_listings().with_only_columns(Listing.id)


LISTING_PHOTOS = ListingPhotos()


routes = photo_routes(
    LISTING_PHOTOS,
    PhotoWords(
        operations="Listing",
        parameter="listing_id",
        of_whom="a listing",
        listing="Anyone who sees the listing sees them. All of them at once, without `limit`: there are few.",
        adding="For members of the organization. It is turned upright and freed of place and time, and stands "
        "last; the first of them stands on cards.",
        editing="For members of the organization; `position` counts from the first, which stands on cards.",
        removing="For members of the organization; it is shown no more at once.",
    ),
)
