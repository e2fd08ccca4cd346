"""Verbs of listings: create one or many, edit, publish, pause, archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.models import Certificate
from market.certificates.queries import certificates_of
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change, record_changes
from market.core.errors import FieldError, ValidationFailed
from market.core.language import Message
from market.listings import policy
from market.listings.models import Listing, ListingCapacity
from market.listings.queries import is_reserved
from market.listings.schemas import Capacity, ListingCreate, ListingFields, ListingUpdate
from market.organizations.models import Organization
from market.organizations.policy import require_member
from market.reference.catalogue import Catalogue
from market.search.inference import infer_concept
from market.search.vocabulary import vocabulary_of

FOREIGN_CERTIFICATE = Message(
    vi="Tổ chức của bạn không có chứng nhận này.", en="Your organization has no such certificate."
)
PLAIN = (
    "description",
    "variety",
    "grade",
    "growing_area",
    "price_vnd",
    "moq",
    "packaging",
    "shelf_life_days",
    "cold_chain",
)


@dataclass(frozen=True, slots=True)
class Refused:
    """An item of a batch that was not kept, and why."""

    errors: Sequence[FieldError]


def _capacity(windows: Sequence[Capacity]) -> list[ListingCapacity]:
    return [
        ListingCapacity(starts_on=window.from_, ends_on=window.to, quantity=window.quantity, per=window.per)
        for window in windows
    ]


def _set_concept(listing: Listing, concept: str | None, catalogue: Catalogue) -> None:
    if concept is not None:
        listing.concept_id, listing.concept_source, listing.confidence = concept, "given", None
        return
    province = catalogue.province(listing.province_code, listing.province_version)
    inferred = infer_concept(
        listing.title, vocabulary_of(catalogue), region=catalogue.macro_region(catalogue.today(province))
    )
    listing.concept_id, listing.concept_source = inferred.concept_id, "inferred"
    listing.confidence = inferred.confidence if inferred.concept_id is not None else None


def _foreign(ids: Sequence[UUID], own: dict[UUID, Certificate]) -> list[FieldError]:
    return [
        FieldError(f"/certificates/{position}", "unknown-certificate", FOREIGN_CERTIFICATE)
        for position, certificate_id in enumerate(ids)
        if certificate_id not in own
    ]


def _new_listing(
    listing_in: ListingCreate, organization: Organization, own: dict[UUID, Certificate], catalogue: Catalogue
) -> Listing:
    listing = Listing(
        **{name: getattr(listing_in, name) for name in PLAIN},
        title=listing_in.title,
        unit=listing_in.unit,
        price_tiers=[tier.model_dump(mode="json") for tier in listing_in.price_tiers],
        organization_id=organization.id,
        organization=organization,
        province_code=listing_in.province.code,
        province_version=listing_in.province.version,
        status="draft",
        capacity=_capacity(listing_in.capacity),
        certificates=[own[certificate_id] for certificate_id in dict.fromkeys(listing_in.certificates)],
    )
    _set_concept(listing, listing_in.concept, catalogue)
    return listing


async def create_listings(
    session: AsyncSession,
    actor: Actor,
    listings_in: Sequence[ListingCreate],
    *,
    organization: Organization,
    catalogue: Catalogue,
) -> list[Listing | Refused]:
    """Create many listings of one organization: good ones stay, the others say why not. Order is kept."""
    require_member(actor, organization.id)
    wanted = {certificate_id for listing_in in listings_in for certificate_id in listing_in.certificates}
    own = await certificates_of(session, organization.id, list(wanted))
    results: list[Listing | Refused] = []
    for listing_in in listings_in:
        errors = _foreign(listing_in.certificates, own)
        if errors:
            results.append(Refused(errors))
            continue
        listing = _new_listing(listing_in, organization, own, catalogue)
        if listing_in.publish and listing.concept_id is None:
            results.append(Refused([FieldError("/concept", "concept-missing", policy.CONCEPT_MISSING)]))
            continue
        if listing_in.publish:
            listing.status, listing.published_at = "published", clock.now()
        results.append(listing)
    created = [result for result in results if isinstance(result, Listing)]
    await record_changes(session, actor, created, verb="create", details=[_belongings(listing) for listing in created])
    return results


async def create_listing(
    session: AsyncSession,
    actor: Actor,
    listing_in: ListingCreate,
    *,
    organization: Organization,
    catalogue: Catalogue,
) -> Listing:
    """Create one listing, as a draft unless it is to be published at once.

    Raises:
        ValidationFailed: a certificate is not the organization's, or publishing lacks a concept.
    """
    result = (await create_listings(session, actor, [listing_in], organization=organization, catalogue=catalogue))[0]
    if isinstance(result, Refused):
        raise ValidationFailed(errors=result.errors)
    return result


def _belongings(listing: Listing) -> dict[str, Any]:
    """What belongs to a listing beside its columns, for the log."""
    windows = [
        {"from": window.starts_on, "to": window.ends_on, "quantity": window.quantity, "per": window.per}
        for window in listing.capacity
    ]
    return {"capacity": windows, "certificates": [certificate.id for certificate in listing.certificates]}


async def edit_listing(
    session: AsyncSession, actor: Actor, listing: Listing, listing_in: ListingUpdate, *, catalogue: Catalogue
) -> Listing:
    """Change what was sent. A new title re-infers a concept that was inferred.

    Raises:
        ValidationFailed: a certificate is not the organization's.
        UnitReserved: the unit would change under what is promised.
    """
    policy.require_can_edit(actor, listing)
    sent = listing_in.model_fields_set
    if listing_in.unit not in (None, listing.unit) and await is_reserved(session, listing.id):
        raise policy.UnitReserved
    before = _belongings(listing)
    for name in (*PLAIN, "title", "unit"):
        if name in sent:
            setattr(listing, name, getattr(listing_in, name))
    if listing_in.province is not None:
        listing.province_code, listing.province_version = listing_in.province.code, listing_in.province.version
    if "price_tiers" in sent:
        listing.price_tiers = [tier.model_dump(mode="json") for tier in listing_in.price_tiers]
    if "capacity" in sent:
        listing.capacity = _capacity(listing_in.capacity)
    if "certificates" in sent:
        await _replace_certificates(session, listing, listing_in)
    if "concept" in sent or ("title" in sent and listing.concept_source == "inferred"):
        _set_concept(listing, listing_in.concept, catalogue)
    if listing.status == "published" and listing.concept_id is None:
        raise ValidationFailed(errors=[FieldError("/concept", "concept-missing", policy.CONCEPT_MISSING)])
    after = _belongings(listing)
    details = {name: [before[name], after[name]] for name in after if after[name] != before[name]}
    await record_change(session, actor, listing, verb="edit", details=details)
    return listing


async def _replace_certificates(session: AsyncSession, listing: Listing, listing_in: ListingFields) -> None:
    own = await certificates_of(session, listing.organization_id, listing_in.certificates)
    if errors := _foreign(listing_in.certificates, own):
        raise ValidationFailed(errors=errors)
    listing.certificates = [own[certificate_id] for certificate_id in dict.fromkeys(listing_in.certificates)]


async def change_status(session: AsyncSession, actor: Actor, listing: Listing, *, verb: str) -> Listing:
    """Publish, pause or archive."""
    listing.status = policy.require_transition(actor, listing, verb)
    if verb == "publish":
        listing.published_at = clock.now()
    await record_change(session, actor, listing, verb=verb)
    return listing
