"""A second factor that is lost, recovery codes too: its owner takes it off by what is sent to them, after three days.

In those days every proved contact of theirs has been told, and one sign-in with the second factor calls it off: who has
stolen a password, or a mailbox for an hour, gains nothing. Officers and administrators ask whoever runs the market
(`market user reset-second-factor`): their powers are not to be had by mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials, second_factor
from market.accounts.models import ContactKind, User
from market.accounts.one_time import CodeNotValid, TooEarly, give_back, is_waited_for, redeem_code, redeem_token
from market.accounts.schemas import FactorRemoval
from market.accounts.service import LETTER_JOB, accounts_with, normalized
from market.accounts.sign_ins import end_sign_ins
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.job_queue import enqueue
from market.core.transaction import let_go

WAIT = timedelta(days=3)


async def ask(session: AsyncSession, *, identifier: str, password: str) -> None:
    """Begin to wait, when the password is right and there is a second factor to lose. The answer says neither."""
    contact = normalized(identifier)
    found = await accounts_with(session, contact) if contact is not None else []
    known: list[tuple[UUID | None, str | None]] = [(user.id, user.password_hash) for user in found]
    await let_go(session)
    for user_id, password_hash in known or [(None, None)]:
        if await credentials.password_matches(password, password_hash) and user_id is not None:
            await enqueue(session, LETTER_JOB, {"letter": "factor_lost", "user": str(user_id)})
            return


async def may_lose(session: AsyncSession, user: User) -> bool:
    """Whether a letter goes out: there is a factor, no power of the platform behind it, and none is waited for."""
    if not user.totp_on or user.platform_roles or user.deactivated_at is not None:
        return False
    return not await is_waited_for(session, user.id, "factor")


def proved_contacts(user: User) -> Sequence[tuple[ContactKind, str]]:
    """Where a person is told of what matters."""
    each: tuple[tuple[ContactKind, str | None, datetime | None], ...] = (
        ("email", user.email, user.email_proved_at),
        ("phone", user.phone, user.phone_proved_at),
    )
    return [(kind, contact) for kind, contact, proved_at in each if contact is not None and proved_at is not None]


async def remove(session: AsyncSession, secret: str, removal: FactorRemoval) -> None:
    """Take the second factor off by the link or code, once its time has come; every sign-in ends.

    Raises:
        CodeNotValid: the link or code cannot be used.
        TooEarly: it will be usable later.
    """
    if removal.token is not None:
        proof = await redeem_token(session, removal.token, purpose="factor")
    else:
        contact = normalized(removal.identifier or "") or ""
        proof = await redeem_code(session, secret, purpose="factor", contact=contact, code=removal.code or "")
    opens_at = proof.created_at + WAIT
    if clock.now() < opens_at:
        await give_back(session, proof)
        raise TooEarly(at=f"{opens_at.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}")
    user = await session.get(User, proof.user_id, with_for_update=True) if proof.user_id else None
    if user is None or not user.totp_on or user.platform_roles or user.deactivated_at is not None:
        raise CodeNotValid
    actor = Actor(kind="user", user_id=user.id)
    await second_factor.remove(session, actor, user)
    await second_factor.call_off_loss(session, user.id)
    await end_sign_ins(session, actor, user_id=user.id, because="second factor removed")
    await record_change(session, actor, user, verb="remove_lost_second_factor")
    await enqueue(session, LETTER_JOB, {"letter": "factor_removed", "user": str(user.id)})
