"""Answers to what is proposed of signed paper. What everybody who is asked accepts holds at once."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements import policy, queries
from market.agreements.amendments import amend_agreement
from market.agreements.consent.asking import confirm_for, decide
from market.agreements.endings import end_agreement, end_now
from market.agreements.history.contents import content_of, record
from market.agreements.ledger.marks import marked
from market.agreements.lifecycle import settle
from market.agreements.lifecycle_schemas import AnswerRequest, CauseRequest, ProposalCreate
from market.agreements.models import Agreement, AgreementProposal
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import Conflict, NotAllowed, NotFound, ValidationFailed
from market.core.language import Message
from market.core.pagination import PageQuery

NOT_ASKED = Message(vi="Nêu bên được hỏi mà bạn trả lời thay.", en="Say for which of those asked you answer.")


class ProposalDecided(Conflict):
    code = "proposal-decided"
    detail = Message(vi="Đề nghị này không còn chờ ({state}).", en="This proposal waits no longer ({state}).")


class NotAsked(NotAllowed):
    code = "not-asked"
    detail = Message(
        vi="Chỉ chủ hoặc quản lý của các bên được hỏi trả lời đề nghị này.",
        en="Only owners and managers of those asked answer this proposal.",
    )


async def propose_of(
    session: AsyncSession, actor: Actor, agreement: Agreement, request: ProposalCreate
) -> AgreementProposal | None:
    """Propose a change or an ending; None when nobody else had to be asked and it was done.

    Raises:
        NotAllowed, IllegalTransition, ValidationFailed: as for the verb.
        ProposalOpen, AmendmentOpen: the same is asked already.
    """
    if request.verb == "amend":
        return (await amend_agreement(session, actor, agreement, request)).proposed
    before = {one.id for one in agreement.proposals}
    await end_agreement(session, actor, agreement, request, verb=request.verb)
    return next((one for one in agreement.proposals if one.id not in before), None)


async def proposals_of(session: AsyncSession, agreement: Agreement) -> list[AgreementProposal]:
    """Everything that was ever proposed of an agreement, or that it is itself, newest first."""
    asked = AgreementProposal.agreement_id == agreement.id
    rows = select(AgreementProposal).where(asked | (AgreementProposal.result_id == agreement.id))
    return list(await session.scalars(rows.order_by(AgreementProposal.id.desc()).limit(PageQuery().limit)))


async def get_proposal(session: AsyncSession, actor: Actor, proposal_id: UUID) -> tuple[AgreementProposal, Agreement]:
    """A proposal with the agreement that it is about, both locked.

    Raises:
        NotFound: there is none, or the actor is neither an insider of the agreement nor asked.
    """
    about = select(AgreementProposal.agreement_id).where(AgreementProposal.id == proposal_id)
    agreement_id = await session.scalar(about)
    if agreement_id is None:
        raise NotFound
    found = marked(queries.whole(select(Agreement).where(Agreement.id == agreement_id)))
    agreement = (await session.scalars(found.with_for_update(of=Agreement))).one()
    rows = select(AgreementProposal).where(AgreementProposal.id == proposal_id).with_for_update()
    proposal = (await session.scalars(rows.execution_options(populate_existing=True))).one()
    # A principal of the next version only is asked too, and need not know the version in force.
    if not policy.is_insider(actor, agreement) and not any(map(actor.belongs_to, proposal.asked)):
        raise NotFound
    return proposal, agreement


async def accept_proposal(
    session: AsyncSession, actor: Actor, agreement: Agreement, proposal: AgreementProposal, request: AnswerRequest
) -> None:
    """Accept for one's organization; with the last who is asked it holds.

    Raises:
        NotAsked: of none that is asked.
        ProposalDecided: it waits no longer.
        ValidationFailed: an officer does not say for whom, or by what mandate.
        IllegalTransition, RequirementsMissing, AmendedEnded: what is proposed is not possible any more.
    """
    own = _answering(actor, proposal, request)
    if not any(map(actor.belongs_to, own)):
        actor = replace(actor, on_behalf_of=own[0])
    proposal.accepted = sorted({*proposal.accepted, *own})
    proposal.mandate = request.mandate or proposal.mandate
    await record_change(session, actor, proposal, verb="accept")
    if proposal.result_id is not None:
        await _accept_amendment(session, actor, proposal.result_id, own, request.mandate)
    elif set(proposal.asked) <= set(proposal.accepted):
        why = CauseRequest.model_validate({"cause": proposal.cause, "note": proposal.note})
        await end_now(session, actor, agreement, why, verb=proposal.verb)


async def _accept_amendment(
    session: AsyncSession, actor: Actor, amendment_id: UUID, own: list[UUID], mandate: str | None
) -> None:
    rows = queries.whole(select(Agreement).where(Agreement.id == amendment_id))
    amendment = (await session.scalars(rows.with_for_update(of=Agreement))).one()
    before = content_of(amendment)
    confirming = [party for party in amendment.parties if party.organization_id in own and party.confirmed_at is None]
    if confirming:
        confirm_for(confirming, actor, mandate)
        await record(session, actor, amendment, verb="confirm", before=before)
    await settle(session, actor, amendment)


async def decline_proposal(
    session: AsyncSession, actor: Actor, agreement: Agreement, proposal: AgreementProposal, request: AnswerRequest
) -> None:
    """Decline it for good, with words; whoever proposed it takes it back so. Its amendment is discarded.

    Raises:
        NotAsked: neither asked nor who proposed it.
        ProposalDecided: it waits no longer.
        ValidationFailed: an officer does not say for whom, or by what mandate.
    """
    withdraws = policy.speaks_for(actor, proposal.proposed_by_id)
    if not withdraws or proposal.status != "open":
        _answering(actor, proposal, request)
    proposal.words, proposal.mandate = request.words, request.mandate or proposal.mandate
    status, verb = ("withdrawn", "withdraw") if withdraws else ("declined", "decline")
    await decide(session, actor, agreement, proposal, status=status, verb=verb)
    if proposal.result_id is None:
        return
    rows = queries.whole(select(Agreement).where(Agreement.id == proposal.result_id))
    amendment = (await session.scalars(rows.with_for_update(of=Agreement))).one()
    if amendment.status == "draft":
        before = content_of(amendment)
        amendment.discarded_at = clock.now()
        await record(session, actor, amendment, verb="discard", before=before)


def _answering(actor: Actor, proposal: AgreementProposal, request: AnswerRequest) -> list[UUID]:
    """For whom somebody answers."""
    if actor.is_officer:
        if request.organization not in proposal.asked:
            raise ValidationFailed.single("/organization", "not-asked", NOT_ASKED)
        policy.require_mandate(actor, request.mandate)
        own = [id_ for id_ in proposal.asked if id_ == request.organization]
    else:
        own = [id_ for id_ in proposal.asked if policy.speaks_for(actor, id_)]
    if not own:
        raise NotAsked
    if proposal.status != "open":
        raise ProposalDecided(state=proposal.status)
    return own
