"""goods are a commodity in a form and part, or an open name in a category"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0100"
down_revision = "0092"
branch_labels = None
depends_on = None

PAIRED = ("listing", "need_line", "agreement_line")
"""Tables whose goods may be a pair that only its id spells, so that no row of `concept` stands behind it."""
TEXTS = postgresql.ARRAY(sa.Text())
CERTAINTY = sa.Enum("given", "certain", "guessed", "open", native_enum=False, length=40)


def _tree(name: str) -> list[sa.SchemaItem]:
    return [
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    ]


def _parent(name: str) -> list[sa.SchemaItem]:
    return [
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], [f"{name}.id"], name=op.f(f"fk_{name}_parent_id")),
    ]


def _create_facets() -> None:
    op.create_table(
        "category",
        *_tree("category"),
        *_parent("category"),
        sa.Column("ocop", sa.Text(), nullable=True),
        sa.Column("perishable", sa.Boolean(), nullable=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("heads", TEXTS, nullable=False),
        sa.Column("words", TEXTS, nullable=False),
    )
    op.create_table(
        "goods_form",
        *_tree("goods_form"),
        *_parent("goods_form"),
        sa.Column("heads", postgresql.JSONB(), nullable=False),
        sa.Column("tails", TEXTS, nullable=False),
        sa.Column("english", TEXTS, nullable=False),
        sa.Column("category", postgresql.JSONB(), nullable=False),
        sa.Column("unchanged", TEXTS, nullable=False),
        sa.Column("vetoes", sa.Boolean(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "goods_part",
        *_tree("goods_part"),
        sa.Column("heads", postgresql.JSONB(), nullable=False),
        sa.Column("english", TEXTS, nullable=False),
        sa.Column("unchanged", TEXTS, nullable=False),
        sa.Column("category", postgresql.JSONB(), nullable=False),
    )


CONCEPT_REFERENCES = {
    "of_id": "concept", "form_id": "goods_form", "part_id": "goods_part",
    "natural_part_id": "goods_part", "holds_category_id": "category",
}  # fmt: skip


def upgrade() -> None:
    _create_facets()
    for column, table in CONCEPT_REFERENCES.items():
        op.add_column("concept", sa.Column(column, sa.Text(), nullable=True))
        op.create_foreign_key(op.f(f"fk_concept_{column}"), "concept", table, [column], ["id"])
    op.add_column("concept", sa.Column("material", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("concept", sa.Column("descriptors", TEXTS, server_default="{}", nullable=False))
    op.add_column("homograph_reading", sa.Column("near", TEXTS, server_default="{}", nullable=False))
    for table in PAIRED:
        op.drop_constraint(f"fk_{table}_concept_id", table, type_="foreignkey")
    for table in ("listing", "need_line"):
        op.add_column(table, sa.Column("category_id", sa.Text(), nullable=True))
        op.execute(
            f"UPDATE {table} SET category_id = coalesce("
            f"(SELECT category FROM concept WHERE concept.id = {table}.concept_id), 'unclassified')"
        )
        op.alter_column(table, "category_id", nullable=False)
        op.add_column(table, sa.Column("certainty", CERTAINTY, server_default="given", nullable=False))
    op.execute(
        "UPDATE listing SET certainty = CASE WHEN concept_id IS NULL THEN 'open' WHEN concept_source = 'given' "
        "THEN 'given' WHEN confidence >= 0.8 THEN 'certain' ELSE 'guessed' END"
    )
    op.add_column("listing", sa.Column("evidence", TEXTS, server_default="{}", nullable=False))
    op.add_column("listing", sa.Column("may_be", TEXTS, server_default="{}", nullable=False))
    op.create_index("ix_listing_category", "listing", ["category_id"], postgresql_where=sa.text("status = 'published'"))
    op.alter_column("need_line", "concept_id", nullable=True)
    op.add_column("need_line", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("need_line", sa.Column("forms", TEXTS, server_default="{}", nullable=False))
    op.add_column("need_line", sa.Column("accepted", TEXTS, server_default="{}", nullable=False))
    op.execute("UPDATE need_line SET accepted = ARRAY[concept_id]")
    op.create_index("ix_need_line_accepted", "need_line", ["accepted"], postgresql_using="gin")
    op.create_check_constraint("goods_named", "need_line", "concept_id IS NOT NULL OR name IS NOT NULL")


def downgrade() -> None:
    # Goods that the older schema cannot say would be lost: whoever goes back decides about them first.
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM listing WHERE status = 'published' AND concept_id IS NULL) "
        "OR EXISTS (SELECT FROM need_line WHERE concept_id IS NULL) "
        + "".join(
            f"OR EXISTS (SELECT FROM {table} t WHERE concept_id IS NOT NULL AND NOT EXISTS "
            f"(SELECT FROM concept c WHERE c.id = t.concept_id)) "
            for table in PAIRED
        )
        + "THEN RAISE EXCEPTION 'there are goods that the older schema cannot hold'; END IF; END $$"
    )
    op.drop_constraint("goods_named", "need_line", type_="check")
    op.drop_index("ix_need_line_accepted", "need_line")
    op.drop_column("need_line", "accepted")
    op.drop_column("need_line", "forms")
    op.drop_column("need_line", "name")
    op.alter_column("need_line", "concept_id", nullable=False)
    op.drop_index("ix_listing_category", "listing")
    for column in ("may_be", "evidence"):
        op.drop_column("listing", column)
    for table in ("listing", "need_line"):
        op.drop_column(table, "certainty")
        op.drop_column(table, "category_id")
    for table in PAIRED:
        op.create_foreign_key(f"fk_{table}_concept_id", table, "concept", ["concept_id"], ["id"])
    op.drop_column("homograph_reading", "near")
    for column in ("descriptors", "material"):
        op.drop_column("concept", column)
    for column in reversed(CONCEPT_REFERENCES):
        op.drop_constraint(op.f(f"fk_concept_{column}"), "concept", type_="foreignkey")
        op.drop_column("concept", column)
    for table in ("goods_part", "goods_form", "category"):
        op.drop_table(table)
