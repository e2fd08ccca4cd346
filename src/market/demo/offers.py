"""From the story to what its organizations record: certificates, listings, needs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from stdnum import ean

from market.certificates.schemas import CertificateCreate
from market.demo.seasons import harvests, months_later, next_season
from market.demo.seeds import Good, Group, Offer, Paper, Story, StoryNeed, StoryOrganization, Variant
from market.listings.schemas import Capacity, ListingCreate, PriceTier
from market.needs.schemas import NeedCreate, NeedLineIn
from market.reference.catalogue import Catalogue
from market.reference.schemas import ProvinceRef

MOQ_SHARE = Decimal("0.03")
"""Of a usual week."""
LARGE_ORDER = 10
"""Times the least order, from which a lower price holds."""
LARGE_ORDER_PRICE = Decimal("0.95")
HO_CHI_MINH_CITY = ProvinceRef(code="79")


@dataclass(frozen=True, slots=True)
class Attached:
    """A certificate that was recorded, and what it is about."""

    id: UUID
    paper: Paper


def rounded(value: Decimal, *, figures: int = 2) -> Decimal:
    """A number as people say it: 2,137 as 2,100."""
    step = Decimal(10) ** max(0, value.adjusted() - figures + 1)
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def certificate_of(
    paper: Paper, organization: StoryOrganization, *, place: int, story: Story, catalogue: Catalogue, today: date
) -> CertificateCreate:
    """The certificate as its paper has it; `place` is where it stands in the story and makes its number."""
    issued_on = months_later(today, -paper.months_ago)
    return CertificateCreate(
        scheme=paper.scheme,
        level=paper.level,
        number=_number(paper, organization, place=place, issued_on=issued_on),
        issuer=_issuer(paper, organization, story=story, catalogue=catalogue, issued_on=issued_on),
        issued_on=issued_on,
        scope_concepts=list(paper.scope),
        scope_area=organization.place if paper.scope else None,
    )


def _number(paper: Paper, organization: StoryOrganization, *, place: int, issued_on: date) -> str:
    year = issued_on.year % 100
    match paper.scheme:
        case "vietgap":
            return f"VietGAP-TT-{year:02}-99-{organization.province.code}-{place:04}"
        case "vietgap-livestock":
            return f"VietGAP-CN-{year:02}-99-{organization.province.code}-{place:04}"
        case "vietgap-aquaculture":
            return f"VietGAP-TS-{year:02}-99-{organization.province.code}-{place:04}"
        case "globalgap":
            digits = f"405999{place:06}"
            return digits + ean.calc_check_digit(digits)
        case "ocop":
            return f"{place}/QĐ-MINHHOA"
        case "growing-area-code":
            return f"VN-MHOR-{place:04}"
        case _:
            return f"MINHHOA-{year:02}-{place:04}"


def _issuer(
    paper: Paper, organization: StoryOrganization, *, story: Story, catalogue: Catalogue, issued_on: date
) -> str:
    if paper.scheme != "ocop" or paper.level is None:
        return story.issuers.get(paper.scheme, story.other_issuer)
    rule = catalogue.scheme_rule("ocop", level=paper.level, on=issued_on)
    if rule is None or rule.granted_by == "ministry":
        return f"{rule.authority_vi if rule else story.other_issuer} (minh họa)"
    if rule.granted_by == "district":
        return f"UBND huyện {organization.place} (minh họa)"
    province = catalogue.province(organization.province.code, organization.province.version)
    on_that_day = province if issued_on < date(2025, 7, 1) else catalogue.today(province)
    return f"UBND {on_that_day.full_name[0].lower()}{on_that_day.full_name[1:]} (minh họa)"


def listings_of(
    organization: StoryOrganization,
    *,
    certificates: Sequence[Attached],
    story: Story,
    catalogue: Catalogue,
    today: date,
) -> list[ListingCreate]:
    """Each good of the organization in each way it is sold."""
    goods = {good.good: good for good in story.goods}
    listings: list[ListingCreate] = []
    for offer in organization.goods:
        good = goods[offer.good]
        covering = [one.id for one in certificates if _covers(one.paper, good.good, catalogue)]
        group = story.groups[good.group]
        for variant in group.variants:
            if covering or not variant.certified_only:
                listings.append(
                    _listing(organization, offer, good, group, variant, covering, catalogue=catalogue, today=today)
                )
    return listings


def _covers(paper: Paper, concept: str, catalogue: Catalogue) -> bool:
    return not paper.scope or any(catalogue.is_same_or_narrower(concept, than=named) for named in paper.scope)


def title_of(organization: StoryOrganization, offer: Offer, good: Good, variant: Variant) -> str:
    """As a grower writes it: the goods, where from, and how they are sold."""
    name = offer.name or good.name
    where = "" if organization.place in name else f" {organization.place}"
    return f"{name}{where}, {variant.suffix}"


def _listing(
    organization: StoryOrganization,
    offer: Offer,
    good: Good,
    group: Group,
    variant: Variant,
    certificates: list[UUID],
    *,
    catalogue: Catalogue,
    today: date,
) -> ListingCreate:
    price = int(rounded(good.price_vnd * variant.price))
    moq = rounded(good.weekly * MOQ_SHARE, figures=1)
    weekly = rounded(good.weekly * variant.share)
    months = good.months or catalogue.concept(good.good).harvest_months or range(1, 13)
    return ListingCreate(
        title=title_of(organization, offer, good, variant),
        description=group.about,
        concept=good.good,
        province=organization.province,
        unit=good.unit,
        price_vnd=price,
        price_tiers=[PriceTier(min_quantity=moq * LARGE_ORDER, price_vnd=int(rounded(price * LARGE_ORDER_PRICE)))],
        moq=moq,
        capacity=[
            Capacity.model_validate({"from": first, "to": last, "quantity": weekly, "per": "week"})
            for first, last in harvests(months, today=today)
        ],
        certificates=certificates,
        packaging=variant.packaging,
        shelf_life_days=group.shelf_life_days,
        cold_chain=group.cold_chain,
        publish=offer.status != "draft",
    )


def need_of(need: StoryNeed, *, today: date) -> NeedCreate:
    """The need in its next season; offers are welcome for two weeks at least."""
    first, last = next_season(need.months, today=today)
    days: dict[str, Any] = {"from": first, "to": last}
    return NeedCreate.model_validate(
        {
            "title": need.title,
            "lines": [NeedLineIn.model_validate(line.model_dump() | days) for line in need.lines],
            "delivery_province": HO_CHI_MINH_CITY,
            "deliver_before": need.deliver_before,
            "deadline": max(first - timedelta(days=7), today + timedelta(days=21)),
            "publish": need.status == "published",
        }
    )
