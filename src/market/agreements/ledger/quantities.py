"""How much a line promises in all, and what that is worth; exact or not at all."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from market.agreements.models import AgreementLine


def _days(line: AgreementLine, first: date, last: date) -> int:
    weekdays = (line.delivery_plan or {}).get("weekdays") or range(1, 8)
    return sum((first + timedelta(days=offset)).isoweekday() in weekdays for offset in range((last - first).days + 1))


def _months(first: date, last: date) -> int:
    """Months begun from `first` through `last`: 15 January through 14 February is one."""
    months = (last.year - first.year) * 12 + last.month - first.month
    day = min(first.day, calendar.monthrange(last.year, last.month)[1])
    return months + (last.day >= day)


def committed_quantity(line: AgreementLine) -> Decimal | None:
    """What the line promises over its whole period, in its unit; None when it does not say.

    A quantity per day counts on each day of the plan's weekdays; per week, month or year, each one begun counts;
    a season is the period itself. Planned deliveries, where the plan lists them, win over this.
    """
    if line.quantity is None:
        return None
    if planned := (line.delivery_plan or {}).get("deliveries"):
        return sum((Decimal(delivery["quantity"]) for delivery in planned), Decimal(0))
    if line.per in ("total", "season"):
        return line.quantity
    if line.period_from is None or line.period_until is None:
        return None
    first, last = line.period_from, line.period_until
    times = {
        "day": lambda: _days(line, first, last),
        "week": lambda: -(-((last - first).days + 1) // 7),
        "month": lambda: _months(first, last),
        "year": lambda: -(-_months(first, last) // 12),
    }
    return line.quantity * times[line.per]()


def next_expected(line: AgreementLine, *, today: date) -> date | None:
    """The next day from today on for which the plan names goods; the last day of the period where it names none."""
    plan, last = line.delivery_plan or {}, line.period_until
    planned = [day for delivery in plan.get("deliveries") or () if (day := date.fromisoformat(delivery["on"])) >= today]
    if plan.get("deliveries"):
        return min(planned, default=None)
    first = max(today, line.period_from or today)
    weekdays = plan.get("weekdays") or ()
    days = [day for offset in range(7) if (day := first + timedelta(days=offset)).isoweekday() in weekdays]
    expected = days[0] if days else last
    return expected if expected is not None and first <= expected <= (last or date.max) else None


def computed_value_vnd(lines: Iterable[AgreementLine]) -> int | None:
    """The value of all lines in whole đồng; None when there are none or one has no price or no total."""
    values: list[Decimal] = []
    for line in lines:
        quantity = committed_quantity(line)
        if quantity is None or line.price_vnd is None:
            return None
        values.append(quantity * line.price_vnd)
    if not values:
        return None
    return int(sum(values, Decimal(0)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
