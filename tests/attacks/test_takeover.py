"""Nobody gets in for others: addresses that nobody proved, keys that outlive their maker, links used twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from market.core import clock
from market.organizations import joining
from tests.attacks.letters import Letters
from tests.people import PASSWORD, Client, added, joined, proved

VICTIM = "chu.that@congty.example"
NEW = "một câu mới cũng thật dài"


async def registered(client: Client, email: str, password: str = PASSWORD) -> Client:
    body = {
        "organization": {
            "name": "HTX Ai Đó",
            "kinds": ["producer"],
            "legal_form": "cooperative",
            "province": {"code": "82", "version": "2025"},
        },
        "user": {"full_name": "Ai Đó", "email": email, "password": password},
    }
    answer = await client.post("/auth/register", body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return Client(client.http, client.app, made["tokens"]["access_token"], made["organization"], made["user"])


async def signs_in(client: Client, identifier: str, password: str) -> bool:
    answer = await client.post("/auth/token", {"identifier": identifier, "password": password})
    return answer.status_code == 200


async def prove(person: Client, letters: Letters, contact: str, password: str = PASSWORD) -> None:
    field = "email" if "@" in contact else "phone"
    asked = (await person.post("/me/contacts", {field: contact, "password": password})).json()
    proof = {"token": await letters.link(contact)} if field == "email" else {"code": await letters.code(contact)}
    answer = await person.post(f"/me/contacts/{asked['id']}/prove", proof)
    assert answer.status_code == 200, answer.text


async def test_who_typed_an_address_first_does_not_come_to_own_who_invited_it(client: Client, letters: Letters) -> None:
    company, squatter = await client.register(), await registered(client, VICTIM)
    person = {"full_name": "Chủ Thật", "email": VICTIM, "password": PASSWORD}
    path = f"/organizations/{company.organization['id']}"
    asked = await company.post(f"{path}/members", {"user": person, "role": "owner"})
    assert asked.json()["status"] == "invited"

    refused = await squatter.post(f"/invitations/{asked.json()['id']}/accept")
    assert (refused.status_code, refused.json()["code"]) == (403, "contact-not-proved")
    assert (await squatter.get(f"{path}/members")).status_code == 404

    real = await registered(client, VICTIM, NEW)
    await prove(real, letters, VICTIM, NEW)
    accepted = await real.post(f"/invitations/{asked.json()['id']}/accept")
    assert accepted.status_code == 200
    assert len((await company.get(f"{path}/members")).json()["items"]) == 2


async def test_an_unproved_address_is_free_for_its_owner_and_then_for_nobody(client: Client, letters: Letters) -> None:
    squatter = await registered(client, VICTIM)
    real = await registered(client, VICTIM, NEW)
    await prove(real, letters, VICTIM, NEW)
    asked = (await squatter.post("/me/contacts", {"email": VICTIM})).json()
    token = await letters.link(VICTIM)
    late = await squatter.post(f"/me/contacts/{asked['id']}/prove", {"token": token})
    assert (late.status_code, late.json()["code"]) == (409, "contact-taken")
    assert await signs_in(client, VICTIM, NEW)
    assert not await signs_in(client, VICTIM, PASSWORD)


async def test_an_account_made_with_somebody_elses_address_is_theirs_alone_after_a_reset(
    client: Client, letters: Letters
) -> None:
    squatter = await registered(client, VICTIM)
    key = (await squatter.post("/api-keys", {"name": "cửa sau"})).json()["token"]
    await client.post("/auth/forgot", {"identifier": VICTIM})
    reset = await client.post("/auth/reset", {"token": await letters.link(VICTIM), "password": NEW})
    assert reset.status_code == 204, reset.text
    for token in (squatter.token, key):
        assert (await replace(client, token=token).get("/me")).status_code == 401
    assert await signs_in(client, VICTIM, NEW)


async def test_who_finds_a_telephone_open_does_not_take_the_account(client: Client, letters: Letters) -> None:
    """A contact opens the account, so adding one asks for the password; and the old one is told."""
    person = await client.register()
    email = person.user["email"]
    await prove(person, letters, email)
    taken = "ke.gian@thu.example"
    refused = await person.post("/me/contacts", {"email": taken})
    assert (refused.status_code, refused.json()["code"]) == (403, "password-needed")
    guessed = await person.post("/me/contacts", {"email": taken, "password": "sai mật khẩu"})
    assert (guessed.status_code, guessed.json()["code"]) == (403, "wrong-password")
    assert await letters.to(taken) == []
    await prove(person, letters, "moi@thu.example")
    assert "liên hệ khác" in (await letters.to(email))[-1]


async def test_where_another_contact_is_proved_an_unproved_one_opens_nothing(client: Client, letters: Letters) -> None:
    owner = await registered(client, VICTIM)
    await prove(owner, letters, "+84912345678")
    before = len(letters.sent)
    await client.post("/auth/forgot", {"identifier": VICTIM})
    assert [words for address, words in letters.sent[before:] if address == VICTIM] == []


async def test_who_forgets_everything_gets_in_again_by_the_outbox_alone(client: Client, letters: Letters) -> None:
    person = await client.register()
    email = person.user["email"]
    await client.post("/auth/forgot", {"identifier": email.upper()})
    body = {"identifier": email, "code": await letters.code(email), "password": NEW}
    assert (await client.post("/auth/reset", body)).status_code == 204
    assert (await person.get("/me")).status_code == 401
    assert await signs_in(client, email, NEW)
    told = (await client.post("/auth/reset", body)).json()
    assert told["code"] == "code-not-valid"


@pytest.mark.parametrize("identifier", ["khong.ai@thu.example", "0987654321", "không phải địa chỉ", VICTIM])
async def test_asking_tells_nobody_who_has_an_account(client: Client, letters: Letters, identifier: str) -> None:
    await registered(client, VICTIM)
    await letters.deliver()
    before = len(letters.sent)
    answer = await client.post("/auth/forgot", {"identifier": identifier})
    known = await client.post("/auth/forgot", {"identifier": VICTIM})
    assert (answer.status_code, answer.json()) == (known.status_code, known.json()) == (202, known.json())
    await letters.deliver()
    assert {address for address, _ in letters.sent[before:]} == {VICTIM}


async def test_links_that_are_used_expired_of_others_or_invented_have_one_answer(
    client: Client, letters: Letters
) -> None:
    person, other = await client.register(), await client.register()
    email = person.user["email"]
    await client.post("/auth/forgot", {"identifier": email})
    first = await letters.link(email)
    await client.post("/auth/forgot", {"identifier": email})
    second, code = await letters.link(email), await letters.code(email)
    asked = (await other.post("/me/contacts", {"email": "khac@thu.example", "password": PASSWORD})).json()
    other_kind = await letters.link("khac@thu.example")
    answers = [await tried(client, {"token": token}) for token in (first, "x" * 43, other_kind)]
    answers.append(await tried(client, {"identifier": other.user["email"], "code": code}))
    with clock.shifted(timedelta(hours=2)):
        answers.append(await tried(client, {"token": second}))
    assert await tried(client, {"token": second}) is None
    answers.append(await tried(client, {"token": second}))
    assert {str(answer) for answer in answers} == {str(answers[0])}
    assert answers[0] is not None
    assert answers[0]["code"] == "code-not-valid"
    mine = (await person.post("/me/contacts", {"email": "khac@thu.example"})).status_code
    assert mine == 401  # the reset ended that sign-in
    assert asked["proved_at"] is None


async def tried(client: Client, proof: dict[str, str]) -> dict[str, Any] | None:
    answer = await client.post("/auth/reset", {**proof, "password": NEW})
    if answer.status_code == 204:
        return None
    body: dict[str, Any] = answer.json()
    return {name: body[name] for name in ("status", "code", "detail", "title")}


async def test_a_code_takes_five_guesses(client: Client, letters: Letters) -> None:
    person = await client.register()
    email = person.user["email"]
    await client.post("/auth/forgot", {"identifier": email})
    code = await letters.code(email)
    for guess in range(5):
        wrong = f"{(int(code) + 1 + guess) % 10**8:08d}"
        assert await tried(client, {"identifier": email, "code": wrong}) is not None
    assert await tried(client, {"identifier": email, "code": code}) is not None


async def test_a_key_makes_no_owner_who_survives_it(client: Client) -> None:
    htx = await client.register()
    key = (await htx.post("/api-keys", {"name": "kho"})).json()
    tool = replace(htx, token=key["token"])
    person = {"full_name": "Kẻ Gian", "email": "gian@thu.example", "password": PASSWORD}
    path = f"/organizations/{htx.organization['id']}"
    attempts = [
        await tool.post(f"{path}/members", {"user": person, "role": "owner"}),
        await tool.post(f"{path}/invitations", {"email": "gian@thu.example", "role": "owner"}),
        await tool.post("/api-keys", {"name": "khóa con"}),
        await tool.post("/me/password", {"current": PASSWORD, "password": NEW}),
        await tool.post("/me/contacts", {"email": "gian@thu.example"}),
        await tool.get("/me/export"),
        await tool.delete("/me/sign-ins"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in attempts} == {(403, "keys-are-for-people")}


async def test_a_key_opens_what_it_was_made_for_until_its_day(client: Client) -> None:
    htx = await client.register()
    body = {"name": "kho", "scopes": ["needs:read", "listings:write"], "expires_on": clock.today().isoformat()}
    key = (await htx.post("/api-keys", body)).json()
    tool = replace(htx, token=key["token"])
    assert key["scopes"] == ["listings:write", "needs:read"]
    assert (await tool.get("/needs")).status_code == 200
    assert (await tool.get("/listings")).status_code == 200
    refused = await tool.post("/needs", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "outside-scopes")
    assert (await tool.get("/agreements")).status_code == 403
    with clock.shifted(timedelta(days=1)):
        assert (await tool.get("/needs")).status_code == 401


async def test_a_key_is_changed_with_both_working_for_a_while(client: Client) -> None:
    htx = await client.register()
    old = (await htx.post("/api-keys", {"name": "kho", "scopes": ["needs:read"]})).json()
    new = (await htx.post(f"/api-keys/{old['id']}/rotate", {"overlap_hours": 2})).json()
    assert new["scopes"] == ["needs:read"]
    tools = [replace(htx, token=key["token"]) for key in (old, new)]
    assert [(await tool.get("/needs")).status_code for tool in tools] == [200, 200]
    with clock.shifted(timedelta(hours=3)):
        assert [(await tool.get("/needs")).status_code for tool in tools] == [401, 200]


async def test_the_keys_of_who_left_are_gone_and_do_not_come_back(client: Client) -> None:
    htx = await client.register()
    manager = await added(htx, "manager")
    key = (await manager.post("/api-keys", {"name": "kho"})).json()
    await htx.delete(f"/organizations/{htx.organization['id']}/members/{manager.member_id}")
    assert (await htx.get("/api-keys")).json()["items"] == []
    await joined(htx, await proved(manager), "manager")
    assert (await replace(client, token=key["token"]).get("/needs")).status_code == 401


@pytest.mark.parametrize(
    "password", ["12345678", "1234567890", "password123", "MatKhau@123", "aaaaaaaaaaaa", "Mật khẩu 123456", "chu.that"]
)
async def test_what_anybody_would_try_first_is_no_password(client: Client, password: str) -> None:
    body = {"identifier": "0912345678", "code": "12345678", "password": password}
    answer = await client.post("/auth/reset", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/password")


async def test_an_invitation_is_a_link_that_works_once_with_a_password_of_ones_own(
    client: Client, letters: Letters
) -> None:
    htx = await client.register()
    path = f"/organizations/{htx.organization['id']}"
    sent = await htx.post(f"{path}/invitations", {"email": "moi@thu.example", "role": "manager"})
    assert sent.status_code == 201, sent.text
    token = await letters.link("moi@thu.example")
    body = {"token": token, "full_name": "Người Mới", "password": NEW}
    accepted = await client.post("/auth/invitations/accept", body)
    assert accepted.status_code == 201, accepted.text
    assert accepted.json()["user"]["email_proved_at"] is not None
    assert (await client.post("/auth/invitations/accept", body)).json()["code"] == "code-not-valid"
    assert [m["role"] for m in (await htx.get(f"{path}/members")).json()["items"]] == ["manager", "owner"]
    taken_back = await htx.post(f"{path}/invitations", {"email": "moi2@thu.example"})
    token = await letters.link("moi2@thu.example")
    assert (await htx.delete(f"{path}/invitations/{taken_back.json()['id']}")).status_code == 204
    assert (await client.post("/auth/invitations/accept", {**body, "token": token})).status_code == 400


async def test_who_acts_for_several_must_say_for_which(client: Client) -> None:
    adviser, other = await client.register(), await client.register()
    await joined(other, adviser)
    body = {"name": "kho"}
    refused = await adviser.post("/api-keys", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "organization-not-named")
    assert set(refused.json()["organizations"]) == {adviser.organization["id"], other.organization["id"]}
    named = await adviser.post("/api-keys", body, headers={"Market-Organization": adviser.organization["id"]})
    assert named.status_code == 201


async def test_an_organization_reads_no_register_of_addresses_by_inviting(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "MOST_A_DAY", 3)
    known, owner = await proved(await client.register()), await client.register()
    path = f"/organizations/{owner.organization['id']}"
    for email in (known.user["email"], "khong.ai@thu.example"):
        told = await owner.post(f"{path}/invitations", {"email": email})
        assert (told.status_code, told.json()["status"]) == (201, "pending")
    asked = {"user": {"full_name": "Ai Đó", "email": "ai.do@thu.example", "password": PASSWORD}}
    for refused in (
        await owner.post(f"{path}/invitations", {"email": known.user["email"]}),
        await owner.post(f"{path}/members", asked),
    ):
        assert (refused.status_code, refused.json()["code"]) == (429, "too-many-asked")
        assert 0 < int(refused.headers["retry-after"]) <= 86400
