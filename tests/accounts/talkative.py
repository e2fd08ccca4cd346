"""A program that sends and breaks things and logs all it can; `test_privacy` reads what it logged."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.app import create_app
from market.config import Settings
from market.core.access import Access
from market.core.logs import configure_logging
from market.lifetime import close_resources
from tests.people import PASSWORD, connected

NAME, EMAIL, PHONE = "Lê Văn Kín", "kin.dao@thu.example", "0912345678"


@get("/test/broken-query", operation_id="breakQuery", access=Access.ANYONE)
async def break_query(session: NamedDependency[AsyncSession]) -> None:
    await session.execute(text("SELECT :name FROM nowhere"), {"name": NAME})


@post("/test/broken-row", operation_id="breakRow", access=Access.ANYONE)
async def break_row(session: NamedDependency[AsyncSession]) -> None:
    session.add(User(full_name=NAME, email=EMAIL, phone=PHONE, password_hash=None, platform_roles=[]))
    await session.flush()


@post("/test/broken-code", operation_id="breakCode", access=Access.ANYONE)
async def break_code() -> None:
    person = {"full_name": NAME, "email": EMAIL}
    raise LookupError(len(person))


def registration(**user: Any) -> dict[str, Any]:
    organization = {
        "name": "HTX Kín Đáo",
        "kinds": ["producer"],
        "legal_form": "cooperative",
        "province": {"code": "82", "version": "2025"},
        "contact": {"name": NAME, "phone": PHONE, "email": EMAIL},
    }
    return {"organization": organization, "user": {"full_name": NAME, "password": PASSWORD, **user}}


async def main() -> None:
    """Print the statuses of what was asked and the tokens that were given."""
    configure_logging(style="json", level="debug")
    app = create_app(Settings())
    for route in (break_query, break_row, break_code):
        app.register(route)
    async with connected(app) as client:
        answers = [
            await client.post("/auth/register", registration(email=EMAIL, phone=PHONE)),
            await client.post("/auth/register", registration(email=EMAIL)),
            await client.post("/auth/register", registration(email="không phải", phone="12")),
            await client.post("/auth/token", {"identifier": EMAIL, "password": PASSWORD}),
            await client.post("/auth/token", {"identifier": EMAIL, "password": f"{PASSWORD}-sai"}),
            await client.get(f"/organizations?q={NAME}&email={EMAIL}"),
            await client.get("/test/broken-query"),
            await client.post("/test/broken-row"),
            await client.post("/test/broken-code", headers={"X-Request-Id": "yeu-cau-hong"}),
        ]
    await close_resources(app)
    tokens = answers[3].json()
    given = [tokens["access_token"], tokens["refresh_token"]]
    print(json.dumps({"statuses": [answer.status_code for answer in answers], "tokens": given}))


if __name__ == "__main__":
    asyncio.run(main())
