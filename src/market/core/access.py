"""Who asks, and what a route declares about who may ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from market.core.errors import NotAllowed, NotSignedIn
from market.core.language import Message

if TYPE_CHECKING:
    from litestar.types import Scope

ActorKind = Literal["anonymous", "user", "key", "device", "system"]
Role = Literal["owner", "manager", "staff"]


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in an organization."""

    organization_id: UUID
    role: Role
    kinds: frozenset[str]
    """What the organization is: producer, buyer, organizer, authority."""
    province: tuple[str, str] | None = None
    """Where it is: code and map version."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person, an integrator's key, an event's device, the system itself, or nobody known."""

    kind: ActorKind = "anonymous"
    user_id: UUID | None = None
    membership: Membership | None = None
    """The organization acted for in this request; chosen by the `Market-Organization` header when there are several."""
    memberships: tuple[Membership, ...] = ()
    platform_roles: frozenset[str] = frozenset()
    credential_id: UUID | None = None
    """The sign-in session, API key or device token that was shown."""
    on_behalf_of: UUID | None = None
    """The organization an officer acts for, with its consent."""
    request_id: str | None = None
    scopes: frozenset[str] | None = None
    """Of a key; None: whatever its person may do, but what is for people. Of a device: its event."""

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def is_anonymous(self) -> bool:
        return self.kind == "anonymous"

    @property
    def is_officer(self) -> bool:
        """May see what only the parties see, and act in the name of the programme."""
        return self.is_system or bool(self.platform_roles & {"officer", "admin"})

    @property
    def is_admin(self) -> bool:
        return self.is_system or "admin" in self.platform_roles

    @property
    def organization_id(self) -> UUID | None:
        return self.membership.organization_id if self.membership else None

    @property
    def organization_ids(self) -> frozenset[UUID]:
        """Every organization this actor belongs to."""
        return frozenset(membership.organization_id for membership in self.memberships)

    def belongs_to(self, organization_id: UUID | None) -> bool:
        return organization_id is not None and organization_id in self.organization_ids

    def role_in(self, organization_id: UUID) -> Role | None:
        for membership in self.memberships:
            if membership.organization_id == organization_id:
                return membership.role
        return None


ANONYMOUS = Actor()
SYSTEM = Actor(kind="system")


PEOPLE = "people"
"""The scope of what people do themselves, and no key may do for them: who they are, who belongs, what else opens."""


class ForPeople(NotAllowed):
    code = "keys-are-for-people"
    detail = Message(
        vi="Khóa API không được làm việc này; hãy đăng nhập.", en="An API key may not do this; sign in instead."
    )


class OutsideScopes(NotAllowed):
    code = "outside-scopes"
    detail = Message(vi="Khóa API này không có quyền {scope}.", en="This API key has not the scope {scope}.")


class Access(Enum):
    """What a route asks of its caller before anything else runs. Rows are a matter of each room's `visible_x`."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    DESK = "desk"
    """Signed in, or a device of an event, for that event alone. No other route takes a device for somebody."""
    MEMBER = "member"
    """Signed in and acting for an organization."""
    OFFICER = "officer"
    ADMIN = "admin"


def require_access(actor: Actor, access: Access) -> None:
    """Refuse an actor that does not reach `access`.

    Raises:
        NotSignedIn: nobody known asks for more than `ANYONE`.
        NotAllowed: somebody known lacks the membership or the platform role.
    """
    if access is Access.ANYONE:
        return
    if actor.is_anonymous:
        raise NotSignedIn
    if actor.kind == "device" and access is not Access.DESK:
        raise NotAllowed
    if access is Access.MEMBER and actor.membership is None and not actor.is_system:
        raise NotAllowed
    if access is Access.OFFICER and not actor.is_officer:
        raise NotAllowed
    if access is Access.ADMIN and not actor.is_admin:
        raise NotAllowed


def require_declared_access(actor: Actor, scope: Scope) -> None:
    """Refuse whoever does not reach what the route declares; a route without a declaration is closed to everybody.

    Raises:
        NotSignedIn, NotAllowed
    """
    if scope.get("method") == "OPTIONS":
        return  # the framework's own answer: which methods there are
    access = scope["route_handler"].opt.get("access")
    if not isinstance(access, Access):
        raise NotAllowed
    require_access(actor, access)
    if actor.kind == "key":
        require_scope(actor, scope_of(scope["route_handler"].opt, method=str(scope.get("method"))))


def scope_of(declared: Mapping[str, Any], *, method: str) -> str | None:
    """What a key needs: `people` (no key will do), `thing:read` or `thing:write`; None where nothing is declared."""
    thing = declared.get("scope")
    if thing is None or thing == PEOPLE:
        return thing
    return f"{thing}:{'read' if method in ('GET', 'HEAD') else 'write'}"


def require_scope(actor: Actor, scope: str | None) -> None:
    """Refuse a key what it was not made for. Who may write a thing may read it.

    Raises:
        ForPeople: no key may.
        OutsideScopes: this key may not.
    """
    if scope == PEOPLE:
        raise ForPeople
    if actor.scopes is None:
        return
    thing, _, verb = (scope or "").partition(":")
    if scope is None or not ({scope} | ({f"{thing}:write"} if verb == "read" else set())) & actor.scopes:
        raise OutsideScopes(scope=scope)
