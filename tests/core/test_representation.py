from __future__ import annotations

import json

import pytest

from tests.people import Client


async def test_an_unchanged_thing_is_not_sent_again(client: Client) -> None:
    htx = await client.register()
    path = f"/organizations/{htx.organization['id']}"
    first = await client.get(path)

    again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    weak = await client.get(path, headers={"If-None-Match": f'"khac", W/{first.headers["etag"]}'})
    assert weak.status_code == 304

    await htx.patch(path, {"description": "Mới"})
    changed = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


async def test_two_people_who_see_different_things_have_different_tags(client: Client) -> None:
    htx = await client.register(contact={"phone": "0912345678"})
    path = f"/organizations/{htx.organization['id']}"
    stranger, member = await client.get(path), await htx.get(path)
    assert stranger.json()["contact"] is None
    assert member.json()["contact"]["phone"] == "+84912345678"
    assert stranger.headers["etag"] != member.headers["etag"]


async def test_a_write_on_a_stale_version_is_refused_and_changes_nothing(client: Client) -> None:
    htx = await client.register()
    path = f"/organizations/{htx.organization['id']}"
    tag = (await client.get(path, params={"fields": "name"})).headers["etag"]

    first = await htx.patch(path, {"name": "HTX Tên Mới"}, headers={"If-Match": tag})
    stale = await htx.patch(path, {"name": "HTX Tên Cũ"}, headers={"If-Match": tag})

    assert (first.status_code, stale.status_code) == (200, 412)
    assert stale.json()["code"] == "stale"
    assert (await client.get(path)).json()["name"] == "HTX Tên Mới"
    assert (await htx.patch(path, {"name": "HTX Bất kỳ"}, headers={"If-Match": "*"})).status_code == 200


@pytest.mark.parametrize("tag", ['"không"', '""', "x", '"999-abc"', "\\u0000"])
async def test_tags_that_name_no_version_are_stale(client: Client, tag: str) -> None:
    htx = await client.register()
    path = f"/organizations/{htx.organization['id']}"
    answer = await htx.patch(path, {"name": "HTX"}, headers={"If-Match": tag.encode()})
    assert answer.status_code == 412


async def test_an_empty_list_of_fields_is_left_out(client: Client) -> None:
    htx = await client.register()
    path = f"/organizations/{htx.organization['id']}"
    assert (await client.get(f"{path}?fields=")).json() == (await client.get(path)).json()
    assert (await client.get("/changes?fields=,%20")).json() == (await client.get("/changes")).json()


async def test_fields_trim_one_thing_and_every_item_of_a_page(client: Client) -> None:
    htx = await client.register(name="HTX Gọn")
    one = await client.get(f"/organizations/{htx.organization['id']}?fields=name,id")
    assert one.json() == {"id": htx.organization["id"], "name": "HTX Gọn"}
    page = await client.get("/organizations?fields=name")
    assert page.json() == {"items": [{"name": "HTX Gọn"}], "next_cursor": None}


@pytest.mark.parametrize("path", ["/organizations", "/organizations/{id}"])
async def test_unknown_fields_are_named(client: Client, path: str) -> None:
    htx = await client.register()
    answer = await client.get(path.format(id=htx.organization["id"]) + "?fields=name,mau{0},gia")
    assert answer.status_code == 400
    assert "gia, mau{0}" in answer.json()["errors"][0]["message"]


async def test_a_trimmed_answer_is_the_same_json_as_the_whole_one(client: Client) -> None:
    htx = await client.register()
    path = f"/organizations/{htx.organization['id']}"
    whole = (await client.get(path)).json()
    trimmed = (await client.get(path, params={"fields": ",".join(whole)})).json()
    assert json.dumps(trimmed, sort_keys=True) == json.dumps(whole, sort_keys=True)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/reference/provinces", {"code", "name"}),
        ("/reference/concepts", {"id", "name_vi"}),
        ("/reference/units", {"code"}),
        ("/programmes", {"id"}),
    ],
)
async def test_fields_trim_every_item_of_a_list_that_comes_whole(client: Client, path: str, fields: set[str]) -> None:
    whole, trimmed = await client.get(path), await client.get(path, params={"fields": ",".join(fields)})
    assert {frozenset(item) for item in trimmed.json()["items"]} == {frozenset(fields)}
    assert trimmed.json().keys() == {"items", "next_cursor"}
    assert trimmed.headers["etag"] != whole.headers["etag"]


async def test_what_was_created_is_where_location_says(client: Client) -> None:
    htx = await client.register()
    person = {"full_name": "Người Thử", "email": "moi@thu.example", "password": "mot-cau-dai"}
    answers = [
        await htx.post("/api-keys", {"name": "máy"}),
        await htx.post(f"/organizations/{htx.organization['id']}/members", {"user": person}),
    ]
    for answer in answers:
        found = await htx.get(answer.headers["location"])
        assert (answer.status_code, found.status_code) == (201, 200)
        assert found.json()["id"] == answer.json()["id"]
