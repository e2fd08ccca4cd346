"""Field types that read what people write by the reference data, while pydantic checks the rest of a body.

They answer ids and codes; what cannot be read is refused with the nearest right values. Like those of
`market.reference.types`, they read by the process's catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BeforeValidator, Field

from market.core.schemas import Whole
from market.core.values.often import NOT_OFTEN, read_often
from market.core.values.refusal import Unreadable
from market.core.values.weekdays import read_weekdays
from market.reading.certificates import read_requirement
from market.reading.named_goods import read_concept, read_goods
from market.reading.places import read_province
from market.reading.units import read_unit
from market.reference import types as exact
from market.reference.cadence import AnyPer, Per
from market.reference.catalogue import Catalogue
from market.reference.schemas import ProvinceRef
from market.reference.types import remembered

T = TypeVar("T")
G = TypeVar("G")
LONGEST = 120
"""Characters of a text that may still be a name of something."""


def reading(reader: Callable[[str, Catalogue], T], *, described: Any = str) -> BeforeValidator:
    """A validator that reads text by the catalogue and leaves everything else to the type behind it.

    Args:
        described: what the API description says it takes.
    """

    def read(value: Any) -> Any:
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or "\0" in value:
            return value
        return read_or_refuse(lambda text: reader(text, remembered()), value.strip())

    return BeforeValidator(read, json_schema_input_type=described)


def read_or_refuse(reader: Callable[[G], T], text: G) -> T:
    """What a text says.

    Raises:
        PydanticCustomError: it cannot be read.
    """
    try:
        return reader(text)
    except Unreadable as unreadable:
        raise unreadable.for_pydantic() from None


def _reference_of(text: str, catalogue: Catalogue) -> ProvinceRef:
    province = read_province(text, catalogue)
    return ProvinceRef(code=province.code, version=province.version)


def _days(value: Any) -> Any:
    """Numbers count as ISO does; text is read as people write it."""
    if isinstance(value, str):
        return read_or_refuse(read_weekdays, value) if value.strip() else []
    if isinstance(value, list) and value and all(isinstance(day, str) and len(day) < LONGEST for day in value):
        return read_or_refuse(read_weekdays, value)
    return value


ProvinceName = Annotated[str, Field(max_length=LONGEST, examples=["Bến Tre", "TP.HCM"])]

ConceptId = Annotated[exact.ConceptId, reading(read_concept)]
"""What goods are: an id such as `dragon-fruit-red`, or a name that only they have."""

UnitCode = Annotated[exact.UnitCode, reading(read_unit)]
"""A unit of measure: a code such as `KGM`, or any of its names."""

CertificateRequirement = Annotated[exact.CertificateRequirement, reading(read_requirement)]
"""A scheme that must be held, with a least level where it has levels: `vietgap`, `ocop:4`, also `OCOP 4 sao`."""

KnownProvince = Annotated[exact.KnownProvince, reading(_reference_of, described=ProvinceRef | ProvinceName)]
"""A province of one of the two maps: `{code, version}`, or its name."""

_Days = Annotated[list[Annotated[Whole, Field(ge=1, le=7)]], Field(max_length=7)]
_DayNames = Annotated[list[str], Field(max_length=7)]

Weekdays = Annotated[_Days, BeforeValidator(_days, json_schema_input_type=_Days | _DayNames | str)]
"""Days of the week, 1 is Monday; text is read as people write it: T2, thứ hai, CN."""

NamedGoods = Annotated[exact.ConceptId, reading(read_goods)]
"""What goods are: an id such as `dragon-fruit-red`, a name, or words that hold one and nothing else of goods."""


def _counted_by(counted: Any) -> BeforeValidator:
    def read(text: str, _catalogue: Catalogue) -> str:
        often = read_often(text)
        if often not in get_args(counted):
            raise Unreadable("unknown-period", NOT_OFTEN, suggestions=get_args(counted), text=text)
        return often

    return reading(read)


WrittenPer = Annotated[Per, _counted_by(Per)]
"""What a quantity is counted by: day, week, month or total, also in words: ngày, /tuần, hằng tháng, tổng."""

WrittenAnyPer = Annotated[AnyPer, _counted_by(AnyPer)]
"""As `WrittenPer`, of papers, which also count by the year and the season."""
