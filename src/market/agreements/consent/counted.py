"""What counts before everybody: a paper by more than its logger's word, of somebody whom the market has looked at.

Two organizations that nobody has verified may agree on what they like between themselves; it is kept and shown to them.
It begins to count when an officer verifies one of them, and stops when none is verified any more.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import aliased

from market.agreements.consent.standing import COUNTS, known_principals
from market.agreements.gate import TRADING
from market.agreements.models import Agreement, AgreementCourse, AgreementParty
from market.organizations.claims.states import GRANTED_KINDS
from market.organizations.models import Organization, OrganizationStanding

Uncounted = Literal["draft", "note", "contested", "nobody_verified"]


def has_known_principal(agreement_id: Any, *, looked_at: Any = None) -> ColumnElement[bool]:
    """Whether an officer has looked at who one of the principals is: its identity, or a kind that only officers grant.

    Args:
        agreement_id: the column that names the paper.
        looked_at: rows of `organization_standing` that count; those of now when left out.
    """
    party, trading = aliased(AgreementParty), aliased(AgreementParty)
    trades = select(trading.id).where(trading.agreement_id == party.agreement_id, trading.role.in_(TRADING)).exists()
    bound = or_(party.role.in_(TRADING), and_(party.role == "authority", ~trades))
    rows = select(party.id).where(party.agreement_id == agreement_id, bound)
    if looked_at is None:
        known = or_(Organization.verification == "verified", Organization.kinds.overlap(sorted(GRANTED_KINDS)))
        rows = rows.join(Organization, Organization.id == party.organization_id).where(known)
    else:
        same = OrganizationStanding.organization_id == party.organization_id
        rows = rows.join(OrganizationStanding, same).where(looked_at)
    # As EXISTS the database may look it up for the few papers of a page, and by one pass for all of them.
    return rows.exists()


def looked_at_until(instant: datetime) -> ColumnElement[bool]:
    """Stretches in which somebody was known just before an instant."""
    standing = OrganizationStanding
    return and_(standing.since_at < instant, or_(standing.until_at.is_(None), standing.until_at >= instant))


@cache
def is_counted() -> ColumnElement[bool]:
    """As `uncounted_because` says nothing, but for the state: the rule for rows of `agreement`."""
    return or_(_is_vouched(Agreement), and_(Agreement.consent == "confirmed", has_known_principal(Agreement.id)))


def _is_vouched(paper: Any) -> ColumnElement[bool]:
    """What the body of its event vouched for goes on counting when all whom it names have confirmed it."""
    return and_(paper.vouched, paper.consent.in_(sorted(COUNTS)))


def uncounted_because(agreement: Agreement) -> Uncounted | None:
    """Why a paper is neither public nor counted; None: it is. The same rule as `is_counted`."""
    if agreement.status == "draft":
        return "draft"
    if agreement.consent in ("note", "contested"):
        return "note" if agreement.consent == "note" else "contested"
    if agreement.vouched or any(map(_is_looked_at, known_principals(agreement))):
        return None
    return "nobody_verified"


def _is_looked_at(party: AgreementParty) -> bool:
    who = party.organization
    return who is not None and (who.verification == "verified" or bool(GRANTED_KINDS & set(who.kinds)))


def counted_course(agreement_id: Any, *, known: datetime) -> ColumnElement[bool]:
    """As `is_counted`, of stretches of time in which more than a logger's word stood behind a paper.

    Args:
        known: just before this instant somebody must have been known.
    """
    paper = aliased(Agreement)
    vouched = select(paper.id).where(_is_vouched(paper))
    return or_(agreement_id.in_(vouched), has_known_principal(agreement_id, looked_at=looked_at_until(known)))


def ever_counted() -> ColumnElement[bool]:
    """Whether a paper was public at some time, for rows of `agreement`: only of such strangers hear that it is gone."""
    course = select(AgreementCourse.id).where(AgreementCourse.agreement_id == Agreement.id).exists()
    return and_(course, or_(Agreement.vouched, has_known_principal(Agreement.id, looked_at=true())))
