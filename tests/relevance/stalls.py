"""The corpus of what people list: the titles of `listed/`, read as the market reads them, and written again by others.

What a title means comes from the files alone. Where the reader files it elsewhere, the search pays for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from market.listings.document import listing_document
from market.listings.models import Listing
from market.reading.titles import goods_told
from market.reading.vocabulary import Vocabulary
from market.reference.catalogue import Catalogue
from market.reference.records import Province
from market.vietnamese.text import fold
from tests.relevance.corpus import certificate, draw, offer
from tests.relevance.listed import Titled, titles

MAKERS = (
    "HTX Nông nghiệp Đồng Tâm Mới", "Hộ kinh doanh Năm Lành", "Công ty TNHH Hương Quê Xanh", "Cơ sở Út Mười Bến Gỗ",
    "HTX Dịch vụ Sông Cạn", "Tổ hợp tác Rẫy Cao", "Công ty CP Nông sản Lộc Đất", "Vựa Chín Nghĩa",
    "HTX Thanh niên Bản Mây",
    "Cơ sở sản xuất Bảy Hiền Hòa", "Công ty TNHH MTV Gió Biển Đông", "Làng nghề Xóm Đình", "Trang trại Suối Đôi",
)  # fmt: skip
BRANDS = (
    "Út Lành",
    "SEFA Farm",
    "Vườn Nhà Mẹ Sáu",
    "Ngọc Quê",
    "Tâm Nông Food",
    "Bản Xanh",
    "GREENLY",
    "Bà Năm Cù Lao",
)
PACKAGES = ("túi 500g", "(thùng 10kg)", "hộp 300g", "1kg", "- giá sỉ", "loại 1", "gói hút chân không", "combo 3")
WAYS = 5
AGAIN = 45
"""Of a hundred titles, how many another maker writes in another way."""


@dataclass(frozen=True, slots=True)
class Stall:
    """An offer: its document, and what its title means."""

    document: Mapping[str, Any]
    titled: Titled


def stalls(catalogue: Catalogue, vocabulary: Vocabulary) -> Sequence[Stall]:
    """Every offer, the same in every run."""
    return [_stall(one, catalogue, vocabulary) for one in _written(titles(catalogue))]


def _written(given: Sequence[Titled]) -> Iterator[Titled]:
    known = {one.title for one in given}
    for one in given:
        yield one
        if draw("again", one.title) % 100 < AGAIN:
            other = replace(one, title=_otherwise(one.title), certificates=())
            if other.title not in known:
                known.add(other.title)
                yield other


def _otherwise(title: str) -> str:
    brand = BRANDS[draw("brand", title) % len(BRANDS)]
    package = PACKAGES[draw("package", title) % len(PACKAGES)]
    ways = (fold(title), title.upper(), f"{brand} - {title}", f"{title} {package}", f"{title.lower()} {brand.lower()}")
    return ways[draw("way", title) % WAYS]


def _stall(one: Titled, catalogue: Catalogue, vocabulary: Vocabulary) -> Stall:
    province = _place(one, catalogue)
    told = goods_told(one.title, vocabulary, region=catalogue.macro_region(catalogue.today(province)))
    goods = {
        "concept_id": told.concept_id,
        "category_id": told.category,
        "certainty": told.certainty,
        "may_be": list(told.alternatives) if told.concept_id is None else [],
    }
    maker = MAKERS[draw("maker", one.title) % len(MAKERS)]
    listing = offer(catalogue, province, goods, title=one.title, key=f"listed/{one.title}", maker=maker)
    listing.certificates = [_certificate(listing, text) for text in one.certificates]
    return Stall(listing_document(listing, catalogue=catalogue), replace(one, province=province.code))


def _certificate(listing: Listing, text: str) -> Any:
    scheme, level = (text[:-1], int(text[-1])) if text[-1].isdigit() else (text, None)
    return certificate(listing, scheme, level, key=f"listed/{listing.title}/{text}")


def _place(one: Titled, catalogue: Catalogue) -> Province:
    if one.province is not None:
        return catalogue.province(one.province, "2008")
    everywhere = [province for province in catalogue.provinces if province.version == "2008"]
    return everywhere[draw("place", one.title) % len(everywhere)]
