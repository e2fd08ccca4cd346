"""How much a line of a quote is: by week, in all, in other units, in money. Exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from market.quotes.models import QuoteLine, QuoteRevision
from market.reference.cadence import CENT, EVERY_DAY, weekly_quantities
from market.reference.catalogue import Catalogue

HUNDRED = Decimal(100)


def conversion(one: str, other: str, *, catalogue: Catalogue) -> Decimal | None:
    """How many of unit `other` one of unit `one` is; None when they cannot be compared."""
    if one == other:
        return Decimal(1)
    have, quantity = catalogue.measured(Decimal(1), catalogue.unit(one))
    want, measure = catalogue.measured(Decimal(1), catalogue.unit(other))
    return quantity / measure if have == want else None


def weekly(line: QuoteLine, *, quantity: Decimal | None = None) -> Mapping[int, Decimal]:
    """What falls into each ISO week, in the line's unit; of `quantity` instead of what is quoted."""
    amount = line.quantity if quantity is None else quantity
    return weekly_quantities(amount, line.per, start=line.starts_on, end=line.ends_on, weekdays=line.weekdays)


def weekly_in(line: QuoteLine, unit: str, *, catalogue: Catalogue, quantity: Decimal) -> dict[int, Decimal] | None:
    """As `weekly`, in another unit and rounded up to its thousandth; None when the units cannot be compared."""
    factor = conversion(line.unit, unit, catalogue=catalogue)
    if factor is None:
        return None
    return {
        week: (amount * factor).quantize(CENT, ROUND_UP) for week, amount in weekly(line, quantity=quantity).items()
    }


def total_quantity(line: QuoteLine, *, quantity: Decimal | None = None) -> Decimal:
    """What the line is over its whole window, in its unit; of `quantity` instead of what is quoted."""
    amount = line.quantity if quantity is None else quantity
    days = (line.ends_on - line.starts_on).days + 1
    match line.per:
        case "total":
            return amount
        case "day":
            chosen = frozenset(line.weekdays) or EVERY_DAY
            return amount * sum(
                (line.starts_on + timedelta(days=offset)).isoweekday() in chosen for offset in range(days)
            )
        case "week":
            return (amount * days / 7).quantize(CENT)
    return sum(weekly(line, quantity=amount).values(), Decimal(0))


def after_discount(amount: Decimal, discount_pct: Decimal) -> Decimal:
    """An amount of money less the discount, not rounded."""
    return amount * (HUNDRED - discount_pct) / HUNDRED


def whole_vnd(amount: Decimal) -> int:
    """Whole đồng, half a đồng upwards."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def line_value(line: QuoteLine, revision: QuoteRevision, *, quantity: Decimal | None = None) -> Decimal:
    """What the line costs over its window after the discount, not rounded."""
    return after_discount(total_quantity(line, quantity=quantity) * line.price_vnd, revision.discount_pct)


def revision_value(revision: QuoteRevision) -> int:
    """What all lines cost after the discount, in whole đồng."""
    return whole_vnd(sum((line_value(line, revision) for line in revision.lines), Decimal(0)))


def accepted_value(revision: QuoteRevision) -> int | None:
    """What was accepted costs after the discount, in whole đồng; None when nothing was accepted."""
    if all(line.accepted_quantity is None for line in revision.lines):
        return None
    values: Iterable[Decimal] = (
        line_value(line, revision, quantity=line.accepted_quantity) for line in revision.lines if line.accepted_quantity
    )
    return whole_vnd(sum(values, Decimal(0)))
