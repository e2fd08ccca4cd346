"""What tests of agreements from quotes begin with: accepted quotes, what is drawn up from them and comes into force."""

from __future__ import annotations

from typing import Any

from tests.agreements.stories import agreed, done
from tests.people import Client
from tests.quotes import stories as quotes
from tests.quotes.stories import Trade, made

SALE = {"instrument": "sale"}
TERMS: dict[str, Any] = {
    "discount_pct": "2.5",
    "credit_days": 30,
    "delivery_point": "buyer_warehouse",
    "packaging": "crate",
    "tests": ["pesticide_residues"],
    "returns": "rejected_on_arrival",
    "payment_method": "bank_transfer",
}


async def accepted(around: Trade, body: Any = None, **offer: Any) -> dict[str, Any]:
    return await quotes.done(around.buyer, await around.quoted(**offer), "accept", body)


async def drawn_up(who: Client, quote: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return await made(who, "/agreements", SALE | {"quote": quote["id"]} | changes)


def with_responsible(agreement: dict[str, Any]) -> list[dict[str, Any]]:
    """The parties as they are, each with somebody to call."""
    return [
        {
            "id": party["id"],
            "role": party["role"],
            "organization": party["organization"]["id"],
            "responsible": {"name": "Phụ Trách Thử"},
        }
        for party in agreement["parties"]
    ]


async def both_sign(around: Trade, agreement: dict[str, Any]) -> None:
    for side in (around.buyer, around.supplier):
        await done(side, agreement, "sign")


async def both_end(around: Trade, agreement: dict[str, Any], verb: str, body: Any) -> None:
    """The buyer asks for an end, and the supplier accepts it."""
    await agreed(around.buyer, around.supplier, agreement, verb, body)


async def in_force(around: Trade, agreement: dict[str, Any]) -> dict[str, Any]:
    path = f"/agreements/{agreement['id']}"
    tag = (await around.buyer.get(path)).headers["etag"]
    edited = await around.buyer.patch(path, {"parties": with_responsible(agreement)}, headers={"If-Match": tag})
    assert edited.status_code == 200, edited.text
    await done(around.buyer, agreement, "sign")
    await done(around.supplier, agreement, "confirm")
    return await done(around.buyer, agreement, "make-effective")


def amended(agreement: dict[str, Any], **line: Any) -> dict[str, Any]:
    (before,) = agreement["lines"]
    names = ("id", "description", "quantity", "unit", "per", "period_from", "period_until", "price_vnd")
    new = {name: before[name] for name in names} | {"concept": before["concept"]["id"]} | line
    return {"cause": "volume", "changes": {"lines": [new | {"delivery_plan": {"weekdays": [1, 4]}}]}}
