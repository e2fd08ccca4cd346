import asyncio
from typing import Any

from sqlalchemy import select

from market.agreements.models import Agreement
from tests.agreements.stories import logged, signed, table
from tests.database import CountQueries
from tests.people import Client


async def totals(who: Client, query: str, language: str = "vi") -> dict[str, Any]:
    answer = await who.get(f"/agreements/totals?{query}", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def counted(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(group["name"], group["agreements"], group["mous"], group["contracts"]) for group in found["groups"]]


KHANH_HOA_2025 = {"code": "56", "version": "2025"}
KHANH_HOA_2008 = {"code": "56", "version": "2008"}
NINH_THUAN = {"code": "58", "version": "2008"}
HANOI = {"code": "01", "version": "2025"}


async def test_a_province_of_2008_counts_under_the_unit_of_today_on_the_map_of_34(client: Client) -> None:
    around = await table(client)
    for province, instrument in (
        (KHANH_HOA_2025, "mou"),
        (KHANH_HOA_2008, "sale"),
        (NINH_THUAN, "sale"),
        (HANOI, "mou"),
    ):
        await signed(around.officer, around.paper(province=province, instrument=instrument))
    await signed(around.officer, around.paper(province=None, event=None, instrument="cooperation"))

    new = await totals(client, "by=province")
    old = await totals(client, "by=province&map=63")

    assert counted(new) == [("Khánh Hòa", 3, 1, 2), (None, 1, 0, 0), ("Hà Nội", 1, 1, 0)]
    assert counted(old) == [
        (None, 1, 0, 0),
        ("Hà Nội", 1, 1, 0),
        ("Khánh Hòa", 1, 0, 1),
        ("Khánh Hòa", 1, 1, 0),
        ("Ninh Thuận", 1, 0, 1),
    ]
    units = {(group["unit"]["code"], group["unit"]["version"]) for group in old["groups"] if group["unit"]}
    assert units == {("01", "2008"), ("56", "2008"), ("56", "2025"), ("58", "2008")}
    assert (new["total"]["agreements"], old["total"]["agreements"]) == (5, 5)


async def test_sums_of_value_are_exact_and_for_officers_only(client: Client) -> None:
    around = await table(client)
    for value in (999_999_999_999_999, 999_999_999_999_998, 3):
        await signed(around.officer, around.paper(value_vnd=value))

    seen = [await totals(who, "by=event") for who in (around.officer, around.organizer, around.seller, client)]

    assert [found["total"]["value_vnd"] for found in seen] == [2_000_000_000_000_000, None, None, None]
    assert [found["groups"][0]["value_vnd"] for found in seen] == [2_000_000_000_000_000, None, None, None]
    assert seen[3]["groups"][0]["name"] == around.event["name"]


async def test_drafts_and_what_is_no_trade_are_not_counted(client: Client) -> None:
    around = await table(client)
    await logged(around.officer, around.paper())
    await signed(around.officer, around.paper(instrument="mou"))
    await signed(around.officer, around.paper(instrument="mou", domain="other"))

    assert counted(await totals(around.officer, "by=instrument")) == [("Biên bản ghi nhớ", 1, 1, 0)]
    assert (await totals(around.officer, "by=instrument&domain=all"))["total"]["mous"] == 2
    assert (await totals(around.officer, "by=instrument&domain=other"))["total"]["mous"] == 1


async def test_groups_are_named_in_the_language_of_the_caller(client: Client) -> None:
    around = await table(client)
    await signed(around.officer, around.paper())

    assert counted(await totals(client, "by=status", "en")) == [("Signed", 1, 0, 1)]
    assert counted(await totals(client, "by=status", "vi")) == [("Đã ký", 1, 0, 1)]


async def test_kind_is_another_word_for_instrument(client: Client) -> None:
    around = await table(client)
    for instrument in ("mou", "sale", "mou"):
        await signed(around.officer, around.paper(instrument=instrument))

    by_kind, by_instrument = await totals(client, "by=kind"), await totals(client, "by=instrument")

    assert counted(by_kind) == [("Biên bản ghi nhớ", 2, 2, 0), ("Hợp đồng mua bán", 1, 0, 1)]
    assert by_kind == {**by_instrument, "by": "kind"}


async def test_totals_are_one_statement(client: Client, count_queries: CountQueries) -> None:
    around = await table(client)
    await signed(around.officer, around.paper())

    for by in ("event", "province", "instrument", "kind", "status"):
        with count_queries() as counted_statements:
            await totals(client, f"by={by}&organization={around.seller.organization['id']}&province=56")
        assert len(counted_statements) == 1


async def test_totals_refuse_what_they_do_not_know(client: Client) -> None:
    answer = await client.get("/agreements/totals?by=colour&map=35")

    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/by", "/map"}


async def test_twenty_papers_logged_at_once_get_twenty_numbers(own_client: Client) -> None:
    around = await table(own_client)

    answers = await asyncio.gather(*(around.officer.post("/agreements", around.paper()) for _ in range(20)))

    numbers = sorted(answer.json()["number"] for answer in answers)
    assert numbers == [f"2026-NT01-{number:04d}" for number in range(1, 21)]
    async with own_client.app.state.sessions() as session:
        assert len((await session.scalars(select(Agreement.id))).all()) == 20


async def test_papers_without_a_province_are_counted_where_their_event_was_held(client: Client) -> None:
    around = await table(client)
    for number in range(3):
        await signed(around.officer, around.paper(province=None, paper_number=f"{number}/HĐ"))
    await signed(around.officer, around.paper(province=HANOI))

    found = await totals(client, "by=province", "en")

    assert counted(found) == [("Khánh Hòa", 3, 0, 3), ("Hà Nội", 1, 0, 1)]
    assert found["placed_by"]
    assert "event" in found["placed_by"]
    assert (await totals(client, "by=event"))["placed_by"] is None
    filtered = (await client.get("/agreements?province=56")).json()["items"]
    assert len(filtered) == 3
