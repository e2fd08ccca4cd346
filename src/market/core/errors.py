"""The errors a room may raise. Each carries its status, a code for programs and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from market.core.language import Language, Message


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with what was sent: where (JSON pointer, RFC 6901), a code, a sentence, and what would do."""

    pointer: str
    code: str
    message: Message
    parameters: Mapping[str, object] = field(default_factory=dict)
    suggestions: Sequence[str] = ()
    """The nearest right values, as they may be sent."""

    def render(self, language: Language) -> dict[str, Any]:
        """As it stands in a problem's `errors`."""
        text = self.message.text(language, **self.parameters)
        return {"pointer": self.pointer, "code": self.code, "message": text, "suggestions": list(self.suggestions)}


class MarketError(Exception):
    """A refusal that the API answers as problem+json (RFC 9457).

    A subclass fixes `status`, `code`, `title` and `detail`; keyword parameters fill the places of `detail`.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    title: ClassVar[Message] = Message(vi="Lỗi hệ thống", en="Internal error")
    detail: ClassVar[Message] = Message(
        vi="Hệ thống gặp lỗi khi xử lý yêu cầu này. Vui lòng thử lại sau.",
        en="The system failed while handling this request. Please try again later.",
    )

    def __init__(
        self,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
        **parameters: object,
    ) -> None:
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        """Further members of the problem, e.g. the transitions that are allowed instead."""
        self.parameters = parameters
        super().__init__(self.detail.text("en", **parameters))


class NotSignedIn(MarketError):
    status, code = 401, "not-signed-in"
    title = Message(vi="Chưa đăng nhập", en="Not signed in")
    detail = Message(vi="Cần đăng nhập để dùng chức năng này.", en="Sign in to do this.")

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer"})


class InvalidCredential(NotSignedIn):
    code = "invalid-credential"
    detail = Message(
        vi="Mã truy cập không đúng, đã hết hạn hoặc đã bị thu hồi.",
        en="The access credential is wrong, expired or revoked.",
    )


class NotAllowed(MarketError):
    status, code = 403, "not-allowed"
    title = Message(vi="Không được phép", en="Not allowed")
    detail = Message(vi="Tài khoản này không có quyền làm việc đó.", en="This account may not do that.")


class NotFound(MarketError):
    status, code = 404, "not-found"
    title = Message(vi="Không tìm thấy", en="Not found")
    detail = Message(
        vi="Không có mục này, hoặc bạn không được xem.", en="There is no such thing, or you may not see it."
    )


class Conflict(MarketError):
    status, code = 409, "conflict"
    title = Message(vi="Xung đột", en="Conflict")
    detail = Message(vi="Trạng thái hiện tại không cho phép việc này.", en="The current state does not allow this.")


class AlreadyExists(Conflict):
    code = "already-exists"
    detail = Message(vi="Mục này đã có trong hệ thống.", en="This already exists.")


class Stale(MarketError):
    status, code = 412, "stale"
    title = Message(vi="Dữ liệu đã thay đổi", en="Changed meanwhile")
    detail = Message(
        vi="Dữ liệu đã được người khác sửa; hãy tải lại rồi thử lại.",
        en="Someone changed this meanwhile; load it again and retry.",
    )


class PreconditionRequired(MarketError):
    status, code = 428, "precondition-required"
    title = Message(vi="Thiếu If-Match", en="If-Match missing")
    detail = Message(
        vi="Yêu cầu này phải kèm If-Match với ETag của bản bạn đã đọc.",
        en="Send If-Match with the ETag of the version you read.",
    )


class ValidationFailed(MarketError):
    """What was sent cannot be accepted; `errors` names every problem at once."""

    status, code = 400, "validation-failed"
    title = Message(vi="Dữ liệu chưa hợp lệ", en="Invalid input")
    detail = Message(
        vi="Dữ liệu gửi lên chưa hợp lệ; xem từng lỗi trong errors.",
        en="What was sent is not valid; see every problem in errors.",
    )

    @classmethod
    def single(cls, pointer: str, code: str, message: Message, /, **parameters: object) -> ValidationFailed:
        """The common case of one problem at one place."""
        return cls(errors=[FieldError(pointer, code, message, parameters)])


class MalformedRequest(MarketError):
    status, code = 400, "malformed-request"
    title = Message(vi="Yêu cầu không đọc được", en="Unreadable request")
    detail = Message(
        vi="Nội dung gửi lên không phải JSON UTF-8 đúng cú pháp.", en="The body is not well-formed UTF-8 JSON."
    )


class MethodNotAllowed(MarketError):
    status, code = 405, "method-not-allowed"
    title = Message(vi="Phương thức không dùng được ở đây", en="Method not allowed")
    detail = Message(
        vi="Địa chỉ này không nhận phương thức đó; xem Allow.", en="This path does not take that method; see Allow."
    )


class UnsupportedMediaType(MarketError):
    status, code = 415, "unsupported-media-type"
    title = Message(vi="Kiểu nội dung không được nhận", en="Unsupported media type")
    detail = Message(
        vi="Nội dung gửi lên phải là JSON, với Content-Type: application/json.",
        en="Send JSON, with Content-Type: application/json.",
    )


class TooLarge(MarketError):
    status, code = 413, "too-large"
    title = Message(vi="Nội dung quá lớn", en="Too large")
    detail = Message(vi="Nội dung gửi lên vượt quá giới hạn.", en="The body is larger than allowed.")


class TooSlow(MarketError):
    status, code = 408, "too-slow"
    title = Message(vi="Gửi quá chậm", en="Sent too slowly")
    detail = Message(vi="Nội dung không đến kịp trong thời hạn.", en="The body did not arrive in time.")


class TooManyRequests(MarketError):
    status, code = 429, "too-many-requests"
    title = Message(vi="Quá nhiều yêu cầu", en="Too many requests")
    detail = Message(
        vi="Bạn gửi yêu cầu quá nhanh; hãy chờ {seconds} giây.", en="You are sending too fast; wait {seconds} s."
    )


class Unavailable(MarketError):
    status, code = 503, "unavailable"
    title = Message(vi="Tạm thời chưa phục vụ được", en="Temporarily unavailable")
    detail = Message(
        vi="Một dịch vụ phía sau đang dừng; hãy thử lại sau.", en="A service behind this is down; retry later."
    )
