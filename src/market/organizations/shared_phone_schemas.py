"""What people who share a telephone send and get."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from market.accounts.contacts import Phone
from market.accounts.pins import AnyPin, Pin, ShortNameText
from market.accounts.schemas import OneTimeCode, Tokens
from market.core.schemas import Answer, Instant, Line, Schema

SHARED = "The telephone that is shared; one that an owner or manager has proved. Left out: your own"


class ShortNameCreate(Schema):
    """Somebody without an address or number of their own, who becomes staff."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"full_name": "Trần Thị Mẫu", "short_name": "lan", "pin": "271828"}]}
    )

    full_name: Line
    short_name: ShortNameText = Field(description="What they type to sign in; unique on this telephone")
    pin: Pin = Field(description="Six digits")
    phone: Phone | None = Field(default=None, description=SHARED)


class ShortNameOut(Answer):
    id: UUID
    user_id: UUID
    organization_id: UUID
    short_name: str
    phone: str
    full_name: str
    created_at: Instant


class PinChange(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"pin": "314159"}]})

    pin: Pin


class KnownDeviceCreate(Schema):
    """A telephone or tablet of the organization, on which its people sign in by short name and PIN."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Điện thoại nhà đóng gói"}]})

    name: Line
    phone: Phone | None = Field(default=None, description=SHARED)


class KnownDeviceOut(Answer):
    id: UUID
    organization_id: UUID
    name: str
    phone: str
    created_at: Instant
    last_used_at: Instant | None


class KnownDeviceMade(KnownDeviceOut):
    known_device_token: str = Field(description="Shown this once; keep it on the device. It signs nobody in by itself")


class PinSignIn(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"known_device_token": "sd_" + "x" * 43, "short_name": "lan", "pin": "271828"}]}
    )

    known_device_token: Annotated[str, StringConstraints(min_length=20, max_length=200)]
    short_name: ShortNameText
    pin: AnyPin


class PinForgotten(Schema):
    """Who has forgotten a PIN, or lost the device. The answer is the same whoever that is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "0912345678", "short_name": "lan"}]})

    phone: Phone
    short_name: ShortNameText


class PinReset(Schema):
    """The code that came to the shared telephone, and the new PIN."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"phone": "0912345678", "short_name": "lan", "code": "12345678", "pin": "271828"}]
        }
    )

    phone: Phone
    short_name: ShortNameText
    code: OneTimeCode
    pin: Pin


class SignedInByPin(Answer):
    """Signed in for a working day, on a device that is known from now on."""

    tokens: Tokens
    known_device_token: str = Field(description="Shown this once; keep it on the device")
