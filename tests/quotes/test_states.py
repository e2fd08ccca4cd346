"""Generated from the table of transitions: every verb in every state, by every side."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from sqlalchemy import update

from market.core.states import spoken
from market.quotes.models import Quote
from market.quotes.states import ANSWERING, STATES, TRANSITIONS, QuoteStatus, Side, allowed_to, doer
from market.quotes.terms import CODES
from tests.people import Client
from tests.quotes.stories import Trade, act, trade

BODIES: dict[str, Any] = {"decline": {"reason": "price"}, "revise": {}, "counter": {}, "edit": {}}
ASKED_FOR = [verb for verb, step in TRANSITIONS.items() if not step.automatic]


def test_the_table_names_every_state_and_leads_only_to_known_ones() -> None:
    assert set(STATES) == set(get_args(QuoteStatus))
    for step in TRANSITIONS.values():
        assert set(step.sources) <= set(STATES)
        assert {step.target, step.in_part} - {None} <= set(STATES)
        assert step.name.vi
        assert step.name.en
        if step.who == "answering":
            assert set(step.sources) <= set(ANSWERING)


def test_every_state_is_reached_from_a_draft_and_what_was_decided_stays_decided() -> None:
    reached = {"draft"}
    for _ in STATES:
        for step in TRANSITIONS.values():
            if reached & set(step.sources):
                reached |= {state for state in (step.target, step.in_part) if state is not None}
    assert reached == set(STATES)
    ended = {state for state in STATES if not allowed_to(("supplier", "buyer"), state=state)}
    assert ended == {"accepted", "partly_accepted", "declined", "withdrawn", "expired"}


def test_every_code_of_the_terms_has_a_name_in_both_languages() -> None:
    for field, codes in CODES.items():
        assert codes, field
        assert all(name.vi and name.en for name in codes.values()), field


async def in_state(client: Client, state: str) -> tuple[Trade, dict[str, Any]]:
    """A quote put into a state from below, as no story leads everywhere in one step."""
    around = await trade(client)
    quote = await around.quoted()
    values: dict[str, Any] = {"status": state, "decline_reason": "price" if state == "declined" else None}
    if state not in ("draft", "submitted", "countered"):
        values["decided_at"] = datetime(2026, 11, 21, tzinfo=UTC)
    async with client.app.state.sessions() as session:
        await session.execute(update(Quote).where(Quote.id == quote["id"]).values(**values))
        await session.commit()
    return around, quote


@pytest.mark.parametrize("side", get_args(Side))
@pytest.mark.parametrize("state", STATES)
async def test_every_verb_is_done_only_in_its_states_and_by_its_side(client: Client, state: str, side: Side) -> None:
    around, quote = await in_state(client, state)
    who = around.supplier if side == "supplier" else around.buyer
    illegal = [verb for verb in ASKED_FOR if state not in TRANSITIONS[verb].sources]
    foreign = [
        verb
        for verb in ASKED_FOR
        if state in TRANSITIONS[verb].sources and doer(TRANSITIONS[verb], state=state) != side
    ]

    answers = {verb: (await act(who, quote, spoken(verb), BODIES.get(verb))).json() for verb in illegal + foreign}

    assert {verb: (answers[verb]["status"], answers[verb]["code"]) for verb in illegal} == dict.fromkeys(
        illegal, (409, "illegal-transition")
    )
    assert all(answers[verb]["allowed"] == allowed_to((side,), state=state) for verb in illegal)
    assert {verb: (answers[verb]["status"], answers[verb]["code"]) for verb in foreign} == dict.fromkeys(
        foreign, (403, "other-side")
    )
    shown = (await who.get(f"/quotes/{quote['id']}")).json()
    assert (shown["status"], shown["allowed"]) == (state, allowed_to((side,), state=state))


@pytest.mark.parametrize(
    ("state", "verb"), [(state, verb) for verb in ASKED_FOR for state in TRANSITIONS[verb].sources]
)
async def test_every_legal_verb_leads_where_the_table_says(client: Client, state: str, verb: str) -> None:
    around, quote = await in_state(client, state)
    step = TRANSITIONS[verb]
    who = around.supplier if doer(step, state=state) == "supplier" else around.buyer

    answer = await act(who, quote, spoken(verb), BODIES.get(verb))

    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == (step.target or state)
