"""who takes no messages from whom, and threads that were reported to officers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0122"
down_revision = "0121"
branch_labels = None
depends_on = None


def _entity() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "thread_block",
        *_entity(),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_thread_block_organization_id")),
        sa.ForeignKeyConstraint(["blocked_id"], ["organization.id"], name=op.f("fk_thread_block_blocked_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_block")),
        sa.UniqueConstraint("organization_id", "blocked_id", name=op.f("uq_thread_block_organization_id_blocked_id")),
    )
    op.create_table(
        "thread_report",
        *_entity(),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum("spam", "fraud", "abuse", "impersonation", "other", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("status", sa.Enum("open", "settled", native_enum=False, length=40), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_report_thread_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_thread_report_organization_id")
        ),
        sa.ForeignKeyConstraint(["reported_by"], ["user_account.id"], name=op.f("fk_thread_report_reported_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["user_account.id"], name=op.f("fk_thread_report_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_report")),
    )
    op.create_index(
        "uq_thread_report_open",
        "thread_report",
        ["thread_id", "organization_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("thread_report")
    op.drop_table("thread_block")
