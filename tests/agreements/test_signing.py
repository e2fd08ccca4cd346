from typing import Any

from tests.agreements.stories import act, done, logged, table, verified
from tests.people import Client

BY_NAME = {"role": "buyer", "name": "Chợ Chưa Đăng Ký"}


async def test_an_unverified_organizer_drafts_but_does_not_say_that_others_signed(client: Client) -> None:
    around = await table(client)
    unknown = await client.register("organizer")
    draft = await logged(unknown, around.paper(event=None))

    refused = await act(unknown, draft, "sign")
    await verified(around.officer, unknown)
    allowed = await act(unknown, draft, "sign")

    assert (refused.status_code, refused.json()["code"]) == (403, "signing-not-vouched-for")
    assert (allowed.status_code, allowed.json()["status"]) == (200, "signed")
    assert allowed.json()["consent"] == "note"
    assert (await client.get(f"/agreements/{draft['id']}")).status_code == 404


async def test_a_verified_producer_vouches_for_nobody_by_being_verified(client: Client) -> None:
    around = await table(client)
    await verified(around.officer, around.seller)
    paper = around.paper()

    draft = await logged(around.seller, paper | {"parties": [paper["parties"][0], BY_NAME]})
    refused = await act(around.seller, draft, "sign")

    assert (refused.status_code, refused.json()["code"]) == (403, "signing-not-vouched-for")


async def test_one_party_alone_signs_with_nobody_and_with_both_it_is_signed(client: Client) -> None:
    around = await table(client)

    draft = await logged(around.seller, around.paper())
    alone = await done(around.seller, draft, "sign")
    forced = await act(around.seller, draft, "make-effective")
    both = await done(around.buyer, draft, "sign")

    assert (alone["status"], alone["consent"]) == ("draft", "note")
    assert [party["consent"] for party in alone["parties"]] == ["confirmed", "asked"]
    assert (forced.status_code, forced.json()["code"]) == (409, "illegal-transition")
    assert (both["status"], both["consent"]) == ("signed", "confirmed")


async def test_a_witness_is_no_side(client: Client) -> None:
    around = await table(client)
    witness = await client.register("producer")
    paper = around.paper()
    named: list[dict[str, Any]] = [*paper["parties"], {"role": "witness", "organization": witness.organization["id"]}]

    refused = await act(witness, await logged(witness, paper | {"parties": named}), "sign")

    assert (refused.status_code, refused.json()["code"]) == (403, "signing-not-vouched-for")


async def test_an_officer_signs_for_parties_known_by_name_only(client: Client) -> None:
    around = await table(client)
    paper = around.paper(parties=[{"role": "seller", "name": "HTX Chưa Đăng Ký"}, BY_NAME])

    answer = await act(around.officer, await logged(around.officer, paper), "sign")

    assert answer.status_code == 200
