"""Photos of listings and organizations over HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.sweeping import sweep_orphans
from market.config import Settings
from market.core import clock
from market.core.changes import Change
from market.photos.making import photo_blobs
from market.photos.models import Photo
from market.photos.service import MOST
from tests.people import Client, added
from tests.photos.pictures import encoded, opened, picture, with_place
from tests.searched import Searched

LISTING: dict[str, Any] = {
    "title": "Thanh long ruột đỏ Chợ Gạo",
    "province": {"code": "82", "version": "2008"},
    "unit": "KGM",
}
pytestmark = pytest.mark.usefixtures("blobs")


async def listed(owner: Client, *, publish: bool = True) -> str:
    answer = await owner.post("/listings", LISTING | {"publish": publish, "another": True})
    assert answer.status_code == 201, answer.text
    return f"/listings/{answer.json()['id']}"


async def send(who: Client, path: str, body: bytes | None = None, **fields: str) -> httpx.Response:
    headers = {"Idempotency-Key": key} if (key := fields.pop("key", None)) else {}
    file = ("anh.jpg", body or encoded(picture()), "image/jpeg")
    return await who.post(f"{path}/photos", files={"file": file}, data=fields, headers=headers)


def kept(blobs: Path) -> list[str]:
    return sorted(path.name for path in blobs.rglob("*") if path.is_file())


async def test_a_photo_of_a_listing_is_on_its_card_and_cacheable_for_ever(client: Client) -> None:
    owner = await client.register()
    path = await listed(owner)

    sent = await send(owner, path, with_place(picture()), alt="Thanh long vừa hái")
    assert sent.status_code == 201, sent.text
    photo = sent.json()
    assert (photo["place"], photo["alt"], photo["width"], photo["height"]) == (1, "Thanh long vừa hái", 1280, 960)
    assert sent.headers["location"] == f"/api/v1{path}/photos/{photo['id']}"

    shown = (await client.get(path)).json()["photo"]
    assert shown == {name: photo[name] for name in ("small", "large", "thumbhash", "alt")}
    content = await client.get(shown["small"])
    assert content.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert content.headers["content-type"] == "image/webp"
    assert content.headers["x-content-type-options"] == "nosniff"
    assert opened(content.content).size == (480, 360)
    again = await client.get(shown["small"], headers={"If-None-Match": content.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    own = (await owner.get("/listings", params={"status": "any"})).json()["items"][0]
    assert own["photo"] == shown


async def test_without_words_the_title_is_the_alternative_text(client: Client) -> None:
    owner = await client.register()

    assert (await send(owner, await listed(owner))).json()["alt"] == LISTING["title"]


async def test_an_organization_shows_itself(client: Client) -> None:
    owner = await client.register(name="HTX Có Ảnh")
    path = f"/organizations/{owner.organization['id']}"
    assert (await client.get(path)).json()["photo"] is None

    photo = (await send(owner, path)).json()

    assert (await client.get(path)).json()["photo"]["large"] == photo["large"]
    assert photo["alt"] == "HTX Có Ảnh"
    assert (await client.get(photo["large"])).status_code == 200
    officer = await client.officer()
    await officer.post(f"{path}/suspend")
    assert (await client.get(photo["large"])).status_code == 404
    signed = (await owner.get(f"{path}/photos")).json()["items"][0]["large"]
    assert (await client.get(signed)).status_code == 200


async def test_photos_of_a_draft_have_signed_addresses_that_expire(client: Client) -> None:
    owner = await client.register()
    path = await listed(owner, publish=False)
    photo = (await send(owner, path)).json()
    bare, _, query = photo["small"].partition("?")

    shown = await client.get(photo["small"])
    assert shown.status_code == 200
    assert shown.headers["cache-control"].startswith("private, max-age=")
    assert (await owner.get(path)).json()["photo"]["small"] == photo["small"]
    assert (await client.get(bare)).status_code == 404
    assert (await client.get(f"{bare}?{query[:-1]}x")).status_code == 404
    other = photo["large"].partition("?")[0]
    assert (await client.get(f"{other}?{query}")).status_code == 404
    assert (await client.get(f"{bare}?{query.replace('expires=', 'expires=9')}")).status_code == 404
    with clock.shifted(timedelta(minutes=59)):
        assert (await client.get(photo["small"])).status_code == 200
    with clock.shifted(timedelta(hours=2, minutes=1)):
        assert (await client.get(photo["small"])).status_code == 404
        owner.token = await owner.sign_in(owner.user["email"])
        renewed = (await owner.get(path)).json()["photo"]["small"]
        assert (await client.get(renewed)).status_code == 200

    owner.token = await owner.sign_in(owner.user["email"])
    await owner.post(f"{path}/publish")
    assert (await client.get(path)).json()["photo"]["small"] == bare
    assert (await client.get(bare)).status_code == 200
    await owner.post(f"{path}/pause")
    assert (await client.get(bare)).status_code == 404


async def test_order_and_words_can_be_changed(client: Client) -> None:
    owner = await client.register()
    path = await listed(owner)
    ids = [(await send(owner, path, encoded(picture(shade=shade)))).json()["id"] for shade in (0, 60, 120)]

    moved = await owner.patch(f"{path}/photos/{ids[2]}", {"place": 1, "alt": "Vườn"})

    assert (moved.status_code, moved.json()["place"], moved.json()["alt"]) == (200, 1, "Vườn")
    items = (await client.get(f"{path}/photos")).json()["items"]
    assert [(one["id"], one["place"]) for one in items] == [(ids[2], 1), (ids[0], 2), (ids[1], 3)]
    assert (await client.get(path)).json()["photo"]["alt"] == "Vườn"
    last = await owner.patch(f"{path}/photos/{ids[2]}", {"place": 99})
    assert last.json()["place"] == 3
    stale = await owner.patch(f"{path}/photos/{ids[2]}", {"alt": "Cũ"}, headers={"If-Match": '"1-x"'})
    assert stale.status_code == 412
    assert (await owner.patch(f"{path}/photos/{ids[2]}", {"alt": None})).status_code == 400


async def test_a_removed_photo_is_gone_and_the_next_is_shown(client: Client) -> None:
    owner = await client.register()
    path = await listed(owner)
    first = (await send(owner, path)).json()
    second = (await send(owner, path, encoded(picture(shade=90)))).json()

    assert (await owner.request("DELETE", f"{path}/photos/{first['id']}")).status_code == 204

    assert (await client.get(path)).json()["photo"]["small"] == second["small"]
    assert (await client.get(first["small"])).status_code == 404
    assert (await owner.request("DELETE", f"{path}/photos/{first['id']}")).status_code == 404
    await owner.request("DELETE", f"{path}/photos/{second['id']}")
    assert (await client.get(path)).json()["photo"] is None


async def test_strangers_change_nothing(client: Client) -> None:
    owner, stranger = await client.register(), await client.register()
    path, draft = await listed(owner), await listed(owner, publish=False)
    photo = (await send(owner, path)).json()

    assert (await send(client, path)).status_code == 401
    assert (await send(stranger, path)).status_code == 403
    assert (await send(stranger, draft)).status_code == 404
    assert (await stranger.get(f"{draft}/photos")).status_code == 404
    assert (await stranger.patch(f"{path}/photos/{photo['id']}", {"alt": "x"})).status_code == 403
    assert (await stranger.request("DELETE", f"{path}/photos/{photo['id']}")).status_code == 403
    assert (await owner.request("DELETE", f"{draft}/photos/{photo['id']}")).status_code == 404
    colleague = await added(owner, "staff")
    assert (await colleague.patch(f"{path}/photos/{photo['id']}", {"alt": "Của chung"})).status_code == 200


async def test_what_is_refused_leaves_nothing_behind(client: Client, blobs: Path, session: AsyncSession) -> None:
    owner = await client.register()
    path = await listed(owner)
    settings: Settings = client.app.state.settings

    refused = await send(owner, path, encoded(picture())[:-2000])
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unreadable")
    assert "hỏng" in refused.json()["errors"][0]["message"]
    assert (await send(owner, path, b"<svg></svg>")).json()["errors"][0]["code"] == "vector"
    assert (await send(owner, path, b"\xff\xd8\xff" + b"0" * settings.max_photo_bytes)).status_code == 413
    assert (await send(owner, path, alt="x" * 201)).json()["errors"][0]["pointer"] == "/alt"
    assert (await send(owner, path, other="x")).status_code == 400

    assert kept(blobs) == []
    assert (await session.scalars(select(Photo))).all() == []


async def test_the_name_of_a_file_counts_for_nothing(client: Client) -> None:
    owner = await client.register()
    file = ("anh.exe", encoded(picture(), "HEIF"), "text/html")

    answer = await owner.post(f"{await listed(owner)}/photos", files={"file": file})

    assert (answer.status_code, answer.json()["width"]) == (201, 1280)


async def test_sent_twice_with_one_key_is_one_photo(client: Client) -> None:
    owner = await client.register()
    path = await listed(owner)
    boundary = {"Content-Type": "multipart/form-data; boundary=ranh", "Idempotency-Key": "anh-1"}
    file = b'--ranh\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    form = file + encoded(picture()) + b"\r\n--ranh--\r\n"

    first = await owner.post(f"{path}/photos", content=form, headers=boundary)
    again = await owner.post(f"{path}/photos", content=form, headers=boundary)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true"
    assert first.json()["id"] == again.json()["id"]
    there = await send(owner, path)
    assert (there.status_code, there.json()["code"]) == (409, "photo-there")


async def test_there_is_an_end_to_photos_and_bytes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await client.register()
    path = await listed(owner)
    for shade in range(MOST):
        assert (await send(owner, path, encoded(picture(64, 64, shade=shade * 15)))).status_code == 201
    full = await send(owner, path, encoded(picture(80, 64)))
    assert (full.status_code, full.json()["code"]) == (409, "too-many-photos")

    monkeypatch.setattr(client.app.state.settings, "photo_storage_bytes", 100)
    full = await send(owner, await listed(owner))
    assert (full.status_code, full.json()["code"]) == (409, "photo-storage-full")


async def test_archived_listings_take_no_photos(client: Client) -> None:
    owner = await client.register()
    path = await listed(owner)
    await owner.request("DELETE", path)

    assert (await send(owner, path)).status_code == 409


async def test_the_log_tells_of_photos_without_their_keys(client: Client, session: AsyncSession) -> None:
    owner = await client.register()
    path = await listed(owner)
    await send(owner, path)

    changes = (await session.scalars(select(Change).where(Change.verb.in_(["create", "show"])))).all()
    key = (await session.scalars(select(Photo.signing_key))).one()
    assert {("photo", "create"), ("listing", "show")} <= {(change.entity, change.verb) for change in changes}
    assert not any(key in str(change.diff) for change in changes)
    assert key not in (await owner.get(path)).text


async def test_contents_of_removed_photos_are_swept_and_others_stay(
    client: Client, blobs: Path, session: AsyncSession
) -> None:
    owner = await client.register()
    path, other = await listed(owner), await listed(owner)
    gone = (await send(owner, path, encoded(picture(shade=90)))).json()
    shared = (await send(owner, path)).json()
    await send(owner, other)
    for photo in (gone, shared):
        await owner.request("DELETE", f"{path}/photos/{photo['id']}")

    with clock.shifted(timedelta(hours=2)):
        assert await sweep_orphans(session, photo_blobs(client.app.state.settings)) == 2

    assert len(kept(blobs)) == 2
    assert (await client.get(shared["large"])).status_code == 200


async def test_search_shows_the_photo_once_the_log_was_followed(searched: Searched) -> None:
    owner = await searched.client.register()
    path = await listed(owner)
    photo = (await send(owner, path)).json()
    await searched.settle()

    (found,) = (await searched.client.get("/listings", params={"q": "thanh long"})).json()["items"]
    assert found["photo"]["small"] == photo["small"]

    await owner.request("DELETE", f"{path}/photos/{photo['id']}")
    await searched.settle()
    (found,) = (await searched.client.get("/listings", params={"q": "thanh long"})).json()["items"]
    assert found["photo"] is None
