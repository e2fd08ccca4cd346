"""browsers that news are pushed to; quiet hours and kinds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0241"
down_revision = "0240"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = "notification_preference"
    op.add_column(table, sa.Column("messenger", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column(table, sa.Column("quiet_from", sa.Time(), nullable=True))
    op.add_column(table, sa.Column("quiet_until", sa.Time(), nullable=True))
    kinds = sa.Column("quiet_kinds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    op.add_column(table, kinds)
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_push_subscription_user_id")),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_in.id"], name=op.f("fk_push_subscription_sign_in_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("user_id", "endpoint_hash", name=op.f("uq_push_subscription_user_id_endpoint_hash")),
    )
    op.create_index("ix_push_subscription_sign_in_id", "push_subscription", ["sign_in_id"])


def downgrade() -> None:
    op.drop_table("push_subscription")
    for column in ("quiet_kinds", "quiet_until", "quiet_from", "messenger"):
        op.drop_column("notification_preference", column)
