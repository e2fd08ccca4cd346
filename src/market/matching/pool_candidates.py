"""Who may be in a pool for a line: every gate but those of quantity, week by week; and whom a single gate keeps out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from market.matching.facts import Demand, Offer
from market.matching.gates import Gate, GateName, gates_between, number, said
from market.matching.pools import THOUSANDTH, PoolSupplier
from market.matching.prices import brackets_of
from market.matching.weights import CEILING_BAND
from market.matching.yardstick import Yardstick, conversion
from market.reference.cadence import EVERY_DAY, iso_week, monday_of
from market.reference.catalogue import Catalogue

ALWAYS_NEEDED: tuple[GateName, ...] = ("organizations", "concept", "units", "grade", "season")
"""Gates that no week and no share can pass when the whole offer does not."""

NO_CALENDAR = Gate(
    "season",
    False,
    said("Chưa khai lịch cung ứng nên chưa tính được lượng hàng", "No supply calendar, so nothing to count on"),
)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An offer that one gate keeps out of a pool, and what it could give if that gate were open."""

    offer: Offer
    gate: Gate
    capacity: Mapping[int, Decimal]
    """ISO week -> in the line's unit; empty where nobody knows how much there is."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The suppliers of a pool, and those just outside it."""

    suppliers: tuple[PoolSupplier, ...]
    held_back: tuple[HeldBack, ...]


def wanted_from(demand: Demand, today: date) -> Mapping[int, Decimal]:
    """What is wanted in each ISO week from this one on: nobody delivers into the past."""
    return {week: quantity for week, quantity in demand.weekly.items() if week >= iso_week(today)}


def candidates_for(demand: Demand, offers: Iterable[Offer], *, catalogue: Catalogue, today: date) -> Candidates:
    """Every offer is a supplier, held back by one gate, or of no use for this line."""
    offers = sorted(offers, key=lambda offer: offer.listing_id)
    unknown = _price_where_unknown(demand, offers, catalogue)
    line = Yardstick(demand, catalogue=catalogue, today=today)
    suppliers: list[PoolSupplier] = []
    held_back: list[HeldBack] = []
    for offer in offers:
        supplier, kept_out = _considered(offer, line, unknown=unknown)
        suppliers += [supplier] if supplier else []
        held_back += [kept_out] if kept_out else []
    return Candidates(tuple(suppliers), tuple(held_back))


def _considered(offer: Offer, line: Yardstick, *, unknown: Decimal) -> tuple[PoolSupplier | None, HeldBack | None]:
    gates = {gate.name: gate for gate in gates_between(offer, line)}
    factor, demand = line.factor(offer), line.demand
    if factor is None or any(name in gates and not gates[name].passed for name in ALWAYS_NEEDED):
        return None, None
    wanted = wanted_from(demand, line.today)
    capacity = _capacity(offer, wanted, factor)
    certified = {
        week: quantity
        for week, quantity in capacity.items()
        if gates["certificates"].passed or _certified(offer, line, week)
    }
    prices = brackets_of(offer, factor=factor, unknown=unknown)
    affordable = tuple(bracket for bracket in prices if _within_band(bracket.price, demand))
    reachable = any(min(quantity, wanted[week]) >= prices[0].least for week, quantity in capacity.items())
    lost = {week: quantity for week, quantity in capacity.items() if week not in certified}
    shut = [
        *([(NO_CALENDAR, capacity)] if not offer.windows else []),
        *([(gates["certificates"], lost)] if lost or not gates["certificates"].passed else []),
        *([(gates["price"], capacity)] if not affordable else []),
        *([(_least_order(prices[0].least, demand, line.catalogue), capacity)] if capacity and not reachable else []),
    ]
    kept_out = HeldBack(offer, *shut[0]) if len(shut) == 1 else None
    if not certified or not affordable or not reachable:
        return None, kept_out
    return PoolSupplier(offer.listing_id, offer.organization_id, certified, affordable), kept_out


def _capacity(offer: Offer, wanted: Mapping[int, Decimal], factor: Decimal) -> dict[int, Decimal]:
    free = {week: (offer.weekly.get(week, Decimal(0)) * factor).quantize(THOUSANDTH, ROUND_FLOOR) for week in wanted}
    return {week: quantity for week, quantity in free.items() if quantity}


def _certified(offer: Offer, line: Yardstick, week: int) -> bool:
    """Whether every required certificate is valid on each day of delivery in a week."""
    monday, demand = monday_of(week), line.demand
    days = [monday + timedelta(days=weekday - 1) for weekday in frozenset(demand.weekdays) or EVERY_DAY]
    due = [day for day in days if line.first_day <= day <= demand.ends_on]
    return bool(due) and all(line.holds(offer, needed, on=(min(due), max(due))) for needed in line.required)


def _within_band(price: Decimal, demand: Demand) -> bool:
    return demand.price_ceiling_vnd is None or price <= demand.price_ceiling_vnd * CEILING_BAND


def _price_where_unknown(demand: Demand, offers: Iterable[Offer], catalogue: Catalogue) -> Decimal:
    """What an offer without a price is taken to cost: the most that is still accepted, or that anybody asks."""
    if demand.price_ceiling_vnd is not None:
        return demand.price_ceiling_vnd * CEILING_BAND
    asked = [
        offer.price / factor
        for offer in offers
        if offer.price is not None and (factor := conversion(offer, demand, catalogue=catalogue))
    ]
    return max(asked, default=Decimal(0))


def _least_order(least: Decimal, demand: Demand, catalogue: Catalogue) -> Gate:
    unit = catalogue.unit(demand.unit)
    why = said(
        vi=f"Mức mua tối thiểu {number(least)} {unit.name_vi} lớn hơn phần nhận được trong bất kỳ tuần nào",
        en=f"The least order of {number(least)} {unit.name_en} is more than any week can take",
    )
    return Gate("moq", False, why)
