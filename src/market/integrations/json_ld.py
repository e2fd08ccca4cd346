"""What is public here in the words of schema.org, for search engines and other software. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from market.certificates.models import Certificate
from market.certificates.validity import state_of
from market.core import clock
from market.events.models import Event
from market.listings.models import Listing
from market.needs.answers import line_names
from market.needs.models import Need, NeedLine
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue

CONTEXT = "https://schema.org"
EVENT_TYPES: Mapping[str, str] = {"conference": "BusinessEvent", "fair": "ExhibitionEvent", "seminar": "EducationEvent"}
EVENT_STATUSES: Mapping[str, str] = {"cancelled": "https://schema.org/EventCancelled"}

Thing = dict[str, Any]


def _said(thing: Thing) -> Thing:
    """Without what is not known."""
    return {name: value for name, value in thing.items() if value not in (None, [], {})}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _unit(code: str, catalogue: Catalogue) -> Thing:
    """The code of UN/CEFACT Recommendation 20 where the unit has one, else its name."""
    unit = catalogue.unit(code)
    return {"unitCode": code} if unit.recommendation == "20" else {"unitText": unit.name_vi}


def _address(code: str, version: str, catalogue: Catalogue, street: str | None = None) -> Thing:
    today = catalogue.today(catalogue.province(code, "2008" if version == "2008" else "2025"))
    address = {"@type": "PostalAddress", "streetAddress": street, "addressRegion": today.name, "addressCountry": "VN"}
    return _said(address)


def organization_mark(organization: Organization, *, base: str) -> Thing:
    """An organization by name, inside something else."""
    url = f"{base}/organizations/{organization.id}"
    return {"@type": "Organization", "@id": url, "name": organization.name}


def organization_thing(organization: Organization, *, base: str, catalogue: Catalogue) -> Thing:
    """An organization; its contacts are nobody's business here."""
    said = {name: getattr(organization, name) for name in ("legal_form", "tax_code", "address")}
    said |= dict.fromkeys(Organization.personal_columns(said))
    place = _address(organization.province_code, organization.province_version, catalogue, said["address"])
    return {
        "@context": CONTEXT,
        **organization_mark(organization, base=base),
        **_said(
            {
                "taxID": said["tax_code"],
                "description": organization.description,
                "url": organization.website,
                "address": place,
            }
        ),
    }


def listing_thing(listing: Listing, *, base: str, catalogue: Catalogue) -> Thing:
    """A listing: goods (Product) and the offer of them (Offer)."""
    url = f"{base}/listings/{listing.id}"
    concept = catalogue.concept(listing.concept_id) if listing.concept_id else None
    known = (("variety", listing.variety), ("grade", listing.grade), ("packaging", listing.packaging))
    return _said(
        {
            "@context": CONTEXT,
            "@type": "Product",
            "@id": url,
            "name": listing.title,
            "alternateName": concept.name_en if concept else None,
            "category": concept.name_vi if concept else None,
            "description": listing.description,
            "additionalProperty": [
                {"@type": "PropertyValue", "name": name, "value": value} for name, value in known if value
            ],
            "hasCertification": [
                _certification(one, catalogue)
                for one in listing.certificates
                if state_of(one, at=clock.now()) == "valid"
            ],
            "offers": _offer(listing, url=url, base=base, catalogue=catalogue),
        }
    )


def _certification(certificate: Certificate, catalogue: Catalogue) -> Thing:
    rating = {"@type": "Rating", "ratingValue": certificate.level} if certificate.level else None
    return _said(
        {
            "@type": "Certification",
            "name": catalogue.scheme(certificate.scheme).name_vi,
            "certificationIdentification": certificate.number,
            "certificationRating": rating,
            "issuedBy": {"@type": "Organization", "name": certificate.issuer},
            "validFrom": certificate.issued_on.isoformat(),
            "expires": certificate.expires_on.isoformat() if certificate.expires_on else None,
        }
    )


def _offer(listing: Listing, *, url: str, base: str, catalogue: Catalogue) -> Thing:
    unit = _unit(listing.unit, catalogue)
    is_open = listing.status == "published"
    price = None if listing.price_vnd is None else _unit_price(listing.price_vnd, unit, name="price")
    least = None
    if listing.moq is not None:
        least = {"@type": "QuantitativeValue", "minValue": _number(listing.moq), **unit}
    place = {"@type": "Place", "address": _address(listing.province_code, listing.province_version, catalogue)}
    starts = min((window.starts_on for window in listing.capacity), default=None)
    ends = max((window.ends_on for window in listing.capacity), default=None)
    return _said(
        {
            "@type": "Offer",
            "url": url,
            "availability": f"{CONTEXT}/{'InStock' if is_open else 'OutOfStock'}",
            "price": listing.price_vnd,
            "priceCurrency": None if listing.price_vnd is None else "VND",
            "priceSpecification": price,
            "eligibleQuantity": least,
            "availabilityStarts": starts.isoformat() if starts else None,
            "availabilityEnds": ends.isoformat() if ends else None,
            "availableAtOrFrom": place,
            "seller": organization_mark(listing.organization, base=base),
        }
    )


def _unit_price(amount_vnd: int, unit: Thing, *, name: str) -> Thing:
    one = {"@type": "QuantitativeValue", "value": 1, **unit}
    return {"@type": "UnitPriceSpecification", name: amount_vnd, "priceCurrency": "VND", "referenceQuantity": one}


def need_thing(need: Need, *, base: str, catalogue: Catalogue) -> Thing:
    """A need: a Demand for each line, under one context."""
    demands = [_demand(need, line, base=base, catalogue=catalogue) for line in need.lines]
    return {"@context": CONTEXT, "@graph": demands}


def _demand(need: Need, line: NeedLine, *, base: str, catalogue: Catalogue) -> Thing:
    url = f"{base}/needs/{need.id}"
    unit = _unit(line.unit, catalogue)
    ceiling = line.price_ceiling_vnd
    required = [catalogue.scheme(wanted.partition(":")[0]).name_vi for wanted in line.required_certificates]
    names = line_names(line, catalogue=catalogue)
    goods = {
        "@type": "Product",
        "name": names[0],
        "alternateName": names[1],
        "hasCertification": [{"@type": "Certification", "name": name} for name in required],
    }
    return _said(
        {
            "@type": "Demand",
            "@id": f"{url}#{line.position}",
            "url": url,
            "name": need.title,
            "description": need.description,
            "itemOffered": _said(goods),
            "eligibleQuantity": {
                "@type": "QuantitativeValue",
                "value": _number(line.quantity),
                **unit,
                "valueReference": {"@type": "PropertyValue", "name": "per", "value": line.per},
            },
            "priceSpecification": None if ceiling is None else _unit_price(ceiling, unit, name="maxPrice"),
            "availabilityStarts": line.starts_on.isoformat(),
            "availabilityEnds": line.ends_on.isoformat(),
            "validThrough": need.deadline.isoformat() if need.deadline else None,
            "areaServed": {"@type": "Place", "address": _address(need.province_code, need.province_version, catalogue)},
            "seller": organization_mark(need.organization, base=base),
        }
    )


def event_thing(event: Event, *, base: str, catalogue: Catalogue) -> Thing:
    """An event, its place and who holds it."""
    address = _address(event.province_code, event.province_version, catalogue, event.address)
    return _said(
        {
            "@context": CONTEXT,
            "@type": EVENT_TYPES.get(event.kind, "Event"),
            "@id": f"{base}/events/{event.id}",
            "name": event.name,
            "description": event.description,
            "startDate": event.starts_on.isoformat(),
            "endDate": event.ends_on.isoformat(),
            "eventStatus": EVENT_STATUSES.get(event.status, f"{CONTEXT}/EventScheduled"),
            "eventAttendanceMode": f"{CONTEXT}/OfflineEventAttendanceMode",
            "location": _said({"@type": "Place", "name": event.place, "address": address}),
            "organizer": organization_mark(event.organizer, base=base) if event.organizer else None,
        }
    )
