"""Sheets on which two tables of the same heading stand side by side: one is imported at a time, and which is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from market.core.language import Message
from market.core.sheets.streaming import column_letters
from market.imports.sheets.grids import Sheet
from market.imports.tables.asking import Choice, Question, same
from market.imports.tables.findings import Answers, Layout
from market.imports.tables.headings import Heading

FEWEST_COLUMNS = 2
Block = tuple[int, int]
"""Its first and last column."""
WHICH_TABLE = Message(
    vi="Trang tính có {count} bảng nằm cạnh nhau; nhập bảng nào? Mỗi lần nhập một bảng.",
    en="{count} tables stand side by side on the sheet; which one is to be imported? They come one at a time.",
)


def choose_table(layout: Layout, answers: Answers) -> None:
    """Leave one of the tables of the sheet, the one that was answered, and ask while nobody has."""
    if len(layout.sheets) != 1:
        return
    blocks = blocks_of(layout.headings[0].names)
    if len(blocks) < 2:
        return
    answer = answers.get("table", "")
    chosen = int(answer) - 1 if answer.isdigit() and 1 <= int(answer) <= len(blocks) else None
    if chosen is None:
        choices = [Choice(str(number), same(_label(block))) for number, block in enumerate(blocks, start=1)]
        layout.questions.append(Question("table", WHICH_TABLE, {"count": len(blocks)}, choices))
    first, last = blocks[chosen or 0]
    layout.sheets[0] = _cropped(layout.sheets[0], first, last)
    heading: Heading = layout.headings[0]
    names = tuple(name if first <= at <= last else "" for at, name in enumerate(heading.names))
    layout.headings[0] = replace(heading, names=names)


def blocks_of(names: Sequence[str]) -> list[Block]:
    """The stretches of columns that bear the same names in the same order; one where nothing is repeated."""
    named = [(at, name.casefold()) for at, name in enumerate(names) if name]
    for width in range(FEWEST_COLUMNS, len(named) // 2 + 1):
        if len(named) % width:
            continue
        parts = [named[first : first + width] for first in range(0, len(named), width)]
        words = [[name for _, name in part] for part in parts]
        if len(set(words[0])) == width and all(one == words[0] for one in words):
            return [(part[0][0], part[-1][0]) for part in parts]
    return [(named[0][0], named[-1][0])] if named else []


def _label(block: Block) -> str:
    return f"{column_letters(block[0])}–{column_letters(block[1])}"


def _cropped(sheet: Sheet, first: int, last: int) -> Sheet:
    rows = [[None] * min(first, len(row)) + list(row[first : last + 1]) for row in sheet.rows]
    merged = [block for block in sheet.merged if first <= block[0][1] <= last]
    formulas = frozenset(place for place in sheet.formulas if first <= place[1] <= last)
    return replace(sheet, rows=rows, merged=merged, formulas=formulas)
