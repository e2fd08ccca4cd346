"""Generated from the table of transitions: every verb in every state."""

from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import update

from market.agreements.models import Agreement
from market.agreements.states import STATES, TRANSITIONS, AgreementStatus
from market.core.states import allowed, spoken
from tests.agreements.stories import act, logged
from tests.people import Client

CAUSE = {"cause": "price"}
BODIES: dict[str, Any] = {
    "contest": {"words": "Không ký"},
    "amend": CAUSE,
    "convert": {"instrument": "sale"},
    "close": CAUSE,
    "lapse": CAUSE,
    "terminate": CAUSE,
    "deliver": {"line": "019a0000-0000-7000-8000-000000000000", "delivered_on": "2026-11-20", "quantity": "1"},
}
ASKED_FOR = [verb for verb, step in TRANSITIONS.items() if not step.automatic]


def test_the_table_names_every_state_and_leads_only_to_known_ones() -> None:
    assert set(STATES) == set(get_args(AgreementStatus))
    for step in TRANSITIONS.values():
        assert set(step.sources) <= set(STATES)
        assert step.target is None or step.target in STATES


def test_every_state_is_reached_from_a_draft_and_what_has_ended_stays_ended() -> None:
    reached = {"draft"}
    for _ in STATES:
        reached |= {
            step.target for step in TRANSITIONS.values() if step.target is not None and reached & set(step.sources)
        }
    assert reached == set(STATES)
    assert {state for state in STATES if not allowed(TRANSITIONS, state)} == {
        "partly_fulfilled",
        "lapsed",
        "terminated",
        "superseded",
    }


async def in_state(client: Client, state: str) -> tuple[Client, dict[str, Any]]:
    """An agreement put into a state from below, as no story leads everywhere in one step."""
    officer = await client.officer()
    agreement = await logged(officer, {"instrument": "mou", "title": "Bản ghi nhớ thử", "signed_on": "2026-11-20"})
    async with client.app.state.sessions() as session:
        row = update(Agreement).where(Agreement.id == agreement["id"]).values(status=state)
        await session.execute(row)
        await session.commit()
    return officer, agreement


async def attempted(officer: Client, agreement: dict[str, Any], verb: str) -> httpx.Response:
    path = f"/agreements/{agreement['id']}"
    if verb in ("edit", "annotate"):
        return await officer.patch(
            path, {"title": "Khác"} if verb == "edit" else {"note": "Khác"}, headers={"If-Match": "*"}
        )
    if verb == "discard":
        return await officer.delete(path, headers={"If-Match": "*"})
    return await act(officer, agreement, "deliveries" if verb == "deliver" else spoken(verb), BODIES.get(verb))


@pytest.mark.parametrize("state", STATES)
async def test_every_illegal_transition_names_the_legal_ones(client: Client, state: str) -> None:
    officer, agreement = await in_state(client, state)
    illegal = [verb for verb in ASKED_FOR if state not in TRANSITIONS[verb].sources]

    problems = {verb: (await attempted(officer, agreement, verb)).json() for verb in illegal}

    assert illegal
    found = {verb: (problem["status"], problem["code"], problem["state"]) for verb, problem in problems.items()}
    assert found == dict.fromkeys(illegal, (409, "illegal-transition", state))
    assert all(problem["allowed"] == allowed(TRANSITIONS, state) for problem in problems.values())
