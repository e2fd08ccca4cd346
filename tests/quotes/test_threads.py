from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from market.config import Settings
from market.core.changes import Change
from tests.people import Client, added
from tests.quotes.stories import Trade, made, trade

SECRET = "Giá chót là hai mươi bảy nghìn"


async def begun(around: Trade, who: Client | None = None, **subject: Any) -> dict[str, Any]:
    return await made(who or around.supplier, "/threads", {"text": SECRET, **subject})


async def unread(who: Client) -> list[int]:
    return [item["unread"] for item in (await who.get("/threads")).json()["items"]]


async def test_two_organizations_write_to_each_other_about_a_need(client: Client, session: AsyncSession) -> None:
    around = await trade(client)
    thread = await begun(around, need=around.need["id"])
    path = f"/threads/{thread['id']}"

    answered = await around.buyer.post(f"{path}/messages", {"text": "Cảm ơn, mời gửi báo giá."})

    assert answered.status_code == 201
    names = {organization["name"] for organization in thread["organizations"]}
    assert names == {"HTX Bán Thử", "Siêu thị Mua Thử"}
    messages = (await around.supplier.get(f"{path}/messages")).json()["items"]
    assert [(item["organization"], item["text"]) for item in messages] == [
        (around.buyer.organization["id"], "Cảm ơn, mời gửi báo giá."),
        (around.supplier.organization["id"], SECRET),
    ]
    entries = list(await session.scalars(select(Change).where(Change.entity == "thread").order_by(Change.id)))
    assert [entry.verb for entry in entries] == ["create", "post"]
    assert SECRET not in str([entry.diff for entry in entries])


async def test_a_thread_is_for_its_two_organizations_and_officers(client: Client) -> None:
    around = await trade(client)
    thread = await begun(around, listing=around.listing["id"], organization=around.buyer.organization["id"])
    stranger, officer = await client.register("producer"), await client.officer()
    path = f"/threads/{thread['id']}"

    assert (await client.get(path)).status_code == 401
    assert {(await stranger.get(each)).status_code for each in (path, f"{path}/messages")} == {404}
    assert (await stranger.post(f"{path}/messages", {"text": "Chen vào"})).status_code == 404
    assert (await stranger.get("/threads")).json()["items"] == []
    assert (await officer.get(path)).status_code == 200
    assert (await officer.post(f"{path}/messages", {"text": "Góp ý"})).status_code == 403


async def test_unread_counts_are_of_the_other_sides_messages_and_of_one_person(client: Client) -> None:
    around = await trade(client)
    colleague = await added(around.buyer)
    thread = await begun(around, need=around.need["id"])
    path = f"/threads/{thread['id']}"
    second = (await around.supplier.post(f"{path}/messages", {"text": "Anh chị xem giúp"})).json()
    before = [await unread(who) for who in (around.supplier, around.buyer, colleague)]

    first = (await around.buyer.get(f"{path}/messages")).json()["items"][1]
    halfway = (await around.buyer.post(f"{path}/read", {"message": first["id"]})).json()["unread"]
    whole = (await around.buyer.post(f"{path}/read", {"message": second["id"]})).json()["unread"]
    await around.buyer.post(f"{path}/read", {"message": first["id"]})
    unknown = await around.buyer.post(f"{path}/read", {"message": around.line})

    assert before == [[0], [2], [2]]
    assert (halfway, whole) == (1, 0)
    assert [await unread(who) for who in (around.buyer, colleague)] == [[0], [2]]
    assert unknown.status_code == 400
    assert (await around.buyer.get("/threads?unread=true")).json()["items"] == []
    assert len((await colleague.get("/threads?unread=true")).json()["items"]) == 1


async def test_the_thread_written_to_last_comes_first(client: Client) -> None:
    around = await trade(client)
    older = await begun(around, need=around.need["id"])
    newer = await begun(around, listing=around.listing["id"], organization=around.buyer.organization["id"])
    await around.buyer.post(f"/threads/{older['id']}/messages", {"text": "Vẫn cần"})

    (message,) = (await around.buyer.get(f"/threads/{older['id']}/messages?limit=1&fields=text")).json()["items"]
    assert message == {"text": "Vẫn cần"}
    page = (await around.supplier.get("/threads?limit=1")).json()
    rest = (await around.supplier.get(f"/threads?limit=1&cursor={page['next_cursor']}")).json()

    assert [item["id"] for item in (*page["items"], *rest["items"])] == [older["id"], newer["id"]]
    assert page["items"][0]["last_message"]["text"] == "Vẫn cần"


async def test_writing_again_about_the_same_thing_goes_into_the_same_thread_from_either_side(client: Client) -> None:
    around = await trade(client)
    thread = await begun(around, need=around.need["id"])

    again = await around.buyer.post(
        "/threads",
        {"need": around.need["id"], "organization": around.supplier.organization["id"], "text": "Chào HTX"},
    )

    assert (again.status_code, again.json()["id"]) == (200, thread["id"])
    assert len((await around.buyer.get(f"/threads/{thread['id']}/messages")).json()["items"]) == 2


async def test_a_thread_about_a_quote_stays_between_its_sides(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted()
    stranger = await client.register("producer")

    thread = await begun(around, around.buyer, quote=quote["id"])
    hidden = await stranger.post("/threads", {"quote": quote["id"], "text": "Giá bao nhiêu?"})
    outward = await around.buyer.post(
        "/threads", {"quote": quote["id"], "organization": stranger.organization["id"], "text": "Xem giá này"}
    )

    assert thread["quote"] == quote["id"]
    assert [error["code"] for error in hidden.json()["errors"]] == ["not-found"]
    assert [error["code"] for error in outward.json()["errors"]] == ["not-between"]


@pytest.mark.parametrize("missing", ["counterpart", "text", "self", "two", "foreign"])
async def test_a_thread_needs_a_text_and_two_organizations(client: Client, missing: str) -> None:
    around = await trade(client)
    third = await client.register("producer")
    own, need = around.buyer.organization["id"], around.need["id"]
    body, pointer = {
        "counterpart": ({"need": need, "text": "Chào"}, "/organization"),
        "text": ({"organization": third.organization["id"], "text": "  "}, "/text"),
        "self": ({"organization": own, "text": "Chào"}, "/organization"),
        "two": ({"need": need, "listing": around.listing["id"], "text": "Chào"}, ""),
        "foreign": (
            {"listing": around.listing["id"], "organization": third.organization["id"], "text": "Chào"},
            "/organization",
        ),
    }[missing]

    answer = await around.buyer.post("/threads", body)

    assert answer.status_code == 400, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_what_was_written_stays_written(client: Client, session: AsyncSession) -> None:
    around = await trade(client)
    await begun(around, need=around.need["id"])

    with pytest.raises(DBAPIError, match="append-only"):
        await session.execute(text("UPDATE thread_message SET text = 'khác'"))


async def test_who_left_an_organization_reads_its_threads_no_more(client: Client) -> None:
    around = await trade(client)
    leaving = await added(around.buyer)
    thread = await begun(around, need=around.need["id"])
    path = f"/threads/{thread['id']}"
    before = await leaving.get(path)

    await around.buyer.delete(f"/organizations/{around.buyer.organization['id']}/members/{leaving.member_id}")

    assert (before.status_code, (await leaving.get(path)).status_code) == (200, 404)


@pytest.fixture
def blobs(client: Client, tmp_path: Path) -> Iterator[Path]:
    """A data directory of this test alone; the blobs lie in it."""
    settings: Settings = client.app.state.settings
    before, settings.data_dir = settings.data_dir, tmp_path
    yield tmp_path / "blobs"
    settings.data_dir = before


def kept(blobs: Path) -> list[Path]:
    return [path for path in blobs.rglob("*") if path.is_file()]


async def test_a_file_comes_as_a_message_and_only_for_the_two(client: Client, blobs: Path) -> None:
    around = await trade(client)
    stranger = await client.register("producer")
    thread = await begun(around, need=around.need["id"])
    path, body = f"/threads/{thread['id']}/files", b"%PDF-1.7\ntrailer<<>>\n%%EOF\n"
    await around.buyer.post(f"/threads/{thread['id']}/read")

    sent = await around.supplier.post(path, files={"file": ("Phiếu kiểm nghiệm.pdf", body)})

    assert sent.status_code == 201, sent.text
    message = sent.json()
    file = message["attachment"]
    assert (message["text"], file["size"], file["content_type"]) == (
        "Phiếu kiểm nghiệm.pdf",
        len(body),
        "application/pdf",
    )
    shown = (await around.buyer.get("/threads")).json()["items"][0]
    assert (shown["unread"], shown["last_message"]) == (1, message)
    assert (await around.buyer.get(f"{path}/{file['id']}")).content == body
    assert (await stranger.get(f"{path}/{file['id']}")).status_code == 404
    other = await begun(around, stranger, organization=around.buyer.organization["id"])
    assert (await stranger.get(f"/threads/{other['id']}/files/{file['id']}")).status_code == 404


async def test_a_file_that_is_not_what_it_says_leaves_no_message(client: Client, blobs: Path) -> None:
    around = await trade(client)
    thread = await begun(around, need=around.need["id"])

    sent = await around.supplier.post(f"/threads/{thread['id']}/files", files={"file": ("bao-gia.pdf", b"MZ\x90\0")})

    assert sent.status_code == 400
    assert len((await around.supplier.get(f"/threads/{thread['id']}/messages")).json()["items"]) == 1
    assert kept(blobs) == []
