"""What counts before everybody: a paper by more than its logger's word, of somebody whom the market has looked at.

Two organizations that nobody has verified may agree on what they like between themselves; it is kept and shown to them.
It begins to count when an officer verifies one of them, and stops when none is verified any more.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from market.agreements.consent.standing import known_principals
from market.agreements.gate import TRADING
from market.agreements.models import Agreement, AgreementParty
from market.organizations.claims.states import GRANTED_KINDS
from market.organizations.models import Organization

Uncounted = Literal["draft", "note", "contested", "nobody_verified"]


def has_known_principal(agreement_id: Any) -> ColumnElement[bool]:
    """Whether an officer has looked at who one of the principals is: its identity, or a kind that only officers grant.

    Args:
        agreement_id: the column that names the paper.
    """
    party, trading = aliased(AgreementParty), aliased(AgreementParty)
    trades = select(trading.id).where(trading.agreement_id == party.agreement_id, trading.role.in_(TRADING)).exists()
    looked_at = or_(Organization.verification == "verified", Organization.kinds.overlap(sorted(GRANTED_KINDS)))
    # As EXISTS the database may look it up for the few papers of a page, and by one pass for all of them.
    return (
        select(party.id)
        .join(Organization, Organization.id == party.organization_id)
        .where(party.agreement_id == agreement_id)
        .where(or_(party.role.in_(TRADING), and_(party.role == "authority", ~trades)), looked_at)
        .exists()
    )


@cache
def is_counted() -> ColumnElement[bool]:
    """As `uncounted_because` says nothing, but for the state: the rule for rows of `agreement`."""
    confirmed = and_(Agreement.consent == "confirmed", has_known_principal(Agreement.id))
    return or_(Agreement.consent == "vouched", confirmed)


def uncounted_because(agreement: Agreement) -> Uncounted | None:
    """Why a paper is neither public nor counted; None: it is. The same rule as `is_counted`."""
    if agreement.status == "draft":
        return "draft"
    if agreement.consent in ("note", "contested"):
        return "note" if agreement.consent == "note" else "contested"
    if agreement.consent == "vouched" or any(map(_is_looked_at, known_principals(agreement))):
        return None
    return "nobody_verified"


def _is_looked_at(party: AgreementParty) -> bool:
    who = party.organization
    return who is not None and (who.verification == "verified" or bool(GRANTED_KINDS & set(who.kinds)))


def counted_course(agreement_id: Any) -> ColumnElement[bool]:
    """As `is_counted`, of stretches of time in which more than a logger's word stood behind a paper."""
    paper = aliased(Agreement)
    vouched = select(paper.id).where(paper.vouched, paper.consent == "vouched")
    return or_(agreement_id.in_(vouched), has_known_principal(agreement_id))
