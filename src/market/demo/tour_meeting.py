"""The tour's second part: a supermarket asks, both find each other with reasons, and a recall parts them."""

from __future__ import annotations

from datetime import timedelta

from market.demo.tour_goods import COOPERATIVE, OFFICER, record_certificate
from market.demo.tour_story import Step, Tour
from market.demo.visitors import Json, answered, demand

SUPERMARKET = "sieu-thi"


def post_need(tour: Tour) -> None:
    """A supermarket asks for 500 kg every morning, six days a week."""
    supermarket = tour.register(
        SUPERMARKET,
        {
            "name": f"Siêu thị Ví Dụ {tour.mark}",
            "kinds": ["buyer"],
            "legal_form": "company",
            "tax_code": None,
            "province": {"code": "79"},
        },
    )
    tour.need = supermarket.post(
        "/needs",
        {
            "title": f"Thanh long ruột đỏ cho 40 cửa hàng, đợt {tour.mark}",
            "lines": [
                {
                    "concept": "dragon-fruit-red",
                    "quantity": "500",
                    "unit": "KGM",
                    "per": "day",
                    "weekdays": [1, 2, 3, 4, 5, 6],
                    "from": (tour.today + timedelta(days=10)).isoformat(),
                    "to": (tour.today + timedelta(days=100)).isoformat(),
                    "required_certificates": ["vietgap"],
                    "preferred_certificates": ["ocop:4"],
                    "price_ceiling_vnd": 32000,
                }
            ],
            "delivery_province": {"code": "79"},
            "deliver_before": "06:00",
            "deadline": (tour.today + timedelta(days=9)).isoformat(),
            "publish": True,
        },
    )
    line = tour.need["lines"][0]
    demand(line["weekly_kg"] == "3000", f"500 kg on six days are not {line['weekly_kg']} kg a week")
    tour.screen.sees(
        supermarket.name,
        f"500 kg mỗi ngày, thứ hai đến thứ bảy, trước {tour.need['deliver_before']}"
        f" = {line['weekly_kg']} kg/tuần; bắt buộc VietGAP, ưu tiên OCOP 4 sao, giá trần 32.000 đ",
    )


def match_of_need(tour: Tour) -> Json | None:
    """The listing among the matches and near misses of the need."""
    found = tour.visitors[SUPERMARKET].get(f"/needs/{tour.need['id']}/matches", limit=100)
    return next((match for match in found["items"] if match["listing"]["id"] == tour.listing["id"]), None)


def match_of_listing(tour: Tour) -> Json | None:
    """The need among the matches and near misses of the listing."""
    found = tour.visitors[COOPERATIVE].get(f"/listings/{tour.listing['id']}/matches", limit=100)
    return next((match for match in found["items"] if match["need"]["id"] == tour.need["id"]), None)


def is_match(match: Json | None) -> bool:
    """Whether every gate is passed."""
    return match is not None and not match["near_miss_of"] and all(gate["passed"] for gate in match["gates"])


def find_each_other(tour: Tour) -> None:
    """The supermarket finds the cooperative and the cooperative finds the supermarket, with the same reasons."""
    tour.wait_for("the pair does not match", lambda: is_match(match_of_need(tour)) and is_match(match_of_listing(tour)))
    by_need, by_listing = match_of_need(tour), match_of_listing(tour)
    if by_need is None or by_listing is None:
        raise AssertionError("a match went away by itself")
    demand(by_need["score"] == by_listing["score"], f"scores differ: {by_need['score']}, {by_listing['score']}")
    tour.screen.sees(tour.visitors[SUPERMARKET].name, f"thấy {by_need['listing']['organization']['name']}")
    tour.screen.sees(tour.visitors[COOPERATIVE].name, f"thấy {by_listing['need']['organization']['name']}")
    tour.screen.sees("Hai phía", f"cùng một điểm: {by_need['score']:.2f}")
    tour.screen.table(
        ("điều kiện", "", "vì sao"),
        [(gate["name"], "✓" if gate["passed"] else "✗", gate["why"]) for gate in by_need["gates"]],
    )
    tour.screen.table(
        ("điểm", "giá trị", "trọng số", "vì sao"),
        [(part["name"], f"{part['value']:.2f}", part["weight"], part["why"]) for part in by_need["parts"]],
    )


def recall(tour: Tour) -> None:
    """The certificate is recalled: the pair stops matching at once, and both are told why."""
    officer = tour.sign_in(OFFICER)
    path = f"/certificates/{tour.certificate['id']}/recall"
    officer.post(path, {"reason": "Giám sát phát hiện sai quy trình (minh họa)"}, status=200)
    match, back = match_of_need(tour), match_of_listing(tour)
    if match is None or back is None:
        demand(False, "a near miss is not shown, so nobody learns why")
        return
    demand(match["near_miss_of"] == ["certificates"], f"it fails for {match['near_miss_of']}")
    demand(back["near_miss_of"] == ["certificates"], "the cooperative is told something else")
    why = next(gate["why"] for gate in match["gates"] if gate["name"] == "certificates")
    tour.screen.sees(officer.name, "thu hồi giấy VietGAP")
    tour.screen.sees(tour.visitors[SUPERMARKET].name, f"ngay lập tức không còn khớp, chỉ vướng: {why}")
    filters = {"certificate": "vietgap", "organization": tour.visitors[COOPERATIVE].organization["id"]}
    seconds = tour.wait_for(
        "the search still shows the listing as certified",
        lambda: tour.nobody.get("/listings", **filters)["total"] == 0,
    )
    tour.screen.sees(tour.nobody.name, f"lọc «có VietGAP» không còn thấy, sau {seconds:.2f} giây")


def renew(tour: Tour) -> None:
    """A new certificate, verified and attached, restores the match."""
    cooperative = tour.visitors[COOPERATIVE]
    tour.certificate = record_certificate(tour, months_ago=0)
    officer = tour.sign_in(OFFICER)
    officer.post(f"/certificates/{tour.certificate['id']}/verify", {"looked_at": "Bản gốc (minh họa)"}, status=200)
    answer = cooperative.ask(
        "PATCH", f"/listings/{tour.listing['id']}", json={"certificates": [tour.certificate["id"]]}
    )
    tour.listing = answered(answer, 200)
    tour.wait_for("the renewed certificate does not restore the match", lambda: is_match(match_of_need(tour)))
    tour.screen.sees(cooperative.name, f"có giấy mới {tour.certificate['number']}, khớp trở lại")


STEPS = (
    Step(
        "Siêu thị đăng nhu cầu: 500 kg mỗi sáng, sáu ngày một tuần",
        "A supermarket posts a need: 500 kg every morning, six days a week",
        post_need,
    ),
    Step("Hai bên tìm thấy nhau, có lý do", "Both find each other, with reasons", find_each_other),
    Step(
        "Giấy bị thu hồi: thôi khớp ngay, và nói vì sao",
        "The certificate is recalled: the match stops at once, and says why",
        recall,
    ),
    Step("Giấy mới: khớp trở lại", "A renewed certificate restores the match", renew),
)
