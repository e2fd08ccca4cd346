"""Deliveries and history of an agreement over HTTP; for insiders only."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from market.agreements import policy, queries
from market.agreements.answers import delivery_out, standing_out
from market.agreements.handling import AnyRequest, Reference, Session, Who
from market.agreements.history.entries import history_of
from market.agreements.ledger.deliveries import record_delivery
from market.agreements.ledger.overdue import overdue_lines
from market.agreements.ledger.receiving import confirm_delivery, dispute_delivery
from market.agreements.ledger.schemas import (
    DeliveryCreate,
    DeliveryOut,
    DeliveryPage,
    DeliveryRecorded,
    DisputeRequest,
    HistoryEntry,
    OverdueOut,
    OverdueQuery,
)
from market.agreements.ledger.standings import deliveries_of, standings
from market.agreements.models import Delivery
from market.core import clock
from market.core.access import Access
from market.core.language import Language, preferred_language
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import plain, trimmed_page


def _language(request: AnyRequest) -> Language:
    return preferred_language(request.headers.get("accept-language"))


@get(
    "/agreements/{agreement_id:uuid}/deliveries",
    operation_id="listDeliveries",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(PageQuery)},
    summary="The ledger, newest first, and where each line stands",
)
async def list_deliveries(
    agreement_id: FromPath[UUID], params: NamedDependency[PageQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[DeliveryPage]:
    """Each with whether it counts, waits for the receiver or is disputed; with what is met of every line."""
    agreement = await queries.get_agreement(session, actor, agreement_id)
    policy.require_insider(actor, agreement)
    found = await paginate(session, deliveries_of(agreement), key=Delivery.id, query=params)
    page = DeliveryPage(
        items=[delivery_out(delivery, agreement=agreement, language=_language(request)) for delivery in found.rows],
        next_cursor=found.next_cursor,
        standings=[standing_out(standing) for standing in await standings(session, agreement.lines)],
        status=agreement.status,
    )
    return trimmed_page(request, page, DeliveryOut)


@post(
    "/agreements/{agreement_id:uuid}/deliveries",
    operation_id="recordDelivery",
    access=Access.SIGNED_IN,
    summary="Append to the ledger: goods that arrived, or a reversal",
)
async def record_one_delivery(
    agreement_id: FromPath[UUID], data: JSONBody[DeliveryCreate], session: Session, actor: Who, request: AnyRequest
) -> Response[DeliveryRecorded]:
    """For parties and whoever logged the paper, once it is effective. It counts when the receiver confirms it or has
    said nothing for some days; what goes beyond the promise of its line, the tolerance allowed for, only when confirmed
    (`counts_on` null). Nothing in the ledger is ever changed, only reversed.
    """
    agreement = await queries.get_agreement(session, actor, agreement_id, lock=True)
    silent_days = request.app.state.settings.delivery_silent_days
    delivery, standing = await record_delivery(session, actor, agreement, data, silent_days=silent_days)
    told = delivery_out(delivery, agreement=agreement, language=_language(request))
    model = DeliveryRecorded(delivery=told, standing=standing_out(standing), status=agreement.status)
    return plain(model, status=201, headers={"Location": f"/api/v1/agreements/{agreement_id}/deliveries"})


@post(
    "/agreements/{agreement_id:uuid}/deliveries/{delivery_id:uuid}/confirm",
    operation_id="confirmDelivery",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The receiving side says that it arrived as recorded",
)
async def confirm_one_delivery(
    agreement_id: FromPath[UUID], delivery_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[DeliveryOut]:
    """For the receiving side: it counts from now on, and the seller is told."""
    agreement = await queries.get_agreement(session, actor, agreement_id, lock=True)
    delivery = await confirm_delivery(session, actor, agreement, delivery_id)
    return plain(delivery_out(delivery, agreement=agreement, language=_language(request)))


@post(
    "/agreements/{agreement_id:uuid}/deliveries/{delivery_id:uuid}/dispute",
    operation_id="disputeDelivery",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The receiving side says that it did not arrive as recorded: it does not count",
)
async def dispute_one_delivery(
    agreement_id: FromPath[UUID],
    delivery_id: FromPath[UUID],
    data: JSONBody[DisputeRequest],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[DeliveryOut]:
    """For the receiving side, with a cause and words. It does not count until it is reversed or confirmed after all;
    the seller is told.
    """
    agreement = await queries.get_agreement(session, actor, agreement_id, lock=True)
    delivery = await dispute_delivery(session, actor, agreement, delivery_id, data)
    return plain(delivery_out(delivery, agreement=agreement, language=_language(request)))


@get(
    "/agreements/overdue",
    operation_id="listOverdueDeliveries",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(OverdueQuery)},
    summary="Lines on which goods are late: of one's own agreements; of all for officers",
)
async def list_overdue(
    params: NamedDependency[OverdueQuery], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[Page[OverdueOut]]:
    """Lines that are behind what their plan says is due today, the latest first, with how much is missing and for
    how long.
    """
    page = await overdue_lines(session, actor, params, catalogue=catalogue, today=clock.today())
    return trimmed_page(request, page, OverdueOut)


@get(
    "/agreements/{agreement_id:uuid}/history",
    operation_id="getAgreementHistory",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(PageQuery)},
    summary="What happened to it, oldest first",
)
async def get_history(
    agreement_id: FromPath[UUID], params: NamedDependency[PageQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[HistoryEntry]]:
    """Every step with who did it and when, deliveries included; for parties, whoever logged it and officers."""
    agreement = await queries.get_agreement(session, actor, agreement_id)
    policy.require_insider(actor, agreement)
    return trimmed_page(request, await history_of(session, agreement, params), HistoryEntry)


routes = [list_deliveries, record_one_delivery, confirm_one_delivery, dispute_one_delivery, list_overdue, get_history]
