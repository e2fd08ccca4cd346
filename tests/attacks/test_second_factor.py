"""Powers of officers are not stolen with a password."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from typer.testing import CliRunner

from market.accounts.commands import user_commands
from market.accounts.lost_factor import WAIT
from market.accounts.models import User
from market.accounts.second_factor import GRACE, MOST_GUESSES_A_DAY, seal_anew
from market.app import create_app
from market.config import Settings
from market.core import clock
from market.lifetime import close_resources
from tests.attacks.letters import Letters
from tests.people import PASSWORD, Client, connected, proved


async def enrolled(person: Client) -> tuple[pyotp.TOTP, list[str]]:
    started = (await person.post("/me/second-factor", {"password": PASSWORD})).json()
    totp = pyotp.TOTP(started["secret"])
    confirmed = await person.post("/me/second-factor/confirm", {"code": totp.at(clock.now())})
    assert confirmed.status_code == 200, confirmed.text
    return totp, confirmed.json()["codes"]


async def signed_in(client: Client, email: str, **more: Any) -> httpx.Response:
    return await client.post("/auth/token", {"identifier": email, "password": PASSWORD, **more})


async def test_a_password_alone_is_not_enough_and_no_code_is_taken_twice(client: Client, session: AsyncSession) -> None:
    person = await client.register()
    email = person.user["email"]
    totp, codes = await enrolled(person)
    missing = await signed_in(client, email)
    assert (missing.status_code, missing.json()["code"]) == (401, "second-factor-needed")
    with clock.shifted(timedelta(minutes=1)):
        code = totp.at(clock.now())
        assert (await signed_in(client, email, second_factor=code)).status_code == 200
        assert (await signed_in(client, email, second_factor=code)).status_code == 401
    assert (await signed_in(client, email, second_factor="000000")).status_code == 401
    assert (await signed_in(client, email, second_factor=codes[0])).status_code == 200
    assert (await signed_in(client, email, second_factor=codes[0])).status_code == 401
    wrong = await client.post("/auth/token", {"identifier": email, "password": "sai", "second_factor": codes[1]})
    assert wrong.json()["code"] == "wrong-identifier-or-password"
    kept = await session.scalar(select(User.totp_secret).where(User.email == email))
    assert kept is not None
    assert totp.secret.encode() not in kept


async def test_where_it_is_required_an_officer_without_one_is_no_officer_after_a_while(
    settings: Settings, client: Client
) -> None:
    officer = await client.officer()
    app = create_app(
        settings.model_copy(update={"second_factor_required": True}), state={"sessions": client.app.state.sessions}
    )
    try:
        async with connected(app) as strict:
            here = replace(officer, http=strict.http, app=app)
            assert (await here.get("/goods/names")).status_code == 200
            with clock.shifted(GRACE + timedelta(minutes=1)):
                email = officer.user["email"]
                late = replace(here, token=(await signed_in(strict, email)).json()["access_token"])
                assert (await late.get("/goods/names")).status_code == 403
                totp, _ = await enrolled(late)
                assert (await late.get("/goods/names")).status_code == 403
            with clock.shifted(GRACE + timedelta(minutes=5)):
                proved = await signed_in(strict, email, second_factor=totp.at(clock.now()))
                now = replace(here, token=proved.json()["access_token"])
                assert (await now.get("/goods/names")).status_code == 200
    finally:
        await close_resources(app)


@pytest.mark.parametrize("command", ["reset-second-factor", "deactivate"])
async def test_whoever_runs_the_market_helps_and_it_stands_in_the_log(
    own_client: Client, own_settings: Settings, command: str
) -> None:
    person = await own_client.register()
    email = person.user["email"]
    await enrolled(person)
    app = user_commands(lambda _: own_settings)
    done = await asyncio.to_thread(CliRunner().invoke, app, [command, email])
    assert done.exit_code == 0, done.output
    assert (await person.get("/me")).status_code == 401
    if command == "deactivate":
        assert (await signed_in(own_client, email)).status_code == 401
        opened = await asyncio.to_thread(CliRunner().invoke, app, ["unlock", email])
        assert opened.exit_code == 0, opened.output
        assert (await signed_in(own_client, email)).json()["code"] == "second-factor-needed"
        return
    assert (await signed_in(own_client, email)).status_code == 200


async def test_devices_are_listed_and_ended_one_or_all(client: Client) -> None:
    person = await client.register()
    email = person.user["email"]
    others = [(await signed_in(client, email)).json()["access_token"] for _ in range(2)]
    listed = (await person.get("/me/sign-ins")).json()["items"]
    assert sum(one["current"] for one in listed) == 1
    stranger = await client.register()
    ended = listed[0]
    assert (await stranger.delete(f"/me/sign-ins/{ended['id']}")).status_code == 404
    assert (await person.delete(f"/me/sign-ins/{ended['id']}")).status_code == 204
    assert (await replace(client, token=others[1]).get("/me")).status_code == 401
    assert (await person.delete("/me/sign-ins")).status_code == 204
    assert (await replace(client, token=others[0]).get("/me")).status_code == 401
    assert (await person.get("/me")).status_code == 200


async def wait_out(client: Client, letters: Letters, email: str, password: str) -> str:
    """The link by which a lost second factor is taken off, once it can be used."""
    asked = await client.post("/auth/second-factor/lost", {"identifier": email, "password": password})
    assert asked.status_code == 202
    return await letters.link(email)


async def test_who_forgets_everything_and_loses_the_second_factor_gets_in_by_the_outbox_alone(
    client: Client, letters: Letters
) -> None:
    person = await proved(await client.register())
    email, new = person.user["email"], "một câu mới cũng thật dài"
    await enrolled(person)
    await client.post("/auth/forgot", {"identifier": email})
    reset = await client.post("/auth/reset", {"token": await letters.link(email), "password": new})
    assert reset.status_code == 204
    sign_in = {"identifier": email, "password": new}
    assert (await client.post("/auth/token", sign_in)).json()["code"] == "second-factor-needed"
    link = await wait_out(client, letters, email, new)
    early = await client.post("/auth/second-factor/remove", {"token": link})
    assert (early.status_code, early.json()["code"]) == (409, "too-early")
    with clock.shifted(WAIT + timedelta(minutes=1)):
        assert (await client.post("/auth/second-factor/remove", {"token": link})).status_code == 204
        again = await client.post("/auth/second-factor/remove", {"token": link})
        assert (again.status_code, again.json()["code"]) == (400, "code-not-valid")
        assert (await client.post("/auth/token", sign_in)).status_code == 200
        assert "gỡ" in (await letters.to(email))[-1]


async def test_a_stolen_password_takes_no_second_factor_off(client: Client, letters: Letters) -> None:
    person = await proved(await client.register())
    email = person.user["email"]
    totp, codes = await enrolled(person)
    answers = [
        await client.post("/auth/second-factor/lost", {"identifier": who, "password": shown})
        for who, shown in ((email, PASSWORD), (email, "sai"), ("khong.ai@thu.example", "sai"))
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    link = await letters.link(email)
    assert len(letters.sent) == 1, "only for the right password"
    with clock.shifted(timedelta(minutes=2)):
        assert (await signed_in(client, email, second_factor=totp.at(clock.now()))).status_code == 200
    with clock.shifted(WAIT + timedelta(minutes=1)):
        called_off = await client.post("/auth/second-factor/remove", {"token": link})
        assert (called_off.status_code, called_off.json()["code"]) == (400, "code-not-valid")
        assert (await signed_in(client, email, second_factor=codes[0])).status_code == 200


async def test_no_officers_second_factor_comes_off_by_mail(client: Client, letters: Letters) -> None:
    officer = await client.officer()
    await enrolled(officer)
    await client.post("/auth/second-factor/lost", {"identifier": officer.user["email"], "password": PASSWORD})
    await letters.deliver()
    assert letters.sent == []


async def test_the_digits_are_not_guessed_by_who_has_the_password(client: Client) -> None:
    person = await client.register()
    email = person.user["email"]
    totp, codes = await enrolled(person)
    with clock.shifted(timedelta(minutes=1)):
        right = totp.at(clock.now())
        for turn in range(MOST_GUESSES_A_DAY):
            wrong = f"{(int(right) + 1 + turn) % 10**6:06d}"
            assert (await signed_in(client, email, second_factor=wrong)).status_code == 401
        assert (await signed_in(client, email, second_factor=totp.at(clock.now()))).status_code == 401
        assert (await signed_in(client, email, second_factor=codes[0])).status_code == 200, "the owner is not kept out"
    with clock.shifted(timedelta(days=1, minutes=2)):
        assert (await signed_in(client, email, second_factor=totp.at(clock.now()))).status_code == 200


async def test_the_markets_secret_is_changed_with_two_valid(settings: Settings, client: Client) -> None:
    person = await client.register()
    email, state = person.user["email"], client.app.state
    totp, _ = await enrolled(person)
    old = settings.secret_key
    assert old is not None
    body = {"name": "kho"}
    first = await person.post("/api-keys", body, headers={"Idempotency-Key": "đổi khóa".encode().hex()})
    changed = {"secret_key": SecretStr("một bí mật khác hẳn, đủ dài để ký mọi thứ"), "previous_secret_key": old}
    async with another(settings.model_copy(update=changed), state.sessions) as here:
        same = replace(person, http=here.http, app=here.app)
        assert (await same.get("/me")).status_code == 200
        again = await same.post("/api-keys", body, headers={"Idempotency-Key": "đổi khóa".encode().hex()})
        assert (again.status_code, again.content) == (201, first.content)
        with clock.shifted(timedelta(minutes=1)):
            assert (await signed_in(here, email, second_factor=totp.at(clock.now()))).status_code == 200
        async with state.sessions.begin() as session:
            await seal_anew(session, secret=here.app.state.token_policy.secret)
    async with another(settings.model_copy(update={**changed, "previous_secret_key": None}), state.sessions) as after:
        assert (await replace(person, http=after.http, app=after.app).get("/me")).status_code == 401
        with clock.shifted(timedelta(minutes=2)):
            assert (await signed_in(after, email, second_factor=totp.at(clock.now()))).status_code == 200


@asynccontextmanager
async def another(settings: Settings, sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[Client]:
    """Somebody who talks to an API process with other settings."""
    app = create_app(settings, state={"sessions": sessions})
    try:
        async with connected(app) as client:
            yield client
    finally:
        await close_resources(app)
