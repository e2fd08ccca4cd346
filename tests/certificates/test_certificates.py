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
from tests.people import SEEN, Client, added

CERTIFICATE: dict[str, Any] = {
    "scheme": "vietgap",
    "number": "VietGAP-TT-26-01-82-0007",
    "issuer": "Tổ chức chứng nhận Thử",
    "issued_on": "2026-01-15",
    "scope_concepts": ["dragon-fruit"],
}


async def appointed(client: Client, person: Client) -> None:
    """Make a person an officer of the platform too."""
    async with client.app.state.sessions() as session:
        user = await session.get_one(User, UUID(person.user["id"]))
        user.platform_roles = ["officer"]
        await record_change(session, SYSTEM, user, verb="appoint")
        await session.commit()


async def test_a_certificate_is_unverified_until_a_second_person_has_seen_it(
    client: Client, session: AsyncSession
) -> None:
    cooperative = await client.register("producer")
    officer = await client.officer()
    stranger = await client.register("buyer")

    recorded = (await cooperative.post("/certificates", CERTIFICATE)).json()
    hidden = await stranger.get(f"/certificates/{recorded['id']}")
    verified = await officer.post(f"/certificates/{recorded['id']}/verify", SEEN)
    shown = await stranger.get(f"/certificates/{recorded['id']}")

    assert (recorded["state"], recorded["expires_on"]) == ("unverified", "2029-01-15")
    assert hidden.status_code == 404
    assert verified.json()["state"] == "valid"
    assert shown.status_code == 200
    verbs = select(Change.verb).where(Change.entity == "certificate").order_by(Change.id)
    assert list(await session.scalars(verbs)) == ["create", "verify"]


async def test_nobody_verifies_what_they_recorded_or_what_is_their_own(client: Client) -> None:
    cooperative = await client.register("producer")
    recorded = (await cooperative.post("/certificates", CERTIFICATE)).json()
    await appointed(client, cooperative)

    answer = await cooperative.post(f"/certificates/{recorded['id']}/verify", SEEN)

    assert answer.status_code == 403
    assert answer.json()["code"] == "second-person-needed"


async def test_another_person_of_the_same_organization_is_no_second_person(client: Client) -> None:
    cooperative = await client.register("producer")
    colleague = await added(cooperative)
    await appointed(client, colleague)
    recorded = (await cooperative.post("/certificates", CERTIFICATE)).json()

    answers = [
        await colleague.post(f"/certificates/{recorded['id']}/verify", {**SEEN, "decision": decision})
        for decision in ("verified", "rejected")
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "second-person-needed")] * 2
    assert (await cooperative.get(f"/certificates/{recorded['id']}")).json()["state"] == "unverified"


async def test_who_recorded_it_and_left_the_organization_is_still_the_first_person(client: Client) -> None:
    cooperative = await client.register("producer")
    former = await added(cooperative)
    recorded = (await former.post("/certificates", CERTIFICATE)).json()
    left = await cooperative.delete(f"/organizations/{cooperative.organization['id']}/members/{former.member_id}")
    await appointed(client, former)

    answer = await former.post(f"/certificates/{recorded['id']}/verify", SEEN)

    assert left.status_code in (200, 204)
    assert (answer.status_code, answer.json()["code"]) == (403, "second-person-needed")


async def test_a_member_who_is_no_officer_may_not_verify(client: Client) -> None:
    cooperative = await client.register("producer")
    recorded = (await cooperative.post("/certificates", CERTIFICATE)).json()

    assert (await cooperative.post(f"/certificates/{recorded['id']}/verify", SEEN)).status_code == 403


async def test_stars_below_three_are_no_certificates(client: Client) -> None:
    cooperative = await client.register("producer")
    stars = {**CERTIFICATE, "scheme": "ocop", "number": "123/QĐ-UBND"}

    answers = [await cooperative.post("/certificates", {**stars, "level": level}) for level in (None, 1, 2, 3, 5)]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 201, 201]
    assert answers[1].json()["errors"][0]["pointer"] == "/level"


async def test_odd_numbers_and_issuers_warn_and_are_kept(client: Client) -> None:
    cooperative = await client.register("producer")

    odd = await cooperative.post("/certificates", {**CERTIFICATE, "number": "VG 12"}, headers={"Accept-Language": "en"})
    usual = await cooperative.post("/certificates", CERTIFICATE)
    district = {
        "scheme": "ocop",
        "level": 3,
        "issuer": "UBND huyện Mẫu",
        "number": "858/QĐ-UBND",
        "issued_on": "2025-06-01",
    }
    before = await cooperative.post("/certificates", district)
    after = await cooperative.post("/certificates", {**district, "issued_on": "2025-09-01"})

    assert (odd.status_code, len(odd.json()["warnings"])) == (201, 1)
    assert usual.json()["warnings"] == []
    assert before.json()["warnings"] == []
    assert len(after.json()["warnings"]) == 1


async def test_it_expires_one_second_after_its_last_day(client: Client) -> None:
    cooperative = await client.register("producer")
    officer = await client.officer()
    recorded = (await cooperative.post("/certificates", {**CERTIFICATE, "expires_on": "2027-03-31"})).json()
    await officer.post(f"/certificates/{recorded['id']}/verify", SEEN)
    end = clock.end_of_day(clock.today().fromisoformat("2027-03-31"))

    with clock.at(end - timedelta(seconds=1)):
        before = (await client.get(f"/certificates/{recorded['id']}")).json()["state"]
    with clock.at(end):
        after = (await client.get(f"/certificates/{recorded['id']}")).json()["state"]

    assert (before, after) == ("valid", "expired")


async def test_a_recall_is_final(client: Client) -> None:
    cooperative = await client.register("producer")
    stranger = await client.register("producer")
    officer = await client.officer()
    recorded = (await cooperative.post("/certificates", CERTIFICATE)).json()
    path = f"/certificates/{recorded['id']}"
    await officer.post(f"{path}/verify", SEEN)

    by_stranger = await stranger.post(f"{path}/recall", {"reason": "không rõ"})
    by_owner = await cooperative.post(f"{path}/recall", {"reason": "Phát hiện dư lượng"})
    again = await officer.post(f"{path}/recall", {"reason": "lần hai"})
    verified_again = await officer.post(f"{path}/verify", SEEN)

    assert by_stranger.status_code == 403
    assert by_owner.json()["state"] == "recalled"
    assert (again.status_code, verified_again.status_code) == (409, 409)
    assert again.json()["code"] == "already-recalled"


async def test_bad_certificates_name_every_error(client: Client) -> None:
    cooperative = await client.register("producer")
    wrong = {"scheme": "", "issuer": "", "issued_on": "2030-13-01", "scope_concepts": ["nothing"], "extra": True}

    answer = await cooperative.post("/certificates", wrong)

    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/scheme", "/issuer", "/issued_on", "/scope_concepts/0", "/extra"}


async def test_without_evidence_nothing_is_verified(client: Client) -> None:
    cooperative, officer = await client.register("producer"), await client.officer()
    recorded = (await cooperative.post("/certificates", CERTIFICATE)).json()
    path = f"/certificates/{recorded['id']}"

    refused = await officer.post(f"{path}/verify")
    rejected = await officer.post(f"{path}/verify", {"decision": "rejected", "note": "Không có giấy"})
    with_reference = await officer.post(f"{path}/verify", {"reference": "https://tra-cuu.example/858"})

    assert (refused.status_code, refused.json()["code"]) == (409, "not-verifiable")
    (error,) = refused.json()["errors"]
    assert error["code"] == "evidence-missing"
    assert all(way in error["message"] for way in ("/evidence", "looked_at"))
    assert rejected.json()["verification"] == "rejected"
    assert (with_reference.json()["state"], with_reference.json()["reference"]) == (
        "valid",
        "https://tra-cuu.example/858",
    )


async def test_a_scan_is_evidence(client: Client) -> None:
    cooperative, officer = await client.register("producer"), await client.officer()
    recorded = (await cooperative.post("/certificates", {**CERTIFICATE, "number": None})).json()
    path = f"/certificates/{recorded['id']}"
    sent = await cooperative.post(f"{path}/evidence", files={"file": ("giay.pdf", b"%PDF-1.7 vietgap")})
    assert (await officer.post(f"{path}/verify")).json()["state"] == "valid"
    other = (await cooperative.post("/certificates", {**CERTIFICATE, "number": None})).json()
    again = await cooperative.post(f"/certificates/{other['id']}/evidence", files={"file": ("b.pdf", b"%PDF-1.7 b")})
    taken_back = f"/certificates/{other['id']}/evidence/{again.json()['id']}/withdraw"
    assert (sent.status_code, (await cooperative.post(taken_back)).status_code) == (201, 200)
    assert (await officer.post(f"/certificates/{other['id']}/verify")).status_code == 409


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"expires_on": "2999-01-01"}, ["term-out-of-bounds"]),
        ({"expires_on": "2029-01-16"}, ["term-out-of-bounds"]),
        ({"expires_on": "2029-01-15"}, []),
        ({"scheme": "food-safety", "expires_on": "2999-01-01"}, ["term-out-of-bounds"]),
        ({"scheme": "geographical-indication", "number": "00001"}, []),
        ({"scheme": "ocop", "level": 3, "issued_on": "2015-01-01", "expires_on": "2018-01-01"}, ["not-granted-then"]),
        ({"scheme": "globalgap", "number": "4056186123456", "expires_on": None}, ["check-digit"]),
        ({"scheme": "globalgap", "number": "4056186123459", "expires_on": None}, []),
    ],
)
async def test_a_term_beyond_what_the_scheme_grants_is_not_verified(
    client: Client, changes: dict[str, Any], codes: list[str]
) -> None:
    cooperative, officer = await client.register("producer"), await client.officer()
    recorded = await cooperative.post("/certificates", {**CERTIFICATE, **changes})
    answer = await officer.post(f"/certificates/{recorded.json()['id']}/verify", SEEN)
    assert answer.status_code == (409 if codes else 200), answer.text
    assert [error["code"] for error in answer.json().get("errors", [])] == codes


async def test_the_owner_corrects_what_nobody_has_verified_and_that_is_no_recall(
    client: Client, session: AsyncSession
) -> None:
    cooperative, stranger = await client.register("producer"), await client.register("producer")
    officer = await client.officer()
    recorded = (await cooperative.post("/certificates", {**CERTIFICATE, "expires_on": "2999-01-01"})).json()
    path = f"/certificates/{recorded['id']}"
    await officer.post(f"{path}/verify", {"decision": "rejected", "note": "Ngày hết hạn sai"})

    by_stranger = await stranger.patch(path, {"number": "VietGAP-TT-26-01-82-0008"})
    corrected = await cooperative.patch(path, {"expires_on": None, "number": "VietGAP-TT-26-01-82-0008"})
    verified = await officer.post(f"{path}/verify", SEEN)
    late = await cooperative.patch(path, {"number": "VietGAP-TT-26-01-82-0009"})

    assert by_stranger.status_code == 404
    assert (corrected.json()["state"], corrected.json()["expires_on"]) == ("unverified", "2029-01-15")
    assert (verified.json()["state"], verified.json()["recalled_at"]) == ("valid", None)
    assert (late.status_code, late.json()["code"]) == (409, "already-verified")
    verbs = select(Change.verb).where(Change.entity == "certificate").order_by(Change.id)
    assert list(await session.scalars(verbs)) == ["create", "verify", "edit", "verify"]


async def test_a_correction_is_checked_as_the_record_was(client: Client) -> None:
    cooperative = await client.register("producer")
    recorded = (await cooperative.post("/certificates", CERTIFICATE)).json()
    path = f"/certificates/{recorded['id']}"
    for change, pointers in (
        ({"scheme": "ocop"}, ["/level"]),
        ({"scheme": "nothing"}, ["/scheme"]),
        ({"issued_on": "2030-01-01"}, ["/issued_on", "/expires_on"]),
        ({"expires_on": "2020-01-01"}, ["/expires_on"]),
        ({"issuer": ""}, ["/issuer"]),
        ({"scheme": None}, ["/scheme"]),
    ):
        answer = await cooperative.patch(path, change)
        assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, pointers), change
    assert (await cooperative.get(path)).json()["version"] == 1
