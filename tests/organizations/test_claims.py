"""Claims: identity and kinds are verified one by one, by a second person; the name of a kind gives no power."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import Change, record_change
from market.notifications.kinds import Kind
from market.organizations.claims.news import claim_news
from market.organizations.claims.service import end_terms, remind_of_terms
from tests.agreements.stories import table
from tests.certificates.test_certificates import CERTIFICATE
from tests.events.stories import EVENT, organizer_with_event
from tests.organizations.test_tax_codes import a_code
from tests.people import SEEN, Client, joined

PROVINCE = {"code": "82", "version": "2025"}


def own(who: Client) -> str:
    return f"/organizations/{who.organization['id']}"


async def registered(client: Client, *kinds: str, email: str = "moi@thu.example") -> Client:
    """Registered as anybody does it, with no officer near."""
    person = {"full_name": "Người Mới", "email": email, "password": "mot-cau-du-dai-de-thu"}
    organization = {"name": "Tổ chức Mới", "kinds": list(kinds), "legal_form": "company", "province": PROVINCE}
    answer = await client.post("/auth/register", {"organization": organization, "user": person})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    return Client(client.http, client.app, body["tokens"]["access_token"], body["organization"], body["user"])


async def claims_of(officer: Client, who: Client, **filters: Any) -> list[dict[str, Any]]:
    asked = {"organization": who.organization["id"], **filters}
    items: list[dict[str, Any]] = (await officer.get("/claims", params=asked)).json()["items"]
    return items


async def claim_of(officer: Client, who: Client, kind: str) -> dict[str, Any]:
    return (await claims_of(officer, who, kind=kind))[0]


async def test_who_registers_as_an_authority_is_none_until_an_officer_says_so(client: Client) -> None:
    department, officer = await registered(client, "authority", "organizer", "producer"), await client.officer()
    assert department.organization["kinds"] == ["producer"]
    assert department.organization["asked_kinds"] == ["authority", "organizer"]
    refused = await department.post("/events", EVENT)
    assert (refused.status_code, refused.json()["code"]) == (403, "organization-kind")

    claim = await claim_of(officer, department, "organizer")
    seen = {"evidence": "Quyết định 12/QĐ-SCT", "valid_until": "2030-12-31"}
    verified = await officer.post(f"/claims/{claim['id']}/verify", seen)

    assert (verified.json()["status"], verified.json()["evidence"]) == ("verified", "Quyết định 12/QĐ-SCT")
    answer = (await department.get(own(department))).json()
    assert (answer["kinds"], answer["asked_kinds"]) == (["organizer", "producer"], ["authority"])
    assert (await department.post("/events", EVENT)).status_code == 201


async def test_a_verified_producer_cannot_give_itself_a_kind_whose_word_counts(
    client: Client, session: AsyncSession
) -> None:
    producer, officer = await client.register("producer"), await client.officer()
    await officer.post(f"{own(producer)}/verify", SEEN)

    for kinds in (["producer", "authority"], ["organizer", "producer"], ["authority"]):
        body = (await producer.patch(own(producer), {"kinds": kinds})).json()
        assert not {"authority", "organizer"} & set(body["kinds"])
        assert set(body["asked_kinds"]) == {"authority", "organizer"} & set(kinds)
    made = await producer.post("/claims", {"subject": "kind", "kind": "organizer"})
    assert made.status_code == 201
    event = await producer.post("/events", EVENT | {"programme": "HCM-DHTB"})
    assert (event.status_code, event.json()["code"]) == (403, "organization-kind")
    entries = list(await session.scalars(select(Change.verb).where(Change.entity == "claim").order_by(Change.id)))
    assert entries.count("withdraw") == 3
    assert entries[-1] == "create"


async def test_who_is_organizer_no_more_reads_no_delegates(client: Client) -> None:
    organizer, event = await organizer_with_event(client)
    guest, officer = await client.register("producer"), await client.officer()
    delegates = [{"name": "Đại Biểu", "phone": "0912345678"}]
    path = f"/events/{event['id']}/registrations"
    assert (await guest.post(path, {"delegates": delegates})).status_code == 201
    assert "912345678" in (await organizer.get(path)).text

    claim = await claim_of(officer, organizer, "organizer")
    suspended = await officer.post(f"/claims/{claim['id']}/suspend", {"note": "Quyết định hết hiệu lực"})

    assert suspended.json()["status"] == "suspended"
    assert "912345678" not in (await organizer.get(path)).text
    assert (await organizer.post(f"/events/{event['id']}/close")).status_code == 403


@pytest.mark.parametrize("verb", ["verify", "reject", "suspend"])
async def test_nobody_decides_on_their_own_claim(client: Client, verb: str) -> None:
    asking, officer = await client.register("producer"), await client.officer()
    (claim,) = await claims_of(officer, asking, subject="identity")
    await joined(asking, officer)
    answer = await officer.post(f"/claims/{claim['id']}/{verb}", {"note": "Tự xét"})
    assert (answer.status_code, answer.json()["code"]) == (403, "self-verification")
    assert (await asking.post(f"/claims/{claim['id']}/{verb}", {"note": "Tự xét"})).status_code == 403


async def test_who_filed_a_claim_and_became_an_officer_is_no_second_person(client: Client) -> None:
    asking = await client.register("producer", name="HTX Tự Xét")
    colleague = await client.register("producer")
    await joined(asking, colleague, "owner")
    (claim,) = (await asking.get("/claims", params={"kind": "producer"})).json()["items"]
    mine = {"Market-Organization": asking.organization["id"]}
    (member,) = [
        item
        for item in (await asking.get(f"{own(asking)}/members")).json()["items"]
        if item["user"]["id"] == asking.user["id"]
    ]
    await colleague.delete(f"{own(asking)}/members/{member['id']}", headers=mine)
    async with client.app.state.sessions() as session:
        user = await session.get_one(User, UUID(asking.user["id"]))
        user.platform_roles = ["officer"]
        await record_change(session, SYSTEM, user, verb="appoint")
        await session.commit()
    answer = await asking.post(f"/claims/{claim['id']}/verify", SEEN)
    assert (answer.status_code, answer.json()["code"]) == (403, "self-verification")


async def test_claims_are_for_their_organization_and_officers(client: Client) -> None:
    asking, stranger, officer = await client.register(), await client.register(), await client.officer()
    (claim,) = await claims_of(officer, asking, subject="identity")
    assert await claims_of(stranger, asking) == []
    assert (await stranger.get(f"/claims/{claim['id']}")).status_code == 404
    assert (await asking.get(f"/claims/{claim['id']}")).json()["statement"]["name"] == asking.organization["name"]


async def test_the_organizations_own_route_decides_on_its_identity(client: Client) -> None:
    asking, officer = await client.register(), await client.officer()
    for decision in ("verified", "rejected", "verified"):
        answer = await officer.post(f"{own(asking)}/verify", {**SEEN, "decision": decision})
        assert (answer.status_code, answer.json()["verification"]) == (200, decision)
    statuses = [claim["status"] for claim in await claims_of(officer, asking, subject="identity")]
    assert statuses == ["verified", "rejected"]


@pytest.mark.parametrize(
    "change",
    [{"name": "HTX Tên Khác"}, {"legal_form": "company"}, {"province": {"code": "79"}}, {"tax_code": a_code(7)}],
)
async def test_another_identity_suspends_all_that_stood_on_it(
    client: Client, session: AsyncSession, change: dict[str, Any]
) -> None:
    trader, officer = await client.register("producer", "organizer"), await client.officer()
    await officer.post(f"{own(trader)}/verify", SEEN)
    certificate = (await trader.post("/certificates", CERTIFICATE)).json()
    assert (await officer.post(f"/certificates/{certificate['id']}/verify", SEEN)).status_code == 200

    body = (await trader.patch(own(trader), change)).json()

    assert (body["verification"], body["kinds"], body["asked_kinds"]) == ("unverified", ["producer"], ["organizer"])
    assert (await client.get(f"/certificates/{certificate['id']}")).status_code == 404
    assert (await trader.get(f"/certificates/{certificate['id']}")).json()["state"] == "suspended"
    statuses = {claim["kind"] or claim["subject"]: claim["status"] for claim in await claims_of(officer, trader)}
    assert statuses == {"identity": "suspended", "organizer": "suspended", "producer": "open"}
    entries = await session.execute(select(Change.entity, Change.verb, Change.diff).order_by(Change.id))
    by_entity: dict[str, list[Any]] = {}
    for entry in entries:
        by_entity.setdefault(entry.entity, []).append(entry)
    assert by_entity["certificate"][-1].verb == "suspend"
    assert by_entity["certificate"][-1].diff["verification"] == ["verified", "suspended"]
    edit = by_entity["organization"][-1]
    assert (edit.verb, edit.diff["verification"]) == ("edit", ["verified", "unverified"])
    assert edit.diff["kinds"] == [["organizer", "producer"], ["producer"]]
    again = await officer.post(f"/certificates/{certificate['id']}/verify", SEEN)
    assert again.json()["state"] == "valid"


async def test_what_is_no_identity_suspends_nothing(client: Client) -> None:
    trader, officer = await client.register("producer"), await client.officer()
    await officer.post(f"{own(trader)}/verify", SEEN)
    body = (await trader.patch(own(trader), {"address": "Ấp 2", "name": trader.organization["name"]})).json()
    assert body["verification"] == "verified"


async def test_a_kind_that_an_officer_rejected_is_not_held_by_asking_again(client: Client) -> None:
    seller, officer = await registered(client, "producer"), await client.officer()
    claim = await claim_of(officer, seller, "producer")
    assert (await officer.post(f"/claims/{claim['id']}/reject", {"note": "Không sản xuất gì"})).status_code == 200
    assert (await seller.get(own(seller))).json()["kinds"] == []
    again = await seller.post("/claims", {"subject": "kind", "kind": "producer"})
    body = (await seller.get(own(seller))).json()
    assert (again.status_code, body["kinds"], body["asked_kinds"]) == (201, [], ["producer"])
    twice = await seller.post("/claims", {"subject": "kind", "kind": "producer"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already-claimed")


async def test_a_decided_claim_is_not_decided_again(client: Client) -> None:
    asking, officer = await client.register(), await client.officer()
    (claim,) = await claims_of(officer, asking, subject="identity")
    assert (await officer.post(f"/claims/{claim['id']}/reject", {"note": "Không rõ"})).status_code == 200
    answer = await officer.post(f"/claims/{claim['id']}/verify", SEEN)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal-transition")


async def test_a_verification_ends_with_its_term(client: Client, session: AsyncSession) -> None:
    department, officer = await registered(client, "authority"), await client.officer()
    claim = await claim_of(officer, department, "authority")
    await officer.post(f"/claims/{claim['id']}/verify", {**SEEN, "valid_until": "2027-03-31"})
    last, after = clock.today().fromisoformat("2027-03-31"), clock.today().fromisoformat("2027-04-01")
    assert await end_terms(session, today=last) == 0
    assert await end_terms(session, today=after) == 1
    body = (await department.get(own(department))).json()
    assert (body["kinds"], body["asked_kinds"]) == ([], ["authority"])


async def test_the_same_tax_code_may_wait_but_only_one_of_it_is_verified(client: Client) -> None:
    code, officer = a_code(11), await client.officer()
    squatter, rightful = await client.register(tax_code=code), await client.register(tax_code=code)
    assert (await officer.post(f"{own(rightful)}/verify", SEEN)).status_code == 200
    refused = await officer.post(f"{own(squatter)}/verify", SEEN)
    assert (refused.status_code, refused.json()["code"]) == (409, "tax-code-taken")
    elsewhere = await client.register()
    edited = await elsewhere.patch(own(elsewhere), {"tax_code": code})
    assert (edited.status_code, edited.json()["code"]) == (409, "tax-code-taken")
    assert "tax_code" in edited.json()["detail"]


async def test_a_disputed_tax_code_goes_to_whom_an_officer_believes(client: Client) -> None:
    code, officer = a_code(12), await client.officer()
    holder, rightful = await client.register("producer", tax_code=code), await client.register("producer")
    await officer.post(f"{own(holder)}/verify", SEEN)
    certificate = (await holder.post("/certificates", CERTIFICATE)).json()
    await officer.post(f"/certificates/{certificate['id']}/verify", SEEN)
    dispute = {"subject": "tax_code", "tax_code": code, "reason": "Giấy đăng ký mang tên chúng tôi"}

    claim = (await rightful.post("/claims", dispute)).json()
    given = await officer.post(f"/claims/{claim['id']}/verify", {"evidence": "Tra cứu thuế ngày 01/12/2026"})

    assert given.json()["status"] == "verified"
    lost, won = (await holder.get(own(holder))).json(), (await rightful.get(own(rightful))).json()
    assert (lost["tax_code"], lost["verification"]) == (None, "unverified")
    assert (won["tax_code"], won["verification"]) == (code, "unverified")
    assert (await holder.get(f"/certificates/{certificate['id']}")).json()["state"] == "suspended"
    assert (await officer.post(f"{own(rightful)}/verify", SEEN)).status_code == 200


async def test_a_dispute_needs_a_reason_and_something_to_dispute(client: Client) -> None:
    asking = await client.register()
    without = await asking.post("/claims", {"subject": "tax_code", "tax_code": a_code(13)})
    nobodys = await asking.post("/claims", {"subject": "tax_code", "tax_code": a_code(13), "reason": "Của tôi"})
    wrong = await asking.post("/claims", {"subject": "tax_code", "tax_code": "123", "reason": "Của tôi"})
    mixed = await asking.post("/claims", {"subject": "identity", "kind": "authority"})
    assert (without.status_code, nobodys.status_code, wrong.status_code, mixed.status_code) == (400, 409, 400, 400)
    assert nobodys.json()["code"] == "nothing-to-dispute"


async def test_an_officer_who_records_an_organization_grants_its_kinds(client: Client) -> None:
    officer = await client.officer()
    body = {"name": "Sở Ghi Nhận", "kinds": ["authority"], "legal_form": "public_body", "province": PROVINCE}
    recorded = (await officer.post("/organizations", body)).json()
    assert (recorded["kinds"], recorded["asked_kinds"]) == (["authority"], [])
    (claim,) = (await officer.get("/claims", params={"organization": recorded["id"], "subject": "kind"})).json()[
        "items"
    ]
    assert (claim["status"], claim["valid_until"]) == ("verified", str(clock.today() + timedelta(days=730)))


async def test_an_officer_who_registers_like_anybody_grants_nothing(client: Client) -> None:
    officer = await client.officer()
    person = {"full_name": "Bạn Của Cán Bộ", "email": "ban@thu.example", "password": "mot-cau-du-dai-de-thu"}
    organization = {"name": "Bạn Bè", "kinds": ["authority"], "legal_form": "company", "province": PROVINCE}
    answer = await officer.post("/auth/register", {"organization": organization, "user": person})
    assert answer.json()["organization"]["kinds"] == []


async def test_a_scan_shows_what_is_claimed_to_officers_and_nobody_else(client: Client) -> None:
    asking, stranger, officer = await client.register(), await client.register(), await client.officer()
    (claim,) = await claims_of(officer, asking, subject="identity")
    path = f"/claims/{claim['id']}/evidence"
    sent = await asking.post(path, files={"file": ("dang-ky.pdf", b"%PDF-1.7 giay dang ky")})
    assert sent.status_code == 201, sent.text
    file = f"{path}/{sent.json()['id']}"
    assert (await officer.get(file)).content == b"%PDF-1.7 giay dang ky"
    assert [(await who.get(path)).status_code for who in (stranger, client)] == [404, 401]
    await officer.post(f"/claims/{claim['id']}/verify", SEEN)
    assert (await asking.post(f"{file}/withdraw")).status_code == 403
    assert (await officer.post(f"{file}/withdraw", {"reason": "Nhầm tệp"})).status_code == 200


async def test_a_verified_producer_vouches_for_no_sale_between_strangers(client: Client) -> None:
    around = await table(client)
    producer = await client.register("producer")
    await around.officer.post(f"{own(producer)}/verify", SEEN)
    await producer.patch(own(producer), {"kinds": ["producer", "authority", "organizer"]})

    logged = await producer.post("/agreements", around.paper(event=None))

    assert logged.status_code == 403
    assert (await around.seller.get("/agreements")).json()["items"] == []


async def test_no_kind_is_granted_where_nobody_looked_at_anything(client: Client) -> None:
    department, officer = await registered(client, "authority"), await client.officer()
    claim = await claim_of(officer, department, "authority")
    path = f"/claims/{claim['id']}"
    for nothing in (None, {}, {"note": "Được"}):
        refused = await officer.post(f"{path}/verify", nothing)
        assert (refused.status_code, refused.json()["code"]) == (409, "evidence-missing")
        assert all(way in refused.json()["detail"] for way in (f"{path}/evidence", "looked_at"))
    assert (await department.get(own(department))).json()["kinds"] == []
    sent = await department.post(f"{path}/evidence", files={"file": ("qd.pdf", b"%PDF-1.7 quyet dinh")})
    assert sent.status_code == 201, sent.text
    assert (await officer.post(f"{path}/verify")).json()["status"] == "verified"
    assert (await department.get(own(department))).json()["kinds"] == ["authority"]


async def test_who_says_nothing_of_what_was_looked_at_leaves_a_claim_without_evidence(client: Client) -> None:
    asking, officer = await client.register(), await client.officer()
    assert (await officer.post(f"{own(asking)}/verify")).json()["verification"] == "verified"
    (claim,) = await claims_of(officer, asking, subject="identity")
    assert (claim["status"], claim["evidence"]) == ("verified", None)
    await officer.post(f"{own(asking)}/verify", {"note": "Giấy đăng ký số 12"})
    (claim,) = await claims_of(officer, asking, subject="identity")
    assert claim["evidence"] == "Giấy đăng ký số 12"


async def test_a_verification_of_identity_says_what_was_seen_and_until_when_it_counts(client: Client) -> None:
    asking, officer, today = await client.register(), await client.officer(), clock.today()
    await officer.post(f"{own(asking)}/verify", SEEN)
    (claim,) = await claims_of(officer, asking, subject="identity")
    assert (claim["evidence"], claim["valid_until"]) == (SEEN["looked_at"], str(today + timedelta(days=730)))
    for wrong in (today - timedelta(days=1), today + timedelta(days=1827), "2999-12-31"):
        refused = await officer.post(f"{own(asking)}/verify", {**SEEN, "valid_until": str(wrong)})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "claim-term")
    longer = {"looked_at": "Sổ đăng ký năm nay", "valid_until": str(today + timedelta(days=1000))}
    assert (await officer.post(f"{own(asking)}/verify", longer)).status_code == 200
    (claim,) = await claims_of(officer, asking, subject="identity")
    assert (claim["status"], claim["valid_until"]) == ("verified", longer["valid_until"])


async def test_who_stops_being_verified_is_told_a_month_before_and_once(client: Client, session: AsyncSession) -> None:
    department, officer = await registered(client, "authority"), await client.officer()
    claim = await claim_of(officer, department, "authority")
    await officer.post(f"/claims/{claim['id']}/verify", SEEN)
    last = clock.today() + timedelta(days=730)
    assert await remind_of_terms(session, today=last - timedelta(days=31)) == 0
    assert await remind_of_terms(session, today=last - timedelta(days=30)) == 1
    assert await remind_of_terms(session, today=last) == 0
    changes = list(await session.scalars(select(Change).where(Change.entity == "claim", Change.verb == "remind")))
    ((organization, news),) = await claim_news(session, changes)
    assert (str(organization), news.kind) == (department.organization["id"], Kind.CLAIM_ENDING)
    again = await officer.post(f"/claims/{claim['id']}/verify", SEEN)
    assert (again.status_code, again.json()["status"]) == (200, "verified")
