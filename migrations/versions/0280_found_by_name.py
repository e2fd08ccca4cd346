"""find those who come to an event, and the parties of papers, by their names in any spelling"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0280"
down_revision = "0270"
branch_labels = None
depends_on = None

# What it costs is said too, so that names are looked up in the index before they are folded row by row.
DELEGATE_NAMES = """
CREATE FUNCTION market_delegate_names(delegates jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
RETURN ARRAY(SELECT market_searchable(person ->> 'name') FROM jsonb_array_elements(delegates) person)
"""


def upgrade() -> None:
    op.execute(DELEGATE_NAMES)
    op.execute(
        "CREATE INDEX ix_event_registration_delegate_names ON event_registration "
        "USING gin (market_delegate_names(delegates)) WITH (fastupdate = off)"
    )
    op.execute("CREATE INDEX ix_organization_searchable_name ON organization (market_searchable(name))")
    known = sa.text("contact_phone IS NOT NULL")
    op.create_index("ix_organization_contact_phone", "organization", ["contact_phone"], postgresql_where=known)


def downgrade() -> None:
    op.drop_index("ix_organization_contact_phone", "organization")
    op.drop_index("ix_organization_searchable_name", "organization")
    op.drop_index("ix_event_registration_delegate_names", "event_registration")
    op.execute("DROP FUNCTION market_delegate_names(jsonb)")
