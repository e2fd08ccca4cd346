"""An independent check of the meetings of an event, from what its rows say: nothing of what makes them is used."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from market.events.meetings.models import Meeting
from market.events.models import Event, Registration


def broken_rules(event: Event, people: Sequence[Registration], meetings: Sequence[Meeting]) -> list[str]:
    """Every rule that the meetings break, in words; empty when they keep them all."""
    standing = [meeting for meeting in meetings if meeting.status != "cancelled"]
    known = {row.organization_id: row for row in people}
    broken = [*_twice(standing), *_tables(event, standing), *_too_many(event, standing)]
    diaries: dict[UUID, list[Meeting]] = defaultdict(list)
    for meeting in standing:
        if (meeting.ends_at - meeting.starts_at) != timedelta(minutes=event.slot_minutes):
            broken.append("a meeting has another length than a slot")
        if not any(_within(session, meeting) for session in event.sessions):
            broken.append(f"{meeting.starts_at} is in no session of meetings")
        for side, id_ in (("seller", meeting.seller_id), ("buyer", meeting.buyer_id)):
            diaries[id_].append(meeting)
            if known[id_].status != "accepted" or known[id_].side != side:
                broken.append(f"{id_} is no {side} of the event")
            broken += [f"{id_} is away" for stretch in known[id_].away if _overlap(stretch, meeting)]
    way = timedelta(minutes=event.walking_minutes)
    for id_, diary in diaries.items():
        diary.sort(key=lambda meeting: meeting.starts_at)
        for one, next_ in pairwise(diary):
            if one.hall != next_.hall and next_.starts_at - one.ends_at < way:
                broken.append(f"{id_} has {next_.starts_at - one.ends_at} from {one.hall} to {next_.hall}")
            if next_.starts_at < one.ends_at:
                broken.append(f"{id_} has two meetings at once")
    return broken


def _twice(meetings: Sequence[Meeting]) -> Iterator[str]:
    for what, seats in (
        ("somebody sits twice", Counter((m.seller_id, m.starts_at) for m in meetings)),
        ("somebody sits twice", Counter((m.buyer_id, m.starts_at) for m in meetings)),
        ("a table has two meetings", Counter((m.table_number, m.starts_at) for m in meetings)),
        ("two meet twice", Counter((m.seller_id, m.buyer_id) for m in meetings)),
    ):
        yield from (f"{what}: {seat}" for seat, count in seats.items() if count > 1)


def _tables(event: Event, meetings: Sequence[Meeting]) -> Iterator[str]:
    """Tables are numbered through the halls."""
    halls = [hall["name"] for hall in event.halls for _ in range(hall["tables"])]
    for meeting in meetings:
        most = len(halls) or event.tables or 0
        if not 1 <= meeting.table_number <= most:
            yield f"there is no table {meeting.table_number}"
        elif halls and halls[meeting.table_number - 1] != meeting.hall:
            yield f"table {meeting.table_number} is not in {meeting.hall}"


def _too_many(event: Event, meetings: Sequence[Meeting]) -> Iterator[str]:
    held = Counter(id_ for meeting in meetings for id_ in (meeting.seller_id, meeting.buyer_id))
    if event.most_meetings is not None:
        yield from (f"{id_} has {n} meetings" for id_, n in held.items() if n > event.most_meetings)


def _within(session: dict[str, Any], meeting: Meeting) -> bool:
    begins, ends = (datetime.fromisoformat(f"{session['on']}T{session[at]}+07:00") for at in ("starts", "ends"))
    here = session["hall"] in (None, meeting.hall)
    return session["kind"] == "meetings" and here and begins <= meeting.starts_at and meeting.ends_at <= ends


def _overlap(stretch: dict[str, Any], meeting: Meeting) -> bool:
    begins, ends = (datetime.fromisoformat(stretch[at].replace("Z", "+00:00")) for at in ("starts_at", "ends_at"))
    return bool(begins < meeting.ends_at and meeting.starts_at < ends)
