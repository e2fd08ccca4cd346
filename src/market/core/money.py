"""Money is whole đồng, and a paper adds up: the one rule by which amounts are rounded.

A price for a unit is whole đồng, after a discount too: half a đồng goes up. A line is its quantity over the whole
period, to the thousandth of its unit, times that price, again in whole đồng. A sum is the sum of its lines. Quotes,
pools, agreements, their documents and what is published of them all go by it, so that whoever adds up the lines
of a paper finds its total to the đồng.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

ONE, HUNDRED = Decimal(1), Decimal(100)
_EXACT = Context(prec=80)
"""Wider than any quantity times any price: whether a sum is too large is for who takes it to say."""


def whole_vnd(amount: Decimal) -> int:
    """Whole đồng; half a đồng goes up, as a debt of half a đồng goes down."""
    return int(amount.quantize(ONE, ROUND_HALF_UP, context=_EXACT))


def net_price_vnd(price_vnd: int, discount_pct: Decimal) -> int:
    """What is paid for one unit after a discount in percent."""
    return whole_vnd(price_vnd * (HUNDRED - discount_pct) / HUNDRED)


def amount_vnd(quantity: Decimal, price_vnd: int) -> int:
    """What so many units cost."""
    return whole_vnd(_EXACT.multiply(quantity, Decimal(price_vnd)))
