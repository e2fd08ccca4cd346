"""People who offer, need and watch, and what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.followers import Follower, follow_once
from tests.people import SEEN, Client

LISTING: dict[str, Any] = {
    "another": True,
    "title": "Thanh long ruột đỏ Chợ Gạo",
    "province": {"code": "82", "version": "2025"},
    "unit": "KGM",
    "price_vnd": 28000,
    "moq": "200",
    "capacity": [{"from": "2026-12-01", "to": "2027-02-28", "quantity": "5000", "per": "week"}],
    "publish": True,
}
LINE: dict[str, Any] = {
    "concept": "dragon-fruit-red",
    "quantity": "500",
    "unit": "KGM",
    "per": "day",
    "from": "2026-12-01",
    "to": "2027-02-28",
    "price_ceiling_vnd": 32000,
}
NEED: dict[str, Any] = {
    "another": True,
    "title": "Thanh long cho chuỗi 40 cửa hàng",
    "lines": [LINE],
    "delivery_province": {"code": "79", "version": "2025"},
    "publish": True,
}
CERTIFICATE: dict[str, Any] = {
    "scheme": "vietgap",
    "number": "VietGAP-TT-26-01-82-0007",
    "issuer": "Tổ chức chứng nhận Thử",
    "issued_on": "2026-01-15",
    "expires_on": "2029-01-14",
    "scope_concepts": ["dragon-fruit"],
}

Told = list[dict[str, Any]]

QUEUED = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'notification_mail'"


@dataclass
class Watched:
    """An HTTP client and the follower that tells people."""

    client: Client
    sessions: async_sessionmaker[AsyncSession]
    follower: Follower

    async def settle(self) -> None:
        """Follow the change log until nothing is left."""
        while await follow_once(self.sessions, self.follower):
            pass

    async def told(self, who: Client, **parameters: Any) -> Told:
        """What somebody is told, after everything was followed."""
        await self.settle()
        return await notifications(who, **parameters)

    async def queued(self) -> int:
        """Mail that waits to be sent."""
        async with self.sessions() as session:
            return int(await session.scalar(text(QUEUED)) or 0)


async def notifications(who: Client, **parameters: Any) -> Told:
    answer = await who.get("/notifications", params={"limit": 100, **parameters})
    assert answer.status_code == 200, answer.text
    items: Told = answer.json()["items"]
    return items


async def made(who: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await who.post(path, body)
    assert answer.status_code == 201, answer.text
    thing: dict[str, Any] = answer.json()
    return thing


async def saved(who: Client, query: dict[str, Any] | str, **changes: Any) -> dict[str, Any]:
    """A saved search for listings."""
    asked = {"q": query} if isinstance(query, str) else query
    return await made(who, "/saved-searches", {"kind": "listings", "name": "Của tôi", "query": asked, **changes})


async def verified(cooperative: Client, officer: Client, **changes: Any) -> str:
    certificate = await made(cooperative, "/certificates", {**CERTIFICATE, **changes})
    answer = await officer.post(f"/certificates/{certificate['id']}/verify", SEEN)
    assert answer.json()["verification"] == "verified"
    return str(certificate["id"])
