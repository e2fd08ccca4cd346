"""How needs are searched: on the engine, and in PostgreSQL while it is down."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, case, exists, func, literal, or_, select, tuple_

from market.core import clock
from market.needs.document import INDEX, public_need_ids
from market.needs.models import Need, NeedLine
from market.organizations.models import Organization
from market.reference.cadence import monday_of
from market.reference.models import MeasurementUnit
from market.reference.records import Version
from market.reference.types import remembered
from market.search.answering import Searchable
from market.search.dialects import NEEDS
from market.search.fallback import FallbackTable
from market.search.places import units_at, units_in

DAYS_OF_A_MONTH = 30.4375


def _has_line(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(NeedLine.need_id == Need.id, *conditions)


def _within_concepts(concepts: Iterable[str]) -> ColumnElement[bool]:
    catalogue = remembered()
    wanted = {narrower for concept in concepts for narrower in catalogue.descendants(concept)}
    return _has_line(NeedLine.accepted.overlap(list(wanted)))


def _recorded_in(units: list[tuple[str, Version]]) -> ColumnElement[bool]:
    return tuple_(Need.province_code, Need.province_version).in_(units)


def _wanted_in(weeks: Iterable[int]) -> ColumnElement[bool]:
    mondays = [monday_of(week) for week in weeks]
    return or_(*(_has_line(NeedLine.starts_on <= day + timedelta(days=6), NeedLine.ends_on >= day) for day in mondays))


def _weekly_kg(quantity: int, compare: Callable[[Any, Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Some line wants so much in a week, where its unit has a fixed weight."""
    days = func.coalesce(func.nullif(func.cardinality(NeedLine.weekdays), 0), 7)
    in_a_week = case(
        (NeedLine.per == "day", NeedLine.quantity * days),
        (NeedLine.per == "week", NeedLine.quantity),
        (NeedLine.per == "month", NeedLine.quantity * 7 / DAYS_OF_A_MONTH),
        else_=NeedLine.quantity * 7 / (NeedLine.ends_on - NeedLine.starts_on + 1),
    )
    return _has_line(MeasurementUnit.code == NeedLine.unit, compare(in_a_week * MeasurementUnit.kg_factor, quantity))


def _still_open() -> Select[UUID]:
    return public_need_ids().where(or_(Need.deadline.is_(None), Need.deadline >= clock.today()))


CONDITIONS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "concepts": _within_concepts,
    "provinces": lambda keys: _recorded_in(units_at(keys, catalogue=remembered())),
    "regions": lambda keys: _recorded_in(units_in(keys, catalogue=remembered())),
    "certificates": lambda values: and_(
        *(
            _has_line(literal(value.replace("ocop-", "ocop:")) == any_(NeedLine.required_certificates))
            for value in values
        )
    ),
    "price_min_vnd": lambda value: _has_line(NeedLine.price_ceiling_vnd >= value),
    "price_max_vnd": lambda value: _has_line(NeedLine.price_ceiling_vnd <= value),
    "quantity_min_kg": lambda value: _weekly_kg(value, operator.ge),
    "quantity_max_kg": lambda value: _weekly_kg(value, operator.le),
    "category": lambda value: _has_line(NeedLine.category_id.in_(remembered().categories_below(value))),
    "weeks": _wanted_in,
    "organization": lambda value: Need.organization_id == value,
}

SEARCHABLE = Searchable(
    index=INDEX,
    dialect=NEEDS,
    table=FallbackTable(
        public=_still_open,
        search_text=Need.search_text + func.market_searchable(Organization.name),
        newest=Need.published_at,
        price=select(func.max(NeedLine.price_ceiling_vnd))
        .where(NeedLine.need_id == Need.id)
        .correlate(Need)
        .scalar_subquery(),
        conditions=CONDITIONS,
    ),
)
