"""What money in a column is counted in: đồng, nghìn, triệu, tỷ. Told by its heading or a title; else asked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from market.core.language import Message
from market.core.values.numbers import written_price
from market.imports.cells import money, plain, told_scale
from market.imports.sheets.grids import Value, is_error
from market.imports.tables.asking import Choice, Question, same
from market.imports.tables.fields import MONEY, field_of
from market.imports.tables.findings import Answers, Layout, column_values

SCALES = ("1", "1000", "1000000", "1000000000")
USUAL_LEAST = 1000
"""A column of đồng whose middle is less is asked about."""
WHICH_SCALE = Message(
    vi="Cột “{heading}”: {text} là bao nhiêu đồng?", en='Column "{heading}": how many đồng is {text}?'
)


def money_scale(layout: Layout, heading: str) -> int:
    """What a column of money is counted in, as its heading says, or a title above it ("ĐVT: nghìn đồng")."""
    titles = [title for one in layout.headings for title in one.titles]
    said = [title for title in titles if "đvt" in title.lower() or "tính" in title.lower()]
    return max([told_scale(heading), *map(told_scale, said)])


def is_our_own(layout: Layout) -> bool:
    """Whether a file names our ids, as what was exported here does: its prices are đồng for the unit of their row."""
    return layout.column("id") is not None


def ask_scales(layout: Layout, kind: str, answers: Answers) -> None:
    """Ask about columns of money whose numbers are too small to be đồng."""
    if is_our_own(layout):
        return
    for column in layout.columns:
        known = field_of(kind, column.field) if column.field else None
        if known is None or known.read is not money or answers.get(f"scale:{column.position + 1}") in SCALES:
            continue
        if money_scale(layout, column.heading) > 1:
            continue
        bare = list(_bare_numbers(column_values(layout, column.position)))
        if not bare or median(value for value, _ in bare) >= USUAL_LEAST:
            continue
        value, text = next(pair for pair in bare if pair[0] < USUAL_LEAST)
        last = str(known.place[-1])
        scales = SCALES[:2] if last in MONEY else SCALES
        choices = [Choice(scale, same(f"{int(value * int(scale)):,} đ".replace(",", "."))) for scale in scales]
        about: dict[str, object] = {"heading": column.heading, "text": text}
        layout.questions.append(Question(f"scale:{column.position + 1}", WHICH_SCALE, about, choices))


def _bare_numbers(values: list[Value]) -> Iterator[tuple[Decimal, str]]:
    """The numbers of a column beside which no word says what they are counted in; in doubt, thousands."""
    for value in values:
        text = plain(value)
        if is_error(value):
            continue
        price = written_price(text)
        if price is not None and not price.multiplied and not price.in_dong and price.written.values[0] > 0:
            yield price.written.values[0], text
