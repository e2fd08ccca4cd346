"""Verbs of certificates: record, verify, recall."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates import policy
from market.certificates.models import Certificate
from market.certificates.schemas import CertificateCreate, CertificateVerification, RecallRequest
from market.certificates.validity import last_day
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import FieldError, ValidationFailed
from market.core.language import Message
from market.organizations.policy import require_member
from market.reference.catalogue import Catalogue

NO_SCHEME = Message(vi="Không có loại chứng nhận {scheme}.", en="No certification scheme {scheme}.")
NO_LEVEL = Message(
    vi="{scheme} không có hạng này; chỉ cấp: {levels}.", en="{scheme} has no such level; only: {levels}."
)
LEVEL_MISSING = Message(vi="Cần ghi hạng: {levels}.", en="The level is needed: {levels}.")
IN_FUTURE = Message(vi="Ngày cấp ở tương lai.", en="The date of issue lies in the future.")


def _errors(certificate_in: CertificateCreate, catalogue: Catalogue) -> list[FieldError]:
    errors: list[FieldError] = []
    scheme = catalogue.find_scheme(certificate_in.scheme)
    if scheme is None:
        errors.append(FieldError("/scheme", "unknown-scheme", NO_SCHEME, {"scheme": certificate_in.scheme}))
    else:
        named = {"scheme": scheme.name_vi, "levels": ", ".join(map(str, scheme.levels)) or "–"}
        if certificate_in.level is None and scheme.levels:
            errors.append(FieldError("/level", "level-missing", LEVEL_MISSING, named))
        if certificate_in.level is not None and certificate_in.level not in scheme.levels:
            errors.append(FieldError("/level", "level-not-certifiable", NO_LEVEL, named))
    if certificate_in.issued_on > clock.today():
        errors.append(FieldError("/issued_on", "in-the-future", IN_FUTURE))
    return errors


async def record_certificate(
    session: AsyncSession,
    actor: Actor,
    certificate_in: CertificateCreate,
    *,
    organization_id: UUID,
    catalogue: Catalogue,
) -> Certificate:
    """Record a certificate, unverified. A renewal is a new certificate; the old one runs out its term.

    Raises:
        ValidationFailed: unknown scheme or level; a date of issue in the future.
    """
    require_member(actor, organization_id)
    if errors := _errors(certificate_in, catalogue):
        raise ValidationFailed(errors=errors)
    certificate = Certificate(
        **certificate_in.model_dump(exclude={"expires_on"}),
        expires_on=last_day(
            certificate_in.expires_on,
            scheme=certificate_in.scheme,
            issued_on=certificate_in.issued_on,
            catalogue=catalogue,
        ),
        organization_id=organization_id,
        verification="unverified",
        recorded_by=actor.user_id,
    )
    await record_change(session, actor, certificate, verb="create")
    return certificate


async def verify_certificate(
    session: AsyncSession, actor: Actor, certificate: Certificate, request: CertificateVerification
) -> Certificate:
    """A second person has seen the paper, and says whether it is what it claims."""
    policy.require_can_verify(actor, certificate)
    certificate.verification = request.decision
    certificate.verification_note = request.note
    certificate.verified_by = actor.user_id
    certificate.verified_at = clock.now()
    await record_change(session, actor, certificate, verb="verify")
    return certificate


async def recall_certificate(
    session: AsyncSession, actor: Actor, certificate: Certificate, request: RecallRequest
) -> Certificate:
    """Withdraw it: it stops satisfying anything at once."""
    policy.require_can_recall(actor, certificate)
    certificate.recalled_at = clock.now()
    certificate.recall_reason = request.reason
    await record_change(session, actor, certificate, verb="recall")
    return certificate
