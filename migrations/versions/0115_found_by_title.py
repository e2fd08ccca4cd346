"""find an organization's own listings and needs by their titles, to tell what is entered twice"""

from __future__ import annotations

from alembic import op

revision = "0115"
down_revision = "0140"
branch_labels = None
depends_on = None

KINDS = ("listing", "need")


def upgrade() -> None:
    for kind in KINDS:
        op.execute(f"CREATE INDEX ix_{kind}_own_title ON {kind} (organization_id, btrim(market_searchable(title)))")


def downgrade() -> None:
    for kind in KINDS:
        op.execute(f"DROP INDEX ix_{kind}_own_title")
