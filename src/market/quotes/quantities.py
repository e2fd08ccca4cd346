"""How much a line of a quote is: by week, in all, in other units, in money. Exact."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal

from market.core.money import amount_vnd, net_price_vnd
from market.quotes.models import QuoteLine, QuoteRevision
from market.reference.cadence import CENT, Cadence
from market.reference.catalogue import Catalogue


def conversion(one: str, other: str, *, catalogue: Catalogue) -> Decimal | None:
    """How many of unit `other` one of unit `one` is; None when they cannot be compared."""
    if one == other:
        return Decimal(1)
    have, quantity = catalogue.measured(Decimal(1), catalogue.unit(one))
    want, measure = catalogue.measured(Decimal(1), catalogue.unit(other))
    return quantity / measure if have == want else None


def weekly(line: QuoteLine, *, quantity: Decimal | None = None) -> Mapping[int, Decimal]:
    """What falls into each ISO week, in the line's unit; of `quantity` instead of what is quoted."""
    return cadence(line, quantity=quantity).weekly()


def cadence(line: QuoteLine, *, quantity: Decimal | None = None) -> Cadence:
    """When the line's goods come, in its unit; of `quantity` instead of what is quoted."""
    amount = line.quantity if quantity is None else quantity
    return Cadence.of(amount, line.per, start=line.starts_on, end=line.ends_on, weekdays=line.weekdays)


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
    return cadence(line, quantity=quantity).total()


def net_price(line: QuoteLine, revision: QuoteRevision) -> int:
    """For one unit, after the discount."""
    return net_price_vnd(line.price_vnd, revision.discount_pct)


def line_value(line: QuoteLine, revision: QuoteRevision, *, quantity: Decimal | None = None) -> int:
    """What the line costs over its window after the discount; see `core.money`."""
    return amount_vnd(total_quantity(line, quantity=quantity), net_price(line, revision))


def revision_value(revision: QuoteRevision) -> int:
    """What all lines cost after the discount: the sum of what each costs."""
    return sum(line_value(line, revision) for line in revision.lines)


def accepted_value(revision: QuoteRevision) -> int | None:
    """What was accepted costs after the discount; None when nothing was accepted."""
    if all(line.accepted_quantity is None for line in revision.lines):
        return None
    return sum(
        line_value(line, revision, quantity=line.accepted_quantity) for line in revision.lines if line.accepted_quantity
    )
