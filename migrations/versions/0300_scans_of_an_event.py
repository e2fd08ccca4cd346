"""scans of papers signed at an event: matched to their agreements, or waiting for a person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0300"
down_revision = "0292"
branch_labels = None
depends_on = None

INSTANT, NOW = sa.DateTime(timezone=True), sa.text("now()")


def _to(table: str, column: str, *, needed: bool = True) -> sa.Column[sa.Uuid]:
    name = op.f(f"fk_event_scan_{column}")
    return sa.Column(column, sa.Uuid(), sa.ForeignKey(f"{table}.id", name=name), nullable=not needed)


def upgrade() -> None:
    op.create_table(
        "event_scan",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        _to("event", "event_id"),
        sa.Column("sha256", sa.Text(), nullable=False),
        _to("attachment", "attachment_id"),
        sa.Column("state", sa.String(40), nullable=False),
        _to("agreement", "agreement_id", needed=False),
        sa.Column("matched_by", sa.String(40)),
        sa.Column("version_printed", sa.Integer()),
        sa.Column("cause", sa.String(40)),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("updated_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_scan")),
        sa.UniqueConstraint("event_id", "sha256", name=op.f("uq_event_scan_event_id_sha256")),
        sa.CheckConstraint(
            "(state = 'attached') = (agreement_id is not null)", name=op.f("ck_event_scan_attached_to_something")
        ),
    )
    op.create_index("ix_event_scan_event_id_state", "event_scan", ["event_id", "state"])
    op.create_index(op.f("ix_event_scan_attachment_id"), "event_scan", ["attachment_id"])
    op.create_index(op.f("ix_event_scan_agreement_id"), "event_scan", ["agreement_id"])
    op.execute("SELECT market_grant_roles()")


def downgrade() -> None:
    op.drop_table("event_scan")
    # The code from before knows no files that wait for their paper.
    op.execute("DELETE FROM attachment WHERE subject = 'scan'")
