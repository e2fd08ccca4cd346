"""Papers of the hall over HTTP: in bulk, and as devices send them later."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.language import preferred_language
from market.core.representation import plain
from market.events.policy import require_at_desk
from market.events.queries import get_event
from market.hall import replay as replaying
from market.hall.schemas import (
    DuplicateDecision,
    Duplicates,
    ItemResult,
    LookAlikeOut,
    PaperBatch,
    Replay,
    ReplayOut,
)

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]
MOST_BYTES = 16 * 1024 * 1024
"""Ten thousand items."""


@post(
    "/events/{event_id:uuid}/agreements/batch",
    operation_id="logPapers",
    access=Access.DESK,
    status_code=200,
    request_max_body_size=MOST_BYTES,
    summary="The papers signed in the hall, each kept or refused alone; date, place and signatories from the event",
)
async def log_papers(
    event_id: FromPath[UUID], data: JSONBody[PaperBatch], session: Session, actor: Who, request: AnyRequest
) -> Response[ReplayOut]:
    """For the desk and those who run the event. Each item is answered alone: kept, known already, refused with
    reasons, or put aside as probably noted twice.
    """
    event = await get_event(session, actor, event_id)
    language = preferred_language(request.headers.get("accept-language"))
    return plain(await replaying.log_batch(session, actor, event, data.items, language=language))


@post(
    "/events/{event_id:uuid}/desk/replay",
    operation_id="replayDesk",
    access=Access.DESK,
    status_code=200,
    request_max_body_size=MOST_BYTES,
    summary="What a device noted without network: in any order, any number of times, with the same result",
)
async def replay_desk(
    event_id: FromPath[UUID], data: JSONBody[Replay], session: Session, actor: Who, request: AnyRequest
) -> Response[ReplayOut]:
    """For the desk, when there is network again. Items are known by the ids that the device gave them, so that
    sending all of them again is safe.
    """
    event = await get_event(session, actor, event_id)
    language = preferred_language(request.headers.get("accept-language"))
    return plain(await replaying.replay(session, actor, event, data.items, sent_at=data.sent_at, language=language))


@get(
    "/events/{event_id:uuid}/desk/duplicates",
    operation_id="listLookAlikes",
    access=Access.SIGNED_IN,
    summary="Papers that were probably noted twice: kept aside, counted nowhere, for a person to look at",
)
async def list_look_alikes(event_id: FromPath[UUID], session: Session, actor: Who) -> Response[Duplicates]:
    """For the desk and those who run the event, newest last. All of them at once, without `limit`, because each
    waits for somebody.
    """
    event = await get_event(session, actor, event_id)
    require_at_desk(actor, event)
    items = [
        LookAlikeOut(
            id=item.id,
            item=item.client_id,
            paper={name: value for name, value in item.content.items() if name != "seal"},
            looks_like=about,
            at=item.at,
        )
        for item, about in await replaying.look_alikes(session, event)
    ]
    return plain(Duplicates(items=items))


@post(
    "/events/{event_id:uuid}/desk/duplicates/{look_alike_id:uuid}/decide",
    operation_id="decideLookAlike",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="It is the paper that is there already, or another one, which is logged then",
)
async def decide_look_alike(
    event_id: FromPath[UUID],
    look_alike_id: FromPath[UUID],
    data: JSONBody[DuplicateDecision],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[ItemResult]:
    """For the desk and those who run the event. `same` drops what was put aside, `another` logs it as a paper of its
    own.
    """
    event = await get_event(session, actor, event_id)
    language = preferred_language(request.headers.get("accept-language"))
    another = data.is_ == "another"
    return plain(await replaying.decide(session, actor, event, look_alike_id, is_another=another, language=language))


routes = [log_papers, replay_desk, list_look_alikes, decide_look_alike]
