"""A newcomer's first evening: six listings written as people write, with photos from a phone, seen by everybody."""

from __future__ import annotations

from typing import Any

import pytest

from tests.people import Client
from tests.photos.pictures import encoded, opened, picture, with_place

pytestmark = pytest.mark.usefixtures("blobs")

OFFERED: list[tuple[str, str, str, int]] = [
    ("Thanh long ruột đỏ Chợ Gạo", "28.000 đ", "dragon-fruit-red", 28_000),
    ("Bưởi da xanh Bến Tre", "45k", "pomelo-da-xanh", 45_000),
    ("Xoài cát Hòa Lộc", "65.000đ", "mango-hoa-loc", 65_000),
    ("Chuối già Nam Mỹ", "12 nghìn", "banana-cavendish", 12_000),
    ("Sầu riêng Ri6", "0,1 triệu", "durian", 100_000),
    ("Dừa xiêm xanh", "9.000 VND", "coconut-green-dwarf", 9_000),
]


def listing(title: str, price: str) -> dict[str, Any]:
    return {
        "title": title,
        "unit": "kg",
        "price_vnd": price,
        "province": "Tiền Giang",
        "grade": "loại I",
        "publish": True,
    }


async def test_a_newcomer_lists_six_goods_with_kg_and_28_000_and_photos(client: Client) -> None:
    owner = await client.register("producer")
    refused = await owner.post("/listings", listing(OFFERED[0][0], "28.000") | {"unit": "kgg"})
    assert refused.status_code == 400
    errors = {error["pointer"]: error for error in refused.json()["errors"]}
    assert errors["/price_vnd"]["suggestions"][:2] == ["28000", "28 đ"]
    assert "KGM" in errors["/unit"]["suggestions"]
    assert (await owner.get("/listings?status=any")).json()["total"] == 0

    for number, (title, price, concept, dong) in enumerate(OFFERED):
        created = await owner.post("/listings", listing(title, price))
        assert created.status_code == 201, created.text
        told = created.json()
        assert (told["unit"], told["price_vnd"], told["status"]) == ("KGM", dong, "published")
        assert told["concept"]["id"] == concept, told["concept"]
        body = with_place(picture(shade=number)) if number % 2 else encoded(picture(shade=number), "PNG")
        photo = await owner.post(f"/listings/{told['id']}/photos", files={"file": ("IMG.jpg", body)})
        assert photo.status_code == 201, photo.text

    shown = (await owner.get("/listings?status=published")).json()
    assert shown["total"] == len(OFFERED)
    pictures = {item["photo"]["small"] for item in shown["items"]}
    assert len(pictures) == len(OFFERED)
    for item in shown["items"]:
        content = await client.get(item["photo"]["small"])
        assert content.status_code == 200
        assert not opened(content.content).getexif()
        assert (await client.get(f"/listings/{item['id']}")).json()["photo"]["thumbhash"] == item["photo"]["thumbhash"]
