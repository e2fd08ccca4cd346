"""What a paper does not say of itself and its verbs depend on: what was delivered on it, and what paper follows it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, Text, and_, case, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import aliased, with_expression
from sqlalchemy.sql.base import ExecutableOption

from market.agreements.ledger.counting import accepted, counts, is_disputed, stands
from market.agreements.models import Agreement, AgreementLine, Delivery
from market.core import clock

Mark = Literal["delivered", "awaited", "converted"]
"""Something that counts was accepted; something is waited for by its recorder's word; a contract came of the MOU."""


def marked(rows: Select[Agreement]) -> Select[Agreement]:
    """With what verbs depend on, in the same statement; looked up only in states in which they do."""
    return rows.options(_marks(clock.today()))


@lru_cache(maxsize=1)
def _marks(today: date) -> ExecutableOption:
    """The same for every statement of a day: making it takes a quarter of a request about one paper."""
    came = counts(today=today)
    marks: dict[Mark, ColumnElement[bool]] = {
        "delivered": and_(Agreement.status.in_(("signed", "effective")), _on_its_lines(came)),
        "awaited": and_(Agreement.status.in_(("signed", "effective")), _on_its_lines(~came & ~is_disputed())),
        "converted": and_(Agreement.instrument == "mou", _contract()),
    }
    found: list[ColumnElement[Any]] = [case((holds, literal(mark))) for mark, holds in marks.items()]
    listed: array[Any] = array(found, type_=Text())
    return with_expression(Agreement.marks, func.array_remove(listed, None, type_=ARRAY(Text)))


def _on_its_lines(said: ColumnElement[bool]) -> ColumnElement[bool]:
    line, any_version = aliased(AgreementLine), aliased(AgreementLine)
    first = func.coalesce(line.first_line_id, line.id)
    entries = (
        select(Delivery.id)
        .join(any_version, any_version.id == Delivery.line_id)
        .join(line, or_(any_version.id == first, any_version.first_line_id == first))
        .where(line.agreement_id == Agreement.id, stands(), accepted() > 0, said)
    )
    return entries.correlate(Agreement).exists()


def _contract() -> ColumnElement[bool]:
    contract = aliased(Agreement)
    return exists().where(contract.converted_from_id == Agreement.id, contract.discarded_at.is_(None))
