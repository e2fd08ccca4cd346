"""Verbs of organizations: register, edit, verify, suspend; add, change and remove members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import service as accounts
from market.accounts.models import User
from market.accounts.schemas import UserCreate
from market.core import clock
from market.core.access import Actor, Membership, Role
from market.core.changes import record_change
from market.core.errors import Conflict, ValidationFailed
from market.core.language import Message
from market.organizations import api_keys, joining, policy
from market.organizations.claims import service as claims
from market.organizations.claims.schemas import OrganizationVerification
from market.organizations.models import Invitation, Organization, OrganizationMember
from market.organizations.schemas import (
    OrganizationCreate,
    OrganizationUpdate,
    RegistrationRequest,
)
from market.organizations.shared_phones import end_short_names_of
from market.organizations.tax_codes import checked_tax_code
from market.reference.checking import commune_columns, outside_province
from market.reference.types import remembered


class LastOwner(Conflict):
    code = "last-owner"
    detail = Message(
        vi="Tổ chức phải còn ít nhất một chủ tài khoản.", en="An organization must keep at least one owner."
    )


def _contact_columns(organization_in: OrganizationCreate | OrganizationUpdate) -> dict[str, Any]:
    contact = organization_in.contact
    return {
        "contact_name": contact.name if contact else None,
        "contact_phone": contact.phone if contact else None,
        "contact_email": contact.email if contact else None,
    }


async def create_organization(
    session: AsyncSession, actor: Actor, organization_in: OrganizationCreate, *, granted: bool = False
) -> Organization:
    """Record an organization, unverified, with what it claims to be.

    Args:
        granted: an officer records it, and grants by that the kinds that only officers grant.

    Raises:
        TaxCodeTaken, GlnTaken: a verified organization has its tax code or GLN.
    """
    await claims.require_free_tax_code(session, organization_in.tax_code, besides=None)
    await claims.require_free_gln(session, organization_in.gln, besides=None)
    held, asked = claims.held_at_once(organization_in.kinds, granted=granted)
    organization = Organization(
        **organization_in.model_dump(exclude={"province", "commune", "contact", "kinds"}),
        **commune_columns(organization_in.commune),
        kinds=held,
        asked_kinds=asked,
        **_contact_columns(organization_in),
        province_code=organization_in.province.code,
        province_version=organization_in.province.version,
        status="active",
        verification="unverified",
    )
    if outside := outside_province(remembered(), vars(organization)):
        raise ValidationFailed(errors=[outside])
    await record_change(session, actor, organization, verb="create")
    await claims.open_claims(session, actor, organization, kinds=organization_in.kinds, granted=granted)
    return organization


async def register(session: AsyncSession, actor: Actor, request: RegistrationRequest) -> tuple[Organization, User]:
    """An organization and its first user, who owns it."""
    user = await accounts.create_user(session, actor, request.user)
    own = replace(actor, kind="user", user_id=user.id)
    organization = await create_organization(session, own, request.organization)
    member = OrganizationMember(organization_id=organization.id, user_id=user.id, role="owner")
    await record_change(session, own, member, verb="create")
    return organization, user


def acting_owner(user: User, organization: Organization) -> Actor:
    """The actor a person becomes by registering."""
    membership = Membership(organization.id, "owner", frozenset(organization.kinds))
    return Actor(kind="user", user_id=user.id, membership=membership, memberships=(membership,))


async def edit_organization(
    session: AsyncSession,
    actor: Actor,
    organization: Organization,
    organization_in: OrganizationUpdate,
    *,
    dependents: Sequence[claims.Dependent] = (),
) -> Organization:
    """Change what was sent. Another identity must be verified again, and so must all that stood on it.

    Raises:
        TaxCodeTaken, GlnTaken: a verified organization has the tax code or GLN.
    """
    policy.require_manager(actor, organization.id)
    before = claims.identity_of(organization)
    sent = organization_in.model_dump(exclude_unset=True, exclude={"province", "commune", "contact", "kinds"})
    if sent.keys() & {"tax_code", "legal_form"}:
        sent["tax_code"] = _tax_code(organization, sent)
    if sent.get("tax_code") != organization.tax_code:
        await claims.require_free_tax_code(session, sent.get("tax_code"), besides=organization)
    if sent.get("gln") != organization.gln:
        await claims.require_free_gln(session, sent.get("gln"), besides=organization)
    for name, value in sent.items():
        setattr(organization, name, value)
    if "contact" in organization_in.model_fields_set:
        for name, value in _contact_columns(organization_in).items():
            setattr(organization, name, value)
    _set_place(organization, organization_in)
    await _record_edit(session, actor, organization, kinds=organization_in.kinds, before=before, dependents=dependents)
    return organization


def _set_place(organization: Organization, organization_in: OrganizationUpdate) -> None:
    """The province and the commune as they were sent; together they must be one place."""
    if organization_in.province is not None:
        organization.province_code = organization_in.province.code
        organization.province_version = organization_in.province.version
    if "commune" in organization_in.model_fields_set:
        for name, value in commune_columns(organization_in.commune).items():
            setattr(organization, name, value)
    if outside := outside_province(remembered(), vars(organization)):
        raise ValidationFailed(errors=[outside])


async def _record_edit(
    session: AsyncSession,
    actor: Actor,
    organization: Organization,
    *,
    kinds: Sequence[str] | None,
    before: Mapping[str, str | None],
    dependents: Sequence[claims.Dependent],
) -> None:
    """Record the row with what follows for its kinds and its verification, then the claims that this is about."""
    changed = None if kinds is None else await claims.change_kinds(session, organization, kinds)
    is_another = claims.identity_of(organization) != before
    standing = await claims.unsettle(session, organization) if is_another else []
    await record_change(session, actor, organization, verb="edit")
    if changed is not None:
        await claims.record_kinds(session, actor, organization, changed)
    if is_another:
        await claims.restate_identity(session, actor, organization, standing)
        await claims.record_fall(session, actor, organization, standing, dependents=dependents)


def _tax_code(organization: Organization, sent: Mapping[str, Any]) -> str | None:
    """The tax code after an edit; the one that was there must suit a new legal form too."""
    tax_code = sent.get("tax_code", organization.tax_code)
    if tax_code is None:
        return None
    return checked_tax_code(tax_code, sent.get("legal_form", organization.legal_form))


async def verify_organization(
    session: AsyncSession,
    actor: Actor,
    organization: Organization,
    decision: OrganizationVerification,
    *,
    dependents: Sequence[claims.Dependent] = (),
) -> Organization:
    """An officer of elsewhere decides on who the organization says it is.

    Whoever says nothing of what was looked at is taken at the officer's word, as before that could be said: the claim
    then has no evidence, and shows it. Kinds and certificates need one (`require_evidence`).

    Raises:
        NotAllowed, SelfVerification: not an officer of elsewhere.
        TaxCodeTaken, GlnTaken: a verified organization has its tax code or GLN.
    """
    policy.require_can_verify(actor, organization)
    claim = await claims.identity_claim(session, actor, organization)
    if decision.decision == "rejected":
        await claims.refuse_claim(
            session, actor, claim, "reject", organization=organization, note=decision.note, dependents=dependents
        )
    else:
        await claims.verify_claim(session, actor, claim, decision, organization=organization)
    return organization


async def set_suspended(
    session: AsyncSession, actor: Actor, organization: Organization, *, suspended: bool
) -> Organization:
    """Take an organization and all it offers out of sight, or bring it back; for officers of elsewhere."""
    policy.require_can_verify(actor, organization)
    organization.status = "suspended" if suspended else "active"
    await record_change(session, actor, organization, verb="suspend" if suspended else "restore")
    return organization


async def add_member(
    session: AsyncSession, actor: Actor, organization: Organization, *, user_in: UserCreate, role: Role
) -> OrganizationMember | Invitation:
    """Add a new person; one already known by this e-mail or phone is invited, and joins by accepting.

    Raises:
        AlreadyMember: the person belongs here, or is invited already.
        TooManyAsked: the organization has added and invited enough for a day.
    """
    joining.require_may_give(actor, organization.id, role)
    await joining.require_room(session, actor, organization)
    user = await accounts.find_by_identifier(session, user_in.email or user_in.phone or "")
    if user is not None and not actor.is_system:
        return await joining.invite_known(session, actor, organization, user=user, role=role, person=user_in)
    user = user or await accounts.create_user(session, actor, user_in)
    return await joining.join(session, actor, organization_id=organization.id, user=user, role=role)


async def change_role(
    session: AsyncSession, actor: Actor, member: OrganizationMember, *, role: Role
) -> OrganizationMember:
    """Give a member another role.

    Raises:
        LastOwner: nobody else owns the organization.
    """
    joining.require_may_give(actor, member.organization_id, "owner" if "owner" in (role, member.role) else role)
    if member.role == "owner" and role != "owner":
        await _require_other_owner(session, member)
    member.role = role
    await record_change(session, actor, member, verb="change_role")
    return member


async def remove_member(session: AsyncSession, actor: Actor, member: OrganizationMember) -> None:
    """End a membership; anybody may leave, managers may remove others.

    Raises:
        LastOwner: nobody else owns the organization.
    """
    if member.user_id != actor.user_id:
        joining.require_may_give(actor, member.organization_id, member.role)
    if member.role == "owner":
        await _require_other_owner(session, member)
    member.left_at = clock.now()
    await record_change(session, actor, member, verb="leave")
    await api_keys.end_keys_of(session, actor, organization_id=member.organization_id, user_id=member.user_id)
    await end_short_names_of(session, actor, organization_id=member.organization_id, user_id=member.user_id)


async def _require_other_owner(session: AsyncSession, member: OrganizationMember) -> None:
    owners = select(OrganizationMember.id).where(
        OrganizationMember.organization_id == member.organization_id,
        OrganizationMember.role == "owner",
        OrganizationMember.left_at.is_(None),
        OrganizationMember.id != member.id,
    )
    # Locked, so that two owners leaving at the same moment cannot both find the other.
    if (await session.scalars(owners.with_for_update())).first() is None:
        raise LastOwner
