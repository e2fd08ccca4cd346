"""From a need to signed paper to goods delivered, over HTTP on a market as `make demo` starts it."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from jsonschema import Draft202012Validator

from market.core import clock
from tests.end_to_end.demo import Demo
from tests.integrations.ocds_schema import record_package

Json = dict[str, Any]

PATIENCE_SECONDS = 30.0
PASSWORD = "một câu dài dễ nhớ"
MONDAY = clock.today() + timedelta(days=14 - clock.today().weekday())
SUNDAY = MONDAY + timedelta(days=27)
TODAY = clock.today().isoformat()
ARRIVALS: tuple[Json, ...] = (
    {"quantity": "700", "evidence": "Phiếu giao 01"},
    {"quantity": "650", "rejected": "120.5", "rejection_cause": "quality", "evidence": "Phiếu giao 02"},
    {"quantity": "7000", "evidence": "Phiếu giao 03"},
    {"quantity": "400"},
    {"quantity": "250.25", "evidence": "Phiếu cân 05"},
)
"""Five deliveries: the second is rejected in part, the third is a slip of the pen and reversed."""
_numbers = itertools.count(time.time_ns())


@dataclass
class Person:
    """Somebody signed in, acting for an organization."""

    http: httpx.Client
    organization: Json
    token: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        headers |= {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        return self.http.request(method, path.lstrip("/"), json=body, headers=headers)

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, status: int = 201, tag: str | None = None) -> Json:
        answer = self.ask("POST", path, body, **({"If-Match": tag} if tag else {}))
        assert answer.status_code == status, answer.text
        made: Json = answer.json()
        return made

    def act(self, thing: str, verb: str, body: Any = None, status: int = 200) -> Json:
        """A verb on the newest version of a thing, e.g. `/quotes/{id}`."""
        tag = self.ask("GET", thing).headers["etag"]
        return self.post(f"{thing}/{verb}", body, status, tag)

    def told(self) -> list[str]:
        """Kinds of what this person is told."""
        return [item["kind"] for item in self.get("/notifications?limit=100")["items"]]


def registered(http: httpx.Client, kind: str, name: str) -> Person:
    body = {
        "organization": {"name": name, "kinds": [kind], "legal_form": "company", "province": {"code": "79"}},
        "user": {"full_name": "Người Kể", "email": f"ke{next(_numbers)}@thu.example", "password": PASSWORD},
    }
    answer = http.post("auth/register", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return Person(http, made["organization"], made["tokens"]["access_token"])


def officer_of(http: httpx.Client, data_dir: Path) -> Person:
    users = json.loads((data_dir / "demo-users.json").read_text(encoding="utf-8"))["users"]
    user = next(user for user in users if "so-cong-thuong" in user["email"])
    signed_in = http.post("auth/token", json={"identifier": user["email"], "password": user["password"]})
    assert signed_in.status_code == 200, signed_in.text
    return Person(http, {}, signed_in.json()["access_token"])


def eventually(probe: Callable[[], bool], *, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not probe():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.1)


@dataclass
class Story:
    """Who takes part, and what came of it."""

    demo: Demo
    buyer: Person
    supplier: Person
    officer: Person
    need: Json
    listing: Json
    quote: Json
    contract: Json

    @property
    def path(self) -> str:
        return f"/agreements/{self.contract['id']}"


def asked_and_offered(buyer: Person, supplier: Person) -> tuple[Json, Json]:
    window = {"from": MONDAY.isoformat(), "to": SUNDAY.isoformat()}
    capacity = [{**window, "quantity": "1000", "per": "week"}]
    listing = {
        "title": "Thanh long ruột đỏ kể chuyện",
        "concept": "dragon-fruit-red",
        "province": {"code": "82"},
        "unit": "KGM",
        "price_vnd": 28000,
        "capacity": capacity,
        "publish": True,
    }
    line = {"concept": "dragon-fruit-red", "quantity": "100", "unit": "KGM", "per": "day", **window}
    need = {
        "title": "Thanh long cho chuỗi kể chuyện",
        "lines": [line],
        "delivery_province": {"code": "79"},
        "deliver_before": "06:00",
        "publish": True,
    }
    return buyer.post("/needs", need), supplier.post("/listings", listing)


def quoted(buyer: Person, supplier: Person, need: Json, listing: Json) -> Json:
    """Matched, quoted by one click, compared, countered and accepted; the other side is told each time."""
    matches = f"/needs/{need['id']}/matches"
    eventually(
        lambda: listing["id"] in {item["listing"]["id"] for item in buyer.get(matches)["items"]},
        what="the listing fits the need",
    )
    offer = {
        "lines": [{"need_line": need["lines"][0]["id"], "listing": listing["id"], "price_vnd": 29123}],
        "terms": {"discount_pct": "2.5", "credit_days": 30, "packaging": "crate", "payment_method": "bank_transfer"},
        "valid_until": (clock.today() + timedelta(days=7)).isoformat(),
        "submit": True,
    }
    path, key = f"/needs/{need['id']}/quotes", f"bao-gia-{next(_numbers)}"
    clicked = supplier.ask("POST", path, offer, **{"Idempotency-Key": key})
    clicked_again = supplier.ask("POST", path, offer, **{"Idempotency-Key": key})
    without_key = supplier.ask("POST", path, offer)
    assert clicked.status_code == 201, clicked.text
    quote = clicked.json()
    assert (clicked_again.json()["id"], clicked_again.headers["idempotent-replayed"]) == (quote["id"], "true")
    assert (without_key.status_code, without_key.json()["code"]) == (409, "quote-open")
    assert [item["id"] for item in buyer.get(f"{path}/compare")["quotes"]] == [quote["id"]]
    thing = f"/quotes/{quote['id']}"
    buyer.act(thing, "counter", {"terms": {"credit_days": 45}})
    supplier.post("/threads", {"quote": quote["id"], "text": "Bên mình đồng ý 45 ngày."})
    supplier.act(thing, "accept")
    wanted = {"quote_submitted", "quote_accepted", "message"}
    eventually(lambda: wanted <= set(buyer.told()), what="the buyer is told")
    eventually(lambda: "quote_countered" in supplier.told(), what="the supplier is told")
    assert all(buyer.told().count(kind) == 1 for kind in wanted)
    return dict(buyer.get(thing))


def refused_until_it_counts(buyer: Person, path: str) -> None:
    """Without If-Match 428, with a stale one 412, without what the gate asks 409 with all that is missing."""
    missing = buyer.ask("POST", f"{path}/make-effective")
    stale = buyer.ask("POST", f"{path}/make-effective", **{"If-Match": '"99-0"'})
    assert (missing.status_code, stale.status_code) == (428, 412)
    gate = buyer.act(path, "make-effective", status=409)
    pointers = {error["pointer"] for error in gate["errors"]}
    assert pointers >= {"/parties/0/responsible", "/parties/1/responsible"}


def contracted(buyer: Person, supplier: Person, quote: Json) -> Json:
    """An MOU drawn up from the quote, signed, converted into a contract that comes into force."""
    mou = buyer.post("/agreements", {"instrument": "mou", "quote": quote["id"]})
    again = buyer.ask("POST", "/agreements", {"instrument": "sale", "quote": quote["id"]})
    assert (again.status_code, again.json()["code"]) == (409, "already-drawn-up")
    assert mou["value_vnd"] == quote["accepted_vnd"]
    assert buyer.act(f"/agreements/{mou['id']}", "sign")["status"] == "draft"
    assert supplier.act(f"/agreements/{mou['id']}", "sign")["status"] == "signed"
    refused_until_it_counts(buyer, f"/agreements/{mou['id']}")
    contract = buyer.act(f"/agreements/{mou['id']}", "convert", {"instrument": "sale"}, status=201)
    assert (contract["converted_from"], contract["quote"]) == (mou["id"], quote["id"])
    path = f"/agreements/{contract['id']}"
    parties = [
        {
            "id": party["id"],
            "role": party["role"],
            "organization": party["organization"]["id"],
            "representative": {"name": "Ông Đại Diện", "title": "Giám đốc"},
            "responsible": {"name": "Chị Phụ Trách", "phone": "0912345678"},
        }
        for party in contract["parties"]
    ]
    tag = buyer.ask("GET", path).headers["etag"]
    assert buyer.ask("PATCH", path, {"parties": parties}, **{"If-Match": tag}).status_code == 200
    for side in (buyer, supplier):
        side.act(path, "sign")
    return buyer.act(path, "make-effective")


@pytest.fixture(scope="module")
def story(demo: Demo) -> Iterator[Story]:
    with httpx.Client(base_url=f"{demo.running.api_url}/api/v1/", timeout=30) as http:
        buyer = registered(http, "buyer", "Siêu thị Kể Chuyện")
        supplier = registered(http, "producer", "HTX Kể Chuyện")
        officer = officer_of(http, Path(demo.environment["MARKET_DATA_DIR"]))
        officer.post(f"/organizations/{supplier.organization['id']}/verify", {"note": "Đã xem giấy đăng ký"}, 200)
        need, listing = asked_and_offered(buyer, supplier)
        quote = quoted(buyer, supplier, need, listing)
        contract = contracted(buyer, supplier, quote)
        yield Story(demo, buyer, supplier, officer, need, listing, quote, contract)


def test_a_need_becomes_a_contract_in_force(story: Story) -> None:
    assert story.quote["status"] == "accepted"
    assert story.contract["status"] == "effective"
    assert story.contract["value_vnd"] == story.quote["accepted_vnd"] == 2800 * 28395
    assert story.contract["trade_terms"]["credit_days"] == 45
    assert story.contract["lines"][0]["price_vnd"] == 28395


def test_five_deliveries_are_counted_and_it_ends_partly_fulfilled_with_its_cause(story: Story) -> None:
    line = story.contract["lines"][0]["id"]
    recorded = [
        story.supplier.post(f"{story.path}/deliveries", {"line": line, "delivered_on": TODAY, **arrival})
        for arrival in ARRIVALS
    ]
    assert recorded[2]["standing"]["over_delivered"] is True
    wrong = recorded[2]["delivery"]["id"]
    story.supplier.post(f"{story.path}/deliveries", {"reverses": wrong, "note": "Gõ nhầm"})
    twice = story.supplier.ask("POST", f"{story.path}/deliveries", {"reverses": wrong})
    assert (twice.status_code, twice.json()["code"]) == (409, "already-reversed")
    for entry in (recorded[0], recorded[1], *recorded[3:]):
        story.buyer.post(f"{story.path}/deliveries/{entry['delivery']['id']}/confirm", status=200)

    ledger = story.buyer.get(f"{story.path}/deliveries?limit=20")
    (standing,) = ledger["standings"]
    told = {name: standing[name] for name in ("committed", "delivered", "rejected", "accepted", "outcome")}
    assert told == {
        "committed": "2800",
        "delivered": "2000.25",
        "rejected": "120.5",
        "accepted": "1879.75",
        "outcome": "partly_met",
    }
    assert len(ledger["items"]) == 6

    without_words = story.buyer.act(story.path, "close", {"cause": "other"}, status=400)
    assert [error["code"] for error in without_words["errors"]] == ["note-missing"]
    nothing_delivered = story.buyer.act(story.path, "lapse", {"cause": "logistics"}, status=409)
    assert nothing_delivered["code"] == "requirements-missing"
    asked = story.buyer.act(story.path, "close", {"cause": "logistics", "note": "Thiếu xe lạnh"})
    (proposal,) = asked["proposals"]
    assert asked["status"] == "effective"
    story.supplier.ask("POST", f"/proposals/{proposal['id']}/accept", None, **{"If-Match": "*"})
    closed = story.buyer.get(story.path)
    assert (closed["status"], closed["cause"]) == ("partly_fulfilled", "logistics")
    ended = story.buyer.act(story.path, "terminate", {"cause": "price"}, status=409)
    assert (ended["state"], ended["allowed"]) == ("partly_fulfilled", [])
    lapses = story.officer.get("/reports/lapses")
    assert any(cause["cause"] == "logistics" and cause["partly_fulfilled"] >= 1 for cause in lapses["causes"])


def test_what_was_held_of_the_listing_is_free_again(story: Story) -> None:
    line = {"need_line": story.need["lines"][0]["id"], "listing": story.listing["id"], "price_vnd": 29000}
    valid_until = (clock.today() + timedelta(days=7)).isoformat()
    all_of_it = {"lines": [line | {"quantity": "1000", "per": "week"}], "valid_until": valid_until, "submit": True}
    quote = story.supplier.post(f"/needs/{story.need['id']}/quotes", all_of_it)
    assert story.buyer.act(f"/quotes/{quote['id']}", "accept")["status"] == "accepted"


def test_the_record_of_open_contracting_is_valid_and_tells_the_deliveries(story: Story) -> None:
    package = story.officer.get("/ocds/records?limit=100")
    faults = [error.message for error in Draft202012Validator(record_package(extended=True)).iter_errors(package)]
    assert faults == []
    (record,) = [record for record in package["records"] if record["ocid"].endswith(story.contract["number"])]
    (contract,) = record["compiledRelease"]["contracts"]
    assert contract["status"] == "terminated"
    (item,) = contract["items"]
    amounts = {name: item[name] for name in ("quantity", "deliveredQuantity", "rejectedQuantity", "acceptedQuantity")}
    assert amounts == {
        "quantity": 2800,
        "deliveredQuantity": 2000.25,
        "rejectedQuantity": 120.5,
        "acceptedQuantity": 1879.75,
    }


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("docx", b"PK")])
def test_a_version_is_the_same_paper_whenever_it_is_written(story: Story, kind: str, begins: bytes) -> None:
    path = f"{story.path}/document?format={kind}&version=3"
    first, second = (story.buyer.ask("GET", path).content for _ in range(2))
    assert first == second
    assert first.startswith(begins)


def bomb() -> bytes:
    """A small DOCX of 400 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", bytes(400 * 1024 * 1024))
    return buffer.getvalue()


def kept(demo: Demo) -> int:
    blobs = Path(demo.environment["MARKET_DATA_DIR"]) / "blobs"
    return sum(path.is_file() for path in blobs.rglob("*")) if blobs.exists() else 0


def test_a_file_that_lies_bursts_or_is_too_large_is_refused_with_a_reason_and_leaves_nothing(
    story: Story, tmp_path: Path
) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(200 * 1024 * 1024)
    url = f"{story.buyer.http.base_url}{story.path.lstrip('/')}/documents"
    headers = {"Authorization": f"Bearer {story.buyer.token}"}
    before = kept(story.demo)

    lying = httpx.post(url, headers=headers, files={"file": ("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(40))})
    bursting = httpx.post(url, headers=headers, files={"file": ("a.docx", bomb())}, timeout=60)
    with large.open("rb") as file:
        too_large = httpx.post(url, headers=headers, files={"file": ("a.pdf", file)}, timeout=60)
    good = httpx.post(url, headers=headers, files={"file": ("a.pdf", b"%PDF-1.7\n%%EOF\n")})

    assert [error["code"] for error in lying.json()["errors"]] == ["type-mismatch"]
    assert [error["code"] for error in bursting.json()["errors"]] == ["archive-bomb"]
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too-large")
    assert good.status_code == 201, good.text
    assert kept(story.demo) == before + 1


def verify(demo: Demo) -> tuple[int, str]:
    done = demo.bash(".venv/bin/market audit verify")
    return done.returncode, done.stdout


async def tamper(demo: Demo, statement: str) -> None:
    connection = await asyncpg.connect(demo.running.database_url)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(statement)
    finally:
        await connection.close()


def test_one_row_altered_in_sql_is_named_and_put_right_holds_again(story: Story) -> None:
    eventually(lambda: "still to be followed" not in verify(story.demo)[1], what="the chain has caught up")
    assert verify(story.demo)[0] == 0
    ledger = story.buyer.get(f"{story.path}/deliveries?limit=20")["items"]
    (delivery,) = [item for item in ledger if item["quantity"] == "250.25"]
    change = "UPDATE delivery SET quantity = {} WHERE id = '" + delivery["id"] + "'"

    asyncio.run(tamper(story.demo, change.format("2250.25")))
    try:
        code, said = verify(story.demo)
    finally:
        asyncio.run(tamper(story.demo, change.format("250.25")))

    assert code == 1
    assert f"delivery {delivery['id']} was altered" in said
    assert verify(story.demo)[0] == 0
    assert date.fromisoformat(delivery["delivered_on"]) == clock.today()
