"""What organizations are told of their claims, certificates and registrations: once, with what to do next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar

from market.core.db import create_sessions
from market.core.ids import new_id
from market.notifications.kinds import Kind, OfPaper
from market.organizations.people import notify
from market.worker import followers_of
from tests.certificates.test_certificates import CERTIFICATE
from tests.events.stories import organizer_with_event
from tests.matching.alerts.stories import Watched, notifications
from tests.people import SEEN, Client, added


@pytest.fixture
def watched(own_client: Client, own_app: Litestar) -> Watched:
    """A market that commits, and the follower as the worker runs it."""
    alerts = next(follower for follower in followers_of(None) if follower.name == "alerts")
    return Watched(own_client, create_sessions(own_app.state.engine), alerts)


async def told(watched: Watched, who: Client) -> list[dict[str, Any]]:
    """Oldest first."""
    return list(reversed(await watched.told(who)))


async def test_each_decision_on_a_certificate_is_told(watched: Watched) -> None:
    cooperative, officer = await watched.client.register("producer"), await watched.client.officer()
    await officer.post(f"/organizations/{cooperative.organization['id']}/verify", SEEN)
    certificate = (await cooperative.post("/certificates", CERTIFICATE)).json()
    path = f"/certificates/{certificate['id']}"
    await watched.settle()
    await officer.post(f"{path}/verify", {"decision": "rejected", "note": "Bản quét mờ"})
    await watched.settle()
    await officer.post(f"{path}/verify", SEEN)
    await watched.settle()
    await cooperative.patch(f"/organizations/{cooperative.organization['id']}", {"name": "HTX Tên Khác"})

    news = await told(watched, cooperative)

    assert [item["kind"] for item in news] == [
        "claim_verified",
        "certificate_rejected",
        "certificate_verified",
        "claim_suspended",
        "certificate_suspended",
    ]
    rejected = news[1]
    assert rejected["text"].endswith("Lý do: Bản quét mờ.")
    assert rejected["link"] == f"/certificates/{certificate['id']}"
    assert rejected["next"] == "Sửa thông tin hoặc bổ sung bản quét; chứng nhận sẽ được xem lại."
    english = await cooperative.get("/notifications", headers={"Accept-Language": "en"})
    assert "was not verified. Reason: Bản quét mờ." in english.text


async def test_each_decision_on_a_claim_is_told(watched: Watched) -> None:
    cooperative, officer = await watched.client.register("producer"), await watched.client.officer()
    await cooperative.post("/claims", {"subject": "kind", "kind": "organizer"})
    asked = {"organization": cooperative.organization["id"], "kind": "organizer"}
    (claim,) = (await officer.get("/claims", params=asked)).json()["items"]
    await officer.post(f"/claims/{claim['id']}/verify", SEEN)
    await officer.post(f"/claims/{claim['id']}/suspend", {"note": "Quyết định hết hiệu lực"})
    await officer.post(f"/claims/{claim['id']}/reject", {"note": "Không gia hạn"})

    news = await told(watched, cooperative)

    assert [item["kind"] for item in news] == ["claim_verified", "claim_suspended", "claim_rejected"]
    assert "loại tổ chức “đơn vị tổ chức”" in news[0]["text"]


async def test_a_decision_on_a_registration_is_told_once(watched: Watched) -> None:
    organizer, event = await organizer_with_event(watched.client)
    guest = await watched.client.register("producer")
    registration = (await guest.post(f"/events/{event['id']}/registrations", {})).json()
    path = f"/events/{event['id']}/registrations/{registration['id']}"
    await organizer.post(f"{path}/accept")
    await organizer.post(f"{path}/decline", {"note": "Hết chỗ"})

    news = await told(watched, guest)

    assert [item["kind"] for item in news] == [
        "registration_received",
        "registration_accepted",
        "registration_declined",
    ]
    assert {item["link"] for item in news} == {f"/events/{event['id']}"}
    assert event["name"] in news[0]["text"]


async def test_rooms_above_tell_everybody_of_an_organization_once(watched: Watched) -> None:
    cooperative = await watched.client.register("producer")
    colleague = await added(cooperative)
    payload = OfPaper(id=new_id(), version=2, paper="HĐ 01", by="Siêu thị Thử")
    organization = UUID(cooperative.organization["id"])
    for new in (2, 0):
        async with watched.sessions.begin() as session:
            kept = await notify(session, Kind.PAPER_TO_SIGN, organizations=[organization], payload=payload)
        assert kept == new

    for person in (cooperative, colleague):
        (item,) = await notifications(person)
        assert item["text"] == "Siêu thị Thử mời bạn ký văn bản “HĐ 01”."
        assert (item["entity"], item["link"]) == ("agreement", f"/agreements/{payload.id}")
