"""names that nobody has placed yet, and what officers decide about them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

TEXTS = postgresql.ARRAY(sa.Text())
KINDS = sa.Enum("name_of", "commodity", "form", "variety", "not_ours", native_enum=False, length=40)


def _create_names() -> None:
    op.create_table(
        "goods_name",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Enum("open", "decided", native_enum=False, length=40), nullable=False),
        sa.Column("may_be", TEXTS, server_default="{}", nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_name")),
        sa.UniqueConstraint("key", name=op.f("uq_goods_name_key")),
    )
    op.create_table(
        "goods_decision",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name_id", sa.Uuid(), nullable=False),
        sa.Column("kind", KINDS, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("concept_id", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("form_id", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("category_id", sa.Text(), nullable=True),
        sa.Column("regions", TEXTS, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_decision")),
        sa.ForeignKeyConstraint(["name_id"], ["goods_name.id"], name=op.f("fk_goods_decision_name_id")),
    )
    op.create_index(
        "uq_goods_decision_in_force", "goods_decision", ["name_id"], unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )  # fmt: skip


def upgrade() -> None:
    _create_names()
    op.create_table(
        "reference_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_state")),
    )
    op.execute("INSERT INTO reference_state (id, version) VALUES (1, 1)")
    op.add_column("listing", sa.Column("name_key", sa.Text(), nullable=True))
    op.create_index("ix_listing_name_key", "listing", ["name_key"], postgresql_where=sa.text("concept_id IS NULL"))


def downgrade() -> None:
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM goods_decision) THEN "
        "RAISE EXCEPTION 'decisions about names would be lost'; END IF; END $$"
    )
    op.drop_index("ix_listing_name_key", "listing")
    op.drop_column("listing", "name_key")
    op.drop_table("reference_state")
    op.drop_table("goods_decision")
    op.drop_table("goods_name")
