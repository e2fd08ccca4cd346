"""How people come to belong to an organization: a one-time link, an invitation that they accept, or both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials
from market.accounts import service as accounts
from market.accounts.models import ContactKind, OneTimeToken, User
from market.accounts.one_time import LIFETIMES, CodeNotValid, redeem_code, redeem_token
from market.accounts.schemas import UserCreate
from market.core import clock
from market.core.access import Actor, Role
from market.core.changes import record_change
from market.core.errors import AlreadyExists, Conflict, NotAllowed, TooManyRequests
from market.core.job_queue import enqueue
from market.core.language import Message
from market.organizations import policy, queries
from market.organizations.models import Invitation, Organization, OrganizationMember
from market.organizations.schemas import InvitationAcceptance, InvitationCreate

INVITATION_JOB = "invitation_letter"
MOST_A_DAY = 50
"""People whom an organization adds and invites in 24 hours, known or not."""


class AlreadyMember(AlreadyExists):
    code = "already-member"
    detail = Message(vi="Người này đã thuộc tổ chức.", en="This person already belongs to the organization.")


class InvitationAnswered(Conflict):
    code = "invitation-answered"
    detail = Message(vi="Lời mời này đã được trả lời.", en="This invitation has been answered.")


class ContactNotProved(NotAllowed):
    code = "contact-not-proved"
    detail = Message(
        vi="Hãy xác nhận e-mail hoặc số điện thoại được mời trước (POST /me/contacts).",
        en="Prove the address or number that was invited first (POST /me/contacts).",
    )


class TooManyAsked(TooManyRequests):
    code = "too-many-asked"
    detail = Message(
        vi="Một tổ chức thêm và mời nhiều nhất {most} người trong 24 giờ; hãy thử lại sau {seconds} giây.",
        en="An organization adds and invites at most {most} people in 24 hours; try again in {seconds} s.",
    )


async def require_room(session: AsyncSession, actor: Actor, organization: Organization) -> None:
    """Bound whom an organization adds and invites: each is written to, and an answer may say that they are known.

    Raises:
        TooManyAsked: enough for a day.
    """
    if actor.is_admin:
        return
    since = clock.now() - timedelta(days=1)
    asked: Any = select(func.count(), func.min(Invitation.created_at)).where(
        Invitation.organization_id == organization.id, Invitation.created_at > since
    )
    joined: Any = select(func.count(), func.min(OrganizationMember.created_at)).where(
        OrganizationMember.organization_id == organization.id, OrganizationMember.created_at > since
    )
    rows = (await session.execute(asked.union_all(joined))).all()
    if sum(count for count, _ in rows) >= MOST_A_DAY:
        oldest = min(first for _, first in rows if first is not None)
        seconds = max(1, int((oldest - since).total_seconds()))
        raise TooManyAsked(headers={"Retry-After": str(seconds)}, most=MOST_A_DAY, seconds=seconds)


def require_may_give(actor: Actor, organization_id: UUID, role: str) -> None:
    """Owners make owners; managers make and end the others.

    Raises:
        NotAllowed
    """
    if role == "owner":
        policy.require_owner(actor, organization_id)
    else:
        policy.require_manager(actor, organization_id)


async def join(
    session: AsyncSession, actor: Actor, *, organization_id: UUID, user: User, role: Role
) -> OrganizationMember:
    """Make a person a member, again or for the first time.

    Raises:
        AlreadyMember: they are.
    """
    known = await queries.membership_of(session, organization_id, user.id)
    if known is not None and known.left_at is None:
        raise AlreadyMember
    member = known or OrganizationMember(organization_id=organization_id, user_id=user.id)
    member.user, member.role, member.left_at = user, role, None
    await record_change(session, actor, member, verb="create" if known is None else "rejoin")
    return member


async def invite_known(
    session: AsyncSession, actor: Actor, organization: Organization, *, user: User, role: Role, person: UserCreate
) -> Invitation:
    """Ask a known person to join; the link goes to the contact, so that its owner gets it whoever typed it before.

    Raises:
        AlreadyMember: the person belongs here, or is invited already.
    """
    known = await queries.membership_of(session, organization.id, user.id)
    if known is not None and known.left_at is None:
        raise AlreadyMember
    kind: ContactKind = "email" if person.email else "phone"
    invitation = Invitation(
        organization_id=organization.id,
        user_id=user.id,
        role=role,
        status="pending",
        contact_kind=kind,
        contact=person.email or person.phone,
        expires_at=clock.now() + LIFETIMES["invite"],
    )
    return await _sent(session, actor, invitation)


async def invite(
    session: AsyncSession, actor: Actor, organization: Organization, asked: InvitationCreate
) -> Invitation:
    """Ask whoever reads a contact to join, by a one-time link sent to it. Nobody learns whether they are known.

    Raises:
        NotAllowed: not a manager, or for an owner not an owner.
        TooManyAsked: enough for a day.
    """
    require_may_give(actor, organization.id, asked.role)
    await require_room(session, actor, organization)
    invitation = Invitation(
        organization_id=organization.id,
        role=asked.role,
        status="pending",
        contact_kind="email" if asked.email else "phone",
        contact=asked.email or asked.phone,
        expires_at=clock.now() + LIFETIMES["invite"],
    )
    return await _sent(session, actor, invitation)


async def _sent(session: AsyncSession, actor: Actor, invitation: Invitation) -> Invitation:
    await record_change(session, actor, invitation, verb="create")
    await enqueue(session, INVITATION_JOB, {"invitation": str(invitation.id)})
    return invitation


async def answer_invitation(
    session: AsyncSession, actor: Actor, invitation: Invitation, *, accepted: bool, by_link: bool = False
) -> Invitation:
    """The person invited joins, or does not.

    Owners and managers join by the link, or with the invited contact proved: whoever merely typed the address before
    its owner did must not come to own the organization that invited it.

    Raises:
        InvitationAnswered: it was answered before, or taken back.
        ContactNotProved: nobody knows whether it is this person who was invited.
    """
    if invitation.status != "pending":
        raise InvitationAnswered
    user = await session.get_one(User, accounts.user_id_of(actor))
    if accepted and not by_link and not await _may_be_who_was_invited(session, user, invitation):
        raise ContactNotProved
    invitation.status = "accepted" if accepted else "declined"
    await record_change(session, actor, invitation, verb="accept" if accepted else "decline")
    if accepted:
        await join(session, actor, organization_id=invitation.organization_id, user=user, role=invitation.role)
    return invitation


async def _may_be_who_was_invited(session: AsyncSession, user: User, invitation: Invitation) -> bool:
    """Staff may come as they are; others have proved the contact, or belonged here before."""
    if invitation.role == "staff" or _reads(user, invitation):
        return True
    return await queries.membership_of(session, invitation.organization_id, user.id) is not None


def _reads(user: User, invitation: Invitation) -> bool:
    """Whether the person has proved the contact invited; of invitations from before contacts were kept, any contact."""
    if invitation.contact is None:
        return user.has_proved_contact
    own = user.email if invitation.contact_kind == "email" else user.phone
    return own == invitation.contact and accounts.has_proved(user, invitation.contact)


async def _proved_by(session: AsyncSession, secret: str, acceptance: InvitationAcceptance) -> OneTimeToken:
    if acceptance.token is not None:
        return await redeem_token(session, acceptance.token, purpose="invite")
    contact = accounts.normalized(acceptance.contact or "")
    if contact is None:
        raise CodeNotValid
    return await redeem_code(session, secret, purpose="invite", contact=contact, code=acceptance.code or "")


async def _invitation_of(session: AsyncSession, proof: OneTimeToken) -> Invitation:
    """The invitation of a link or code.

    Raises:
        CodeNotValid: the invitation was answered or taken back.
    """
    invitation = await queries.get_invited(session, proof.subject_id) if proof.subject_id else None
    if invitation is None or invitation.status != "pending":
        raise CodeNotValid
    return invitation


async def accept_by_link(session: AsyncSession, actor: Actor, token: str) -> Invitation:
    """A person who is signed in joins by the link.

    Raises:
        CodeNotValid, AlreadyMember
    """
    proof = await redeem_token(session, token, purpose="invite")
    return await answer_invitation(session, actor, await _invitation_of(session, proof), accepted=True, by_link=True)


async def accept_as_new(
    session: AsyncSession, secret: str, acceptance: InvitationAcceptance
) -> tuple[Invitation, User]:
    """A new person joins by the link, with a name and a password of their own; the link proves the contact.

    Raises:
        CodeNotValid: the link cannot be used.
        ContactTaken: the contact is proved to be an account's; sign in with it and accept.
    """
    password_hash = await credentials.hash_password(acceptance.password)
    invitation = await _invitation_of(session, await _proved_by(session, secret, acceptance))
    contact, now = invitation.contact or "", clock.now()
    if any(accounts.has_proved(known, contact) for known in await accounts.accounts_with(session, contact)):
        raise accounts.ContactTaken
    by_mail = invitation.contact_kind == "email"
    user = User(
        full_name=acceptance.full_name,
        email=contact if by_mail else None,
        email_proved_at=now if by_mail else None,
        phone=None if by_mail else contact,
        phone_proved_at=None if by_mail else now,
        password_hash=password_hash,
        platform_roles=[],
    )
    await record_change(session, Actor(), user, verb="create")
    own = Actor(kind="user", user_id=user.id)
    return await answer_invitation(session, own, invitation, accepted=True, by_link=True), user


async def withdraw_invitation(session: AsyncSession, actor: Actor, invitation: Invitation) -> None:
    """Take an invitation back.

    Raises:
        NotAllowed: not a manager, or of an owner not an owner.
        InvitationAnswered: too late.
    """
    require_may_give(actor, invitation.organization_id, invitation.role)
    if invitation.status != "pending":
        raise InvitationAnswered
    invitation.status = "withdrawn"
    await record_change(session, actor, invitation, verb="withdraw")
