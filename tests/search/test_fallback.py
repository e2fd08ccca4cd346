from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.search.fallback import FallbackTable, fallback_cards, search_rows, searchable
from market.search.request import Filters, Question, Sort
from tests.search.stalls import STALLS, Stall, open_stalls

Sessions = async_sessionmaker[AsyncSession]
TABLE = FallbackTable(
    public=STALLS.public_ids,
    search_text=Stall.search_text,
    newest=Stall.id,
    price=Stall.price_vnd,
    conditions={
        "concepts": Stall.concept.in_,
        "price_max_vnd": lambda limit: Stall.price_vnd <= limit,
    },
)


@pytest.fixture
async def stalls(stall_sessions: Sessions) -> Sessions:
    async with stall_sessions.begin() as session:
        await session.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        await session.execute(text("CREATE INDEX ON stall USING gin (search_text gin_trgm_ops)"))
        for title, concept, price in (
            ("Dừa xiêm Bến Tre", "coconut", 10_000),
            ("Dứa Đồng Giao", "pineapple", 20_000),
            ("Dưa lưới Hương Quê", "melon", 30_000),
            ("Mứt dừa Hương Quê", "jam", 40_000),
        ):
            await open_stalls(session, title, concept=concept, price_vnd=price)
        await open_stalls(session, "Dừa đã đóng", concept="coconut", open=False)
    return stall_sessions


async def _titles(sessions: Sessions, **question: Any) -> list[str]:
    async with sessions() as session:
        cards, total, _ = await fallback_cards(session, STALLS, TABLE, Question(**question))
    assert total >= len(cards)
    return [card["title"] for card in cards]


async def test_goods_stay_apart_without_the_engine(stalls: Sessions) -> None:
    marked = {"words": "dừa", "key": "x", "concepts": ("coconut",)}
    assert await _titles(stalls, **marked) == ["Dừa xiêm Bến Tre"]


async def test_an_unmarked_word_finds_every_reading_and_no_other_goods(stalls: Sessions) -> None:
    found = await _titles(stalls, words="dua", concepts=("coconut", "pineapple"))
    assert {"Dừa xiêm Bến Tre", "Dứa Đồng Giao"} <= set(found)
    assert "Mứt dừa Hương Quê" not in found


async def test_a_name_is_found_with_or_without_marks(stalls: Sessions) -> None:
    for name in ("Hương Quê", "huong que", "HƯƠNG"):
        assert await _titles(stalls, words=name, rest=name) == ["Mứt dừa Hương Quê", "Dưa lưới Hương Quê"]


async def test_goods_and_a_name_are_found_together(stalls: Sessions) -> None:
    question = {"words": "dưa hương quê", "key": "x", "concepts": ("melon",), "rest": "hương quê"}
    assert await _titles(stalls, **question) == ["Dưa lưới Hương Quê"]


async def test_a_name_nobody_has_leaves_the_goods(stalls: Sessions) -> None:
    question = {"words": "dưa không ai", "key": "x", "concepts": ("melon",), "rest": "không ai"}
    assert await _titles(stalls, **question) == ["Dưa lưới Hương Quê"]


async def test_some_words_are_enough_when_nothing_has_all(stalls: Sessions) -> None:
    assert await _titles(stalls, words="xiem huong que", rest="xiem huong que") == [
        "Mứt dừa Hương Quê",
        "Dưa lưới Hương Quê",
        "Dừa xiêm Bến Tre",
    ]


@pytest.mark.parametrize("hostile", ["%", "_", "\\", "' OR true --", "😀", "%%%"])
async def test_wildcards_are_letters_like_any_other(stalls: Sessions, hostile: str) -> None:
    assert await _titles(stalls, words=hostile, rest=hostile + " zzz") == []


async def test_conditions_hold_and_one_that_cannot_be_checked_lets_nothing_through(stalls: Sessions) -> None:
    assert await _titles(stalls, filters=(Filters(price_max_vnd=10_000),)) == ["Dừa xiêm Bến Tre"]
    assert await _titles(stalls, filters=(Filters(certificates=("vietgap",)),)) == []


async def test_results_are_sorted_and_paged(stalls: Sessions) -> None:
    orders: dict[Sort, list[int]] = {"price_asc": [0, 1, 2, 3], "price_desc": [3, 2, 1, 0], "newest": [3, 2, 1, 0]}
    titles = ["Dừa xiêm Bến Tre", "Dứa Đồng Giao", "Dưa lưới Hương Quê", "Mứt dừa Hương Quê"]
    for sort, order in orders.items():
        assert await _titles(stalls, sort=sort) == [titles[place] for place in order]
    assert await _titles(stalls, sort="price_asc", page=2, limit=3) == titles[3:]
    async with stalls() as session:
        assert (await search_rows(session, TABLE, Question(page=1000, limit=100))).total == 4


def test_what_is_searchable_has_no_marks_and_whole_words() -> None:
    assert searchable("Dừa XIÊM", "Bến Tre, 2 kg") == " dua xiem ben tre 2 kg "


async def test_words_are_looked_up_in_the_trigram_index(stalls: Sessions) -> None:
    async with stalls() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await session.scalars(text("EXPLAIN SELECT id FROM stall WHERE search_text LIKE '% xiem %'"))
        assert any("Index Cond: (search_text" in line for line in plan)
