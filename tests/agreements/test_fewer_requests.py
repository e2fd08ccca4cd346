"""From a need to what was delivered: in fewer requests than step by step, and the other side is told of each, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.notifications.kinds import Kind
from market.notifications.table import NOTICES
from market.worker import NEWS
from tests.agreements.conftest import STORY
from tests.agreements.stories import act, answered, done, logged, table
from tests.people import Client
from tests.quotes.stories import MONDAY, SUNDAY, TODAY, Trade, day, trade

STEPWISE = ["quote", "accept", "draw up", "sign", "sign", "convert", "sign", "sign", "make-effective"]
AT_ONCE = ["quote", "accept", "draw up", "sign", "convert", "sign"]
DELIVERING = ["deliver", "confirm delivery"]


@dataclass
class Story:
    """Requests in order, and after each what everybody was told of it."""

    session: AsyncSession
    around: Trade
    steps: list[str] = field(default_factory=list)
    told: list[list[tuple[UUID, Kind]]] = field(default_factory=list)
    seen: int = 0

    async def send(self, step: str, who: Client, path: str, body: Any = None) -> dict[str, Any]:
        answer = await who.post(path, body, headers={"If-Match": "*"})
        assert answer.status_code in (200, 201), answer.text
        self.steps.append(step)
        self.told.append(await self.news())
        found: dict[str, Any] = answer.json()
        return found

    async def news(self) -> list[tuple[UUID, Kind]]:
        """What the log since the last look is to anybody."""
        rows = select(Change).where(Change.id > self.seen).order_by(Change.id)
        changes = list(await self.session.scalars(rows))
        self.seen = max([self.seen, *(change.id for change in changes)])
        told = [item for tells in NEWS for item in await tells(self.session, changes)]
        return [(organization, news.kind) for organization, news in told]

    def in_words(self) -> list[str]:
        """Each request, and who is told what of it with what to do next."""
        sides = {
            UUID(who.organization["id"]): name
            for who, name in ((self.around.supplier, "seller"), (self.around.buyer, "buyer"))
        }
        lines = [f"{len(self.steps)} requests"]
        for number, (step, told) in enumerate(zip(self.steps, self.told, strict=True), start=1):
            lines.append(f"{number:>2}. {step}")
            for organization, kind in told:
                lines.append(f"    {sides.get(organization, 'another')} is told: {kind}; {NOTICES[kind].next.en}")
        return lines


async def told_story(client: Client, session: AsyncSession, *, at_once: bool) -> Story:
    around = await trade(client)
    story = Story(session, around)
    await story.news()
    seller, buyer = around.supplier, around.buyer
    also: dict[str, Any] = {"sign": True} if at_once else {}
    quote = await story.send("quote", seller, f"/needs/{around.need['id']}/quotes", around.offer())
    await story.send("accept", buyer, f"/quotes/{quote['id']}/accept")
    mou = await story.send("draw up", buyer, "/agreements", {"instrument": "mou", "quote": quote["id"]} | also)
    await sides_sign(story, mou, at_once=at_once)
    contract = await story.send("convert", buyer, f"/agreements/{mou['id']}/convert", contract_of(mou) | also)
    await sides_sign(story, contract, at_once=at_once, into_force=True)
    line = (await buyer.get(f"/agreements/{contract['id']}")).json()["lines"][0]["id"]
    path = f"/agreements/{contract['id']}/deliveries"
    body = {"line": line, "delivered_on": day(TODAY), "quantity": "2800"}
    entry = (await story.send("deliver", seller, path, body))["delivery"]
    await story.send("confirm delivery", buyer, f"{path}/{entry['id']}/confirm")
    assert (await seller.get(f"/agreements/{contract['id']}")).json()["status"] == "fulfilled"
    return story


async def sides_sign(story: Story, paper: dict[str, Any], *, at_once: bool, into_force: bool = False) -> None:
    path = f"/agreements/{paper['id']}"
    if not at_once:
        await story.send("sign", story.around.buyer, f"{path}/sign")
    await story.send("sign", story.around.supplier, f"{path}/sign", {"into_force": into_force} if at_once else None)
    if into_force and not at_once:
        await story.send("make-effective", story.around.supplier, f"{path}/make-effective")


def contract_of(mou: dict[str, Any]) -> dict[str, Any]:
    people = {"responsible": {"name": "Phụ Trách Thử"}}
    parties = [
        {"id": one["id"], "role": one["role"], "organization": one["organization"]["id"]} | people
        for one in mou["parties"]
    ]
    line = {"id": mou["lines"][0]["id"], "concept": "dragon-fruit-red", "quantity": "2800", "unit": "KGM"}
    line |= {"per": "total", "period_from": day(MONDAY), "period_until": day(SUNDAY)}
    line |= {"delivery_plan": {"weekdays": [1, 4]}, "price_vnd": 28395}
    return {"instrument": "sale", "changes": {"parties": parties, "lines": [line]}}


async def test_the_story_takes_eight_requests_where_it_took_eleven(
    client: Client, session: AsyncSession, record_property: Callable[[str, object], None]
) -> None:
    stepwise = await told_story(client, session, at_once=False)
    at_once = await told_story(client, session, at_once=True)
    for story in (stepwise, at_once):
        record_property(STORY, story.in_words())

    assert stepwise.steps == STEPWISE + DELIVERING
    assert at_once.steps == AT_ONCE + DELIVERING
    assert (len(stepwise.steps), len(at_once.steps)) == (11, 8)


async def test_the_other_side_is_told_of_every_step_once_and_what_to_do(client: Client, session: AsyncSession) -> None:
    for at_once in (False, True):
        story = await told_story(client, session, at_once=at_once)
        sides = {UUID(who.organization["id"]) for who in (story.around.supplier, story.around.buyer)}
        for step, told in zip(story.steps, story.told, strict=True):
            assert {organization for organization, _ in told} & sides, f"nobody was told of: {step}"
            assert max(Counter(told).values()) == 1, f"told twice of: {step}"
            for _, kind in told:
                then = NOTICES[kind].next
                assert then.vi
                assert then.en


async def test_an_accepted_amendment_is_told_as_one_thing(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    draft = await logged(around.seller, around.paper(event=None))
    await done(around.seller, draft, "sign")
    in_force = await done(around.buyer, draft, "sign", {"into_force": True})
    asked = await act(around.seller, draft, "proposals", {"cause": "price", "changes": {"value_vnd": 1}})
    story = Story(session, Trade(client, around.buyer, {}, around.seller, {}))
    await story.news()

    (proposal,) = asked.json()["items"]
    accepted = await answered(around.buyer, proposal)

    assert (in_force["status"], accepted.json()["status"]) == ("effective", "accepted")
    seller = UUID(around.seller.organization["id"])
    assert [kind for organization, kind in await story.news() if organization == seller] == ["paper_amended"]


async def test_into_force_leaves_what_lacks_something_signed(client: Client) -> None:
    around = await table(client)
    body = around.paper(event=None)
    body["parties"][0].pop("responsible")
    draft = await logged(around.seller, body | {"sign": True})

    signed = await done(around.buyer, draft, "sign", {"into_force": True})

    assert (signed["status"], signed["consent"]) == ("signed", "confirmed")


async def test_paper_that_may_not_be_signed_is_not_logged_either(client: Client) -> None:
    around = await table(client)
    body = around.paper(event=None, sign=True)
    body["parties"][1] = {"role": "buyer", "name": "Siêu thị Chưa Có Ở Đây"}

    refused = await around.seller.post("/agreements", body)

    assert (refused.status_code, refused.json()["code"]) == (403, "signing-not-vouched-for")
    assert (await around.seller.get("/agreements")).json()["items"] == []


async def test_who_was_asked_is_told_when_a_proposal_is_taken_back(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    draft = await logged(around.seller, around.paper(event=None, sign=True))
    await done(around.buyer, draft, "sign", {"into_force": True})
    amend = {"cause": "price", "changes": {"value_vnd": 1}}
    story = Story(session, Trade(client, around.buyer, {}, around.seller, {}))
    told = []
    for who in (around.seller, around.buyer):
        (asked,) = (await act(around.seller, draft, "proposals", amend)).json()["items"][:1]
        await story.news()
        gone = await who.delete(f"/agreements/{asked['result']}", headers={"If-Match": "*"})
        assert gone.status_code == 204
        told.append(await story.news())

    seller, buyer = (UUID(who.organization["id"]) for who in (around.seller, around.buyer))
    assert told == [[(buyer, Kind.PROPOSAL_WITHDRAWN)], [(seller, Kind.PROPOSAL_DECLINED)]]
