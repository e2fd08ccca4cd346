"""The gates: conditions that an offer meets or fails, each with a sentence that says why.

Deciding and putting into words are apart: many pairs are decided, few are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Literal

from market.core.language import Message
from market.matching.certificates_on_dates import answering, first_day_without, waiting_for
from market.matching.facts import Demand, Offer
from market.matching.goods import TO_BE_CONFIRMED, Difference, is_to_be_confirmed, sentence
from market.matching.yardstick import ONE, Yardstick
from market.reference.catalogue import Catalogue
from market.reference.checking import Requirement
from market.reference.records import SpecificationKind, Unit

_THOUSANDTH = Decimal("0.001")

GateName = Literal[
    "organizations", "concept", "variety", "form", "part", "certificates", "season", "units", "grade", "moq", "price"
]  # fmt: skip


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


Words = Callable[[Offer, Yardstick], Message]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a gate is decided, and the sentences for an offer that passes and for one that it holds back."""

    passes: Callable[[Offer, Yardstick], bool]
    met: Words
    unmet: Words

    def why(self, offer: Offer, line: Yardstick, *, passed: bool) -> Message:
        """Why it was decided so."""
        return self.met(offer, line) if passed else self.unmet(offer, line)


def said(vi: str, en: str) -> Callable[..., Message]:
    """Words that are known already, whoever is compared."""
    message = Message(vi=vi, en=en)
    return lambda *_: message


def number(value: Decimal) -> str:
    """An amount as people write it here: 28.000 or 1.234,5."""
    whole, _, fraction = f"{value:,f}".partition(".")
    fraction = fraction.rstrip("0")
    return whole.replace(",", ".") + (f",{fraction}" if fraction else "")


def all_gates(offer: Offer, demand: Demand, *, catalogue: Catalogue, today: date) -> list[Gate]:
    """Every gate, in the order in which a buyer would ask."""
    return gates_between(offer, Yardstick(demand, catalogue=catalogue, today=today))


def gates_between(offer: Offer, line: Yardstick, *, failed: Collection[GateName] | None = None) -> list[Gate]:
    """Every gate between an offer and a line, in the order in which a buyer would ask.

    Args:
        failed: its `failed_gates`, where they are known already.
    """
    shut = failed_gates(offer, line) if failed is None else failed
    return [
        Gate(name, name not in shut, partial(rule.why, offer, line, passed=name not in shut))
        for name, rule in RULES.items()
        if name != "grade" or _asks_how(line)
    ]


def passes_all(offer: Offer, line: Yardstick) -> bool:
    """Whether no gate holds the offer back."""
    return all(passes(offer, line) for _, passes in _QUICKEST_FIRST)


def failed_gates(offer: Offer, line: Yardstick) -> tuple[GateName, ...]:
    """The gates that hold the offer back."""
    return tuple(name for name, rule in RULES.items() if not rule.passes(offer, line))


def failed_when_close(offer: Offer, line: Yardstick) -> tuple[GateName, ...] | None:
    """As `failed_gates`, but None for a pair that neither fits nor nearly does; such a one is left at once."""
    failed: tuple[GateName, ...] = ()
    for name, passes in _QUICKEST_FIRST:
        if not passes(offer, line):
            if failed or name in HOPELESS:
                return None
            failed = (name,)
    return failed


def _are_active_and_two(offer: Offer, line: Yardstick) -> bool:
    demand = line.demand
    both_active = offer.organization_active and demand.organization_active
    return both_active and offer.organization_id != demand.organization_id


def _one_or_suspended(offer: Offer, line: Yardstick) -> Message:
    if offer.organization_id == line.demand.organization_id:
        return Message("Cùng một tổ chức", "The same organization")
    return Message("Có bên đang bị tạm ngưng", "One organization is suspended")


def _same(kind: Difference) -> Rule:
    """The rule of one facet of goods."""

    def passes(offer: Offer, line: Yardstick) -> bool:
        return kind not in line.differences(offer)

    def why(passed: bool) -> Words:
        return lambda offer, line: sentence(offer, line.demand, kind, passed=passed, catalogue=line.catalogue)

    return Rule(passes, why(True), why(False))


def _are_the_goods(offer: Offer, line: Yardstick) -> bool:
    return "concept" not in line.differences(offer)


def _goods(offer: Offer, line: Yardstick) -> Message:
    if is_to_be_confirmed(offer, line.demand):
        return TO_BE_CONFIRMED
    if line.differences(offer) or offer.concept in line.demand.accepted[1:]:
        return _related_goods(offer, line)
    offered, wanted = line.catalogue.concept(offer.concept), line.catalogue.concept(line.demand.concept)
    if offered.id == wanted.id:
        return Message(f"Đúng mặt hàng {wanted.name_vi}", f"The goods asked for: {wanted.name_en}")
    return Message(
        f"{offered.name_vi} là một loại {wanted.name_vi}", f"{offered.name_en} is a kind of {wanted.name_en}"
    )


def _related_goods(offer: Offer, line: Yardstick) -> Message:
    """Of goods that differ in form, part or variety alone, or come in another form that will do."""
    offered = line.catalogue.concept(offer.concept)
    return Message(f"{offered.name_vi}, cùng mặt hàng", f"{offered.name_en}, of the same goods")


def _other_goods(offer: Offer, line: Yardstick) -> Message:
    if is_to_be_confirmed(offer, line.demand):
        return Message("Không phải mặt hàng cần", "Not the goods asked for")
    offered, wanted = line.catalogue.concept(offer.concept), line.catalogue.concept(line.demand.concept)
    return Message(f"{offered.name_vi} không phải {wanted.name_vi}", f"{offered.name_en} is not {wanted.name_en}")


def _are_certified(offer: Offer, line: Yardstick) -> bool:
    return all(line.holds(offer, requirement) for requirement in line.required)


def _certified(_: Offer, line: Yardstick) -> Message:
    if not line.demand.required:
        return _NOTHING_REQUIRED
    held = [_named(requirement, line.catalogue) for requirement in line.required]
    vi, en = ", ".join(message.vi for message in held), ", ".join(message.en for message in held)
    return Message(f"Có {vi} trong suốt thời gian giao", f"{en} valid on all delivery dates")


def _uncertified(offer: Offer, line: Yardstick) -> Message:
    lacking = [_lack(offer, requirement, line) for requirement in line.required if not line.holds(offer, requirement)]
    return Message("; ".join(message.vi for message in lacking), "; ".join(message.en for message in lacking))


def _named(requirement: Requirement, catalogue: Catalogue) -> Message:
    scheme = catalogue.scheme(requirement.scheme)
    if requirement.level is None:
        return Message(scheme.name_vi, scheme.name_en)
    return Message(f"{scheme.name_vi} {requirement.level} sao", f"{scheme.name_en} {requirement.level} stars")


def _lack(offer: Offer, requirement: Requirement, line: Yardstick) -> Message:
    """What is wrong with a required certificate that does not hold on every day."""
    name = _named(requirement, line.catalogue)
    candidates = answering(offer, requirement, catalogue=line.catalogue)
    gap = first_day_without(candidates, start=line.first_day, end=line.last_day)
    if not candidates and waiting_for(offer, requirement, catalogue=line.catalogue):
        return Message(f"{name.vi} chưa được xác minh", f"{name.en} is not verified yet")
    if not candidates or gap is None:
        return Message(f"thiếu {name.vi}", f"no {name.en}")
    last = max((c.expires_on for c in candidates if c.expires_on is not None), default=None)
    if last is not None and last < gap:
        word = ("đã hết hạn", "expired") if last < line.today else ("hết hạn", "expires")
        return Message(f"{name.vi} {word[0]} {last:%d/%m/%Y}", f"{name.en} {word[1]} {last.isoformat()}")
    return Message(f"{name.vi} chưa có hiệu lực ngày {gap:%d/%m/%Y}", f"{name.en} not valid on {gap.isoformat()}")


def _are_in_season(offer: Offer, line: Yardstick) -> bool:
    return not offer.windows or not offer.weekly.keys().isdisjoint(line.demand.weekly)


def _in_season(offer: Offer, _: Yardstick) -> Message:
    return _SEASONS_OVERLAP if offer.windows else _NO_CALENDAR


def _out_of_season(offer: Offer, line: Yardstick) -> Message:
    if not offer.capacity.keys().isdisjoint(line.demand.weekly):
        return Message("Hàng trong thời gian này đã được giữ chỗ hết", "All of it is promised then")
    first, last = min(w.starts_on for w in offer.windows), max(w.ends_on for w in offer.windows)
    return Message(
        f"Chỉ có hàng từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}",
        f"Only available from {first.isoformat()} to {last.isoformat()}",
    )


def _are_comparable(offer: Offer, line: Yardstick) -> bool:
    return line.factor(offer) is not None


def _incomparable(offer: Offer, line: Yardstick) -> Message:
    offered, wanted = line.catalogue.unit(offer.unit), line.catalogue.unit(line.demand.unit)
    lacking = [unit for unit, said in ((offered, offer.kg_each), (wanted, line.demand.kg_each)) if _needs(unit, said)]
    vi, en = "; cần hỏi người bán", "; ask the seller"
    if lacking:
        vi = f"; cần ghi khối lượng mỗi {' và mỗi '.join(unit.name_vi for unit in lacking)} (kg_each)"
        en = f"; the weight of one {' and one '.join(unit.name_en for unit in lacking)} must be stated (kg_each)"
    return Message(
        f"Không quy đổi được {offered.name_vi} sang {wanted.name_vi}{vi}",
        f"{offered.name_en} cannot be converted to {wanted.name_en}{en}",
    )


def _needs(unit: Unit, stated: Decimal | None) -> bool:
    return stated is None and unit.kg_factor is None


def _is_as_asked(offer: Offer, line: Yardstick) -> bool:
    return not _other_than_asked(offer, line)


def _other_than_asked(offer: Offer, line: Yardstick) -> list[tuple[Message, str, str]]:
    """What of grade, size and packing is offered otherwise than it is asked for; what an offer does not say is."""
    demand = line.demand
    pairs: tuple[tuple[SpecificationKind, str | None, str | None], ...] = (
        ("grade", offer.grade, demand.grade),
        ("size", offer.size, demand.size),
        ("packing", offer.packaging, demand.packaging),
    )
    answers = partial(
        line.catalogue.specifications.answers,
        of_offer=(offer.concept or None, offer.category),
        of_demand=(demand.concept or None, demand.category),
    )
    return [
        (_SPECIFIED[kind], offered or "", asked)
        for kind, offered, asked in pairs
        if asked is not None and not answers(kind, offered=offered, asked=asked)
    ]


def _asks_how(line: Yardstick) -> bool:
    """Whether grade, size or packing is asked for at all; else nothing is said of them."""
    return any((line.demand.grade, line.demand.size, line.demand.packaging))


def _otherwise(offer: Offer, line: Yardstick) -> Message:
    others = _other_than_asked(offer, line)
    vi = "; ".join(f"{word.vi} cần {asked}, hàng ghi {offered or 'chưa rõ'}" for word, offered, asked in others)
    en = "; ".join(
        f"{word.en} {asked} is asked, the offer says {offered or 'nothing'}" for word, offered, asked in others
    )
    return Message(vi, en)


def _are_enough(offer: Offer, line: Yardstick) -> bool:
    if offer.moq is None:
        return True
    factor = line.factor(offer)
    return factor is not None and offer.moq * factor <= line.demand.quantity


def _enough(offer: Offer, line: Yardstick) -> Message:
    return _NO_LEAST_ORDER if offer.moq is None else _least_order(offer, line, "Đạt", "Meets")


def _too_little(offer: Offer, line: Yardstick) -> Message:
    return _least_order(offer, line, "Chưa đạt", "Below")


def _least_order(offer: Offer, line: Yardstick, vi: str, en: str) -> Message:
    factor = line.factor(offer)
    if factor is None or offer.moq is None:
        return Message("Chưa so được mức mua tối thiểu", "The least order cannot be compared")
    unit, amount = line.catalogue.unit(line.demand.unit), number((offer.moq * factor).quantize(_THOUSANDTH))
    return Message(
        f"{vi} mức mua tối thiểu {amount} {unit.name_vi}", f"{en} the least order of {amount} {unit.name_en}"
    )


def _are_affordable(offer: Offer, line: Yardstick) -> bool:
    if line.highest_price is None:
        return True
    price = line.price(offer)
    return price is None or price <= line.highest_price


def _affordable(offer: Offer, line: Yardstick) -> Message:
    limit, price = line.demand.price_ceiling_vnd, line.price(offer)
    if limit is None:
        return _NO_CEILING
    if price is None:
        return _PRICE_UNKNOWN
    offered, ceiling = _two_prices(price, limit)
    if price <= limit:
        return Message(
            f"Giá {offered} đ trong giá trần {ceiling} đ", f"{offered} VND is within the ceiling {ceiling} VND"
        )
    return Message(
        f"Giá {offered} đ cao hơn trần {ceiling} đ một chút, còn thương lượng được",
        f"{offered} VND is a little above the ceiling {ceiling} VND and can be talked about",
    )


def _too_dear(offer: Offer, line: Yardstick) -> Message:
    offered, ceiling = _two_prices(line.price(offer) or Decimal(0), line.demand.price_ceiling_vnd or 0)
    return Message(f"Giá {offered} đ vượt giá trần {ceiling} đ", f"{offered} VND is above the ceiling {ceiling} VND")


def _two_prices(price: Decimal, ceiling: int) -> tuple[str, str]:
    return number(price.quantize(ONE)), number(Decimal(ceiling))


_SPECIFIED: Mapping[SpecificationKind, Message] = {
    "grade": Message("hạng", "grade"),
    "size": Message("cỡ", "size"),
    "packing": Message("quy cách", "packing"),
}
_BOTH_ACTIVE = said("Hai bên đang hoạt động", "Both organizations are active")
_CONVERTED = said("Đơn vị tính quy đổi được", "The units can be converted")
_AS_ASKED = said("Đúng hạng, cỡ và quy cách cần", "Grade, size and packing as asked for")
_NOTHING_REQUIRED = Message("Không yêu cầu chứng nhận", "No certificate is required")
_NO_CALENDAR = Message("Chưa khai lịch cung ứng", "No supply calendar is given")
_SEASONS_OVERLAP = Message("Mùa vụ trùng thời gian cần", "The seasons overlap")
_NO_LEAST_ORDER = Message("Không đặt mức mua tối thiểu", "No least order is set")
_NO_CEILING = Message("Không đặt giá trần", "No price ceiling is set")
_PRICE_UNKNOWN = Message("Giá cần hỏi người bán", "The price must be asked for")

RULES: Mapping[GateName, Rule] = {
    "organizations": Rule(_are_active_and_two, _BOTH_ACTIVE, _one_or_suspended),
    "concept": Rule(_are_the_goods, _goods, _other_goods),
    "variety": _same("variety"),
    "form": _same("form"),
    "part": _same("part"),
    "certificates": Rule(_are_certified, _certified, _uncertified),
    "season": Rule(_are_in_season, _in_season, _out_of_season),
    "units": Rule(_are_comparable, _CONVERTED, _incomparable),
    "grade": Rule(_is_as_asked, _AS_ASKED, _otherwise),
    "moq": Rule(_are_enough, _enough, _too_little),
    "price": Rule(_are_affordable, _affordable, _too_dear),
}
HOPELESS: frozenset[GateName] = frozenset({"organizations", "concept"})
"""Gates that nobody can do anything about: an offer that fails one is no near miss."""

_QUICKEST_FIRST: tuple[tuple[GateName, Callable[[Offer, Yardstick], bool]], ...] = (
    ("organizations", _are_active_and_two),
    ("concept", _are_the_goods),
    ("variety", RULES["variety"].passes),
    ("form", RULES["form"].passes),
    ("part", RULES["part"].passes),
    ("units", _are_comparable),
    ("grade", _is_as_asked),
    ("moq", _are_enough),
    ("price", _are_affordable),
    ("certificates", _are_certified),
    ("season", _are_in_season),
)
