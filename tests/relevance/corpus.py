"""The corpus of known goods: offers over everything in the catalogue, the same in every run.

Offers use every name of their goods, lie where the goods are known to grow, and carry prices, certificates and
seasons drawn from a digest of their number, so no random generator and no clock is involved. Producers and brands
are invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from uuid import UUID

from market.certificates.models import Certificate
from market.listings.document import listing_document
from market.listings.models import Listing, ListingCapacity
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue
from market.reference.records import Concept, Province

TODAY = date(2026, 11, 1)
PUBLISHED = datetime(2026, 10, 1, tzinfo=UTC)
LEAST_OFFERS = 5

DESCRIPTORS = {
    "fruit": ("loại 1", "xuất khẩu", "chín cây", "thùng 10 kg", "vườn nhà", ""),
    "vegetable": ("tươi", "sơ chế", "thủy canh", "cắt sáng", "nhà màng", ""),
    "aquatic": ("tươi sống", "đông lạnh", "nuôi sinh thái", "size lớn", ""),
    "cereal_rice": ("túi 5 kg", "bao 25 kg", "vụ mới", "hạt dài", ""),
    "coffee_tea_cacao": ("nguyên chất", "gói 500 g", "mộc", "vùng cao", ""),
}
OTHER_DESCRIPTORS = ("truyền thống", "gói 500 g", "làm thủ công", "nguyên chất", "")

PRICES = {
    "fruit": 35_000,
    "vegetable": 18_000,
    "mushroom": 18_000,
    "sprout": 18_000,
    "aquatic": 140_000,
    "cereal_rice": 24_000,
    "meat_livestock": 120_000,
}
OTHER_PRICE = 90_000

PRODUCERS = (
    "HTX Đồng Xanh Mới", "HTX Nắng Sông Trăng", "Công ty Vườn Mây Nội", "HTX Bình Minh Đất Lành", "Tổ hợp tác Gió Lành",
    "Công ty Hạt Nắng Xanh", "HTX Suối Đá Mềm", "Cơ sở Bà Sáu Vàm", "HTX Ruộng Bậc Xa", "Công ty Sương Lam Việt",
)  # fmt: skip

BRANDS = (
    ("Mộc Sương Vàng", "coffee-roasted-ground"), ("Hương Rừng Già", "honey-wild"),
    ("Mây Coffee", "coffee-roasted-beans"),
    ("Trà Mây Lam", "tea-oolong"), ("Lúa Non Quê Ngoại", "rice-st25"), ("Ngọc Phương Đông Thảo", "herbal-tea"),
    ("Bếp Nhà Út Hiền", "fermented-fish-gourami"), ("Vị Biển Xưa", "fish-sauce"), ("Gió Lào Đỏ", "chili-sauce"),
    ("Đất Thủy Tinh", "edible-bird-nest"), ("Sen Hồ Tịnh", "tea-lotus"), ("Cội Ba Gốc", "reishi-mushroom"),
    ("Kim Đế Lộc", "cordyceps"), ("An Nhiên Thất", "artichoke-tea"), ("Lam Chiều Farm", "strawberry"),
    ("Rẫy Ông Tám Coffee", "coffee-green-robusta"), ("Sunlit Delta Rice", "rice-jasmine"),
    ("Sông Trăng Dried", "dried-fruit"),
    ("Bạch Ngân Sào", "edible-bird-nest"), ("Hai Lúa Vui", "rice-brown"), ("Nhà Của Nắng", "dried-fruit-mango"),
    ("Vàng Ròng Oil", "peanut-oil"), ("Thuyền Thúng Xanh", "dried-squid"), ("Đồi Cỏ Hồng Farm", "avocado"),
    ("Chín Rồng Vàng", "rice-paper"), ("Mẹ Đảm Đang", "pickled-scallion"), ("Vườn Cổ Tích", "orange-king"),
    ("Cội Phúc Đường", "ginseng-ngoc-linh"), ("Ban Mai Organic", "leafy-vegetables"), ("Thảo Nguyên Sữa", "yogurt"),
    ("Cò Trắng Đồng Sâu", "broken-rice"), ("Yến Đảo Mơ", "bird-nest-drink"), ("Đêm Phố Núi", "cocoa-powder"),
    ("Tiếng Gọi Đại Ngàn", "macadamia"), ("Ruby Đất Đỏ", "dragon-fruit-red"), ("Lộc Vườn Nam", "durian"),
    ("Xứ Quảng Ngon", "quang-noodles"), ("Ông Bụt Làng", "mung-bean-cake"),
    ("Tơ Vàng Đồng Nội", "rice-vermicelli-dried"),
    ("Chú Tư Cù Lao", "coconut-candy"),
)  # fmt: skip
"""Titles that say nothing about their goods, as OCOP products often have."""

MADE_OF = ("{name} sấy giòn", "Mứt {name} dẻo", "Tinh dầu {name}", "Kẹo {name} thủ công")
"""Goods made of fruit, which a search for the fruit must not put first."""

CERTIFICATES: tuple[tuple[str, int | None], ...] = (
    ("vietgap", None), ("ocop", 3), ("ocop", 4), ("ocop", 5), ("organic-vn", None), ("globalgap", None),
    ("haccp", None), ("growing-area-code", None),
)  # fmt: skip
VALID_SHARE = 9
"""Of ten certificates, how many have not run out."""


def draw(*keys: object) -> int:
    """A number that follows from the keys alone."""
    return int.from_bytes(blake2b("/".join(map(str, keys)).encode(), digest_size=6).digest())


def _id(*keys: object) -> UUID:
    return UUID(bytes=blake2b("/".join(map(str, keys)).encode(), digest_size=16).digest())


def documents(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Every offer as the search engine holds it, built by the same code as in the running market."""
    return [listing_document(offer, catalogue=catalogue) for offer in _offers(catalogue)]


def _offers(catalogue: Catalogue) -> Iterator[Listing]:
    everywhere = [province for province in catalogue.provinces if province.version == "2008"]
    for concept in catalogue.concepts:
        grown = [p for p in everywhere if p.code in (concept.provinces or ())]
        names = [concept.name_vi, *[name.name for name in concept.names]]
        for number in range(max(LEAST_OFFERS, len(names), len(grown))):
            key = f"{concept.id}/{number}"
            province = (grown or everywhere)[(number if grown else draw("place", key)) % len(grown or everywhere)]
            title = _title(names[number % len(names)], concept, province, key)
            yield _given(catalogue, concept, province, title=title, key=key)
        if concept.category == "fruit" and concept.parent is None:
            title = MADE_OF[draw("made", concept.id) % len(MADE_OF)].format(name=concept.name_vi)
            key = f"made/{concept.id}"
            place = everywhere[draw("place", key) % len(everywhere)]
            yield _given(catalogue, catalogue.concept("dried-fruit"), place, title=title, key=key)
    for title, id_ in BRANDS:
        place = everywhere[draw("place", title) % len(everywhere)]
        yield _given(catalogue, catalogue.concept(id_), place, title=title, key=f"brand/{title}")


def _title(name: str, concept: Concept, province: Province, key: str) -> str:
    descriptors = DESCRIPTORS.get(concept.category, OTHER_DESCRIPTORS)
    descriptor = descriptors[draw("descriptor", key) % len(descriptors)]
    place = province.name if draw("named", key) % 2 and province.name not in name else ""
    return " ".join(part for part in (name[:1].upper() + name[1:], descriptor, place) if part)


def _given(catalogue: Catalogue, concept: Concept, province: Province, *, title: str, key: str) -> Listing:
    goods = {"concept_id": concept.id, "category_id": concept.category, "certainty": "given", "may_be": []}
    listing = offer(catalogue, province, goods, title=title, key=key)
    listing.certificates = list(_certificates(listing, key))
    return listing


def offer(
    catalogue: Catalogue,
    province: Province,
    goods: Mapping[str, Any],
    *,
    title: str,
    key: str,
    maker: str | None = None,
) -> Listing:
    """An offer without certificates; all that `goods` does not say is drawn from the key.

    Args:
        catalogue: for seasons.
        province: where it lies.
        goods: columns that say what it is: concept_id, category_id, certainty, may_be.
        title: as its author wrote it.
        key: of this offer alone.
        maker: name of its organization.
    """
    organization = Organization(
        id=_id("organization", key),
        name=maker or PRODUCERS[draw("producer", key) % len(PRODUCERS)],
        kinds=["producer"],
        legal_form="cooperative",
        province_code=province.code,
        province_version=province.version,
        verification="verified",
    )
    base = PRICES.get(goods["category_id"], OTHER_PRICE)
    listing = Listing(
        id=_id("listing", key),
        title=title,
        **goods,
        concept_source="given" if goods["certainty"] == "given" else "inferred",
        evidence=[],
        province_code=province.code,
        province_version=province.version,
        unit="KGM",
        price_vnd=base * (40 + draw("price", key) % 160) // 100 // 500 * 500,
        price_tiers=[],
        moq=Decimal(10),
        cold_chain=False,
        status="published",
        published_at=PUBLISHED + timedelta(minutes=draw("published", key) % 40_000),
        created_at=PUBLISHED,
        updated_at=PUBLISHED,
        version=1,
    )
    listing.organization = organization
    listing.organization_id = organization.id
    known = catalogue.find_concept(goods["concept_id"]) if goods["concept_id"] else None
    listing.capacity = [_capacity(listing, known.harvest_months if known else None, key)]
    listing.certificates = []
    return listing


def _capacity(listing: Listing, harvest: Sequence[int] | None, key: str) -> ListingCapacity:
    start = TODAY - timedelta(days=30)
    days = 365
    if harvest and len(harvest) < len(range(12)) and draw("season", key) % 2:
        month = harvest[0]
        start = date(TODAY.year + (month < TODAY.month), month, 1)
        days = 30 * len(harvest)
    weekly = (50, 200, 800, 2_000, 5_000, 12_000)[draw("weekly", key) % 6]
    return ListingCapacity(
        id=_id("capacity", key),
        listing_id=listing.id,
        starts_on=start,
        ends_on=start + timedelta(days=days),
        quantity=Decimal(weekly),
        per="week",
    )


def _certificates(listing: Listing, key: str) -> Iterator[Certificate]:
    for number, (scheme, level) in enumerate(CERTIFICATES):
        if draw("certificate", key, number) % 6:
            continue
        valid = draw("valid", key, number) % 10 < VALID_SHARE
        yield certificate(listing, scheme, level, key=f"{key}/{number}", valid=valid)


def certificate(listing: Listing, scheme: str, level: int | None, *, key: str, valid: bool = True) -> Certificate:
    """A certificate of the offer's organization over all its goods."""
    return Certificate(
        id=_id("certificate", key),
        organization_id=listing.organization_id,
        scheme=scheme,
        level=level,
        issuer="Cơ quan cấp của bộ thử",
        issued_on=TODAY - timedelta(days=300 if valid else 1500),
        expires_on=TODAY + timedelta(days=400 if valid else -400),
        scope_concepts=[],
        verification="verified",
    )
