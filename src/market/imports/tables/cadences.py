"""Columns whose heading counts by what no line of ours is counted by: a year, a crop, a delivery. Somebody must say."""

from __future__ import annotations

from dataclasses import replace

from market.core.language import Message
from market.core.values.often import split_often
from market.imports.cells import quantity
from market.imports.measured import OFTEN, Beside
from market.imports.tables.asking import LEFT_OUT, NOT_USED, Choice, Question
from market.imports.tables.fields import field_of
from market.imports.tables.findings import Answers, Column, Layout

IN_ALL = "total"
WHICH_COUNT = Message(
    vi="Cột “{heading}” ghi theo kỳ mà ở đây không ghi được; dùng các số đó thế nào?",
    en='The column "{heading}" counts by what cannot be kept here; how are its numbers meant?',
)
AS_TOTAL = Message(vi="Là tổng số trong thời gian của dòng", en="As all there is in the window of the row")


def ask_cadences(layout: Layout, kind: str, answers: Answers) -> None:
    """Ask about columns of amounts by the year, the crop or the delivery."""
    for column in layout.columns:
        known = field_of(kind, column.field) if column.field else None
        if known is None or known.read is not quantity or known.name not in OFTEN or column_is_settled(column, answers):
            continue
        often = split_often(column.heading)[1]
        if often is not None and often not in OFTEN[known.name]:
            choices = (Choice(IN_ALL, AS_TOTAL), Choice(NOT_USED, LEFT_OUT))
            about: dict[str, object] = {"heading": column.heading}
            layout.questions.append(Question(f"per:{column.position + 1}", WHICH_COUNT, about, choices))


def column_is_settled(column: Column, answers: Answers) -> bool:
    """Whether somebody said what a column counts by."""
    return answers.get(f"per:{column.position + 1}") in (IN_ALL, NOT_USED)


def is_left_out(column: Column, answers: Answers) -> bool:
    """Whether somebody said that its numbers are not meant."""
    return answers.get(f"per:{column.position + 1}") == NOT_USED


def counted(beside: Beside | None, column: Column, answers: Answers) -> Beside | None:
    """What stands over a column, without how often where its numbers are all there is."""
    return replace(beside, per=None) if beside is not None and column_is_settled(column, answers) else beside
