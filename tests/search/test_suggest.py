from __future__ import annotations

import pytest

from market.engine.gateway import Engine
from market.reference.catalogue import Catalogue
from market.search.suggest import LEVEL_TONE, Suggestion, begins_at, names_beginning, names_of, read_typed, suggest
from market.vietnamese.text import clean, fold, tokens
from market.vietnamese.tone_keys import syllable_key
from tests.search.stalls import listing


def _named(catalogue: Catalogue, text: str, *, kind: str = "concept", limit: int = 8) -> list[str]:
    names = [name for name in names_of(catalogue) if name.suggestion.kind == kind]
    return [suggestion.text for suggestion in names_beginning(read_typed(text), names, limit=limit)]


def _goes_on(typed: str, text: str) -> bool:
    return begins_at(read_typed(typed), tokens(clean(text))) is not None


@pytest.mark.parametrize(
    ("typed", "text", "expected"),
    [
        ("d", "Dừa", True),
        ("du", "Dừa", True),
        ("dư", "Dừa", True),
        ("dưa", "Dừa", True),
        ("dừ", "Dừa", True),
        ("dừa", "Dừa", True),
        ("dứ", "Dừa", False),
        ("dứa", "Dừa", False),
        ("dua ", "Dừa xiêm", True),
        ("du ", "Dừa xiêm", False),
        ("dưa ", "Dừa xiêm", False),
        ("dừa x", "Dừa xiêm", True),
        ("dứa x", "Dừa xiêm", False),
        ("xiêm", "Dừa xiêm", True),
        ("lo", "Thanh long", True),
        ("THANH LO", "thanh long", True),
        ("hoà", "Hòa Lộc", True),
        ("đ", "Dừa", False),
        ("d", "Đu đủ", True),
        ("Đu", "đu đủ", True),
    ],
)
def test_a_text_goes_on_as_typed_with_the_marks_that_were_typed(typed: str, text: str, expected: bool) -> None:
    assert _goes_on(typed, text) is expected


def test_goods_that_begin_as_typed_come_before_those_that_only_hold_the_word(catalogue: Catalogue) -> None:
    found = _named(catalogue, "long", limit=200)
    beginning = [fold(name).startswith("long") for name in found]
    assert set(beginning) == {True, False}
    assert beginning == sorted(beginning, reverse=True)


def test_each_of_the_goods_is_suggested_once(catalogue: Catalogue) -> None:
    found = names_beginning(read_typed("t"), names_of(catalogue), limit=500)
    assert len({(suggestion.kind, suggestion.id) for suggestion in found}) == len(found)


def test_a_province_is_found_by_its_old_name_and_without_marks(catalogue: Catalogue) -> None:
    assert _named(catalogue, "ben tr", kind="province") == ["Bến Tre"]
    assert "Cần Thơ" in _named(catalogue, "cần t", kind="province")


@pytest.mark.parametrize("typed", ["", "   ", "😀", "\x00", '"', "-"])
async def test_nothing_typed_suggests_nothing(catalogue: Catalogue, search_engine: Engine, typed: str) -> None:
    assert await suggest(search_engine, typed, catalogue=catalogue) == []


async def _market(engine: Engine) -> None:
    owners = ("HTX Dừa Ba Làng", "HTX Nắng Vàng")
    titles = (("Dừa xiêm gọt trọng", 0), ("Dừa xiêm gọt trọng", 0), ("Dứa mật", 1), ("Dưa lưới ruột vàng", 1))
    documents = [
        listing(str(number), title=title, organization=str(owner), organization_name=owners[owner])
        | {
            "keys": " ".join(syllable_key(token.text) for token in tokens(clean(f"{title} {owners[owner]}"))),
            "card": {"id": str(number), "title": title, "organization": {"id": str(owner), "name": owners[owner]}},
        }
        for number, (title, owner) in enumerate(titles)
    ]
    await engine.wait([await engine.upsert("listings", documents)])


async def _from_market(engine: Engine, catalogue: Catalogue, typed: str) -> list[str]:
    found = await suggest(engine, typed, catalogue=catalogue)
    return [suggestion.text for suggestion in found if suggestion.kind in ("organization", "listing")]


async def test_offers_and_organizations_are_suggested_each_once(search_engine: Engine, catalogue: Catalogue) -> None:
    await _market(search_engine)
    assert await _from_market(search_engine, catalogue, "dua xi") == ["Dừa xiêm gọt trọng"]
    assert await _from_market(search_engine, catalogue, "htx d") == ["HTX Dừa Ba Làng"]
    assert await _from_market(search_engine, catalogue, "nắng") == ["HTX Nắng Vàng"]


async def test_offers_keep_the_marks_that_were_typed(search_engine: Engine, catalogue: Catalogue) -> None:
    await _market(search_engine)
    assert await _from_market(search_engine, catalogue, "dứa") == ["Dứa mật"]
    assert await _from_market(search_engine, catalogue, "dưa l") == ["Dưa lưới ruột vàng"]
    assert set(await _from_market(search_engine, catalogue, "dua")) == {
        "HTX Dừa Ba Làng",
        "Dừa xiêm gọt trọng",
        "Dứa mật",
        "Dưa lưới ruột vàng",
    }


async def test_goods_are_suggested_without_an_engine(bare_engine: Engine, catalogue: Catalogue) -> None:
    for engine in (None, bare_engine):
        found = await suggest(engine, "sầu ri", catalogue=catalogue)
        assert found[0] == Suggestion("concept", "durian", "sầu riêng", "sầu riêng")


def test_the_key_of_a_level_syllable_ends_with_the_level_tone() -> None:
    assert syllable_key("dưa").endswith(LEVEL_TONE)
    assert syllable_key("dừa").startswith(syllable_key("dưa").removesuffix(LEVEL_TONE))
