from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core.errors import ValidationFailed
from market.core.pagination import decode_cursor, encode_cursor
from tests.people import Client


@given(st.uuids())
def test_a_cursor_stands_for_the_last_row_seen(last: UUID) -> None:
    assert decode_cursor(encode_cursor(last)) == last


@given(st.text(max_size=40))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        decode_cursor(text)
    assert refusal.value.errors[0].pointer == "/cursor"


@pytest.mark.parametrize("change", [" ", "=", "\n", "?", "A"])
def test_a_cursor_has_one_spelling(change: str) -> None:
    with pytest.raises(ValidationFailed):
        decode_cursor(encode_cursor(UUID(int=7)) + change)


async def names(client: Client, query: str) -> tuple[list[str], str | None]:
    answer = await client.get(f"/organizations?{query}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return [item["name"] for item in body["items"]], body["next_cursor"]


async def test_pages_join_without_gap_or_repetition_while_rows_come_and_go(client: Client) -> None:
    officer = await client.officer()
    people = [await client.register(name=f"HTX Trang {number}") for number in range(5)]
    first, cursor = await names(client, "limit=2")
    assert first == ["HTX Trang 4", "HTX Trang 3"]

    await client.register(name="HTX Mới đến")
    gone = people[2].organization["id"]
    assert (await officer.post(f"/organizations/{gone}/suspend")).status_code == 200
    second, cursor = await names(client, f"limit=2&cursor={cursor}")

    assert second == ["HTX Trang 1", "HTX Trang 0"]
    assert cursor is None


async def test_the_last_full_page_has_no_next(client: Client) -> None:
    for number in range(2):
        await client.register(name=f"HTX Cuối {number}")
    assert (await names(client, "limit=2"))[1] is None


@pytest.mark.parametrize("cursor", ["AAAA", "%00", "khong-phai", "A" * 23, "!" * 22, "A" * 500])
async def test_a_cursor_of_nobody_is_refused(client: Client, cursor: str) -> None:
    answer = await client.get(f"/organizations?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/cursor"
