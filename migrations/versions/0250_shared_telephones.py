"""shared telephones: short names with a PIN, known devices; guesses at second factors; whose storage files take"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0250"
down_revision = "0241"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
HIDE = """
DO $$ BEGIN
    EXECUTE replace(pg_get_functiondef('market_grant_roles'::regproc), {was}, {now});
    PERFORM market_grant_roles();
END $$
"""
WITHOUT, WITH = "'''recovery_code'','", "'''recovery_code'', ''short_name'', ''known_device'','"


def _entity(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        *columns,
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_organization_id"), name, ["organization_id"])


def upgrade() -> None:
    _entity(
        "short_name",
        sa.Column(
            "user_id", sa.Uuid(), sa.ForeignKey("user_account.id", name=op.f("fk_short_name_user_id")), nullable=False
        ),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("wrong_pins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended_at", INSTANT),
    )
    op.create_index(op.f("ix_short_name_user_id"), "short_name", ["user_id"])
    living = {"unique": True, "postgresql_where": sa.text("ended_at IS NULL")}
    op.create_index("uq_short_name_phone_name", "short_name", ["phone", "name"], **living)
    _entity(
        "known_device",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "made_by", sa.Uuid(), sa.ForeignKey("user_account.id", name=op.f("fk_known_device_made_by")), nullable=False
        ),
        sa.Column("last_used_at", INSTANT),
        sa.Column("ended_at", INSTANT),
    )
    op.create_index("uq_known_device_hash", "known_device", ["hash"], unique=True)
    op.add_column("sign_in", sa.Column("known_device_id", sa.Uuid()))
    op.add_column("sign_in", sa.Column("only_organization_id", sa.Uuid()))
    op.add_column("user_account", sa.Column("wrong_factors", sa.Integer(), server_default="0", nullable=False))
    op.add_column("user_account", sa.Column("wrong_factors_since", INSTANT))
    op.add_column("attachment", sa.Column("organization_id", sa.Uuid()))
    op.create_index("ix_attachment_organization_id", "attachment", ["organization_id"])
    op.execute(HIDE.format(was=WITHOUT, now=WITH))


def downgrade() -> None:
    op.execute(HIDE.format(was=WITH, now=WITHOUT))
    # Signed in by a PIN, somebody acts as staff of one organization; without the column that would be forgotten.
    op.execute("UPDATE sign_in SET revoked_at = now() WHERE known_device_id IS NOT NULL AND revoked_at IS NULL")
    op.drop_index("ix_attachment_organization_id", "attachment")
    for table, column in (
        ("attachment", "organization_id"),
        ("user_account", "wrong_factors_since"),
        ("user_account", "wrong_factors"),
        ("sign_in", "only_organization_id"),
        ("sign_in", "known_device_id"),
    ):
        op.drop_column(table, column)
    op.drop_table("known_device")
    op.drop_table("short_name")
