from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.accounts import credentials
from market.accounts.credentials import AccessClaims, issue_access_token, read_access_token
from market.accounts.models import RefreshToken, SignIn, User
from market.accounts.service import ensure_administrator
from market.core import clock
from market.core.changes import Change
from market.core.errors import InvalidCredential
from market.core.ids import new_id
from tests.database import counted_queries
from tests.people import PASSWORD, Client

EMAIL, PHONE = "chi.ba@thu.example", "0912 345 678"


@pytest.fixture
async def person(client: Client) -> Client:
    """Somebody with an e-mail address and a phone."""
    body = {
        "organization": {
            "name": "HTX Đăng Nhập",
            "kinds": ["producer"],
            "legal_form": "cooperative",
            "province": {"code": "82", "version": "2025"},
        },
        "user": {"full_name": "Trần Thị Ba Thử", "email": EMAIL, "phone": PHONE, "password": PASSWORD},
    }
    answer = await client.post("/auth/register", body)
    assert answer.status_code == 201, answer.text
    registered = answer.json()
    token = registered["tokens"]["access_token"]
    return Client(client.http, client.app, token, registered["organization"], registered["user"])


async def tokens_of(client: Client, identifier: str = EMAIL, password: str = PASSWORD) -> dict[str, Any]:
    answer = await client.post("/auth/token", {"identifier": identifier, "password": password})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, Any] = answer.json()
    return body


async def refreshed(client: Client, refresh_token: str) -> tuple[int, dict[str, Any]]:
    answer = await client.post("/auth/refresh", {"refresh_token": refresh_token})
    return answer.status_code, answer.json()


async def is_in(client: Client, access_token: str) -> bool:
    return (await replace(client, token=access_token).get("/me")).status_code == 200


@pytest.mark.parametrize(
    "identifier",
    [EMAIL, EMAIL.upper(), f"  {EMAIL}", "0912345678", "+84 912 345 678", "84912345678", "0912.345.678"],
)
async def test_people_sign_in_by_phone_or_address_as_they_type_it(person: Client, identifier: str) -> None:
    tokens = await tokens_of(replace(person, token=None), identifier)
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900
    assert await is_in(person, tokens["access_token"])


async def test_a_refusal_does_not_tell_whether_the_person_exists(person: Client) -> None:
    refusals = []
    for identifier in (EMAIL, PHONE, "khong.ai@thu.example", "0987654321", "không phải địa chỉ"):
        answer = await replace(person, token=None).post("/auth/token", {"identifier": identifier, "password": "sai"})
        body = answer.json()
        refusals.append((answer.status_code, body["code"], body["detail"], body["title"], sorted(answer.headers)))
    assert len(set(map(str, refusals))) == 1
    assert refusals[0][:2] == (401, "wrong-identifier-or-password")


async def test_for_an_unknown_person_a_password_is_hashed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    verify = credentials._hasher().verify

    def watched(password: str, stored: str) -> bool:
        verified.append(stored)
        return verify(password, stored)

    monkeypatch.setattr(credentials._hasher(), "verify", watched)
    assert not await credentials.password_matches("bất kỳ", None)
    assert verified[0].startswith("$argon2id$")


async def test_passwords_are_kept_as_argon2id(person: Client, session: AsyncSession) -> None:
    user = await session.get_one(User, UUID(person.user["id"]))
    assert user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in user.password_hash


async def test_a_token_lasts_a_quarter_of_an_hour(person: Client) -> None:
    tokens = await tokens_of(person)
    with clock.shifted(timedelta(minutes=14)):
        assert await is_in(person, tokens["access_token"])
    with clock.shifted(timedelta(minutes=15, seconds=1)):
        assert not await is_in(person, tokens["access_token"])
        status, renewed = await refreshed(person, tokens["refresh_token"])
        assert status == 200
        assert await is_in(person, renewed["access_token"])


def test_a_token_that_is_remembered_still_expires_and_still_needs_its_signature() -> None:
    secret, another = "m" * 40, "n" * 40
    ids = {"user_id": new_id(), "sign_in_id": new_id()}
    token = issue_access_token(secret, **ids, lifetime=timedelta(minutes=15))
    assert [read_access_token(secret, token) for _ in range(2)] == [AccessClaims(**ids)] * 2
    with pytest.raises(InvalidCredential):
        read_access_token(another, token)
    with pytest.raises(InvalidCredential):
        read_access_token(secret, f"{token[:-4]}AAAA")
    with clock.shifted(timedelta(minutes=16)), pytest.raises(InvalidCredential):
        read_access_token(secret, token)


async def test_an_expired_token_does_not_stand_in_the_way_of_its_renewal(person: Client) -> None:
    tokens = await tokens_of(person)
    with clock.shifted(timedelta(hours=1)):
        expired = replace(person, token=tokens["access_token"])
        assert (await expired.get("/organizations")).status_code == 401
        assert (await expired.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]})).status_code == 200
        again = {"identifier": EMAIL, "password": PASSWORD}
        assert (await expired.post("/auth/token", again)).status_code == 200


async def test_a_sign_in_lasts_sixty_days(person: Client) -> None:
    tokens = await tokens_of(person)
    with clock.shifted(timedelta(days=59)):
        status, tokens = await refreshed(person, tokens["refresh_token"])
        assert status == 200
    with clock.shifted(timedelta(days=61)):
        assert (await refreshed(person, tokens["refresh_token"]))[0] == 401


async def test_each_refresh_gives_a_new_pair_and_the_old_token_is_spent(person: Client) -> None:
    first = await tokens_of(person)
    _, second = await refreshed(person, first["refresh_token"])
    _, third = await refreshed(person, second["refresh_token"])
    given = [first, second, third]
    assert len({tokens["refresh_token"] for tokens in given}) == 3
    assert await is_in(person, third["access_token"])


async def test_a_token_shown_twice_ends_the_sign_in_for_thief_and_owner(person: Client, session: AsyncSession) -> None:
    stolen = await tokens_of(person)
    other_device = await tokens_of(person)
    _, owners = await refreshed(person, stolen["refresh_token"])

    assert (await refreshed(person, stolen["refresh_token"]))[0] == 401
    assert (await refreshed(person, owners["refresh_token"]))[0] == 401
    assert not await is_in(person, owners["access_token"])
    assert not await is_in(person, stolen["access_token"])
    assert await is_in(person, other_device["access_token"])
    revoked = await session.scalar(select(Change).where(Change.entity == "sign_in", Change.verb == "revoke"))
    assert revoked is not None
    assert revoked.diff["revoked_because"][1] == "refresh token used twice"


async def test_a_revocation_is_remembered_although_it_was_answered_with_a_refusal(own_client: Client) -> None:
    person = await own_client.register()
    stolen = await tokens_of(own_client, person.user["email"])
    _, owners = await refreshed(own_client, stolen["refresh_token"])
    assert (await refreshed(own_client, stolen["refresh_token"]))[0] == 401
    assert (await refreshed(own_client, owners["refresh_token"]))[0] == 401
    assert not await is_in(own_client, owners["access_token"])


async def test_two_refreshes_at_once_are_told_apart(own_client: Client) -> None:
    person = await own_client.register()
    tokens = await tokens_of(own_client, person.user["email"])
    first, second = await asyncio.gather(
        refreshed(own_client, tokens["refresh_token"]), refreshed(own_client, tokens["refresh_token"])
    )
    assert sorted([first[0], second[0]]) == [200, 401]


async def test_signing_out_ends_this_device_only(person: Client) -> None:
    here, there = await tokens_of(person), await tokens_of(person)
    signed_out = await replace(person, token=here["access_token"]).post("/auth/sign-out")
    assert (signed_out.status_code, signed_out.content) == (204, b"")
    assert not await is_in(person, here["access_token"])
    assert (await refreshed(person, here["refresh_token"]))[0] == 401
    assert await is_in(person, there["access_token"])


async def test_a_deactivated_person_is_out_at_once_and_cannot_come_back(person: Client, session: AsyncSession) -> None:
    tokens = await tokens_of(person)
    user = await session.get_one(User, UUID(person.user["id"]))
    user.deactivated_at = clock.now()
    await session.flush()
    assert not await is_in(person, tokens["access_token"])
    assert (await refreshed(person, tokens["refresh_token"]))[0] == 401
    answer = await replace(person, token=None).post("/auth/token", {"identifier": EMAIL, "password": PASSWORD})
    assert answer.json()["code"] == "wrong-identifier-or-password"


async def test_tokens_of_others_make_are_worth_nothing(person: Client) -> None:
    claims = jwt.decode(person.token or "", options={"verify_signature": False})
    forged = [
        jwt.encode(claims, "another secret of at least 32 characters", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        ".".join([*(person.token or "").split(".")[:2], ""]),
        (person.token or "")[:-2],
    ]
    assert [await is_in(person, token) for token in forged] == [False] * 4


async def test_refresh_tokens_are_kept_as_a_hash(person: Client, session: AsyncSession) -> None:
    tokens = await tokens_of(person)
    kept = (await session.scalars(select(RefreshToken))).all()
    assert credentials.token_hash(tokens["refresh_token"]) in {row.hash for row in kept}
    assert tokens["refresh_token"].encode() not in b"".join(row.hash for row in kept)
    assert len((await session.scalars(select(SignIn))).all()) == 2


@pytest.mark.parametrize("taken", [{"email": EMAIL.upper()}, {"phone": "+84912345678"}])
async def test_one_contact_has_one_account(person: Client, taken: dict[str, str]) -> None:
    organization = {
        "name": "HTX Khác",
        "kinds": ["producer"],
        "legal_form": "cooperative",
        "province": {"code": "82", "version": "2025"},
    }
    body = {"organization": organization, "user": {"full_name": "Người Khác", "password": PASSWORD, **taken}}
    answer = await replace(person, token=None).post("/auth/register", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "contact-taken")
    page = (await person.get("/organizations")).json()
    assert [item["name"] for item in page["items"]] == ["HTX Đăng Nhập"]


async def test_an_administrator_is_made_once_and_kept(client: Client, session: AsyncSession) -> None:
    for password in ("mot-cau-dau-tien", "mot-cau-thu-hai"):
        user = await ensure_administrator(session, email="quan.tri@thu.example", password=password)
        assert user.platform_roles == ["admin", "officer"]
    tokens = await tokens_of(client, "quan.tri@thu.example", "mot-cau-thu-hai")
    assert await is_in(client, tokens["access_token"])
    assert len((await session.scalars(select(User))).all()) == 1


@pytest.mark.parametrize("shown", ["token", "key"])
async def test_finding_out_who_asks_costs_one_statement(
    own_client: Client, own_engine: AsyncEngine, shown: str
) -> None:
    person = await own_client.register()
    key = (await person.post("/api-keys", {"name": "kho"})).json()["token"]
    caller = replace(person, token=person.token if shown == "token" else key)
    assert (await caller.get("/reference/units")).status_code == 200
    with counted_queries(own_engine) as statements:
        assert (await caller.get("/reference/units")).status_code == 200
    assert len(statements) == 1
