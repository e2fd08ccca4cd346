"""What follows from deliveries that count: fulfilled, in force again; by a verb, or by the clock."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.agreements.history.contents import content_of, record
from market.agreements.ledger.counting import accepted, counts, is_confirmed, is_disputed, stands
from market.agreements.ledger.fulfilment import DUE, refresh_fulfilment
from market.agreements.ledger.overdue import expected_by
from market.agreements.ledger.promises import let_go, reserve_as_agreed
from market.agreements.ledger.standings import Standing, standings
from market.agreements.models import Agreement, AgreementLine, Delivery
from market.agreements.queries import whole
from market.agreements.states import TRANSITIONS
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.jobs import Schedule
from market.core.states import require_transition

FULFILLED_AT_ONCE = 200


async def derive_status(session: AsyncSession, actor: Actor, agreement: Agreement) -> list[Standing]:
    """Fulfilled when every line is met by what counts, in force again when a correction says otherwise."""
    found = await standings(session, agreement.lines)
    met = bool(found) and all(standing.outcome == "met" for standing in found)
    verb = {("effective", True): "fulfil", ("fulfilled", False): "reopen"}.get((agreement.status, met))
    if verb is not None:
        step = require_transition(TRANSITIONS, verb, state=agreement.status)
        before = content_of(agreement)
        agreement.status = step.target or agreement.status
        agreement.ended_on = clock.today() if met else None
        await record(session, actor, agreement, verb=verb, before=before)
        if met:
            await let_go(session, actor, agreement, because="fulfilled")
        else:
            await reserve_as_agreed(session, actor, agreement, short_is_fine=True)
    if verb is not None or agreement.status in DUE:
        await refresh_fulfilment(session, agreement)
    return found


async def fulfil_what_was_let_pass(session: AsyncSession) -> None:
    """Derive the state of agreements whose receivers kept silent so long that all is met now; the rest waits.

    Nothing is written of the silence itself: whoever reads the ledger counts by the same rule on the same day.
    """
    for agreement in (await session.scalars(_let_pass())).all():
        await derive_status(session, SYSTEM, agreement)


def _let_pass() -> Select[Agreement]:
    """Agreements in force with something that silence let pass, and no line that is short of its end."""
    today, line, counted = clock.today(), AgreementLine, aliased(AgreementLine)
    first = func.coalesce(line.first_line_id, line.id)
    on_the_line = or_(counted.id == first, counted.first_line_id == first)
    came = (
        select(func.coalesce(func.sum(accepted()), 0))
        .join(counted, counted.id == Delivery.line_id)
        .where(on_the_line, stands(), counts(today=today))
        .correlate(line)
        .scalar_subquery()
    )
    passed = (
        select(Delivery.id)
        .join(counted, counted.id == Delivery.line_id)
        .where(on_the_line, stands(), Delivery.counts_on <= today, ~is_confirmed(), ~is_disputed())
        .correlate(line)
    )
    least = expected_by(date.max) * (100 - line.tolerance_pct) / 100
    own = line.agreement_id == Agreement.id
    return (
        whole(select(Agreement))
        .where(
            Agreement.status == "effective",
            exists().where(own, passed.exists()),
            ~exists().where(own, func.coalesce(came < least, True)),
        )
        .order_by(Agreement.id)
        .limit(FULFILLED_AT_ONCE)
        .with_for_update(of=Agreement, skip_locked=True)
    )


LET_PASS_SCHEDULE = Schedule("fulfil_what_was_let_pass", "41 * * * *", fulfil_what_was_let_pass)
