"""files in threads"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("thread_message", sa.Column("attachment_id", sa.Uuid(), nullable=True))
    op.create_unique_constraint(op.f("uq_thread_message_attachment_id"), "thread_message", ["attachment_id"])
    op.create_foreign_key(
        op.f("fk_thread_message_attachment_id"), "thread_message", "attachment", ["attachment_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_thread_message_attachment_id"), "thread_message", type_="foreignkey")
    op.drop_constraint(op.f("uq_thread_message_attachment_id"), "thread_message", type_="unique")
    op.drop_column("thread_message", "attachment_id")
