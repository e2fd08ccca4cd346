"""Matches of a need and of a listing, explained."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from market.core.access import Access
from market.core.language import preferred_language
from market.core.query import parse_query, query_of
from market.core.representation import json_answer
from market.core.transaction import provide_actor, provide_session
from market.matching import service
from market.matching.answers import LISTING, NEED, matches_answer
from market.matching.queries import visible_demands, visible_offer
from market.matching.schemas import ListingMatches, MatchQuery, NeedMatches
from market.reference.types import remembered

AnyRequest = Request[Any, Any, Any]

# Query, session, actor and catalogue are taken by hand: the framework finds several dependencies in a task each.


@get(
    "/needs/{need_id:uuid}/matches",
    operation_id="matchNeed",
    access=Access.ANYONE,
    dependencies={"params": query_of(MatchQuery)},
    summary="Listings that fit a need, with every reason, and the near misses",
)
async def match_need(need_id: FromPath[UUID], request: AnyRequest) -> Response[ListingMatches]:
    """For each line the listings that pass every gate, best first, then those that miss one and which. Certificates
    must hold on every day of delivery.
    """
    params = parse_query(MatchQuery, request)
    session, catalogue, engine = provide_session(request.scope), remembered(), request.app.state.search
    language = preferred_language(request.headers.get("accept-language"))
    demands = await visible_demands(session, provide_actor(request.scope), need_id)
    matches = await service.matches_of_need(session, engine, demands, catalogue=catalogue)
    body = await matches_answer(LISTING, session, matches, params, catalogue=catalogue, language=language)
    return json_answer(body)


@get(
    "/listings/{listing_id:uuid}/matches",
    operation_id="matchListing",
    access=Access.ANYONE,
    dependencies={"params": query_of(MatchQuery)},
    summary="Needs that a listing fits, with every reason, and the near misses",
)
async def match_listing(listing_id: FromPath[UUID], request: AnyRequest) -> Response[NeedMatches]:
    """Lines of needs that the listing passes every gate of, best first, then those that miss one and which."""
    params = parse_query(MatchQuery, request)
    session, catalogue, engine = provide_session(request.scope), remembered(), request.app.state.search
    language = preferred_language(request.headers.get("accept-language"))
    offer = await visible_offer(session, provide_actor(request.scope), listing_id)
    matches = await service.matches_of_listing(session, engine, offer, catalogue=catalogue)
    body = await matches_answer(NEED, session, matches, params, catalogue=catalogue, language=language)
    return json_answer(body)


routes = [match_need, match_listing]
