"""What is public here in the words of schema.org, for search engines and other software. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from market.certificates.models import Certificate
from market.certificates.validity import state_of
from market.core import clock
from market.events.models import Event
from market.events.venue import SessionIn, sessions_of
from market.listings.answers import is_public
from market.listings.facts import known_price
from market.listings.models import Listing
from market.needs.answers import line_names
from market.needs.models import Need, NeedLine
from market.organizations.models import Organization
from market.photos.addresses import photo_mark
from market.reference.catalogue import Catalogue

MEDIA_TYPE = "application/ld+json"
CONTEXT = "https://schema.org"
API = "/api/v1"
SELL, BUY = (f"http://purl.org/goodrelations/v1#{function}" for function in ("Sell", "Buy"))
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


def _image(cover: Mapping[str, Any] | None, *, public: bool, base: str) -> Thing | None:
    """The first photo; none while its addresses are signed for its owner."""
    mark = photo_mark(cover, public=public) if public else None
    if mark is None:
        return None
    site = base.removesuffix(API)
    return _said(
        {
            "@type": "ImageObject",
            "contentUrl": f"{site}{mark.large}",
            "thumbnailUrl": f"{site}{mark.small}",
            "caption": mark.alt,
        }
    )


def organization_mark(organization: Organization, *, base: str) -> Thing:
    """An organization by name, inside something else."""
    url = f"{base}/organizations/{organization.id}"
    return {"@type": "Organization", "@id": url, "name": organization.name}


def organization_thing(organization: Organization, *, base: str, catalogue: Catalogue) -> Thing:
    """An organization; its contacts are nobody's business here."""
    said = {name: getattr(organization, name) for name in ("legal_form", "tax_code", "gln", "address")}
    said |= dict.fromkeys(Organization.personal_columns(said))
    place = _address(organization.province_code, organization.province_version, catalogue, said["address"])
    return {
        "@context": CONTEXT,
        **organization_mark(organization, base=base),
        **_said(
            {
                "taxID": said["tax_code"],
                "globalLocationNumber": said["gln"],
                "description": organization.description,
                "url": organization.website,
                "address": place,
                "image": _image(organization.photo, public=organization.status == "active", base=base),
            }
        ),
    }


def listing_thing(listing: Listing, *, base: str, catalogue: Catalogue, gtins: Sequence[str] = ()) -> Thing:
    """A listing: goods (Product) and the offer of them (Offer).

    Args:
        base: the address of the API, under which everything has its id.
        gtins: what the labels of its lots carry.
    """
    url = f"{base}/listings/{listing.id}"
    concept = catalogue.concept(listing.concept_id) if listing.concept_id else None
    known = (
        ("variety", listing.variety),
        ("grade", listing.grade),
        ("packaging", listing.packaging),
        ("growing_area", listing.growing_area),
        ("shelf_life_days", listing.shelf_life_days),
        ("cold_chain", listing.cold_chain or None),
    )
    return _said(
        {
            "@context": CONTEXT,
            "@type": "Product",
            "@id": url,
            "name": listing.title,
            "alternateName": concept.name_en if concept else None,
            "category": concept.name_vi if concept else None,
            "description": listing.description,
            "image": _image(listing.photo, public=is_public(listing), base=base),
            "sku": listing.external_id,
            "gtin": gtins[0] if len(gtins) == 1 else list(gtins),
            "size": listing.size,
            "weight": _weight(listing),
            "countryOfOrigin": {"@type": "Country", "name": "VN"},
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


def _weight(listing: Listing) -> Thing | None:
    """Of one unit, where the unit itself has none."""
    if listing.kg_each is None:
        return None
    return {"@type": "QuantitativeValue", "value": _number(listing.kg_each), "unitCode": "KGM"}


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
    price = known_price(listing)
    until = listing.price_until.isoformat() if price is not None and listing.price_until else None
    least = None
    if listing.moq is not None:
        least = {"@type": "QuantitativeValue", "minValue": _number(listing.moq), **unit}
    place = {"@type": "Place", "address": _address(listing.province_code, listing.province_version, catalogue)}
    starts = min((window.starts_on for window in listing.capacity), default=None)
    ends = max((window.ends_on for window in listing.capacity), default=None)
    return _said(
        {
            "@type": "Offer",
            "url": url.replace(f"{base}/", f"{base.removesuffix(API)}/", 1),
            "businessFunction": SELL,
            "availability": f"{CONTEXT}/{'InStock' if is_open else 'OutOfStock'}",
            "price": price,
            "priceCurrency": None if price is None else "VND",
            "priceValidUntil": until,
            "priceSpecification": None if price is None else _prices(listing, price, unit),
            "eligibleQuantity": least,
            "availabilityStarts": starts.isoformat() if starts else None,
            "availabilityEnds": ends.isoformat() if ends else None,
            "availableAtOrFrom": place,
            "seller": organization_mark(listing.organization, base=base),
        }
    )


def _prices(listing: Listing, price_vnd: int, unit: Thing) -> Thing | list[Thing]:
    """The price of a unit; where larger orders pay less, each price with the least quantity that has it."""
    one = _unit_price(price_vnd, unit, name="price")
    tiers = [
        {
            **_unit_price(tier["price_vnd"], unit, name="price"),
            "eligibleQuantity": {
                "@type": "QuantitativeValue",
                "minValue": _number(Decimal(tier["min_quantity"])),
                **unit,
            },
        }
        for tier in listing.price_tiers
    ]
    return [one, *tiers] if tiers else one


def _unit_price(amount_vnd: int, unit: Thing, *, name: str) -> Thing:
    one = {"@type": "QuantitativeValue", "value": 1, **unit}
    return {"@type": "UnitPriceSpecification", name: amount_vnd, "priceCurrency": "VND", "referenceQuantity": one}


def need_thing(need: Need, *, base: str, catalogue: Catalogue) -> Thing:
    """A need: a Demand for each line, under one context; who seeks it is said by `@reverse`, too."""
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
            "url": url.replace(f"{base}/", f"{base.removesuffix(API)}/", 1),
            "businessFunction": BUY,
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
            "@reverse": {"seeks": organization_mark(need.organization, base=base)},
        }
    )


def event_thing(event: Event, *, base: str, catalogue: Catalogue) -> Thing:
    """An event, its place, its parts and who holds it."""
    address = _address(event.province_code, event.province_version, catalogue, event.address)
    place = {"@type": "Place", "name": event.place or address["addressRegion"], "address": address}
    status = EVENT_STATUSES.get(event.status, f"{CONTEXT}/EventScheduled")
    return _said(
        {
            "@context": CONTEXT,
            "@type": EVENT_TYPES.get(event.kind, "Event"),
            "@id": f"{base}/events/{event.id}",
            "identifier": event.code,
            "name": event.name,
            "description": event.description,
            "startDate": event.starts_on.isoformat(),
            "endDate": event.ends_on.isoformat(),
            "eventStatus": status,
            "eventAttendanceMode": f"{CONTEXT}/OfflineEventAttendanceMode",
            "location": place,
            "maximumAttendeeCapacity": event.capacity_delegates,
            "organizer": organization_mark(event.organizer, base=base) if event.organizer else None,
            "subEvent": [_session(session, place, status) for session in sessions_of(event)],
        }
    )


def _session(session: SessionIn, place: Thing, status: str) -> Thing:
    starts, ends = session.period
    hall = {"@type": "Place", "name": session.hall, "containedInPlace": place} if session.hall else place
    return {
        "@type": "Event",
        "name": session.name,
        "startDate": starts.isoformat(),
        "endDate": ends.isoformat(),
        "eventStatus": status,
        "location": hall,
    }
