"""Open contracting data over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.models import Agreement
from market.core.access import Access, Actor
from market.core.pagination import PageQuery, paginate
from market.core.query import query_of
from market.integrations.json_ld_routes import base_of
from market.integrations.ocds import EXTENSION, EXTENSION_SCHEMA, Json, Publishing, package, record_of, release_of
from market.integrations.ocds_queries import dates_of, published_agreements, standings_for, versions_of
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]
Page = NamedDependency[PageQuery]


async def _publishing(
    request: AnyRequest, session: AsyncSession, actor: Actor, catalogue: Catalogue, agreements: Sequence[Agreement]
) -> Publishing:
    settings = request.app.state.settings
    told = await standings_for(session, actor, agreements)
    dates = await dates_of(session, agreements)
    return Publishing(settings.ocds_prefix, settings.ocds_publisher, base_of(request), catalogue, told, dates)


def _address(publishing: Publishing, name: str, params: PageQuery, cursor: str | None) -> str:
    query = {"limit": params.limit} | ({"cursor": cursor} if cursor else {})
    return f"{publishing.base}/ocds/{name}?{urlencode(query)}"


def _paged(publishing: Publishing, name: str, items: list[Json], params: PageQuery, following: str | None) -> Json:
    uri = _address(publishing, name, params, params.cursor)
    next_uri = _address(publishing, name, params, following) if following else None
    return package(publishing, name, items, uri=uri, next_uri=next_uri)


def _json(body: Json) -> Response[bytes]:
    headers = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
    return Response(msgspec.json.encode(body), media_type="application/json", headers=headers)


@get(
    "/ocds/releases",
    operation_id="listOcdsReleases",
    access=Access.ANYONE,
    tags=["integrations"],
    answers=("application/json",),
    dependencies={"params": query_of(PageQuery)},
    summary="Signed agreements as an OCDS 1.1 release package, newest first; with quantities for officers",
)
async def list_releases(
    params: Page, session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    """One release for each version of a paper, dated by what happened; go on with the link to the next package."""
    found = await paginate(session, published_agreements(), key=Agreement.id, query=params)
    publishing = await _publishing(request, session, actor, catalogue, found.rows)
    releases = [release_of(agreement, publishing) for agreement in found.rows]
    return _json(_paged(publishing, "releases", releases, params, found.next_cursor))


@get(
    "/ocds/records",
    operation_id="listOcdsRecords",
    access=Access.ANYONE,
    tags=["integrations"],
    answers=("application/json",),
    dependencies={"params": query_of(PageQuery)},
    summary="Each agreement with its amendments, as an OCDS 1.1 record package",
)
async def list_records(
    params: Page, session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[bytes]:
    """One record for each agreement, with its releases compiled; go on with the link to the next package."""
    firsts = published_agreements().where(Agreement.amends_id.is_(None))
    found = await paginate(session, firsts, key=Agreement.id, query=params)
    chains = await versions_of(session, found.rows)
    every = [version for chain in chains for version in chain]
    publishing = await _publishing(request, session, actor, catalogue, every)
    records = [record_of(chain, publishing) for chain in chains]
    return _json(_paged(publishing, "records", records, params, found.next_cursor))


@get(
    "/ocds/extensions/delivery/extension.json",
    operation_id="getOcdsExtension",
    access=Access.ANYONE,
    tags=["integrations"],
    answers=("application/json",),
    summary="What our OCDS extension for delivered quantities is",
)
async def get_extension() -> Response[bytes]:
    """For programs that check releases: names the schema and where it is documented."""
    return _json(EXTENSION)


@get(
    "/ocds/extensions/delivery/release-schema.json",
    operation_id="getOcdsExtensionSchema",
    access=Access.ANYONE,
    tags=["integrations"],
    answers=("application/json",),
    summary="What the extension adds to the OCDS release schema",
)
async def get_extension_schema() -> Response[bytes]:
    """A JSON Merge Patch for the release schema of OCDS 1.1."""
    return _json(EXTENSION_SCHEMA)


routes = [list_releases, list_records, get_extension, get_extension_schema]
