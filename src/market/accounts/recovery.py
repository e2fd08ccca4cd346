"""Forgotten and changed passwords.

Asking costs the same and answers the same whoever is asked for: the request only leaves a job, and the worker finds
out who that is. A reset proves the contact it came by, and ends every sign-in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials, second_factor
from market.accounts.models import ApiKey, ContactKind, OneTimeToken, TokenPurpose, User
from market.accounts.one_time import (
    CodeNotValid,
    TooEarly,
    call_off,
    give_back,
    is_waited_for,
    redeem_code,
    redeem_token,
)
from market.accounts.pins import is_shared
from market.accounts.proving_again import proved_again
from market.accounts.schemas import PasswordChange, PasswordReset
from market.accounts.service import (
    LETTER_JOB,
    accounts_with,
    has_proved,
    normalized,
    user_id_of,
)
from market.accounts.sign_ins import end_sign_ins
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.job_queue import enqueue
from market.core.transaction import let_go

RESET = "password reset"
CHANGED = "password changed"
LATER: TokenPurpose = "reset_later"
WAIT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Way:
    """An account that may be opened anew, and where the message for that goes."""

    user: User
    kind: ContactKind
    contact: str
    later: bool = False
    """It is read by others too: what is sent opens nothing before `WAIT` is over."""


async def ask(session: AsyncSession, identifier: str) -> None:
    """Have a link and a code sent, when there is somebody to send them to."""
    await enqueue(session, LETTER_JOB, {"letter": "forgot", "identifier": identifier})


async def ways_back(session: AsyncSession, identifier: str) -> list[Way]:
    """The accounts that may be opened anew by who says this contact, and where the message goes; mostly none.

    Where nobody has proved the contact, it opens only accounts of which no contact is proved: whoever typed somebody
    else's address must not share an account with its owner. A telephone on which several people sign in by PIN is in
    everybody's hand: whoever of them has proved an e-mail address is written to there, and what comes to the telephone
    alone opens the account only after `WAIT`, while its owner and their organization know of it.
    """
    contact = normalized(identifier)
    if contact is None:
        return []
    kind: ContactKind = "email" if "@" in contact else "phone"
    found = await accounts_with(session, contact)
    users = [user for user in found if has_proved(user, contact) or not user.has_proved_contact]
    if kind == "phone" and users and await is_shared(session, contact):
        return [_in_own_hand(user, contact) for user in users]
    return [Way(user, kind, contact) for user in users]


def _in_own_hand(user: User, phone: str) -> Way:
    if user.email is not None and has_proved(user, user.email):
        return Way(user, "email", user.email)
    return Way(user, "phone", phone, later=True)


async def may_wait(session: AsyncSession, user: User) -> bool:
    """Whether a message that opens the account later goes out: only where none is waited for."""
    return not await is_waited_for(session, user.id, LATER)


async def reset_password(session: AsyncSession, secret: str, reset: PasswordReset) -> User:
    """Set a new password by the link or code that was sent; every sign-in of the person ends.

    An account of which nobody had proved a contact belongs from now on to who reads this one: its keys, its other
    contacts and its second factor were whose, nobody knows, and end too.

    Raises:
        CodeNotValid: the link or code cannot be used.
        TooEarly: it went to a telephone that several people read, and can be used later.
    """
    # First, while no connection is held.
    password_hash = await credentials.hash_password(reset.password)
    proof = await _proof(session, secret, reset)
    if proof.purpose == LATER and clock.now() < (opens_at := proof.created_at + WAIT):
        await give_back(session, proof)
        raise TooEarly(at=f"{opens_at.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}")
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


async def call_off_resets(session: AsyncSession, actor: Actor) -> None:
    """The person who asks did not ask for a new password: nothing that was sent for one opens anything."""
    user = await session.get_one(User, user_id_of(actor), with_for_update=True)
    for purpose in ("reset", LATER):
        await call_off(session, user.id, purpose)
    await record_change(session, actor, user, verb="call_off_reset")


async def _proof(session: AsyncSession, secret: str, reset: PasswordReset) -> OneTimeToken:
    try:
        return await _redeemed(session, secret, reset, purpose="reset")
    except CodeNotValid:
        return await _redeemed(session, secret, reset, purpose=LATER)


async def _redeemed(session: AsyncSession, secret: str, reset: PasswordReset, *, purpose: TokenPurpose) -> OneTimeToken:
    if reset.token is not None:
        return await redeem_token(session, reset.token, purpose=purpose)
    contact = normalized(reset.identifier or "")
    if contact is None:
        raise CodeNotValid
    return await redeem_code(session, secret, purpose=purpose, contact=contact, code=reset.code or "")


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
    await call_off(session, user.id, LATER)
    await record_change(session, actor, user, verb="change_password")
    await end_sign_ins(session, actor, user_id=user.id, because=CHANGED, but=actor.credential_id)
    await enqueue(session, LETTER_JOB, {"letter": "password_changed", "user": str(user.id)})
