"""Verbs of certificates: record, correct, verify, suspend, recall."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.queries import attachments_of
from market.certificates import policy
from market.certificates.models import Certificate
from market.certificates.schemas import CertificateCreate, CertificateUpdate, CertificateVerification, RecallRequest
from market.certificates.validity import last_day, number_errors, term_errors
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change, record_changes
from market.core.errors import FieldError, ValidationFailed
from market.core.language import Message
from market.organizations.models import Organization
from market.organizations.policy import require_member
from market.reference.catalogue import Catalogue

NO_SCHEME = Message(vi="Không có loại chứng nhận {scheme}.", en="No certification scheme {scheme}.")
NO_LEVEL = Message(
    vi="{scheme} không có hạng này; chỉ cấp: {levels}.", en="{scheme} has no such level; only: {levels}."
)
LEVEL_MISSING = Message(vi="Cần ghi hạng: {levels}.", en="The level is needed: {levels}.")
TERM_REVERSED = Message(vi="Ngày hết hạn phải sau ngày cấp.", en="The expiry must not come before the date of issue.")
NO_EVIDENCE = Message(
    vi="Chưa có căn cứ: tổ chức đính kèm bản quét (POST /certificates/…/evidence), hoặc cán bộ ghi looked_at (đã xem "
    "sổ đăng ký hay giấy nào). Số giấy do tổ chức tự khai chưa phải căn cứ.",
    en="There is no evidence: the organization attaches a scan (POST /certificates/…/evidence), or the officer says "
    "in looked_at which register or paper was looked at. A number that the organization typed is none.",
)
IN_FUTURE = Message(vi="Ngày cấp ở tương lai.", en="The date of issue lies in the future.")


def _errors(scheme_id: str, level: int | None, issued_on: date, *, catalogue: Catalogue) -> list[FieldError]:
    errors: list[FieldError] = []
    scheme = catalogue.find_scheme(scheme_id)
    if scheme is None:
        errors.append(FieldError("/scheme", "unknown-scheme", NO_SCHEME, {"scheme": scheme_id}))
    else:
        named = {"scheme": scheme.name_vi, "levels": ", ".join(map(str, scheme.levels)) or "–"}
        if level is None and scheme.levels:
            errors.append(FieldError("/level", "level-missing", LEVEL_MISSING, named))
        if level is not None and level not in scheme.levels:
            errors.append(FieldError("/level", "level-not-certifiable", NO_LEVEL, named))
    if issued_on > clock.today():
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
    if errors := _errors(certificate_in.scheme, certificate_in.level, certificate_in.issued_on, catalogue=catalogue):
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


async def correct_certificate(
    session: AsyncSession,
    actor: Actor,
    certificate: Certificate,
    certificate_in: CertificateUpdate,
    *,
    catalogue: Catalogue,
) -> Certificate:
    """Put right what was recorded wrongly, before anybody verified it. It waits for an officer again.

    Raises:
        NotAllowed: of another organization.
        AlreadyVerified, AlreadyRecalled: it is settled.
        ValidationFailed: unknown scheme or level; a date of issue in the future; a term that ends before it begins.
    """
    policy.require_can_correct(actor, certificate)
    sent = certificate_in.model_dump(exclude_unset=True)
    after = {name: sent.get(name, getattr(certificate, name)) for name in ("scheme", "level", "issued_on")}
    errors = _errors(after["scheme"], after["level"], after["issued_on"], catalogue=catalogue)
    expires_on = sent.get("expires_on", certificate.expires_on)
    if "expires_on" in sent and sent["expires_on"] is None and not errors:
        expires_on = catalogue.valid_until(after["scheme"], issued=after["issued_on"])
    if expires_on is not None and expires_on < after["issued_on"]:
        errors.append(FieldError("/expires_on", "term-order", TERM_REVERSED))
    if errors:
        raise ValidationFailed(errors=errors)
    for name, value in (sent | {"expires_on": expires_on}).items():
        setattr(certificate, name, value)
    certificate.verification, certificate.verification_note = "unverified", None
    certificate.verified_by, certificate.verified_at = None, None
    certificate.recorded_by = actor.user_id or certificate.recorded_by
    await record_change(session, actor, certificate, verb="edit")
    return certificate


async def verify_certificate(
    session: AsyncSession,
    actor: Actor,
    certificate: Certificate,
    request: CertificateVerification,
    *,
    catalogue: Catalogue,
) -> Certificate:
    """A second person has seen the evidence, and says whether it is what it claims.

    Raises:
        NotAllowed, SamePerson, AlreadyRecalled: see `policy.require_can_verify`.
        NotVerifiable: nothing was looked at, the number is none, or the scheme grants no such term.
    """
    policy.require_can_verify(actor, certificate)
    certificate.reference = request.reference or certificate.reference
    if request.decision == "verified":
        errors = term_errors(certificate, catalogue=catalogue) + number_errors(certificate, catalogue=catalogue)
        looked_at = request.looked_at or request.reference
        if not looked_at and not await attachments_of(session, "certificate", certificate.id):
            errors.append(FieldError("/evidence", "evidence-missing", NO_EVIDENCE))
        if errors:
            raise policy.NotVerifiable(errors=errors)
    certificate.verification = request.decision
    certificate.verification_note = request.note or request.looked_at
    certificate.verified_by = actor.user_id
    certificate.verified_at = clock.now()
    looked = {"looked_at": [None, request.looked_at]} if request.looked_at else None
    await record_change(session, actor, certificate, verb="verify", details=looked)
    return certificate


async def suspend_certificates(session: AsyncSession, actor: Actor, organization: Organization) -> None:
    """The organization is not who it was when they were verified: none of them counts until it is verified again."""
    rows = (
        select(Certificate)
        .where(
            Certificate.organization_id == organization.id,
            Certificate.verification == "verified",
            Certificate.recalled_at.is_(None),
        )
        .order_by(Certificate.id)
        .with_for_update()
    )
    certificates = list(await session.scalars(rows))
    for certificate in certificates:
        certificate.verification = "suspended"
    await record_changes(session, actor, certificates, verb="suspend")


async def recall_certificate(
    session: AsyncSession, actor: Actor, certificate: Certificate, request: RecallRequest
) -> Certificate:
    """Withdraw it: it stops satisfying anything at once."""
    policy.require_can_recall(actor, certificate)
    certificate.recalled_at = clock.now()
    certificate.recall_reason = request.reason
    await record_change(session, actor, certificate, verb="recall")
    return certificate
