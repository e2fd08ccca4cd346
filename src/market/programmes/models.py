"""The table of published figures. A programme itself is a programme group of the reference data."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ForeignKey, Numeric, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from market.core.db import Entity

Qualifier = Literal["exact", "about", "at_least"]


class Figure(Entity):
    """A number as somebody published it. It is never turned into records of this market, nor they into it."""

    __tablename__ = "figure"

    code: Mapped[str] = mapped_column(unique=True)
    """Its lasting name in the seed file."""
    programme_group_id: Mapped[str | None] = mapped_column(ForeignKey("programme_group.id"), index=True)
    event: Mapped[str | None]
    """The occasion in words."""
    metric: Mapped[str] = mapped_column(index=True)
    """What was counted; see `wording`."""
    value: Mapped[Decimal] = mapped_column(Numeric(20, 3))
    out_of: Mapped[Decimal | None] = mapped_column(Numeric(20, 3))
    """The denominator as published, frozen: 10 of 11 stays 10 of 11 after the mergers."""
    unit: Mapped[str]
    qualifier: Mapped[Qualifier]
    as_of: Mapped[str]
    """As published: a day, a month, a year, or an interval of them with a slash (ISO 8601)."""
    provinces: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """The provinces meant, as they were: code and version."""
    quote: Mapped[str | None]
    source_title: Mapped[str]
    source_publisher: Mapped[str]
    source_url: Mapped[str | None]
    source_published: Mapped[str | None]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())
    """No longer in the seed file: kept, shown to nobody."""
