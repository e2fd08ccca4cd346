"""What the other side is told of deliveries: once for each entry of the log; and once of each line that is late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
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
from market.agreements.states import CAUSES
from market.agreements.telling import doer, names_of
from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import Change
from market.core.jobs import Schedule
from market.core.language import Message
from market.core.pagination import encode_cursor
from market.notifications.kinds import (
    Kind,
    OfDelivery,
    OfLoggedDelivery,
    OfOverdueDelivery,
    OfReasonedDelivery,
    Payload,
    Spoken,
)
from market.notifications.news import News, news_of
from market.organizations.people import tell_organizations
from market.reference.catalogue import Catalogue
from market.reference.types import known_catalogue

GOODS = Message(vi="hàng", en="goods")
REJECTED_OF_IT = Message(vi="{amount} (trả lại {rejected})", en="{amount} ({rejected} rejected)")
ENTITIES = {"delivery": Delivery, "delivery_confirmation": DeliveryConfirmation, "delivery_dispute": DeliveryDispute}
LATE_AT_ONCE = 100


async def delivery_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What the other principals are to be told of a batch of the log; two statements however many deliveries."""
    entries = [change for change in changes if change.entity in ENTITIES]
    if not entries:
        return []
    catalogue = await known_catalogue(session)
    names = await names_of(session, entries)
    found = await session.execute(_entries([change.entity_id for change in entries]))
    rows: dict[UUID, Row[Any]] = {}
    for row in found:
        rows |= {id_: row for id_ in (row.id, row.confirmation_id, row.dispute_id) if id_ is not None}
    news: list[tuple[UUID, News]] = []
    for change in entries:
        row = rows.get(change.entity_id)
        if row is None or (change.verb == "confirm" and _is_receivers_own(row)):
            continue
        item = _news(change, row, by=doer(change, names), catalogue=catalogue)
        news += [(party, item) for party in _principals(row.parties) if party != change.organization_id]
    return news


def _is_receivers_own(row: Row[Any]) -> bool:
    """Whether the receiver recorded the delivery itself: what it confirms is told with the record."""
    return row.recorded_by_id is not None and row.recorded_by_id == row.confirmed_by_id


def _news(change: Change, row: Row[Any], *, by: Spoken, catalogue: Catalogue) -> News:
    kind = _kind(change, row)
    about: dict[str, Any] = {
        "id": row.agreement_id,
        "version": row.version,
        "key": f"delivery:{row.id}:{change.verb}",
        "caused_by": change.organization_id,
        "binding": True,
        "paper": row.number,
        "by": by,
        "goods": _goods(row.concept_id, row.description, catalogue),
        "amount": _amount(row.quantity, row.unit_code, catalogue),
    }
    payload: Payload
    match kind:
        case Kind.DELIVERY_LOGGED:
            if row.rejected:
                rejected = f"{abs(row.rejected).normalize():f}"
                about["amount"] = _filled(REJECTED_OF_IT, amount=about["amount"], rejected=rejected)
            day = f"{row.counts_on:%d/%m/%Y}" if row.counts_on else ""
            payload = OfLoggedDelivery(**about, day=day, variant="" if day else "unheard")
        case Kind.DELIVERY_REJECTED:
            about["amount"] = _amount(row.rejected, row.unit_code, catalogue)
            payload = OfReasonedDelivery(**about, reason=CAUSES[row.rejection_cause])
        case Kind.DELIVERY_DISPUTED:
            payload = OfReasonedDelivery(**about, reason=CAUSES[row.dispute_cause])
        case _:
            payload = OfDelivery(**about)
    return news_of(kind, payload)


def _kind(change: Change, row: Row[Any]) -> Kind:
    match change.verb:
        case "deliver" if not _is_receivers_own(row):
            return Kind.DELIVERY_LOGGED
        case "deliver":
            return Kind.DELIVERY_REJECTED if row.rejected else Kind.DELIVERY_RECEIVED
        case "reverse":
            return Kind.DELIVERY_REVERSED
        case "confirm":
            return Kind.DELIVERY_CONFIRMED
    return Kind.DELIVERY_DISPUTED


def _goods(concept_id: str | None, description: str | None, catalogue: Catalogue) -> Spoken:
    concept = catalogue.find_concept(concept_id) if concept_id else None
    return Message(vi=concept.name_vi, en=concept.name_en) if concept else description or GOODS


def _amount(quantity: Decimal, unit_code: str | None, catalogue: Catalogue) -> Message:
    number = f"{abs(quantity).normalize():f}"
    if unit_code is None:
        return Message(vi=number, en=number)
    unit = catalogue.unit(unit_code)
    return Message(vi=f"{number} {unit.name_vi}", en=f"{number} {unit.name_en}")


def _filled(text: Message, *, amount: Message, rejected: str) -> Message:
    return Message(
        vi=text.text("vi", amount=amount.vi, rejected=rejected), en=text.text("en", amount=amount.en, rejected=rejected)
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
        Delivery.rejection_cause,
        Delivery.counts_on,
        Delivery.recorded_by_id,
        DeliveryConfirmation.id.label("confirmation_id"),
        DeliveryConfirmation.organization_id.label("confirmed_by_id"),
        DeliveryDispute.id.label("dispute_id"),
        DeliveryDispute.cause.label("dispute_cause"),
        AgreementLine.concept_id,
        AgreementLine.description,
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
        await tell_organizations(session, [item for row in page for item in _late(row, catalogue)])
        if len(rows) <= LATE_AT_ONCE:
            return
        cursor = encode_cursor(page[-1][0].id)


def _late(row: Row[Any], catalogue: Catalogue) -> list[tuple[UUID, News]]:
    line, number, expected, came, waiting, version, parties = tuple(row)
    late = OfOverdueDelivery(
        id=line.agreement_id,
        version=version,
        key=f"delivery:{line.first_line_id or line.id}:overdue",
        paper=number,
        goods=_goods(line.concept_id, line.description, catalogue),
        amount=_amount(expected - came - waiting, line.unit_code, catalogue),
        day=f"{clock.today() - timedelta(days=1):%d/%m/%Y}",
    )
    item = news_of(Kind.DELIVERY_OVERDUE, late)
    return [(organization, item) for organization in _principals(parties)]


OVERDUE_SCHEDULE = Schedule("tell_what_is_late", "37 23 * * *", tell_what_is_late)
"""At 6:37 in Vietnam: before the day's deliveries."""
