from __future__ import annotations

import re
import unicodedata

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]
TEXTS = (
    "Thanh long ruột đỏ Chợ Gạo, loại 1 (thùng 10 kg)",
    "  ĐẬU  PHỘNG\tTây Ninh\n\n- giá tốt!!  ",
    "Hoà và hòa; Ưu, ữ, ẫ, ặ, ợ, ỷ",
    unicodedata.normalize("NFD", "Nước mắm Cát Hải – 40°N"),
    "Café crème, piñón, šunka, Ωμέγα, 茶",
    "....",
    "a",
    "",
)


def folded(spelling: str) -> str:
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", spelling.lower()))
    return bare.replace("đ", "d")


@pytest.mark.parametrize("spelling", TEXTS)
async def test_the_database_folds_text_to_bare_letters_and_single_blanks(sessions: Sessions, spelling: str) -> None:
    told = text("SELECT market_fold(:spelling), market_searchable(:spelling)")
    async with sessions() as session:
        fold, searchable = (await session.execute(told, {"spelling": spelling})).one()
    assert fold == folded(spelling)
    assert searchable == f" {re.sub('[^a-z0-9]+', ' ', folded(spelling))} "
