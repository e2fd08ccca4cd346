from typing import Any

from tests.agreements.stories import act, logged, table, verified
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
    assert (await client.get(f"/agreements/{draft['id']}")).json()["status"] == "signed"


async def test_a_verified_producer_vouches_for_nobody_by_being_verified(client: Client) -> None:
    around = await table(client)
    await verified(around.officer, around.seller)
    paper = around.paper()

    draft = await logged(around.seller, paper | {"parties": [paper["parties"][0], BY_NAME]})
    refused = await act(around.seller, draft, "sign")

    assert (refused.status_code, refused.json()["code"]) == (403, "signing-not-vouched-for")


async def test_a_party_signs_where_the_other_side_is_here_to_confirm(client: Client) -> None:
    around = await table(client)

    answers = [await act(who, await logged(who, around.paper()), "sign") for who in (around.seller, around.buyer)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert {party["confirmed_at"] for answer in answers for party in answer.json()["parties"]} == {None}
    forced = await act(around.seller, answers[0].json(), "make-effective")
    assert forced.status_code == 409
    assert "not-confirmed" in {error["code"] for error in forced.json()["errors"]}


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
