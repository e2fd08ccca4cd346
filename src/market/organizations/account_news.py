"""What organizations are told of the accounts of their people."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.accounts.recovery import WAIT
from market.core import clock
from market.core.changes import Change
from market.notifications.kinds import Kind, OfReset
from market.notifications.news import News, news_of
from market.organizations.models import OrganizationMember

ASKED = "ask_reset"
"""The verb of the log: a new password that comes by a telephone which several people read."""


async def account_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """Whose password somebody may set anew in some days, for their organizations; one statement however many."""
    entries = [change for change in changes if (change.entity, change.verb) == ("user_account", ASKED)]
    if not entries:
        return []
    rows = (
        select(User.id, User.full_name, OrganizationMember.organization_id)
        .join(OrganizationMember, OrganizationMember.user_id == User.id)
        .where(User.id.in_([change.entity_id for change in entries]), OrganizationMember.left_at.is_(None))
    )
    of_user = [(change, row) for row in await session.execute(rows) for change in entries if change.entity_id == row.id]
    return [
        (
            row.organization_id,
            news_of(
                Kind.RESET_ASKED,
                OfReset(
                    id=row.organization_id,
                    version=change.version,
                    key=f"{ASKED}:{row.id}@{change.version}",
                    person=row.full_name,
                    at=f"{(change.at + WAIT).astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}",
                ),
            ),
        )
        for change, row in of_user
    ]
