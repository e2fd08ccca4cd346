"""Nobody signs, changes or vouches for others: each attack that once worked, and what works instead."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.consent.rights import RIGHTS
from market.agreements.news import TOLD, agreement_news
from market.core.changes import Change
from tests.agreements.stories import (
    LINE,
    MANDATE,
    Table,
    act,
    agreed,
    answered,
    done,
    effective,
    logged,
    signed,
    table,
    verified,
)
from tests.events.stories import organizer_with_event
from tests.people import Client, added

PRICE = {"cause": "price", "note": "Giá đầu vào tăng"}
ANY = {"If-Match": "*"}


async def seen(who: Client, agreement: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await who.get(f"/agreements/{agreement['id']}")).json()
    return found


async def proposed(who: Client, agreement: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await act(who, agreement, "proposals", PRICE | body)
    assert answer.status_code == 201, answer.text
    (proposal,) = answer.json()["items"]
    return dict(proposal)


def side(who: Client, role: str) -> dict[str, Any]:
    return {"role": role, "organization": who.organization["id"], "responsible": {"name": "Người Thử"}}


async def witnessed(client: Client) -> tuple[Table, Client, dict[str, Any]]:
    """A contract in force with a witness."""
    around = await table(client)
    witness = await client.register("producer", name="HTX Chứng Kiến")
    parties = [*around.paper()["parties"], side(witness, "witness")]
    return around, witness, await effective(around, parties=parties)


async def test_a_witness_neither_amends_nor_ends_nor_edits_what_it_saw(client: Client) -> None:
    _, witness, contract = await witnessed(client)
    friend = await client.register("buyer")
    parties = [side(witness, "seller"), side(friend, "buyer")]

    answers = [
        await act(witness, contract, "amend", PRICE | {"changes": {"parties": parties}}),
        await act(witness, contract, "terminate", PRICE),
        await witness.patch(f"/agreements/{contract['id']}", {"lines": [LINE | {"price_vnd": 1}]}, headers=ANY),
        await act(witness, contract, "proposals", PRICE | {"changes": {"parties": parties}}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert {answer.json()["code"] for answer in answers} == {"not-for-this-role"}
    assert (await seen(witness, contract))["status"] == "effective"


async def test_a_principal_that_a_friend_replaces_keeps_the_contract_until_it_accepts(client: Client) -> None:
    around = await table(client)
    contract = await effective(around)
    friend = await client.register("buyer")
    await verified(around.officer, friend)
    changes = {"parties": [side(around.seller, "seller"), side(friend, "buyer")]}

    proposal = await proposed(around.seller, contract, changes=changes)
    await answered(friend, proposal)
    waiting = await seen(around.seller, contract)
    read = await around.buyer.get(f"/agreements/{proposal['result']}")
    accepted = await answered(around.buyer, proposal)

    assert waiting["status"] == "effective"
    assert read.status_code == 200
    assert accepted.json()["status"] == "accepted", accepted.text
    assert (await seen(around.seller, contract))["status"] == "superseded"
    assert (await seen(friend, {"id": proposal["result"]}))["status"] == "effective"


async def test_an_amendment_of_one_party_and_its_friend_supersedes_nothing(client: Client) -> None:
    around = await table(client)
    contract = await effective(around)
    friend = await client.register("buyer")
    await verified(around.officer, friend)
    changes = {"parties": [side(around.seller, "seller"), side(friend, "buyer")]}
    amendment = await done(around.seller, contract, "amend", PRICE | {"changes": changes})

    await done(friend, amendment, "confirm")
    signs = await act(around.seller, amendment, "sign")
    forced = await act(around.seller, amendment, "make-effective")

    assert signs.json()["status"] == "draft"
    assert forced.status_code == 409
    assert (await seen(around.seller, contract))["status"] == "effective"


async def test_signed_content_changes_when_every_principal_has_accepted(client: Client) -> None:
    around = await table(client)
    contract = await effective(around)
    line = LINE | {"id": contract["lines"][0]["id"], "price_vnd": 30000}

    proposal = await proposed(around.seller, contract, changes={"lines": [line]})
    by_staff = await answered(await added(around.buyer, "staff"), proposal)
    accepted = await answered(around.buyer, proposal)

    assert proposal["accepted"] == [around.seller.organization["id"]]
    assert proposal["allowed"] == ["decline"]
    assert (by_staff.status_code, by_staff.json()["code"]) == (403, "not-asked")
    assert accepted.json()["status"] == "accepted"
    assert (await seen(around.seller, contract))["status"] == "superseded"
    after = await seen(around.buyer, {"id": proposal["result"]})
    assert (after["status"], after["consent"], after["lines"][0]["price_vnd"]) == ("effective", "confirmed", 30000)


async def test_a_declined_proposal_leaves_the_paper_as_it_is(client: Client) -> None:
    around = await table(client)
    contract = await effective(around)
    proposal = await proposed(around.seller, contract, changes={"value_vnd": 1})

    declined = await answered(around.buyer, proposal, "decline", {"words": "Không đồng ý"})
    late = await answered(around.buyer, proposal)

    assert (declined.json()["status"], declined.json()["words"]) == ("declined", "Không đồng ý")
    assert late.status_code == 409
    assert (await seen(around.seller, contract))["proposals"] == []
    assert (await around.seller.get(f"/agreements/{proposal['result']}")).status_code == 404


async def test_strangers_do_not_know_of_proposals(client: Client) -> None:
    around = await table(client)
    proposal = await proposed(around.seller, await effective(around), changes={"value_vnd": 1})
    stranger = await client.register("buyer")

    answers = [await answered(stranger, proposal, answer) for answer in ("accept", "decline")]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_one_side_does_not_end_a_contract_alone(client: Client) -> None:
    around = await table(client)
    contract = await effective(around)

    alone = await done(around.seller, contract, "terminate", PRICE)
    (proposal,) = alone["proposals"]
    await answered(around.buyer, proposal)

    assert (alone["status"], proposal["verb"]) == ("effective", "terminate")
    assert (await seen(around.seller, contract))["status"] == "terminated"


async def test_who_logged_a_contract_in_force_does_not_end_it_either(client: Client) -> None:
    around = await table(client)
    contract = await effective(around)

    asked = await done(around.organizer, contract, "terminate", PRICE)

    assert asked["status"] == "effective"
    assert sorted(asked["proposals"][0]["asked"]) == sorted(
        who.organization["id"] for who in (around.seller, around.buyer)
    )


async def test_an_officer_acts_for_parties_by_a_mandate_that_is_kept(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    contract = await effective(around)
    path = f"/agreements/{contract['id']}/terminate"

    without = await around.officer.post(path, PRICE, headers=ANY)
    ended = await around.officer.post(path, PRICE | {"mandate": MANDATE}, headers=ANY)

    assert (without.status_code, without.json()["errors"][0]["code"]) == (400, "mandate-missing")
    assert ended.json()["status"] == "terminated"
    entry = (await session.scalars(select(Change).where(Change.verb == "terminate"))).one()
    assert entry.diff["mandate"] == ["***", "***"]


async def test_patching_a_note_names_nobody_who_has_not_spoken(client: Client) -> None:
    around = await table(client)
    mine, other = await client.register("producer"), await client.register("buyer")
    draft = await logged(mine, around.paper(event=None, parties=[side(mine, "seller"), side(other, "buyer")]))
    await done(mine, draft, "sign")
    parties = [side(mine, "seller"), side(around.buyer, "buyer")]
    renamed = await mine.patch(f"/agreements/{draft['id']}", {"parties": parties}, headers=ANY)

    await done(mine, draft, "sign")
    await act(other, draft, "confirm")
    for_buyer = await act(mine, draft, "confirm", {"party": renamed.json()["parties"][1]["id"]})

    assert renamed.status_code == 200
    assert [party["consent"] for party in renamed.json()["parties"]] == ["asked", "asked"]
    assert for_buyer.status_code == 403
    assert (await seen(mine, draft))["status"] == "draft"
    assert (await client.get(f"/agreements/{draft['id']}")).status_code == 404
    assert (await client.get("/agreements/totals?by=event")).json()["total"]["agreements"] == 0
    assert (await client.get("/ocds/releases")).json()["releases"] == []


async def test_signed_paper_is_not_patched_to_name_a_supermarket(client: Client) -> None:
    around = await table(client)
    mine, other = await client.register("producer"), await client.register("buyer")
    paper = await logged(mine, around.paper(event=None, parties=[side(mine, "seller"), side(other, "buyer")]))
    await done(mine, paper, "sign")
    await done(other, paper, "sign")

    parties = [side(mine, "seller"), side(around.buyer, "buyer"), side(around.organizer, "authority")]
    answer = await mine.patch(f"/agreements/{paper['id']}", {"parties": parties}, headers=ANY)

    assert (answer.status_code, answer.json()["code"]) == (409, "content-agreed")


async def test_an_authority_that_never_saw_the_paper_is_not_named_to_strangers(client: Client) -> None:
    around = await table(client)
    authority = await client.register("authority", name="Sở Chưa Thấy")
    parties = [*around.paper()["parties"], side(authority, "authority")]
    paper = await logged(around.seller, around.paper(parties=parties))
    await done(around.seller, paper, "sign")
    await done(around.buyer, paper, "sign")

    before = (await client.get(f"/agreements/{paper['id']}")).json()
    told = (await client.get("/ocds/releases")).text
    await done(authority, paper, "confirm")

    assert [party["name"] for party in before["parties"]] == ["HTX Bán Thử", "Siêu thị Mua Thử"]
    assert "Sở Chưa Thấy" not in told
    assert len((await client.get(f"/agreements/{paper['id']}")).json()["parties"]) == 3


async def test_the_verified_body_of_an_event_vouches_and_nobody_else_does(client: Client) -> None:
    around = await table(client)
    other = await client.register("organizer")
    await verified(around.officer, other)

    in_hall = await signed(around.organizer, around.paper())
    elsewhere = await signed(other, around.paper())

    assert (in_hall["consent"], in_hall["vouched_by"]) == ("vouched", around.organizer.organization["id"])
    assert (elsewhere["consent"], elsewhere["vouched_by"]) == ("note", None)
    totals = (await client.get(f"/agreements/totals?by=event&event={around.event['id']}")).json()
    assert totals["total"]["agreements"] == 1


async def test_a_producer_that_calls_itself_an_authority_vouches_for_no_event_of_others(client: Client) -> None:
    around = await table(client)
    await verified(around.officer, around.seller)
    stranger = await client.register("producer", "authority")
    await verified(around.officer, stranger)

    paper = await signed(stranger, around.paper())

    assert paper["consent"] == "note"
    assert (await client.get(f"/agreements/{paper['id']}")).status_code == 404


async def test_vouched_paper_that_moves_to_the_event_of_others_is_vouched_for_no_more(client: Client) -> None:
    around = await table(client)
    organizer, event = await organizer_with_event(client, code="NT02")
    await verified(around.officer, organizer)
    paper = await signed(organizer, around.paper(event=event["id"]))

    changes = {"event": around.event["id"]}
    moved = await organizer.patch(f"/agreements/{paper['id']}", changes, headers=ANY)

    assert (paper["consent"], moved.json()["consent"]) == ("vouched", "note")
    assert (await client.get(f"/agreements?event={around.event['id']}")).json()["items"] == []


async def test_a_principal_that_was_left_out_with_its_consent_reads_no_more_of_it(client: Client) -> None:
    around = await table(client)
    contract = await effective(around)
    friend = await client.register("buyer")
    await verified(around.officer, friend)
    changes = {"parties": [side(around.seller, "seller"), side(friend, "buyer")]}
    proposal = await proposed(around.seller, contract, changes=changes)
    for who in (friend, around.buyer):
        assert (await answered(who, proposal)).status_code == 200

    assert (await seen(around.buyer, {"id": proposal["result"]}))["detail"] == "summary"


async def test_contested_paper_shows_both_words_and_stops_counting_until_it_is_confirmed(client: Client) -> None:
    around = await table(client)
    paper = await signed(around.organizer, around.paper())
    words = {"words": "Chúng tôi không ký văn bản này."}

    async def counted() -> int:
        totals = (await client.get("/agreements/totals?by=status")).json()
        return int(totals["total"]["agreements"])

    before = await counted()
    contested = await done(around.buyer, paper, "contest", words)
    meanwhile = await counted()
    public = await client.get(f"/agreements/{paper['id']}")
    await done(around.buyer, paper, "confirm")

    assert [before, meanwhile, await counted()] == [1, 0, 1]
    assert (contested["consent"], contested["parties"][1]["contest_words"]) == ("contested", words["words"])
    assert (await seen(around.organizer, paper))["note"] == "Ghi chú kín"
    assert public.status_code == 404
    refused = await act(around.buyer, paper, "contest", words)
    assert (refused.status_code, refused.json()["code"]) == (409, "already-confirmed")


async def test_a_responsible_person_and_a_note_ask_for_nobodys_consent_again(client: Client) -> None:
    around = await table(client)
    body = around.paper()
    body["parties"][0].pop("responsible")
    paper = await signed(around.organizer, body)
    await done(around.seller, paper, "confirm")
    await done(around.buyer, paper, "confirm")
    path = f"/agreements/{paper['id']}"

    answer = await around.seller.patch(
        path, {"parties": around.paper()["parties"], "note": "Gọi sau 9 giờ"}, headers=ANY
    )
    others = around.paper()["parties"]
    others[1]["responsible"] = {"name": "Người Khác"}
    of_the_other = await around.seller.patch(path, {"parties": others}, headers=ANY)

    assert answer.status_code == 200, answer.text
    assert answer.json()["consent"] == "confirmed"
    assert [party["confirmed_at"] is not None for party in answer.json()["parties"]] == [True, True]
    assert (of_the_other.status_code, of_the_other.json()["code"]) == (403, "not-your-people")
    assert (await done(around.buyer, paper, "make-effective"))["status"] == "effective"


async def test_editing_a_draft_takes_back_what_others_confirmed(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper(signed_on=None))
    await done(around.seller, draft, "confirm")

    edited = await around.buyer.patch(f"/agreements/{draft['id']}", {"value_vnd": 1}, headers=ANY)

    assert [party["consent"] for party in edited.json()["parties"]] == ["asked", "asked"]


async def test_a_scan_of_paper_in_force_stays(client: Client) -> None:
    around = await table(client)
    contract = await effective(around)
    path = f"/agreements/{contract['id']}/documents"
    files = {"file": ("ky.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf")}
    attached = await around.seller.post(path, files=files)
    assert attached.status_code == 201, attached.text

    answer = await around.seller.post(f"{path}/{attached.json()['id']}/withdraw", {"reason": "Nhầm"})

    assert answer.status_code == 403


async def test_allowed_is_what_the_caller_can_do_now(client: Client) -> None:
    around, witness, contract = await witnessed(client)
    waiting = await signed(around.organizer, around.paper())

    assert (await seen(witness, contract))["allowed"] == []
    assert "make-effective" not in (await seen(around.organizer, waiting))["allowed"]
    assert {"confirm", "contest"} <= set((await seen(around.buyer, waiting))["allowed"])
    await done(around.buyer, waiting, "confirm")
    after = (await seen(around.buyer, waiting))["allowed"]
    assert "confirm" not in after
    assert "contest" not in after


async def test_a_refused_verb_says_for_whom_it_is(client: Client) -> None:
    _, witness, contract = await witnessed(client)

    answer = await act(witness, contract, "terminate", PRICE)

    assert "chủ hoặc quản lý của bên bán, bên mua" in answer.json()["detail"]


async def test_parties_are_told_of_every_step_with_what_to_do(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    draft = await logged(around.seller, around.paper())
    await done(around.seller, draft, "sign")
    await done(around.buyer, draft, "sign")
    await done(around.seller, draft, "make-effective")
    await agreed(around.seller, around.buyer, draft, "terminate", PRICE)

    changes = (await session.scalars(select(Change).order_by(Change.id))).all()
    told = await agreement_news(session, changes)

    buyer = [news.kind for organization, news in told if str(organization) == around.buyer.organization["id"]]
    seller = [news.kind for organization, news in told if str(organization) == around.seller.organization["id"]]
    assert buyer == ["paper_named", "paper_to_sign", "paper_in_force", "proposal_made"]
    assert seller == ["paper_signed", "paper_ended"]
    assert {verb for entity, verb in TOLD if entity == "agreement"} & set(RIGHTS)
