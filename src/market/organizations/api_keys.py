"""Keys for an integrator's scripts: made by people who manage an organization, shown once, revoked when need be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials
from market.accounts.models import ApiKey
from market.accounts.service import user_id_of
from market.core import clock
from market.core.access import Actor, ForPeople
from market.core.changes import record_change
from market.core.errors import NotFound
from market.organizations import policy
from market.organizations.models import OrganizationMember
from market.organizations.schemas import ApiKeyCreate
from market.organizations.scopes import ALL_SCOPES

HINT_LENGTH = 4
LIFETIME = timedelta(days=365)
"""Of a key for which its maker names no day."""


def _require_may_manage_keys(actor: Actor) -> UUID:
    organization_id = policy.acting_organization(actor)
    if actor.kind != "user":
        raise ForPeople
    policy.require_manager(actor, organization_id)
    return organization_id


def keys_of(actor: Actor) -> Select[ApiKey]:
    """The keys of the organization acted for that still open something.

    Raises:
        NotAllowed: not an owner or manager of it, or not a person.
    """
    organization_id = _require_may_manage_keys(actor)
    belongs = and_(
        OrganizationMember.user_id == ApiKey.user_id,
        OrganizationMember.organization_id == ApiKey.organization_id,
        OrganizationMember.left_at.is_(None),
    )
    return (
        select(ApiKey)
        .join(OrganizationMember, belongs)
        .where(
            ApiKey.organization_id == organization_id,
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > clock.now()),
        )
    )


async def get_api_key(session: AsyncSession, actor: Actor, key_id: UUID, *, lock: bool = False) -> ApiKey:
    """One key of the organization acted for that still opens something.

    Raises:
        NotAllowed: not an owner or manager of it, or not a person.
        NotFound: the organization has no such key.
    """
    rows = keys_of(actor).where(ApiKey.id == key_id)
    key = await session.scalar(rows.with_for_update(of=ApiKey) if lock else rows)
    if key is None:
        raise NotFound
    return key


async def create_api_key(session: AsyncSession, actor: Actor, key_in: ApiKeyCreate) -> tuple[ApiKey, str]:
    """A key that acts for this organization with its maker's role, and the token that is shown this once.

    Raises:
        NotAllowed: not an owner or manager of it, or not a person.
    """
    organization_id = _require_may_manage_keys(actor)
    expires_at = clock.end_of_day(key_in.expires_on) if key_in.expires_on else clock.now() + LIFETIME
    scopes = list(ALL_SCOPES) if key_in.scopes is None else sorted(set(key_in.scopes))
    return await _make(session, actor, organization_id, name=key_in.name, scopes=scopes, expires_at=expires_at)


async def _make(
    session: AsyncSession,
    actor: Actor,
    organization_id: UUID,
    *,
    name: str,
    scopes: list[str] | None,
    expires_at: datetime,
) -> tuple[ApiKey, str]:
    token = credentials.new_token(credentials.API_KEY_PREFIX)
    key = ApiKey(
        user_id=user_id_of(actor),
        organization_id=organization_id,
        name=name,
        hash=credentials.token_hash(token),
        hint=token[-HINT_LENGTH:],
        scopes=scopes,
        expires_at=expires_at,
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


async def rotate_api_key(
    session: AsyncSession, actor: Actor, key_id: UUID, *, overlap: timedelta
) -> tuple[ApiKey, str]:
    """A new key that opens the same as this one, which goes on for a while so that scripts can change over.

    Raises:
        NotAllowed: not an owner or manager of the organization, or not a person.
        NotFound: the organization has no such key.
    """
    old = await get_api_key(session, actor, key_id, lock=True)
    made = await _make(
        session,
        actor,
        old.organization_id,
        name=old.name,
        scopes=old.scopes or list(ALL_SCOPES),
        expires_at=clock.now() + LIFETIME,
    )
    old.expires_at = min(old.expires_at or clock.now() + LIFETIME, clock.now() + overlap)
    await record_change(session, actor, old, verb="rotate")
    return made


async def end_keys_of(session: AsyncSession, actor: Actor, *, organization_id: UUID, user_id: UUID) -> None:
    """End what a person made for an organization to which they no longer belong."""
    rows = select(ApiKey).where(
        ApiKey.organization_id == organization_id, ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None)
    )
    for key in await session.scalars(rows.with_for_update()):
        key.revoked_at = clock.now()
        await record_change(session, actor, key, verb="revoke")


async def write_down_uses(session: AsyncSession, uses: Mapping[UUID, datetime]) -> None:
    """When keys were used last; no change that anybody would look for in the log."""
    for key_id, at in uses.items():
        statement = update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=at)
        await session.execute(statement, execution_options={"synchronize_session": False})
