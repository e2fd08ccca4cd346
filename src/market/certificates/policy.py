"""Who may do what with a certificate. Pure."""

from __future__ import annotations

from market.certificates.models import Certificate
from market.core.access import Actor
from market.core.errors import Conflict, NotAllowed
from market.core.language import Message
from market.organizations.policy import require_manager


class SamePerson(NotAllowed):
    code = "second-person-needed"
    detail = Message(
        vi="Người xác minh phải là người khác, ngoài tổ chức đã khai chứng nhận.",
        en="A second person, from outside the organization, must verify the certificate.",
    )


class AlreadyRecalled(Conflict):
    code = "already-recalled"
    detail = Message(vi="Chứng nhận này đã bị thu hồi.", en="This certificate has been recalled.")


def require_can_verify(actor: Actor, certificate: Certificate) -> None:
    """An officer who neither recorded the certificate nor belongs to its organization.

    Raises:
        NotAllowed: not an officer.
        SamePerson: the same hands.
        AlreadyRecalled: there is nothing left to verify.
    """
    if not actor.is_officer:
        raise NotAllowed
    if actor.belongs_to(certificate.organization_id) or (
        actor.user_id is not None and actor.user_id == certificate.recorded_by
    ):
        raise SamePerson
    if certificate.recalled_at is not None:
        raise AlreadyRecalled


def require_may_see_evidence(actor: Actor, certificate: Certificate) -> None:
    """Officers and the organization itself: evidence may name people and prices. The same may add to it.

    Raises:
        NotAllowed: others.
    """
    if not actor.is_officer and not actor.belongs_to(certificate.organization_id):
        raise NotAllowed


def require_can_recall(actor: Actor, certificate: Certificate) -> None:
    """Officers, and managers of the organization itself.

    Raises:
        NotAllowed: others.
        AlreadyRecalled: it was recalled before.
    """
    if not actor.is_officer:
        require_manager(actor, certificate.organization_id)
    if certificate.recalled_at is not None:
        raise AlreadyRecalled
