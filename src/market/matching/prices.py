"""What an order of a size costs: the one rule for matches and for pools."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from market.matching.facts import Demand, Offer
from market.matching.pools import THOUSANDTH, Bracket


def brackets_of(offer: Offer, *, factor: Decimal, unknown: Decimal) -> tuple[Bracket, ...]:
    """The offer's prices by what is taken in a week, in the line's unit; `unknown` stands for a price not given.

    A week's share is an order: the least order and the tiers of larger orders count for it.
    """
    least = ((offer.moq or Decimal(0)) * factor).quantize(THOUSANDTH, ROUND_CEILING)
    price = unknown if offer.price is None else offer.price / factor
    brackets = {least: price}
    for tier in sorted(offer.price_tiers):
        if tier.price_vnd and tier.price_vnd / factor < price:
            price = tier.price_vnd / factor
            brackets[max(least, (tier.min_quantity * factor).quantize(THOUSANDTH, ROUND_CEILING))] = price
    return tuple(Bracket(start, each) for start, each in sorted(brackets.items()))


def price_of_a_week(offer: Offer, demand: Demand, *, factor: Decimal) -> Decimal | None:
    """The price of one of the line's units in the week that takes most; None where it must be asked for."""
    if offer.price is None:
        return None
    if not offer.price_tiers:
        return Decimal(offer.price) / factor
    taken = _largest_order(offer, demand, factor)
    brackets = brackets_of(offer, factor=factor, unknown=Decimal(0))
    within = [bracket.price for bracket in brackets if bracket.least <= taken]
    return within[-1] if within else brackets[0].price


def _largest_order(offer: Offer, demand: Demand, factor: Decimal) -> Decimal:
    if not offer.windows:
        return max(demand.weekly.values(), default=Decimal(0))
    free = offer.weekly
    shares = (min(wanted, free.get(week, Decimal(0)) * factor) for week, wanted in demand.weekly.items())
    return max(shares, default=Decimal(0))
