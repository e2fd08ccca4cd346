"""Verbs of push: subscribe, take away; and what a subscription holds."""

from __future__ import annotations

import hashlib
from uuid import UUID

import msgspec
from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.service import user_id_of
from market.core import clock
from market.core.access import Actor
from market.core.addresses import require_sendable_url
from market.core.errors import Conflict, NotAllowed, NotFound
from market.core.ids import new_id
from market.core.language import Message
from market.core.sealing import seal, unseal
from market.notifications.models import PushSubscription
from market.notifications.push.schemas import PushSubscribe

MOST = 20


class TooManySubscriptions(Conflict):
    code = "too-many-push-subscriptions"
    detail = Message(
        vi="Mỗi người nhận thông báo đẩy trên nhiều nhất {most} trình duyệt.", en="At most {most} browsers a person."
    )


def own_subscriptions(actor: Actor) -> Select[PushSubscription]:
    """The browsers of the person who asks."""
    return select(PushSubscription).where(PushSubscription.user_id == user_id_of(actor))


async def subscribe(
    session: AsyncSession, actor: Actor, asked: PushSubscribe, *, key: str, loopback: bool
) -> PushSubscription:
    """Push news to this browser from now on; one that is known already gets its new keys.

    Args:
        key: the market's secret, which seals what the database holds.
        loopback: whether it may be on this very machine.

    Raises:
        NotAllowed: a key asks; only a sign-in has a browser.
        ValidationFailed: not an address on the public internet.
        TooManySubscriptions
    """
    if actor.kind != "user" or actor.credential_id is None:
        raise NotAllowed
    require_sendable_url(asked.endpoint, loopback=loopback, pointer="/endpoint")
    row = PushSubscription
    digest = hashlib.sha256(asked.endpoint.encode()).digest()
    rows = own_subscriptions(actor).where(row.endpoint_hash != digest)
    if (await session.scalar(select(func.count()).select_from(rows.subquery())) or 0) >= MOST:
        raise TooManySubscriptions(most=MOST)
    held = msgspec.json.encode({"endpoint": asked.endpoint, "keys": asked.keys.model_dump()})
    renewed = {"sealed": seal(key, held, purpose=_purpose(digest)), "sign_in_id": actor.credential_id}
    values = {"id": new_id(), "user_id": actor.user_id, "endpoint_hash": digest, "created_at": clock.now(), **renewed}
    kept = insert(row).values(**values).on_conflict_do_update(index_elements=["user_id", "endpoint_hash"], set_=renewed)
    return (await session.scalars(kept.returning(row), execution_options={"populate_existing": True})).one()


async def unsubscribe(session: AsyncSession, actor: Actor, subscription_id: UUID) -> None:
    """Push nothing more to a browser.

    Raises:
        NotFound
    """
    gone = delete(PushSubscription).where(
        PushSubscription.id == subscription_id, PushSubscription.user_id == user_id_of(actor)
    )
    if await session.scalar(gone.returning(PushSubscription.id)) is None:
        raise NotFound


def held_by(subscription: PushSubscription, *, key: str) -> dict[str, object] | None:
    """Where a subscription leads and its browser's keys; None where the market's secret is another by now."""
    try:
        text = unseal(key, subscription.sealed, purpose=_purpose(subscription.endpoint_hash))
    except ValueError:
        return None
    held: dict[str, object] = msgspec.json.decode(text)
    return held


def _purpose(endpoint_hash: bytes) -> str:
    return f"push {endpoint_hash.hex()}"
