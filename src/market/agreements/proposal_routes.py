"""Proposals, their answers, and contesting, over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from market.agreements import lifecycle, policy, proposals, queries
from market.agreements.answers import proposal_out
from market.agreements.handling import AnyRequest, Reference, Session, Who, answer, open_agreement
from market.agreements.lifecycle_schemas import AnswerRequest, ContestRequest, ProposalCreate
from market.agreements.proposal_schemas import ProposalOut, Proposals
from market.agreements.schemas import AgreementOut
from market.core.access import Access
from market.core.representation import plain, require_match


@get(
    "/agreements/{agreement_id:uuid}/proposals",
    operation_id="listAgreementProposals",
    access=Access.SIGNED_IN,
    summary="What was proposed of it, or what it is itself a proposal of, newest first; for insiders",
)
async def list_proposals(agreement_id: FromPath[UUID], session: Session, actor: Who) -> Response[Proposals]:
    """Who was asked, who has accepted, and what it waits for. All of them at once, without `limit`: an agreement has
    a handful.
    """
    agreement = await queries.get_agreement(session, actor, agreement_id)
    policy.require_insider(actor, agreement)
    found = await proposals.proposals_of(session, agreement)
    return plain(Proposals(items=[proposal_out(one, actor=actor) for one in found]))


@post(
    "/agreements/{agreement_id:uuid}/proposals",
    operation_id="proposeOfAgreement",
    access=Access.SIGNED_IN,
    summary="Propose a change or an ending of signed paper: it holds when every known principal has accepted",
)
async def propose(
    agreement_id: FromPath[UUID], data: JSONBody[ProposalCreate], session: Session, actor: Who, request: AnyRequest
) -> Response[Proposals]:
    """For a principal, whoever logged it, or an officer with a mandate: `amend`, `close`, `lapse` or `terminate`,
    with a cause. Every known principal is asked and told.
    """
    agreement = await open_agreement(request, session, actor, agreement_id)
    made = await proposals.propose_of(session, actor, agreement, data)
    return plain(Proposals(items=[proposal_out(made, actor=actor)] if made else []), status=201)


@post(
    "/proposals/{proposal_id:uuid}/accept",
    operation_id="acceptAgreementProposal",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Accept for one's organization; with the last who is asked it holds",
)
async def accept(
    proposal_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
    data: JSONBody[AnswerRequest | None] = None,
) -> Response[ProposalOut]:
    """For owners and managers of an organization that was asked, or an officer by its mandate. When the last
    accepts, the change holds at once.
    """
    proposal, agreement = await proposals.get_proposal(session, actor, proposal_id)
    require_match(request, proposal.version, required=True)
    await proposals.accept_proposal(session, actor, agreement, proposal, data or AnswerRequest())
    return plain(proposal_out(proposal, actor=actor))


@post(
    "/proposals/{proposal_id:uuid}/decline",
    operation_id="declineAgreementProposal",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Decline it, by who is asked, or take it back, by who proposed it",
)
async def decline(
    proposal_id: FromPath[UUID],
    session: Session,
    actor: Who,
    data: JSONBody[AnswerRequest | None] = None,
) -> Response[ProposalOut]:
    """One refusal ends the proposal, and the paper goes on as it was; the others are told."""
    proposal, agreement = await proposals.get_proposal(session, actor, proposal_id)
    await proposals.decline_proposal(session, actor, agreement, proposal, data or AnswerRequest())
    return plain(proposal_out(proposal, actor=actor))


@post(
    "/agreements/{agreement_id:uuid}/contest",
    operation_id="contestAgreement",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="A named party says that this is not what it signed: the paper stops counting and shows both words",
)
async def contest(
    agreement_id: FromPath[UUID],
    data: JSONBody[ContestRequest],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[AgreementOut]:
    """For a named party, with its own words. The paper counts nowhere from then on, until the party confirms it or
    it is amended.
    """
    agreement = await open_agreement(request, session, actor, agreement_id)
    await lifecycle.contest_agreement(
        session, actor, agreement, party_id=data.party, words=data.words, mandate=data.mandate
    )
    return answer(request, agreement, actor, catalogue)


routes = [list_proposals, propose, accept, decline, contest]
