"""Ranking takes short cuts; judging each pair by itself, from its sentences up, must come to the same."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.config import PROJECT_ROOT
from market.core import clock
from market.listings.facts import Window
from market.matching.facts import CertificateFacts, Demand, Offer
from market.matching.gates import HOPELESS, RULES, all_gates, failed_when_close, passes_all
from market.matching.score import Judgement, judge
from market.matching.service import ranked
from market.matching.weights import WEIGHTS
from market.matching.yardstick import Yardstick, conversion
from market.reference.catalogue import catalogue_from_files
from tests.matching.offers import TODAY, demand, offer

CATALOGUE = catalogue_from_files(PROJECT_ROOT / "seeds" / "reference")

organizations = st.integers(11, 13).map(lambda number: UUID(int=number))
concepts = st.sampled_from(["dragon-fruit-red", "dragon-fruit", "mango"])
units = st.sampled_from(["KGM", "TNE", "LTR"])
provinces = st.sampled_from([("82", "2025"), ("79", "2025"), ("68", "2025")])
requirements = st.lists(st.sampled_from(["vietgap", "ocop:4", "globalgap"]), max_size=2, unique=True).map(tuple)
amounts = st.integers(1, 4000).map(lambda kilograms: Decimal(kilograms) / 4)
prices = st.one_of(st.none(), st.integers(0, 40_000))
days = st.integers(0, 120).map(lambda ahead: TODAY + timedelta(days=ahead))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = draw(days)
    end = start + timedelta(days=draw(st.integers(0, 60)))
    return Window(start, end, draw(amounts), draw(st.sampled_from(["day", "week", "month", "total"])))


@st.composite
def certificates(draw: st.DrawFn) -> CertificateFacts:
    scheme, level = draw(st.sampled_from([("vietgap", None), ("ocop", 3), ("ocop", 4), ("globalgap", None)]))
    expires = draw(st.one_of(st.none(), days))
    scope = draw(st.sampled_from([(), ("dragon-fruit",), ("mango",)]))
    return CertificateFacts(scheme, level, date(2026, 1, 1), expires, scope, draw(st.sampled_from([None, "A-1"])))


@st.composite
def offers(draw: st.DrawFn, number: int = 1) -> Offer:
    due = draw(st.integers(0, 5))
    return offer(
        listing_id=UUID(int=number),
        organization_id=draw(organizations),
        organization_active=draw(st.sampled_from([True, True, True, False])),
        concept=draw(concepts),
        unit=draw(units),
        price_vnd=draw(prices),
        moq=draw(st.one_of(st.none(), amounts)),
        province=draw(provinces),
        windows=tuple(draw(st.lists(windows(), max_size=2))),
        certificates=tuple(draw(st.lists(certificates(), max_size=2))),
        growing_area=draw(st.sampled_from([None, "a-1", "B-2"])),
        lines_due=due,
        lines_met=draw(st.integers(0, due)),
        reserved=draw(st.dictionaries(st.sampled_from([202649, 202701, 202702]), amounts, max_size=2)),
    )


@st.composite
def demands(draw: st.DrawFn, number: int = 1) -> Demand:
    start = draw(days)
    return demand(
        line_id=UUID(int=number),
        concept=draw(concepts),
        unit=draw(units),
        quantity=draw(amounts),
        per=draw(st.sampled_from(["day", "week", "month", "total"])),
        weekdays=tuple(draw(st.sets(st.integers(1, 7), max_size=3))),
        starts_on=start,
        ends_on=start + timedelta(days=draw(st.integers(0, 60))),
        required=draw(requirements),
        preferred=draw(requirements),
        price_ceiling_vnd=draw(prices),
        province=draw(provinces),
    )


several_offers = st.tuples(*(offers(number) for number in range(1, 4)))
several_demands = st.tuples(*(demands(number) for number in range(1, 3)))


def told(judgement: Judgement) -> tuple[object, ...]:
    """All that an answer says of a pair."""
    return (
        judgement.offer.listing_id,
        judgement.demand.line_id,
        judgement.score,
        judgement.failed,
        [(gate.name, gate.passed, gate.why) for gate in judgement.gates],
        [(part.name, part.value, part.why) for part in judgement.parts],
        dict(judgement.coverage),
    )


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(several_offers, several_demands)
def test_ranking_comes_to_what_judging_every_pair_by_itself_does(
    offered: tuple[Offer, ...], asked: tuple[Demand, ...]
) -> None:
    now, today = clock.now(), clock.today()
    plain = [judge(one, line, catalogue=CATALOGUE, now=now, today=today) for one in offered for line in asked]
    plain.sort(key=lambda pair: (-pair.score, pair.offer.listing_id, pair.demand.line_id))

    lines = [Yardstick(line, catalogue=CATALOGUE, today=today) for line in asked]
    matches = ranked((one, line) for line in reversed(lines) for one in reversed(offered))

    assert [told(pair) for pair in matches.fitting] == [told(pair) for pair in plain if pair.fits]
    assert [told(pair) for pair in matches.near_misses] == [told(pair) for pair in plain if pair.is_near_miss]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(offers(), demands())
def test_short_cuts_of_gates_decide_as_the_gates_do(one: Offer, line: Demand) -> None:
    gates = all_gates(one, line, catalogue=CATALOGUE, today=TODAY)
    failed = tuple(gate.name for gate in gates if not gate.passed)
    measure = Yardstick(line, catalogue=CATALOGUE, today=TODAY)
    is_close = not failed or (len(failed) == 1 and HOPELESS.isdisjoint(failed))

    assert [gate.name for gate in gates] == [name for name in RULES if name != "grade"]
    assert passes_all(one, measure) is not bool(failed)
    assert failed_when_close(one, measure) == (failed if is_close else None)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(offers(), demands())
def test_the_score_is_what_its_parts_and_weeks_add_up_to(one: Offer, line: Demand) -> None:
    judgement = judge(one, line, catalogue=CATALOGUE, now=clock.now(), today=TODAY)
    factor = conversion(one, line, catalogue=CATALOGUE)

    assert judgement.coverage.keys() == line.weekly.keys()
    for week, wanted in line.weekly.items():
        free = Fraction(one.weekly.get(week, Decimal(0))) * Fraction(factor or 0)
        assert judgement.coverage[week] == pytest.approx(float(min(Fraction(1), free / Fraction(wanted))))
    assert judgement.score == pytest.approx(sum(p.value * WEIGHTS[p.name] for p in judgement.parts), abs=0.0001)
