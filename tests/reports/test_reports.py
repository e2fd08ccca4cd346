from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from market.core import clock
from tests.agreements.stories import LINE, Table, act, done, logged, signed, table
from tests.database import CountQueries
from tests.people import Client

TWO_TONNES = LINE | {"quantity": "2000", "price_vnd": 30000, "tolerance_pct": 0}


@pytest.fixture(autouse=True)
def _after_the_tests() -> Iterator[None]:
    with clock.at(datetime(2026, 11, 30, 17, 4, tzinfo=UTC)):
        yield


async def report(who: Client, query: str) -> dict[str, Any]:
    answer = await who.get(f"/reports/{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


NOVEMBER = datetime(2026, 11, 30, 16, 55, tzinfo=UTC)
"""Five minutes before December in Vietnam; a sign-in lasts over both."""
DECEMBER = datetime(2026, 11, 30, 17, 2, tzinfo=UTC)


async def in_force(around: Table, **changes: Any) -> dict[str, Any]:
    paper = around.paper(**({"signed_on": "2026-11-20", "lines": [TWO_TONNES], "value_vnd": None} | changes))
    agreement = await signed(around.organizer, paper)
    await done(around.seller, agreement, "confirm")
    await done(around.buyer, agreement, "confirm")
    return await done(around.organizer, agreement, "make-effective")


async def arrives(around: Table, agreement: dict[str, Any], quantity: str, **more: Any) -> None:
    body = {"line": agreement["lines"][0]["id"], "delivered_on": "2026-11-30", "quantity": quantity, **more}
    answer = await around.buyer.post(f"/agreements/{agreement['id']}/deliveries", body)
    assert answer.status_code == 201, answer.text


async def test_conversion_is_told_as_it_was_known_at_the_end_of_a_day(client: Client) -> None:
    with clock.at(NOVEMBER):
        around = await table(client)
        mou = await signed(around.organizer, around.paper(instrument="mou"))
        other = await signed(around.officer, around.paper(instrument="mou", event=None, province=None))
        contract = await done(around.organizer, mou, "convert", {"instrument": "sale"})
        drafted = await report(client, "conversion?as_of=2026-11-30")
    with clock.at(DECEMBER):
        await done(around.officer, contract, "sign")
        await done(around.officer, other, "terminate", {"cause": "price"})

    first, second = [await report(client, f"conversion?as_of={day}") for day in ("2026-11-30", "2026-12-01")]

    assert first == drafted
    assert (first["total"]["mous"], first["total"]["converted"]) == (2, 0)
    assert (second["total"]["mous"], second["total"]["converted"]) == (2, 1)
    by_event = (await report(client, "conversion?as_of=2026-12-01&by=event"))["groups"]
    assert [(group["name"], group["mous"], group["converted"]) for group in by_event] == [(None, 1, 0), ("NT01", 1, 1)]
    by_province = (await report(client, "conversion?as_of=2026-12-01&by=province"))["groups"]
    assert {(group["name"], group["mous"], group["converted"]) for group in by_province} == {
        (None, 1, 0),
        ("Khánh Hòa", 1, 1),
    }


async def test_an_mou_that_was_amended_after_its_contract_is_converted_once(client: Client) -> None:
    with clock.at(NOVEMBER):
        around = await table(client)
        mou = await signed(around.organizer, around.paper(instrument="mou"))
        contract = await done(around.organizer, mou, "convert", {"instrument": "sale"})
        await done(around.officer, contract, "sign")
        newer = await done(around.organizer, contract, "amend", {"cause": "price"})
        await done(around.officer, newer, "sign")
        amended = await done(around.organizer, mou, "amend", {"cause": "price"})
        await done(around.organizer, amended, "sign")

    total = (await report(client, "conversion"))["total"]

    assert (total["mous"], total["converted"]) == (1, 1)


async def test_what_was_not_performed_is_told_by_cause_as_of_a_day(client: Client) -> None:
    with clock.at(NOVEMBER):
        around = await table(client)
        papers = [await signed(around.organizer, around.paper()) for _ in range(3)]
        short = await in_force(around)
        await arrives(around, short, "1")
        await done(around.officer, papers[0], "lapse", {"cause": "price"})
        await done(around.officer, short, "close", {"cause": "price"})
    with clock.at(DECEMBER):
        await done(around.officer, papers[1], "terminate", {"cause": "quality"})

    days = ("2026-11-30", "2026-12-01")
    first, second = [await report(around.officer, f"lapses?as_of={day}") for day in days]

    price = {"cause": "price", "lapsed": 1, "terminated": 0, "partly_fulfilled": 1}
    quality = {"cause": "quality", "lapsed": 0, "terminated": 1, "partly_fulfilled": 0}
    assert (first["causes"], second["causes"]) == ([price], [quality, price])
    assert second["total"] == {"cause": None, "lapsed": 1, "terminated": 1, "partly_fulfilled": 1}
    public = [await report(around.seller, f"lapses?as_of={day}") for day in days]
    assert [(one["as_of"], one["rounded"], one["causes"]) for one in public] == [("2026-11-30", True, [])] * 2


async def test_values_signed_effective_and_delivered_are_exact_and_for_officers(client: Client) -> None:
    with clock.at(NOVEMBER):
        around = await table(client)
        await signed(around.organizer, around.paper(instrument="mou", value_vnd=999_999_999_999_999))
        await signed(around.organizer, around.paper(instrument="mou", domain="other", value_vnd=5))
        sale = await in_force(around)
        await arrives(around, sale, "100.0010", rejected="0.5", rejection_cause="quality")
    with clock.at(DECEMBER):
        await arrives(around, sale, "1")

    first = await report(around.officer, "values?as_of=2026-11-30")
    second = await report(around.officer, "values?as_of=2026-12-01")
    public = await report(around.seller, "values?as_of=2026-12-01")

    mou, contract = first["instruments"]
    assert (mou["instrument"], mou["signed"], mou["signed_vnd"], mou["effective"]) == ("mou", 1, 999_999_999_999_999, 0)
    assert (contract["effective_vnd"], contract["delivered_vnd"]) == (60_000_000, 2_985_030)
    assert second["instruments"][1]["delivered_vnd"] == 3_015_030
    assert second["total"]["signed_vnd"] == 1_000_000_059_999_999
    counts = [(one["signed"], one["effective"]) for one in public["instruments"]]
    assert counts == [(one["signed"], one["effective"]) for one in second["instruments"]]
    values = [one[name] for one in public["instruments"] for name in ("signed_vnd", "effective_vnd", "delivered_vnd")]
    assert set(values) == {None}
    assert (await report(around.officer, "values?domain=all"))["total"]["signed"] == 3


async def test_a_paper_counts_once_however_often_it_is_amended_and_old_deliveries_stay(client: Client) -> None:
    with clock.at(NOVEMBER):
        around = await table(client)
        sale = await in_force(around)
        await arrives(around, sale, "10")
        newer = await done(around.organizer, sale, "amend", {"cause": "price"})
        await done(around.officer, newer, "sign")
        waiting = await report(around.officer, "values?as_of=2026-11-30")
        for who in (around.seller, around.buyer):
            await done(who, newer, "confirm")
        newer = await done(around.organizer, newer, "make-effective")
        await arrives(around, newer, "20")

    after = await report(around.officer, "values?as_of=2026-11-30")

    assert (waiting["total"]["signed"], waiting["total"]["delivered_vnd"]) == (1, 300_000)
    assert (after["total"]["signed"], after["total"]["effective"]) == (1, 1)
    assert (after["total"]["signed_vnd"], after["total"]["delivered_vnd"]) == (60_000_000, 900_000)


async def test_a_report_of_a_day_is_the_same_bytes_after_corrections(client: Client) -> None:
    with clock.at(NOVEMBER):
        around = await table(client)
        mou = await signed(around.organizer, around.paper(instrument="mou", value_vnd=100))
        await signed(around.officer, around.paper(value_vnd=200))
    paths = [f"/reports/{name}?as_of=2026-11-30" for name in ("conversion", "lapses", "values")]
    before = [(await around.officer.get(path)).content for path in paths]
    with clock.at(DECEMBER):
        tag = (await around.organizer.get(f"/agreements/{mou['id']}")).headers["etag"]
        changes = {"value_vnd": 999, "province": None, "event": None}
        edited = await around.organizer.patch(f"/agreements/{mou['id']}", changes, headers={"If-Match": tag})
        assert edited.status_code == 200, edited.text
        for who in (around.seller, around.buyer):
            await done(who, mou, "confirm")
        await signed(around.officer, around.paper(signed_on="2026-11-01"))

    after = [(await around.officer.get(path)).content for path in paths]

    assert before == after
    assert (await report(around.officer, "values?as_of=2026-12-01"))["total"]["signed_vnd"] == 1199 + 123456789


async def test_each_report_is_one_statement(client: Client, count_queries: CountQueries) -> None:
    with clock.at(NOVEMBER):
        around = await table(client)
        await signed(around.organizer, around.paper(instrument="mou"))

    for query in ("conversion", "conversion?by=event", "conversion?by=province&map=63", "lapses", "values"):
        with count_queries() as counted:
            await report(client, query)
        assert len(counted) == 1


async def test_drafts_are_in_no_report_and_days_to_come_are_refused(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper(instrument="mou"))

    assert (await report(client, "conversion"))["total"]["mous"] == 0
    assert (await report(around.officer, "values"))["total"]["signed"] == 0
    refused = await client.get("/reports/conversion?as_of=2026-12-02&by=colour")
    assert refused.status_code == 400
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/as_of", "/by"}
    assert (await act(around.organizer, draft, "sign")).status_code == 200
    assert (await report(client, "conversion"))["total"]["mous"] == 1


async def test_old_papers_that_are_logged_today_are_found_by_the_second_clock(client: Client) -> None:
    around = await table(client)
    mou = await signed(around.organizer, around.paper(instrument="mou", signed_on="2023-04-10", province=None))
    contract = await done(around.organizer, mou, "convert", {"instrument": "sale"})
    await done(around.officer, contract, "sign", {"signed_on": "2024-02-01"})

    then = await report(client, "conversion?as_of=2023-12-31&by=province")
    now = await report(client, "conversion?as_of=2023-12-31&known_at=2026-12-01&by=province")
    later = await report(client, "conversion?as_of=2024-12-31&known_at=2026-12-01")

    assert (then["total"]["mous"], then["as_of"], then["known_at"]) == (0, "2023-12-31", "2023-12-31")
    assert (now["total"]["mous"], now["total"]["converted"], now["known_at"]) == (1, 0, "2026-12-01")
    assert (later["total"]["mous"], later["total"]["converted"]) == (1, 1)
    assert [group["name"] for group in now["groups"]] == ["Khánh Hòa"]
    assert "known_at" in then["clocks"]
    assert "2023-12-31" in now["clocks"]
    assert now["placed_by"]
    reversed_ = await client.get("/reports/conversion?as_of=2023-12-31&known_at=2023-12-30")
    assert (reversed_.status_code, reversed_.json()["errors"][0]["code"]) == (400, "known-before")


async def test_how_a_paper_stood_on_a_day_is_told_by_what_is_known_later(client: Client) -> None:
    with clock.at(NOVEMBER):
        around = await table(client)
        sale = await in_force(around)
    with clock.at(DECEMBER):
        await arrives(around, sale, "10")
        await arrives(around, sale, "20", delivered_on="2026-12-01")
        await done(around.officer, sale, "terminate", {"cause": "price"})

    values = [
        (await report(around.officer, f"values?{query}"))["total"]["delivered_vnd"]
        for query in ("as_of=2026-11-30", "as_of=2026-11-30&known_at=2026-12-01", "as_of=2026-12-01")
    ]
    lapses = [
        (await report(around.officer, f"lapses?{query}"))["total"]["terminated"]
        for query in ("as_of=2026-11-30&known_at=2026-12-01", "as_of=2026-12-01")
    ]

    assert values == [0, 300_000, 900_000]
    assert lapses == [0, 1]
