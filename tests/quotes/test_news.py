"""The other side is told of each step of a quote and of each message, once, as it wants to be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text

from market.core import clock
from market.core.changes import Cursor, settled_changes
from market.core.db import create_sessions
from market.quotes.expiry import expire_quotes
from market.worker import followers_of
from tests.agreements.stories import done as done_with_agreement
from tests.matching.alerts.stories import Told, Watched, notifications, verified
from tests.people import Client, added
from tests.quotes.stories import Trade, done, listing_body, made, need_body, trade


@pytest.fixture
def watched(own_client: Client, own_app: Litestar) -> Watched:
    """A market that commits, and the follower as the worker runs it."""
    alerts = next(follower for follower in followers_of(None) if follower.name == "alerts")
    return Watched(own_client, create_sessions(own_app.state.engine), alerts)


def of_quotes(told: Told) -> list[str]:
    """Kinds of what is told, oldest first, without matches."""
    return [item["kind"] for item in reversed(told) if not item["kind"].endswith("_match")]


async def told(watched: Watched, around: Trade) -> tuple[list[str], list[str]]:
    """What buyer and supplier are told."""
    return of_quotes(await watched.told(around.buyer)), of_quotes(await watched.told(around.supplier))


async def test_each_step_is_told_to_the_other_side_once(watched: Watched) -> None:
    around = await trade(watched.client)
    quote = await around.quoted(submit=False)
    assert await told(watched, around) == ([], [])

    await done(around.supplier, quote, "submit")
    await done(around.supplier, quote, "revise", {"note": "Thêm một lần"})
    await done(around.buyer, quote, "counter", {"note": "Giảm giúp"})
    await done(around.supplier, quote, "accept")
    buyer, supplier = await told(watched, around)

    assert buyer == ["quote_submitted", "quote_revised", "quote_accepted"]
    assert supplier == ["quote_countered"]
    (counter,) = [item for item in await notifications(around.supplier) if item["kind"] == "quote_countered"]
    assert (counter["entity"], counter["entity_id"]) == ("quote", quote["id"])
    assert (counter["watch_entity"], counter["watch_id"]) == ("need", around.need["id"])
    assert counter["organization_id"] == around.supplier.organization["id"]
    assert counter["text"] == f"Siêu thị Mua Thử đề nghị lại về báo giá của bạn cho nhu cầu “{around.need['title']}”."
    assert "29123" not in str(await notifications(around.buyer))


async def test_the_same_entries_read_again_tell_nobody_twice(watched: Watched) -> None:
    around = await trade(watched.client)
    await around.quoted()
    before = await told(watched, around)
    async with watched.sessions() as session, session.begin():
        changes = list(await session.scalars(settled_changes(Cursor(), limit=100)))
        await watched.follower.handle(session, changes)
    assert before == (["quote_submitted"], [])
    assert await told(watched, around) == before


async def test_endings_are_told_with_their_reason(watched: Watched) -> None:
    around = await trade(watched.client)
    declined = await around.quoted()
    await done(around.buyer, declined, "decline", {"reason": "price"})
    withdrawn = await around.quoted()
    await done(around.supplier, withdrawn, "withdraw")
    unseen = await around.quoted(submit=False)
    await done(around.supplier, unseen, "withdraw")
    expired = await around.quoted()
    with clock.shifted(timedelta(days=8)):
        async with watched.sessions() as session, session.begin():
            await expire_quotes(session)

    buyer, supplier = await told(watched, around)

    submitted = ["quote_submitted"]
    assert buyer == [*submitted, *submitted, "quote_withdrawn", *submitted, "quote_expired"]
    assert supplier == ["quote_declined", "quote_expired"]
    (refusal,) = [item for item in await notifications(around.supplier) if item["kind"] == "quote_declined"]
    assert refusal["text"].endswith("Lý do: giá.")
    assert expired["id"] in {item["entity_id"] for item in await notifications(around.supplier)}


async def test_an_acceptance_in_part_and_its_agreement_are_told(watched: Watched) -> None:
    around = await trade(watched.client)
    quote = await around.quoted()
    await done(around.buyer, quote, "accept", {"share": "0.5"})
    await made(around.supplier, "/agreements", {"instrument": "sale", "quote": quote["id"]})

    buyer, supplier = await told(watched, around)

    assert (buyer, supplier) == (["quote_submitted", "agreement_drawn_up"], ["quote_accepted"])
    (accepted,) = [item for item in await notifications(around.supplier) if item["kind"] == "quote_accepted"]
    assert "chấp nhận một phần" in accepted["text"]


async def test_everybody_of_the_other_side_is_told_as_they_want_it(watched: Watched) -> None:
    around = await trade(watched.client)
    colleague = await added(around.buyer)
    assert (await colleague.patch("/notifications/preferences", {"mail": "daily"})).status_code == 200
    await watched.settle()
    before = await watched.queued()

    await around.quoted()
    await watched.settle()

    for person in (around.buyer, colleague):
        assert of_quotes(await notifications(person)) == ["quote_submitted"]
    assert await watched.queued() == before + 1
    async with watched.sessions() as session:
        rows = await session.execute(text("SELECT mail FROM notification WHERE kind = 'quote_submitted'"))
        assert sorted(row.mail for row in rows) == ["daily", "instant"]


async def test_a_message_is_told_to_the_other_side_without_its_words(watched: Watched) -> None:
    around = await trade(watched.client)
    thread = await made(around.supplier, "/threads", {"need": around.need["id"], "text": "Chuyện kín"})
    path = f"/threads/{thread['id']}"
    await made(around.buyer, f"{path}/messages", {"text": "Trả lời kín"})
    await made(around.supplier, f"{path}/messages", {"text": "Kín nữa"})
    plain = await made(
        around.buyer, "/threads", {"organization": around.supplier.organization["id"], "text": "Chào anh chị"}
    )

    buyer, supplier = await told(watched, around)

    assert (buyer, supplier) == (["message"] * 2, ["message"] * 2)
    texts = {
        item["entity_id"]: item["text"] for item in await notifications(around.supplier) if item["kind"] == "message"
    }
    assert texts == {
        thread["id"]: f"Siêu thị Mua Thử viết cho bạn về “{around.need['title']}”.",
        plain["id"]: "Siêu thị Mua Thử viết cho bạn.",
    }
    assert "ín" not in str([item["text"] for item in await notifications(around.buyer) if item["kind"] == "message"])


async def recalled_listing(around: Trade, officer: Client) -> tuple[str, dict[str, Any]]:
    certificate = await verified(around.supplier, officer)
    return certificate, await made(around.supplier, "/listings", listing_body(certificates=[certificate]))


async def recall(officer: Client, certificate: str) -> None:
    assert (await officer.post(f"/certificates/{certificate}/recall", {"reason": "Thử"})).status_code == 200


def of_recall(told: Told) -> list[dict[str, Any]]:
    return [item for item in told if item["kind"] == "certificate_recalled"]


async def test_a_recall_reaches_buyers_with_an_open_quote_or_promised_goods_and_nobody_else(watched: Watched) -> None:
    around = await trade(watched.client)
    officer = await watched.client.officer()
    certificate, listing = await recalled_listing(around, officer)
    # A need that the listing does not fit, so that only the quote makes its buyer rely on it.
    line = need_body()["lines"][0] | {"price_ceiling_vnd": 1000}
    trades = []
    for _ in range(4):
        buyer = await watched.client.register("buyer")
        need = await made(buyer, "/needs", need_body(lines=[line], another=True))
        trades.append(Trade(watched.client, buyer, need, around.supplier, listing))
    waiting, promised, refused, drafted = trades
    await waiting.quoted(quantity="10")
    await done(promised.buyer, await promised.quoted(quantity="10"), "accept")
    await done(refused.buyer, await refused.quoted(quantity="10"), "decline", {"reason": "price"})
    await drafted.quoted(quantity="10", submit=False)

    await recall(officer, certificate)

    for each in (waiting, promised):
        (item,) = of_recall(await watched.told(each.buyer))
        assert (item["watch_entity"], item["entity_id"]) == ("quote", certificate)
        assert each.need["title"] in item["text"]
    assert [of_recall(await watched.told(each.buyer)) for each in (refused, drafted)] == [[], []]


async def test_a_recall_reaches_buyers_with_an_agreement_on_the_goods(watched: Watched) -> None:
    around = await trade(watched.client)
    officer = await watched.client.officer()
    certificate, listing = await recalled_listing(around, officer)
    line = need_body()["lines"][0] | {"price_ceiling_vnd": 1000}
    need = await made(around.buyer, "/needs", need_body(another=True, lines=[line]))
    quoted = Trade(watched.client, around.buyer, need, around.supplier, listing)
    quote = await quoted.quoted(quantity="10")
    await done(around.buyer, quote, "accept")
    from_quote = await made(around.buyer, "/agreements", {"instrument": "sale", "quote": quote["id"]})
    for side in (around.buyer, around.supplier):
        await done_with_agreement(side, from_quote, "sign")
    parties = [
        {"role": "seller", "organization": around.supplier.organization["id"]},
        {"role": "buyer", "organization": ""},
    ]
    buyers = []
    for concept in ("dragon-fruit", "mango"):
        buyer = await watched.client.register("buyer")
        parties[1]["organization"] = buyer.organization["id"]
        body = {"instrument": "mou", "title": f"Văn bản {concept}", "parties": parties, "lines": [{"concept": concept}]}
        paper = await made(buyer, "/agreements", body)
        for side in (buyer, around.supplier):
            await done_with_agreement(side, paper, "sign")
        buyers.append(buyer)

    await recall(officer, certificate)

    (item,) = of_recall(await watched.told(around.buyer))
    assert (item["watch_entity"], item["watch_id"]) == ("agreement", from_quote["id"])
    (item,) = of_recall(await watched.told(buyers[0]))
    assert (item["watch_entity"], "Văn bản dragon-fruit" in item["text"]) == ("agreement", True)
    assert of_recall(await watched.told(buyers[1])) == []
