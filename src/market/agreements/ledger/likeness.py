"""Whether a delivery is in the ledger already: tapped twice, or the same slip recorded by both sides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from market.agreements.ledger.standings import first_of
from market.agreements.models import Delivery
from market.core import clock
from market.core.duplicates import Likeness, numbered

MINUTES = timedelta(minutes=10)
"""Within so long an equal entry of the same side is one tapped twice; equal loads may come several times a day."""


def delivery_like(new: Delivery, entries: Sequence[Delivery]) -> Likeness | None:
    """The entry that a new one is probably the same as: the newest that stands and is like it.

    Equal slips of one day or of equal loads are one delivery, however their numbers are spelled. Without two slips to
    tell them apart, equal loads of one day are the same when the other side recorded the one before, or the same
    side did minutes ago.
    """
    for entry in sorted(entries, key=lambda entry: entry.id, reverse=True):
        if entry.reverses_id is None and entry.reversal is None and (same := _same(new, entry)):
            slip = f" ({entry.evidence})" if entry.evidence else ""
            name = f"{entry.quantity.normalize():f}, {entry.delivered_on:%d/%m/%Y}{slip}"
            return Likeness(entry.id, name, same)
    return None


def _same(new: Delivery, entry: Delivery) -> list[str]:
    """The fields in which both agree, if that makes them one delivery."""
    slips = numbered(new.evidence), numbered(entry.evidence)
    same = {
        "line": first_of(new.line) == first_of(entry.line),
        "delivered_on": new.delivered_on == entry.delivered_on,
        "quantity": new.quantity == entry.quantity,
        "evidence": bool(slips[0]) and slips[0] == slips[1],
    }
    if not same["line"] or (all(slips) and not same["evidence"]):
        return []
    other_side = new.recorded_by_id != entry.recorded_by_id
    just_now = clock.now() - entry.created_at <= MINUTES
    by_slip = same["evidence"] and (same["delivered_on"] or same["quantity"])
    by_load = same["delivered_on"] and same["quantity"] and (other_side or just_now)
    return [name for name, agrees in same.items() if agrees] if by_slip or by_load else []
