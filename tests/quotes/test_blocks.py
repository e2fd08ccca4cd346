"""Who is pestered blocks and reports; many messages in a short time are one mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.changes import Change
from market.core.db import create_sessions
from market.core.jobs import Job
from market.matching.alerts.queries import searches_without_mail
from market.notifications.mail import MailSettings, mail_job
from market.notifications.notices import MAIL_JOB
from market.worker import followers_of
from tests.matching.alerts.stories import Watched
from tests.people import Client, proved


async def pair(client: Client) -> tuple[Client, Client, str]:
    """One who writes, one who is written to, and their thread."""
    writer, reader = await client.register("producer"), await client.register("buyer")
    thread = await writer.post("/threads", {"organization": reader.organization["id"], "text": "Mua hàng không?"})
    assert thread.status_code == 201, thread.text
    await proved(reader)
    return writer, reader, thread.json()["id"]


async def test_who_is_blocked_writes_no_more_in_any_thread(client: Client, session: AsyncSession) -> None:
    writer, reader, thread = await pair(client)
    for _ in range(2):
        assert (await reader.post(f"/threads/{thread}/block")).json()["blocked"] is True

    again = await writer.post(f"/threads/{thread}/messages", {"text": "Mua đi"})
    listing = {"organization": reader.organization["id"], "text": "Còn nữa"}
    elsewhere = await writer.post("/threads", listing)
    own = await reader.post(f"/threads/{thread}/messages", {"text": "Thôi"})
    assert [(answer.status_code, answer.json()["code"]) for answer in (again, elsewhere, own)] == [
        (403, "blocked"),
        (403, "blocked"),
        (403, "blocked-by-us"),
    ]
    assert (await writer.post(f"/threads/{thread}/unblock")).status_code == 200
    assert (await writer.post(f"/threads/{thread}/messages", {"text": "Mua đi"})).status_code == 403

    assert (await reader.post(f"/threads/{thread}/unblock")).json()["blocked"] is False
    assert (await writer.post(f"/threads/{thread}/messages", {"text": "Cảm ơn"})).status_code == 201
    verbs = select(Change.verb).where(Change.entity == "thread_block").order_by(Change.id)
    assert list(await session.scalars(verbs)) == ["block", "unblock"]


async def test_a_report_goes_to_officers_who_say_what_came_of_it(client: Client, session: AsyncSession) -> None:
    writer, reader, thread = await pair(client)
    officer, stranger = await client.officer(), await client.register("buyer")
    made = await reader.post(f"/threads/{thread}/report", {"reason": "spam", "note": "Viết mỗi giờ"})
    twice = await reader.post(f"/threads/{thread}/report", {"reason": "spam"})
    assert (made.status_code, twice.status_code, twice.json()["code"]) == (201, 409, "already-reported")
    assert (await stranger.post(f"/threads/{thread}/report", {"reason": "spam"})).status_code == 404

    (waiting,) = (await officer.get("/thread-reports", params={"status": "open"})).json()["items"]
    assert (waiting["thread_id"], waiting["reason"]) == (thread, "spam")
    assert (await writer.get("/thread-reports")).json()["items"] == []
    path = f"/thread-reports/{waiting['id']}/settle"
    assert (await reader.post(path, {"settlement": "Tự xử"})).status_code == 403
    settled = await officer.post(path, {"settlement": "Đã nhắc nhở"})
    assert (settled.json()["status"], (await officer.post(path, {"settlement": "x"})).status_code) == ("settled", 409)
    assert (await reader.get("/thread-reports")).json()["items"][0]["settlement"] == "Đã nhắc nhở"
    diffs = [entry.diff for entry in await session.scalars(select(Change).where(Change.entity == "thread_report"))]
    assert "Viết mỗi giờ" not in str(diffs)


QUEUED = "SELECT convert_from(payload, 'UTF8')::json FROM pgqueuer WHERE entrypoint = :job ORDER BY id"


@pytest.fixture
def watched(own_client: Client, own_app: Litestar) -> Watched:
    """A market that commits, and the follower as the worker runs it."""
    alerts = next(follower for follower in followers_of(None) if follower.name == "alerts")
    return Watched(own_client, create_sessions(own_app.state.engine), alerts)


async def test_many_messages_in_a_short_time_are_one_mail_at_once_and_one_for_the_rest(watched: Watched) -> None:
    writer, _, thread = await pair(watched.client)
    await watched.settle()
    assert await watched.queued() == 1
    for number in range(5):
        await writer.post(f"/threads/{thread}/messages", {"text": f"Tin {number}"})
        await watched.settle()

    assert await watched.queued() == 2
    sent, job = mailbox()
    for payload in await queued(watched):
        async with watched.sessions.begin() as session:
            await job.run(session, payload)
    assert [message["Subject"] for message in sent] == ["Có tin nhắn mới", "5 thông báo mới"]
    with clock.shifted(timedelta(minutes=11)):
        reopened = await writer.sign_in(writer.user["email"])
        later = Client(writer.http, writer.app, reopened, writer.organization, writer.user)
        await later.post(f"/threads/{thread}/messages", {"text": "Tin sau"})
        await watched.settle()
    assert await watched.queued() == 3


def mailbox() -> tuple[list[Any], Job]:
    """What is sent, and the job that sends it."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    settings = MailSettings(send=send, sender="cho@thu.example", public_url="https://cho.example", secret="s" * 32)
    return sent, mail_job(settings, muted=searches_without_mail)


async def queued(watched: Watched) -> list[Mapping[str, Any]]:
    """The payloads of the mail that waits."""
    async with watched.sessions() as session:
        rows = await session.scalars(text(QUEUED), {"job": MAIL_JOB})
        return list(rows)


async def test_what_was_read_meanwhile_is_not_mailed(watched: Watched) -> None:
    writer, reader, thread = await pair(watched.client)
    await watched.settle()
    await writer.post(f"/threads/{thread}/messages", {"text": "Tin nữa"})
    await watched.settle()
    await reader.post("/notifications/read-all")
    sent, job = mailbox()
    gathered = [payload for payload in await queued(watched) if payload.get("thread")]
    assert [UUID(payload["thread"]) for payload in gathered] == [UUID(thread)]
    async with watched.sessions.begin() as session:
        await job.run(session, gathered[0])
    assert sent == []
