"""since when organizations are looked at, so that reports of a past day know who was known on it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0310"
down_revision = "0307"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

IS_LOOKED_AT = """
CREATE FUNCTION market_is_looked_at(verification text, kinds text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT verification = 'verified' OR kinds && ARRAY['organizer', 'authority']::text[]
$$
"""

NOTE = """
CREATE FUNCTION market_note_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF market_is_looked_at(NEW.verification, NEW.kinds) THEN
        INSERT INTO organization_standing (organization_id, since_at) VALUES (NEW.id, NEW.updated_at)
        ON CONFLICT (organization_id) WHERE until_at IS NULL DO NOTHING;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE organization_standing SET until_at = greatest(NEW.updated_at, since_at)
        WHERE organization_id = NEW.id AND until_at IS NULL;
    END IF;
    RETURN NULL;
END $$
"""

FROM_THE_LOG = """
DO $$
DECLARE
    entry record;
    current_id uuid;
    verification text;
    kinds text[];
BEGIN
    FOR entry IN
        SELECT change.entity_id AS id, change.at, change.diff FROM change
        JOIN organization ON organization.id = change.entity_id
        WHERE entity = 'organization' AND (diff ? 'verification' OR diff ? 'kinds')
        ORDER BY change.entity_id, change.xid, change.id
    LOOP
        IF current_id IS DISTINCT FROM entry.id THEN
            current_id := entry.id; verification := 'unverified'; kinds := '{}';
        END IF;
        verification := coalesce(entry.diff->'verification'->>1, verification);
        IF jsonb_typeof(entry.diff->'kinds'->1) = 'array' THEN
            kinds := ARRAY(SELECT jsonb_array_elements_text(entry.diff->'kinds'->1));
        END IF;
        IF market_is_looked_at(verification, kinds) THEN
            INSERT INTO organization_standing (organization_id, since_at) VALUES (entry.id, entry.at)
            ON CONFLICT (organization_id) WHERE until_at IS NULL DO NOTHING;
        ELSE
            UPDATE organization_standing SET until_at = greatest(entry.at, since_at)
            WHERE organization_id = entry.id AND until_at IS NULL;
        END IF;
    END LOOP;
    -- Rows that are older than the log, or were put beside it.
    INSERT INTO organization_standing (organization_id, since_at)
    SELECT id, coalesce(verified_at, created_at) FROM organization
    WHERE market_is_looked_at(organization.verification, organization.kinds)
    ON CONFLICT (organization_id) WHERE until_at IS NULL DO NOTHING;
    UPDATE organization_standing SET until_at = greatest(organization.updated_at, since_at) FROM organization
    WHERE organization.id = organization_id AND until_at IS NULL
        AND NOT market_is_looked_at(organization.verification, organization.kinds);
END $$
"""


def upgrade() -> None:
    to = sa.ForeignKey("organization.id", name=op.f("fk_organization_standing_organization_id"))
    op.create_table(
        "organization_standing",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), to, nullable=False),
        sa.Column("since_at", INSTANT, nullable=False),
        sa.Column("until_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_standing")),
    )
    op.create_index(op.f("ix_organization_standing_organization_id"), "organization_standing", ["organization_id"])
    op.create_index(
        "uq_organization_standing_open",
        "organization_standing",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.execute(IS_LOOKED_AT)
    op.execute(NOTE)
    op.execute(FROM_THE_LOG)
    op.execute(
        "CREATE TRIGGER organization_note_standing AFTER INSERT OR UPDATE OF verification, kinds ON organization "
        "FOR EACH ROW EXECUTE FUNCTION market_note_standing()"
    )
    # What counted before this was told by other entries; the follower begins here.
    op.execute(
        "INSERT INTO follower_cursor (name, xid, change_id, updated_at) "
        "SELECT 'counting', xid, id, now() FROM change ORDER BY xid DESC, id DESC LIMIT 1"
    )
    op.execute("SELECT market_grant_roles()")


def downgrade() -> None:
    op.execute("DELETE FROM follower_cursor WHERE name = 'counting'")
    op.execute("DROP TRIGGER organization_note_standing ON organization")
    op.execute("DROP FUNCTION market_note_standing()")
    op.drop_table("organization_standing")
    op.execute("DROP FUNCTION market_is_looked_at(text, text[])")
