"""What an organization that nobody has verified may do is bounded, and the refusal says what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from market.core import clock
from market.core.db import create_sessions
from market.organizations.bounds import Bounds
from market.worker import followers_of
from tests.matching.alerts.stories import LISTING, NEED, Watched, made, notifications
from tests.people import SEEN, Client


@pytest.fixture
async def bounded(client: Client) -> AsyncIterator[Client]:
    """A market with narrow bounds."""
    before = client.app.state.bounds
    client.app.state.bounds = Bounds(first_contacts_a_day=2, listings=3, mails_a_day=1)
    yield client
    client.app.state.bounds = before


async def written(sender: Client, receiver: Client, **more: Any) -> Any:
    return await sender.post("/threads", {"organization": receiver.organization["id"], "text": "Xin chào", **more})


async def test_first_contacts_of_the_unverified_are_bounded_by_the_day(bounded: Client) -> None:
    newcomer, officer = await bounded.register("producer"), await bounded.officer()
    strangers = [await bounded.register("buyer") for _ in range(4)]
    threads = [await written(newcomer, stranger) for stranger in strangers[:2]]
    refused = await written(newcomer, strangers[2])

    assert [answer.status_code for answer in threads] == [201, 201]
    assert (refused.status_code, refused.json()["code"]) == (429, "unverified-first-contacts")
    assert int(refused.headers["retry-after"]) > 80_000
    assert "/claims" in refused.json()["detail"]
    assert (await written(newcomer, strangers[0])).status_code == 200
    assert (await written(strangers[2], newcomer)).status_code == 201
    with clock.shifted(timedelta(days=1, minutes=1)):
        again = replace(newcomer, token=await newcomer.sign_in(newcomer.user["email"]))
        assert (await written(again, strangers[3])).status_code == 201
    await officer.post(f"/organizations/{newcomer.organization['id']}/verify", SEEN)
    assert (await written(newcomer, strangers[3])).status_code in (200, 201)


async def test_listings_of_the_unverified_are_bounded(bounded: Client) -> None:
    newcomer, officer = await bounded.register("producer"), await bounded.officer()
    listing = (await newcomer.post("/listings", LISTING)).json()
    together = await newcomer.post("/listings/batch", {"items": [LISTING] * 3})
    assert (together.status_code, together.json()["code"]) == (403, "unverified-listings")
    assert (await newcomer.post("/listings/batch", {"items": [LISTING] * 2})).status_code == 200
    refused = await newcomer.post("/listings", LISTING)
    assert (refused.status_code, refused.json()["code"]) == (403, "unverified-listings")
    assert (await newcomer.delete(f"/listings/{listing['id']}")).status_code in (200, 204)
    assert (await newcomer.post("/listings", LISTING)).status_code == 201
    await officer.post(f"/organizations/{newcomer.organization['id']}/verify", SEEN)
    assert (await newcomer.post("/listings", LISTING)).status_code == 201


async def test_mails_that_the_unverified_cause_are_bounded_and_news_are_not(
    own_client: Client, own_app: Litestar
) -> None:
    alerts = next(one for one in followers_of(None, mails_a_day=1) if one.name == "alerts")
    watched = Watched(own_client, create_sessions(own_app.state.engine), alerts)
    newcomer, buyer = await own_client.register("producer"), await own_client.register("buyer")
    await made(buyer, "/needs", NEED)
    await watched.settle()
    for _ in range(3):
        await made(newcomer, "/listings", LISTING)
    await watched.settle()

    assert len([item for item in await notifications(buyer) if item["kind"] == "listing_match"]) == 3
    async with watched.sessions() as session:
        connection = await session.connection()
        rows = await connection.exec_driver_sql(
            "SELECT mail, count(*) FROM notification WHERE kind = 'listing_match' GROUP BY mail ORDER BY mail"
        )
        assert [tuple(row) for row in rows] == [("instant", 1), ("off", 2)]


@pytest.mark.parametrize(
    "name",
    ["Gọi ngay mua@re.example", "HTX http://re.example", "www.re.vn giá rẻ", "Hàng Rẻ.com", "HTX Rẻ.shop", "Re.COM.VN"],
)
async def test_a_name_carries_no_address(client: Client, name: str) -> None:
    named = await client.register()
    body = {"name": name, "kinds": ["producer"], "legal_form": "company", "province": {"code": "82"}}
    person = {"full_name": "A", "email": "a@thu.example", "password": "mot-cau-du-dai-de-thu"}
    refused = await client.post("/auth/register", {"organization": body, "user": person})
    edited = await named.patch(f"/organizations/{named.organization['id']}", {"name": name})
    for answer in (refused, edited):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == "address-in-name"


@pytest.mark.parametrize("name", ["Saigon Co.opmart", "Sở Công Thương TP.HCM", "Công ty TNHH A.B.C", "HTX Số 1.2"])
async def test_names_with_dots_are_names(client: Client, name: str) -> None:
    assert (await client.register(name=name)).organization["name"] == name
