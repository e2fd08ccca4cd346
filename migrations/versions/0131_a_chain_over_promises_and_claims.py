"""the chain goes over quotes, proposals, certificates and claims too

Claims that an earlier migration made out of what organizations had been are told of in the log, so that the chain
covers them. The follower of the chain reads the log once more: what has its link is passed over, and what the chain
did not cover until now is linked in order after its newest link.
"""

from __future__ import annotations

from alembic import op

revision = "0131"
down_revision = "0130"
branch_labels = None
depends_on = None

TELL_OF_CLAIMS = """
INSERT INTO change (at, entity, entity_id, version, verb, diff, actor_kind)
SELECT now(), 'claim', claim.id, claim.version, 'migrate', (
    SELECT jsonb_object_agg(said.key, jsonb_build_array(NULL, said.value))
    FROM jsonb_each(to_jsonb(claim)) AS said
    WHERE said.key NOT IN ('id', 'version', 'created_at', 'updated_at') AND said.value <> 'null'
), 'system'
FROM claim WHERE NOT EXISTS (SELECT FROM change WHERE entity = 'claim' AND entity_id = claim.id)
"""
READ_ANEW = "UPDATE follower_cursor SET xid = 0, change_id = 0 WHERE name = 'chain'"


def upgrade() -> None:
    op.execute(TELL_OF_CLAIMS)
    op.execute(READ_ANEW)


def downgrade() -> None:
    """What was told stays told: the log and the chain are append-only."""
