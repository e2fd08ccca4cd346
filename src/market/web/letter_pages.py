"""Where links in letters of an account lead: a new password, a contact to confirm, an invitation, a lost second factor.

Each is a form that sends what the link holds to the API (`letters.js`); who has a code instead types it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from uuid import UUID

from market.core.language import Language, Message
from market.web.page import page

SCRIPT = "/letters.js"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to type."""

    name: str
    label: Message
    kind: str = "text"
    autocomplete: str = "off"
    without_link: bool = False
    """Only asked of who has no link."""
    required: bool = True


IDENTIFIER = Input("identifier", Message(vi="E-mail hoặc số điện thoại", en="E-mail or phone"), autocomplete="username")
CONTACT = Input(
    "contact", Message(vi="E-mail hoặc số được mời", en="The address or number that was invited"), without_link=True
)
CODE = Input("code", Message(vi="Mã 8 số", en="Code of 8 digits"), autocomplete="one-time-code", without_link=True)
NEW = Input(
    "password",
    Message(vi="Mật khẩu mới (từ 10 ký tự)", en="New password (10 characters or more)"),
    kind="password",
    autocomplete="new-password",
)
PASSWORD = Input("password", Message(vi="Mật khẩu", en="Password"), kind="password", autocomplete="current-password")
FACTOR = Input(
    "second_factor",
    Message(vi="Mã xác thực hai lớp, nếu có", en="Code of your second factor, if you have one"),
    autocomplete="one-time-code",
    required=False,
)
NAME = Input("full_name", Message(vi="Họ và tên", en="Full name"), autocomplete="name")
KNOWN = Input(IDENTIFIER.name, IDENTIFIER.label, autocomplete="username", without_link=True)
SEND = Message(vi="Gửi", en="Send")
NO_SCRIPT = Message(
    vi="Trang này cần JavaScript. Bạn cũng có thể nhập mã trong ứng dụng đã cài.",
    en="This page needs JavaScript. You can also type the code in the application that you use.",
)


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked, what is done with it, and what is said when it is done."""

    does: str
    says: Message
    inputs: Sequence[Input]
    done: Message
    only_by_link: bool = False


RESET = Form(
    "password",
    Message(vi="Chọn mật khẩu mới. Mọi thiết bị khác sẽ bị đăng xuất.", en="Choose a new password. All devices end."),
    (KNOWN, CODE, NEW),
    Message(vi="Mật khẩu đã được đặt lại. Hãy đăng nhập.", en="The password is set. Sign in with it."),
)
CONFIRM = Form(
    "contact",
    Message(
        vi="Đăng nhập để xác nhận liên hệ này là của bạn. Nếu bạn không yêu cầu, hãy đóng trang.",
        en="Sign in to confirm that this contact is yours. If you did not ask for it, close this page.",
    ),
    (CODE, IDENTIFIER, PASSWORD, FACTOR),
    Message(vi="Đã xác nhận.", en="Confirmed."),
)
JOIN = Form(
    "join",
    Message(vi="Tham gia với tài khoản mới và mật khẩu của riêng bạn.", en="Join as somebody new."),
    (CONTACT, CODE, NAME, NEW),
    Message(vi="Bạn đã tham gia. Hãy đăng nhập.", en="You have joined. Sign in."),
)
JOIN_KNOWN = Form(
    "join-known",
    Message(vi="Tôi đã có tài khoản.", en="I have an account."),
    (IDENTIFIER, PASSWORD, FACTOR),
    JOIN.done,
    only_by_link=True,
)
LOST = Form(
    "second-factor",
    Message(vi="Gỡ xác thực hai lớp đã mất.", en="Take a lost second factor off."),
    (KNOWN, CODE),
    Message(vi="Đã gỡ. Hãy đăng nhập và bật lại.", en="It is off. Sign in and set up another one."),
)
TITLES = {
    "password": Message(vi="Đặt lại mật khẩu", en="A new password"),
    "contacts": Message(vi="Xác nhận liên hệ", en="Confirm a contact"),
    "invitations": Message(vi="Lời mời tham gia", en="An invitation"),
    "second-factor": Message(vi="Xác thực hai lớp", en="Second factor"),
}
FORMS: dict[str, Sequence[Form]] = {
    "password": (RESET,),
    "contacts": (CONFIRM,),
    "invitations": (JOIN, JOIN_KNOWN),
    "second-factor": (LOST,),
}


def letter_page(kind: str, *, language: Language, id_: UUID | None = None) -> bytes:
    """The page of one kind of letter.

    Args:
        id_: of the contact to confirm.
    """
    forms = "".join(_form(form, language, id_) for form in FORMS[kind])
    script = f'<script src="{SCRIPT}" defer></script><noscript>{escape(NO_SCRIPT.text(language))}</noscript>'
    return page(TITLES[kind].text(language), forms + script, language=language)


def _form(form: Form, language: Language, id_: UUID | None) -> str:
    only = " data-with-link" if form.only_by_link else ""
    inputs = "".join(_input(one, language) for one in form.inputs)
    done = escape(form.done.text(language))
    return (
        f'<form method="post" data-does="{form.does}" data-id="{id_ or ""}" data-done="{done}">'
        f"<div{only}><p>{escape(form.says.text(language))}</p>{inputs}"
        f"<button>{escape(SEND.text(language))}</button></div><p><output></output></p></form>"
    )


def _input(one: Input, language: Language) -> str:
    only, must = " data-without-link" if one.without_link else "", " required" if one.required else ""
    return (
        f"<label{only}>{escape(one.label.text(language))}<br>"
        f'<input name="{one.name}" type="{one.kind}" autocomplete="{one.autocomplete}"{must}><br></label>'
    )


@cache
def script() -> bytes:
    """What the forms do."""
    return Path(__file__).with_name("letters.js").read_bytes()
