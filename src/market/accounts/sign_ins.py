"""The devices that a person is signed in on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import SignIn
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_changes
from market.core.errors import NotFound


def open_sign_ins(user_id: UUID | None) -> Select[SignIn]:
    """What is open of a person, newest first."""
    return (
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None), SignIn.expires_at > clock.now())
        .order_by(SignIn.id.desc())
    )


async def own_sign_ins(session: AsyncSession, actor: Actor) -> Sequence[SignIn]:
    """The devices of the person who asks."""
    return (await session.scalars(open_sign_ins(actor.user_id))).all()


async def end_sign_ins(
    session: AsyncSession,
    actor: Actor,
    *,
    user_id: UUID,
    because: str,
    only: UUID | None = None,
    but: UUID | None = None,
) -> int:
    """End sign-ins of a person, all of them or one or all but one; gives how many ended."""
    rows = open_sign_ins(user_id).with_for_update()
    if only is not None:
        rows = rows.where(SignIn.id == only)
    if but is not None:
        rows = rows.where(SignIn.id != but)
    ended = list(await session.scalars(rows))
    for device in ended:
        device.revoked_at, device.revoked_because = clock.now(), because
    await record_changes(session, actor, ended, verb="revoke")
    return len(ended)


async def end_own_sign_in(session: AsyncSession, actor: Actor, sign_in_id: UUID) -> None:
    """End one device of the person who asks.

    Raises:
        NotFound: no such device is signed in.
    """
    if actor.user_id is None or not await end_sign_ins(
        session, actor, user_id=actor.user_id, because="ended by the person", only=sign_in_id
    ):
        raise NotFound
