"""Whose word an agreement is: derived from who confirmed, who contests and who vouched, never typed in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from market.agreements.gate import principals, principals_of, sides_of
from market.agreements.models import Agreement, AgreementParty

Consent = Literal["note", "vouched", "confirmed", "contested"]
PartyConsent = Literal["confirmed", "asked", "contested", "word_of_logger"]

COUNTS: frozenset[Consent] = frozenset({"vouched", "confirmed"})
"""What is public, counted, told as contracting data and reported. The rest is between those whom it names."""
LEAST_KNOWN = 2
"""One organization alone agrees with nobody."""


def consent_of(agreement: Any, parties: Sequence[Any]) -> Consent:
    """Confirmed when each side has a known principal and every known principal confirmed; contested by any of them.

    Where one person speaks for both sides nobody else has agreed: it stays a note, unless somebody vouches for it.

    Args:
        agreement: a row with `vouched` and `one_hand`.
        parties: its rows of `agreement_party`, in their order.
    """
    known = [party for _, party in principals_of(parties) if party.organization_id is not None]
    if any(party.contested_at is not None for party in known):
        return "contested"
    whole = all(any(party.organization_id for _, party in side) for side in sides_of(parties))
    agreed = len(known) >= LEAST_KNOWN and all(party.confirmed_at is not None for party in known)
    if whole and agreed and not agreement.one_hand:
        return "confirmed"
    return "vouched" if agreement.vouched else "note"


def counts(agreement: Any) -> bool:
    """Whether it is more than its logger's own note."""
    return agreement.consent in COUNTS


def known_principals(agreement: Agreement) -> list[AgreementParty]:
    """The principals that are organizations here, and can speak for themselves."""
    return [party for _, party in principals(agreement) if party.organization_id is not None]


def bound_ids(agreement: Agreement) -> set[UUID]:
    """Whom nothing may be changed for without asking: every known principal, once one of them has confirmed."""
    known = known_principals(agreement)
    if not any(party.confirmed_at for party in known):
        return set()
    return {party.organization_id for party in known if party.organization_id is not None}


def party_consent(party: AgreementParty) -> PartyConsent:
    """What a party itself says of the paper."""
    if party.contested_at is not None:
        return "contested"
    if party.organization_id is None:
        return "word_of_logger"
    return "confirmed" if party.confirmed_at is not None else "asked"


def shown_parties(agreement: Agreement) -> list[AgreementParty]:
    """Whom strangers may be told of: known readers (witnesses, authorities beside two sides) that agree to be named."""
    bound = {id(party) for _, party in principals(agreement)}
    return [
        party
        for party in agreement.parties
        if id(party) in bound
        or party.organization_id is None
        or party.confirmed_at is not None
        or (agreement.vouched and party.contested_at is None)
    ]
