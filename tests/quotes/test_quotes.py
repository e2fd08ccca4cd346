from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.changes import Change
from market.quotes.expiry import expire_quotes
from market.quotes.models import Quote
from tests.people import Client
from tests.quotes.stories import SECRETS, SUNDAY, TODAY, act, again, day, done, listing_body, made, need_body, trade


async def test_a_quote_takes_from_the_need_what_it_leaves_out(client: Client, session: AsyncSession) -> None:
    around = await trade(client)

    quote = await around.quoted()

    line = quote["current"]["lines"][0]
    assert (line["quantity"], line["unit"], line["per"]) == ("100", "KGM", "day")
    assert (line["to"], line["total_quantity"]) == (day(SUNDAY), "2800")
    assert quote["current"]["total_vnd"] == 2800 * 28395
    assert (quote["status"], quote["current"]["side"]) == ("submitted", "supplier")
    entry = (await session.scalars(select(Change).where(Change.entity == "quote"))).one()
    assert (entry.verb, str(entry.entity_id)) == ("create", quote["id"])
    assert "29123" not in str(entry.diff)


async def test_only_the_two_organizations_and_officers_see_a_quote(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted()
    rival, listing = await around.another_supplier()
    theirs = await around.quoted(rival, listing=listing)
    path, of_need = f"/quotes/{quote['id']}", f"/needs/{around.need['id']}/quotes"

    assert (await client.get(path)).status_code == 401
    assert (await rival.get(path)).status_code == 404
    assert (await rival.get(f"{path}/revisions")).status_code == 404
    shown = {
        name: [item["id"] for item in (await who.get(of_need)).json()["items"]]
        for name, who in {
            "buyer": around.buyer,
            "supplier": around.supplier,
            "rival": rival,
            "officer": await client.officer(),
            "stranger": await client.register("producer"),
        }.items()
    }
    both = [theirs["id"], quote["id"]]
    assert shown == {
        "buyer": both,
        "supplier": [quote["id"]],
        "rival": [theirs["id"]],
        "officer": both,
        "stranger": [],
    }
    for seen in (await rival.get(of_need), await rival.get("/quotes"), await rival.get(f"{of_need}/compare")):
        assert quote["id"] not in seen.text
        assert around.supplier.organization["id"] not in seen.text
    stranger = await client.register("buyer")
    for seen in (await stranger.get(of_need), await stranger.get(f"{of_need}/compare"), await stranger.get("/quotes")):
        assert all(secret not in seen.text for secret in SECRETS)


async def test_a_buyer_sees_nothing_of_a_quote_before_it_is_submitted(client: Client) -> None:
    around = await trade(client)
    draft = await around.quoted(submit=False, note="Giá nội bộ")
    path = f"/quotes/{draft['id']}"

    assert (await around.buyer.get(path)).status_code == 404
    await done(around.supplier, draft, "edit", {"note": "Lời chào", "terms": {"credit_days": 15}})
    await done(around.supplier, draft, "submit")

    seen = (await around.buyer.get(f"{path}/revisions")).json()["items"]
    own = (await around.supplier.get(f"{path}/revisions")).json()["items"]
    assert [(item["number"], item["note"]) for item in seen] == [(2, "Lời chào")]
    assert [item["number"] for item in own] == [1, 2]
    assert (seen[0]["terms"]["credit_days"], seen[0]["terms"]["discount_pct"]) == (15, "2.5")


async def test_a_withdrawn_draft_was_never_there_for_the_buyer(client: Client) -> None:
    around = await trade(client)
    draft = await around.quoted(submit=False)

    await done(around.supplier, draft, "withdraw")

    assert (await around.buyer.get(f"/quotes/{draft['id']}")).status_code == 404


async def test_offer_and_counter_offer_make_a_chain_that_keeps_every_word(
    client: Client, session: AsyncSession
) -> None:
    around = await trade(client)
    quote = await around.quoted()
    line = {"need_line": around.line, "listing": around.listing["id"], "price_vnd": 27000, "quantity": "80"}

    countered = await done(
        around.buyer, quote, "counter", {"lines": [line], "terms": {"credit_days": 45}, "note": "Bớt giá"}
    )
    revised = await done(around.supplier, quote, "revise", {"terms": {"discount_pct": "3"}, "note": "Đồng ý giá"})

    assert (countered["status"], countered["current"]["side"]) == ("countered", "buyer")
    assert (revised["status"], revised["current"]["side"], revised["version"]) == ("submitted", "supplier", 3)
    assert revised["current"]["lines"][0]["price_vnd"] == 27000
    chain = (await around.buyer.get(f"/quotes/{quote['id']}/revisions")).json()["items"]
    told = [(item["number"], item["side"], item["note"], item["terms"]["credit_days"]) for item in chain]
    assert told == [
        (1, "supplier", "Ghi chú kín", 30),
        (2, "buyer", "Bớt giá", 45),
        (3, "supplier", "Đồng ý giá", 45),
    ]
    assert [item["lines"][0]["price_vnd"] for item in chain] == [29123, 27000, 27000]
    verbs = select(Change.verb).where(Change.entity == "quote").order_by(Change.id)
    assert list(await session.scalars(verbs)) == ["create", "counter", "revise"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE quote_revision SET discount_pct = 50",
        "DELETE FROM quote_revision",
        "UPDATE quote_line SET price_vnd = 1",
        "DELETE FROM quote_line",
    ],
)
async def test_what_was_offered_cannot_be_rewritten(client: Client, session: AsyncSession, statement: str) -> None:
    await (await trade(client)).quoted()

    with pytest.raises(DBAPIError, match="append-only"):
        await session.execute(text(statement))


async def test_a_stale_or_missing_if_match_changes_nothing(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted()
    path = f"/quotes/{quote['id']}"
    old = (await around.buyer.get(path)).headers["etag"]
    await done(around.supplier, quote, "revise", {"note": "Giá mới"})

    stale = await around.buyer.post(f"{path}/accept", headers={"If-Match": old})
    missing = await around.buyer.post(f"{path}/accept")

    assert (stale.status_code, missing.status_code) == (412, 428)
    assert (await around.buyer.get(path)).json()["status"] == "submitted"


async def test_a_supplier_has_one_open_quote_for_a_need(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted()
    path = f"/needs/{around.need['id']}/quotes"

    second = await around.supplier.post(path, around.offer())
    await done(around.supplier, quote, "withdraw")
    after = await around.supplier.post(path, around.offer())

    assert (second.status_code, second.json()["code"]) == (409, "quote-open")
    assert after.status_code == 201


async def test_the_same_click_twice_makes_one_quote(client: Client) -> None:
    around = await trade(client)
    path, headers = f"/needs/{around.need['id']}/quotes", {"Idempotency-Key": "mot-lan-bam"}

    first = await around.supplier.post(path, around.offer(), headers=headers)
    second = await around.supplier.post(path, around.offer(), headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert len((await around.buyer.get(path)).json()["items"]) == 1


async def test_nobody_quotes_for_their_own_need_and_only_who_sells(client: Client) -> None:
    around = await trade(client)
    organizer = await client.register("organizer")
    path = f"/needs/{around.need['id']}/quotes"

    own = await around.buyer.post(path, around.offer())
    other = await organizer.post(path, around.offer())

    assert (own.status_code, own.json()["code"]) == (403, "own-need")
    assert (other.status_code, other.json()["code"]) == (403, "organization-kind")


async def test_a_need_past_its_deadline_or_paused_takes_no_quotes(client: Client) -> None:
    around = await trade(client)
    draft = await around.quoted(submit=False, valid_until=day(TODAY + timedelta(days=20)))
    rival, listing = await around.another_supplier()
    path = f"/needs/{around.need['id']}/quotes"

    with clock.shifted(timedelta(days=6)):
        late = await (await again(rival)).post(path, around.offer(listing=listing))
        submitted = await act(await again(around.supplier), draft, "submit")
    await around.buyer.post(f"/needs/{around.need['id']}/pause")
    paused = await act(around.supplier, draft, "submit")

    assert {answer.json()["code"] for answer in (late, submitted, paused)} == {"need-closed"}


async def wrong(around: Any, **changes: Any) -> list[tuple[str, str]]:
    body = around.offer()
    body["lines"][0] |= changes
    answer = await around.supplier.post(f"/needs/{around.need['id']}/quotes", body)
    assert answer.status_code == 400, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_line_must_fit_the_need_and_be_of_a_published_listing_of_ones_own(client: Client) -> None:
    around = await trade(client)
    _, foreign = await around.another_supplier()
    other = await made(around.supplier, "/listings", listing_body(title="Xoài", concept="mango"))
    draft = await made(around.supplier, "/listings", listing_body(publish=False, another=True))
    empty = await made(around.supplier, "/listings", listing_body(capacity=[]))
    nowhere = "019a0000-0000-7000-8000-000000000000"

    assert await wrong(around, listing=foreign["id"]) == [("/lines/0/listing", "unknown-listing")]
    assert await wrong(around, listing=draft["id"]) == [("/lines/0/listing", "unknown-listing")]
    assert await wrong(around, listing=other["id"]) == [("/lines/0/listing", "other-goods")]
    assert await wrong(around, listing=empty["id"]) == [("/lines/0/listing", "no-calendar")]
    assert await wrong(around, unit="H87") == [("/lines/0/unit", "not-convertible")]
    assert await wrong(around, need_line=nowhere) == [("/lines/0/need_line", "unknown-line")]
    assert await wrong(around, **{"from": day(SUNDAY + timedelta(days=1)), "to": day(SUNDAY + timedelta(days=9))}) == [
        ("/lines/0/from", "outside-window")
    ]


async def test_every_wrong_line_is_named_at_once(client: Client) -> None:
    around = await trade(client)
    body = around.offer()
    body["lines"] = [body["lines"][0], body["lines"][0] | {"unit": "H87"}]

    answer = await around.supplier.post(f"/needs/{around.need['id']}/quotes", body)

    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/lines/1/listing", "listing-twice"),
        ("/lines/1/unit", "not-convertible"),
    }


async def test_a_validity_that_is_over_is_refused(client: Client) -> None:
    around = await trade(client)
    yesterday = day(TODAY - timedelta(days=1))

    answer = await around.supplier.post(f"/needs/{around.need['id']}/quotes", around.offer(valid_until=yesterday))

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/valid_until"]


async def test_a_decline_has_a_coded_reason(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted()

    unsaid = await act(around.buyer, quote, "decline", {"reason": "other"})
    unknown = await act(around.buyer, quote, "decline", {"reason": "mood"})
    declined = await done(around.buyer, quote, "decline", {"reason": "payment_terms", "note": "Công nợ dài quá"})

    assert (unsaid.status_code, unknown.status_code) == (400, 400)
    assert (declined["status"], declined["decline_reason"]) == ("declined", "payment_terms")
    assert declined["allowed"] == []


async def test_overdue_quotes_expire_by_schedule_and_cannot_be_accepted_before(
    client: Client, session: AsyncSession
) -> None:
    around = await trade(client)
    overdue = await around.quoted()
    rival, listing = await around.another_supplier()
    lasting = await around.quoted(rival, listing=listing, valid_until=day(TODAY + timedelta(days=8)))

    with clock.shifted(timedelta(days=8)):
        buyer = await again(around.buyer)
        late = await act(buyer, overdue, "accept")
        await expire_quotes(session)
        await session.commit()
        after = await act(buyer, overdue, "accept")

    assert (late.status_code, late.json()["code"]) == (409, "quote-overdue")
    assert (after.status_code, after.json()["code"], after.json()["allowed"]) == (409, "illegal-transition", [])
    rows = {str(row.id): row.status for row in await session.scalars(select(Quote))}
    assert rows == {overdue["id"]: "expired", lasting["id"]: "submitted"}
    entry = (await session.scalars(select(Change).where(Change.verb == "expire"))).one()
    assert (entry.actor_kind, str(entry.entity_id)) == ("system", overdue["id"])
    assert entry.diff["status"] == ["submitted", "expired"]


async def test_an_overdue_quote_is_brought_back_by_a_revision(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted()

    with clock.shifted(timedelta(days=8)):
        supplier = await again(around.supplier)
        unchanged = await act(supplier, quote, "revise", {"note": "Vẫn giá cũ"})
        revised = await done(supplier, quote, "revise", {"valid_until": day(TODAY + timedelta(days=9))})
        accepted = await done(await again(around.buyer), quote, "accept")

    assert unchanged.status_code == 400
    assert (revised["status"], accepted["status"]) == ("submitted", "accepted")


async def test_a_quoted_line_of_a_need_is_edited_but_not_removed(client: Client) -> None:
    line = need_body()["lines"][0]
    around = await trade(client, need=need_body(lines=[line | {"concept": "mango"}, line]))
    path = f"/needs/{around.need['id']}"
    body = around.offer()
    body["lines"][0]["need_line"] = around.need["lines"][1]["id"]
    await made(around.supplier, f"{path}/quotes", body)

    more = await around.buyer.patch(path, {"lines": [line, line | {"quantity": "120"}]})
    fewer = await around.buyer.patch(path, {"lines": [line]})

    assert more.status_code == 200
    assert (fewer.status_code, fewer.json()["code"]) == (409, "line-quoted")


async def test_own_lists_tell_what_was_sent_from_what_was_received(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted()

    async def listed(who: Client, query: str) -> list[str]:
        return [item["id"] for item in (await who.get(f"/quotes{query}")).json()["items"]]

    assert await listed(around.supplier, "?mine=sent&status=submitted") == [quote["id"]]
    assert await listed(around.supplier, "?mine=received") == []
    assert await listed(around.buyer, f"?mine=received&need={around.need['id']}") == [quote["id"]]
    assert await listed(around.buyer, "?mine=sent") == []


async def test_the_feed_tells_of_a_quote_only_to_its_two_sides(own_client: Client) -> None:
    around = await trade(own_client)
    quote = await around.quoted()
    rival, listing = await around.another_supplier()
    draft = await around.quoted(rival, listing=listing, submit=False)
    stranger = await own_client.register("producer")

    async def told(who: Client) -> list[str]:
        answer = await who.get("/changes?limit=1000")
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"] if item["entity"] == "quote"]

    assert await told(around.buyer) == await told(around.supplier) == [quote["id"]]
    assert await told(stranger) == await told(own_client) == []
    assert await told(await own_client.officer()) == [quote["id"], draft["id"]]
