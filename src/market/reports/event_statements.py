"""The statements of an event's summary. Papers are read from their course, so that both clocks hold for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from market.agreements.consent.counted import counted_course
from market.agreements.models import AgreementCourse, AgreementLine, AgreementParty
from market.agreements.states import CONTRACTS
from market.core import clock
from market.core.db import among
from market.events.afterwards.models import Feedback, Finding
from market.events.desk.models import DeskItem
from market.events.meetings.models import Meeting
from market.events.models import Event, Registration
from market.organizations.models import Organization
from market.programmes.models import Figure
from market.reports.statements import delivered_worth

Course = type[AgreementCourse]
INSTANT = timedelta(microseconds=1)
"""What happened at the very instant was known at it."""


def _known(course: Course, known_at: datetime) -> ColumnElement[bool]:
    return and_(course.since_at <= known_at, or_(course.until_at.is_(None), course.until_at > known_at))


def papers(event_id: UUID, *, as_of: date, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """One row for each paper signed at the event: its newest version that is as far in force as the one before."""
    older = aliased(AgreementCourse)
    replaced = select(older.agreement_id).where(_known(older, known_at), older.status == "superseded")
    delivered = delivered_worth(as_of=as_of, known=known_at)
    return (
        select(
            AgreementCourse.agreement_id,
            AgreementCourse.first_id,
            AgreementCourse.instrument,
            AgreementCourse.was_effective,
            AgreementCourse.value_vnd,
            func.coalesce(delivered.c.vnd, 0).label("delivered_vnd"),
            AgreementCourse.province_code,
            AgreementCourse.province_version,
        )
        .outerjoin(delivered, delivered.c.agreement_id == AgreementCourse.agreement_id)
        .where(
            AgreementCourse.event_id == event_id,
            counted_course(AgreementCourse.agreement_id, known=known_at + INSTANT),
            AgreementCourse.domain == "trade",
            _known(AgreementCourse, known_at),
            or_(AgreementCourse.signed_on.is_(None), AgreementCourse.signed_on <= as_of),
            AgreementCourse.status != "superseded",
            or_(AgreementCourse.amends_id.is_(None), AgreementCourse.amends_id.in_(replaced)),
        )
    )


def parties_of(papers: Collection[UUID]) -> Select[*tuple[Any, ...]]:
    """Papers by the province of a side, as it was recorded.

    Args:
        papers: as `papers` found them. Looked up within this statement, they were looked up once for every party.
    """
    return (
        select(
            Organization.province_code,
            Organization.province_version,
            func.array_agg(AgreementParty.agreement_id.distinct()).label("papers"),
        )
        .join(AgreementParty, AgreementParty.organization_id == Organization.id)
        .where(among(AgreementParty.agreement_id, papers), AgreementParty.role.in_(("seller", "buyer")))
        .group_by(Organization.province_code, Organization.province_version)
    )


def goods_of(papers: Collection[UUID]) -> Select[*tuple[Any, ...]]:
    """Papers by their goods."""
    count = func.count(AgreementLine.agreement_id.distinct())
    return (
        select(AgreementLine.concept_id, count.label("papers"))
        .where(among(AgreementLine.agreement_id, papers), AgreementLine.concept_id.is_not(None))
        .group_by(AgreementLine.concept_id)
        .order_by(count.desc(), AgreementLine.concept_id)
    )


def came(event_id: UUID, *, as_of: date, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """Who was checked in by the day, as far as the desk's items had come in."""
    return select(
        func.count(DeskItem.digest.distinct()).label("people"),
        func.count(DeskItem.about_id.distinct()).label("organizations"),
    ).where(
        DeskItem.event_id == event_id,
        DeskItem.kind == "check_in",
        DeskItem.state == "kept",
        DeskItem.at < clock.end_of_day(as_of),
        DeskItem.created_at <= known_at,
    )


def registered(event_id: UUID, *, as_of: date, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """Who was registered by the day; in the state in which they are now."""
    inside = Registration.status.in_(("requested", "waiting", "accepted"))
    return select(
        func.count().filter(inside).label("registered"),
        func.count().filter(Registration.status == "waiting").label("waiting"),
        func.count().filter(Registration.status == "accepted").label("accepted"),
        func.coalesce(func.sum(Registration.delegates_count).filter(inside), 0).label("delegates"),
    ).where(
        Registration.event_id == event_id,
        Registration.created_at <= known_at,
        Registration.created_at < clock.end_of_day(as_of),
    )


def met(event_id: UUID, *, as_of: date, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """Meetings by what is said of them: what was said later counts as not said."""
    said = and_(Meeting.outcome_at < clock.end_of_day(as_of), Meeting.outcome_at <= known_at)
    said = func.coalesce(said, False)
    done = func.coalesce(
        and_(Meeting.follow_up_done_at < clock.end_of_day(as_of), Meeting.follow_up_done_at <= known_at), False
    )
    due = func.count().filter(said, Meeting.follow_up_on <= as_of, ~done)
    early = func.count().filter(said, Meeting.status != "cancelled", Meeting.outcome_at < Meeting.starts_at)
    return (
        select(Meeting.status, Meeting.outcome, said.label("said"), func.count().label("meetings"))
        .add_columns(early.label("early"))
        .add_columns(due.label("due"), func.count().filter(said, done).label("done"))
        .where(Meeting.event_id == event_id, Meeting.created_at <= known_at)
        .group_by(Meeting.status, Meeting.outcome, said)
    )


def converted(mous: Sequence[UUID], *, as_of: date, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """How many of these MOUs, by their first versions, became contracts."""
    return select(func.count(AgreementCourse.converted_first_id.distinct())).where(
        AgreementCourse.converted_first_id.in_(mous),
        _known(AgreementCourse, known_at),
        AgreementCourse.instrument.in_(CONTRACTS),
        or_(AgreementCourse.signed_on.is_(None), AgreementCourse.signed_on <= as_of),
    )


def feedback(event_id: UUID, *, as_of: date, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """What those of each side thought; as they think now, of those who had said something by then."""
    return (
        select(
            Registration.side,
            func.count().label("answers"),
            func.round(func.avg(Feedback.rating), 2).label("mean_rating"),
            func.count().filter(Feedback.again.is_(True)).label("again"),
        )
        .join(
            Registration,
            and_(Registration.event_id == Feedback.event_id, Registration.organization_id == Feedback.organization_id),
        )
        .where(
            Feedback.event_id == event_id,
            Feedback.created_at <= known_at,
            Feedback.created_at < clock.end_of_day(as_of),
        )
        .group_by(Registration.side)
        .order_by(Registration.side)
    )


def visits(event_id: UUID, *, as_of: date, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """The events that came of this one, and what they found."""
    found = select(func.count(Finding.id)).join(Event, Event.id == Finding.event_id)
    found = found.where(Event.follows_id == event_id, Finding.visited_on <= as_of, Finding.created_at <= known_at)
    return select(func.count(), found.scalar_subquery().label("findings")).where(
        Event.follows_id == event_id,
        Event.published_at.is_not(None),
        Event.status != "cancelled",
        Event.starts_on <= as_of,
        Event.created_at <= known_at,
    )


def look_alikes(event_id: UUID, *, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """Papers kept aside that nobody has decided on."""
    return select(func.count()).where(
        DeskItem.event_id == event_id,
        DeskItem.kind == "paper",
        DeskItem.state == "duplicate",
        DeskItem.created_at <= known_at,
    )


def figures_about(event: Event) -> Select[Figure]:
    """Figures of the event's programme; whether they are about the event is a matter of words and days."""
    return select(Figure).where(
        ~Figure.retired, Figure.programme_group_id == event.programme_group_id, Figure.event.is_not(None)
    )
