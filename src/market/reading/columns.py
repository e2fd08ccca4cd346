"""The cells of one column read together: what one cell leaves in doubt, the others may decide.

The rule for numbers. Cells that read one way say what a dot and a comma do in their column (4,5 and 1.000.000); the
others are read so, unless two cells contradict each other. Of money, one cell with parted thousands or a word for đồng
is enough for both marks, because đồng have no decimals; so are plain amounts when all of them are 1000 or more.
The rule for days. One cell that only fits with the month first (12/13/2026) puts all of its column in doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from market.core.language import Message
from market.core.values.dates import day_of_serial, read_day
from market.core.values.letters import plain_text
from market.core.values.numbers import (
    NOT_MONEY,
    Role,
    Written,
    certain,
    certain_money,
    read_number,
    written_number,
    written_price,
)
from market.core.values.refusal import Unreadable, two_ways

Cell = str | int | float | Decimal | date | datetime | None
NO_VALUE = Message(vi="Ô ghi “{text}”: chưa có số liệu.", en='The cell says "{text}": no value.')
BLANKS = frozenset({"", "-", "--", "…", "..."})
NO_VALUES = frozenset({"#n/a", "#value!", "#ref!", "#div/0!", "#name?", "#num!", "#null!", "n/a", "na"})
LEAST_PLAIN_MONEY = 1000


def read_money_column(cells: Sequence[Cell]) -> list[int | Unreadable | None]:
    """Whole đồng of each cell; None for a blank one, the refusal for one that cannot be read."""
    parted = _parts_thousands(cells)
    found: list[int | Unreadable | None] = []
    for cell in cells:
        try:
            found.append(None if _is_blank(cell) else _money(cell, parted=parted))
        except Unreadable as unreadable:
            found.append(unreadable)
    return found


def read_number_column(cells: Sequence[Cell]) -> list[Decimal | Unreadable | None]:
    """The number of each cell; None for a blank one, the refusal for one that cannot be read."""
    roles = _roles(cells)
    found: list[Decimal | Unreadable | None] = []
    for cell in cells:
        try:
            found.append(None if _is_blank(cell) else _number(cell, roles))
        except Unreadable as unreadable:
            found.append(unreadable)
    return found


def read_day_column(cells: Sequence[Cell]) -> list[date | Unreadable | None]:
    """The day of each cell, serial numbers of spreadsheets included; None for a blank one, else the refusal."""
    found: list[date | Unreadable | None] = []
    for cell in cells:
        try:
            found.append(None if _is_blank(cell) else _day(cell))
        except Unreadable as unreadable:
            found.append(unreadable)
    if any(isinstance(day, Unreadable) and day.code == "month-first" for day in found):
        return [_doubted(cell, day) for cell, day in zip(cells, found, strict=True)]
    return found


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and plain_text(cell) in BLANKS)


def _text(cell: Cell) -> str:
    """A cell's text.

    Raises:
        Unreadable: it says that there is no value.
    """
    text = plain_text(str(cell))
    if text.casefold() in NO_VALUES:
        raise Unreadable("no-value", NO_VALUE, text=text)
    return text


def _parts_thousands(cells: Sequence[Cell]) -> bool:
    """Whether a column of money certainly parts its thousands."""
    certainly, plain = False, []
    for cell in cells:
        if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
            plain.append(Decimal(str(cell)))
        elif isinstance(cell, str) and (price := written_price(cell)) and not price.multiplied:
            roles = dict(price.written.roles)
            if "decimals" in roles.values():
                return False
            certainly = certainly or bool(roles)
            plain += price.written.values if price.written.is_certain and not roles else []
    amounts = [value for value in plain if value]
    return certainly or (bool(amounts) and min(amounts) >= LEAST_PLAIN_MONEY)


def _money(cell: Cell, *, parted: bool) -> int:
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return certain_money(Written((Decimal(str(cell)),)), text=str(cell))
    text = _text(cell)
    price = written_price(text)
    if price is None:
        raise Unreadable("int-parsing", NOT_MONEY)
    written = price.written
    if parted and not price.multiplied and not written.is_certain:
        written = Written(written.values[:1])
    return certain_money(written, text=text)


def _roles(cells: Sequence[Cell]) -> dict[str, Role]:
    """What each mark certainly does in a column; marks that its cells contradict each other about are left out."""
    claimed: defaultdict[str, set[Role]] = defaultdict(set)
    for cell in cells:
        if isinstance(cell, str) and (written := written_number(plain_text(cell).lstrip("+-"))):
            for mark, role in written.roles:
                claimed[mark].add(role)
    settled: dict[str, Role] = {mark: next(iter(roles)) for mark, roles in claimed.items() if len(roles) == 1}
    if len(settled) == 1 and len(claimed) == 1:
        (mark, role), other = next(iter(settled.items())), {".": ",", ",": "."}
        if mark in other:
            settled[other[mark]] = "decimals" if role == "thousands" else "thousands"
    return settled if len(set(settled.values())) == len(settled) else {}


def _number(cell: Cell, roles: dict[str, Role]) -> Decimal:
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return Decimal(str(cell))
    text = _text(cell)
    sign, bare = (-1, text[1:]) if text[:1] == "-" else (1, text.lstrip("+"))
    written = written_number(bare)
    if written is None:
        return read_number(text)
    role = roles.get(written.separator)
    if written.is_certain or role is None:
        return certain(written, text=text) * sign
    return written.values[0 if role == "thousands" else 1] * sign


def _day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return day_of_serial(float(cell))
    text = _text(cell)
    return day_of_serial(int(text)) if text.isascii() and text.isdigit() and len(text) == 5 else read_day(text)


def _doubted(cell: Cell, day: date | Unreadable | None) -> date | Unreadable | None:
    """A day that would be another with the month first, in a column where one cell has it first."""
    in_words = isinstance(cell, str) and not plain_text(cell)[:4].isdigit()
    if not in_words or not isinstance(day, date) or day.day > 12 or day.day == day.month:
        return day
    turned = date(day.year, day.day, day.month)
    return two_ways(plain_text(str(cell)), day.isoformat(), turned.isoformat())
