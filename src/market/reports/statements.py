"""The statements of the reports: one each, over what was known at the end of a day (`AgreementCourse`)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from market.agreements.consent.counted import counted_course
from market.agreements.ledger.counting import counts, stands
from market.agreements.models import AgreementCourse, AgreementLine, Delivery
from market.agreements.placing import placed_by
from market.agreements.states import CONTRACTS
from market.core import clock
from market.core.access import Actor
from market.events.models import Event
from market.reports.schemas import ConversionQuery, ReportQuery

Course = type[AgreementCourse]
ENDED_SHORT = ("lapsed", "terminated", "partly_fulfilled")


def _known(course: Course, query: ReportQuery) -> ColumnElement[bool]:
    """What was known of each agreement at the end of the one day, if it was signed by the other."""
    end = clock.end_of_day(query.known)
    return and_(
        course.since_at < end,
        or_(course.until_at.is_(None), course.until_at >= end),
        or_(course.signed_on.is_(None), course.signed_on <= query.as_of),
        counted_course(course.agreement_id, known=end),
    )


def _status(course: Course, query: ReportQuery) -> ColumnElement[str]:
    """In which state it was on the day, by what was known: how it ended counts from that day on."""
    ended = and_(course.ended_on.is_not(None), course.ended_on > query.as_of)
    return case(
        (and_(ended, _was_effective(course, query)), literal("effective")),
        (ended, literal("signed")),
        (and_(course.status == "effective", ~_was_effective(course, query)), literal("signed")),
        else_=course.status,
    )


def _was_effective(course: Course, query: ReportQuery) -> ColumnElement[bool]:
    return and_(course.was_effective, or_(course.effective_on.is_(None), course.effective_on <= query.as_of))


def _of_domain(rows: Select[Any], query: ReportQuery) -> Select[Any]:
    return rows if query.domain == "all" else rows.where(AgreementCourse.domain == query.domain)


def _counted(query: ReportQuery) -> ColumnElement[bool]:
    """One row for each paper: its newest version that is as far in force as the one before."""
    older = aliased(AgreementCourse)
    replaced = select(older.agreement_id).where(_known(older, query), _status(older, query) == "superseded")
    return and_(
        _status(AgreementCourse, query) != "superseded",
        or_(AgreementCourse.amends_id.is_(None), AgreementCourse.amends_id.in_(replaced)),
    )


def conversion_statement(query: ConversionQuery) -> Select[Any]:
    """MOUs and how many of them were converted, by the key of the grouping, provinces as they were recorded."""
    contract = aliased(AgreementCourse)
    converted = (
        select(contract.converted_first_id.label("first_id"))
        .where(_known(contract, query), contract.instrument.in_(CONTRACTS), contract.converted_first_id.is_not(None))
        .distinct()
        .subquery()
    )
    # Looked up once for each group, after the counting.
    code = select(Event.code).where(Event.id == AgreementCourse.event_id).scalar_subquery()
    place = placed_by(AgreementCourse)
    keys: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
        "overall": (null(), null(), ()),
        "event": (AgreementCourse.event_id, code, (AgreementCourse.event_id,)),
        "province": (*place, place),
    }
    key, beside, grouped = keys[query.by]
    rows = (
        select(
            key.label("key"),
            beside.label("beside"),
            func.count().label("mous"),
            func.count(converted.c.first_id).label("converted"),
        )
        .select_from(AgreementCourse)
        .outerjoin(converted, converted.c.first_id == AgreementCourse.first_id)
        .where(_known(AgreementCourse, query), AgreementCourse.instrument == "mou", _counted(query))
    )
    return _of_domain(rows.group_by(*grouped) if grouped else rows, query)


def lapse_statement(query: ReportQuery) -> Select[Any]:
    """Papers that ended short, by cause."""
    status = _status(AgreementCourse, query)
    columns: list[Any] = [AgreementCourse.cause]
    columns += [func.count().filter(status == name).label(name) for name in ENDED_SHORT]
    rows = select(*columns).where(_known(AgreementCourse, query), status.in_(ENDED_SHORT), _counted(query))
    return _of_domain(rows.group_by(AgreementCourse.cause), query)


def delivered_worth(*, as_of: date, known: datetime) -> Any:
    """What had arrived on the day and counts by what was known, by agreement, in whole đồng for each entry."""
    worth = func.round((Delivery.quantity - Delivery.rejected) * func.coalesce(AgreementLine.price_vnd, 0))
    return (
        select(AgreementLine.agreement_id, func.sum(worth).label("vnd"))
        .join(Delivery, Delivery.line_id == AgreementLine.id)
        .where(
            Delivery.delivered_on <= as_of,
            Delivery.created_at < known,
            stands(known=known),
            counts(today=clock.business_date(known - timedelta(microseconds=1)), known=known),
        )
        .group_by(AgreementLine.agreement_id)
        .subquery()
    )


def value_statement(actor: Actor, query: ReportQuery) -> Select[Any]:
    """Counts, and sums for officers, by instrument; what was delivered on replaced versions was delivered too."""
    counted = _counted(query)
    effective = and_(counted, _was_effective(AgreementCourse, query))
    value = func.sum(AgreementCourse.value_vnd)
    columns: list[Any] = [
        AgreementCourse.instrument,
        func.count().filter(counted).label("signed"),
        func.count().filter(effective).label("effective"),
    ]
    if not actor.is_officer:
        columns += [null().label(name) for name in ("signed_vnd", "effective_vnd", "delivered_vnd")]
        rows: Select[Any] = select(*columns)
    else:
        delivered = delivered_worth(as_of=query.as_of, known=clock.end_of_day(query.known))
        columns += [
            value.filter(counted).label("signed_vnd"),
            value.filter(effective).label("effective_vnd"),
            func.sum(delivered.c.vnd).label("delivered_vnd"),
        ]
        rows = select(*columns).outerjoin(delivered, delivered.c.agreement_id == AgreementCourse.agreement_id)
    rows = rows.where(_known(AgreementCourse, query))
    return _of_domain(rows.group_by(AgreementCourse.instrument), query)
