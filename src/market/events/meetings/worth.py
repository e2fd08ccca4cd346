"""What a meeting is worth: how well real listings fit real needs, and who wished for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.events.models import Registration
from market.matching.candidates import goods_and_broader
from market.matching.queries import demands_of_organizations, offers_of
from market.matching.score import Judgement, judge_close
from market.matching.yardstick import Yardstick
from market.organizations.blocks.queries import blocked_pairs
from market.reference.catalogue import Catalogue

OF_A_MATCH = 1000
"""Of a listing that fits a need entirely."""
NEAR_MISS = 0.4
"""The share of it when one condition is not met: worth talking about."""
OF_A_WISH, OF_BOTH_WISHES = 500, 1500
AND_OF_THE_SECOND = 0.1
"""What further goods that fit add, each."""

SellerBuyer = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Worth:
    """Of a meeting of two organizations."""

    weight: int
    wishes: int
    """How many of the two wish it."""
    best: Judgement | None
    """The listing and the line of a need that fit best."""


async def judged_pairs(
    session: AsyncSession, sellers: Collection[UUID], buyers: Collection[UUID], *, catalogue: Catalogue
) -> Mapping[SellerBuyer, list[Judgement]]:
    """The listings of sellers that fit, or nearly fit, needs of buyers, the best first. Two statements."""
    now, today = clock.now(), clock.today()
    lines: dict[str, list[Yardstick]] = defaultdict(list)
    for demand in await demands_of_organizations(session, buyers):
        line = Yardstick(demand, catalogue=catalogue, today=today)
        for concept in demand.accepted or (demand.concept,):
            lines[concept].append(line)
    found: dict[SellerBuyer, list[Judgement]] = defaultdict(list)
    for offer in await offers_of(session, sellers):
        close = {id(line): line for goods in goods_and_broader(offer, catalogue=catalogue) for line in lines[goods]}
        for line in close.values():
            judgement = judge_close(offer, line, now=now)
            if judgement is not None:
                found[offer.organization_id, line.demand.organization_id].append(judgement)
    return {pair: sorted(judged, key=lambda j: (not j.fits, -j.score)) for pair, judged in found.items()}


async def worth_of_pairs(
    session: AsyncSession,
    registrations: Iterable[Registration],
    wishes: Collection[tuple[UUID, UUID]],
    *,
    catalogue: Catalogue,
) -> dict[SellerBuyer, Worth]:
    """Every pair of a seller and a buyer whose meeting is worth something, and of whom neither blocks the other.

    Args:
        wishes: who wishes to meet whom.
    """
    sides = {registration.organization_id: registration.side for registration in registrations}
    sellers = [id_ for id_, side in sides.items() if side == "seller"]
    buyers = [id_ for id_, side in sides.items() if side == "buyer"]
    judged = await judged_pairs(session, sellers, buyers, catalogue=catalogue)
    blocked = await blocked_pairs(session, sides)
    wished = {pair for one, other in wishes if (pair := _as_pair(sides, one, other)) is not None}
    return {
        pair: _worth(judged.get(pair, []), int(pair in wishes) + int(pair[::-1] in wishes))
        for pair in {*judged, *wished}
        if pair[0] != pair[1] and frozenset(pair) not in blocked
    }


def _as_pair(sides: Mapping[UUID, str | None], one: UUID, other: UUID) -> SellerBuyer | None:
    match sides.get(one), sides.get(other):
        case "seller", "buyer":
            return one, other
        case "buyer", "seller":
            return other, one
    return None


def _worth(judged: list[Judgement], wishes: int) -> Worth:
    scores = [judgement.score * (1 if judgement.fits else NEAR_MISS) for judgement in judged]
    goods = (scores[0] + AND_OF_THE_SECOND * min(len(scores) - 1, 5)) if scores else 0.0
    wished = (0, OF_A_WISH, OF_BOTH_WISHES)[wishes]
    return Worth(max(1, round(OF_A_MATCH * goods) + wished), wishes, judged[0] if judged else None)
