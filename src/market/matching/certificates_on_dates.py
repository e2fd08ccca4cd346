"""Whether certificates hold on every day of a window: terms may follow each other, gaps may not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from market.certificates.validity import holds_area, holds_goods
from market.matching.facts import CertificateFacts, Offer
from market.reference.catalogue import Catalogue
from market.reference.checking import Requirement, requirement_met


def answering(offer: Offer, requirement: Requirement, *, catalogue: Catalogue) -> list[CertificateFacts]:
    """Those of an offer's certificates that are of the required scheme and level and cover its goods and area."""
    return _of_them(offer.certificates, offer, requirement, catalogue=catalogue)


def waiting_for(offer: Offer, requirement: Requirement, *, catalogue: Catalogue) -> list[CertificateFacts]:
    """Those that would answer it once somebody verifies them."""
    return _of_them(offer.waiting, offer, requirement, catalogue=catalogue)


def _of_them(
    certificates: Iterable[CertificateFacts], offer: Offer, requirement: Requirement, *, catalogue: Catalogue
) -> list[CertificateFacts]:
    return [
        certificate
        for certificate in certificates
        if requirement_met(catalogue, requirement, scheme=certificate.scheme, level=certificate.level)
        and holds_goods(certificate.scope_concepts, offer.concept, catalogue=catalogue)
        and holds_area(certificate.scope_area, offer.growing_area)
    ]


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
