"""Signing in with a short name and a PIN, on a device that is known: for several people who share one telephone.

A PIN of six digits is guessed in a day where nothing counts. So it is taken only on a known device, each try is counted
before it is looked at, and after a few wrong ones in a row only a new PIN helps.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import Annotated
from uuid import UUID

import structlog
from pydantic import AfterValidator, StringConstraints
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials
from market.accounts.models import KnownDevice, ShortName, User
from market.accounts.schemas import Tokens
from market.accounts.service import TokenPolicy, open_sign_in
from market.core import clock
from market.core.errors import InvalidCredential
from market.core.language import Message
from market.core.schemas import clean_line
from market.core.transaction import keep_changes, let_go
from market.core.validation import refusal

log = structlog.get_logger(__name__)

DEVICE_PREFIX = "sd_"
MOST_WRONG_PINS = 10
LIFETIME = timedelta(hours=14)
"""Of a sign-in by PIN: a working day."""
FEWEST_DIFFERENT_DIGITS = 3


class WrongShortNameOrPin(InvalidCredential):
    code = "wrong-short-name-or-pin"
    detail = Message(
        vi="Tên ngắn hoặc mã PIN không đúng, hoặc tổ chức chưa đăng ký thiết bị này. Quên PIN: POST /auth/pin/forgot.",
        en="The short name or PIN is not right, or the organization does not know this device. "
        "Forgotten: POST /auth/pin/forgot.",
    )


async def is_shared(session: AsyncSession, phone: str) -> bool:
    """Whether people sign in by PIN under a telephone (E.164)."""
    names = select(ShortName.id).where(ShortName.phone == phone, ShortName.ended_at.is_(None))
    devices = select(KnownDevice.id).where(KnownDevice.phone == phone, KnownDevice.ended_at.is_(None))
    return bool(await session.scalar(select(or_(names.exists(), devices.exists()))))


def normal_short_name(text: str) -> str:
    """A short name as it is compared.

    Raises:
        PydanticCustomError: it has control characters, or is an address or number.
    """
    name = clean_line(text).casefold()
    if "@" in name or not re.search(r"[^\W\d_]", name):
        raise refusal("short_name", "Tên ngắn là một cái tên, như “lan”.", "A short name is a name, such as “lan”.")
    return name


def refuse_guessable(pin: str) -> str:
    """The PIN, when it is none that anybody would try first.

    Raises:
        PydanticCustomError: it counts up or down, or has hardly any different digits.
    """
    steps = {(int(later) - int(earlier)) % 10 for earlier, later in pairwise(pin)}
    if steps in ({1}, {9}) or len(set(pin)) < FEWEST_DIFFERENT_DIGITS or pin[:3] == pin[3:]:
        raise refusal(
            "guessable_pin",
            "Mã PIN này ai cũng đoán được; hãy chọn sáu số khác.",
            "This PIN is too easy to guess; choose six other digits.",
        )
    return pin


ShortNameText = Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(normal_short_name)]
AnyPin = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
Pin = Annotated[AnyPin, AfterValidator(refuse_guessable)]


async def find_device(session: AsyncSession, token: str) -> KnownDevice | None:
    """The device with this token, unless it was ended."""
    rows = select(KnownDevice).where(KnownDevice.hash == credentials.token_hash(token), KnownDevice.ended_at.is_(None))
    return await session.scalar(rows)


async def find_short_name(
    session: AsyncSession, *, phone: str, name: str, organization_id: UUID | None = None
) -> ShortName | None:
    """Who is called so on a shared telephone."""
    rows = select(ShortName).where(ShortName.phone == phone, ShortName.name == name, ShortName.ended_at.is_(None))
    if organization_id is not None:
        rows = rows.where(ShortName.organization_id == organization_id)
    return await session.scalar(rows)


async def sign_in(session: AsyncSession, policy: TokenPolicy, *, token: str, name: str, pin: str) -> Tokens:
    """Open a sign-in on a known device.

    Raises:
        WrongShortNameOrPin: without saying which of the three it is: device, name or PIN.
    """
    device = await find_device(session, token)
    short = None
    if device is not None:
        of = device.organization_id
        short = await find_short_name(session, phone=device.phone, name=name, organization_id=of)
    if device is None or short is None or not await takes(session, short.id, pin):
        if device is None or short is None:
            await let_go(session)
            await credentials.password_matches(pin, None)
        log.warning("sign_in_failed", by="pin")
        raise WrongShortNameOrPin
    return await open_by_pin(session, policy, short=short, device=device)


async def takes(session: AsyncSession, short_name_id: UUID, pin: str) -> bool:
    """Whether it is the PIN. The try is counted, and stays counted, before anything is compared."""
    counted = (
        update(ShortName)
        .where(ShortName.id == short_name_id, ShortName.ended_at.is_(None), ShortName.wrong_pins < MOST_WRONG_PINS)
        .values(wrong_pins=ShortName.wrong_pins + 1)
        .returning(ShortName.pin_hash)
    )
    keep_changes(session)
    pin_hash = await session.scalar(counted, execution_options={"synchronize_session": False})
    await let_go(session)
    if not await credentials.password_matches(pin, pin_hash):
        return False
    right = update(ShortName).where(ShortName.id == short_name_id, ShortName.pin_hash == pin_hash).values(wrong_pins=0)
    await session.execute(right, execution_options={"synchronize_session": False})
    return True


async def open_by_pin(session: AsyncSession, policy: TokenPolicy, *, short: ShortName, device: KnownDevice) -> Tokens:
    """Sign in somebody who has shown their PIN, or the code for a new one, for a working day.

    Raises:
        WrongShortNameOrPin: their account was shut meanwhile.
    """
    user = await session.get_one(User, short.user_id, populate_existing=True, with_for_update=True)
    if user.deactivated_at is not None:
        raise WrongShortNameOrPin
    seen = update(KnownDevice).where(KnownDevice.id == device.id).values(last_used_at=clock.now())
    await session.execute(seen, execution_options={"synchronize_session": False})
    return await open_sign_in(session, policy, user, device=device.name, on=device, lifetime=LIFETIME)


async def short_name_of(session: AsyncSession, user_id: UUID) -> ShortName | None:
    """The short name of a person, while they have one."""
    rows = select(ShortName).where(ShortName.user_id == user_id, ShortName.ended_at.is_(None)).limit(1)
    return await session.scalar(rows)
