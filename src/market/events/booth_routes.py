"""The floor of an event: who has which booth, and photos of booths."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.core.access import Access, Actor
from market.core.errors import NotFound
from market.core.representation import plain
from market.core.uploads import MAX_UPLOAD_BODY_BYTES
from market.events.answers import floor_out
from market.events.models import Event, Registration
from market.events.queries import get_event, participants
from market.events.schemas import Floor
from market.organizations.policy import require_member
from market.photos import handling
from market.photos.making import FORM
from market.photos.models import SubjectKind
from market.photos.schemas import PhotoOut, Photos, PhotoUpdate

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


class BoothPhotos:
    """What photos of booths are of: what an organization shows at an event, by its registration."""

    kind: SubjectKind = "booth"
    collection = "booths"

    async def get(self, session: AsyncSession, actor: Actor, subject_id: UUID, *, lock: bool = False) -> Registration:
        """A registration of one's own, or one that shows something to everybody."""
        rows = (
            select(Registration)
            .join(Event, Event.id == Registration.event_id)
            .where(Registration.id == subject_id)
            .options(
                joinedload(Registration.organization, innerjoin=True), joinedload(Registration.event, innerjoin=True)
            )
        )
        if not actor.is_officer:
            rows = rows.where(or_(_SHOWN, Registration.organization_id.in_(actor.organization_ids)))
        row = await session.scalar(rows.with_for_update(of=Registration) if lock else rows)
        if row is None:
            raise NotFound
        return row

    def require_can_edit(self, actor: Actor, row: Registration) -> None:
        """Anyone of the organization whose booth it is."""
        require_member(actor, row.organization_id)

    def organization_of(self, row: Registration) -> UUID:
        return row.organization_id

    def title_of(self, row: Registration) -> str:
        return row.organization.name

    def is_public(self, row: Registration) -> bool:
        return row.status == "accepted" and row.event.published_at is not None

    def public_ids(self) -> Select[UUID]:
        return select(Registration.id).join(Event, Event.id == Registration.event_id).where(_SHOWN)


_SHOWN = and_(Registration.status == "accepted", Event.published_at.is_not(None))
BOOTH_PHOTOS = BoothPhotos()


@get(
    "/events/{event_id:uuid}/booths",
    operation_id="listBooths",
    access=Access.ANYONE,
    summary="The floor list: every booth, whose it is, and a photo of it",
)
async def list_booths(event_id: FromPath[UUID], session: Session, actor: Who) -> Response[Floor]:
    """For anyone once the event is published. All of a floor at once, without `limit`, as it is printed."""
    event = await get_event(session, actor, event_id)
    return plain(floor_out(event, await participants(session, event)))


@get(
    "/booths/{registration_id:uuid}/photos",
    operation_id="listBoothPhotos",
    access=Access.ANYONE,
    summary="The photos of an organization's booth at an event, in their order",
)
async def list_photos(registration_id: FromPath[UUID], session: Session, actor: Who) -> Response[Photos]:
    """For anyone who sees the event. All of them at once, without `limit`: there are few."""
    return await handling.list_photos(session, actor, BOOTH_PHOTOS, registration_id)


@post(
    "/booths/{registration_id:uuid}/photos",
    operation_id="addBoothPhoto",
    access=Access.MEMBER,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    form=FORM,
    summary="Add a photo: a multipart form with file and, if you like, alt",
)
async def add_photo(
    registration_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[PhotoOut]:
    """For members of the organization that has the booth. It is turned upright and freed of place and time, and
    stands last.
    """
    return await handling.add_photo(request, session, actor, BOOTH_PHOTOS, registration_id)


@patch(
    "/booths/{registration_id:uuid}/photos/{booth_photo_id:uuid}",
    operation_id="editBoothPhoto",
    access=Access.MEMBER,
    summary="Describe a photo, or move it among the others",
)
async def edit_photo(
    registration_id: FromPath[UUID],
    booth_photo_id: FromPath[UUID],
    data: JSONBody[PhotoUpdate],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[PhotoOut]:
    """For members of the organization that has the booth; `position` counts from the first, which stands on the
    floor list.
    """
    return await handling.change_photo(request, session, actor, BOOTH_PHOTOS, registration_id, booth_photo_id, data)


@delete(
    "/booths/{registration_id:uuid}/photos/{booth_photo_id:uuid}",
    operation_id="removeBoothPhoto",
    access=Access.MEMBER,
    summary="Remove a photo",
)
async def remove_photo(
    registration_id: FromPath[UUID],
    booth_photo_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> None:
    """For members of the organization that has the booth; it is shown no more at once."""
    await handling.drop_photo(request, session, actor, BOOTH_PHOTOS, registration_id, booth_photo_id)


routes = [list_booths, list_photos, add_photo, edit_photo, remove_photo]
