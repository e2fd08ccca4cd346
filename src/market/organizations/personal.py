"""What the market knows of a person: all of it to take along, and as much as the law lets go to be erased.

The log says of personal columns only that they changed, so that erasing a person leaves its hash chain whole: papers
that were signed go on naming an id, and nothing says any more whose it was.
"""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, LargeBinary, Table, and_, delete, false, func, insert, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import (
    ApiKey,
    ContactReading,
    OneTimeToken,
    PrivacyConsent,
    RecoveryCode,
    ShortName,
    SignIn,
    User,
    UserContact,
)
from market.accounts.sign_ins import end_sign_ins
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.db import Base
from market.core.errors import NotFound
from market.core.ids import new_id
from market.notifications.models import PushSubscription
from market.organizations import queries, service
from market.organizations.models import Organization

ERASED_NAME = "(đã xóa)"
MOST_ROWS_OF_A_TABLE = 10_000
SECRET = frozenset(
    {"password_hash", "totp_secret", "totp_last_step", "hash", "code_hash", "pin_hash", "headers", "body"}
    | {"signing_key", "secret", "previous_secret", "wrong_pins", "wrong_factors", "wrong_factors_since"}
)
OWN = frozenset({"user_id", "author_id", "reader_id", "reader_user_id", "uploaded_by", "claimed_by", "reported_by"})
"""Columns by which a row is a person's own; by others it only says that they did something to it."""
WITHOUT_REFERENCE = frozenset({"decided_by", "made_by", "settled_by"})
DEVICES_KEPT = timedelta(days=180)
READINGS_KEPT = timedelta(days=730)


async def export_of(session: AsyncSession, user_id: UUID) -> bytes:
    """A ZIP of JSON files, one a table: every row that names the person, without secrets."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in Base.metadata.sorted_tables:
            rows = await _rows_about(session, table, user_id)
            if rows:
                text = msgspec.json.format(msgspec.json.encode(rows, enc_hook=str), indent=1)
                archive.writestr(f"{table.name}.json", text)
    return packed.getvalue()


async def _rows_about(session: AsyncSession, table: Table, user_id: UUID) -> list[dict[str, Any]]:
    """A person's own rows whole; of others that they did something to, which, what and when."""
    columns = naming(table)
    if not columns:
        return []
    shown = [c for c in table.c if c.name not in SECRET and not isinstance(c.type, LargeBinary)]
    own = [c for c in columns if c.name in OWN or table.name == User.__tablename__]
    is_own = or_(false(), *(column == user_id for column in own))
    is_about = and_(not_(func.coalesce(is_own, false())), or_(*(column == user_id for column in columns)))
    deed = [c for c in shown if c.primary_key or c in columns or c.name.endswith("_at")]
    rows: list[dict[str, Any]] = []
    for what, condition in ((shown, is_own), (deed, is_about)):
        found = select(*what).where(condition).limit(MOST_ROWS_OF_A_TABLE)
        rows += [dict(row) for row in (await session.execute(found)).mappings()]
    return rows


def naming(table: Table) -> list[Column[Any]]:
    """The columns of a table that name a person."""
    if table.name == User.__tablename__:
        return [table.c.id]
    people = User.__table__.c.id
    return [
        column
        for column in table.c
        if column.name in OWN | WITHOUT_REFERENCE or any(key.column is people for key in column.foreign_keys)
    ]


async def erase(session: AsyncSession, actor: Actor, user: User) -> None:
    """Take a person out: nobody can sign in, read a name or write to them again.

    What belongs to organizations (papers, messages of a deal) stays theirs, under an id without a name.

    Raises:
        LastOwner: an organization with other members would have no owner left; hand it over first.
    """
    for member in await queries.memberships_of(session, user.id):
        if await queries.is_alone(session, member):
            # Nobody is left to answer for what it offers.
            await _close(session, actor, member.organization)
            member.role = "staff"
        await service.remove_member(session, actor, member)
    for key in await session.scalars(select(ApiKey).where(ApiKey.user_id == user.id, ApiKey.revoked_at.is_(None))):
        key.revoked_at = clock.now()
        await record_change(session, actor, key, verb="revoke")
    await end_sign_ins(session, actor, user_id=user.id, because="erased")
    for kind in (OneTimeToken, RecoveryCode, PushSubscription):
        await session.execute(delete(kind).where(kind.user_id == user.id))
    contacts = update(UserContact).where(UserContact.user_id == user.id).values(value="", proved_at=None)
    names = update(ShortName).where(ShortName.user_id == user.id).values(name="")
    for statement in (contacts, names, update(SignIn).where(SignIn.user_id == user.id).values(device=None)):
        await session.execute(statement, execution_options={"synchronize_session": False})
    user.full_name, user.email, user.phone = ERASED_NAME, None, None
    user.email_proved_at, user.phone_proved_at = None, None
    user.totp_secret, user.totp_confirmed_at, user.totp_last_step = None, None, None
    user.password_hash, user.platform_roles = f"!{secrets.token_urlsafe(16)}", []
    user.deactivated_at = user.erased_at = clock.now()
    await record_change(session, actor, user, verb="erase")


async def _close(session: AsyncSession, actor: Actor, organization: Organization) -> None:
    organization.status = "suspended"
    organization.contact_name, organization.contact_phone, organization.contact_email = None, None, None
    await record_change(session, actor, organization, verb="suspend")


async def note_reading(
    session: AsyncSession, actor: Actor, organizations: Sequence[Organization], *, what: str
) -> None:
    """Write down that an officer read contacts of organizations that are not theirs."""
    if not actor.is_officer or actor.user_id is None:
        return
    said = {"reader_id": actor.user_id, "what": what, "request_id": actor.request_id}
    read = [
        {"id": new_id(), "at": clock.now(), "organization_id": organization.id, **said}
        for organization in organizations
        if not actor.belongs_to(organization.id) and (organization.contact_phone or organization.contact_email)
    ]
    if read:
        await session.execute(insert(ContactReading), read)


async def note_looks(session: AsyncSession, actor: Actor, organization_ids: Iterable[UUID], *, what: str) -> None:
    """Write down that an officer read what only organizations see that are not theirs: members, messages."""
    if not actor.is_officer or actor.user_id is None:
        return
    said = {"reader_id": actor.user_id, "what": what, "request_id": actor.request_id}
    looked = [
        {"id": new_id(), "at": clock.now(), "organization_id": one, **said}
        for one in sorted(set(organization_ids))
        if not actor.belongs_to(one)
    ]
    if looked:
        await session.execute(insert(ContactReading), looked)


async def readings_of(session: AsyncSession, actor: Actor) -> Sequence[ContactReading]:
    """Who read contacts of the organizations that the person belongs to, newest first."""
    rows = select(ContactReading).where(ContactReading.organization_id.in_(list(actor.organization_ids)))
    return (await session.scalars(rows.order_by(ContactReading.id.desc()).limit(200))).all()


async def consent(session: AsyncSession, actor: Actor, *, notice: str, user_id: UUID) -> PrivacyConsent:
    """Keep that a person agreed to one version of the notice; once for each."""
    given = select(PrivacyConsent).where(
        PrivacyConsent.user_id == user_id, PrivacyConsent.notice == notice, PrivacyConsent.withdrawn_at.is_(None)
    )
    if (known := await session.scalar(given)) is not None:
        return known
    made = PrivacyConsent(user_id=user_id, notice=notice)
    await record_change(session, actor, made, verb="create")
    return made


async def consents_of(session: AsyncSession, actor: Actor) -> Sequence[PrivacyConsent]:
    """What the person agreed to, newest first."""
    rows = select(PrivacyConsent).where(PrivacyConsent.user_id == actor.user_id)
    return (await session.scalars(rows.order_by(PrivacyConsent.id.desc()))).all()


async def withdraw_consent(session: AsyncSession, actor: Actor, consent_id: UUID) -> PrivacyConsent:
    """Take a consent back.

    Raises:
        NotFound: the person has given no such consent.
    """
    rows = select(PrivacyConsent).where(PrivacyConsent.id == consent_id, PrivacyConsent.user_id == actor.user_id)
    given = await session.scalar(rows.with_for_update())
    if given is None:
        raise NotFound
    given.withdrawn_at = given.withdrawn_at or clock.now()
    await record_change(session, actor, given, verb="withdraw")
    return given


async def let_go_of_old(session: AsyncSession) -> None:
    """Drop what is kept no longer: devices half a year after a sign-in ended, readings after two years (nightly)."""
    now = clock.now()
    over = update(SignIn).where(SignIn.expires_at < now - DEVICES_KEPT, SignIn.device.is_not(None))
    await session.execute(over.values(device=None), execution_options={"synchronize_session": False})
    await session.execute(delete(ContactReading).where(ContactReading.at < now - READINGS_KEPT))
