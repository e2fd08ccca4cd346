"""What the reports take and give."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from market.agreements.states import Cause, Instrument
from market.core import clock
from market.core.schemas import Answer, Day, Schema
from market.core.validation import refusal
from market.events.schemas import BusinessDate
from market.reference.maps import ProvinceMap
from market.reference.schemas import UnitOfMap

Domain = Literal["trade", "other", "all"]


def _come(day: date) -> date:
    if day > clock.today():
        raise refusal("in_the_future", "Ngày này chưa đến.", "This day has not come.")
    return day


class ReportQuery(Schema):
    """Two clocks, both at the end of a day in Vietnam: how things were on one, by what the market knew on the other."""

    as_of: Annotated[BusinessDate, AfterValidator(_come)] = Field(
        default_factory=clock.today, description="How things were at the end of this day; today when left out"
    )
    known_at: Annotated[BusinessDate, AfterValidator(_come)] | None = Field(
        default=None,
        description="By what the market knew at the end of this day; `as_of` when left out. A later day counts what "
        "happened by `as_of` and was recorded or corrected afterwards",
    )

    @model_validator(mode="after")
    def _known_afterwards(self) -> Self:
        if self.known_at is not None and self.known_at < self.as_of:
            raise refusal("known_before", "known_at không được trước as_of.", "known_at must not lie before as_of.")
        return self

    @property
    def known(self) -> date:
        """The day at whose end the market's knowledge is taken."""
        return self.known_at or self.as_of

    domain: Domain = Field(default="trade", description="What is no trade is counted apart")


class ConversionQuery(ReportQuery):
    by: Literal["overall", "event", "province"] = "overall"
    map: ProvinceMap = "34"


class MonthQuery(Schema):
    """One calendar month."""

    month: Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] | None = Field(
        default=None, description="YYYY-MM; this month when left out"
    )

    @property
    def days(self) -> tuple[date, date]:
        """Its first and last day."""
        year, month = map(int, (self.month or clock.today().isoformat()[:7]).split("-"))
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])


class SeasonQuery(Schema):
    """Some months."""

    from_: Day | None = Field(default=None, alias="from", description="Three months ago when left out")
    to: Day | None = Field(default=None, description="Half a year after `from` when left out")

    @property
    def days(self) -> tuple[date, date]:
        """Its first and last day."""
        first = self.from_ or clock.today() - timedelta(days=91)
        return first, self.to or first + timedelta(days=182)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = self.days
        if not first <= last <= first + timedelta(days=1100):
            raise refusal("window_order", "Ngày kết thúc trước ngày bắt đầu hoặc quá xa.", "It ends before it begins.")
        return self


class ConversionOut(Answer):
    """MOUs that were signed, and those of them that a signed contract came from."""

    key: str | None = Field(description="Id of the event, or code of the province (see placed_by); null: none recorded")
    name: str | None = Field(description="Code of the event, or name of the province")
    unit: UnitOfMap | None = Field(description="By province: the unit; on the map of 63 it may be one of today")
    mous: int
    converted: int


class Clocks(Answer):
    """Which two days a report tells of."""

    as_of: date = Field(description="How things were at the end of this day")
    known_at: date = Field(description="By what the market knew at the end of this day")
    clocks: str = Field(description="The same in words, and what another day would change")


class ConversionReport(Clocks):
    domain: Domain
    by: Literal["overall", "event", "province"]
    map: ProvinceMap
    placed_by: str | None = Field(description="By province: the rule by which a paper is given one")
    groups: list[ConversionOut]
    total: ConversionOut


class LapseOut(Answer):
    """Papers that ended otherwise than fulfilled, for one coded cause."""

    cause: Cause | None = Field(description="null in the total")
    lapsed: int = Field(description="Nothing was delivered")
    terminated: int
    partly_fulfilled: int


class LapseReport(Clocks):
    domain: Domain
    rounded: bool = Field(description="To all but officers: as of the end of a month, in steps of five")
    causes: list[LapseOut]
    total: LapseOut


class ValueOut(Answer):
    """Papers of one instrument, each counted once with all its amendments; values for officers only."""

    instrument: Instrument | None = Field(description="null in the total")
    signed: int = Field(description="All that were ever signed")
    effective: int = Field(description="Those of them that came into force")
    signed_vnd: int | None
    effective_vnd: int | None
    delivered_vnd: int | None = Field(description="Accepted goods at the prices of their lines, where these have one")


class ValueReport(Clocks):
    domain: Domain
    instruments: list[ValueOut]
    total: ValueOut
