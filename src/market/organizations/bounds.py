"""What an organization that nobody has verified may do: enough to trade, too little to pester the market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.errors import NotAllowed, TooManyRequests
from market.core.language import Message
from market.notifications.models import Notification
from market.notifications.news import News, Recipient
from market.organizations.models import Organization

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of each; 0: no bound."""

    first_contacts_a_day: int
    listings: int
    mails_a_day: int


class TooManyFirstContacts(TooManyRequests):
    code = "unverified-first-contacts"
    detail = Message(
        vi="Tổ chức chưa xác minh được mở nhiều nhất {most} cuộc trao đổi mới trong 24 giờ; hãy thử lại sau "
        "{seconds} giây, hoặc bổ sung căn cứ tại /claims để cán bộ xác minh.",
        en="An organization that is not verified begins at most {most} threads in 24 hours; try again in {seconds} s, "
        "or give evidence at /claims and be verified.",
    )


class TooManyListings(NotAllowed):
    code = "unverified-listings"
    detail = Message(
        vi="Tổ chức chưa xác minh có nhiều nhất {most} tin; hãy gỡ bớt tin cũ, hoặc bổ sung căn cứ tại /claims để "
        "cán bộ xác minh.",
        en="An organization that is not verified has at most {most} listings; archive old ones, or give evidence at "
        "/claims and be verified.",
    )


def is_bounded(actor: Actor, organization: Organization) -> bool:
    """Whether bounds hold for what is done: nobody has verified the organization, and no officer does it."""
    return organization.verification != "verified" and not actor.is_officer


async def with_bounded_mail(
    session: AsyncSession, news: Sequence[tuple[Recipient, News]], *, mails_a_day: int
) -> list[tuple[Recipient, News]]:
    """The news, without the mail that an unverified organization would cause beyond its bound.

    Everybody is still told in the application. Two statements at most, however much there is to tell.
    """
    causes = {item.caused_by for person, item in news if item.caused_by is not None and person.mail != "off"}
    bounded = await _unverified(session, causes) if mails_a_day else set()
    if not bounded:
        return list(news)
    caused = dict(await _mails_caused(session, bounded))
    told: list[tuple[Recipient, News]] = []
    for person, item in news:
        if item.caused_by in bounded and person.mail != "off" and person.organization_id != item.caused_by:
            caused[item.caused_by] = caused.get(item.caused_by, 0) + 1
            if caused[item.caused_by] > mails_a_day:
                person = replace(person, mail="off")
        told.append((person, item))
    return told


async def _unverified(session: AsyncSession, ids: set[UUID]) -> set[UUID]:
    if not ids:
        return set()
    rows = select(Organization.id).where(Organization.id.in_(ids), Organization.verification != "verified")
    return set(await session.scalars(rows))


async def _mails_caused(session: AsyncSession, ids: set[UUID]) -> Mapping[UUID, int]:
    rows = (
        select(Notification.caused_by, func.count())
        .where(
            Notification.caused_by.in_(ids),
            Notification.created_at > clock.now() - DAY,
            Notification.mail != "off",
            Notification.caused_by.is_not(None),
        )
        .group_by(Notification.caused_by)
    )
    return {cause: count for cause, count in await session.execute(rows) if cause is not None}
