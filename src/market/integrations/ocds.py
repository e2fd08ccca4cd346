"""Agreements as contracting data: OCDS 1.1 releases and records.

Only what everybody may see of an agreement is published: who signed which kind of paper when, for which goods.
Value, quantities, period and what was delivered are for officers. Source: Open Contracting Data Standard 1.1.5,
https://standard.open-contracting.org/1.1/en/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from market.agreements.consent.standing import shown_parties
from market.agreements.gate import party_name
from market.agreements.ledger.standings import Standing
from market.agreements.models import Agreement, AgreementLine, AgreementParty
from market.agreements.states import INSTRUMENTS
from market.core import clock
from market.reference.catalogue import Catalogue

Json = dict[str, Any]

SCHEME = "VN-MARKET"
ROLES: Mapping[str, str] = {
    "seller": "supplier",
    "buyer": "buyer",
    "authority": "interestedParty",
    "witness": "interestedParty",
}
"""In the words of the code list partyRole."""
STATUSES: Mapping[str, str] = {
    "signed": "pending",
    "effective": "active",
    "superseded": "active",
    "fulfilled": "terminated",
    "partly_fulfilled": "terminated",
    "lapsed": "terminated",
    "terminated": "terminated",
}
"""In the words of the code list contractStatus. What is superseded goes on in the release of the amendment."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """Under which names data is published, and whether what only officers see is in it."""

    prefix: str
    publisher: str
    base: str
    catalogue: Catalogue
    standings: Mapping[UUID, Standing] | None
    """By line, for officers; None publishes only what everybody may see."""
    dates: Mapping[UUID, datetime]
    """When what a release tells of happened, by agreement; see `dated`."""


def first_number(agreement: Agreement) -> str:
    """The number of the first version, which all amendments share."""
    return agreement.number.removesuffix(f"-PL{agreement.amendment_number}")


def ocid_of(agreement: Agreement, publishing: Publishing) -> str:
    """The contracting process: one for the agreement with all its amendments."""
    return f"{publishing.prefix}-{first_number(agreement)}"


@dataclass(frozen=True, slots=True)
class Version:
    """What of a version of an agreement says when it came about."""

    id: UUID
    amends_id: UUID | None
    status: str
    signed_on: date
    effective_on: date | None
    ended_on: date | None


def dated(versions: Iterable[Version]) -> dict[UUID, datetime]:
    """When what is told of each version happened: signed, brought into force or ended, not when its row was written.

    Whoever merges releases in order of `date` must come to the amendment: each version is dated after the one that
    it amends, by a second where the papers name no later day. What is superseded keeps the day of its signing.

    Args:
        versions: with every version that they amend.
    """
    known = {version.id: version for version in versions}
    dates: dict[UUID, datetime] = {}

    def date_of(version: Version) -> datetime:
        if version.id not in dates:
            days = [version.signed_on]
            if version.status != "superseded":
                days += [day for day in (version.effective_on, version.ended_on) if day is not None]
            own = datetime.combine(max(days), time(), tzinfo=clock.VIETNAM)
            amended = known.get(version.amends_id) if version.amends_id else None
            dates[version.id] = max(own, date_of(amended) + timedelta(seconds=1)) if amended else own
        return dates[version.id]

    return {version_id: date_of(version) for version_id, version in known.items()}


def release_of(agreement: Agreement, publishing: Publishing) -> Json:
    """One version of an agreement as a release."""
    ocid = ocid_of(agreement, publishing)
    suppliers = [party for party in agreement.parties if party.role == "seller"]
    buyers = [party for party in agreement.parties if party.role == "buyer"]
    release: Json = {
        "ocid": ocid,
        "id": f"{agreement.number}-{agreement.version}",
        "date": publishing.dates[agreement.id].isoformat(),
        "tag": [_tag(agreement)],
        "initiationType": "tender",
        "language": "vi",
        "parties": _parties(agreement),
    }
    if buyers:
        release["buyer"] = _reference(buyers[0])
    award: Json = {"id": first_number(agreement), "status": "active"}
    if agreement.signed_on is not None:
        award["date"] = _instant(agreement.signed_on)
    if suppliers:
        award["suppliers"] = list({one["id"]: one for one in map(_reference, suppliers)}.values())
    release["awards"] = [award]
    release["contracts"] = [_contract(agreement, publishing)]
    return release


def _tag(agreement: Agreement) -> str:
    if STATUSES[agreement.status] == "terminated":
        return "contractTermination"
    return "contractAmendment" if agreement.amends_id is not None else "contract"


def _party_id(party: AgreementParty) -> str:
    return f"{SCHEME}-{party.organization_id or party.id}"


def _reference(party: AgreementParty) -> Json:
    return {"id": _party_id(party), "name": party_name(party)}


def _parties(agreement: Agreement) -> list[Json]:
    parties: dict[str, Json] = {}
    for party in shown_parties(agreement):
        known = parties.setdefault(_party_id(party), {**_reference(party), "roles": []})
        if party.organization is not None:
            known["identifier"] = {
                "scheme": SCHEME,
                "id": str(party.organization_id),
                "legalName": party.organization.name,
            }
        if ROLES[party.role] not in known["roles"]:
            known["roles"].append(ROLES[party.role])
    return list(parties.values())


def _instant(day: date, *, ends: bool = False) -> str:
    instant = datetime(day.year, day.month, day.day, tzinfo=clock.VIETNAM)
    return (instant + timedelta(days=1, seconds=-1) if ends else instant).isoformat()


def _contract(agreement: Agreement, publishing: Publishing) -> Json:
    instrument = next(name.vi for key, name in INSTRUMENTS.items() if key == agreement.instrument)
    contract: Json = {
        "id": first_number(agreement),
        "awardID": first_number(agreement),
        "title": f"{instrument} {agreement.number}",
        "status": STATUSES[agreement.status],
        "items": _items(agreement.lines, publishing),
    }
    if agreement.signed_on is not None:
        contract["dateSigned"] = _instant(agreement.signed_on)
    if agreement.amends_id is not None:
        contract["amendments"] = [{"id": agreement.number}]
    if publishing.standings is not None:
        contract |= _for_officers(agreement)
    return contract


def _for_officers(agreement: Agreement) -> Json:
    told: Json = {}
    period: Json = {}
    if agreement.valid_from is not None:
        period["startDate"] = _instant(agreement.valid_from)
    if agreement.valid_until is not None:
        period["endDate"] = _instant(agreement.valid_until, ends=True)
    if period:
        told["period"] = period
    if agreement.value_vnd is not None:
        told["value"] = {"amount": agreement.value_vnd, "currency": "VND"}
    return told


def _items(lines: Sequence[AgreementLine], publishing: Publishing) -> list[Json]:
    """The goods; for those who see only goods, each kind once."""
    if publishing.standings is None:
        concepts = dict.fromkeys(line.concept_id for line in lines if line.concept_id)
        return [{"id": concept, **_goods(concept, publishing.catalogue)} for concept in concepts]
    return [_item(line, publishing.standings.get(line.id), publishing.catalogue) for line in lines]


def _goods(concept_id: str, catalogue: Catalogue) -> Json:
    name = catalogue.concept(concept_id).name_vi
    classification = {"scheme": SCHEME, "id": concept_id, "description": name}
    return {"description": name, "classification": classification}


def _item(line: AgreementLine, standing: Standing | None, catalogue: Catalogue) -> Json:
    item: Json = {"id": str(line.first_line_id or line.id)}
    item |= _goods(line.concept_id, catalogue) if line.concept_id else {"description": line.description}
    if line.unit_code is not None:
        unit = catalogue.unit(line.unit_code)
        item["unit"] = {"name": unit.name_vi}
        if unit.recommendation is not None:
            item["unit"] |= {"scheme": "UNCEFACT", "id": unit.code}
        if line.price_vnd is not None:
            item["unit"]["value"] = {"amount": line.price_vnd, "currency": "VND"}
    if standing is not None:
        if standing.committed is not None:
            item["quantity"] = _number(standing.committed)
        item["deliveredQuantity"] = _number(standing.delivered)
        item["rejectedQuantity"] = _number(standing.rejected)
        item["acceptedQuantity"] = _number(standing.accepted)
    return item


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def record_of(versions: Sequence[Agreement], publishing: Publishing) -> Json:
    """An agreement with all its amendments, oldest first: the releases, and how they stand together.

    Later releases say the whole contract again, so the newest, with every amendment, is the compiled one.
    """
    releases = [release_of(version, publishing) for version in versions]
    compiled = {**releases[-1], "tag": ["compiled"]}
    contract = dict(compiled["contracts"][0])
    if len(versions) > 1:
        contract["amendments"] = [{"id": version.number} for version in versions[1:]]
    compiled["contracts"] = [contract]
    return {"ocid": compiled["ocid"], "releases": releases, "compiledRelease": compiled}


def package(publishing: Publishing, name: str, items: Sequence[Json], *, uri: str, next_uri: str | None) -> Json:
    """A page of releases or records (`name`) with who publishes it, under which licence of form."""
    made: Json = {
        "uri": uri,
        "version": "1.1",
        "extensions": [f"{publishing.base}/ocds/extensions/delivery/extension.json"],
        "publishedDate": clock.now().astimezone(clock.VIETNAM).isoformat(timespec="seconds"),
        "publisher": {"name": publishing.publisher},
        name: list(items),
    }
    if next_uri is not None:
        made["links"] = {"next": next_uri}
    return made


def _quantity(title: str, description: str) -> Json:
    return {"title": title, "description": description, "type": ["number", "null"]}


EXTENSION: Json = {
    "name": {"en": "Delivered quantities", "vi": "Số lượng đã giao"},
    "description": {
        "en": "For each item of a contract: how much was delivered, rejected and accepted, in the unit of the item.",
        "vi": "Với mỗi dòng hàng của hợp đồng: đã giao, bị trả lại và được nhận bao nhiêu, theo đơn vị của dòng.",
    },
    "compatibility": ["1.1"],
    "schemas": ["release-schema.json"],
}
EXTENSION_SCHEMA: Json = {
    "definitions": {
        "Item": {
            "properties": {
                "deliveredQuantity": _quantity("Delivered", "Arrived so far, rejected goods included."),
                "rejectedQuantity": _quantity("Rejected", "Of what arrived, what the receiver did not take."),
                "acceptedQuantity": _quantity("Accepted", "Delivered less rejected."),
            }
        }
    }
}
