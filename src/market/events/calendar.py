"""Events and meetings as calendar files (RFC 5545): the same UID for ever, a higher SEQUENCE with every change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from icalendar import Calendar, vDDDTypes
from icalendar import Event as Entry

from market.events.calendar_sessions import CalendarSession
from market.events.meetings.models import Meeting
from market.events.models import Event

MEDIA_TYPE = "text/calendar"
REFRESHED = timedelta(hours=1)
"""How often a calendar that subscribes is asked to look again (RFC 7986)."""
PRODUCT = "-//market//events//VI"


def event_calendar(event: Event, sessions: Iterable[CalendarSession]) -> bytes:
    """The event and its sessions; a cancelled one says so, and so does one that was dropped."""
    calendar = _calendar(event.name, cancelled=event.status == "cancelled")
    whole = _entry(f"event-{event.id}", event.name, sequence=event.version, changed=event.updated_at)
    whole["DTSTART"] = vDDDTypes(event.starts_on)
    whole["DTEND"] = vDDDTypes(event.ends_on + timedelta(days=1))
    _place(whole, event, None)
    if event.description:
        whole.add("description", event.description)
    _state(whole, cancelled=event.status == "cancelled")
    calendar.add_component(whole)
    for session in sessions:
        calendar.add_component(_session_entry(event, session))
    return _file(calendar)


def _session_entry(event: Event, announced: CalendarSession) -> Entry:
    session, key = announced.session, f"session-{announced.number}-{event.id}"
    entry = _entry(key, session.name, sequence=event.version, changed=event.updated_at)
    _period(entry, *session.period)
    _place(entry, event, session.hall)
    _state(entry, cancelled=announced.cancelled or event.status == "cancelled")
    return entry


def meetings_calendar(event: Event, meetings: Iterable[Meeting], *, of: UUID | None) -> bytes:
    """Meetings, those cancelled too, so that a calendar that has them takes them out.

    Args:
        of: the organization whose calendar it is: an entry is called after the other side; None: after both.
    """
    called_off = event.status == "cancelled"
    calendar = _calendar(event.name, cancelled=called_off)
    for meeting in meetings:
        names = [side.name for side in (meeting.seller, meeting.buyer) if side.id != of]
        title = " – ".join(names)
        changed = max(meeting.updated_at, event.updated_at) if called_off else meeting.updated_at
        # The end of the event is a change of each meeting too.
        sequence = meeting.version + (event.version if called_off else 0)
        entry = _entry(f"meeting-{meeting.id}", title, sequence=sequence, changed=changed)
        _period(entry, meeting.starts_at, meeting.ends_at)
        table = f"Bàn {meeting.table_number}" + (f", {meeting.hall}" if meeting.hall else "")
        _place(entry, event, table)
        _state(entry, cancelled=called_off or meeting.status == "cancelled")
        calendar.add_component(entry)
    return _file(calendar)


def _file(calendar: Calendar) -> bytes:
    """Written out with the rules of every zone that it names, which not every calendar knows (RFC 5545, 3.2.19)."""
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _calendar(name: str, *, cancelled: bool) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESHED, {"VALUE": "DURATION"})
    return calendar


def _entry(key: str, title: str, *, sequence: int, changed: datetime) -> Entry:
    entry = Entry()
    entry.add("uid", f"{key}@market")
    entry.add("summary", title)
    entry.add("sequence", sequence)
    entry.add("dtstamp", changed)
    entry.add("last-modified", changed)
    return entry


def _period(entry: Entry, starts_at: datetime, ends_at: datetime) -> None:
    entry.add("dtstart", starts_at)
    entry.add("dtend", ends_at)


def _place(entry: Entry, event: Event, within: str | None) -> None:
    parts = [part for part in (within, event.place, event.address) if part]
    if parts:
        entry.add("location", ", ".join(parts))


def _state(entry: Entry, *, cancelled: bool) -> None:
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
