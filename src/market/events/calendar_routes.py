"""Calendar files over HTTP: of an event for everybody, of an organization's meetings for itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.downloads import download
from market.events.calendar import MEDIA_TYPE, event_calendar
from market.events.calendar_sessions import announced_sessions
from market.events.queries import get_event


@get(
    "/events/{event_id:uuid}/calendar",
    operation_id="getEventCalendar",
    access=Access.ANYONE,
    answers=(MEDIA_TYPE,),
    summary="The event and its sessions as a calendar file; cancelled ones say so",
)
async def get_event_calendar(
    event_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """iCalendar, to subscribe to; the same ids each time, so that calendars follow what changes."""
    event = await get_event(session, actor, event_id)
    body = event_calendar(event, await announced_sessions(session, event))
    return download(request, body, name=f"{event.code}.ics", media_type=MEDIA_TYPE)


routes = [get_event_calendar]
