"""Where lines stand: what was promised, what arrived, what was accepted; read from the ledger, never stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.agreements.ledger.quantities import committed_quantity
from market.agreements.models import Agreement, AgreementLine, Delivery
from market.agreements.states import Outcome

NOTHING = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a line promised and what came of it, in its unit."""

    line: AgreementLine
    committed: Decimal | None
    delivered: Decimal
    rejected: Decimal

    @property
    def accepted(self) -> Decimal:
        return self.delivered - self.rejected

    @property
    def outcome(self) -> Outcome:
        """Met when what was accepted reaches what was promised less the tolerance."""
        if self.accepted <= 0:
            return "not_met"
        if self.committed is None:
            return "partly_met"
        least = self.committed * (HUNDRED - self.line.tolerance_pct) / HUNDRED
        return "met" if self.accepted >= least else "partly_met"

    @property
    def over_delivered(self) -> bool:
        """More than a fixed quantity and its tolerance; all of a harvest or a minimum has no upper end."""
        if self.committed is None or self.line.binding != "fixed":
            return False
        return self.accepted > self.committed * (HUNDRED + self.line.tolerance_pct) / HUNDRED


def first_of(line: AgreementLine) -> UUID:
    """The line of the first version, under which the deliveries of all versions are counted."""
    return line.first_line_id or line.id


async def standings(session: AsyncSession, lines: Sequence[AgreementLine]) -> list[Standing]:
    """Where each line stands, in one statement; deliveries on earlier versions of a line count."""
    firsts = [first_of(line) for line in lines]
    first = func.coalesce(AgreementLine.first_line_id, AgreementLine.id)
    rows = (
        select(first, func.sum(Delivery.quantity), func.sum(Delivery.rejected))
        .join(Delivery.line)
        .where(or_(AgreementLine.id.in_(firsts), AgreementLine.first_line_id.in_(firsts)))
        .group_by(first)
    )
    found: Mapping[UUID, tuple[Decimal, Decimal]] = {
        key: (delivered, rejected) for key, delivered, rejected in await session.execute(rows)
    }
    return [Standing(line, committed_quantity(line), *found.get(first_of(line), (NOTHING, NOTHING))) for line in lines]


def deliveries_of(agreement: Agreement) -> Select[Delivery]:
    """Every entry on the lines of an agreement and on earlier versions of them, with its line."""
    firsts = [first_of(line) for line in agreement.lines]
    lines = select(AgreementLine.id).where(or_(AgreementLine.id.in_(firsts), AgreementLine.first_line_id.in_(firsts)))
    return (
        select(Delivery)
        .where(Delivery.line_id.in_(lines))
        .options(joinedload(Delivery.line, innerjoin=True), joinedload(Delivery.confirmation))
    )
