"""From rows to what the API says about them."""

from __future__ import annotations

from market.certificates.facts import AnyCertificate
from market.certificates.models import Certificate
from market.certificates.schemas import CertificateMark, CertificateOut
from market.certificates.validity import state_of, warnings
from market.core import clock
from market.core.language import Language
from market.reference.catalogue import Catalogue

COLUMNS = tuple(name for name in CertificateOut.model_fields if name not in ("state", "warnings"))


def certificate_out(certificate: Certificate, *, catalogue: Catalogue, language: Language) -> CertificateOut:
    """The certificate with what it is worth now."""
    return CertificateOut.model_construct(
        **{name: getattr(certificate, name) for name in COLUMNS},
        state=state_of(certificate, at=clock.now()),
        warnings=[message.text(language) for message in warnings(certificate, catalogue=catalogue)],
    )


def certificate_mark(certificate: AnyCertificate) -> CertificateMark:
    """The certificate in a line."""
    return CertificateMark.model_construct(
        id=certificate.id,
        scheme=certificate.scheme,
        level=certificate.level,
        expires_on=certificate.expires_on,
        state=state_of(certificate, at=clock.now()),
    )
