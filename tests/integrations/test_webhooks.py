"""Webhooks: signed, only what the subscriber may see, tried for three days, never to private addresses."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from market.core import clock
from market.core.addresses import PublicResolver, RefusedAddress, is_public
from market.core.changes import Change
from market.core.db import create_sessions
from market.core.followers import follow_once
from market.core.sealing import Secret
from market.integrations.webhooks import sending
from market.integrations.webhooks.delivering import AT_ONCE, PAUSES, deliver, pause_after
from market.integrations.webhooks.disabling import KEPT, forget_old_deliveries
from market.integrations.webhooks.follower import MOST_BYTES, webhooks_follower
from market.integrations.webhooks.models import Webhook, WebhookDelivery
from market.integrations.webhooks.sending import send_message
from market.integrations.webhooks.signing import open_secrets, seal_anew, signature_headers
from market.listings.schemas import ListingCreate
from tests.integrations.receivers import Receiver, receiving
from tests.people import Client, added
from tests.test_access_matrix import example_of

SECRET = "whsec_" + "c2VjcmV0" * 4
LISTING = example_of(ListingCreate) | {"publish": True}


@pytest.fixture(autouse=True)
def _to_this_machine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Webhooks may go to this machine, as in development."""
    if "own_client" not in request.fixturenames:
        yield
        return
    app = request.getfixturevalue("own_app")
    before = app.state.settings
    app.state.settings = before.model_copy(update={"webhooks_to_loopback": True})
    yield
    app.state.settings = before


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


def sessions_of(client: Client) -> async_sessionmaker[AsyncSession]:
    return create_sessions(client.app.state.engine)


def key_of(client: Client) -> str:
    return str(client.app.state.token_policy.secret)


async def subscribed(who: Client, receiver: Receiver, **more: Any) -> dict[str, Any]:
    answer = await who.post("/webhooks", {"url": receiver.url, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def told(client: Client, *webhooks: dict[str, Any]) -> None:
    """Follow the log to its end and send what is due."""
    sessions = sessions_of(client)
    while await follow_once(sessions, webhooks_follower()):
        pass
    for webhook in webhooks:
        async with sessions.begin() as session:
            await deliver(session, UUID(webhook["id"]), loopback=True, key=key_of(client))


async def deliveries(who: Client, webhook: dict[str, Any], **params: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await who.get(f"/webhooks/{webhook['id']}/deliveries", params=params)).json()[
        "items"
    ]
    return items


async def test_what_changes_arrives_signed_and_in_order(own_client: Client, receiver: Receiver) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver, event_types=["listing.*"])
    listing = (await producer.post("/listings", LISTING)).json()
    await told(own_client, webhook)
    assert (await producer.patch(f"/listings/{listing['id']}", {"price_vnd": 1000})).status_code == 200
    await told(own_client, webhook)
    messages = [Verifier(webhook["secret"]).verify(body, headers) for headers, body in receiver.got]
    assert [message["type"] for message in messages] == ["listing.created", "listing.updated"]
    assert messages[0]["data"]["href"] == f"/api/v1/listings/{listing['id']}"
    assert "thing" not in messages[0]["data"]
    log = await deliveries(producer, webhook)
    assert [(row["status"], row["attempts"], row["response_status"]) for row in log] == [("delivered", 1, 200)] * 2
    forged = {**receiver.got[0][0], "webhook-id": "msg_other"}
    with pytest.raises(WebhookVerificationError):
        Verifier(webhook["secret"]).verify(receiver.got[0][1], forged)


async def test_nobody_is_told_of_what_is_not_theirs_to_see(own_client: Client, receiver: Receiver) -> None:
    producer, other = await own_client.register("producer"), await own_client.register("buyer")
    webhook = await subscribed(other, receiver, event_types=["listing.*"])
    draft = (await producer.post("/listings", LISTING | {"publish": False})).json()
    await told(own_client, webhook)
    assert receiver.got == []
    assert (await producer.post(f"/listings/{draft['id']}/publish")).status_code == 200
    await told(own_client, webhook)
    assert (await producer.post(f"/listings/{draft['id']}/pause")).status_code == 200
    await told(own_client, webhook)
    assert [json.loads(body)["data"]["change"] for _, body in receiver.got] == ["updated", "gone"]


async def test_full_messages_carry_the_thing_and_stay_under_20_kb(own_client: Client, receiver: Receiver) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver, event_types=["listing.*"], body="full")
    await producer.post("/listings", LISTING)
    await told(own_client, webhook)
    message = json.loads(receiver.got[0][1])
    assert message["data"]["thing"]["title"] == LISTING["title"]
    assert all(len(body) < MOST_BYTES for _, body in receiver.got)


async def test_a_secret_is_exchanged_with_both_valid_for_a_day(own_client: Client, receiver: Receiver) -> None:
    producer = await own_client.register("producer")
    old = await subscribed(producer, receiver)
    new = (await producer.post(f"/webhooks/{old['id']}/rotate-secret")).json()
    assert new["secret"] != old["secret"]
    async with sessions_of(own_client)() as session:
        webhook = await session.get_one(Webhook, UUID(old["id"]))
    delivery, key, tomorrow = WebhookDelivery(id=webhook.id, body="{}"), key_of(own_client), timedelta(hours=25)
    both = signature_headers(open_secrets(webhook, key, at=clock.now()), delivery, at=clock.now())
    for secret in (old["secret"], new["secret"]):
        assert Verifier(secret).verify("{}", both) == {}
    later = signature_headers(open_secrets(webhook, key, at=clock.now() + tomorrow), delivery, at=clock.now())
    assert len(later["webhook-signature"].split()) == 1
    assert "secret" not in (await producer.get(f"/webhooks/{old['id']}")).json()
    changes = json.dumps((await producer.get("/changes")).json())
    assert old["secret"] not in changes
    kept = webhook.secret + (webhook.previous_secret or b"")
    assert not any(secret.removeprefix("whsec_").encode() in kept for secret in (old["secret"], new["secret"]))


async def test_what_does_not_arrive_is_tried_again_and_holds_the_order(own_client: Client, receiver: Receiver) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver, event_types=["listing.*"])
    receiver.status, receiver.headers = 503, {"Retry-After": "120"}
    for title in ("Bưởi", "Cam"):
        await producer.post("/listings", LISTING | {"title": title})
    await told(own_client, webhook)
    assert len(receiver.got) == 1
    second, first = await deliveries(producer, webhook, status="waiting")
    assert (first["attempts"], first["error"], first["response_status"], second["attempts"]) == (1, "refused", 503, 0)
    await told(own_client, webhook)
    assert len(receiver.got) == 1
    receiver.status = 204
    with clock.shifted(timedelta(seconds=130)):
        await told(own_client, webhook)
    assert [row["status"] for row in await deliveries(producer, webhook)] == ["delivered"] * 2
    assert receiver.got[1][0]["webhook-id"] == receiver.got[0][0]["webhook-id"]


async def test_more_than_one_load_of_messages_goes_on_by_itself(own_client: Client, receiver: Receiver) -> None:
    """Although the job that goes on is still under way when it asks for the next."""
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver, event_types=["listing.*"])
    for number in range(AT_ONCE + 2):
        await producer.post(f"/webhooks/{webhook['id']}/test", headers={"Idempotency-Key": str(number)})
    sessions = sessions_of(own_client)
    async with sessions.begin() as session:
        await session.execute(text("UPDATE pgqueuer SET status = 'picked'"))
    await told(own_client, webhook)
    assert len(receiver.got) == AT_ONCE
    async with sessions() as session:
        jobs = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'deliver_webhook' AND status = 'queued'"
        assert await session.scalar(text(jobs)) == 1


def test_pauses_grow_are_jittered_and_last_three_days() -> None:
    assert timedelta(days=2, hours=20) < sum(PAUSES, timedelta()) < timedelta(days=3, hours=4)
    assert pause_after(len(PAUSES) + 1) is None
    assert len({pause_after(3) for _ in range(20)}) > 10


async def test_410_disables_until_it_is_made_active_again(own_client: Client, receiver: Receiver) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver, event_types=["listing.*"])
    receiver.status = 410
    await producer.post("/listings", LISTING)
    await told(own_client, webhook)
    shown = (await producer.get(f"/webhooks/{webhook['id']}")).json()
    assert (shown["status"], shown["disabled_reason"]) == ("disabled", "gone")
    (failed,) = await deliveries(producer, webhook)
    refused = await producer.post(f"/webhooks/{webhook['id']}/deliveries/{failed['id']}/replay")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook-not-active")
    receiver.status = 200
    assert (await producer.patch(f"/webhooks/{webhook['id']}", {"status": "active"})).json()["disabled_reason"] is None
    again = await producer.post(f"/webhooks/{webhook['id']}/replay", {"status": "failed"})
    assert (again.status_code, again.json()) == (202, {"queued": 1})
    await told(own_client, webhook)
    assert [row["status"] for row in await deliveries(producer, webhook)] == ["delivered"]
    assert receiver.got[0][0]["webhook-id"] == receiver.got[1][0]["webhook-id"]


async def test_redirects_are_not_followed(own_client: Client, receiver: Receiver) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver)
    receiver.status, receiver.headers = 302, {"Location": receiver.url + "/elsewhere"}
    assert (await producer.post(f"/webhooks/{webhook['id']}/test")).status_code == 202
    await told(own_client, webhook)
    assert len(receiver.got) == 1
    assert "redirected" in {row["error"] for row in await deliveries(producer, webhook)}


async def test_an_endpoint_that_never_answers_is_given_up_in_time(
    own_client: Client, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.2)
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver)
    receiver.silent = True
    await producer.post(f"/webhooks/{webhook['id']}/test")
    await told(own_client, webhook)
    assert "no-answer" in {row["error"] for row in await deliveries(producer, webhook)}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "2001:0:1::1", "192.0.2.1",
        "fec0::1", "3fff::1", "5f00::1", "::ffff:0:7f00:1", "192.88.99.1", "192.0.0.8", "198.18.0.1",
    ],
)  # fmt: skip
def test_private_addresses_are_no_place_for_messages(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.119.8.1", "2606:4700::1111"])
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_public(address)


async def test_a_name_is_judged_by_what_it_leads_to_when_the_connection_is_made(receiver: Receiver) -> None:
    with pytest.raises(RefusedAddress):
        await PublicResolver(loopback=False).resolve("localhost", 80)
    port = receiver.url.split(":")[2].split("/")[0]
    for url in (
        f"http://localhost:{port}/",
        receiver.url,
        f"http://2130706433:{port}/",
        f"http://127.1:{port}/",
        f"http://[::1]:{port}/",
        f"http://[::ffff:127.0.0.1]:{port}/",
        f"http://①②⑦.⓪.⓪.①:{port}/",
        f"http://１２７.０.０.１:{port}/",
        f"http://127。0。0。1:{port}/",
    ):
        message = WebhookDelivery(id=UUID(int=1), body="{}")
        outcome = await send_message(url, message, secrets=[SECRET], loopback=False)
        assert outcome.error in {"address-refused", "not-connected"}, url
        assert outcome.status is None
    assert receiver.got == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://htx.example/x", "bad-url"),
        ("ftp://htx.example/x", "bad-url"),
        ("https://user:pass@htx.example/", "bad-url"),
        ("https://", "bad-url"),
        ("https://htx.example:0/", "bad-url"),
        ("https://htx.example:99999/", "bad-url"),
        ("https://[::1/", "bad-url"),
        ("https://htx.example/a b", "bad-url"),
        ("https://127.0.0.1/", "not-public"),
        ("https://[::ffff:10.0.0.1]/", "not-public"),
        ("https://localhost./", "not-public"),
        ("https://①②⑦.⓪.⓪.①/", "not-public"),
        ("https://127。0。0。1/", "not-public"),
        ("https://127.1/", "not-public"),
        ("https://2130706433/", "not-public"),
        ("https://0x7f.0.0.1./", "not-public"),
        ("https://ⓛocalhost/", "not-public"),
        ("https://db.internal/", "not-public"),
    ],
)
async def test_wrong_addresses_are_refused_at_once(client: Client, url: str, code: str) -> None:
    producer = await client.register("producer")
    answer = await producer.post("/webhooks", {"url": url})
    assert (answer.status_code, [error["code"] for error in answer.json()["errors"]]) == (400, [code])


async def test_unknown_types_and_too_many_endpoints_are_refused_and_staff_may_not(client: Client) -> None:
    producer = await client.register("producer")
    wrong = await producer.post("/webhooks", {"url": "https://htx.example/", "event_types": ["listing.eaten"]})
    assert wrong.status_code == 400
    staff = await added(producer)
    assert (await staff.post("/webhooks", {"url": "https://htx.example/"})).status_code == 403
    assert (await staff.get("/webhooks")).status_code == 403
    for _ in range(20):
        assert (await producer.post("/webhooks", {"url": "https://htx.example/"})).status_code == 201
    full = await producer.post("/webhooks", {"url": "https://htx.example/"})
    assert (full.status_code, full.json()["code"]) == (409, "too-many-webhooks")


async def test_a_forgotten_endpoint_hears_nothing_more(own_client: Client, receiver: Receiver) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver)
    assert (await producer.delete(f"/webhooks/{webhook['id']}")).status_code == 204
    await producer.post("/listings", LISTING)
    await told(own_client, webhook)
    assert receiver.got == []
    assert (await producer.get(f"/webhooks/{webhook['id']}")).status_code == 404
    async with sessions_of(own_client)() as session:
        assert (await session.scalars(select(WebhookDelivery.id))).all() == []


async def test_every_message_is_described(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    assert {"listing.created", "agreement.gone"} <= set(described["webhooks"])
    types = described["components"]["schemas"]["WebhookMessage"]["properties"]["type"]["enum"]
    assert set(described["webhooks"]) <= set(types)


async def test_a_message_that_alone_is_refused_holds_up_no_other(own_client: Client, receiver: Receiver) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver, event_types=["listing.*"])
    receiver.refuses = lambda body: "Bưởi".encode() in body
    async with sessions_of(own_client).begin() as session:
        await session.execute(text("UPDATE webhook SET body = 'full'"))
    for title in ("Bưởi", "Cam", "Dứa"):
        await producer.post("/listings", LISTING | {"title": title})
    await told(own_client, webhook)
    assert [row["status"] for row in await deliveries(producer, webhook)] == ["delivered", "delivered", "waiting"]


async def test_an_endpoint_that_is_silent_is_left_alone_whatever_there_is_to_tell(
    own_client: Client, receiver: Receiver
) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver, event_types=["listing.*"])
    receiver.status, receiver.headers = 503, {"Retry-After": "600"}
    for title in ("Bưởi", "Cam", "Dứa"):
        await producer.post("/listings", LISTING | {"title": title})
        await told(own_client, webhook)
    assert len(receiver.got) == 1
    receiver.status = 200
    assert (await producer.post(f"/webhooks/{webhook['id']}/test")).status_code == 202
    await told(own_client, webhook)
    assert len(receiver.got) == 4


async def test_three_days_without_an_answer_disable_an_endpoint_and_its_people_are_told(
    own_client: Client, receiver: Receiver
) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver, event_types=["listing.*"])
    receiver.status = 500
    await producer.post("/listings", LISTING)
    days = 0.0
    for attempt in range(len(PAUSES) + 1):
        shown = (await producer.get(f"/webhooks/{webhook['id']}")).json()
        assert shown["status"] == "active", attempt
        with clock.shifted(timedelta(days=days)):
            await told(own_client, webhook)
        days += (PAUSES[min(attempt, len(PAUSES) - 1)] * 1.3) / timedelta(days=1)
    shown = (await producer.get(f"/webhooks/{webhook['id']}")).json()
    assert (shown["status"], shown["disabled_reason"]) == ("disabled", "failing")
    (news,) = (await producer.get("/notifications")).json()["items"]
    assert (news["kind"], news["entity_id"]) == ("webhook_disabled", webhook["id"])
    assert "127.0.0.1" in news["text"]
    async with sessions_of(own_client)() as session:
        disabled = select(Change.verb).where(Change.entity == "webhook").order_by(Change.id.desc()).limit(1)
        assert await session.scalar(disabled) == "disable"


async def test_one_message_given_up_disables_nothing_while_others_arrive(
    own_client: Client, receiver: Receiver
) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver, event_types=["listing.*"])
    receiver.status = 500
    await producer.post("/listings", LISTING)
    await told(own_client, webhook)
    receiver.status = 200
    await producer.post(f"/webhooks/{webhook['id']}/test")
    async with sessions_of(own_client).begin() as session:
        await session.execute(text("UPDATE webhook_delivery SET attempts = 13 WHERE event_type = 'listing.created'"))
        await session.execute(
            text("UPDATE webhook_delivery SET next_attempt_at = now() + '1 hour' WHERE attempts = 13")
        )
    await told(own_client, webhook)
    receiver.status = 500
    with clock.shifted(timedelta(hours=2)):
        await told(own_client, webhook)
    assert (await producer.get(f"/webhooks/{webhook['id']}")).json()["status"] == "active"
    assert [row["status"] for row in await deliveries(producer, webhook)] == ["delivered", "failed"]


async def test_a_secret_that_no_longer_opens_disables_and_is_exchanged(own_client: Client, receiver: Receiver) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver)
    await producer.post(f"/webhooks/{webhook['id']}/test")
    async with sessions_of(own_client).begin() as session:
        await deliver(session, UUID(webhook["id"]), loopback=True, key="another key of the market, as after a loss")
    assert receiver.got == []
    assert (await producer.get(f"/webhooks/{webhook['id']}")).json()["disabled_reason"] == "secret-lost"
    assert (await producer.post(f"/webhooks/{webhook['id']}/rotate-secret")).status_code == 200
    assert (await producer.patch(f"/webhooks/{webhook['id']}", {"status": "active"})).status_code == 200
    await told(own_client, webhook)
    assert receiver.got


async def test_messages_are_forgotten_after_a_month(own_client: Client, receiver: Receiver) -> None:
    producer = await own_client.register("producer")
    webhook = await subscribed(producer, receiver)
    for number in range(2):
        await producer.post(f"/webhooks/{webhook['id']}/test", headers={"Idempotency-Key": str(number)})
    async with sessions_of(own_client).begin() as session:
        await session.execute(
            text(
                "UPDATE webhook_delivery SET created_at = created_at - CAST(:old AS interval) "
                "WHERE id = (SELECT id FROM webhook_delivery ORDER BY id LIMIT 1)"
            ),
            {"old": KEPT + timedelta(hours=1)},
        )
        await forget_old_deliveries(session)
    assert len(await deliveries(producer, webhook)) == 1


async def test_secrets_are_sealed_anew_when_the_markets_own_is_changed(own_client: Client) -> None:
    producer = await own_client.register("producer")
    made = (await producer.post("/webhooks", {"url": "https://htx.example/"})).json()
    later = (await producer.post(f"/webhooks/{made['id']}/rotate-secret")).json()["secret"]
    old, new = key_of(own_client), "một bí mật khác hẳn, đủ dài để ký mọi thứ"
    sessions = sessions_of(own_client)

    async with sessions.begin() as session:
        await seal_anew(session, secret=Secret(new, old))

    async with sessions() as session:
        webhook = await session.get_one(Webhook, UUID(made["id"]))
    assert open_secrets(webhook, new, at=clock.now()) == [later, made["secret"]]
    with pytest.raises(ValueError, match="not sealed"):
        open_secrets(webhook, old, at=clock.now())
