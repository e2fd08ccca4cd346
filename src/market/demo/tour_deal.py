"""The tour's fourth part: a quote becomes an MOU and a contract, goods come, and it ends with its cause."""

from __future__ import annotations

from datetime import timedelta

from market.demo.screen import money
from market.demo.tour_goods import COOPERATIVE, OFFICER
from market.demo.tour_meeting import SUPERMARKET
from market.demo.tour_story import Step, Tour
from market.demo.visitors import Json, Visitor, answered, demand

ARRIVALS: tuple[tuple[str, Json], ...] = (
    ("đủ", {"quantity": "500", "evidence": "Phiếu giao 01 (minh họa)"}),
    (
        "trả lại 60 kg dập",
        {"quantity": "500", "rejected": "60", "rejection_cause": "quality", "evidence": "Phiếu giao 02 (minh họa)"},
    ),
    ("gõ nhầm, đảo lại", {"quantity": "5000"}),
    ("đủ", {"quantity": "500", "evidence": "Phiếu giao 03 (minh họa)"}),
    ("thiếu", {"quantity": "320.5"}),
)


def act(visitor: Visitor, thing: str, verb: str, body: Json | None = None, *, status: int = 200) -> Json:
    """A verb on the newest version of a thing."""
    etag = visitor.ask("GET", thing).headers["etag"]
    return visitor.post(f"{thing}/{verb}", body, status=status, etag=etag)


def quote_and_accept(tour: Tour) -> None:
    """The cooperative quotes, the supermarket counters, the cooperative accepts; the goods are reserved by week."""
    seller, buyer = tour.visitors[COOPERATIVE], tour.visitors[SUPERMARKET]
    line = {"need_line": tour.need["lines"][0]["id"], "listing": tour.listing["id"], "price_vnd": 28500}
    offer = {
        "lines": [line],
        "terms": {"credit_days": 15, "packaging": "crate", "payment_method": "bank_transfer"},
        "valid_until": (tour.today + timedelta(days=7)).isoformat(),
        "submit": True,
    }
    quote = seller.post(f"/needs/{tour.need['id']}/quotes", offer)
    act(buyer, f"/quotes/{quote['id']}", "counter", {"terms": {"discount_pct": "2", "credit_days": 30}})
    tour.quote = act(seller, f"/quotes/{quote['id']}", "accept")
    demand(tour.quote["status"] == "accepted", f"the quote is {tour.quote['status']}")

    def is_told() -> bool:
        kinds = {item["kind"] for item in buyer.get("/notifications", limit=50)["items"]}
        return {"quote_submitted", "quote_accepted"} <= kinds

    seconds = tour.wait_for("the supermarket is not told of the quote", is_told)
    tour.screen.sees(seller.name, f"chào 28.500 đ/kg; {buyer.name} đề nghị chiết khấu 2%, trả sau 30 ngày; đồng ý")
    tour.screen.sees(buyer.name, f"được báo sau {seconds:.2f} giây; giá trị {money(tour.quote['accepted_vnd'])}")


def draw_up(tour: Tour) -> None:
    """An MOU drawn up from the quote, converted into a contract, which both confirm and which comes into force."""
    seller, buyer = tour.visitors[COOPERATIVE], tour.visitors[SUPERMARKET]
    mou = buyer.post("/agreements", {"instrument": "mou", "quote": tour.quote["id"]})
    again = buyer.ask("POST", "/agreements", json={"instrument": "sale", "quote": tour.quote["id"]})
    demand(again.status_code == 409, f"a second agreement came from the same quote: {again.status_code}")
    demand(mou["value_vnd"] == tour.quote["accepted_vnd"], "the agreement is not worth what was accepted")
    alone = act(buyer, f"/agreements/{mou['id']}", "sign")
    demand(alone["status"] == "draft", "one side alone signed for both")
    act(seller, f"/agreements/{mou['id']}", "sign")
    contract = act(buyer, f"/agreements/{mou['id']}", "convert", {"instrument": "sale"}, status=201)
    path = f"/agreements/{contract['id']}"
    parties = [
        {name: party[name] for name in ("id", "role")}
        | {"organization": party["organization"]["id"], "responsible": {"name": f"Người Tham Quan {tour.mark}"}}
        for party in contract["parties"]
    ]
    etag = buyer.ask("GET", path).headers["etag"]
    answered(buyer.ask("PATCH", path, json={"parties": parties}, headers={"If-Match": etag}), 200)
    for side in (buyer, seller):
        act(side, path, "sign")
    tour.deal = act(buyer, path, "make-effective")
    demand(tour.deal["status"] == "effective", f"the contract is {tour.deal['status']}")
    line = tour.deal["lines"][0]
    tour.screen.sees(buyer.name, f"ghi nhớ {mou['number']} → hợp đồng {contract['number']}, có hiệu lực")
    plan = f"{line['quantity']} kg mỗi ngày, trước {line['delivery_plan']['deliver_before']}"
    tour.screen.sees("Chợ", f"mang theo đủ: {plan}, {money(line['price_vnd'])}/kg sau chiết khấu, trả sau 30 ngày")


def deliver(tour: Tour) -> None:
    """Five deliveries: one rejected in part, one a slip that is reversed; what counts is what the buyer confirms."""
    seller, buyer = tour.visitors[COOPERATIVE], tour.visitors[SUPERMARKET]
    path, line = f"/agreements/{tour.deal['id']}", tour.deal["lines"][0]["id"]
    rows = []
    for words, arrival in ARRIVALS:
        entry = {"line": line, "delivered_on": tour.today.isoformat(), **arrival}
        recorded = seller.post(f"{path}/deliveries", entry)["delivery"]
        demand(recorded["stage"] == "waiting", f"the seller's word alone is {recorded['stage']}")
        twice = buyer.ask("POST", f"{path}/deliveries", json=entry)
        demand(twice.status_code == 409, f"the same slip of the other side was answered with {twice.status_code}")
        if words.startswith("gõ nhầm"):
            seller.post(f"{path}/deliveries", {"reverses": recorded["id"]})
        else:
            buyer.post(f"{path}/deliveries/{recorded['id']}/confirm", status=200)
        (standing,) = buyer.get(f"{path}/deliveries")["standings"]
        rows.append((words, arrival["quantity"], standing["accepted"], standing["outcome"]))
    demand(rows[-1][2] == "1760.5", f"{rows[-1][2]} kg were accepted")
    tour.screen.table(("lần giao", "kg", "đã nhận cộng dồn", "kết quả"), rows)


def end_short(tour: Tour) -> None:
    """It ends partly fulfilled with a coded cause, and what was reserved is free again."""
    buyer, seller = tour.visitors[SUPERMARKET], tour.visitors[COOPERATIVE]
    path = f"/agreements/{tour.deal['id']}"
    etag = buyer.ask("GET", path).headers["etag"]
    headers = {"If-Match": etag}
    refused = buyer.ask("POST", f"{path}/lapse", json={"cause": "volume"}, headers=headers)
    demand(refused.status_code == 409, f"goods came and it lapsed all the same: {refused.status_code}")
    asked = act(buyer, path, "close", {"cause": "volume", "note": "Mất mùa (minh họa)"})
    demand(asked["status"] == "effective", "one side alone ended the contract")
    proposal = asked["proposals"][0]
    answered(seller.ask("POST", f"/proposals/{proposal['id']}/accept", headers={"If-Match": "*"}), 200)
    ended = buyer.get(path)
    demand((ended["status"], ended["cause"]) == ("partly_fulfilled", "volume"), f"it ended {ended['status']}")
    again = buyer.ask("POST", f"{path}/terminate", json={"cause": "price"}, headers={"If-Match": "*"})
    demand((again.status_code, again.json()["allowed"]) == (409, []), "what has ended was ended again")
    # To others causes are told by month and in steps of five.
    lapses = tour.sign_in(OFFICER).get("/reports/lapses")
    counted = [row["partly_fulfilled"] for row in lapses["causes"] if row["cause"] == "volume"]
    demand(bool(counted) and counted[0] >= 1, "the report of what was not performed does not count it")
    tour.screen.sees(buyer.name, f"thực hiện một phần, nguyên nhân: sản lượng; báo cáo đếm được {counted[0]}")


STEPS = (
    Step(
        "Báo giá, đề nghị lại, chấp nhận; hàng được giữ theo tuần",
        "A quote, a counter-offer, an acceptance; the goods are reserved by week and the other side is told",
        quote_and_accept,
    ),
    Step(
        "Từ báo giá thành ghi nhớ, thành hợp đồng có hiệu lực",
        "The quote becomes an MOU, and that a contract in force, with everything carried over",
        draw_up,
    ),
    Step("Năm lần giao: một lần bị trả, một lần đảo lại", "Five deliveries: one rejected, one reversed", deliver),
    Step(
        "Kết thúc khi mới thực hiện một phần, có mã nguyên nhân",
        "It ends partly fulfilled, with a coded cause",
        end_short,
    ),
)
