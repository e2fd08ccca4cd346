"""Who may do what with an agreement. Pure."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from market.agreements.models import Agreement, AgreementParty
from market.core.access import Actor
from market.core.errors import NotAllowed

LOGGING_KINDS = frozenset({"organizer", "authority"})


def is_insider(actor: Actor, agreement: Agreement) -> bool:
    """Parties, whoever logged it, and officers: they see value, prices and contacts."""
    return (
        actor.is_officer
        or actor.belongs_to(agreement.logged_by_id)
        or any(actor.belongs_to(party.organization_id) for party in agreement.parties)
    )


def require_insider(actor: Actor, agreement: Agreement) -> None:
    """Edit, sign and follow up.

    Raises:
        NotAllowed: neither a party, nor who logged it, nor an officer.
    """
    if not is_insider(actor, agreement):
        raise NotAllowed


def require_can_log(actor: Actor, party_ids: Collection[UUID]) -> None:
    """Officers, organizers and authorities log what others sign; an organization logs what it is a party of.

    Raises:
        NotAllowed: otherwise.
    """
    if actor.is_officer:
        return
    if actor.membership is None:
        raise NotAllowed
    if not actor.membership.kinds & LOGGING_KINDS and actor.membership.organization_id not in party_ids:
        raise NotAllowed


def may_confirm(actor: Actor, agreement: Agreement, party: AgreementParty) -> bool:
    """Owners and managers for their own organization, who logged it for those known only by name, officers for any."""
    if actor.is_officer:
        return True
    if party.organization_id is not None:
        return actor.role_in(party.organization_id) in ("owner", "manager")
    return actor.belongs_to(agreement.logged_by_id)
