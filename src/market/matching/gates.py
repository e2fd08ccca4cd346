"""The gates: conditions that an offer meets or fails, each with a sentence that says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from market.core.language import Message
from market.matching.certificates_on_dates import answering, first_day_without
from market.matching.facts import Demand, Offer
from market.matching.weights import CEILING_BAND
from market.reference.catalogue import Catalogue
from market.reference.checking import Requirement, parse_requirement

GateName = Literal["organizations", "concept", "certificates", "season", "units", "moq", "price"]


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition, whether it is met, and why."""

    name: GateName
    passed: bool
    reason: Callable[[], Message]

    @property
    def why(self) -> Message:
        """The sentence; put into words only for those pairs that are shown."""
        return self.reason()


def said(vi: str, en: str) -> Callable[[], Message]:
    """A reason whose words are known already."""
    message = Message(vi=vi, en=en)
    return lambda: message


_ACTIVE = said("Hai bên đang hoạt động", "Both organizations are active")
_NOT_REQUIRED = said("Không yêu cầu chứng nhận", "No certificate is required")
_NO_CALENDAR = said("Chưa khai lịch cung ứng", "No supply calendar is given")
_SEASONS_OVERLAP = said("Mùa vụ trùng thời gian cần", "The seasons overlap")
_CONVERTIBLE = said("Đơn vị tính quy đổi được", "The units can be converted")
_NO_LEAST_ORDER = said("Không đặt mức mua tối thiểu", "No least order is set")
_NO_CEILING = said("Không đặt giá trần", "No price ceiling is set")


def number(value: Decimal) -> str:
    """An amount as people write it here: 28.000 or 1.234,5."""
    whole, _, fraction = f"{value:,f}".partition(".")
    fraction = fraction.rstrip("0")
    return whole.replace(",", ".") + (f",{fraction}" if fraction else "")


def conversion(offer: Offer, demand: Demand, *, catalogue: Catalogue) -> Decimal | None:
    """How many of the line's units one of the offer's units is; None when they cannot be compared."""
    if offer.unit == demand.unit:
        return Decimal(1)
    theirs, offered = catalogue.measured(Decimal(1), catalogue.unit(offer.unit))
    ours, wanted = catalogue.measured(Decimal(1), catalogue.unit(demand.unit))
    return offered / wanted if theirs == ours else None


def all_gates(offer: Offer, demand: Demand, *, catalogue: Catalogue, today: date) -> list[Gate]:
    """Every gate, in the order in which a buyer would ask."""
    factor = conversion(offer, demand, catalogue=catalogue)
    return [
        _organizations(offer, demand),
        _concept(offer, demand, catalogue),
        _certificates(offer, demand, catalogue, today),
        _season(offer, demand),
        _units(offer, demand, catalogue, factor),
        _moq(offer, demand, catalogue, factor),
        _price(offer, demand, factor),
    ]


def _organizations(offer: Offer, demand: Demand) -> Gate:
    if offer.organization_id == demand.organization_id:
        return Gate("organizations", False, said("Cùng một tổ chức", "The same organization"))
    if offer.organization_active and demand.organization_active:
        return Gate("organizations", True, _ACTIVE)
    return Gate("organizations", False, said("Có bên đang bị tạm ngưng", "One organization is suspended"))


def _concept(offer: Offer, demand: Demand, catalogue: Catalogue) -> Gate:
    offered, wanted = catalogue.concept(offer.concept), catalogue.concept(demand.concept)
    if offered.id == wanted.id:
        return Gate(
            "concept",
            True,
            lambda: Message(f"Đúng mặt hàng {wanted.name_vi}", f"The goods asked for: {wanted.name_en}"),
        )
    if catalogue.is_same_or_narrower(offered.id, than=wanted.id):
        why = said(
            f"{offered.name_vi} là một loại {wanted.name_vi}", f"{offered.name_en} is a kind of {wanted.name_en}"
        )
        return Gate("concept", True, why)
    why = said(f"{offered.name_vi} không phải {wanted.name_vi}", f"{offered.name_en} is not {wanted.name_en}")
    return Gate("concept", False, why)


def _certificates(offer: Offer, demand: Demand, catalogue: Catalogue, today: date) -> Gate:
    if not demand.required:
        return Gate("certificates", True, _NOT_REQUIRED)
    held: list[Message] = []
    lacking: list[Message] = []
    for text in demand.required:
        requirement = parse_requirement(catalogue, text)
        if requirement is None:
            continue
        problem = _lack(offer, demand, requirement, catalogue, today)
        (lacking if problem else held).append(problem or _named(requirement, catalogue))
    if lacking:
        vi, en = "; ".join(message.vi for message in lacking), "; ".join(message.en for message in lacking)
        return Gate("certificates", False, said(vi, en))
    vi, en = ", ".join(message.vi for message in held), ", ".join(message.en for message in held)
    return Gate("certificates", True, said(f"Có {vi} trong suốt thời gian giao", f"{en} valid on all delivery dates"))


def _named(requirement: Requirement, catalogue: Catalogue) -> Message:
    scheme = catalogue.scheme(requirement.scheme)
    if requirement.level is None:
        return Message(scheme.name_vi, scheme.name_en)
    return Message(f"{scheme.name_vi} {requirement.level} sao", f"{scheme.name_en} {requirement.level} stars")


def _lack(offer: Offer, demand: Demand, requirement: Requirement, catalogue: Catalogue, today: date) -> Message | None:
    """What is wrong with a required certificate, or None."""
    name = _named(requirement, catalogue)
    candidates = answering(offer, requirement, catalogue=catalogue)
    if not candidates:
        return Message(f"thiếu {name.vi}", f"no {name.en}")
    start = max(today, demand.starts_on)
    gap = first_day_without(candidates, start=start, end=max(start, demand.ends_on))
    if gap is None:
        return None
    last = max((c.expires_on for c in candidates if c.expires_on is not None), default=None)
    if last is not None and last < gap:
        word = ("đã hết hạn", "expired") if last < today else ("hết hạn", "expires")
        return Message(f"{name.vi} {word[0]} {last:%d/%m/%Y}", f"{name.en} {word[1]} {last.isoformat()}")
    return Message(f"{name.vi} chưa có hiệu lực ngày {gap:%d/%m/%Y}", f"{name.en} not valid on {gap.isoformat()}")


def _season(offer: Offer, demand: Demand) -> Gate:
    if not offer.windows:
        return Gate("season", True, _NO_CALENDAR)
    if not offer.weekly.keys().isdisjoint(demand.weekly):
        return Gate("season", True, _SEASONS_OVERLAP)
    if not offer.capacity.keys().isdisjoint(demand.weekly):
        return Gate("season", False, said("Hàng trong thời gian này đã được giữ chỗ hết", "All of it is promised then"))
    return Gate("season", False, lambda: _only_from_to(offer))


def _only_from_to(offer: Offer) -> Message:
    first, last = min(w.starts_on for w in offer.windows), max(w.ends_on for w in offer.windows)
    return Message(
        f"Chỉ có hàng từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}",
        f"Only available from {first.isoformat()} to {last.isoformat()}",
    )


def _units(offer: Offer, demand: Demand, catalogue: Catalogue, factor: Decimal | None) -> Gate:
    offered, wanted = catalogue.unit(offer.unit), catalogue.unit(demand.unit)
    if factor is not None:
        return Gate("units", True, _CONVERTIBLE)
    why = said(
        f"Không quy đổi được {offered.name_vi} sang {wanted.name_vi}; cần hỏi người bán",
        f"{offered.name_en} cannot be converted to {wanted.name_en}; ask the seller",
    )
    return Gate("units", False, why)


def _moq(offer: Offer, demand: Demand, catalogue: Catalogue, factor: Decimal | None) -> Gate:
    if offer.moq is None:
        return Gate("moq", True, _NO_LEAST_ORDER)
    if factor is None:
        return Gate("moq", False, said("Chưa so được mức mua tối thiểu", "The least order cannot be compared"))
    least = offer.moq * factor
    passed = least <= demand.quantity

    def why() -> Message:
        unit = catalogue.unit(demand.unit)
        vi, en = ("Đạt", "Meets") if passed else ("Chưa đạt", "Below")
        amount = number(least.quantize(Decimal("0.001")))
        return Message(
            f"{vi} mức mua tối thiểu {amount} {unit.name_vi}", f"{en} the least order of {amount} {unit.name_en}"
        )

    return Gate("moq", passed, why)


def price_for_line_unit(offer: Offer, factor: Decimal | None) -> Decimal | None:
    """The offer's price for one of the line's units, in đồng."""
    if offer.price_vnd is None or not factor:
        return None
    return Decimal(offer.price_vnd) / factor


def _price(offer: Offer, demand: Demand, factor: Decimal | None) -> Gate:
    if demand.price_ceiling_vnd is None:
        return Gate("price", True, _NO_CEILING)
    price = price_for_line_unit(offer, factor)
    if price is None:
        return Gate("price", True, said("Giá cần hỏi người bán", "The price must be asked for"))
    ceiling = demand.price_ceiling_vnd
    return Gate("price", price <= ceiling * CEILING_BAND, lambda: _price_against(ceiling, price))


def _price_against(ceiling_vnd: int, price: Decimal) -> Message:
    offered, ceiling = number(price.quantize(Decimal(1))), number(Decimal(ceiling_vnd))
    if price <= ceiling_vnd:
        return Message(
            f"Giá {offered} đ trong giá trần {ceiling} đ", f"{offered} VND is within the ceiling {ceiling} VND"
        )
    if price <= ceiling_vnd * CEILING_BAND:
        return Message(
            f"Giá {offered} đ cao hơn trần {ceiling} đ một chút, còn thương lượng được",
            f"{offered} VND is a little above the ceiling {ceiling} VND and can be talked about",
        )
    return Message(f"Giá {offered} đ vượt giá trần {ceiling} đ", f"{offered} VND is above the ceiling {ceiling} VND")
