"""photos, and those that come in pieces"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0160"
down_revision = "0106"
branch_labels = None
depends_on = None

SHOWN = sa.text("removed_at IS NULL")
INDEXES = {
    "ix_photo_subject": ["subject_id", "subject"],
    "ix_photo_small_sha256": ["small_sha256"],
    "ix_photo_large_sha256": ["large_sha256"],
    "ix_photo_organization_id": ["organization_id"],
}


def upgrade() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("small_sha256", sa.Text(), nullable=False),
        sa.Column("large_sha256", sa.Text(), nullable=False),
        sa.Column("thumbhash", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("signing_key", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_photo_not_empty")),
        sa.CheckConstraint("place > 0", name=op.f("ck_photo_place_positive")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_photo_organization_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["user_account.id"], name=op.f("fk_photo_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "photo", columns, postgresql_where=SHOWN)
    _create_uploads()
    for table in ("listing", "organization"):
        op.add_column(table, sa.Column("photo", postgresql.JSONB(), nullable=True))


def _create_uploads() -> None:
    op.create_table(
        "photo_upload",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("received >= 0 AND received <= length", name=op.f("ck_photo_upload_received_within_length")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_photo_upload_user_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_upload_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_upload")),
    )
    op.create_index(op.f("ix_photo_upload_user_id"), "photo_upload", ["user_id"])
    op.create_index(op.f("ix_photo_upload_expires_at"), "photo_upload", ["expires_at"])
    op.create_table(
        "photo_upload_part",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["photo_upload.id"], name=op.f("fk_photo_upload_part_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "starts_at", name=op.f("pk_photo_upload_part")),
    )


def downgrade() -> None:
    for table in ("organization", "listing"):
        op.drop_column(table, "photo")
    op.drop_table("photo_upload_part")
    op.drop_table("photo_upload")
    op.drop_table("photo")
