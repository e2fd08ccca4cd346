"""From claims to what the API says about them."""

from __future__ import annotations

from market.organizations.claims.models import Claim
from market.organizations.claims.schemas import ClaimOut


def claim_out(claim: Claim) -> ClaimOut:
    """The claim as its organization and officers see it."""
    return ClaimOut.model_construct(**{name: getattr(claim, name) for name in ClaimOut.model_fields})
