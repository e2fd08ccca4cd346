"""find what was superseded and what was converted without reading every stretch"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_agreement_course_superseded",
        "agreement_course",
        ["agreement_id"],
        postgresql_where=sa.text("status = 'superseded'"),
    )
    op.create_index(
        "ix_agreement_course_converted",
        "agreement_course",
        ["converted_first_id"],
        postgresql_where=sa.text("converted_first_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_agreement_course_converted", table_name="agreement_course")
    op.drop_index("ix_agreement_course_superseded", table_name="agreement_course")
