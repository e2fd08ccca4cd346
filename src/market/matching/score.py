"""The score: parts between 0 and 1, each with its weight and a sentence; and the whole judgement of a pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from operator import mul

from market.core.language import Message
from market.matching import weights
from market.matching.facts import Demand, Offer
from market.matching.gates import HOPELESS, Gate, GateName, failed_gates, failed_when_close, gates_between, number
from market.matching.weights import WEIGHTS, Part
from market.matching.yardstick import Yardstick
from market.reference.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of the score; `value` is between 0 and 1."""

    name: Part
    value: float
    reason: Callable[[], Message]

    @property
    def why(self) -> Message:
        """The sentence; put into words only for those pairs that are shown."""
        return self.reason()

    @property
    def weight(self) -> float:
        return WEIGHTS[self.name]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How an offer fits a line: every gate and every part. The same whichever side asks."""

    offer: Offer
    line: Yardstick
    now: datetime
    failed: tuple[GateName, ...]
    """The gates that hold the offer back."""
    coverage: Mapping[int, float]
    """The share of each wanted ISO week that the offer alone can cover."""
    values: Mapping[Part, float]
    """Between 0 and 1 each."""
    score: float
    """Between 0 and 1."""

    @property
    def demand(self) -> Demand:
        return self.line.demand

    @property
    def fits(self) -> bool:
        return not self.failed

    @property
    def is_near_miss(self) -> bool:
        """The right goods of another organization, held back by one gate only."""
        return len(self.failed) == 1 and HOPELESS.isdisjoint(self.failed)

    @property
    def gates(self) -> list[Gate]:
        """Every gate, with what puts it into words."""
        return gates_between(self.offer, self.line, failed=self.failed)

    @property
    def parts(self) -> list[ScorePart]:
        """Every part, with what puts it into words."""
        return [ScorePart(name, value, partial(WORDS[name], self)) for name, value in self.values.items()]


def judge(offer: Offer, demand: Demand, *, catalogue: Catalogue, now: datetime, today: date) -> Judgement:
    """Compare an offer with a line of a need."""
    line = Yardstick(demand, catalogue=catalogue, today=today)
    return _scored(offer, line, failed_gates(offer, line), now)


def judge_close(offer: Offer, line: Yardstick, *, now: datetime) -> Judgement | None:
    """As `judge`, but only a pair that fits or nearly does; the others are not worth a score."""
    failed = failed_when_close(offer, line)
    return None if failed is None else _scored(offer, line, failed, now)


def _scored(offer: Offer, line: Yardstick, failed: tuple[GateName, ...], now: datetime) -> Judgement:
    coverage = coverage_by_week(offer, line)
    values: dict[Part, float] = {
        "coverage": sum(coverage.values()) / len(coverage) if coverage else 0.0,
        "price": _price(offer, line),
        "concept": _concept(offer, line),
        "certificates": _preferred(offer, line),
        "distance": max(0.0, 1.0 - line.distance_of(offer) / weights.FARTHEST_KM),
        "record": (offer.lines_met + weights.RECORD_PRIOR_MET) / (offer.lines_due + weights.RECORD_PRIOR_DUE),
        "freshness": _freshness(offer, now),
    }
    score = round(sum(map(mul, values.values(), WEIGHTS.values())), 4)
    return Judgement(offer, line, now, failed, coverage, values, score)


def coverage_by_week(offer: Offer, line: Yardstick) -> Mapping[int, float]:
    """The share of each wanted week that the offer can cover, 0 to 1."""
    factor, wanted_weeks = line.factor(offer), line.demand.weekly
    if factor is None:
        return dict.fromkeys(wanted_weeks, 0.0)
    shares: dict[int, float] = {}
    offered = offer.weekly
    share, free_before, wanted_before = 0.0, None, None
    for week, wanted in wanted_weeks.items():
        free = offered.get(week)
        # Weeks in the middle of a season hold the very same amounts: dividing is the slow part of judging.
        if free is not free_before or wanted is not wanted_before:
            share, free_before, wanted_before = _share(free, wanted, factor), free, wanted
        shares[week] = share
    return shares


def _share(free: Decimal | None, wanted: Decimal, factor: Decimal) -> float:
    if free is None:
        return 0.0
    return 1.0 if free * factor >= wanted else float(free * factor / wanted)


def _covered(judgement: Judgement) -> Message:
    weeks, share = judgement.coverage, f"{judgement.values['coverage']:.0%}"
    full = list(weeks.values()).count(1.0)
    return Message(
        vi=f"Đáp ứng {share} nhu cầu; đủ hàng {full}/{len(weeks)} tuần",
        en=f"Covers {share} of the need; {full} of {len(weeks)} weeks in full",
    )


def _price(offer: Offer, line: Yardstick) -> float:
    price, ceiling = line.price(offer), line.demand.price_ceiling_vnd
    if price is None or not ceiling:
        return weights.UNKNOWN
    band = float(weights.CEILING_BAND)
    return min(1.0, max(0.0, (band - float(price / ceiling)) / (band - weights.GOOD_PRICE)))


def _priced(judgement: Judgement) -> Message:
    price, ceiling = judgement.line.price(judgement.offer), judgement.demand.price_ceiling_vnd
    if price is None:
        return Message(vi="Chưa có giá", en="No price yet")
    if not ceiling:
        offered = number(price.quantize(Decimal(1)))
        return Message(vi=f"Giá {offered} đ, không có giá trần", en=f"{offered} VND, no ceiling")
    share = f"{float(price / ceiling):.0%}"
    return Message(f"Giá bằng {share} giá trần", f"The price is {share} of the ceiling")


def _concept(offer: Offer, line: Yardstick) -> float:
    steps = _steps(offer, line)
    if steps is None and offer.concept in line.demand.accepted:
        return 1.0 - weights.NARROWER_STEP
    return 0.0 if steps is None else max(0.0, 1.0 - weights.NARROWER_STEP * steps)


def _steps(offer: Offer, line: Yardstick) -> int | None:
    """How far below the wanted goods the offered ones stand; None when they are others."""
    if offer.concept == line.demand.concept:
        return 0
    broader = line.catalogue.ancestors(offer.concept)
    return broader.index(line.demand.concept) + 1 if line.demand.concept in broader else None


def _close_in_kind(judgement: Judgement) -> Message:
    match _steps(judgement.offer, judgement.line):
        case None if judgement.line.differences(judgement.offer):
            return Message(vi="Mặt hàng gần với mặt hàng cần", en="Goods near those asked for")
        case None:
            return Message(vi="Mặt hàng cũng được chấp nhận", en="Goods that will do as well")
        case 0:
            return Message(vi="Đúng mặt hàng", en="The very goods")
        case _:
            return Message(vi="Loại hẹp hơn của mặt hàng cần", en="A narrower kind of the goods asked for")


def _preferred(offer: Offer, line: Yardstick) -> float:
    total = len(line.demand.preferred)
    if not total:
        return weights.UNKNOWN
    return sum(line.holds(offer, requirement) for requirement in line.preferred) / total


def _certified(judgement: Judgement) -> Message:
    total = len(judgement.demand.preferred)
    if not total:
        return Message(vi="Không có chứng nhận ưu tiên", en="No certificate is preferred")
    held = round(judgement.values["certificates"] * total)
    return Message(vi=f"Có {held}/{total} chứng nhận ưu tiên", en=f"{held} of {total} preferred certificates")


def _away(judgement: Judgement) -> Message:
    """The distance, and the days on the road, longer at the Tết peak."""
    distance, peak = judgement.line.distance_of(judgement.offer), judgement.line.at_tet_peak
    days = max(1, -(-int(distance) // int(weights.KM_A_DAY))) + (weights.TET_EXTRA_DAYS if peak else 0)
    vi = f"Cách khoảng {distance:.0f} km, giao trong {days} ngày" + (" (cao điểm Tết)" if peak else "")
    en = f"About {distance:.0f} km away, {days} days to deliver" + (" (Tết peak)" if peak else "")
    return Message(vi=vi, en=en)


def _recorded(judgement: Judgement) -> Message:
    met, due = judgement.offer.lines_met, judgement.offer.lines_due
    if not due:
        return Message(vi="Chưa có lịch sử giao hàng", en="No deliveries on record yet")
    return Message(vi=f"Đã giao đủ {met}/{due} dòng hàng", en=f"Kept {met} of {due} delivery lines")


def _days_old(offer: Offer, now: datetime) -> int:
    return max(0, (now - offer.updated_at).days)


def _freshness(offer: Offer, now: datetime) -> float:
    span = weights.STALE_DAYS - weights.FRESH_DAYS
    return min(1.0, max(0.0, 1.0 - (_days_old(offer, now) - weights.FRESH_DAYS) / span))


def _updated(judgement: Judgement) -> Message:
    days = _days_old(judgement.offer, judgement.now)
    return Message(vi=f"Cập nhật {days} ngày trước", en=f"Updated {days} days ago")


WORDS: Mapping[Part, Callable[[Judgement], Message]] = {
    "coverage": _covered,
    "price": _priced,
    "concept": _close_in_kind,
    "certificates": _certified,
    "distance": _away,
    "record": _recorded,
    "freshness": _updated,
}
"""What puts each part into words."""
