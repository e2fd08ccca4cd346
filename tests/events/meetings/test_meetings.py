from __future__ import annotations

from collections import Counter
from datetime import date

from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.notifications.models import Notification
from tests.events.meetings.stories import accepted, hall, meetings, scheduled, wished
from tests.events.stories import organizer_with_event
from tests.people import Client


async def test_wishes_go_in_both_directions_and_strangers_see_none(client: Client) -> None:
    there = await hall(client)
    seller, buyer = there.sellers[0], there.buyers[0]
    await wished(there, seller, buyer)
    back = await wished(there, buyer, seller)

    seen = (await seller.get(f"{there.path}/wishes")).json()["items"]
    others = (await there.sellers[1].get(f"{there.path}/wishes")).json()["items"]
    everything = (await there.organizer.get(f"{there.path}/wishes")).json()["items"]

    assert back["mutual"]
    assert [wish["direction"] for wish in seen] == ["ours", "theirs"]
    assert others == []
    assert len(everything) == 2


async def test_a_wish_that_cannot_be_is_refused_with_its_reason(client: Client) -> None:
    there = await hall(client, buyers=5)
    seller = there.sellers[0]
    for buyer in there.buyers[:4]:
        await wished(there, seller, buyer)

    async def refusal(who: Client, partner: Client) -> tuple[int, str]:
        answer = await who.post(f"{there.path}/wishes", {"partner": partner.organization["id"]})
        problem = answer.json()
        return answer.status_code, problem["errors"][0]["code"] if problem.get("errors") else problem["code"]

    assert await refusal(seller, there.buyers[4]) == (400, "more-wishes-than-slots")
    assert await refusal(seller, there.buyers[0]) == (409, "already-wished")
    assert await refusal(seller, there.sellers[1]) == (400, "same-side")
    assert await refusal(seller, await client.register("buyer")) == (400, "not-registered")
    assert await refusal(await client.register("buyer"), seller) == (404, "not-found")


async def test_a_wish_taken_back_may_be_made_again(client: Client) -> None:
    there = await hall(client)
    wish = await wished(there, there.sellers[0], there.buyers[0])

    stranger = await there.buyers[1].delete(f"{there.path}/wishes/{wish['id']}")
    gone = await there.sellers[0].delete(f"{there.path}/wishes/{wish['id']}")
    again = await wished(there, there.sellers[0], there.buyers[0])

    assert (stranger.status_code, gone.status_code, again["id"]) == (404, 204, wish["id"])


async def test_a_timetable_seats_nobody_twice_and_tells_everybody(client: Client, session: AsyncSession) -> None:
    there = await hall(client)
    for seller in there.sellers:
        for buyer in there.buyers:
            await wished(there, seller, buyer)

    timetable = await scheduled(there, session)
    found = await meetings(there)

    assert (timetable["meetings"], timetable["met"], timetable["weight"]) == (6, 5, timetable["bound"])
    assert timetable["unmet_wishes"] == []
    seats = Counter((meeting[side]["id"], meeting["starts_at"]) for meeting in found for side in ("seller", "buyer"))
    assert max(seats.values()) == 1
    assert max(Counter((meeting["table"], meeting["starts_at"]) for meeting in found).values()) == 1
    assert {meeting["starts_at"] for meeting in found} <= {
        f"2026-12-04T{at}Z" for at in ("01:00:00", "01:30:00", "02:00:00", "02:30:00")
    }
    told = (await session.scalars(select(Notification).where(Notification.kind == "timetable_set"))).all()
    assert len(told) == 5
    own = {
        f"{meeting['table']}" for meeting in found if meeting["seller"]["name"] == there.sellers[0].organization["name"]
    }
    text = next(news.text_vi for news in told if str(news.organization_id) == there.sellers[0].organization["id"])
    assert there.sellers[0].organization["name"] in text
    assert all(f"bàn {table} gặp" in text for table in own)
    assert all(buyer.organization["name"] in text for buyer in there.buyers)
    changes = (await session.scalars(select(Change.verb).where(Change.entity == "meeting"))).all()
    assert changes == ["create"] * 6


async def test_an_organization_sees_its_own_meetings_only(client: Client, session: AsyncSession) -> None:
    there = await hall(client)
    await wished(there, there.sellers[0], there.buyers[0])
    await scheduled(there, session)

    assert len(await meetings(there, there.sellers[0])) == 1
    assert await meetings(there, there.sellers[1]) == []
    meeting = (await meetings(there))[0]
    assert (await there.sellers[1].get(f"/meetings/{meeting['id']}")).status_code == 404


async def test_after_a_no_show_only_those_concerned_are_told(client: Client, session: AsyncSession) -> None:
    there = await hall(client)
    for seller in there.sellers:
        await wished(there, seller, there.buyers[0])
    await wished(there, there.sellers[0], there.buyers[1])
    await scheduled(there, session)
    before = {meeting["id"]: meeting for meeting in await meetings(there)}
    missing = there.sellers[2]
    registrations = (await missing.get(f"{there.path}/registrations")).json()["items"]
    await missing.post(f"{there.path}/registrations/{registrations[0]['id']}/withdraw")

    timetable = await scheduled(there, session)

    after = {meeting["id"]: meeting for meeting in await meetings(there)}
    changed = [id_ for id_ in before if before[id_]["version"] != after[id_]["version"]]
    assert (timetable["moved"], timetable["cancelled"]) == (0, 1)
    assert [after[id_]["status"] for id_ in changed] == ["cancelled"]
    told = Counter(await session.scalars(select(Notification.organization_id)))
    twice = {str(organization) for organization, times in told.items() if times == 2}
    assert twice == {missing.organization["id"], there.buyers[0].organization["id"]}
    changed_texts = select(Notification.text_vi).where(Notification.kind == "timetable_changed")
    for text in await session.scalars(changed_texts):
        assert text.count("gặp") == 2
        assert "hủy gặp" in text


async def test_who_comes_late_has_meetings_later(client: Client, session: AsyncSession) -> None:
    there = await hall(client, sellers=0, buyers=2)
    late = await client.register("producer")
    away = [{"starts_at": "2026-12-04T07:00:00+07:00", "ends_at": "2026-12-04T09:00:00+07:00"}]
    await accepted(there, late, away=away)
    for buyer in there.buyers:
        await wished(there, late, buyer)

    await scheduled(there, session)

    assert sorted(meeting["starts_at"] for meeting in await meetings(there)) == [
        "2026-12-04T02:00:00Z",
        "2026-12-04T02:30:00Z",
    ]


async def test_an_event_shortened_after_meetings_were_set_says_at_once_which_fall_out(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=2, buyers=2)
    for seller in there.sellers:
        await wished(there, seller, there.buyers[0])
    await wished(there, there.sellers[0], there.buyers[1])
    await scheduled(there, session)
    before = {meeting["id"]: meeting for meeting in await meetings(there)}
    early = [meeting for meeting in before.values() if meeting["starts_at"] == "2026-12-04T01:00:00Z"]

    edited = await there.organizer.patch(there.path, {"sessions": [MORNING_WITHOUT_THE_FIRST_SLOT]})

    after = {meeting["id"]: meeting for meeting in await meetings(there)}
    assert early
    assert edited.json()["meetings_cancelled"] == len(early)
    assert {id_ for id_ in after if after[id_]["status"] == "cancelled"} == {meeting["id"] for meeting in early}
    told = Counter(str(id_) for id_ in await session.scalars(select(Notification.organization_id)))
    concerned = {meeting[side]["id"] for meeting in early for side in ("seller", "buyer")}
    assert {id_ for id_, times in told.items() if times == 2} == concerned
    assert (await there.organizer.patch(there.path, {"description": "Sáng"})).json()["meetings_cancelled"] == 0

    timetable = await scheduled(there, session)

    starts = {meeting["starts_at"] for meeting in await meetings(there) if meeting["status"] == "planned"}
    assert (timetable["meetings"], timetable["cancelled"]) == (3, 0)
    assert min(starts) == "2026-12-04T01:30:00Z"


async def test_hours_are_not_changed_while_a_timetable_is_made_by_them(client: Client) -> None:
    there = await hall(client, sellers=1, buyers=1)
    assert (await there.organizer.post(f"{there.path}/schedule")).status_code == 202
    refused = await there.organizer.patch(there.path, {"sessions": [MORNING_WITHOUT_THE_FIRST_SLOT]})
    assert (refused.status_code, refused.json()["code"]) == (409, "timetable-under-way")
    assert (await there.organizer.patch(there.path, {"description": "Sáng"})).status_code == 200


async def test_meetings_at_a_table_that_is_gone_fall_out(client: Client, session: AsyncSession) -> None:
    halls = [{"name": "A", "tables": 1}, {"name": "B", "tables": 1}]
    there = await hall(client, sellers=2, buyers=2, halls=halls)
    for seller, buyer in zip(there.sellers, there.buyers, strict=True):
        await wished(there, seller, buyer)
    await scheduled(there, session)
    in_b = [meeting["id"] for meeting in await meetings(there) if meeting["hall"] == "B"]

    edited = await there.organizer.patch(there.path, {"halls": halls[:1]})

    assert in_b
    assert edited.json()["meetings_cancelled"] == len(in_b)
    gone = [meeting["id"] for meeting in await meetings(there) if meeting["status"] == "cancelled"]
    assert sorted(gone) == sorted(in_b)


async def test_what_was_noted_before_a_meeting_began_is_marked_and_its_time_stays_taken(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=1, buyers=2, tables=1)
    await wished(there, there.sellers[0], there.buyers[0])
    await scheduled(there, session)
    first = (await meetings(there))[0]
    noted = await there.organizer.post(f"/meetings/{first['id']}/outcome", {"outcome": "mou"})
    assert (noted.json()["status"], noted.json()["noted_early"]) == ("held", True)
    assert (await there.organizer.get(f"{there.path}/summary")).json()["met"]["noted_early"] == 1

    await wished(there, there.sellers[0], there.buyers[1])
    timetable = await scheduled(there, session)

    assert (timetable["status"], timetable["meetings"]) == ("done", 2)
    starts = [meeting["starts_at"] for meeting in await meetings(there) if meeting["status"] != "cancelled"]
    assert len(starts) == len(set(starts)) == 2


async def test_who_registers_after_the_timetable_was_made_has_meetings_and_moves_nobody(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=2, buyers=2)
    for seller in there.sellers:
        await wished(there, seller, there.buyers[0])
    await scheduled(there, session)
    before = {meeting["id"]: meeting["version"] for meeting in await meetings(there)}
    late = await client.register("producer")
    await accepted(there, late)
    await wished(there, late, there.buyers[1])
    told = Counter(await session.scalars(select(Notification.organization_id)))

    timetable = await scheduled(there, session)

    assert (timetable["moved"], timetable["cancelled"], timetable["meetings"]) == (0, 0, 3)
    after = {meeting["id"]: meeting["version"] for meeting in await meetings(there)}
    assert before.items() <= after.items()
    news = Counter(await session.scalars(select(Notification.organization_id))) - told
    assert {str(id_) for id_ in news} == {late.organization["id"], there.buyers[1].organization["id"]}


MORNING_WITHOUT_THE_FIRST_SLOT = {
    "name": "Gặp gỡ sáng",
    "kind": "meetings",
    "on": "2026-12-04",
    "starts": "08:30",
    "ends": "10:00",
}


async def test_an_impossible_wish_is_named_with_its_cause(client: Client, session: AsyncSession) -> None:
    there = await hall(client, sellers=0, buyers=1)
    never = await client.register("producer")
    away = [{"starts_at": "2026-12-04T00:00:00+07:00", "ends_at": "2026-12-06T00:00:00+07:00"}]
    await accepted(there, never, away=away)
    await wished(there, never, there.buyers[0])

    timetable = await scheduled(there, session)
    english = await never.get(f"{there.path}/schedule", headers={"Accept-Language": "en"})

    assert [wish["cause"] for wish in timetable["unmet_wishes"]] == ["no_common_time"]
    assert english.json()["unmet_wishes"][0]["message"] == "The two are never there together."
    assert (await there.buyers[0].get(f"{there.path}/schedule")).json()["unmet_wishes"] == []


async def test_an_event_without_slots_gets_no_timetable(client: Client) -> None:
    there = await hall(client, sellers=1, buyers=1, sessions=[])

    refused = await there.organizer.post(f"{there.path}/schedule")
    stranger = await there.sellers[0].post(f"{there.path}/schedule")

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "no-slots")
    assert stranger.status_code == 403


async def test_what_came_of_a_meeting_is_noted_by_its_sides_with_what_follows(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client)
    await wished(there, there.sellers[0], there.buyers[0])
    await scheduled(there, session)
    path = f"/meetings/{(await meetings(there))[0]['id']}/outcome"

    noted = await there.buyers[0].post(
        path, {"outcome": "sample", "follow_up_on": "2026-12-20", "follow_up_note": "Gửi mẫu 5 kg"}
    )
    no_reason = await there.buyers[0].post(path, {"outcome": "none"})
    stranger = await there.sellers[1].post(path, {"outcome": "visit"})

    assert (noted.status_code, noted.json()["status"], noted.json()["outcome"]) == (200, "held", "sample")
    assert noted.json()["follow_up_on"] == "2026-12-20"
    assert (no_reason.status_code, no_reason.json()["errors"][0]["code"]) == (400, "reason-missing")
    assert stranger.status_code == 404


async def test_the_calendar_of_an_event_is_read_back_with_its_sessions(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)

    first = Calendar.from_ical((await client.get(f"{there.path}/calendar")).content)
    await there.organizer.post(f"{there.path}/cancel")
    second = Calendar.from_ical((await client.get(f"{there.path}/calendar")).content)

    whole, session = first.events
    assert (whole.start, whole.end) == (date(2026, 12, 4), date(2026, 12, 6))
    assert session.start.isoformat() == "2026-12-04T08:00:00+07:00"
    assert [entry["UID"] for entry in first.events] == [entry["UID"] for entry in second.events]
    assert int(str(second.events[0]["SEQUENCE"])) > int(str(whole["SEQUENCE"]))
    assert {str(entry["STATUS"]) for entry in second.events} == {"CANCELLED"}
    assert str(second["METHOD"]) == "CANCEL"


async def test_a_session_keeps_its_place_in_calendars_when_others_are_dropped_moved_or_renamed(client: Client) -> None:
    def part(name: str, starts: str, ends: str) -> dict[str, str]:
        return {"name": name, "kind": "programme", "on": "2026-12-04", "starts": starts, "ends": ends}

    opening, talk = part("Khai mạc", "08:00", "09:00"), part("Tọa đàm", "09:00", "10:00")
    signing = part("Ký kết", "14:00", "15:00")
    there = await hall(client, sellers=0, buyers=0, sessions=[opening, talk, signing])

    async def calendar() -> dict[str, tuple[str, str, str]]:
        read = Calendar.from_ical((await client.get(f"{there.path}/calendar")).content)
        assert [str(zone["TZID"]) for zone in read.walk("VTIMEZONE")] == ["Asia/Ho_Chi_Minh"]
        return {
            str(entry["UID"]): (str(entry["SUMMARY"]), entry.start.strftime("%H:%M"), str(entry["STATUS"]))
            for entry in read.events[1:]
        }

    first = await calendar()
    renamed, moved = talk | {"name": "Hội thảo"}, signing | {"starts": "15:00", "ends": "16:00"}
    await there.organizer.patch(there.path, {"sessions": [renamed, moved]})
    second = await calendar()
    await there.organizer.patch(there.path, {"sessions": [opening, renamed, moved, part("Tiệc", "18:00", "20:00")]})
    third = await calendar()

    opening_id, talk_id, signing_id = first
    assert second == {
        opening_id: ("Khai mạc", "08:00", "CANCELLED"),
        talk_id: ("Hội thảo", "09:00", "CONFIRMED"),
        signing_id: ("Ký kết", "15:00", "CONFIRMED"),
    }
    assert third[opening_id] == ("Khai mạc", "08:00", "CONFIRMED")
    assert (len(third), third.keys() - first.keys() != set()) == (4, True)


async def test_what_was_dropped_before_an_event_was_public_is_in_no_calendar(client: Client) -> None:
    organizer, event = await organizer_with_event(client, publish=False, sessions=[MORNING_WITHOUT_THE_FIRST_SLOT])
    path = f"/events/{event['id']}"
    await organizer.patch(path, {"sessions": []})
    await organizer.post(f"{path}/publish")

    assert "Gặp gỡ sáng" not in (await client.get(f"{path}/calendar")).text
