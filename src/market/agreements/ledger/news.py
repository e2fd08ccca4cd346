"""What the other side is told of deliveries: once for each entry of the log; and once of each line that is late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.ledger.overdue import overdue_statement
from market.agreements.ledger.schemas import OverdueQuery
from market.agreements.models import (
    Agreement,
    AgreementLine,
    AgreementParty,
    Delivery,
    DeliveryConfirmation,
    DeliveryDispute,
)
from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import Change
from market.core.jobs import Schedule
from market.core.language import Message
from market.core.pagination import encode_cursor
from market.matching.alerts.news import News
from market.matching.alerts.notices import tell_organizations
from market.matching.alerts.texts import filled
from market.reference.types import known_catalogue

LOGGED = Message(
    vi="Văn bản {number}: đã ghi một lần giao ({quantity} {unit}, ngày {day}). Hãy xác nhận hoặc phản đối trước "
    "{counts_on}; quá hạn thì lần giao được tính.",
    en="Agreement {number}: a delivery was recorded ({quantity} {unit}, {day}). Confirm or dispute it before "
    "{counts_on}; after that it counts.",
)
RECEIVED = Message(
    vi="Văn bản {number}: bên nhận đã ghi một lần giao ({quantity} {unit}, ngày {day}); lần giao này được tính.",
    en="Agreement {number}: the receiver recorded a delivery ({quantity} {unit}, {day}); it counts.",
)
REJECTED = Message(
    vi="Văn bản {number}: lần giao {quantity} {unit} ngày {day} bị trả lại {rejected} {unit}.",
    en="Agreement {number}: of the delivery of {quantity} {unit} on {day}, {rejected} {unit} were rejected.",
)
REVERSED = Message(
    vi="Văn bản {number}: một lần giao ngày {day} đã được đảo lại.",
    en="Agreement {number}: a delivery of {day} was taken back.",
)
CONFIRMED = Message(
    vi="Văn bản {number}: bên nhận đã xác nhận lần giao {quantity} {unit} ngày {day}.",
    en="Agreement {number}: the receiver confirmed the delivery of {quantity} {unit} on {day}.",
)
DISPUTED = Message(
    vi="Văn bản {number}: bên nhận không đồng ý với lần giao {quantity} {unit} ngày {day}. Xem ý kiến, rồi đảo lại và "
    "ghi đúng, hoặc trao đổi để bên nhận xác nhận.",
    en="Agreement {number}: the receiver disputes the delivery of {quantity} {unit} on {day}. Read why, then take it "
    "back and record it right, or agree and let the receiver confirm.",
)
LATE = Message(
    vi="Văn bản {number}: hàng giao chậm, còn thiếu {quantity} {unit} theo kế hoạch đến hôm qua.",
    en="Agreement {number}: goods are late, {quantity} {unit} are missing by the plan up to yesterday.",
)
KINDS: Mapping[str, tuple[str, Message]] = {
    "deliver": ("delivery_logged", LOGGED),
    "reverse": ("delivery_reversed", REVERSED),
    "confirm": ("delivery_confirmed", CONFIRMED),
    "dispute": ("delivery_disputed", DISPUTED),
}
"""By verb; a receiver's own record and rejected goods are told in other words."""
ENTITIES = {"delivery": Delivery, "delivery_confirmation": DeliveryConfirmation, "delivery_dispute": DeliveryDispute}
LATE_AT_ONCE = 100


async def delivery_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What the other principals are to be told of a batch of the log; one statement however many deliveries."""
    entries = [change for change in changes if change.entity in ENTITIES]
    if not entries:
        return []
    found = await session.execute(_entries([change.entity_id for change in entries]))
    rows: dict[UUID, Row[Any]] = {}
    for row in found:
        rows |= {id_: row for id_ in (row.id, row.confirmation_id, row.dispute_id) if id_ is not None}
    news: list[tuple[UUID, News]] = []
    for change in entries:
        row = rows.get(change.entity_id)
        if row is not None and not (change.verb == "confirm" and change.organization_id == row.recorded_by_id):
            kind, text = _told(change, row)
            item = _news(row, kind, text, key=f"{change.entity}:{change.entity_id}")
            news += [(party, item) for party in _principals(row.parties) if party != change.organization_id]
    return news


def _told(change: Change, row: Row[Any]) -> tuple[str, Message]:
    if change.verb == "deliver" and row.rejected:
        return "delivery_rejected", REJECTED
    if change.verb == "deliver" and row.counts_on is None:
        return "delivery_logged", RECEIVED if row.confirmation_id else _without_a_day(LOGGED)
    return KINDS[change.verb]


def _without_a_day(text: Message) -> Message:
    """The first sentence: where nobody here can dispute, no day lets it pass."""
    return Message(vi=text.vi.split(". ")[0] + ".", en=text.en.split(". ")[0] + ".")


def _news(row: Row[Any], kind: str, text: Message, *, key: str) -> News:
    said = filled(
        text,
        number=row.number,
        quantity=f"{abs(row.quantity).normalize():f}",
        rejected=f"{abs(row.rejected).normalize():f}",
        unit=row.unit_code or "",
        day=f"{row.delivered_on:%d/%m/%Y}",
        counts_on=f"{row.counts_on:%d/%m/%Y}" if row.counts_on else "",
    )
    return News(
        kind=kind, entity="agreement", entity_id=row.agreement_id, entity_version=row.version, text=said, key=key
    )


def _principals(parties: Iterable[Sequence[Any]]) -> list[UUID]:
    """The organizations here that sell or buy; where nobody does, the authorities."""
    known = [(role, UUID(str(organization))) for role, organization in parties if organization]
    trading = [organization for role, organization in known if role in ("seller", "buyer")]
    return trading or [organization for role, organization in known if role == "authority"]


def _parties() -> Any:
    pair = func.jsonb_build_array(AgreementParty.role, AgreementParty.organization_id, type_=JSONB)
    told = select(func.jsonb_agg(aggregate_order_by(pair, AgreementParty.position)))
    return told.where(AgreementParty.agreement_id == Agreement.id).correlate(Agreement).scalar_subquery()


def _entries(ids: Sequence[UUID]) -> Select[Any]:
    """Deliveries by their own ids, or those of what the receiver said of them."""
    columns: tuple[Any, ...] = (
        Delivery.id,
        Delivery.quantity,
        Delivery.rejected,
        Delivery.delivered_on,
        Delivery.counts_on,
        Delivery.recorded_by_id,
        DeliveryConfirmation.id.label("confirmation_id"),
        DeliveryDispute.id.label("dispute_id"),
        AgreementLine.unit_code,
        Agreement.id.label("agreement_id"),
        Agreement.number,
        Agreement.version,
        _parties().label("parties"),
    )
    return (
        select(*columns)
        .join(AgreementLine, AgreementLine.id == Delivery.line_id)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .outerjoin(DeliveryConfirmation, DeliveryConfirmation.delivery_id == Delivery.id)
        .outerjoin(DeliveryDispute, DeliveryDispute.delivery_id == Delivery.id)
        .where(or_(Delivery.id.in_(ids), DeliveryConfirmation.id.in_(ids), DeliveryDispute.id.in_(ids)))
    )


async def tell_what_is_late(session: AsyncSession) -> None:
    """Tell the principals of every line that is late, once for each line."""
    catalogue, today, cursor = await known_catalogue(session), clock.today(), None
    while True:
        query = OverdueQuery(limit=LATE_AT_ONCE, cursor=cursor)
        statement = overdue_statement(SYSTEM, query, catalogue=catalogue, today=today)
        rows = (await session.execute(statement.add_columns(Agreement.version, _parties().label("parties")))).all()
        page = rows[:LATE_AT_ONCE]
        await tell_organizations(session, [item for row in page for item in _late(row)])
        if len(rows) <= LATE_AT_ONCE:
            return
        cursor = encode_cursor(page[-1][0].id)


def _late(row: Row[Any]) -> list[tuple[UUID, News]]:
    line, number, expected, came, waiting, version, parties = tuple(row)
    text = filled(
        LATE, number=number, quantity=f"{(expected - came - waiting).normalize():f}", unit=line.unit_code or ""
    )
    item = News(
        kind="delivery_overdue",
        entity="agreement",
        entity_id=line.agreement_id,
        entity_version=version,
        text=text,
        key=f"overdue:{line.first_line_id or line.id}",
    )
    return [(organization, item) for organization in _principals(parties)]


OVERDUE_SCHEDULE = Schedule("tell_what_is_late", "37 23 * * *", tell_what_is_late)
"""At 6:37 in Vietnam: before the day's deliveries."""
