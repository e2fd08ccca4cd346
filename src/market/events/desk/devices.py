"""Devices at the desk of one event: a token that is shown once, works for nothing else, and ends with one click."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import segno
from sqlalchemy import LargeBinary, Select, Text, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.credentials import token_hash
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import InvalidCredential, NotFound
from market.core.kept_statements import KeptStatement, Reader
from market.core.language import Message
from market.events.desk.models import Device
from market.events.models import Event
from market.events.policy import desk_scope, may_organize, require_can_run
from market.organizations.models import Organization

DEVICE_PREFIX = "md_"
GOOD_AFTER_THE_EVENT = timedelta(days=30)
"""What was noted without network may be sent so long."""


class DeviceEnded(InvalidCredential):
    code = "device-ended"
    detail = Message(
        vi="Mã của thiết bị này đã kết thúc. Dữ liệu đã ghi vẫn còn trên máy; hãy xin mã mới rồi gửi lại.",
        en="This device's token has ended. What was noted is still on the device; get a new one and send it again.",
    )


async def make_device(session: AsyncSession, actor: Actor, event: Event, *, name: str) -> tuple[Device, str]:
    """A device of an event, and its token, which is kept nowhere.

    Raises:
        NotAllowed: not running the event.
    """
    require_can_run(actor, event)
    token = DEVICE_PREFIX + secrets.token_urlsafe(32)
    device = Device(
        event_id=event.id,
        name=name,
        hash=token_hash(token),
        expires_at=clock.end_of_day(max(event.ends_on, clock.today())) + GOOD_AFTER_THE_EVENT,
        made_by=actor.user_id,
    )
    await record_change(session, actor, device, verb="create")
    return device, token


def token_picture(token: str) -> str:
    """The token as a QR code in SVG."""
    return segno.make(token, error="m").svg_inline(scale=4)


async def end_device(session: AsyncSession, actor: Actor, event: Event, device: Device) -> Device:
    """From now on the token opens nothing; ended once, it stays ended.

    Raises:
        NotAllowed: not running the event.
    """
    require_can_run(actor, event)
    if device.ended_at is None:
        device.ended_at = clock.now()
        await record_change(session, actor, device, verb="end")
    return device


def devices_of(event: Event) -> Select[Device]:
    """The devices of an event, newest first."""
    return select(Device).where(Device.event_id == event.id).order_by(Device.id.desc())


async def get_device(session: AsyncSession, actor: Actor, event: Event, device_id: UUID) -> Device:
    """One device, for who runs the event.

    Raises:
        NotAllowed: not running the event.
        NotFound: it does not exist.
    """
    require_can_run(actor, event)
    device = await session.scalar(devices_of(event).where(Device.id == device_id).with_for_update())
    if device is None:
        raise NotFound
    return device


class _Shown(msgspec.Struct, frozen=True, array_like=True):
    """A device whose token is shown, as the database tells of it."""

    id: UUID
    event_id: UUID
    ended_at: datetime | None
    expires_at: datetime
    kinds: tuple[str, ...] | None
    """Of the organization that runs its event."""


_read_shown = msgspec.json.Decoder(_Shown).decode


def _by_hash() -> Select[Any]:
    whole = func.json_build_array(Device.id, Device.event_id, Device.ended_at, Device.expires_at, Organization.kinds)
    return (
        select(cast(whole, Text))
        .select_from(Device)
        .join(Event, Event.id == Device.event_id)
        .outerjoin(Organization, Organization.id == Event.organizer_id)
        .where(Device.hash == bindparam("hash", type_=LargeBinary))
    )


_BY_HASH = KeptStatement(_by_hash())


async def device_actor(reader: Reader, token: str, request_id: str | None) -> Actor:
    """Who shows a device's token.

    Raises:
        InvalidCredential: there is no such device.
        DeviceEnded: it was ended, its time is over, or who runs the event is no organizer any more.
    """
    text = await reader.value(_BY_HASH, hash=token_hash(token))
    if text is None:
        raise InvalidCredential
    device = _read_shown(text)
    # A device speaks for whoever organizes; who does so no more has no desk.
    if device.ended_at is not None or device.expires_at <= clock.now() or not may_organize(device.kinds):
        raise DeviceEnded
    return Actor(
        kind="device",
        credential_id=device.id,
        request_id=request_id,
        scopes=frozenset({desk_scope(device.event_id)}),
    )
