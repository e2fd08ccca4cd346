"""Verbs of listings: create one or many, edit, publish, pause, archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import Text, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.models import Certificate
from market.certificates.queries import certificates_of
from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change, record_new
from market.core.db import among
from market.core.duplicates import Likeness, ProbableDuplicate, one_at_a_time
from market.core.errors import AlreadyExists, FieldError, MarketError, ValidationFailed
from market.core.ids import new_id
from market.core.language import Message
from market.listings import policy
from market.listings.facts import weekly_capacity
from market.listings.likeness import key_of, listings_like
from market.listings.logged import belongings_for_log, windows_for_log
from market.listings.models import Listing, ListingCapacity, ListingPrice, listing_certificate
from market.listings.pricing import first_prices
from market.listings.queries import WHOLE, is_reserved, reserved_by_week
from market.listings.schemas import Capacity, Erasable, ListingCreate, ListingFields, ListingUpdate
from market.listings.unit_changes import in_its_unit, require_counted_anew
from market.organizations.models import Organization
from market.organizations.policy import require_member
from market.reading.titles import goods_told, open_name
from market.reading.units import weight_in_words
from market.reading.vocabulary import vocabulary_of
from market.reference.catalogue import Catalogue
from market.reference.checking import commune_columns, outside_province
from market.reference.records import Version
from market.reference.types import remembered

FOREIGN_CERTIFICATE = Message(vi="Tổ chức không có chứng nhận này.", en="The organization has no such certificate.")
GOODS = frozenset({"concept", "form", "part", "category"})
"""Fields that say what the goods are."""
REPEATED = Message(vi="Mã này đã có ở một mục trước trong cùng lần gửi.", en="An item before this one has the same id.")
PLAIN = (
    "description",
    "variety",
    "grade",
    "growing_area",
    "price_vnd",
    "price_until",
    "moq",
    "kg_each",
    "size",
    "external_id",
    "packaging",
    "shelf_life_days",
    "cold_chain",
)


@dataclass(frozen=True, slots=True)
class Refused:
    """An item of a batch that was not kept, and why."""

    errors: Sequence[FieldError]
    duplicate: Likeness | None = None
    """What it is probably the same as, where that is why."""


def _window_columns(window: Capacity) -> dict[str, Any]:
    return {"starts_on": window.from_, "ends_on": window.to, "quantity": window.quantity, "per": window.per}


def _goods(title: str, given: ListingFields, place: tuple[str, Version], catalogue: Catalogue) -> dict[str, Any]:
    """The goods as they were given, or as the title names them: columns of a listing."""
    region = catalogue.macro_region(catalogue.today(catalogue.province(*place)))
    told = goods_told(
        title, vocabulary_of(catalogue), region=region,
        concept=given.concept, form=given.form, part=given.part, category=given.category,
    )  # fmt: skip
    return {
        "concept_id": told.concept_id,
        "concept_source": "given" if told.certainty == "given" else "inferred",
        "confidence": told.confidence,
        "category_id": told.category,
        "certainty": told.certainty,
        "name_key": open_name(title, vocabulary_of(catalogue)) if told.concept_id is None else None,
        "evidence": list(told.evidence),
        "may_be": list(told.alternatives) if told.concept_id is None else [],
    }


def goods_columns(listing: Listing, catalogue: Catalogue) -> dict[str, Any]:
    """What the title of a listing says of its goods now: columns to their values, certainty included."""
    place = (listing.province_code, listing.province_version)
    chosen = ListingUpdate(category=listing.category_id if listing.concept_id is None else None)
    return _goods(listing.title, chosen, place, catalogue)


def _foreign(ids: Sequence[UUID], own: Mapping[UUID, Certificate]) -> list[FieldError]:
    return [
        FieldError(f"/certificates/{position}", "unknown-certificate", FOREIGN_CERTIFICATE)
        for position, certificate_id in enumerate(ids)
        if certificate_id not in own
    ]


@dataclass(frozen=True, slots=True)
class NewListing:
    """A listing before anybody's: the values of its columns but the organization, and what it was made from."""

    columns: dict[str, Any]
    given: ListingCreate


def new_listing(listing_in: ListingCreate, catalogue: Catalogue) -> NewListing:
    """All that can be said of a listing without the database, its goods included if only the title names them."""
    place = (listing_in.province.code, listing_in.province.version)
    columns = {
        "id": new_id(),
        "title": listing_in.title,
        "unit": listing_in.unit,
        **{name: getattr(listing_in, name) for name in PLAIN},
        "kg_each": listing_in.kg_each or weight_in_words(listing_in.title, catalogue.unit(listing_in.unit), catalogue),
        **_goods(listing_in.title, listing_in, place, catalogue),
        "price_tiers": [tier.model_dump(mode="json") for tier in listing_in.price_tiers],
        **commune_columns(listing_in.commune),
        "province_code": place[0],
        "province_version": place[1],
        "status": "published" if listing_in.publish else "draft",
        "published_at": clock.now() if listing_in.publish else None,
    }
    return NewListing(columns, listing_in)


def _refusals(new: NewListing, own: Mapping[UUID, Certificate]) -> list[FieldError]:
    outside = outside_province(remembered(), new.columns)
    misspecified = policy.misspecified(new.columns, goods=new.columns)
    return [*_foreign(new.given.certificates, own), *([outside] if outside else []), *misspecified]


async def create_listings(
    session: AsyncSession,
    actor: Actor,
    listings_in: Sequence[ListingCreate],
    *,
    organization: Organization,
    catalogue: Catalogue,
) -> list[UUID | Refused]:
    """As `keep_listings`, of what people sent."""
    new = [new_listing(listing_in, catalogue) for listing_in in listings_in]
    return await keep_listings(session, actor, new, organization=organization, catalogue=catalogue)


async def keep_listings(
    session: AsyncSession,
    actor: Actor,
    listings: Sequence[NewListing],
    *,
    organization: Organization,
    catalogue: Catalogue,
) -> list[UUID | Refused]:
    """Create many listings of one organization: good ones stay, the others say why not.

    One whose `external_id` the organization has used already changes that listing instead.
    Returns the ids of those that stay, in order. Five statements, however many are new.
    """
    require_member(actor, organization.id)
    if not actor.is_system:
        await one_at_a_time(session, "listing", organization.id)
    wanted = {certificate_id for new in listings for certificate_id in new.given.certificates}
    own = await certificates_of(session, organization.id, list(wanted))
    known = await _by_external_id(session, organization, listings)
    likenesses = await _likenesses(session, organization, listings, known=known)
    results: list[UUID | Refused] = []
    created: list[NewListing] = []
    named: set[str] = set()
    for new in listings:
        external_id, other = new.given.external_id, likenesses.get(new.columns["id"])
        if external_id is not None and external_id in named:
            results.append(Refused([FieldError("/external_id", "repeated", REPEATED)]))
        elif errors := _refusals(new, own):
            results.append(Refused(errors))
        elif external_id in known:
            results.append(await _update(session, actor, known[external_id], new, catalogue=catalogue))
        elif other is not None:
            results.append(Refused([other.error], duplicate=other))
        else:
            results.append(new.columns["id"])
            created.append(new)
        if external_id is not None:
            named.add(external_id)
    await _keep(session, actor, created, organization=organization)
    return results


async def _likenesses(
    session: AsyncSession,
    organization: Organization,
    listings: Sequence[NewListing],
    *,
    known: Mapping[str | None, Listing],
) -> dict[UUID, Likeness]:
    """Of those that would be new, what each is probably the same as."""
    new = [one for one in listings if one.given.external_id not in known]
    keys = [
        key_of(one.columns, [_window_columns(w) for w in one.given.capacity], one.given.certificates) for one in new
    ]
    found = await listings_like(
        session,
        organization.id,
        [(one.columns, key) for one, key in zip(new, keys, strict=True)],
        another=[one.given.another for one in new],
    )
    return {one.columns["id"]: other for one, other in zip(new, found, strict=True) if other is not None}


async def _by_external_id(
    session: AsyncSession, organization: Organization, listings: Sequence[NewListing]
) -> Mapping[str | None, Listing]:
    names = {new.given.external_id for new in listings} - {None}
    if not names:
        return {}
    rows = select(Listing).where(Listing.organization_id == organization.id, among(Listing.external_id, names, Text))
    found = await session.scalars(rows.options(*WHOLE).with_for_update(of=Listing))
    return {listing.external_id: listing for listing in found}


async def _update(
    session: AsyncSession, actor: Actor, listing: Listing, new: NewListing, *, catalogue: Catalogue
) -> UUID | Refused:
    """Change a listing to what a batch or a file says of it now; what it does not name stays."""
    given = new.given
    sent = given.model_fields_set - {"publish", "another"}
    values = {name: getattr(given, name) for name in sent}
    listing_id = listing.id
    try:
        async with session.begin_nested():
            await edit_listing(
                session, actor, listing, ListingUpdate.model_construct(sent, **values), catalogue=catalogue
            )
            if given.publish and listing.status != "published":
                await change_status(session, actor, listing, verb="publish")
    except MarketError as error:
        return Refused(error.errors or [FieldError("", error.code, error.detail, error.parameters)])
    return listing_id


async def _keep(
    session: AsyncSession, actor: Actor, created: Sequence[NewListing], *, organization: Organization
) -> None:
    attached = [
        {"listing_id": new.columns["id"], "certificate_id": certificate_id}
        for new in created
        for certificate_id in dict.fromkeys(new.given.certificates)
    ]
    details = [
        {"capacity": windows_for_log(new.given.capacity), "certificates": list(dict.fromkeys(new.given.certificates))}
        for new in created
    ]
    rows = [{**new.columns, "organization_id": organization.id} for new in created]
    # The database gives windows their ids: nobody asks for them here.
    windows = [
        {"listing_id": new.columns["id"], **_window_columns(window)} for new in created for window in new.given.capacity
    ]
    prices = (ListingPrice.__table__, first_prices(rows))
    belongings = [(ListingCapacity.__table__, windows), (listing_certificate, attached), prices]
    await record_new(session, actor, Listing, rows, details=details, belongings=belongings)


async def create_listing(
    session: AsyncSession,
    actor: Actor,
    listing_in: ListingCreate,
    *,
    organization: Organization,
    catalogue: Catalogue,
) -> UUID:
    """Create one listing, as a draft unless it is to be published at once; its id.

    Raises:
        ValidationFailed: a certificate is not the organization's, or publishing lacks a concept.
        ProbableDuplicate: the organization has an equal listing.
        AlreadyExists: the organization has a listing with this `external_id`.
    """
    if listing_in.external_id is not None:
        theirs = Listing.organization_id == organization.id, Listing.external_id == listing_in.external_id
        known = await session.scalar(select(Listing.id).where(*theirs))
        if known is not None:
            raise AlreadyExists(extra={"id": str(known)})
    result = (await create_listings(session, actor, [listing_in], organization=organization, catalogue=catalogue))[0]
    if isinstance(result, Refused):
        raise ProbableDuplicate(result.duplicate) if result.duplicate else ValidationFailed(errors=result.errors)
    return result


async def edit_listing(
    session: AsyncSession, actor: Actor, listing: Listing, listing_in: ListingUpdate, *, catalogue: Catalogue
) -> Listing:
    """Change what was sent. A new title re-infers a concept that was inferred.

    Raises:
        ValidationFailed: a certificate is not the organization's, what buyers of a published listing count on would be
            emptied without being meant to, or its unit would change under numbers of the old one.
        UnitReserved: the unit would change under what is promised.
        CapacityPromised: the capacity would hold less than is promised, and that was not confirmed.
    """
    policy.require_can_edit(actor, listing)
    listing_in = in_its_unit(listing, listing_in)
    await _require_nothing_lost(session, listing, listing_in)
    require_counted_anew(catalogue, listing, listing_in)
    price_before, before = (listing.price_vnd, listing.price_until), belongings_for_log(listing)
    _set_columns(listing, listing_in)
    sent = listing_in.model_fields_set
    _set_place(listing, listing_in, catalogue)
    if "capacity" in sent:
        listing.capacity = [ListingCapacity(**_window_columns(window)) for window in listing_in.capacity]
    if "certificates" in sent:
        await _replace_certificates(session, listing, listing_in)
    if not sent.isdisjoint(GOODS) or ("title" in sent and listing.concept_source == "inferred"):
        _set_goods(listing, listing_in, catalogue)
    if errors := policy.misspecified(listing_in.model_dump(include=set(sent)), goods=vars(listing)):
        raise ValidationFailed(errors=errors)
    if (listing.price_vnd, listing.price_until) != price_before:
        session.add(ListingPrice(listing_id=listing.id, price_vnd=listing.price_vnd, until=listing.price_until))
    details = {
        name: [before[name], value] for name, value in belongings_for_log(listing).items() if value != before[name]
    }
    await record_change(session, actor, listing, verb="edit", details=details)
    return listing


def _set_place(listing: Listing, listing_in: ListingUpdate, catalogue: Catalogue) -> None:
    """The province and the commune as they were sent; together they must be one place."""
    if listing_in.province is not None:
        listing.province_code, listing.province_version = listing_in.province.code, listing_in.province.version
    if "commune" in listing_in.model_fields_set:
        for name, value in commune_columns(listing_in.commune).items():
            setattr(listing, name, value)
    if outside := outside_province(catalogue, vars(listing)):
        raise ValidationFailed(errors=[outside])


def _set_columns(listing: Listing, listing_in: ListingUpdate) -> None:
    sent = listing_in.model_fields_set
    for name in (*PLAIN, "title", "unit"):
        if name in sent:
            setattr(listing, name, getattr(listing_in, name))
    if "price_tiers" in sent:
        listing.price_tiers = [tier.model_dump(mode="json") for tier in listing_in.price_tiers]


async def _require_nothing_lost(session: AsyncSession, listing: Listing, listing_in: ListingUpdate) -> None:
    """What is published or promised is not emptied, cut or counted otherwise without being meant to."""
    sent = listing_in.model_fields_set
    emptied = [name for name in get_args(Erasable) if name in sent and not getattr(listing_in, name)]
    lost = [name for name in emptied if getattr(listing, name)]
    if errors := policy.erasures(listing, lost, listing_in.erase):
        raise ValidationFailed(errors=errors)
    if listing_in.unit not in (None, listing.unit) and await is_reserved(session, listing.id):
        raise policy.UnitReserved
    if "capacity" in sent and not listing_in.below_promised:
        await _require_promises_kept(session, listing, listing_in.capacity)


async def _require_promises_kept(session: AsyncSession, listing: Listing, windows: Sequence[Capacity]) -> None:
    promised = (await reserved_by_week(session, [listing.id])).get(listing.id, {})
    offered = weekly_capacity(ListingCapacity(**_window_columns(window)) for window in windows)
    policy.require_covers(offered, promised, weekly_capacity(listing.capacity))


def _set_goods(listing: Listing, listing_in: ListingUpdate, catalogue: Catalogue) -> None:
    place = (listing.province_code, listing.province_version)
    for name, value in _goods(listing.title, listing_in, place, catalogue).items():
        setattr(listing, name, value)


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
