"""What is promised is shown as promised, week by week, and cannot be cut in silence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.people import Client
from tests.quotes.stories import MONDAY, SUNDAY, day, done, trade


def capacity(quantity: str) -> list[dict[str, Any]]:
    return [{"from": day(MONDAY), "to": day(SUNDAY), "quantity": quantity, "per": "week"}]


async def test_what_is_accepted_is_no_longer_free(client: Client) -> None:
    around = await trade(client, capacity=capacity("5000"))
    await done(around.buyer, await around.quoted(quantity="1800", per="week"), "accept")
    path = f"/listings/{around.listing['id']}"

    shown = (await around.buyer.get(path)).json()
    for_seller = (await around.supplier.get(f"{path}/capacity")).json()
    for_buyer = (await client.get(f"{path}/capacity")).json()

    own = (await around.supplier.get("/listings?status=any")).json()["items"]
    assert [shown["weekly_kg"], *(item["weekly_kg"] for item in own)] == ["3200", "3200"]
    assert for_seller["unit"] == "KGM"
    assert {(w["offered"], w["promised"], w["free"]) for w in for_seller["weeks"]} == {("5000", "1800", "3200")}
    assert {(w["offered"], w["promised"], w["free"]) for w in for_buyer["weeks"]} == {(None, None, "3200")}


async def test_capacity_below_what_is_promised_is_refused_unless_it_is_meant(client: Client) -> None:
    around = await trade(client, capacity=capacity("5000"))
    await done(around.buyer, await around.quoted(quantity="1800", per="week"), "accept")
    path = f"/listings/{around.listing['id']}"

    enough = await around.supplier.patch(path, {"capacity": capacity("2000")})
    refused = await around.supplier.patch(path, {"capacity": capacity("1000")})
    meant = await around.supplier.patch(path, {"capacity": capacity("1000"), "below_promised": True})
    calendar = (await around.supplier.get(f"{path}/capacity")).json()

    assert (enough.status_code, refused.status_code, meant.status_code) == (200, 409, 200)
    assert refused.json()["code"] == "capacity-promised"
    assert [Decimal(week["promised"]) for week in refused.json()["weeks"]] == [Decimal(1800)] * 4
    assert {week["free"] for week in calendar["weeks"]} == {"0"}
