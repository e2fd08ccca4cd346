"""owner, writer and reader of the database"""

from __future__ import annotations

from alembic import op

revision = "0130"
down_revision = "0110"
branch_labels = None
depends_on = None

GRANT_ROLES = """
CREATE FUNCTION market_grant_roles() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    role_name text;
    guarded record;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['market_writer', 'market_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            -- Whoever may make no roles finds them made, or goes on as the only one who uses the database.
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL;
                WHEN insufficient_privilege THEN RAISE NOTICE 'no right to create the role %', role_name;
            END;
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'market_reader') THEN
        GRANT USAGE ON SCHEMA public TO market_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO market_reader;
        -- Tables of secrets and of ways to reach people, later ones too: whoever may read them may act for others.
        FOR guarded IN
            SELECT relname AS name FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname IN (
                'refresh_token', 'sign_in', 'api_key', 'idempotent_answer', 'user_account', 'one_time_token',
                'recovery_code', 'user_contact', 'organization_invitation', 'webhook', 'photo',
                'event_device'
            )
        LOOP
            EXECUTE format('REVOKE SELECT ON %I FROM market_reader', guarded.name);
        END LOOP;
        GRANT SELECT (id, platform_roles, deactivated_at, version, created_at, updated_at)
            ON user_account TO market_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'market_writer') THEN
        GRANT USAGE ON SCHEMA public TO market_writer;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO market_writer;
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO market_writer;
        FOR guarded IN
            SELECT tgrelid::regclass AS name, tgtype AS refused, (
                SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
                WHERE attrelid = tgrelid AND attnum > 0 AND NOT attisdropped AND cardinality(tgattr::int2[]) > 0
                    AND attnum <> ALL (tgattr::int2[])
            ) AS left_free
            FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
            WHERE proname = 'market_append_only' AND tgqual IS NULL
        LOOP
            IF guarded.refused & 8 > 0 THEN
                EXECUTE format('REVOKE DELETE ON %s FROM market_writer', guarded.name);
            END IF;
            IF guarded.refused & 16 > 0 THEN
                EXECUTE format('REVOKE UPDATE ON %s FROM market_writer', guarded.name);
                IF guarded.left_free IS NOT NULL THEN
                    EXECUTE format('GRANT UPDATE (%s) ON %s TO market_writer', guarded.left_free, guarded.name);
                END IF;
            END IF;
        END LOOP;
        -- Neither number nor transaction of an entry is the writer's choice: nothing can be put into the past.
        REVOKE INSERT ON change FROM market_writer;
        GRANT INSERT (
            at, entity, entity_id, version, verb, diff,
            actor_kind, user_id, organization_id, credential_id, on_behalf_of, request_id
        ) ON change TO market_writer;
        IF to_regclass('alembic_version') IS NOT NULL THEN
            REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM market_writer;
        END IF;
    END IF;
END $$
"""

REVOKE_ROLES = """
DO $$
DECLARE
    role_name text;
BEGIN
    FOR role_name IN SELECT rolname FROM pg_roles WHERE rolname IN ('market_writer', 'market_reader') LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', role_name);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM %I', role_name);
        EXECUTE format('REVOKE USAGE ON SCHEMA public FROM %I', role_name);
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute(GRANT_ROLES)
    op.execute("REVOKE EXECUTE ON FUNCTION market_grant_roles() FROM PUBLIC")
    op.execute("SELECT market_grant_roles()")


def downgrade() -> None:
    """The roles themselves stay: other databases of the server may know them."""
    op.execute(REVOKE_ROLES)
    op.execute("DROP FUNCTION market_grant_roles()")
