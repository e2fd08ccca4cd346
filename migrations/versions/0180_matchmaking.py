"""matchmaking events: halls and sessions, waiting list, wishes, meetings, the desk and its devices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0180"
down_revision = "0190"
branch_labels = None
depends_on = None

EMPTY_LIST = sa.text("'[]'::jsonb")
EVENT_COLUMNS = (
    sa.Column("halls", postgresql.JSONB(), server_default=EMPTY_LIST, nullable=False),
    sa.Column("sessions", postgresql.JSONB(), server_default=EMPTY_LIST, nullable=False),
    sa.Column("booths", postgresql.JSONB(), server_default=EMPTY_LIST, nullable=False),
    sa.Column("slot_minutes", sa.Integer(), server_default=sa.text("20"), nullable=False),
    sa.Column("break_minutes", sa.Integer(), server_default=sa.text("5"), nullable=False),
    sa.Column("capacity_organizations", sa.Integer(), nullable=True),
    sa.Column("capacity_delegates", sa.Integer(), nullable=True),
    sa.Column("registration_closes_on", sa.Date(), nullable=True),
    sa.Column("wishes_close_on", sa.Date(), nullable=True),
    sa.Column("most_meetings", sa.Integer(), nullable=True),
    sa.Column("cloned_from_id", sa.Uuid(), sa.ForeignKey("event.id", name="fk_event_cloned_from_id"), nullable=True),
)
REGISTRATION_COLUMNS = (
    sa.Column("side", sa.String(length=40), nullable=True),
    sa.Column("booth_numbers", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column("away", postgresql.JSONB(), server_default=EMPTY_LIST, nullable=False),
    sa.Column("consent", sa.Text(), nullable=True),
)


def _entity(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        *columns,
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _reference(table: str, column: str, target: str, *, nullable: bool = False) -> sa.Column[object]:
    name = f"fk_{table}_{column}"
    return sa.Column(column, sa.Uuid(), sa.ForeignKey(f"{target}.id", name=name), nullable=nullable)


def upgrade() -> None:
    for column in EVENT_COLUMNS:
        op.add_column("event", column)
    for column in REGISTRATION_COLUMNS:
        op.add_column("event_registration", column)
    op.create_check_constraint(op.f("ck_event_slot_minutes_sensible"), "event", "slot_minutes between 5 and 480")
    op.create_check_constraint(op.f("ck_event_break_minutes_sensible"), "event", "break_minutes between 0 and 240")
    _create_wishes()
    _create_meetings()
    _create_desk()
    op.create_table(
        "event_contact_read",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _reference("event_contact_read", "event_id", "event"),
        sa.Column("organization_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reader_user_id", sa.Uuid(), nullable=True),
        sa.Column("reader_organization_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_contact_read")),
    )
    op.create_index(op.f("ix_event_contact_read_event_id"), "event_contact_read", ["event_id"])


def _create_wishes() -> None:
    _entity(
        "event_wish",
        _reference("event_wish", "event_id", "event"),
        _reference("event_wish", "organization_id", "organization"),
        _reference("event_wish", "partner_id", "organization"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint(
            "event_id", "organization_id", "partner_id", name=op.f("uq_event_wish_event_id_organization_id_partner_id")
        ),
    )


def _create_meetings() -> None:
    _entity(
        "meeting",
        _reference("meeting", "event_id", "event"),
        _reference("meeting", "seller_id", "organization"),
        _reference("meeting", "buyer_id", "organization"),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("outcome_reason", sa.Text(), nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome_key", sa.Text(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("follow_up_note", sa.Text(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_period_in_order")),
    )
    op.create_index(op.f("ix_meeting_event_id"), "meeting", ["event_id", "starts_at"])
    for who, columns in (("seller", "seller_id"), ("buyer", "buyer_id"), ("table", "table_number")):
        # Judged at the commit, so that two meetings may change places.
        op.execute(
            f"ALTER TABLE meeting ADD CONSTRAINT ex_meeting_{who}_once EXCLUDE USING btree "
            f"(event_id WITH =, {columns} WITH =, starts_at WITH =) WHERE (status <> 'cancelled') "
            "DEFERRABLE INITIALLY DEFERRED"
        )
    op.create_table(
        "event_timetable",
        _reference("event_timetable", "event_id", "event"),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_timetable")),
    )


def _create_desk() -> None:
    _entity(
        "event_device",
        _reference("event_device", "event_id", "event"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _reference("event_device", "made_by", "user_account", nullable=True),
        sa.UniqueConstraint("hash", name=op.f("uq_event_device_hash")),
    )
    op.create_index(op.f("ix_event_device_event_id"), "event_device", ["event_id"])
    _entity(
        "event_desk_item",
        _reference("event_desk_item", "event_id", "event"),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        _reference("event_desk_item", "duplicate_of_id", "event_desk_item", nullable=True),
        _reference("event_desk_item", "device_id", "event_device", nullable=True),
        sa.UniqueConstraint("event_id", "client_id", name=op.f("uq_event_desk_item_event_id_client_id")),
    )
    op.create_index(op.f("ix_event_desk_item_event_id_digest"), "event_desk_item", ["event_id", "kind", "digest"])


def downgrade() -> None:
    for table in (
        "event_contact_read",
        "event_desk_item",
        "event_device",
        "event_timetable",
        "meeting",
        "event_wish",
    ):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_event_break_minutes_sensible"), "event")
    op.drop_constraint(op.f("ck_event_slot_minutes_sensible"), "event")
    for column in REGISTRATION_COLUMNS:
        op.drop_column("event_registration", column.name)
    for column in EVENT_COLUMNS:
        op.drop_column("event", column.name)
