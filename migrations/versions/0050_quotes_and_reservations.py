"""quotes and reservations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0030"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "quote_revision": "UPDATE OR DELETE",
    "quote_line": "UPDATE OF id, revision_id, position, need_line_id, listing_id, quantity, unit, per, weekdays, "
    "starts_on, ends_on, price_vnd OR DELETE",
    "thread_message": "UPDATE OR DELETE",
}
"""What each table refuses; of a quote's line only the accepted quantity may change."""


def _refuse_changes(table: str, events: str) -> None:
    for name, refused, each in (("append_only", events, "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {refused} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION market_append_only()"
        )


def upgrade() -> None:
    op.create_table(
        "capacity_reservation",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("holder", sa.Enum("quote", "agreement", native_enum=False, length=40), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_capacity_reservation_quantity_positive")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_capacity_reservation_listing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_reservation")),
    )
    op.create_index("ix_capacity_reservation_holder", "capacity_reservation", ["holder_id"], unique=False)
    op.create_index(
        "ix_capacity_reservation_listing",
        "capacity_reservation",
        ["listing_id", "week"],
        unique=False,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_index(
        "uq_capacity_reservation_line_id_week",
        "capacity_reservation",
        ["line_id", "week"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "quote",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "countered",
                "accepted",
                "partly_accepted",
                "declined",
                "withdrawn",
                "expired",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shown_from", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decline_reason",
            sa.Enum(
                "quality",
                "volume",
                "packaging",
                "discount",
                "payment_terms",
                "price",
                "logistics",
                "certificates",
                "other",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decline_note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'declined') = (decline_reason IS NOT NULL)", name=op.f("ck_quote_declined_with_a_reason")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_quote_need_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_quote_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
    )
    op.create_index("ix_quote_need", "quote", ["need_id", "status"], unique=False)
    op.create_index("ix_quote_organization", "quote", ["organization_id", "status"], unique=False)
    op.create_index(
        "ix_quote_valid_until",
        "quote",
        ["valid_until"],
        unique=False,
        postgresql_where=sa.text("status IN ('submitted', 'countered')"),
    )
    op.create_index(
        "uq_quote_need_id_organization_id",
        "quote",
        ["need_id", "organization_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('draft', 'submitted', 'countered')"),
    )
    op.create_table(
        "quote_revision",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("side", sa.Enum("supplier", "buyer", native_enum=False, length=40), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("discount_pct", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("credit_days", sa.Integer(), nullable=False),
        sa.Column(
            "delivery_point",
            sa.Enum(
                "farm",
                "supplier_warehouse",
                "buyer_warehouse",
                "buyer_stores",
                "wholesale_market",
                "port",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("delivery_place", sa.Text(), nullable=True),
        sa.Column(
            "packaging",
            sa.Enum(
                "loose", "sack", "crate", "returnable_crate", "carton", "retail", "other", native_enum=False, length=40
            ),
            nullable=True,
        ),
        sa.Column("packaging_note", sa.Text(), nullable=True),
        sa.Column("tests", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "returns",
            sa.Enum("none", "rejected_on_arrival", "spoiled_in_days", "unsold", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column(
            "payment_method",
            sa.Enum(
                "bank_transfer",
                "cash_on_delivery",
                "prepayment",
                "letter_of_credit",
                "set_off",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("credit_days >= 0", name=op.f("ck_quote_revision_credit_not_negative")),
        sa.CheckConstraint("discount_pct BETWEEN 0 AND 100", name=op.f("ck_quote_revision_discount_is_a_percentage")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_quote_revision_author_id")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_revision_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_revision")),
        sa.UniqueConstraint("quote_id", "number", name=op.f("uq_quote_revision_quote_id_number")),
    )
    op.create_table(
        "thread",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("first_organization_id", sa.Uuid(), nullable=False),
        sa.Column("second_organization_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.Column("last_message_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("first_organization_id < second_organization_id", name=op.f("ck_thread_pair_in_order")),
        sa.CheckConstraint("num_nonnulls(need_id, listing_id, quote_id) <= 1", name=op.f("ck_thread_about_one_thing")),
        sa.ForeignKeyConstraint(
            ["first_organization_id"], ["organization.id"], name=op.f("fk_thread_first_organization_id")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_thread_listing_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_thread_need_id")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_thread_quote_id")),
        sa.ForeignKeyConstraint(
            ["second_organization_id"], ["organization.id"], name=op.f("fk_thread_second_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint(
            "first_organization_id",
            "second_organization_id",
            "need_id",
            "listing_id",
            "quote_id",
            name="uq_thread_pair_and_subject",
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("last_message_id", name=op.f("uq_thread_last_message_id")),
    )
    op.create_index(op.f("ix_thread_listing_id"), "thread", ["listing_id"], unique=False)
    op.create_index(op.f("ix_thread_need_id"), "thread", ["need_id"], unique=False)
    op.create_index(op.f("ix_thread_quote_id"), "thread", ["quote_id"], unique=False)
    op.create_index(op.f("ix_thread_second_organization_id"), "thread", ["second_organization_id"], unique=False)
    op.create_table(
        "quote_line",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("need_line_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("per", sa.Enum("day", "week", "month", "total", native_enum=False, length=40), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("accepted_quantity", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.CheckConstraint(
            "accepted_quantity BETWEEN 0 AND quantity", name=op.f("ck_quote_line_accepted_within_quantity")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_quote_line_window_in_order")),
        sa.CheckConstraint("price_vnd >= 0", name=op.f("ck_quote_line_price_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quote_line_quantity_positive")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_quote_line_listing_id")),
        sa.ForeignKeyConstraint(["need_line_id"], ["need_line.id"], name=op.f("fk_quote_line_need_line_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["quote_revision.id"], name=op.f("fk_quote_line_revision_id")),
        sa.ForeignKeyConstraint(["unit"], ["measurement_unit.code"], name=op.f("fk_quote_line_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
        sa.UniqueConstraint(
            "revision_id", "need_line_id", "listing_id", name=op.f("uq_quote_line_revision_id_need_line_id_listing_id")
        ),
    )
    op.create_index(op.f("ix_quote_line_listing_id"), "quote_line", ["listing_id"], unique=False)
    op.create_index(op.f("ix_quote_line_need_line_id"), "quote_line", ["need_line_id"], unique=False)
    op.create_table(
        "thread_message",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_thread_message_author_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_thread_message_organization_id")
        ),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_message_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_message")),
    )
    op.create_index("ix_thread_message_thread", "thread_message", ["thread_id", "id"], unique=False)
    op.create_table(
        "thread_reading",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_reading_thread_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_thread_reading_user_id")),
        sa.PrimaryKeyConstraint("thread_id", "user_id", name=op.f("pk_thread_reading")),
    )
    for table, events in APPEND_ONLY.items():
        _refuse_changes(table, events)


def downgrade() -> None:
    op.drop_table("thread_reading")
    op.drop_index("ix_thread_message_thread", table_name="thread_message")
    op.drop_table("thread_message")
    op.drop_index(op.f("ix_quote_line_need_line_id"), table_name="quote_line")
    op.drop_index(op.f("ix_quote_line_listing_id"), table_name="quote_line")
    op.drop_table("quote_line")
    op.drop_index(op.f("ix_thread_second_organization_id"), table_name="thread")
    op.drop_index(op.f("ix_thread_quote_id"), table_name="thread")
    op.drop_index(op.f("ix_thread_need_id"), table_name="thread")
    op.drop_index(op.f("ix_thread_listing_id"), table_name="thread")
    op.drop_table("thread")
    op.drop_table("quote_revision")
    op.drop_index(
        "uq_quote_need_id_organization_id",
        table_name="quote",
        postgresql_where=sa.text("status IN ('draft', 'submitted', 'countered')"),
    )
    op.drop_index(
        "ix_quote_valid_until", table_name="quote", postgresql_where=sa.text("status IN ('submitted', 'countered')")
    )
    op.drop_index("ix_quote_organization", table_name="quote")
    op.drop_index("ix_quote_need", table_name="quote")
    op.drop_table("quote")
    op.drop_index(
        "uq_capacity_reservation_line_id_week",
        table_name="capacity_reservation",
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.drop_index(
        "ix_capacity_reservation_listing",
        table_name="capacity_reservation",
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.drop_index("ix_capacity_reservation_holder", table_name="capacity_reservation")
    op.drop_table("capacity_reservation")
