"""The form of OCDS 1.1 packages as a JSON Schema, written from the field list of the standard.

Source: https://standard.open-contracting.org/1.1/en/schema/reference/ and its code lists. Stricter than the published
schema: a field that the standard does not know is refused, so that a misspelt one shows.
"""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
ID: dict[str, Any] = {"type": ["string", "integer"], "minLength": 1}
AMOUNT: dict[str, Any] = {"type": "number"}
INSTANT: dict[str, Any] = {
    "type": "string",
    "pattern": r"^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-][0-2]\d:[0-5]\d)$",
}
URI: dict[str, Any] = {"type": "string", "pattern": "^https?://"}


def thing(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


def many(of: dict[str, Any], least: int = 1) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": least, "uniqueItems": True}


def one_of(*words: str) -> dict[str, Any]:
    return {"enum": list(words)}


VALUE = thing(amount=AMOUNT, currency={"type": "string", "pattern": "^[A-Z]{3}$"})
PERIOD = thing(startDate=INSTANT, endDate=INSTANT, maxExtentDate=INSTANT, durationInDays={"type": "integer"})
CLASSIFICATION = thing(scheme=TEXT, id=ID, description=TEXT, uri=URI)
UNIT = thing(scheme=TEXT, id=TEXT, name=TEXT, value=VALUE, uri=URI)
ITEM = thing(
    ("id",),
    id=ID,
    description=TEXT,
    classification=CLASSIFICATION,
    additionalClassifications=many(CLASSIFICATION),
    quantity=AMOUNT,
    unit=UNIT,
)
EXTENDED_ITEM = {
    **ITEM,
    "properties": {
        **ITEM["properties"],
        "deliveredQuantity": AMOUNT,
        "rejectedQuantity": AMOUNT,
        "acceptedQuantity": AMOUNT,
    },
}
REFERENCE = thing(("id",), id=ID, name=TEXT)
IDENTIFIER = thing(scheme=TEXT, id=ID, legalName=TEXT, uri=URI)
ROLE = one_of(
    "buyer",
    "procuringEntity",
    "supplier",
    "tenderer",
    "funder",
    "enquirer",
    "payer",
    "payee",
    "reviewBody",
    "interestedParty",
)
PARTY = thing(("id",), id=ID, name=TEXT, identifier=IDENTIFIER, roles=many(ROLE))
AMENDMENT = thing(id=TEXT, date=INSTANT, rationale=TEXT, description=TEXT, amendsReleaseID=TEXT, releaseID=TEXT)
AWARD = thing(
    ("id",),
    id=ID,
    title=TEXT,
    description=TEXT,
    status=one_of("pending", "active", "cancelled", "unsuccessful"),
    date=INSTANT,
    value=VALUE,
    suppliers=many(REFERENCE),
    items=many(ITEM),
    contractPeriod=PERIOD,
)


def _release(item: dict[str, Any]) -> dict[str, Any]:
    contract = thing(
        ("id", "awardID"),
        id=ID,
        awardID=ID,
        title=TEXT,
        description=TEXT,
        status=one_of("pending", "active", "cancelled", "terminated"),
        period=PERIOD,
        value=VALUE,
        items=many(item, least=0),
        dateSigned=INSTANT,
        amendments=many(AMENDMENT),
    )
    tag = one_of("contract", "contractUpdate", "contractAmendment", "contractTermination", "award", "compiled")
    return thing(
        ("ocid", "id", "date", "tag", "initiationType"),
        ocid={"type": "string", "pattern": "^ocds-[a-z0-9]{6}-."},
        id={"type": "string", "pattern": "^[^#]+$"},
        date=INSTANT,
        tag=many(tag),
        initiationType=one_of("tender"),
        parties=many(PARTY),
        buyer=REFERENCE,
        awards=many(AWARD),
        contracts=many(contract),
        language={"type": "string", "pattern": "^[a-z]{2}$"},
    )


def _package(name: str, item: dict[str, Any]) -> dict[str, Any]:
    publisher = thing(("name",), name=TEXT, scheme=TEXT, uid=TEXT, uri=URI)
    return thing(
        ("uri", "version", "publisher", "publishedDate", name),
        uri=URI,
        version={"const": "1.1"},
        extensions=many(URI),
        publishedDate=INSTANT,
        publisher=publisher,
        license=URI,
        publicationPolicy=URI,
        links=thing(next=URI, prev=URI),
        **{name: many(item, least=0)},
    )


def release_package(*, extended: bool = False) -> dict[str, Any]:
    """With our extension for what officers see, or the standard alone."""
    return _package("releases", _release(EXTENDED_ITEM if extended else ITEM))


def record_package(*, extended: bool = False) -> dict[str, Any]:
    release = _release(EXTENDED_ITEM if extended else ITEM)
    record = thing(("ocid", "releases"), ocid=TEXT, releases=many(release), compiledRelease=release)
    return _package("records", record)
