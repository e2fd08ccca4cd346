"""The ledger of deliveries: append-only, corrections reverse; what is fulfilled is derived and never typed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from market.agreements import policy
from market.agreements.consent.rights import require_right
from market.agreements.history.contents import content_of_delivery, digest
from market.agreements.ledger.counting import stage_of
from market.agreements.ledger.fulfilling import derive_status
from market.agreements.ledger.likeness import delivery_like
from market.agreements.ledger.receiving import confirm, find_entry
from market.agreements.ledger.schemas import DeliveryCreate
from market.agreements.ledger.standings import Standing, deliveries_of, first_of, goes_beyond
from market.agreements.models import Agreement, Delivery
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.duplicates import ProbableDuplicate
from market.core.errors import AlreadyExists, ValidationFailed
from market.core.language import Message
from market.lots.models import Lot
from market.lots.queries import visible_lots

UNKNOWN_LINE = Message(vi="Văn bản không có dòng hàng này.", en="The agreement has no such line.")
UNKNOWN_DELIVERY = Message(vi="Văn bản không có lần giao này.", en="The agreement has no such delivery.")
UNKNOWN_LOT = Message(vi="Bên bán của văn bản không có lô này.", en="No seller of the agreement has such a lot.")
REVERSAL = Message(
    vi="Không đảo một bút toán đảo; hãy ghi lại lần giao.", en="A reversal is not reversed; record the delivery again."
)
OUT_OF_TIME = Message(
    vi="Ngày giao phải từ ngày ký đến hôm nay.", en="The day of delivery must lie between signing and today."
)


class AlreadyReversed(AlreadyExists):
    code = "already-reversed"
    detail = Message(vi="Lần giao này đã được đảo.", en="This delivery was reversed already.")


async def record_delivery(
    session: AsyncSession, actor: Actor, agreement: Agreement, delivery_in: DeliveryCreate, *, silent_days: int
) -> tuple[Delivery, Standing]:
    """Append an entry and derive what follows. The agreement must be locked.

    Args:
        silent_days: how long the receiver may keep silent before the entry counts.

    Raises:
        NotAllowed: not for the actor to record, or to take back.
        IllegalTransition: the agreement is not in force.
        ValidationFailed: no such line or entry, or a day before signing or after today.
        AlreadyReversed: the entry was taken back before.
        ProbableDuplicate: it is there already, and the sender does not insist.
    """
    require_right(actor, agreement, "deliver")
    entries = (await session.scalars(deliveries_of(agreement))).all()
    if delivery_in.reverses is None:
        await _require_sellers_lot(session, actor, agreement, delivery_in.lot)
        delivery = _arrived(agreement, delivery_in)
        delivery.recorded_by_id = actor.organization_id
        other = None if delivery_in.another else delivery_like(delivery, entries)
        if other is not None:
            raise ProbableDuplicate(other)
        others = policy.receivers(agreement) - {actor.organization_id}
        if others and not goes_beyond(delivery, entries):
            delivery.counts_on = clock.today() + timedelta(days=silent_days)
    else:
        delivery = _reversal(actor, agreement, entries, delivery_in.reverses)
        delivery.recorded_by_id = actor.organization_id
    delivery.note = delivery_in.note
    await _append(session, actor, agreement, delivery)
    found = await derive_status(session, actor, agreement)
    return delivery, next(one for one in found if first_of(one.line) == first_of(delivery.line))


async def _append(session: AsyncSession, actor: Actor, agreement: Agreement, delivery: Delivery) -> None:
    details = {"content_sha256": [None, digest(content_of_delivery(delivery))]}
    verb = "deliver" if delivery.reverses_id is None else "reverse"
    await record_change(session, actor, delivery, verb=verb, details=details)
    for name in ("confirmation", "dispute", "reversal"):
        set_committed_value(delivery, name, None)
    is_receiver = actor.organization_id in policy.receivers(agreement)
    if delivery.reverses_id is None and is_receiver and policy.may_receive(actor, agreement):
        await confirm(session, actor, delivery)


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
        lot_id=delivery_in.lot,
    )


async def _require_sellers_lot(session: AsyncSession, actor: Actor, agreement: Agreement, lot_id: UUID | None) -> None:
    """What is delivered was harvested by a seller of the paper."""
    if lot_id is None:
        return
    sellers = {party.organization_id for party in agreement.parties if party.role == "seller"}
    owner = await session.scalar(visible_lots(actor).where(Lot.id == lot_id).with_only_columns(Lot.organization_id))
    if owner is None or owner not in sellers:
        raise ValidationFailed.single("/lot", "unknown-lot", UNKNOWN_LOT)


def _reversal(actor: Actor, agreement: Agreement, entries: Sequence[Delivery], delivery_id: UUID) -> Delivery:
    wrong = find_entry(entries, delivery_id)
    if wrong is None:
        raise ValidationFailed.single("/reverses", "unknown-delivery", UNKNOWN_DELIVERY)
    if wrong.reverses_id is not None:
        raise ValidationFailed.single("/reverses", "is-a-reversal", REVERSAL)
    if wrong.reversal is not None:
        raise AlreadyReversed
    counts = stage_of(wrong, today=clock.today()) == "counted"
    policy.require_can_take_back(actor, agreement, recorded_by=wrong.recorded_by_id, counts=counts)
    return Delivery(
        line=wrong.line,
        line_id=wrong.line_id,
        delivered_on=wrong.delivered_on,
        quantity=-wrong.quantity,
        rejected=-wrong.rejected,
        rejection_cause=wrong.rejection_cause,
        evidence=wrong.evidence,
        lot_id=wrong.lot_id,
        reverses_id=wrong.id,
    )
