"""The floor of an event: who has which booth, and photos of booths."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.core.access import Access, Actor
from market.core.errors import NotFound
from market.core.representation import plain
from market.events.answers import floor_out
from market.events.models import Event, Registration
from market.events.queries import get_event, participants
from market.events.schemas import Floor
from market.organizations.policy import require_member
from market.photos.models import SubjectKind
from market.photos.subject_routes import PhotoWords, photo_routes

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]


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


PHOTO_ROUTES = photo_routes(
    BOOTH_PHOTOS,
    PhotoWords(
        operations="Booth",
        parameter="registration_id",
        of_whom="an organization's booth at an event",
        listing="For anyone who sees the event. All of them at once, without `limit`: there are few.",
        adding="For members of the organization that has the booth. It is turned upright and freed of place "
        "and time, and stands last.",
        editing="For members of the organization that has the booth; `position` counts from the first, which "
        "stands on the floor list.",
        removing="For members of the organization that has the booth; it is shown no more at once.",
    ),
)
routes = [list_booths, *PHOTO_ROUTES]
