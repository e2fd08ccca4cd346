"""Tables of photos, and of those that come in pieces over bad lines."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.changes import PRIVATE
from market.core.db import Base, Entity
from market.core.ids import new_id

SubjectKind = Literal["listing", "organization", "booth", "lot"]
"""What photos may be of. A new one is a word here and a `PhotoSubject` in `photo_subjects.py`."""

Cover = Annotated[dict[str, Any], mapped_column(JSONB(none_as_null=True), info=PRIVATE)]
"""The first photo of a subject, kept in its own row so that cards need no other: see `addresses.cover_of`."""


class Photo(Entity):
    """A picture of something, in two widths; the contents lie in the blob store under their hashes."""

    __tablename__ = "photo"
    __table_args__ = (
        Index("ix_photo_subject", "subject_id", "subject", postgresql_where=text("removed_at IS NULL")),
        Index("ix_photo_small_sha256", "small_sha256", postgresql_where=text("removed_at IS NULL")),
        Index("ix_photo_large_sha256", "large_sha256", postgresql_where=text("removed_at IS NULL")),
        Index("ix_photo_organization_id", "organization_id", postgresql_where=text("removed_at IS NULL")),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("place > 0", name="place_positive"),
    )

    subject: Mapped[SubjectKind]
    subject_id: Mapped[UUID]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    """Whose it is, and whose storage it takes."""
    place: Mapped[int]
    """1 is the one that cards show."""
    alt: Mapped[str]
    small_sha256: Mapped[str]
    large_sha256: Mapped[str]
    thumbhash: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    """Of both contents, in bytes."""
    signing_key: Mapped[str] = mapped_column(info=PRIVATE)
    """Signs the addresses under which it is shown to its own people while it is not public."""
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime | None]
    """Its contents are swept away after that; the row stays as history."""


class PhotoUpload(Base):
    """A photo that comes in pieces; it is no photo yet, and forgotten when it has expired."""

    __tablename__ = "photo_upload"
    __table_args__ = (CheckConstraint("received >= 0 AND received <= length", name="received_within_length"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    subject: Mapped[SubjectKind]
    subject_id: Mapped[UUID]
    alt: Mapped[str | None]
    length: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    """Both in bytes."""
    photo_id: Mapped[UUID | None] = mapped_column(ForeignKey("photo.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PhotoUploadPart(Base):
    """Some bytes of an upload; in the database, so that any machine of the market can take the next ones."""

    __tablename__ = "photo_upload_part"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("photo_upload.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
