"""A file as an import of one kind: opened, laid out, what is open asked, its rows put together. The one way in, for
the command line and for HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from market.imports.cells import plain
from market.imports.columns import ORGANIZATION
from market.imports.kinds.kind import Kind, Options, Setting
from market.imports.rows import Row
from market.imports.sheets.grids import Book
from market.imports.tables import asking
from market.imports.tables.asking import Choice, Question, same
from market.imports.tables.beside import units_beside
from market.imports.tables.cadences import ask_cadences
from market.imports.tables.findings import Chosen, Column, Layout, column_values
from market.imports.tables.layouts import ask_default, lay_out
from market.imports.tables.lines import Line, TableRows
from market.imports.tables.plans import WAITING
from market.imports.tables.scales import ask_scales
from market.imports.tables.weeks import period_from, told_day
from market.imports.tables.words import side_said
from market.reference.catalogue import Catalogue
from market.reference.records import CURRENT

NO_DAY = "none"
"""Answer to which day all papers were signed on: none that is known."""
COMMON_UNITS = ("KGM", "TNE", "H87", "XCT", "XBX", "XPK", "XBO", "LTR")


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports, as far as it bears on how rows are read."""

    name: str | None = None
    """Of the organization that rows belong to; None: each row names its own."""
    province: Mapping[str, str] | None = None
    names_others: bool = False
    """Whether rows may be of the organizations they name, without asking."""


@dataclass(slots=True)
class TableFile:
    """A file that is being imported."""

    kind: Kind
    layout: Layout
    catalogue: Catalogue
    answers: dict[str, str]
    options: Options
    setting: Setting
    rows_seen: TableRows = field(init=False)

    def __post_init__(self) -> None:
        self.rows_seen = TableRows(self.layout, self.kind.name, self.catalogue, self.answers)

    @property
    def open_questions(self) -> list[Question]:
        """Those without which nothing can be imported."""
        return [question for question in self.layout.questions if question.required]

    @property
    def total(self) -> int:
        """Rows below the heading, empty ones included."""
        pairs = zip(self.layout.sheets, self.layout.headings, strict=True)
        return sum(len(sheet.rows) - heading.last_row - 1 for sheet, heading in pairs)

    @property
    def last_line(self) -> int:
        """Where the last row begins."""
        return max((sheet.line(len(sheet.rows) - 1) for sheet in self.layout.sheets), default=0)

    def lines(self) -> Iterator[Line]:
        """Every row as it was read."""
        return iter(self.rows_seen)

    def rows(self) -> Iterator[Row]:
        """Every row as the API takes it."""
        return self.kind.assemble(self.lines(), self.setting)

    def left_out(self) -> str | None:
        """Rows that were passed over, once all were read."""
        return asking.listed(self.rows_seen.left_out) if self.rows_seen.left_out else None


def table_file(
    book: Book,
    *,
    kind: Kind,
    catalogue: Catalogue,
    name: str,
    chosen: Chosen,
    answers: Mapping[str, str],
    options: Options,
    importer: Importer,
) -> TableFile:
    """Lay a book out as an import.

    Args:
        name: of the file, for what has no other title.
        chosen: what people said of columns.
    """
    known = dict(answers)
    layout = lay_out(book, kind=kind.name, catalogue=catalogue, chosen=chosen, answers=known)
    fields = frozenset(column.field for column in layout.columns if column.field)
    if layout.sheets:
        ask_scales(layout, kind.name, known)
        ask_cadences(layout, kind.name, known)
        _ask_whose(layout, kind.name, known, importer)
        _ask_defaults(layout, kind.name, known, catalogue)
        _ask_province(layout, kind.name, known, importer, catalogue)
        _say_defaults(layout, kind.name, options, importer, catalogue)
    numbered = frozenset(one for one in fields if one == "concept" or one.startswith("lines."))
    titles = [title for heading in layout.headings for title in heading.titles][::-1]
    setting = Setting(
        catalogue=catalogue,
        answers=known,
        options=options,
        titles=(*(sorted(titles, key=_weight)), PurePath(name).stem),
        province=importer.province or _province_of_all(known),
        own_name=importer.name,
        fields=fields,
        numbered_fields=numbered if kind.name == "needs" else frozenset(),
    )
    return TableFile(kind, layout, catalogue, known, options, setting)


def _weight(title: str) -> int:
    """Titles that say most come first: a letterhead says less than "Kế hoạch mua rau quả quý 1"."""
    return 0 if any(word in title.lower() for word in ("kế hoạch", "đơn", "nhu cầu", "danh sách", "mua")) else 1


def _ask_whose(layout: Layout, kind: str, answers: dict[str, str], importer: Importer) -> None:
    """Whose the rows are, where a column names organizations and somebody imports for one."""
    column = layout.column(ORGANIZATION)
    if kind not in ("listings", "needs") or column is None or "organization" in answers:
        return
    names = {plain(value).casefold() for value in column_values(layout, column.position)}
    if column.heading == ORGANIZATION or importer.name is None or importer.names_others:
        answers["organization"] = "named"
    elif not names or names == {importer.name.casefold()}:
        answers["organization"] = "mine"
    else:
        choices = [Choice("mine", asking.MINE), Choice("named", asking.NAMED)]
        about = {"heading": column.heading}
        layout.questions.append(Question("organization", asking.WHOSE_ROWS, about, choices))


def _ask_defaults(layout: Layout, kind: str, answers: dict[str, str], catalogue: Catalogue) -> None:
    """What every row needs and no column says."""
    if kind in ("listings", "needs") and not layout.has("unit") and not units_beside(layout, kind, catalogue):
        units = [catalogue.unit(code) for code in COMMON_UNITS]
        ask_default(layout, "unit", answers, choices=[Choice(unit.code, same(unit.name_vi)) for unit in units])
    dated = layout.has("date", "from", "season") or any(period_from(column.field or "") for column in layout.columns)
    waiting = any(question.id in WAITING for question in layout.questions)
    titles = [title for heading in layout.headings for title in heading.titles]
    if kind == "needs" and not dated and not waiting and (day := told_day(titles)) and "default:from" not in answers:
        answers["default:from"] = answers["default:to"] = day.isoformat()
        layout.say("day-of-title", asking.DAY_OF_TITLE, day=day.strftime("%d/%m/%Y"))
    elif kind == "needs" and not dated and not waiting:
        for name in ("from", "to"):
            ask_default(layout, name, answers, takes="day")
    if kind == "agreements" and not layout.has("instrument"):
        choices = [Choice("sale", same("Hợp đồng")), Choice("mou", same("Biên bản ghi nhớ"))]
        ask_default(layout, "instrument", answers, choices=choices)
    if kind == "agreements" and not layout.has("signed_on") and (day := told_day(titles)):
        choices = [Choice(day.isoformat(), same(day.strftime("%d/%m/%Y"))), Choice(NO_DAY, asking.NO_SUCH_DAY)]
        ask_default(layout, "signed_on", answers, choices=choices, takes="day")


def _ask_province(layout: Layout, kind: str, answers: dict[str, str], importer: Importer, catalogue: Catalogue) -> None:
    """Where goods of several organizations are from, when neither a column nor whoever imports says so."""
    if kind != "listings" or importer.province is not None or layout.has("province", "code"):
        return
    today = sorted((one for one in catalogue.provinces if one.becomes is None), key=lambda one: one.name)
    ask_default(layout, "province", answers, choices=[Choice(one.code, same(one.name)) for one in today])


def _province_of_all(answers: Mapping[str, str]) -> Mapping[str, str] | None:
    code = answers.get("default:province")
    return {"code": code, "version": CURRENT} if code else None


def _say_defaults(layout: Layout, kind: str, options: Options, importer: Importer, catalogue: Catalogue) -> None:
    if kind == "listings" and not layout.has("province", "code") and importer.province:
        name = catalogue.province(importer.province["code"], importer.province["version"]).name  # type: ignore[arg-type]
        layout.say("province-own", asking.PROVINCE_OWN, name=name)
    if kind == "listings" and layout.has("stock"):
        layout.say("stock-window", asking.STOCK_WINDOW, days=options.stock_days)
    above = [title for heading in layout.headings for title in heading.titles if _CONDITION.search(title)]
    if kind == "needs" and above:
        layout.say("words-above", asking.WORDS_ABOVE, text="; ".join(above)[:300])
    if kind == "agreements" and not all(side_said(column.heading) for column in layout.columns if _is_side(column)):
        layout.say("sides", asking.SIDES)
    if kind == "agreements" and not options.sign:
        layout.say("papers-as-drafts", asking.AS_DRAFTS)


_CONDITION = re.compile(r"\b(?:giao (?:hàng|trước|tại|lúc)|yêu cầu|lưu ý|thanh toán|tại kho|deliver)\b", re.IGNORECASE)
"""Words above a table that say more than its title."""


def _is_side(column: Column) -> bool:
    return column.field in ("seller", "buyer", "parties")


def question_of(table: TableFile, identifier: str) -> Question | None:
    """A question by its id."""
    return next((question for question in table.layout.questions if question.id == identifier), None)


def shown(line: Line) -> dict[str, Any]:
    """What was read of a row, for people to look at."""
    return {name: _shown(value) for name, value in line.values.items()}


def _shown(value: Any) -> Any:
    slots = getattr(type(value), "__slots__", None)
    if slots and not isinstance(value, (str, int, float, list, dict)):
        return {name: _shown(getattr(value, name)) for name in slots if getattr(value, name) not in (None, (), False)}
    return list(value) if isinstance(value, tuple) else value
