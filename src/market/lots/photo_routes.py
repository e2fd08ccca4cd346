"""Photos of lots: whose they are, who sees them, and their addresses."""

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
from market.lots import queries
from market.lots.models import Lot
from market.lots.policy import is_public, require_can_edit
from market.photos import handling
from market.photos.making import FORM
from market.photos.models import SubjectKind
from market.photos.schemas import PhotoOut, Photos, PhotoUpdate

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


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


@get(
    "/lots/{lot_id:uuid}/photos",
    operation_id="listLotPhotos",
    access=Access.ANYONE,
    summary="The photos of a lot, in their order",
)
async def list_photos(lot_id: FromPath[UUID], session: Session, actor: Who) -> Response[Photos]:
    """Whoever sees the lot sees them. All of them at once, without `limit`: there are few."""
    return await handling.list_photos(session, actor, LOT_PHOTOS, lot_id)


@post(
    "/lots/{lot_id:uuid}/photos",
    operation_id="addLotPhoto",
    access=Access.MEMBER,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    form=FORM,
    summary="Add a photo: a multipart form with file and, if you like, alt",
)
async def add_photo(lot_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest) -> Response[PhotoOut]:
    """For members of the organization. It is turned upright and freed of place and time, and stands last; the one
    that stands first is on the page of the label.
    """
    return await handling.add_photo(request, session, actor, LOT_PHOTOS, lot_id)


@patch(
    "/lots/{lot_id:uuid}/photos/{lot_photo_id:uuid}",
    operation_id="editLotPhoto",
    access=Access.MEMBER,
    summary="Describe a photo, or move it among the others",
)
async def edit_photo(
    lot_id: FromPath[UUID],
    lot_photo_id: FromPath[UUID],
    data: JSONBody[PhotoUpdate],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[PhotoOut]:
    """For members of the organization; `position` counts from the first, which stands on the page of the label."""
    return await handling.change_photo(request, session, actor, LOT_PHOTOS, lot_id, lot_photo_id, data)


@delete(
    "/lots/{lot_id:uuid}/photos/{lot_photo_id:uuid}",
    operation_id="removeLotPhoto",
    access=Access.MEMBER,
    summary="Remove a photo",
)
async def remove_photo(
    lot_id: FromPath[UUID], lot_photo_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> None:
    """For members of the organization; the page of the label shows it no more at once."""
    await handling.drop_photo(request, session, actor, LOT_PHOTOS, lot_id, lot_photo_id)


routes = [list_photos, add_photo, edit_photo, remove_photo]
