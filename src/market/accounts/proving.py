"""Contacts that people say are theirs, and how they prove it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import ContactKind, User, UserContact
from market.accounts.one_time import CodeNotValid, redeem_code, redeem_token
from market.accounts.proving_again import proved_again
from market.accounts.schemas import ContactAdd, ContactProof
from market.accounts.service import LETTER_JOB, ContactTaken, accounts_with, has_proved, user_id_of
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import record_change, record_changes
from market.core.errors import NotAllowed, NotFound, TooManyRequests
from market.core.job_queue import enqueue
from market.core.language import Message

MOST_A_DAY = 10
"""Contacts that one person may have messages sent to within a day: the market is no machine for writing to others."""


async def own_contacts(session: AsyncSession, actor: Actor) -> Sequence[UserContact]:
    """The newest contacts of the person who asks, proved and not."""
    rows = select(UserContact).where(UserContact.user_id == actor.user_id).order_by(UserContact.id.desc()).limit(20)
    return (await session.scalars(rows)).all()


class PasswordNeeded(NotAllowed):
    code = "password-needed"
    detail = Message(
        vi="Để thêm địa chỉ hoặc số mới, hãy gửi kèm mật khẩu hiện tại (trường password).",
        en="Send your password too (field password) to add an address or number that is new.",
    )


async def require_owner(session: AsyncSession, actor: Actor, contact_in: ContactAdd) -> None:
    """Whoever adds what the account did not have shows the password: a contact opens the account (a reset).

    Raises:
        PasswordNeeded, WrongPassword
    """
    user = await session.get_one(User, user_id_of(actor))
    if (contact_in.email or contact_in.phone) in (user.email, user.phone):
        return
    if contact_in.password is None:
        raise PasswordNeeded
    await proved_again(session, actor, contact_in.password)


async def add_contact(session: AsyncSession, actor: Actor, contact_in: ContactAdd) -> UserContact:
    """Have a link or code sent to a contact. Until it is shown, nothing changes, and the contact stays free for others.

    Raises:
        TooManyRequests: too many contacts within a day.
    """
    user_id = user_id_of(actor)
    recent = select(func.count()).where(
        UserContact.user_id == user_id, UserContact.created_at > clock.now() - timedelta(days=1)
    )
    if (await session.scalar(recent) or 0) >= MOST_A_DAY:
        raise TooManyRequests(headers={"Retry-After": "3600"}, seconds=3600)
    kind: ContactKind = "email" if contact_in.email is not None else "phone"
    contact = UserContact(user_id=user_id, kind=kind, value=contact_in.email or contact_in.phone or "")
    await record_change(session, actor, contact, verb="create")
    await enqueue(session, LETTER_JOB, {"letter": "prove", "contact": str(contact.id)})
    return contact


async def contacts_to_prove(session: AsyncSession, user_id: UUID) -> Sequence[UserContact]:
    """What a new person typed and nobody has proved, each as a contact that a link can be sent to."""
    user = await session.get_one(User, user_id)
    typed: tuple[tuple[ContactKind, str | None, datetime | None], ...] = (
        ("email", user.email, user.email_proved_at),
        ("phone", user.phone, user.phone_proved_at),
    )
    unproved = [(kind, value) for kind, value, proved_at in typed if value is not None and proved_at is None]
    contacts = [UserContact(user_id=user.id, kind=kind, value=value) for kind, value in unproved]
    await record_changes(session, SYSTEM, contacts, verb="create")
    return contacts


async def get_own_contact(session: AsyncSession, actor: Actor, contact_id: UUID) -> UserContact:
    """One contact of the person who asks, locked.

    Raises:
        NotFound: there is none.
    """
    rows = select(UserContact).where(UserContact.id == contact_id, UserContact.user_id == actor.user_id)
    contact = await session.scalar(rows.with_for_update())
    if contact is None:
        raise NotFound
    return contact


async def prove_contact(
    session: AsyncSession, secret: str, *, actor: Actor, contact: UserContact, proof: ContactProof
) -> UserContact:
    """Take the link or code that was sent: from now on the contact is this person's alone, and replaces the old one.

    Raises:
        CodeNotValid: it cannot be used.
        ContactTaken: another account proved the contact before; that is told only to who reads the contact.
    """
    if proof.token is not None:
        found = await redeem_token(session, proof.token, purpose="prove")
    else:
        found = await redeem_code(
            session, secret, purpose="prove", contact=contact.value, code=proof.code or "", subject_id=contact.id
        )
    if found.subject_id != contact.id:
        raise CodeNotValid
    await settle_proved(session, actor, contact)
    return contact


async def settle_proved(session: AsyncSession, actor: Actor, contact: UserContact) -> None:
    """The contact counts from now on.

    Raises:
        ContactTaken: another account proved it before.
    """
    for other in await accounts_with(session, contact.value):
        if has_proved(other, contact.value) and other.id != contact.user_id:
            raise ContactTaken
    user = await session.get_one(User, contact.user_id, with_for_update=True)
    now = contact.proved_at = clock.now()
    was = (user.email, user.email_proved_at) if contact.kind == "email" else (user.phone, user.phone_proved_at)
    if contact.kind == "email":
        user.email, user.email_proved_at = contact.value, now
    else:
        user.phone, user.phone_proved_at = contact.value, now
    await record_change(session, actor, contact, verb="prove")
    await record_change(session, actor, user, verb="prove_contact")
    await enqueue(session, LETTER_JOB, {"letter": "contact_changed", "user": str(user.id)})
    if was[0] is not None and was[0] != contact.value and was[1] is not None:
        replaced = {"letter": "contact_replaced", "user": str(user.id), "kind": contact.kind, "contact": was[0]}
        await enqueue(session, LETTER_JOB, replaced)
