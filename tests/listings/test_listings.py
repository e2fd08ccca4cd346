from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.schemas import CertificateCreate
from market.core.access import SYSTEM
from market.core.changes import Change
from market.listings.answers import listing_out
from market.listings.models import Listing
from market.listings.queries import get_listing
from market.listings.schemas import ListingCreate
from market.reference.catalogue import Catalogue
from tests.database import CountQueries
from tests.people import Client

LISTING: dict[str, Any] = {
    "title": "Thanh long ruột đỏ Chợ Gạo",
    "province": {"code": "82", "version": "2025"},
    "unit": "KGM",
    "price_vnd": 28000,
    "moq": "200",
    "capacity": [{"from": "2026-12-01", "to": "2027-02-28", "quantity": "5000", "per": "week"}],
    "packaging": "thùng 10 kg",
    "shelf_life_days": 14,
    "cold_chain": True,
}


async def test_a_draft_infers_its_concept_and_is_seen_by_its_organization_only(client: Client) -> None:
    cooperative = await client.register("producer")
    stranger = await client.register("buyer")

    created = await cooperative.post("/listings", LISTING)

    assert created.status_code == 201, created.text
    listing = created.json()
    assert listing["concept"]["id"] == "dragon-fruit-red"
    assert listing["concept_source"] == "inferred"
    assert listing["status"] == "draft"
    assert listing["weekly_kg"] == "5000"
    assert created.headers["location"] == f"/api/v1/listings/{listing['id']}"
    assert (await cooperative.get(f"/listings/{listing['id']}")).status_code == 200
    assert (await stranger.get(f"/listings/{listing['id']}")).status_code == 404
    assert (await client.get(f"/listings/{listing['id']}")).status_code == 404


async def test_publishing_shows_it_and_pausing_hides_it(client: Client, session: AsyncSession) -> None:
    cooperative = await client.register("producer")
    listing = (await cooperative.post("/listings", LISTING)).json()

    published = await cooperative.post(f"/listings/{listing['id']}/publish")
    seen = await client.get(f"/listings/{listing['id']}")
    paused = await cooperative.post(f"/listings/{listing['id']}/pause")
    hidden = await client.get(f"/listings/{listing['id']}")

    assert (published.status_code, seen.status_code, paused.status_code, hidden.status_code) == (200, 200, 200, 404)
    rows = select(Change.verb, Change.version).where(Change.entity == "listing").order_by(Change.id)
    assert [tuple(row) for row in await session.execute(rows)] == [("create", 1), ("publish", 2), ("pause", 3)]


async def test_a_verb_that_leads_nowhere_says_which_do(client: Client) -> None:
    cooperative = await client.register("producer")
    listing = (await cooperative.post("/listings", LISTING)).json()

    answer = await cooperative.post(f"/listings/{listing['id']}/pause")

    assert answer.status_code == 409
    assert answer.json()["allowed"] == ["archive", "publish"]


async def test_archiving_keeps_the_row(client: Client, session: AsyncSession) -> None:
    cooperative = await client.register("producer")
    listing = (await cooperative.post("/listings", {**LISTING, "publish": True})).json()

    answer = await cooperative.delete(f"/listings/{listing['id']}")

    assert answer.status_code == 204
    assert await session.scalar(select(Listing.status).where(Listing.id == listing["id"])) == "archived"


async def test_editing_changes_what_was_sent_and_nothing_else(client: Client) -> None:
    cooperative = await client.register("producer")
    listing = (await cooperative.post("/listings", LISTING)).json()

    edited = await cooperative.patch(f"/listings/{listing['id']}", {"price_vnd": 30000, "capacity": []})

    expected = listing | {
        "price_vnd": 30000,
        "price_vnd_kg": "30000",
        "capacity": [],
        "available_from": None,
        "available_to": None,
        "weekly_kg": None,
        "version": 2,
        "updated_at": edited.json()["updated_at"],
    }
    assert edited.json() == expected


async def test_a_write_on_another_version_is_refused(client: Client) -> None:
    cooperative = await client.register("producer")
    created = await cooperative.post("/listings", LISTING)
    path, tag = f"/listings/{created.json()['id']}", created.headers["etag"]

    first = await cooperative.patch(path, {"price_vnd": 1000}, headers={"If-Match": tag})
    second = await cooperative.patch(path, {"price_vnd": 2000}, headers={"If-Match": tag})

    assert (first.status_code, second.status_code) == (200, 412)


async def test_a_stranger_may_not_edit_what_everybody_sees(client: Client) -> None:
    cooperative = await client.register("producer")
    stranger = await client.register("producer")
    listing = (await cooperative.post("/listings", {**LISTING, "publish": True})).json()

    answer = await stranger.patch(f"/listings/{listing['id']}", {"price_vnd": 1})

    assert answer.status_code == 403


async def test_bad_input_names_every_error_at_once_and_writes_nothing(client: Client, session: AsyncSession) -> None:
    cooperative = await client.register("producer")
    wrong = {
        "title": "",
        "province": {"code": "99"},
        "unit": "BUSHEL",
        "concept": "unobtainium",
        "price_vnd": -1,
        "moq": "0",
        "capacity": [{"from": "2027-02-28", "to": "2026-12-01", "quantity": "-5", "per": "fortnight"}],
        "colour": "red",
    }

    answer = await cooperative.post("/listings", wrong, headers={"Accept-Language": "en"})

    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/title",
        "/province",
        "/unit",
        "/concept",
        "/price_vnd",
        "/moq",
        "/capacity/0/quantity",
        "/capacity/0/per",
        "/colour",
    }
    assert await session.scalar(select(func.count()).select_from(Listing)) == 0


async def test_a_window_that_ends_before_it_begins_is_refused(client: Client) -> None:
    cooperative = await client.register("producer")
    backwards = {"from": "2027-02-28", "to": "2026-12-01", "quantity": 5, "per": "week"}

    answer = await cooperative.post("/listings", {**LISTING, "capacity": [backwards]})

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/capacity/0"]


async def test_certificates_of_others_cannot_be_shown(client: Client) -> None:
    cooperative = await client.register("producer")
    other = await client.register("producer")
    certificate = {"scheme": "vietgap", "issuer": "Tổ chức chứng nhận Thử", "issued_on": "2026-01-15"}
    theirs = (await other.post("/certificates", certificate)).json()["id"]

    answer = await cooperative.post("/listings", {**LISTING, "certificates": [theirs]})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/certificates/0"


async def test_a_batch_keeps_the_good_and_reports_the_bad_in_order(client: Client, session: AsyncSession) -> None:
    cooperative = await client.register("producer")
    items = [LISTING, {**LISTING, "unit": "BUSHEL"}, {**LISTING, "title": "Gạo ST25"}, 5]

    whole = await cooperative.post("/listings/batch", {"items": items[:3]})
    broken = await cooperative.post("/listings/batch", {"items": items})

    assert whole.status_code == 200
    results = whole.json()["results"]
    assert [(result["index"], result["status"]) for result in results] == [(0, 201), (1, 400), (2, 201)]
    assert results[1]["errors"][0]["pointer"] == "/unit"
    assert await session.scalar(select(func.count()).select_from(Listing)) == 2
    assert broken.status_code == 400


async def test_members_look_through_their_own_drafts(client: Client) -> None:
    cooperative = await client.register("producer")
    stranger = await client.register("producer")
    draft = (await cooperative.post("/listings", LISTING)).json()

    own = (await cooperative.get("/listings", params={"status": "draft"})).json()
    theirs = (await stranger.get("/listings", params={"status": "any"})).json()

    assert [item["id"] for item in own["items"]] == [draft["id"]]
    assert theirs["items"] == []


async def test_a_name_that_nobody_knows_is_published_as_an_open_name_and_never_as_a_guess(client: Client) -> None:
    cooperative = await client.register("producer")
    unknown = {**LISTING, "title": "Mộc Đế Vương", "category": "fruit"}
    listing = (await cooperative.post("/listings", unknown)).json()

    published = (await cooperative.post(f"/listings/{listing['id']}/publish")).json()
    placed = (await cooperative.patch(f"/listings/{listing['id']}", {"concept": "coffee", "form": "powder"})).json()

    assert listing["concept"] is None
    assert (published["goods"]["certainty"], published["goods"]["category"]["id"]) == ("open", "fruit")
    assert date.fromisoformat(published["published_at"][:10])
    assert (placed["concept"]["id"], placed["goods"]["certainty"]) == ("coffee.powder", "given")
    assert (placed["goods"]["commodity"]["id"], placed["goods"]["form"]["id"]) == ("coffee", "powder")


CAM_LAM = {"province": {"code": "56"}, "commune": {"code": "22453"}}


async def test_a_listing_names_its_commune_as_recorded_and_as_it_is_today(client: Client) -> None:
    cooperative = await client.register("producer")
    old = {"province": {"code": "82"}, "commune": {"code": "28618", "version": "2024"}}

    today = (await cooperative.post("/listings", {**LISTING, **CAM_LAM})).json()
    before = (await cooperative.post("/listings", {**LISTING, **old})).json()
    none = (await cooperative.patch(f"/listings/{today['id']}", {"commune": None})).json()

    assert (today["commune"]["kind"], today["commune"]["name"]) == ("xã", "Cam Lâm")
    assert before["commune"]["name"] == "Quơn Long"
    assert [commune["name"] for commune in before["commune"]["today"]] == ["Tân Thuận Bình"]
    assert none["commune"] is None


async def test_a_commune_of_another_province_is_refused(client: Client) -> None:
    cooperative = await client.register("producer")
    listing = (await cooperative.post("/listings", {**LISTING, **CAM_LAM})).json()

    elsewhere = await cooperative.post("/listings", {**LISTING, "commune": {"code": "22453"}})
    moved = await cooperative.patch(f"/listings/{listing['id']}", {"province": {"code": "82"}})
    unknown = await cooperative.post("/listings", {**LISTING, "commune": {"code": "99999"}})

    assert [(answer.status_code, answer.json()["errors"][0]["code"]) for answer in (elsewhere, moved, unknown)] == [
        (400, "commune-elsewhere"),
        (400, "commune-elsewhere"),
        (400, "unknown-commune"),
    ]


async def test_one_listing_costs_one_statement_and_is_what_its_objects_say(
    client: Client, session: AsyncSession, catalogue: Catalogue, count_queries: CountQueries
) -> None:
    owner = await client.register("producer")
    for publish in (True, False):
        certificate = await owner.post("/certificates", CertificateCreate.model_json_schema()["examples"][0])
        assert certificate.status_code == 201, certificate.text
        body = ListingCreate.model_json_schema()["examples"][0] | {
            "publish": publish,
            "certificates": [certificate.json()["id"]],
            "moq": "12.5",
        }
        made = (await owner.post("/listings", body)).json()
        answer = await owner.get(f"/listings/{made['id']}")
        listing = await get_listing(session, SYSTEM, UUID(made["id"]))
        assert answer.json() == listing_out(listing, catalogue=catalogue).model_dump(mode="json")
        assert answer.json() == made
    with count_queries() as counted:
        assert (await client.get(f"/listings/{made['id']}")).status_code == 404
    assert len(counted) == 1
    published = (await owner.post(f"/listings/{made['id']}/publish")).json()
    with count_queries() as counted:
        seen = await client.get(f"/listings/{made['id']}")
    assert (len(counted), seen.json()) == (1, published)
    trimmed = await client.get(f"/listings/{made['id']}", params={"fields": "id,title"})
    assert set(trimmed.json()) == {"id", "title"}
    assert (await client.get(f"/listings/{made['id']}", params={"fields": "nothing"})).status_code == 400
    same = await client.get(f"/listings/{made['id']}", headers={"If-None-Match": seen.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
