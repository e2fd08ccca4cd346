"""Whether a file that has no column of units says them beside its prices or amounts."""

from __future__ import annotations

from dataclasses import replace

from market.core.values.refusal import Unreadable
from market.imports.cells import Reading, money, quantity
from market.imports.measured import Measured, told_beside
from market.imports.sheets.grids import Value
from market.imports.tables.fields import Field, field_of
from market.imports.tables.findings import Layout, column_values
from market.reference.catalogue import Catalogue


def units_beside(layout: Layout, kind: str, catalogue: Catalogue) -> bool:
    """Whether a column of prices or amounts says the unit of every row, in its heading or in each of its cells."""
    for column in layout.columns:
        known = field_of(kind, column.field) if column.field else None
        if known is None or known.read not in (money, quantity):
            continue
        told = told_beside(column.heading, catalogue, price=known.read is money)
        if told is not None and told.unit is not None:
            return True
        reading = Reading(catalogue, scale=1000)
        values = column_values(layout, column.position)
        if len(values) == _rows_filled(layout) and all(_says_unit(known, value, reading) for value in values):
            return True
    return False


def _says_unit(known: Field, value: Value, reading: Reading) -> bool:
    for scale in (reading.scale, 1):
        try:
            found = known.read(value, replace(reading, scale=scale))
        except Unreadable:
            continue
        if isinstance(found, Measured) and found.unit is not None:
            return True
    return False


def _rows_filled(layout: Layout) -> int:
    """In how many of the first rows below the heading goods are named."""
    return max((column.filled for column in layout.columns if column.field in ("title", "goods")), default=0)
