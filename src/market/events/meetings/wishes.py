"""Who would meet whom: wishes of both sides, and suggestions with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import AlreadyExists, Conflict, NotAllowed, NotFound, ValidationFailed
from market.core.language import Message
from market.core.states import require_transition
from market.events.meetings.models import Wish
from market.events.meetings.schemas import WishCreate
from market.events.meetings.worth import Worth, worth_of_pairs
from market.events.models import Event, Registration
from market.events.policy import may_run
from market.events.queries import own_registration, participants
from market.events.states import EVENT_TRANSITIONS
from market.events.venue import slots_of
from market.organizations.blocks.queries import blocked_pairs
from market.organizations.blocks.service import require_taken
from market.reference.catalogue import Catalogue

NOT_REGISTERED = Message(vi="Tổ chức này không tham dự sự kiện.", en="This organization does not take part.")
SAME_SIDE = Message(
    vi="Hai bên cùng phía ({side}) không gặp nhau ở sự kiện này.", en="Two of the same side ({side}) do not meet here."
)
TOO_MANY = Message(
    vi="Sự kiện chỉ có {count} lượt gặp cho mỗi tổ chức; hãy rút bớt mong muốn trước.",
    en="There are {count} slots for each organization; withdraw another wish first.",
)
MOST_SUGGESTIONS = 50


class AlreadyWished(AlreadyExists):
    code = "already-wished"
    detail = Message(vi="Đã có mong muốn gặp tổ chức này.", en="You wish to meet this organization already.")


class WishesClosed(Conflict):
    code = "wishes-closed"
    detail = Message(vi="Đã hết hạn đăng ký gặp ngày {day}.", en="Wishes closed on {day}.")


def visible_wishes(actor: Actor, event: Event) -> Select[Wish]:
    """Those in force: all for who runs the event, one's own and those for oneself otherwise."""
    rows = (
        select(Wish)
        .where(Wish.event_id == event.id, Wish.withdrawn_at.is_(None))
        .options(joinedload(Wish.organization, innerjoin=True), joinedload(Wish.partner, innerjoin=True))
        .order_by(Wish.id)
    )
    if may_run(actor, event):
        return rows
    ours = actor.organization_ids
    return rows.where(or_(Wish.organization_id.in_(ours), Wish.partner_id.in_(ours)))


async def wish(session: AsyncSession, actor: Actor, event: Event, wish_in: WishCreate) -> Wish:
    """Say whom an organization would meet.

    Raises:
        NotAllowed: no organization is acted for, or another one is named by somebody who does not run the event.
        NotFound: the organization is not registered.
        WishesClosed: the last day is over.
        ValidationFailed: the partner does not take part, is of the same side, or there are more wishes than slots.
        Blocked, BlockedByUs: one of the two wants to hear nothing of the other.
        AlreadyWished: there is such a wish.
    """
    organization_id = wish_in.organization or actor.organization_id
    if organization_id is None or not (actor.belongs_to(organization_id) or may_run(actor, event)):
        raise NotAllowed
    require_transition(EVENT_TRANSITIONS, "register", state=event.status)
    if event.wishes_close_on is not None and clock.today() > event.wishes_close_on:
        raise WishesClosed(day=event.wishes_close_on.strftime("%d/%m/%Y"))
    # Whoever taps twice at once waits here, so that the limit holds.
    await session.execute(
        select(Registration.id)
        .where(Registration.event_id == event.id, Registration.organization_id == organization_id)
        .with_for_update()
    )
    registration = await own_registration(session, event, organization_id)
    await _require_other_side(session, event, registration, wish_in.partner)
    await require_taken(session, organization_id, wish_in.partner)
    row = await _wish_between(session, event, organization_id, wish_in.partner)
    if row is not None and row.withdrawn_at is None:
        raise AlreadyWished
    await _require_within_slots(session, event, organization_id)
    verb = "create" if row is None else "wish"
    row = row or Wish(event_id=event.id, organization_id=organization_id, partner_id=wish_in.partner)
    row.note, row.withdrawn_at = wish_in.note, None
    await record_change(session, _acting(actor, organization_id), row, verb=verb)
    return await get_wish(session, actor, event, row.id)


def _acting(actor: Actor, organization_id: UUID) -> Actor:
    return actor if actor.belongs_to(organization_id) else replace(actor, on_behalf_of=organization_id)


async def _require_other_side(session: AsyncSession, event: Event, own: Registration, partner_id: UUID) -> None:
    try:
        partner = await own_registration(session, event, partner_id)
    except NotFound:
        raise ValidationFailed.single("/partner", "not-registered", NOT_REGISTERED) from None
    if own.side is None or partner.side == own.side:
        raise ValidationFailed.single("/partner", "same-side", SAME_SIDE, side=own.side or "-")


async def _wish_between(session: AsyncSession, event: Event, one: UUID, other: UUID) -> Wish | None:
    return await session.scalar(
        select(Wish).where(Wish.event_id == event.id, Wish.organization_id == one, Wish.partner_id == other)
    )


async def _require_within_slots(session: AsyncSession, event: Event, organization_id: UUID) -> None:
    slots = len(slots_of(event, hosts=1))
    if not slots:
        return
    wishes = select(func.count()).where(
        Wish.event_id == event.id, Wish.organization_id == organization_id, Wish.withdrawn_at.is_(None)
    )
    limit = min(slots, event.most_meetings or slots)
    if (await session.scalar(wishes) or 0) >= limit:
        raise ValidationFailed.single("/partner", "more-wishes-than-slots", TOO_MANY, count=limit)


async def get_wish(session: AsyncSession, actor: Actor, event: Event, wish_id: UUID) -> Wish:
    """One visible wish.

    Raises:
        NotFound: it does not exist, was withdrawn, or may not be seen.
    """
    row = await session.scalar(visible_wishes(actor, event).where(Wish.id == wish_id))
    if row is None:
        raise NotFound
    return row


async def withdraw_wish(session: AsyncSession, actor: Actor, event: Event, row: Wish) -> None:
    """Take a wish back.

    Raises:
        NotAllowed: somebody else's.
    """
    if not (actor.belongs_to(row.organization_id) or may_run(actor, event)):
        raise NotAllowed
    row.withdrawn_at = clock.now()
    await record_change(session, _acting(actor, row.organization_id), row, verb="withdraw")


async def wishes_in_force(session: AsyncSession, event: Event) -> set[tuple[UUID, UUID]]:
    """Who wishes to meet whom; not where one of the two blocks the other."""
    rows = select(Wish.organization_id, Wish.partner_id).where(Wish.event_id == event.id, Wish.withdrawn_at.is_(None))
    wishes = {(one, other) for one, other in await session.execute(rows)}
    blocked = await blocked_pairs(session, {id_ for pair in wishes for id_ in pair})
    return {pair for pair in wishes if frozenset(pair) not in blocked}


async def worth_meeting(
    session: AsyncSession, event: Event, organization_id: UUID, *, catalogue: Catalogue
) -> Sequence[tuple[Registration, Worth, bool]]:
    """Who is worth meeting for an organization, best first, and whether they wish it; those wished for are left out.

    Nobody for an organization that does not take part.
    """
    try:
        own = await own_registration(session, event, organization_id)
    except NotFound:
        return []
    others = [row for row in await participants(session, event) if row.side not in (None, own.side)]
    wishes = await wishes_in_force(session, event)
    worth = await worth_of_pairs(session, [own, *others], wishes, catalogue=catalogue)
    by_partner = {pair[1] if pair[0] == organization_id else pair[0]: found for pair, found in worth.items()}
    found = [
        (row, by_partner[row.organization_id], (row.organization_id, organization_id) in wishes)
        for row in others
        if row.organization_id in by_partner and (organization_id, row.organization_id) not in wishes
    ]
    return sorted(found, key=lambda item: (-item[1].weight, item[0].id))[:MOST_SUGGESTIONS]
