import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.recounting import reweigh
from market.core.changes import Change
from market.matching.models import FulfilmentRecord
from tests.agreements.stories import LINE, Table, act, done, effective, signed, table, verified
from tests.people import Client

TEN_TONNES = LINE | {"quantity": "10", "unit": "TNE", "tolerance_pct": "10"}
CAUSE = {"cause": "quality", "note": "Hàng không đạt"}


async def delivered(who: Client, agreement: dict[str, Any], quantity: str, **more: Any) -> httpx.Response:
    line = agreement["lines"][more.pop("place", 0)]["id"]
    body = {"line": line, "delivered_on": "2026-11-21", "quantity": quantity, "another": True, **more}
    return await who.post(f"/agreements/{agreement['id']}/deliveries", body)


async def ledger(who: Client, agreement: dict[str, Any]) -> dict[str, Any]:
    answer = await who.get(f"/agreements/{agreement['id']}/deliveries")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def record_of(session: AsyncSession, around: Table) -> tuple[int, int] | None:
    row = await session.get(FulfilmentRecord, around.seller.organization["id"], populate_existing=True)
    return None if row is None else (row.lines_due, row.lines_met)


async def test_five_deliveries_one_rejected_one_reversed_end_partly_fulfilled_with_a_cause(
    client: Client, session: AsyncSession
) -> None:
    around = await table(client)
    await verified(around.officer, around.buyer)
    agreement = await effective(around, lines=[TEN_TONNES])
    for _ in range(3):
        assert (await delivered(around.buyer, agreement, "2")).status_code == 201
    rejected = await delivered(around.buyer, agreement, "1.5", rejected="0.5", rejection_cause="quality")
    wrong = await delivered(around.buyer, agreement, "2")
    reversal = await around.buyer.post(
        f"/agreements/{agreement['id']}/deliveries", {"reverses": wrong.json()["delivery"]["id"], "note": "Nhập nhầm"}
    )

    found = await ledger(around.officer, agreement)
    after = await done(around.officer, agreement, "close", CAUSE)

    assert rejected.json()["standing"]["accepted"] == "7"
    assert wrong.json()["standing"]["outcome"] == "met"
    assert reversal.json()["delivery"]["quantity"] == "-2"
    assert len(found["items"]) == 6
    assert found["standings"] == [
        {
            "line": agreement["lines"][0]["id"],
            "unit": "TNE",
            "committed": "10",
            "delivered": "7.5",
            "rejected": "0.5",
            "accepted": "7",
            "waiting": "0",
            "disputed": "0",
            "outcome": "partly_met",
            "over_delivered": False,
            "next_on": found["standings"][0]["next_on"],
        }
    ]
    assert (found["status"], after["status"], after["cause"]) == ("effective", "partly_fulfilled", "quality")
    assert await record_of(session, around) == (1, 0)


async def test_every_line_met_within_tolerance_fulfils_and_a_reversal_reopens(
    client: Client, session: AsyncSession
) -> None:
    around = await table(client)
    await verified(around.officer, around.buyer)
    agreement = await effective(around, lines=[TEN_TONNES, TEN_TONNES])

    one = await delivered(around.buyer, agreement, "9")
    other = await delivered(around.buyer, agreement, "10", place=1)
    met = await record_of(session, around)
    reversal = await around.buyer.post(
        f"/agreements/{agreement['id']}/deliveries", {"reverses": other.json()["delivery"]["id"]}
    )

    assert [answer.json()["status"] for answer in (one, other, reversal)] == ["effective", "fulfilled", "effective"]
    assert met == (2, 2)
    assert await record_of(session, around) == (0, 0)
    entries = await session.scalars(select(Change.verb).where(Change.entity == "agreement").order_by(Change.id))
    assert list(entries)[-2:] == ["fulfil", "reopen"]


async def test_too_much_is_recorded_and_flagged_unless_the_quantity_is_a_minimum(client: Client) -> None:
    around = await table(client)
    fixed = await effective(around, lines=[TEN_TONNES])
    minimum = await effective(around, instrument="offtake", lines=[TEN_TONNES | {"binding": "minimum"}])

    standings = [(await delivered(around.buyer, one, "11.0010")).json()["standing"] for one in (fixed, minimum)]

    assert [standing["outcome"] for standing in standings] == ["met", "met"]
    assert [standing["over_delivered"] for standing in standings] == [True, False]


async def test_quantities_are_exact_to_the_gram(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around, lines=[TEN_TONNES | {"quantity": "0.3", "tolerance_pct": 0}])

    for _ in range(3):
        answer = await delivered(around.buyer, agreement, "0.1")

    assert answer.json()["standing"]["accepted"] == "0.3"
    assert answer.json()["status"] == "fulfilled"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"quantity": "0"}, "/quantity"),
        ({"rejected": "3", "rejection_cause": "quality"}, ""),
        ({"rejected": "1"}, ""),
        ({"delivered_on": "2099-01-01"}, "/delivered_on"),
        ({"delivered_on": "2026-11-19"}, "/delivered_on"),
        ({"line": "019a0000-0000-7000-8000-000000000000"}, "/line"),
        ({"line": None}, ""),
    ],
)
async def test_an_entry_that_cannot_be_is_refused(client: Client, changes: dict[str, Any], pointer: str) -> None:
    around = await table(client)
    agreement = await effective(around)

    answer = await delivered(around.seller, agreement, **({"quantity": "2"} | changes))

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert (await ledger(around.seller, agreement))["items"] == []


async def test_an_entry_is_reversed_once_and_a_reversal_never(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around)
    path = f"/agreements/{agreement['id']}/deliveries"
    wrong = (await delivered(around.seller, agreement, "2")).json()["delivery"]["id"]
    reversal = (await around.seller.post(path, {"reverses": wrong})).json()["delivery"]["id"]

    twice = await around.seller.post(path, {"reverses": wrong})
    back = await around.seller.post(path, {"reverses": reversal})
    unknown = await around.seller.post(path, {"reverses": agreement["id"]})

    assert (twice.status_code, twice.json()["code"]) == (409, "already-reversed")
    assert (back.status_code, back.json()["errors"][0]["code"]) == (400, "is-a-reversal")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (400, "unknown-delivery")


@pytest.mark.parametrize(
    "statement", ["UPDATE delivery SET quantity = 1", "DELETE FROM delivery", "TRUNCATE delivery CASCADE"]
)
async def test_the_ledger_itself_refuses_to_be_rewritten(client: Client, session: AsyncSession, statement: str) -> None:
    around = await table(client)
    await delivered(around.seller, await effective(around), "2")

    with pytest.raises(DBAPIError, match="append-only"):
        await session.execute(text(statement))


async def test_strangers_read_neither_ledger_nor_history(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around)
    stranger = await client.register("producer")

    for place in ("deliveries", "history"):
        assert (await stranger.get(f"/agreements/{agreement['id']}/{place}")).status_code == 403
        assert (await client.get(f"/agreements/{agreement['id']}/{place}")).status_code == 401
    assert (await delivered(stranger, agreement, "2")).status_code == 403


async def test_nothing_delivered_lapses_and_something_delivered_is_closed(client: Client) -> None:
    around = await table(client)
    empty, begun = await effective(around), await effective(around)
    await delivered(around.buyer, begun, "2")

    refused = [await act(around.officer, empty, "close", CAUSE), await act(around.officer, begun, "lapse", CAUSE)]

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(409, "requirements-missing")] * 2
    assert (await done(around.officer, empty, "lapse", CAUSE))["status"] == "lapsed"
    assert (await done(around.officer, begun, "close", CAUSE))["status"] == "partly_fulfilled"


async def test_an_ending_needs_a_coded_cause_and_other_needs_words(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.officer, around.paper())

    answers = [
        await act(around.officer, agreement, "terminate", body) for body in ({}, {"cause": "mood"}, {"cause": "other"})
    ]
    after = await done(around.officer, agreement, "terminate", {"cause": "other", "note": "Giải thể"})

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert (after["status"], after["cause"], after["cause_note"]) == ("terminated", "other", "Giải thể")


async def test_history_tells_who_did_what_in_order_page_by_page(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around)
    await delivered(around.seller, agreement, "2", note="Kín")
    path = f"/agreements/{agreement['id']}/history"

    first = (await around.buyer.get(f"{path}?limit=4")).json()
    rest = (await around.buyer.get(f"{path}?limit=4&cursor={first['next_cursor']}")).json()

    entries = first["items"] + rest["items"]
    assert [entry["verb"] for entry in entries] == ["create", "sign", "confirm", "confirm", "make_effective", "deliver"]
    assert entries[2]["user_id"] == around.seller.user["id"]
    assert entries[5]["entity"] == "delivery"
    assert rest["next_cursor"] is None
    assert "Kín" not in str(entries)


async def test_deliveries_recorded_at_once_are_all_counted(own_client: Client) -> None:
    around = await table(own_client)
    agreement = await effective(around, lines=[TEN_TONNES | {"tolerance_pct": 0}])

    answers = await asyncio.gather(*(delivered(around.buyer, agreement, "0.5") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {201}
    found = await ledger(around.buyer, agreement)
    assert (found["standings"][0]["accepted"], found["status"]) == ("10", "fulfilled")


async def test_a_record_follows_who_is_verified(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    buyer = around.buyer.organization["id"]
    agreement = await effective(around, lines=[TEN_TONNES])
    assert (await delivered(around.buyer, agreement, "10")).status_code == 201
    assert await record_of(session, around) == (1, 1)
    refused = {"decision": "rejected", "note": "Không đúng"}
    await around.officer.post(f"/organizations/{buyer}/verify", refused)
    await reweigh(session, {"buyer": buyer})
    assert await record_of(session, around) == (0, 0)
    await verified(around.officer, around.buyer)
    await reweigh(session, {"buyer": buyer})
    assert await record_of(session, around) == (1, 1)
