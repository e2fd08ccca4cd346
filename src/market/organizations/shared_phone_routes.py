"""Short names, PINs and known devices over HTTP. For people, never for keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import pins, words
from market.accounts.models import KnownDevice, ShortName, User
from market.accounts.routes import NO_STORE, limit_attempts
from market.accounts.schemas import LetterAsked, Tokens
from market.core.access import PEOPLE, Access, Actor
from market.core.language import preferred_language
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import plain, trimmed_page
from market.organizations import queries, shared_phones
from market.organizations.shared_phone_schemas import (
    KnownDeviceCreate,
    KnownDeviceMade,
    KnownDeviceOut,
    PinChange,
    PinForgotten,
    PinReset,
    PinSignIn,
    ShortNameCreate,
    ShortNameOut,
    SignedInByPin,
)

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


@post(
    "/auth/pin",
    operation_id="signInByPin",
    access=Access.ANYONE,
    hashes=True,
    scope=PEOPLE,
    ignores_credentials=True,
    status_code=200,
    summary="Sign in by short name and PIN on a known device, as staff, for a working day",
)
async def sign_in_by_pin(data: JSONBody[PinSignIn], session: Session, request: AnyRequest) -> Response[Tokens]:
    """Only on a device that an owner or manager has let in (its token is sent along). Opens what staff may do in
    that one organization; ten wrong PINs in a row lock the name until it has a new one.
    """
    await limit_attempts(request, f"{data.known_device_token} {data.short_name}", of="pin")
    policy = request.app.state.token_policy
    token, name = data.known_device_token, data.short_name
    return plain(await pins.sign_in(session, policy, token=token, name=name, pin=data.pin), headers=NO_STORE)


@post(
    "/auth/pin/forgot",
    operation_id="forgotPin",
    access=Access.ANYONE,
    scope=PEOPLE,
    ignores_credentials=True,
    status_code=202,
    summary="Have a code for a new PIN sent to the shared telephone; the answer is the same whoever it is",
)
async def forgot_pin(data: JSONBody[PinForgotten], session: Session, request: AnyRequest) -> Response[LetterAsked]:
    """The code goes to the telephone that the organization has proved, if the short name exists there; use it with
    `/auth/pin/reset`.
    """
    await limit_attempts(request, f"{data.phone} {data.short_name}", of="forgotten pin")
    await shared_phones.ask_new_pin(session, data)
    language = preferred_language(request.headers.get("accept-language"))
    return plain(LetterAsked(detail=words.ASKED.text(language)), status=202)


@post(
    "/auth/pin/reset",
    operation_id="resetPin",
    access=Access.ANYONE,
    hashes=True,
    scope=PEOPLE,
    ignores_credentials=True,
    status_code=200,
    summary="Set a new PIN by the code; the device is known from now on, and signed in",
)
async def reset_pin(data: JSONBody[PinReset], session: Session, request: AnyRequest) -> Response[SignedInByPin]:
    """Shows the code of `/auth/pin/forgot` and a new PIN of six digits; answers tokens as signing in does."""
    await limit_attempts(request, f"{data.phone} {data.short_name}", of="pin code")
    policy, device = request.app.state.token_policy, request.headers.get("user-agent")
    return plain(await shared_phones.reset_pin(session, policy, data, device=device), headers=NO_STORE)


def _short_name_out(short: ShortName, full_name: str) -> ShortNameOut:
    return ShortNameOut(
        id=short.id,
        user_id=short.user_id,
        organization_id=short.organization_id,
        short_name=short.name,
        phone=short.phone,
        full_name=full_name,
        created_at=short.created_at,
    )


@post(
    "/organizations/{organization_id:uuid}/short-names",
    operation_id="addShortName",
    access=Access.MEMBER,
    scope=PEOPLE,
    summary="Add somebody who shares a telephone: staff with a short name and a PIN",
)
async def add_short_name(
    organization_id: FromPath[UUID], data: JSONBody[ShortNameCreate], session: Session, actor: Who
) -> Response[ShortNameOut]:
    """For owners and managers with a proved telephone. The person signs in by `/auth/pin` on a known device."""
    await queries.get_organization(session, actor, organization_id)
    short, user = await shared_phones.add_short_name(session, actor, organization_id, data)
    return plain(_short_name_out(short, user.full_name), status=201)


@get(
    "/organizations/{organization_id:uuid}/short-names",
    operation_id="listShortNames",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    dependencies={"params": query_of(PageQuery)},
    summary="Who signs in by short name and PIN, newest first (for managers)",
)
async def list_short_names(
    organization_id: FromPath[UUID],
    params: NamedDependency[PageQuery],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[Page[ShortNameOut]]:
    """For owners and managers; with when each last signed in."""
    await queries.get_organization(session, actor, organization_id)
    rows = shared_phones.short_names_of(actor, organization_id)
    found = await paginate(session, rows, key=ShortName.id, query=params)
    people = select(User.id, User.full_name).where(User.id.in_([short.user_id for short in found.rows]))
    names: dict[UUID, str] = {row.id: row.full_name for row in await session.execute(people)}
    page = found.to_page(lambda short: _short_name_out(short, names[short.user_id]))
    return trimmed_page(request, page, ShortNameOut)


@post(
    "/organizations/{organization_id:uuid}/short-names/{short_name_id:uuid}/pin",
    operation_id="setPin",
    access=Access.MEMBER,
    scope=PEOPLE,
    status_code=204,
    summary="Give somebody a new PIN; their sign-ins end (for managers)",
)
async def set_pin(
    organization_id: FromPath[UUID],
    short_name_id: FromPath[UUID],
    data: JSONBody[PinChange],
    session: Session,
    actor: Who,
) -> None:
    """For owners and managers, for somebody who has forgotten it or whose PIN is locked."""
    await queries.get_organization(session, actor, organization_id)
    await shared_phones.set_pin(session, actor, organization_id, short_name_id=short_name_id, pin=data.pin)


@post(
    "/organizations/{organization_id:uuid}/known-devices",
    operation_id="addKnownDevice",
    access=Access.MEMBER,
    scope=PEOPLE,
    summary="Let PINs be taken on this device; its token is shown this once (for managers)",
)
async def add_known_device(
    organization_id: FromPath[UUID], data: JSONBody[KnownDeviceCreate], session: Session, actor: Who
) -> Response[KnownDeviceMade]:
    """For owners and managers. Keep the token on the device and send it with `/auth/pin`; it is told nowhere else."""
    await queries.get_organization(session, actor, organization_id)
    device, token = await shared_phones.make_device(session, actor, organization_id, data)
    shown = KnownDeviceOut.model_validate(device).model_dump()
    return plain(KnownDeviceMade(**shown, known_device_token=token), status=201, headers=NO_STORE)


@get(
    "/organizations/{organization_id:uuid}/known-devices",
    operation_id="listKnownDevices",
    access=Access.SIGNED_IN,
    scope=PEOPLE,
    dependencies={"params": query_of(PageQuery)},
    summary="The devices on which PINs are taken, newest first (for managers)",
)
async def list_known_devices(
    organization_id: FromPath[UUID],
    params: NamedDependency[PageQuery],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[Page[KnownDeviceOut]]:
    """For owners and managers; with when PINs were last taken on each."""
    await queries.get_organization(session, actor, organization_id)
    rows = shared_phones.devices_of(actor, organization_id)
    found = await paginate(session, rows, key=KnownDevice.id, query=params)
    return trimmed_page(request, found.to_page(KnownDeviceOut.model_validate), KnownDeviceOut)


@delete(
    "/organizations/{organization_id:uuid}/known-devices/{known_device_id:uuid}",
    operation_id="endKnownDevice",
    access=Access.MEMBER,
    scope=PEOPLE,
    summary="Take no PIN on a device any more; who is signed in there is signed out (for managers)",
)
async def end_known_device(
    organization_id: FromPath[UUID], known_device_id: FromPath[UUID], session: Session, actor: Who
) -> None:
    """For owners and managers, for a device that was lost or given away."""
    await queries.get_organization(session, actor, organization_id)
    await shared_phones.end_device(session, actor, organization_id, device_id=known_device_id)


routes = [
    sign_in_by_pin,
    forgot_pin,
    reset_pin,
    add_short_name,
    list_short_names,
    set_pin,
    add_known_device,
    list_known_devices,
    end_known_device,
]
