"""What the organization routes take and give."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from market.accounts.contacts import Email, Phone
from market.accounts.schemas import OneTimeCode, Password, Token, Tokens, UserCreate, UserOut
from market.core import clock
from market.core.access import Role
from market.core.pagination import PageQuery
from market.core.schemas import Answer, Day, Instant, Line, Prose, Schema, Whole
from market.core.validation import refusal
from market.organizations.location_numbers import Gln
from market.organizations.models import InvitationStatus
from market.organizations.names import Name
from market.organizations.scopes import ALL_SCOPES
from market.organizations.tax_codes import LegalForm, normalize_tax_code
from market.photos.schemas import PhotoMark
from market.reading.types import KnownProvince
from market.reference.schemas import CommuneOut, ProvinceOut
from market.reference.types import KnownCommune

MOST_DAYS = 731
GLN = "Global Location Number of GS1: 13 digits, the last of which checks the others. One verified organization has it"
IN_A_YEAR = str(clock.today() + timedelta(days=365))
"""Of examples, which are taken as they stand on any day."""


def _known_scope(value: str) -> str:
    if value not in ALL_SCOPES:
        raise PydanticCustomError("literal_error", "one of the scopes", {"expected": ", ".join(ALL_SCOPES)})
    return value


Scope = Annotated[str, AfterValidator(_known_scope)]
OrganizationKind = Literal["producer", "buyer", "organizer", "authority"]
Verification = Literal["unverified", "verified", "rejected"]
Website = Annotated[str, StringConstraints(max_length=300, pattern=r"""^https?://[^\s<>"']+$""")]


class Contact(Schema):
    """Whom to call. Only members, officers and partners with an agreement see it."""

    name: Line | None = None
    phone: Phone | None = None
    email: Email | None = None


class OrganizationCreate(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "HTX Nông sản Mẫu Chợ Gạo",
                    "kinds": ["producer"],
                    "legal_form": "cooperative",
                    "tax_code": None,
                    "province": {"code": "82", "version": "2025"},
                }
            ]
        }
    )

    name: Name
    kinds: Annotated[list[OrganizationKind], Field(min_length=1, max_length=4)] = Field(
        description="organizer and authority wait until an officer has verified them"
    )
    legal_form: LegalForm
    tax_code: str | None = Field(default=None, max_length=20)
    gln: Gln | None = Field(default=None, description=GLN)
    province: KnownProvince
    commune: KnownCommune | None = Field(
        default=None, description="Where in the province; of today, or of the list until 2025-06-30"
    )
    address: Line | None = None
    description: Prose | None = None
    website: Website | None = None
    contact: Contact | None = None

    @model_validator(mode="after")
    def _settle(self) -> Self:
        self.kinds = sorted(set(self.kinds))
        return self

    @field_validator("tax_code")
    @classmethod
    def _of_legal_form(cls, value: str | None, fields: ValidationInfo) -> str | None:
        """Where the legal form is wrong, that is said and no more."""
        known = "legal_form" in fields.data
        return normalize_tax_code(value, fields.data["legal_form"]) if value is not None and known else value


class OrganizationUpdate(Schema):
    """What is left out stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"description": "Thanh long ruột đỏ, 40 hộ", "address": "Ấp Mẫu"}]}
    )

    name: Name | None = None
    kinds: Annotated[list[OrganizationKind], Field(min_length=1, max_length=4)] | None = None
    legal_form: LegalForm | None = None
    tax_code: str | None = Field(default=None, max_length=20)
    gln: Gln | None = Field(default=None, description=GLN)
    province: KnownProvince | None = None
    commune: KnownCommune | None = Field(
        default=None, description="Where in the province; of today, or of the list until 2025-06-30"
    )
    address: Line | None = None
    description: Prose | None = None
    website: Website | None = None
    contact: Contact | None = None

    @model_validator(mode="after")
    def _refuse_nulls(self) -> Self:
        for name in ("name", "kinds", "legal_form", "province"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise refusal("not_nullable", f"Không được bỏ trống {name}.", f"{name} cannot be null.")
        return self


class RegistrationRequest(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "organization": {
                        "name": "HTX Nông sản Mẫu",
                        "kinds": ["producer"],
                        "legal_form": "cooperative",
                        "province": {"code": "82", "version": "2025"},
                    },
                    "user": {
                        "full_name": "Nguyễn Thị Mẫu",
                        "email": "mau@htx.example",
                        "password": "một câu dài dễ nhớ",
                    },
                }
            ]
        }
    )

    organization: OrganizationCreate
    user: UserCreate


class OrganizationQuery(PageQuery):
    kind: OrganizationKind | None = Field(default=None, description="Only organizations of this kind")
    q: str | None = Field(default=None, max_length=200, description="Part of the name, marks and case aside")
    verification: Verification | None = None


class OrganizationOut(Answer):
    id: UUID
    name: str
    kinds: list[OrganizationKind] = Field(description="What it may act as")
    asked_kinds: list[OrganizationKind] = Field(
        description="Kinds that it claims and that wait for an officer (`/claims`); they give no power"
    )
    legal_form: LegalForm
    tax_code: str | None = Field(description="null to outsiders where it is a person's own number (12 digits)")
    province: ProvinceOut
    commune: CommuneOut | None = Field(default=None, description="Where in the province, as recorded and as today")
    gln: str | None = Field(
        default=None, description="Global Location Number of GS1, 13 digits; null to outsiders where people live"
    )
    address: str | None = Field(description="null to outsiders where people live: households, farms, individuals")
    description: str | None
    website: str | None
    status: Literal["active", "suspended"]
    verification: Verification
    verified_at: Instant | None
    photo: PhotoMark | None = Field(description="The first of its photos; null while it has none")
    contact: Contact | None = Field(description="null for those who need not know")
    created_at: Instant
    updated_at: Instant
    version: int


class OrganizationMark(Answer):
    """An organization by its name, beside what is its."""

    id: UUID
    name: str
    verification: Verification


class MemberCreate(Schema):
    """Adds a person: one known by e-mail or phone, or a new one with a first password."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user": {"full_name": "Nguyễn Thị Mẫu", "phone": "0912 345 678", "password": "một câu dài dễ nhớ"},
                    "role": "staff",
                }
            ]
        }
    )

    user: UserCreate
    role: Role = "staff"


class MemberUpdate(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "manager"}]})

    role: Role


class MemberOut(Answer):
    id: UUID = Field(description="Of the membership, or of the invitation")
    status: Literal["member", "invited"]
    user: UserOut | None = Field(description="null for somebody known who has not accepted yet")
    role: Role
    created_at: Instant


class InvitationCreate(Schema):
    """Asks somebody to join by a one-time link; they choose their own name and password."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "nguoi.moi@htx.example", "role": "staff"}]})

    email: Email | None = None
    phone: Phone | None = None
    role: Role = "staff"

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.email is None) == (self.phone is None):
            raise refusal("one_contact", "Gửi e-mail hoặc số điện thoại.", "Send either an e-mail or a phone.")
        return self


class InvitationAcceptance(Schema):
    """The link's token, and the name and password that the new person chooses."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"token": "x" * 43, "full_name": "Nguyễn Thị Mẫu", "password": "một câu dài dễ nhớ"},
            ]
        }
    )

    token: Token | None = None
    contact: Annotated[str, StringConstraints(min_length=3, max_length=254)] | None = Field(
        default=None, description="The invited address or number, beside the code that was sent to it"
    )
    code: OneTimeCode | None = None
    full_name: Line
    password: Password

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.token is None) == (self.code is None) or (self.code is None) != (self.contact is None):
            raise refusal(
                "one_proof", "Gửi token, hoặc contact cùng code.", "Send either token, or contact together with code."
            )
        return self


class InvitationLink(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"token": "x" * 43}]})

    token: Token


class InvitationOut(Answer):
    id: UUID
    organization: OrganizationMark
    role: Role
    status: InvitationStatus
    created_at: Instant


class Joined(Answer):
    """A new person, who belongs to the organization and is signed in."""

    invitation: InvitationOut
    user: UserOut
    tokens: Tokens


class Invitations(Answer):
    items: list[InvitationOut]


class MembershipOut(Answer):
    organization: OrganizationOut
    role: Role


class Me(Answer):
    """Who is signed in, and for whom they act."""

    user: UserOut
    memberships: list[MembershipOut]
    acting_for: UUID | None = Field(description="The organization of this request; header Market-Organization chooses")


class Registered(Answer):
    organization: OrganizationOut
    user: UserOut
    tokens: Tokens | None = Field(default=None, description="The new person is signed in at once")


class ApiKeyCreate(Schema):
    """A key. Named scopes make it a small one; left out, it may do whatever its maker may, but what is for people."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Kho", "scopes": ["listings:write", "needs:read"], "expires_on": IN_A_YEAR}]
        }
    )

    name: Line = Field(description="What the key is for, in words of its owner")
    scopes: list[Scope] | None = Field(
        default=None, min_length=1, max_length=len(ALL_SCOPES), description="Left out: all of them"
    )
    expires_on: Day | None = Field(default=None, description="The last day; left out: a year from now")

    @field_validator("expires_on")
    @classmethod
    def _not_past(cls, value: date | None) -> date | None:
        if value is not None and not clock.today() <= value <= clock.today() + timedelta(days=MOST_DAYS):
            raise refusal(
                "expires_on",
                "Ngày hết hạn phải từ hôm nay đến nhiều nhất hai năm.",
                "The last day must be between today and two years from now.",
            )
        return value


class ApiKeyRotation(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: Annotated[Whole, Field(ge=0, le=168)] = Field(
        default=24, description="How long the old key goes on beside the new one"
    )


class ApiKeyOut(Answer):
    id: UUID
    name: str
    hint: str = Field(description="The last four characters of the token")
    user_id: UUID = Field(description="Who made it; the key has at most this person's role")
    organization_id: UUID
    created_at: Instant
    scopes: list[str] | None = Field(default=None, description="null: a key from before there were scopes; all of them")
    expires_at: Instant | None = None
    last_used_at: Instant | None = Field(default=None, description="To the minute or so")


class ApiKeyMade(ApiKeyOut):
    token: str = Field(description="Shown this once; send it as Authorization: Bearer")
