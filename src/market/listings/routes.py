"""Listings: search, create one or many, read, edit, publish, pause, archive."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Access, Actor
from market.core.batches import BatchAnswer
from market.core.kept_statements import WithinTransaction
from market.core.query import parse_query, query_of
from market.core.representation import encoded_single, plain, require_match, single, trimmed_page
from market.core.transaction import provide_actor, provide_reader, provide_session
from market.listings import batch, pricing, queries, service
from market.listings.answers import capacity_calendar, found_listing, listing_out
from market.listings.facts import whole_listing_text, whole_listings
from market.listings.models import Listing
from market.listings.schemas import (
    CapacityCalendar,
    FoundListing,
    ListingBatch,
    ListingCreate,
    ListingOut,
    ListingUpdate,
    NewPrices,
    PriceHistory,
)
from market.listings.searching import SEARCHABLE
from market.listings.stored import stored_listing
from market.organizations.answers import macro_region_of
from market.reference.catalogue import Catalogue
from market.reference.types import remembered
from market.search.handling import searched
from market.search.own import Results, SearchOrOwnQuery, own_page

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


async def _answer(
    request: AnyRequest, session: AsyncSession, listing: Listing, catalogue: Catalogue
) -> Response[ListingOut]:
    promised = (await queries.reserved_by_week(session, [listing.id])).get(listing.id, {})
    return single(request, listing_out(listing, catalogue=catalogue, promised=promised), version=listing.version)


async def _found(session: AsyncSession, rows: Select[Listing], *, catalogue: Catalogue) -> list[FoundListing]:
    return [found_listing(listing, catalogue=catalogue) for listing in await whole_listings(session, rows)]


@get(
    "/listings",
    operation_id="searchListings",
    access=Access.ANYONE,
    searches=SEARCHABLE.index.name,
    dependencies={"params": query_of(SearchOrOwnQuery)},
    summary="Search what is offered; with status, an organization's own",
)
async def search_listings(request: AnyRequest) -> Response[Results[FoundListing]]:
    # All is taken by hand: the framework finds several dependencies in a task each, and this is the hot path.
    """Reads goods, places, certificates, prices and seasons out of `q` and says what it `understood`; parameters win
    over words. With `status` it lists one's own, drafts too, without searching.
    """
    params = parse_query(SearchOrOwnQuery, request)
    session, actor, catalogue = partial(provide_session, request.scope), provide_actor(request.scope), remembered()
    if params.status is not None:
        rows = queries.own_listings(actor, status=params.status, organization_id=params.organization)
        answers = partial(_found, catalogue=catalogue)
        page = await own_page(session(), rows, params, newest=Listing.id, answers=answers)
        return trimmed_page(request, page, FoundListing)
    near = macro_region_of(actor, catalogue=catalogue)
    return await searched(request, SEARCHABLE, params, FoundListing, session=session, catalogue=catalogue, near=near)


@post("/listings", operation_id="createListing", access=Access.MEMBER, summary="Offer something")
async def create_listing(
    data: JSONBody[ListingCreate], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[ListingOut]:
    """For members of a producing organization. A draft unless `publish` is true; without `concept` the goods are
    read from the title.
    """
    most = request.app.state.bounds.listings
    organization = await queries.organization_with_room(session, actor, adding=1, most=most)
    listing_id = await service.create_listing(session, actor, data, organization=organization, catalogue=catalogue)
    text = await whole_listing_text(WithinTransaction(session), actor, listing_id)
    encoded, version = stored_listing(text, catalogue)
    location = f"/api/v1/listings/{listing_id}"
    return encoded_single(request, encoded, ListingOut, version=version, location=location)


@post(
    "/listings/batch", operation_id="createListings", access=Access.MEMBER, status_code=200, summary="Offer many things"
)
async def create_listings(
    data: JSONBody[ListingBatch], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[BatchAnswer]:
    """Up to 1,000 at once. Good ones stay, and each other one says what is wrong with it; an `external_id` that is
    known changes that listing.
    """
    language = request.headers.get("accept-language")
    most = request.app.state.bounds.listings
    organization = await queries.organization_with_room(session, actor, adding=len(data.items), most=most)
    answer = await batch.create_batch(
        session, actor, data.items, organization=organization, catalogue=catalogue, accept_language=language
    )
    return plain(answer)


@get("/listings/{listing_id:uuid}", operation_id="getListing", access=Access.ANYONE, summary="One listing")
async def get_listing(listing_id: FromPath[UUID], request: AnyRequest) -> Response[ListingOut]:
    # By hand, as searches: this is as hot.
    """What is offered, where, when and for how much, with certificates that hold; drafts and paused ones only for
    the organization and officers.
    """
    reader, actor = provide_reader(request.scope), provide_actor(request.scope)
    encoded, version = stored_listing(await whole_listing_text(reader, actor, listing_id), remembered())
    return encoded_single(request, encoded, ListingOut, version=version)


@patch("/listings/{listing_id:uuid}", operation_id="editListing", access=Access.MEMBER, summary="Edit a listing")
async def edit_listing(
    listing_id: FromPath[UUID],
    data: JSONBody[ListingUpdate],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[ListingOut]:
    """For members of the organization; only what is sent changes. Emptying what buyers count on, or offering less
    than is promised, must be said twice (`erase`, `below_promised`).
    """
    listing = await queries.get_listing(session, actor, listing_id, lock=True)
    require_match(request, listing.version)
    await service.edit_listing(session, actor, listing, data, catalogue=catalogue)
    return await _answer(request, session, listing, catalogue)


async def _change_status(
    request: AnyRequest, listing_id: UUID, verb: str, *, session: AsyncSession, actor: Actor, catalogue: Catalogue
) -> Response[ListingOut]:
    listing = await queries.get_listing(session, actor, listing_id, lock=True)
    require_match(request, listing.version)
    await service.change_status(session, actor, listing, verb=verb)
    return await _answer(request, session, listing, catalogue)


@post(
    "/listings/{listing_id:uuid}/publish",
    operation_id="publishListing",
    access=Access.MEMBER,
    status_code=200,
    summary="Show a listing to everybody",
)
async def publish_listing(
    listing_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[ListingOut]:
    """For members of the organization. It is found a moment later, and buyers with a need that it fits are told."""
    return await _change_status(request, listing_id, "publish", session=session, actor=actor, catalogue=catalogue)


@post(
    "/listings/{listing_id:uuid}/pause",
    operation_id="pauseListing",
    access=Access.MEMBER,
    status_code=200,
    summary="Take a listing out of sight for a while",
)
async def pause_listing(
    listing_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[ListingOut]:
    """For members of the organization. It is found no more, quotes that were given go on, and publishing brings it
    back.
    """
    return await _change_status(request, listing_id, "pause", session=session, actor=actor, catalogue=catalogue)


@delete(
    "/listings/{listing_id:uuid}",
    operation_id="archiveListing",
    access=Access.MEMBER,
    summary="Archive a listing: nothing is ever deleted",
)
async def archive_listing(
    listing_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> None:
    """For members of the organization. It is found no more and cannot be edited; quotes and papers that name it keep
    it.
    """
    await _change_status(request, listing_id, "archive", session=session, actor=actor, catalogue=catalogue)


@get(
    "/listings/{listing_id:uuid}/capacity",
    operation_id="getListingCapacity",
    access=Access.ANYONE,
    summary="What is free in each week; for the seller also what is offered and promised",
)
async def get_capacity(listing_id: FromPath[UUID], session: Session, actor: Who) -> Response[CapacityCalendar]:
    """Week by week, for anyone who sees the listing. All of its weeks at once, without `limit`."""
    listing = await queries.get_listing(session, actor, listing_id)
    promised = (await queries.reserved_by_week(session, [listing.id])).get(listing.id, {})
    own = actor.is_officer or listing.organization_id in actor.organization_ids
    return plain(capacity_calendar(listing, promised, today=clock.today(), for_seller=own))


@get(
    "/listings/{listing_id:uuid}/prices",
    operation_id="listListingPrices",
    access=Access.ANYONE,
    summary="What a listing cost before",
)
async def get_prices(listing_id: FromPath[UUID], session: Session, actor: Who) -> Response[PriceHistory]:
    """Each price with from when it held, newest first. All of them at once, without `limit`."""
    return plain(await pricing.price_history(session, await queries.get_listing(session, actor, listing_id)))


@post(
    "/listings/prices",
    operation_id="setListingPrices",
    access=Access.MEMBER,
    status_code=200,
    summary="New prices of many listings",
)
async def set_prices(
    data: JSONBody[NewPrices], session: Session, actor: Who, request: AnyRequest
) -> Response[BatchAnswer]:
    """For members of the organization. Each item is a listing and its price, with a last day if it has one; good
    ones are set, and each other one says what is wrong with it.
    """
    language = request.headers.get("accept-language")
    return plain(await pricing.set_prices(session, actor, data.items, accept_language=language))


routes = [
    get_capacity,
    get_prices,
    set_prices,
    search_listings,
    create_listing,
    create_listings,
    get_listing,
    edit_listing,
    publish_listing,
    pause_listing,
    archive_listing,
]
