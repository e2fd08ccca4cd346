"""What devices noted without network, and papers in bulk: each item alone, the same result however it is sent.

An item is known by the id that its device made. What was kept is answered again as it was; what looks like another
is kept aside for a person and counted nowhere; what is broken comes back with its reasons and leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.models import Agreement
from market.core import clock
from market.core.access import Actor
from market.core.batches import ReadItems
from market.core.changes import record_changes
from market.core.db import among
from market.core.errors import FieldError, MarketError, NotFound
from market.core.ids import new_id
from market.core.language import Language
from market.events.desk.checking_in import (
    ClientIdReused,
    check_in_values,
    first_with,
    keep_items,
    known_items,
    one_desk_at_a_time,
)
from market.events.desk.models import DeskItem
from market.events.desk.people import people_of
from market.events.meetings.models import Meeting
from market.events.meetings.service import set_outcome
from market.events.models import Event
from market.events.policy import require_at_desk
from market.hall.papers import read_once
from market.hall.parties import Directory, directory, linked
from market.hall.schemas import DeskItemIn, ItemResult, PaperIn, ReplayOut
from market.hall.sending import Desk, content_of, seal_of
from market.hall.signing_table import Noted, draft_noted, log_noted, log_papers


async def replay(
    session: AsyncSession,
    actor: Actor,
    event: Event,
    items: Sequence[Any],
    *,
    sent_at: datetime,
    language: Language,
) -> ReplayOut:
    """Keep what a device sends.

    Raises:
        NotAllowed: neither running the event nor its desk.
    """
    require_at_desk(actor, event)
    read = ReadItems(DeskItemIn, items)
    await one_desk_at_a_time(session, event)
    desk = Desk(session, actor, event, language, ahead=sent_at - clock.now(), people=await people_of(session, event))
    for index, errors in read.bad.items():
        desk.refuse(index, _said_id(items[index]), *errors)
    fresh = await _without_known(desk, read.good)
    await _check_in(desk, {i: item for i, item in fresh.items() if item.check_in is not None})
    await _note_outcomes(desk, {i: item for i, item in fresh.items() if item.outcome is not None})
    await log_papers(desk, {i: item for i, item in fresh.items() if item.paper is not None})
    return await _ended(desk)


def _said_id(item: Any) -> UUID | None:
    """The id that a device gave to something that could not be read, where at least that can be."""
    try:
        return UUID(item["id"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


async def _ended(desk: Desk) -> ReplayOut:
    await keep_items(desk.session, desk.actor, list(desk.rows.values()))
    results = [desk.results[index] for index in sorted(desk.results)]
    count = {state: sum(result.state == state for result in results) for state in ("kept", "known", "refused")}
    duplicates = sum(result.state == "duplicate" for result in results)
    return ReplayOut(results=results, **count, duplicates=duplicates)


async def _without_known(desk: Desk, good: dict[int, DeskItemIn]) -> dict[int, DeskItemIn]:
    """Answer what was sent before, here too; returns the first of each of the others."""
    seals = {index: seal_of(content_of(item)) for index, item in good.items()}
    own = {index: uuid5(item.id, seals[index]) for index, item in good.items() if item.paper is not None}
    known = await known_items(desk.session, desk.event, {*(item.id for item in good.values()), *own.values()})
    numbers = await _numbers_of(desk, known.values())
    sealed = {id_: item.content.get("seal") for id_, item in known.items()}
    fresh: dict[int, DeskItemIn] = {}
    for index, item in good.items():
        id_ = item.id
        if sealed.get(id_, seals[index]) != seals[index]:
            # Two things under one id: a paper is kept under an id of its own, all else is refused.
            if item.paper is None:
                desk.refuse(index, item.id, ClientIdReused())
                continue
            id_ = own[index]
        if id_ in sealed:
            before = known.get(id_)
            # What waits for a decision is about nothing yet, although it looks like something.
            about = before.about_id if before and before.state != "duplicate" else None
            desk.answer(index, item.id, "known", about=about, number=numbers.get(about) if about else None)
            continue
        sealed[id_] = seals[index]
        fresh[index] = item if id_ == item.id else item.model_copy(update={"id": id_})
    return fresh


async def _numbers_of(desk: Desk, items: Iterable[DeskItem]) -> dict[UUID, str]:
    about = [item.about_id for item in items if item.kind == "paper" and item.about_id]
    rows = select(Agreement.id, Agreement.number).where(among(Agreement.id, about))
    return {row.id: row.number for row in await desk.session.execute(rows)} if about else {}


async def _check_in(desk: Desk, items: dict[int, DeskItemIn]) -> None:
    found = {i: desk.people.find(item.check_in) for i, item in items.items() if item.check_in is not None}
    digests = {who.digest for who in found.values() if not isinstance(who, FieldError)}
    first = await first_with(desk.session, desk.event, "check_in", digests) if digests else {}
    for index, item in sorted(items.items(), key=lambda pair: (pair[1].at, pair[1].id)):
        who = found[index]
        if isinstance(who, FieldError):
            desk.refuse(index, item.id, FieldError(f"/check_in{who.pointer}", who.code, who.message, who.parameters))
            continue
        content = {"seal": seal_of(content_of(item))}
        values = check_in_values(who, content, at=desk.instant(item.at), client_at=item.at)
        row = desk.keep(item, **values)
        before = first.setdefault(who.digest, row["id"])
        if before != row["id"]:
            row |= {"state": "duplicate", "duplicate_of_id": before}
            desk.answer(index, item.id, "duplicate", about=who.registration.id, duplicate_of=before)
        else:
            desk.answer(index, item.id, "kept", about=who.registration.id)


async def _note_outcomes(desk: Desk, items: dict[int, DeskItemIn]) -> None:
    ids = {item.outcome.meeting for item in items.values() if item.outcome}
    rows = select(Meeting).where(Meeting.event_id == desk.event.id, among(Meeting.id, ids)).with_for_update()
    meetings = {meeting.id: meeting for meeting in await desk.session.scalars(rows)} if ids else {}
    changed: dict[UUID, Meeting] = {}
    for index, item in items.items():
        if item.outcome is None:
            continue
        meeting = meetings.get(item.outcome.meeting)
        if meeting is None:
            desk.refuse(index, item.id, NotFound())
            continue
        try:
            if set_outcome(meeting, item.outcome, at=desk.instant(item.at), key=str(item.id)):
                changed[meeting.id] = meeting
        except MarketError as error:
            desk.refuse(index, item.id, error)
            continue
        content = content_of(item)
        desk.keep(item, content=content | {"seal": seal_of(content)}, digest=str(meeting.id), about_id=meeting.id)
        desk.answer(index, item.id, "kept", about=meeting.id)
    await record_changes(desk.session, desk.actor, list(changed.values()), verb="outcome")


async def log_batch(
    session: AsyncSession, actor: Actor, event: Event, papers: Sequence[Any], *, language: Language
) -> ReplayOut:
    """Papers of the hall in one go, as if a device had noted them now, in their order.

    Raises:
        NotAllowed: neither running the event nor its desk.
    """
    require_at_desk(actor, event)
    read = ReadItems(PaperIn, papers)
    await one_desk_at_a_time(session, event)
    desk = Desk(session, actor, event, language, people=await people_of(session, event))
    for index, errors in read.bad.items():
        desk.refuse(index, None, *errors)
    now = clock.now()
    items = {
        index: DeskItemIn(id=paper.id or new_id(), kind="paper", sequence=index, at=now, paper=paper)
        for index, paper in read.good.items()
    }
    await log_papers(desk, await _without_known(desk, items))
    return await _ended(desk)


async def look_alikes(session: AsyncSession, event: Event) -> list[tuple[DeskItem, UUID | None]]:
    """The papers kept aside for a person, with the agreement that each looks like."""
    rows = (
        select(DeskItem)
        .where(DeskItem.event_id == event.id, DeskItem.kind == "paper", DeskItem.state == "duplicate")
        .order_by(DeskItem.id)
    )
    items = list(await session.scalars(rows))
    first = {item.duplicate_of_id for item in items if item.duplicate_of_id}
    known = select(DeskItem.id, DeskItem.about_id).where(among(DeskItem.id, first))
    about = {row.id: row.about_id for row in await session.execute(known)} if first else {}
    return [(item, about.get(item.duplicate_of_id) if item.duplicate_of_id else item.about_id) for item in items]


async def decide(
    session: AsyncSession, actor: Actor, event: Event, item_id: UUID, *, is_another: bool, language: Language
) -> ItemResult:
    """Say whether a paper that was kept aside is the one that is there, or another, which is logged then.

    Raises:
        NotAllowed: neither running the event nor its desk.
        NotFound: there is no such paper kept aside.
    """
    require_at_desk(actor, event)
    await one_desk_at_a_time(session, event)
    found = [(item, about) for item, about in await look_alikes(session, event) if item.id == item_id]
    if not found:
        raise NotFound
    item, about = found[0]
    desk = Desk(session, actor, event, language, people=await people_of(session, event))
    if is_another:
        await _log_another(desk, item)
        if desk.results[0].state == "refused":
            return desk.results[0]
        item.about_id, item.state = desk.results[0].about, "kept"
    else:
        item.about_id, item.state = about, "merged"
        desk.answer(0, item.client_id, "known", about=about)
    await record_changes(session, actor, [item], verb="decide")
    return desk.results[0]


async def _log_another(desk: Desk, item: DeskItem) -> None:
    said = {name: value for name, value in item.content.items() if name != "seal"}
    paper = PaperIn.model_validate(said | {"another": True})
    noted = DeskItemIn(id=item.client_id, kind="paper", sequence=item.sequence, at=item.client_at, paper=paper)
    known: Directory = await directory(desk.session, desk.actor, desk.people, [paper])
    desk.ahead = item.client_at - item.at
    sides = linked(paper, known)
    shared = await read_once(desk.session, desk.actor, desk.event, [sides])
    of_item = Noted(0, noted, paper, sides, {"content": item.content, "digest": item.digest})
    agreement = await draft_noted(desk, of_item, shared)
    if agreement is not None:
        await log_noted(desk, [(of_item, agreement)])
