"""Reads of organizations; who may see which rows stands here, once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.accounts.models import User
from market.core import clock
from market.core.access import Actor
from market.core.errors import NotFound
from market.core.kept_statements import KeptStatement
from market.core.stored_answers import row_mark
from market.organizations.models import Invitation, Organization, OrganizationMember
from market.organizations.policy import acting_organization, require_may_see_members


def visible_organizations(actor: Actor) -> Select[Organization]:
    """Active organizations are public; a suspended one is for its members and officers."""
    return select(Organization) if actor.is_officer else active_or_of(actor.user_id)


def active_or_of(user_id: UUID | BindParameter[UUID] | None) -> Select[Organization]:
    """The organizations that a person (or nobody) sees: the active ones, and their own."""
    # Nobody can act for a suspended organization, so the actor does not know it as their own.
    own = select(OrganizationMember.organization_id).where(
        OrganizationMember.user_id == user_id, OrganizationMember.left_at.is_(None)
    )
    return select(Organization).where(or_(Organization.status == "active", Organization.id.in_(own)))


def _proof_of_organization() -> KeptStatement:
    mark = func.concat_ws(" ", cast(Organization.id, Text), row_mark("organization"))
    rows = active_or_of(bindparam("user_id", type_=Uuid)).where(Organization.id == bindparam("id"))
    return KeptStatement(rows.with_only_columns(mark, maintain_column_froms=True))


organization_proof = _proof_of_organization()
"""Which version of its row the answer to one organization (`id`) follows from, to a person (`user_id`)."""


async def get_organization(
    session: AsyncSession, actor: Actor, organization_id: UUID, *, lock: bool = False
) -> Organization:
    """One visible organization.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = visible_organizations(actor).where(Organization.id == organization_id)
    organization = await session.scalar(rows.with_for_update() if lock else rows)
    if organization is None:
        raise NotFound
    return organization


async def get_acting_organization(session: AsyncSession, actor: Actor) -> Organization:
    """The organization acted for.

    Raises:
        NotAllowed: none is.
    """
    return await get_organization(session, actor, acting_organization(actor))


def organizations_like(actor: Actor, *, kind: str | None, text: str | None, verification: str | None) -> Select[Any]:
    """Visible organizations by kind, state of verification and part of the name."""
    rows = visible_organizations(actor)
    if kind is not None:
        rows = rows.where(Organization.kinds.contains([kind]))
    if verification is not None:
        rows = rows.where(Organization.verification == verification)
    if text:
        rows = rows.where(func.strpos(func.market_fold(Organization.name), func.market_fold(text)) > 0)
    return rows


def visible_members(actor: Actor, organization_id: UUID) -> Select[OrganizationMember]:
    """Members are seen by fellow members and officers only; people who left by nobody."""
    rows = (
        select(OrganizationMember)
        .where(OrganizationMember.organization_id == organization_id, OrganizationMember.left_at.is_(None))
        .options(joinedload(OrganizationMember.user))
    )
    return rows if actor.is_officer or actor.belongs_to(organization_id) else rows.where(false())


async def get_member(
    session: AsyncSession, actor: Actor, organization_id: UUID, member_id: UUID
) -> OrganizationMember | Invitation:
    """One visible membership, or an invitation that is still open.

    Raises:
        NotFound: there is none, or the actor may not see who belongs to the organization.
    """
    require_may_see_members(actor, organization_id)
    rows = visible_members(actor, organization_id).where(OrganizationMember.id == member_id)
    if (member := await session.scalar(rows)) is not None:
        return member
    invited = select(Invitation).where(Invitation.id == member_id, Invitation.organization_id == organization_id)
    invitation = await session.scalar(invited.where(Invitation.status == "pending"))
    if invitation is None:
        raise NotFound
    return invitation


def _invites(actor: Actor) -> ColumnElement[bool]:
    """Of this person: by name, or by a contact that they have proved."""
    proved = or_(
        and_(Invitation.contact_kind == "email", Invitation.contact == User.email, User.email_proved_at.is_not(None)),
        and_(Invitation.contact_kind == "phone", Invitation.contact == User.phone, User.phone_proved_at.is_not(None)),
    )
    return or_(Invitation.user_id == actor.user_id, exists().where(User.id == actor.user_id, proved))


def _lasts() -> ColumnElement[bool]:
    return or_(Invitation.expires_at.is_(None), Invitation.expires_at > clock.now())


async def get_invited(session: AsyncSession, invitation_id: UUID) -> Invitation | None:
    """An invitation by its id, locked, for whoever has shown its link."""
    rows = select(Invitation).where(Invitation.id == invitation_id).options(joinedload(Invitation.organization))
    return await session.scalar(rows.with_for_update(of=Invitation))


def open_invitations(actor: Actor, organization_id: UUID) -> Select[Invitation]:
    """What an organization has asked and nobody has answered; for its members and officers."""
    require_may_see_members(actor, organization_id)
    return (
        select(Invitation)
        .where(Invitation.organization_id == organization_id, Invitation.status == "pending", _lasts())
        .options(joinedload(Invitation.organization))
    )


async def membership_of(session: AsyncSession, organization_id: UUID, user_id: UUID) -> OrganizationMember | None:
    """A person's place in an organization, also one that has ended."""
    rows = select(OrganizationMember).where(
        OrganizationMember.organization_id == organization_id, OrganizationMember.user_id == user_id
    )
    return await session.scalar(rows)


async def is_alone(session: AsyncSession, member: OrganizationMember) -> bool:
    """Whether nobody else belongs to the organization."""
    others = exists().where(
        OrganizationMember.organization_id == member.organization_id,
        OrganizationMember.left_at.is_(None),
        OrganizationMember.id != member.id,
    )
    return not await session.scalar(select(others))


def own_invitations(actor: Actor) -> Select[Invitation]:
    """Open invitations of the person who asks; nobody else sees them."""
    return (
        select(Invitation)
        .where(_invites(actor), Invitation.status == "pending", _lasts())
        .options(joinedload(Invitation.organization))
        .order_by(Invitation.id)
    )


async def get_own_invitation(session: AsyncSession, actor: Actor, invitation_id: UUID) -> Invitation:
    """One invitation of the person who asks, locked.

    Raises:
        NotFound: there is none.
    """
    rows = select(Invitation).where(Invitation.id == invitation_id, _invites(actor))
    invitation = await session.scalar(rows.options(joinedload(Invitation.organization)).with_for_update(of=Invitation))
    if invitation is None:
        raise NotFound
    return invitation


async def memberships_of(session: AsyncSession, user_id: UUID) -> list[OrganizationMember]:
    """The organizations a person belongs to, oldest membership first."""
    rows = (
        select(OrganizationMember)
        .where(OrganizationMember.user_id == user_id, OrganizationMember.left_at.is_(None))
        .options(joinedload(OrganizationMember.organization))
        .order_by(OrganizationMember.id)
    )
    return list((await session.scalars(rows)).all())
