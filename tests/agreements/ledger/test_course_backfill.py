"""The migration that made `agreement_course` reads out of older history what the verbs would have written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Litestar
from sqlalchemy import text

from market.config import Settings
from market.core import clock
from market.migrate import downgrade_database, upgrade_database
from tests.agreements.stories import LINE, Table, done, logged, signed, table
from tests.people import Client

BEFORE = "0040"
BEGAN = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
STEP = timedelta(seconds=5)
LINES = [LINE | {"quantity": "2000", "price_vnd": 30000, "tolerance_pct": 0}]
REPORTS = ("conversion?by=event", "lapses", "values")
COUNTED = """
SELECT agreement_id, first_id, amends_id, converted_first_id, instrument, domain, status, was_effective, cause,
    event_id, province_code, province_version, value_vnd, signed_on, effective_on, ended_on
FROM agreement_course WHERE since_at <= :at AND (until_at > :at OR until_at IS NULL) ORDER BY agreement_id
"""


class Steps:
    """A clock that stands still within a step, so that what a step writes has one instant."""

    def __init__(self) -> None:
        self.instants = [BEGAN]

    @contextmanager
    def next(self) -> Iterator[None]:
        self.instants.append(self.instants[-1] + STEP)
        with clock.at(self.instants[-1]):
            yield


async def arrives(around: Table, agreement: dict[str, Any], **entry: Any) -> dict[str, Any]:
    if "reverses" not in entry:
        entry = {"line": agreement["lines"][0]["id"], "delivered_on": "2026-11-30", **entry}
    answer = await around.buyer.post(f"/agreements/{agreement['id']}/deliveries", entry)
    assert answer.status_code == 201, answer.text
    delivery: dict[str, Any] = answer.json()["delivery"]
    return delivery


async def confirmed_by_all(around: Table, agreement: dict[str, Any]) -> None:
    for side in (around.seller, around.buyer):
        await done(side, agreement, "confirm")
    await done(around.organizer, agreement, "make-effective")


async def told(client: Client, steps: Steps) -> Table:
    """An MOU and its contract, deliveries, an amendment, endings, and a draft: each in a step of its own."""
    with steps.next():
        around = await table(client)
        await logged(around.organizer, around.paper())
        mou = await signed(around.organizer, around.paper(instrument="mou", lines=LINES, value_vnd=None))
    with steps.next():
        lost = await signed(around.organizer, around.paper(instrument="mou", province=None))
        in_hall = {"instrument": "sale", "changes": {"event": around.event["id"]}}
        contract = await done(around.organizer, mou, "convert", in_hall)
    with steps.next():
        await done(around.organizer, contract, "sign")
    with steps.next():
        await confirmed_by_all(around, contract)
    with steps.next():
        first = await arrives(around, contract, quantity="400", rejected="100", rejection_cause="quality")
    with steps.next():
        await arrives(around, contract, quantity="250.5")
    with steps.next():
        await arrives(around, contract, reverses=first["id"])
        await done(around.officer, lost, "terminate", {"cause": "price"})
    with steps.next():
        newer = await done(around.organizer, contract, "amend", {"cause": "volume", "changes": {"value_vnd": 70000000}})
    with steps.next():
        await done(around.organizer, newer, "sign")
    with steps.next():
        await confirmed_by_all(around, newer)
    with steps.next():
        await arrives(around, newer, quantity="100")
    with steps.next():
        await done(around.officer, newer, "close", {"cause": "logistics"})
    return around


async def course(client: Client, instant: datetime) -> list[tuple[Any, ...]]:
    async with client.app.state.sessions() as session:
        return [tuple(row) for row in await session.execute(text(COUNTED), {"at": instant})]


async def reports(around: Table, instant: datetime) -> list[Any]:
    with clock.at(instant):
        answers = [await around.officer.get(f"/reports/{name}") for name in REPORTS]
    assert [answer.status_code for answer in answers] == [200] * len(REPORTS), [answer.text for answer in answers]
    return [answer.json() for answer in answers]


def over_the_migration(settings: Settings) -> None:
    downgrade_database(settings, BEFORE)
    upgrade_database(settings)


async def test_older_history_gives_the_same_course_at_every_instant(
    own_client: Client, own_app: Litestar, own_settings: Settings
) -> None:
    steps = Steps()
    around = await told(own_client, steps)
    instants = [instant + offset for instant in steps.instants for offset in (timedelta(), STEP / 2)]
    written = [await course(own_client, instant) for instant in instants]
    reported = await reports(around, instants[-1])
    await own_app.state.engine.dispose()

    await asyncio.to_thread(over_the_migration, own_settings)

    assert [await course(own_client, instant) for instant in instants] == written
    assert [len(rows) for rows in written[::2]] == [0, 1, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4]
    assert {row[6] for row in written[-1]} == {"signed", "superseded", "terminated", "partly_fulfilled"}
    assert await reports(around, instants[-1]) == reported
    async with own_client.app.state.sessions() as session:
        rows = "SELECT count(*) FROM agreement_course WHERE until_at IS NULL GROUP BY agreement_id"
        assert set(await session.scalars(text(rows))) == {1}
