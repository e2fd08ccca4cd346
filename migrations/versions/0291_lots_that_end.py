"""lots that are recalled or withdrawn, and the lot that a delivery was taken from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0291"
down_revision = "0290"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for at, why in (("recalled_at", "recall_reason"), ("withdrawn_at", "withdrawal_reason")):
        op.add_column("lot", sa.Column(at, INSTANT))
        op.add_column("lot", sa.Column(why, sa.Text()))
    for name, rule in (
        ("recalls_have_reasons", "(recalled_at is null) = (recall_reason is null)"),
        ("withdrawals_have_reasons", "(withdrawn_at is null) = (withdrawal_reason is null)"),
    ):
        op.create_check_constraint(op.f(f"ck_lot_{name}"), "lot", rule)
    op.drop_constraint("uq_lot_organization_id_code", "lot", type_="unique")
    op.create_index(
        "uq_lot_organization_id_code",
        "lot",
        ["organization_id", "code"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.add_column("delivery", sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("lot.id", name=op.f("fk_delivery_lot_id"))))
    op.create_index(op.f("ix_delivery_lot_id"), "delivery", ["lot_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_delivery_lot_id"), "delivery")
    op.drop_column("delivery", "lot_id")
    op.drop_index("uq_lot_organization_id_code", "lot")
    # The code from before knows no withdrawn lots, and every code once in an organization.
    for table in ("attachment", "photo_upload", "photo"):
        op.execute(
            f"DELETE FROM {table} WHERE subject = 'lot' AND subject_id IN "
            "(SELECT id FROM lot WHERE withdrawn_at IS NOT NULL)"
        )
    op.execute("DELETE FROM lot WHERE withdrawn_at IS NOT NULL")
    op.create_unique_constraint("uq_lot_organization_id_code", "lot", ["organization_id", "code"])
    for name in ("withdrawals_have_reasons", "recalls_have_reasons"):
        op.drop_constraint(op.f(f"ck_lot_{name}"), "lot", type_="check")
    for column in ("withdrawal_reason", "withdrawn_at", "recall_reason", "recalled_at"):
        op.drop_column("lot", column)
