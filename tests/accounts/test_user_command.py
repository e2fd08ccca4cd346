"""`market user create`: officers and administrators, made by whoever runs the market."""

from __future__ import annotations

import asyncio

import pytest
from typer.testing import CliRunner, Result

from market.accounts.commands import user_commands
from market.accounts.service import ContactTaken
from market.config import Settings
from tests.people import Client

PASSWORD = "mot-cau-du-dai-de-thu"


def create(settings: Settings, *arguments: str, password: str = PASSWORD) -> Result:
    app = user_commands(lambda _: settings)
    return CliRunner().invoke(app, ["create", "--password-stdin", *arguments], input=f"{password}\n")


@pytest.mark.parametrize(("role", "roles"), [("admin", ["admin", "officer"]), ("officer", ["officer"])])
async def test_who_was_created_signs_in_with_the_role(
    own_client: Client, own_settings: Settings, role: str, roles: list[str]
) -> None:
    made = await asyncio.to_thread(create, own_settings, "--email", "Quan.Tri@Thu.Example", "--role", role)
    assert made.exit_code == 0, made.output
    answer = await own_client.post("/auth/token", {"identifier": "quan.tri@thu.example", "password": PASSWORD})
    me = await own_client.get("/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    assert sorted(me.json()["user"]["platform_roles"]) == roles
    taken = await asyncio.to_thread(create, own_settings, "--email", "quan.tri@thu.example", "--role", role)
    assert isinstance(taken.exception, ContactTaken)


def test_every_wrong_field_is_told_at_once(own_settings: Settings) -> None:
    refused = create(own_settings, "--email", "khong", "--phone", "12", "--role", "admin", password="1")
    assert isinstance(refused.exception, ValueError)
    assert [part.partition(":")[0] for part in str(refused.exception).split("; ")] == ["email", "phone", "password"]
