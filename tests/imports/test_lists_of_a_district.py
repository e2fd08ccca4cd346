"""A district's list of products with stars: of many organizations, imported as one's own or as each one's."""

from __future__ import annotations

from typing import Any

from tests.imports.sheets import Drawn, answered, brought, imported, run, sent, workbook
from tests.people import Client

DISTRICT = workbook(
    Drawn(
        rows=[
            ["DANH SÁCH SẢN PHẨM OCOP (minh họa)"],
            [],
            ["STT", "Tên sản phẩm", None, None, "Hạng", None, None, "Còn hạn"],
            [None, None, "Tên", "Địa chỉ", None, "Số", "Ngày", None],
            [1, "Cam sành", "HTX Minh Họa Thông Xanh", "xã Thông Xanh", "3 sao", "123/QĐ-UBND", "05/11/2024", "x"],
            [2, "Mứt chuối tá quạ", "HTX Minh Họa Tân Quy", "xã Tân Quy", "★★★", "123/QĐ-UBND", "5/11/2024", "x"],
            [3, "Chiếu cói dệt tay", "Tổ Minh Họa Cói", "xã Mẫu", "3", "15/QĐ-UBND", "12-2023", None],
        ],
        merged=[("C3:D3", "Chủ thể"), ("F3:G3", "Quyết định công nhận")],
    )
)
UNITS: dict[str, Any] = {"default:unit": "H87"}


async def codes_of(who: Client, organization: str) -> dict[str, int]:
    task = await imported(who, DISTRICT, "listings", answers={**UNITS, "organization": organization})
    codes: dict[str, int] = task["counts"]["codes"]
    return codes


async def test_a_list_of_others_becomes_ones_own_goods_that_name_them(client: Client) -> None:
    coop = await client.register("producer")
    task = await brought(coop, DISTRICT, "listings")
    assert [question["id"] for question in task["questions"]] == ["organization", "default:unit"]
    assert await codes_of(coop, "mine") == {}
    there = (await coop.get("/listings?status=any&limit=100")).json()["items"]
    details = [(await coop.get(f"/listings/{item['id']}")).json()["description"] for item in there]
    assert len(details) == 3
    assert any("Chủ thể: HTX Minh Họa Tân Quy, xã Tân Quy" in text and "OCOP 3 sao" in text for text in details)


async def test_an_administrator_brings_the_goods_of_each_organization_that_is_there(client: Client) -> None:
    first = await client.register("producer", name="HTX Minh Họa Thông Xanh")
    second = await client.register("producer", name="HTX Minh Họa Tân Quy")
    administrator = await client.officer("admin")
    task = await brought(administrator, DISTRICT, "listings")
    assert [question["id"] for question in task["questions"]] == ["default:unit", "default:province"]
    task = await answered(administrator, task, answers={**UNITS, "default:province": "82"})
    assert (task["counts"]["created"], task["counts"]["codes"]) == (2, {"unknown-organization": 1})
    await run(administrator, task)
    for who, title in ((first, "Cam sành"), (second, "Mứt chuối tá quạ")):
        (item,) = (await who.get("/listings?status=any")).json()["items"]
        assert (item["title"], item["province"]["code"]) == (title, "82")


async def test_whoever_may_not_offer_for_others_is_told_who_does(client: Client) -> None:
    await client.register("producer", name="HTX Minh Họa Thông Xanh")
    coop, officer = await client.register("producer"), await client.officer()
    assert await codes_of(coop, "named") == {"not-yours": 1, "unknown-organization": 2}
    refused = await sent(officer, DISTRICT, "listings")
    assert refused.status_code == 403
    assert "quản trị viên" in refused.json()["detail"]
