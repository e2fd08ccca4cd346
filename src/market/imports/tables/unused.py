"""Columns that nothing is read from although they hold money or amounts: somebody must say what they are."""

from __future__ import annotations

import re

from market.core.language import Message
from market.imports.cells import plain
from market.imports.sheets.grids import is_error
from market.imports.tables.asking import LEFT_OUT, NOT_USED, Choice, Question
from market.imports.tables.fields import LABELS
from market.imports.tables.findings import Answers, Column, Layout, column_values
from market.imports.tables.words import WORDS, is_cost, is_ignored
from market.vietnamese.spelling import folded

WHAT_IS_IT = Message(
    vi="Cột “{heading}” có số tiền hoặc số lượng nhưng chưa rõ là gì; dùng làm gì?",
    en='The column "{heading}" holds money or amounts, but what it is is not known; what is it?',
)
MONEY = ("price_vnd", "price_ceiling_vnd", "value_vnd")
MEASURES = (*MONEY, "quantity", "stock", "moq")
"""Fields that such a column may be: money where its heading tells of money, else an amount."""
_OF_MONEY = re.compile(r"\b(?:gia|dong|vnd|tien|d)\b")
_TELLING = re.compile(
    r"\b(?:gia|dong|vnd|tien|khong qua|toi da|cao nhat|so luong|sl|san luong|khoi luong|nhu cau|kg|tan|ta|moi ngay"
    r"|moi tuan|hang tuan|hang ngay)\b"
)


def ask_unused(layout: Layout, kind: str, answers: Answers) -> None:
    """Ask about columns of money or amounts that are read as nothing, unless another question offers them."""
    offered = {choice.value for question in layout.questions for choice in question.choices}
    taken = {column.field for column in layout.columns}
    decided = {column.field for column in layout.columns if column.chosen}
    free = [name for name in MEASURES if name in WORDS[kind] and name not in taken]
    for column in layout.columns:
        told = column.field or column.chosen or is_ignored(column.heading) or is_cost(column.heading)
        told = told or (bool(column.candidates) and decided.issuperset(column.candidates))
        if told or f"use:{column.position + 1}" in answers or str(column.position + 1) in offered:
            continue
        heading = folded(column.heading)
        fitting = [name for name in free if (name in MONEY) == bool(_OF_MONEY.search(heading))]
        if fitting and _TELLING.search(heading) and _are_numbers(layout, column):
            choices = [Choice(name, LABELS[name]) for name in fitting]
            about: dict[str, object] = {"heading": column.heading}
            layout.questions.append(
                Question(f"use:{column.position + 1}", WHAT_IS_IT, about, [*choices, Choice(NOT_USED, LEFT_OUT)])
            )


def said_use(column: Column, kind: str, answers: Answers) -> str | None:
    """The field that somebody said such a column is."""
    said = answers.get(f"use:{column.position + 1}")
    return said if said in MEASURES and said in WORDS[kind] else None


def _are_numbers(layout: Layout, column: Column) -> bool:
    values = [value for value in column_values(layout, column.position) if not is_error(value)]
    numbers = sum(plain(value)[:1].isdigit() for value in values)
    return bool(values) and numbers * 2 > len(values)
