"""What every operation may answer and take beside its own, written into the OpenAPI description.

The framework describes a refusal as its own exception; ours are problems (RFC 9457), many more, and the same
everywhere. Headers that any operation takes are described here too, once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from market.core.access import Access
from market.core.endings import Ending
from market.core.errors import MarketError
from market.core.file_types import TYPES
from market.core.query import described_query
from market.core.sheets.answering import MEDIA_TYPES as FILE_TYPES
from market.enum_documentation import explain_enums
from market.integrations.webhooks.schemas import MESSAGE, described_webhooks
from market.model_documentation import model_schemas
from market.operation_documentation import described_operation
from market.parameter_documentation import HEADERS, PARAMETERS, explain, header_reference, reference
from market.problem_documentation import AROUND, codes_by_status, refusals_of, with_codes

WRITES = ("post", "patch", "delete")

REFUSALS: Mapping[str, tuple[str, str]] = {
    "400": ("BadRequest", "What was sent is not valid; `errors` names everything that is wrong"),
    "401": ("NotSignedIn", "No credential, or one that is wrong, expired or revoked"),
    "403": ("NotAllowed", "This account may not do that"),
    "404": ("NotFound", "There is no such thing, or the caller may not see it"),
    "408": ("BodyTooSlow", "The body did not arrive in time"),
    "409": ("Conflict", "The present state does not allow it, or the same Idempotency-Key is still being handled"),
    "410": ("PastEra", "The cursor is older than a restore of the market; start anew without it"),
    "412": ("Stale", "If-Match names another version than the present one"),
    "413": ("TooLarge", "The body is larger than allowed"),
    "415": ("UnsupportedMediaType", "The body is not of the type that is taken here"),
    "422": ("KeyReused", "The Idempotency-Key was used for another request"),
    "428": ("PreconditionRequired", "If-Match is missing"),
    "429": ("TooManyRequests", "Asked too fast; see Retry-After"),
    "500": ("InternalError", "A fault of the server; its log knows the request id"),
    "503": ("Unavailable", "A service behind this is down; see Retry-After"),
}

PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "RFC 9457; in Vietnamese unless Accept-Language prefers English",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/validation-failed"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The path that was asked for"},
        "code": {"type": "string", "description": "For programs", "examples": ["validation-failed"]},
        "request_id": {"type": "string", "description": "Also in X-Request-Id; the log knows it"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into what was sent (RFC 6901)"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "suggestions": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "The nearest right values, as they may be sent",
                    },
                },
            },
        },
    },
}


PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
EVERYWHERE = {**dict.fromkeys(REFUSALS, ()), **codes_by_status(AROUND)}
"""Codes that any operation may answer with, by status."""
FORM = "/json-ld"
"""Ends the path of another form of what is at the rest of it."""
FILE_EXAMPLE = "(the bytes of the file)"
ALT_EXAMPLE = "Thanh long ruột đỏ vừa hái"
FORM_EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "attachAgreementDocument": {"kind": "scan"},
    "importFile": {"kind": "listings", "options": '{"publish": true}'},
}
"""What is sent beside a file, by operation id."""
FORM_NEEDS: Mapping[str, tuple[str, ...]] = {"importFile": ("kind",)}
"""What must be sent beside a file."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What routes declare and the framework does not describe, by operation id."""

    access: Mapping[str, Access] = field(default_factory=dict)
    """What each operation asks of its caller."""
    scopes: Mapping[str, str] = field(default_factory=dict)
    """What a key needs for each."""
    endings: Mapping[str, Ending] = field(default_factory=dict)
    """Those that are going to end."""
    queries: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    """What the query strings of some are read as."""
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Media types of what some answer that is no model of ours."""
    bodies: Mapping[str, str] = field(default_factory=dict)
    """Media types of what some take that is neither JSON nor a form."""
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What some take beside a file in a form (`core/uploads.py`), with what each field is."""
    handlers: Mapping[str, Any] = field(default_factory=dict)
    """What answers each operation."""
    conflicts: Mapping[str, Sequence[type[MarketError]]] = field(default_factory=dict)
    """What the database alone refuses of some."""


def completed(described: dict[str, Any], declared: Declared) -> dict[str, Any]:
    """The OpenAPI description with query, refusals, headers and security of every operation under `/api/`.

    Args:
        described: the description as JSON; changed in place.
    """
    components = described["components"]
    components["schemas"] |= model_schemas(components["schemas"])
    for schema in components["schemas"].values():
        _without_null_defaults({key: part for key, part in schema.items() if key != "examples"})
    components["schemas"]["Problem"] = dict(PROBLEM)
    components["schemas"]["WebhookMessage"] = dict(MESSAGE)
    described["webhooks"] = described_webhooks()
    components["responses"] = {
        name: {"description": with_codes(text, EVERYWHERE[status]), "content": PROBLEM_CONTENT}
        for status, (name, text) in REFUSALS.items()
    }
    components["parameters"] = {name: dict(parameter) for name, parameter in PARAMETERS.items()}
    components["headers"] = {name: dict(header) for name, header in HEADERS.items()}
    components["responses"]["NotModified"] = {"description": "The caller has this very representation already"}
    for path, method, operation in _operations(described):
        name = operation.get("operationId", "")
        if media_types := declared.answers.get(name):
            known = operation["responses"]["200"].get("content", {})
            operation["responses"]["200"]["content"] = {
                kind: _of_model(known.get(kind)) or {"schema": _anything(kind)} for kind in media_types
            }
        if media_type := declared.bodies.get(name):
            body = {"schema": {"type": "string", "format": "binary"}, "example": FILE_EXAMPLE}
            operation["requestBody"] = {"required": True, "content": {media_type: body}}
        if name in declared.forms:
            operation["requestBody"] = _form(
                declared.forms[name], FORM_EXAMPLES.get(name, {}), FORM_NEEDS.get(name, ())
            )
        if path.startswith("/api/"):
            _complete(operation, path, method, declared)
        else:
            operation["responses"].pop("400", None)
            operation["security"] = []
    _describe_forms(described["paths"])
    if ready := described["paths"].get("/health/ready"):
        responses = ready["get"]["responses"]
        responses["503"] = {**responses["200"], "description": "Nothing can be written; `parts` says why"}
    for listed in (components["schemas"], components["parameters"], described["paths"]):
        explain_enums(listed)
    _leave_out_unused(described)
    return described


def _leave_out_unused(described: dict[str, Any]) -> None:
    """What is written once for all operations, and refers to nothing when none of them has it."""
    for kind in ("responses", "headers", "parameters"):
        paths = json.dumps(described["paths"])
        known = described["components"][kind]
        described["components"][kind] = {
            name: part for name, part in known.items() if f'"#/components/{kind}/{name}"' in paths
        }


def _of_model(content: dict[str, Any] | None) -> dict[str, Any] | None:
    """What a route answers in a model of ours, whatever else it may answer."""
    return content if content and "$ref" in content.get("schema", {}) else None


def _anything(media_type: str) -> dict[str, Any]:
    if media_type.endswith("json"):
        return {"type": "object"}
    text = media_type.startswith("text/")
    return {"type": "string"} if text else {"type": "string", "contentMediaType": media_type}


def _describe_forms(paths: Mapping[str, Any]) -> None:
    """What has another form answers it at its own address too, where `Accept` asks for it."""
    for path, methods in paths.items():
        if path.endswith(FORM):
            operation, other = paths[path.removesuffix(FORM)]["get"], methods["get"]
            content = other["responses"]["200"]["content"]
            operation["responses"]["200"]["content"] |= content
            operation["description"] += f" `Accept: {', '.join(content)}` answers as {other['operationId']} does."


def _form(fields: Mapping[str, str], examples: Mapping[str, str], needs: Sequence[str]) -> dict[str, Any]:
    """A body with one file, or several where there is a field `files`.

    Args:
        examples: values for its other fields.
        needs: those of its other fields that must be sent.
    """
    file = {
        "type": "string",
        "format": "binary",
        "description": fields.get("file", ", ".join(kept.name for kept in TYPES)),
    }
    properties = {"file": file} | {
        name: {"type": "string", "description": what} for name, what in fields.items() if name != "file"
    }
    if several := fields.get("files"):
        return _several_files(several)
    form = {"type": "object", "properties": properties, "required": ["file", *needs], "additionalProperties": False}
    said = {"alt": ALT_EXAMPLE} if "alt" in fields else {}
    content = {"schema": form, "example": {"file": FILE_EXAMPLE, **said, **examples}}
    return {"required": True, "content": {"multipart/form-data": content}}


def _several_files(what: str) -> dict[str, Any]:
    files = {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1, "description": what}
    form = {"type": "object", "properties": {"files": files}, "required": ["files"], "additionalProperties": False}
    content = {"schema": form, "example": {"files": [FILE_EXAMPLE]}}
    return {"required": True, "content": {"multipart/form-data": content}}


def _operations(described: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield path, method, operation


def _complete(operation: dict[str, Any], path: str, method: str, declared: Declared) -> None:
    name = operation.get("operationId", "")
    access, query = declared.access.get(name, Access.ANYONE), declared.queries.get(name)
    met = [*refusals_of(declared.handlers.get(name)), *declared.conflicts.get(name, ())]
    for status in _refusals_of(path, method, has_body="requestBody" in operation):
        operation["responses"][status] = _refusal(status, codes_by_status(met).get(status, ()))
    if method == "get":
        operation["responses"]["304"] = {"$ref": "#/components/responses/NotModified"}
        if name not in declared.answers and not path.endswith("}"):
            _describe_files(operation)
    asked = [*(operation.get("parameters") or ()), *(described_query(query) if query else ())]
    common = [*(["Fields"] if method == "get" and _is_list(operation) else ()), *_headers(operation, method)]
    operation["parameters"] = [*asked, *map(reference, common)]
    for parameter in operation["parameters"]:
        explain(parameter)
    operation["description"] = described_operation(operation, method, access, scope=declared.scopes.get(name))
    if method in WRITES:
        _tell_headers(operation, {"Market-Position": "WrittenPosition"})
    if ending := declared.endings.get(name):
        operation["deprecated"] = True
        operation["description"] = f"{ending.sentence()} {operation['description']}"
        _tell_headers(operation, {"Deprecation": "Deprecation"} | ({"Sunset": "Sunset"} if ending.sunset_on else {}))
    anonymous: list[dict[str, list[str]]] = [{}] if access is Access.ANYONE else []
    operation["security"] = [*anonymous, {"bearer": []}]


def _refusal(status: str, codes: Sequence[str]) -> dict[str, Any]:
    """A refusal as it is everywhere; with the codes of this operation where it has any of its own."""
    name, text = REFUSALS[status]
    own = sorted({*codes} - {*EVERYWHERE[status]})
    if not own:
        return {"$ref": f"#/components/responses/{name}"}
    return {"description": with_codes(text, [*own, *EVERYWHERE[status]]), "content": PROBLEM_CONTENT}


def _headers(operation: Mapping[str, Any], method: str) -> list[str]:
    """The headers that an operation takes, as `PARAMETERS` names them."""
    particular = ["IfNoneMatch", "ReadPosition"] if method == "get" else ["IdempotencyKey"]
    if "412" in operation["responses"]:
        particular.append("IfMatchRequired" if "428" in operation["responses"] else "IfMatch")
    return ["AcceptLanguage", "MarketOrganization", *particular]


def _tell_headers(operation: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    """Headers of what an operation answers when it does what was asked."""
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            told = {header: header_reference(name) for header, name in headers.items()}
            response["headers"] = {**response.get("headers", {}), **told}


def _describe_files(operation: dict[str, Any]) -> None:
    """A list is a file too, where that is asked for."""
    content = operation["responses"].get("200", {}).get("content", {})
    if "application/json" in content:
        content |= {media_type: {"schema": _anything(media_type)} for media_type in FILE_TYPES.values()}
        operation["parameters"] = [*(operation.get("parameters") or ()), reference("FileFormat")]


def _without_null_defaults(schema: Any) -> None:
    """What is left out is left out: a default of null would make typed clients demand the field in what they read."""
    if isinstance(schema, dict):
        if schema.get("default", 0) is None:
            del schema["default"]
        for part in schema.values():
            _without_null_defaults(part)
    elif isinstance(schema, list):
        for part in schema:
            _without_null_defaults(part)


def _is_list(operation: Mapping[str, Any]) -> bool:
    """Whether pages of things are answered."""
    schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2].startswith(("Page_", "Results_"))


def _refusals_of(path: str, method: str, *, has_body: bool) -> list[str]:
    statuses = ["400", "401", "403", "429", "500", "503"]
    if path.endswith("/changes"):
        statuses.append("410")
    if "{" in path:
        statuses.append("404")
    if method in WRITES:
        statuses += ["404", "409", "422"]
        if "{" in path:
            statuses.append("412")
        if "/agreements/{" in path or "/quotes/{" in path or path.endswith("/proposals/{proposal_id}/accept"):
            statuses.append("428")
    if has_body:
        statuses += ["408", "413", "415"]
    return statuses
