"""agreements from quotes, and files that were withdrawn"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0075"
branch_labels = None
depends_on = None

ATTACHED, ATTACHED_ONCE = ["subject", "subject_id", "sha256"], "uq_attachment_subject_subject_id_sha256"
NOT_WITHDRAWN = sa.text("withdrawn_at IS NULL")
DRAWN_UP_ONCE = sa.text("converted_from_id IS NULL AND amends_id IS NULL AND discarded_at IS NULL")


def upgrade() -> None:
    op.add_column("agreement", sa.Column("quote_id", sa.Uuid(), nullable=True))
    op.add_column("agreement", sa.Column("trade_terms", postgresql.JSONB(), nullable=True))
    op.create_foreign_key(op.f("fk_agreement_quote_id"), "agreement", "quote", ["quote_id"], ["id"])
    op.create_index(
        "ix_agreement_quote_id", "agreement", ["quote_id"], postgresql_where=sa.text("quote_id IS NOT NULL")
    )
    op.create_index("uq_agreement_quote_id", "agreement", ["quote_id"], unique=True, postgresql_where=DRAWN_UP_ONCE)
    op.add_column("agreement_line", sa.Column("quote_line_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_agreement_line_quote_line_id"), "agreement_line", "quote_line", ["quote_line_id"], ["id"]
    )
    op.create_index(op.f("ix_agreement_line_quote_line_id"), "agreement_line", ["quote_line_id"])
    op.add_column("attachment", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attachment", sa.Column("withdrawal_reason", sa.Text(), nullable=True))
    op.drop_constraint(ATTACHED_ONCE, "attachment", type_="unique")
    op.create_index(ATTACHED_ONCE, "attachment", ATTACHED, unique=True, postgresql_where=NOT_WITHDRAWN)
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])


def downgrade() -> None:
    op.drop_index("ix_attachment_sha256", table_name="attachment")
    op.drop_index(ATTACHED_ONCE, table_name="attachment", postgresql_where=NOT_WITHDRAWN)
    # Before this, what is there is a file of its thing. A message keeps the file that it brought.
    op.execute(
        "DELETE FROM attachment WHERE withdrawn_at IS NOT NULL "
        "AND NOT EXISTS (SELECT FROM thread_message WHERE attachment_id = attachment.id)"
    )
    op.create_unique_constraint(ATTACHED_ONCE, "attachment", ATTACHED)
    op.drop_column("attachment", "withdrawal_reason")
    op.drop_column("attachment", "withdrawn_at")
    op.drop_index(op.f("ix_agreement_line_quote_line_id"), table_name="agreement_line")
    op.drop_constraint(op.f("fk_agreement_line_quote_line_id"), "agreement_line", type_="foreignkey")
    op.drop_column("agreement_line", "quote_line_id")
    op.drop_index("uq_agreement_quote_id", table_name="agreement", postgresql_where=DRAWN_UP_ONCE)
    op.drop_index("ix_agreement_quote_id", table_name="agreement", postgresql_where=sa.text("quote_id IS NOT NULL"))
    op.drop_constraint(op.f("fk_agreement_quote_id"), "agreement", type_="foreignkey")
    op.drop_column("agreement", "trade_terms")
    op.drop_column("agreement", "quote_id")
