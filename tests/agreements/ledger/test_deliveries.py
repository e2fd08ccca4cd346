import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.endings import lapse_expired
from market.agreements.ledger.overdue import expected_by
from market.agreements.ledger.quantities import committed_quantity, next_expected
from market.agreements.models import Agreement, AgreementLine
from market.core import clock
from market.core.changes import Change
from tests.agreements.ledger.test_ledger import TEN_TONNES, delivered, ledger
from tests.agreements.stories import LINE, Table, done, effective, signed, table
from tests.database import CountQueries
from tests.people import Client

DAILY = LINE | {
    "quantity": "10",
    "per": "day",
    "period_from": "2026-11-09",
    "period_until": "2026-12-06",
    "delivery_plan": {"weekdays": [1, 4]},
    "tolerance_pct": 0,
}
"""Mondays and Thursdays from Monday 9 November 2026 on: four weeks of 20 kg."""
NOVEMBER_21 = datetime(2026, 11, 21, 3, tzinfo=UTC)


async def confirmed(who: Client, agreement: dict[str, Any], delivery: dict[str, Any]) -> Any:
    return await who.post(f"/agreements/{agreement['id']}/deliveries/{delivery['id']}/confirm")


async def test_the_receiver_confirms_what_the_seller_recorded(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    agreement = await effective(around, lines=[TEN_TONNES])
    delivery = (await delivered(around.seller, agreement, "2")).json()["delivery"]

    by_seller = await confirmed(around.seller, agreement, delivery)
    by_organizer = await confirmed(around.organizer, agreement, delivery)
    by_buyer = await confirmed(around.buyer, agreement, delivery)
    again = await confirmed(around.buyer, agreement, delivery)

    assert [answer.status_code for answer in (by_seller, by_organizer, by_buyer, again)] == [403, 403, 200, 200]
    assert delivery["confirmed_at"] is None
    assert by_buyer.json()["confirmed_at"] == again.json()["confirmed_at"] is not None
    assert (await ledger(around.seller, agreement))["items"][0]["confirmed_at"] == by_buyer.json()["confirmed_at"]
    entries = await session.scalars(select(Change).where(Change.entity == "delivery_confirmation"))
    assert [str(entry.organization_id) for entry in entries] == [around.buyer.organization["id"]]
    history = (await around.seller.get(f"/agreements/{agreement['id']}/history")).json()["items"]
    assert (history[-1]["entity"], history[-1]["verb"]) == ("delivery_confirmation", "confirm")


async def test_what_the_receiver_recorded_is_confirmed_by_that(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around, lines=[TEN_TONNES])

    own = await delivered(around.buyer, agreement, "2", rejected="0.5", rejection_cause="quality")
    other = await delivered(around.officer, agreement, "2")

    assert own.json()["delivery"]["confirmed_at"] is not None
    assert other.json()["delivery"]["confirmed_at"] is None


async def test_who_logged_it_confirms_for_a_receiver_known_by_name_only(client: Client) -> None:
    around = await table(client)
    paper = around.paper()
    buyer = {"role": "buyer", "name": "Chợ Chưa Đăng Ký", "responsible": {"name": "Phụ Trách"}}
    agreement = await signed(around.organizer, paper | {"parties": [paper["parties"][0], buyer]})
    await done(around.seller, agreement, "confirm")
    await done(around.organizer, agreement, "confirm", {"party": agreement["parties"][1]["id"]})
    await done(around.organizer, agreement, "make-effective")
    delivery = (await delivered(around.seller, agreement, "2")).json()["delivery"]

    answers = [await confirmed(who, agreement, delivery) for who in (around.seller, around.organizer)]

    assert [answer.status_code for answer in answers] == [403, 200]


async def test_what_was_taken_back_is_not_confirmed(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around)
    wrong = (await delivered(around.seller, agreement, "2")).json()["delivery"]
    path = f"/agreements/{agreement['id']}/deliveries"
    reversal = (await around.seller.post(path, {"reverses": wrong["id"]})).json()["delivery"]

    answers = [await confirmed(around.buyer, agreement, delivery) for delivery in (wrong, reversal)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "delivery-reversed")] * 2
    assert (await confirmed(around.buyer, agreement, agreement)).status_code == 404


async def test_confirmed_at_once_it_is_confirmed_once(own_client: Client) -> None:
    around = await table(own_client)
    agreement = await effective(around)
    delivery = (await delivered(around.seller, agreement, "2")).json()["delivery"]

    answers = await asyncio.gather(*(confirmed(around.buyer, agreement, delivery) for _ in range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["confirmed_at"] for answer in answers}) == 1


async def overdue(who: Client, query: str = "") -> list[dict[str, Any]]:
    answer = await who.get(f"/agreements/overdue?{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def with_daily_line(around: Table) -> dict[str, Any]:
    return await effective(around, signed_on="2026-11-02", lines=[DAILY])


async def test_a_line_is_overdue_when_less_came_than_its_plan_says(client: Client) -> None:
    with clock.at(NOVEMBER_21):
        around = await table(client)
        agreement = await with_daily_line(around)
        late = await overdue(around.seller)
        await delivered(around.seller, agreement, "39.9990")
        nearly = await overdue(around.buyer)
        await delivered(around.seller, agreement, "0.001")
        after = await overdue(around.officer)

    assert [(item["expected"], item["accepted"], item["short"]) for item in late] == [("40", "0", "40")]
    assert (late[0]["number"], late[0]["next_on"], late[0]["period_until"]) == (
        "2026-NT01-0001",
        "2026-11-23",
        "2026-12-06",
    )
    assert [item["short"] for item in nearly] == ["0.001"]
    assert after == []


async def test_overdue_lines_are_seen_by_insiders_and_found_by_event_and_province(client: Client) -> None:
    with clock.at(NOVEMBER_21):
        around = await table(client)
        await with_daily_line(around)
        stranger = await client.register("producer")

        assert await overdue(stranger) == []
        assert (await client.get("/agreements/overdue")).status_code == 401
        for insider in (around.organizer, around.seller, around.buyer, around.officer):
            assert len(await overdue(insider)) == 1
        assert len(await overdue(around.officer, f"event={around.event['id']}&province=56")) == 1
        assert await overdue(around.officer, "province=01") == []
        assert await overdue(around.officer, "event=019a0000-0000-7000-8000-000000000000") == []


async def test_overdue_lines_come_page_by_page_in_one_statement(client: Client, count_queries: CountQueries) -> None:
    with clock.at(NOVEMBER_21):
        around = await table(client)
        await effective(around, signed_on="2026-11-02", lines=[DAILY, DAILY, DAILY])
        first = (await around.officer.get("/agreements/overdue?limit=2")).json()
        with count_queries() as counted:
            rest = (await around.officer.get(f"/agreements/overdue?limit=2&cursor={first['next_cursor']}")).json()

    assert len({item["line"] for item in first["items"] + rest["items"]}) == 3
    assert rest["next_cursor"] is None
    assert len([one for one in counted.statements if "agreement_line" in one]) == 1


@pytest.mark.parametrize(
    ("line", "today", "expected"),
    [
        (DAILY, "2026-11-09", None),
        (DAILY, "2026-11-10", "10"),
        (DAILY, "2026-11-13", "20"),
        (DAILY | {"delivery_plan": {"cadence": "Mỗi ngày"}}, "2026-11-13", "40"),
        (DAILY | {"delivery_plan": {"weekdays": [7]}}, "2026-11-15", "0"),
        (DAILY | {"delivery_plan": {"weekdays": [7]}}, "2026-11-16", "10"),
        (DAILY | {"per": "week"}, "2026-11-15", "0"),
        (DAILY | {"per": "week"}, "2026-11-16", "10"),
        (DAILY | {"per": "month"}, "2026-12-06", "0"),
        (DAILY | {"per": "month", "period_until": "2026-12-08"}, "2026-12-09", "10"),
        (DAILY | {"per": "month", "period_until": "2026-12-20"}, "2026-12-21", "13.333"),
        (DAILY | {"per": "total"}, "2026-12-06", "0"),
        (DAILY | {"per": "total"}, "2026-12-07", "10"),
        (
            DAILY
            | {
                "per": "total",
                "delivery_plan": {
                    "deliveries": [{"on": "2026-11-12", "quantity": "4"}, {"on": "2026-11-20", "quantity": "6"}]
                },
            },
            "2026-11-20",
            "4",
        ),
    ],
)
async def test_what_is_expected_by_a_day_follows_the_plan(
    client: Client, session: AsyncSession, line: dict[str, Any], today: str, expected: str | None
) -> None:
    around = await table(client)
    await signed(around.organizer, around.paper(lines=[line]))

    found = await session.scalar(select(expected_by(date.fromisoformat(today))))

    assert (found or 0) == Decimal(expected or 0)


@pytest.mark.parametrize("per", ["day", "week", "month", "year", "total", "season"])
async def test_after_its_period_all_that_was_promised_is_expected(
    client: Client, session: AsyncSession, per: str
) -> None:
    around = await table(client)
    await signed(around.organizer, around.paper(lines=[DAILY | {"per": per, "period_until": "2027-01-17"}]))
    line = (await session.scalars(select(AgreementLine))).one()

    assert await session.scalar(select(expected_by(date(2027, 1, 18)))) == committed_quantity(line)


def test_goods_are_expected_next_on_the_next_day_of_the_plan() -> None:
    weekdays = AgreementLine(
        period_from=date(2026, 11, 9), period_until=date(2026, 11, 19), delivery_plan={"weekdays": [4]}
    )
    days = AgreementLine(delivery_plan={"deliveries": [{"on": "2026-11-12", "quantity": "1"}]})
    total = AgreementLine(period_from=date(2026, 11, 9), period_until=date(2026, 11, 19), delivery_plan=None)

    found = [
        [next_expected(line, today=date(2026, 11, day)) for day in (1, 12, 13, 20)] for line in (weekdays, days, total)
    ]

    assert found == [
        [date(2026, 11, 12), date(2026, 11, 12), date(2026, 11, 19), None],
        [date(2026, 11, 12), date(2026, 11, 12), None, None],
        [date(2026, 11, 19), date(2026, 11, 19), date(2026, 11, 19), None],
    ]


async def test_signed_paper_that_never_came_into_force_lapses_when_its_validity_ends(
    client: Client, session: AsyncSession
) -> None:
    around = await table(client)
    ends = {"valid_until": clock.today().isoformat()}
    waiting = await signed(around.organizer, around.paper(**ends))
    counting = await effective(around, **ends)
    mou = await signed(around.organizer, around.paper(instrument="mou", **ends))
    contract = await done(around.organizer, mou, "convert", {"instrument": "sale", "changes": {"valid_until": None}})
    await done(around.organizer, contract, "sign")

    async def states() -> list[str]:
        rows = select(Agreement.status).where(Agreement.id.in_([one["id"] for one in (waiting, counting, mou)]))
        return list(await session.scalars(rows.order_by(Agreement.id)))

    await lapse_expired(session)
    on_the_day = await states()
    with clock.shifted(timedelta(days=1)):
        await lapse_expired(session)

    assert on_the_day == ["signed", "effective", "signed"]
    assert await states() == ["lapsed", "effective", "signed"]
    entry = (await session.scalars(select(Change).where(Change.verb == "lapse"))).one()
    assert (entry.actor_kind, str(entry.entity_id), entry.diff["cause"]) == (
        "system",
        waiting["id"],
        [None, "documents"],
    )
