"""Bases and field types of what the API takes and gives."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

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

MAX_MONEY_VND = 10**15
"""A million billion đồng: above any agreement of this market, below what a double or bigint loses."""


def _any_nul(values: list[Any]) -> bool:
    return any(isinstance(value, str) and "\0" in value for value in values)


class Schema(BaseModel):
    """What the API takes: unknown fields are refused, text is NFC without control characters."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

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

    model_config = ConfigDict(from_attributes=True, serialize_by_alias=True)


def _refuse_controls(text: str, allowed: str) -> str:
    # Printable text, nearly all there is, has no control characters.
    if not text.isprintable() and any(
        unicodedata.category(character) in ("Cc", "Cs") and character not in allowed for character in text
    ):
        raise PydanticCustomError("control_characters", "control characters are not allowed")
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """NFC text of one line; runs of white space become one space.

    Raises:
        PydanticCustomError: the text has control characters other than white space, or nothing that can be seen.
    """
    line = " ".join(_refuse_controls(text, "\t\n\r").split())
    if line and not line.isprintable() and all(unicodedata.category(character) in ("Cf", "Zs") for character in line):
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


def _no_binary_float(value: Any) -> Any:
    # A JSON number arrives as a float; its shortest decimal spelling is what the sender typed.
    if isinstance(value, bool):
        raise PydanticCustomError("decimal_type", "a number is expected")
    return str(value) if isinstance(value, float) else value


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


Quantity = Annotated[
    Decimal,
    # Beside the type: behind a validator they would be compared in Python.
    Field(gt=0, max_digits=15, decimal_places=3),
    BeforeValidator(_no_binary_float),
    PlainSerializer(_plain, return_type=str, when_used="json"),
]
"""A positive amount of goods, exact to a thousandth; string or number in, string out."""

AnyQuantity = Annotated[
    Decimal, BeforeValidator(_no_binary_float), PlainSerializer(_plain, return_type=str, when_used="json")
]
"""An amount in an answer; may be zero."""


def _no_boolean(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "a whole number is expected")
    return value


Whole = Annotated[int, BeforeValidator(_no_boolean)]
"""A whole number; true is none."""

Money = Annotated[Whole, Field(ge=0, le=MAX_MONEY_VND)]
"""Whole đồng."""


def _true_or_false(value: Any) -> Any:
    if not isinstance(value, bool) and value not in ("true", "false"):
        raise PydanticCustomError("bool_type", "true or false is expected")
    return value


Flag = Annotated[bool, BeforeValidator(_true_or_false)]
"""true or false, also spelled as text (a cell of a file, a query string); never 1 or "yes"."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _iso_day(value: Any) -> Any:
    # Left to itself, pydantic takes unix seconds and midnights for dates too.
    if not (isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value))):
        raise PydanticCustomError("date_type", "a date YYYY-MM-DD is expected")
    return value


Day = Annotated[date, BeforeValidator(_iso_day)]
"""A calendar day, YYYY-MM-DD."""

HOUR_AND_MINUTE = r"^([01]\d|2[0-3]):[0-5]\d$"
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:00)?", re.ASCII)


def _time_of_day(value: Any) -> Any:
    # Left to itself, pydantic takes seconds since midnight and offsets from UTC for times too.
    if not (isinstance(value, time) or (isinstance(value, str) and _TIME_OF_DAY.fullmatch(value))):
        raise PydanticCustomError("time_type", "a time of day HH:MM is expected")
    return value


HourMinute = Annotated[
    time,
    BeforeValidator(_time_of_day),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": HOUR_AND_MINUTE}),
]
"""A time of day in Vietnam, HH:MM."""

Instant = datetime
