"""What counts before everybody: paper of somebody whom the market has looked at, goods that a receiver confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from market.core import clock
from tests.agreements.stories import Table, done, effective, logged, table, verified
from tests.people import Client

FAR = timedelta(days=60)


async def shells(client: Client) -> tuple[Client, Client, dict[str, Any]]:
    """Two organizations that nobody has looked at, and what they have signed between them."""
    seller, buyer = await client.register("producer"), await client.register("buyer")
    around = Table(client, seller, {"id": None}, seller, buyer, await client.officer())
    draft = await logged(seller, around.paper(event=None))
    await done(seller, draft, "sign")
    return seller, buyer, await done(buyer, draft, "confirm")


async def figures(anyone: Client, officer: Client, agreement: dict[str, Any]) -> tuple[int, int, int, int]:
    """In the totals, among what is public, in OCDS, and in the report of values."""
    totals = (await anyone.get("/agreements/totals", params={"by": "instrument"})).json()["total"]["agreements"]
    public = (await anyone.get(f"/agreements/{agreement['id']}")).status_code
    releases = (await anyone.get("/ocds/releases")).json()["releases"]
    report = (await officer.get("/reports/values")).json()
    return totals, public, len(releases), sum(row["signed"] for row in report["instruments"])


async def test_paper_between_two_whom_nobody_knows_counts_for_nothing(client: Client) -> None:
    seller, buyer, agreement = await shells(client)
    officer = await client.officer()
    assert (agreement["status"], agreement["consent"]) == ("signed", "confirmed")
    assert agreement["uncounted"] == "nobody_verified"
    assert await figures(client, officer, agreement) == (0, 404, 0, 0)
    assert (await buyer.get(f"/agreements/{agreement['id']}")).status_code == 200
    await verified(officer, seller)
    told = (await buyer.get(f"/agreements/{agreement['id']}")).json()
    assert told["uncounted"] is None
    assert await figures(client, officer, agreement) == (1, 200, 1, 1)


async def test_what_goes_beyond_the_promise_never_counts_by_silence(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around)
    path = f"/agreements/{agreement['id']}/deliveries"
    body = {"line": agreement["lines"][0]["id"], "delivered_on": agreement["signed_on"], "another": True}
    within = (await around.seller.post(path, body | {"quantity": "1000"})).json()["delivery"]
    beyond = (await around.seller.post(path, body | {"quantity": "838.1"})).json()["delivery"]
    assert (within["waits_because"], within["counts_on"] is None) == ("receiver_may_dispute", False)
    assert (beyond["waits_because"], beyond["counts_on"]) == ("beyond_the_promise", None)
    await around.seller.post(path, {"reverses": beyond["id"]})
    last = (await around.seller.post(path, body | {"quantity": "838"})).json()["delivery"]
    assert last["waits_because"] == "receiver_may_dispute"
    huge = (await around.seller.post(path, body | {"quantity": "500000"})).json()
    assert (huge["delivery"]["counts_on"], huge["standing"]["waiting"]) == (None, "501838")
    with clock.shifted(FAR):
        (standing,) = (await (await around.seller.now()).get(path)).json()["standings"]
        assert (standing["accepted"], standing["waiting"]) == ("1838", "500000")
    confirmed = await around.buyer.post(f"{path}/{huge['delivery']['id']}/confirm")
    assert (confirmed.json()["stage"], confirmed.json()["waits_because"]) == ("counted", None)


async def test_signing_into_force_says_what_is_missing_and_whose_step_it_is(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper())
    signed = await done(around.organizer, draft, "sign", {"into_force": True})
    assert signed["status"] == "signed"
    assert [(one["pointer"], one["code"]) for one in signed["missing"]] == [
        ("/parties/0/confirmed_at", "not-confirmed"),
        ("/parties/1/confirmed_at", "not-confirmed"),
    ]
    assert "HTX Bán Thử" in signed["missing"][0]["message"]
    assert "confirm" in signed["missing"][0]["message"]
    left = (await done(around.seller, draft, "confirm"))["missing"]
    read = (await around.seller.get(f"/agreements/{draft['id']}")).json()["missing"]
    assert [one["pointer"] for one in left] == ["/parties/1/confirmed_at"]
    assert read == left
    assert (await around.seller.get("/agreements")).json()["items"][0]["missing"] is None
    whole = await done(around.buyer, draft, "confirm", {"into_force": True})
    assert (whole["status"], whole["missing"]) == ("effective", [])


async def test_another_title_makes_no_other_paper(client: Client) -> None:
    around = await table(client)
    body = around.paper(event=None, another=False, title="Bán 10 tấn")
    await logged(around.seller, body)
    again = await around.buyer.post("/agreements", body | {"title": "Bán mười tấn thanh long", "value_vnd": None})
    assert (again.status_code, again.json()["code"]) == (409, "probable-duplicate")
    assert "lines" in again.json()["duplicate"]["same"]
    half = body["lines"][0] | {"quantity": "875"}
    worth = await around.buyer.post("/agreements", body | {"title": "Khác", "lines": [half]})
    assert "value_vnd" in worth.json()["duplicate"]["same"]
    other = await around.buyer.post("/agreements", body | {"lines": [half], "value_vnd": 5})
    assert other.status_code == 201, other.text


async def test_one_wrong_entry_beyond_the_promise_takes_no_other_along(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around)
    path = f"/agreements/{agreement['id']}/deliveries"
    body = {"line": agreement["lines"][0]["id"], "delivered_on": agreement["signed_on"], "another": True}

    wrong, right, again = [
        (await around.seller.post(path, body | {"quantity": quantity})).json()["delivery"]
        for quantity in ("30000", "1400", "700")
    ]

    waits = [one["waits_because"] for one in (wrong, right, again)]
    assert waits == ["beyond_the_promise", "receiver_may_dispute", "beyond_the_promise"]
