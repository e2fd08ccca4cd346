"""Who may do what with an organization. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from market.core.access import Actor
from market.core.errors import AlreadyExists, NotAllowed, NotFound
from market.core.language import Message
from market.organizations.claims.states import KIND_NAMES
from market.organizations.models import Organization


class SelfVerification(NotAllowed):
    code = "self-verification"
    detail = Message(
        vi="Không ai được xác minh tổ chức của chính mình.", en="Nobody may verify their own organization."
    )


class TaxCodeTaken(AlreadyExists):
    code = "tax-code-taken"
    detail = Message(
        vi="Một tổ chức đã xác minh mang mã số thuế này. Nếu mã là của bạn, hãy bỏ trống mã rồi khai "
        "POST /claims với subject tax_code và lý do; cán bộ sẽ quyết định.",
        en="A verified organization has this tax code. If it is yours, leave it out and claim it: POST /claims with "
        "the subject tax_code and a reason; an officer decides.",
    )


class GlnTaken(AlreadyExists):
    code = "gln-taken"
    detail = Message(
        vi="Một tổ chức đã xác minh mang mã GLN này. Nếu mã là của bạn, hãy để trống gln và báo cán bộ kèm giấy của "
        "GS1: cán bộ từ chối xác minh bên kia thì mã lại để ngỏ.",
        en="A verified organization has this GLN. If it is yours, leave it out and show an officer the paper of GS1: "
        "once the other's identity is refused, the number is free.",
    )


class NotOfThatKind(NotAllowed):
    code = "organization-kind"
    detail = Message(
        vi="Việc này dành cho tổ chức là: {kinds}. Đơn vị tổ chức, cơ quan quản lý cần cán bộ xác minh trước.",
        en="This is for organizations of kind: {kinds}. An officer must verify organizer and authority first.",
    )


def may_see_contact(actor: Actor, organization: Organization) -> bool:
    """Contacts are for members and officers."""
    return actor.is_officer or actor.belongs_to(organization.id)


def require_may_see_members(actor: Actor, organization_id: UUID) -> None:
    """Who belongs to an organization is for its members and officers to know.

    Raises:
        NotFound: to others there is no such list.
    """
    if not (actor.is_officer or actor.belongs_to(organization_id)):
        raise NotFound


def require_member(actor: Actor, organization_id: UUID) -> None:
    """Anyone of the organization; the system and administrators too.

    Raises:
        NotAllowed: otherwise.
    """
    if not actor.belongs_to(organization_id) and not actor.is_admin:
        raise NotAllowed


def require_manager(actor: Actor, organization_id: UUID) -> None:
    """Owners and managers of the organization, and administrators.

    Raises:
        NotAllowed: otherwise.
    """
    if actor.role_in(organization_id) not in ("owner", "manager") and not actor.is_admin:
        raise NotAllowed


def require_owner(actor: Actor, organization_id: UUID) -> None:
    """Owners of the organization, and administrators.

    Raises:
        NotAllowed: otherwise.
    """
    if actor.role_in(organization_id) != "owner" and not actor.is_admin:
        raise NotAllowed


def require_can_verify(actor: Actor, organization: Organization) -> None:
    """An officer who is not of the organization.

    Raises:
        NotAllowed: not an officer.
        SelfVerification: an officer of this very organization.
    """
    if not actor.is_officer:
        raise NotAllowed
    if actor.belongs_to(organization.id):
        raise SelfVerification


def _named(kinds: Iterable[str]) -> Message:
    names = [KIND_NAMES[kind] for kind in kinds]
    return Message(vi=", ".join(name.vi for name in names), en=", ".join(name.en for name in names))


def require_acting_as(actor: Actor, *kinds: str) -> UUID:
    """The organization acted for, which must be of one of these kinds.

    Raises:
        NotAllowed: no organization is acted for.
        NotOfThatKind: it is of other kinds.
    """
    organization_id = acting_organization(actor)
    if actor.membership is None or not actor.membership.kinds & set(kinds):
        raise NotOfThatKind(kinds=_named(kinds))
    return organization_id


def acting_organization(actor: Actor) -> UUID:
    """The organization acted for.

    Raises:
        NotAllowed: none is.
    """
    if actor.membership is None:
        raise NotAllowed
    return actor.membership.organization_id
