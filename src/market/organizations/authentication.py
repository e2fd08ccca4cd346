"""From the Authorization header to the Actor: one statement for a token or a key, none for nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from sqlalchemy import DateTime, LargeBinary, Select, Text, Uuid, bindparam, cast, func, null, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.credentials import API_KEY_PREFIX, read_access_token, token_hash
from market.accounts.models import ApiKey, SignIn, User
from market.accounts.second_factor import GRACE
from market.core import clock
from market.core.access import Access, Actor, ActorKind, Membership, Role
from market.core.errors import InvalidCredential, MarketError, NotAllowed
from market.core.kept_statements import KeptStatement, Reader
from market.core.language import Message
from market.organizations.models import Organization, OrganizationMember

if TYPE_CHECKING:
    from litestar import Request


class NotAMember(NotAllowed):
    code = "not-a-member"
    detail = Message(
        vi="Bạn không thuộc tổ chức nêu trong Market-Organization.",
        en="You do not belong to the organization named in Market-Organization.",
    )


class OrganizationNotNamed(MarketError):
    status, code = 400, "organization-not-named"
    title = Message(vi="Chưa nói thay mặt tổ chức nào", en="Acting for which organization?")
    detail = Message(
        vi="Bạn thuộc nhiều tổ chức; hãy gửi Market-Organization với id của một trong các tổ chức ở organizations.",
        en="You belong to several organizations; name one of those in organizations in Market-Organization.",
    )


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Finds out who asks.

    Args:
        secret: what access tokens are signed with.
        others: by the prefix of their tokens, those whom rooms above know.
    """

    secret: str
    second_factor_required: bool = False
    """Officers and administrators are no more than people until they show a second factor."""
    key_uses: dict[UUID, datetime] = field(default_factory=dict)
    """When keys were used since it was last written down."""
    others: Mapping[str, Callable[[Reader, str, str | None], Awaitable[Actor]]] = field(default_factory=dict)

    async def __call__(self, reader: Reader, request: Request[Any, Any, Any]) -> Actor:
        """The actor of a request; the database is asked about those who show a credential.

        Raises:
            InvalidCredential: a credential was shown and is not good.
            NotAMember: Market-Organization names an organization of others.
        """
        request_id = request.scope["state"].get("request_id")
        header = request.headers.get("authorization")
        if header is None or request.scope["route_handler"].opt.get("ignores_credentials"):
            return Actor(request_id=request_id)
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise InvalidCredential
        if token.startswith(API_KEY_PREFIX):
            return await self._by_key(reader, token, request_id)
        for prefix, known in self.others.items():
            if token.startswith(prefix):
                return await known(reader, token, request_id)
        chosen = request.headers.get("market-organization")
        actor = await self._by_token(reader, token, request_id, chosen=chosen)
        if chosen is None and len(actor.memberships) > 1 and _writes_for_one(request):
            raise OrganizationNotNamed(extra={"organizations": [str(id_) for id_ in _ids(actor)]})
        return actor

    async def _by_token(self, reader: Reader, token: str, request_id: str | None, *, chosen: str | None) -> Actor:
        claims, now = read_access_token(self.secret, token), clock.now()
        text = await reader.value(_BY_SIGN_IN, sign_in_id=claims.sign_in_id, now=now)
        if text is None:
            raise InvalidCredential
        found = _read_person(text)
        memberships, shared = _memberships(found), found.only_organization_id
        if shared is not None:
            # Whoever holds a shared telephone and six digits is staff there, whatever else the person may be.
            memberships = tuple(replace(m, role="staff") for m in memberships if m.organization_id == shared)
        late = found.created_at + GRACE <= now
        without = self.second_factor_required and late and not found.second_factor
        roles = () if without or shared is not None else found.platform_roles
        return Actor(
            kind="user",
            user_id=found.id,
            memberships=memberships,
            membership=_acting_for(memberships, chosen),
            platform_roles=frozenset(roles),
            credential_id=claims.sign_in_id,
            request_id=request_id,
        )

    async def _by_key(self, reader: Reader, token: str, request_id: str | None) -> Actor:
        now = clock.now()
        text = await reader.value(_BY_KEY, hash=token_hash(token), now=now)
        if text is None:
            raise InvalidCredential
        found = _read_person(text)
        only = tuple(m for m in _memberships(found) if m.organization_id == found.key_organization_id)
        if not only or found.key_id is None:
            raise InvalidCredential
        self.key_uses[found.key_id] = now
        return Actor(
            kind="key",
            user_id=found.id,
            memberships=only,
            membership=only[0],
            credential_id=found.key_id,
            scopes=None if found.scopes is None else frozenset(found.scopes),
            request_id=request_id,
        )


async def actor_again(
    session: AsyncSession, *, user_id: UUID, organization_id: UUID | None, kind: ActorKind, credential_id: UUID | None
) -> Actor | None:
    """Somebody who asked for work that is done later, with the rights of now; None where these are gone.

    Args:
        organization_id: the organization acted for; none for officers who act for none.
    """
    text = await session.scalar(_BY_ID, {"user_id": user_id})
    if text is None:
        return None
    found = _read_person(text)
    memberships = _memberships(found)
    acting = next((one for one in memberships if one.organization_id == organization_id), None)
    if organization_id is not None and acting is None:
        return None
    only = kind == "key"
    return Actor(
        kind=kind,
        user_id=user_id,
        memberships=(acting,) if only and acting else memberships,
        membership=acting,
        platform_roles=frozenset() if only else frozenset(found.platform_roles),
        credential_id=credential_id,
    )


def _writes_for_one(request: Request[Any, Any, Any]) -> bool:
    """Whether the request changes something in the name of an organization, and its path does not say of which."""
    declared = request.scope["route_handler"].opt
    return (
        request.method not in ("GET", "HEAD", "OPTIONS")
        and declared.get("access") is Access.MEMBER
        and "organization_id" not in request.scope["path_params"]
    )


def _ids(actor: Actor) -> tuple[UUID, ...]:
    return tuple(membership.organization_id for membership in actor.memberships)


class _Belonging(msgspec.Struct, frozen=True, array_like=True):
    organization_id: UUID
    role: Role
    kinds: frozenset[str]
    province: tuple[str, str]


class _Person(msgspec.Struct, frozen=True, array_like=True):
    """Somebody who shows a credential, as the database tells of them."""

    id: UUID
    platform_roles: tuple[str, ...]
    created_at: datetime
    memberships: tuple[_Belonging, ...] | None
    """Oldest first."""
    second_factor: bool | None
    """Whether the sign-in was with one."""
    only_organization_id: UUID | None
    """The organization whose shared telephone it was on."""
    key_id: UUID | None
    key_organization_id: UUID | None
    scopes: tuple[str, ...] | None


_read_person = msgspec.json.Decoder(_Person).decode


def _person(*credential: Any) -> Select[Any]:
    """A `_Person` in JSON: one row, whatever the credential.

    Args:
        credential: what `_Person` has of it, in its order.
    """
    place = func.json_build_array(Organization.province_code, Organization.province_version)
    belonging = func.json_build_array(
        OrganizationMember.organization_id, OrganizationMember.role, Organization.kinds, place
    )
    memberships = (
        select(func.json_agg(aggregate_order_by(belonging, OrganizationMember.id)))
        .join(Organization, Organization.id == OrganizationMember.organization_id)
        .where(
            OrganizationMember.user_id == User.id,
            OrganizationMember.left_at.is_(None),
            Organization.status == "active",
        )
    )
    listed = memberships.correlate(User).scalar_subquery()
    whole = func.json_build_array(User.id, User.platform_roles, User.created_at, listed, *credential)
    return select(cast(whole, Text)).select_from(User).where(User.deactivated_at.is_(None))


def _by_sign_in() -> Select[Any]:
    rows = _person(SignIn.second_factor, SignIn.only_organization_id, null(), null(), null()).join(
        SignIn, SignIn.user_id == User.id
    )
    asked, now = bindparam("sign_in_id", type_=Uuid), bindparam("now", type_=DateTime(timezone=True))
    return rows.where(SignIn.id == asked, SignIn.revoked_at.is_(None), SignIn.expires_at > now)


def _by_key() -> Select[Any]:
    rows = _person(null(), null(), ApiKey.id, ApiKey.organization_id, ApiKey.scopes).join(
        ApiKey, ApiKey.user_id == User.id
    )
    shown, now = bindparam("hash", type_=LargeBinary), bindparam("now", type_=DateTime(timezone=True))
    in_time = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)
    return rows.where(ApiKey.hash == shown, ApiKey.revoked_at.is_(None), in_time)


_BY_SIGN_IN, _BY_KEY = KeptStatement(_by_sign_in()), KeptStatement(_by_key())
_BY_ID = _person(null(), null(), null(), null(), null()).where(User.id == bindparam("user_id", type_=Uuid))


def _memberships(found: _Person) -> tuple[Membership, ...]:
    return tuple(
        Membership(organization_id=one.organization_id, role=one.role, kinds=one.kinds, province=one.province)
        for one in found.memberships or ()
    )


def _acting_for(memberships: tuple[Membership, ...], chosen: str | None) -> Membership | None:
    if chosen is None:
        return memberships[0] if memberships else None
    for membership in memberships:
        if str(membership.organization_id) == chosen.lower():
            return membership
    raise NotAMember
