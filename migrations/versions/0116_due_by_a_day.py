"""say in the database what a line had to bring by a day, as `reference.cadence` says it"""

from __future__ import annotations

from alembic import op

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None

DELIVERY_DAYS = """
CREATE FUNCTION market_delivery_days(first date, last date, weekdays int[]) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT coalesce(sum(div(last - first - (weekday - extract(isodow FROM first)::int + 7) % 7 + 7, 7)), 0)
    FROM unnest(weekdays) weekday WHERE last >= first
)::int
"""
DUE_BY = """
CREATE FUNCTION market_due_by(
    quantity numeric, per text, first date, last date, weekdays int[], day date
) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    reached date := least(day, last);
    months int := CASE per WHEN 'month' THEN 1 WHEN 'year' THEN 12 END;
    whole int := 0;
    begins date := first;
    ends date := last;
BEGIN
    IF quantity IS NULL OR first IS NULL OR last IS NULL THEN
        RETURN CASE WHEN per IN ('total', 'season') AND last <= day THEN round(quantity, 3) END;
    ELSIF per NOT IN ('day', 'week', 'month', 'year') THEN
        RETURN CASE WHEN day >= last THEN round(quantity, 3) ELSE 0 END;
    ELSIF reached < first THEN
        RETURN 0;
    END IF;
    IF per = 'week' THEN
        begins := greatest(first, date_trunc('week', reached::timestamp)::date);
        ends := date_trunc('week', reached::timestamp)::date + 6;
    ELSIF months IS NOT NULL THEN
        whole := (extract(year FROM reached) - extract(year FROM first)) * 12
            + extract(month FROM reached) - extract(month FROM first);
        IF (first + make_interval(months => whole))::date > reached THEN
            whole := whole - 1;
        END IF;
        whole := whole / months;
        begins := (first + make_interval(months => whole * months))::date;
        ends := (first + make_interval(months => (whole + 1) * months))::date - 1;
    END IF;
    -- Of a week or month that is not over nothing is due yet.
    IF per <> 'day' AND reached < least(ends, last) THEN
        reached := begins - 1;
    END IF;
    IF months IS NULL THEN
        RETURN round(
            quantity * market_delivery_days(first, reached, weekdays)
                / CASE per WHEN 'day' THEN 1 ELSE cardinality(weekdays) END,
            3
        );
    END IF;
    RETURN round(
        quantity * whole
            + quantity * market_delivery_days(begins, reached, weekdays)
                / market_delivery_days(begins, ends, weekdays),
        3
    );
END
$$
"""


def upgrade() -> None:
    op.execute(DELIVERY_DAYS)
    op.execute(DUE_BY)


def downgrade() -> None:
    op.execute("DROP FUNCTION market_due_by")
    op.execute("DROP FUNCTION market_delivery_days")
