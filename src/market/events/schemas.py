"""What the event routes take and give."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from market.accounts.contacts import Phone
from market.core.pagination import PageQuery
from market.core.schemas import Answer, Code, Day, Flag, Instant, Line, Prose, Schema, Whole
from market.core.validation import refusal
from market.events.states import EventStatus, RegistrationStatus, Side
from market.events.venue import Booth, BoothNumber, Hall, SessionIn, Stretch
from market.photos.schemas import PhotoMark
from market.reading.types import KnownProvince
from market.reference.maps import ProvinceMap
from market.reference.schemas import ProvinceOut
from market.vietnamese.text import fold

EventKind = Literal["conference", "fair", "seminar", "delegation", "survey"]

FOLLOWS = "The event that this one came of, such as a visit to growing areas agreed upon there"
FIRST_YEAR = 2008
"""Provinces are known from 2008-08-01; nothing earlier is recorded."""


def business_day(day: date) -> date:
    """A day on which something of this market can have happened or be planned.

    Raises:
        PydanticCustomError: before 2008 or after 2100.
    """
    if not FIRST_YEAR <= day.year <= 2100:
        raise refusal("date_out_of_range", "Ngày phải từ năm 2008 đến năm 2100.", "A date from 2008 to 2100 is needed.")
    return day


BusinessDate = Annotated[Day, AfterValidator(business_day)]
EventCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,11}$")]
GENERATED_CODE = "SK"
Count = Annotated[Whole, Field(ge=1, le=5000)]


class _Venue(Schema):
    """Where and when people meet, how many fit in, and until when one may ask."""

    halls: Annotated[list[Hall], Field(max_length=50)] = Field(default_factory=list)
    sessions: Annotated[list[SessionIn], Field(max_length=200)] = Field(
        default_factory=list, description="Meetings are held in slots of the sessions of kind `meetings`"
    )
    booths: Annotated[list[Booth], Field(max_length=3000)] = Field(default_factory=list)
    slot_minutes: Annotated[Whole, Field(ge=5, le=480)] = 20
    break_minutes: Annotated[Whole, Field(ge=0, le=240)] = Field(default=5, description="Between two slots")
    walking_minutes: Annotated[Whole, Field(ge=0, le=120)] = Field(
        default=0, description="From one hall to another: nobody has meetings in two halls closer to each other"
    )
    capacity_organizations: Count | None = Field(default=None, description="Who registers beyond it waits")
    capacity_delegates: Annotated[Whole, Field(ge=1, le=100_000)] | None = None
    registration_closes_on: BusinessDate | None = Field(default=None, description="The last day to register")
    wishes_close_on: BusinessDate | None = Field(default=None, description="The last day to say whom one would meet")
    most_meetings: Annotated[Whole, Field(ge=1, le=200)] | None = Field(
        default=None, description="Of one organization; null: as many as there are slots"
    )


class EventCreate(_Venue):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "NT01",
                    "name": "Hội nghị kết nối cung cầu mẫu",
                    "kind": "conference",
                    "starts_on": "2026-12-04",
                    "ends_on": "2026-12-05",
                    "province": {"code": "56", "version": "2025"},
                    "place": "Nha Trang",
                }
            ]
        }
    )

    code: EventCode | None = Field(default=None, description="Short and unique, e.g. NT01; made up when left out")
    name: Line
    kind: EventKind
    starts_on: BusinessDate
    ends_on: BusinessDate
    province: KnownProvince
    place: Line | None = None
    address: Line | None = None
    organizer: UUID | None = Field(default=None, description="Officers name the organizer; others organize themselves")
    programme: Code | None = Field(default=None, description="Id of a programme group")
    follows: UUID | None = Field(default=None, description=FOLLOWS)
    description: Prose | None = None
    tables: Annotated[Whole, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise refusal("period_reversed", "Ngày kết thúc trước ngày bắt đầu.", "It ends before it begins.")
        if self.code is not None and self.code.startswith(GENERATED_CODE) and self.code[2:].isdigit():
            raise refusal("code_reserved", "Mã SK kèm số do hệ thống đặt.", "SK with a number is given by the system.")
        return self


class EventUpdate(_Venue):
    """What is left out stays as it is; lists are replaced as a whole."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"place": "Trung tâm hội nghị (mẫu)", "description": "Mang theo mẫu hàng"}]}
    )

    name: Line | None = None
    kind: EventKind | None = None
    starts_on: BusinessDate | None = None
    ends_on: BusinessDate | None = None
    province: KnownProvince | None = None
    place: Line | None = None
    address: Line | None = None
    programme: Code | None = None
    follows: UUID | None = None
    description: Prose | None = None
    tables: Annotated[Whole, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _refuse_nulls(self) -> Self:
        for name in ("name", "kind", "starts_on", "ends_on", "province"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise refusal("not_nullable", f"Không được bỏ trống {name}.", f"{name} cannot be null.")
        return self


class EventQuery(PageQuery):
    kind: EventKind | None = None
    status: EventStatus | None = None
    province: Code | None = Field(default=None, description="Code of a province of the map")
    map: ProvinceMap = Field(default="34", description="The map that `province` is a code of")
    programme: Code | None = Field(default=None, description="Id of a programme group")
    organizer: UUID | None = None
    follows: UUID | None = Field(default=None, description="The event that they came of")
    starts_from: Day | None = None
    starts_until: Day | None = None


class OrganizationRef(Answer):
    """An organization by name."""

    id: UUID
    name: str


class EventOut(Answer):
    id: UUID
    code: str
    name: str
    kind: EventKind
    starts_on: date
    ends_on: date
    province: ProvinceOut
    place: str | None
    address: str | None
    organizer: OrganizationRef | None = Field(description="null: the officers of the programme")
    programme: str | None
    description: str | None
    tables: int | None
    halls: list[Hall]
    sessions: list[SessionIn]
    booths_count: int = Field(description="On the floor list")
    slot_minutes: int
    break_minutes: int
    capacity_organizations: int | None
    capacity_delegates: int | None
    registration_closes_on: date | None
    wishes_close_on: date | None
    most_meetings: int | None
    walking_minutes: int
    cloned_from: UUID | None
    follows: UUID | None
    status: EventStatus
    waiting_count: int = Field(description="Who registered beyond the capacity")
    organizations_count: int = Field(description="Registered, and neither waiting, declined nor withdrawn")
    delegates_count: int
    published_at: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int


class EventEdited(EventOut):
    """An event after an edit."""

    meetings_cancelled: int = Field(
        description="Meetings that have no time or table any more: cancelled, and both sides told"
    )


class BoothOut(Answer):
    """A booth of the floor list, and who shows there."""

    number: str
    hall: str | None
    organization: OrganizationRef | None = Field(description="null: given to nobody yet")
    registration: UUID | None = Field(description="Photos of the booth are under it: /booths/{registration}/photos")
    photo: PhotoMark | None


class Floor(Answer):
    event: UUID
    items: list[BoothOut]


class Delegate(Schema):
    """A person who comes. Only the organizer, officers and the delegate's own organization see it."""

    name: Line
    title: Line | None = None
    phone: Phone | None = None


def _each_once(delegates: list[Delegate]) -> list[Delegate]:
    """Delegates of whom nobody is named twice: by telephone, or by name and title in whatever spelling."""
    seen: set[tuple[str, ...]] = set()
    for place, person in enumerate(delegates, 1):
        named = tuple(" ".join(fold(text or "").split()) for text in (person.name, person.title))
        keys = {(person.phone,)} if person.phone else {named}
        if keys & seen:
            raise refusal(
                "delegate_twice",
                "Đại biểu thứ {place} đã được nêu ở trên.",
                "Delegate {place} is named above already.",
                place=place,
            )
        seen |= keys
    return delegates


Delegates = Annotated[list[Delegate], Field(max_length=200), AfterValidator(_each_once)]


class RegistrationCreate(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"delegates_count": 3, "booths": 1}]})

    organization: UUID | None = Field(default=None, description="For officers who register it on its behalf")
    delegates_count: Count | None = None
    delegates: Delegates = Field(default_factory=list)
    booths: Annotated[Whole, Field(ge=0, le=50)] = 0
    booth_wish: Line | None = None
    side: Side | None = Field(
        default=None, description="At which side of a meeting's table; left out, what the organization is says it"
    )
    away: Annotated[list[Stretch], Field(max_length=50)] = Field(
        default_factory=list, description="When it can meet nobody"
    )
    consent: Line | None = Field(
        default=None, description="How the organization agreed; needed where an officer registers it on its behalf"
    )

    @model_validator(mode="after")
    def _count_covers_names(self) -> Self:
        if self.delegates_count is None:
            self.delegates_count = max(1, len(self.delegates))
        if self.delegates_count < len(self.delegates):
            raise refusal(
                "more_names_than_delegates", "Số đại biểu ít hơn số tên đã nêu.", "Fewer delegates than names given."
            )
        return self


class AvailabilityUpdate(Schema):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"away": []}]})

    side: Side | None = None
    away: Annotated[list[Stretch], Field(max_length=50)] | None = None
    delegates: Delegates | None = None
    booth_numbers: Annotated[list[BoothNumber], Field(max_length=50)] | None = Field(
        default=None, description="For the organizer"
    )


class EventClone(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Hội nghị năm sau", "starts_on": "2027-12-03", "ends_on": "2027-12-04"}]
        }
    )

    name: Line
    code: EventCode | None = None
    starts_on: BusinessDate
    ends_on: BusinessDate

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise refusal("period_reversed", "Ngày kết thúc trước ngày bắt đầu.", "It ends before it begins.")
        return self


class ContactReadOut(Answer):
    """Somebody saw telephones of delegates."""

    at: Instant
    organization_ids: list[UUID]
    reader_user_id: UUID | None
    reader_organization_id: UUID | None


class ContactReads(Answer):
    items: list[ContactReadOut]


class DecisionRequest(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Mời đến trước 8 giờ"}]})

    note: Prose | None = None


class RegistrationAcceptance(DecisionRequest):
    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Mời đến trước 8 giờ", "without_booths": True}]})

    without_booths: Flag = Field(
        default=False, description="Accept the people alone, where no booth is left: those asked for are given up"
    )


class RegistrationOut(Answer):
    id: UUID
    event: UUID
    organization: OrganizationRef
    delegates_count: int
    delegates: list[Delegate]
    booths: int
    booth_wish: str | None
    booth_numbers: list[str] = Field(description="Given by the organizer, from the floor list")
    side: Side | None
    away: list[Stretch]
    consent: str | None
    status: RegistrationStatus
    decision_note: str | None
    created_at: Instant
    updated_at: Instant
    version: int
