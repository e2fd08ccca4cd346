"""Bases and field types of what the API takes and gives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from market.core.validation import refusal
from market.core.values.dates import read_day
from market.core.values.numbers import read_money, read_number
from market.core.values.refusal import RefusedText, Unreadable
from market.core.values.times import read_time
from market.core.values.truth import read_truth

T = TypeVar("T")
D = TypeVar("D", bound=date)

MAX_MONEY_VND = 10**15
"""A million billion đồng: above any agreement of this market, below what a double or bigint loses."""


def _any_nul(values: list[Any]) -> bool:
    return any(isinstance(value, str) and "\0" in value for value in values)


class Schema(BaseModel):
    """What the API takes: unknown fields are refused, text is NFC without control characters."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True, defer_build=True)

    @field_validator("*")
    @classmethod
    def _refuse_nul(cls, value: Any) -> Any:
        """Text that PostgreSQL cannot hold is refused in whichever field it comes."""
        nul = "\0" in value if isinstance(value, str) else isinstance(value, list) and _any_nul(value)
        if nul:
            raise PydanticCustomError("control_characters", "control characters are not allowed")
        return value


class Answer(BaseModel):
    """What the API gives. Built from rows inside the handler, never lazily."""

    model_config = ConfigDict(from_attributes=True, serialize_by_alias=True, defer_build=True)


def _refuse_controls(text: str, allowed: str) -> str:
    # Printable text, nearly all there is, has no control characters.
    if not text.isprintable() and any(
        unicodedata.category(character) in ("Cc", "Cs") and character not in allowed for character in text
    ):
        raise PydanticCustomError("control_characters", "control characters are not allowed")
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """NFC text of one line, without what cannot be seen and turns nothing round; runs of white space become one space.

    Raises:
        PydanticCustomError: the text has control characters other than white space, or nothing that can be seen.
    """
    line = _refuse_controls(text, "\t\n\r")
    if not line.isprintable():
        # Marks of direction and joints of no width: with them a name looks like another.
        line = "".join(character for character in line if unicodedata.category(character) != "Cf")
    line = " ".join(line.split())
    if text and not line:
        raise PydanticCustomError("string_too_short", "nothing in it can be seen", {"min_length": 1})
    return line


def clean_prose(text: str) -> str:
    """NFC text that may have line breaks."""
    return _refuse_controls(text.replace("\r\n", "\n"), "\n\t").strip()


Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean_line)]
"""A name or title: one line of at most 200 characters."""

Prose = Annotated[str, StringConstraints(max_length=5000), AfterValidator(clean_prose)]
"""A description: at most 5,000 characters, line breaks allowed."""

Code = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(clean_line)]
"""An identifier from a reference list, such as a unit or a concept id."""


def _no_float(value: Any) -> Any:
    # A JSON number arrives as a float; its shortest decimal spelling is what the sender typed.
    if isinstance(value, bool):
        raise PydanticCustomError("decimal_type", "a number is expected")
    return str(value) if isinstance(value, float) else value


def _number(value: Any) -> Any:
    """A number as it was sent, or as its text reads."""
    return _shortest(_read(read_number, value)) if isinstance(value, str) else _no_float(value)


WrittenNumber = Annotated[str, Field(min_length=1, max_length=40, examples=["28000", "1,5"])]
WrittenMoney = Annotated[str, Field(min_length=1, max_length=40, examples=["28000", "28.000 đ", "28k"])]

AS_NUMBER = BeforeValidator(_number)
"""Reads text as `core/values/numbers.py` says, for decimals with bounds of their own."""


def _read(reader: Callable[[str], T], text: str) -> T:
    if isinstance(text, RefusedText):
        raise text.unreadable.for_pydantic()
    try:
        return reader(text)
    except Unreadable as unreadable:
        raise unreadable.for_pydantic() from None


def _shortest(value: Decimal) -> Decimal:
    """Without the zeros that say nothing: they would count as decimal places."""
    return value.normalize() if "." in str(value) else value


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


Quantity = Annotated[
    Decimal,
    # Beside the type: behind a validator they would be compared in Python.
    Field(gt=0, max_digits=15, decimal_places=3),
    BeforeValidator(_number, json_schema_input_type=Annotated[float, Field(gt=0)] | WrittenNumber),
    PlainSerializer(_plain, return_type=str, when_used="json"),
]
"""A positive amount of goods, exact to a thousandth; string or number in (`core/values/numbers.py`), string out."""

AnyQuantity = Annotated[Decimal, BeforeValidator(_no_float), PlainSerializer(_plain, return_type=str, when_used="json")]
"""An amount in an answer; may be zero."""


def _whole(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "a whole number is expected")
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        try:
            return read_number(value)
        except Unreadable as unreadable:
            if unreadable.code == "ambiguous":
                raise unreadable.for_pydantic() from None
    return value


def _money(value: Any) -> Any:
    return _read(read_money, value) if isinstance(value, str) else _whole(value)


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number; true is none."""

_Dong = Annotated[int, Field(ge=0, le=MAX_MONEY_VND)]

Money = Annotated[_Dong, BeforeValidator(_money, json_schema_input_type=_Dong | WrittenMoney)]
"""Whole đồng; a number, or text as `core/values/numbers.py` reads it: 28000, 28.000 đ, 28k."""


def _true_or_false(value: Any) -> Any:
    if isinstance(value, str):
        return _read(read_truth, value)
    if not isinstance(value, bool):
        raise PydanticCustomError("bool_type", "true or false is expected")
    return value


Flag = Annotated[bool, BeforeValidator(_true_or_false)]
"""true or false, also as text (a cell of a file, a query string: có, không); never 1 or "yes"."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _day(value: Any) -> Any:
    # Left to itself, pydantic takes unix seconds and midnights for dates too.
    if isinstance(value, str):
        return value if _DAY.fullmatch(value) else _read(read_day, value)
    if not isinstance(value, date):
        raise PydanticCustomError("date_type", "a date YYYY-MM-DD is expected")
    return value


FIRST_YEAR, LAST_YEAR = 1900, 2999


def _within_reach(value: D) -> D:
    # Nobody means year 1 or 9999, and a week after the last of all days there is none.
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise refusal(
            "date_out_of_range",
            f"Ngày phải từ năm {FIRST_YEAR} đến năm {LAST_YEAR}.",
            f"A date from {FIRST_YEAR} to {LAST_YEAR} is needed.",
        )
    return value


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_within_reach)]
"""A calendar day, YYYY-MM-DD; also day/month/year. From 1900 to 2999."""

HOUR_AND_MINUTE = r"^([01]\d|2[0-3]):[0-5]\d$"
WRITTEN_TIME = r"^(([01]?\d|2[0-3]):[0-5]\d(:00)?|\d{1,2} *(h|g|giờ).*|.*[AaPp][Mm])$"


def _time_of_day(value: Any) -> Any:
    # Left to itself, pydantic takes seconds since midnight and offsets from UTC for times too.
    if isinstance(value, str):
        return _read(read_time, value)
    if not isinstance(value, time):
        raise PydanticCustomError("time_type", "a time of day HH:MM is expected")
    return value


def _clock(value: Any) -> Any:
    return _read(read_time, value).strftime("%H:%M") if isinstance(value, str) else value


AS_TIME = BeforeValidator(_clock)
"""Reads text as `core/values/times.py` says, for times that are kept as HH:MM."""

HourMinute = Annotated[
    time,
    BeforeValidator(_time_of_day),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": HOUR_AND_MINUTE}, mode="serialization"),
    WithJsonSchema({"type": "string", "pattern": WRITTEN_TIME, "examples": ["06:00", "5h30"]}, mode="validation"),
]
"""A time of day in Vietnam, HH:MM; also 6h, 5h30."""

Instant = Annotated[datetime, AfterValidator(_within_reach)]
"""A moment, from 1900 to 2999."""
