"""Several people under one telephone: short names with a PIN, and the devices on which an organization takes them.

The telephone must be proved by an owner or manager of the organization, for codes are sent to it; when no owner or
manager has it any more, none are sent until another one has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials, pins
from market.accounts.models import KnownDevice, ShortName, SignIn, User
from market.accounts.one_time import CodeNotValid, redeem_code
from market.accounts.pins import DEVICE_PREFIX
from market.accounts.service import TokenPolicy, user_id_of
from market.accounts.sign_ins import end_sign_ins
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change, record_changes
from market.core.errors import AlreadyExists, Conflict, NotFound
from market.core.ids import new_id
from market.core.job_queue import enqueue
from market.core.language import Message
from market.core.transaction import let_go
from market.organizations import policy
from market.organizations.models import OrganizationMember
from market.organizations.shared_phone_schemas import (
    KnownDeviceCreate,
    PinForgotten,
    PinReset,
    ShortNameCreate,
    SignedInByPin,
)

PIN_JOB = "pin_letter"
MOST_OF_AN_ORGANIZATION = 100
"""Short names, and known devices, that are in force."""


class ShortNameTaken(AlreadyExists):
    code = "short-name-taken"
    detail = Message(
        vi="Số điện thoại dùng chung này đã có người mang tên ngắn đó.",
        en="Somebody on this shared telephone has that short name.",
    )


class PhoneNotProved(Conflict):
    code = "phone-not-proved"
    detail = Message(
        vi="Số điện thoại dùng chung phải được một chủ tài khoản hoặc quản lý xác nhận trước (POST /me/contacts).",
        en="An owner or manager proves the shared telephone first (POST /me/contacts).",
    )


class TooManyOfThem(Conflict):
    code = "shared-phone-limit"
    detail = Message(
        vi="Tổ chức đã có {most}; hãy kết thúc bớt trước.", en="The organization has {most} already; end some first."
    )


def proved_by_a_manager(phone: str, organization_id: UUID) -> Select[bool]:
    """Whether an owner or manager of the organization has proved that the telephone is theirs."""
    managers = (
        select(OrganizationMember.id)
        .join(User, User.id == OrganizationMember.user_id)
        .where(
            OrganizationMember.organization_id == organization_id,
            OrganizationMember.left_at.is_(None),
            OrganizationMember.role.in_(("owner", "manager")),
            User.phone == phone,
            User.phone_proved_at.is_not(None),
            User.deactivated_at.is_(None),
        )
    )
    return select(exists(managers))


async def _shared_phone(session: AsyncSession, actor: Actor, organization_id: UUID, *, given: str | None) -> str:
    phone = given or (await session.get_one(User, user_id_of(actor))).phone
    if phone is None or not await session.scalar(proved_by_a_manager(phone, organization_id)):
        raise PhoneNotProved
    return phone


def short_names_of(actor: Actor, organization_id: UUID) -> Select[ShortName]:
    """Who signs in by PIN for an organization, for its managers.

    Raises:
        NotAllowed: not a manager of it.
    """
    policy.require_manager(actor, organization_id)
    return select(ShortName).where(ShortName.organization_id == organization_id, ShortName.ended_at.is_(None))


def devices_of(actor: Actor, organization_id: UUID) -> Select[KnownDevice]:
    """The devices on which an organization takes PINs, for its managers.

    Raises:
        NotAllowed: not a manager of it.
    """
    policy.require_manager(actor, organization_id)
    return select(KnownDevice).where(KnownDevice.organization_id == organization_id, KnownDevice.ended_at.is_(None))


async def _require_room(session: AsyncSession, rows: Select[ShortName] | Select[KnownDevice]) -> None:
    if len((await session.scalars(rows.limit(MOST_OF_AN_ORGANIZATION))).all()) >= MOST_OF_AN_ORGANIZATION:
        raise TooManyOfThem(most=MOST_OF_AN_ORGANIZATION)


async def add_short_name(
    session: AsyncSession, actor: Actor, organization_id: UUID, asked: ShortNameCreate
) -> tuple[ShortName, User]:
    """A new member of staff who has no address or number of their own.

    Raises:
        NotAllowed: not a manager.
        PhoneNotProved: codes could reach anybody.
        ShortNameTaken: on this telephone.
    """
    await _require_room(session, short_names_of(actor, organization_id))
    phone = await _shared_phone(session, actor, organization_id, given=asked.phone)
    if await pins.find_short_name(session, phone=phone, name=asked.short_name) is not None:
        raise ShortNameTaken
    await let_go(session)
    pin_hash = await credentials.hash_password(asked.pin)
    # Nobody knows it: this person signs in by PIN alone, until they prove a contact of their own and reset it.
    password_hash = await credentials.hash_password(credentials.new_token())
    user = User(full_name=asked.full_name, password_hash=password_hash, password_typed_by_other=True, platform_roles=[])
    await record_change(session, actor, user, verb="create")
    member = OrganizationMember(organization_id=organization_id, user_id=user.id, role="staff")
    await record_change(session, actor, member, verb="create")
    short = ShortName(
        user_id=user.id, organization_id=organization_id, phone=phone, name=asked.short_name, pin_hash=pin_hash
    )
    await record_change(session, actor, short, verb="create")
    return short, user


async def _get_short_name(session: AsyncSession, actor: Actor, organization_id: UUID, short_name_id: UUID) -> ShortName:
    rows = short_names_of(actor, organization_id).where(ShortName.id == short_name_id)
    short = await session.scalar(rows.with_for_update())
    return short if short is not None else _missing()


def _missing() -> NoReturn:
    raise NotFound


async def set_pin(session: AsyncSession, actor: Actor, organization_id: UUID, *, short_name_id: UUID, pin: str) -> None:
    """Give somebody a new PIN who has forgotten theirs; their sign-ins end.

    Raises:
        NotAllowed: not a manager.
        NotFound: the organization has no such short name.
    """
    await _get_short_name(session, actor, organization_id, short_name_id)
    await let_go(session)
    pin_hash = await credentials.hash_password(pin)
    short = await _get_short_name(session, actor, organization_id, short_name_id)
    await _renew(session, actor, short, pin_hash=pin_hash)


async def _renew(session: AsyncSession, actor: Actor, short: ShortName, *, pin_hash: str) -> None:
    short.pin_hash, short.wrong_pins = pin_hash, 0
    await record_change(session, actor, short, verb="set_pin")
    await end_sign_ins(session, actor, user_id=short.user_id, because="new PIN")


async def make_device(
    session: AsyncSession, actor: Actor, organization_id: UUID, asked: KnownDeviceCreate
) -> tuple[KnownDevice, str]:
    """Let PINs be taken on a device; its token is shown this once.

    Raises:
        NotAllowed: not a manager.
        PhoneNotProved: no manager has the telephone.
    """
    await _require_room(session, devices_of(actor, organization_id))
    phone = await _shared_phone(session, actor, organization_id, given=asked.phone)
    return await _known(session, actor, organization_id=organization_id, phone=phone, name=asked.name)


async def _known(
    session: AsyncSession, actor: Actor, *, organization_id: UUID, phone: str, name: str
) -> tuple[KnownDevice, str]:
    token = credentials.new_token(DEVICE_PREFIX)
    device = KnownDevice(
        organization_id=organization_id,
        phone=phone,
        name=name,
        hash=credentials.token_hash(token),
        made_by=user_id_of(actor),
    )
    await record_change(session, actor, device, verb="create")
    return device, token


async def end_device(session: AsyncSession, actor: Actor, organization_id: UUID, *, device_id: UUID) -> None:
    """Take no PIN on a device any more; who is signed in there is signed out.

    Raises:
        NotAllowed: not a manager.
        NotFound: the organization has no such device.
    """
    rows = devices_of(actor, organization_id).where(KnownDevice.id == device_id)
    device = await session.scalar(rows.with_for_update()) or _missing()
    device.ended_at = clock.now()
    await record_change(session, actor, device, verb="end")
    signed_in = SignIn.known_device_id == device.id, SignIn.revoked_at.is_(None)
    await _end(session, actor, (await session.scalars(select(SignIn).where(*signed_in).with_for_update())).all())


async def _end(session: AsyncSession, actor: Actor, open_ones: Sequence[SignIn]) -> None:
    for one in open_ones:
        one.revoked_at, one.revoked_because = clock.now(), "device ended"
    await record_changes(session, actor, open_ones, verb="revoke")


async def end_short_names_of(session: AsyncSession, actor: Actor, *, organization_id: UUID, user_id: UUID) -> None:
    """Who leaves an organization signs in for it no longer."""
    rows = select(ShortName).where(
        ShortName.organization_id == organization_id, ShortName.user_id == user_id, ShortName.ended_at.is_(None)
    )
    short_names = (await session.scalars(rows.with_for_update())).all()
    for short in short_names:
        short.ended_at = clock.now()
    await record_changes(session, actor, short_names, verb="end")
    bound = SignIn.user_id == user_id, SignIn.only_organization_id == organization_id, SignIn.revoked_at.is_(None)
    await _end(session, actor, (await session.scalars(select(SignIn).where(*bound).with_for_update())).all())


async def ask_new_pin(session: AsyncSession, asked: PinForgotten) -> None:
    """Have a code sent to the shared telephone, when somebody there is called so. Costs the same whoever it is."""
    await enqueue(session, PIN_JOB, {"phone": asked.phone, "name": asked.short_name})


async def reset_pin(
    session: AsyncSession, policy_: TokenPolicy, reset: PinReset, *, device: str | None
) -> SignedInByPin:
    """Set a PIN by the code that came to the shared telephone, which is known from now on, and sign in there.

    Raises:
        CodeNotValid: there is no such code, short name or telephone (any more).
    """
    pin_hash = await credentials.hash_password(reset.pin)
    short = await pins.find_short_name(session, phone=reset.phone, name=reset.short_name)
    # Whoever is not known there fails as one whose code is wrong does.
    subject = short.id if short is not None else new_id()
    await redeem_code(session, policy_.secret, purpose="pin", contact=reset.phone, code=reset.code, subject_id=subject)
    if short is None or not await session.scalar(proved_by_a_manager(reset.phone, short.organization_id)):
        raise CodeNotValid
    actor = Actor(kind="user", user_id=short.user_id)
    await _renew(session, actor, short, pin_hash=pin_hash)
    known, token = await _known(
        session, actor, organization_id=short.organization_id, phone=short.phone, name=(device or "?")[:200]
    )
    tokens = await pins.open_by_pin(session, policy_, short=short, device=known)
    return SignedInByPin(tokens=tokens, known_device_token=token)
