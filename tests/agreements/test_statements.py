"""No verb of an agreement takes more statements of the database for many parties, lines and deliveries than for few."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.agreements.stories import LINE, act, answered, done, logged, table
from tests.database import CountQueries
from tests.people import Client

PRICE = {"cause": "price", "note": "Giá đầu vào tăng"}
ON_A_DAY = {"delivered_on": "2026-11-21"}


@dataclass
class Counting:
    """How many statements each verb took, of a paper between these."""

    count_queries: CountQueries
    sellers: Sequence[Client]
    buyers: Sequence[Client]
    taken: dict[str, int] = field(default_factory=dict)

    async def counted(self, name: str, doing: Awaitable[Any]) -> Any:
        with self.count_queries() as statements:
            after = await doing
        self.taken[name] = len(statements)
        return after

    def paper(self, *, lines: int, witnesses: int) -> dict[str, Any]:
        parties = [
            {"role": role, "organization": who.organization["id"], "responsible": {"name": "Người Thử"}}
            for role, side in (("seller", self.sellers), ("buyer", self.buyers))
            for who in side
        ]
        parties += [{"role": "witness", "name": f"Người chứng {number}"} for number in range(witnesses)]
        body = {"another": True, "instrument": "mou", "title": "Nhiều bên", "signed_on": "2026-11-20"}
        return body | {"parties": parties, "lines": [LINE] * lines}

    async def story(self, *, lines: int, witnesses: int = 0) -> dict[str, int]:
        """Everything that becomes of a paper; of what each of many does, the first is counted."""
        first, other = self.sellers[0], self.buyers[0]
        draft = await self.counted("log", logged(first, self.paper(lines=lines, witnesses=witnesses)))
        path = f"/agreements/{draft['id']}"
        await self.counted("edit", first.patch(path, {"value_vnd": 2}, headers={"If-Match": "*"}))
        await self.counted("annotate", first.patch(path, {"note": "Gọi sớm"}, headers={"If-Match": "*"}))
        await self.counted("sign", done(first, draft, "sign"))
        await self.counted("confirm", done(other, draft, "confirm"))
        for who in [*self.sellers[1:], *self.buyers[1:]]:
            await done(who, draft, "confirm")
        await self.counted("make-effective", done(other, draft, "make-effective"))
        await self.delivered(draft)
        await self.counted("convert", done(first, draft, "convert", {"instrument": "sale"}))
        await self.counted("amend", done(first, draft, "amend", PRICE | {"changes": {"value_vnd": 1}}))
        (proposal,) = (await first.get(path)).json()["proposals"]
        await self.counted("decline", answered(other, proposal, "decline", {"words": "Không"}))
        await self.counted("close", done(first, draft, "close", PRICE))
        await self.ended(path)
        return self.taken

    async def delivered(self, paper: dict[str, Any]) -> None:
        """Each line is delivered in part, so that there is much to look through."""
        path = f"/agreements/{paper['id']}/deliveries"
        entries = []
        for number, line in enumerate(paper["lines"][:10]):
            body = ON_A_DAY | {"line": line["id"], "quantity": str(10 + number), "another": True}
            made = await self.counted("deliver", self.sellers[0].post(path, body))
            assert made.status_code == 201, made.text
            entries.append(made.json()["delivery"]["id"])
        buyer, body = self.buyers[0], ON_A_DAY | {"line": paper["lines"][0]["id"], "quantity": "7", "another": True}
        disputed = (await self.sellers[0].post(path, body)).json()["delivery"]["id"]
        for verb, entry, said in (
            ("dispute", disputed, {"cause": "quality", "words": "Hỏng"}),
            ("confirm", entries[0], None),
        ):
            answer = await self.counted(f"{verb} delivery", buyer.post(f"{path}/{entry}/{verb}", said))
            assert answer.status_code == 200, answer.text
        reversed_ = await self.counted("reverse", self.sellers[0].post(path, {"reverses": disputed}))
        assert reversed_.status_code == 201, reversed_.text

    async def ended(self, path: str) -> None:
        """Everybody accepts the proposal to close it; the last acceptance ends it."""
        (proposal,) = (await self.sellers[0].get(path)).json()["proposals"]
        *others, last = [*self.sellers[1:], *self.buyers]
        for who in others:
            await self.counted("accept", answered(who, proposal))
        answer = await self.counted("accept as the last", answered(last, proposal))
        assert answer.json()["status"] == "accepted", answer.text


async def test_verbs_take_as_many_statements_for_many_parties_and_lines_as_for_few(
    client: Client, count_queries: CountQueries
) -> None:
    around = await table(client)
    sellers, buyers = [around.seller], [around.buyer]
    await Counting(count_queries, sellers, buyers).story(lines=1)
    few = await Counting(count_queries, sellers, buyers).story(lines=1)
    sellers += [await client.register("producer") for _ in range(2)]
    buyers += [await client.register("buyer") for _ in range(2)]

    many = await Counting(count_queries, sellers, buyers).story(lines=40, witnesses=30)

    assert {name: many[name] for name in few if many[name] > few[name]} == {}
    # One seller and one buyer: the buyer's acceptance is the last.
    assert many.keys() - few.keys() == {"accept"}


async def test_contesting_takes_as_many_statements_however_many_lines(
    client: Client, count_queries: CountQueries
) -> None:
    around = await table(client)
    taken = []
    for lines in (1, 1, 40):
        paper = await done(around.organizer, await logged(around.organizer, around.paper(lines=[LINE] * lines)), "sign")
        with count_queries() as statements:
            answer = await act(around.buyer, paper, "contest", {"words": "Không ký"})
        assert answer.status_code == 200, answer.text
        taken.append(len(statements))

    assert taken[1] == taken[2]
