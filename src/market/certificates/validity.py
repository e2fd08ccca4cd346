"""When a certificate counts, and for what. Pure; every rule of certificates stands here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from stdnum import ean

from market.certificates.facts import AnyCertificate
from market.certificates.models import Certificate
from market.core import clock
from market.core.errors import FieldError
from market.core.language import Message
from market.reference.catalogue import Catalogue
from market.reference.indexes import months_later
from market.vietnamese.spelling import folded

State = Literal["valid", "expired", "not_yet", "recalled", "unverified", "rejected", "suspended"]
FOREVER = 32_503_680_000
"""Unix seconds of the year 3000, for schemes without expiry."""

NUMBER_PATTERN = Message(
    vi="Số giấy không theo mẫu thường gặp ({example}); hãy kiểm tra lại.",
    en="The number does not look like the usual form ({example}); please check it.",
)
NUMBER_CHECK = Message(
    vi="Số GGN sai số kiểm tra; hãy kiểm tra lại.", en="The GGN's check digit is wrong; please check it."
)
GRANTED_BY = Message(
    vi="Vào ngày cấp, hạng {level} sao do {authority} công nhận; hãy kiểm tra nơi cấp.",
    en="On that day level {level} was granted by: {authority}; please check the issuer.",
)
TERM = Message(
    vi="Thời hạn thường là {months} tháng kể từ ngày cấp; hãy kiểm tra ngày hết hạn.",
    en="The usual term is {months} months from the date of issue; please check the expiry.",
)


OUT_OF_BOUNDS = Message(
    vi="Loại chứng nhận này có hiệu lực nhiều nhất {months} tháng, đến ngày {last}; hãy sửa ngày hết hạn theo giấy.",
    en="A certificate of this scheme lasts at most {months} months, until {last}; correct the expiry from the paper.",
)
NOT_GRANTED = Message(
    vi="Ngày {day} chưa có cơ quan nào công nhận hạng này; hãy sửa ngày cấp theo giấy.",
    en="On {day} nobody granted this level; correct the date of issue from the paper.",
)


def state_of(certificate: AnyCertificate, *, at: datetime) -> State:
    """What the certificate is worth at an instant. It is valid through its last day, Vietnamese time."""
    if certificate.recalled_at is not None:
        return "recalled"
    if certificate.verification != "verified":
        return certificate.verification
    if certificate.issued_on > clock.business_date(at):
        return "not_yet"
    if at >= expires_at(certificate):
        return "expired"
    return "valid"


def expires_at(certificate: AnyCertificate) -> datetime:
    """The first instant at which it no longer counts."""
    if certificate.expires_on is None:
        return datetime.fromtimestamp(FOREVER, tz=clock.VIETNAM)
    return clock.end_of_day(certificate.expires_on)


def holds_goods(scope_concepts: Sequence[str], concept: str, *, catalogue: Catalogue) -> bool:
    """Whether a scope holds a concept: one named, or anything narrower. A mango certificate does not cover chili."""
    return not scope_concepts or any(catalogue.is_same_or_narrower(concept, than=named) for named in scope_concepts)


def holds_area(scope_area: str | None, growing_area: str | None) -> bool:
    """Whether a scope holds a growing area, by its code or name. Goods that say no area are given the benefit."""
    return scope_area is None or growing_area is None or folded(scope_area) == folded(growing_area)


def valid_until(
    certificates: Iterable[AnyCertificate], concept: str, *, growing_area: str | None, catalogue: Catalogue
) -> dict[str, int]:
    """For each requirement that the certificates meet for goods of an area, the Unix second at which they stop.

    Keys are scheme ids, with every broader scheme, and `scheme-level` for each level reached: what a filter
    compares with the clock, so that nothing needs reindexing on the day of expiry.
    """
    until: dict[str, int] = {}
    for certificate in certificates:
        if certificate.verification != "verified" or certificate.recalled_at is not None:
            continue
        if not holds_goods(certificate.scope_concepts, concept, catalogue=catalogue):
            continue
        if not holds_area(certificate.scope_area, growing_area):
            continue
        expiry = int(expires_at(certificate).timestamp())
        for key in _requirements_met(certificate, catalogue):
            until[key] = max(until.get(key, 0), expiry)
    return until


def _requirements_met(certificate: AnyCertificate, catalogue: Catalogue) -> list[str]:
    scheme = catalogue.scheme(certificate.scheme)
    keys = [scheme.id, *catalogue.scheme_ancestors(scheme.id)]
    if certificate.level is not None:
        keys += [f"{scheme.id}-{level}" for level in scheme.levels if level <= certificate.level]
    return keys


def warnings(certificate: Certificate, *, catalogue: Catalogue) -> list[Message]:
    """What looks odd on the paper. Patterns and customs warn, they never refuse."""
    scheme = catalogue.scheme(certificate.scheme)
    found: list[Message] = []
    number = certificate.number
    if number and scheme.number_pattern and not re.match(scheme.number_pattern, number):
        found.append(_filled(NUMBER_PATTERN, example=scheme.number_example or scheme.number_pattern))
    if number_errors(certificate, catalogue=catalogue):
        found.append(NUMBER_CHECK)
    if scheme.validity_months and certificate.expires_on:
        usual = catalogue.valid_until(scheme.id, issued=certificate.issued_on)
        if usual is not None and certificate.expires_on > usual:
            found.append(_filled(TERM, months=scheme.validity_months))
    if certificate.level is not None:
        found += _grantor(certificate, catalogue)
    return found


def _grantor(certificate: Certificate, catalogue: Catalogue) -> list[Message]:
    rule = catalogue.scheme_rule(certificate.scheme, level=certificate.level or 0, on=certificate.issued_on)
    if rule is None:
        return []
    provincial = rule.granted_by == "province" and "huyện" in certificate.issuer.lower()
    ministerial = rule.granted_by == "ministry" and "bộ" not in certificate.issuer.lower()
    if provincial or ministerial:
        return [_filled(GRANTED_BY, level=certificate.level, authority=rule.authority_vi)]
    return []


def _filled(message: Message, **parameters: object) -> Message:
    return Message(vi=message.text("vi", **parameters), en=message.text("en", **parameters))


def last_day(certificate_expires_on: date | None, *, scheme: str, issued_on: date, catalogue: Catalogue) -> date | None:
    """The last valid day: as printed, else by the scheme's usual term from the day of issue."""
    return certificate_expires_on or catalogue.valid_until(scheme, issued=issued_on)


def number_errors(certificate: Certificate, *, catalogue: Catalogue) -> list[FieldError]:
    """A number that its own check digit belies was given to nobody."""
    checked = catalogue.scheme(certificate.scheme).check == "ean"
    if checked and certificate.number and not ean.is_valid(certificate.number):
        return [FieldError("/number", "check-digit", NUMBER_CHECK)]
    return []


def term_errors(certificate: Certificate, *, catalogue: Catalogue) -> list[FieldError]:
    """Why a certificate with this term cannot be what its scheme grants. What only looks odd is in `warnings`."""
    errors = []
    months = _longest_term(certificate.scheme, catalogue)
    if months is not None:
        last = months_later(certificate.issued_on, months)
        if certificate.expires_on is None or certificate.expires_on > last:
            parameters = {"months": months, "last": f"{last:%d/%m/%Y}"}
            errors.append(FieldError("/expires_on", "term-out-of-bounds", OUT_OF_BOUNDS, parameters))
    rules = catalogue.scheme_rules(certificate.scheme)
    if (
        rules
        and catalogue.scheme_rule(certificate.scheme, level=certificate.level or 0, on=certificate.issued_on) is None
    ):
        errors.append(
            FieldError("/issued_on", "not-granted-then", NOT_GRANTED, {"day": f"{certificate.issued_on:%d/%m/%Y}"})
        )
    return errors


def _longest_term(scheme: str, catalogue: Catalogue) -> int | None:
    """Months; of a scheme that others stand for, the longest of theirs. None where there is no expiry."""
    own = catalogue.scheme(scheme).validity_months
    if own is not None:
        return own
    below = [one for one in catalogue.schemes if scheme in catalogue.scheme_ancestors(one.id)]
    terms = [one.validity_months for one in below]
    return max((term for term in terms if term is not None), default=None) if below and None not in terms else None
