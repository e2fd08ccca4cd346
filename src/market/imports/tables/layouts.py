"""What the columns of a sheet mean: suggested by their headings and cells, corrected by people, the rest asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from market.core.sheets.streaming import column_letters
from market.core.values.numbers import written_price
from market.core.values.refusal import Unreadable
from market.core.values.weekdays import read_weekdays
from market.imports.cells import plain, told_style
from market.imports.named_cells import has_stars, unit_code
from market.imports.sheets.grids import Book, Sheet, Value, is_error, is_filled
from market.imports.tables import asking
from market.imports.tables.asking import Choice, Question, same
from market.imports.tables.fields import LABELS, MONEY, NUMBERS, PART, STARS, field_of
from market.imports.tables.findings import Answers, Chosen, Column, Layout, column_values
from market.imports.tables.headings import (
    Heading,
    Recognized,
    find_heading,
    heading_at,
    names_a_column,
    without_heading,
)
from market.imports.tables.plans import WAITING, name_periods
from market.imports.tables.scales import USUAL_LEAST
from market.imports.tables.shares import name_shares
from market.imports.tables.side_by_side import choose_table
from market.imports.tables.unused import ask_unused, said_use
from market.imports.tables.weeks import period_from
from market.imports.tables.words import EXACT, WORDS, fields_named, is_cost, is_ignored, stars_of
from market.reference.catalogue import Catalogue

SAMPLES = 3
REQUIRED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "listings": (("title",),),
    "prices": (("price_vnd",), ("id", "external_id", "title")),
    "lots": (("code",), ("harvested_from",), ("quantity",), ("title", "external_id", "id")),
    "needs": (("goods", "concept"), ("quantity",)),
    "registrations": (("organization", "tax_code", "gln"),),
    "delegates": (("organization", "tax_code", "gln"),),
    "agreements": (("seller", "parties"), ("buyer", "parties")),
}
"""Of each group one field must have a column."""
MANY = frozenset({"representative"})
"""Fields that several columns may mean at once."""
NO_HEADING = "0"
"""Answer to where the heading is, of a table that has none."""


def recognized_by(kind: str) -> Recognized:
    """What tells a heading of this kind."""
    return names_a_column(
        lambda text: bool(fields_named(kind, text)) or is_ignored(text) or field_of(kind, text) is not None
    )


def lay_out(book: Book, *, kind: str, catalogue: Catalogue, chosen: Chosen, answers: Answers) -> Layout:
    """How a file is to be read: sheets, headings, columns, and what must be asked first."""
    recognized = recognized_by(kind)
    layout = Layout([], [], [])
    found = _sheets(book, recognized, answers, layout)
    if not found:
        return layout
    layout.sheets, layout.headings = [sheet for sheet, _ in found], [heading for _, heading in found]
    choose_table(layout, answers)
    layout.columns = _columns(layout, kind, catalogue)
    name_periods(layout, kind, answers)
    _settle(layout, kind, chosen, answers)
    _place_representatives(layout)
    name_shares(layout, kind, answers, catalogue)
    _ask_required(layout, kind)
    _ask_styles(layout, kind, answers)
    ask_unused(layout, kind, answers)
    _say_what_is_hidden(layout)
    for code, message in book.remarks.items():
        layout.say(code, message)
    unused = [column.heading for column in layout.columns if not column.field and not is_ignored(column.heading)]
    if unused:
        layout.say("columns-unknown", asking.COLUMNS_UNKNOWN, names=", ".join(name or "(…)" for name in unused))
    return layout


def _sheets(book: Book, recognized: Recognized, answers: Answers, layout: Layout) -> list[tuple[Sheet, Heading]]:
    filled = [sheet for sheet in book.sheets if not sheet.is_empty]
    visible = [sheet for sheet in filled if sheet.visible] or filled
    if hidden := [sheet.name for sheet in filled if sheet not in visible]:
        layout.say("sheets-hidden", asking.SHEETS_HIDDEN, names=", ".join(hidden))
    if answers.get("heading") == NO_HEADING:
        return [(visible[0], without_heading(visible[0]))]
    if "heading" in answers and answers["heading"].isdigit():
        sheet = next((one for one in visible if one.name == answers.get("sheet")), visible[0])
        row = min(int(answers["heading"]) - 1, len(sheet.rows) - 1)
        return [(sheet, heading_at(sheet, max(row, 0), recognized))]
    headed = [(sheet, heading) for sheet in visible if (heading := find_heading(sheet, recognized))]
    if not headed:
        layout.questions.append(_which_row(visible[0]))
        return []
    if named := [pair for pair in headed if pair[0].name == answers.get("sheet")]:
        return _left(visible, named, layout)
    most = max(heading.recognized for _, heading in headed)
    likely = [pair for pair in headed if pair[1].recognized * 2 > most]
    if len(likely) > 1:
        choices = [Choice(sheet.name, same(sheet.name)) for sheet, _ in likely]
        layout.questions.append(Question("sheet", asking.WHICH_SHEET, choices=choices))
        return likely[:1]
    return _left(visible, likely, layout)


def _left(visible: Sequence[Sheet], taken: list[tuple[Sheet, Heading]], layout: Layout) -> list[tuple[Sheet, Heading]]:
    names = {sheet.name for sheet, _ in taken}
    if left := [sheet.name for sheet in visible if sheet.name not in names]:
        layout.say("sheets-left", asking.SHEETS_LEFT, names=", ".join(left))
    return taken


def _which_row(sheet: Sheet) -> Question:
    rows = [(at, row) for at, row in enumerate(sheet.rows[:10]) if any(map(is_filled, row))]
    choices = [
        Choice(str(at + 1), same(" | ".join(plain(cell) for cell in row if is_filled(cell))[:120])) for at, row in rows
    ]
    return Question("heading", asking.WHICH_ROW, choices=[*choices, Choice(NO_HEADING, asking.NO_HEADING)])


def _columns(layout: Layout, kind: str, catalogue: Catalogue) -> list[Column]:
    columns = []
    for position, name in enumerate(layout.headings[0].names):
        values = column_values(layout, position)
        if not name and not values:
            continue
        samples = list(dict.fromkeys(plain(value)[:60] for value in values[:20]))[:SAMPLES]
        column = Column(position, name, None, samples, len(values))
        column.candidates = _candidates(name, kind, values, catalogue)
        columns.append(column)
    return columns


def _candidates(name: str, kind: str, values: Sequence[Value], catalogue: Catalogue) -> list[str]:
    """The fields that a heading may mean, the likeliest first; where it has several meanings, the cells decide."""
    if not name:
        return []
    if field_of(kind, name) is not None:
        return [name]
    if kind == "listings" and (stars := stars_of(name)):
        return [f"{STARS}{stars}"]
    if is_ignored(name) and not any(closeness == EXACT for _, closeness in fields_named(kind, name)):
        return []
    named = [found for found, _ in fields_named(kind, name)]
    filled = [value for value in values[:200] if not is_error(value)]
    if "unit" in named and "organization" in named and filled:
        units = sum(unit_code(plain(value), catalogue) is not None for value in filled)
        wrong = "organization" if units * 2 > len(filled) else "unit"
        named = [one for one in named if one != wrong]
    if "ocop_level" in named and filled and sum(map(has_stars, filled)) * 2 < len(filled):
        named = ["grade" if one == "ocop_level" else one for one in named]
    if "grade" in named and kind == "listings" and _are_prices(filled):
        named = ["price_vnd", *(one for one in named if one != "grade")]
    if "date" in named and filled and all(map(_are_weekdays, filled)):
        named = ["weekdays" if one == "date" else one for one in named]
    if "season" in named and any(_is_time(plain(value)) for value in filled):
        named = ["deliver_before" if one == "season" else one for one in named]
    return list(dict.fromkeys(named))


def _are_prices(values: Sequence[Value]) -> bool:
    """Whether what stands under "Loại 1" is what goods of that grade cost."""
    read = [written_price(plain(value)) for value in values]
    return bool(values) and all(price is not None and price.written.values[0] >= USUAL_LEAST for price in read)


def _are_weekdays(value: Value) -> bool:
    try:
        return isinstance(value, str) and bool(read_weekdays(value))
    except Unreadable as unreadable:
        return unreadable.code == "ambiguous"


def _is_time(text: str) -> bool:
    return bool(re.match(r"(?:trước|lúc)?\s*\d{1,2}\s*(?:h|:|giờ)", text, re.IGNORECASE))


def _settle(layout: Layout, kind: str, chosen: Chosen, answers: Answers) -> None:
    """Give every column its field: what people chose first, then the likeliest, each field once."""
    taken = _chosen(layout, kind, chosen, answers)
    _ask_prices(layout, kind, taken)
    for exact in (True, False):
        for column in layout.columns:
            if not column.chosen and column.field is None:
                column.field = _likeliest(layout, kind, column, taken, exact=exact)
                taken.add(column.field or "")


def _chosen(layout: Layout, kind: str, chosen: Chosen, answers: Answers) -> set[str]:
    """Settle what people said; the answer is the fields that are taken by it."""
    taken: set[str] = set()
    for column in layout.columns:
        if column.position in chosen:
            column.field, column.chosen = chosen[column.position], True
            taken.add(column.field or "")
        elif (said := said_use(column, kind, answers)) and said not in taken:
            column.field, column.chosen = said, True
            taken.add(said)
    for question, answer in answers.items():
        name = question.removeprefix("column:")
        if name == question or name in taken:
            continue
        picked = next((column for column in layout.columns if _is_meant(column, answer)), None)
        if picked is not None and not picked.chosen:
            picked.field, picked.chosen = name, True
            taken.add(name)
    return taken


def _likeliest(layout: Layout, kind: str, column: Column, taken: set[str], *, exact: bool) -> str | None:
    """The first field that a column may be and that no other is."""
    closeness = dict(fields_named(kind, column.heading))
    for name in column.candidates:
        close = closeness.get(name, EXACT) == EXACT
        if (name not in taken or name in MANY) and close >= exact and not _is_open_price(layout, name):
            return name
    return None


def _is_meant(column: Column, answer: str) -> bool:
    """Whether an answer names a column: by its number from 1, or by its heading."""
    return answer == str(column.position + 1) or answer.strip().casefold() == column.heading.casefold() != ""


def _place_representatives(layout: Layout) -> None:
    """A column "Đại diện" belongs to the side that stands before it."""
    side = ""
    for column in layout.columns:
        if column.field in ("seller", "buyer"):
            side = column.field
        elif column.field == "representative":
            own = f"{side}_representative"
            column.field = own if side and layout.column(own) is None else None


def _is_open_price(layout: Layout, name: str) -> bool:
    return any(question.id == f"column:{name}" for question in layout.questions)


def _ask_prices(layout: Layout, kind: str, taken: set[str]) -> None:
    """Several prices: only their owner knows which one is meant."""
    for name in sorted(MONEY & WORDS[kind].keys() - taken):
        prices = [column for column in layout.columns if not column.chosen and column.candidates[:1] == [name]]
        costs = [column for column in layout.columns if not column.chosen and is_cost(column.heading)]
        meant = [column for column in prices if column not in costs]
        if kind == "needs" and not meant:
            meant = prices
        if len(meant) == 1 or not prices:
            for column in costs:
                column.candidates = [] if column not in meant else column.candidates
            continue
        either = [column for column in layout.columns if column in prices or column in costs]
        choices = [Choice(str(column.position + 1), same(column.heading)) for column in either]
        layout.questions.append(
            Question(
                f"column:{name}", asking.WHICH_COLUMN, {"field": LABELS[name].vi}, choices, required=kind != "needs"
            )
        )


def _ask_required(layout: Layout, kind: str) -> None:
    for group in REQUIRED[kind]:
        if layout.has(*group) or any(
            question.id == f"column:{name}" for name in group for question in layout.questions
        ):
            continue
        if group == ("quantity",) and _is_planned(layout):
            continue
        free = [column for column in layout.columns if column.field is None and not column.chosen]
        choices = [
            Choice(str(column.position + 1), same(column.heading or f"({column.position + 1})")) for column in free
        ]
        label = LABELS[group[0]]
        layout.questions.append(Question(f"column:{group[0]}", asking.WHICH_COLUMN, {"field": label.vi}, choices))


def _is_planned(layout: Layout) -> bool:
    """Whether quantities stand under weeks or shops, or may once something was answered."""
    told = any(period_from(column.field or "") or (column.field or "").startswith(PART) for column in layout.columns)
    return told or any(question.id in (*WAITING, "parts") for question in layout.questions)


def ask_default(
    layout: Layout, name: str, answers: Answers, *, choices: Sequence[Choice] = (), takes: str = "text"
) -> None:
    """Ask what holds for every row, where there is no column that says it."""
    if f"default:{name}" not in answers:
        about = {"field": LABELS[name].vi}
        layout.questions.append(Question(f"default:{name}", asking.WHICH_VALUE, about, choices, takes=takes))


_ONE_SIGN = re.compile(r"^\D*(\d{1,3})[.,](\d{3})(?![\d.,])")


def _ask_styles(layout: Layout, kind: str, answers: Answers) -> None:
    """Columns whose every number can be read in two ways."""
    for column in layout.columns:
        known = field_of(kind, column.field) if column.field else None
        if known is None or known.read not in NUMBERS or f"style:{column.position + 1}" in answers:
            continue
        values = column_values(layout, column.position)
        if told_style(values) is not None:
            continue
        doubtful = [found for value in values if isinstance(value, str) and (found := _ONE_SIGN.match(value))]
        doubtful = [found for found in doubtful if found[1] != "0"]
        if doubtful:
            layout.questions.append(_which_style(column, doubtful[0]))


def _which_style(column: Column, found: re.Match[str]) -> Question:
    text = found[0].strip()
    sign = "." if "." in text else ","
    whole, decimal = found[1] + found[2], f"{found[1]}.{found[2]}".rstrip("0").rstrip(".")
    styles = ("1.000,5", "1,000.5") if sign == "." else ("1,000.5", "1.000,5")
    choices = [Choice(styles[0], same(whole)), Choice(styles[1], same(decimal))]
    about: dict[str, object] = {"heading": column.heading, "text": text, "whole": whole, "decimal": decimal}
    return Question(f"style:{column.position + 1}", asking.WHICH_STYLE, about, choices, required=False)


def _say_what_is_hidden(layout: Layout) -> None:
    for sheet, heading in zip(layout.sheets, layout.headings, strict=True):
        rows = sorted(
            row
            for row in sheet.hidden_rows
            if heading.last_row < row < len(sheet.rows) and any(map(is_filled, sheet.rows[row]))
        )
        if rows:
            layout.say(
                "hidden-rows", asking.ROWS_HIDDEN, count=len(rows), lines=asking.listed(sheet.line(row) for row in rows)
            )
        formulas = sorted(place for place in sheet.formulas if place[0] > heading.last_row)
        if formulas:
            cells = asking.listed(f"{column_letters(column)}{row + 1}" for row, column in formulas)
            layout.say("formulas", asking.FORMULAS, count=len(formulas), cells=cells)
        hidden = [
            column.heading for column in layout.columns if column.position in sheet.hidden_columns and column.heading
        ]
        if hidden:
            layout.say("hidden-columns", asking.COLUMNS_HIDDEN, names=", ".join(hidden))
