from __future__ import annotations

from typing import Any

import pytest

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
    assert offer["seller"]["name"] == "HTX Bán Thử"


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
    assert demand["seller"]["name"] == "Siêu thị Mua Thử"


async def test_an_organization_is_described_without_its_contacts(client: Client) -> None:
    contact = {"name": "Liên Hệ Kín", "phone": "0912345678", "email": "kin@thu.example"}
    owner = await client.register("producer", name="HTX Công Khai", contact=contact)
    path = f"/organizations/{owner.organization['id']}"
    for reader in (client, owner, await client.officer()):
        thing = await described(reader, path)
        assert (thing["@type"], thing["name"]) == ("Organization", "HTX Công Khai")
        assert thing["address"]["addressCountry"] == "VN"
        assert not [secret for secret in ("Liên Hệ Kín", "912345678", "kin@") if secret in str(thing)]


async def test_an_event_has_a_time_and_a_place(client: Client) -> None:
    organizer = await client.register("organizer", name="Trung tâm Tổ Chức")
    event = await created(organizer, "/events", example(EventCreate) | {"kind": "fair", "code": None})
    assert (await client.get(f"/events/{event['id']}/json-ld")).status_code == 404
    assert (await organizer.post(f"/events/{event['id']}/publish")).status_code == 200
    thing = await described(client, f"/events/{event['id']}")
    assert (thing["@type"], thing["startDate"], thing["endDate"]) == ("ExhibitionEvent", "2026-12-04", "2026-12-05")
    assert thing["location"]["name"] == "Nha Trang"
    assert thing["organizer"]["name"] == "Trung tâm Tổ Chức"


@pytest.mark.parametrize(("path", "model"), [("/listings", ListingCreate), ("/needs", NeedCreate)])
async def test_a_draft_is_not_described_to_others(client: Client, path: str, model: Any) -> None:
    owner = await client.register("producer", "buyer")
    draft = await created(owner, path, example(model) | {"publish": False})
    assert (await client.get(f"{path}/{draft['id']}/json-ld")).status_code == 404
    assert (await owner.get(f"{path}/{draft['id']}/json-ld")).status_code == 200
