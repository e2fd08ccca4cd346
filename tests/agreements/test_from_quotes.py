"""An accepted quote becomes an agreement with everything carried over."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections import Counter
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.audit import verify
from market.agreements.history.chain import chain_follower
from market.core.changes import Change
from market.core.followers import follow_once
from tests.agreements.bargains import SALE, TERMS, accepted, amended, drawn_up, in_force
from tests.agreements.stories import done
from tests.people import Client
from tests.quotes import stories as quotes
from tests.quotes.stories import MONDAY, SUNDAY, Trade, day, made, need_body, trade


async def test_everything_that_was_accepted_is_carried_over(client: Client, session: AsyncSession) -> None:
    around = await trade(client, need=need_body(deliver_before="06:00"))
    quote = await accepted(around, {"share": "0.5"}, terms=TERMS)

    agreement = await drawn_up(around.buyer, quote)

    assert (agreement["status"], agreement["title"]) == ("draft", around.need["title"])
    assert [(party["role"], party["name"]) for party in agreement["parties"]] == [
        ("seller", "HTX Bán Thử"),
        ("buyer", "Siêu thị Mua Thử"),
    ]
    (line,) = agreement["lines"]
    assert (line["concept"]["id"], line["quantity"], line["unit"], line["per"]) == (
        "dragon-fruit-red",
        "50",
        "KGM",
        "day",
    )
    assert (line["period_from"], line["period_until"]) == (day(MONDAY), day(SUNDAY))
    assert (line["price_kind"], line["price_vnd"], line["binding"]) == ("fixed", 28395, "fixed")
    assert line["delivery_plan"]["weekdays"] == [1, 2, 3, 4, 5, 6, 7]
    assert line["delivery_plan"]["deliver_before"] == "06:00"
    assert line["quote_line"] == quote["current"]["lines"][0]["id"]
    assert (agreement["value_vnd"], agreement["value_source"]) == (quote["accepted_vnd"], "computed")
    assert (agreement["valid_from"], agreement["valid_until"]) == (day(MONDAY), day(SUNDAY))
    assert agreement["trade_terms"] == TERMS | {"delivery_place": "Hồ Chí Minh", "packaging_note": None}
    assert (agreement["note"], agreement["clauses"], agreement["quote"]) == (None, "", quote["id"])
    assert agreement["logged_by"] == around.buyer.organization["id"]
    entry = (await session.scalars(select(Change).where(Change.verb == "draw_up"))).one()
    assert (str(entry.entity_id), entry.diff["agreement"]) == (quote["id"], agreement["id"])
    logged = await session.scalars(select(Change).where(Change.entity == "agreement"))
    assert "bank_transfer" not in str([change.diff for change in logged])
    found = await around.supplier.get("/agreements", params={"quote": quote["id"]})
    assert [item["id"] for item in found.json()["items"]] == [agreement["id"]]
    stranger = await client.register("buyer")
    assert (await stranger.get("/agreements", params={"quote": quote["id"]})).json()["items"] == []


@pytest.mark.parametrize(
    ("cadence", "days", "promised"),
    [
        ({"per": "week", "quantity": "100"}, 10, ("100", "week", "100 kilôgam mỗi tuần")),
        ({"per": "week", "quantity": "100"}, 14, ("100", "week", "100 kilôgam mỗi tuần")),
        ({"per": "total", "quantity": "500"}, 10, ("500", "total", "trong thời hạn giao hàng")),
    ],
)
async def test_the_agreement_promises_to_the_gram_what_the_quote_did(
    client: Client, cadence: dict[str, Any], days: int, promised: tuple[str, str, str]
) -> None:
    around = await trade(client)
    until = MONDAY + timedelta(days=days - 1)
    body = around.offer(**cadence)
    body["lines"][0] |= {"from": day(MONDAY), "to": day(until)}
    quote = await made(around.supplier, f"/needs/{around.need['id']}/quotes", body)
    total = quote["current"]["lines"][0]["total_quantity"]
    await quotes.done(around.buyer, quote, "accept")

    agreement = await drawn_up(around.supplier, quote)

    (line,) = agreement["lines"]
    assert (line["quantity"], line["per"]) == promised[:2]
    assert line["delivery_plan"]["cadence"] == promised[2]
    effective = await in_force(around, agreement)
    standing = (await around.buyer.get(f"/agreements/{effective['id']}/deliveries")).json()["standings"][0]
    assert standing["committed"] == total


async def test_what_is_sent_beside_the_quote_counts(client: Client) -> None:
    around = await trade(client)
    quote = await accepted(around)
    sides = [
        {"role": role, "organization": who.organization["id"], "responsible": {"name": "Chị Thử"}}
        for role, who in (("seller", around.supplier), ("buyer", around.buyer))
    ]
    witness = {"role": "witness", "name": "Trung tâm Xúc tiến Thử"}

    one_sided = await around.buyer.post("/agreements", SALE | {"quote": quote["id"], "parties": sides[:1]})
    with_lines = await around.buyer.post(
        "/agreements", SALE | {"quote": quote["id"], "lines": [{"concept": "dragon-fruit-red"}]}
    )
    agreement = await drawn_up(around.buyer, quote, title="Hợp đồng Thử", parties=[*sides, witness], value_vnd=1)

    assert [error["code"] for error in one_sided.json()["errors"]] == ["sides-of-the-quote"]
    assert [error["code"] for error in with_lines.json()["errors"]] == ["lines-beside-quote"]
    assert (agreement["title"], agreement["value_vnd"]) == ("Hợp đồng Thử", 1)
    assert [party["role"] for party in agreement["parties"]] == ["seller", "buyer", "witness"]
    assert agreement["parties"][0]["responsible"]["name"] == "Chị Thử"


async def test_only_the_two_sides_draw_up_and_only_from_what_was_accepted(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted()
    stranger, organizer = await client.register("buyer"), await client.register("organizer")

    early = await around.buyer.post("/agreements", SALE | {"quote": quote["id"]})
    await quotes.done(around.buyer, quote, "accept")
    refused = [await who.post("/agreements", SALE | {"quote": quote["id"]}) for who in (stranger, organizer)]
    untitled = await around.buyer.post("/agreements", SALE)

    assert (early.status_code, early.json()["code"]) == (409, "nothing-accepted")
    assert [[error["code"] for error in answer.json()["errors"]] for answer in refused] == [["unknown-quote"]] * 2
    assert (untitled.status_code, untitled.json()["errors"][0]["code"]) == (400, "title-missing")


async def test_a_quote_makes_one_agreement_until_its_draft_is_discarded(client: Client) -> None:
    around = await trade(client)
    quote = await accepted(around)
    first = await drawn_up(around.buyer, quote)

    again = await around.supplier.post("/agreements", SALE | {"quote": quote["id"]})
    discarded = await around.buyer.delete(f"/agreements/{first['id']}", headers={"If-Match": "*"})
    second = await drawn_up(around.supplier, quote)

    assert (again.status_code, again.json()["code"]) == (409, "already-drawn-up")
    assert discarded.status_code == 204
    assert second["number"] != first["number"]


async def test_twenty_clicks_draw_up_one_agreement(own_client: Client) -> None:
    around = await trade(own_client)
    quote = await accepted(around)

    clicks = (around.buyer, around.supplier) * 10
    answers = await asyncio.gather(*(who.post("/agreements", SALE | {"quote": quote["id"]}) for who in clicks))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}


async def test_a_pool_becomes_an_agreement_for_each_supplier_all_or_none(client: Client) -> None:
    around = await trade(client)
    rival, listing = await around.another_supplier()
    parts = [await around.quoted(), await around.quoted(rival, listing=listing)]
    path = f"/needs/{around.need['id']}"
    chosen = [{"quote": quote["id"], "version": quote["version"], "share": "0.5"} for quote in parts]
    assert (await around.buyer.post(f"{path}/quotes/accept", {"quotes": chosen})).status_code == 200
    foreign = Trade(client, around.buyer, await made(around.buyer, "/needs", need_body(another=True)), rival, listing)
    other = await accepted(foreign, quantity="10")

    mixed = await around.buyer.post(f"{path}/agreements", SALE | {"quotes": [parts[0]["id"], other["id"]]})
    by_rival = await rival.post(f"{path}/agreements", SALE | {"quotes": [quote["id"] for quote in parts]})
    both = await around.buyer.post(f"{path}/agreements", SALE)
    nothing = await around.buyer.post(f"{path}/agreements", SALE)

    assert [error["pointer"] for error in mixed.json()["errors"]] == ["/quotes/1"]
    assert [error["pointer"] for error in by_rival.json()["errors"]] == ["/quotes/0"]
    assert both.status_code == 201, both.text
    assert {item["quote"] for item in both.json()["items"]} == {quote["id"] for quote in parts}
    sellers = {item["parties"][0]["organization"]["id"] for item in both.json()["items"]}
    assert sellers == {around.supplier.organization["id"], rival.organization["id"]}
    assert [error["code"] for error in nothing.json()["errors"]] == ["nothing-to-draw-up"]


async def test_the_history_of_what_was_drawn_up_is_what_was_recorded(own_client: Client) -> None:
    around = await trade(own_client)
    effective = await in_force(around, await drawn_up(around.buyer, await accepted(around, terms=TERMS)))
    await done(around.buyer, effective, "amend", amended(effective, quantity="300", per="week"))
    sessions = own_client.app.state.sessions
    while await follow_once(sessions, chain_follower()):
        pass

    async with sessions() as session:
        clean = await verify(session)
        await session.execute(text("UPDATE agreement SET trade_terms = jsonb_set(trade_terms, '{credit_days}', '90')"))
        altered = await verify(session)

    assert clean.finding is None
    assert altered.finding is not None
    assert (altered.finding.kind, altered.finding.table, altered.finding.why) == ("altered", "agreement", "trade_terms")


async def test_the_terms_stand_on_the_paper(client: Client) -> None:
    around = await trade(client)
    agreement = await drawn_up(around.buyer, await accepted(around, terms=TERMS))

    paper = await around.buyer.get(f"/agreements/{agreement['id']}/document", params={"format": "docx"})

    assert paper.status_code == 200, paper.text
    with zipfile.ZipFile(io.BytesIO(paper.content)) as parts:
        text_of_paper = re.sub("<[^>]+>", "", parts.read("word/document.xml").decode())
    for said in (
        "Chiết khấu: 2,5%, đã trừ vào đơn giá (làm tròn đến đồng).",
        "Nơi giao hàng: Tại kho bên mua; Hồ Chí Minh.",
        "Bao bì, quy cách: Sọt, rổ.",
        "Kiểm nghiệm: Dư lượng thuốc bảo vệ thực vật.",
        "Đổi trả: Trả hàng không đạt khi nhận.",
        "Thanh toán: Chuyển khoản; trong vòng 30 ngày kể từ ngày giao hàng.",
    ):
        assert said in text_of_paper
    assert "Ghi chú kín" not in text_of_paper


async def test_a_paper_from_a_part_of_a_quote_adds_up_to_the_dong(client: Client) -> None:
    around = await trade(client)
    body = around.offer(quantity="333.3330", per="week", price_vnd=9999, terms={"discount_pct": "3.33"})
    line = body["lines"][0] | {"from": day(MONDAY), "to": day(MONDAY + timedelta(days=24))}
    second = await made(around.supplier, "/listings", quotes.listing_body(title="Thanh long ruột đỏ loại hai"))
    body["lines"] = [line, line | {"price_vnd": 7777, "quantity": "11.1170", "listing": second["id"]}]
    quote = await made(around.supplier, f"/needs/{around.need['id']}/quotes", body)
    quote = await quotes.done(around.buyer, quote, "accept", {"share": "0.3333"})

    agreement = await in_force(around, await drawn_up(around.buyer, quote))

    standings = (await around.buyer.get(f"/agreements/{agreement['id']}/deliveries")).json()["standings"]
    by_line = {standing["line"]: Decimal(standing["committed"]) for standing in standings}
    amounts = [
        int((by_line[line["id"]] * line["price_vnd"]).quantize(Decimal(1), ROUND_HALF_UP))
        for line in agreement["lines"]
    ]
    assert [line["price_vnd"] for line in agreement["lines"]] == [9666, 7518]
    assert sum(amounts) == agreement["value_vnd"] == quote["accepted_vnd"]
    paper = await around.buyer.get(f"/agreements/{agreement['id']}/document?format=docx")
    written = zipfile.ZipFile(io.BytesIO(paper.content)).read("word/document.xml").decode()
    for amount in (*amounts, sum(amounts)):
        assert f"{amount:,}".replace(",", ".") in written
