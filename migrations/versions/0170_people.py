"""people: proved contacts, one-time tokens, second factors, scoped keys, consent, shared limits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0170"
down_revision = "0201"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
UNIQUE_EMAILS = (
    "DO $$ BEGIN "
    "IF EXISTS (SELECT FROM user_account WHERE email IS NOT NULL GROUP BY lower(email) HAVING count(*) > 1) "
    "OR EXISTS (SELECT FROM user_account WHERE phone IS NOT NULL GROUP BY phone HAVING count(*) > 1) "
    "OR EXISTS (SELECT FROM organization_invitation WHERE user_id IS NULL) THEN "
    "RAISE EXCEPTION 'accounts share an unproved contact, or invitations wait for somebody unknown'; END IF; END $$"
)


def _entity(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        *columns,
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{name}_user_id")),
    )
    op.create_index(op.f(f"ix_{name}_user_id"), name, ["user_id"])


def _people() -> None:
    for column in (
        sa.Column("email_proved_at", INSTANT),
        sa.Column("phone_proved_at", INSTANT),
        sa.Column("language", sa.String(40), server_default="vi", nullable=False),
        sa.Column("password_typed_by_other", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("totp_secret", sa.LargeBinary()),
        sa.Column("totp_confirmed_at", INSTANT),
        sa.Column("totp_last_step", sa.BigInteger()),
        sa.Column("erased_at", INSTANT),
    ):
        op.add_column("user_account", column)
    # Whoever runs the market made these and vouches for them. Everybody else proves what they typed.
    op.execute("UPDATE user_account SET email_proved_at = now() WHERE email IS NOT NULL AND platform_roles <> '{}'")
    op.drop_index("uq_user_account_email", "user_account")
    op.drop_constraint("uq_user_account_phone", "user_account", type_="unique")
    proved = {"unique": True, "postgresql_where": sa.text("email_proved_at IS NOT NULL")}
    op.create_index("uq_user_account_email", "user_account", [sa.text("lower(email)")], **proved)
    proved = {"unique": True, "postgresql_where": sa.text("phone_proved_at IS NOT NULL")}
    op.create_index("uq_user_account_phone", "user_account", ["phone"], **proved)
    op.create_index("ix_user_account_any_email", "user_account", [sa.text("lower(email)")])
    op.create_index("ix_user_account_phone", "user_account", ["phone"])


def _tokens() -> None:
    op.create_table(
        "one_time_token",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("subject_id", sa.Uuid()),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_one_time_token")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_one_time_token_user_id")),
    )
    op.create_index("ix_one_time_token_contact", "one_time_token", ["contact", "purpose"])
    op.create_index(op.f("ix_one_time_token_user_id"), "one_time_token", ["user_id"])
    op.create_index(op.f("ix_one_time_token_created_at"), "one_time_token", ["created_at"])
    op.create_table(
        "recovery_code",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_recovery_code")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])


def _readings_and_limits() -> None:
    op.create_table(
        "contact_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_reading")),
        sa.ForeignKeyConstraint(["reader_id"], ["user_account.id"], name=op.f("fk_contact_reading_reader_id")),
    )
    for column in ("at", "reader_id", "organization_id"):
        op.create_index(op.f(f"ix_contact_reading_{column}"), "contact_reading", [column])
    # What callers spent is worth nothing after a crash.
    op.execute(
        "CREATE UNLOGGED TABLE limit_spent (caller bytea NOT NULL, full_at timestamptz NOT NULL, "
        "CONSTRAINT pk_limit_spent PRIMARY KEY (caller))"
    )


def upgrade() -> None:
    _people()
    _tokens()
    kind, value = sa.Column("kind", sa.String(40), nullable=False), sa.Column("value", sa.Text(), nullable=False)
    person = sa.Column("user_id", sa.Uuid(), nullable=False)
    _entity("user_contact", person, kind, value, sa.Column("proved_at", INSTANT))
    person, notice = sa.Column("user_id", sa.Uuid(), nullable=False), sa.Column("notice", sa.Text(), nullable=False)
    _entity("privacy_consent", person, notice, sa.Column("withdrawn_at", INSTANT))
    _readings_and_limits()
    op.add_column("sign_in", sa.Column("device", sa.Text()))
    op.add_column("sign_in", sa.Column("last_seen_at", INSTANT))
    op.add_column("sign_in", sa.Column("second_factor", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("api_key", sa.Column("scopes", postgresql.ARRAY(sa.Text())))
    op.add_column("api_key", sa.Column("expires_at", INSTANT))
    op.add_column("api_key", sa.Column("last_used_at", INSTANT))
    op.alter_column("organization_invitation", "user_id", nullable=True)
    op.add_column("organization_invitation", sa.Column("contact_kind", sa.String(40)))
    op.add_column("organization_invitation", sa.Column("contact", sa.Text()))
    op.add_column("organization_invitation", sa.Column("expires_at", INSTANT))


def downgrade() -> None:
    op.execute(UNIQUE_EMAILS)
    for column in ("expires_at", "contact", "contact_kind"):
        op.drop_column("organization_invitation", column)
    op.alter_column("organization_invitation", "user_id", nullable=False)
    for table, columns in (
        ("api_key", ("last_used_at", "expires_at", "scopes")),
        ("sign_in", ("second_factor", "last_seen_at", "device")),
    ):
        for column in columns:
            op.drop_column(table, column)
    for table in (
        "limit_spent", "contact_reading", "privacy_consent", "user_contact", "recovery_code", "one_time_token",
    ):  # fmt: skip
        op.drop_table(table)
    for index in (
        "ix_user_account_phone",
        "ix_user_account_any_email",
        "uq_user_account_phone",
        "uq_user_account_email",
    ):
        op.drop_index(index, "user_account")
    op.create_index("uq_user_account_email", "user_account", [sa.text("lower(email)")], unique=True)
    op.create_unique_constraint("uq_user_account_phone", "user_account", ["phone"])
    for column in (
        "erased_at", "totp_last_step", "totp_confirmed_at", "totp_secret",
        "password_typed_by_other", "language", "phone_proved_at", "email_proved_at",
    ):  # fmt: skip
        op.drop_column("user_account", column)
