"""history, confirmations and course"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0040"
branch_labels = None
depends_on = None

APPEND_ONLY = ("agreement_link", "delivery_confirmation")

COURSE_FROM_HISTORY = """
WITH RECURSIVE first_version(id, first_id) AS (
    SELECT id, id FROM agreement WHERE amends_id IS NULL
    UNION ALL
    SELECT agreement.id, first_version.first_id
    FROM agreement JOIN first_version ON agreement.amends_id = first_version.id
), said AS (
    SELECT kept.agreement_id, kept.version, change.at,
        kept.content -> 'terms' AS terms, kept.content -> 'course' AS course
    FROM agreement_content kept
    JOIN change ON change.entity = 'agreement' AND change.entity_id = kept.agreement_id
        AND change.version = kept.version
    WHERE kept.content -> 'course' ->> 'status' <> 'draft'
), arrival AS (
    SELECT line.agreement_id, delivery.created_at AS at,
        (delivery.quantity - delivery.rejected) * coalesce(line.price_vnd, 0) AS worth
    FROM delivery JOIN agreement_line line ON line.id = delivery.line_id
), moment AS (
    SELECT agreement_id, at FROM said UNION SELECT agreement_id, at FROM arrival
)
INSERT INTO agreement_course (
    agreement_id, since_at, until_at, first_id, amends_id, converted_first_id, instrument, domain, status,
    was_effective, cause, event_id, province_code, province_version, value_vnd, delivered_vnd
)
SELECT
    moment.agreement_id, moment.at, lead(moment.at) OVER (PARTITION BY moment.agreement_id ORDER BY moment.at),
    own.first_id, (terms ->> 'amends_id')::uuid, mou.first_id, terms ->> 'instrument', terms ->> 'domain',
    course ->> 'status', course ->> 'effective_on' IS NOT NULL, course ->> 'cause', (terms ->> 'event_id')::uuid,
    terms ->> 'province_code', terms ->> 'province_version', (terms ->> 'value_vnd')::bigint,
    coalesce((
        SELECT sum(worth) FROM arrival
        WHERE arrival.agreement_id = moment.agreement_id AND arrival.at <= moment.at
    ), 0)
FROM moment
JOIN LATERAL (
    SELECT terms, course FROM said
    WHERE said.agreement_id = moment.agreement_id AND said.at <= moment.at ORDER BY said.version DESC LIMIT 1
) newest ON true
JOIN first_version own ON own.id = moment.agreement_id
LEFT JOIN first_version mou ON mou.id = (terms ->> 'converted_from_id')::uuid
"""


def _refuse_changes(table: str) -> None:
    for name, events, each in (("append_only", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {events} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION market_append_only()"
        )


def upgrade() -> None:
    op.create_table(
        "agreement_link",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("payload_sha256", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_agreement_link")),
    )
    op.create_index("uq_agreement_link_change_id", "agreement_link", ["change_id"], unique=True)
    op.create_table(
        "agreement_course",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("amends_id", sa.Uuid(), nullable=True),
        sa.Column("converted_first_id", sa.Uuid(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("was_effective", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("province_code", sa.Text(), nullable=True),
        sa.Column("province_version", sa.Text(), nullable=True),
        sa.Column("value_vnd", sa.BigInteger(), nullable=True),
        sa.Column("delivered_vnd", sa.Numeric(precision=24, scale=3), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_course_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_course")),
    )
    op.create_index("ix_agreement_course_event_id", "agreement_course", ["event_id"], unique=False)
    op.create_index(
        "uq_agreement_course_open",
        "agreement_course",
        ["agreement_id"],
        unique=True,
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_table(
        "delivery_confirmation",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_confirmation_delivery_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_delivery_confirmation_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_confirmation")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_delivery_confirmation_delivery_id")),
    )
    for table in APPEND_ONLY:
        _refuse_changes(table)
    op.execute(COURSE_FROM_HISTORY)


def downgrade() -> None:
    op.drop_table("delivery_confirmation")
    op.drop_index(
        "uq_agreement_course_open", table_name="agreement_course", postgresql_where=sa.text("until_at IS NULL")
    )
    op.drop_index("ix_agreement_course_event_id", table_name="agreement_course")
    op.drop_table("agreement_course")
    op.drop_index("uq_agreement_link_change_id", table_name="agreement_link")
    op.drop_table("agreement_link")
