"""Readers of cells about people: telephones, several in one cell too, and how many come."""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import PydanticCustomError

from market.accounts.contacts import normalize_phone
from market.core.language import Message
from market.core.values.numbers import NOT_A_NUMBER
from market.core.values.refusal import Unreadable
from market.imports.cells import Reading, plain
from market.imports.sheets.grids import Value

NO_PHONE = Message(vi="“{text}” không phải số điện thoại.", en='"{text}" is no telephone number.')
OTHER_PHONES = Message(
    vi="Ô có nhiều số điện thoại: ghi số {kept}, bỏ {others}.",
    en="Several telephone numbers: {kept} is kept, {others} left out.",
)
_BETWEEN = re.compile(r"\s*[/;,\n|]\s*|\s+(?:-|–|và|hoặc)\s+")
_COUNT = re.compile(r"0*(\d{1,4})(?:\s*[^\W\d][^\d]*)?")


def phone(value: Value, reading: Reading) -> Any:
    """A telephone number in E.164; the first of several, the others are said.

    A number that lost its leading 0 in a spreadsheet is the same number.

    Raises:
        Unreadable: none of them can exist.
    """
    said = plain(value)
    found = {part: number for part in _BETWEEN.split(said) if part and (number := _phone_or_none(part))}
    if not found:
        raise Unreadable("phone", NO_PHONE, text=said)
    kept, *others = found
    if others:
        reading.say("several-phones", OTHER_PHONES, kept=kept, others=", ".join(others))
    return found[kept]


def _phone_or_none(text: str) -> str | None:
    try:
        return normalize_phone(text)
    except PydanticCustomError:
        return None


def headcount(value: Value, _reading: Reading) -> Any:
    """How many people or booths: 3, "3 người", "02 gian hàng".

    Raises:
        Unreadable: no such number.
    """
    found = _COUNT.fullmatch(plain(value))
    if found is None:
        raise Unreadable("int-parsing", NOT_A_NUMBER)
    return found[1]
