"""what follows an event: walking between halls, follow-ups done, survey visits, feedback, photos of booths; one log of
who read contacts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0210"
down_revision = "0180"
branch_labels = None
depends_on = None

ZERO, NOW = sa.text("0"), sa.text("now()")
FOLLOW_UPS = sa.text("follow_up_on IS NOT NULL AND follow_up_done_at IS NULL")


def upgrade() -> None:
    op.add_column("event", sa.Column("walking_minutes", sa.Integer(), server_default=ZERO, nullable=False))
    op.add_column("event", sa.Column("follows_id", sa.Uuid(), sa.ForeignKey("event.id", name="fk_event_follows_id")))
    op.create_index(op.f("ix_event_follows_id"), "event", ["follows_id"])
    op.create_check_constraint(op.f("ck_event_walking_minutes_sensible"), "event", "walking_minutes between 0 and 120")
    op.add_column("event_registration", sa.Column("photo", postgresql.JSONB(), nullable=True))
    op.add_column("meeting", sa.Column("follow_up_done_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_meeting_follow_up_on", "meeting", ["follow_up_on"], postgresql_where=FOLLOW_UPS)
    op.add_column("notification", sa.Column("texted_at", sa.DateTime(timezone=True), nullable=True))
    _create_findings()
    _create_feedback()
    _join_contact_reads()


def _entity(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), sa.ForeignKey("event.id", name=f"fk_{name}_event_id"), nullable=False),
        sa.Column(
            "organization_id",
            sa.Uuid(),
            sa.ForeignKey("organization.id", name=f"fk_{name}_organization_id"),
            nullable=False,
        ),
        *columns,
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _create_findings() -> None:
    _entity(
        "event_finding",
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("concept_id", sa.Text(), sa.ForeignKey("concept.id", name="fk_event_finding_concept_id")),
        sa.Column("area_ha", sa.Numeric(12, 2), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("area_ha > 0", name=op.f("ck_event_finding_area_positive")),
    )
    op.create_index(op.f("ix_event_finding_event_id"), "event_finding", ["event_id"])


def _create_feedback() -> None:
    _entity(
        "event_feedback",
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.CheckConstraint("rating between 1 and 5", name=op.f("ck_event_feedback_rating_in_range")),
        sa.UniqueConstraint("event_id", "organization_id", name=op.f("uq_event_feedback_event_id_organization_id")),
    )


def _join_contact_reads() -> None:
    """What was noted of delegates' telephones stands beside what was noted of organizations' contacts."""
    op.add_column("contact_reading", sa.Column("about_id", sa.Uuid(), nullable=True))
    op.add_column("contact_reading", sa.Column("reader_organization_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_contact_reading_about_id"), "contact_reading", ["about_id"])
    op.execute(
        """
        INSERT INTO contact_reading (id, at, reader_id, organization_id, what, request_id, about_id,
            reader_organization_id)
        SELECT uuidv7(), at, reader_user_id, organization_id, 'delegates', request_id, event_id, reader_organization_id
        FROM event_contact_read CROSS JOIN unnest(organization_ids) organization_id
        WHERE reader_user_id IS NOT NULL
        """
    )
    op.drop_table("event_contact_read")


def _part_contact_reads() -> None:
    op.create_table(
        "event_contact_read",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "event_id", sa.Uuid(), sa.ForeignKey("event.id", name="fk_event_contact_read_event_id"), nullable=False
        ),
        sa.Column("organization_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reader_user_id", sa.Uuid(), nullable=True),
        sa.Column("reader_organization_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_contact_read")),
    )
    op.create_index(op.f("ix_event_contact_read_event_id"), "event_contact_read", ["event_id"])
    op.execute(
        """
        INSERT INTO event_contact_read (at, event_id, organization_ids, reader_user_id, reader_organization_id,
            request_id)
        SELECT at, about_id, array_agg(organization_id), reader_id, reader_organization_id, request_id
        FROM contact_reading WHERE about_id IS NOT NULL
        GROUP BY at, about_id, reader_id, reader_organization_id, request_id ORDER BY at
        """
    )
    op.execute("DELETE FROM contact_reading WHERE about_id IS NOT NULL")
    op.drop_index(op.f("ix_contact_reading_about_id"), table_name="contact_reading")
    op.drop_column("contact_reading", "reader_organization_id")
    op.drop_column("contact_reading", "about_id")


def downgrade() -> None:
    _part_contact_reads()
    op.drop_table("event_feedback")
    op.drop_table("event_finding")
    op.drop_column("notification", "texted_at")
    op.drop_index("ix_meeting_follow_up_on", table_name="meeting")
    op.drop_column("meeting", "follow_up_done_at")
    op.drop_column("event_registration", "photo")
    op.drop_constraint(op.f("ck_event_walking_minutes_sensible"), "event")
    op.drop_index(op.f("ix_event_follows_id"), table_name="event")
    op.drop_column("event", "follows_id")
    op.drop_column("event", "walking_minutes")
