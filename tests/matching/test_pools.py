import asyncio
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from market.matching.pool_process import PoolSolver
from market.matching.pool_scaling import quantum_of, scaled
from market.matching.pool_solver import solve_pool
from market.matching.pools import PoolProblem, PoolSupplier, bracket_for, by_week
from tests.matching.pools import FIRST_WEEK, best_by_trying_all, cost, covered, large_problem, problem, short, supplier
from tests.waiting import eventually

DAYS = 6
A, B, C = (
    supplier(1, [180 * DAYS] * 4, price=27_000),
    supplier(2, [200 * DAYS] * 4, price=28_000),
    supplier(3, [150 * DAYS] * 4, price=26_000),
)
MORNINGS = [500 * DAYS] * 4
"""500 kg every morning, Monday to Saturday."""


def test_three_cooperatives_together_cover_what_none_could() -> None:
    asked = problem(MORNINGS, A, B, C)

    plan = solve_pool(asked)

    assert short(plan, asked) == {}
    assert plan.optimal
    weekly = {place: share[FIRST_WEEK] / DAYS for place, share in plan.shares.items()}
    assert weekly == {A.listing_id: 180, B.listing_id: 170, C.listing_id: 150}


def test_when_one_leaves_every_week_says_what_it_lacks() -> None:
    asked = problem(MORNINGS, A, C)

    plan = solve_pool(asked)

    assert short(plan, asked) == {FIRST_WEEK + place: Decimal(170 * DAYS) for place in range(4)}
    assert covered(plan) == 4 * DAYS * 330


def test_too_few_suppliers_cover_what_they_can_and_the_least_number_is_told() -> None:
    asked = problem(MORNINGS, A, B, C, most=2)

    plan = solve_pool(asked)

    assert plan.shares.keys() == {A.listing_id, B.listing_id}
    assert plan.least_suppliers == 3


def test_two_listings_of_one_organization_are_one_supplier() -> None:
    pair = [supplier(1, [60], organization=1), supplier(2, [40], organization=1), supplier(3, [90])]

    plan = solve_pool(problem([100], *pair, most=1))

    assert plan.shares.keys() == {UUID(int=1), UUID(int=2)}


def test_equal_costs_are_shared_by_the_fewest() -> None:
    many = [supplier(number, [50]) for number in range(1, 5)]

    plan = solve_pool(problem([100], *many, supplier(5, [100])))

    assert plan.shares.keys() == {UUID(int=5)}


def test_a_larger_order_at_a_lower_price_is_worth_taking() -> None:
    asked = problem([100], supplier(1, [100], price=21_000, tier=(80, 18_000)), supplier(2, [100], price=20_000))

    plan = solve_pool(asked)

    assert cost(plan, asked) == 100 * 18_000


def test_the_rest_of_a_week_that_nobody_delivers_so_little_of_is_shared_differently() -> None:
    asked = problem([100], supplier(1, [90], price=10_000), supplier(2, [90], price=20_000, moq=40))

    plan = solve_pool(asked)

    assert plan.shares == {UUID(int=1): {FIRST_WEEK: Decimal(60)}, UUID(int=2): {FIRST_WEEK: Decimal(40)}}


def test_parts_of_weeks_lose_nothing_to_rounding() -> None:
    part = {FIRST_WEEK: Decimal("214.286")}
    asked = PoolProblem(part, (replace(A, capacity=part),))

    plan = solve_pool(asked)

    assert short(plan, asked) == {}


def test_quantities_are_multiples_of_what_measures_them_all() -> None:
    assert quantum_of(problem([3000, 1500], supplier(1, [250]), supplier(2, [400], moq=50))) == 50
    assert len(scaled(problem(MORNINGS, A, B, C)).classes) == 1


def test_the_same_problem_gives_the_same_plan() -> None:
    asked = large_problem(3, suppliers=12, span=8, most=4)

    assert solve_pool(asked) == solve_pool(asked)


def test_a_huge_need_overflows_nothing() -> None:
    tonnes = 10**12
    asked = problem([tonnes], supplier(1, [tonnes], price=10**12, moq=7), supplier(2, [tonnes], price=10**12 + 1))

    plan = solve_pool(asked)

    assert covered(plan) == tonnes
    assert plan.shares.keys() == {UUID(int=1)}


amounts = st.integers(min_value=0, max_value=6)


@st.composite
def suppliers(draw: st.DrawFn, number: int) -> PoolSupplier:
    moq = draw(st.integers(min_value=0, max_value=4))
    price = draw(st.integers(min_value=1, max_value=9))
    tier = draw(st.none() | st.tuples(st.integers(moq + 1, 6), st.just(price - 1))) if price > 1 and moq < 6 else None
    capacity = draw(st.lists(amounts, min_size=2, max_size=2))
    return supplier(number, capacity, price=price, moq=moq, tier=tier, organization=draw(st.integers(1, 3)))


@st.composite
def problems(draw: st.DrawFn) -> PoolProblem:
    wanted = draw(st.lists(st.integers(min_value=1, max_value=9), min_size=2, max_size=2))
    made = [draw(suppliers(number)) for number in range(1, draw(st.integers(1, 3)) + 1)]
    return problem(wanted, *made, most=draw(st.none() | st.integers(1, 2)))


SOME = settings(max_examples=40, deadline=None)


@SOME
@given(problems())
def test_nothing_found_by_trying_everything_is_better(asked: PoolProblem) -> None:
    most, cheapest, fewest = best_by_trying_all(asked)

    plan = solve_pool(asked)

    used = {s.organization_id for s in asked.suppliers if s.listing_id in plan.shares}
    assert covered(plan) == most
    assert cost(plan, asked) == cheapest
    assert len(used) == fewest


@SOME
@given(problems())
def test_no_plan_breaks_a_limit(asked: PoolProblem) -> None:
    plan = solve_pool(asked)

    by_id = {s.listing_id: s for s in asked.suppliers}
    for listing_id, share in plan.shares.items():
        for week, quantity in share.items():
            assert by_id[listing_id].brackets[0].least <= quantity <= by_id[listing_id].capacity[week]
            assert bracket_for(by_id[listing_id], quantity).least <= quantity
    assert all(quantity <= asked.wanted[week] for week, quantity in by_week(plan.shares.values()).items())
    used = {by_id[listing_id].organization_id for listing_id in plan.shares}
    assert asked.max_suppliers is None or len(used) <= asked.max_suppliers


@SOME
@given(asked=problems(), more=st.integers(1, 5), data=st.data())
def test_more_capacity_never_lowers_coverage(asked: PoolProblem, more: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(asked.suppliers) - 1))
    week = data.draw(st.sampled_from(sorted(asked.wanted)))
    richer = list(asked.suppliers)
    capacity = {**richer[place].capacity, week: richer[place].capacity.get(week, Decimal(0)) + more}
    richer[place] = replace(richer[place], capacity=capacity)

    assert covered(solve_pool(replace(asked, suppliers=tuple(richer)))) >= covered(solve_pool(asked))


@SOME
@given(asked=problems(), data=st.data())
def test_who_leaves_never_raises_coverage(asked: PoolProblem, data: st.DataObject) -> None:
    leaving = data.draw(st.sampled_from(asked.suppliers))
    left = tuple(s for s in asked.suppliers if s is not leaving)

    assert covered(solve_pool(replace(asked, suppliers=left))) <= covered(solve_pool(asked))


@SOME
@given(problems())
def test_the_least_number_told_is_enough(asked: PoolProblem) -> None:
    plan = solve_pool(asked)

    if plan.least_suppliers is None:
        assert covered(plan) == sum(plan.attainable.values())
    else:
        enough = solve_pool(replace(asked, max_suppliers=plan.least_suppliers))
        one_fewer = solve_pool(replace(asked, max_suppliers=plan.least_suppliers - 1))
        assert covered(one_fewer) < covered(enough) == sum(plan.attainable.values())


def test_the_api_loads_no_solver() -> None:
    heavy = "{'ortools', 'pandas', 'numpy'} & {name.partition('.')[0] for name in sys.modules}"

    found = subprocess.run(
        [sys.executable, "-c", f"import sys, market.app; print(sorted({heavy}))"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.strip() == "[]"


async def test_a_process_of_its_own_solves_what_this_one_would() -> None:
    solver = PoolSolver()
    asked = problem(MORNINGS, A, B, C, most=2)
    try:
        plan = await solver.solve(asked)
        first = solver.pid
        await solver.solve(replace(asked, max_suppliers=3))
        assert plan == solve_pool(asked)
        assert solver.pid == first is not None
    finally:
        await solver.close()
    assert solver.pid is None


async def test_an_idle_solver_ends_and_comes_back() -> None:
    solver = PoolSolver(idle_seconds=0.01)
    asked = problem(MORNINGS, A, B, C)

    async def ended() -> bool:
        return solver.pid is None

    try:
        await solver.solve(asked)
        await eventually(ended, what="the idle solver ended")
        again = await solver.solve(replace(asked, max_suppliers=2))
        assert again.least_suppliers == 3
    finally:
        await solver.close()


async def test_a_question_taken_back_leaves_no_answer_for_the_next() -> None:
    solver = PoolSolver()
    try:
        impatient = asyncio.create_task(solver.solve(problem(MORNINGS, A)))
        await asyncio.sleep(0.05)
        impatient.cancel()
        plan = await solver.solve(problem(MORNINGS, A, B, C))
        assert plan.shares.keys() == {A.listing_id, B.listing_id, C.listing_id}
    finally:
        await solver.close()
