"""What a certificate does for the goods that show it: in filters of a search and in gates of matching, by the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from market.core import clock
from tests.matching.test_matches import LISTING, NEED, settle, verified
from tests.people import Client
from tests.searched import Searched

LAST_DAY = date(2027, 1, 15)
AFTER = clock.end_of_day(LAST_DAY)
"""The first instant at which a certificate of that last day counts no more."""
LINE: dict[str, Any] = {
    **NEED["lines"][0],
    "per": "total",
    "quantity": "900",
    "from": LAST_DAY.isoformat(),
    "to": LAST_DAY.isoformat(),
    "preferred_certificates": [],
}
OFFER: dict[str, Any] = {
    "another": True,
    **LISTING,
    "capacity": [{"from": "2026-12-01", "to": "2027-06-30", "quantity": "5000", "per": "week"}],
}


@pytest.fixture(params=["engine", "fallback"])
def place(request: pytest.FixtureRequest) -> Searched | Client:
    """A market with the engine, and one without."""
    fixture: Searched | Client = request.getfixturevalue("searched" if request.param == "engine" else "client")
    return fixture


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """The market's clock at that instant, going on."""
    with clock.shifted(instant - clock.now()):
        yield


@dataclass(frozen=True)
class Holder:
    """A cooperative with one listing, an officer who verifies, and a need for those goods."""

    anyone: Client
    """Not signed in: no session outlives the clock that is moved."""
    cooperative: Client
    officer: Client
    listing: str
    need: str

    async def shows(self, *certificates: str) -> None:
        """Put these certificates on the listing, and no others."""
        answer = await self.cooperative.patch(f"/listings/{self.listing}", {"certificates": list(certificates)})
        assert answer.status_code == 200, answer.text

    async def filtered(self, certificate: str = "vietgap") -> bool:
        """Whether a search for that certificate finds the listing."""
        answer = await self.anyone.get("/listings", params={"certificate": certificate})
        assert answer.status_code == 200, answer.text
        return self.listing in [item["id"] for item in answer.json()["items"]]

    async def fits(self) -> bool:
        """Whether the listing passes every gate of the need."""
        answer = await self.anyone.get(f"/needs/{self.need}/matches")
        assert answer.status_code == 200, answer.text
        return any(
            match["listing"]["id"] == self.listing and not match["near_miss_of"] for match in answer.json()["items"]
        )

    async def shown(self) -> bool:
        return (await self.anyone.get(f"/listings/{self.listing}")).status_code == 200


async def holder(
    place: Searched | Client, offer: dict[str, Any] | None = None, line: dict[str, Any] | None = None
) -> Holder:
    nobody = place.client if isinstance(place, Searched) else place
    cooperative, buyer, officer = (
        await nobody.register("producer"),
        await nobody.register("buyer"),
        await nobody.officer(),
    )
    listing = await cooperative.post("/listings", offer or OFFER)
    need = await buyer.post("/needs", {**NEED, "lines": [line or LINE]})
    assert (listing.status_code, need.status_code) == (201, 201), listing.text + need.text
    return Holder(nobody, cooperative, officer, listing.json()["id"], need.json()["id"])


async def test_the_second_after_its_last_day_it_satisfies_nothing_and_nothing_is_reindexed(
    place: Searched | Client,
) -> None:
    held = await holder(place)
    await held.shows(await verified(held.cooperative, held.officer, expires_on=LAST_DAY.isoformat()))
    await settle(place)

    with at(AFTER - timedelta(seconds=3)):
        before = (await held.filtered(), await held.shown())
    with at(AFTER):
        after = (await held.filtered(), await held.shown())

    assert (before, after) == ((True, True), (False, True))


async def test_a_renewal_restores_what_expired(place: Searched | Client) -> None:
    long = {**LINE, "to": "2027-02-28"}
    held = await holder(place, line=long)
    old = await verified(held.cooperative, held.officer, expires_on=LAST_DAY.isoformat())
    await held.shows(old)
    await settle(place)
    with at(AFTER):
        expired = (await held.filtered(), await held.fits())
    new = await verified(held.cooperative, held.officer, issued_on="2026-11-01", expires_on="2029-10-31")
    await held.shows(old, new)
    await settle(place)

    with at(AFTER):
        renewed = (await held.filtered(), await held.fits())

    assert (expired, renewed) == ((False, False), (True, True))


async def test_a_recall_ends_the_match_before_any_index_hears_of_it(place: Searched | Client) -> None:
    held = await holder(place)
    certificate = await verified(held.cooperative, held.officer)
    await held.shows(certificate)
    await settle(place)
    before = (await held.filtered(), await held.fits())

    await held.officer.post(f"/certificates/{certificate}/recall", {"reason": "Dư lượng vượt ngưỡng"})
    at_once = await held.fits()
    await settle(place)

    assert (before, at_once, await held.filtered()) == ((True, True), False, False)


async def test_a_certificate_of_mango_does_not_cover_chili(place: Searched | Client) -> None:
    chili = {**OFFER, "title": "Ớt chỉ thiên", "concept": "chili-bird-eye"}
    held = await holder(place, offer=chili, line={**LINE, "concept": "chili"})
    mango = await verified(held.cooperative, held.officer, scope_concepts=["mango"])
    await held.shows(mango)
    await settle(place)
    of_mango = (await held.filtered(), await held.fits())
    await held.shows(mango, await verified(held.cooperative, held.officer, scope_concepts=["mango", "chili"]))
    await settle(place)

    assert (of_mango, (await held.filtered(), await held.fits())) == ((False, False), (True, True))


async def test_a_certificate_of_a_broader_concept_covers_everything_below_it(place: Searched | Client) -> None:
    narrow = {**OFFER, "title": "Nếp Tú Lệ", "concept": "rice-glutinous-tu-le"}
    held = await holder(place, offer=narrow, line={**LINE, "concept": "rice-glutinous-tu-le"})
    await held.shows(await verified(held.cooperative, held.officer, scope_concepts=["rice"]))
    await settle(place)

    assert (await held.filtered(), await held.fits()) == (True, True)


async def test_a_certificate_of_a_growing_area_covers_that_area(place: Searched | Client) -> None:
    held = await holder(place, offer={**OFFER, "growing_area": "Chợ Gạo 2"})
    elsewhere = await verified(held.cooperative, held.officer, scope_area="Chợ Gạo 1")
    await held.shows(elsewhere)
    await settle(place)
    of_another = (await held.filtered(), await held.fits())
    await held.shows(elsewhere, await verified(held.cooperative, held.officer, scope_area="chợ gạo 2"))
    await settle(place)

    assert (of_another, (await held.filtered(), await held.fits())) == ((False, False), (True, True))


async def test_three_stars_of_a_district_run_out_their_term_after_districts_are_gone(place: Searched | Client) -> None:
    held = await holder(place, line={**LINE, "required_certificates": ["ocop:3"]})
    certificate = await verified(
        held.cooperative,
        held.officer,
        scheme="ocop",
        level=3,
        issuer="UBND huyện Mẫu",
        issued_on="2025-06-15",
        expires_on=None,
    )
    await held.shows(certificate)
    await settle(place)
    recorded = (await held.officer.get(f"/certificates/{certificate}")).json()
    end = clock.end_of_day(date(2028, 6, 15))

    with at(end - timedelta(seconds=3)):
        before = await held.filtered("ocop:3")
    with at(end):
        after = await held.filtered("ocop:3")

    assert (recorded["expires_on"], recorded["warnings"], recorded["state"]) == ("2028-06-15", [], "valid")
    assert (await held.fits(), await held.filtered("ocop:4")) == (True, False)
    assert (before, after) == (True, False)
