"""New prices of listings that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeGuard

from market.core import clock
from market.core.errors import FieldError
from market.core.language import Message
from market.core.schemas import Money
from market.imports.kinds.kind import Keeping, Kind, Outcome, Outcomes, Prepared, Setting, amount_of, as_it_is
from market.imports.kinds.meant import ListingNamed, Offered, offered
from market.imports.rows import Row
from market.imports.tables.lines import Line
from market.listings.models import Listing
from market.listings.pricing import Priced, not_priced, price_listings
from market.organizations.models import Organization

NO_PRICE = Message(
    vi="Dòng này không nêu giá mới: giá đang có được giữ.", en="The row names no new price: the one there is stays."
)
OTHER_UNIT = Message(
    vi="Mặt hàng này bán theo đơn vị {own}; hãy ghi giá cho đơn vị đó.",
    en="The listing is sold in {own}; give the price of that unit.",
)


class PriceRow(ListingNamed):
    """The price of one listing."""

    price_vnd: Money


def assemble(lines: Iterable[Line], _setting: Setting) -> Iterator[Row]:
    """A price for each line that has one."""
    for line in lines:
        body = dict(line.values)
        row = Row(line.line, None, body, errors=list(line.errors), remarks=list(line.remarks), lines=(line,))
        if "price_vnd" in body:
            body["price_vnd"] = amount_of(body["price_vnd"])
        elif not line.errors:
            row.errors.append(FieldError("/price_vnd", "no-price", NO_PRICE))
        yield row


async def keep(keeping: Keeping, rows: Sequence[Prepared], organization: Organization | None) -> Outcomes:
    """Change the prices."""
    if organization is None:
        raise ValueError("a listing is an organization's")
    prices: list[PriceRow] = [price for _, price in rows]
    there = await offered(keeping, organization, prices)
    judged = [_judged(keeping, price, there) for price in prices]
    # A price list names no last day: its prices hold until they are changed.
    pairs = zip(judged, prices, strict=True)
    changed: list[Priced] = [(one, price.price_vnd, None) for one, price in pairs if _is_changed(one, price)]
    await price_listings(keeping.session, keeping.actor, changed)
    priced = {id(listing) for listing, _, _ in changed}
    return [
        one if isinstance(one, Outcome) else Outcome("updated" if id(one) in priced else "unchanged", one.id)
        for one in judged
    ]


def _judged(keeping: Keeping, price: PriceRow, there: Offered) -> Listing | Outcome:
    """The listing that a row prices, or why it prices none."""
    listing = there.meant(price)
    if isinstance(listing, FieldError):
        return Outcome.refused(listing)
    if price.unit not in (None, listing.unit):
        return Outcome.refused(FieldError("/unit", "other-unit", OTHER_UNIT, {"own": listing.unit}))
    refusal = not_priced(keeping.actor, listing)
    return listing if refusal is None else Outcome.refused_by(refusal)


def _is_changed(one: Listing | Outcome, price: PriceRow) -> TypeGuard[Listing]:
    """Whether a row changes what a listing costs today."""
    if isinstance(one, Outcome):
        return False
    ended = one.price_until is not None and one.price_until < clock.today()
    return ended or one.price_vnd != price.price_vnd


PRICES = Kind("prices", PriceRow, assemble, as_it_is, keep)
