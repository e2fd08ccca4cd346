"""What the tests of quotes begin with: a buyer's need, suppliers with capacity, and quotes between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.listings.models import CapacityReservation
from market.listings.reservations import week_name
from market.reference.cadence import iso_week
from tests.people import Client

TODAY = clock.today()
MONDAY = TODAY + timedelta(days=14 - TODAY.weekday())
"""The second Monday from now: every window of these stories begins on it."""
SUNDAY = MONDAY + timedelta(days=27)
"""The last day of four weeks."""
WEEKS = [week_name(iso_week(MONDAY + timedelta(days=7 * number))) for number in range(4)]
SECRETS = ("29123", "Ghi chú kín", "Bãi xe số 7")
"""What stands in `offer` and no stranger may read."""


def day(value: date) -> str:
    return value.isoformat()


def listing_body(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "title": "Thanh long ruột đỏ thử nghiệm",
        "concept": "dragon-fruit-red",
        "province": {"code": "82", "version": "2025"},
        "unit": "KGM",
        "price_vnd": 28000,
        "capacity": [{"from": day(MONDAY), "to": day(SUNDAY), "quantity": "1000", "per": "week"}],
        "publish": True,
    }
    return body | changes


def need_body(**changes: Any) -> dict[str, Any]:
    """700 kg a week for four weeks."""
    line = {
        "concept": "dragon-fruit",
        "quantity": "100",
        "unit": "KGM",
        "per": "day",
        "from": day(MONDAY),
        "to": day(SUNDAY),
    }
    body: dict[str, Any] = {
        "title": "Thanh long cho chuỗi thử nghiệm",
        "lines": [line],
        "delivery_province": {"code": "79", "version": "2025"},
        "deadline": day(TODAY + timedelta(days=5)),
        "publish": True,
    }
    return body | changes


@dataclass
class Trade:
    """A buyer with a need, and a supplier with goods for it."""

    anyone: Client
    buyer: Client
    need: dict[str, Any]
    supplier: Client
    listing: dict[str, Any]

    @property
    def line(self) -> str:
        """The first line of the need."""
        return str(self.need["lines"][0]["id"])

    def offer(self, *, listing: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        """A quote for all that is asked, from one listing."""
        of_line = {name: changes.pop(name) for name in ("quantity", "unit", "per", "price_vnd") if name in changes}
        line: dict[str, Any] = {"need_line": self.line, "listing": (listing or self.listing)["id"], "price_vnd": 29123}
        body: dict[str, Any] = {
            "lines": [line | of_line],
            "terms": {"discount_pct": "2.5", "credit_days": 30, "delivery_place": "Bãi xe số 7"},
            "valid_until": day(TODAY + timedelta(days=7)),
            "note": "Ghi chú kín",
            "submit": True,
        }
        return body | changes

    async def another_supplier(self, **listing: Any) -> tuple[Client, dict[str, Any]]:
        supplier = await self.anyone.register("producer")
        return supplier, await made(supplier, "/listings", listing_body(**listing))

    async def quoted(self, supplier: Client | None = None, **changes: Any) -> dict[str, Any]:
        """A quote for the need, submitted unless the changes say otherwise."""
        return await made(supplier or self.supplier, f"/needs/{self.need['id']}/quotes", self.offer(**changes))


async def trade(anyone: Client, *, need: dict[str, Any] | None = None, **listing: Any) -> Trade:
    buyer = await anyone.register("buyer", name="Siêu thị Mua Thử")
    supplier = await anyone.register("producer", name="HTX Bán Thử")
    return Trade(
        anyone,
        buyer,
        await made(buyer, "/needs", need or need_body()),
        supplier,
        await made(supplier, "/listings", listing_body(**listing)),
    )


async def made(who: Client, path: str, body: Any) -> dict[str, Any]:
    answer = await who.post(path, body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def act(who: Client, quote: dict[str, Any], verb: str, body: Any = None) -> httpx.Response:
    """A verb on the newest version, as far as the actor may see it."""
    path = f"/quotes/{quote['id']}"
    tag = (await who.get(path)).headers.get("etag", "*")
    headers = {"If-Match": tag, "Accept-Language": "en"}
    if verb == "edit":
        return await who.patch(path, body or {}, headers=headers)
    return await who.post(f"{path}/{verb}", body, headers=headers)


async def done(who: Client, quote: dict[str, Any], verb: str, body: Any = None) -> dict[str, Any]:
    """A verb that must be allowed, and what the quote is then."""
    answer = await act(who, quote, verb, body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def again(who: Client) -> Client:
    """The same person, signed in anew: after days a token is no longer good."""
    return replace(who, token=await who.sign_in(str(who.user["email"])))


async def reserved(session: AsyncSession, listing: dict[str, Any]) -> list[str]:
    """What is promised of a listing, week by week."""
    row = CapacityReservation
    rows = select(row.quantity).where(row.listing_id == UUID(listing["id"]), row.released_at.is_(None))
    return [f"{quantity.normalize():f}" for quantity in await session.scalars(rows.order_by(row.week, row.id))]
