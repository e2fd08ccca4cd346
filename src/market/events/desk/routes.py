"""Devices and check-ins over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import PEOPLE, Access, Actor
from market.core.representation import plain
from market.events.desk import checking_in, devices
from market.events.desk.models import Device
from market.events.desk.schemas import (
    CheckInCreate,
    CheckInOut,
    DeviceCreate,
    DeviceMade,
    DeviceOut,
    Devices,
    Roster,
)
from market.events.policy import require_can_run
from market.events.queries import get_event

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


def _values(device: Device) -> dict[str, Any]:
    names = (name for name in DeviceOut.model_fields if name != "event")
    return {"event": device.event_id, **{name: getattr(device, name) for name in names}}


@post(
    "/events/{event_id:uuid}/devices",
    operation_id="makeDevice",
    scope=PEOPLE,
    access=Access.SIGNED_IN,
    summary="A token for a device at the desk: for this event alone, shown once, as text and as a QR code",
)
async def make_device(
    event_id: FromPath[UUID], data: JSONBody[DeviceCreate], session: Session, actor: Who
) -> Response[DeviceMade]:
    """For those who run the event. The device can do only what the desk does, at this event, until it is ended."""
    event = await get_event(session, actor, event_id)
    device, token = await devices.make_device(session, actor, event, name=data.name)
    made = DeviceMade(**_values(device), token=token, qr_svg=devices.token_picture(token))
    location = f"/api/v1/events/{event_id}/devices/{device.id}"
    return plain(made, status=201, headers={"Location": location, "Cache-Control": "no-store"})


@get(
    "/events/{event_id:uuid}/devices",
    operation_id="listDevices",
    access=Access.SIGNED_IN,
    summary="The devices of an event, for who runs it",
)
async def list_devices(event_id: FromPath[UUID], session: Session, actor: Who) -> Response[Devices]:
    """Each with when it was last heard of, ended ones too. All of them at once, without `limit`: an event has a few."""
    event = await get_event(session, actor, event_id)
    require_can_run(actor, event)
    rows = (await session.scalars(devices.devices_of(event))).all()
    return plain(Devices(items=[DeviceOut(**_values(device)) for device in rows]))


@post(
    "/events/{event_id:uuid}/devices/{device_id:uuid}/end",
    operation_id="endDevice",
    scope=PEOPLE,
    access=Access.SIGNED_IN,
    status_code=200,
    summary="From now on the token opens nothing",
)
async def end_device(
    event_id: FromPath[UUID], device_id: FromPath[UUID], session: Session, actor: Who
) -> Response[DeviceOut]:
    """For those who run the event, when a device is lost or the day is over; what it sent before stays."""
    event = await get_event(session, actor, event_id)
    device = await devices.get_device(session, actor, event, device_id)
    await devices.end_device(session, actor, event, device)
    return plain(DeviceOut(**_values(device)))


@get(
    "/events/{event_id:uuid}/roster",
    operation_id="getRoster",
    access=Access.DESK,
    summary="Everybody who may come, without telephones: for a device that works without network",
)
async def get_roster(event_id: FromPath[UUID], session: Session, actor: Who) -> Response[Roster]:
    """For the desk. Everybody at once, without `limit`, because a device without network must know them all."""
    event = await get_event(session, actor, event_id)
    return plain(await checking_in.roster(session, actor, event))


@post(
    "/events/{event_id:uuid}/check-ins",
    operation_id="checkIn",
    access=Access.DESK,
    summary="Somebody came: by badge or by name; the same id again changes nothing",
)
async def check_in(
    event_id: FromPath[UUID], data: JSONBody[CheckInCreate], session: Session, actor: Who
) -> Response[CheckInOut]:
    """For the desk and those who run the event. A badge that was read already, or a person who is there, is answered
    as a duplicate and counts once.
    """
    came = await checking_in.check_in(session, actor, event_id, data)
    answer = CheckInOut(
        id=data.id,
        registration=came.present.registration.id,
        organization=came.present.registration.organization_id,
        delegate=came.present.name,
        state=came.state,
        at=came.at,
    )
    return plain(answer, status=201, headers={"Location": f"/api/v1/events/{event_id}/roster"})


routes = [make_device, list_devices, end_device, get_roster, check_in]
