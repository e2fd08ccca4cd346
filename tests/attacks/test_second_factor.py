"""Powers of officers are not stolen with a password."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner

from market.accounts.commands import user_commands
from market.accounts.models import User
from market.accounts.second_factor import GRACE
from market.app import close_resources, create_app
from market.config import Settings
from market.core import clock
from tests.people import PASSWORD, Client, connected


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
