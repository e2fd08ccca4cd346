"""Agreements over HTTP: log, read, edit, discard, sum up."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from market.agreements import drawing_up, lifecycle, lifecycle_routes, proposal_routes, queries, service
from market.agreements.answers import agreement_out
from market.agreements.handling import AnyRequest, Reference, Session, Who, answer, open_agreement
from market.agreements.ledger import routes as deliveries
from market.agreements.lifecycle_schemas import SignRequest
from market.agreements.models import Agreement
from market.agreements.paper import routes as papers
from market.agreements.paper import scan_routes as scans
from market.agreements.schemas import AgreementCreate, AgreementOut, AgreementUpdate, DrawnUp, NeedAgreementsCreate
from market.agreements.totals import agreement_totals
from market.agreements.totals_schemas import AgreementQuery, TotalsOut, TotalsQuery
from market.core.access import Access
from market.core.language import preferred_language
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import plain, trimmed_page
from market.needs.queries import get_need


@get(
    "/agreements",
    operation_id="listAgreements",
    access=Access.ANYONE,
    dependencies={"params": query_of(AgreementQuery)},
    summary="Agreements, newest first; in full for insiders, as summaries for others",
)
async def list_agreements(
    params: NamedDependency[AgreementQuery], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[Page[AgreementOut]]:
    """By event, kind, state, day and province. Parties, whoever logged one and officers read all of it; others learn
    that it was signed, without value or contacts.
    """
    rows = queries.agreements_like(actor, params, catalogue=catalogue)
    found = await paginate(session, rows, key=Agreement.id, query=params)
    page = found.to_page(lambda row: agreement_out(row, actor=actor, catalogue=catalogue))
    return trimmed_page(request, page, AgreementOut)


@post(
    "/agreements",
    operation_id="logAgreement",
    access=Access.SIGNED_IN,
    summary="Log an agreement as a draft; from an accepted quote with everything carried over",
)
async def log_agreement(
    data: JSONBody[AgreementCreate], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[AgreementOut]:
    """For officers, organizers and authorities, and for an organization a paper of which it is a party. It gets its
    number and binds nobody before it is signed; what looks like a paper that is there is asked about (409).
    """
    if data.quote is not None:
        agreement = await drawing_up.draw_up(session, actor, data, catalogue=catalogue)
    else:
        agreement = await service.create_agreement(session, actor, data)
    if data.sign:
        await lifecycle.sign_agreement(session, actor, agreement, SignRequest())
    return answer(request, agreement, actor, catalogue, status=201)


@post(
    "/needs/{need_id:uuid}/agreements",
    operation_id="drawUpAgreements",
    access=Access.SIGNED_IN,
    summary="Draw up an agreement for each accepted quote of a need, all or none",
)
async def draw_up_agreements(
    need_id: FromPath[UUID], data: JSONBody[NeedAgreementsCreate], session: Session, actor: Who, catalogue: Reference
) -> Response[DrawnUp]:
    """For the buyer of the need. Each draft carries over parties, lines, net prices and terms of its quote; if one
    cannot be drawn up, none is.
    """
    need = await get_need(session, actor, need_id)
    drafts = await drawing_up.draw_up_all(session, actor, need, data, catalogue=catalogue)
    items = [agreement_out(draft, actor=actor, catalogue=catalogue) for draft in drafts]
    return plain(DrawnUp.model_construct(items=items), status=201)


@get(
    "/agreements/totals",
    operation_id="sumUpAgreements",
    access=Access.ANYONE,
    dependencies={"params": query_of(TotalsQuery)},
    summary="How much was signed; value for officers only",
)
async def sum_up_agreements(
    params: NamedDependency[TotalsQuery], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[TotalsOut]:
    """Counts and quantities by event, province, kind or state, with the same filters as the list; what is no trade
    is counted apart.
    """
    language = preferred_language(request.headers.get("accept-language"))
    return plain(await agreement_totals(session, actor, params, catalogue=catalogue, language=language))


@get(
    "/agreements/{agreement_id:uuid}",
    operation_id="getAgreement",
    access=Access.ANYONE,
    summary="One agreement; in full for insiders, as a summary for others",
)
async def get_agreement(
    agreement_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[AgreementOut]:
    """With parties, lines, deliveries' standing and the verbs that are open to the caller; `detail` says whether it
    is all or a summary.
    """
    agreement = await queries.get_agreement(session, actor, agreement_id)
    return answer(request, agreement, actor, catalogue)


@patch(
    "/agreements/{agreement_id:uuid}",
    operation_id="editAgreement",
    access=Access.SIGNED_IN,
    summary="Edit a draft; correct or quantify what was signed",
)
async def edit_agreement(
    agreement_id: FromPath[UUID],
    data: JSONBody[AgreementUpdate],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[AgreementOut]:
    """Changes what is sent. Edits of a draft take earlier confirmations back; of signed paper its logger corrects
    only what nobody else has confirmed.
    """
    agreement = await open_agreement(request, session, actor, agreement_id)
    await service.edit_agreement(session, actor, agreement, data)
    return answer(request, agreement, actor, catalogue)


@delete(
    "/agreements/{agreement_id:uuid}",
    operation_id="discardAgreement",
    access=Access.SIGNED_IN,
    summary="Take a draft out of sight",
)
async def discard_agreement(agreement_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest) -> None:
    """For those who may sign it, as long as it is a draft. Nothing is deleted: its number is not given again."""
    agreement = await open_agreement(request, session, actor, agreement_id)
    await lifecycle.discard_agreement(session, actor, agreement)


routes = [
    list_agreements,
    log_agreement,
    draw_up_agreements,
    sum_up_agreements,
    get_agreement,
    edit_agreement,
    discard_agreement,
    *lifecycle_routes.routes,
    *proposal_routes.routes,
    *deliveries.routes,
    *papers.routes,
    *scans.routes,
]
