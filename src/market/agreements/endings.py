"""How an agreement ends otherwise than fulfilled: short, lapsed or terminated, each with a coded cause."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.agreements import policy
from market.agreements.consent.asking import decide, propose
from market.agreements.consent.rights import require_right
from market.agreements.consent.standing import bound_ids, known_principals
from market.agreements.gate import missing_to_quantify, require_nothing_missing, unconfirmed
from market.agreements.history.contents import content_of, record
from market.agreements.ledger.fulfilment import refresh_fulfilment
from market.agreements.ledger.promises import let_go
from market.agreements.ledger.standings import standings
from market.agreements.lifecycle_schemas import CauseRequest
from market.agreements.models import Agreement, AgreementProposal
from market.agreements.queries import whole
from market.agreements.states import NOTHING_DELIVERED, SOMETHING_DELIVERED, TRANSITIONS
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.errors import FieldError
from market.core.jobs import Schedule
from market.core.states import require_transition

LAPSED_AT_ONCE = 200
EXPIRED = "Hết thời hạn mà chưa có hiệu lực"


async def end_agreement(
    session: AsyncSession, actor: Actor, agreement: Agreement, request: CauseRequest, *, verb: str
) -> Agreement:
    """Close short (something was delivered), lapse (nothing was) or terminate.

    Where a known principal is bound that has not asked for it, this is a proposal that waits for it: the agreement
    answers with the proposal among its `proposals`, in the state as before. An officer does it at once by a mandate.

    Raises:
        NotAllowed: not by the table of rights.
        IllegalTransition: not out of this state.
        RequirementsMissing: the ledger says otherwise.
        ProposalOpen: the same is asked already.
        ValidationFailed: an officer names no mandate.
    """
    require_right(actor, agreement, verb)
    await _require_ledger(session, agreement, verb)
    asked = _asked_to_end(actor, agreement)
    accepted = [id_ for id_ in asked if policy.speaks_for(actor, id_)]
    if asked:
        policy.require_mandate(actor, request.mandate)
        agreement.mandate = request.mandate if actor.is_officer else agreement.mandate
    if actor.is_officer or accepted == asked:
        return await end_now(session, actor, agreement, request, verb=verb)
    proposal = AgreementProposal(
        verb=verb, cause=request.cause, note=request.note, asked=asked, accepted=accepted, result_id=None
    )
    await propose(session, actor, agreement, proposal)
    return agreement


def _asked_to_end(actor: Actor, agreement: Agreement) -> list[UUID]:
    """Who is bound; of a mere note, whoever it names, unless its logger takes its own word back."""
    asked = bound_ids(agreement)
    if not asked and not actor.is_officer and not actor.belongs_to(agreement.logged_by_id):
        asked = {party.organization_id for party in known_principals(agreement) if party.organization_id is not None}
    return sorted(asked)


async def _require_ledger(session: AsyncSession, agreement: Agreement, verb: str) -> None:
    step = TRANSITIONS[verb]
    found = await standings(session, agreement.lines)
    delivered = any(standing.accepted > 0 for standing in found)
    if NOTHING_DELIVERED in step.requires and (delivered or any(standing.waiting > 0 for standing in found)):
        require_nothing_missing([FieldError("/lines", "delivered", NOTHING_DELIVERED)])
    if SOMETHING_DELIVERED in step.requires and not delivered:
        require_nothing_missing([FieldError("/lines", "not-delivered", SOMETHING_DELIVERED)])


async def end_now(
    session: AsyncSession, actor: Actor, agreement: Agreement, request: CauseRequest, *, verb: str
) -> Agreement:
    """End it, as everybody who is asked wants it.

    Raises:
        IllegalTransition: not out of this state.
        RequirementsMissing: the ledger says otherwise.
    """
    step = require_transition(TRANSITIONS, verb, state=agreement.status)
    await _require_ledger(session, agreement, verb)
    before = content_of(agreement)
    agreement.status, agreement.ended_on = step.target or agreement.status, clock.today()
    agreement.cause, agreement.cause_note = request.cause, request.note
    await record(session, actor, agreement, verb=verb, before=before)
    await let_go(session, actor, agreement, because=request.cause)
    if agreement.effective_on is not None:
        await refresh_fulfilment(session, agreement)
    for proposal in agreement.proposals:
        if proposal.verb != "amend":
            await decide(session, actor, agreement, proposal, status="accepted", verb="take_effect")
    return agreement


async def lapse_expired(session: AsyncSession) -> None:
    """Lapse what was signed, never came into force, and whose validity has ended; the rest waits for the next run.

    The cause is `documents` where content or confirmations were missing, otherwise `other`. An MOU that a contract
    came from has done its work and stays. Source: the programmes' reviews, that what is signed must be made effective.
    """
    contract = aliased(Agreement)
    converted = select(contract.id).where(contract.converted_from_id == Agreement.id, contract.status != "draft")
    rows = (
        whole(select(Agreement))
        .where(
            Agreement.status == "signed",
            Agreement.effective_on.is_(None),
            Agreement.valid_until < clock.today(),
            ~converted.exists(),
        )
        .order_by(Agreement.id)
        .limit(LAPSED_AT_ONCE)
        .with_for_update(of=Agreement, skip_locked=True)
    )
    for agreement in (await session.scalars(rows)).all():
        missing = missing_to_quantify(agreement) or unconfirmed(agreement)
        request = CauseRequest(cause="documents" if missing else "other", note=EXPIRED)
        await end_agreement(session, SYSTEM, agreement, request, verb="lapse")


LAPSE_SCHEDULE = Schedule("lapse_expired_agreements", "23 * * * *", lapse_expired)
