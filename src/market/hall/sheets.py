"""What is printed for an event: timetables, badges and table cards, as PDF from the process that writes papers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import msgspec

from market.agreements.paper.files import TemplateBroken
from market.agreements.paper.order import Broken, PaperOrder, PaperResult
from market.config import Settings
from market.core import clock
from market.core.child import Child
from market.core.clock import VIETNAM
from market.core.qr_codes import qr_code
from market.events.meetings.models import Meeting
from market.events.models import Event, Registration
from market.events.venue import tables_of

TimetableBy = Literal["wall", "organization", "table"]
BadgeFormat = Literal["a4", "label"]
BadgeKind = Literal["people", "tables"]
PDF = "application/pdf"
SIDES = {"seller": "Bên bán", "buyer": "Bên mua"}

_decode = msgspec.msgpack.Decoder(PaperResult).decode


async def print_sheet(
    writer: Child, settings: Settings, template: str, values: Mapping[str, Any], *, made_at: datetime
) -> bytes:
    """The sheet as PDF.

    Raises:
        TemplateBroken: the template asks for what is not there, or cannot be read.
        Unavailable: too many papers are being written already.
    """
    order = PaperOrder(kind="pdf", values=dict(values), made_at=made_at, template=str(_path(settings, template)))
    result: PaperResult = _decode(await writer.ask(msgspec.msgpack.encode(order)))
    if isinstance(result, Broken):
        raise TemplateBroken(name=template, reason=result.reason)
    return result.body


def _path(settings: Settings, name: str) -> Path:
    """The template in use: an officer's own, else ours."""
    own = settings.data_dir / "templates" / name
    return own if own.exists() else settings.seeds_dir / "templates" / name


def badges(event: Event, registrations: Iterable[Registration], *, layout: BadgeFormat) -> dict[str, Any]:
    """A badge for everybody who comes, named or not; its QR code is what the desk reads."""
    cards = [
        {
            "name": person.get("name") or "Đại biểu",
            "title": person.get("title") or "",
            "organization": row.organization.name,
            "line": _line(row),
            "qr": qr_code(f"{row.id}/{place}"),
        }
        for row in registrations
        for place in range(row.delegates_count)
        for person in [row.delegates[place] if place < len(row.delegates) else {}]
    ]
    return {"event": event.name, "heading": "Thẻ đại biểu", "kind": "people", "format": layout, "badges": cards}


def _line(row: Registration) -> str:
    booths = f"Gian hàng {', '.join(row.booth_numbers)}" if row.booth_numbers else ""
    return " · ".join(part for part in (SIDES.get(row.side or "", ""), booths) if part)


def table_cards(event: Event, *, otherwise: int, layout: BadgeFormat) -> dict[str, Any]:
    """A card to stand on each table."""
    cards = [
        {
            "name": f"Bàn {table.number}",
            "title": table.hall or "",
            "organization": event.place or "",
            "line": "",
            "qr": qr_code(f"{event.code}/table/{table.number}"),
        }
        for table in tables_of(event, otherwise=max(1, otherwise))
    ]
    return {"event": event.name, "heading": "Thẻ bàn", "kind": "tables", "format": layout, "badges": cards}


def timetable(
    event: Event, meetings: Sequence[Meeting], *, by: TimetableBy, organization: UUID | None = None
) -> dict[str, Any]:
    """The timetable as pages; cancelled meetings are left out."""
    standing = [meeting for meeting in meetings if meeting.status != "cancelled"]
    pages = PAGES[by](standing) if organization is None else _of_organizations(standing, only=organization)
    return {
        "event": event.name,
        "heading": f"Lịch gặp gỡ – {event.name}",
        "by": by,
        "made": f"in lúc {_local(clock.now()):%H:%M %d/%m/%Y}",
        "pages": pages,
    }


def _local(instant: datetime) -> datetime:
    return instant.astimezone(VIETNAM)


def _when(meeting: Meeting) -> str:
    return f"{_local(meeting.starts_at):%H:%M}–{_local(meeting.ends_at):%H:%M}"


def _day(meeting: Meeting) -> str:
    return f"{_local(meeting.starts_at):%d/%m/%Y}"


def _where(meeting: Meeting) -> str:
    return f"Bàn {meeting.table_number}" + (f", {meeting.hall}" if meeting.hall else "")


def _page(title: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    names, widths = [name for name, _ in columns], [width for _, width in columns]
    return {"title": title, "columns": names, "widths": widths, "rows": rows}


def _of_the_wall(meetings: Sequence[Meeting]) -> list[dict[str, Any]]:
    """A page for each day."""
    columns = (("Giờ", 3), ("Bàn", 3), ("Bên bán", 7), ("Bên mua", 7))
    days = dict.fromkeys(_day(meeting) for meeting in meetings)
    return [
        _page(
            f"Ngày {day}",
            columns,
            [[_when(m), _where(m), m.seller.name, m.buyer.name] for m in meetings if _day(m) == day],
        )
        for day in days
    ]


def _of_organizations(meetings: Sequence[Meeting], *, only: UUID | None = None) -> list[dict[str, Any]]:
    columns = (("Ngày", 3), ("Giờ", 3), ("Bàn", 3), ("Gặp", 9))
    names = {side.id: side.name for meeting in meetings for side in (meeting.seller, meeting.buyer)}
    wanted = sorted(names, key=lambda id_: (names[id_], id_)) if only is None else [only] if only in names else []
    return [
        _page(
            names[id_],
            columns,
            [
                [_day(m), _when(m), _where(m), m.buyer.name if m.seller_id == id_ else m.seller.name]
                for m in meetings
                if id_ in (m.seller_id, m.buyer_id)
            ],
        )
        for id_ in wanted
    ]


def _of_tables(meetings: Sequence[Meeting]) -> list[dict[str, Any]]:
    columns = (("Ngày", 3), ("Giờ", 3), ("Bên bán", 7), ("Bên mua", 7))
    tables = {meeting.table_number: _where(meeting) for meeting in meetings}
    return [
        _page(
            tables[number],
            columns,
            [[_day(m), _when(m), m.seller.name, m.buyer.name] for m in meetings if m.table_number == number],
        )
        for number in sorted(tables)
    ]


PAGES: Mapping[TimetableBy, Callable[[Sequence[Meeting]], list[dict[str, Any]]]] = {
    "wall": _of_the_wall,
    "organization": _of_organizations,
    "table": _of_tables,
}
