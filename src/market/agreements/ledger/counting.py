"""Which deliveries count: a seller's word alone does not.

An entry counts when the receiver confirmed it, or on its day `counts_on` when the receiver has neither confirmed nor
disputed it until then. What goes beyond the promise of its line has no such day. What the receiver recorded itself it
has confirmed by that. A disputed entry waits until the receiver confirms it after all, or whoever recorded it takes
it back. Nothing else is asked of these questions: what is fulfilled, late, reported and published follows them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from market.agreements.models import Delivery, DeliveryConfirmation, DeliveryDispute
from market.core.language import Message

Stage = Literal["counted", "waiting", "disputed", "taken_back"]

STAGES: dict[Stage, Message] = {
    "counted": Message(vi="Được tính", en="Counts"),
    "waiting": Message(vi="Theo lời bên ghi, chờ bên nhận", en="By the recorder's word, waits for the receiver"),
    "disputed": Message(vi="Bên nhận không đồng ý", en="Disputed by the receiver"),
    "taken_back": Message(vi="Đã đảo", en="Taken back"),
}


def stage_of(delivery: Delivery, *, today: date) -> Stage:
    """Where an entry stands; it must have its confirmation, dispute and reversal loaded."""
    if delivery.reverses_id is not None or delivery.reversal is not None:
        return "taken_back"
    if delivery.confirmation is not None:
        return "counted"
    if delivery.dispute is not None:
        return "disputed"
    passed = delivery.counts_on is not None and delivery.counts_on <= today
    return "counted" if passed else "waiting"


def _before(column: Any, known: datetime | None) -> Iterable[ColumnElement[bool]]:
    return [] if known is None else [column < known]


def stands(*, known: datetime | None = None) -> ColumnElement[bool]:
    """Neither a reversal nor reversed, as far as was known."""
    reversal = aliased(Delivery)
    taken_back = select(reversal.id).where(reversal.reverses_id == Delivery.id, *_before(reversal.created_at, known))
    return and_(Delivery.reverses_id.is_(None), ~taken_back.exists())


def is_confirmed(*, known: datetime | None = None) -> ColumnElement[bool]:
    """The receiver confirmed it."""
    row = DeliveryConfirmation
    return select(row.id).where(row.delivery_id == Delivery.id, *_before(row.created_at, known)).exists()


def is_disputed(*, known: datetime | None = None) -> ColumnElement[bool]:
    """The receiver disputed it, whatever it said afterwards."""
    row = DeliveryDispute
    return select(row.id).where(row.delivery_id == Delivery.id, *_before(row.created_at, known)).exists()


def counts(*, today: date, known: datetime | None = None) -> ColumnElement[bool]:
    """An entry that `stands` counts.

    Args:
        today: the day at which the receivers' silence is looked at.
        known: only what was recorded before this instant; all of it when left out.
    """
    passed = and_(Delivery.counts_on.is_not(None), Delivery.counts_on <= today, ~is_disputed(known=known))
    return or_(is_confirmed(known=known), passed)


def accepted() -> ColumnElement[Any]:
    """What was accepted of an entry, in the unit of its line."""
    return func.coalesce(Delivery.quantity - Delivery.rejected, 0)
