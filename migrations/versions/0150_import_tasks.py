"""files that people bring over HTTP: how they are read, how far they have come, what became of each row"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0150"
down_revision = "0131"
branch_labels = None
depends_on = None

STATES = ("asking", "checking", "ready", "running", "done", "failed")
COUNTS = ("total", "next_line", "created", "updated", "unchanged", "skipped", "refused")
NOW = sa.text("now()")


def upgrade() -> None:
    _tasks()
    op.create_table(
        "import_progress",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("codes", JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_task.id"], name=op.f("fk_import_progress_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_progress")),
    )
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("errors", JSONB(), nullable=False),
        sa.Column("remarks", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_task.id"], name=op.f("fk_import_row_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_row")),
    )


def _tasks() -> None:
    op.create_table(
        "import_task",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Enum(*STATES, native_enum=False, length=40), nullable=False),
        *(sa.Column(name, JSONB(), nullable=False) for name in ("options", "columns", "answers", "found")),
        sa.Column("problem", JSONB(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_import_task_organization_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_import_task_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_task")),
    )
    op.create_index("ix_import_task_organization_id", "import_task", ["organization_id"])
    op.create_index("ix_import_task_user_id", "import_task", ["user_id"])


def downgrade() -> None:
    op.drop_table("import_row")
    op.drop_table("import_progress")
    op.drop_table("import_task")
