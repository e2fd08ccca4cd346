"""Several sheets as one workbook, with headings that stay, filters and typed cells."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from market.reports.periods import SheetOf


def workbook_of(sheets: Sequence[SheetOf]) -> bytes:
    """The workbook; an empty sheet keeps its heading."""
    file = io.BytesIO()
    # Text is text: what people typed must not become a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, options)
    head = book.add_format({"bold": True, "bg_color": "#DDEBDA"})
    day, money = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "#,##0"})
    for one in sheets:
        sheet = book.add_worksheet(one.name)
        for at, column in enumerate(one.columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, column.heading, head)
        for row, values in enumerate(one.rows, start=1):
            for at, value in enumerate(values):
                _write(sheet, row, at, value, money=money if one.columns[at].money else None, day=day)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(one.rows), 1), len(one.columns) - 1)
    book.close()
    return file.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, *, money: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, value, money)
    elif hasattr(value, "isoformat"):
        sheet.write_datetime(row, column, value, day)
    else:
        sheet.write_string(row, column, str(value))
