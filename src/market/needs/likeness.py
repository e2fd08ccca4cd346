"""Whether an organization asks for the same already: what two equal needs have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.duplicates import Entered, Likeness, spelled
from market.needs.models import Need, NeedLine

SAME = ("title", "delivery_province", "lines")
GOODS = ("concept_id", "forms", "grade", "size", "packaging", "kg_each")
LINE = (*GOODS, "quantity", "unit", "per", "weekdays", "starts_on", "ends_on")
"""What two lines agree in that ask for the same goods in the same days, beside the name of goods without a concept."""

Columns = Mapping[str, Any]


def _line_key(line: Columns) -> tuple[Any, ...]:
    named = spelled(line["name"]) if line["concept_id"] is None else ""
    return (named, *(_sortable(line[name]) for name in LINE))


def _key(need: Columns, lines: Sequence[Columns]) -> tuple[Any, ...]:
    asked = sorted(map(_line_key, lines))
    return (spelled(need["title"]), need["province_code"], need["province_version"], *asked)


def _sortable(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list):
        return " ".join(sorted(map(str, value)))
    return str(value) if value else ""


async def needs_like(
    session: AsyncSession,
    organization_id: UUID,
    new: Sequence[Columns],
    lines: Sequence[Sequence[Columns]],
    *,
    another: Sequence[bool],
) -> list[Likeness | None]:
    """For each new need the one that is there already, or comes before it in the same batch; two statements.

    Args:
        new: columns of the rows, with their ids.
        lines: of each, the columns of its lines.
        another: for each, whether its sender insists that it is another one.
    """
    titles = {spelled(need["title"]) for need, insists in zip(new, another, strict=True) if not insists}
    there = await _there(session, organization_id, titles) if titles else Entered()
    found: list[Likeness | None] = []
    for need, own, insists in zip(new, lines, another, strict=True):
        key, external_id = _key(need, own), need["external_id"]
        other = None if insists else there.like(key, external_id=external_id, same=SAME)
        found.append(other)
        if other is None:
            there.add(key, id_=need["id"], name=need["title"], external_id=external_id)
    return found


async def _there(session: AsyncSession, organization_id: UUID, titles: set[str]) -> Entered:
    """The organization's needs of these titles by what they ask for."""
    columns = (Need.id, Need.title, Need.external_id, Need.province_code, Need.province_version)
    rows = select(*columns).where(
        Need.organization_id == organization_id,
        Need.status != "archived",
        func.btrim(func.market_searchable(Need.title)).in_(titles),
    )
    needs = (await session.execute(rows.order_by(Need.id))).mappings().all()
    lines: defaultdict[UUID, list[Columns]] = defaultdict(list)
    if needs:
        of_them = NeedLine.need_id.in_([need["id"] for need in needs])
        asked = select(NeedLine.need_id, NeedLine.name, *(getattr(NeedLine, name) for name in LINE)).where(of_them)
        for line in (await session.execute(asked)).mappings():
            lines[line["need_id"]].append(dict(line))
    there = Entered()
    for need in needs:
        key = _key(dict(need), lines[need["id"]])
        there.add(key, id_=need["id"], name=need["title"], external_id=need["external_id"])
    return there
