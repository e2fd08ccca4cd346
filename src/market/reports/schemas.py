"""What the reports take and give."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from market.agreements.states import Cause, Instrument
from market.core import clock
from market.core.schemas import Answer, Schema
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
    """As of the end of a day in Vietnam: what the market knew then, whatever was corrected later."""

    as_of: Annotated[BusinessDate, AfterValidator(_come)] = Field(
        default_factory=clock.today, description="Today when left out"
    )
    domain: Domain = Field(default="trade", description="What is no trade is counted apart")


class ConversionQuery(ReportQuery):
    by: Literal["overall", "event", "province"] = "overall"
    map: ProvinceMap = "34"


class ConversionOut(Answer):
    """MOUs that were signed, and those of them that a signed contract came from."""

    key: str | None = Field(description="Id of the event or code of the province of signing; null: none recorded")
    name: str | None = Field(description="Code of the event, or name of the province")
    unit: UnitOfMap | None = Field(description="By province: the unit; on the map of 63 it may be one of today")
    mous: int
    converted: int


class ConversionReport(Answer):
    as_of: date
    domain: Domain
    by: Literal["overall", "event", "province"]
    map: ProvinceMap
    groups: list[ConversionOut]
    total: ConversionOut


class LapseOut(Answer):
    """Papers that ended otherwise than fulfilled, for one coded cause."""

    cause: Cause | None = Field(description="null in the total")
    lapsed: int = Field(description="Nothing was delivered")
    terminated: int
    partly_fulfilled: int


class LapseReport(Answer):
    as_of: date
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


class ValueReport(Answer):
    as_of: date
    domain: Domain
    instruments: list[ValueOut]
    total: ValueOut
