"""How listings are searched: on the engine, and in PostgreSQL while it is down."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, any_, case, cast, exists, func, or_, select, tuple_

from market.certificates.models import Certificate
from market.core import clock
from market.listings.document import INDEX, public_listing_ids
from market.listings.models import Listing, ListingCapacity, listing_certificate
from market.organizations.models import Organization
from market.reference.cadence import monday_of
from market.reference.models import MeasurementUnit
from market.reference.records import Version
from market.reference.types import remembered
from market.search.answering import Searchable
from market.search.dialects import LISTINGS
from market.search.fallback import FallbackTable
from market.search.places import units_at, units_in

DAYS_OF_A_MONTH = 30.4375


def _within_concepts(concepts: Iterable[str]) -> ColumnElement[bool]:
    catalogue = remembered()
    return Listing.concept_id.in_({narrower for concept in concepts for narrower in catalogue.descendants(concept)})


def _recorded_in(units: list[tuple[str, Version]]) -> ColumnElement[bool]:
    return tuple_(Listing.province_code, Listing.province_version).in_(units)


def _certified(requirements: Iterable[str]) -> ColumnElement[bool]:
    """Holds a verified, unexpired certificate for each requirement (`vietgap`, `ocop-4`)."""
    catalogue = remembered()
    today = clock.today()
    conditions = []
    for requirement in requirements:
        scheme, _, level = requirement.rpartition("-") if requirement[-1:].isdigit() else (requirement, "", "")
        if catalogue.find_scheme(requirement) is not None:
            scheme, level = requirement, ""
        schemes = [known.id for known in catalogue.schemes if catalogue.scheme_satisfies(known.id, scheme)]
        valid = and_(
            listing_certificate.c.listing_id == Listing.id,
            Certificate.scheme.in_(schemes),
            Certificate.verification == "verified",
            Certificate.recalled_at.is_(None),
            or_(Certificate.expires_on.is_(None), Certificate.expires_on >= today),
            or_(func.cardinality(Certificate.scope_concepts) == 0, _scope_holds_goods()),
            _scope_holds_area(),
        )
        if level:
            valid = and_(valid, Certificate.level >= int(level))
        attached = select(Certificate.id).join(
            listing_certificate, listing_certificate.c.certificate_id == Certificate.id
        )
        conditions.append(exists(attached.where(valid).correlate(Listing)))
    return and_(*conditions)


def _scope_holds_goods() -> ColumnElement[bool]:
    """The certificate names the listing's concept or a broader one, as `certificates.validity.holds_goods`."""
    catalogue = remembered()
    pairs = [(concept.id, broader) for concept in catalogue.concepts for broader in catalogue.ancestors(concept.id)]
    narrow, broad = ([pair[side] for pair in pairs] for side in (0, 1))
    kin = func.unnest(cast(narrow, ARRAY(Text)), cast(broad, ARRAY(Text))).table_valued("narrow", "broad")
    kin = kin.render_derived(name="kin")
    scope = Certificate.scope_concepts
    broader = exists().select_from(kin).where(kin.c.narrow == Listing.concept_id, kin.c.broad == any_(scope))
    return or_(Listing.concept_id == any_(scope), broader.correlate(Listing, Certificate))


def _scope_holds_area() -> ColumnElement[bool]:
    """The certificate is for no area in particular or for the listing's, as `certificates.validity.holds_area`."""
    same = func.market_fold(Certificate.scope_area) == func.market_fold(Listing.growing_area)
    return or_(Certificate.scope_area.is_(None), Listing.growing_area.is_(None), same)


def _available_in(weeks: Iterable[int]) -> ColumnElement[bool]:
    days: list[tuple[date, date]] = [(monday_of(week), monday_of(week) + timedelta(days=6)) for week in weeks]
    overlaps = [and_(ListingCapacity.starts_on <= last, ListingCapacity.ends_on >= first) for first, last in days]
    return exists().where(ListingCapacity.listing_id == Listing.id, or_(*overlaps))


def _weekly_kg(quantity: Decimal | int, compare: Callable[[Any, Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Some window's week holds so much, where the unit has a fixed weight."""
    days = ListingCapacity.ends_on - ListingCapacity.starts_on + 1
    in_a_week = case(
        (ListingCapacity.per == "day", ListingCapacity.quantity * 7),
        (ListingCapacity.per == "week", ListingCapacity.quantity),
        (ListingCapacity.per == "month", ListingCapacity.quantity * 7 / DAYS_OF_A_MONTH),
        else_=ListingCapacity.quantity * 7 / days,
    )
    weighed = and_(ListingCapacity.listing_id == Listing.id, MeasurementUnit.code == Listing.unit)
    return exists().where(weighed, compare(in_a_week * MeasurementUnit.kg_factor, quantity))


PRICE = func.nullif(Listing.price_vnd, 0)
"""A price of 0 is one that nobody said."""

CONDITIONS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "concepts": _within_concepts,
    "provinces": lambda keys: _recorded_in(units_at(keys, catalogue=remembered())),
    "regions": lambda keys: _recorded_in(units_in(keys, catalogue=remembered())),
    "certificates": _certified,
    "price_min_vnd": lambda value: value <= PRICE,
    "price_max_vnd": lambda value: value >= PRICE,
    "quantity_min_kg": lambda value: _weekly_kg(value, operator.ge),
    "quantity_max_kg": lambda value: _weekly_kg(value, operator.le),
    "category": lambda value: Listing.category_id.in_(remembered().categories_below(value)),
    "weeks": _available_in,
    "organization": lambda value: Listing.organization_id == value,
}

SEARCHABLE = Searchable(
    index=INDEX,
    dialect=LISTINGS,
    table=FallbackTable(
        public=public_listing_ids,
        search_text=Listing.search_text + func.market_searchable(Organization.name),
        newest=Listing.published_at,
        price=PRICE,
        conditions=CONDITIONS,
    ),
)
