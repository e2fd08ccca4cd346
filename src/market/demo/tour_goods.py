"""The tour's first part: a cooperative offers its goods, and they are found."""

from __future__ import annotations

import secrets
from datetime import timedelta

from market.demo.screen import money
from market.demo.seasons import months_later
from market.demo.tour_story import Step, Tour
from market.demo.visitors import Json, Visitor, demand

COOPERATIVE, STRANGER, OFFICER = "hop-tac-xa", "nguoi-la", "canbo"
TIEN_GIANG = {"code": "82", "version": "2008"}


def register_cooperative(tour: Tour) -> None:
    """A cooperative registers, with the province as it was before the mergers."""
    cooperative = tour.register(
        COOPERATIVE,
        {
            "name": f"HTX Thanh long Ví Dụ {tour.mark}",
            "kinds": ["producer"],
            "legal_form": "cooperative",
            "tax_code": None,
            "province": TIEN_GIANG,
            "contact": {"name": f"Người Tham Quan {tour.mark}", "phone": "0900000999"},
        },
    )
    province = cooperative.organization["province"]
    demand(province["name"] == "Tiền Giang", "the province was not kept as recorded")
    demand(province["today"]["name"] == "Đồng Tháp", "the province of today is not known")
    tour.screen.sees(cooperative.name, f"ghi là {province['name']}, ngày nay là {province['today']['name']}")
    me = cooperative.get("/me")
    tour.screen.sees(cooperative.name, f"vai trò: {me['memberships'][0]['role']}; xác minh: chưa")


def record_certificate(tour: Tour, *, months_ago: int) -> Json:
    """A VietGAP certificate of the tour's cooperative, as printed on its paper."""
    issued_on = months_later(tour.today, -months_ago)
    return tour.visitors[COOPERATIVE].post(
        "/certificates",
        {
            "scheme": "vietgap",
            "number": f"VietGAP-TT-{issued_on:%y}-99-82-{secrets.randbelow(10_000):04}",
            "issuer": "Trung tâm Chứng nhận Minh Họa",
            "issued_on": issued_on.isoformat(),
            "scope_concepts": ["dragon-fruit"],
        },
    )


def list_dragon_fruit(tour: Tour) -> None:
    """It lists goods by title only, twice because the line was bad, with a certificate."""
    cooperative = tour.visitors[COOPERATIVE]
    tour.certificate = record_certificate(tour, months_ago=6)
    body = {
        "title": f"Thanh long ruột đỏ Chợ Gạo, loại 1, vườn {tour.mark}",
        "province": TIEN_GIANG,
        "unit": "KGM",
        "price_vnd": 28000,
        "moq": "200",
        "capacity": [
            {
                "from": tour.today.isoformat(),
                "to": (tour.today + timedelta(days=150)).isoformat(),
                "quantity": "5000",
                "per": "week",
            }
        ],
        "certificates": [tour.certificate["id"]],
        "packaging": "thùng 10 kg",
    }
    key = {"Idempotency-Key": f"tour-{tour.mark}"}
    first = cooperative.ask("POST", "/listings", json=body, headers=key)
    again = cooperative.ask("POST", "/listings", json=body, headers=key)
    demand(first.status_code == 201, f"listing refused: {first.text[:300]}")
    demand(again.json()["id"] == first.json()["id"], "a repeated request made a second listing")
    tour.listing = first.json()
    demand(tour.listing["concept_source"] == "inferred", "the goods were not inferred")
    demand(tour.listing["concept"]["id"] == "dragon-fruit-red", "the goods were not inferred from the title")
    sure = round(100 * tour.listing["confidence"])
    tour.screen.sees(cooperative.name, f"«{tour.listing['title']}», {money(tour.listing['price_vnd'])}/kg, bản nháp")
    tour.screen.sees("Chợ", f"hiểu tiêu đề là {tour.listing['concept']['name_vi']} (chắc {sure}%)")
    tour.screen.sees("Chợ", "gửi lại cùng Idempotency-Key khi mạng chập chờn: vẫn một tin, không thành hai")
    warnings = tour.certificate["warnings"] or ["không"]
    tour.screen.sees("Chợ", f"giấy {tour.certificate['number']}: {state(tour)}; lưu ý: {', '.join(warnings)}")


def state(tour: Tour) -> str:
    """What the certificate is worth, as its organization sees it."""
    return str(tour.visitors[COOPERATIVE].get(f"/certificates/{tour.certificate['id']}")["state"])


def hide_the_draft(tour: Tour) -> None:
    """Nobody else can read a draft, nor even learn that it exists."""
    stranger = tour.register(
        STRANGER,
        {
            "name": f"Công ty Người Lạ Giả Định {tour.mark}",
            "kinds": ["producer"],
            "legal_form": "company",
            "tax_code": None,
            "province": {"code": "79"},
        },
    )
    rows = []
    for visitor in (tour.nobody, stranger):
        answer = visitor.ask("GET", f"/listings/{tour.listing['id']}")
        demand(answer.status_code == 404, f"{visitor.name} read a draft of others: {answer.status_code}")
        rows.append((visitor.name, answer.status_code, answer.json()["detail"]))
    tour.screen.table(("ai", "HTTP", "thấy"), rows)


def verify_certificate(tour: Tour) -> None:
    """Nobody verifies their own certificate, nor who they are; an officer does both."""
    path = f"/certificates/{tour.certificate['id']}/verify"
    own = tour.visitors[COOPERATIVE].ask("POST", path)
    demand(own.status_code == 403, f"a cooperative verified itself: {own.status_code}")
    tour.screen.sees(tour.visitors[COOPERATIVE].name, f"tự xác minh: {own.status_code}, {own.json()['detail']}")
    officer = tour.sign_in(OFFICER)
    verified = officer.post(path, {"decision": "verified", "looked_at": "Bản gốc (minh họa)"}, status=200)
    demand(verified["state"] == "valid", f"the certificate is {verified['state']} after verification")
    tour.screen.sees(officer.name, f"đã xem giấy, có giá trị đến hết {verified['expires_on']}")
    organization = tour.visitors[COOPERATIVE].organization
    officer.post(f"/organizations/{organization['id']}/verify", {"looked_at": "Giấy đăng ký (minh họa)"}, status=200)
    tour.screen.sees(officer.name, f"đã xem giấy đăng ký của {organization['name']}: văn bản của họ được tính")


def publish(tour: Tour) -> None:
    """The listing is published, and found by strangers within a second."""
    cooperative = tour.visitors[COOPERATIVE]
    tour.listing = cooperative.post(f"/listings/{tour.listing['id']}/publish", status=200)
    demand(tour.listing["status"] == "published", "the listing was not published")
    nobody = tour.nobody

    def is_found() -> bool:
        found = nobody.get("/listings", q="thanh long ruột đỏ", organization=cooperative.organization["id"])
        return [card["id"] for card in found["items"]] == [tour.listing["id"]]

    seconds = tour.wait_for("the published listing is not found", is_found)
    tour.screen.sees(nobody.name, f"tìm thấy sau {seconds:.2f} giây")


QUERIES = (
    ("thanh long ruột đỏ", {"dragon-fruit"}),
    ("thanh long ruot do", {"dragon-fruit"}),
    ("trái thơm", {"pineapple"}),
    ("khóm", {"pineapple"}),
    ("dua", {"coconut", "pineapple", "melon"}),
)
"""What people type, and the goods that an answer must have."""


def search(tour: Tour) -> None:
    """Marked, unmarked and regional words find the goods that are meant, and the answer says what was understood."""
    nobody = tour.nobody
    parents = read_parents(nobody)
    rows = []
    for words, meant in QUERIES:
        found = nobody.get("/listings", q=words, limit=50)
        # Where the word merely stands in a text, as in the name of a place, the answer says so and puts it last.
        meaning = [card for card in found["items"] if card["tier"] != "text"]
        families = {family_of(card["concept"]["id"], parents) for card in meaning}
        demand(meant <= families, f"«{words}» finds {sorted(families)} and not {sorted(meant)}")
        demand(meant == families or len(meant) > 1, f"«{words}» also finds {sorted(families - meant)}")
        read = [concept["name"] for concept in found["understood"]["concepts"]]
        rows.append((words, ", ".join(read[:3]), found["total"], found["items"][0]["title"], f"{found['took_ms']} ms"))
    tour.screen.table(("gõ", "hiểu là", "số tin", "đầu tiên", "mất"), rows)
    _search_with_conditions(tour)


def read_parents(visitor: Visitor) -> dict[str, str | None]:
    """Every concept and the wider one it is a kind of."""
    parents: dict[str, str | None] = {}
    page = visitor.get("/reference/concepts", limit=100)
    while True:
        parents |= {concept["id"]: concept["parent"] for concept in page["items"]}
        if page["next_cursor"] is None:
            return parents
        page = visitor.get("/reference/concepts", limit=100, cursor=page["next_cursor"])


def family_of(concept: str, parents: dict[str, str | None]) -> str:
    """The widest goods that these are a kind of."""
    while wider := parents[concept]:
        concept = wider
    return concept


def _search_with_conditions(tour: Tour) -> None:
    words = "thanh long ruột đỏ tiền giang vietgap dưới 30k"
    found = tour.nobody.get("/listings", q=words, limit=50)
    ours = [card for card in found["items"] if card["id"] == tour.listing["id"]]
    demand(bool(ours), f"«{words}» does not find the listing")
    read = found["understood"]
    understood = (
        f"{read['concepts'][0]['name']}; tỉnh {read['province']['name']}"
        f" (nay {read['province']['today']['name']}); {read['certificates'][0]['scheme']};"
        f" dưới {money(read['price_max_vnd'])}"
    )
    tour.screen.sees("Chợ", f"«{words}» → {understood}: {found['total']} tin")


STEPS = (
    Step("Một hợp tác xã đăng ký", "A cooperative registers", register_cooperative),
    Step(
        "Đăng thanh long ruột đỏ, kèm giấy VietGAP, chưa nói mặt hàng",
        "It lists red-flesh dragon fruit with a VietGAP certificate; the goods are inferred",
        list_dragon_fruit,
    ),
    Step("Người lạ không đọc được bản nháp", "A stranger cannot read the draft", hide_the_draft),
    Step("Người thứ hai xác minh giấy", "A second person verifies the certificate", verify_certificate),
    Step("Công bố, và tìm thấy ngay", "It is published, and found at once", publish),
    Step(
        "Tìm có dấu, không dấu, bằng tiếng vùng miền",
        "Search with marks, without, and by regional names; the answer says what was understood",
        search,
    ),
)
