"""What the routes of the desk take and give."""

from __future__ import annotations

import re
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from market.core.schemas import Answer, Instant, Line, Schema, Whole
from market.core.validation import refusal
from market.events.desk.models import ItemState

BADGE = re.compile(r"^(?P<registration>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?P<delegate>\d{1,3})$")
BadgeCode = Annotated[str, StringConstraints(pattern=re.sub(r"\?P<\w+>", "", BADGE.pattern))]


class DeviceCreate(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Bàn ký số 1"}]})

    name: Line


class DeviceOut(Answer):
    id: UUID
    event: UUID
    name: str
    expires_at: Instant
    ended_at: Instant | None
    created_at: Instant
    version: int


class DeviceMade(DeviceOut):
    token: str = Field(description="Shown once; good for this event alone")
    qr_svg: str = Field(description="The token as a QR code to be scanned by the device")


class Devices(Answer):
    items: list[DeviceOut]


class CheckIn(Schema):
    """Who came: by the QR code of a badge, or by name."""

    badge: BadgeCode | None = Field(default=None, description="What the badge's QR code says")
    organization: UUID | None = None
    name: Line | None = Field(default=None, description="Of the delegate, in any spelling")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.badge is None and self.organization is None and self.name is None:
            raise refusal(
                "nobody_named",
                "Nêu mã thẻ (badge), tổ chức (organization) hoặc tên (name).",
                "Give a badge, an organization or a name.",
            )
        return self


class CheckInCreate(CheckIn):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "0197a5b0-0000-7000-8000-000000000001", "name": "Nguyễn Văn A", "sequence": 1}]
        }
    )

    id: UUID = Field(description="Made by the device; sending it again changes nothing")
    at: Instant | None = Field(default=None, description="When it was, by the device's clock; now when left out")
    sequence: Annotated[Whole, Field(ge=0, le=2**53)] = 0


class CheckInOut(Answer):
    id: UUID
    registration: UUID
    organization: UUID
    delegate: str | None
    state: ItemState = Field(description="duplicate: this person was checked in before")
    at: Instant


class Person(Answer):
    badge: str
    name: str | None
    title: str | None
    checked_in: bool


class Participant(Answer):
    registration: UUID
    organization: UUID
    name: str
    side: str | None
    booths: list[str]
    people: list[Person]


class Roster(Answer):
    """What a device needs to know to work without network; no telephones."""

    event: UUID
    code: str
    name: str
    participants: list[Participant]
