"""Keys for an integrator's scripts: made by people who manage an organization, shown once, revoked when need be."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials
from market.accounts.models import ApiKey
from market.accounts.service import user_id_of
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import NotAllowed, NotFound
from market.core.language import Message
from market.organizations import policy

HINT_LENGTH = 4


class KeysAreForPeople(NotAllowed):
    code = "keys-are-for-people"
    detail = Message(
        vi="Khóa API không thể tạo, xem hay thu hồi khóa API; hãy đăng nhập.",
        en="An API key cannot make, list or revoke API keys; sign in instead.",
    )


def _require_may_manage_keys(actor: Actor) -> UUID:
    organization_id = policy.acting_organization(actor)
    if actor.kind != "user":
        raise KeysAreForPeople
    policy.require_manager(actor, organization_id)
    return organization_id


def keys_of(actor: Actor) -> Select[ApiKey]:
    """The keys of the organization acted for that still open something.

    Raises:
        NotAllowed: not an owner or manager of it, or not a person.
    """
    organization_id = _require_may_manage_keys(actor)
    return select(ApiKey).where(ApiKey.organization_id == organization_id, ApiKey.revoked_at.is_(None))


async def get_api_key(session: AsyncSession, actor: Actor, key_id: UUID, *, lock: bool = False) -> ApiKey:
    """One key of the organization acted for that still opens something.

    Raises:
        NotAllowed: not an owner or manager of it, or not a person.
        NotFound: the organization has no such key.
    """
    rows = keys_of(actor).where(ApiKey.id == key_id)
    key = await session.scalar(rows.with_for_update() if lock else rows)
    if key is None:
        raise NotFound
    return key


async def create_api_key(session: AsyncSession, actor: Actor, *, name: str) -> tuple[ApiKey, str]:
    """A key that acts for this organization with its maker's role, and the token that is shown this once.

    Raises:
        NotAllowed: not an owner or manager of it, or not a person.
    """
    organization_id = _require_may_manage_keys(actor)
    token = credentials.new_token(credentials.API_KEY_PREFIX)
    key = ApiKey(
        user_id=user_id_of(actor),
        organization_id=organization_id,
        name=name,
        hash=credentials.token_hash(token),
        hint=token[-HINT_LENGTH:],
    )
    await record_change(session, actor, key, verb="create")
    return key, token


async def revoke_api_key(session: AsyncSession, actor: Actor, key_id: UUID) -> None:
    """From now on the key opens nothing.

    Raises:
        NotAllowed: not an owner or manager of the organization, or not a person.
        NotFound: the organization has no such key.
    """
    key = await get_api_key(session, actor, key_id, lock=True)
    key.revoked_at = clock.now()
    await record_change(session, actor, key, verb="revoke")
