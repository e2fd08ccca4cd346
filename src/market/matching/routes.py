"""Matches of a need and of a listing, explained."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.language import preferred_language
from market.core.query import query_of
from market.core.representation import json_answer, plain
from market.listings.queries import get_listing
from market.matching import answers, service
from market.matching.schemas import ListingMatches, MatchQuery, NeedMatches
from market.needs.queries import get_need
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


@get(
    "/needs/{need_id:uuid}/matches",
    operation_id="matchNeed",
    access=Access.ANYONE,
    dependencies={"params": query_of(MatchQuery)},
    summary="Listings that fit a need, with every reason, and the near misses",
)
async def match_need(
    need_id: FromPath[UUID],
    params: NamedDependency[MatchQuery],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[ListingMatches]:
    need = await get_need(session, actor, need_id)
    engine, language = request.app.state.search, preferred_language(request.headers.get("accept-language"))
    matches = await service.matches_of_need(session, engine, need, catalogue=catalogue)
    return json_answer(
        await answers.listing_matches(session, engine, matches, params, catalogue=catalogue, language=language)
    )


@get(
    "/listings/{listing_id:uuid}/matches",
    operation_id="matchListing",
    access=Access.ANYONE,
    dependencies={"params": query_of(MatchQuery)},
    summary="Needs that a listing fits, with every reason, and the near misses",
)
async def match_listing(
    listing_id: FromPath[UUID],
    params: NamedDependency[MatchQuery],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[NeedMatches]:
    listing = await get_listing(session, actor, listing_id)
    matches = await service.matches_of_listing(session, request.app.state.search, listing, catalogue=catalogue)
    language = preferred_language(request.headers.get("accept-language"))
    return plain(await answers.need_matches(session, matches, params, catalogue=catalogue, language=language))


routes = [match_need, match_listing]
