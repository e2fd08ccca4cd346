from typing import Any

from market.agreements.answers import PRIVATE
from tests.agreements.stories import SECRETS, Table, done, logged, signed, table
from tests.database import CountQueries
from tests.people import Client

HIDDEN = (*PRIVATE, "lines", "logged_by", "allowed")


async def strangers(client: Client) -> list[Client]:
    return [client, await client.register("producer"), await client.register("organizer")]


async def test_a_draft_is_for_its_parties_who_logged_it_and_officers(client: Client) -> None:
    around = await table(client)
    agreement = await logged(around.organizer, around.paper())
    path = f"/agreements/{agreement['id']}"

    for insider in (around.organizer, around.seller, around.buyer, around.officer):
        assert (await insider.get(path)).json()["detail"] == "full"
        assert [item["id"] for item in (await insider.get("/agreements")).json()["items"]] == [agreement["id"]]
    for stranger in await strangers(client):
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.get("/agreements")).json()["items"] == []


async def test_strangers_read_a_summary_of_signed_paper_and_no_secret(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    path = f"/agreements/{agreement['id']}"

    for stranger in await strangers(client):
        one, page = await stranger.get(path), await stranger.get("/agreements")
        by_field = await stranger.get(f"{path}?fields=value_vnd,lines,note,title")
        text = one.text + page.text + by_field.text
        assert not [secret for secret in SECRETS if secret in text]
        summary = one.json()
        assert summary["detail"] == "summary"
        assert [name for name in HIDDEN if summary[name] is not None] == []
        assert (summary["number"], summary["signed_on"]) == ("2026-NT01-0001", "2026-11-20")
        assert [party["name"] for party in summary["parties"]] == ["HTX Bán Thử", "Siêu thị Mua Thử"]
        assert [concept["id"] for concept in summary["concepts"]] == ["dragon-fruit-red"]
        assert {
            party["representative"] or party["responsible"] or party["confirmed_at"] for party in summary["parties"]
        } == {None}


async def test_strangers_change_nothing(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    path = f"/agreements/{agreement['id']}"
    any_version = {"If-Match": "*"}

    for stranger in (await strangers(client))[1:]:
        answers = [
            await stranger.patch(path, {"title": "Của tôi"}, headers=any_version),
            await stranger.delete(path, headers=any_version),
            *[
                await stranger.post(f"{path}/{verb}", headers=any_version)
                for verb in ("sign", "confirm", "make-effective")
            ],
        ]
        assert {answer.status_code for answer in answers} == {403}
    assert (await client.patch(path, {"title": "Của ai"}, headers=any_version)).status_code == 401


async def test_a_summary_and_the_full_paper_have_different_etags(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    path = f"/agreements/{agreement['id']}"

    full, summary = await around.seller.get(path), await client.get(path)
    again = await client.get(path, headers={"If-None-Match": summary.headers["etag"]})
    crossed = await client.get(path, headers={"If-None-Match": full.headers["etag"]})

    assert (again.status_code, crossed.status_code) == (304, 200)


async def pages(who: Client, query: str) -> set[str]:
    answer = await who.get(f"/agreements?{query}")
    assert answer.status_code == 200, answer.text
    return {item["number"] for item in answer.json()["items"]}


async def three_papers(around: Table) -> None:
    old_province: dict[str, Any] = {"province": {"code": "58", "version": "2008"}, "signed_on": "2023-04-07"}
    await signed(around.officer, around.paper())
    await signed(around.officer, around.paper(instrument="mou", event=None, **old_province))
    departments = [{"role": "authority", "name": "Sở Y tế A"}, {"role": "authority", "name": "Sở Y tế B"}]
    await signed(
        around.officer, around.paper(instrument="mou", domain="other", event=None, parties=departments, province=None)
    )


async def test_agreements_are_found_by_every_filter(client: Client) -> None:
    around = await table(client)
    await three_papers(around)
    sale, old, health = "2026-NT01-0001", "2023-00-0001", "2026-00-0001"
    seller = around.seller.organization["id"]

    assert await pages(client, "instrument=mou") == {old, health}
    assert await pages(client, "domain=other") == {health}
    assert await pages(client, f"event={around.event['id']}") == {sale}
    assert await pages(client, f"organization={seller}") == {sale, old}
    assert await pages(client, "signed_until=2023-12-31") == {old}
    assert await pages(client, "signed_from=2024-01-01&instrument=mou") == {health}
    assert await pages(client, "status=signed") == {sale, old, health}
    assert await pages(client, "status=effective") == set()
    assert await pages(client, "province=56") == {sale, old}
    assert await pages(client, "province=56&map=63") == set()
    assert await pages(client, "province=58&map=63") == {old}
    assert (await client.get("/agreements?province=58")).status_code == 400


async def test_a_page_costs_the_same_statements_however_many_papers_it_has(
    client: Client, count_queries: CountQueries
) -> None:
    around = await table(client)
    await signed(around.officer, around.paper())
    with count_queries() as one:
        await client.get("/agreements")
    await signed(around.officer, around.paper())
    await signed(around.officer, around.paper())
    with count_queries() as three:
        answer = await client.get("/agreements?limit=2")

    assert len(answer.json()["items"]) == 2
    assert answer.json()["next_cursor"] is not None
    assert len(one) == len(three)


async def test_confirmations_are_seen_by_the_parties(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())

    await done(around.seller, agreement, "confirm")

    seen = (await around.buyer.get(f"/agreements/{agreement['id']}")).json()
    assert [party["confirmed_at"] is not None for party in seen["parties"]] == [True, False]
