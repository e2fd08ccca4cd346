"""Claims over HTTP: made by an organization, decided on by officers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import require_match, single, trimmed_page
from market.organizations import policy
from market.organizations.claims import policy as claim_policy
from market.organizations.claims import queries, service
from market.organizations.claims.answers import claim_out
from market.organizations.claims.models import Claim
from market.organizations.claims.schemas import ClaimCreate, ClaimOut, ClaimQuery, ClaimRefusal, ClaimVerification
from market.organizations.queries import get_organization

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


def _answer(request: AnyRequest, claim: Claim, *, status: int = 200) -> Response[ClaimOut]:
    location = f"/api/v1/claims/{claim.id}" if status == 201 else None
    return single(request, claim_out(claim), version=claim.version, status=status, location=location)


@get(
    "/claims",
    operation_id="listClaims",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(ClaimQuery)},
    summary="What organizations say of themselves, newest first: one's own, or everybody's for officers",
)
async def list_claims(
    params: NamedDependency[ClaimQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[ClaimOut]]:
    """Members read the claims of their own organizations, officers those of everybody, and see which wait for a
    decision.
    """
    found = await paginate(session, queries.claims_like(actor, params), key=Claim.id, query=params)
    return trimmed_page(request, found.to_page(claim_out), ClaimOut)


@post(
    "/claims",
    operation_id="makeClaim",
    access=Access.MEMBER,
    summary="Say something of one's own organization, for an officer to verify; or dispute a tax code",
)
async def make_claim(
    data: JSONBody[ClaimCreate], session: Session, actor: Who, request: AnyRequest
) -> Response[ClaimOut]:
    """For owners and managers. The claim waits, open, until an officer of elsewhere verifies or rejects it; a
    disputed tax code goes to whoever is verified with it.
    """
    organization_id = policy.acting_organization(actor)
    policy.require_manager(actor, organization_id)
    organization = await get_organization(session, actor, organization_id, lock=True)
    return _answer(request, await service.make_claim(session, actor, organization, data), status=201)


@get("/claims/{claim_id:uuid}", operation_id="getClaim", access=Access.SIGNED_IN, summary="One claim")
async def get_claim(claim_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest) -> Response[ClaimOut]:
    """For members of the organization that made it, and officers; with its state, who decided it and why."""
    return _answer(request, await queries.get_claim(session, actor, claim_id))


@post(
    "/claims/{claim_id:uuid}/verify",
    operation_id="verifyClaim",
    access=Access.OFFICER,
    status_code=200,
    summary="A second person has looked at the evidence",
)
async def verify_claim(
    claim_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
    data: JSONBody[ClaimVerification | None] = None,
) -> Response[ClaimOut]:
    """For an officer who neither made it nor belongs to the organization, and who has looked at a file that is
    attached, or says what else (`looked_at`). From then on the claim counts, until
    `valid_until` where a day is given, and the organization is told.
    """
    claim, organization = await queries.locked_claim(session, actor, claim_id)
    require_match(request, claim.version)
    seen = data or ClaimVerification()
    claim_policy.require_can_decide(actor, claim)
    attached = await request.app.state.has_claim_files(session, claim.id, claim.decided_at)
    claim_policy.require_evidence(seen.seen, attached=attached, claim=claim)
    if claim.subject == "tax_code":
        dependents = request.app.state.identity_dependents
        await service.settle_tax_code(session, actor, claim, seen, organization=organization, dependents=dependents)
    else:
        await service.verify_claim(session, actor, claim, seen, organization=organization)
    return _answer(request, claim)


async def _refused(
    request: AnyRequest, session: AsyncSession, actor: Actor, claim_id: UUID, *, verb: str, note: str
) -> Response[ClaimOut]:
    claim, organization = await queries.locked_claim(session, actor, claim_id)
    require_match(request, claim.version)
    dependents = request.app.state.identity_dependents
    await service.refuse_claim(session, actor, claim, verb, organization=organization, note=note, dependents=dependents)
    return _answer(request, claim)


@post(
    "/claims/{claim_id:uuid}/reject",
    operation_id="rejectClaim",
    access=Access.OFFICER,
    status_code=200,
    summary="It is not so, or nothing shows that it is",
)
async def reject_claim(
    claim_id: FromPath[UUID], data: JSONBody[ClaimRefusal], session: Session, actor: Who, request: AnyRequest
) -> Response[ClaimOut]:
    """For an officer of elsewhere, with a reason that the organization is told. The claim does not count, and may be
    made again.
    """
    return await _refused(request, session, actor, claim_id, verb="reject", note=data.note)


@post(
    "/claims/{claim_id:uuid}/suspend",
    operation_id="suspendClaim",
    access=Access.OFFICER,
    status_code=200,
    summary="It counts no more until it is verified again; what stands on an identity is suspended with it",
)
async def suspend_claim(
    claim_id: FromPath[UUID], data: JSONBody[ClaimRefusal], session: Session, actor: Who, request: AnyRequest
) -> Response[ClaimOut]:
    """For an officer of elsewhere, with a reason. With an identity its certificates and other claims are suspended
    too, until somebody verifies them again.
    """
    return await _refused(request, session, actor, claim_id, verb="suspend", note=data.note)


routes = [list_claims, make_claim, get_claim, verify_claim, reject_claim, suspend_claim]
