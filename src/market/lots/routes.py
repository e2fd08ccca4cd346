"""Lots over HTTP: record, read, edit, and the QR code of the label."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.pagination import Page, PageQuery, paginate
from market.core.qr_codes import qr_code
from market.core.query import query_of
from market.core.representation import require_match, single, trimmed_page
from market.listings.queries import get_listing
from market.lots import queries, report_routes, service
from market.lots.answers import lot_out
from market.lots.labels import label_path
from market.lots.models import Lot
from market.lots.schemas import LotCreate, LotEnd, LotOut, LotUpdate

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]
SVG = "image/svg+xml"


def _reached_at(request: AnyRequest) -> str:
    return str(request.app.state.settings.reached_at()).rstrip("/")


def _answer(request: AnyRequest, lot: Lot, *, status: int = 200) -> Response[LotOut]:
    location = f"/api/v1/lots/{lot.id}" if status == 201 else None
    model = lot_out(lot, reached_at=_reached_at(request))
    return single(request, model, version=lot.version, status=status, location=location)


@get(
    "/listings/{listing_id:uuid}/lots",
    operation_id="listLots",
    access=Access.ANYONE,
    dependencies={"params": query_of(PageQuery)},
    summary="The lots of a listing, newest first",
)
async def list_lots(
    listing_id: FromPath[UUID], params: NamedDependency[PageQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[LotOut]]:
    """For whoever sees the lots: those of a listing that was ever published are public, and stay so when it is paused,
    because goods on a shelf outlast the listing. Its organization sees all of them.
    """
    listing = await get_listing(session, actor, listing_id)
    rows = queries.lots_in_force(actor).where(Lot.listing_id == listing.id)
    found = await paginate(session, rows, key=Lot.id, query=params)
    page = found.to_page(lambda lot: lot_out(lot, reached_at=_reached_at(request)))
    return trimmed_page(request, page, LotOut)


@post(
    "/listings/{listing_id:uuid}/lots",
    operation_id="recordLot",
    access=Access.MEMBER,
    summary="Record what was harvested together",
)
async def record_lot(
    listing_id: FromPath[UUID], data: JSONBody[LotCreate], session: Session, actor: Who, request: AnyRequest
) -> Response[LotOut]:
    """For members of the listing's organization. The answer says which address the label carries; codes are unique in
    an organization.
    """
    listing = await get_listing(session, actor, listing_id, lock=True)
    return _answer(request, await service.record_lot(session, actor, data, listing=listing), status=201)


@get("/lots/{lot_id:uuid}", operation_id="getLot", access=Access.ANYONE, summary="One lot")
async def get_lot(lot_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest) -> Response[LotOut]:
    """For whoever sees it, by the id on its label: when and how much was harvested, where, and who offers it."""
    return _answer(request, await queries.get_lot(session, actor, lot_id))


@patch("/lots/{lot_id:uuid}", operation_id="editLot", access=Access.MEMBER, summary="Put a lot right")
async def edit_lot(
    lot_id: FromPath[UUID], data: JSONBody[LotUpdate], session: Session, actor: Who, request: AnyRequest
) -> Response[LotOut]:
    """For members of its organization; what is left out stays. Another code or GTIN needs `relabel` once labels
    may have been printed, and emptying a field of what is published needs `erase`.
    """
    lot = await queries.get_lot(session, actor, lot_id, lock=True)
    require_match(request, lot.version)
    return _answer(request, await service.edit_lot(session, actor, lot, data))


@post(
    "/lots/{lot_id:uuid}/recall",
    operation_id="recallLot",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Recall a lot: its goods must not be sold or eaten",
)
async def recall_lot(
    lot_id: FromPath[UUID], data: JSONBody[LotEnd], session: Session, actor: Who, request: AnyRequest
) -> Response[LotOut]:
    """For managers of its organization and officers, with a reason. The page of the label says so at once, and buyers
    who received of it or rely on its listing are told; it stays.
    """
    lot = await queries.get_lot(session, actor, lot_id, lock=True)
    require_match(request, lot.version)
    return _answer(request, await service.recall_lot(session, actor, lot, data))


@post(
    "/lots/{lot_id:uuid}/withdraw",
    operation_id="withdrawLot",
    access=Access.MEMBER,
    status_code=200,
    summary="Withdraw a lot that was recorded by mistake",
)
async def withdraw_lot(
    lot_id: FromPath[UUID], data: JSONBody[LotEnd], session: Session, actor: Who, request: AnyRequest
) -> Response[LotOut]:
    """For members of its organization; once its listing was published for managers, and buyers who received of it are
    told. Its label leads to a page that says so; its code may be used again.
    """
    lot = await queries.get_lot(session, actor, lot_id, lock=True)
    require_match(request, lot.version)
    return _answer(request, await service.withdraw_lot(session, actor, lot, data))


@get(
    "/lots/{lot_id:uuid}/qr",
    operation_id="drawLotLabel",
    access=Access.ANYONE,
    answers=(SVG,),
    summary="The QR code of a lot's label, as SVG; it holds label_url",
)
async def draw_label(lot_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest) -> Response[bytes]:
    """For whoever sees the lot. Print it; who scans it comes to the page of the lot, by GS1 Digital Link when it has a
    GTIN.
    """
    lot = await queries.get_lot(session, actor, lot_id)
    picture = qr_code(f"{_reached_at(request)}{label_path(lot)}")
    headers = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
    return Response(picture.encode(), media_type=SVG, headers=headers)


routes = [list_lots, record_lot, get_lot, edit_lot, recall_lot, withdraw_lot, draw_label, *report_routes.routes]
