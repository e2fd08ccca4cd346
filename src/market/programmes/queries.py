"""Reads of figures, which everybody may see."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.programmes.models import Figure


def figures_like(*, programme: str | None, metric: str | None) -> Select[Figure]:
    """Figures of a programme, of a metric, or all."""
    rows = select(Figure).where(~Figure.retired)
    if programme is not None:
        rows = rows.where(Figure.programme_group_id == programme)
    return rows if metric is None else rows.where(Figure.metric == metric)


async def figures_by_programme(session: AsyncSession) -> dict[str, int]:
    """How many figures there are about each programme that has any."""
    programme = Figure.programme_group_id
    counted = select(programme, func.count()).where(~Figure.retired, programme.is_not(None)).group_by(programme)
    return {str(row[0]): int(row[1]) for row in await session.execute(counted)}
