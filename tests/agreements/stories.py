"""What the tests of agreements begin with: two sides, an organizer, and paper in each state."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.events.stories import organizer_with_event
from tests.people import SEEN, Client

SECRETS = ("Đại Diện Bán", "Phụ Trách Bán", "+84912345678", "123456789", "28000", "Ghi chú kín", "Tiêu đề kín", "1750")
"""What stands in `paper` and no stranger may read."""

LINE: dict[str, Any] = {
    "concept": "dragon-fruit-red",
    "quantity": "1750.5",
    "unit": "KGM",
    "per": "total",
    "period_from": "2026-12-01",
    "period_until": "2027-02-28",
    "delivery_plan": {"weekdays": [1, 4], "deliver_before": "06:00"},
    "tolerance_pct": 5,
    "price_vnd": 28000,
}


MANDATE = "Giấy ủy quyền 12/UQ"
FOR_OTHERS = ("sign", "confirm", "contest", "close", "lapse", "terminate")
"""What an officer does for parties, by a mandate."""


@dataclass
class Table:
    """Everybody around a table of signing."""

    anyone: Client
    organizer: Client
    event: dict[str, Any]
    seller: Client
    buyer: Client
    officer: Client

    def paper(self, **changes: Any) -> dict[str, Any]:
        """A sale contract that passes the quantification gate."""
        body: dict[str, Any] = {
            "another": True,
            "instrument": "sale",
            "title": "Tiêu đề kín",
            "event": self.event["id"],
            "signed_on": "2026-11-20",
            "signing_place": "Nha Trang",
            "province": {"code": "56", "version": "2025"},
            "value_vnd": 123456789,
            "note": "Ghi chú kín",
            "parties": [
                {
                    "role": "seller",
                    "organization": self.seller.organization["id"],
                    "representative": {"name": "Đại Diện Bán", "title": "Giám đốc"},
                    "responsible": {"name": "Phụ Trách Bán", "phone": "0912345678"},
                },
                {
                    "role": "buyer",
                    "organization": self.buyer.organization["id"],
                    "responsible": {"name": "Phụ Trách Mua"},
                },
            ],
            "lines": [LINE],
        }
        return copy.deepcopy(body | changes)


async def table(client: Client) -> Table:
    organizer, event = await organizer_with_event(client, code="NT01")
    seller = await client.register("producer", name="HTX Bán Thử")
    buyer = await client.register("buyer", name="Siêu thị Mua Thử")
    officer = await client.officer()
    for who in (organizer, seller, buyer):
        await verified(officer, who)
    return Table(client, organizer, event, seller, buyer, officer)


@asynccontextmanager
async def undone(client: Client) -> AsyncIterator[None]:
    """Nothing stays of what is done inside the block: what is tried on a paper is tried on the same paper each time."""
    savepoint = await client.app.state.sessions.kw["bind"].begin_nested()
    yield
    await savepoint.rollback()


async def verified(officer: Client, organization: Client) -> None:
    """An officer looks at an organization's papers."""
    answer = await officer.post(f"/organizations/{organization.organization['id']}/verify", SEEN)
    assert answer.status_code == 200, answer.text


async def logged(who: Client, body: dict[str, Any]) -> dict[str, Any]:
    """A draft."""
    answer = await who.post("/agreements", body)
    assert answer.status_code == 201, answer.text
    agreement: dict[str, Any] = answer.json()
    return agreement


async def act(who: Client, agreement: dict[str, Any], verb: str, body: Any = None) -> httpx.Response:
    """A verb on the newest version; officers act by a mandate."""
    if not who.organization and verb in FOR_OTHERS:
        body = {"mandate": MANDATE} | (body or {})
    path = f"/agreements/{agreement['id']}"
    tag = (await who.get(path)).headers.get("etag", "*")
    return await who.post(f"{path}/{verb}", body, headers={"If-Match": tag})


async def done(who: Client, agreement: dict[str, Any], verb: str, body: Any = None) -> dict[str, Any]:
    """A verb that must be allowed, and what the agreement is then."""
    answer = await act(who, agreement, verb, body)
    assert answer.status_code in (200, 201), answer.text
    after: dict[str, Any] = answer.json()
    return after


async def answered(who: Client, proposal: dict[str, Any], answer: str = "accept", body: Any = None) -> httpx.Response:
    """An answer to a proposal as it is now."""
    return await who.post(f"/proposals/{proposal['id']}/{answer}", body, headers={"If-Match": "*"})


async def agreed(first: Client, second: Client, agreement: dict[str, Any], verb: str, body: Any) -> dict[str, Any]:
    """What one side asks for and the other accepts, and what the agreement is then."""
    waiting = (await done(first, agreement, verb, body))["proposals"]
    for proposal in waiting:
        answer = await answered(second, proposal)
        assert answer.status_code == 200, answer.text
    after: dict[str, Any] = (await first.get(f"/agreements/{agreement['id']}")).json()
    return after


async def signed(who: Client, body: dict[str, Any]) -> dict[str, Any]:
    """Signed paper."""
    return await done(who, await logged(who, body), "sign")


async def effective(around: Table, **changes: Any) -> dict[str, Any]:
    """Signed, confirmed by both sides and in force."""
    agreement = await signed(around.organizer, around.paper(**changes))
    await done(around.seller, agreement, "confirm")
    await done(around.buyer, agreement, "confirm")
    return await done(around.organizer, agreement, "make-effective")
