"""whether one person speaks for both sides of a paper"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0260"
down_revision = "0250"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was agreed before stays as it was recorded: its contents, and the digests of them, know of no such word.
    op.add_column("agreement", sa.Column("one_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("agreement", "one_hand")
