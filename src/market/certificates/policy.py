"""Who may do what with a certificate. Pure."""

from __future__ import annotations

from market.certificates.models import Certificate
from market.core.access import Actor
from market.core.errors import Conflict, NotAllowed
from market.core.language import Message
from market.organizations.policy import require_manager, require_member


class SamePerson(NotAllowed):
    code = "second-person-needed"
    detail = Message(
        vi="Người xác minh phải là người khác, ngoài tổ chức đã khai chứng nhận.",
        en="A second person, from outside the organization, must verify the certificate.",
    )


class NotVerifiable(Conflict):
    """`errors` names all that is in the way."""

    code = "not-verifiable"
    detail = Message(
        vi="Chưa thể xác minh chứng nhận này; xem errors và sửa hoặc bổ sung trước.",
        en="This certificate cannot be verified yet; see errors, and correct or add what is named.",
    )


class AlreadyVerified(Conflict):
    code = "already-verified"
    detail = Message(
        vi="Chứng nhận đã được xác minh nên không sửa được; hãy khai chứng nhận mới, hoặc thu hồi nếu nó sai.",
        en="The certificate was verified and cannot be corrected; record another one, or recall it if it is wrong.",
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


def require_can_correct(actor: Actor, certificate: Certificate) -> None:
    """Anyone of the organization, while nobody has verified what it says.

    Raises:
        NotAllowed: others.
        AlreadyRecalled, AlreadyVerified: it is settled.
    """
    require_member(actor, certificate.organization_id)
    if certificate.recalled_at is not None:
        raise AlreadyRecalled
    if certificate.verification == "verified":
        raise AlreadyVerified


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
