"""Parameters that many operations take, each described once (`components/parameters`), and what ids in paths are of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from market.core.sheets.answering import MEDIA_TYPES as FILE_TYPES

TEXT: Mapping[str, Any] = {"type": "string"}
POSITION: Mapping[str, Any] = {"type": "string", "pattern": "^[0-9]{1,19}$"}


def _header(name: str, words: str, *, required: bool = False, schema: Mapping[str, Any] = TEXT) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": words, "schema": dict(schema)}


IF_MATCH = "ETag of the version that was read; 412 when it is another by now"

PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "AcceptLanguage": _header("Accept-Language", "vi (the default) or en"),
    "MarketOrganization": _header("Market-Organization", "Id of the organization to act for, among several"),
    "IdempotencyKey": _header(
        "Idempotency-Key", "Makes the request safe to repeat: the same answer for 48 hours; 422 with another request"
    ),
    "IfNoneMatch": _header("If-None-Match", "ETag that the caller has; 304 when it is still the same"),
    "IfMatch": _header("If-Match", IF_MATCH),
    "IfMatchRequired": _header("If-Match", IF_MATCH + ", 428 when it is left out", required=True),
    "ReadPosition": _header(
        "Market-Position",
        "`Market-Position` of the caller's last write: the answer knows of that write. A market that reads from a "
        "replica answers from it once it has come so far, and from the primary otherwise; others need no position",
        schema=POSITION,
    ),
    "Fields": {
        "name": "fields",
        "in": "query",
        "required": False,
        "description": "What of each item to answer, by commas: id,title. The rest is left out",
        "schema": {"type": "string"},
    },
    "FileFormat": {
        "name": "format",
        "in": "query",
        "required": False,
        "description": "The whole list as a file, a spreadsheet (xlsx) or text with commas (csv); `Accept` may say so "
        "too. Without `limit` every item, of all pages",
        "schema": {"type": "string", "enum": list(FILE_TYPES)},
    },
}

HEADERS: Mapping[str, Mapping[str, Any]] = {
    "WrittenPosition": {
        "description": "Where the write stands in the database's log, in bytes; only from markets that read from a "
        "replica. Send it with the next reads to find what was written",
        "schema": dict(POSITION),
    },
    "Deprecation": {
        "description": "Since when nobody should begin to call this: `@` and seconds since 1970 (RFC 9745)",
        "schema": {"type": "string", "pattern": "^@[0-9]+$"},
    },
    "Sunset": {
        "description": "From when on it may be gone (RFC 8594); left out where that is not decided",
        "schema": {"type": "string"},
    },
}

PATHS: Mapping[str, str] = {
    "sha256": "Hash of the picture's content (SHA-256, hex)",
    "token": "What the link in the mail carries",
    "code": "`code` of a problem, such as validation-failed",
    "kind": "What the rows of the file are to be",
    "name_id": "Id of a name of goods",
    "look_alike_id": "Id of a pair of papers that look alike",
    "file_id": "Id of the attachment, as the message names it",
    "sent_invitation_id": "Id of the invitation, as its list names it",
}
"""Of parameters in paths that are more than the id of what they are called after."""

QUERIES: Mapping[str, str] = {
    "status": "Only what is in this state",
    "organization": "Id of an organization: only what is of it",
    "subject": "Only what is said of this",
    "kind": "Only of this kind",
    "verification": "Only those of which an officer has decided this",
    "organizer": "Id of an organization: only events that it runs",
    "starts_from": "Only events that begin on this day or later",
    "starts_until": "Only events that begin on this day or earlier",
    "outcome": "Only meetings of which this came",
    "event": "Id of an event: only what belongs to it",
    "instrument": "Only papers of this kind",
    "signed_from": "Only papers signed on this day or later",
    "signed_until": "Only papers signed on this day or earlier",
    "domain": "Only papers about trade in goods, or about other things",
    "by": "What the sums are broken down by",
    "map": "Provinces of the map before (63) or after 2025-07-01 (34)",
    "scheme": "Code of a certification scheme: only certificates of it",
    "category": "Code of a category: only goods in it and below it",
    "sort": "Order of the results; the nearest first when it is left out",
    "page": "Which page of the results, from 1 on",
    "limit": "Items on a page",
    "facets": "What to count the results by, by commas; grade, size and packing are counted by the ids of"
    " `/reference/specifications`, sizes with their range behind them (`gram-each:300-400`)",
    "need": "Id of a need: only what belongs to it",
    "listing": "Id of a listing: only what is about it",
    "quote": "Id of a quote: only what is about it",
    "format": "Which kind of file to answer",
    "table": "Only the meetings at this table",
}
"""Of query parameters whose models say nothing of them."""


def reference(name: str) -> dict[str, str]:
    """A parameter of `PARAMETERS`, as operations name it."""
    return {"$ref": f"#/components/parameters/{name}"}


def header_reference(name: str) -> dict[str, str]:
    """A header of `HEADERS`, as answers name it."""
    return {"$ref": f"#/components/headers/{name}"}


def explain(parameter: dict[str, Any]) -> None:
    """Say what a parameter is where nobody has said it; what goes without saying is left out."""
    if not parameter.get("deprecated", True):
        del parameter["deprecated"]
    if "$ref" in parameter or parameter.get("description"):
        return
    name = parameter["name"]
    if parameter["in"] == "path":
        thing = name.removesuffix("_id").replace("_", " ")
        parameter["description"] = PATHS.get(name) or f"Id of the {thing}"
    elif words := QUERIES.get(name):
        parameter["description"] = words
