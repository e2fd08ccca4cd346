"""The tour's part about an event of its own: from registration over meetings and the desk to the summary."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pypdfium2

from market.core import clock
from market.demo.tour_goods import COOPERATIVE, STRANGER
from market.demo.tour_meeting import SUPERMARKET
from market.demo.tour_papers import ORGANIZER
from market.demo.tour_story import Step, Tour
from market.demo.visitors import Json, Visitor, answered, demand

PHONE = "+84900000997"
TIMETABLE_SECONDS = 40.0
SCANNED_DOTS, POINTS = 200, 72
"""An inch has so many dots as an office scans it, and so many points on the page."""
SIDES = {"seller": "bên bán", "buyer": "bên mua"}


def announce(tour: Tour) -> None:
    """An event with two halls, meetings tomorrow, booths, and room for two."""
    organizer = tour.sign_in(ORGANIZER)
    tomorrow = (tour.today + timedelta(days=1)).isoformat()
    hours = {"kind": "meetings", "on": tomorrow, "starts": "08:00", "ends": "11:00"}
    made = organizer.post(
        "/events",
        {
            "name": f"Phiên gặp gỡ {tour.mark}",
            "kind": "conference",
            "starts_on": tour.today.isoformat(),
            "ends_on": tomorrow,
            "province": {"code": "79"},
            "place": "Nhà Ví Dụ",
            "halls": [{"name": "Sảnh A", "tables": 2}, {"name": "Sảnh B", "tables": 2}],
            "sessions": [{"name": "Gặp từng đôi", **hours}],
            "booths": [{"number": "A1", "hall": "Sảnh A"}],
            "walking_minutes": 10,
            "capacity_organizations": 2,
        },
    )
    tour.meeting_event = organizer.post(f"/events/{made['id']}/publish", status=200)
    tour.screen.sees(organizer.name, f"công bố «{made['name']}»: hai sảnh, 4 bàn, tối đa 2 tổ chức")


def register(tour: Tour) -> None:
    """Both sides register; a third one waits; telephones are for the organizer, and reading them is written down."""
    organizer, path = tour.sign_in(ORGANIZER), f"/events/{tour.meeting_event['id']}/registrations"
    cooperative, supermarket = tour.visitors[COOPERATIVE], tour.visitors[SUPERMARKET]
    delegates = [{"name": f"Người Tham Quan {tour.mark}", "title": "Giám đốc", "phone": PHONE}]
    rows = []
    for who, body in (
        (cooperative, {"delegates": delegates, "booths": 1}),
        (supermarket, {"delegates_count": 1}),
        (tour.visitors[STRANGER], {"delegates_count": 1}),
    ):
        made = who.post(path, body)
        rows.append((who.name, {"requested": "chờ nhận", "waiting": "danh sách chờ"}[made["status"]]))
        if made["status"] == "requested":
            organizer.post(f"{path}/{made['id']}/accept", status=200)
            tour.registrations[who.name] = made
    demand([status for _, status in rows] == ["chờ nhận", "chờ nhận", "danh sách chờ"], "the capacity does not bind")
    booth = tour.registrations[cooperative.name]["id"]
    answered(organizer.ask("PATCH", f"{path}/{booth}", json={"booth_numbers": ["A1"]}), 200)
    organizer.get(path)
    reads = cooperative.get(f"/events/{tour.meeting_event['id']}/contact-reads")["items"]
    demand(len(reads) > 0, "the organizer read telephones, and nothing says so")
    hidden = PHONE not in tour.visitors[STRANGER].ask("GET", path).text
    demand(hidden, "a stranger sees the telephone of a delegate")
    tour.screen.table(("tổ chức", "đăng ký"), rows)
    tour.screen.sees(cooperative.name, f"ban tổ chức đã xem số điện thoại đại biểu {len(reads)} lần")


def meet(tour: Tour) -> None:
    """Both wish to meet; the timetable gives them a table, and each a calendar file."""
    organizer, path = tour.sign_in(ORGANIZER), f"/events/{tour.meeting_event['id']}"
    cooperative, supermarket = tour.visitors[COOPERATIVE], tour.visitors[SUPERMARKET]
    suggested = cooperative.get(f"{path}/suggestions")["items"]
    demand(len(suggested) == 1, "nobody is suggested to meet")
    cooperative.post(f"{path}/wishes", {"partner": supermarket.organization["id"]})
    supermarket.post(f"{path}/wishes", {"partner": cooperative.organization["id"]})
    organizer.post(f"{path}/schedule", status=202)
    tour.wait_for(
        "the timetable is not made",
        lambda: organizer.get(f"{path}/schedule")["status"] in ("done", "failed"),
        seconds=TIMETABLE_SECONDS,
    )
    timetable = organizer.get(f"{path}/schedule")
    demand(timetable["meetings"] == 1 and timetable["unmet_wishes"] == [], "the two do not meet")
    tour.meeting = cooperative.get(f"{path}/meetings")["items"][0]
    calendar = cooperative.ask("GET", f"{path}/timetable", params={"format": "ics"}).text
    demand("BEGIN:VEVENT" in calendar, "the calendar file is empty")
    why = "; ".join(suggested[0]["reasons"][:2])
    tour.screen.sees(cooperative.name, f"được gợi ý gặp {supermarket.name}: {why}")
    begins = datetime.fromisoformat(tour.meeting["starts_at"]).astimezone(clock.VIETNAM)
    when = f"{begins:%H:%M} ngày {begins:%d/%m/%Y}"
    tour.screen.sees("Lịch gặp", f"bàn {tour.meeting['table']}, {tour.meeting['hall']}, {when}")


def _note(kind: str, content: Json, *, sequence: int) -> Json:
    at = clock.now().isoformat()
    return {"id": str(uuid4()), "kind": kind, "sequence": sequence, "at": at, kind: content}


def _desk(tour: Tour, path: str) -> tuple[Visitor, Json]:
    made = tour.sign_in(ORGANIZER).post(f"{path}/devices", {"name": "Bàn ký số 1"})
    return Visitor(tour.http, "Máy ở bàn ký", made["token"]), made


def note_offline(tour: Tour) -> None:
    """A device without network notes who came and what was signed; sent twice, it counts once. Then it is ended."""
    path = f"/events/{tour.meeting_event['id']}"
    desk, made = _desk(tour, path)
    cooperative, supermarket = tour.visitors[COOPERATIVE], tour.visitors[SUPERMARKET]
    badge = f"{tour.registrations[cooperative.name]['id']}/0"
    came = desk.post(f"{path}/check-ins", {"id": str(uuid4()), "badge": badge})
    parties: list[Any] = [
        {"role": "seller", "name": cooperative.name},
        {"role": "buyer", "organization": supermarket.organization["id"]},
    ]
    items = [
        _note("check_in", {"organization": supermarket.organization["id"]}, sequence=1),
        _note("paper", {"instrument": "mou", "parties": parties}, sequence=2),
        _note("outcome", {"meeting": tour.meeting["id"], "outcome": "mou", **_follow_up(tour)}, sequence=3),
    ]
    sent = {"sent_at": clock.now().isoformat(), "items": items}
    first, again = (desk.post(f"{path}/desk/replay", sent, status=200) for _ in range(2))
    demand((first["kept"], again["known"]) == (3, 3), f"sent twice: {first['kept']} kept, {again['known']} known")
    signed = next(item["about"] for item in first["results"] if item["number"])
    _scan(tour, desk, path, signed)
    tour.sign_in(ORGANIZER).post(f"{path}/devices/{made['id']}/end", status=200)
    demand(desk.ask("GET", f"{path}/roster").status_code == 401, "an ended device still reads")
    tour.screen.sees(desk.name, f"ghi {came['delegate']} có mặt bằng mã QR; gửi 3 mục hai lần, chỉ tính một")
    tour.screen.sees(desk.name, "mã đã kết thúc, không mở được gì nữa")


def _scan(tour: Tour, desk: Visitor, path: str, signed: str) -> None:
    """The printed paper comes back as a file; its code says which paper it is."""
    paper = tour.sign_in(ORGANIZER).ask("GET", f"/agreements/{signed}/document").content
    files = [("files", ("quet-0001.jpg", _scanned(paper)))]
    for became in ("attached", "known"):
        taken = answered(desk.ask("POST", f"{path}/scans", files=files), 200)["items"][0]
        demand((taken["became"], taken["scan"]["agreement"]) == (became, signed), f"the scan is {taken}")
    tour.screen.sees(desk.name, f"bản quét quet-0001.jpg về đúng văn bản {taken['scan']['number']} nhờ mã in trên giấy")


def _scanned(paper: bytes) -> bytes:
    """A picture of its first page, as a scanner makes one of what was signed."""
    document = pypdfium2.PdfDocument(paper)
    try:
        picture = io.BytesIO()
        document[0].render(scale=SCANNED_DOTS / POINTS, grayscale=True).to_pil().save(picture, "JPEG")
        return picture.getvalue()
    finally:
        document.close()


def _follow_up(tour: Tour) -> Json:
    return {"follow_up_on": (tour.today + timedelta(days=7)).isoformat(), "follow_up_note": "Gửi mẫu 5 kg"}


def take_stock(tour: Tour) -> None:
    """What is still to do, what both thought, and the summary as JSON, workbook and paper."""
    path, organizer = f"/events/{tour.meeting_event['id']}", tour.sign_in(ORGANIZER)
    cooperative = tour.visitors[COOPERATIVE]
    waiting = [item for item in cooperative.get("/follow-ups")["items"] if item["id"] == tour.meeting["id"]]
    demand(len(waiting) == 1, "what was agreed is not among the things to do")
    for who, rating in ((cooperative, 5), (tour.visitors[SUPERMARKET], 4)):
        who.post(f"{path}/feedback", {"rating": rating, "again": True}, status=200)
    summary = organizer.get(f"{path}/summary")
    came, met = summary["came"], summary["met"]
    demand((came["organizations_came"], met["held"], summary["mous"]) == (2, 1, 1), f"the summary says {summary}")
    for kind, magic in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        file = organizer.ask("GET", f"{path}/summary", params={"format": kind})
        demand(file.content.startswith(magic), f"the summary as {kind} is none")
    ratings = ", ".join(f"{SIDES[row['side']]} {float(row['mean_rating']):g}/5" for row in summary["feedback"])
    tour.screen.table(
        ("có mặt", "cuộc gặp", "ghi nhớ", "hợp đồng", "góp ý"),
        [(came["organizations_came"], met["held"], summary["mous"], summary["contracts"], ratings)],
    )
    day = f"{date.fromisoformat(waiting[0]['follow_up_on']):%d/%m/%Y}"
    tour.screen.sees(cooperative.name, f"còn việc đã hẹn: {waiting[0]['follow_up_note']}, {day}")


STEPS = (
    Step("Đơn vị tổ chức công bố một phiên gặp gỡ", "The organizer announces an event of meetings", announce),
    Step(
        "Hai bên đăng ký, người thứ ba chờ; ai xem số điện thoại đều được ghi lại",
        "Both sides register, a third waits; reading telephones is written down",
        register,
    ),
    Step("Hai bên muốn gặp nhau: có bàn, có giờ, có lịch", "Both wish to meet: a table, a time, a calendar", meet),
    Step(
        "Bàn ký không có mạng: gửi sau, gửi hai lần, chỉ tính một",
        "A desk without network: sent later, sent twice, counted once",
        note_offline,
    ),
    Step(
        "Tổng kết: ai đến, ai gặp, ký gì, còn việc gì", "The summary: who came, met, signed, what follows", take_stock
    ),
)
