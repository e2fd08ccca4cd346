"""`market user`: people of the platform, made by whoever runs it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import second_factor
from market.accounts.attempts import ACCOUNT_BUCKET
from market.accounts.models import User
from market.accounts.schemas import UserCreate
from market.accounts.service import ContactTaken, create_user, has_proved, normalized
from market.accounts.sign_ins import end_sign_ins
from market.config import Settings
from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import record_change
from market.core.db import create_engine, create_sessions
from market.core.shared_limits import forget, key_of
from market.core.validation import field_errors

DataDir = Annotated[Path | None, typer.Option(help="Directory of a running `market up` to belong to.")]


class PlatformRole(StrEnum):
    """What a person may do on the whole platform; an administrator is an officer too."""

    OFFICER = "officer"
    ADMIN = "admin"


def user_commands(settings: Callable[[Path | None], Settings]) -> typer.Typer:
    """The commands.

    Args:
        settings: gives the settings when a command runs, those of the `market up` running in a directory included.
    """
    app = typer.Typer(help="People of the platform.", no_args_is_help=True, add_completion=False)

    @app.callback()
    def several() -> None:
        """People of the platform: officers and administrators."""

    @app.command()
    def create(
        role: Annotated[PlatformRole, typer.Option(help="What the person may do on the platform.")],
        email: Annotated[str | None, typer.Option(help="E-mail address to sign in with.")] = None,
        phone: Annotated[str | None, typer.Option(help="Telephone number to sign in with.")] = None,
        name: Annotated[str | None, typer.Option(help="Full name; the e-mail or phone when left out.")] = None,
        password_stdin: Annotated[
            bool, typer.Option("--password-stdin", help="Read the password from standard input, not the terminal.")
        ] = False,
        data_dir: DataDir = None,
    ) -> None:
        """Create an officer or administrator. The password never stands in the command line, which others can read."""
        if email is None and phone is None:
            raise typer.BadParameter("give --email or --phone", param_hint="--email")
        user_in = _read(name=name or email or phone or "", email=email, phone=phone, password=_password(password_stdin))
        user = asyncio.run(_create(settings(data_dir), user_in, role))
        typer.echo(f"Created {role} {user.email or user.phone} ({user.id}).")

    _add_help(app, settings)
    return app


def _add_help(app: typer.Typer, settings: Callable[[Path | None], Settings]) -> None:
    """What whoever runs the market does for people who are locked out, and against those who should be."""

    @app.command()
    def unlock(
        identifier: Annotated[str, typer.Argument(help="E-mail address or telephone number of the person.")],
        data_dir: DataDir = None,
    ) -> None:
        """Let somebody in again who was deactivated, or whose account was tried too often. It stands in the log."""
        asyncio.run(_change(settings(data_dir), identifier, _unlock))
        typer.echo("Unlocked.")

    @app.command()
    def reset_second_factor(
        identifier: Annotated[str, typer.Argument(help="E-mail address or telephone number of the person.")],
        data_dir: DataDir = None,
    ) -> None:
        """Take the second factor off an account, after making sure who asks. It stands in the log."""
        asyncio.run(_change(settings(data_dir), identifier, _reset_second_factor))
        typer.echo("The password alone signs in now.")

    @app.command()
    def deactivate(
        identifier: Annotated[str, typer.Argument(help="E-mail address or telephone number of the person.")],
        data_dir: DataDir = None,
    ) -> None:
        """Shut an account: its sign-ins and keys open nothing from now on. It stands in the log."""
        asyncio.run(_change(settings(data_dir), identifier, _deactivate))
        typer.echo("Deactivated.")


async def _unlock(session: AsyncSession, user: User) -> None:
    user.deactivated_at, user.wrong_factors = None, 0
    await record_change(session, SYSTEM, user, verb="unlock")
    for identifier in (user.email, user.phone):
        if identifier is not None:
            await forget(session, key_of(ACCOUNT_BUCKET, identifier))


async def _reset_second_factor(session: AsyncSession, user: User) -> None:
    await second_factor.remove(session, SYSTEM, user)
    await end_sign_ins(session, SYSTEM, user_id=user.id, because="second factor reset")


async def _deactivate(session: AsyncSession, user: User) -> None:
    user.deactivated_at = clock.now()
    await record_change(session, SYSTEM, user, verb="deactivate")
    await end_sign_ins(session, SYSTEM, user_id=user.id, because="deactivated")


async def _change(
    settings: Settings, identifier: str, change: Callable[[AsyncSession, User], Coroutine[Any, Any, None]]
) -> None:
    """Do something to the account of a person, active or not.

    Raises:
        ValueError: nobody has this address or number, or several have it and nobody has proved it.
    """
    engine = create_engine(settings.sqlalchemy_url(), pool_size=1)
    try:
        async with create_sessions(engine).begin() as session:
            contact = normalized(identifier) or ""
            named = func.lower(User.email) == contact if "@" in contact else User.phone == contact
            proved_at = User.email_proved_at if "@" in contact else User.phone_proved_at
            rows = select(User).where(named, User.erased_at.is_(None)).order_by(proved_at.is_(None))
            found = list(await session.scalars(rows.with_for_update()))
            if not found or (len(found) > 1 and not has_proved(found[0], contact)):
                raise ValueError("no such account" if not found else "several accounts, and nobody has proved it")
            await change(session, found[0])
    finally:
        await engine.dispose()


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _read(*, name: str, email: str | None, phone: str | None, password: str) -> UserCreate:
    """What was given, checked as the API checks it.

    Raises:
        ValueError: with every error in a sentence.
    """
    try:
        return UserCreate.model_validate({"full_name": name, "email": email, "phone": phone, "password": password})
    except ValidationError as error:
        told = [field.render("en") for field in field_errors(error.errors(include_input=False))]
        raise ValueError("; ".join(f"{one['pointer'].strip('/')}: {one['message']}" for one in told)) from None


async def _create(settings: Settings, user_in: UserCreate, role: PlatformRole) -> User:
    """Raises ContactTaken where the e-mail or phone has an account already."""
    roles = ("admin", "officer") if role is PlatformRole.ADMIN else ("officer",)
    engine = create_engine(settings.sqlalchemy_url(), pool_size=1)
    try:
        async with create_sessions(engine).begin() as session:
            return await create_user(session, SYSTEM, user_in, roles=roles)
    except IntegrityError:
        raise ContactTaken from None
    finally:
        await engine.dispose()
