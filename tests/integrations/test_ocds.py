from __future__ import annotations

from collections import Counter
from typing import Any

from jsonschema import Draft202012Validator

from market.core import clock
from tests.agreements.stories import LINE, SECRETS, Table, done, effective, logged, signed, table
from tests.integrations.ocds_merging import merged
from tests.integrations.ocds_schema import record_package, release_package
from tests.people import Client


def faults(schema: dict[str, Any], body: Any) -> list[str]:
    Draft202012Validator.check_schema(schema)
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(body)]


async def read(who: Client, path: str) -> Any:
    answer = await who.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def deliver(who: Client, agreement: dict[str, Any], **entry: Any) -> None:
    body = {"line": agreement["lines"][0]["id"], "delivered_on": "2026-11-20", **entry}
    answer = await who.post(f"/agreements/{agreement['id']}/deliveries", body)
    assert answer.status_code == 201, answer.text


async def test_releases_are_valid_and_say_only_what_everybody_may_see(client: Client) -> None:
    around = await table(client)
    await logged(around.organizer, around.paper(title="Dự thảo"))
    await signed(around.organizer, around.paper(domain="other", instrument="cooperation"))
    agreement = await effective(around)
    for reader in (client, around.buyer, await client.register("organizer")):
        package = await read(reader, "/ocds/releases")
        assert faults(release_package(), package) == []
        (release,) = package["releases"]
        assert not [secret for secret in SECRETS if secret in str(package)]
    assert release["ocid"] == f"ocds-000000-{agreement['number']}"
    assert release["tag"] == ["contract"]
    assert [(party["name"], party["roles"]) for party in release["parties"]] == [
        ("HTX Bán Thử", ["supplier"]),
        ("Siêu thị Mua Thử", ["buyer"]),
    ]
    assert release["buyer"]["name"] == "Siêu thị Mua Thử"
    (contract,) = release["contracts"]
    assert contract["status"] == "active"
    assert contract["dateSigned"] == "2026-11-20T00:00:00+07:00"
    assert [item["classification"]["id"] for item in contract["items"]] == ["dragon-fruit-red"]
    assert {"value", "period"} & contract.keys() == set()
    assert {"quantity", "unit", "deliveredQuantity"} & contract["items"][0].keys() == set()


async def test_officers_read_what_was_promised_and_delivered_for_each_line(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around, valid_from="2026-11-20", valid_until="2027-03-31")
    await deliver(around.buyer, agreement, quantity="500.5", rejected="20", rejection_cause="quality")
    package = await read(around.officer, "/ocds/releases")
    assert faults(release_package(extended=True), package) == []
    contract = package["releases"][0]["contracts"][0]
    assert contract["value"] == {"amount": 123456789, "currency": "VND"}
    assert contract["period"] == {"startDate": "2026-11-20T00:00:00+07:00", "endDate": "2027-03-31T23:59:59+07:00"}
    (item,) = contract["items"]
    assert (item["quantity"], item["unit"]["id"], item["unit"]["scheme"]) == (1750.5, "KGM", "UNCEFACT")
    assert (item["deliveredQuantity"], item["rejectedQuantity"], item["acceptedQuantity"]) == (500.5, 20, 480.5)


async def test_the_extension_is_described_where_packages_say(client: Client) -> None:
    around = await table(client)
    await effective(around)
    package = await read(client, "/ocds/releases")
    (address,) = package["extensions"]
    extension = await read(client, address.removeprefix("http://market.test"))
    assert extension["compatibility"] == ["1.1"]
    (name,) = extension["schemas"]
    added = await read(client, address.removeprefix("http://market.test").replace("extension.json", name))
    assert added["definitions"]["Item"]["properties"].keys() == {
        "deliveredQuantity",
        "rejectedQuantity",
        "acceptedQuantity",
    }


async def test_a_record_holds_an_agreement_with_its_amendments(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around)
    amendment = await done(around.organizer, agreement, "amend", {"cause": "price"})
    await done(around.organizer, amendment, "sign")
    await done(around.seller, amendment, "confirm")
    await done(around.buyer, amendment, "confirm")
    await done(around.organizer, amendment, "make-effective")
    other = await signed(around.organizer, around.paper(paper_number="khác"))

    package = await read(client, "/ocds/records")
    assert faults(record_package(), package) == []
    records = {record["ocid"]: record for record in package["records"]}
    assert records.keys() == {f"ocds-000000-{agreement['number']}", f"ocds-000000-{other['number']}"}
    record = records[f"ocds-000000-{agreement['number']}"]
    assert [release["tag"] for release in record["releases"]] == [["contract"], ["contractAmendment"]]
    compiled = record["compiledRelease"]
    assert compiled["tag"] == ["compiled"]
    assert compiled["contracts"][0]["id"] == agreement["number"]
    assert compiled["contracts"][0]["amendments"] == [{"id": amendment["number"]}]
    assert {release["ocid"] for release in record["releases"]} == {record["ocid"]}
    assert faults(record_package(extended=True), await read(around.officer, "/ocds/records")) == []


async def test_what_ended_is_said_to_have_ended(client: Client) -> None:
    around = await table(client)
    await done(around.officer, await effective(around), "terminate", {"cause": "price"})
    (release,) = (await read(client, "/ocds/releases"))["releases"]
    assert (release["tag"], release["contracts"][0]["status"]) == (["contractTermination"], "terminated")
    assert "price" not in str(release)


async def test_parties_known_by_name_only_are_published_by_name(client: Client) -> None:
    around = await table(client)
    both = around.seller.organization["id"]
    parties = [
        {"role": "seller", "organization": both},
        {"role": "buyer", "organization": both},
        {"role": "buyer", "name": "Chợ đầu mối Mẫu"},
        {"role": "witness", "name": "Sở Công Thương Mẫu"},
    ]
    await signed(around.organizer, around.paper(parties=parties, lines=[], value_vnd=None))
    package = await read(client, "/ocds/releases")
    assert faults(release_package(), package) == []
    found = {party["name"]: party["roles"] for party in package["releases"][0]["parties"]}
    assert found == {
        "HTX Bán Thử": ["supplier", "buyer"],
        "Chợ đầu mối Mẫu": ["buyer"],
        "Sở Công Thương Mẫu": ["interestedParty"],
    }


async def test_pages_follow_each_other_to_the_end(client: Client) -> None:
    around = await table(client)
    numbers = [(await signed(around.organizer, around.paper()))["number"] for _ in range(5)]
    seen: list[str] = []
    path: str | None = "/ocds/records?limit=2"
    while path is not None:
        package = await read(client, path)
        assert faults(record_package(), package) == []
        seen += [record["ocid"] for record in package["records"]]
        path = package.get("links", {}).get("next", "").removeprefix("http://market.test") or None
    assert Counter(seen) == Counter(f"ocds-000000-{number}" for number in numbers)


async def test_the_check_itself_finds_what_is_wrong(client: Client) -> None:
    around = await table(client)
    await effective(around)
    package = await read(client, "/ocds/releases")
    package["releases"][0]["contracts"][0]["awardId"] = package["releases"][0]["contracts"][0].pop("awardID")
    package["releases"][0]["tag"] = ["hợp đồng"]
    assert len(faults(release_package(), package)) == 3


async def amended_in_force(around: Table, agreement: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = {"cause": "price", "changes": changes}
    amendment = await done(around.organizer, agreement, "amend", body)
    amendment = await done(around.organizer, amendment, "sign")
    for party in (around.seller, around.buyer):
        await done(party, amendment, "confirm")
    return await done(around.organizer, amendment, "make-effective")


async def test_merging_the_releases_in_order_of_date_gives_the_amendment(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around)
    line = agreement["lines"][0]
    lines = [LINE | {"id": line["id"], "quantity": "1800", "price_vnd": 29000}]
    first = await amended_in_force(around, agreement, value_vnd=52_200_000, lines=lines)
    await deliver(around.seller, first, quantity="10", delivered_on=clock.today().isoformat())
    second = await amended_in_force(around, first, value_vnd=50_000_000)

    releases = (await read(around.officer, "/ocds/releases"))["releases"]
    compiled = merged(releases)

    assert [release["id"].rsplit("-", 1)[0] for release in sorted(releases, key=lambda one: one["date"])] == [
        agreement["number"],
        first["number"],
        second["number"],
    ]
    assert len({release["date"] for release in releases}) == 3
    (contract,) = compiled["contracts"]
    assert contract["value"]["amount"] == 50_000_000
    (item,) = contract["items"]
    assert (item["quantity"], item["unit"]["value"]["amount"]) == (1800, 29000)
    assert [one["id"] for one in contract["amendments"]] == [first["number"], second["number"]]
    (record,) = (await read(around.officer, "/ocds/records"))["records"]
    ours = record["compiledRelease"]
    assert {name: ours[name] for name in ("contracts", "awards", "parties", "date")} == {
        name: compiled[name] for name in ("contracts", "awards", "parties", "date")
    }


async def test_a_release_is_dated_by_what_happened_not_by_when_its_row_was_written(client: Client) -> None:
    around = await table(client)
    paper = await signed(around.organizer, around.paper(signed_on="2023-04-10"))
    (before,) = (await read(client, "/ocds/releases"))["releases"]
    await done(around.seller, paper, "confirm")
    (after,) = (await read(client, "/ocds/releases"))["releases"]

    assert before["date"] == after["date"] == "2023-04-10T00:00:00+07:00"
    assert before["id"] != after["id"]
