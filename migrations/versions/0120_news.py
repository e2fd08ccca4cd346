"""whose deed a notification tells of"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0160"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notification", sa.Column("caused_by", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_notification_mail_caused",
        "notification",
        ["caused_by", "created_at"],
        unique=False,
        postgresql_where=sa.text("caused_by IS NOT NULL AND mail <> 'off'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_notification_mail_caused",
        table_name="notification",
        postgresql_where=sa.text("caused_by IS NOT NULL AND mail <> 'off'"),
    )
    op.drop_column("notification", "caused_by")
