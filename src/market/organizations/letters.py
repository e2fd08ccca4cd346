"""Letters of an organization: the one-time link by which somebody joins, the code for a new PIN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import words
from market.accounts.letters import Post
from market.accounts.models import User
from market.accounts.one_time import asked_too_often, issue
from market.accounts.pins import find_short_name
from market.core.jobs import Job
from market.organizations import queries
from market.organizations.joining import INVITATION_JOB
from market.organizations.shared_phones import PIN_JOB, proved_by_a_manager


def invitations_job(post: Post) -> Job:
    """The job that writes `{invitation}`."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        invitation = await queries.get_invited(session, UUID(payload["invitation"]))
        if invitation is None or invitation.status != "pending":
            return
        if invitation.contact is None or invitation.contact_kind is None:
            return
        if await asked_too_often(session, purpose="invite", contact=invitation.contact):
            return
        sealed = await issue(
            session,
            post.secret,
            purpose="invite",
            kind=invitation.contact_kind,
            contact=invitation.contact,
            subject_id=invitation.id,
        )
        await post.send(
            kind=invitation.contact_kind,
            contact=invitation.contact,
            language="vi",
            subject=words.INVITE_SUBJECT,
            text=words.INVITE if invitation.contact_kind == "email" else words.INVITE_SMS,
            organization=invitation.organization.name,
            link=post.link("invitations", sealed),
            code=sealed.code,
        )

    return Job(INVITATION_JOB, run, attempts=6)


def pins_job(post: Post) -> Job:
    """The job that sends a code for a new PIN to a shared telephone: `{phone, name}`."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        phone = payload["phone"]
        short = await find_short_name(session, phone=phone, name=payload["name"])
        if short is None or not await session.scalar(proved_by_a_manager(phone, short.organization_id)):
            return
        if await asked_too_often(session, purpose="pin", contact=phone):
            return
        user = await session.get_one(User, short.user_id)
        sealed = await issue(
            session, post.secret, purpose="pin", kind="phone", contact=phone, user_id=user.id, subject_id=short.id
        )
        places = {"name": short.name, "code": sealed.code}
        await post.send(
            kind="phone", contact=phone, language=user.language, subject=words.PIN_SMS, text=words.PIN_SMS, **places
        )

    return Job(PIN_JOB, run, attempts=6)
