"""What the sign-in routes take and give."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from market.accounts.contacts import Email, Phone
from market.core.schemas import Answer, Line, Schema
from market.core.validation import refusal


def _composed(text: str) -> str:
    """NFC: one keyboard sends ộ as one character, another as three, and both mean the same password."""
    return unicodedata.normalize("NFC", text)


Password = Annotated[
    str, StringConstraints(min_length=8, max_length=128, strip_whitespace=False), AfterValidator(_composed)
]
AnyPassword = Annotated[
    str, StringConstraints(min_length=1, max_length=512, strip_whitespace=False), AfterValidator(_composed)
]
"""What somebody shows as a password."""


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
        return self


class SignInRequest(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"identifier": "0912345678", "password": "một câu dài dễ nhớ"}]}
    )

    identifier: Annotated[str, StringConstraints(min_length=3, max_length=254)] = Field(
        description="E-mail address or telephone number"
    )
    password: AnyPassword


class RefreshRequest(Schema):
    refresh_token: Annotated[str, StringConstraints(min_length=20, max_length=200)]


class Tokens(Answer):
    """A short access token and the one-time token that gets the next pair."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="Seconds until the access token expires")


class UserOut(Answer):
    id: UUID
    full_name: str
    email: str | None
    phone: str | None
    platform_roles: list[str]
