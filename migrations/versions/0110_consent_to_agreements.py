"""who consented to what an agreement says: clauses, mandates, contests and proposals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0110"
down_revision = "0118"
branch_labels = None
depends_on = None

VOUCHED = """
UPDATE agreement SET vouched = true, vouched_by_id = logged_by_id
WHERE status <> 'draft' AND (
    logged_by_id IS NULL
    OR effective_on IS NOT NULL
    OR EXISTS (SELECT FROM event WHERE event.id = agreement.event_id AND event.organizer_id = agreement.logged_by_id)
)
"""
"""What counted until now goes on counting where somebody answered for it: officers, the event's body, or every side."""
CONSENT = """
WITH principal AS (
    SELECT party.*,
        CASE WHEN party.role IN ('seller', 'buyer') THEN party.role ELSE party.position::text END AS side
    FROM agreement_party AS party
    WHERE party.role IN ('seller', 'buyer') OR (party.role = 'authority' AND NOT EXISTS (
        SELECT FROM agreement_party AS other
        WHERE other.agreement_id = party.agreement_id AND other.role IN ('seller', 'buyer')
    ))
), judged AS (
    SELECT agreement_id,
        count(organization_id) >= 2
        AND count(DISTINCT side) = count(DISTINCT side) FILTER (WHERE organization_id IS NOT NULL)
        AND count(organization_id) = count(confirmed_at) FILTER (WHERE organization_id IS NOT NULL) AS confirmed
    FROM principal GROUP BY agreement_id
)
UPDATE agreement SET consent = CASE WHEN judged.confirmed THEN 'confirmed' WHEN vouched THEN 'vouched' ELSE 'note' END
FROM judged WHERE judged.agreement_id = agreement.id
"""
UNCOUNTED = """
UPDATE agreement_course AS course SET until_at = greatest(now(), since_at)
FROM agreement WHERE agreement.id = course.agreement_id AND until_at IS NULL AND agreement.consent = 'note'
"""


def upgrade() -> None:
    op.add_column("agreement", sa.Column("clauses", sa.Text(), nullable=True))
    op.add_column("agreement", sa.Column("vouched", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("agreement", sa.Column("vouched_by_id", sa.Uuid(), nullable=True))
    op.add_column("agreement", sa.Column("mandate", sa.Text(), nullable=True))
    op.add_column("agreement", sa.Column("consent", sa.Text(), server_default=sa.text("'note'"), nullable=False))
    op.create_foreign_key(op.f("fk_agreement_vouched_by_id"), "agreement", "organization", ["vouched_by_id"], ["id"])
    op.add_column("agreement_party", sa.Column("mandate", sa.Text(), nullable=True))
    op.add_column("agreement_party", sa.Column("contested_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agreement_party", sa.Column("contest_words", sa.Text(), nullable=True))
    _create_proposals()
    op.execute(VOUCHED)
    op.execute(CONSENT)
    op.execute(UNCOUNTED)


def _create_proposals() -> None:
    op.create_table(
        "agreement_proposal",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("accepted", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("mandate", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(verb = 'amend') = (result_id is not null)", name=op.f("ck_agreement_proposal_amendment_has_a_result")
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_proposal_agreement_id")),
        sa.ForeignKeyConstraint(["result_id"], ["agreement.id"], name=op.f("fk_agreement_proposal_result_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["organization.id"], name=op.f("fk_agreement_proposal_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_proposal")),
    )
    op.create_index("ix_agreement_proposal_agreement_id", "agreement_proposal", ["agreement_id"])
    op.create_index("ix_agreement_proposal_asked", "agreement_proposal", ["asked"], postgresql_using="gin")
    op.create_index("uq_agreement_proposal_result_id", "agreement_proposal", ["result_id"], unique=True)


def downgrade() -> None:
    op.drop_table("agreement_proposal")
    op.drop_column("agreement_party", "contest_words")
    op.drop_column("agreement_party", "contested_at")
    op.drop_column("agreement_party", "mandate")
    op.drop_constraint(op.f("fk_agreement_vouched_by_id"), "agreement", type_="foreignkey")
    for column in ("consent", "mandate", "vouched_by_id", "vouched", "clauses"):
        op.drop_column("agreement", column)
