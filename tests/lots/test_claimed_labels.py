"""Nobody hides a recall by claiming the label of the recalled lot."""

from __future__ import annotations

import pytest
from litestar import Litestar

from market.core.db import create_sessions
from market.lots.schemas import LotCreate
from market.worker import followers_of
from tests.agreements.stories import verified
from tests.lots.test_lots import BROWSER, offered, recorded
from tests.matching.alerts.stories import Watched
from tests.people import Client
from tests.test_access_matrix import example_of

LABEL = "/01/08938505974194/10/TL-2611-07"
RECALL = {"reason": "Dư lượng carbendazim vượt mức cho phép"}


@pytest.fixture
def watched(own_client: Client, own_app: Litestar) -> Watched:
    """A market that commits, and the follower as the worker runs it."""
    alerts = next(follower for follower in followers_of(None) if follower.name == "alerts")
    return Watched(own_client, create_sessions(own_app.state.engine), alerts)


async def test_an_unverified_stranger_cannot_use_a_gtin_that_is_in_use(client: Client) -> None:
    owner, stranger = await client.register("producer"), await client.register("producer")
    lot = await recorded(owner, await offered(owner))
    listing = await offered(stranger)
    for code in ("TL-2611-07", "KHAC-1"):
        refused = await stranger.post(f"/listings/{listing['id']}/lots", example_of(LotCreate) | {"code": code})
        assert (refused.status_code, refused.json()["code"]) == (409, "label-claimed")
        assert "POST /claims" in refused.json()["detail"]
    without = await recorded(stranger, listing, gtin=None)
    added = await stranger.patch(f"/lots/{without['id']}", {"gtin": lot["gtin"]})
    assert (added.status_code, added.json()["code"]) == (409, "label-claimed")
    assert (await owner.post(f"/lots/{lot['id']}/recall", RECALL)).status_code == 200
    page = await client.http.get(LABEL, headers=BROWSER, follow_redirects=True)
    assert (page.status_code, "ĐÃ BỊ THU HỒI" in page.text) == (200, True)
    await recorded(owner, await offered(owner), code="KHAC-2")


async def test_a_label_waits_for_nobody_after_its_lot_was_withdrawn(client: Client) -> None:
    owner, other = await client.register("producer"), await client.register("producer")
    lot = await recorded(owner, await offered(owner))
    assert (await owner.post(f"/lots/{lot['id']}/withdraw", {"reason": "Ghi nhầm"})).status_code == 200
    await recorded(other, await offered(other))


async def test_of_several_claims_a_recall_is_said_first(client: Client) -> None:
    owner, other = await client.register("producer", name="HTX Một"), await client.register("producer", name="HTX Hai")
    await verified(await client.officer(), other)
    whole, recalled = [await recorded(who, await offered(who)) for who in (owner, other)]
    assert (await other.post(f"/lots/{recalled['id']}/recall", RECALL)).status_code == 200
    page = await client.http.get(LABEL, headers=BROWSER)
    assert page.status_code == 300
    assert 0 < page.text.index("LÔ ĐÃ BỊ THU HỒI: HTX Hai") < page.text.index("HTX Một")
    assert RECALL["reason"] in page.text
    program = await client.http.get(LABEL, headers={"Accept": "application/json"})
    assert (program.status_code, program.headers["content-type"]) == (300, "application/json")
    told = program.json()
    assert (told["recalled"], told["code"]) == (True, "TL-2611-07")
    assert [(claim["lot"], claim["recalled"], claim["recall_reason"]) for claim in told["items"]] == [
        (recalled["id"], True, RECALL["reason"]),
        (whole["id"], False, None),
    ]
    nothing = await client.http.get("/01/08938505974194/10/KHONG", headers={"Accept": "application/json"})
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not-found")


async def test_the_earlier_owner_is_told_of_a_verified_one_that_uses_its_gtin(watched: Watched) -> None:
    client = watched.client
    owner, other = await client.register("producer"), await client.register("producer", name="HTX Hai")
    await verified(await client.officer(), other)
    lot = await recorded(owner, await offered(owner))
    await watched.settle()
    listing = await offered(other)
    await recorded(other, listing)
    await recorded(other, listing, code="HAI-2")
    (told,) = [one for one in await watched.told(owner) if one["kind"] == "label_shared"]
    assert (told["entity"], told["entity_id"]) == ("lot", lot["id"])
    assert "HTX Hai" in told["text"]
    assert [one for one in await watched.told(other) if one["kind"] == "label_shared"] == []
