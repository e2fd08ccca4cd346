"""Why a pool does not cover everything, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from market.core.language import Message
from market.matching.gates import number
from market.matching.pool_service import NOTHING, LinePool
from market.reference.cadence import week_label
from market.reference.catalogue import Catalogue

ReasonCode = Literal["window-over", "no-suppliers", "capacity", "moq", "max-suppliers", "time"]
NAMED_WEEKS = 3
"""Weeks that a sentence names; the list beside it has them all."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands between the plan and full coverage."""

    code: ReasonCode
    why: Message
    short: Mapping[int, Decimal]
    """ISO week -> what it costs that week, in the line's unit."""


def reasons_of(pool: LinePool, *, catalogue: Catalogue) -> list[Reason]:
    """Every reason why the line is not covered; none when it is."""
    if pool.covered:
        return []
    if not pool.problem.wanted:
        why = Message(vi="Thời gian cần hàng của dòng này đã qua", en="The time in which goods were wanted is over")
        return [Reason("window-over", why, {})]
    if not pool.problem.suppliers:
        why = Message(
            vi="Chưa có nhà cung cấp nào đạt mọi điều kiện của dòng này", en="No supplier meets every condition yet"
        )
        return [Reason("no-suppliers", why, pool.short)]
    parts: list[Callable[[LinePool, Catalogue], Reason | None]] = [_capacity, _least_orders, _number, _time]
    return [reason for part in parts if (reason := part(pool, catalogue))]


def _capacity(pool: LinePool, catalogue: Catalogue) -> Reason | None:
    lacking = _lacking_capacity(pool)
    if not lacking:
        return None
    had = {week: pool.capacity.get(week, NOTHING) for week in lacking}
    unit = catalogue.unit(pool.demand.unit)
    named = list(lacking)[:NAMED_WEEKS]
    vi = "; ".join(
        f"tuần {week_label(w)} chỉ có {number(had[w])} trên {number(pool.problem.wanted[w])} {unit.name_vi},"
        f" thiếu {number(lacking[w])}"
        for w in named
    )
    en = "; ".join(
        f"week {week_label(w)} has {number(had[w])} of {number(pool.problem.wanted[w])} {unit.name_en},"
        f" {number(lacking[w])} short"
        for w in named
    )
    more = len(lacking) - len(named)
    why = Message(
        vi=f"Không đủ hàng: {vi}" + (f"; và {more} tuần khác" if more else ""),
        en=f"Not enough goods: {en}" + (f"; and {more} more weeks" if more else ""),
    )
    return Reason("capacity", why, lacking)


def _lacking_capacity(pool: LinePool) -> Mapping[int, Decimal]:
    lacking = {week: pool.problem.wanted[week] - pool.capacity.get(week, NOTHING) for week in pool.out_of_reach}
    return {week: quantity for week, quantity in lacking.items() if quantity >= pool.plan.quantum}


def _least_orders(pool: LinePool, _: Catalogue) -> Reason | None:
    lacking = _lacking_capacity(pool)
    lost = {week: quantity - lacking.get(week, NOTHING) for week, quantity in pool.out_of_reach.items()}
    lost = {week: quantity for week, quantity in lost.items() if quantity > 0}
    if not lost:
        return None
    why = Message(
        vi=f"Mức mua tối thiểu không cho lấy nốt phần còn thiếu trong {len(lost)} tuần",
        en=f"Least orders do not let the rest be taken in {len(lost)} {_weeks(len(lost))}",
    )
    return Reason("moq", why, lost)


def _number(pool: LinePool, _: Catalogue) -> Reason | None:
    least, limit = pool.plan.least_suppliers, pool.problem.max_suppliers
    if least is None or limit is None:
        return None
    lost = {week: quantity - pool.out_of_reach.get(week, NOTHING) for week, quantity in pool.short.items()}
    lost = {week: quantity for week, quantity in lost.items() if quantity > 0}
    proven = pool.plan.least_is_proven
    vi = f"Giới hạn {limit} nhà cung cấp là quá ít: {'cần ít nhất' if proven else 'đủ với'} {least}"
    en = f"At most {limit} suppliers are too few: {'at least' if proven else 'enough would be'} {least}"
    best = not pool.out_of_reach
    return Reason(
        "max-suppliers",
        Message(
            vi=vi + (" để đủ hàng mọi tuần" if best else " để có lượng hàng lớn nhất có thể"),
            en=en + (" to cover every week" if best else " to have all that can be had"),
        ),
        lost,
    )


def _time(pool: LinePool, _: Catalogue) -> Reason | None:
    if pool.plan.optimal or pool.plan.least_suppliers is not None or pool.out_of_reach:
        return None
    why = Message(
        vi=f"Chưa tìm được phương án tốt hơn trong thời gian cho phép; còn cách tối ưu nhiều nhất {pool.plan.gap:.1%}",
        en=f"Nothing better was found in the time allowed; at most {pool.plan.gap:.1%} from the best",
    )
    return Reason("time", why, pool.short)


def _weeks(count: int) -> str:
    return "week" if count == 1 else "weeks"
