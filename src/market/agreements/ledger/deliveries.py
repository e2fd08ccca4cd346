"""The ledger of deliveries: append-only, corrections reverse; what is fulfilled is derived and never typed in."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from market.agreements import policy
from market.agreements.consent.rights import require_right
from market.agreements.history.contents import content_of, content_of_confirmation, content_of_delivery, digest, record
from market.agreements.ledger.course import note_course, worth_vnd
from market.agreements.ledger.fulfilment import refresh_fulfilment
from market.agreements.ledger.promises import let_go, reserve_as_agreed
from market.agreements.ledger.schemas import DeliveryCreate
from market.agreements.ledger.standings import Standing, deliveries_of, first_of, standings
from market.agreements.models import Agreement, Delivery, DeliveryConfirmation
from market.agreements.states import TRANSITIONS
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import AlreadyExists, Conflict, NotAllowed, NotFound, ValidationFailed
from market.core.language import Message
from market.core.states import require_transition

UNKNOWN_LINE = Message(vi="Văn bản không có dòng hàng này.", en="The agreement has no such line.")
UNKNOWN_DELIVERY = Message(vi="Văn bản không có lần giao này.", en="The agreement has no such delivery.")
REVERSAL = Message(
    vi="Không đảo một bút toán đảo; hãy ghi lại lần giao.", en="A reversal is not reversed; record the delivery again."
)
OUT_OF_TIME = Message(
    vi="Ngày giao phải từ ngày ký đến hôm nay.", en="The day of delivery must lie between signing and today."
)


class AlreadyReversed(AlreadyExists):
    code = "already-reversed"
    detail = Message(vi="Lần giao này đã được đảo.", en="This delivery was reversed already.")


class EntryReversed(Conflict):
    code = "delivery-reversed"
    detail = Message(vi="Lần giao này đã bị đảo.", en="This delivery was taken back.")


async def record_delivery(
    session: AsyncSession, actor: Actor, agreement: Agreement, delivery_in: DeliveryCreate
) -> tuple[Delivery, Standing]:
    """Append an entry and derive what follows. The agreement must be locked.

    Raises:
        NotAllowed: not an insider.
        IllegalTransition: the agreement is not in force.
        ValidationFailed: no such line or entry, or a day before signing or after today.
        AlreadyReversed: the entry was taken back before.
    """
    require_right(actor, agreement, "deliver")
    if delivery_in.reverses is None:
        delivery = _arrived(agreement, delivery_in)
    else:
        delivery = await _reversal(session, agreement, delivery_in.reverses)
    delivery.note, delivery.recorded_by_id = delivery_in.note, actor.organization_id
    details = {"content_sha256": [None, digest(content_of_delivery(delivery))]}
    verb = "deliver" if delivery.reverses_id is None else "reverse"
    await record_change(session, actor, delivery, verb=verb, details=details)
    await note_course(session, agreement, delivered_vnd=worth_vnd(delivery))
    set_committed_value(delivery, "confirmation", None)
    if delivery.reverses_id is None and not actor.is_officer and policy.may_receive(actor, agreement):
        await _confirm(session, actor, delivery)
    found = await derive_status(session, actor, agreement)
    return delivery, next(one for one in found if first_of(one.line) == first_of(delivery.line))


def _arrived(agreement: Agreement, delivery_in: DeliveryCreate) -> Delivery:
    line = next((line for line in agreement.lines if line.id == delivery_in.line), None)
    if line is None:
        raise ValidationFailed.single("/line", "unknown-line", UNKNOWN_LINE)
    day, signed_on = delivery_in.delivered_on, agreement.signed_on
    if day is None or day > clock.today() or (signed_on is not None and day < signed_on):
        raise ValidationFailed.single("/delivered_on", "out-of-time", OUT_OF_TIME)
    return Delivery(
        line=line,
        line_id=line.id,
        delivered_on=day,
        quantity=delivery_in.quantity,
        rejected=delivery_in.rejected,
        rejection_cause=delivery_in.rejection_cause,
        evidence=delivery_in.evidence,
    )


async def _reversal(session: AsyncSession, agreement: Agreement, delivery_id: UUID) -> Delivery:
    entries = (await session.scalars(deliveries_of(agreement))).all()
    wrong = next((entry for entry in entries if entry.id == delivery_id), None)
    if wrong is None:
        raise ValidationFailed.single("/reverses", "unknown-delivery", UNKNOWN_DELIVERY)
    if wrong.reverses_id is not None:
        raise ValidationFailed.single("/reverses", "is-a-reversal", REVERSAL)
    if any(entry.reverses_id == delivery_id for entry in entries):
        raise AlreadyReversed
    return Delivery(
        line=wrong.line,
        line_id=wrong.line_id,
        delivered_on=wrong.delivered_on,
        quantity=-wrong.quantity,
        rejected=-wrong.rejected,
        rejection_cause=wrong.rejection_cause,
        evidence=wrong.evidence,
        reverses_id=wrong.id,
    )


async def confirm_delivery(session: AsyncSession, actor: Actor, agreement: Agreement, delivery_id: UUID) -> Delivery:
    """The receiving side says that goods arrived as recorded; what it recorded itself it has confirmed by that.

    The agreement must be locked. Confirming again changes nothing.

    Raises:
        NotFound: the agreement has no such entry.
        NotAllowed: not of the receiving side.
        EntryReversed: the entry was taken back, or takes one back.
    """
    if not policy.may_receive(actor, agreement):
        raise NotAllowed
    entries = (await session.scalars(deliveries_of(agreement))).all()
    delivery = next((entry for entry in entries if entry.id == delivery_id), None)
    if delivery is None:
        raise NotFound
    if delivery.reverses_id is not None or any(entry.reverses_id == delivery_id for entry in entries):
        raise EntryReversed
    if delivery.confirmation is None:
        await _confirm(session, actor, delivery)
    return delivery


async def _confirm(session: AsyncSession, actor: Actor, delivery: Delivery) -> None:
    confirmation = DeliveryConfirmation(delivery_id=delivery.id, organization_id=actor.organization_id)
    details = {"content_sha256": [None, digest(content_of_confirmation(confirmation))]}
    await record_change(session, actor, confirmation, verb="confirm", details=details)
    set_committed_value(delivery, "confirmation", confirmation)


async def derive_status(session: AsyncSession, actor: Actor, agreement: Agreement) -> list[Standing]:
    """Fulfilled when every line is met, in force again when a correction says otherwise."""
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
        await refresh_fulfilment(session, agreement)
    return found
