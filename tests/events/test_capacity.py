"""Capacity, deadlines, booths and waiting: what an event says binds at every step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.changes import Change
from tests.events.stories import EVENT, organizer_with_event
from tests.people import Client


async def asked(who: Client, event: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await who.post(f"/events/{event['id']}/registrations", {"delegates_count": 1} | body)
    assert answer.status_code == 201, answer.text
    registration: dict[str, Any] = answer.json()
    return registration


def code_of(answer: Any) -> tuple[int, str]:
    problem = answer.json()
    return answer.status_code, problem["errors"][0]["code"] if problem.get("errors") else problem["code"]


async def test_whoever_registers_beyond_the_capacity_waits_and_goes_in_when_somebody_leaves(
    client: Client, session: AsyncSession
) -> None:
    organizer, event = await organizer_with_event(client, capacity_organizations=1)
    one, two, three = [await client.register("producer") for _ in range(3)]
    first, second, third = [await asked(who, event) for who in (one, two, three)]
    path = f"/events/{event['id']}/registrations"

    full = await organizer.post(f"{path}/{second['id']}/accept")
    await one.post(f"{path}/{first['id']}/withdraw")

    assert [row["status"] for row in (first, second, third)] == ["requested", "waiting", "waiting"]
    assert code_of(full) == (409, "event-full")
    seen = {row["id"]: row["status"] for row in (await organizer.get(path)).json()["items"]}
    assert (seen[second["id"]], seen[third["id"]]) == ("requested", "waiting")
    assert (await organizer.post(f"{path}/{second['id']}/accept")).status_code == 200
    let_in = await session.scalar(select(Change).where(Change.verb == "request"))
    assert let_in is not None
    assert let_in.actor_kind == "system"


async def test_a_raised_capacity_lets_those_who_wait_in(client: Client) -> None:
    organizer, event = await organizer_with_event(client, capacity_delegates=3)
    one, two = await client.register("producer"), await client.register("producer")
    await asked(one, event, delegates_count=2)
    waiting = await asked(two, event, delegates_count=2)

    await organizer.patch(f"/events/{event['id']}", {"capacity_delegates": 4})

    seen = (await two.get(f"/events/{event['id']}/registrations/{waiting['id']}")).json()
    assert (waiting["status"], seen["status"]) == ("waiting", "requested")


async def test_more_delegates_than_there_is_room_for_are_not_named_afterwards(client: Client) -> None:
    _, event = await organizer_with_event(client, capacity_delegates=3)
    one = await client.register("producer")
    registration = await asked(one, event)
    names = [{"name": f"Người {number}"} for number in range(4)]

    path = f"/events/{event['id']}/registrations/{registration['id']}"
    assert code_of(await one.patch(path, {"delegates": names})) == (409, "event-full")
    assert (await one.patch(path, {"delegates": names[:3]})).json()["delegates_count"] == 3


async def test_registration_closes_after_its_last_day(client: Client) -> None:
    _, event = await organizer_with_event(client, registration_closes_on="2026-12-01")
    one, two = await client.register("producer"), await client.register("producer")

    with clock.at(datetime(2026, 12, 1, 16, 59, tzinfo=UTC)):
        await asked(await one.now(), event)
    with clock.at(datetime(2026, 12, 1, 17, 1, tzinfo=UTC)):
        late = await (await two.now()).post(f"/events/{event['id']}/registrations", {"delegates_count": 1})

    assert code_of(late) == (409, "registration-closed")
    assert "01/12/2026" in late.json()["detail"]


async def test_wishes_close_after_their_last_day(client: Client) -> None:
    _, event = await organizer_with_event(client, wishes_close_on="2026-12-01")
    seller, buyer = await client.register("producer"), await client.register("buyer")
    await asked(seller, event)
    await asked(buyer, event)

    with clock.at(datetime(2026, 12, 2, tzinfo=UTC)):
        late = await (await seller.now()).post(f"/events/{event['id']}/wishes", {"partner": buyer.organization["id"]})

    assert code_of(late) == (409, "wishes-closed")


async def test_150_booths_are_not_had_at_an_event_of_two(client: Client) -> None:
    organizer, event = await organizer_with_event(client, booths=[{"number": "A1"}, {"number": "A2"}])
    one, two = await client.register("producer"), await client.register("producer")
    too_many = await one.post(f"/events/{event['id']}/registrations", {"booths": 3})
    first, second = await asked(one, event, booths=1), await asked(two, event, booths=1)
    path = f"/events/{event['id']}/registrations"
    for row in (first, second):
        await organizer.post(f"{path}/{row['id']}/accept")

    own = await one.patch(f"{path}/{first['id']}", {"booth_numbers": ["A1"]})
    given = await organizer.patch(f"{path}/{first['id']}", {"booth_numbers": ["A1"]})
    wrong = await organizer.patch(f"{path}/{second['id']}", {"booth_numbers": ["A1", "A2", "A2", "Z9"]})
    shorter = await organizer.patch(f"/events/{event['id']}", {"booths": [{"number": "A2"}]})

    assert code_of(too_many) == (400, "too-many-booths")
    assert (own.status_code, given.status_code) == (403, 200)
    errors = [(error["pointer"], error["code"]) for error in wrong.json()["errors"]]
    assert errors == [
        ("/booth_numbers/0", "booth-taken"),
        ("/booth_numbers/2", "booth-twice"),
        ("/booth_numbers/3", "unknown-booth"),
    ]
    assert code_of(shorter) == (400, "booth-given")
    floor = (await client.get(f"/events/{event['id']}/booths")).json()["items"]
    assert [(booth["number"], (booth["organization"] or {}).get("id")) for booth in floor] == [
        ("A1", one.organization["id"]),
        ("A2", None),
    ]


async def test_whoever_withdraws_leaves_the_booth_to_others(client: Client) -> None:
    organizer, event = await organizer_with_event(client, booths=[{"number": "A1"}])
    one, two = await client.register("producer"), await client.register("producer")
    path = f"/events/{event['id']}/registrations"
    first, second = await asked(one, event, booths=1), await asked(two, event, booths=1)
    await organizer.post(f"{path}/{first['id']}/accept")
    await organizer.patch(f"{path}/{first['id']}", {"booth_numbers": ["A1"]})
    gone = await one.post(f"{path}/{first['id']}/withdraw")
    await organizer.post(f"{path}/{second['id']}/accept")

    given = await organizer.patch(f"{path}/{second['id']}", {"booth_numbers": ["A1"]})

    assert (second["status"], gone.json()["booth_numbers"], given.status_code) == ("waiting", [], 200)


@pytest.mark.parametrize(
    "delegates",
    [
        [{"name": "Nguyễn Văn A", "phone": "0912345678"}, {"name": "Anh A", "phone": "+84 912 345 678"}],
        [{"name": "Nguyễn Văn A", "title": "Giám đốc"}, {"name": "nguyen  van a", "title": "GIÁM ĐỐC"}],
    ],
)
async def test_a_delegate_named_twice_is_refused(client: Client, delegates: list[dict[str, str]]) -> None:
    _, event = await organizer_with_event(client)
    one = await client.register("producer")

    refused = await one.post(f"/events/{event['id']}/registrations", {"delegates": delegates})

    error = refused.json()["errors"][0]
    assert (error["pointer"], error["code"]) == ("/delegates", "delegate-twice")
    assert "2" in error["message"]


async def test_namesakes_with_telephones_of_their_own_both_come(client: Client) -> None:
    _, event = await organizer_with_event(client)
    one = await client.register("producer")
    both = [{"name": "Nguyễn Văn A", "phone": "0912345678"}, {"name": "Nguyễn Văn A", "phone": "0912345679"}]

    assert (await asked(one, event, delegates=both, delegates_count=2))["delegates_count"] == 2


async def test_a_venue_that_does_not_hold_together_is_refused_with_everything_that_is_wrong(client: Client) -> None:
    organizer = await client.register("organizer")
    day = {"on": "2026-12-04", "hall": "A"}
    body = EVENT | {
        "halls": [{"name": "A", "tables": 2}, {"name": "A", "tables": 2}],
        "booths": [{"number": "1"}, {"number": "1"}],
        "sessions": [
            day | {"name": "Một", "kind": "meetings", "starts": "08:00", "ends": "10:00"},
            day | {"name": "Hai", "kind": "programme", "starts": "09:00", "ends": "11:00"},
            {"name": "Ba", "on": "2026-12-24", "starts": "09:00", "ends": "11:00", "hall": "Z"},
        ],
    }

    refused = await organizer.post("/events", body)

    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("/halls", "named-twice"),
        ("/booths", "named-twice"),
        ("/sessions/1", "session-overlaps"),
        ("/sessions/2/on", "session-outside"),
        ("/sessions/2/hall", "unknown-hall"),
    ]


async def test_who_reads_telephones_of_delegates_is_written_down_however_they_are_read(client: Client) -> None:
    organizer, event = await organizer_with_event(client)
    one, stranger = await client.register("producer"), await client.register("buyer")
    delegates = [{"name": "Người Được Cử", "phone": "0912345678"}]
    registration = await asked(one, event, delegates=delegates)
    path = f"/events/{event['id']}/registrations"

    await one.get(path)
    for answer in (
        await organizer.get(path),
        await organizer.get(f"{path}/{registration['id']}"),
        await organizer.patch(f"{path}/{registration['id']}", {"away": []}),
        await organizer.post(f"{path}/{registration['id']}/accept"),
        await organizer.get(f"{path}?format=csv"),
    ):
        assert "912345678" in answer.text

    own = (await one.get(f"/events/{event['id']}/contact-reads")).json()["items"]
    mine = (await one.get("/me/contact-readings")).json()["items"]
    assert len(own) == len(mine) == 5
    assert {read["reader_organization_id"] for read in own} == {organizer.organization["id"]}
    assert {(read["what"], read["about_id"]) for read in mine} == {("delegates", event["id"])}
    assert (await stranger.get(f"/events/{event['id']}/contact-reads")).json()["items"] == []
    assert len((await organizer.get(f"/events/{event['id']}/contact-reads")).json()["items"]) == 5


async def test_a_full_event_says_what_ran_out_and_takes_people_without_a_booth(client: Client) -> None:
    booths = [{"number": "A1"}]
    organizer, event = await organizer_with_event(client, booths=booths)
    one, two = await client.register("producer"), await client.register("producer")
    await asked(one, event, booths=1)
    waiting = await asked(two, event, booths=1)
    path = f"/events/{event['id']}/registrations/{waiting['id']}/accept"

    full = await organizer.post(path)
    summary = (await organizer.get(f"/events/{event['id']}/summary")).json()["came"]
    accepted = await organizer.post(path, {"without_booths": True})

    assert code_of(full) == (409, "event-full")
    assert "gian hàng: cần 1, đã có 1/1" in full.json()["detail"]
    assert "đại biểu" not in full.json()["detail"]
    assert (summary["organizations_registered"], summary["organizations_waiting"]) == (2, 1)
    assert (accepted.status_code, accepted.json()["status"], accepted.json()["booths"]) == (200, "accepted", 0)


@pytest.mark.parametrize(
    "query",
    [
        "known_at=9999-12-31T23:59:59Z",
        "known_at=9999-12-31T23:59:59-14:00",
        "known_at=0001-01-01T00:00:00Z",
        "known_at=0001-01-01T00:00:00%2B14:00",
        "as_of=9999-12-31",
        "as_of=0001-01-01",
    ],
)
async def test_an_instant_too_far_for_a_summary_is_refused_as_such(client: Client, query: str) -> None:
    _, event = await organizer_with_event(client)

    answer = await client.get(f"/events/{event['id']}/summary?{query}")

    assert answer.status_code == 400, answer.text
    assert [error["code"] for error in answer.json()["errors"]] == ["date-out-of-range"]
