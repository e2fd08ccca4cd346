"""A lot that is recalled or was recorded by mistake: who may say so, what its label says, and who is told."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar

from market.core.db import create_sessions
from market.worker import followers_of
from tests.agreements.bargains import accepted, drawn_up, in_force
from tests.lots.test_lots import BROWSER, offered, recorded
from tests.matching.alerts.stories import Told, Watched
from tests.people import Client, added
from tests.quotes.stories import Trade, trade

RECALL = {"reason": "Dư lượng vượt mức <cho phép>"}


@pytest.fixture
def watched(own_client: Client, own_app: Litestar) -> Watched:
    """A market that commits, and the follower as the worker runs it."""
    alerts = next(follower for follower in followers_of(None) if follower.name == "alerts")
    return Watched(own_client, create_sessions(own_app.state.engine), alerts)


def of_lots(told: Told) -> list[dict[str, Any]]:
    return [item for item in told if item["kind"].startswith("lot_")]


async def test_a_recall_stands_on_the_page_of_the_label_and_is_final(client: Client) -> None:
    owner, stranger = await client.register("producer"), await client.register("producer", name="HTX Khác")
    staff = await added(owner, "staff")
    lot = await recorded(owner, await offered(owner))
    path = f"/lots/{lot['id']}"
    assert (await stranger.post(f"{path}/recall", RECALL)).status_code == 403
    assert (await staff.post(f"{path}/recall", RECALL)).status_code == 403
    assert (await owner.post(f"{path}/recall", {"reason": " "})).status_code == 400
    recalled = await owner.post(f"{path}/recall", RECALL)
    assert recalled.status_code == 200, recalled.text
    assert (recalled.json()["recall_reason"], recalled.json()["recalled_at"] is not None) == (RECALL["reason"], True)
    page = (await client.http.get(f"/trace/{lot['id']}", headers=BROWSER)).text
    assert "ĐÃ BỊ THU HỒI" in page
    assert "vượt mức &lt;cho phép&gt;" in page
    assert (
        "THIS LOT WAS RECALLED"
        in (await client.http.get(f"/trace/{lot['id']}", headers=BROWSER | {"Accept-Language": "en"})).text
    )
    for verb, body in (("recall", RECALL), ("withdraw", RECALL)):
        again = await owner.post(f"{path}/{verb}", body)
        assert (again.status_code, again.json()["code"]) == (409, "lot-recalled")
    assert (await owner.patch(path, {"quantity": "10"})).json()["code"] == "lot-recalled"
    found = (await client.get(f"/listings/{lot['listing']}/lots")).json()["items"]
    assert [one["recall_reason"] for one in found] == [RECALL["reason"]]


async def test_an_officer_recalls_but_only_the_organization_withdraws(client: Client) -> None:
    owner, officer = await client.register("producer"), await client.officer()
    lot = await recorded(owner, await offered(owner))
    assert (await officer.post(f"/lots/{lot['id']}/withdraw", RECALL)).status_code == 403
    assert (await officer.post(f"/lots/{lot['id']}/recall", RECALL)).status_code == 200


async def test_a_withdrawn_lot_frees_its_code_and_its_label_says_so(client: Client) -> None:
    owner = await client.register("producer")
    staff = await added(owner, "staff")
    listing, draft = await offered(owner), await offered(owner, publish=False)
    lot = await recorded(owner, listing)
    assert (await staff.post(f"/lots/{lot['id']}/withdraw", RECALL)).status_code == 403
    withdrawn = await owner.post(f"/lots/{lot['id']}/withdraw", {"reason": "Ghi nhầm"})
    assert withdrawn.status_code == 200, withdrawn.text
    assert (await client.get(f"/listings/{listing['id']}/lots")).json()["items"] == []
    assert len((await owner.get(f"/listings/{listing['id']}/lots")).json()["items"]) == 1
    assert "đã rút lô này" in (await client.http.get(f"/trace/{lot['id']}", headers=BROWSER)).text
    again = await recorded(owner, listing)
    link = f"/01/{again['gtin']}/10/{again['code']}"
    followed = await client.http.get(link, headers=BROWSER)
    assert followed.headers["location"] == f"/trace/{again['id']}"
    hidden = await recorded(owner, draft, code="NHAP-1")
    assert (await staff.post(f"/lots/{hidden['id']}/withdraw", RECALL)).status_code == 200


async def delivered(around: Trade, lot: Any) -> Any:
    """A delivery from a lot under what the two have agreed."""
    agreement = await in_force(around, await drawn_up(around.buyer, await accepted(around)))
    day = agreement["signed_on"]
    body = {"line": agreement["lines"][0]["id"], "delivered_on": day, "quantity": "10", "lot": lot["id"]}
    return agreement, await around.supplier.post(f"/agreements/{agreement['id']}/deliveries", body)


async def test_who_received_of_a_recalled_lot_is_told_and_a_stranger_is_not(watched: Watched) -> None:
    around = await trade(watched.client)
    stranger = await watched.client.register("buyer")
    lot = await recorded(around.supplier, around.listing)
    agreement, answer = await delivered(around, lot)
    assert answer.status_code == 201, answer.text
    assert answer.json()["delivery"]["lot"] == lot["id"]
    await watched.settle()
    assert (await around.supplier.post(f"/lots/{lot['id']}/recall", RECALL)).status_code == 200
    (told,) = of_lots(await watched.told(around.buyer))
    assert (told["kind"], told["entity"], told["entity_id"]) == ("lot_recalled", "lot", lot["id"])
    assert (told["watch_entity"], told["watch_id"]) == ("agreement", agreement["id"])
    assert "đã nhận hàng của lô này" in told["text"]
    (own,) = of_lots(await watched.told(around.supplier))
    assert own["watch_id"] is None
    assert of_lots(await watched.told(stranger)) == []


async def test_who_buys_the_goods_is_told_even_where_no_delivery_names_the_lot(watched: Watched) -> None:
    around = await trade(watched.client)
    lot, mistake = [await recorded(around.supplier, around.listing, code=code) for code in ("A", "B")]
    await accepted(around)
    assert (await around.supplier.post(f"/lots/{mistake['id']}/withdraw", RECALL)).status_code == 200
    assert of_lots(await watched.told(around.buyer)) == []
    assert (await around.supplier.post(f"/lots/{lot['id']}/recall", RECALL)).status_code == 200
    (told,) = of_lots(await watched.told(around.buyer))
    assert told["watch_entity"] == "quote"


async def test_a_delivery_names_only_lots_of_its_sellers(watched: Watched) -> None:
    around = await trade(watched.client)
    other = await watched.client.register("producer", name="HTX Khác")
    foreign = await recorded(other, await offered(other))
    _, refused = await delivered(around, foreign)
    assert refused.status_code == 400
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [("/lot", "unknown-lot")]


async def test_lots_come_with_the_feed_and_go_when_they_are_withdrawn(own_client: Client) -> None:
    owner = await own_client.register("producer")
    draft = await offered(owner, publish=False)
    lot = await recorded(owner, draft)
    start = (await own_client.get("/changes", params={"entity": "lot"})).json()
    assert start["items"] == []
    assert (await owner.post(f"/listings/{draft['id']}/publish")).status_code == 200

    async def since(cursor: str) -> tuple[list[tuple[str, str]], str]:
        body = (await own_client.get("/changes", params={"entity": "lot", "since": cursor})).json()
        return [(item["change"], item["id"]) for item in body["items"]], body["next_cursor"]

    told, cursor = await since(start["next_cursor"])
    assert told == [("updated", lot["id"])]
    assert (await owner.patch(f"/lots/{lot['id']}", {"quantity": "12"})).status_code == 200
    told, cursor = await since(cursor)
    assert told == [("updated", lot["id"])]
    assert (await owner.post(f"/lots/{lot['id']}/withdraw", RECALL)).status_code == 200
    told, cursor = await since(cursor)
    assert told == [("gone", lot["id"])]
