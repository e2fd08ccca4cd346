"""What the summary of an event takes and gives, with both of its clocks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from market.agreements.states import Instrument
from market.core import clock
from market.core.schemas import Answer, AnyQuantity, Instant, Schema
from market.core.validation import refusal
from market.events.meetings.models import Outcome
from market.events.schemas import BusinessDate
from market.events.states import Side
from market.reference.goods_schemas import ConceptMark
from market.reference.maps import ProvinceMap
from market.reference.schemas import UnitOfMap


def _with_offset(instant: Instant) -> Instant:
    if instant.tzinfo is None:
        raise refusal("offset_missing", "Thời điểm phải kèm múi giờ.", "The instant needs an offset.")
    return instant


class SummaryQuery(Schema):
    """Two clocks: what had happened by a day, as far as the market knew at an instant."""

    as_of: BusinessDate = Field(default_factory=clock.today, description="What had happened by then; today if left out")
    known_at: Annotated[Instant, AfterValidator(_with_offset)] | None = Field(
        default=None, description="As far as it was known then; now if left out"
    )
    map: ProvinceMap = "34"
    format: Literal["json", "xlsx", "pdf"] = "json"


class CameOut(Answer):
    organizations_registered: int = Field(
        description="Asked to come: accepted, not decided yet, or waiting for a place"
    )
    organizations_waiting: int = Field(description="Of those registered: on the waiting list")
    organizations_accepted: int
    delegates_registered: int
    organizations_came: int
    people_came: int


class OutcomeCount(Answer):
    outcome: Outcome | None = Field(description="null: nothing was said yet")
    meetings: int


class MetOut(Answer):
    planned: int
    held: int
    noted_early: int = Field(description="Of those held or missed: noted before they were to begin")
    missed: int
    cancelled: int
    outcomes: list[OutcomeCount]
    follow_ups_due: int = Field(description="Tasks whose day has come, and of which nobody says that they are done")
    follow_ups_done: int


class FeedbackCount(Answer):
    """What those of one side thought."""

    side: Side | None
    answers: int
    mean_rating: Decimal | None = Field(description="1 (bad) to 5 (very good), to two places")
    would_come_again: int


class InstrumentCount(Answer):
    instrument: Instrument
    papers: int
    effective: int


class ProvinceCount(Answer):
    unit: UnitOfMap
    papers: int


class GoodsCount(Answer):
    concept: ConceptMark
    papers: int


class PublishedFigure(Answer):
    """What was published of the same event, beside what is recorded."""

    code: str
    metric: str
    published: AnyQuantity
    qualifier: str
    recorded: int
    difference: AnyQuantity = Field(description="Recorded less published")
    source: str


class EventSummary(Answer):
    event: UUID
    code: str
    name: str
    as_of: date
    known_at: Instant
    came: CameOut
    met: MetOut
    papers: int
    mous: int
    contracts: int
    mous_converted: int = Field(
        description="MOUs of the event of which a contract had come by `as_of`, as far as was known at `known_at`"
    )
    probable_duplicates: int = Field(description="Kept aside until a person decides; not counted")
    by_instrument: list[InstrumentCount]
    by_signing_province: list[ProvinceCount]
    by_party_province: list[ProvinceCount] = Field(
        description="A paper counts once for each province that a side of it is from, so that these may add up to more"
    )
    by_goods: list[GoodsCount] = Field(description="A paper counts once for each of its goods")
    signed_vnd: int | None = Field(description="For officers and who runs the event, as the two sums below")
    effective_vnd: int | None
    delivered_vnd: int | None
    feedback: list[FeedbackCount]
    visits: int = Field(description="Events that came of this one, such as visits to growing areas")
    findings: int = Field(description="What those visits found")
    figures: list[PublishedFigure]
