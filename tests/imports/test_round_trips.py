"""What is exported and imported again untouched changes nothing; one changed cell changes only that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from market.imports.sheets.opening import open_book
from tests.imports.sheets import answered, brought, run, workbook
from tests.people import Client

Made = tuple[Client, str, dict[str, Any]]
"""Who exports and imports, where the list is, and the options of its import."""

NEED: Mapping[str, Any] = {
    "title": "Thanh long cho 40 cửa hàng",
    "description": "Giao tại kho trung tâm",
    "lines": [
        {
            "concept": "dragon-fruit-red", "name": "Thanh long Chợ Gạo loại đẹp", "quantity": "500.5", "unit": "KGM",
            "per": "week", "weekdays": [1, 3, 5], "from": "2030-12-02", "to": "2031-02-28",
            "required_certificates": ["vietgap"], "preferred_certificates": ["ocop:4"], "price_ceiling_vnd": 32000,
            "grade": "loại 1", "size": "300-400 g", "packaging": "thùng 10 kg", "note": "quả đều; không dập",
        },
        {
            "concept": "mango", "quantity": "1.1250", "unit": "thùng", "per": "day", "from": "2030-12-02",
            "to": "2030-12-30", "kg_each": "9.5", "packaging": "thùng 10 kg", "forms": ["dried"],
        },
        {"name": "Quả lạ chưa ai đặt tên", "quantity": "3", "unit": "KGM", "per": "total", "from": "2030-12-02",
         "to": "2030-12-02"},
    ],
    "delivery_province": {"code": "79", "version": "2008"},
    "deliver_before": "05:30",
    "deadline": "2030-11-15",
    "external_id": "NC-01",
    "publish": True,
}  # fmt: skip


async def needs(client: Client) -> Made:
    buyer = await client.register("buyer")
    answer = await buyer.post("/needs", NEED)
    assert answer.status_code == 201, answer.text
    return buyer, "/needs?status=published", {}


async def listings(client: Client) -> Made:
    coop = await client.register("producer")
    body = {
        "title": "Bơ 034 Lâm Đồng", "province": {"code": "68", "version": "2008"}, "unit": "thùng", "price_vnd": 350000,
        "price_until": "2031-01-05", "moq": "1.1250", "packaging": "thùng 10 kg", "kg_each": "9.5", "cold_chain": True,
        "variety": "034", "grade": "loại 1", "description": "Bơ sáp", "growing_area": "VN-LDOR-0001",
        "capacity": [{"from": "2030-12-01", "to": "2031-02-28", "quantity": "500", "per": "week"}],
        "price_tiers": [{"min_quantity": "50", "price_vnd": 330000}], "external_id": "BO-1", "publish": True,
    }  # fmt: skip
    answer = await coop.post("/listings", body)
    assert answer.status_code == 201, answer.text
    assert (await coop.post("/listings", {**body, "title": "Bơ cân", "unit": "KGM", "price_vnd": 28000,
                                          "kg_each": None, "external_id": "BO-2"})).status_code == 201  # fmt: skip
    return coop, "/listings?status=any", {}


async def lots(client: Client) -> Made:
    coop, _, _ = await listings(client)
    listing = (await coop.get("/listings?status=any")).json()["items"][0]["id"]
    for code, more in (("L-01", {"gtin": "08936000000011"}), ("L-02", {})):
        body = {
            "code": code, "harvested_from": "2026-10-01", "harvested_to": "2026-10-03", "quantity": "500.1250",
            "growing_area_code": "VN-LDOR-0001", "packed_on": "2026-10-04", "best_before": "2030-12-12",
            "note": "Lứa đầu", "unit": "tạ", **more,
        }  # fmt: skip
        answer = await coop.post(f"/listings/{listing}/lots", body)
        assert answer.status_code == 201, answer.text
    return coop, f"/listings/{listing}/lots", {}


async def exported(who: Client, path: str, format_: str, language: str) -> bytes:
    sign = "&" if "?" in path else "?"
    answer = await who.get(f"{path}{sign}format={format_}", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.content


KINDS: Mapping[str, Callable[[Client], Awaitable[Made]]] = {
    "needs": needs,
    "listings": listings,
    "prices": listings,
    "lots": lots,
}


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_exported_and_imported_again_is_unchanged(client: Client, kind: str) -> None:
    who, path, options = await KINDS[kind](client)
    before = (await who.get(path)).json()["items"]
    for format_ in ("xlsx", "csv"):
        for language in ("vi", "en"):
            body = await exported(who, path, format_, language)
            task = await brought(who, body, kind, f"xuat.{format_}", **options)
            told = (format_, language, task["questions"], task["remarks"], task["preview"])
            assert task["state"] == "ready", told
            assert kind == "prices" or not any(one["code"] == "columns-unknown" for one in task["remarks"]), told
            done = await run(who, task)
            counts = done["counts"]
            assert [counts[name] for name in ("updated", "created", "refused")] == [0, 0, 0], (done, told)
            assert counts["unchanged"] > 0, done
    assert (await who.get(path)).json()["items"] == before


CHANGES = {
    "Số lượng": ("quantity", 600.0, "600"),
    "Mỗi": ("per", "ngày", "day"),
    "Các thứ giao hàng": ("weekdays", "T2, CN", [1, 7]),
    "Giá trần": ("price_ceiling_vnd", 33000, 33000),
    "Bắt buộc có": ("required_certificates", "GlobalGAP", ["globalgap"]),
    "Ghi chú": ("note", "quả to", "quả to"),
    "Quy cách": ("packaging", "thùng 12 kg", "thùng 12 kg"),
    "Kích cỡ": ("size", "400-500 g", "400-500 g"),
}


@pytest.mark.parametrize("heading", CHANGES)
async def test_one_changed_cell_of_a_need_changes_only_that(client: Client, heading: str) -> None:
    who, path, _ = await needs(client)
    before = (await who.get(path)).json()["items"][0]
    read = open_book(await exported(who, path, "xlsx", "vi"), name="x.xlsx").sheets[0].rows
    name, cell, value = CHANGES[heading]
    rows: list[list[Any]] = [list(row) for row in read]
    rows[1][rows[0].index(heading)] = cell
    done = await run(who, await brought(who, workbook(rows), "needs"))
    assert done["counts"]["updated"] == 1, done
    after = (await who.get(path)).json()["items"][0]
    assert after["lines"][0].pop(name) == value
    before["lines"][0].pop(name)
    for line in (*before["lines"], *after["lines"]):
        line.pop("weekly_kg")
    moved = {"version", "updated_at"}
    assert {k: v for k, v in after.items() if k not in moved} == {k: v for k, v in before.items() if k not in moved}


async def test_a_column_that_a_file_lacks_leaves_what_is_there(client: Client) -> None:
    who, path, _ = await needs(client)
    before = (await who.get(path)).json()["items"][0]["lines"]
    rows = open_book(await exported(who, path, "xlsx", "vi"), name="x.xlsx").sheets[0].rows
    kept = [rows[0].index(name) for name in ("Mã trên Market", "Mặt hàng", "Số lượng", "Từ ngày", "Đến ngày")]
    task = await brought(who, workbook([[row[at] for at in kept] for row in rows]), "needs")
    if task["state"] != "ready":
        task = await answered(who, task, answers={"default:unit": "KGM"})
    done = await run(who, task)
    assert done["counts"]["refused"] == 0, done
    after = (await who.get(path)).json()["items"][0]["lines"]
    for line, was in zip(after, before, strict=True):
        assert line == was
