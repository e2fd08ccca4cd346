"""Where and when an event meets: halls with tables, sessions, booths of the floor list, and the slots that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from market.core.clock import VIETNAM
from market.core.errors import FieldError
from market.core.language import Message
from market.core.schemas import Day, HourMinute, Instant, Line, Schema, Whole
from market.core.validation import refusal
from market.events.models import Event, Registration

BoothNumber = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[\w./-]+$")]
SessionKind = Literal["programme", "meetings", "signing"]

OUTSIDE = Message(vi="Phiên “{name}” nằm ngoài ngày của sự kiện.", en="Session “{name}” is outside the event's days.")
OVERLAP = Message(
    vi="Phiên “{name}” trùng giờ với phiên “{other}” trong cùng hội trường.",
    en="Session “{name}” overlaps with session “{other}” in the same hall.",
)
STAGGERED = Message(
    vi="Phiên gặp gỡ “{name}” chồng giờ với “{other}”; "
    "hai phiên gặp gỡ phải cùng giờ ở hai hội trường, hoặc nối tiếp nhau.",
    en="The meetings of “{name}” overlap with “{other}”; meetings in two halls are at the same hours, or one after the "
    "other.",
)
NO_HALL = Message(
    vi="Phiên “{name}” nêu hội trường không có: {hall}.", en="Session “{name}” is in no known hall: {hall}."
)
TWICE = Message(vi="{name} được nêu hai lần.", en="{name} is named twice.")


class Hall(Schema):
    name: Line
    tables: Annotated[Whole, Field(ge=0, le=2000)]


class Booth(Schema):
    number: BoothNumber
    hall: Line | None = None


class SessionIn(Schema):
    """A part of a day: meetings are held in slots of those that say so."""

    name: Line
    kind: SessionKind = "programme"
    on: Day
    starts: HourMinute
    ends: HourMinute
    hall: Line | None = Field(default=None, description="null: everywhere")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends <= self.starts:
            raise refusal("session_reversed", "Phiên kết thúc trước khi bắt đầu.", "The session ends before it begins.")
        return self

    @property
    def period(self) -> tuple[datetime, datetime]:
        return (
            datetime.combine(self.on, self.starts, tzinfo=VIETNAM),
            datetime.combine(self.on, self.ends, tzinfo=VIETNAM),
        )


class Stretch(Schema):
    """A time at which an organization can meet nobody."""

    starts_at: Instant
    ends_at: Instant

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None or self.ends_at <= self.starts_at:
            raise refusal(
                "stretch_reversed",
                "Khoảng thời gian cần múi giờ và phải kết thúc sau khi bắt đầu.",
                "A stretch of time carries offsets and ends after it begins.",
            )
        return self


@dataclass(frozen=True, slots=True)
class Table:
    number: int
    hall: str | None


@dataclass(frozen=True, slots=True)
class Slot:
    """One round of meetings: everybody sits down at once."""

    starts_at: datetime
    ends_at: datetime
    tables: tuple[Table, ...]

    @property
    def hall(self) -> str | None:
        """The hall of its first table."""
        return self.tables[0].hall if self.tables else None


def sessions_of(event: Event) -> list[SessionIn]:
    """The sessions, in order of time."""
    sessions = [SessionIn.model_validate(session) for session in event.sessions]
    return sorted(sessions, key=lambda session: session.period)


def tables_of(event: Event, *, otherwise: int) -> list[Table]:
    """The tables numbered through the halls; without halls as many as the event has, or `otherwise`."""
    halls = [Hall.model_validate(hall) for hall in event.halls if hall["tables"]]
    named: list[str | None] = [hall.name for hall in halls for _ in range(hall.tables)]
    named = named or [None] * (event.tables or otherwise)
    return [Table(number, hall) for number, hall in enumerate(named, 1)]


def slots_of(event: Event, *, hosts: int) -> list[Slot]:
    """The slots of all sessions of meetings, with breaks between them.

    Args:
        hosts: how many tables there are where the event does not say.
    """
    tables = tables_of(event, otherwise=max(1, hosts))
    length, pause = timedelta(minutes=event.slot_minutes), timedelta(minutes=event.break_minutes)
    at: dict[tuple[datetime, datetime], tuple[Table, ...]] = {}
    for session in sessions_of(event):
        if session.kind != "meetings":
            continue
        here = tuple(table for table in tables if session.hall in (None, table.hall))
        begins, ends = session.period
        while begins + length <= ends:
            at[begins, begins + length] = tuple({*at.get((begins, begins + length), ()), *here})
            begins += length + pause
    ordered = {period: tuple(sorted(here, key=lambda table: table.number)) for period, here in at.items()}
    return [Slot(starts_at, ends_at, here) for (starts_at, ends_at), here in sorted(ordered.items())]


def is_away(registration: Registration, slot: Slot) -> bool:
    """Whether the organization can meet nobody in a slot."""
    stretches = [Stretch.model_validate(stretch) for stretch in registration.away]
    return any(stretch.starts_at < slot.ends_at and slot.starts_at < stretch.ends_at for stretch in stretches)


def wrong_in_venue(event: Event) -> list[FieldError]:
    """Everything that does not hold together in halls, sessions and booths."""
    halls = {hall["name"] for hall in event.halls}
    errors = [*_twice("/halls", (hall["name"] for hall in event.halls))]
    errors += _twice("/booths", (booth["number"] for booth in event.booths))
    sessions = [SessionIn.model_validate(session) for session in event.sessions]
    for place, session in enumerate(sessions):
        pointer = f"/sessions/{place}"
        if not event.starts_on <= session.on <= event.ends_on:
            errors.append(FieldError(f"{pointer}/on", "session-outside", OUTSIDE, {"name": session.name}))
        if session.hall is not None and session.hall not in halls:
            told: Mapping[str, object] = {"name": session.name, "hall": session.hall}
            errors.append(FieldError(f"{pointer}/hall", "unknown-hall", NO_HALL, told))
        errors += _overlaps(pointer, session, sessions[:place])
    return errors


def _overlaps(pointer: str, session: SessionIn, earlier: Sequence[SessionIn]) -> list[FieldError]:
    begins, ends = session.period
    return [
        FieldError(
            pointer, "session-overlaps", _overlapping(session, other), {"name": session.name, "other": other.name}
        )
        for other in earlier
        if other.period[0] < ends and begins < other.period[1] and _same_place(session, other)
    ]


def _overlapping(one: SessionIn, other: SessionIn) -> Message:
    return STAGGERED if one.kind == other.kind == "meetings" and one.hall != other.hall else OVERLAP


def _same_place(one: SessionIn, other: SessionIn) -> bool:
    if one.kind == other.kind == "meetings":
        # Rounds that begin together may be held in two halls; others would let somebody sit at two tables.
        return one.period != other.period or None in (one.hall, other.hall) or one.hall == other.hall
    return one.hall is not None and one.hall == other.hall


def _twice(pointer: str, names: Iterable[Any]) -> list[FieldError]:
    twice = [name for name, times in Counter(names).items() if times > 1]
    return [FieldError(pointer, "named-twice", TWICE, {"name": name}) for name in twice]
