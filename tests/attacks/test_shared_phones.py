"""Four people share a telephone: each signs in by a short name and a PIN, and nobody else does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from market.accounts.pins import LIFETIME, MOST_WRONG_PINS
from market.accounts.recovery import WAIT
from market.core import clock
from market.core.changes import Change
from market.notifications.kinds import Kind
from market.organizations.account_news import account_news
from tests.attacks.letters import Letters
from tests.attacks.test_takeover import prove
from tests.people import Client, added, joined

PHONE = "+84912345678"
PINS = {"lan": "271828", "hùng": "314159", "mai": "161803", "tư": "602214"}


async def packing_house(client: Client, letters: Letters) -> tuple[Client, str]:
    """A cooperative whose owner has proved the telephone, four people who share it, and the token of the device."""
    owner = await client.register()
    await prove(owner, letters, PHONE)
    path = f"/organizations/{owner.organization['id']}"
    for name, pin in PINS.items():
        made = await owner.post(f"{path}/short-names", {"full_name": f"Chị {name}", "short_name": name, "pin": pin})
        assert made.status_code == 201, made.text
    device = await owner.post(f"{path}/known-devices", {"name": "Điện thoại nhà đóng gói"})
    assert device.status_code == 201, device.text
    return owner, device.json()["known_device_token"]


async def by_pin(client: Client, device: str, name: str, pin: str | None = None) -> httpx.Response:
    body = {"known_device_token": device, "short_name": name, "pin": pin or PINS[name.casefold()]}
    return await client.post("/auth/pin", body)


def as_told(answer: httpx.Response) -> tuple[int, Any]:
    body = answer.json()
    return answer.status_code, {name: body[name] for name in ("code", "detail", "title")}


async def signed_in(owner: Client, device: str, name: str) -> Client:
    answer = await by_pin(replace(owner, token=None), device, name)
    assert answer.status_code == 200, answer.text
    return replace(owner, token=answer.json()["access_token"], user={})


async def test_four_people_share_a_telephone_and_each_is_themselves(client: Client, letters: Letters) -> None:
    owner, device = await packing_house(client, letters)
    seen = []
    for name in ("Lan", "HÙNG", "mai", "tư"):
        person = await signed_in(owner, device, name)
        me = (await person.get("/me")).json()
        assert [m["role"] for m in me["memberships"]] == ["staff"]
        seen.append(me["user"]["id"])
    assert len(set(seen)) == 4
    listed = (await owner.get(f"/organizations/{owner.organization['id']}/short-names")).json()["items"]
    assert {one["short_name"] for one in listed} == set(PINS)


async def test_a_pin_alone_a_name_alone_and_an_unknown_device_have_one_answer(client: Client, letters: Letters) -> None:
    owner, device = await packing_house(client, letters)
    path = f"/organizations/{owner.organization['id']}"
    other, _ = await client.register(), None
    await prove(other, letters, "+84987654321")
    theirs = (await other.post(f"/organizations/{other.organization['id']}/known-devices", {"name": "Máy"})).json()
    answers = [
        await by_pin(client, device, "lan", PINS["mai"]),
        await by_pin(client, device, "không ai"[:5], PINS["lan"]),
        await by_pin(client, "sd_" + "x" * 43, "lan"),
        await by_pin(client, theirs["known_device_token"], "lan"),
    ]
    assert as_told(answers[0])[1]["code"] == "wrong-short-name-or-pin"
    assert {str(as_told(answer)) for answer in answers} == {str(as_told(answers[0]))}
    ended = (await owner.get(f"{path}/known-devices")).json()["items"][0]["id"]
    person = await signed_in(owner, device, "lan")
    assert (await other.delete(f"{path}/known-devices/{ended}")).status_code == 403
    assert (await owner.delete(f"{path}/known-devices/{ended}")).status_code == 204
    assert (await person.get("/me")).status_code == 401
    assert as_told(await by_pin(client, device, "lan")) == as_told(answers[0])


async def test_pins_are_not_guessed_not_even_all_at_once(own_client: Client) -> None:
    letters = Letters(own_client.app.state.sessions, own_client.app.state.token_policy.secret)
    owner, device = await packing_house(own_client, letters)
    guesses = [f"{(271828 + 7919 * turn) % 10**6:06d}" for turn in range(1, MOST_WRONG_PINS + 4)]
    answers = await asyncio.gather(*(by_pin(own_client, device, "lan", guess) for guess in guesses))
    assert {answer.status_code for answer in answers} == {401}
    assert (await by_pin(own_client, device, "lan")).status_code == 401, "the right one too: too many were tried"
    assert (await by_pin(own_client, device, "mai")).status_code == 200, "nobody else is kept out by that"
    path = f"/organizations/{owner.organization['id']}/short-names"
    lan = next(one for one in (await owner.get(path)).json()["items"] if one["short_name"] == "lan")
    assert (await owner.post(f"{path}/{lan['id']}/pin", {"pin": "141421"})).status_code == 204
    assert (await by_pin(own_client, device, "lan", "141421")).status_code == 200


async def test_who_holds_the_shared_telephone_does_not_become_the_owner(client: Client, letters: Letters) -> None:
    owner, _ = await packing_house(client, letters)
    email = owner.user["email"]
    await prove(owner, letters, email)
    texts, mails = len(await letters.to(PHONE)), len(await letters.to(email))

    asked = await client.post("/auth/forgot", {"identifier": "0912345678"})

    assert asked.status_code == 202
    assert len(await letters.to(PHONE)) == texts, "everybody in the house reads it"
    assert len(await letters.to(email)) == mails + 1
    reset = {"token": await letters.link(email), "password": "mot cau moi rat dai"}
    assert (await client.post("/auth/reset", reset)).status_code == 204


async def test_who_holds_the_shared_telephone_waits_three_days_for_an_owner_without_mail(
    client: Client, letters: Letters
) -> None:
    owner, _ = await packing_house(client, letters)
    new = {"identifier": PHONE, "password": "mot cau moi rat dai"}
    await client.post("/auth/forgot", {"identifier": "0912345678"})
    code = await letters.code(PHONE)
    assert "dung tu" in (await letters.to(PHONE))[-1]

    early = await client.post("/auth/reset", {**new, "code": code})
    assert (early.status_code, early.json()["code"]) == (409, "too-early")
    assert (await owner.get("/me")).status_code == 200

    texts = len(await letters.to(PHONE))
    await client.post("/auth/forgot", {"identifier": "0912345678"})
    assert len(await letters.to(PHONE)) == texts, "asking again begins no other wait"
    with clock.shifted(WAIT + timedelta(minutes=1)):
        late = await client.post("/auth/reset", {**new, "code": code})
        assert late.status_code == 204, late.text
        body = {"identifier": PHONE, "password": new["password"]}
        assert (await client.post("/auth/token", body)).status_code == 200


@pytest.mark.parametrize("way", ["password", "still signed in"])
async def test_an_owner_calls_off_what_others_asked_for(client: Client, letters: Letters, way: str) -> None:
    owner, _ = await packing_house(client, letters)
    await client.post("/auth/forgot", {"identifier": PHONE})
    code, link = await letters.code(PHONE), await letters.link(PHONE)
    if way == "password":
        await owner.sign_in(PHONE)
    else:
        assert (await owner.delete("/me/password-reset")).status_code == 204
    with clock.shifted(WAIT + timedelta(minutes=1)):
        for proof in ({"identifier": PHONE, "code": code}, {"token": link}):
            refused = await client.post("/auth/reset", {**proof, "password": "mot cau moi rat dai"})
            assert (refused.status_code, refused.json()["code"]) == (400, "code-not-valid")


async def test_the_organization_is_told_whose_password_may_be_set_anew(client: Client, letters: Letters) -> None:
    owner, _ = await packing_house(client, letters)
    await client.post("/auth/forgot", {"identifier": PHONE})
    await letters.deliver()
    async with client.app.state.sessions() as session:
        asked = list(await session.scalars(select(Change).where(Change.verb == "ask_reset")))
        ((organization, news),) = await account_news(session, asked)
    assert (str(organization), news.kind) == (owner.organization["id"], Kind.RESET_ASKED)
    assert "điện thoại dùng chung" in news.text.vi


async def test_who_forgets_the_pin_and_loses_the_device_gets_in_by_the_outbox_alone(
    client: Client, letters: Letters
) -> None:
    owner, device = await packing_house(client, letters)
    old = await signed_in(owner, device, "lan")
    nobody = await client.post("/auth/pin/forgot", {"phone": "0912345678", "short_name": "không có"})
    before = len(await letters.to(PHONE))
    asked = await client.post("/auth/pin/forgot", {"phone": "0912 345 678", "short_name": "LAN"})
    assert (asked.status_code, asked.json()) == (nobody.status_code, nobody.json())
    code = await letters.code(PHONE)
    assert len(await letters.to(PHONE)) == before + 1
    body = {"phone": PHONE, "short_name": "lan", "code": code, "pin": "141421"}
    wrong = [
        {**body, "short_name": "mai"},
        {**body, "short_name": "ai đó"},
        {**body, "code": f"{(int(code) + 1) % 10**8:08d}"},
        {**body, "phone": "+84987654321"},
    ]
    told = {str(as_told(await client.post("/auth/pin/reset", one))) for one in wrong}
    assert len(told) == 1
    reset = await client.post("/auth/pin/reset", body)
    assert reset.status_code == 200, reset.text
    assert str(as_told(await client.post("/auth/pin/reset", body))) in told, "used once"
    assert (await old.get("/me")).status_code == 401
    new = replace(owner, token=reset.json()["tokens"]["access_token"])
    assert (await new.get("/me")).status_code == 200
    assert (await by_pin(client, reset.json()["known_device_token"], "lan", "141421")).status_code == 200


async def test_who_has_a_pin_is_staff_for_a_working_day_and_no_more(client: Client, letters: Letters) -> None:
    owner, device = await packing_house(client, letters)
    person = await signed_in(owner, device, "lan")
    path = f"/organizations/{owner.organization['id']}"
    refused = [
        await person.post(f"{path}/short-names", {"full_name": "A", "short_name": "b", "pin": "141421"}),
        await person.post(f"{path}/known-devices", {"name": "Máy lạ", "phone": PHONE}),
        await person.post("/api-keys", {"name": "cửa sau"}),
        await person.get(f"{path}/short-names"),
        await person.post(f"{path}/invitations", {"email": "gian@thu.example", "role": "owner"}),
    ]
    assert {answer.status_code for answer in refused} == {403}
    other = (await client.register("buyer")).organization["id"]
    assert (await person.post("/threads", {"organization": other, "text": "Chào"})).status_code == 201, "as staff do"
    refresh = (await by_pin(client, device, "lan")).json()["refresh_token"]
    with clock.shifted(LIFETIME + timedelta(minutes=1)):
        assert (await client.post("/auth/refresh", {"refresh_token": refresh})).status_code == 401
    assert (await person.request("DELETE", "/me", json={"password": "000111"})).status_code == 403
    assert (await person.request("DELETE", "/me", json={"password": PINS["lan"]})).status_code == 204
    assert (await by_pin(client, device, "lan")).status_code == 401


async def test_a_shared_sign_in_stays_staff_of_one_organization_whatever_the_person_becomes(
    client: Client, letters: Letters
) -> None:
    owner, device = await packing_house(client, letters)
    person, other = await signed_in(owner, device, "mai"), await client.register()
    await prove(person, letters, "mai@thu.example", PINS["mai"])
    me = (await person.get("/me")).json()["user"]
    await joined(other, replace(person, user=me), "manager")
    assert (await person.get("/api-keys", headers={"Market-Organization": other.organization["id"]})).status_code == 403


async def test_who_leaves_signs_in_by_pin_no_more(client: Client, letters: Letters) -> None:
    owner, device = await packing_house(client, letters)
    person = await signed_in(owner, device, "tư")
    path = f"/organizations/{owner.organization['id']}/members"
    me = (await person.get("/me")).json()["user"]["id"]
    member = next(one for one in (await owner.get(path)).json()["items"] if one["user"]["id"] == me)
    assert (await owner.delete(f"{path}/{member['id']}")).status_code == 204
    assert (await person.get("/me")).status_code == 401
    assert (await by_pin(client, device, "tư")).status_code == 401


async def test_codes_go_only_to_a_telephone_that_a_manager_has_proved(client: Client, letters: Letters) -> None:
    stranger = await client.register()
    path = f"/organizations/{stranger.organization['id']}"
    body = {"full_name": "Ai Đó", "short_name": "ai", "pin": "271828", "phone": PHONE}
    for refused in (
        await stranger.post(f"{path}/short-names", body),
        await stranger.post(f"{path}/known-devices", {"name": "Máy", "phone": PHONE}),
        await stranger.post(f"{path}/known-devices", {"name": "Máy"}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "phone-not-proved")
    owner, _ = await packing_house(client, letters)
    heir = await added(owner, "owner")
    here = f"/organizations/{owner.organization['id']}/members"
    mine = next(one for one in (await owner.get(here)).json()["items"] if one["user"]["id"] == owner.user["id"])
    assert (await heir.delete(f"{here}/{mine['id']}")).status_code == 204
    before = await letters.to(PHONE)
    await client.post("/auth/pin/forgot", {"phone": PHONE, "short_name": "lan"})
    assert await letters.to(PHONE) == before, "the telephone left with its owner"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"pin": "123456"}, "/pin"),
        ({"pin": "111111"}, "/pin"),
        ({"pin": "123123"}, "/pin"),
        ({"pin": "27182"}, "/pin"),
        ({"short_name": "0912"}, "/short_name"),
        ({"short_name": "a@b"}, "/short_name"),
        ({"phone": "123"}, "/phone"),
    ],
)
async def test_what_is_guessed_or_no_name_is_refused(client: Client, changed: dict[str, str], pointer: str) -> None:
    owner = await client.register()
    body = {"full_name": "Chị Lan", "short_name": "lan", "pin": "271828", **changed}
    answer = await owner.post(f"/organizations/{owner.organization['id']}/short-names", body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, [pointer])


async def test_a_short_name_is_one_persons_on_a_telephone(client: Client, letters: Letters) -> None:
    owner, _ = await packing_house(client, letters)
    body = {"full_name": "Lan Khác", "short_name": " LAN ", "pin": "141421"}
    answer = await owner.post(f"/organizations/{owner.organization['id']}/short-names", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "short-name-taken")
