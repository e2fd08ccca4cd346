import itertools

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.events.states import EVENT_TRANSITIONS
from tests.events.stories import EVENT, organizer_with_event
from tests.people import Client


async def verbs_of(session: AsyncSession, entity_id: str) -> list[str]:
    return list(await session.scalars(select(Change.verb).where(Change.entity_id == entity_id).order_by(Change.id)))


async def test_an_organizer_creates_a_draft_that_only_its_people_and_officers_see(client: Client) -> None:
    organizer, event = await organizer_with_event(client, publish=False)
    stranger, officer = await client.register("producer"), await client.officer()
    path = f"/events/{event['id']}"

    seen = [(await who.get(path)).status_code for who in (organizer, officer, stranger, client)]

    assert event["status"] == "draft"
    assert event["organizer"] == {"id": organizer.organization["id"], "name": organizer.organization["name"]}
    assert seen == [200, 200, 404, 404]
    assert (await stranger.get("/events")).json()["items"] == []
    assert [item["id"] for item in (await organizer.get("/events")).json()["items"]] == [event["id"]]


async def test_a_published_event_is_public_with_the_province_as_it_was_and_is(client: Client) -> None:
    _, event = await organizer_with_event(client, province={"code": "58", "version": "2008"})

    seen = (await client.get(f"/events/{event['id']}")).json()

    assert seen["status"] == "published"
    assert (seen["province"]["name"], seen["province"]["today"]["name"]) == ("Ninh Thuận", "Khánh Hòa")


async def test_producers_and_the_unknown_create_no_events(client: Client) -> None:
    producer = await client.register("producer")

    assert (await producer.post("/events", EVENT)).status_code == 403
    assert (await client.post("/events", EVENT)).status_code == 401


async def test_an_organizer_creates_no_event_in_the_name_of_another(client: Client) -> None:
    organizer, other = await client.register("organizer"), await client.register("authority")

    answer = await organizer.post("/events", EVENT | {"organizer": other.organization["id"]})

    assert answer.status_code == 403


async def test_an_officer_names_an_organizer_or_organizes_for_the_programme(client: Client) -> None:
    officer = await client.officer()
    department, producer = await client.register("authority"), await client.register("producer")

    named = await officer.post("/events", EVENT | {"organizer": department.organization["id"], "programme": "HCM-DHTB"})
    own = await officer.post("/events", EVENT)
    wrong = await officer.post("/events", EVENT | {"organizer": producer.organization["id"]})

    assert named.json()["organizer"]["id"] == department.organization["id"]
    assert named.json()["programme"] == "HCM-DHTB"
    assert own.json()["organizer"] is None
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/organizer")


async def test_a_code_is_unique_and_made_up_when_left_out(client: Client) -> None:
    organizer, first = await organizer_with_event(client, code="NT01")

    taken = await organizer.post("/events", EVENT | {"code": "NT01"})

    assert first["code"] == "NT01"
    assert (taken.status_code, taken.json()["code"]) == (409, "event-code-taken")


async def test_events_without_a_code_get_different_ones(client: Client) -> None:
    _, first = await organizer_with_event(client)
    _, second = await organizer_with_event(client)

    assert first["code"].startswith("SK")
    assert first["code"] != second["code"]


async def test_every_error_of_an_event_is_named_at_once(client: Client) -> None:
    organizer = await client.register("organizer")
    wrong = {
        "name": "",
        "kind": "party",
        "starts_on": "1990-01-01",
        "ends_on": "x",
        "colour": 1,
        "province": {"code": "00"},
    }

    answer = await organizer.post("/events", wrong)

    assert answer.status_code == 400
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers >= {"/name", "/kind", "/starts_on", "/ends_on", "/colour"}
    assert any(pointer.startswith("/province") for pointer in pointers)


async def test_what_does_not_hold_together_is_named_at_once_and_nothing_is_written(client: Client) -> None:
    organizer, event = await organizer_with_event(client)
    meetings = {
        "name": "Gặp A",
        "kind": "meetings",
        "on": "2026-12-04",
        "starts": "08:00",
        "ends": "10:00",
        "hall": "A",
    }
    wrong = {
        "programme": "HCM-NOWHERE",
        "follows": organizer.organization["id"],
        "halls": [{"name": "A", "tables": 2}, {"name": "B", "tables": 2}],
        "booths": [{"number": "A1"}, {"number": "A1"}],
        "sessions": [
            meetings,
            meetings | {"name": "Gặp B", "hall": "B", "starts": "08:10", "ends": "10:10"},
            meetings | {"name": "Sau", "on": "2026-12-20"},
        ],
    }

    made = await organizer.post("/events", EVENT | wrong)
    edited = await organizer.patch(f"/events/{event['id']}", wrong)

    for answer in (made, edited):
        errors = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
        assert errors == [
            ("/programme", "unknown-programme"),
            ("/follows", "unknown-event"),
            ("/booths", "named-twice"),
            ("/sessions/1", "session-overlaps"),
            ("/sessions/2/on", "session-outside"),
        ]
        assert "cùng giờ ở hai hội trường" in answer.json()["errors"][3]["message"]
    assert (await organizer.get(f"/events/{event['id']}")).json()["version"] == event["version"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"ends_on": "2026-12-03"}, ""),
        ({"programme": "HCM-NOWHERE"}, "/programme"),
        ({"tables": 0}, "/tables"),
        ({"code": "SK0001"}, ""),
    ],
)
async def test_an_event_that_cannot_be_is_refused(client: Client, changes: dict[str, object], pointer: str) -> None:
    organizer = await client.register("organizer")

    answer = await organizer.post("/events", EVENT | changes)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_the_organizer_edits_and_a_stale_version_is_refused(client: Client, session: AsyncSession) -> None:
    organizer, event = await organizer_with_event(client)
    path = f"/events/{event['id']}"
    tag = (await organizer.get(path)).headers["etag"]

    edited = await organizer.patch(path, {"place": "Cam Ranh"}, headers={"If-Match": tag})
    stale = await organizer.patch(path, {"place": "Nha Trang"}, headers={"If-Match": tag})
    reversed_period = await organizer.patch(path, {"ends_on": "2026-12-01"})

    assert (edited.status_code, edited.json()["place"]) == (200, "Cam Ranh")
    assert stale.status_code == 412
    assert (reversed_period.status_code, reversed_period.json()["errors"][0]["pointer"]) == (400, "/ends_on")
    assert await verbs_of(session, event["id"]) == ["create", "publish", "edit"]


async def test_strangers_change_no_event(client: Client) -> None:
    _, event = await organizer_with_event(client)
    stranger = await client.register("organizer")

    answers = [
        await stranger.patch(f"/events/{event['id']}", {"place": "Huế"}),
        await stranger.post(f"/events/{event['id']}/close"),
        await stranger.post(f"/events/{event['id']}/cancel"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


STATES = {"draft": (), "published": ("publish",), "closed": ("publish", "close"), "cancelled": ("cancel",)}
ILLEGAL = [
    (state, verb)
    for state, verb in itertools.product(STATES, ("publish", "close", "cancel"))
    if state not in EVENT_TRANSITIONS[verb].sources
]


@pytest.mark.parametrize(("state", "verb"), ILLEGAL)
async def test_an_illegal_step_of_an_event_names_the_legal_ones(client: Client, state: str, verb: str) -> None:
    organizer, event = await organizer_with_event(client, publish=False)
    for step in STATES[state]:
        assert (await organizer.post(f"/events/{event['id']}/{step}")).status_code == 200

    answer = await organizer.post(f"/events/{event['id']}/{verb}")

    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["state"]) == ("illegal-transition", state)
    assert problem["allowed"] == [name for name, step in EVENT_TRANSITIONS.items() if state in step.sources]


async def test_events_are_found_by_kind_programme_day_and_place_on_either_map(client: Client) -> None:
    officer = await client.officer()
    _, recent = await organizer_with_event(client, kind="fair")
    await officer.patch(f"/events/{recent['id']}", {"programme": "HCM-DHTB"}, headers={"If-Match": "*"})
    _, old = await organizer_with_event(
        client, province={"code": "58", "version": "2008"}, starts_on="2023-04-07", ends_on="2023-04-08"
    )

    async def found(query: str) -> set[str]:
        answer = await officer.get(f"/events?{query}")
        assert answer.status_code == 200, answer.text
        return {item["id"] for item in answer.json()["items"]}

    assert await found("kind=fair") == {recent["id"]}
    assert await found("programme=HCM-DHTB") == {recent["id"]}
    assert await found("starts_until=2023-12-31") == {old["id"]}
    assert await found("starts_from=2024-01-01") == {recent["id"]}
    assert await found("province=56") == {recent["id"], old["id"]}
    assert await found("province=58&map=63") == {old["id"]}
    assert (await officer.get("/events?province=58")).json()["errors"][0]["pointer"] == "/province"
