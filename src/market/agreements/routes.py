"""Agreements over HTTP: log, edit, read, sum up, sign, confirm, make effective."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements import lifecycle, policy, queries, service
from market.agreements.answers import agreement_out
from market.agreements.models import Agreement
from market.agreements.schemas import (
    AgreementCreate,
    AgreementOut,
    AgreementQuery,
    AgreementUpdate,
    ConfirmRequest,
    SignRequest,
    TotalsOut,
    TotalsQuery,
)
from market.agreements.totals import agreement_totals
from market.core.access import Access, Actor
from market.core.language import preferred_language
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import plain, require_match, single, trimmed_page
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


async def open_agreement(request: AnyRequest, session: AsyncSession, actor: Actor, agreement_id: UUID) -> Agreement:
    """The agreement, locked for a write by an insider who read this very version.

    Raises:
        NotFound: it may not be seen.
        NotAllowed: not an insider.
        PreconditionRequired, Stale: If-Match is missing, or names another version.
    """
    agreement = await queries.get_agreement(session, actor, agreement_id, lock=True)
    policy.require_insider(actor, agreement)
    require_match(request, agreement.version, required=True)
    return agreement


def answer(
    request: AnyRequest, agreement: Agreement, actor: Actor, catalogue: Catalogue, *, status: int = 200
) -> Response[AgreementOut]:
    """The agreement as this actor may see it, with its ETag."""
    model = agreement_out(agreement, actor=actor, catalogue=catalogue)
    location = f"/api/v1/agreements/{agreement.id}" if status == 201 else None
    return single(request, model, version=agreement.version, status=status, location=location)


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
    rows = queries.agreements_like(actor, params, catalogue=catalogue)
    found = await paginate(session, rows, key=Agreement.id, query=params)
    page = found.to_page(lambda row: agreement_out(row, actor=actor, catalogue=catalogue))
    return trimmed_page(request, page, AgreementOut)


@post("/agreements", operation_id="logAgreement", access=Access.SIGNED_IN, summary="Log an agreement as a draft")
async def log_agreement(
    data: JSONBody[AgreementCreate], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[AgreementOut]:
    agreement = await service.create_agreement(session, actor, data)
    return answer(request, agreement, actor, catalogue, status=201)


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
    agreement = await open_agreement(request, session, actor, agreement_id)
    await lifecycle.discard_agreement(session, actor, agreement)


@post(
    "/agreements/{agreement_id:uuid}/sign",
    operation_id="signAgreement",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The paper was signed",
)
async def sign_agreement(
    agreement_id: FromPath[UUID],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
    data: JSONBody[SignRequest | None] = None,
) -> Response[AgreementOut]:
    agreement = await open_agreement(request, session, actor, agreement_id)
    await lifecycle.sign_agreement(session, actor, agreement, data or SignRequest())
    return answer(request, agreement, actor, catalogue)


@post(
    "/agreements/{agreement_id:uuid}/confirm",
    operation_id="confirmAgreement",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="A party confirms the content as it stands",
)
async def confirm_agreement(
    agreement_id: FromPath[UUID],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
    data: JSONBody[ConfirmRequest | None] = None,
) -> Response[AgreementOut]:
    agreement = await open_agreement(request, session, actor, agreement_id)
    await lifecycle.confirm_agreement(session, actor, agreement, party_id=data.party if data else None)
    return answer(request, agreement, actor, catalogue)


@post(
    "/agreements/{agreement_id:uuid}/make-effective",
    operation_id="makeAgreementEffective",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Let it count, once quantified and confirmed; a refusal lists all that is missing",
)
async def make_agreement_effective(
    agreement_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[AgreementOut]:
    agreement = await open_agreement(request, session, actor, agreement_id)
    await lifecycle.make_effective(session, actor, agreement)
    return answer(request, agreement, actor, catalogue)


routes = [
    list_agreements,
    log_agreement,
    sum_up_agreements,
    get_agreement,
    edit_agreement,
    discard_agreement,
    sign_agreement,
    confirm_agreement,
    make_agreement_effective,
]
