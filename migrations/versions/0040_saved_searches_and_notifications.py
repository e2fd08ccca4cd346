"""saved searches and notifications"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0050"
branch_labels = None
depends_on = None


BEGIN_AT_THE_END = """
INSERT INTO follower_cursor (name, xid, change_id, updated_at)
SELECT 'alerts', xid, id, now() FROM change ORDER BY xid DESC, id DESC LIMIT 1
"""


def upgrade() -> None:
    op.create_table(
        "reported_match",
        sa.Column("watch_id", sa.Uuid(), autoincrement=False, nullable=False),
        sa.Column("thing_id", sa.Uuid(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("watch_id", "thing_id", "published_at", name=op.f("pk_reported_match")),
    )
    op.create_table(
        "notification_preference",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("mail", sa.Enum("off", "instant", "daily", native_enum=False, length=40), nullable=False),
        sa.Column("language", sa.Enum("vi", "en", native_enum=False, length=40), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notification_preference_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_preference")),
        sa.UniqueConstraint("user_id", name=op.f("uq_notification_preference_user_id")),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("entity_version", sa.Integer(), nullable=False),
        sa.Column("watch_entity", sa.Text(), nullable=True),
        sa.Column("watch_id", sa.Uuid(), nullable=True),
        sa.Column("text_vi", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("mail", sa.Enum("off", "instant", "daily", native_enum=False, length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_notification_organization_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notification_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("user_id", "dedupe_key", name=op.f("uq_notification_user_id_dedupe_key")),
    )
    op.create_index(
        "ix_notification_digest",
        "notification",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("mail = 'daily' AND emailed_at IS NULL"),
    )
    op.create_index(
        "ix_notification_unread", "notification", ["user_id"], unique=False, postgresql_where=sa.text("read_at IS NULL")
    )
    op.create_index("ix_notification_user", "notification", ["user_id", "id"], unique=False)
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Enum("listings", "needs", native_enum=False, length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("channel", sa.Enum("in_app", "email", native_enum=False, length=40), nullable=False),
        sa.Column("frequency", sa.Enum("instant", "daily", native_enum=False, length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_saved_search_organization_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_saved_search_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    op.create_index(
        "ix_saved_search_user",
        "saved_search",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "saved_search_reading",
        sa.Column("saved_search_id", sa.Uuid(), autoincrement=False, nullable=False),
        sa.Column("anchors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("watch", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_search_id"],
            ["saved_search.id"],
            name=op.f("fk_saved_search_reading_saved_search_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("saved_search_id", name=op.f("pk_saved_search_reading")),
    )
    op.create_index(
        "ix_saved_search_reading_anchors",
        "saved_search_reading",
        ["anchors"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    # What happened before there were alerts is no news to anybody.
    op.execute(BEGIN_AT_THE_END)


def downgrade() -> None:
    op.execute("DELETE FROM follower_cursor WHERE name = 'alerts'")
    op.drop_index("ix_saved_search_reading_anchors", table_name="saved_search_reading", postgresql_using="gin")
    op.drop_table("saved_search_reading")
    op.drop_index("ix_saved_search_user", table_name="saved_search", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_table("saved_search")
    op.drop_index("ix_notification_user", table_name="notification")
    op.drop_index("ix_notification_unread", table_name="notification", postgresql_where=sa.text("read_at IS NULL"))
    op.drop_index(
        "ix_notification_digest",
        table_name="notification",
        postgresql_where=sa.text("mail = 'daily' AND emailed_at IS NULL"),
    )
    op.drop_table("notification")
    op.drop_table("notification_preference")
    op.drop_table("reported_match")
