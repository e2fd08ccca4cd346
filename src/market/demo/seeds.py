"""The seed files of the demo story as records."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from market.organizations.schemas import OrganizationKind
from market.organizations.tax_codes import LegalForm
from market.reference.cadence import Per
from market.reference.schemas import ProvinceRef

MARKERS = ("Mẫu", "Minh Họa", "Ví Dụ", "Giả Định", "Thử Nghiệm")
"""Every organization of the story carries one of these in its name, so that nobody takes it for a real one."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Record):
    """Somebody who signs in."""

    key: str
    name: str
    title: str
    email: str
    phone: str
    roles: tuple[Literal["officer", "admin"], ...] = ()


class Offer(_Record):
    """A good that a producer offers, sometimes under a name of its own."""

    good: str
    name: str | None = None
    status: Literal["draft", "published", "paused"] = "published"


class Paper(_Record):
    """A certificate; `months_ago` counts from today, so that old ones have run out whenever the story is told."""

    scheme: str
    months_ago: int
    scope: tuple[str, ...] = ()
    level: int | None = None
    state: Literal["verified", "unverified", "rejected", "recalled"] = "verified"


class StoryOrganization(_Record):
    """A cooperative, company or department, and what it offers."""

    key: str
    owner: str
    name: str
    kinds: tuple[OrganizationKind, ...]
    legal_form: LegalForm
    province: ProvinceRef
    place: str
    description: str | None = None
    verification: Literal["verified", "unverified"] = "verified"
    goods: tuple[Offer, ...] = ()
    certificates: tuple[Paper, ...] = ()


class Good(_Record):
    """What is traded of one concept: its price and a usual week's amount, in its unit."""

    good: str
    """Id of the concept."""
    name: str
    group: str
    unit: str
    price_vnd: int
    weekly: Decimal
    months: tuple[int, ...] | None = None
    """When it is harvested, where growers do otherwise than the reference says."""


class Variant(_Record):
    """One way in which a good is sold."""

    suffix: str
    price: Decimal
    share: Decimal
    """Of the usual week's amount."""
    packaging: str
    certified_only: bool = False


class Group(_Record):
    """Goods that are sold alike."""

    shelf_life_days: int
    cold_chain: bool
    about: str
    variants: tuple[Variant, ...]


class Wish(_Record):
    """A line of a need, without its days."""

    concept: str
    quantity: Decimal
    unit: str
    per: Per
    weekdays: tuple[int, ...] = ()
    required_certificates: tuple[str, ...] = ()
    preferred_certificates: tuple[str, ...] = ()
    price_ceiling_vnd: int | None = None


class StoryNeed(_Record):
    """What a buyer asks for, in its next season."""

    buyer: str
    title: str
    months: tuple[int, ...] | None = None
    deliver_before: str | None = None
    status: Literal["draft", "published"] = "published"
    lines: tuple[Wish, ...]


class Signatory(_Record):
    """A party of a paper: an organization of the story by key, or one known by name only."""

    role: Literal["seller", "buyer", "authority", "witness"]
    organization: str | None = None
    name: str | None = None
    responsible: str | None = None


class Promise(_Record):
    """A line of a paper; what is left out was not agreed when it was signed."""

    concept: str
    quantity: Decimal | None = None
    unit: str | None = None
    per: Literal["total", "week", "month", "year", "season"] = "total"
    price_vnd: int | None = None
    cadence: str | None = None
    binding: Literal["all", "fixed", "minimum"] = "fixed"


class SignedPaper(_Record):
    """An MOU or contract of the story."""

    number: str
    instrument: Literal["mou", "framework", "sale", "offtake", "cooperation"]
    domain: Literal["trade", "other"] = "trade"
    title: str
    at_event: bool = True
    signed_days_ago: int
    signing_place: str
    province: ProvinceRef
    months: int = 6
    """How long it runs from its signing."""
    status: Literal["draft", "signed", "effective"] = "signed"
    value_vnd: int | None = None
    parties: tuple[Signatory, ...]
    lines: tuple[Promise, ...] = ()


class Registered(_Record):
    """An organization that comes to the event."""

    organization: str
    delegates: int
    booths: int = 0
    booth_numbers: tuple[str, ...] = ()
    status: Literal["requested", "accepted", "declined"] = "accepted"
    came: bool = False


class StorySession(_Record):
    """A part of the event, in so many days."""

    in_days: int
    name: str
    kind: Literal["programme", "meetings", "signing"] = "programme"
    starts: str
    ends: str
    hall: str | None = None


class StoryEvent(_Record):
    """The event; days count from today."""

    code: str
    name: str
    kind: Literal["conference", "fair", "seminar", "delegation", "survey"]
    starts_in_days: int
    ends_in_days: int
    province: ProvinceRef
    place: str
    address: str
    organizer: str
    programme: str
    description: str
    halls: tuple[dict[str, Any], ...]
    walking_minutes: int
    sessions: tuple[StorySession, ...]
    booths: tuple[dict[str, Any], ...]
    wishes: tuple[tuple[str, str], ...]
    """Who would meet whom."""
    registrations: tuple[Registered, ...]


class Story(BaseModel):
    """Everything the demo tells."""

    people: tuple[Person, ...]
    organizations: tuple[StoryOrganization, ...]
    goods: tuple[Good, ...]
    groups: dict[str, Group]
    issuers: dict[str, str]
    other_issuer: str
    needs: tuple[StoryNeed, ...]
    event: StoryEvent
    papers: tuple[SignedPaper, ...] = Field(min_length=1)


def read_story(directory: Path) -> Story:
    """The story in `organizations.json`, `goods.json`, `needs.json` and `event.json`.

    Raises:
        OSError: a file is missing.
        pydantic.ValidationError: a record is malformed.
    """
    told: dict[str, Any] = {}
    for name in ("organizations", "goods", "needs", "event"):
        told |= json.loads((directory / f"{name}.json").read_text(encoding="utf-8"))
    return Story.model_validate(told)
