"""Photos of listings: whose they are, who sees them, and their addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.uploads import MAX_UPLOAD_BODY_BYTES
from market.listings import queries
from market.listings.answers import is_public
from market.listings.models import Listing
from market.listings.policy import require_can_edit
from market.photos import handling
from market.photos.making import FORM
from market.photos.models import SubjectKind
from market.photos.schemas import PhotoOut, Photos, PhotoUpdate

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


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


@get(
    "/listings/{listing_id:uuid}/photos",
    operation_id="listListingPhotos",
    access=Access.ANYONE,
    summary="The photos of a listing, in their order",
)
async def list_photos(listing_id: FromPath[UUID], session: Session, actor: Who) -> Response[Photos]:
    """Anyone who sees the listing sees them. All of them at once, without `limit`: there are few."""
    return await handling.list_photos(session, actor, LISTING_PHOTOS, listing_id)


@post(
    "/listings/{listing_id:uuid}/photos",
    operation_id="addListingPhoto",
    access=Access.MEMBER,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    form=FORM,
    summary="Add a photo: a multipart form with file and, if you like, alt",
)
async def add_photo(
    listing_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[PhotoOut]:
    """For members of the organization. It is turned upright and freed of place and time, and stands last; the first
    of them stands on cards.
    """
    return await handling.add_photo(request, session, actor, LISTING_PHOTOS, listing_id)


@patch(
    "/listings/{listing_id:uuid}/photos/{listing_photo_id:uuid}",
    operation_id="editListingPhoto",
    access=Access.MEMBER,
    summary="Describe a photo, or move it among the others",
)
async def edit_photo(
    listing_id: FromPath[UUID],
    listing_photo_id: FromPath[UUID],
    data: JSONBody[PhotoUpdate],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[PhotoOut]:
    """For members of the organization; `position` counts from the first, which stands on cards."""
    return await handling.change_photo(request, session, actor, LISTING_PHOTOS, listing_id, listing_photo_id, data)


@delete(
    "/listings/{listing_id:uuid}/photos/{listing_photo_id:uuid}",
    operation_id="removeListingPhoto",
    access=Access.MEMBER,
    summary="Remove a photo",
)
async def remove_photo(
    listing_id: FromPath[UUID], listing_photo_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> None:
    """For members of the organization; it is shown no more at once."""
    await handling.drop_photo(request, session, actor, LISTING_PHOTOS, listing_id, listing_photo_id)


routes = [list_photos, add_photo, edit_photo, remove_photo]
