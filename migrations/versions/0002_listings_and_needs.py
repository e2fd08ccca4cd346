"""certificates, listings and needs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEARCHABLE = """
CREATE FUNCTION market_searchable(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ' ' || regexp_replace(market_fold(words), '[^a-z0-9]+', ' ', 'g') || ' '
"""


def upgrade() -> None:
    op.execute(SEARCHABLE)
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("scope_concepts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("scope_area", sa.Text(), nullable=True),
        sa.Column("scope_note", sa.Text(), nullable=True),
        sa.Column("verification", sa.String(length=40), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verification_note", sa.Text(), nullable=True),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recall_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("expires_on IS NULL OR expires_on >= issued_on", name=op.f("ck_certificate_term_in_order")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_certificate_organization_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_certificate_recorded_by")),
        sa.ForeignKeyConstraint(["scheme"], ["certification_scheme.id"], name=op.f("fk_certificate_scheme")),
        sa.ForeignKeyConstraint(["verified_by"], ["user_account.id"], name=op.f("fk_certificate_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    op.create_index("ix_certificate_organization", "certificate", ["organization_id", "scheme"], unique=False)
    op.create_table(
        "listing",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("variety", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("concept_id", sa.Text(), nullable=True),
        sa.Column("concept_source", sa.String(length=40), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("province_version", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=True),
        sa.Column("price_tiers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moq", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.Column("packaging", sa.Text(), nullable=True),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("cold_chain", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed(
                "market_searchable(title || ' ' || coalesce(variety, '') || ' ' || coalesce(description, ''))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("moq > 0", name=op.f("ck_listing_moq_positive")),
        sa.CheckConstraint("price_vnd >= 0", name=op.f("ck_listing_price_not_negative")),
        sa.ForeignKeyConstraint(["concept_id"], ["concept.id"], name=op.f("fk_listing_concept_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_listing_organization_id")),
        sa.ForeignKeyConstraint(
            ["province_code", "province_version"],
            ["province_unit.code", "province_unit.version"],
            name=op.f("fk_listing_province_code_province_version"),
        ),
        sa.ForeignKeyConstraint(["unit"], ["measurement_unit.code"], name=op.f("fk_listing_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
    )
    op.create_index(
        "ix_listing_concept", "listing", ["concept_id"], unique=False, postgresql_where=sa.text("status = 'published'")
    )
    op.create_index("ix_listing_organization", "listing", ["organization_id", "status"], unique=False)
    op.create_index(
        "ix_listing_search_text",
        "listing",
        ["search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_table(
        "need",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("province_version", sa.String(length=40), nullable=False),
        sa.Column("deliver_before", sa.Time(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed("market_searchable(title || ' ' || coalesce(description, ''))", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_need_organization_id")),
        sa.ForeignKeyConstraint(
            ["province_code", "province_version"],
            ["province_unit.code", "province_unit.version"],
            name=op.f("fk_need_province_code_province_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
    )
    op.create_index("ix_need_organization", "need", ["organization_id", "status"], unique=False)
    op.create_index(
        "ix_need_search_text",
        "need",
        ["search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_table(
        "listing_capacity",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("per", sa.String(length=40), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_listing_capacity_window_in_order")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_listing_capacity_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_capacity_listing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_capacity")),
    )
    op.create_index(op.f("ix_listing_capacity_listing_id"), "listing_capacity", ["listing_id"], unique=False)
    op.create_table(
        "listing_certificate",
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_listing_certificate_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_certificate_listing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", "certificate_id", name=op.f("pk_listing_certificate")),
    )
    op.create_index(
        op.f("ix_listing_certificate_certificate_id"), "listing_certificate", ["certificate_id"], unique=False
    )
    op.create_table(
        "need_line",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("concept_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("per", sa.String(length=40), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("required_certificates", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("preferred_certificates", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("price_ceiling_vnd", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_need_line_window_in_order")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_need_line_quantity_positive")),
        sa.ForeignKeyConstraint(["concept_id"], ["concept.id"], name=op.f("fk_need_line_concept_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_line_need_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit"], ["measurement_unit.code"], name=op.f("fk_need_line_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_line")),
    )
    op.create_index("ix_need_line_concept", "need_line", ["concept_id"], unique=False)
    op.create_index(op.f("ix_need_line_need_id"), "need_line", ["need_id"], unique=False)
    op.alter_column(
        "organization", "province_version", existing_type=sa.TEXT(), type_=sa.String(length=40), existing_nullable=False
    )
    op.alter_column(
        "organization_member", "role", existing_type=sa.TEXT(), type_=sa.String(length=40), existing_nullable=False
    )


def downgrade() -> None:
    op.alter_column(
        "organization_member", "role", existing_type=sa.String(length=40), type_=sa.TEXT(), existing_nullable=False
    )
    op.alter_column(
        "organization", "province_version", existing_type=sa.String(length=40), type_=sa.TEXT(), existing_nullable=False
    )
    op.drop_index(op.f("ix_need_line_need_id"), table_name="need_line")
    op.drop_index("ix_need_line_concept", table_name="need_line")
    op.drop_table("need_line")
    op.drop_index(op.f("ix_listing_certificate_certificate_id"), table_name="listing_certificate")
    op.drop_table("listing_certificate")
    op.drop_index(op.f("ix_listing_capacity_listing_id"), table_name="listing_capacity")
    op.drop_table("listing_capacity")
    op.drop_index(
        "ix_need_search_text",
        table_name="need",
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
        postgresql_where=sa.text("status = 'published'"),
    )
    op.drop_index("ix_need_organization", table_name="need")
    op.drop_table("need")
    op.drop_index(
        "ix_listing_search_text",
        table_name="listing",
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
        postgresql_where=sa.text("status = 'published'"),
    )
    op.drop_index("ix_listing_organization", table_name="listing")
    op.drop_index("ix_listing_concept", table_name="listing", postgresql_where=sa.text("status = 'published'"))
    op.drop_table("listing")
    op.drop_index("ix_certificate_organization", table_name="certificate")
    op.drop_table("certificate")
    op.execute("DROP FUNCTION market_searchable(text)")
