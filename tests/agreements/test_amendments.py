from typing import Any

from tests.agreements.stories import LINE, Table, act, done, effective, signed, table
from tests.people import Client

PRICE = {"cause": "price", "note": "Giá đầu vào tăng"}


async def in_force(around: Table, agreement: dict[str, Any]) -> dict[str, Any]:
    """A draft that is signed, confirmed by both sides and made effective."""
    await done(around.organizer, agreement, "sign")
    await done(around.seller, agreement, "confirm")
    await done(around.buyer, agreement, "confirm")
    return await done(around.organizer, agreement, "make-effective")


async def seen(who: Client, agreement: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await who.get(f"/agreements/{agreement['id']}")).json()
    return found


async def test_an_amendment_is_a_new_version_that_supersedes_once_it_is_in_force(client: Client) -> None:
    around = await table(client)
    old = await effective(around)
    line = LINE | {"id": old["lines"][0]["id"], "price_vnd": 30000}

    new = await done(around.seller, old, "amend", PRICE | {"changes": {"lines": [line]}})
    meanwhile = await seen(around.seller, old)
    await in_force(around, new)

    assert (new["number"], new["status"], new["amends"]) == ("2026-NT01-0001-PL1", "draft", old["id"])
    assert (new["amendment_cause"], new["lines"][0]["price_vnd"]) == ("price", 30000)
    assert new["title"] == old["title"]
    assert [party["confirmed_at"] is None for party in new["parties"]] == [False, True]
    assert meanwhile["status"] == "effective"
    assert (await seen(around.seller, old))["status"] == "superseded"
    assert (await seen(around.seller, new))["status"] == "effective"


async def test_an_amendment_of_what_is_only_signed_supersedes_when_it_is_signed(client: Client) -> None:
    around = await table(client)
    old = await signed(around.organizer, around.paper())
    new = await done(around.organizer, old, "amend", PRICE)

    await done(around.organizer, new, "sign")

    assert (await seen(around.seller, old))["status"] == "superseded"


async def test_versions_are_counted_once(client: Client) -> None:
    around = await table(client)
    old = await effective(around)
    new = await done(around.organizer, old, "amend", PRICE | {"changes": {"value_vnd": 5}})

    async def total() -> tuple[int, int]:
        answer = await around.officer.get("/agreements/totals?by=status")
        return answer.json()["total"]["agreements"], answer.json()["total"]["value_vnd"]

    drafted = await total()
    await done(around.organizer, new, "sign")
    waiting = await total()
    await done(around.seller, new, "confirm")
    await done(around.buyer, new, "confirm")
    await done(around.organizer, new, "make-effective")

    assert [drafted, waiting, await total()] == [(1, 123456789), (1, 123456789), (1, 5)]


async def test_deliveries_on_the_old_version_count_on_the_new_one(client: Client) -> None:
    around = await table(client)
    old = await effective(around, lines=[LINE | {"quantity": "10", "tolerance_pct": 0}])
    entry = {"line": old["lines"][0]["id"], "delivered_on": "2026-11-21", "quantity": "6"}
    await around.buyer.post(f"/agreements/{old['id']}/deliveries", entry)
    line = LINE | {"id": old["lines"][0]["id"], "quantity": "6", "tolerance_pct": 0}
    new = await done(around.seller, old, "amend", {"cause": "volume", "changes": {"lines": [line]}})

    after = await in_force(around, new)
    ledger = (await around.seller.get(f"/agreements/{new['id']}/deliveries")).json()

    assert after["status"] == "fulfilled"
    assert (ledger["standings"][0]["accepted"], ledger["standings"][0]["outcome"]) == ("6", "met")


async def test_one_amendment_at_a_time_and_a_discarded_one_makes_room(client: Client) -> None:
    around = await table(client)
    old = await signed(around.organizer, around.paper())
    first = await done(around.organizer, old, "amend", PRICE)

    refused = await act(around.seller, old, "amend", PRICE)
    await around.organizer.delete(f"/agreements/{first['id']}", headers={"If-Match": "*"})
    second = await done(around.seller, old, "amend", PRICE)

    assert (refused.status_code, refused.json()["code"]) == (409, "amendment-open")
    assert second["number"] == "2026-NT01-0001-PL2"


async def test_what_has_ended_meanwhile_is_not_amended_any_more(client: Client) -> None:
    around = await table(client)
    old = await effective(around)
    new = await done(around.organizer, old, "amend", PRICE)
    await done(around.officer, old, "terminate", PRICE)

    answer = await act(around.organizer, new, "sign")

    assert (answer.status_code, answer.json()["code"]) == (409, "amended-ended")


async def test_a_contract_comes_from_an_mou_and_keeps_the_link(client: Client) -> None:
    around = await table(client)
    mou = await signed(around.organizer, around.paper(instrument="mou"))

    contract = await done(
        around.seller, mou, "convert", {"instrument": "offtake", "changes": {"signing_place": "TP. Hồ Chí Minh"}}
    )
    twice = await act(around.buyer, mou, "convert", {"instrument": "sale"})

    assert (contract["instrument"], contract["status"], contract["converted_from"]) == ("offtake", "draft", mou["id"])
    assert (contract["event"], contract["signed_on"]) == (None, None)
    assert contract["lines"][0]["id"] != mou["lines"][0]["id"]
    assert contract["lines"][0]["quantity"] == "1750.5"
    assert [party["name"] for party in contract["parties"]] == [party["name"] for party in mou["parties"]]
    assert (twice.status_code, twice.json()["code"]) == (409, "already-converted")
    assert (await seen(around.seller, mou))["status"] == "signed"


async def test_only_an_mou_is_converted(client: Client) -> None:
    around = await table(client)
    sale = await signed(around.organizer, around.paper())

    answer = await act(around.organizer, sale, "convert", {"instrument": "offtake"})

    assert (answer.status_code, answer.json()["code"]) == (409, "not-an-mou")


async def test_strangers_neither_amend_nor_convert(client: Client) -> None:
    around = await table(client)
    mou = await signed(around.organizer, around.paper(instrument="mou"))
    stranger = await client.register("organizer")

    answers = [
        await act(stranger, mou, "amend", PRICE),
        await act(stranger, mou, "convert", {"instrument": "sale"}),
        await act(stranger, mou, "terminate", PRICE),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
