"""Grades, sizes and packings: what is read of which goods, and what answers what."""

from __future__ import annotations

from decimal import Decimal

import pytest

from market.config import PROJECT_ROOT
from market.core.values.refusal import Unreadable
from market.reading.specifying import specification_errors
from market.reference.catalogue import Catalogue, catalogue_from_files
from market.reference.records import SpecificationKind


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return catalogue_from_files(PROJECT_ROOT / "seeds" / "reference")


def answers(catalogue: Catalogue, kind: SpecificationKind, offered: str, asked: str, concept: str = "mango") -> bool:
    goods = (concept, catalogue.concept(concept).category)
    return catalogue.specifications.answers(kind, offered=offered, asked=asked, of_offer=goods, of_demand=goods)


@pytest.mark.parametrize(
    ("kind", "offered", "asked", "concept"),
    [
        ("grade", "Hạng nhất", "loại 1", "mango"),
        ("grade", "Loại I", "grade 1", "mango"),
        ("grade", "đặc biệt", "loại 2", "mango"),
        ("grade", "5 % tấm", "5% tấm", "rice-st25"),
        ("grade", "WW320", "W320", "cashew-kernel"),
        ("size", "300-400 g", "250–450 gam", "mango"),
        ("size", "0,3-0,4 kg", "300-400 g", "mango"),
        ("size", "350g/trái", "300-400 g", "mango"),
        ("size", "trên 500 g", "từ 400 g", "mango"),
        ("size", "size 30", "30-40 con/kg", "shrimp-whiteleg"),
        ("size", "cỡ to", "size L", "egg-chicken"),
        ("packing", "Thùng carton (10kg)", "thùng 10 kg", "mango"),
        ("packing", "thùng xốp 10 kg", "thùng", "mango"),
        ("packing", "khay 500 g, thùng 24 khay", "khay 0,5 kg", "mango"),
        ("packing", "túi 1 kg hút chân không", "túi hút chân không", "mango"),
        ("packing", "Lưới xốp từng trái", "lưới xốp  từng trái", "mango"),
    ],
)
def test_what_is_written_otherwise_answers(
    catalogue: Catalogue, kind: SpecificationKind, offered: str, asked: str, concept: str
) -> None:
    assert answers(catalogue, kind, offered, asked, concept)


@pytest.mark.parametrize(
    ("kind", "offered", "asked", "concept"),
    [
        ("grade", "loại 2", "loại 1", "mango"),
        ("grade", "hàng xô", "loại 1", "mango"),
        ("grade", "15% tấm", "5% tấm", "rice-st25"),
        ("grade", "W450", "W320", "cashew-kernel"),
        ("size", "200-400 g", "300-400 g", "mango"),
        ("size", "trên 300 g", "300-400 g", "mango"),
        ("size", "12 trái/thùng", "12 trái/kg", "mango"),
        ("packing", "thùng 5 kg", "thùng 10 kg", "mango"),
        ("packing", "thùng", "thùng xốp", "mango"),
        ("packing", "rổ 10 kg", "thùng 10 kg", "mango"),
        ("packing", "thùng có hoa", "bao có hoa", "mango"),
    ],
)
def test_what_is_something_else_does_not(
    catalogue: Catalogue, kind: SpecificationKind, offered: str, asked: str, concept: str
) -> None:
    assert not answers(catalogue, kind, offered, asked, concept)


def test_a_scale_is_read_in_its_measure(catalogue: Catalogue) -> None:
    (stated,) = catalogue.specifications.read("size", "1,2 - 1,5 kg", concept="pomelo", category="fruit")
    assert (stated.low, stated.high) == (Decimal(1200), Decimal(1500))
    with pytest.raises(Unreadable):
        catalogue.specifications.read("size", "1.200 g", concept="pomelo", category="fruit")


def test_what_is_of_other_goods_or_a_slip_is_refused_with_the_nearest(catalogue: Catalogue) -> None:
    sent = {"grade": "W320", "size": "12.500 g", "packaging": "thùng xôp"}
    errors = specification_errors(catalogue, sent, concept="mango", category="fruit")
    assert [(error.pointer, error.code) for error in errors] == [
        ("/grade", "not-of-these-goods"),
        ("/size", "ambiguous"),
    ]
    assert "loại đặc biệt" in errors[0].suggestions
    (slip,) = specification_errors(catalogue, {"grade": "loại 7"}, concept="mango", category="fruit")
    assert (slip.code, slip.pointer) == ("unknown-grade", "/grade")
    assert "loại 1" in slip.suggestions
    assert "xoài" in slip.render("vi")["message"]


def test_words_of_ones_own_are_kept(catalogue: Catalogue) -> None:
    sent = {"grade": "hái ngày nắng", "size": "vừa lòng bàn tay", "packaging": "lá chuối"}
    assert specification_errors(catalogue, sent, concept="mango", category="fruit") == []
    assert specification_errors(catalogue, {"grade": "W320"}, concept=None, category="unclassified") == []
