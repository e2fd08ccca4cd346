"""schema.org JSON-LD over HTTP: what anyone may see, as machines of others read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.representation import VARY, entity_tag, is_named
from market.events.queries import get_event
from market.integrations.json_ld import MEDIA_TYPE, Thing, event_thing, listing_thing, need_thing, organization_thing
from market.listings.queries import get_listing
from market.lots.queries import gtins_of_listing
from market.needs.queries import get_need
from market.organizations.queries import get_organization
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


def base_of(request: AnyRequest) -> str:
    """Where the API is reached from outside; ids of things begin with it."""
    public: str | None = request.app.state.settings.public_url
    return f"{(public or str(request.base_url)).rstrip('/')}/api/v1"


def _answer(request: AnyRequest, thing: Thing, *, version: int) -> Response[bytes]:
    body = msgspec.json.encode(thing)
    tag = entity_tag(version, body)
    # What a draft says is for its owner alone, so no cache in between may keep it.
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": VARY}
    if is_named(request.headers.get("if-none-match"), tag):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


@get(
    "/listings/{listing_id:uuid}/json-ld",
    operation_id="describeListing",
    access=Access.ANYONE,
    tags=["integrations"],
    answers=(MEDIA_TYPE,),
    summary="A listing as schema.org Product and Offer",
)
async def describe_listing(
    listing_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    """JSON-LD for search engines and catalogues, of what anyone may see of it: goods, price, seller and place."""
    listing = await get_listing(session, actor, listing_id)
    gtins = await gtins_of_listing(session, actor, listing_id)
    thing = listing_thing(listing, base=base_of(request), catalogue=catalogue, gtins=gtins)
    return _answer(request, thing, version=listing.version)


@get(
    "/needs/{need_id:uuid}/json-ld",
    operation_id="describeNeed",
    access=Access.ANYONE,
    tags=["integrations"],
    answers=(MEDIA_TYPE,),
    summary="A need as schema.org Demand, one for each line",
)
async def describe_need(
    need_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    """JSON-LD for search engines and catalogues, of what anyone may see of it: quantity, days and place of each
    line.
    """
    need = await get_need(session, actor, need_id)
    thing = need_thing(need, base=base_of(request), catalogue=catalogue)
    return _answer(request, thing, version=need.version)


@get(
    "/organizations/{organization_id:uuid}/json-ld",
    operation_id="describeOrganization",
    access=Access.ANYONE,
    tags=["integrations"],
    answers=(MEDIA_TYPE,),
    summary="An organization as schema.org Organization",
)
async def describe_organization(
    organization_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    """JSON-LD for search engines and catalogues, without contacts."""
    organization = await get_organization(session, actor, organization_id)
    thing = organization_thing(organization, base=base_of(request), catalogue=catalogue)
    return _answer(request, thing, version=organization.version)


@get(
    "/events/{event_id:uuid}/json-ld",
    operation_id="describeEvent",
    access=Access.ANYONE,
    tags=["integrations"],
    answers=(MEDIA_TYPE,),
    summary="An event as schema.org Event",
)
async def describe_event(
    event_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    """JSON-LD for search engines and calendars, of what anyone may see of it: days, place and organizer."""
    event = await get_event(session, actor, event_id)
    thing = event_thing(event, base=base_of(request), catalogue=catalogue)
    return _answer(request, thing, version=event.version)


routes = [describe_listing, describe_need, describe_organization, describe_event]
