"""One line of a need, made ready to be compared with any number of offers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from market.matching.certificates_on_dates import answering, first_day_without
from market.matching.facts import Demand, Offer
from market.matching.goods import Differences, differences
from market.matching.prices import price_of_a_week
from market.matching.weights import CEILING_BAND, TET_PEAK_DAYS_AFTER, TET_PEAK_DAYS_BEFORE
from market.reading.everyday_words import TET_DAYS
from market.reference.catalogue import Catalogue
from market.reference.checking import Requirement, parse_requirement
from market.reference.records import Version

ONE = Decimal(1)

_TET_PEAKS = tuple(
    (tet - timedelta(days=TET_PEAK_DAYS_BEFORE), tet + timedelta(days=TET_PEAK_DAYS_AFTER))
    for tet in map(date.fromisoformat, TET_DAYS)
)


class Yardstick:
    """What a line asks, worked out once: days, requirements, units and distances are the same for every offer."""

    def __init__(self, demand: Demand, *, catalogue: Catalogue, today: date) -> None:
        self.demand = demand
        self.catalogue = catalogue
        self.today = today
        self.first_day = max(today, demand.starts_on)
        """The first day on which certificates must be valid: nobody delivers into the past."""
        self.last_day = max(self.first_day, demand.ends_on)
        self.required = _known(demand.required, catalogue)
        self.preferred = _known(demand.preferred, catalogue)
        ceiling = demand.price_ceiling_vnd
        self.highest_price = None if ceiling is None else ceiling * CEILING_BAND
        """For one of the line's units, in đồng; prices are talked about up to here."""
        self._differences: dict[str, Differences] = {}
        self._factors: dict[tuple[str, Decimal | None], Decimal | None] = {}
        self._distances: dict[tuple[str, Version], float] = {}

    @cached_property
    def at_tet_peak(self) -> bool:
        """Whether some of it is delivered around the lunar new year, when lorries are late."""
        return any(self.demand.starts_on <= last and self.demand.ends_on >= first for first, last in _TET_PEAKS)

    def differences(self, offer: Offer) -> Differences:
        """In what the offer's goods differ from the line's."""
        if not offer.concept or not self.demand.concept:
            return differences(offer, self.demand, catalogue=self.catalogue)
        if offer.concept not in self._differences:
            self._differences[offer.concept] = differences(offer, self.demand, catalogue=self.catalogue)
        return self._differences[offer.concept]

    def factor(self, offer: Offer) -> Decimal | None:
        """How many of the line's units one of the offer's is; None when they cannot be compared."""
        measure = (offer.unit, offer.kg_each)
        if measure not in self._factors:
            self._factors[measure] = conversion(offer, self.demand, catalogue=self.catalogue)
        return self._factors[measure]

    def price(self, offer: Offer) -> Decimal | None:
        """The offer's price for one of the line's units, in đồng; None where it must be asked for."""
        factor = self.factor(offer)
        return price_of_a_week(offer, self.demand, factor=factor) if factor else None

    def distance_km(self, province: tuple[str, Version]) -> float:
        """From the centre of a province to that of the place of delivery."""
        if province not in self._distances:
            here, there = self.catalogue.province(*province), self.catalogue.province(*self.demand.province)
            self._distances[province] = self.catalogue.distance_km(here, there)
        return self._distances[province]

    def distance_of(self, offer: Offer) -> float:
        """From where an offer is: the centre of the old province that its commune lies in, where one is named."""
        code, version = offer.commune
        commune = self.catalogue.places.find_commune(code, version) if code and version else None
        return self.distance_km(self.catalogue.nearest_unit(commune).key if commune else offer.province)

    def holds(self, offer: Offer, requirement: Requirement, *, on: tuple[date, date] | None = None) -> bool:
        """Whether the offer's certificates answer a requirement on every day of delivery, or from a day to another."""
        start, end = on or (self.first_day, self.last_day)
        held = answering(offer, requirement, catalogue=self.catalogue)
        return bool(held) and first_day_without(held, start=start, end=end) is None


def conversion(offer: Offer, demand: Demand, *, catalogue: Catalogue) -> Decimal | None:
    """How many of the line's units one of the offer's units is; None when they cannot be compared.

    A piece, a bunch or a carton is worth what its side says that one weighs.
    """
    if offer.unit == demand.unit and (offer.kg_each == demand.kg_each or None in (offer.kg_each, demand.kg_each)):
        return ONE
    theirs, measure = catalogue.measured(ONE, catalogue.unit(offer.unit))
    ours, asked = catalogue.measured(ONE, catalogue.unit(demand.unit))
    stated = offer.kg_each is not None and demand.kg_each is not None
    if theirs == ours and not stated:
        return measure / asked
    weight = _weight(offer.unit, offer.kg_each, catalogue=catalogue)
    wanted = _weight(demand.unit, demand.kg_each, catalogue=catalogue)
    return None if weight is None or wanted is None else weight / wanted


def _weight(unit: str, stated: Decimal | None, *, catalogue: Catalogue) -> Decimal | None:
    return catalogue.to_kg(ONE, catalogue.unit(unit)) or stated


def _known(texts: Iterable[str], catalogue: Catalogue) -> tuple[Requirement, ...]:
    """Requirements of schemes that are still there."""
    parsed = (parse_requirement(catalogue, text) for text in texts)
    return tuple(requirement for requirement in parsed if requirement is not None)
