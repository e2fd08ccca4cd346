"""What lists and sums of agreements are asked by, and what the sums answer."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from market.agreements.schemas import Domain
from market.agreements.states import AgreementStatus, Instrument
from market.core.pagination import PageQuery
from market.core.schemas import Answer, Code, Day, Schema
from market.reference.maps import ProvinceMap
from market.reference.schemas import UnitOfMap


class _Filters(Schema):
    event: UUID | None = None
    province: Code | None = Field(default=None, description="Code of the province of signing, on the map")
    map: ProvinceMap = Field(default="34", description="The map that `province` is a code of")
    instrument: Instrument | None = None
    status: AgreementStatus | None = None
    organization: UUID | None = Field(default=None, description="A party")
    signed_from: Day | None = None
    signed_until: Day | None = None


class AgreementQuery(_Filters, PageQuery):
    domain: Domain | None = None
    quote: UUID | None = Field(default=None, description="Drawn up from this accepted quote; for those who may see it")


Grouping = Literal["event", "province", "instrument", "kind", "status"]


class TotalsQuery(_Filters):
    by: Grouping = Field(description="kind: the same as instrument")
    domain: Literal["trade", "other", "all"] = Field(default="trade", description="What is no trade is counted apart")


class TotalOut(Answer):
    key: str | None = Field(description="Id of the event, code of the unit, instrument or status; null: none recorded")
    name: str | None
    unit: UnitOfMap | None = Field(description="By province: the unit; on the map of 63 it may be one of today")
    agreements: int
    mous: int
    contracts: int
    value_vnd: int | None = Field(description="Sum of what is stated or computed; null for those who need not know")


class TotalsOut(Answer):
    """Signed papers, counted once: drafts, superseded versions and amendments not yet in force are left out."""

    by: Grouping
    map: ProvinceMap
    domain: Literal["trade", "other", "all"]
    placed_by: str | None = Field(description="By province: the rule by which a paper is given one")
    groups: list[TotalOut]
    total: TotalOut
