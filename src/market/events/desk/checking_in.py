"""Who came: noted once for each person, however often and from however many devices it is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, Uuid, bindparam, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_new
from market.core.db import among
from market.core.errors import Conflict, FieldError, ValidationFailed
from market.core.ids import new_id
from market.core.language import Message
from market.events.desk.models import DeskItem, ItemState
from market.events.desk.people import Present, event_with_people, people_of
from market.events.desk.schemas import CheckInCreate, Participant, Person, Roster
from market.events.models import Event
from market.events.policy import require_at_desk


class ClientIdReused(Conflict):
    code = "client-id-reused"
    detail = Message(vi="Mã (id) này đã dùng cho một mục khác.", en="This id was used for something else.")


class SentTwiceAtOnce(Conflict):
    code = "sent-twice-at-once"
    detail = Message(
        vi="Mục này đang được gửi ở một nơi khác; hãy gửi lại.", en="This is being sent elsewhere; send it again."
    )


PATIENT_SECONDS = 90
"""How long a device waits for others that send at the same moment: days without network end for all of them at once."""


async def one_desk_at_a_time(session: AsyncSession, event: Event) -> None:
    """Whoever sends for the same event waits here, so that of two who send the same the second sees the first."""
    for setting in ("lock_timeout", "statement_timeout"):
        await session.execute(select(func.set_config(setting, f"{PATIENT_SECONDS}s", True)))
    await _wait_for(session, f"desk:{event.id}")


def _turn(name: str) -> ColumnElement[Any]:
    return func.pg_advisory_xact_lock(func.hashtextextended(name, 0))


async def _wait_for(session: AsyncSession, name: str) -> None:
    await session.execute(select(_turn(name)))


async def known_items(session: AsyncSession, event: Event, ids: Collection[UUID]) -> dict[UUID, DeskItem]:
    """What was sent before, by the ids that devices made."""
    rows = select(DeskItem).where(DeskItem.event_id == event.id, among(DeskItem.client_id, ids))
    return {item.client_id: item for item in await session.scalars(rows)}


async def first_with(session: AsyncSession, event: Event, kind: str, digests: Collection[str]) -> dict[str, UUID]:
    """The first item of each digest that was sent before."""
    rows = (
        select(DeskItem.digest, DeskItem.id)
        .where(DeskItem.event_id == event.id, DeskItem.kind == kind, DeskItem.state == "kept")
        .where(DeskItem.digest.in_(digests))
    )
    return {row.digest: row.id for row in await session.execute(rows)}


def item_row(event: Event, actor: Actor, *, client_id: UUID, kind: str, **values: Any) -> dict[str, Any]:
    """The values of a new item."""
    return {
        "id": new_id(),
        "event_id": event.id,
        "client_id": client_id,
        "kind": kind,
        "device_id": actor.credential_id if actor.kind == "device" else None,
        "duplicate_of_id": None,
        "about_id": None,
        "state": "kept",
        **values,
    }


def check_in_values(
    present: Present, content: Mapping[str, Any], *, at: datetime, client_at: datetime
) -> dict[str, Any]:
    """What an item says of who came."""
    return {
        "content": dict(content),
        "digest": present.digest,
        "about_id": present.registration.id,
        "at": at,
        "client_at": client_at,
    }


async def keep_items(session: AsyncSession, actor: Actor, rows: list[dict[str, Any]]) -> None:
    """Write new items and their entries in the log, in two statements."""
    await record_new(session, actor, DeskItem, rows, details=[{}] * len(rows))


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What became of a check-in."""

    present: Present
    state: ItemState
    at: datetime


async def check_in(session: AsyncSession, actor: Actor, event_id: UUID, asked: CheckInCreate) -> CheckedIn:
    """Note that somebody came.

    Raises:
        NotFound: there is no such event, or it may not be seen.
        NotAllowed: neither running the event nor its desk.
        ValidationFailed: nobody, or more than one, is meant.
        ClientIdReused: the id was used for something else.
        SentTwiceAtOnce: by its unique constraint.
    """
    # Of this person alone: the desk goes on while some device sends what it noted in days. A badge says who it is.
    turn = _turn(_place(event_id, asked.badge)) if asked.badge is not None else None
    event, people = await event_with_people(session, actor, event_id, asked, lock=turn)
    require_at_desk(actor, event)
    present = people.find(asked)
    if isinstance(present, FieldError):
        raise ValidationFailed(errors=[present])
    if present.digest != asked.badge:
        await _wait_for(session, _place(event_id, present.digest))
    known, first = await _before(session, event_id, asked.id, present.digest)
    if known is not None:
        if (known.kind, known.digest) != ("check_in", present.digest):
            raise ClientIdReused
        return CheckedIn(present, known.state, known.at)
    now = clock.now()
    values = check_in_values(present, {}, at=min(asked.at or now, now), client_at=asked.at or now)
    row = item_row(event, actor, client_id=asked.id, kind="check_in", sequence=asked.sequence, **values)
    row |= {"state": "kept" if first is None else "duplicate", "duplicate_of_id": first}
    await record_new(session, actor, DeskItem, [row], details=[{}])
    return CheckedIn(present, row["state"], row["at"])


def _place(event_id: UUID, digest: str) -> str:
    return f"desk:{event_id}:{digest}"


def _sent_or_came() -> Select[Any]:
    """What was sent under an id, and the item by which a person was checked in. Two index scans."""
    item = select(DeskItem.id, DeskItem.client_id, DeskItem.kind, DeskItem.digest, DeskItem.state, DeskItem.at)
    item = item.where(DeskItem.event_id == bindparam("event_id", type_=Uuid))
    sent = item.where(DeskItem.client_id == bindparam("client_id", type_=Uuid))
    came = item.where(
        DeskItem.kind == "check_in",
        DeskItem.digest == bindparam("digest", type_=Text),
        DeskItem.state == "kept",
    )
    return select(union_all(sent, came).subquery())


_SENT_OR_CAME = _sent_or_came()


async def _before(
    session: AsyncSession, event_id: UUID, client_id: UUID, digest: str
) -> tuple[Row[Any] | None, UUID | None]:
    asked = {"event_id": event_id, "client_id": client_id, "digest": digest}
    items = (await session.execute(_SENT_OR_CAME, asked)).all()
    known = next((item for item in items if item.client_id == client_id), None)
    first = next((item.id for item in items if item.digest == digest and item.state == "kept"), None)
    return known, first


async def roster(session: AsyncSession, actor: Actor, event: Event) -> Roster:
    """Everybody who may come, for a device that works without network.

    Raises:
        NotAllowed: neither running the event nor its desk.
    """
    require_at_desk(actor, event)
    people = await people_of(session, event)
    came = select(DeskItem.digest).where(
        DeskItem.event_id == event.id, DeskItem.kind == "check_in", DeskItem.state == "kept"
    )
    here = set(await session.scalars(came))
    participants = [
        Participant(
            registration=row.id,
            organization=row.organization_id,
            name=row.organization.name,
            side=row.side,
            booths=row.booth_numbers,
            people=[
                Person(badge=badge, name=person.get("name"), title=person.get("title"), checked_in=badge in here)
                for place in range(row.delegates_count)
                for badge in [f"{row.id}/{place}"]
                for person in [row.delegates[place] if place < len(row.delegates) else {}]
            ],
        )
        for row in people.by_id.values()
    ]
    return Roster(event=event.id, code=event.code, name=event.name, participants=participants)
