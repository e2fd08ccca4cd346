"""What is not told: deeds of those whom the recipient's organization blocks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from market.notifications.news import News, Recipient
from market.organizations.blocks.queries import blocking_pairs


async def without_blocked(
    session: AsyncSession, news: Sequence[tuple[Recipient, News]]
) -> list[tuple[Recipient, News]]:
    """The news, without those between two of whom one blocks the other, unless they are of what both agreed to.

    One statement at most, however much there is to tell.
    """
    deeds = {
        (person.organization_id, item.caused_by)
        for person, item in news
        if person.organization_id is not None and item.caused_by is not None and not item.binding
    }
    blocking = await blocking_pairs(session, {id_ for pair in deeds for id_ in pair if id_ is not None})
    silent = deeds & (blocking | {pair[::-1] for pair in blocking})
    return [
        (person, item)
        for person, item in news
        if item.binding or (person.organization_id, item.caused_by) not in silent
    ]
