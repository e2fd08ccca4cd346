"""Forgotten and changed passwords.

Asking costs the same and answers the same whoever is asked for: the request only leaves a job, and the worker finds
out who that is. A reset proves the contact it came by, and ends every sign-in.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials, second_factor
from market.accounts.models import ApiKey, ContactKind, OneTimeToken, User
from market.accounts.one_time import CodeNotValid, redeem_code, redeem_token
from market.accounts.pins import is_shared
from market.accounts.proving_again import proved_again
from market.accounts.schemas import PasswordChange, PasswordReset
from market.accounts.service import (
    LETTER_JOB,
    accounts_with,
    has_proved,
    normalized,
)
from market.accounts.sign_ins import end_sign_ins
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.job_queue import enqueue
from market.core.transaction import let_go

RESET = "password reset"
CHANGED = "password changed"


async def ask(session: AsyncSession, identifier: str) -> None:
    """Have a link and a code sent, when there is somebody to send them to."""
    await enqueue(session, LETTER_JOB, {"letter": "forgot", "identifier": identifier})


async def ways_back(session: AsyncSession, identifier: str) -> list[tuple[User, ContactKind, str]]:
    """The accounts that may be opened anew by who says this contact, and where the message goes; mostly none.

    Where nobody has proved the contact, it opens only accounts of which no contact is proved: whoever typed somebody
    else's address must not share an account with its owner. A telephone on which several people sign in by PIN is in
    everybody's hand: whoever of them has proved an e-mail address is written to there.
    """
    contact = normalized(identifier)
    if contact is None:
        return []
    kind: ContactKind = "email" if "@" in contact else "phone"
    found = await accounts_with(session, contact)
    users = [user for user in found if has_proved(user, contact) or not user.has_proved_contact]
    if kind == "phone" and users and await is_shared(session, contact):
        return [(user, *_in_own_hand(user, contact)) for user in users]
    return [(user, kind, contact) for user in users]


def _in_own_hand(user: User, phone: str) -> tuple[ContactKind, str]:
    return ("email", user.email) if user.email is not None and has_proved(user, user.email) else ("phone", phone)


async def reset_password(session: AsyncSession, secret: str, reset: PasswordReset) -> User:
    """Set a new password by the link or code that was sent; every sign-in of the person ends.

    An account of which nobody had proved a contact belongs from now on to who reads this one: its keys, its other
    contacts and its second factor were whose, nobody knows, and end too.

    Raises:
        CodeNotValid: the link or code cannot be used.
    """
    # First, while no connection is held.
    password_hash = await credentials.hash_password(reset.password)
    proof = await _proof(session, secret, reset)
    user = await session.get(User, proof.user_id, with_for_update=True) if proof.user_id else None
    if user is None or user.deactivated_at is not None or not _still_has(user, proof):
        raise CodeNotValid
    actor = Actor(kind="user", user_id=user.id)
    if not user.has_proved_contact:
        await _hand_over(session, actor, user, proof)
    user.password_hash, user.password_typed_by_other = password_hash, False
    user.wrong_factors = 0
    await _prove(session, user, proof)
    await record_change(session, actor, user, verb="reset_password")
    await end_sign_ins(session, actor, user_id=user.id, because=RESET)
    await enqueue(session, LETTER_JOB, {"letter": "password_changed", "user": str(user.id)})
    return user


async def _proof(session: AsyncSession, secret: str, reset: PasswordReset) -> OneTimeToken:
    if reset.token is not None:
        return await redeem_token(session, reset.token, purpose="reset")
    contact = normalized(reset.identifier or "")
    if contact is None:
        raise CodeNotValid
    return await redeem_code(session, secret, purpose="reset", contact=contact, code=reset.code or "")


def _still_has(user: User, proof: OneTimeToken) -> bool:
    return proof.contact == (user.email if proof.kind == "email" else user.phone)


async def _hand_over(session: AsyncSession, actor: Actor, user: User, proof: OneTimeToken) -> None:
    if proof.kind == "email":
        user.phone = None
    else:
        user.email = None
    await second_factor.remove(session, actor, user)
    keys = select(ApiKey).where(ApiKey.user_id == user.id, ApiKey.revoked_at.is_(None)).with_for_update()
    for key in await session.scalars(keys):
        key.revoked_at = clock.now()
        await record_change(session, actor, key, verb="revoke")


async def _prove(session: AsyncSession, user: User, proof: OneTimeToken) -> None:
    """Whoever used the link reads the contact; it may have been proved by somebody else meanwhile."""
    others = await accounts_with(session, proof.contact)
    if any(has_proved(other, proof.contact) and other.id != user.id for other in others):
        raise CodeNotValid
    if proof.kind == "email":
        user.email_proved_at = user.email_proved_at or clock.now()
    else:
        user.phone_proved_at = user.phone_proved_at or clock.now()


async def change_password(session: AsyncSession, actor: Actor, change: PasswordChange) -> None:
    """Set a new password by the old one; every other sign-in ends.

    Raises:
        WrongIdentifierOrPassword: the old one is not right.
    """
    await let_go(session)
    password_hash = await credentials.hash_password(change.password)
    user = await proved_again(session, actor, change.current)
    user.password_hash, user.password_typed_by_other = password_hash, False
    await second_factor.call_off_loss(session, user.id)
    await record_change(session, actor, user, verb="change_password")
    await end_sign_ins(session, actor, user_id=user.id, because=CHANGED, but=actor.credential_id)
    await enqueue(session, LETTER_JOB, {"letter": "password_changed", "user": str(user.id)})
