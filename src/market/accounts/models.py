"""Tables of people and of what they sign in with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.core import clock
from market.core.changes import PRIVATE
from market.core.db import Base, Entity


class User(Entity):
    """A person. Signs in by e-mail or phone; at least one of them is known."""

    __tablename__ = "user_account"
    __table_args__ = (Index("uq_user_account_email", text("lower(email)"), unique=True),)

    full_name: Mapped[str] = mapped_column(info=PRIVATE)
    email: Mapped[str | None] = mapped_column(info=PRIVATE)
    phone: Mapped[str | None] = mapped_column(unique=True, info=PRIVATE)
    """E.164."""
    password_hash: Mapped[str] = mapped_column(info=PRIVATE)
    platform_roles: Mapped[list[str]] = mapped_column(default=list)
    deactivated_at: Mapped[datetime | None]


class SignIn(Entity):
    """One signed-in device. Its refresh tokens form a family; showing a used one revokes the whole family."""

    __tablename__ = "sign_in"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]

    user: Mapped[User] = relationship(lazy="raise")


class RefreshToken(Base):
    """A refresh token by its SHA-256; the token itself is never stored."""

    __tablename__ = "refresh_token"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]


class ApiKey(Entity):
    """A key for an integrator's script: acts for one organization with at most its creator's role."""

    __tablename__ = "api_key"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=PRIVATE)
    hint: Mapped[str]
    """The last four characters, so that a person can tell keys apart."""
    revoked_at: Mapped[datetime | None]
