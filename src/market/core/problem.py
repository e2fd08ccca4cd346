"""Every refusal as RFC 9457 problem+json, in the language the caller asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from market.core.database_errors import ConstraintErrors, database_refusal
from market.core.errors import (
    FieldError,
    MalformedRequest,
    MarketError,
    MethodNotAllowed,
    NotAllowed,
    NotFound,
    TooLarge,
    ValidationFailed,
)
from market.core.language import Message, preferred_language
from market.core.requests import with_head
from market.core.validation import field_errors

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "/problems/"

WHOLE_BODY = "data"
"""What the framework calls the body of a request."""
NO_BODY = Message(
    vi="Yêu cầu này cần nội dung JSON, với Content-Type: application/json; chưa có nội dung nào được gửi.",
    en="Send a JSON body, with Content-Type: application/json; nothing was sent.",
)
Refuse = Callable[[Request[Any, Any, Any], Exception], Response[bytes]]


def refuser(constraints: ConstraintErrors) -> Refuse:
    """The one way from an exception to an answer; `constraints` says what an expected violation means."""

    def refuse(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        if isinstance(error, MarketError):
            return render_problem(request, error)
        if isinstance(error, ValidationException):
            return _refuse_input(request, error)
        if isinstance(error, HTTPException):
            return _refuse_request(request, error)
        if refusal := database_refusal(error, constraints):
            return render_problem(request, refusal)
        return _fail(request, error)

    return refuse


def render_problem(request: Request[Any, Any, Any], error: MarketError) -> Response[bytes]:
    """The error as an answer."""
    language = preferred_language(request.headers.get("accept-language"))
    body: dict[str, Any] = {
        "type": TYPE_BASE + error.code,
        "title": error.title.text(language),
        "status": error.status,
        "detail": error.detail.text(language, **error.parameters),
        "instance": quote(request.scope["path"]),
        "code": error.code,
        "errors": [field.render(language) for field in error.errors],
        **error.extra,
    }
    if request_id := request.scope["state"].get("request_id"):
        body["request_id"] = request_id
    headers = {"Content-Language": language, **error.headers}
    return Response(msgspec.json.encode(body), status_code=error.status, media_type=MEDIA_TYPE, headers=headers)


def _refuse_input(request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """Litestar's refusal of a body or a parameter; pydantic's own list of errors is its cause."""
    cause: Any = error.__cause__
    listed: Sequence[Mapping[str, Any]] | None = getattr(cause, "errors", None)
    if isinstance(listed, list):
        return render_problem(request, ValidationFailed(errors=field_errors(listed)))
    extra = error.extra if isinstance(error.extra, list) else []
    if any(isinstance(item, Mapping) and item.get("key") == WHOLE_BODY for item in extra):
        # A body that is read at all is read by pydantic, which gives a list of its own: there was none.
        return render_problem(request, ValidationFailed(errors=[FieldError("", "missing-body", NO_BODY)]))
    errors = [
        FieldError(
            pointer="/" + str(item.get("key", "")).replace(".", "/"),
            code="invalid-value",
            message=Message(vi="Giá trị không hợp lệ.", en=_escaped(str(item.get("message", "invalid")))),
        )
        for item in extra
        if isinstance(item, Mapping)
    ]
    return render_problem(request, ValidationFailed(errors=errors))


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _refuse_request(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What Litestar itself refuses: unknown paths, wrong methods, unreadable or oversized bodies."""
    known: dict[int, type[MarketError]] = {
        400: MalformedRequest,
        403: NotAllowed,
        404: NotFound,
        405: MethodNotAllowed,
        413: TooLarge,
    }
    if kind := known.get(error.status_code):
        return render_problem(request, kind(headers=_told_headers(error)))
    return render_problem(request, _other_http_error(error))


def _told_headers(error: HTTPException) -> dict[str, str]:
    headers = dict(error.headers or {})
    if allowed := headers.pop("allow", None):
        headers["Allow"] = ", ".join(sorted(with_head(allowed.split(", "))))
    return headers


def _other_http_error(error: HTTPException) -> MarketError:
    phrase = HTTPStatus(error.status_code).phrase

    class OtherRefusal(MarketError):
        status = error.status_code
        code = phrase.lower().replace(" ", "-")
        title = Message(vi="Yêu cầu bị từ chối", en=phrase)
        detail = Message(vi="Máy chủ không nhận yêu cầu này: " + phrase + ".", en="The server refuses this: " + phrase)

    return OtherRefusal(headers=dict(error.headers or {}))


def _fail(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A fault of ours: the caller learns a request id, the log gets the trace."""
    log.error("request_failed", path=request.scope["path"], exc_info=error)
    return render_problem(request, MarketError())
