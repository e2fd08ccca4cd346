"""How one thing is answered: trimmed to `fields`, with an ETag, and not at all when the caller has it already.

An ETag is `"<version>-<digest>"`. If-None-Match compares the whole of it (the representation), If-Match only
the version (the thing), so that a caller who read a trimmed or translated form may still write.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec
from litestar import Request, Response
from pydantic import BaseModel

from market.core.errors import PreconditionRequired, Stale, ValidationFailed
from market.core.language import Message

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

M = TypeVar("M", bound=BaseModel)

JSON = "application/json"
VARY = "Accept, Accept-Language, Authorization"


def fields_asked(request: Request[Any, Any, Any]) -> str | None:
    """The `fields` of a request; an empty list is left out, as any empty parameter."""
    fields = request.query_params.get("fields")
    return fields if fields is not None and fields.strip(" ,") else None


def _wanted_fields(fields: str, kind: type[BaseModel]) -> set[str]:
    wanted = {name.strip() for name in fields.split(",") if name.strip()}
    if unknown := sorted(wanted - set(kind.model_fields)):
        message = Message(vi="Không có trường: {names}.", en="No such fields: {names}.")
        raise ValidationFailed.single("/fields", "unknown-fields", message, names=", ".join(unknown))
    return wanted


def _encode(model: BaseModel, fields: str | None) -> bytes:
    if fields is None:
        return model.model_dump_json().encode()
    wanted = _wanted_fields(fields, type(model))
    return model.model_dump_json(include=wanted).encode()


def _encode_items(page: BaseModel, fields: str | None, item_type: type[BaseModel]) -> bytes:
    if fields is None:
        return page.model_dump_json().encode()
    return page.model_dump_json(
        include={"items": {"__all__": _wanted_fields(fields, item_type)}, "next_cursor": True}
    ).encode()


def _encoded(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Response[Any]:
    # Encoded here rather than by the framework: pydantic's own encoder is several times faster.
    return Response(body, status_code=status, headers=headers, media_type=JSON)


def entity_tag(version: int, body: bytes) -> str:
    """The ETag of one representation of one version."""
    return f'"{version}-{hashlib.blake2b(body, digest_size=8).hexdigest()}"'


class EncodedJson(Response[bytes]):
    """JSON that is encoded already and answers 200: nothing is left to merge or to find an encoder for."""

    # The framework declares its own class of answers, but takes anything that speaks ASGI and only calls it.
    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        """The answer as the server sends it."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(self.content))]
        headers += [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]

        async def answer(_: Scope, __: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": self.content, "more_body": False})

        return answer


def json_answer(body: bytes, *, headers: dict[str, str] | None = None) -> Response[Any]:
    """Answer JSON that is encoded already."""
    return EncodedJson(body, headers=headers)


def single(
    request: Request[Any, Any, Any],
    model: M,
    *,
    version: int,
    status: int = 200,
    location: str | None = None,
    cache_control: str = "private, no-cache",
    items: type[BaseModel] | None = None,
) -> Response[M]:
    """Answer one resource; 304 when a GET's If-None-Match names this very representation.

    Args:
        items: what a list that is answered whole consists of; `fields` trims these.
    """
    fields = fields_asked(request)
    body = _encode(model, fields) if items is None else _encode_items(model, fields, items)
    tag = entity_tag(version, body)
    headers = {"ETag": tag, "Cache-Control": cache_control, "Vary": VARY}
    if location is not None:
        headers["Location"] = location
    if request.method in ("GET", "HEAD") and is_named(request.headers.get("if-none-match"), tag):
        return _encoded(b"", status=304, headers=headers)
    return _encoded(body, status=status, headers=headers)


class Encoded(NamedTuple):
    """One representation, encoded once: its bytes and their ETag."""

    body: bytes
    tag: str

    @classmethod
    def of(cls, model: BaseModel, *, version: int) -> Encoded:
        body = model.model_dump_json().encode()
        return cls(body, entity_tag(version, body))


SINGLE = {"Cache-Control": "private, no-cache", "Vary": VARY}


def encoded_single(
    request: Request[Any, Any, Any],
    encoded: Encoded,
    kind: type[BaseModel],
    *,
    version: int,
    location: str | None = None,
) -> Response[Any]:
    """As `single`, of what is encoded already; it is decoded only where `fields` trims it.

    Args:
        location: of what was just made; it is answered with 201.
    """
    body, tag = encoded
    if (fields := fields_asked(request)) is not None:
        wanted, whole = _wanted_fields(fields, kind), msgspec.json.decode(body)
        body = msgspec.json.encode({name: whole[name] for name in whole if name in wanted})
        tag = entity_tag(version, body)
    headers = {"ETag": tag, **SINGLE}
    if location is not None:
        return _encoded(body, status=201, headers=headers | {"Location": location})
    if is_named(request.headers.get("if-none-match"), tag):
        return _encoded(b"", status=304, headers=headers)
    return json_answer(body, headers=headers)


def plain(model: M, *, status: int = 200, headers: dict[str, str] | None = None) -> Response[M]:
    """Answer something that has no version of its own: a page, a report, a token."""
    body = model.model_dump_json().encode()
    return _encoded(body, status=status, headers=headers)


def trimmed_page(request: Request[Any, Any, Any], page: M, item_type: type[BaseModel]) -> Response[M]:
    """Answer a page; `fields` trims each item."""
    fields = fields_asked(request)
    if fields is None:
        return plain(page)
    return trimmed_json(request, page.model_dump_json().encode(), item_type)


def trimmed_json(
    request: Request[Any, Any, Any], body: bytes, item_type: type[BaseModel], *, headers: dict[str, str] | None = None
) -> Response[Any]:
    """Answer a list that is encoded already; `fields` trims each item, and only then is it decoded."""
    fields = fields_asked(request)
    if fields is None:
        return json_answer(body, headers=headers)
    wanted = _wanted_fields(fields, item_type)
    answer = msgspec.json.decode(body)
    answer["items"] = [{name: item[name] for name in item if name in wanted} for item in answer["items"]]
    return json_answer(msgspec.json.encode(answer), headers=headers)


def found_json(request: Request[Any, Any, Any], body: bytes, item_type: type[BaseModel]) -> Response[Any]:
    """Answer a search; 304 when the caller has what it found.

    The tag is weak (RFC 9110, 8.8.1): how long the search took is in the answer, and makes no other answer of it.
    """
    found = body.rpartition(b',"took_ms"')[0]
    fields = fields_asked(request) or ""
    digest = hashlib.blake2b(found, digest_size=8, key=fields.encode()[:64]).hexdigest()
    headers = {"ETag": f'W/"{digest}"', "Cache-Control": "private, max-age=1", "Vary": "Authorization"}
    if is_named(request.headers.get("if-none-match"), f'"{digest}"'):
        return _encoded(b"", status=304, headers=headers)
    return trimmed_json(request, body, item_type, headers=headers)


def is_named(header: str | None, tag: str) -> bool:
    """Whether an If-None-Match lists this ETag."""
    if header is None:
        return False
    listed = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in listed or tag in listed


def require_match(request: Request[Any, Any, Any], version: int, *, required: bool = False) -> None:
    """Refuse a write made on another version than the caller read.

    Raises:
        Stale: If-Match names other versions.
        PreconditionRequired: If-Match is missing where it is `required`.
    """
    header = request.headers.get("if-match")
    if header is None:
        if required:
            raise PreconditionRequired
        return
    listed = [part.strip().removeprefix("W/").strip('"') for part in header.split(",")]
    if "*" not in listed and str(version) not in {_version_part(tag) for tag in listed}:
        raise Stale


def _version_part(tag: str) -> str:
    return tag.partition("-")[0]
