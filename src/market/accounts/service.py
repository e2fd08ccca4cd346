"""Verbs of people: create, sign in, refresh, sign out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import and_, exists, func, not_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials, second_factor
from market.accounts.contacts import normalize_identifier
from market.accounts.models import KnownDevice, RefreshToken, SignIn, User
from market.accounts.one_time import call_off
from market.accounts.schemas import Tokens, UserCreate
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import record_change
from market.core.errors import AlreadyExists, InvalidCredential
from market.core.job_queue import enqueue
from market.core.language import Message
from market.core.transaction import keep_changes, let_go

log = structlog.get_logger(__name__)

MOST_WITH_ONE_CONTACT = 3
"""Accounts tried for an address that nobody has proved: each costs a hash."""
MOST_OF_A_DEVICE = 200
LETTER_JOB = "account_letter"
REUSE = "refresh token used twice"


class WrongIdentifierOrPassword(InvalidCredential):
    code = "wrong-identifier-or-password"
    detail = Message(
        vi="E-mail, số điện thoại hoặc mật khẩu không đúng.", en="The e-mail, phone or password is not right."
    )


class ContactTaken(AlreadyExists):
    code = "contact-taken"
    detail = Message(
        vi="E-mail hoặc số điện thoại này đã có tài khoản.", en="This e-mail or phone already has an account."
    )


@dataclass(frozen=True, slots=True)
class TokenPolicy:
    """How tokens are signed and how long they live."""

    secret: str
    access_lifetime: timedelta
    refresh_lifetime: timedelta


async def create_user(session: AsyncSession, actor: Actor, user_in: UserCreate, *, roles: tuple[str, ...] = ()) -> User:
    """Create a person, with platform roles only from the system or an administrator.

    Who runs the market vouches for the contacts it types; everybody else proves their own.

    Raises:
        ContactTaken: the e-mail or phone is proved to be somebody's, or this person's own unproved account has it.
    """
    # First, and again below: no connection is held while hashing. Commands hash beside nobody, in one transaction.
    in_request = not actor.is_system
    if in_request:
        await let_go(session)
    password_hash = await credentials.hash_password(user_in.password)
    await _require_free(session, user_in, in_request=in_request)
    proved_at = clock.now() if actor.is_system else None
    user = User(
        full_name=user_in.full_name,
        email=user_in.email,
        email_proved_at=proved_at if user_in.email else None,
        phone=user_in.phone,
        phone_proved_at=proved_at if user_in.phone else None,
        password_hash=password_hash,
        password_typed_by_other=actor.user_id is not None,
        platform_roles=list(roles) if actor.is_admin else [],
    )
    await record_change(session, actor, user, verb="create")
    if proved_at is None:
        await enqueue(session, LETTER_JOB, {"letter": "welcome", "user": str(user.id)})
    return user


async def _require_free(session: AsyncSession, user_in: UserCreate, *, in_request: bool) -> None:
    """An unproved contact reserves nothing; but who shows the password of the account that has it is its owner."""
    for contact in (user_in.email, user_in.phone):
        known = await accounts_with(session, contact) if contact else []
        if any(has_proved(one, contact or "") for one in known):
            raise ContactTaken
        hashes = [one.password_hash for one in known]
        if hashes and in_request:
            await let_go(session)
        for password_hash in hashes:
            if await credentials.password_matches(user_in.password, password_hash):
                raise ContactTaken


def normalized(identifier: str) -> str | None:
    """An identifier as it is stored; None for what is neither an address nor a number."""
    try:
        return normalize_identifier(identifier.strip())
    except ValueError:
        return None


def has_proved(user: User, contact: str) -> bool:
    """Whether this contact is proved to be this person's."""
    return (user.email_proved_at if "@" in contact else user.phone_proved_at) is not None


async def accounts_with(session: AsyncSession, contact: str) -> list[User]:
    """Active people with this contact: the one who proved it, else the newest few who typed it."""
    is_email = "@" in contact
    named = func.lower(User.email) == contact if is_email else User.phone == contact
    proved_at = User.email_proved_at if is_email else User.phone_proved_at
    rows = select(User).where(named, User.deactivated_at.is_(None))
    ordered = rows.order_by(proved_at.is_(None), User.id.desc()).limit(MOST_WITH_ONE_CONTACT)
    found = list(await session.scalars(ordered))
    return found[:1] if found and has_proved(found[0], contact) else found


async def find_by_identifier(session: AsyncSession, identifier: str) -> User | None:
    """The active person with this e-mail address or telephone number, however it was typed."""
    contact = normalized(identifier)
    found = await accounts_with(session, contact) if contact is not None else []
    return found[0] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What somebody shows to sign in, and from where."""

    identifier: str
    password: str
    second_factor: str | None = None
    device: str | None = None


async def sign_in(session: AsyncSession, policy: TokenPolicy, shown: Shown) -> Tokens:
    """Check a password, and the second factor of who has one, and open a sign-in.

    Raises:
        WrongIdentifierOrPassword: without saying which of the two.
        SecondFactorNeeded: the password is right, and the second factor is missing or wrong.
    """
    contact = normalized(shown.identifier)
    found = await accounts_with(session, contact) if contact is not None else []
    known: list[tuple[UUID | None, str | None]] = [(user.id, user.password_hash) for user in found]
    # Hashing takes longest of all, and nobody else shall wait for a connection that does nothing meanwhile.
    await let_go(session)
    for user_id, password_hash in known or [(None, None)]:
        if await credentials.password_matches(shown.password, password_hash) and user_id is not None:
            user = await session.get_one(User, user_id, populate_existing=True, with_for_update=True)
            if user.deactivated_at is not None or user.password_hash != password_hash:
                break
            factor = user.totp_on
            if factor:
                await second_factor.require(session, policy.secret, user=user, shown=shown.second_factor)
            await call_off(session, user.id, "reset_later")
            return await open_sign_in(session, policy, user, device=shown.device, with_second_factor=factor)
    log.warning("sign_in_failed")
    raise WrongIdentifierOrPassword


async def open_sign_in(
    session: AsyncSession,
    policy: TokenPolicy,
    user: User,
    *,
    device: str | None = None,
    with_second_factor: bool = False,
    on: KnownDevice | None = None,
    lifetime: timedelta | None = None,
) -> Tokens:
    """Sign in a person who has just proved who they are; a device not seen before is told to them.

    Args:
        on: the shared device of an organization; the sign-in ends with it, and acts for that organization's staff.
        lifetime: as long as refresh tokens live, when left out.
    """
    now = clock.now()
    named = (device or "")[:MOST_OF_A_DEVICE] or None
    known = select(SignIn.device).where(SignIn.user_id == user.id, SignIn.device.is_not_distinct_from(named)).limit(1)
    others = select(SignIn.id).where(SignIn.user_id == user.id).limit(1)
    is_new = await session.scalar(select(and_(exists(others), not_(exists(known)))))
    opened = SignIn(
        user_id=user.id,
        expires_at=now + (lifetime or policy.refresh_lifetime),
        device=named,
        last_seen_at=now,
        second_factor=with_second_factor,
        known_device_id=on.id if on else None,
        only_organization_id=on.organization_id if on else None,
    )
    await record_change(session, Actor(kind="user", user_id=user.id), opened, verb="sign_in")
    if is_new and user.has_proved_contact:
        await enqueue(session, LETTER_JOB, {"letter": "new_device", "sign_in": str(opened.id)})
    tokens = await _issue(session, policy, opened)
    return tokens.model_copy(update={"password_typed_by_other": user.password_typed_by_other})


async def _issue(session: AsyncSession, policy: TokenPolicy, device: SignIn) -> Tokens:
    refresh_token = credentials.new_token()
    session.add(RefreshToken(hash=credentials.token_hash(refresh_token), sign_in_id=device.id))
    await session.flush()
    access_token = credentials.issue_access_token(
        policy.secret, user_id=device.user_id, sign_in_id=device.id, lifetime=policy.access_lifetime
    )
    return Tokens(
        access_token=access_token,
        refresh_token=refresh_token,
        expires_in=int(policy.access_lifetime.total_seconds()),
    )


async def refresh(session: AsyncSession, policy: TokenPolicy, refresh_token: str) -> Tokens:
    """Exchange a refresh token for the next pair. A token shown twice ends the whole sign-in.

    Raises:
        InvalidCredential: the token is unknown, used, expired or revoked.
    """
    known = await session.scalar(
        select(RefreshToken).where(RefreshToken.hash == credentials.token_hash(refresh_token)).with_for_update()
    )
    if known is None:
        raise InvalidCredential
    device = await session.get_one(SignIn, known.sign_in_id, with_for_update=True)
    if known.used_at is not None and device.revoked_at is None:
        await revoke(session, SYSTEM, device, because=REUSE)
        keep_changes(session)
        raise InvalidCredential
    user = await session.get_one(User, device.user_id)
    if device.revoked_at is not None or device.expires_at <= clock.now() or user.deactivated_at is not None:
        raise InvalidCredential
    await session.execute(update(RefreshToken).where(RefreshToken.hash == known.hash).values(used_at=clock.now()))
    # No change of the sign-in that anybody would look for in the log.
    seen = update(SignIn).where(SignIn.id == device.id).values(last_seen_at=clock.now())
    await session.execute(seen, execution_options={"synchronize_session": False})
    return await _issue(session, policy, device)


async def revoke(session: AsyncSession, actor: Actor, device: SignIn, *, because: str) -> None:
    """End a sign-in: its access and refresh tokens stop working at once."""
    device.revoked_at = clock.now()
    device.revoked_because = because
    await record_change(session, actor, device, verb="revoke")


async def sign_out(session: AsyncSession, actor: Actor) -> None:
    """End the sign-in whose token was shown; a key has none."""
    if actor.kind != "user" or actor.credential_id is None:
        return
    device = await session.get(SignIn, actor.credential_id)
    if device is not None and device.revoked_at is None:
        await revoke(session, actor, device, because="sign out")


async def ensure_administrator(session: AsyncSession, *, email: str, password: str) -> User:
    """Make sure that this administrator exists with this password (the start of `market up`)."""
    user = await find_by_identifier(session, email)
    if user is None:
        user_in = UserCreate(full_name="Quản trị viên", email=email, password=password)
        return await create_user(session, SYSTEM, user_in, roles=("admin", "officer"))
    if not await credentials.password_matches(password, user.password_hash):
        user.password_hash = await credentials.hash_password(password)
    user.platform_roles = sorted({*user.platform_roles, "admin", "officer"})
    await record_change(session, SYSTEM, user, verb="ensure_administrator")
    return user


def user_id_of(actor: Actor) -> UUID:
    """The person behind the actor.

    Raises:
        InvalidCredential: nobody is.
    """
    if actor.user_id is None:
        raise InvalidCredential
    return actor.user_id
