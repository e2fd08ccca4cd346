"""when papers were signed, came into force and ended, beside when the market learned of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0118"
down_revision = "0117"
branch_labels = None
depends_on = None

DAYS = ("signed_on", "effective_on", "ended_on")
FROM_HISTORY = """
UPDATE agreement_course course SET
    signed_on = (said.content -> 'terms' ->> 'signed_on')::date,
    effective_on = (said.content -> 'course' ->> 'effective_on')::date,
    ended_on = (said.content -> 'course' ->> 'ended_on')::date
FROM (
    SELECT course.id, (
        SELECT kept.content FROM agreement_content kept
        JOIN change ON change.entity = 'agreement' AND change.entity_id = kept.agreement_id
            AND change.version = kept.version
        WHERE kept.agreement_id = course.agreement_id AND change.at <= course.since_at
        ORDER BY kept.version DESC LIMIT 1
    ) AS content
    FROM agreement_course course
) said
WHERE said.id = course.id
"""
FROM_ROWS = """
UPDATE agreement_course course SET signed_on = agreement.signed_on
FROM agreement WHERE agreement.id = course.agreement_id AND course.signed_on IS NULL
"""


def upgrade() -> None:
    for name in DAYS:
        op.add_column("agreement_course", sa.Column(name, sa.Date(), nullable=True))
    op.execute(FROM_HISTORY)
    op.execute(FROM_ROWS)
    # What was delivered by a day is read from the ledger, where it is known when it counted.
    op.drop_column("agreement_course", "delivered_vnd")


def downgrade() -> None:
    op.add_column("agreement_course", sa.Column("delivered_vnd", sa.Numeric(24, 3), server_default="0", nullable=False))
    op.alter_column("agreement_course", "delivered_vnd", server_default=None)
    for name in DAYS:
        op.drop_column("agreement_course", name)
