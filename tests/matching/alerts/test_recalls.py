"""Who is told that a certificate was recalled."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.matching.alerts.follower import alerts_follower
from market.matching.alerts.recalls import Interest
from tests.matching.alerts.stories import LINE, LISTING, NEED, Told, Watched, made, verified
from tests.people import Client

WANTED = {**NEED, "lines": [{**LINE, "required_certificates": ["vietgap"]}]}


async def recall(who: Client, certificate: str) -> None:
    answer = await who.post(f"/certificates/{certificate}/recall", {"reason": "Dư lượng vượt ngưỡng"})
    assert answer.status_code == 200, answer.text


def of_recall(told: Told) -> list[dict[str, Any]]:
    return [item for item in told if item["kind"] == "certificate_recalled"]


async def test_a_recall_reaches_every_buyer_with_an_open_need_that_it_fitted(watched: Watched) -> None:
    nobody = watched.client
    cooperative, officer = await nobody.register("producer"), await nobody.officer()
    buyer, other_goods, closed = [await nobody.register("buyer") for _ in range(3)]
    certificate = await verified(cooperative, officer)
    await made(cooperative, "/listings", {**LISTING, "certificates": [certificate]})
    need = await made(buyer, "/needs", WANTED)
    await made(other_goods, "/needs", {**WANTED, "lines": [{**LINE, "concept": "pomelo"}]})
    over = await made(closed, "/needs", WANTED)
    assert (await closed.delete(f"/needs/{over['id']}")).status_code == 204
    await watched.settle()

    await recall(officer, certificate)
    (told,) = of_recall(await watched.told(buyer))
    assert (told["entity_id"], told["watch_entity"], told["watch_id"]) == (certificate, "need", need["id"])
    assert LISTING["title"] in told["text"]
    assert of_recall(await watched.told(other_goods)) == of_recall(await watched.told(closed)) == []


async def test_a_recall_is_told_once_however_many_needs_relied_on_it(watched: Watched) -> None:
    nobody = watched.client
    cooperative, buyer, officer = await nobody.register(), await nobody.register("buyer"), await nobody.officer()
    certificate = await verified(cooperative, officer)
    for _ in range(2):
        await made(cooperative, "/listings", {**LISTING, "certificates": [certificate]})
        await made(buyer, "/needs", WANTED)

    await recall(officer, certificate)
    assert len(of_recall(await watched.told(buyer))) == 1


async def test_the_holder_is_told_too(watched: Watched) -> None:
    nobody = watched.client
    cooperative, officer = await nobody.register(), await nobody.officer()
    await recall(officer, certificate := await verified(cooperative, officer))

    (told,) = await watched.told(cooperative)
    assert (told["kind"], told["entity_id"], told["watch_id"]) == ("certificate_recalled", certificate, None)


async def test_a_certificate_that_never_counted_worries_no_buyer(watched: Watched) -> None:
    nobody = watched.client
    cooperative, buyer, officer = await nobody.register(), await nobody.register("buyer"), await nobody.officer()
    unverified = (
        await made(cooperative, "/certificates", {"scheme": "vietgap", "issuer": "X", "issued_on": "2026-01-15"})
    )["id"]
    await made(cooperative, "/listings", {**LISTING, "certificates": [unverified]})
    await made(buyer, "/needs", NEED)

    await recall(officer, unverified)
    assert of_recall(await watched.told(buyer)) == []


async def test_rooms_above_name_further_organizations_that_rely_on_a_listing(watched: Watched) -> None:
    nobody = watched.client
    cooperative, partner, officer = await nobody.register(), await nobody.register("buyer"), await nobody.officer()
    certificate = await verified(cooperative, officer)
    listing = await made(cooperative, "/listings", {**LISTING, "certificates": [certificate]})
    agreement = UUID("00000000-0000-7000-8000-00000000000a")

    async def partners(session: AsyncSession, listings: Collection[UUID]) -> list[Interest]:
        owner = UUID(partner.organization["id"])
        return [
            Interest(listing_id=id_, organization_id=owner, entity="agreement", entity_id=agreement, title="HĐ 1")
            for id_ in listings
        ]

    watched.follower = alerts_follower([partners])
    await recall(officer, certificate)
    (told,) = await watched.told(partner)
    assert (told["watch_entity"], told["watch_id"]) == ("agreement", str(agreement))
    assert (listing["title"] in told["text"], "HĐ 1" in told["text"]) == (True, True)
