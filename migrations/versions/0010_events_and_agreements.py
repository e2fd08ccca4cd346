"""events and agreements"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0005"
branch_labels = None
depends_on = None


APPEND_ONLY = ("agreement_content", "delivery")


def _refuse_changes(table: str) -> None:
    for name, events, each in (("append_only", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {events} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION market_append_only()"
        )


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("event_code_number")))
    op.create_table(
        "agreement_number",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_agreement_number")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("province_version", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("organizer_id", sa.Uuid(), nullable=True),
        sa.Column("programme_group_id", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("tables", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_event_period_in_order")),
        sa.CheckConstraint("tables > 0", name=op.f("ck_event_tables_positive")),
        sa.ForeignKeyConstraint(["organizer_id"], ["organization.id"], name=op.f("fk_event_organizer_id")),
        sa.ForeignKeyConstraint(
            ["programme_group_id"], ["programme_group.id"], name=op.f("fk_event_programme_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["province_code", "province_version"],
            ["province_unit.code", "province_unit.version"],
            name=op.f("fk_event_province_code_province_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("code", name=op.f("uq_event_code")),
    )
    op.create_index(op.f("ix_event_organizer_id"), "event", ["organizer_id"], unique=False)
    op.create_index(op.f("ix_event_programme_group_id"), "event", ["programme_group_id"], unique=False)
    op.create_index("ix_event_province", "event", ["province_code", "province_version"], unique=False)
    op.create_index(op.f("ix_event_starts_on"), "event", ["starts_on"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("paper_number", sa.Text(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signing_place", sa.Text(), nullable=True),
        sa.Column("province_code", sa.Text(), nullable=True),
        sa.Column("province_version", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("value_vnd", sa.BigInteger(), nullable=True),
        sa.Column("value_source", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("cause_note", sa.Text(), nullable=True),
        sa.Column("logged_by_id", sa.Uuid(), nullable=True),
        sa.Column("amends_id", sa.Uuid(), nullable=True),
        sa.Column("amendment_number", sa.Integer(), nullable=False),
        sa.Column("amendment_cause", sa.Text(), nullable=True),
        sa.Column("amendment_note", sa.Text(), nullable=True),
        sa.Column("converted_from_id", sa.Uuid(), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status = 'draft' or signed_on is not null", name=op.f("ck_agreement_signed_on_a_day")),
        sa.CheckConstraint(
            "num_nonnulls(province_code, province_version) <> 1", name=op.f("ck_agreement_province_whole")
        ),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_agreement_validity_in_order")),
        sa.CheckConstraint("value_vnd >= 0", name=op.f("ck_agreement_value_not_negative")),
        sa.ForeignKeyConstraint(["amends_id"], ["agreement.id"], name=op.f("fk_agreement_amends_id")),
        sa.ForeignKeyConstraint(["converted_from_id"], ["agreement.id"], name=op.f("fk_agreement_converted_from_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_agreement_event_id")),
        sa.ForeignKeyConstraint(["logged_by_id"], ["organization.id"], name=op.f("fk_agreement_logged_by_id")),
        sa.ForeignKeyConstraint(
            ["province_code", "province_version"],
            ["province_unit.code", "province_unit.version"],
            name=op.f("fk_agreement_province_code_province_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("number", name=op.f("uq_agreement_number")),
    )
    op.create_index(op.f("ix_agreement_event_id"), "agreement", ["event_id"], unique=False)
    op.create_index(op.f("ix_agreement_logged_by_id"), "agreement", ["logged_by_id"], unique=False)
    op.create_index("ix_agreement_province", "agreement", ["province_code", "province_version"], unique=False)
    op.create_index(op.f("ix_agreement_signed_on"), "agreement", ["signed_on"], unique=False)
    op.create_index("ix_agreement_status_instrument", "agreement", ["status", "instrument"], unique=False)
    op.create_index(
        "uq_agreement_amends_id",
        "agreement",
        ["amends_id"],
        unique=True,
        postgresql_where=sa.text("amends_id IS NOT NULL AND discarded_at IS NULL"),
    )
    op.create_index(
        "uq_agreement_converted_from_id",
        "agreement",
        ["converted_from_id"],
        unique=True,
        postgresql_where=sa.text("converted_from_id IS NOT NULL AND amends_id IS NULL AND discarded_at IS NULL"),
    )
    op.create_table(
        "event_registration",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("delegates_count", sa.Integer(), nullable=False),
        sa.Column("delegates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("booths", sa.Integer(), nullable=False),
        sa.Column("booth_wish", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("booths >= 0", name=op.f("ck_event_registration_booths_not_negative")),
        sa.CheckConstraint("delegates_count > 0", name=op.f("ck_event_registration_delegates_positive")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_registration_event_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_event_registration_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_registration")),
        sa.UniqueConstraint("event_id", "organization_id", name=op.f("uq_event_registration_event_id_organization_id")),
    )
    op.create_index(
        op.f("ix_event_registration_organization_id"), "event_registration", ["organization_id"], unique=False
    )
    op.create_table(
        "agreement_content",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_content_agreement_id")),
        sa.PrimaryKeyConstraint("agreement_id", "version", name=op.f("pk_agreement_content")),
    )
    op.create_table(
        "agreement_line",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("concept_id", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_until", sa.Date(), nullable=True),
        sa.Column("delivery_plan", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("binding", sa.Text(), nullable=False),
        sa.Column("tolerance_pct", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("price_kind", sa.Text(), nullable=True),
        sa.Column("price_vnd", sa.BigInteger(), nullable=True),
        sa.Column("first_line_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("period_until >= period_from", name=op.f("ck_agreement_line_period_in_order")),
        sa.CheckConstraint("price_vnd >= 0", name=op.f("ck_agreement_line_price_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_agreement_line_quantity_positive")),
        sa.CheckConstraint("tolerance_pct between 0 and 100", name=op.f("ck_agreement_line_tolerance_is_a_percentage")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_line_agreement_id")),
        sa.ForeignKeyConstraint(["concept_id"], ["concept.id"], name=op.f("fk_agreement_line_concept_id")),
        sa.ForeignKeyConstraint(["first_line_id"], ["agreement_line.id"], name=op.f("fk_agreement_line_first_line_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["measurement_unit.code"], name=op.f("fk_agreement_line_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_line")),
    )
    op.create_index(op.f("ix_agreement_line_agreement_id"), "agreement_line", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_agreement_line_concept_id"), "agreement_line", ["concept_id"], unique=False)
    op.create_index(op.f("ix_agreement_line_first_line_id"), "agreement_line", ["first_line_id"], unique=False)
    op.create_table(
        "agreement_party",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("name_only", sa.Text(), nullable=True),
        sa.Column("representative_name", sa.Text(), nullable=True),
        sa.Column("representative_title", sa.Text(), nullable=True),
        sa.Column("responsible_name", sa.Text(), nullable=True),
        sa.Column("responsible_phone", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(organization_id, name_only) = 1", name=op.f("ck_agreement_party_known_or_named")
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_party_agreement_id")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["user_account.id"], name=op.f("fk_agreement_party_confirmed_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_agreement_party_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_party")),
    )
    op.create_index(op.f("ix_agreement_party_agreement_id"), "agreement_party", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_agreement_party_organization_id"), "agreement_party", ["organization_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("rejected", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("rejection_cause", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(reverses_id is not null) = (quantity < 0)", name=op.f("ck_delivery_only_reversals_are_negative")
        ),
        sa.CheckConstraint(
            "abs(rejected) <= abs(quantity) and quantity * rejected >= 0",
            name=op.f("ck_delivery_rejected_within_quantity"),
        ),
        sa.ForeignKeyConstraint(["line_id"], ["agreement_line.id"], name=op.f("fk_delivery_line_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["organization.id"], name=op.f("fk_delivery_recorded_by_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["delivery.id"], name=op.f("fk_delivery_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_line_id"), "delivery", ["line_id"], unique=False)
    op.create_index(op.f("ix_delivery_recorded_by_id"), "delivery", ["recorded_by_id"], unique=False)
    op.create_index(
        "uq_delivery_reverses_id",
        "delivery",
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    for table in APPEND_ONLY:
        _refuse_changes(table)


def downgrade() -> None:
    op.drop_index("uq_delivery_reverses_id", table_name="delivery", postgresql_where=sa.text("reverses_id IS NOT NULL"))
    op.drop_index(op.f("ix_delivery_recorded_by_id"), table_name="delivery")
    op.drop_index(op.f("ix_delivery_line_id"), table_name="delivery")
    op.drop_table("delivery")
    op.drop_index(op.f("ix_agreement_party_organization_id"), table_name="agreement_party")
    op.drop_index(op.f("ix_agreement_party_agreement_id"), table_name="agreement_party")
    op.drop_table("agreement_party")
    op.drop_index(op.f("ix_agreement_line_first_line_id"), table_name="agreement_line")
    op.drop_index(op.f("ix_agreement_line_concept_id"), table_name="agreement_line")
    op.drop_index(op.f("ix_agreement_line_agreement_id"), table_name="agreement_line")
    op.drop_table("agreement_line")
    op.drop_table("agreement_content")
    op.drop_index(op.f("ix_event_registration_organization_id"), table_name="event_registration")
    op.drop_table("event_registration")
    op.drop_index(
        "uq_agreement_converted_from_id",
        table_name="agreement",
        postgresql_where=sa.text("converted_from_id IS NOT NULL AND amends_id IS NULL AND discarded_at IS NULL"),
    )
    op.drop_index(
        "uq_agreement_amends_id",
        table_name="agreement",
        postgresql_where=sa.text("amends_id IS NOT NULL AND discarded_at IS NULL"),
    )
    op.drop_index("ix_agreement_status_instrument", table_name="agreement")
    op.drop_index(op.f("ix_agreement_signed_on"), table_name="agreement")
    op.drop_index("ix_agreement_province", table_name="agreement")
    op.drop_index(op.f("ix_agreement_logged_by_id"), table_name="agreement")
    op.drop_index(op.f("ix_agreement_event_id"), table_name="agreement")
    op.drop_table("agreement")
    op.drop_index(op.f("ix_event_starts_on"), table_name="event")
    op.drop_index("ix_event_province", table_name="event")
    op.drop_index(op.f("ix_event_programme_group_id"), table_name="event")
    op.drop_index(op.f("ix_event_organizer_id"), table_name="event")
    op.drop_table("event")
    op.drop_table("agreement_number")
    op.execute(sa.schema.DropSequence(sa.Sequence("event_code_number")))
