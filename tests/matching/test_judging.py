from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from market.config import PROJECT_ROOT
from market.listings.facts import Window
from market.matching.certificates_on_dates import first_day_without
from market.matching.facts import CertificateFacts, PriceTier
from market.matching.weights import UNKNOWN, WEIGHTS
from market.reference.catalogue import Catalogue, catalogue_from_files
from tests.matching.offers import DEMAND, OFFER, VIETGAP, demand, judged, offer

CATALOGUE = catalogue_from_files(PROJECT_ROOT / "seeds" / "reference")

quantities = st.decimals(min_value=1, max_value=100_000, places=0)
prices = st.one_of(st.none(), st.integers(min_value=0, max_value=100_000))


def test_the_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_a_good_offer_passes_every_gate_and_says_why_in_both_languages(catalogue: Catalogue) -> None:
    judgement = judged(OFFER, DEMAND, catalogue)

    assert judgement.fits
    assert [gate.name for gate in judgement.gates] == [
        "organizations",
        "concept",
        "variety",
        "form",
        "part",
        "certificates",
        "season",
        "units",
        "moq",
        "price",
    ]
    assert all(gate.why.vi and gate.why.en for gate in judgement.gates)
    assert {part.name for part in judgement.parts} == set(WEIGHTS)
    assert 0.7 < judgement.score <= 1


def test_narrower_goods_fit_and_broader_ones_do_not(catalogue: Catalogue) -> None:
    generic = demand(concept="dragon-fruit")

    assert judged(OFFER, generic, catalogue).fits
    assert judged(OFFER, generic, catalogue).score < judged(OFFER, DEMAND, catalogue).score
    assert judged(offer(concept="dragon-fruit"), DEMAND, catalogue).failed == ("variety",)


def test_an_expired_certificate_is_a_near_miss_that_names_the_day(catalogue: Catalogue) -> None:
    expired = replace(VIETGAP, expires_on=date(2026, 10, 2))

    judgement = judged(offer(certificates=(expired,)), DEMAND, catalogue)

    assert judgement.is_near_miss
    assert judgement.failed == ("certificates",)
    gate = next(gate for gate in judgement.gates if gate.name == "certificates")
    assert gate.why.en == "VietGAP (crops) expired 2026-10-02"


def test_a_certificate_of_other_goods_does_not_count(catalogue: Catalogue) -> None:
    mango = replace(VIETGAP, scope_concepts=("mango",))

    assert judged(offer(certificates=(mango,)), DEMAND, catalogue).failed == ("certificates",)


def test_a_certificate_of_another_growing_area_does_not_count(catalogue: Catalogue) -> None:
    of_area = replace(VIETGAP, scope_area="VN-TGOR-0037")

    assert judged(offer(certificates=(of_area,), growing_area="VN-LAOR-0001"), DEMAND, catalogue).failed == (
        "certificates",
    )
    assert judged(offer(certificates=(of_area,), growing_area="vn-tgor-0037"), DEMAND, catalogue).fits
    assert judged(offer(certificates=(of_area,)), DEMAND, catalogue).fits


def test_a_certificate_must_hold_through_the_last_delivery(catalogue: Catalogue) -> None:
    ends_early = replace(VIETGAP, expires_on=date(2027, 2, 10))
    renewed = CertificateFacts("vietgap", None, date(2027, 2, 11), date(2030, 2, 10), ())

    assert judged(offer(certificates=(ends_early,)), DEMAND, catalogue).failed == ("certificates",)
    assert judged(offer(certificates=(ends_early, renewed)), DEMAND, catalogue).fits


def test_more_stars_answer_a_wish_for_fewer(catalogue: Catalogue) -> None:
    stars = [CertificateFacts("ocop", level, date(2025, 1, 1), date(2028, 1, 1), ()) for level in (3, 4, 5)]
    wants_four = demand(required=("ocop:4",))

    fits = [judged(offer(certificates=(certificate,)), wants_four, catalogue).fits for certificate in stars]

    assert fits == [False, True, True]


def test_units_without_a_fixed_weight_are_never_converted(catalogue: Catalogue) -> None:
    dozens = offer(unit="VN-CHUC", moq=None)

    assert "units" in judged(dozens, DEMAND, catalogue).failed


def test_tonnes_and_kilograms_are_the_same_goods(catalogue: Catalogue) -> None:
    tonnes = offer(
        unit="TNE",
        price_vnd=28_000_000,
        moq=Decimal("0.2"),
        windows=(Window(date(2026, 12, 1), date(2027, 2, 28), Decimal(5), "week"),),
    )

    assert judged(tonnes, DEMAND, catalogue).score == judged(OFFER, DEMAND, catalogue).score


def test_a_price_a_little_above_the_ceiling_is_talked_about_and_a_lot_above_is_not(catalogue: Catalogue) -> None:
    assert judged(offer(price_vnd=35_000), DEMAND, catalogue).fits
    assert judged(offer(price_vnd=35_300), DEMAND, catalogue).failed == ("price",)


def test_other_seasons_do_not_meet(catalogue: Catalogue) -> None:
    summer = (Window(date(2027, 5, 1), date(2027, 8, 1), Decimal(5000), "week"),)

    assert judged(offer(windows=summer), DEMAND, catalogue).failed == ("season",)


def test_nobody_is_matched_with_themselves(catalogue: Catalogue) -> None:
    own = demand(organization_id=OFFER.organization_id)

    assert judged(OFFER, own, catalogue).failed == ("organizations",)
    assert not judged(OFFER, own, catalogue).is_near_miss


def test_a_newcomer_is_scored_above_those_who_failed_and_below_those_who_kept_their_word(catalogue: Catalogue) -> None:
    def score(met: int, due: int) -> float:
        return judged(offer(lines_met=met, lines_due=due), DEMAND, catalogue).score

    assert score(0, 5) < score(0, 0) < score(20, 20)


def test_tet_makes_the_road_longer(catalogue: Catalogue) -> None:
    before = demand(starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31))

    distance = {part.name: part.why.en for part in judged(OFFER, DEMAND, catalogue).parts}["distance"]
    ordinary = {part.name: part.why.en for part in judged(OFFER, before, catalogue).parts}["distance"]

    assert "Tết peak" in distance
    assert "Tết peak" not in ordinary


@given(quantity=quantities, more=quantities, wanted=quantities, price=prices)
def test_offering_more_never_lowers_a_score_or_closes_a_gate(
    quantity: Decimal, more: Decimal, wanted: Decimal, price: int | None
) -> None:
    def with_capacity(amount: Decimal) -> tuple[float, set[str]]:
        window = Window(date(2026, 12, 10), date(2027, 1, 20), amount, "week")
        judgement = judged(offer(windows=(window,), price_vnd=price), demand(quantity=wanted), CATALOGUE)
        return judgement.score, set(judgement.failed)

    before, after = with_capacity(quantity), with_capacity(quantity + more)

    assert after[0] >= before[0]
    assert after[1] <= before[1]


@given(price=st.integers(min_value=1, max_value=60_000), less=st.integers(min_value=0, max_value=60_000))
def test_a_lower_price_never_lowers_a_score(price: int, less: int) -> None:
    dear = judged(offer(price_vnd=price), DEMAND, CATALOGUE)
    cheap = judged(offer(price_vnd=max(1, price - less)), DEMAND, CATALOGUE)

    assert cheap.score >= dear.score
    assert set(cheap.failed) <= set(dear.failed)


@given(quantity=quantities, wanted=quantities, price=prices, met=st.integers(0, 50), due=st.integers(0, 50))
def test_every_score_lies_between_nothing_and_one(
    quantity: Decimal, wanted: Decimal, price: int | None, met: int, due: int
) -> None:
    window = Window(date(2026, 12, 10), date(2027, 1, 20), quantity, "month")
    judgement = judged(
        offer(windows=(window,), price_vnd=price, lines_met=min(met, due), lines_due=due),
        demand(quantity=wanted),
        CATALOGUE,
    )

    assert 0 <= judgement.score <= 1
    assert all(0 <= part.value <= 1 for part in judgement.parts)


def test_terms_may_follow_each_other_and_gaps_are_found() -> None:
    first = replace(VIETGAP, expires_on=date(2026, 12, 31))
    late = replace(VIETGAP, issued_on=date(2027, 1, 2), expires_on=date(2027, 12, 31))

    gap = first_day_without([late, first], start=date(2026, 12, 1), end=date(2027, 2, 1))

    assert gap == date(2027, 1, 1)


@pytest.mark.parametrize("price", [None, 0])
def test_an_unknown_price_is_said_and_neither_praised_nor_refused(catalogue: Catalogue, price: int | None) -> None:
    judgement = judged(offer(price_vnd=price), DEMAND, catalogue)
    (gate,) = [gate for gate in judgement.gates if gate.name == "price"]
    (part,) = [part for part in judgement.parts if part.name == "price"]
    assert (gate.passed, gate.why.en, part.value) == (True, "The price must be asked for", UNKNOWN)
    assert part.why.en == "No price yet"


def test_a_larger_order_is_matched_at_the_price_of_its_tier(catalogue: Catalogue) -> None:
    tiers = (PriceTier(Decimal(1), 20_000),)
    plain, tiered = judged(offer(price_vnd=30_000), DEMAND, catalogue), offer(price_vnd=30_000, price_tiers=tiers)
    better = judged(tiered, DEMAND, catalogue)
    assert better.line.price(tiered) == Decimal(20_000)
    assert better.score > plain.score
    far = offer(price_vnd=30_000, price_tiers=(PriceTier(Decimal(10**9), 1),))
    assert judged(far, DEMAND, catalogue).line.price(far) == Decimal(30_000)


def test_pieces_are_matched_by_what_one_weighs_or_say_that_it_is_missing(catalogue: Catalogue) -> None:
    piece = offer(unit="H87", price_vnd=9_000)
    (why,) = [gate.why for gate in judged(piece, DEMAND, catalogue).gates if gate.name == "units"]
    assert "kg_each" in why.vi
    assert "kg_each" in why.en
    weighed = offer(unit="H87", price_vnd=9_000, kg_each=Decimal("0.5"), moq=None)
    judgement = judged(weighed, DEMAND, catalogue)
    assert "units" not in judgement.failed
    assert judgement.line.price(weighed) == Decimal(18_000)


def test_grade_size_and_packing_hold_back_what_is_offered_otherwise(catalogue: Catalogue) -> None:
    asking = demand(grade="Loại 1", packaging="thùng 10 kg")
    assert judged(offer(grade="loại 1", packaging="Thùng 10 kg"), asking, catalogue).fits
    other = judged(offer(grade="Loại 2", packaging="thùng 10 kg"), asking, catalogue)
    assert other.failed == ("grade",)
    (why,) = [gate.why for gate in other.gates if gate.name == "grade"]
    assert why.vi == "hạng cần Loại 1, hàng ghi Loại 2"
