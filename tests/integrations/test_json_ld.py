from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from market.core import clock
from market.events.schemas import EventCreate
from market.listings.schemas import ListingCreate
from market.needs.schemas import NeedCreate
from tests.people import SEEN, Client


async def created(who: Client, path: str, body: Any) -> dict[str, Any]:
    answer = await who.post(path, body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def described(who: Client, path: str) -> dict[str, Any]:
    answer = await who.get(f"{path}/json-ld")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/ld+json"
    thing: dict[str, Any] = answer.json()
    assert thing["@context"] == "https://schema.org"
    assert "null" not in answer.text
    return thing


def example(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = model.model_json_schema()["examples"][0]
    return found


LISTING: dict[str, Any] = {
    "another": True,
    "title": "Thanh long ruột đỏ mẫu",
    "concept": "dragon-fruit-red",
    "province": {"code": "82", "version": "2025"},
    "unit": "KGM",
    "price_vnd": 28000,
    "moq": "200",
    "grade": "Loại 1",
    "capacity": [{"from": "2026-12-01", "to": "2027-02-28", "quantity": "5000", "per": "week"}],
    "publish": True,
}

SESSIONS = {"sessions": [{"name": "Khai mạc", "on": "2026-12-04", "starts": "08:00", "ends": "09:00"}]}


async def test_a_listing_is_a_product_with_an_offer(client: Client) -> None:
    seller, officer = await client.register("producer", name="HTX Bán Thử"), await client.officer()
    body = {"scheme": "vietgap", "issuer": "Trung tâm Mẫu", "number": "VG-1", "issued_on": "2026-01-05"}
    certificate = await created(seller, "/certificates", {**body, "expires_on": "2028-01-04"})
    await officer.post(f"/certificates/{certificate['id']}/verify", SEEN)
    listing = await created(seller, "/listings", {**LISTING, "certificates": [certificate["id"]]})

    thing = await described(client, f"/listings/{listing['id']}")
    assert (thing["@type"], thing["name"]) == ("Product", "Thanh long ruột đỏ mẫu")
    assert thing["@id"] == f"http://market.test/api/v1/listings/{listing['id']}"
    assert thing["hasCertification"][0]["expires"] == "2028-01-04"
    assert {"@type": "PropertyValue", "name": "grade", "value": "Loại 1"} in thing["additionalProperty"]
    offer = thing["offers"]
    assert (offer["@type"], offer["price"], offer["priceCurrency"]) == ("Offer", 28000, "VND")
    assert offer["priceSpecification"]["referenceQuantity"] == {
        "@type": "QuantitativeValue",
        "value": 1,
        "unitCode": "KGM",
    }
    assert offer["eligibleQuantity"]["minValue"] == 200
    assert (offer["availabilityStarts"], offer["availabilityEnds"]) == ("2026-12-01", "2027-02-28")
    assert offer["availability"] == "https://schema.org/InStock"
    assert offer["url"] == f"http://market.test/listings/{listing['id']}"
    assert offer["seller"]["name"] == "HTX Bán Thử"


async def test_what_the_label_the_buyer_and_the_calendar_know_is_said_too(client: Client) -> None:
    seller = await client.register("producer")
    tiers = [{"min_quantity": "1000", "price_vnd": 25000}]
    said = {"price_tiers": tiers, "price_until": "2027-02-28", "external_id": "TL-01", "size": "300-400 g"}
    listing = await created(seller, "/listings", {**LISTING, **said})
    days = {"harvested_from": "2026-11-20", "harvested_to": "2026-11-21"}
    lot = {"code": "L1", **days, "quantity": "100", "unit": "KGM", "gtin": "8938505974194"}
    await created(seller, f"/listings/{listing['id']}/lots", lot)
    thing = await described(client, f"/listings/{listing['id']}")
    assert (thing["sku"], thing["gtin"], thing["size"]) == ("TL-01", "08938505974194", "300-400 g")
    offer = thing["offers"]
    one, more = offer["priceSpecification"]
    assert (offer["price"], one["price"], more["price"]) == (28000, 28000, 25000)
    assert more["eligibleQuantity"]["minValue"] == 1000
    assert offer["priceValidUntil"] == "2027-02-28"


async def test_a_price_that_is_over_is_not_told(client: Client) -> None:
    seller = await client.register("producer")
    listing = await created(seller, "/listings", {**LISTING, "price_until": "2026-12-20"})
    with clock.shifted(timedelta(days=60)):
        offer = (await described(client, f"/listings/{listing['id']}"))["offers"]
    assert "price" not in offer
    assert "priceSpecification" not in offer


@pytest.mark.parametrize(
    ("accept", "is_linked"),
    [
        ("application/ld+json", True),
        ("application/ld+json, application/json;q=0.5", True),
        ("application/json, application/ld+json;q=0.9", False),
        ("application/ld+json;q=0, */*", False),
        ("text/html, */*;q=0.8", False),
        ("application/ld+json;q=nonsense", False),
    ],
)
async def test_accept_chooses_the_form(client: Client, accept: str, is_linked: bool) -> None:
    seller = await client.register("producer")
    path = f"/listings/{(await created(seller, '/listings', LISTING))['id']}"
    answer = await client.get(path, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == ("application/ld+json" if is_linked else "application/json")
    assert "Accept" in answer.headers["vary"].split(", ")
    again = await client.get(path, headers={"Accept": accept, "If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    if is_linked:
        assert answer.json() == (await client.get(f"{path}/json-ld")).json()


async def test_accept_changes_no_write(client: Client) -> None:
    seller = await client.register("producer")
    path = f"/listings/{(await created(seller, '/listings', LISTING))['id']}"
    edited = await seller.patch(path, {"title": "Thanh long mới"}, headers={"Accept": "application/ld+json"})
    assert (edited.status_code, edited.json()["title"]) == (200, "Thanh long mới")


async def test_a_unit_of_ours_is_told_in_words(client: Client) -> None:
    seller = await client.register("producer")
    listing = await created(seller, "/listings", {**LISTING, "unit": "VN-CHUC"})
    offer = (await described(client, f"/listings/{listing['id']}"))["offers"]
    assert offer["eligibleQuantity"]["unitText"] == "chục"
    assert "unitCode" not in offer["eligibleQuantity"]


async def test_a_need_is_a_demand_for_each_line(client: Client) -> None:
    buyer = await client.register("buyer", name="Siêu thị Mua Thử")
    body = example(NeedCreate) | {"publish": True}
    need = await created(buyer, "/needs", body)
    thing = await described(client, f"/needs/{need['id']}")
    assert [demand["@type"] for demand in thing["@graph"]] == ["Demand"] * len(need["lines"])
    demand, line = thing["@graph"][0], need["lines"][0]
    assert demand["itemOffered"]["name"] == line["concept"]["name_vi"]
    assert demand["eligibleQuantity"]["value"] == float(line["quantity"])
    assert (demand["availabilityStarts"], demand["availabilityEnds"]) == (line["from"], line["to"])
    assert demand["seller"]["name"] == demand["@reverse"]["seeks"]["name"] == "Siêu thị Mua Thử"
    assert demand["businessFunction"].endswith("#Buy")


async def test_an_organization_is_described_without_its_contacts(client: Client) -> None:
    contact = {"name": "Liên Hệ Kín", "phone": "0912345678", "email": "kin@thu.example"}
    owner = await client.register("producer", name="HTX Công Khai", contact=contact)
    path = f"/organizations/{owner.organization['id']}"
    for reader in (client, owner, await client.officer()):
        thing = await described(reader, path)
        assert (thing["@type"], thing["name"]) == ("Organization", "HTX Công Khai")
        assert thing["address"]["addressCountry"] == "VN"
        assert not [secret for secret in ("Liên Hệ Kín", "912345678", "kin@") if secret in str(thing)]


@pytest.mark.parametrize(("form", "told"), [("cooperative", "8938505974002"), ("farm", None)])
async def test_a_location_number_is_told_but_of_a_home(client: Client, form: str, told: str | None) -> None:
    owner = await client.register("producer", legal_form=form, gln="8938505974002")
    thing = await described(client, f"/organizations/{owner.organization['id']}")
    assert thing.get("globalLocationNumber") == told


async def test_an_event_has_a_time_and_a_place(client: Client) -> None:
    organizer = await client.register("organizer", name="Trung tâm Tổ Chức")
    event = await created(organizer, "/events", example(EventCreate) | {"kind": "fair", "code": None} | SESSIONS)
    assert (await client.get(f"/events/{event['id']}/json-ld")).status_code == 404
    assert (await organizer.post(f"/events/{event['id']}/publish")).status_code == 200
    thing = await described(client, f"/events/{event['id']}")
    assert (thing["@type"], thing["startDate"], thing["endDate"]) == ("ExhibitionEvent", "2026-12-04", "2026-12-05")
    assert thing["location"]["name"] == "Nha Trang"
    assert thing["organizer"]["name"] == "Trung tâm Tổ Chức"
    assert thing["subEvent"][0]["startDate"] == "2026-12-04T08:00:00+07:00"


@pytest.mark.parametrize(("path", "model"), [("/listings", ListingCreate), ("/needs", NeedCreate)])
async def test_a_draft_is_not_described_to_others(client: Client, path: str, model: Any) -> None:
    owner = await client.register("producer", "buyer")
    draft = await created(owner, path, example(model) | {"publish": False})
    assert (await client.get(f"{path}/{draft['id']}/json-ld")).status_code == 404
    assert (await owner.get(f"{path}/{draft['id']}/json-ld")).status_code == 200
