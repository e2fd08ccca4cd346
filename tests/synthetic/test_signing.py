"""Invented agreements are what the verbs of agreements would have left: every rule of the domain holds for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.agreements.gate import missing_to_quantify, missing_to_sign, unconfirmed
from market.agreements.history.audit import verify
from market.agreements.history.chain import ENTITIES, chain_follower
from market.agreements.ledger.course import COUNTED
from market.agreements.ledger.fulfilment import refresh_fulfilment
from market.agreements.ledger.standings import standings
from market.agreements.models import Agreement, AgreementCourse, AgreementNumber
from market.agreements.queries import whole
from market.agreements.states import TRANSITIONS
from market.core import clock
from market.core.changes import Change
from market.core.db import create_sessions
from market.core.followers import follow_once
from market.events.models import Event
from market.matching.models import FulfilmentRecord
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue
from market.synthetic import signing
from market.synthetic.seeding import Wanted

AGREEMENTS = 240


@pytest.fixture
async def papers(
    own_engine: AsyncEngine, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> tuple[AsyncSession, Sequence[Agreement]]:
    """Signed at six events."""
    monkeypatch.setattr(signing, "AT_ONE_EVENT", 40)
    sessions = create_sessions(own_engine)
    lines = await signing.seed_agreements(sessions, catalogue, Wanted(agreements=AGREEMENTS))
    while await follow_once(sessions, chain_follower()):
        pass
    session = sessions()
    rows = (await session.scalars(whole(select(Agreement)).order_by(Agreement.id))).all()
    assert (len(rows), sum(len(row.lines) for row in rows)) == (AGREEMENTS, lines)
    return session, rows


async def test_invented_agreements_are_what_their_verbs_would_have_left(
    papers: tuple[AsyncSession, Sequence[Agreement]],
) -> None:
    session, agreements = papers
    async with session:
        await the_history_is_what_was_recorded(session)
        await every_verb_was_allowed(session, agreements)
        gates_were_passed(agreements)
        await the_ledger_agrees(session, agreements)
        await reports_count_the_same(session, agreements)
        await sellers_have_their_record(session, agreements)
        await everything_says_that_it_is_invented(session)


async def the_history_is_what_was_recorded(session: AsyncSession) -> None:
    found = await verify(session)
    assert (found.finding, found.pending) == (None, 0)
    told = select(func.count()).select_from(Change).where(Change.entity.in_(ENTITIES))
    assert found.links == await session.scalar(told)
    assert found.links > AGREEMENTS * 2


async def every_verb_was_allowed(session: AsyncSession, agreements: Sequence[Agreement]) -> None:
    verbs: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = select(Change.entity_id, Change.version, Change.verb).where(Change.entity == "agreement").order_by(Change.id)
    for row in await session.execute(rows):
        assert row.version == len(verbs[row.entity_id]) + 1
        verbs[row.entity_id].append(row.verb)
    assert {agreement.status for agreement in agreements} == {*signing.ENDS_OF_OLD}
    for agreement in agreements:
        state, (first, *rest) = "draft", verbs[agreement.id]
        assert first == "create"
        for verb in rest:
            assert state in TRANSITIONS[verb].sources, (verb, state)
            state = TRANSITIONS[verb].target or state
        assert (state, agreement.version) == (agreement.status, len(rest) + 1)


def gates_were_passed(agreements: Sequence[Agreement]) -> None:
    assert {agreement.domain for agreement in agreements} == {"trade", "other"}
    for agreement in agreements:
        assert missing_to_sign(agreement, today=clock.today()) == []
        if agreement.effective_on is not None:
            assert [*missing_to_quantify(agreement), *unconfirmed(agreement)] == []


async def the_ledger_agrees(session: AsyncSession, agreements: Sequence[Agreement]) -> None:
    for agreement in agreements:
        found = await standings(session, agreement.lines)
        outcomes = {standing.outcome for standing in found}
        match agreement.status:
            case "fulfilled":
                assert outcomes == {"met"}
            case "partly_fulfilled":
                assert outcomes == {"met", "not_met"}
            case "effective":
                assert outcomes <= {"met", "partly_met", "not_met"}
                assert outcomes != {"met"}
            case _:
                assert outcomes <= {"not_met"}


async def reports_count_the_same(session: AsyncSession, agreements: Sequence[Agreement]) -> None:
    stretches: defaultdict[UUID, list[AgreementCourse]] = defaultdict(list)
    for row in await session.scalars(select(AgreementCourse).order_by(AgreementCourse.id)):
        stretches[row.agreement_id].append(row)
    for agreement in agreements:
        *before, last = stretches[agreement.id]
        assert [one.until_at for one in before] == [one.since_at for one in stretches[agreement.id][1:]]
        assert last.until_at is None
        assert all(getattr(last, name) == getattr(agreement, name) for name in COUNTED)
    contracts = [agreement for agreement in agreements if agreement.converted_from_id]
    assert contracts
    assert all(stretches[one.id][0].converted_first_id == one.converted_from_id for one in contracts)


async def sellers_have_their_record(session: AsyncSession, agreements: Sequence[Agreement]) -> None:
    def counted(records: Sequence[FulfilmentRecord]) -> dict[object, tuple[int, int]]:
        return {one.organization_id: (one.lines_due, one.lines_met) for one in records}

    rows = select(FulfilmentRecord)
    kept = counted((await session.scalars(rows)).all())
    for agreement in agreements:
        await refresh_fulfilment(session, agreement)
    anew = counted((await session.scalars(rows.execution_options(populate_existing=True))).all())
    assert kept
    assert {seller: counts for seller, counts in anew.items() if counts != (0, 0)} == kept
    await session.rollback()


async def everything_says_that_it_is_invented(session: AsyncSession) -> None:
    named = [*await session.scalars(select(Organization.name)), *await session.scalars(select(Event.name))]
    assert all("Giả lập" in name for name in named)
    last = select(func.sum(AgreementNumber.last))
    assert await session.scalar(last) == AGREEMENTS
