"""From the Authorization header to the Actor: one statement for a token or a key, none for nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.credentials import API_KEY_PREFIX, read_access_token, token_hash
from market.accounts.models import ApiKey, SignIn, User
from market.accounts.second_factor import GRACE
from market.core import clock
from market.core.access import Access, Actor, ActorKind, Membership
from market.core.errors import InvalidCredential, MarketError, NotAllowed
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
    others: Mapping[str, Callable[[AsyncSession, str, str | None], Awaitable[Actor]]] = field(default_factory=dict)

    async def __call__(self, session: Callable[[], AsyncSession], request: Request[Any, Any, Any]) -> Actor:
        """The actor of a request; the session is made for those who show a credential.

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
            return await self._by_key(session(), token, request_id)
        for prefix, known in self.others.items():
            if token.startswith(prefix):
                return await known(session(), token, request_id)
        chosen = request.headers.get("market-organization")
        actor = await self._by_token(session(), token, request_id, chosen=chosen)
        if chosen is None and len(actor.memberships) > 1 and _writes_for_one(request):
            raise OrganizationNotNamed(extra={"organizations": [str(id_) for id_ in _ids(actor)]})
        return actor

    async def _by_token(
        self, session: AsyncSession, token: str, request_id: str | None, *, chosen: str | None
    ) -> Actor:
        claims = read_access_token(self.secret, token)
        rows = _person_with_memberships(SignIn.second_factor).join(SignIn, SignIn.user_id == User.id)
        rows = rows.group_by(SignIn.id)
        rows = rows.where(SignIn.id == claims.sign_in_id, SignIn.revoked_at.is_(None), SignIn.expires_at > clock.now())
        found = (await session.execute(rows)).one_or_none()
        if found is None:
            raise InvalidCredential
        memberships = _memberships(found)
        late = found.created_at + GRACE <= clock.now()
        roles = () if self.second_factor_required and late and not found.second_factor else found.platform_roles
        return Actor(
            kind="user",
            user_id=found.id,
            memberships=memberships,
            membership=_acting_for(memberships, chosen),
            platform_roles=frozenset(roles),
            credential_id=claims.sign_in_id,
            request_id=request_id,
        )

    async def _by_key(self, session: AsyncSession, token: str, request_id: str | None) -> Actor:
        rows = _person_with_memberships(
            ApiKey.id.label("key_id"), ApiKey.organization_id.label("key_organization_id"), ApiKey.scopes
        )
        rows = rows.join(ApiKey, ApiKey.user_id == User.id).group_by(ApiKey.id)
        found = (
            await session.execute(
                rows.where(
                    ApiKey.hash == token_hash(token),
                    ApiKey.revoked_at.is_(None),
                    or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > clock.now()),
                )
            )
        ).one_or_none()
        if found is None:
            raise InvalidCredential
        only = tuple(m for m in _memberships(found) if m.organization_id == found.key_organization_id)
        if not only:
            raise InvalidCredential
        self.key_uses[found.key_id] = clock.now()
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
    found = (await session.execute(_person_with_memberships().where(User.id == user_id))).one_or_none()
    if found is None:
        return None
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


def _person_with_memberships(*more: Any) -> Select[Any]:
    """One row a person: roles, and memberships as a JSON list, oldest first."""
    membership = func.json_build_object(
        "id",
        OrganizationMember.organization_id,
        "role",
        OrganizationMember.role,
        "kinds",
        Organization.kinds,
        "province",
        func.json_build_array(Organization.province_code, Organization.province_version),
    )
    listed = func.json_agg(aggregate_order_by(membership, OrganizationMember.id)).filter(Organization.id.is_not(None))
    belongs = and_(OrganizationMember.user_id == User.id, OrganizationMember.left_at.is_(None))
    active = and_(Organization.id == OrganizationMember.organization_id, Organization.status == "active")
    return (
        select(User.id, User.platform_roles, User.created_at, listed.label("memberships"), *more)
        .outerjoin(OrganizationMember, belongs)
        .outerjoin(Organization, active)
        .where(User.deactivated_at.is_(None))
        .group_by(User.id)
    )


def _memberships(found: Row[Any]) -> tuple[Membership, ...]:
    return tuple(
        Membership(
            organization_id=UUID(item["id"]),
            role=item["role"],
            kinds=frozenset(item["kinds"]),
            province=tuple(item["province"]),
        )
        for item in found.memberships or ()
    )


def _acting_for(memberships: tuple[Membership, ...], chosen: str | None) -> Membership | None:
    if chosen is None:
        return memberships[0] if memberships else None
    for membership in memberships:
        if str(membership.organization_id) == chosen.lower():
            return membership
    raise NotAMember
