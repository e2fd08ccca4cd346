"""How an agreement ends otherwise than fulfilled: short, lapsed or terminated, each with a coded cause."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements import policy
from market.agreements.contents import content_of, record
from market.agreements.fulfilment import refresh_fulfilment
from market.agreements.gate import require_nothing_missing
from market.agreements.lifecycle_schemas import CauseRequest
from market.agreements.models import Agreement
from market.agreements.standings import standings
from market.agreements.states import NOTHING_DELIVERED, SOMETHING_DELIVERED, TRANSITIONS
from market.core import clock
from market.core.access import Actor
from market.core.errors import FieldError
from market.core.states import require_transition


async def end_agreement(
    session: AsyncSession, actor: Actor, agreement: Agreement, request: CauseRequest, *, verb: str
) -> Agreement:
    """Close short (something was delivered), lapse (nothing was) or terminate.

    Raises:
        NotAllowed: not an insider.
        IllegalTransition: not out of this state.
        RequirementsMissing: the ledger says otherwise.
    """
    policy.require_insider(actor, agreement)
    step = require_transition(TRANSITIONS, verb, state=agreement.status)
    delivered = any(standing.accepted > 0 for standing in await standings(session, agreement.lines))
    if NOTHING_DELIVERED in step.requires and delivered:
        require_nothing_missing([FieldError("/lines", "delivered", NOTHING_DELIVERED)])
    if SOMETHING_DELIVERED in step.requires and not delivered:
        require_nothing_missing([FieldError("/lines", "not-delivered", SOMETHING_DELIVERED)])
    before = content_of(agreement)
    agreement.status, agreement.ended_on = step.target or agreement.status, clock.today()
    agreement.cause, agreement.cause_note = request.cause, request.note
    await record(session, actor, agreement, verb=verb, before=before)
    if agreement.effective_on is not None:
        await refresh_fulfilment(session, agreement)
    return agreement
