"""What invented organizations offer and ask for: bodies as the API takes them, over real goods, places and seasons."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from market.reference.catalogue import Catalogue
from market.reference.records import CURRENT, Concept, Province

PRICES_VND: Mapping[str, tuple[int, int]] = {
    "vegetable": (8_000, 45_000),
    "fruit": (10_000, 120_000),
    "dried_processed": (40_000, 400_000),
    "aquatic": (45_000, 450_000),
    "cereal_rice": (9_000, 45_000),
    "herb_spice": (15_000, 180_000),
    "meat_livestock": (55_000, 320_000),
    "fish_sauce_fermented": (30_000, 250_000),
    "medicinal": (60_000, 900_000),
    "coffee_tea_cacao": (60_000, 600_000),
    "beverage": (20_000, 300_000),
    "nut": (50_000, 400_000),
    "flower_ornamental": (5_000, 150_000),
}
"""Lowest and highest invented price of a unit by category of goods; plausible, not market prices."""

QUALITIES = (
    "",
    "loại 1",
    "loại 2",
    "tươi",
    "sạch",
    "chính vụ",
    "trái vụ",
    "thu hoạch trong ngày",
    "giá sỉ",
    "hàng xuất khẩu",
    "đã sơ chế",
    "tuyển chọn",
)
PACKAGINGS = ("thùng 10 kg", "thùng 5 kg", "bao 25 kg", "túi 1 kg", "khay 500 g", "rổ nhựa 20 kg", None)
DESCRIPTIONS = (
    "Hàng giả lập để thử tải. Giao tận nơi theo lịch, có đổi trả trong ngày.",
    "Hàng giả lập để thử tải. Sơ chế và đóng gói tại vườn, xe lạnh giao trong đêm.",
    "Hàng giả lập để thử tải. Nhận đặt trước theo mùa vụ, xuất hóa đơn đầy đủ.",
    None,
)
CUSTOMERS = (
    "chuỗi cửa hàng",
    "siêu thị",
    "bếp ăn công nghiệp",
    "nhà hàng",
    "trường học",
    "khách sạn",
    "xưởng chế biến",
)
FRESH = frozenset({"vegetable", "fruit", "aquatic", "meat_livestock", "flower_ornamental"})
MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Offerer:
    """An invented organization as the goods need to know it."""

    province: Province
    concepts: tuple[Concept, ...]
    certificates: Mapping[str, str]
    """Ids of its certificates by concept."""


class Inventor:
    """Invents bodies one after another; the same random source gives the same ones on the same day."""

    def __init__(self, catalogue: Catalogue, random: Random, *, today: date) -> None:
        self.catalogue = catalogue
        self.random = random
        self.today = today
        self.concepts = tuple(concept for concept in catalogue.concepts if concept.units)
        self.places = [province for province in catalogue.provinces if province.version == CURRENT]
        self.homes = {c.id: self._homes(c) for c in self.concepts}

    def _homes(self, concept: Concept) -> Sequence[Province]:
        recorded = [self.catalogue.province(code, "2008") for code in concept.provinces or ()]
        return [self.catalogue.today(province) for province in recorded] or self.places

    def title(self, concept: Concept, province: Province) -> str:
        """The goods by a name that the province uses, a quality, a place."""
        local = [n.name for n in concept.names if n.regions and province.macro_region in n.regions]
        name = self.random.choice([concept.name_vi, concept.name_vi, *local])
        words = [name[:1].upper() + name[1:], self.random.choice(QUALITIES)]
        if self.random.random() < 0.6:
            words.append(province.name)
        return " ".join(word for word in words if word)

    def window(self, concept: Concept) -> tuple[date, date]:
        """One to twelve months from now on, inside the season where the goods have one."""
        months = concept.harvest_months
        month = self.random.choice(months) if months else self.random.randint(1, MOST_MONTHS)
        year = self.today.year + (month < self.today.month)
        start = max(date(year, month, 1), self.today)
        length = 1 + self.random.randint(0, min(len(months) if months else MOST_MONTHS, MOST_MONTHS) - 1)
        last = date(start.year, start.month, calendar.monthrange(start.year, start.month)[1])
        return start, last + timedelta(days=30 * (length - 1))

    def price(self, concept: Concept) -> int:
        """Đồng for a unit, in whole five hundreds."""
        low, high = PRICES_VND.get(concept.category, (10_000, 200_000))
        # Cheap goods are commoner than dear ones.
        return round((low + (high - low) * self.random.random() ** 2) / 500) * 500

    def listing(self, offerer: Offerer) -> dict[str, Any]:
        """A published listing, as POST /listings takes it."""
        random = self.random
        concept = random.choice(offerer.concepts)
        start, end = self.window(concept)
        weekly = random.choice((200, 500, 1000, 2000, 5000, 10000, 20000))
        price = self.price(concept) if random.random() < 0.95 else None
        certificate = offerer.certificates.get(concept.id)
        fresh = concept.category in FRESH
        return {
            "another": True,
            "title": self.title(concept, offerer.province),
            "description": random.choice(DESCRIPTIONS),
            "concept": concept.id,
            "province": {"code": offerer.province.code, "version": offerer.province.version},
            "unit": concept.units[0],
            "price_vnd": price,
            "price_tiers": [{"min_quantity": "1000", "price_vnd": price * 9 // 10}] if price and weekly > 2000 else [],
            "moq": str(random.choice((10, 50, 100, 200, 500))),
            "capacity": [
                {"from": start.isoformat(), "to": end.isoformat(), "quantity": str(weekly), "per": "week"},
            ],
            "certificates": [certificate] if certificate is not None else [],
            "packaging": random.choice(PACKAGINGS),
            "shelf_life_days": random.randint(3, 21) if fresh else random.randint(90, 720),
            "cold_chain": fresh and random.random() < 0.5,
            "publish": True,
        }

    def need(self) -> dict[str, Any]:
        """A published need of one to four lines, as POST /needs takes it."""
        random = self.random
        lines = [self._line() for _ in range(random.choice((1, 1, 1, 2, 3, 4)))]
        place = random.choice(self.places)
        first = self.catalogue.concept(lines[0]["concept"]).name_vi
        return {
            "another": True,
            "title": f"{first[:1].upper()}{first[1:]} cho {random.choice(CUSTOMERS)} tại {place.name}",
            "description": random.choice(DESCRIPTIONS),
            "lines": lines,
            "delivery_province": {"code": place.code, "version": place.version},
            "deliver_before": random.choice(("05:00", "06:00", "10:00", None)),
            "deadline": (self.today + timedelta(days=random.randint(7, 120))).isoformat(),
            "publish": True,
        }

    def _line(self) -> dict[str, Any]:
        random = self.random
        concept = random.choice(self.concepts)
        start, end = self.window(concept)
        daily = random.random() < 0.5
        return {
            "concept": concept.id,
            "quantity": str(random.choice((20, 50, 100, 300)) if daily else random.choice((500, 1000, 3000))),
            "unit": concept.units[0],
            "per": "day" if daily else "week",
            "weekdays": [1, 2, 3, 4, 5, 6] if daily else [],
            "from": start.isoformat(),
            "to": end.isoformat(),
            "required_certificates": random.choice(([], [], ["vietgap"], ["food-safety"])),
            "preferred_certificates": random.choice(([], ["ocop:3"], ["ocop:4"], ["globalgap"])),
            "price_ceiling_vnd": self.price(concept) * 6 // 5,
        }

    def home(self) -> tuple[Province, tuple[Concept, ...]]:
        """Where an organization is, and up to six kinds of goods that it could have there."""
        first = self.random.choice(self.concepts)
        province = self.random.choice(self.homes[first.id])
        near = [c for c in self.random.sample(self.concepts, 40) if province in self.homes[c.id]]
        return province, (first, *near[:5])
