"""Notifications by mail: once each, as people want them, and no more when they say so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from market.config import Settings
from market.core import clock
from market.core.job_queue import run_jobs
from market.core.mail import SendMail, file_mail
from market.matching.alerts.queries import searches_without_mail
from market.matching.alerts.schedules import warn_of_expiry
from market.notifications.mail import MailSettings, mail_job
from market.notifications.schedules import send_digests
from tests.matching.alerts.stories import LISTING, NEED, Watched, made, notifications, saved, verified
from tests.people import Client, added, proved
from tests.waiting import eventually

PUBLIC_URL = "https://cho.thu.example"


@dataclass
class Post:
    """Sends what is queued into a directory."""

    watched: Watched
    settings: Settings
    outbox: Path
    failures: int = 0

    async def deliver(self) -> list[EmailMessage]:
        """Do all mail jobs; everything that was ever sent."""
        await self.watched.settle()
        assert self.settings.database_url is not None
        assert self.settings.secret_key is not None
        job = mail_job(
            MailSettings(
                send=self._send(file_mail(self.outbox)),
                sender="Chợ <cho@thu.example>",
                public_url=PUBLIC_URL,
                secret=self.settings.secret_key.get_secret_value(),
            ),
            muted=searches_without_mail,
        )
        url, stop = self.settings.database_url.get_secret_value(), asyncio.Event()
        quick = type(job)(job.name, job.run, attempts=job.attempts, first_retry=timedelta(0))
        working = asyncio.create_task(run_jobs(url, self.watched.sessions, jobs=[quick], stop=stop))
        await eventually(partial(self._nothing_queued), what="the queue is empty")
        stop.set()
        await working
        return self.sent()

    def sent(self) -> list[EmailMessage]:
        files = sorted(self.outbox.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    async def _nothing_queued(self) -> bool:
        return await self.watched.queued() == 0

    def _send(self, deliver: SendMail) -> SendMail:
        async def send(message: EmailMessage) -> None:
            await deliver(message)
            if self.failures:
                self.failures -= 1
                raise ConnectionResetError("the line broke after the message was taken")

        return send


@pytest.fixture
def post(watched: Watched, own_settings: Settings, tmp_path: Path) -> Post:
    return Post(watched, own_settings, tmp_path / "outbox")


def to(who: Client, messages: Sequence[EmailMessage]) -> list[EmailMessage]:
    return [message for message in messages if message["To"] == who.user["email"]]


def unsubscribe_path(message: EmailMessage) -> str:
    found = re.fullmatch(rf"<{PUBLIC_URL}(/api/v1/notifications/unsubscribe/[\w-]+)>", str(message["List-Unsubscribe"]))
    assert found is not None
    return found[1]


async def story(watched: Watched, **search: Any) -> tuple[Client, Client]:
    """A seller, and a buyer who keeps a search by mail."""
    cooperative, buyer = [await proved(await watched.client.register(kind)) for kind in ("producer", "buyer")]
    await saved(buyer, "thanh long", **{"channel": "email", "name": "Thanh long ngon", **search})
    return cooperative, buyer


async def test_a_find_is_mailed_at_once_with_what_a_mailbox_needs(post: Post, watched: Watched) -> None:
    cooperative, buyer = await story(watched)
    listing = await made(cooperative, "/listings", LISTING)

    (message,) = await post.deliver()
    (told,) = await notifications(buyer)
    assert message["To"] == buyer.user["email"]
    assert message["Subject"] == "Có tin mới khớp với tìm kiếm đã lưu của bạn"
    (file,) = post.outbox.glob("*.eml")
    assert re.search(rf"^List-Unsubscribe: <{PUBLIC_URL}/\S+>$", file.read_text(encoding="ascii"), re.MULTILINE)
    assert f"{PUBLIC_URL}/listings/{listing['id']}" in message.get_content()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(message["Message-ID"]).endswith("@cho.thu.example>")
    assert f"{told['text']}\n{told['next']}\n" in message.get_content()


async def test_what_is_only_for_the_application_is_not_mailed(post: Post, watched: Watched) -> None:
    cooperative, buyer = await story(watched, channel="in_app")
    await made(cooperative, "/listings", LISTING)

    assert await post.deliver() == []
    assert len(await notifications(buyer)) == 1


async def test_several_finds_of_one_moment_are_one_mail(post: Post, watched: Watched) -> None:
    cooperative, buyer = await story(watched)
    await made(buyer, "/needs", NEED)
    await watched.settle()
    for _ in range(3):
        await made(cooperative, "/listings", LISTING)

    (message,) = to(buyer, await post.deliver())
    assert message["Subject"] == "6 thông báo mới"


async def test_a_mail_whose_job_failed_after_it_was_taken_is_the_same_mail_again(post: Post, watched: Watched) -> None:
    cooperative, _ = await story(watched)
    await made(cooperative, "/listings", LISTING)
    post.failures = 2

    assert len(await post.deliver()) == 1
    assert post.failures == 0
    async with watched.sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM notification WHERE emailed_at IS NULL")) == 0


async def test_a_digest_comes_once_a_day_with_everything_new(post: Post, watched: Watched) -> None:
    cooperative, buyer = await story(watched, frequency="daily")
    for _ in range(2):
        await made(cooperative, "/listings", LISTING)
    assert await post.deliver() == []

    for _ in range(2):
        async with watched.sessions.begin() as session:
            await send_digests(session)
    (message,) = await post.deliver()
    assert (message["To"], message["Subject"]) == (buyer.user["email"], "2 thông báo mới")

    await made(cooperative, "/listings", LISTING)
    await watched.settle()
    async with watched.sessions.begin() as session:
        await send_digests(session)
    assert len(await post.deliver()) == 2


async def test_one_click_stops_the_mail_of_that_search_and_nothing_else(post: Post, watched: Watched) -> None:
    cooperative, buyer = await story(watched)
    other = await saved(buyer, {"concept": ["dragon-fruit-white"]}, channel="email")
    await made(cooperative, "/listings", LISTING)
    (message,) = await post.deliver()
    path = unsubscribe_path(message)

    looked = await watched.client.get(path)
    assert looked.json()["unsubscribed"] is False
    await made(cooperative, "/listings", LISTING)
    assert len(await post.deliver()) == 2

    clicked = await watched.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert (clicked.status_code, clicked.json()["unsubscribed"]) == (200, True)
    assert (await watched.client.post(path)).status_code == 200
    await made(cooperative, "/listings", LISTING)
    assert len(await post.deliver()) == 2
    assert len(await notifications(buyer)) == 3
    assert (await buyer.get(f"/saved-searches/{other['id']}")).json()["channel"] == "email"


async def test_one_click_on_a_mail_of_matches_stops_all_mail_of_notifications(post: Post, watched: Watched) -> None:
    cooperative, buyer = await story(watched)
    await made(buyer, "/needs", NEED)
    await made(cooperative, "/listings", LISTING)
    path = unsubscribe_path(to(buyer, await post.deliver())[0])

    await watched.client.post(path)
    await made(cooperative, "/listings", LISTING)
    assert len(to(buyer, await post.deliver())) == 1
    assert (await buyer.get("/notifications/preferences")).json()["mail"] == "off"


async def test_mail_that_waits_is_not_sent_to_who_unsubscribed_meanwhile(post: Post, watched: Watched) -> None:
    cooperative, buyer = await story(watched)
    await made(cooperative, "/listings", LISTING)
    await watched.settle()
    path = f"/saved-searches/{(await buyer.get('/saved-searches')).json()['items'][0]['id']}"
    await buyer.patch(path, {"channel": "in_app"})

    assert await post.deliver() == []


async def test_a_link_shows_a_page_to_people_and_stops_nothing(post: Post, watched: Watched) -> None:
    cooperative, _ = await story(watched)
    await made(cooperative, "/listings", LISTING)
    path = unsubscribe_path((await post.deliver())[0])

    page = await watched.client.get(path, headers={"Accept": "text/html", "Accept-Language": "en"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<form method="post"><button>Stop the mail</button>' in page.text


@pytest.mark.parametrize("token", ["x", "a" * 200, "dXNlcg", "%00", "ư"])
async def test_a_link_that_was_made_up_is_not_found(client: Client, token: str) -> None:
    for ask in (client.get, client.post):
        assert (await ask(f"/notifications/unsubscribe/{token}")).status_code == 404


async def test_mail_is_in_the_language_that_was_asked_for_and_as_often(post: Post, watched: Watched) -> None:
    cooperative, buyer = [await proved(await watched.client.register(kind)) for kind in ("producer", "buyer")]
    quiet, daily = await proved(await added(buyer)), await proved(await added(buyer))
    await buyer.patch("/notifications/preferences", {"language": "en"})
    await quiet.patch("/notifications/preferences", {"mail": "off"})
    preference = await daily.patch("/notifications/preferences", {"mail": "daily"})
    assert (preference.json()["mail"], preference.json()["language"]) == ("daily", "vi")
    await made(buyer, "/needs", NEED)
    await watched.settle()
    await made(cooperative, "/listings", LISTING)

    (message,) = [message for message in await post.deliver() if message["To"] != cooperative.user["email"]]
    assert message["To"] == buyer.user["email"]
    assert message["Subject"] == "A listing fits your need"
    async with watched.sessions.begin() as session:
        await send_digests(session)
    assert len(to(daily, await post.deliver())) == 1
    assert to(quiet, post.sent()) == []


async def test_an_expiry_is_warned_of_once_a_month_ahead(watched: Watched) -> None:
    cooperative, officer = await watched.client.register("producer"), await watched.client.officer()
    await verified(cooperative, officer, expires_on="2027-03-31")

    for days_ahead in (31, 30, 12, 1):
        day = date(2027, 3, 31) - timedelta(days=days_ahead)
        with clock.at(clock.end_of_day(day)):
            async with watched.sessions.begin() as session:
                await warn_of_expiry(session)
    (told,) = await watched.told(cooperative)
    assert told["kind"] == "certificate_expiring"
    assert "31/03/2027" in told["text"]
