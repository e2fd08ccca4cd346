"""How much a line promises in all and by when, and what that is worth; exact or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from market.agreements.models import AgreementLine
from market.core.money import amount_vnd
from market.reference.cadence import AnyPer, Cadence, iso_week

PERS: Mapping[str, AnyPer] = {
    "total": "total",
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "year",
    "season": "season",
}


def cadence_of(line: AgreementLine) -> Cadence | None:
    """When the line's goods come, in its unit; None where it says too little or its plan lists the deliveries."""
    plan = line.delivery_plan or {}
    if line.quantity is None or line.period_from is None or line.period_until is None or plan.get("deliveries"):
        return None
    return Cadence.of(
        line.quantity,
        PERS[line.per],
        start=line.period_from,
        end=line.period_until,
        weekdays=plan.get("weekdays") or (),
    )


def planned_deliveries(line: AgreementLine) -> list[tuple[date, Decimal]]:
    """The deliveries that the plan lists; they win over the cadence."""
    planned = (line.delivery_plan or {}).get("deliveries") or ()
    return [(date.fromisoformat(delivery["on"]), Decimal(delivery["quantity"])) for delivery in planned]


def committed_quantity(line: AgreementLine) -> Decimal | None:
    """What the line promises over its whole period, in its unit; None when it does not say."""
    if line.quantity is None:
        return None
    if planned := planned_deliveries(line):
        return sum((quantity for _, quantity in planned), Decimal(0))
    if line.per in ("total", "season"):
        return line.quantity
    cadence = cadence_of(line)
    return cadence.total() if cadence else None


def weekly_quantities(line: AgreementLine) -> Mapping[int, Decimal]:
    """What the line promises in each ISO week, in its unit; empty when it does not say."""
    if planned := planned_deliveries(line):
        weeks: dict[int, Decimal] = {}
        for day, quantity in planned:
            weeks[iso_week(day)] = weeks.get(iso_week(day), Decimal(0)) + quantity
        return weeks
    cadence = cadence_of(line)
    return cadence.weekly() if cadence else {}


def next_expected(line: AgreementLine, *, today: date) -> date | None:
    """The next day from today on for which the plan names goods; the last day of the period where it names none."""
    plan, last = line.delivery_plan or {}, line.period_until
    if planned := planned_deliveries(line):
        return min((day for day, _ in planned if day >= today), default=None)
    first = max(today, line.period_from or today)
    weekdays = plan.get("weekdays") or ()
    days = [day for offset in range(7) if (day := first + timedelta(days=offset)).isoweekday() in weekdays]
    expected = days[0] if days else last
    return expected if expected is not None and first <= expected <= (last or date.max) else None


def line_value_vnd(line: AgreementLine) -> int | None:
    """What the line is worth over its whole period; see `core.money`. None when it has no price or no total."""
    quantity = committed_quantity(line)
    return None if quantity is None or line.price_vnd is None else amount_vnd(quantity, line.price_vnd)


def computed_value_vnd(lines: Iterable[AgreementLine]) -> int | None:
    """The sum of what the lines are worth; None when there are none or one has no price or no total."""
    values = [line_value_vnd(line) for line in lines]
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None
