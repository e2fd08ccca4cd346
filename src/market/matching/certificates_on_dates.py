"""Whether certificates hold on every day of a window: terms may follow each other, gaps may not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from market.matching.facts import CertificateFacts
from market.reference.catalogue import Catalogue
from market.reference.checking import Requirement, requirement_met


def answering(
    certificates: Iterable[CertificateFacts], requirement: Requirement, concept: str, *, catalogue: Catalogue
) -> list[CertificateFacts]:
    """Those certificates that are of the required scheme and level and cover the goods, whatever their dates."""
    return [
        certificate
        for certificate in certificates
        if requirement_met(catalogue, requirement, scheme=certificate.scheme, level=certificate.level)
        and _covers(certificate, concept, catalogue)
    ]


def _covers(certificate: CertificateFacts, concept: str, catalogue: Catalogue) -> bool:
    scope = certificate.scope_concepts
    return not scope or any(catalogue.is_same_or_narrower(concept, than=named) for named in scope)


def first_day_without(certificates: Iterable[CertificateFacts], *, start: date, end: date) -> date | None:
    """The first day from `start` through `end` on which no certificate is valid; None when there is no such day."""
    day = start
    for certificate in sorted(certificates, key=lambda certificate: certificate.issued_on):
        if certificate.issued_on > day:
            break
        if certificate.expires_on is None:
            return None
        day = max(day, certificate.expires_on + timedelta(days=1))
        if day > end:
            return None
    return day
