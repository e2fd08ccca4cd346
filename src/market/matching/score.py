"""The score: parts between 0 and 1, each with its weight and a sentence; and the whole judgement of a pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from market.core.language import Message
from market.matching import weights
from market.matching.certificates_on_dates import answering, first_day_without
from market.matching.facts import Demand, Offer
from market.matching.gates import Gate, GateName, all_gates, conversion, number, price_for_line_unit
from market.matching.weights import WEIGHTS, Part
from market.reference.catalogue import Catalogue
from market.reference.checking import parse_requirement
from market.search.everyday_words import TET_DAYS

Judged = tuple[float, Callable[[], Message]]
"""The value of a part, and what puts it into words."""


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
    demand: Demand
    gates: tuple[Gate, ...]
    parts: tuple[ScorePart, ...]
    coverage: Mapping[int, float]
    """The share of each wanted ISO week that the offer alone can cover."""

    @property
    def score(self) -> float:
        """Between 0 and 1."""
        return round(sum(part.value * part.weight for part in self.parts), 4)

    @property
    def failed(self) -> tuple[GateName, ...]:
        return tuple(gate.name for gate in self.gates if not gate.passed)

    @property
    def fits(self) -> bool:
        return not self.failed

    @property
    def is_near_miss(self) -> bool:
        """The right goods of another organization, held back by one gate only."""
        return _is_near(self.failed)


def judge(offer: Offer, demand: Demand, *, catalogue: Catalogue, now: datetime, today: date) -> Judgement:
    """Compare an offer with a line of a need."""
    gates = all_gates(offer, demand, catalogue=catalogue, today=today)
    return _scored(offer, demand, gates, catalogue=catalogue, now=now, today=today)


def judge_close(offer: Offer, demand: Demand, *, catalogue: Catalogue, now: datetime, today: date) -> Judgement | None:
    """As `judge`, but only a pair that fits or nearly does; the others are not worth a score."""
    gates = all_gates(offer, demand, catalogue=catalogue, today=today)
    failed = [gate.name for gate in gates if not gate.passed]
    if failed and not _is_near(failed):
        return None
    return _scored(offer, demand, gates, catalogue=catalogue, now=now, today=today)


def _is_near(failed: Sequence[GateName]) -> bool:
    return len(failed) == 1 and failed[0] not in ("organizations", "concept")


def _scored(
    offer: Offer, demand: Demand, gates: Sequence[Gate], *, catalogue: Catalogue, now: datetime, today: date
) -> Judgement:
    factor = conversion(offer, demand, catalogue=catalogue)
    coverage = coverage_by_week(offer, demand, factor)
    parts = (
        ScorePart("coverage", *_coverage(coverage)),
        ScorePart("price", *_price(offer, demand, factor)),
        ScorePart("concept", *_concept(offer, demand, catalogue)),
        ScorePart("certificates", *_preferred(offer, demand, catalogue, today)),
        ScorePart("distance", *_distance(offer, demand, catalogue)),
        ScorePart("record", *_record(offer)),
        ScorePart("freshness", *_freshness(offer, now)),
    )
    return Judgement(offer, demand, tuple(gates), parts, coverage)


def coverage_by_week(offer: Offer, demand: Demand, factor: Decimal | None) -> Mapping[int, float]:
    """The share of each wanted week that the offer can cover, 0 to 1."""
    if factor is None:
        return dict.fromkeys(demand.weekly, 0.0)
    free_weeks = offer.weekly.items()
    offered = offer.weekly if factor == 1 else {week: quantity * factor for week, quantity in free_weeks}
    return {
        week: 0.0 if (free := offered.get(week)) is None else 1.0 if free >= wanted else float(free / wanted)
        for week, wanted in demand.weekly.items()
    }


def _coverage(weeks: Mapping[int, float]) -> Judged:
    value = sum(weeks.values()) / len(weeks) if weeks else 0.0
    return value, lambda: _covered(weeks, value)


def _covered(weeks: Mapping[int, float], value: float) -> Message:
    full = sum(share >= 1 for share in weeks.values())
    return Message(
        vi=f"Đáp ứng {value:.0%} nhu cầu; đủ hàng {full}/{len(weeks)} tuần",
        en=f"Covers {value:.0%} of the need; {full} of {len(weeks)} weeks in full",
    )


def _price(offer: Offer, demand: Demand, factor: Decimal | None) -> Judged:
    price = price_for_line_unit(offer, factor)
    if price is None:
        return weights.UNKNOWN, lambda: Message(vi="Chưa có giá", en="No price yet")
    if not demand.price_ceiling_vnd:
        return weights.UNKNOWN, lambda: _no_ceiling(price)
    share = float(price / demand.price_ceiling_vnd)
    band = float(weights.CEILING_BAND)
    value = min(1.0, max(0.0, (band - share) / (band - weights.GOOD_PRICE)))
    return value, lambda: Message(f"Giá bằng {share:.0%} giá trần", f"The price is {share:.0%} of the ceiling")


def _no_ceiling(price: Decimal) -> Message:
    offered = number(price.quantize(Decimal(1)))
    return Message(vi=f"Giá {offered} đ, không có giá trần", en=f"{offered} VND, no ceiling")


def _concept(offer: Offer, demand: Demand, catalogue: Catalogue) -> Judged:
    line = (offer.concept, *catalogue.ancestors(offer.concept))
    if demand.concept not in line:
        return 0.0, lambda: Message(vi="Khác mặt hàng", en="Other goods")
    steps = line.index(demand.concept)
    if steps == 0:
        return 1.0, lambda: Message(vi="Đúng mặt hàng", en="The very goods")
    value = max(0.0, 1.0 - weights.NARROWER_STEP * steps)
    return value, lambda: Message(vi="Loại hẹp hơn của mặt hàng cần", en="A narrower kind of the goods asked for")


def _preferred(offer: Offer, demand: Demand, catalogue: Catalogue, today: date) -> Judged:
    if not demand.preferred:
        return weights.UNKNOWN, lambda: Message(vi="Không có chứng nhận ưu tiên", en="No certificate is preferred")
    start = max(today, demand.starts_on)
    held = []
    for text in demand.preferred:
        requirement = parse_requirement(catalogue, text)
        if requirement is None:
            continue
        candidates = answering(offer, requirement, catalogue=catalogue)
        if candidates and first_day_without(candidates, start=start, end=max(start, demand.ends_on)) is None:
            held.append(text)
    value = len(held) / len(demand.preferred)
    total = len(demand.preferred)
    vi, en = f"Có {len(held)}/{total} chứng nhận ưu tiên", f"{len(held)} of {total} preferred certificates"
    return value, lambda: Message(vi=vi, en=en)


def lead_days(offer: Offer, demand: Demand, *, catalogue: Catalogue) -> tuple[float, int]:
    """Distance between the provinces' centres in km, and days on the road, longer at the Tết peak."""
    distance = _distance_km(offer, demand, catalogue)
    days = max(1, -(-int(distance) // int(weights.KM_A_DAY)))
    return distance, days + (weights.TET_EXTRA_DAYS if _at_tet_peak(demand) else 0)


def _distance_km(offer: Offer, demand: Demand, catalogue: Catalogue) -> float:
    here, there = catalogue.province(*offer.province), catalogue.province(*demand.province)
    return catalogue.distance_km(here, there)


def _at_tet_peak(demand: Demand) -> bool:
    return any(demand.starts_on <= last and demand.ends_on >= first for first, last in _TET_PEAKS)


_TET_PEAKS = tuple(
    (tet - timedelta(days=weights.TET_PEAK_DAYS_BEFORE), tet + timedelta(days=weights.TET_PEAK_DAYS_AFTER))
    for tet in map(date.fromisoformat, TET_DAYS)
)


def _distance(offer: Offer, demand: Demand, catalogue: Catalogue) -> Judged:
    distance = _distance_km(offer, demand, catalogue)
    value = max(0.0, 1.0 - distance / weights.FARTHEST_KM)
    return value, lambda: _away(*lead_days(offer, demand, catalogue=catalogue), peak=_at_tet_peak(demand))


def _away(distance: float, days: int, *, peak: bool) -> Message:
    vi = f"Cách khoảng {distance:.0f} km, giao trong {days} ngày" + (" (cao điểm Tết)" if peak else "")
    en = f"About {distance:.0f} km away, {days} days to deliver" + (" (Tết peak)" if peak else "")
    return Message(vi=vi, en=en)


def _record(offer: Offer) -> Judged:
    value = (offer.lines_met + weights.RECORD_PRIOR_MET) / (offer.lines_due + weights.RECORD_PRIOR_DUE)
    if not offer.lines_due:
        return value, lambda: Message(vi="Chưa có lịch sử giao hàng", en="No deliveries on record yet")
    vi = f"Đã giao đủ {offer.lines_met}/{offer.lines_due} dòng hàng"
    return value, lambda: Message(vi=vi, en=f"Kept {offer.lines_met} of {offer.lines_due} delivery lines")


def _freshness(offer: Offer, now: datetime) -> Judged:
    days = max(0, (now - offer.updated_at).days)
    span = weights.STALE_DAYS - weights.FRESH_DAYS
    value = min(1.0, max(0.0, 1.0 - (days - weights.FRESH_DAYS) / span))
    return value, lambda: Message(vi=f"Cập nhật {days} ngày trước", en=f"Updated {days} days ago")
