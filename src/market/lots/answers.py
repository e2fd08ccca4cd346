"""Lots as the API gives them."""

from __future__ import annotations

from collections.abc import Sequence

from market.lots.labels import label_path, trace_path
from market.lots.models import Lot
from market.lots.policy import is_public
from market.lots.schemas import LabelClaim, LabelClaims, LotOut
from market.organizations.answers import organization_mark
from market.photos.addresses import photo_mark

PLAIN = (
    *("id", "code", "gtin", "harvested_from", "harvested_to", "quantity", "unit", "growing_area_code"),
    *("packed_on", "best_before", "note", "created_at", "updated_at", "version"),
    *("recalled_at", "recall_reason", "withdrawn_at", "withdrawal_reason"),
)


def lot_out(lot: Lot, *, reached_at: str) -> LotOut:
    """A lot with the addresses on its label.

    Args:
        reached_at: the market's own address, without a slash at its end.
    """
    return LotOut(
        **{name: getattr(lot, name) for name in PLAIN},
        listing=lot.listing_id,
        title=lot.listing.title,
        organization=organization_mark(lot.listing.organization),
        photo=photo_mark(lot.photo, public=is_public(lot)),
        trace_url=f"{reached_at}{trace_path(lot)}",
        label_url=f"{reached_at}{label_path(lot)}",
    )


def label_claims(lots: Sequence[Lot], *, gtin: str, code: str, reached_at: str) -> LabelClaims:
    """What several organizations say of one label, the recalled first; arguments as of `lot_out`."""
    claims = [
        LabelClaim(
            recalled=lot.recalled_at is not None,
            recalled_at=lot.recalled_at,
            recall_reason=lot.recall_reason,
            withdrawn_at=lot.withdrawn_at,
            organization=organization_mark(lot.listing.organization),
            lot=lot.id,
            title=lot.listing.title,
            trace_url=f"{reached_at}{trace_path(lot)}",
        )
        for lot in sorted(lots, key=lambda lot: lot.recalled_at is None)
    ]
    return LabelClaims(recalled=any(claim.recalled for claim in claims), gtin=gtin, code=code, items=claims)
