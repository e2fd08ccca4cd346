"""Generated from the table of rights: every role tries every verb in every state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import text

from market.agreements.columns import columns_of
from market.agreements.consent.rights import RIGHTS, ROLES, Role, rights_in_words
from market.agreements.models import Agreement, AgreementLine, AgreementParty, Delivery, DeliveryConfirmation
from market.agreements.states import STATES, TRANSITIONS
from market.core.ids import new_id
from market.core.states import spoken
from tests.agreements.stories import MANDATE, logged, table, undone, verified
from tests.people import Client, added

CAUSE = {"cause": "price"}
BODIES: dict[str, Any] = {
    "edit": {"title": "Khác"},
    "annotate": {"note": "Khác"},
    "contest": {"words": "Không ký"},
    "amend": CAUSE,
    "convert": {"instrument": "sale"},
    "close": CAUSE,
    "lapse": CAUSE,
    "terminate": CAUSE,
    "deliver": {"line": "019a0000-0000-7000-8000-000000000000", "delivered_on": "2026-11-20", "quantity": "1"},
}
PLACES = {"deliver": "deliveries", "attach": "documents"}
TAKEN_TO = """
UPDATE agreement SET status = :state, consent = CASE WHEN :state = 'draft' THEN 'note' ELSE 'vouched' END,
    vouched = :state <> 'draft', discarded_at = NULL WHERE id = :id
"""
ALLOWED = {200, 201, 204, 400, 409, 415}
"""Done, or refused for another reason than who asks in which state."""
BY_ROLE = {"not-for-this-role", "not-allowed", "illegal-transition"}


OF_DELIVERIES = frozenset({"confirm_delivery", "dispute_delivery"})
"""Only the receiving side among those whom the table lets: tried in `ledger/test_receiving.py`."""


async def everybody(client: Client) -> tuple[dict[Role, tuple[Client, str]], list[str]]:
    """Somebody of each role, with the paper of which they are that."""
    around = await table(client)
    other = await client.register("organizer")
    await verified(around.officer, other)
    witness = await client.register("producer")
    paper = around.paper(instrument="mou")
    paper["parties"].append({"role": "witness", "organization": witness.organization["id"]})
    of_body, of_other = await logged(around.organizer, paper), await logged(other, paper)
    people: dict[Role, Client] = {
        "officer": around.officer,
        "body": around.organizer,
        "principal": around.seller,
        "staff": await added(around.seller, "staff"),
        "logger": other,
        "reader": witness,
        "stranger": await client.register("buyer"),
    }
    assert set(people) == set(get_args(Role)) == set(ROLES)
    ids = [of_body["id"], of_other["id"]]
    return {role: (who, ids[role == "logger"]) for role, who in people.items()}, ids


async def attempted(who: Client, agreement_id: str, verb: str, *, officer: bool) -> httpx.Response:
    path, headers = f"/agreements/{agreement_id}", {"If-Match": "*"}
    if verb == "read":
        return await who.get(f"{path}/history")
    if verb in ("edit", "annotate"):
        return await who.patch(path, {name: new_id().hex for name in BODIES[verb]}, headers=headers)
    if verb == "discard":
        return await who.delete(path, headers=headers)
    body = BODIES.get(verb)
    if officer and verb in ("contest", "close", "lapse", "terminate"):
        body = (body or {}) | {"mandate": MANDATE}
    return await who.post(f"{path}/{PLACES.get(verb, spoken(verb))}", body, headers=headers)


def expected(role: Role, verb: str, state: str) -> set[int]:
    if role == "stranger":
        return {404} if state == "draft" else {403}
    rights, step = RIGHTS[verb].get(role, ()), TRANSITIONS.get(verb)
    if not rights:
        return {403}
    if step is not None and state not in step.sources:
        return {409}
    return ALLOWED if state in rights else {403}


async def wrong_answers(
    people: dict[Role, tuple[Client, str]], verb: str, state: str
) -> AsyncIterator[tuple[Role, str, str, int, str]]:
    """Who is let by the table and refused by the API, or the other way round."""
    for role, (who, agreement_id) in people.items():
        async with undone(who):
            answer = await attempted(who, agreement_id, verb, officer=role == "officer")
        wanted = expected(role, verb, state)
        let = wanted == ALLOWED and answer.status_code >= 400 and answer.json()["code"] in BY_ROLE
        if answer.status_code not in wanted or let:
            yield role, verb, state, answer.status_code, answer.text[:200]


async def test_every_role_is_let_or_refused_by_the_table_in_every_state(client: Client) -> None:
    people, ids = await everybody(client)
    wrong: list[tuple[Any, ...]] = []
    for state in STATES:
        async with client.app.state.sessions.begin() as session:
            for id_ in ids:
                await session.execute(text(TAKEN_TO), {"state": state, "id": id_})
        for verb in RIGHTS.keys() - OF_DELIVERIES:
            wrong += [answer async for answer in wrong_answers(people, verb, state)]
    assert wrong == []


def test_the_table_is_described_and_names_only_verbs_of_the_states() -> None:
    words = rights_in_words()
    assert all(f"| {spoken(verb)} |" in words for verb in RIGHTS)
    asked_for = {verb for verb, step in TRANSITIONS.items() if not step.automatic}
    assert asked_for <= set(RIGHTS)
    assert set(RIGHTS) - asked_for == {"read", "attach", *OF_DELIVERIES}
    for verb in asked_for:
        assert {state for states in RIGHTS[verb].values() for state in states} <= set(TRANSITIONS[verb].sources)


async def test_the_api_describes_the_table_where_paper_is_signed(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    (sign,) = [
        path["post"]
        for path in described["paths"].values()
        if path.get("post", {}).get("operationId") == "signAgreement"
    ]

    assert rights_in_words() in sign["description"]


@pytest.mark.parametrize("kind", [Agreement, AgreementParty, AgreementLine, Delivery, DeliveryConfirmation])
def test_every_column_says_what_it_is_for(kind: type[Any]) -> None:
    own = {column.key for column in kind.__table__.columns} - {"id", "version", "created_at", "updated_at"}
    parts = [columns_of(kind, part=part) for part in ("terms", "course", "consent", "place", "derived")]
    said = [name for part in parts for name in part]

    assert sorted(said) == sorted(set(said))
    assert own == set(said) - {"id"}
