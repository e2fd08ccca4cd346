"""The second factor: six digits of an authenticator (TOTP, RFC 6238), and recovery codes for who has lost it."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from uuid import UUID

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.credentials import token_hash
from market.accounts.models import RecoveryCode, User
from market.accounts.one_time import CodeNotValid, call_off
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import Conflict, InvalidCredential
from market.core.language import Message
from market.core.sealing import seal, sealed_anew, unseal
from market.core.transaction import keep_changes

STEP = 30
PURPOSE = "second factor"
RECOVERY_CODES = 10
MOST_GUESSES_A_DAY = 10
GRACE = timedelta(days=14)
"""How long an officer has, from the account's first day, to enrol where a second factor is required."""


class SecondFactorNeeded(InvalidCredential):
    code = "second-factor-needed"
    detail = Message(
        vi="Cần thêm mã xác thực 6 số hoặc một mã khôi phục (trường second_factor).",
        en="Send the six digits of your authenticator, or a recovery code, as second_factor.",
    )


class SecondFactorOn(Conflict):
    code = "second-factor-on"
    detail = Message(vi="Tài khoản đã có xác thực hai lớp.", en="This account has a second factor already.")


async def start(session: AsyncSession, secret: str, *, actor: Actor, user: User) -> str:
    """A new secret for an authenticator; nothing is asked for until a code of it was shown.

    Raises:
        SecondFactorOn: there is one in force.
    """
    if user.totp_on:
        raise SecondFactorOn
    shown = pyotp.random_base32()
    user.totp_secret = seal(secret, shown.encode(), purpose=f"{PURPOSE} {user.id}")
    user.totp_last_step = None
    await record_change(session, actor, user, verb="start_second_factor")
    return shown


async def confirm(session: AsyncSession, secret: str, *, actor: Actor, user: User, code: str) -> list[str]:
    """Put the second factor in force; gives the recovery codes, which are shown this once.

    Raises:
        SecondFactorOn: there is one in force.
        CodeNotValid: not the authenticator's code of now.
    """
    if user.totp_on:
        raise SecondFactorOn
    if not _takes(user, secret, code):
        raise CodeNotValid
    user.totp_confirmed_at = clock.now()
    codes = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES)]
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.add_all([RecoveryCode(hash=_recovery_hash(user, one), user_id=user.id) for one in codes])
    await record_change(session, actor, user, verb="confirm_second_factor")
    return codes


async def remove(session: AsyncSession, actor: Actor, user: User) -> None:
    """From now on the password alone signs in."""
    user.totp_secret, user.totp_confirmed_at, user.totp_last_step = None, None, None
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    await record_change(session, actor, user, verb="reset_second_factor")


async def require(session: AsyncSession, secret: str, *, user: User, shown: str | None) -> None:
    """Take what somebody shows beside the right password; no code is taken twice.

    Whoever has stolen the password may guess a few times a day: who may go on finds six digits in a day. The owner has
    recovery codes meanwhile, or sets another password.

    Raises:
        SecondFactorNeeded: nothing was shown, or it is wrong or was used before.
    """
    if shown is None:
        raise SecondFactorNeeded
    text = shown.strip().lower()
    if text.isdigit():
        if not _may_guess(user):
            raise SecondFactorNeeded
        if not _takes(user, secret, text):
            await _count_guess(session, user)
            raise SecondFactorNeeded
        user.wrong_factors = 0
        await call_off_loss(session, user.id)
        await record_change(session, Actor(kind="user", user_id=user.id), user, verb="show_second_factor")
        return
    used = update(RecoveryCode).where(
        RecoveryCode.hash == _recovery_hash(user, text), RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    )
    taken = await session.execute(used.values(used_at=clock.now()).returning(RecoveryCode.user_id))
    if taken.first() is None:
        raise SecondFactorNeeded
    await call_off_loss(session, user.id)
    await record_change(session, Actor(kind="user", user_id=user.id), user, verb="use_recovery_code")


def _may_guess(user: User) -> bool:
    since = user.wrong_factors_since
    return user.wrong_factors < MOST_GUESSES_A_DAY or since is None or since + timedelta(days=1) <= clock.now()


async def _count_guess(session: AsyncSession, user: User) -> None:
    """The row is locked: guesses sent at once are counted one after the other."""
    now, since = clock.now(), user.wrong_factors_since
    anew = since is None or since + timedelta(days=1) <= now
    values = {"wrong_factors": 1, "wrong_factors_since": now} if anew else {"wrong_factors": user.wrong_factors + 1}
    counted = update(User).where(User.id == user.id).values(**values)
    await session.execute(counted, execution_options={"synchronize_session": False})
    keep_changes(session)


async def call_off_loss(session: AsyncSession, user_id: UUID) -> None:
    """The second factor is there after all: what was sent to take it off opens nothing any more."""
    await call_off(session, user_id, "factor")


async def seal_anew(session: AsyncSession, *, secret: str) -> None:
    """Seal with the secret of now what the one before has sealed (a nightly job): then that one can be taken away."""
    rows = select(User.id, User.totp_secret).where(User.totp_secret.is_not(None))
    for user_id, sealed in (await session.execute(rows)).all():
        again = sealed_anew(secret, sealed, purpose=f"{PURPOSE} {user_id}") if sealed else None
        if again is None:
            continue
        kept = update(User).where(User.id == user_id, User.totp_secret == sealed).values(totp_secret=again)
        await session.execute(kept, execution_options={"synchronize_session": False})


def _recovery_hash(user: User, code: str) -> bytes:
    return token_hash(f"{user.id} {code}")


def _takes(user: User, secret: str, code: str) -> bool:
    """Whether it is a code of now or of the step before or after, later than the last one taken; then it is taken."""
    if user.totp_secret is None:
        return False
    totp = pyotp.TOTP(unseal(secret, user.totp_secret, purpose=f"{PURPOSE} {user.id}").decode())
    now = int(clock.now().timestamp()) // STEP
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(totp.at(step * STEP), code) and step > (user.totp_last_step or 0):
            user.totp_last_step = step
            return True
    return False
