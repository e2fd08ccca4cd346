"""Orders with a column for each shop: what they want together is the quantity, what each wants is kept in the note."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from market.core.language import Message
from market.core.values.refusal import Unreadable
from market.imports.cells import Reading, number, plain
from market.imports.sheets.grids import Value, is_error, is_filled
from market.imports.tables import asking
from market.imports.tables.asking import LEFT_OUT, NOT_USED, Choice, Question
from market.imports.tables.fields import PART
from market.imports.tables.findings import Answers, Column, Layout, column_values
from market.imports.tables.plans import WAITING
from market.imports.tables.words import is_cost, is_ignored, plain_heading
from market.reference.catalogue import Catalogue

TOGETHER = "sum"
TOTALS = frozenset({"tổng", "tổng cộng", "tổng sl", "tổng số lượng", "cộng", "tong", "tong cong", "total"})
WHAT_ARE_THEY = Message(
    vi="Các cột {names} có số nhưng chưa rõ là gì; có phải số lượng của từng nơi nhận không?",
    en="The columns {names} hold numbers of unknown meaning; are they the quantities of each shop?",
)
ADD_UP = Message(vi="Phải: cộng lại, ghi từng nơi vào ghi chú", en="Yes: add them up, keep each in the note")
ADDED = Message(
    vi="Số lượng là tổng của các cột {names}; từng nơi ghi vào ghi chú.",
    en="The quantity is the sum of the columns {names}; each is kept in the note.",
)
DIFFER = Message(
    vi="Cột “{heading}” khác tổng các cột ở dòng: {lines}.",
    en='The column "{heading}" differs from the sum of the columns in rows: {lines}.',
)


def name_shares(layout: Layout, kind: str, answers: Answers, catalogue: Catalogue) -> None:
    """Take the columns of shops as shares of the quantity: surely where a total beside them says so, else if told."""
    if kind != "needs" or layout.has("quantity") or any(":" in (column.field or "") for column in layout.columns):
        return
    if any(question.id in WAITING for question in layout.questions):
        return
    free = [column for column in layout.columns if _may_be_a_share(layout, column)]
    if len(free) < 2:
        return
    names = ", ".join(column.heading for column in free)
    total = next((column for column in layout.columns if plain_heading(column.heading) in TOTALS), None)
    differing = _differing(layout, free, total, catalogue) if total else []
    answer = answers.get("parts") or (TOGETHER if total and not differing else None)
    if answer is None:
        choices = (Choice(TOGETHER, ADD_UP), Choice(NOT_USED, LEFT_OUT))
        layout.questions.append(Question("parts", WHAT_ARE_THEY, {"names": names}, choices))
    elif answer == TOGETHER:
        _name(free)
        layout.say("shares-added", ADDED, names=names)
    if total and differing:
        layout.say("totals-differ", DIFFER, heading=total.heading, lines=asking.listed(differing))


def _may_be_a_share(layout: Layout, column: Column) -> bool:
    if column.field or column.chosen or column.candidates or not column.heading:
        return False
    if is_ignored(column.heading) or is_cost(column.heading):
        return False
    values = [value for value in column_values(layout, column.position) if not is_error(value)]
    return bool(values) and all(plain(value)[:1].isdigit() for value in values)


def _name(columns: Sequence[Column]) -> None:
    names: list[str] = []
    for column in columns:
        name = column.heading.rpartition(" / ")[2]
        names.append(name)
        again = names.count(name)
        column.field = f"{PART}{name}" if again == 1 else f"{PART}{name} ({again})"


def _differing(layout: Layout, shares: Sequence[Column], total: Column, catalogue: Catalogue) -> list[int]:
    """The rows in which the shares do not add up to the total."""
    found = []
    for sheet, heading in zip(layout.sheets, layout.headings, strict=True):
        for at in range(heading.last_row + 1, len(sheet.rows)):
            row = sheet.rows[at]
            cells = [row[one.position] if one.position < len(row) else None for one in (*shares, total)]
            amounts = [_amount(cell, catalogue) for cell in cells if is_filled(cell)]
            if not is_filled(cells[-1]) or len(amounts) < 2:
                continue
            known = [amount for amount in amounts if amount is not None]
            if len(known) < len(amounts) or sum(known[:-1]) != known[-1]:
                found.append(sheet.line(at))
    return found


def _amount(cell: Value, catalogue: Catalogue) -> Decimal | None:
    try:
        return number(plain(cell), Reading(catalogue))
    except Unreadable:
        return None
