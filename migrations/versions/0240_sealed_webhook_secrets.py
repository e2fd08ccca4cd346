"""secrets of webhooks are sealed under the market's key; endpoints are left alone while they fail

Needs MARKET_SECRET_KEY where there are webhooks: what lies plain in the database is sealed here, and opened on the way
back. Sealing is spelled out here, as it was when this was written.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from market.config import Settings

revision = "0240"
down_revision = "0210"
branch_labels = None
depends_on = None

COLUMNS = ("secret", "previous_secret")
NONCE_BYTES = 12


def _cipher(purpose: str) -> AESGCM:
    config = op.get_context().config
    key = (config.attributes.get("secret_key") if config else None) or Settings().secret_key
    if key is None:
        raise RuntimeError("there are webhooks: set MARKET_SECRET_KEY, which seals their secrets")
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"market {purpose}".encode())
    return AESGCM(derived.derive(key.get_secret_value().encode()))


def _sealed(purpose: str, secret: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(purpose).encrypt(nonce, secret.encode(), purpose.encode())


def _opened(purpose: str, sealed: bytes) -> str:
    return _cipher(purpose).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode()).decode()


def _rewritten(column: str, kind: str) -> None:
    """Give a column its other type, each of its values rewritten."""
    bind = op.get_bind()
    rows = bind.execute(sa.text(f"SELECT id, {column} FROM webhook WHERE {column} IS NOT NULL")).all()
    op.drop_column("webhook", column)
    op.add_column("webhook", sa.Column(column, sa.LargeBinary() if kind == "sealed" else sa.Text(), nullable=True))
    turn = _sealed if kind == "sealed" else _opened
    for id_, value in rows:
        values = {"id": id_, "value": turn(f"webhook {id_}", value)}
        bind.execute(sa.text(f"UPDATE webhook SET {column} = :value WHERE id = :id"), values)
    if column == "secret":
        op.alter_column("webhook", column, nullable=False)


def upgrade() -> None:
    for column in COLUMNS:
        _rewritten(column, "sealed")
    op.create_index("ix_webhook_delivery_created_at", "webhook_delivery", ["created_at"], postgresql_using="brin")
    op.create_table(
        "webhook_rest",
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_rest_webhook_id")),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhook_rest")),
    )


def downgrade() -> None:
    op.drop_table("webhook_rest")
    op.drop_index("ix_webhook_delivery_created_at", "webhook_delivery")
    for column in COLUMNS:
        _rewritten(column, "plain")
