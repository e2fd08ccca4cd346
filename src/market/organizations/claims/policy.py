"""Who may decide on a claim, and what stands in the way of making one. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from market.core.access import Actor
from market.core.errors import AlreadyExists, Conflict, FieldError, NotAllowed, ValidationFailed
from market.core.language import Message
from market.organizations.claims.models import Claim

USUAL_TERM = timedelta(days=2 * 365)
"""So long a verification counts where the officer says nothing else."""
LONGEST_TERM = timedelta(days=5 * 365 + 1)
REMINDED_BEFORE = timedelta(days=30)
"""So long before its term ends the organization is told."""


class OwnClaim(NotAllowed):
    code = "self-verification"
    detail = Message(
        vi="Người quyết định phải là cán bộ ngoài tổ chức và không phải người đã khai.",
        en="A second person decides: an officer from outside the organization who did not file the claim.",
    )


class AlreadyClaimed(AlreadyExists):
    code = "already-claimed"
    detail = Message(
        vi="Điều này đã được khai và đang ở trạng thái {status}.", en="This is claimed already; its status is {status}."
    )


class NothingToDispute(Conflict):
    code = "nothing-to-dispute"
    detail = Message(
        vi="Chưa tổ chức đã xác minh nào mang mã số thuế này; hãy ghi mã vào thông tin tổ chức.",
        en="No verified organization has this tax code; write it into your organization's details.",
    )


class EvidenceMissing(Conflict):
    code = "evidence-missing"
    detail = Message(
        vi="Chưa có căn cứ: tổ chức đính kèm giấy tờ (POST /claims/{id}/evidence), hoặc cán bộ ghi looked_at (đã xem "
        "sổ đăng ký hay giấy nào).",
        en="There is no evidence: the organization attaches a file (POST /claims/{id}/evidence), or the officer says "
        "in looked_at which register or paper was looked at.",
    )


def require_evidence(seen: str | None, *, attached: bool, claim: Claim) -> None:
    """What nobody has looked at is not verified; the claimant's own words show nothing.

    Args:
        seen: what the officer says to have looked at.
        attached: whether the claim has a file.

    Raises:
        EvidenceMissing: neither.
    """
    if not seen and not attached:
        raise EvidenceMissing(id=claim.id)


def last_day(wanted: date | None, *, today: date) -> date:
    """The last day on which a verification of today counts.

    Raises:
        ValidationFailed: the day that is wanted is over, or further away than anybody can vouch for.
    """
    if wanted is None:
        return today + USUAL_TERM
    if not today <= wanted <= today + LONGEST_TERM:
        message = Message(
            vi=f"Phải từ {today:%d/%m/%Y} đến {today + LONGEST_TERM:%d/%m/%Y}.",
            en=f"Must be from {today} to {today + LONGEST_TERM}.",
        )
        raise ValidationFailed(errors=[FieldError("/valid_until", "claim-term", message)])
    return wanted


def require_can_decide(actor: Actor, claim: Claim) -> None:
    """An officer who neither belongs to the organization nor filed the claim.

    Raises:
        NotAllowed: not an officer.
        OwnClaim: the same hands.
    """
    if not actor.is_officer:
        raise NotAllowed
    if actor.is_system:
        return
    filed_it = actor.user_id is not None and actor.user_id == claim.claimed_by
    if actor.belongs_to(claim.organization_id) or filed_it:
        raise OwnClaim
