"""New prices of listings that are there: by id, by code, or by a title that only one of them has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from sqlalchemy import func, or_, select

from market.core.errors import FieldError, MarketError
from market.core.language import Message
from market.core.schemas import Line as LineOfText
from market.core.schemas import Money, Schema
from market.imports.external_ids import known_ids
from market.imports.kinds.kind import Keeping, Kind, Outcome, Outcomes, Prepared, Setting, amount_of, as_it_is
from market.imports.rows import Row
from market.imports.tables.lines import Line
from market.listings.models import Listing
from market.listings.queries import WHOLE
from market.listings.schemas import ListingUpdate
from market.listings.service import edit_listing
from market.organizations.models import Organization
from market.reading.types import UnitCode

NOT_FOUND = Message(vi="Tổ chức không bán mặt hàng này.", en="The organization does not offer this.")
SEVERAL = Message(vi="Có nhiều mặt hàng tên này; hãy thêm mã hàng.", en="Several listings are called so; give a code.")
OTHER_UNIT = Message(
    vi="Mặt hàng này bán theo đơn vị {own}; hãy ghi giá cho đơn vị đó.",
    en="The listing is sold in {own}; give the price of that unit.",
)


class NewPrice(Schema):
    """The price of one listing."""

    id: UUID | None = None
    external_id: LineOfText | None = None
    title: LineOfText | None = None
    unit: UnitCode | None = None
    price_vnd: Money


def assemble(lines: Iterable[Line], _setting: Setting) -> Iterator[Row]:
    """A price for each line that has one."""
    for line in lines:
        body = dict(line.values)
        if "price_vnd" not in body and line.remarks and not line.errors:
            body["price_vnd"] = None
        elif "price_vnd" in body:
            body["price_vnd"] = amount_of(body["price_vnd"])
        yield Row(line.line, None, body, errors=list(line.errors), remarks=list(line.remarks), lines=(line,))


async def keep(keeping: Keeping, rows: Sequence[Prepared], organization: Organization | None) -> Outcomes:
    """Change the prices."""
    if organization is None:
        raise ValueError("a listing is an organization's")
    prices: list[NewPrice] = [price for _, price in rows]
    codes = await known_ids(
        keeping.session, organization.id, Listing, (price.external_id for price in prices if price.external_id)
    )
    ids = [*codes.values(), *(price.id for price in prices if price.id)]
    titles = [price.title.lower() for price in prices if price.title]
    mine = select(Listing).where(Listing.organization_id == organization.id, Listing.status != "archived")
    wanted = mine.where(or_(Listing.id.in_(ids), func.lower(Listing.title).in_(titles))).options(*WHOLE)
    found = list(await keeping.session.scalars(wanted))
    return [await _priced(keeping, price, found, codes) for price in prices]


async def _priced(keeping: Keeping, price: NewPrice, found: Sequence[Listing], codes: dict[str, UUID]) -> Outcome:
    key = price.id or codes.get(price.external_id or "")
    meant = [listing for listing in found if listing.id == key] if key else []
    if not meant and price.title:
        meant = [one for one in found if one.title.lower() == price.title.lower() and price.unit in (None, one.unit)]
    if len(meant) != 1:
        code, message = ("ambiguous-listing", SEVERAL) if meant else ("unknown-listing", NOT_FOUND)
        return Outcome.refused(FieldError("/title", code, message))
    if price.unit not in (None, meant[0].unit):
        return Outcome.refused(FieldError("/unit", "other-unit", OTHER_UNIT, {"own": meant[0].unit}))
    if meant[0].price_vnd == price.price_vnd:
        return Outcome("unchanged", meant[0].id)
    try:
        async with keeping.session.begin_nested():
            update = ListingUpdate.model_validate({"price_vnd": price.price_vnd})
            await edit_listing(keeping.session, keeping.actor, meant[0], update, catalogue=keeping.catalogue)
            await keeping.session.flush()
    except MarketError as error:
        return Outcome.refused_by(error)
    return Outcome("updated", meant[0].id)


PRICES = Kind("prices", NewPrice, assemble, as_it_is, keep)
