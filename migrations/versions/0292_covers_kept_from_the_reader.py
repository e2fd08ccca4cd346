"""the keys that sign addresses of photos stand in covers too: the reader may read the rest of those rows"""

from __future__ import annotations

from alembic import op

revision = "0292"
down_revision = "0291"
branch_labels = None
depends_on = None

ANCHOR = "        GRANT SELECT (id, platform_roles, deactivated_at, version, created_at, updated_at)"
COVERS = """\
        -- Whoever has the key of a cover opens its picture before it is public.
        FOR guarded IN
            SELECT attrelid::regclass AS name,
                string_agg(quote_ident(attname), ', ') FILTER (WHERE attname <> 'photo') AS left_free
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
            GROUP BY attrelid
            HAVING bool_or(attname = 'photo' AND atttypid = 'jsonb'::regtype)
        LOOP
            EXECUTE format('REVOKE SELECT ON %s FROM market_reader', guarded.name);
            EXECUTE format('GRANT SELECT (%s) ON %s TO market_reader', guarded.left_free, guarded.name);
        END LOOP;
"""


def _rewrite(was: str, now: str) -> None:
    op.execute(
        "DO $do$ BEGIN EXECUTE replace("
        f"pg_get_functiondef('market_grant_roles'::regproc), $was${was}$was$, $now${now}$now$); "
        "PERFORM market_grant_roles(); END $do$"
    )


def upgrade() -> None:
    _rewrite(ANCHOR, COVERS + ANCHOR)


def downgrade() -> None:
    _rewrite(COVERS + ANCHOR, ANCHOR)
