"""What the receiving side says of a delivery: that it arrived as recorded, or that it did not."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from market.agreements import policy
from market.agreements.consent.rights import require_right
from market.agreements.history.contents import content_of_confirmation, content_of_dispute, digest
from market.agreements.ledger.counting import stage_of
from market.agreements.ledger.fulfilling import derive_status
from market.agreements.ledger.schemas import DisputeRequest
from market.agreements.ledger.standings import deliveries_of
from market.agreements.models import Agreement, Delivery, DeliveryConfirmation, DeliveryDispute
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import Conflict, NotFound
from market.core.language import Message


class EntryReversed(Conflict):
    code = "delivery-reversed"
    detail = Message(vi="Lần giao này đã bị đảo.", en="This delivery was taken back.")


class DeliveryCounted(Conflict):
    """What counts is corrected by a reversal of whoever recorded it, no longer disputed."""

    code = "delivery-counted"
    detail = Message(
        vi="Lần giao này đã được tính, do bên nhận đã xác nhận hoặc để quá hạn; hãy đề nghị bên ghi đảo lại.",
        en="This delivery counts: it was confirmed, or let pass; ask whoever recorded it to reverse it.",
    )


def find_entry(entries: Sequence[Delivery], delivery_id: UUID) -> Delivery | None:
    """The entry of this id."""
    return next((entry for entry in entries if entry.id == delivery_id), None)


async def _received(
    session: AsyncSession, actor: Actor, agreement: Agreement, delivery_id: UUID, *, verb: str
) -> Delivery:
    """The entry that the actor may speak of for the receiving side.

    Raises:
        NotFound: the agreement has no such entry.
        NotTheReceiver: not of the receiving side.
        NotForThisRole: not by the table of rights.
        EntryReversed: the entry was taken back, or takes one back.
    """
    require_right(actor, agreement, verb)
    policy.require_can_receive(actor, agreement)
    delivery = find_entry((await session.scalars(deliveries_of(agreement))).all(), delivery_id)
    if delivery is None:
        raise NotFound
    policy.require_can_receive(actor, agreement, recorded_by=delivery.recorded_by_id)
    if delivery.reverses_id is not None or delivery.reversal is not None:
        raise EntryReversed
    return delivery


async def confirm_delivery(session: AsyncSession, actor: Actor, agreement: Agreement, delivery_id: UUID) -> Delivery:
    """The receiving side says that goods arrived as recorded, after a dispute too; from now on they count.

    The agreement must be locked. Confirming again changes nothing.

    Raises:
        NotFound, NotAllowed, EntryReversed: see `_received`.
    """
    delivery = await _received(session, actor, agreement, delivery_id, verb="confirm_delivery")
    if delivery.confirmation is None:
        await confirm(session, actor, delivery)
        await derive_status(session, actor, agreement)
    return delivery


async def dispute_delivery(
    session: AsyncSession, actor: Actor, agreement: Agreement, delivery_id: UUID, request: DisputeRequest
) -> Delivery:
    """The receiving side says that goods did not arrive as recorded: they do not count.

    The agreement must be locked. Disputing again changes nothing.

    Raises:
        NotFound, NotAllowed, EntryReversed: see `_received`.
        DeliveryCounted: it was confirmed, or silence has let it pass.
    """
    delivery = await _received(session, actor, agreement, delivery_id, verb="dispute_delivery")
    stage = stage_of(delivery, today=clock.today())
    if stage == "counted":
        raise DeliveryCounted
    if stage == "waiting":
        dispute = DeliveryDispute(
            delivery_id=delivery.id, organization_id=actor.organization_id, cause=request.cause, words=request.words
        )
        details = {"content_sha256": [None, digest(content_of_dispute(dispute))]}
        await record_change(session, actor, dispute, verb="dispute", details=details)
        set_committed_value(delivery, "dispute", dispute)
    return delivery


async def confirm(session: AsyncSession, actor: Actor, delivery: Delivery) -> None:
    """Note that the receiving side stands by an entry; who calls derives what follows."""
    confirmation = DeliveryConfirmation(delivery_id=delivery.id, organization_id=actor.organization_id)
    details = {"content_sha256": [None, digest(content_of_confirmation(confirmation))]}
    await record_change(session, actor, confirmation, verb="confirm", details=details)
    set_committed_value(delivery, "confirmation", confirmation)
