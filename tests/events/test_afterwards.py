"""What comes of an event: follow-ups with reminders, visits with findings, feedback, and who is told of what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import Change, record_change
from market.core.sms import SendSms
from market.events.afterwards.reminding import remind_of_events, remind_of_follow_ups
from market.events.news import event_news, registration_news
from market.notifications.models import Notification
from market.notifications.notices import TEXT_JOB
from market.notifications.text_messages import text_message_job
from market.organizations.people import tell_organizations
from tests.events.meetings.stories import Hall, accepted, hall, meetings, scheduled, wished
from tests.events.stories import organizer_with_event
from tests.people import Client

MEETING_DAY = datetime(2026, 12, 4, 8, tzinfo=UTC)


async def told(session: AsyncSession, kind: str) -> list[tuple[str, str]]:
    rows = select(Notification).where(Notification.kind == kind).order_by(Notification.id)
    return [(str(row.organization_id), row.text_en) for row in await session.scalars(rows)]


async def followed(session: AsyncSession) -> None:
    """Do what the follower of the log would do with everything that is in it."""
    changes = (await session.scalars(select(Change).order_by(Change.id))).all()
    for news in (registration_news, event_news):
        await tell_organizations(session, await news(session, changes))


async def with_meeting(client: Client, session: AsyncSession) -> tuple[Hall, dict[str, Any]]:
    there = await hall(client, sellers=2, buyers=1)
    await wished(there, there.sellers[0], there.buyers[0])
    await scheduled(there, session)
    return there, (await meetings(there))[0]


async def test_what_was_agreed_comes_back_on_its_day_until_it_is_done(client: Client, session: AsyncSession) -> None:
    there, meeting = await with_meeting(client, session)
    seller, buyer = there.sellers[0], there.buyers[0]
    said = {"outcome": "sample", "follow_up_on": "2026-12-20", "follow_up_note": "Gửi mẫu 5 kg"}
    with clock.at(MEETING_DAY):
        await (await buyer.now()).post(f"/meetings/{meeting['id']}/outcome", said)
    open_before = (await seller.get("/follow-ups")).json()["items"]

    for day in (19, 20, 20, 21):
        with clock.at(datetime(2026, 12, day, 1, tzinfo=UTC)):
            await remind_of_follow_ups(session)
    reminded = await told(session, "follow_up_due")
    stranger = await there.sellers[1].post(f"/meetings/{meeting['id']}/follow-up/done")
    done = [await seller.post(f"/meetings/{meeting['id']}/follow-up/done") for _ in range(2)]

    assert [item["follow_up_note"] for item in open_before] == ["Gửi mẫu 5 kg"]
    assert {organization for organization, _ in reminded} == {seller.organization["id"], buyer.organization["id"]}
    assert len(reminded) == 2
    assert "Gửi mẫu" not in str(reminded)
    assert (stranger.status_code, [answer.status_code for answer in done]) == (404, [200, 200])
    assert done[0].json()["follow_up_done_at"] == done[1].json()["follow_up_done_at"]
    assert (await seller.get("/follow-ups")).json()["items"] == []
    verbs = (await session.scalars(select(Change.verb).where(Change.entity == "meeting"))).all()
    assert verbs == ["create", "outcome", "follow_up"]


async def test_a_day_set_anew_is_open_again(client: Client, session: AsyncSession) -> None:
    there, meeting = await with_meeting(client, session)
    path = f"/meetings/{meeting['id']}"
    nothing = await there.buyers[0].post(f"{path}/follow-up/done")
    for day in ("2026-12-20", "2027-01-20"):
        await there.buyers[0].post(f"{path}/outcome", {"outcome": "visit", "follow_up_on": day})
        if day == "2026-12-20":
            await there.buyers[0].post(f"{path}/follow-up/done")

    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-follows")
    assert (await there.buyers[0].get(path)).json()["follow_up_done_at"] is None


async def test_whoever_is_accepted_is_reminded_three_days_before_and_the_day_before(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=1, buyers=1)
    await (await client.register("producer")).post(f"{there.path}/registrations", {"delegates_count": 1})

    for day in (30, 1, 1, 2, 3, 3, 4):
        month = 11 if day == 30 else 12
        with clock.at(datetime(2026, month, day, 1, tzinfo=UTC)):
            await remind_of_events(session)

    reminded = await told(session, "event_soon")
    assert len(reminded) == 4
    assert {organization for organization, _ in reminded} == {
        who.organization["id"] for who in (*there.sellers, *there.buyers)
    }
    assert "04/12/2026 at Nha Trang" in reminded[0][1]


async def test_a_registration_is_confirmed_and_says_whether_one_waits_or_was_registered_by_others(
    client: Client, session: AsyncSession
) -> None:
    _, event = await organizer_with_event(client, capacity_organizations=2)
    one, two, three = [await client.register("producer") for _ in range(3)]
    path = f"/events/{event['id']}/registrations"
    await one.post(path, {"delegates_count": 1})
    consent = {"organization": two.organization["id"], "consent": "Qua điện thoại"}
    await (await client.officer()).post(path, consent)
    await three.post(path, {"delegates_count": 1})

    await followed(session)

    texts = dict(await told(session, "registration_received"))
    assert "was taken down" in texts[one.organization["id"]]
    assert "An officer registered" in texts[two.organization["id"]]
    assert "Qua điện thoại" in texts[two.organization["id"]]
    assert "waiting list" in texts[three.organization["id"]]


async def test_whoever_is_accepted_is_told_when_where_and_what_the_organizer_says(
    client: Client, session: AsyncSession
) -> None:
    organizer, event = await organizer_with_event(client)
    one, two = await client.register("producer"), await client.register("producer")
    path = f"/events/{event['id']}/registrations"
    for who, note in ((one, {"note": "Mời đến trước 7 giờ 15, cổng số 2"}), (two, None)):
        made = (await who.post(path, {"delegates_count": 1})).json()
        await organizer.post(f"{path}/{made['id']}/accept", note)

    await followed(session)

    texts = dict(await told(session, "registration_accepted"))
    assert "04/12/2026, at Nha Trang" in texts[two.organization["id"]]
    assert texts[one.organization["id"]].endswith("The organizers say: Mời đến trước 7 giờ 15, cổng số 2.")


async def test_everybody_who_registered_is_told_when_an_event_moves_or_is_cancelled(
    client: Client, session: AsyncSession
) -> None:
    organizer, event = await organizer_with_event(client)
    one = await client.register("producer")
    await one.post(f"/events/{event['id']}/registrations", {"delegates_count": 1})
    await organizer.patch(f"/events/{event['id']}", {"description": "Thêm lời"})
    await organizer.patch(f"/events/{event['id']}", {"place": "Cam Ranh"})
    await followed(session)
    await organizer.post(f"/events/{event['id']}/cancel")
    await followed(session)

    assert [text for _, text in await told(session, "event_changed")] == [
        "“Hội nghị kết nối cung cầu thử nghiệm” changed its days or place: it is now on 04/12/2026 at Cam Ranh."
    ]
    assert len(await told(session, "event_cancelled")) == 1


def outbox() -> tuple[SendSms, list[tuple[str, str]]]:
    sent: list[tuple[str, str]] = []

    async def send(phone: str, text: str) -> None:
        sent.append((phone, text))

    return send, sent


async def test_whom_no_mail_reaches_is_told_by_text_message_once(client: Client, session: AsyncSession) -> None:
    there = await hall(client, sellers=1, buyers=1)
    user = await session.get_one(User, there.sellers[0].user["id"])
    user.phone, user.phone_proved_at = "+84912345670", clock.now()
    await record_change(session, SYSTEM, user, verb="edit")
    with clock.at(datetime(2026, 12, 3, 1, tzinfo=UTC)):
        await remind_of_events(session)
    kept = await session.scalar(select(Notification).where(Notification.user_id == user.id))
    assert kept is not None
    send, sent = outbox()
    payload = {"user": there.sellers[0].user["id"], "notification": str(kept.id)}
    job = text_message_job(send, public_url="https://market.example/")

    for _ in range(2):
        await job.run(session, payload)
        session.expire_all()

    assert job.name == TEXT_JOB
    assert [phone for phone, _ in sent] == ["+84912345670"]
    assert sent[0][1].endswith(f"https://market.example/events/{there.event['id']}")


async def test_a_visit_that_came_of_an_event_has_findings_for_those_whose_areas_were_seen(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=0, buyers=0)
    asked = {
        "name": "Khảo sát vùng trồng", "kind": "survey", "starts_on": "2026-12-15", "ends_on": "2026-12-16",
        "province": {"code": "56", "version": "2025"}, "follows": there.event["id"],
    }  # fmt: skip
    visit = (await there.organizer.post("/events", asked)).json()
    await there.organizer.post(f"/events/{visit['id']}/publish")
    survey = Hall(visit, there.organizer, [], [])
    one, other = await client.register("producer"), await client.register("producer")
    for who in (one, other):
        await accepted(survey, who)
    finding = {
        "organization": one.organization["id"], "visited_on": "2026-12-15", "concept": "dragon-fruit-red",
        "area_ha": "12.5", "verdict": "with_conditions", "words": "Cần thêm kho lạnh.",
    }  # fmt: skip
    path = f"{survey.path}/findings"

    with clock.at(datetime(2026, 12, 16, 3, tzinfo=UTC)):
        organizer = await there.organizer.now()
        noted = await organizer.post(path, finding)
        later = await organizer.post(path, finding | {"visited_on": "2026-12-20"})
        elsewhere = await organizer.post(f"{there.path}/findings", finding)
        stranger = await (await other.now()).post(path, finding)
        summary = (await client.get(f"{there.path}/summary")).json()

    assert (noted.status_code, noted.json()["area_ha"]) == (201, "12.5")
    assert later.json()["errors"][0]["code"] == "visit-outside"
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "not-a-visit")
    assert stranger.status_code == 403
    assert len((await one.get(path)).json()["items"]) == 1
    assert (await other.get(path)).json()["items"] == []
    assert (summary["visits"], summary["findings"]) == (1, 1)
    assert [event["id"] for event in (await client.get(f"/events?follows={there.event['id']}")).json()["items"]] == [
        visit["id"]
    ]


async def test_both_sides_say_what_they_thought_and_only_the_organizer_reads_it_all(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=1, buyers=1)
    seller, buyer = there.sellers[0], there.buyers[0]
    path = f"{there.path}/feedback"

    async def said(who: Client, **body: Any) -> tuple[int, Any]:
        answer = await (await who.now()).post(path, body)
        return answer.status_code, answer.json()

    with clock.at(datetime(2026, 12, 1, tzinfo=UTC)):
        early = await said(seller, rating=5)
    with clock.at(MEETING_DAY):
        await said(seller, rating=2, words="Hơi ồn")
        again = await said(seller, rating=4, again=True)
        await said(buyer, rating=5)
        strange = await said(await client.register("buyer"), rating=1)
        wrong = await said(buyer, rating=6)
        summary = (await client.get(f"{there.path}/summary?as_of=2026-12-04")).json()

    assert (early[0], early[1]["code"], strange[0], wrong[0]) == (409, "event-not-begun", 409, 400)
    assert (again[1]["rating"], again[1]["words"]) == (4, None)
    assert len((await there.organizer.get(path)).json()["items"]) == 2
    assert [row["rating"] for row in (await buyer.get(path)).json()["items"]] == [5]
    assert [(row["side"], row["answers"], row["mean_rating"]) for row in summary["feedback"]] == [
        ("buyer", 1, "5.00"),
        ("seller", 1, "4.00"),
    ]
