"""What bodies that are counted in a unit have in common."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from market.core.schemas import Schema
from market.reading.beside import in_own_unit
from market.reading.titles import goods_told
from market.reading.vocabulary import vocabulary_of
from market.reference.types import remembered


class CountedInUnit(Schema):
    """A body with a `unit`: `1,5 triệu/tạ` beside kg is 15000, `2 tấn` is 2000 (`reading/beside.py`)."""

    @model_validator(mode="before")
    @classmethod
    def _numbers_in_its_unit(cls, given: Any) -> Any:
        return in_own_unit(given, remembered())


def certain_goods(description: str | None) -> str | None:
    """The concept that words certainly name, read as a title is; None where they leave it open."""
    told = goods_told(description or "", vocabulary_of(remembered()), region=None)
    return told.concept_id if told.certainty == "certain" else None
