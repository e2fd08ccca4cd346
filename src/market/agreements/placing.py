"""Under which province a paper is counted: where it was signed as it says itself, else where its event was held.

The parties' provinces are not asked: papers are signed between two of them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from market.agreements.models import Agreement, AgreementCourse
from market.core.language import Message
from market.events.models import Event

RULE = Message(
    vi="Tỉnh ghi trên văn bản; nếu không ghi thì tỉnh tổ chức sự kiện.",
    en="The province of signing as the paper says; where it says none, the province that hosted the event.",
)

Placed = tuple[ColumnElement[Any], ColumnElement[Any]]


def placed_by(paper: type[Agreement] | type[AgreementCourse]) -> Placed:
    """Code and map version of the province under which a paper is counted; null only without province and event."""
    code, version = (
        select(column).where(Event.id == paper.event_id).correlate(paper).scalar_subquery()
        for column in (Event.province_code, Event.province_version)
    )
    # Both from one place: a code means another unit on the other map.
    stated = paper.province_code.is_not(None)
    return func.coalesce(paper.province_code, code), case((stated, paper.province_version), else_=version)
