"""Letters of an organization: the one-time link by which somebody joins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import words
from market.accounts.letters import Post
from market.accounts.one_time import asked_too_often, issue
from market.core.jobs import Job
from market.organizations import queries
from market.organizations.joining import INVITATION_JOB


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
