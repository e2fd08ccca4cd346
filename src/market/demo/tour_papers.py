"""The tour's third part: papers are signed at the event; who may see what of them; how much was signed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from market.demo.screen import money
from market.demo.tour_goods import COOPERATIVE, OFFICER, STRANGER
from market.demo.tour_meeting import SUPERMARKET
from market.demo.tour_story import Step, Tour
from market.demo.visitors import Json, Unkept, answered, demand

ORGANIZER = "xuctien"
EVENT_CODE = "MINHHOA"
VALUE_VND = 1_260_000_000
ABROAD = "Tập đoàn Bán lẻ Giả Định Phương Bắc"
PHONE = "+84900000998"


def find_event(tour: Tour) -> Json:
    """The event of the demo story.

    Raises:
        Unkept: it is not there.
    """
    page = tour.nobody.get("/events", status="published", limit=100)
    found = [event for event in page["items"] if event["code"] == EVENT_CODE]
    if not found:
        raise Unkept("the event of the demo story is not there: tell it with `market seed demo`")
    return dict(found[0])


def totals(tour: Tour, key: str, **params: Any) -> Json:
    """How much was signed, as this visitor may know."""
    return tour.visitors[key].get("/agreements/totals", **params)


def log_and_sign(tour: Tour, body: Json) -> Json:
    """The organizer types a paper in and records that it was signed today."""
    organizer = tour.sign_in(ORGANIZER)
    drafted = organizer.ask("POST", "/agreements", json={**body, "event": tour.event["id"]})
    answered(drafted, 201)
    path = f"/agreements/{drafted.json()['id']}/sign"
    where = {"signing_place": tour.event["place"], "province": {"code": "79"}}
    return organizer.post(path, where, status=200, etag=drafted.headers["etag"])


def sign_papers(tour: Tour) -> None:
    """An MOU between two known here, and a contract with one known by name only."""
    tour.event = find_event(tour)
    seller = {"role": "seller", "organization": tour.visitors[COOPERATIVE].organization["id"]}
    buyer = {"role": "buyer", "organization": tour.visitors[SUPERMARKET].organization["id"]}
    tour.mou = log_and_sign(
        tour,
        {
            "instrument": "mou",
            "title": f"Ghi nhớ tiêu thụ thanh long {tour.mark}",
            "parties": [seller, buyer],
            "lines": [{"concept": "dragon-fruit-red"}],
        },
    )
    responsible = {"name": f"Người Tham Quan {tour.mark}", "phone": PHONE}
    begins = tour.today + timedelta(days=10)
    tour.contract = log_and_sign(
        tour,
        {
            "instrument": "sale",
            "title": f"Hợp đồng mua bán thanh long {tour.mark}",
            "paper_number": f"{tour.mark}/HĐ-MH",
            "parties": [{**seller, "responsible": responsible}, {"role": "buyer", "name": ABROAD}],
            "value_vnd": VALUE_VND,
            "lines": [
                {
                    "concept": "dragon-fruit-red",
                    "quantity": "45000",
                    "unit": "KGM",
                    "per": "total",
                    "price_vnd": 28000,
                    "period_from": begins.isoformat(),
                    "period_until": (begins + timedelta(days=90)).isoformat(),
                    "delivery_plan": {"weekdays": [1, 4], "deliver_before": "06:00"},
                }
            ],
        },
    )
    rows = [
        (paper["number"], paper["instrument"], " – ".join(party["name"] for party in paper["parties"]), paper["status"])
        for paper in (tour.mou, tour.contract)
    ]
    demand(all(paper["status"] == "signed" for paper in (tour.mou, tour.contract)), "a paper is not signed")
    tour.screen.sees(tour.sign_in(ORGANIZER).name, f"ghi tại «{tour.event['name']}»")
    tour.screen.table(("số", "loại", "các bên", "trạng thái"), rows)


def ask_for_quantities(tour: Tour) -> None:
    """An MOU without quantities cannot count; the refusal lists all that is missing."""
    organizer = tour.sign_in(ORGANIZER)
    path = f"/agreements/{tour.mou['id']}"
    etag = organizer.ask("GET", path).headers["etag"]
    refused = organizer.ask("POST", f"{path}/make-effective", headers={"If-Match": etag})
    demand(refused.status_code == 409, f"an MOU without quantities became effective: {refused.status_code}")
    demand(tour.mou["quantified"] is False, "an MOU without quantities counts as quantified")
    missing = refused.json()["errors"]
    demand(len(missing) > 3, "the refusal does not list what is missing")
    tour.screen.sees(organizer.name, f"«đã ký, chưa định lượng»: {refused.json()['detail']}")
    tour.screen.table(("ở đâu", "còn thiếu"), [(error["pointer"], error["message"]) for error in missing[:6]])


def keep_secrets(tour: Tour) -> None:
    """A stranger sees that the contract exists; its parties see what it is worth and whom to call."""
    path = f"/agreements/{tour.contract['id']}"
    rows = []
    for visitor in (tour.nobody, tour.visitors[STRANGER], tour.visitors[SUPERMARKET]):
        text = visitor.ask("GET", path).text
        seen = visitor.get(path)
        demand(seen["detail"] == "summary", f"{visitor.name} sees a contract of others in full")
        demand(seen["value_vnd"] is None and seen["lines"] is None, f"{visitor.name} sees value or lines")
        demand(PHONE not in text and str(VALUE_VND) not in text, f"{visitor.name} sees a phone number or the value")
        rows.append((visitor.name, seen["status"], seen["concepts"][0]["name_vi"], "—", "—"))
    party = tour.visitors[COOPERATIVE]
    full = party.get(path)
    demand(full["value_vnd"] == VALUE_VND, f"a party sees the value {full['value_vnd']}")
    phone = full["parties"][0]["responsible"]["phone"]
    demand(phone == PHONE, f"a party sees the phone number {phone}")
    rows.append((party.name, full["status"], full["concepts"][0]["name_vi"], money(full["value_vnd"]), phone))
    tour.screen.table(("ai", "trạng thái", "mặt hàng", "giá trị", "liên hệ"), rows)
    contact = tour.nobody.get(f"/organizations/{party.organization['id']}")["contact"]
    demand(contact is None, "the contact of an organization is public")


def sum_up(tour: Tour) -> None:
    """Totals by event, and by province on both maps; value for officers only."""
    tour.sign_in(OFFICER)
    event = tour.event["id"]
    public = totals(tour, STRANGER, by="event", event=event)["groups"][0]
    official = totals(tour, OFFICER, by="event", event=event)["groups"][0]
    demand(public["value_vnd"] is None, "a stranger sees the value of an event")
    demand(official["value_vnd"] >= VALUE_VND, "the contract is not in the total of its event")
    demand(public["mous"] >= 1 and public["contracts"] >= 1, "the papers are not counted at their event")
    tour.screen.table(
        ("sự kiện", "văn bản", "ghi nhớ", "hợp đồng", "giá trị"),
        [
            (f"{tour.event['code']} (người lạ thấy)", *counts(public), "—"),
            (f"{tour.event['code']} (cán bộ thấy)", *counts(official), money(official["value_vnd"])),
        ],
    )
    maps = {units: totals(tour, OFFICER, by="province", map=units) for units in ("63", "34")}
    demand(counts(maps["63"]["total"]) == counts(maps["34"]["total"]), "the two maps count differently")
    for units, told in maps.items():
        rows = [(group["name"] or "chưa rõ", *counts(group)) for group in told["groups"]]
        tour.screen.table((f"bản đồ {units} tỉnh", "văn bản", "ghi nhớ", "hợp đồng"), rows)


def counts(group: Json) -> tuple[int, int, int]:
    """Agreements, MOUs and contracts of a group."""
    return (group["agreements"], group["mous"], group["contracts"])


def show_figures(tour: Tour) -> None:
    """What was published about real events stands beside, with qualifier and source, and is no agreement here."""
    page = tour.nobody.get("/figures", programme="HCM-DHTB", limit=100)
    figures = {figure["code"]: figure for figure in page["items"]}
    delegates = figures["nha-trang-2023-delegates"]
    demand(delegates["words"] == "khoảng 200 đại biểu", f"about 200 delegates are printed as {delegates['words']}")
    shown = (
        "nha-trang-2023-contracts",
        "nha-trang-2023-mous",
        "nha-trang-2023-delegates",
        "dhtb-2024-bilateral-contents",
    )
    rows = [(figures[code]["words"], figures[code]["as_of"], figures[code]["source"]["title"]) for code in shown]
    tour.screen.table(("số liệu đã công bố", "thời điểm", "nguồn"), rows)


STEPS = (
    Step(
        "Đơn vị tổ chức ghi một biên bản ghi nhớ và một hợp đồng ký tại sự kiện",
        "The organizer logs an MOU and a contract signed at the event",
        sign_papers,
    ),
    Step(
        "Ghi nhớ chưa có con số thì chưa được tính",
        "An MOU without quantities does not count yet; the refusal lists what is missing",
        ask_for_quantities,
    ),
    Step(
        "Người lạ thấy có hợp đồng, không thấy giá trị và liên hệ",
        "A stranger sees that there is a contract, but neither value nor contact",
        keep_secrets,
    ),
    Step(
        "Tổng hợp theo sự kiện, theo tỉnh trên cả hai bản đồ",
        "Totals by event, and by province on both maps",
        sum_up,
    ),
    Step(
        "Số liệu đã công bố: có nguồn, có chữ «khoảng»",
        "Published figures keep their source and their «about»",
        show_figures,
    ),
)
