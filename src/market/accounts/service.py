"""Verbs of people: create, sign in, refresh, sign out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials
from market.accounts.contacts import normalize_identifier
from market.accounts.models import RefreshToken, SignIn, User
from market.accounts.schemas import Tokens, UserCreate
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import record_change
from market.core.errors import AlreadyExists, InvalidCredential
from market.core.language import Message
from market.core.transaction import keep_changes

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

    Raises:
        ContactTaken: by its unique constraints, when the flush finds the e-mail or phone in use.
    """
    user = User(
        full_name=user_in.full_name,
        email=user_in.email,
        phone=user_in.phone,
        password_hash=await credentials.hash_password(user_in.password),
        platform_roles=list(roles) if actor.is_admin else [],
    )
    await record_change(session, actor, user, verb="create")
    return user


async def find_by_identifier(session: AsyncSession, identifier: str) -> User | None:
    """The active person with this e-mail address or telephone number, however it was typed."""
    try:
        known = normalize_identifier(identifier.strip())
    except ValueError:
        return None
    contact = func.lower(User.email) == known if "@" in known else User.phone == known
    return await session.scalar(select(User).where(contact, User.deactivated_at.is_(None)))


async def sign_in(session: AsyncSession, policy: TokenPolicy, *, identifier: str, password: str) -> Tokens:
    """Check a password and open a sign-in.

    Raises:
        WrongIdentifierOrPassword: without saying which of the two.
    """
    user = await find_by_identifier(session, identifier)
    matches = await credentials.password_matches(password, user.password_hash if user else None)
    if user is None or not matches:
        raise WrongIdentifierOrPassword
    return await open_sign_in(session, policy, user)


async def open_sign_in(session: AsyncSession, policy: TokenPolicy, user: User) -> Tokens:
    """Sign in a person who has just proved who they are."""
    device = SignIn(user_id=user.id, expires_at=clock.now() + policy.refresh_lifetime)
    await record_change(session, Actor(kind="user", user_id=user.id), device, verb="sign_in")
    return await _issue(session, policy, device)


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
