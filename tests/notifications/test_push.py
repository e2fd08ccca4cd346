"""What rings: encrypted for one browser, signed by the market, while the sign-in lasts, outside of quiet hours."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core import clock
from market.core.db import create_sessions
from market.core.sms import http_sms
from market.notifications.kinds import Kind, OfMessage
from market.notifications.models import NotificationPreference, PushSubscription
from market.notifications.push.keys import public_push_key, push_key
from market.notifications.push.ringing import RingSettings, quiet_for, ring_job
from market.organizations.people import notify
from tests.integrations.receivers import Receiver, receiving
from tests.people import Client

AUTH = b"sixteen bytes ok"
NOON = datetime(2026, 12, 1, 5, tzinfo=UTC)
NIGHT = datetime(2026, 12, 1, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _to_this_machine(own_client: Client) -> Iterator[None]:
    before = own_client.app.state.settings
    own_client.app.state.settings = before.model_copy(update={"webhooks_to_loopback": True})
    yield
    own_client.app.state.settings = before


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        receiver.status = 201
        yield receiver


def text_of(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


def sessions_of(client: Client) -> async_sessionmaker[AsyncSession]:
    return create_sessions(client.app.state.engine)


def secret_of(client: Client) -> str:
    return str(client.app.state.token_policy.secret)


async def subscribed(who: Client, receiver: Receiver) -> tuple[dict[str, Any], EllipticCurvePrivateKey]:
    browser = generate_private_key(SECP256R1())
    point = browser.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    body = {"endpoint": receiver.url, "keys": {"p256dh": text_of(point), "auth": text_of(AUTH)}, "expirationTime": None}
    answer = await who.post("/notifications/push", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made, browser


async def told(who: Client, count: int = 1) -> None:
    """Something is news to a person's organization."""
    async with sessions_of(who).begin() as session:
        for number in range(count):
            payload = OfMessage(id=UUID(int=7), version=1, organization="HTX Bưởi", key=f"{number}")
            await notify(session, Kind.MESSAGE, organizations=[UUID(who.organization["id"])], payload=payload)


async def ring(who: Client, **more: Any) -> int:
    """Do the jobs that ring; returns how many wait for later."""
    secret = secret_of(who)
    settings = {"public_url": "https://cho.example", "contact": "mailto:a@cho.example", "gateway": None} | more
    job = ring_job(RingSettings(secret=secret, loopback=True, **settings))
    async with sessions_of(who).begin() as session:
        due = text(
            "DELETE FROM pgqueuer WHERE entrypoint = 'ring' AND execute_after <= now() + '1 second' RETURNING payload"
        )
        for payload in (await session.scalars(due)).all():
            await job.run(session, json.loads(payload))
    async with sessions_of(who)() as session:
        waiting = await session.scalar(text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'ring'"))
        return int(waiting or 0)


async def test_news_reach_one_browser_encrypted_and_signed(own_client: Client, receiver: Receiver) -> None:
    htx = await own_client.register("producer")
    _, browser = await subscribed(htx, receiver)
    await told(htx)
    assert await ring(htx) == 0
    ((headers, body),) = receiver.got
    said = json.loads(http_ece.decrypt(body, private_key=browser, auth_secret=AUTH, version="aes128gcm"))
    assert said["link"] == f"https://cho.example/threads/{UUID(int=7)}"
    assert "HTX Bưởi" in said["text"]
    scheme, _, rest = headers["authorization"].partition(" ")
    shown = dict(part.strip().split("=", 1) for part in rest.split(","))
    public, audience = push_key(secret_of(htx)).public_key(), receiver.url.rpartition("/")[0]
    claims = jwt.decode(shown["t"], public, algorithms=["ES256"], audience=audience)
    assert (scheme, claims["sub"]) == ("vapid", "mailto:a@cho.example")
    told_key = (await own_client.get("/notifications/push/key")).json()["public_key"]
    assert told_key == public_push_key(secret_of(htx)) == shown["k"]
    async with sessions_of(htx)() as session:
        kept = (await session.scalars(select(PushSubscription))).one()
    assert receiver.url.encode() not in kept.sealed


async def test_what_was_read_or_is_of_a_quiet_kind_does_not_ring(own_client: Client, receiver: Receiver) -> None:
    htx = await own_client.register("producer")
    await subscribed(htx, receiver)
    await told(htx)
    assert (await htx.post("/notifications/read-all")).status_code == 200
    assert await ring(htx) == 0
    quiet = await htx.patch("/notifications/preferences", {"quiet_kinds": ["message"]})
    assert (quiet.status_code, quiet.json()["quiet_kinds"]) == (200, ["message"])
    await told(htx, 3)
    assert await ring(htx) == 0
    assert receiver.got == []
    assert (await htx.get("/notifications")).json()["unread"] == 2
    assert (await htx.patch("/notifications/preferences", {"quiet_kinds": ["khong-co"]})).status_code == 400


async def test_at_night_it_waits_for_the_morning(own_client: Client, receiver: Receiver) -> None:
    htx = await own_client.register("producer")
    await subscribed(htx, receiver)
    body = {"quiet_from": "21:30", "quiet_until": "06:00"}
    assert (await htx.patch("/notifications/preferences", body)).status_code == 200
    assert (await htx.patch("/notifications/preferences", {"quiet_from": "20:00"})).status_code == 400
    await told(htx)
    with clock.at(NIGHT):
        assert await ring(htx) == 1
    assert receiver.got == []


def test_quiet_hours_end_by_the_clock_of_vietnam() -> None:
    night = NotificationPreference(quiet_from=time(21, 30), quiet_until=time(6))
    assert quiet_for(night, NIGHT) == timedelta(hours=7)
    assert quiet_for(night, NOON) is None
    assert quiet_for(NotificationPreference(quiet_from=time(11), quiet_until=time(13)), NOON) == timedelta(hours=1)
    assert quiet_for(None, NIGHT) is None


async def test_a_browser_that_is_gone_is_forgotten_and_one_that_is_busy_tried_again(
    own_client: Client, receiver: Receiver
) -> None:
    htx = await own_client.register("producer")
    await subscribed(htx, receiver)
    receiver.status = 503
    await told(htx)
    assert await ring(htx) == 1
    assert len((await htx.get("/notifications/push")).json()["items"]) == 1
    receiver.status = 410
    async with sessions_of(htx).begin() as session:
        await session.execute(text("UPDATE pgqueuer SET execute_after = now()"))
    assert await ring(htx) == 0
    assert (await htx.get("/notifications/push")).json() == {"items": []}


async def test_a_browser_hears_nothing_after_its_sign_in_has_ended(own_client: Client, receiver: Receiver) -> None:
    htx = await own_client.register("producer")
    made, _ = await subscribed(htx, receiver)
    again, _ = await subscribed(htx, receiver)
    assert made["id"] == again["id"]
    async with sessions_of(htx).begin() as session:
        await session.execute(text("UPDATE sign_in SET revoked_at = now()"))
    await told(htx)
    await ring(htx)
    assert receiver.got == []


async def test_who_wants_it_is_written_to_on_the_proved_phone(own_client: Client, receiver: Receiver) -> None:
    htx = await own_client.register("producer")
    gateway = http_sms(receiver.url, '{"to": "{phone}", "text": "{text}"}')
    assert (await htx.patch("/notifications/preferences", {"messenger": True})).status_code == 200
    for number, proved in enumerate(("NULL", "now()")):
        async with sessions_of(htx).begin() as session:
            await session.execute(text(f"UPDATE user_account SET phone = '+84912345678', phone_proved_at = {proved}"))
            payload = OfMessage(id=UUID(int=9), version=number, organization="HTX Cam")
            await notify(session, Kind.MESSAGE, organizations=[UUID(htx.organization["id"])], payload=payload)
        await ring(htx, gateway=gateway)
        assert len(receiver.got) == number
    said = json.loads(receiver.got[0][1])
    assert said["to"] == "+84912345678"
    assert "HTX Cam" in said["text"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"endpoint": "http://htx.example/x"}, "/endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": text_of(AUTH)}}, "/keys/p256dh"),
        ({"keys": {"p256dh": text_of(b"\x04" + b"1" * 64), "auth": "AAAA"}}, "/keys/p256dh"),
    ],
)
async def test_what_is_no_subscription_is_refused(own_client: Client, change: dict[str, Any], pointer: str) -> None:
    own_client.app.state.settings = own_client.app.state.settings.model_copy(update={"webhooks_to_loopback": False})
    htx = await own_client.register("producer")
    point = generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    good = {"endpoint": "https://push.example/x", "keys": {"p256dh": text_of(point), "auth": text_of(AUTH)}}
    refused = await htx.post("/notifications/push", good | change)
    assert refused.status_code == 400
    assert pointer in {error["pointer"] for error in refused.json()["errors"]}
    assert (await own_client.post("/notifications/push", good)).status_code == 401
