"""What the sign-in routes take and give."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from market.accounts.contacts import Email, Phone
from market.accounts.passwords import FEWEST_CHARACTERS, names_its_owner, refuse_common
from market.core.language import Language
from market.core.schemas import Answer, Instant, Line, Schema
from market.core.validation import refusal, refusals_at


def _composed(text: str) -> str:
    """NFC: one keyboard sends ộ as one character, another as three, and both mean the same password."""
    return unicodedata.normalize("NFC", text)


Password = Annotated[
    str,
    StringConstraints(min_length=FEWEST_CHARACTERS, max_length=128, strip_whitespace=False),
    AfterValidator(_composed),
    AfterValidator(refuse_common),
]
"""What somebody chooses as a password: ten characters or more, and nothing that anybody would try first."""
AnyPassword = Annotated[
    str, StringConstraints(min_length=1, max_length=512, strip_whitespace=False), AfterValidator(_composed)
]
"""What somebody shows as a password."""


OWN_NAME = refusal(
    "common_password",
    "Mật khẩu không được là tên, e-mail hay số điện thoại của chính bạn.",
    "A password cannot be your own name, address or number.",
)


class UserCreate(Schema):
    """A person who registers."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"full_name": "Nguyễn Thị Mẫu", "phone": "0912 345 678", "password": "một câu dài dễ nhớ"}]
        }
    )

    full_name: Line
    email: Email | None = None
    phone: Phone | None = None
    password: Password

    @model_validator(mode="after")
    def _needs_a_way_to_sign_in(self) -> Self:
        if self.email is None and self.phone is None:
            raise refusal(
                "contact_missing", "Cần e-mail hoặc số điện thoại để đăng nhập.", "An e-mail or a phone is needed."
            )
        if names_its_owner(self.password, (self.full_name, self.email, self.phone)):
            raise refusals_at(OWN_NAME, "password")
        return self


class SignInRequest(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"identifier": "0912345678", "password": "một câu dài dễ nhớ"}]}
    )

    identifier: Annotated[str, StringConstraints(min_length=3, max_length=254)] = Field(
        description="E-mail address or telephone number"
    )
    password: AnyPassword
    second_factor: Annotated[str, StringConstraints(min_length=6, max_length=40)] | None = Field(
        default=None,
        description="Six digits of the authenticator, or a recovery code; a 401 asks for it",
    )
    device_token: Annotated[str, StringConstraints(max_length=400)] | None = Field(
        default=None,
        description="What the last sign-in on this device gave: then wrong passwords tried by others keep nobody out",
    )


class RefreshRequest(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"refresh_token": "refresh-token-of-the-last-answer"}]})

    refresh_token: Annotated[str, StringConstraints(min_length=20, max_length=200)]


class Tokens(Answer):
    """A short access token and the one-time token that gets the next pair."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="Seconds until the access token expires")
    password_typed_by_other: bool = Field(
        default=False, description="Somebody else chose this password; change it with POST /me/password"
    )
    device_token: str | None = Field(
        default=None, description="Keep it and send it with the next sign-in of this account; it opens nothing"
    )


class UserOut(Answer):
    id: UUID
    full_name: str
    email: str | None
    phone: str | None
    platform_roles: list[str]
    email_proved_at: Instant | None = Field(
        default=None, description="null: not proved, so it receives no mail and reserves nothing"
    )
    phone_proved_at: Instant | None = None
    language: Language = "vi"
    password_typed_by_other: bool = False
    second_factor: bool = Field(default=False, validation_alias="totp_on", description="A second factor is asked for")


class ForgottenPassword(Schema):
    """Who has forgotten a password. The answer is the same whoever that is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"identifier": "0912345678"}]})

    identifier: Annotated[str, StringConstraints(min_length=3, max_length=254)] = Field(
        description="E-mail address or telephone number"
    )


class LetterAsked(Answer):
    """The same for everybody."""

    detail: str


Token = Annotated[str, StringConstraints(min_length=20, max_length=200)]
OneTimeCode = Annotated[str, StringConstraints(pattern=r"^\d{8}$")]


class PasswordReset(Schema):
    """The link, or the identifier and the code, that were sent; and the new password."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"identifier": "0912345678", "code": "12345678", "password": "một câu dài dễ nhớ"}]
        }
    )

    token: Token | None = None
    identifier: Annotated[str, StringConstraints(min_length=3, max_length=254)] | None = None
    code: OneTimeCode | None = None
    password: Password

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.token is None) == (self.code is None) or (self.code is None) != (self.identifier is None):
            raise refusal(
                "one_proof",
                "Gửi token, hoặc identifier cùng code.",
                "Send either token, or identifier together with code.",
            )
        return self


class PasswordChange(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"current": "một câu dài dễ nhớ", "password": "một câu khác cũng dài"}]}
    )

    current: AnyPassword
    password: Password


class PersonUpdate(Schema):
    """What is left out stays as it is. E-mail and phone are changed by proving new ones."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"full_name": "Nguyễn Thị Mẫu", "language": "en"}]})

    full_name: Line | None = None
    language: Language | None = None


class ContactAdd(Schema):
    """One contact, to be proved by what is sent to it; the one in use may be proved so too."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "ten.moi@htx.example", "password": "một câu dài dễ nhớ"}]}
    )

    email: Email | None = None
    phone: Phone | None = None
    password: AnyPassword | None = Field(
        default=None,
        description="Your password (or PIN), for a contact that is new: who finds your telephone open must not take "
        "your account by it",
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.email is None) == (self.phone is None):
            raise refusal("one_contact", "Gửi e-mail hoặc số điện thoại.", "Send either an e-mail or a phone.")
        return self


class ContactProof(Schema):
    """The link's token or the code that was sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "12345678"}]})

    token: Token | None = None
    code: OneTimeCode | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.token is None) == (self.code is None):
            raise refusal("one_proof", "Gửi token hoặc code.", "Send either token or code.")
        return self


class ContactOut(Answer):
    id: UUID
    kind: Literal["email", "phone"]
    value: str
    proved_at: Instant | None
    created_at: Instant


class Contacts(Answer):
    items: list[ContactOut]


class SignInOut(Answer):
    """One device that is signed in."""

    id: UUID
    device: str | None = Field(description="What the device said it is")
    created_at: Instant
    last_seen_at: Instant | None = Field(description="To the quarter of an hour")
    expires_at: Instant
    second_factor: bool
    current: bool = Field(description="The sign-in of this very request")


class SignIns(Answer):
    items: list[SignInOut]


class SecondFactorStarted(Answer):
    """Shown this once: the secret for an authenticator, and the address that its camera reads as a QR code."""

    secret: str
    uri: str


class SecondFactorCode(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "123456"}]})

    code: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]


class FactorLost(Schema):
    """Who has lost the authenticator and the recovery codes. The answer is the same whoever that is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"identifier": "0912345678", "password": "một câu dài dễ nhớ"}]}
    )

    identifier: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    password: AnyPassword


class FactorRemoval(Schema):
    """The link, or the identifier and the code, that were sent three days ago."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"identifier": "0912345678", "code": "12345678"}]})

    token: Token | None = None
    identifier: Annotated[str, StringConstraints(min_length=3, max_length=254)] | None = None
    code: OneTimeCode | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.token is None) == (self.code is None) or (self.code is None) != (self.identifier is None):
            raise refusal(
                "one_proof",
                "Gửi token, hoặc identifier cùng code.",
                "Send either token, or identifier together with code.",
            )
        return self


class PasswordOnly(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"password": "một câu dài dễ nhớ"}]})

    password: AnyPassword


class RecoveryCodes(Answer):
    """Shown this once: each signs in one time without the authenticator."""

    codes: list[str]
