"""fold names with half the work, to the same letters"""

from __future__ import annotations

from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

# A regular expression pays for each match: đ and the nine marks of Vietnamese go by translation, before it.
FOLD = """
CREATE OR REPLACE FUNCTION market_fold(spelling text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
    translate(
        normalize(lower(spelling), NFD),
        U&'\\0111\\0300\\0301\\0302\\0303\\0306\\0309\\031B\\0323',
        'd'
    ),
    U&'[\\0300-\\036F]', '', 'g'
)
"""
# A single blank, as between words, stays where it is.
SEARCHABLE = """
CREATE OR REPLACE FUNCTION market_searchable(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ' ' || regexp_replace(market_fold(words), ' *[^a-z0-9 ][^a-z0-9]*| {2,}', ' ', 'g') || ' '
"""
FOLD_BEFORE = """
CREATE OR REPLACE FUNCTION market_fold(spelling text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(regexp_replace(normalize(lower(spelling), NFD), U&'[\\0300-\\036F]', '', 'g'), 'đ', 'd')
"""
SEARCHABLE_BEFORE = """
CREATE OR REPLACE FUNCTION market_searchable(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ' ' || regexp_replace(market_fold(words), '[^a-z0-9]+', ' ', 'g') || ' '
"""


def upgrade() -> None:
    op.execute(FOLD)
    op.execute(SEARCHABLE)


def downgrade() -> None:
    op.execute(SEARCHABLE_BEFORE)
    op.execute(FOLD_BEFORE)
