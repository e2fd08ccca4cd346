"""Where goods are late: what each line in force had to bring by yesterday, against what was accepted; one statement."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Numeric,
    Select,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.agreements.ledger.counting import accepted, counts, is_disputed, stands
from market.agreements.ledger.quantities import next_expected
from market.agreements.ledger.schemas import OverdueOut, OverdueQuery
from market.agreements.models import Agreement, AgreementLine, AgreementParty, Delivery
from market.agreements.placing import placed_by
from market.core.access import Actor
from market.core.pagination import Page, decode_cursor, encode_cursor
from market.reference.cadence import EVERY_DAY
from market.reference.catalogue import Catalogue
from market.reference.maps import recorded_as
from market.reference.schemas import ConceptMark


def _planned(today: date) -> ColumnElement[Any]:
    """What the plan's own days add up to before today; null when it names none."""
    planned = func.jsonb_array_elements(AgreementLine.delivery_plan["deliveries"], type_=JSONB).column_valued("planned")
    due = cast(planned["on"].astext, Date) < today
    # Days to come add nothing, but say that the plan names days.
    quantity = case((due, cast(planned["quantity"].astext, Numeric)), else_=0)
    return select(func.sum(quantity)).correlate(AgreementLine).scalar_subquery()


def _weekdays() -> ColumnElement[Any]:
    """The plan's weekdays, or every day where it names none."""
    weekday = func.jsonb_array_elements_text(AgreementLine.delivery_plan["weekdays"]).column_valued("weekday")
    named = select(func.array_agg(cast(weekday, Integer))).correlate(AgreementLine).scalar_subquery()
    return func.coalesce(named, literal(sorted(EVERY_DAY), ARRAY(Integer)))


def expected_by(today: date) -> ColumnElement[Decimal | None]:
    """What a line had to bring before today, in its unit: what its plan lists, else `Cadence.due_by` in the database.

    Null when it does not say.
    """
    line, yesterday = AgreementLine, literal(today - timedelta(days=1), Date)
    due = func.market_due_by(
        line.quantity, line.per, line.period_from, line.period_until, _weekdays(), yesterday, type_=Numeric
    )
    return func.coalesce(_planned(today), due)


def _own(rows: Select[Any], actor: Actor) -> Select[Any]:
    if actor.is_officer:
        return rows
    party = select(AgreementParty.agreement_id).where(AgreementParty.organization_id.in_(actor.organization_ids))
    return rows.where(or_(Agreement.logged_by_id.in_(actor.organization_ids), Agreement.id.in_(party)))


def overdue_statement(actor: Actor, query: OverdueQuery, *, catalogue: Catalogue, today: date) -> Select[Any]:
    """Lines of agreements in force that are short, newest first; one more than a page.

    Raises:
        ValidationFailed: the map has no such province, or the cursor is not one of ours.
    """
    line, counted = AgreementLine, aliased(AgreementLine)
    first, sure = func.coalesce(line.first_line_id, line.id), counts(today=today)
    arrived = (
        select(
            func.coalesce(func.sum(accepted()).filter(sure), 0).label("accepted"),
            func.coalesce(func.sum(accepted()).filter(not_(sure), not_(is_disputed())), 0).label("waiting"),
        )
        .join(counted, counted.id == Delivery.line_id)
        .where(stands(), or_(counted.id == first, counted.first_line_id == first))
        .correlate(line)
        .lateral("arrived")
    )
    due = select(expected_by(today).label("expected")).correlate(line).lateral("due")
    least = due.c.expected * (100 - line.tolerance_pct) / 100
    rows: Select[Any] = (
        select(line, Agreement.number, due.c.expected, arrived.c.accepted, arrived.c.waiting)
        .join(Agreement, Agreement.id == line.agreement_id)
        .join(due, due.c.expected > 0)
        .join(arrived, arrived.c.accepted + arrived.c.waiting < least)
        .where(Agreement.status == "effective", line.period_from < today)
    )
    if query.event is not None:
        rows = rows.where(Agreement.event_id == query.event)
    if query.province is not None:
        keys = recorded_as(catalogue, query.province, query.map, pointer="/province")
        rows = rows.where(tuple_(*placed_by(Agreement)).in_(keys))
    if query.cursor:
        rows = rows.where(line.id < decode_cursor(query.cursor))
    return _own(rows, actor).order_by(line.id.desc()).limit(query.limit + 1)


async def overdue_lines(
    session: AsyncSession, actor: Actor, query: OverdueQuery, *, catalogue: Catalogue, today: date
) -> Page[OverdueOut]:
    """A page of what is late.

    Raises:
        ValidationFailed: as for the statement.
    """
    found = (await session.execute(overdue_statement(actor, query, catalogue=catalogue, today=today))).all()
    page = found[: query.limit]
    cursor = encode_cursor(page[-1][0].id) if len(found) > query.limit else None
    return Page[OverdueOut](items=[_out(row, catalogue=catalogue, today=today) for row in page], next_cursor=cursor)


def _out(row: Any, *, catalogue: Catalogue, today: date) -> OverdueOut:
    line, number, expected, came, waiting = row
    return OverdueOut(
        agreement=line.agreement_id,
        number=number,
        line=line.id,
        concept=ConceptMark.named(catalogue, line.concept_id) if line.concept_id else None,
        unit=line.unit_code,
        expected=expected,
        accepted=came,
        waiting=waiting,
        short=expected - came - waiting,
        period_until=line.period_until,
        next_on=next_expected(line, today=today),
    )
