"""agreements from quotes, and files that were withdrawn"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0075"
branch_labels = None
depends_on = None

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


def downgrade() -> None:
    op.drop_index(op.f("ix_agreement_line_quote_line_id"), table_name="agreement_line")
    op.drop_constraint(op.f("fk_agreement_line_quote_line_id"), "agreement_line", type_="foreignkey")
    op.drop_column("agreement_line", "quote_line_id")
    op.drop_index("uq_agreement_quote_id", table_name="agreement", postgresql_where=DRAWN_UP_ONCE)
    op.drop_index("ix_agreement_quote_id", table_name="agreement", postgresql_where=sa.text("quote_id IS NOT NULL"))
    op.drop_constraint(op.f("fk_agreement_quote_id"), "agreement", type_="foreignkey")
    op.drop_column("agreement", "trade_terms")
    op.drop_column("agreement", "quote_id")
