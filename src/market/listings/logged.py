"""What belongs to a listing beside its columns, as the change log keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from market.listings.models import Listing
from market.listings.schemas import Capacity


def belongings_for_log(listing: Listing) -> dict[str, Any]:
    """What belongs to a listing beside its columns, for the log."""
    windows = [
        {"from": window.starts_on, "to": window.ends_on, "quantity": window.quantity, "per": window.per}
        for window in listing.capacity
    ]
    return {"capacity": windows, "certificates": [certificate.id for certificate in listing.certificates]}


def windows_for_log(windows: Sequence[Capacity]) -> list[dict[str, Any]]:
    """Windows of a body, for the log."""
    return [{"from": w.from_, "to": w.to, "quantity": w.quantity, "per": w.per} for w in windows]
