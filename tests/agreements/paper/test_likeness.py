"""A paper that was logged already is asked about, however it is spelled, and counts once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.agreements.stories import Table, logged, signed, table
from tests.database import CountQueries
from tests.people import Client


def numbered(around: Table, **changes: Any) -> dict[str, Any]:
    return around.paper(paper_number="01/HĐ-2026", another=False, **changes)


async def test_the_same_paper_is_refused_with_the_number_of_the_other(client: Client) -> None:
    around = await table(client)
    first = await signed(around.organizer, numbered(around))

    again = await around.officer.post("/agreements", numbered(around))
    insisting = await around.officer.post("/agreements", numbered(around) | {"another": True})

    assert (again.status_code, again.json()["code"]) == (409, "probable-duplicate")
    told = again.json()["duplicate"]
    assert (told["id"], told["name"]) == (first["id"], first["number"])
    assert {"paper_number", "event", "parties", "signed_on"} <= set(told["same"])
    assert first["number"] in again.json()["detail"]
    assert insisting.status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"paper_number": " 1/hd  2026 "},
        {"title": "Tên khác", "signed_on": None},
        {"paper_number": None},
        {"event": None},
    ],
)
async def test_other_spellings_are_the_same_paper_and_other_events_are_not(
    client: Client, changes: dict[str, Any]
) -> None:
    around = await table(client)
    await logged(around.organizer, numbered(around))

    answer = await around.officer.post("/agreements", numbered(around) | changes)

    assert answer.status_code == (201 if changes == {"event": None} else 409), answer.text


async def test_a_party_spelled_by_name_is_the_party_that_is_known_here(client: Client) -> None:
    around = await table(client)
    await logged(around.organizer, numbered(around))
    parties = [{"role": "seller", "name": "htx  BAN THU"}, {"role": "buyer", "name": "Siêu Thị Mua-Thử"}]

    answer = await around.officer.post("/agreements", numbered(around) | {"parties": parties})
    others = await around.officer.post(
        "/agreements", numbered(around) | {"parties": [parties[0], {"role": "buyer", "name": "Chợ khác"}]}
    )

    assert (answer.status_code, others.status_code) == (409, 201)


async def test_other_numbers_and_other_days_are_other_papers(client: Client) -> None:
    around = await table(client)
    await logged(around.organizer, numbered(around))

    answers = [
        await around.officer.post("/agreements", numbered(around) | changes)
        for changes in ({"paper_number": "02/HĐ-2026"}, {"signed_on": "2026-11-19"})
    ]
    draft = answers[0].json()
    renamed = await around.officer.patch(
        f"/agreements/{draft['id']}", {"paper_number": "1/HĐ 2026"}, headers={"If-Match": "*"}
    )

    assert [answer.status_code for answer in answers] == [201, 201]
    assert (renamed.status_code, renamed.json()["code"]) == (409, "probable-duplicate")


async def test_a_draft_that_one_may_not_see_is_named_to_nobody(client: Client) -> None:
    around = await table(client)
    names = [{"role": "seller", "name": "Bên Bán"}, {"role": "buyer", "name": "Bên Mua"}]
    await logged(around.organizer, numbered(around, parties=names))
    other = await client.register("organizer")

    answer = await other.post("/agreements", numbered(around, parties=names))

    assert answer.status_code == 201


async def test_two_desks_at_once_log_one_paper(own_client: Client) -> None:
    around = await table(own_client)

    answers = await asyncio.gather(*(who.post("/agreements", numbered(around)) for who in [around.officer] * 8))

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]


async def test_looking_for_the_same_paper_is_one_statement(client: Client, count_queries: CountQueries) -> None:
    around = await table(client)
    costs = []
    for number in range(12):
        body = numbered(around) | {"paper_number": f"{number}"}
        with count_queries() as counted:
            await around.officer.post("/agreements", body)
        costs.append(len(counted))

    assert costs[1] == costs[11]
