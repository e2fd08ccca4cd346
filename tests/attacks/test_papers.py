"""Papers that nobody else agreed to do not count, and no event or programme is spoken for by strangers."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.news import agreement_news
from market.core.changes import Change
from tests.agreements.stories import LINE, act, done, effective, logged, signed, table, verified
from tests.events.stories import EVENT, organizer_with_event
from tests.people import Client, added, joined
from tests.quotes.stories import act as on_quote
from tests.quotes.stories import trade

ANY = {"If-Match": "*"}


def paper(seller: Client, buyer: Client, **changes: Any) -> dict[str, Any]:
    parties = [
        {"role": role, "organization": who.organization["id"], "responsible": {"name": "Người Thử"}}
        for role, who in (("seller", seller), ("buyer", buyer))
    ]
    body: dict[str, Any] = {"instrument": "sale", "title": "Tự ký với mình", "signed_on": "2026-11-20"}
    return body | {"another": True, "parties": parties, "lines": [LINE]} | changes


async def is_public(client: Client, agreement: dict[str, Any]) -> bool:
    """Whether it is seen, counted or published anywhere."""
    seen = (await client.get(f"/agreements/{agreement['id']}")).status_code == 200
    counted = (await client.get("/agreements/totals?by=status")).json()["total"]["agreements"]
    published = (await client.get("/ocds/releases")).json()["releases"]
    assert bool(counted) == bool(published) == seen
    return seen


async def test_two_organizations_of_one_person_agree_with_nobody(client: Client) -> None:
    mine, shell = await client.register("producer"), await client.register("buyer")
    await joined(shell, mine, "owner")

    draft = await logged(mine, paper(mine, shell))
    await done(mine, draft, "sign")
    agreed = await done(shell, draft, "confirm")
    in_force = await done(mine, draft, "make-effective")

    assert (agreed["status"], agreed["consent"], agreed["one_hand"]) == ("signed", "note", True)
    assert (in_force["status"], in_force["consent"]) == ("effective", "note")
    assert not await is_public(client, draft)


async def test_who_leaves_afterwards_makes_no_two_hands_of_one(client: Client) -> None:
    mine, shell = await client.register("producer"), await client.register("buyer")
    puppet = await added(shell, "manager")
    await joined(mine, puppet, "manager")
    draft = await logged(mine, paper(mine, shell))
    await done(mine, draft, "sign")
    await done(shell, draft, "confirm")

    left = await shell.delete(f"/organizations/{shell.organization['id']}/members/{puppet.member_id}")
    in_force = await done(mine, draft, "make-effective")

    assert left.status_code == 204
    assert (in_force["consent"], in_force["one_hand"]) == ("note", True)


async def test_staff_of_both_sides_speak_for_neither(client: Client) -> None:
    mine, other = await client.register("producer"), await client.register("buyer")
    adviser = await added(other, "staff")
    await joined(mine, adviser, "staff")
    officer = await client.officer()
    await officer.post(f"/organizations/{mine.organization['id']}/verify", {"note": "Đã xem giấy đăng ký"})

    draft = await logged(mine, paper(mine, other))
    await done(mine, draft, "sign")
    agreed = await done(other, draft, "confirm")

    assert (agreed["consent"], agreed["one_hand"]) == ("confirmed", False)
    assert await is_public(client, draft)


async def test_an_organization_that_sells_to_itself_agrees_with_nobody(client: Client) -> None:
    mine = await client.register("producer", "buyer")

    agreed = await signed(mine, paper(mine, mine))

    assert agreed["consent"] == "note"
    assert not await is_public(client, agreed)


async def test_made_up_organizations_count_for_no_event_of_others(client: Client) -> None:
    around = await table(client)
    mine, shell = await client.register("producer"), await client.register("buyer")
    event = {"event": around.event["id"]}

    at_once = await mine.post("/agreements", paper(mine, shell, **event))
    draft = await logged(mine, paper(mine, shell))
    later = await mine.patch(f"/agreements/{draft['id']}", event, headers=ANY)
    of_known = await logged(around.seller, paper(around.seller, around.buyer, **event))
    parties = {"parties": paper(around.seller, shell)["parties"]}
    exchanged = await around.seller.patch(f"/agreements/{of_known['id']}", parties, headers=ANY)

    for refused in (at_once, later, exchanged):
        assert refused.status_code == 400
        assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [("/event", "not-at-event")]


async def test_who_was_accepted_at_an_event_logs_what_it_signed_there(client: Client) -> None:
    around = await table(client)
    mine, other = await client.register("producer"), await client.register("buyer")
    place = f"/events/{around.event['id']}/registrations"
    for who in (mine, other):
        asked = await who.post(place, {"delegates_count": 1})
        assert asked.status_code == 201, asked.text
        answer = await around.organizer.post(f"{place}/{asked.json()['id']}/accept", headers=ANY)
        assert answer.status_code == 200, answer.text

    answer = await mine.post("/agreements", paper(mine, other, event=around.event["id"]))

    assert answer.status_code == 201, answer.text


async def test_an_official_programme_is_named_by_officers_and_verified_authorities(client: Client) -> None:
    officer = await client.officer()
    organizer, event = await organizer_with_event(client)
    await verified(officer, organizer)
    authority = await client.register("authority")
    named = EVENT | {"programme": "HCM-DHTB"}

    refused = [
        await organizer.post("/events", named),
        await organizer.patch(f"/events/{event['id']}", {"programme": "HCM-DHTB"}, headers=ANY),
        await authority.post("/events", named),
    ]
    by_officer = await officer.patch(f"/events/{event['id']}", {"programme": "HCM-DHTB"}, headers=ANY)
    described = await organizer.patch(f"/events/{event['id']}", {"programme": "HCM-DHTB", "place": "Chợ"}, headers=ANY)
    await verified(officer, authority)
    by_authority = await authority.post("/events", named)

    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(403, "programme-of-others")}
    assert (by_officer.json()["programme"], described.status_code) == ("HCM-DHTB", 200)
    assert by_authority.status_code == 201


async def test_a_third_party_neither_confirms_for_a_side_nor_is_told_only_no(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.seller, paper(around.seller, around.buyer))
    (_, buyer) = draft["parties"]

    refused = await act(around.seller, draft, "confirm", {"party": buyer["id"]})

    assert (refused.status_code, refused.json()["code"]) == (403, "not-for-this-party")
    assert "Siêu thị Mua Thử" in refused.json()["detail"]


async def test_a_title_that_is_sent_to_strangers_leads_nowhere(client: Client, session: AsyncSession) -> None:
    spammer, stranger = await client.register("producer"), await client.register("buyer", name="Saigon Co.opmart")
    body = paper(spammer, stranger, title="Nhận thưởng TP.HCM tại www.re.vn, gọi a@re.example hoặc http://re.top/x")
    await logged(spammer, body)

    told = await agreement_news(session, (await session.scalars(select(Change).order_by(Change.id))).all())

    (text,) = [news.text for organization, news in told if str(organization) == stranger.organization["id"]]
    for language in ("vi", "en"):
        assert "Nhận thưởng TP.HCM tại … gọi … hoặc …" in text.text(language)


async def test_an_amendment_brings_nobody_to_an_event_whom_its_organizer_never_saw(client: Client) -> None:
    around = await table(client)
    shell = await client.register("buyer", name="Công ty Vừa Lập")
    contract = await effective(around)
    parties = [*around.paper()["parties"], {"role": "buyer", "organization": shell.organization["id"]}]
    brought = {"cause": "price", "changes": {"parties": parties}}

    refused = await act(around.seller, contract, "amend", brought)
    by_organizer = await act(around.organizer, contract, "amend", brought)

    assert refused.status_code == 400, refused.text
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [("/event", "not-at-event")]
    assert "Công ty Vừa Lập" in refused.json()["errors"][0]["message"]
    assert by_organizer.status_code == 201, "who runs the event says who was there"


async def test_who_stands_in_an_events_list_already_amends_what_it_signed_there(client: Client) -> None:
    around = await table(client)
    mine = await client.register("producer")
    paper_of_hall = await logged(around.organizer, around.paper(parties=paper(mine, around.buyer)["parties"]))
    await done(around.organizer, paper_of_hall, "sign")
    line = LINE | {"id": paper_of_hall["lines"][0]["id"], "price_vnd": 30000}
    again = paper(mine, around.buyer)["parties"]

    amended = await act(
        mine, paper_of_hall, "amend", {"cause": "price", "changes": {"lines": [line], "parties": again}}
    )

    assert amended.status_code == 201, amended.text


async def test_one_side_signs_for_no_supermarket(client: Client) -> None:
    mine, supermarket = await client.register("producer"), await client.register("buyer", name="Siêu thị Lớn")

    signed_alone = await signed(mine, paper(mine, supermarket))
    forced = await act(mine, signed_alone, "make-effective")
    counted = (await client.get("/agreements/totals?by=status")).json()["total"]["agreements"]

    assert (signed_alone["status"], signed_alone["consent"]) == ("draft", "note")
    assert (forced.status_code, forced.json()["code"]) == (409, "illegal-transition")
    assert (await client.get(f"/agreements/{signed_alone['id']}")).status_code == 404
    assert counted == 0


async def test_what_was_said_while_haggling_is_no_clause(client: Client) -> None:
    about = await trade(client)
    quote = await about.quoted(note="Giá chót")
    answer = await on_quote(about.buyer, quote, "counter", {"note": "bớt chút"})
    assert answer.status_code == 200, answer.text
    assert (await on_quote(about.supplier, quote, "accept")).status_code == 200

    drawn_up = await logged(about.buyer, {"instrument": "sale", "quote": quote["id"]})
    paper_of_it = await about.buyer.get(f"/agreements/{drawn_up['id']}/document?format=docx")
    assert paper_of_it.status_code == 200, paper_of_it.text
    with ZipFile(BytesIO(paper_of_it.content)) as docx:
        printed = docx.read("word/document.xml").decode()

    assert "bớt chút" not in str(drawn_up)
    assert "bớt chút" not in printed
    assert "Giá chót" not in printed
