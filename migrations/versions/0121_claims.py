"""claims: identity and kinds are verified one by one; certificates name their evidence"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0121"
down_revision = "0120"
branch_labels = None
depends_on = None

IDENTITIES = """
INSERT INTO claim (organization_id, subject, statement, status, decided_by, decided_at, decision_note, version,
                   created_at, updated_at)
SELECT id, 'identity',
       json_build_object('name', name, 'tax_code', tax_code, 'legal_form', legal_form,
                         'province_code', province_code, 'province_version', province_version),
       CASE verification WHEN 'unverified' THEN 'open' ELSE verification END,
       verified_by, verified_at, verification_note, 1, now(), now()
FROM organization
"""

# A verified organization could give itself any kind afterwards: what it said since nobody has seen.
SEEN = """
    o.verification = 'verified' AND o.verified_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM change c
        WHERE c.entity = 'organization' AND c.entity_id = o.id AND c.at > o.verified_at
          AND c.diff ?| ARRAY['kinds', 'asked_kinds']
    )
"""

KINDS = f"""
INSERT INTO claim (organization_id, subject, kind, statement, status, decided_by, decided_at, version,
                   created_at, updated_at)
SELECT o.id, 'kind', kind, '{{}}',
       CASE WHEN {SEEN} THEN 'verified' ELSE 'open' END,
       CASE WHEN {SEEN} THEN o.verified_by END, CASE WHEN {SEEN} THEN o.verified_at END, 1, now(), now()
FROM organization o CROSS JOIN LATERAL unnest(o.kinds) AS kind
"""

TAKE_BACK = """
UPDATE organization o
SET asked_kinds = asked.kinds,
    kinds = ARRAY(SELECT kind FROM unnest(o.kinds) AS kind WHERE NOT kind = ANY (asked.kinds) ORDER BY kind)
FROM (
    SELECT organization_id, array_agg(kind ORDER BY kind) AS kinds FROM claim
    WHERE subject = 'kind' AND status = 'open' AND kind IN ('organizer', 'authority') GROUP BY organization_id
) asked
WHERE asked.organization_id = o.id
"""

GIVE_BACK = """
UPDATE organization
SET kinds = ARRAY(SELECT DISTINCT kind FROM unnest(kinds || asked_kinds) AS kind ORDER BY kind)
WHERE asked_kinds <> '{}'
"""

# The older rule knows one organization for each tax code: the verified one keeps it, else the first.
ONE_FOR_EACH = """
UPDATE organization o SET tax_code = NULL
WHERE tax_code IS NOT NULL AND EXISTS (
    SELECT FROM organization other
    WHERE other.tax_code = o.tax_code AND other.id <> o.id
      AND (other.verification = 'verified', o.id) > (o.verification = 'verified', other.id)
)
"""


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Enum("identity", "kind", "tax_code", native_enum=False, length=40), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("statement", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("open", "verified", "rejected", "suspended", "withdrawn", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_claim_organization_id")),
        sa.ForeignKeyConstraint(["claimed_by"], ["user_account.id"], name=op.f("fk_claim_claimed_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_claim_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    living = "status IN ('open', 'suspended') OR (status = 'verified' AND subject <> 'tax_code')"
    op.create_index(
        "uq_claim_living",
        "claim",
        ["organization_id", "subject", sa.text("coalesce(kind, '')")],
        unique=True,
        postgresql_where=sa.text(living),
    )
    op.create_index(
        "ix_claim_waiting", "claim", ["id"], unique=False, postgresql_where=sa.text("status IN ('open', 'suspended')")
    )
    op.add_column(
        "organization",
        sa.Column("asked_kinds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("certificate", sa.Column("reference", sa.Text(), nullable=True))
    op.drop_index("uq_organization_tax_code", table_name="organization")
    verified = "tax_code IS NOT NULL AND verification = 'verified'"
    op.create_index(
        "uq_organization_tax_code", "organization", ["tax_code"], unique=True, postgresql_where=sa.text(verified)
    )
    op.create_index(
        "ix_organization_tax_code",
        "organization",
        ["tax_code"],
        unique=False,
        postgresql_where=sa.text("tax_code IS NOT NULL"),
    )
    for statement in (IDENTITIES, KINDS, TAKE_BACK):
        op.execute(statement)


def downgrade() -> None:
    op.execute(GIVE_BACK)
    op.execute(ONE_FOR_EACH)
    op.execute("UPDATE certificate SET verification = 'unverified' WHERE verification = 'suspended'")
    op.drop_index("ix_organization_tax_code", table_name="organization")
    op.drop_index("uq_organization_tax_code", table_name="organization")
    op.create_index(
        "uq_organization_tax_code",
        "organization",
        ["tax_code"],
        unique=True,
        postgresql_where=sa.text("tax_code IS NOT NULL"),
    )
    op.drop_column("certificate", "reference")
    op.drop_column("organization", "asked_kinds")
    op.drop_table("claim")
