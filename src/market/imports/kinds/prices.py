"""New prices of listings that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from market.core.errors import FieldError, MarketError
from market.core.language import Message
from market.core.schemas import Money
from market.imports.kinds.kind import Keeping, Kind, Outcome, Outcomes, Prepared, Setting, amount_of, as_it_is
from market.imports.kinds.meant import ListingNamed, Offered, offered
from market.imports.rows import Row
from market.imports.tables.lines import Line
from market.listings.schemas import ListingUpdate
from market.listings.service import edit_listing
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
    return [await _priced(keeping, price, there) for price in prices]


async def _priced(keeping: Keeping, price: PriceRow, there: Offered) -> Outcome:
    listing = there.meant(price)
    if isinstance(listing, FieldError):
        return Outcome.refused(listing)
    if price.unit not in (None, listing.unit):
        return Outcome.refused(FieldError("/unit", "other-unit", OTHER_UNIT, {"own": listing.unit}))
    if listing.price_vnd == price.price_vnd:
        return Outcome("unchanged", listing.id)
    try:
        async with keeping.session.begin_nested():
            update = ListingUpdate.model_validate({"price_vnd": price.price_vnd})
            await edit_listing(keeping.session, keeping.actor, listing, update, catalogue=keeping.catalogue)
            await keeping.session.flush()
    except MarketError as error:
        return Outcome.refused_by(error)
    return Outcome("updated", listing.id)


PRICES = Kind("prices", PriceRow, assemble, as_it_is, keep)
