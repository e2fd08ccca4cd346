"""Needs, quotes, agreements and what is overdue count by one cadence, in Python and in the database."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, Date, Integer, Numeric, Text, column, func, select, values
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.ledger.quantities import committed_quantity, weekly_quantities
from market.agreements.models import AgreementLine
from market.listings.facts import Window, weekly_capacity
from market.reference.cadence import EVERY_DAY, Cadence
from tests.agreements.stories import LINE, effective, table
from tests.people import Client
from tests.quotes.stories import made

PERS = ("day", "week", "month", "year", "season", "total")


def anything(chance: random.Random) -> tuple[Cadence, date]:
    start = date(2024, 1, 1) + timedelta(days=chance.randrange(1500))
    cadence = Cadence.of(
        Decimal(chance.randrange(1, 10_000_000)) / 1000,
        chance.choice(PERS),  # type: ignore[arg-type]  # one of the words
        start=start,
        end=start + timedelta(days=chance.randrange(900)),
        weekdays=chance.sample(range(1, 8), chance.randrange(8)),
    )
    return cadence, start + timedelta(days=chance.randrange(-5, 950))


async def test_the_database_says_the_same_as_the_cadence(session: AsyncSession) -> None:
    chance = random.Random(20260331)
    asked = [anything(chance) for _ in range(1500)]
    names = (
        column("place", Integer),
        column("quantity", Numeric),
        column("per", Text),
        column("first", Date),
        column("last", Date),
        column("weekdays", ARRAY(Integer)),
        column("day", Date),
    )
    rows = [
        (place, one.quantity, one.per, one.start, one.end, sorted(one.weekdays), day)
        for place, (one, day) in enumerate(asked)
    ]
    wanted = values(*names, name="wanted").data(rows)
    due = func.market_due_by(*(wanted.c[name.name] for name in names[1:]))

    found = {row.place: row.due for row in await session.execute(select(wanted.c.place, due.label("due")))}

    differing = [
        (one, day, found[place], one.due_by(day))
        for place, (one, day) in enumerate(asked)
        if found[place] != one.due_by(day)
    ]
    assert differing == []


def test_a_need_a_listing_and_an_agreement_of_the_same_goods_say_the_same_weeks() -> None:
    chance = random.Random(7)
    for _ in range(300):
        cadence, _ = anything(chance)
        if cadence.per in ("year", "season"):
            continue
        plan = {"weekdays": sorted(cadence.weekdays), "deliveries": []}
        line = AgreementLine(
            quantity=cadence.quantity,
            per=cadence.per,
            period_from=cadence.start,
            period_until=cadence.end,
            delivery_plan=plan,
        )
        assert weekly_quantities(line) == cadence.weekly()
        assert committed_quantity(line) == cadence.total()
        if cadence.weekdays == EVERY_DAY:
            window = Window(cadence.start, cadence.end, cadence.quantity, cadence.per)  # type: ignore[arg-type]
            assert weekly_capacity([window]) == cadence.weekly()


async def test_two_tonnes_on_monday_and_wednesday_are_two_tonnes_in_the_last_week(client: Client) -> None:
    cadence: dict[str, Any] = {"quantity": "2000", "unit": "KGM", "per": "week"}
    around = await table(client)
    need = await made(
        around.buyer,
        "/needs",
        {
            "title": "Hai ngày một tuần",
            "delivery_province": {"code": "79"},
            "lines": [
                cadence | {"concept": "dragon-fruit-red", "weekdays": [1, 3], "from": "2027-03-29", "to": "2027-03-31"}
            ],
        },
    )
    line = (
        LINE
        | cadence
        | {
            "period_from": "2027-03-01",
            "period_until": "2027-03-31",
            "delivery_plan": {"weekdays": [1, 3]},
        }
    )
    agreement = await effective(around, lines=[line], value_vnd=None)

    assert need["lines"][0]["weekly_kg"] == "2000"
    standing = (await around.buyer.get(f"/agreements/{agreement['id']}/deliveries")).json()["standings"][0]
    assert standing["committed"] == "10000"
    assert agreement["value_vnd"] == 10000 * 28000
