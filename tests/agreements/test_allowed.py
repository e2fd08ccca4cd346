"""Generated: what `allowed` names succeeds, and what it does not name is refused with the reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from market.agreements.consent.rights import Role
from market.agreements.states import STATES, TRANSITIONS
from market.core.ids import new_id
from market.core.states import spoken
from tests.agreements.stories import LINE, MANDATE, answered, done, table, undone, verified
from tests.agreements.stories import logged as drafted
from tests.people import Client, added

CAUSE = {"cause": "price"}
HUNDRED = LINE | {"quantity": "100", "tolerance_pct": 0}
VERBS = [verb for verb, step in TRANSITIONS.items() if not step.automatic]
Paper = dict[str, Any]


class Hall:
    """Everybody by role, and a paper that the event's body logged beside one that another organizer did."""

    people: dict[Role, Client]
    buyer: Client
    papers: dict[bool, Paper]

    def paper(self, role: Role) -> Paper:
        return self.papers[role == "logger"]

    async def both(self, who: Role | Client, verb: str, body: Any = None) -> None:
        for other, paper in self.papers.items():
            actor = self.people["logger" if other else "body"] if who == "logger" else who
            await done(actor if isinstance(actor, Client) else self.people[actor], paper, verb, body)


async def hall(client: Client, *, instrument: str) -> Hall:
    around, here = await table(client), Hall()
    other, witness = await client.register("organizer"), await client.register("producer")
    await verified(around.officer, other)
    body = around.paper(instrument=instrument, lines=[HUNDRED])
    body["parties"].append({"role": "witness", "organization": witness.organization["id"]})
    here.papers = {False: await drafted(around.organizer, body), True: await drafted(other, body)}
    here.buyer = around.buyer
    here.people = {
        "officer": around.officer,
        "body": around.organizer,
        "principal": around.seller,
        "staff": await added(around.seller, "staff"),
        "logger": other,
        "reader": witness,
        "stranger": await client.register("buyer"),
    }
    return here


async def signed(here: Hall) -> None:
    await here.both("logger", "sign")


async def confirmed(here: Hall) -> None:
    await signed(here)
    await here.both("principal", "confirm")


async def effective(here: Hall) -> None:
    await confirmed(here)
    await here.both(here.buyer, "confirm")
    await here.both("logger", "make-effective")


async def arrived(here: Hall, who: Client, quantity: str) -> None:
    await effective(here)
    for paper in here.papers.values():
        body = {"line": paper["lines"][0]["id"], "delivered_on": "2026-11-20", "quantity": quantity}
        answer = await who.post(f"/agreements/{paper['id']}/deliveries", body)
        assert answer.status_code == 201, answer.text


async def delivered(here: Hall) -> None:
    await arrived(here, here.buyer, "40")


async def awaited(here: Hall) -> None:
    await arrived(here, here.people["principal"], "40")


async def fulfilled(here: Hall) -> None:
    await arrived(here, here.buyer, "100")


async def asked(here: Hall, verb: str, body: Any, *, by_buyer: bool) -> None:
    await here.both("principal", verb, body)
    for paper in here.papers.values():
        (proposal,) = (await here.buyer.get(f"/agreements/{paper['id']}")).json()["proposals"]
        if by_buyer:
            assert (await answered(here.buyer, proposal)).status_code == 200


async def partly_fulfilled(here: Hall) -> None:
    await delivered(here)
    await asked(here, "close", CAUSE, by_buyer=True)


async def lapsed(here: Hall) -> None:
    await effective(here)
    await asked(here, "lapse", CAUSE, by_buyer=True)


async def terminated(here: Hall) -> None:
    await delivered(here)
    await asked(here, "terminate", CAUSE, by_buyer=True)


async def ending(here: Hall) -> None:
    await effective(here)
    await asked(here, "terminate", CAUSE, by_buyer=False)


async def amended(here: Hall) -> None:
    await effective(here)
    await asked(here, "amend", CAUSE | {"changes": {"title": "Khác"}}, by_buyer=False)


async def superseded(here: Hall) -> None:
    await effective(here)
    await asked(here, "amend", CAUSE | {"changes": {"title": "Khác"}}, by_buyer=True)


async def converted(here: Hall) -> None:
    await effective(here)
    await here.both("principal", "convert", {"instrument": "sale"})


async def contested(here: Hall) -> None:
    await signed(here)
    await here.both("principal", "contest", {"words": "Không ký"})


async def draft(_: Hall) -> None:
    """As it was logged."""


Stage = Callable[[Hall], Awaitable[None]]
STAGES: list[tuple[Stage, str]] = [
    (draft, "draft"),
    (signed, "signed"),
    (converted, "effective"),
    (confirmed, "signed"),
    (contested, "signed"),
    (effective, "effective"),
    (awaited, "effective"),
    (delivered, "effective"),
    (ending, "effective"),
    (amended, "effective"),
    (fulfilled, "fulfilled"),
    (partly_fulfilled, "partly_fulfilled"),
    (lapsed, "lapsed"),
    (terminated, "terminated"),
    (superseded, "superseded"),
]
OF_AN_MOU = (signed, converted, fulfilled)


def test_every_state_is_tried() -> None:
    assert {state for _, state in STAGES} == set(STATES)


def body_of(verb: str, paper: Paper, who: Client, *, officer: bool) -> Any:
    """What the verb needs beside the right: an officer a mandate, and whoever is of no party whom it is for."""
    own = [one for one in paper["parties"] if (one["organization"] or {}).get("id") == who.organization.get("id")]
    waiting = [one for one in paper["parties"] if one["confirmed_at"] is None and not one["contested_at"]]
    for_party = {"party": (own or waiting or paper["parties"])[0]["id"]} | ({"mandate": MANDATE} if officer else {})
    bodies: dict[str, Any] = {
        "edit": {"title": new_id().hex},
        "annotate": {"note": new_id().hex},
        "sign": {"mandate": MANDATE} if officer else None,
        "confirm": for_party,
        "contest": {"words": "Không ký"} | for_party,
        "amend": CAUSE,
        "convert": {"instrument": "sale"},
        "deliver": {"line": paper["lines"][0]["id"], "delivered_on": "2026-11-20", "quantity": "1", "another": True},
        **dict.fromkeys(("close", "lapse", "terminate"), CAUSE | ({"mandate": MANDATE} if officer else {})),
    }
    return bodies.get(verb)


async def attempted(who: Client, paper: Paper, verb: str, body: Any) -> httpx.Response:
    path, headers = f"/agreements/{paper['id']}", {"If-Match": "*"}
    if verb in ("edit", "annotate"):
        return await who.patch(path, body, headers=headers)
    if verb == "discard":
        return await who.delete(path, headers=headers)
    return await who.post(f"{path}/{'deliveries' if verb == 'deliver' else spoken(verb)}", body, headers=headers)


def is_wrong(answer: httpx.Response, *, allowed: bool, version: int) -> bool:
    if allowed:
        return answer.status_code not in (200, 201, 204)
    if answer.status_code == 200:
        # Confirming again what one has confirmed changes nothing and is no error.
        return bool(answer.json()["version"] != version)
    return answer.status_code not in (403, 404, 409) or not answer.json()["detail"]


async def wrong_answers(here: Hall, state: str) -> list[tuple[Any, ...]]:
    """What each role is told to be allowed and may not do, or may do without being told."""
    wrong: list[tuple[Any, ...]] = []
    for role, who in here.people.items():
        paper = (await here.people["officer"].get(f"/agreements/{here.paper(role)['id']}")).json()
        assert paper["status"] == state
        seen = await who.get(f"/agreements/{paper['id']}")
        allowed = (seen.json().get("allowed") or []) if seen.status_code == 200 else []
        for verb in VERBS:
            async with undone(who):
                answer = await attempted(who, paper, verb, body_of(verb, paper, who, officer=role == "officer"))
            if is_wrong(answer, allowed=spoken(verb) in allowed, version=paper["version"]):
                wrong.append((role, verb, spoken(verb) in allowed, answer.status_code, answer.text[:300]))
    return wrong


@pytest.mark.parametrize("instrument", ["mou", "sale"])
async def test_what_is_allowed_is_what_can_be_done(client: Client, instrument: str) -> None:
    here = await hall(client, instrument=instrument)
    wrong: dict[str, list[tuple[Any, ...]]] = {}
    for stage, state in STAGES:
        if (stage in OF_AN_MOU) == (instrument == "mou"):
            async with undone(client):
                await stage(here)
                wrong[stage.__name__] = await wrong_answers(here, state)
    assert {stage: found for stage, found in wrong.items() if found} == {}
    assert wrong
