from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.events.states import REGISTRATION_TRANSITIONS
from tests.events.stories import organizer_with_event
from tests.people import Client

DELEGATES = [{"name": "Người Được Cử", "title": "Giám đốc", "phone": "0912345678"}]
REGISTRATION = {"delegates": DELEGATES, "delegates_count": 3, "booths": 2, "booth_wish": "Gần cửa"}


async def registered(who: Client, event: dict[str, Any], body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = await who.post(f"/events/{event['id']}/registrations", body or REGISTRATION)
    assert answer.status_code == 201, answer.text
    registration: dict[str, Any] = answer.json()
    return registration


async def listed(who: Client, event: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await who.get(f"/events/{event['id']}/registrations")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_an_organization_registers_itself_and_the_organizer_accepts(
    client: Client, session: AsyncSession
) -> None:
    organizer, event = await organizer_with_event(client)
    cooperative = await client.register("producer")

    registration = await registered(cooperative, event)
    path = f"/events/{event['id']}/registrations/{registration['id']}/accept"
    accepted = await organizer.post(path, {"note": "Gian hàng A1 và A2"})

    assert registration["status"] == "requested"
    assert registration["delegates"][0]["phone"] == "+84912345678"
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    changes = (await session.scalars(select(Change).where(Change.entity == "event_registration"))).all()
    assert [change.verb for change in changes] == ["create", "accept"]
    assert "Người Được Cử" not in str([change.diff for change in changes])


async def test_delegates_are_seen_by_the_organizer_officers_and_their_own_organization_only(client: Client) -> None:
    organizer, event = await organizer_with_event(client)
    one, other = await client.register("producer"), await client.register("buyer")
    officer = await client.officer()
    await registered(one, event)
    await registered(other, event, {"delegates_count": 2})

    assert len(await listed(organizer, event)) == 2
    assert len(await listed(officer, event)) == 2
    assert [item["organization"]["id"] for item in await listed(one, event)] == [one.organization["id"]]
    assert await listed(await client.register("producer"), event) == []
    assert (await client.get(f"/events/{event['id']}/registrations")).status_code == 401
    public = await client.get(f"/events/{event['id']}")
    assert (public.json()["organizations_count"], public.json()["delegates_count"]) == (2, 5)
    assert "Người Được Cử" not in public.text


async def test_those_who_declined_or_withdrew_are_not_counted(client: Client) -> None:
    organizer, event = await organizer_with_event(client)
    one, other = await client.register("producer"), await client.register("buyer")
    first, second = await registered(one, event), await registered(other, event)

    await one.post(f"/events/{event['id']}/registrations/{first['id']}/withdraw")
    await organizer.post(f"/events/{event['id']}/registrations/{second['id']}/decline")

    seen = (await client.get("/events")).json()["items"][0]
    assert (seen["organizations_count"], seen["delegates_count"]) == (0, 0)


async def test_an_officer_registers_an_organization_on_its_behalf_and_the_log_says_so(
    client: Client, session: AsyncSession
) -> None:
    _, event = await organizer_with_event(client)
    cooperative, officer = await client.register("producer"), await client.officer()
    organization_id = cooperative.organization["id"]

    silent = await officer.post(f"/events/{event['id']}/registrations", {"organization": organization_id})
    said = {"organization": organization_id, "consent": "Chị Hai đồng ý qua điện thoại ngày 1/12"}
    registration = await registered(officer, event, said)

    assert (silent.status_code, silent.json()["errors"][0]["code"]) == (400, "consent-missing")
    assert registration["consent"] == said["consent"]
    change = await session.scalar(select(Change).where(Change.entity == "event_registration"))
    assert change is not None
    assert str(change.on_behalf_of) == organization_id
    assert str(change.user_id) == officer.user["id"]
    assert len(await listed(cooperative, event)) == 1


async def test_nobody_else_registers_or_withdraws_an_organization(client: Client) -> None:
    organizer, event = await organizer_with_event(client)
    cooperative, stranger = await client.register("producer"), await client.register("producer")
    registration = await registered(cooperative, event)
    path = f"/events/{event['id']}/registrations"

    other = await stranger.post(path, {"organization": cooperative.organization["id"]})
    own_accept = await cooperative.post(f"{path}/{registration['id']}/accept")
    others_withdraw = await organizer.post(f"{path}/{registration['id']}/withdraw")
    hidden = await stranger.post(f"{path}/{registration['id']}/withdraw")
    unknown = await (await client.officer()).post(path, {"organization": event["id"]})

    assert other.status_code == 403
    assert own_accept.status_code == 403
    assert others_withdraw.status_code == 403
    assert hidden.status_code == 404
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (400, "/organization")


async def test_an_organization_registers_once_but_may_return_after_it_withdrew(client: Client) -> None:
    _, event = await organizer_with_event(client)
    cooperative = await client.register("producer")
    first = await registered(cooperative, event)

    twice = await cooperative.post(f"/events/{event['id']}/registrations", {"delegates_count": 1})
    await cooperative.post(f"/events/{event['id']}/registrations/{first['id']}/withdraw")
    again = await registered(cooperative, event, {"delegates_count": 9})

    assert (twice.status_code, twice.json()["code"]) == (409, "already-registered")
    assert (again["id"], again["status"], again["delegates_count"]) == (first["id"], "requested", 9)


async def test_only_a_published_event_takes_registrations(client: Client) -> None:
    organizer, event = await organizer_with_event(client)
    cooperative = await client.register("producer")
    await organizer.post(f"/events/{event['id']}/close")

    answer = await cooperative.post(f"/events/{event['id']}/registrations", {"delegates_count": 1})

    assert (answer.status_code, answer.json()["state"]) == (409, "closed")


async def test_fewer_delegates_than_names_are_refused(client: Client) -> None:
    _, event = await organizer_with_event(client)
    cooperative = await client.register("producer")
    body = {"delegates_count": 1, "delegates": [*DELEGATES, {"name": "Người Thứ Hai"}]}

    answer = await cooperative.post(f"/events/{event['id']}/registrations", body)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "more-names-than-delegates")


PATHS = {"requested": (), "accepted": ("accept",), "declined": ("decline",), "withdrawn": ("withdraw",)}
ILLEGAL = [
    (state, verb)
    for state in PATHS
    for verb in ("accept", "decline", "withdraw")
    if state not in REGISTRATION_TRANSITIONS[verb].sources
]


@pytest.mark.parametrize(("state", "verb"), ILLEGAL)
async def test_an_illegal_step_of_a_registration_names_the_legal_ones(client: Client, state: str, verb: str) -> None:
    _, event = await organizer_with_event(client)
    officer, cooperative = await client.officer(), await client.register("producer")
    registration = await registered(cooperative, event)
    path = f"/events/{event['id']}/registrations/{registration['id']}"
    for step in PATHS[state]:
        assert (await officer.post(f"{path}/{step}")).status_code == 200

    answer = await officer.post(f"{path}/{verb}")

    assert answer.status_code == 409
    assert answer.json()["allowed"] == [
        name for name, step in REGISTRATION_TRANSITIONS.items() if state in step.sources
    ]
