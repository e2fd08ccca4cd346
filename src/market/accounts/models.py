"""Tables of people, of what they sign in with and of what they consented to."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.core import clock
from market.core.changes import PRIVATE
from market.core.db import Base, Entity
from market.core.ids import new_id
from market.core.language import Language

ContactKind = Literal["email", "phone"]
TokenPurpose = Literal["reset", "reset_later", "prove", "invite", "pin", "factor"]


class User(Entity):
    """A person. Signs in by e-mail or phone; a contact is theirs alone once it is proved.

    Unproved contacts reserve nothing: several people may have typed the same address, and the one who reads its mail
    will be the one who has it.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        Index(
            "uq_user_account_email",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("email_proved_at IS NOT NULL"),
        ),
        Index("uq_user_account_phone", "phone", unique=True, postgresql_where=text("phone_proved_at IS NOT NULL")),
        Index("ix_user_account_any_email", text("lower(email)")),
        Index("ix_user_account_phone", "phone"),
    )

    full_name: Mapped[str] = mapped_column(info=PRIVATE)
    email: Mapped[str | None] = mapped_column(info=PRIVATE)
    email_proved_at: Mapped[datetime | None]
    phone: Mapped[str | None] = mapped_column(info=PRIVATE)
    """E.164."""
    phone_proved_at: Mapped[datetime | None]
    language: Mapped[Language] = mapped_column(default="vi", server_default="vi")
    """Of letters to this person."""
    password_hash: Mapped[str] = mapped_column(info=PRIVATE)
    password_typed_by_other: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Somebody else chose the password and knows it."""
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary, info=PRIVATE)
    """Sealed."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger, info=PRIVATE)
    """The 30 seconds whose code was taken last: no code is taken twice."""
    wrong_factors: Mapped[int] = mapped_column(default=0, server_default="0", info=PRIVATE)
    """Wrong codes of the authenticator since `wrong_factors_since`: six digits are soon guessed without a count."""
    wrong_factors_since: Mapped[datetime | None] = mapped_column(info=PRIVATE)
    platform_roles: Mapped[list[str]] = mapped_column(default=list)
    deactivated_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    @property
    def totp_on(self) -> bool:
        """Whether signing in asks for a second factor."""
        return self.totp_confirmed_at is not None

    @property
    def has_proved_contact(self) -> bool:
        """Whether somebody has shown that they read what is sent to this person."""
        return self.email_proved_at is not None or self.phone_proved_at is not None


class SignIn(Entity):
    """One signed-in device. Its refresh tokens form a family; showing a used one revokes the whole family."""

    __tablename__ = "sign_in"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]
    device: Mapped[str | None] = mapped_column(info=PRIVATE)
    """What the device said it is (User-Agent), cut short."""
    last_seen_at: Mapped[datetime | None]
    """When the last pair of tokens was given out."""
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a second factor was shown."""
    known_device_id: Mapped[UUID | None]
    """Of who signed in by a short name and a PIN: the shared device, with which the sign-in ends."""
    only_organization_id: Mapped[UUID | None]
    """Of the same: the one organization acted for, as its staff and no more."""

    user: Mapped[User] = relationship(lazy="raise")


class RefreshToken(Base):
    """A refresh token by its SHA-256; the token itself is never stored."""

    __tablename__ = "refresh_token"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]


class OneTimeToken(Base):
    """A link or code sent to a contact, by the hash of each; works once, for a while, and few guesses are taken."""

    __tablename__ = "one_time_token"
    __table_args__ = (Index("ix_one_time_token_contact", "contact", "purpose"),)

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    purpose: Mapped[TokenPurpose]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    subject_id: Mapped[UUID | None]
    """The contact to prove, or the invitation."""
    kind: Mapped[ContactKind]
    contact: Mapped[str]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class UserContact(Entity):
    """An e-mail address or phone that a person says is theirs; proved, it takes the place of the one before."""

    __tablename__ = "user_contact"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[ContactKind]
    value: Mapped[str] = mapped_column(info=PRIVATE)
    proved_at: Mapped[datetime | None]


class ShortName(Entity):
    """How one of several people who share a telephone signs in: a short name, and a PIN on a device that is known."""

    __tablename__ = "short_name"
    __table_args__ = (
        Index("uq_short_name_phone_name", "phone", "name", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(index=True)
    phone: Mapped[str] = mapped_column(info=PRIVATE)
    """The telephone that is shared, E.164: codes for a forgotten PIN are sent to it."""
    name: Mapped[str] = mapped_column(info=PRIVATE)
    """As it is compared: lower case."""
    pin_hash: Mapped[str] = mapped_column(info=PRIVATE)
    wrong_pins: Mapped[int] = mapped_column(default=0, server_default="0", info=PRIVATE)
    """In a row. Six digits are soon guessed, so that after a few only a new PIN helps."""
    ended_at: Mapped[datetime | None]


class KnownDevice(Entity):
    """A telephone or tablet of an organization on which PINs are taken. Its token is kept as a hash and signs nobody
    in by itself."""

    __tablename__ = "known_device"
    __table_args__ = (Index("uq_known_device_hash", "hash", unique=True),)

    organization_id: Mapped[UUID] = mapped_column(index=True)
    phone: Mapped[str] = mapped_column(info=PRIVATE)
    """Whose short names it takes."""
    name: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary, info=PRIVATE)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    last_used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One way in for a person whose second factor is lost, by its hash."""

    __tablename__ = "recovery_code"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    used_at: Mapped[datetime | None]


class PrivacyConsent(Entity):
    """That a person has read one version of the privacy notice, and agreed or took it back."""

    __tablename__ = "privacy_consent"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    notice: Mapped[str]
    """The version of the notice."""
    withdrawn_at: Mapped[datetime | None]


class ContactReading(Base):
    """Somebody has read contacts of an organization that they do not belong to, or telephones of its delegates."""

    __tablename__ = "contact_reading"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    reader_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    reader_organization_id: Mapped[UUID | None]
    organization_id: Mapped[UUID] = mapped_column(index=True)
    what: Mapped[str]
    about_id: Mapped[UUID | None] = mapped_column(index=True)
    """The event, where delegates were shown."""
    request_id: Mapped[str | None]


class ApiKey(Entity):
    """A key for an integrator's script: acts for one organization with at most its creator's role."""

    __tablename__ = "api_key"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=PRIVATE)
    hint: Mapped[str]
    """The last four characters, so that a person can tell keys apart."""
    scopes: Mapped[list[str] | None]
    """What the key opens; None for keys from before there were scopes, which open all but what is for people."""
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """To the minute or so; written by and by, never by the request itself."""
    revoked_at: Mapped[datetime | None]
