"""Certificates: record, read, correct, verify, recall."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates import evidence_routes, queries, service
from market.certificates.answers import certificate_out
from market.certificates.models import Certificate
from market.certificates.schemas import (
    CertificateCreate,
    CertificateOut,
    CertificateQuery,
    CertificateUpdate,
    CertificateVerification,
    RecallRequest,
)
from market.core.access import Access, Actor
from market.core.language import preferred_language
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import require_match, single, trimmed_page
from market.organizations.policy import acting_organization
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


def _answer(
    request: AnyRequest, certificate: Certificate, catalogue: Catalogue, *, status: int = 200
) -> Response[CertificateOut]:
    language = preferred_language(request.headers.get("accept-language"))
    model = certificate_out(certificate, catalogue=catalogue, language=language)
    location = f"/api/v1/certificates/{certificate.id}" if status == 201 else None
    return single(request, model, version=certificate.version, status=status, location=location)


@get(
    "/certificates",
    operation_id="listCertificates",
    access=Access.ANYONE,
    dependencies={"params": query_of(CertificateQuery)},
    summary="Certificates, newest first",
)
async def list_certificates(
    params: NamedDependency[CertificateQuery], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[Page[CertificateOut]]:
    """By organization, scheme and decision. Everybody sees those that are verified; the organization itself and
    officers all.
    """
    rows = queries.visible_certificates(actor)
    if params.organization is not None:
        rows = rows.where(Certificate.organization_id == params.organization)
    if params.scheme is not None:
        rows = rows.where(Certificate.scheme == params.scheme)
    if params.verification is not None:
        rows = rows.where(Certificate.verification == params.verification)
    found = await paginate(session, rows, key=Certificate.id, query=params)
    language = preferred_language(request.headers.get("accept-language"))
    page = found.to_page(lambda row: certificate_out(row, catalogue=catalogue, language=language))
    return trimmed_page(request, page, CertificateOut)


@post("/certificates", operation_id="recordCertificate", access=Access.MEMBER, summary="Record a certificate")
async def record_certificate(
    data: JSONBody[CertificateCreate], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[CertificateOut]:
    """For members of the organization. It counts for nothing until an officer has verified it by its evidence."""
    certificate = await service.record_certificate(
        session, actor, data, organization_id=acting_organization(actor), catalogue=catalogue
    )
    return _answer(request, certificate, catalogue, status=201)


@get(
    "/certificates/{certificate_id:uuid}",
    operation_id="getCertificate",
    access=Access.ANYONE,
    summary="One certificate",
)
async def get_certificate(
    certificate_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[CertificateOut]:
    """Scheme, number, term and scope, and whether it holds today; evidence and notes are for the organization and
    officers.
    """
    return _answer(request, await queries.get_certificate(session, actor, certificate_id), catalogue)


@patch(
    "/certificates/{certificate_id:uuid}",
    operation_id="correctCertificate",
    access=Access.MEMBER,
    summary="Put right what was recorded wrongly; once it was verified, record another",
)
async def correct_certificate(
    certificate_id: FromPath[UUID],
    data: JSONBody[CertificateUpdate],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[CertificateOut]:
    """For members of the organization, before an officer verifies it; it waits for the officer again."""
    certificate = await queries.get_certificate(session, actor, certificate_id, lock=True)
    require_match(request, certificate.version)
    await service.correct_certificate(session, actor, certificate, data, catalogue=catalogue)
    return _answer(request, certificate, catalogue)


@post(
    "/certificates/{certificate_id:uuid}/verify",
    operation_id="verifyCertificate",
    access=Access.OFFICER,
    status_code=200,
    summary="A second person has seen the evidence",
)
async def verify_certificate(
    certificate_id: FromPath[UUID],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
    data: JSONBody[CertificateVerification | None] = None,
) -> Response[CertificateOut]:
    """For an officer who neither recorded it nor belongs to the organization. From then on listings of its goods may
    show it and matches count it; the organization is told.
    """
    certificate = await queries.get_certificate(session, actor, certificate_id, lock=True)
    require_match(request, certificate.version)
    await service.verify_certificate(
        session, actor, certificate, data or CertificateVerification(), catalogue=catalogue
    )
    return _answer(request, certificate, catalogue)


@post(
    "/certificates/{certificate_id:uuid}/recall",
    operation_id="recallCertificate",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Withdraw a certificate: it stops counting at once",
)
async def recall_certificate(
    certificate_id: FromPath[UUID],
    data: JSONBody[RecallRequest],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[CertificateOut]:
    """For managers of the organization and officers, with a reason. It satisfies nothing from that moment on, and
    who relied on it is told.
    """
    certificate = await queries.get_certificate(session, actor, certificate_id, lock=True)
    require_match(request, certificate.version)
    await service.recall_certificate(session, actor, certificate, data)
    return _answer(request, certificate, catalogue)


routes = [
    list_certificates,
    record_certificate,
    get_certificate,
    correct_certificate,
    verify_certificate,
    recall_certificate,
    *evidence_routes.routes,
]
