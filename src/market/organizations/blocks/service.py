"""Verbs of blocks, and what they refuse."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import NotAllowed, ValidationFailed
from market.core.language import Message
from market.organizations.blocks.models import Block
from market.organizations.blocks.queries import blocking_pairs, blocks_of

OURSELVES = Message(vi="Không chặn chính tổ chức của mình.", en="An organization does not block itself.")


class Blocked(NotAllowed):
    code = "blocked"
    detail = Message(vi="Tổ chức này không nhận liên hệ của bạn.", en="This organization takes nothing new from yours.")


class BlockedByUs(NotAllowed):
    code = "blocked-by-us"
    detail = Message(
        vi="Bạn đang chặn tổ chức này; hãy bỏ chặn trước.",
        en="Your organization blocks this one; unblock it first.",
    )


async def require_taken(session: AsyncSession, sender_id: UUID, *receiver_ids: UUID) -> None:
    """Refuse what would begin, or carry on, something between two of whom one blocks the other.

    Raises:
        Blocked: a receiver does.
        BlockedByUs: the sender does.
    """
    receivers = set(receiver_ids)
    pairs = await blocking_pairs(session, {sender_id, *receivers})
    if any((receiver, sender_id) in pairs for receiver in receivers):
        raise Blocked
    if any((sender_id, receiver) in pairs for receiver in receivers):
        raise BlockedByUs


async def block(session: AsyncSession, actor: Actor, organization_id: UUID, blocked_id: UUID) -> Block:
    """From now on nothing of the other reaches the one but what both agreed on. Twice is as good as once.

    Raises:
        ValidationFailed: both are the same.
    """
    if organization_id == blocked_id:
        raise ValidationFailed.single("", "to-ourselves", OURSELVES)
    made = insert(Block).values(organization_id=organization_id, blocked_id=blocked_id, lifted_at=clock.now())
    await session.execute(made.on_conflict_do_nothing())
    row = await _block(session, organization_id, blocked_id)
    if row.lifted_at is not None:
        row.lifted_at = None
        await record_change(session, actor, row, verb="block")
    return row


async def unblock(session: AsyncSession, actor: Actor, organization_id: UUID, blocked_id: UUID) -> None:
    """The other may begin something again. Where nothing is blocked nothing happens."""
    rows = blocks_of(organization_id).where(Block.blocked_id == blocked_id)
    if await session.scalar(rows.with_only_columns(Block.id)) is None:
        return
    row = await _block(session, organization_id, blocked_id)
    row.lifted_at = clock.now()
    await record_change(session, actor, row, verb="unblock")


async def _block(session: AsyncSession, organization_id: UUID, blocked_id: UUID) -> Block:
    rows = select(Block).where(Block.organization_id == organization_id, Block.blocked_id == blocked_id)
    return (await session.scalars(rows.with_for_update())).one()
