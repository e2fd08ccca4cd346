"""Grade and size that stand only in the words for goods hold as conditions."""

from __future__ import annotations

from market.imports.sheets.opening import open_book
from tests.imports.sheets import brought, imported, run, workbook
from tests.people import Client

WORDS = "sầu riêng Ri6 loại 1, trái 2-3kg"


async def test_grade_and_size_in_the_name_are_conditions(client: Client) -> None:
    buyer = await client.register("buyer")
    line = {"name": WORDS, "quantity": "500", "unit": "kg", "per": "week", "from": "2030-12-02", "to": "2030-12-29"}
    need = {"title": "Sầu riêng", "lines": [line, {**line, "grade": "loại 2"}], "delivery_province": "Cần Thơ"}
    answer = await buyer.post("/needs", need)
    assert answer.status_code == 201, answer.text
    first, second = answer.json()["lines"]
    assert (first["name"], first["grade"], first["size"]) == (WORDS, "loại 1", "trái 2-3kg")
    assert second["grade"] == "loại 2"


async def test_a_file_keeps_the_words_and_their_conditions(client: Client) -> None:
    buyer = await client.register("buyer")
    rows = [["Tên hàng", "ĐVT", "Số lượng", "Ngày giao"], [WORDS, "kg", 500, "02/12/2030"]]
    done = await imported(buyer, workbook(rows), "needs")
    assert done["counts"]["created"] == 1, done
    (line,) = (await buyer.get("/needs?status=any")).json()["items"][0]["lines"]
    assert (line["name"], line["grade"], line["size"]) == (WORDS, "loại 1", "trái 2-3kg")


async def test_what_a_plan_says_beside_its_columns_is_remarked(client: Client) -> None:
    buyer = await client.register("buyer")
    above = "Giao trước 5h30 sáng tại kho Thủ Đức"
    rows = [["Kế hoạch mua tuần 49"], [above], ["Tên hàng", "ĐVT", "Số lượng", "Ngày giao", "Ghi chú"],
            ["Cà chua", "kg", 500, "02/12/2030", "VietGAP"]]  # fmt: skip
    task = await brought(buyer, workbook(rows), "needs")
    assert any(one["code"] == "words-above" and above in one["message"] for one in task["remarks"]), task["remarks"]
    await run(buyer, task)
    result = await buyer.get(f"/imports/{task['id']}/result")
    assert "trong ghi chú chỉ là ghi chú" in str(open_book(result.content, name="x.xlsx").sheets[0].rows)
