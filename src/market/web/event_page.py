"""An event as people read it: where links in its mails and text messages lead, on a phone without an application."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

from market.core.language import Language, Message
from market.events.schemas import EventOut
from market.events.venue import SessionIn
from market.integrations.json_ld import Thing
from market.web.page import facts, page

NAMES = {
    "when": Message(vi="Thời gian", en="When"),
    "where": Message(vi="Địa điểm", en="Where"),
    "province": Message(vi="Tỉnh, thành phố", en="Province"),
    "organizer": Message(vi="Đơn vị tổ chức", en="Organizer"),
    "registration": Message(vi="Đăng ký đến hết ngày", en="Register until"),
    "wishes": Message(vi="Nêu đơn vị muốn gặp đến hết ngày", en="Say whom to meet until"),
    "coming": Message(vi="Đã đăng ký", en="Registered"),
    "organizations": Message(vi="{count} đơn vị", en="{count} organizations"),
    "programme": Message(vi="Chương trình", en="Programme"),
    "calendar": Message(vi="Thêm vào lịch trên điện thoại", en="Add to the calendar of your phone"),
    "floor": Message(vi="Gian hàng (dữ liệu)", en="Booths (data)"),
    "data": Message(vi="Dữ liệu cho chương trình", en="Data for programs"),
}
ENDED = {
    "cancelled": Message(vi="SỰ KIỆN NÀY ĐÃ HỦY.", en="THIS EVENT WAS CANCELLED."),
    "closed": Message(vi="Sự kiện này đã kết thúc.", en="This event is over."),
    "draft": Message(vi="Bản nháp: chỉ ban tổ chức xem được.", en="A draft: only its organizers see it."),
}
MEETINGS = Message(
    vi="Lịch gặp của đơn vị bạn, với giờ và số bàn, nằm trong thông báo gửi cho bạn và trong ứng dụng bạn đăng nhập.",
    en="Your own meetings, with times and tables, are in what you were sent and in the application you signed in to.",
)


def _said(name: str, language: Language, **values: object) -> str:
    return NAMES[name].text(language, **values)


def event_page(event: EventOut, *, language: Language, linked: Thing) -> bytes:
    """What everybody may know of an event."""
    days = {f"{day:%d/%m/%Y}": None for day in (event.starts_on, event.ends_on)}
    registered = _said("organizations", language, count=event.organizations_count)
    rows: list[tuple[str, str | None]] = [
        (_said("when", language), " – ".join(days)),
        (_said("where", language), ", ".join(part for part in (event.place, event.address) if part)),
        (_said("province", language), event.province.name),
        (_said("organizer", language), event.organizer.name if event.organizer else None),
        (_said("registration", language), _day(event.registration_closes_on)),
        (_said("wishes", language), _day(event.wishes_close_on)),
        (_said("coming", language), registered if event.organizations_count else None),
    ]
    end = ENDED.get(event.status)
    alert = f'<p role="alert"><strong>{escape(end.text(language))}</strong></p>' if end else ""
    about = f"<p>{escape(event.description)}</p>" if event.description else ""
    body = alert + facts(rows) + about + _programme(event.sessions, language) + _links(event, language)
    return page(event.name, body, language=language, linked=linked)


def _day(day: object) -> str | None:
    return f"{day:%d/%m/%Y}" if day else None


def _programme(sessions: Iterable[SessionIn], language: Language) -> str:
    """The sessions, by day."""
    ordered = sorted(sessions, key=lambda session: session.period)
    parts = [
        f"<h3>{day:%d/%m/%Y}</h3><table>{''.join(_row(session) for session in held)}</table>"
        for day, held in groupby(ordered, key=lambda session: session.on)
    ]
    return f"<h2>{escape(_said('programme', language))}</h2>{''.join(parts)}" if parts else ""


def _row(session: SessionIn) -> str:
    hall = f"<br><small>{escape(session.hall)}</small>" if session.hall else ""
    return f"<tr><td>{session.starts:%H:%M}–{session.ends:%H:%M}</td><td>{escape(session.name)}{hall}</td></tr>"


def _links(event: EventOut, language: Language) -> str:
    here = f"/api/v1/events/{event.id}"
    links = [("calendar", f"{here}/calendar"), ("data", here)]
    if event.booths_count:
        links.insert(1, ("floor", f"{here}/booths"))
    listed = "".join(f'<li><a href="{path}">{escape(_said(name, language))}</a></li>' for name, path in links)
    meetings = any(session.kind == "meetings" for session in event.sessions)
    return (f"<p>{escape(MEETINGS.text(language))}</p>" if meetings else "") + f"<ul>{listed}</ul>"
