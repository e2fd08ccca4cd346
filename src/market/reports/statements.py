"""The statements of the reports: one each, over what was known at the end of a day (`AgreementCourse`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, null, or_, select
from sqlalchemy.orm import aliased

from market.agreements.models import AgreementCourse
from market.agreements.states import CONTRACTS
from market.core import clock
from market.core.access import Actor
from market.events.models import Event
from market.reports.schemas import ConversionQuery, ReportQuery

Course = type[AgreementCourse]
ENDED_SHORT = ("lapsed", "terminated", "partly_fulfilled")


def _known(course: Course, query: ReportQuery) -> ColumnElement[bool]:
    """What was known of each agreement at the end of the day."""
    end = clock.end_of_day(query.as_of)
    return and_(course.since_at < end, or_(course.until_at.is_(None), course.until_at >= end))


def _of_domain(rows: Select[Any], query: ReportQuery) -> Select[Any]:
    return rows if query.domain == "all" else rows.where(AgreementCourse.domain == query.domain)


def _counted(query: ReportQuery) -> ColumnElement[bool]:
    """One row for each paper: its newest version that is as far in force as the one before."""
    older = aliased(AgreementCourse)
    replaced = select(older.agreement_id).where(_known(older, query), older.status == "superseded")
    return and_(
        AgreementCourse.status != "superseded",
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
    place = (AgreementCourse.province_code, AgreementCourse.province_version)
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
    columns: list[Any] = [AgreementCourse.cause]
    columns += [func.count().filter(AgreementCourse.status == status).label(status) for status in ENDED_SHORT]
    rows = select(*columns).where(
        _known(AgreementCourse, query), AgreementCourse.status.in_(ENDED_SHORT), _counted(query)
    )
    return _of_domain(rows.group_by(AgreementCourse.cause), query)


def value_statement(actor: Actor, query: ReportQuery) -> Select[Any]:
    """Counts, and sums for officers, by instrument; what was delivered on replaced versions was delivered too."""
    counted = _counted(query)
    effective = and_(counted, AgreementCourse.was_effective)
    value, delivered = func.sum(AgreementCourse.value_vnd), func.sum(AgreementCourse.delivered_vnd)
    sums: dict[str, ColumnElement[Any]] = {
        "signed_vnd": value.filter(counted),
        "effective_vnd": value.filter(effective),
        "delivered_vnd": delivered,
    }
    columns: list[Any] = [
        AgreementCourse.instrument,
        func.count().filter(counted).label("signed"),
        func.count().filter(effective).label("effective"),
        *((total if actor.is_officer else null()).label(name) for name, total in sums.items()),
    ]
    rows = select(*columns).where(_known(AgreementCourse, query))
    return _of_domain(rows.group_by(AgreementCourse.instrument), query)
