"""Where lines stand: what was promised, what arrived, what was accepted; read from the ledger, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.agreements.ledger.counting import accepted, counts, is_disputed, stands
from market.agreements.ledger.quantities import committed_quantity
from market.agreements.models import Agreement, AgreementLine, Delivery
from market.agreements.states import Outcome
from market.core import clock

NOTHING = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a line promised and what came of it, in its unit; only what counts is delivered (see `counting`)."""

    line: AgreementLine
    committed: Decimal | None
    delivered: Decimal = NOTHING
    rejected: Decimal = NOTHING
    waiting: Decimal = NOTHING
    """Accepted goods by the recorder's word, for which the receiver is waited."""
    disputed: Decimal = NOTHING

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
        """More than a fixed quantity and its tolerance, with what the receiver is waited for: a slip shows at once.

        All of a harvest or a minimum has no upper end.
        """
        if self.committed is None or self.line.binding != "fixed":
            return False
        return self.accepted + self.waiting > most_of(self.line, self.committed)


def most_of(line: AgreementLine, committed: Decimal) -> Decimal:
    """What a line promises, and its tolerance."""
    return committed * (HUNDRED + line.tolerance_pct) / HUNDRED


def goes_beyond(new: Delivery, entries: Iterable[Delivery]) -> bool:
    """Whether with this entry more would have come on its line than it promises, its tolerance allowed for.

    A harvest or a minimum has no upper end to what the receiver may take, but what it says nothing of ends there too.

    Args:
        entries: those of the ledger of its agreement; what was taken back or is disputed did not come, nor what waits
            for the receiver because it went beyond the promise: one wrong entry takes no other along.
    """
    committed = committed_quantity(new.line)
    if committed is None:
        return True
    came = (
        entry.quantity - entry.rejected
        for entry in entries
        if first_of(entry.line) == first_of(new.line)
        and entry.reverses_id is None
        and entry.reversal is None
        and (entry.confirmation is not None or (entry.dispute is None and entry.counts_on is not None))
    )
    return sum(came, new.quantity - new.rejected) > most_of(new.line, committed)


def first_of(line: AgreementLine) -> UUID:
    """The line of the first version, under which the deliveries of all versions are counted."""
    return line.first_line_id or line.id


async def standings(session: AsyncSession, lines: Sequence[AgreementLine]) -> list[Standing]:
    """Where each line stands, in one statement; deliveries on earlier versions of a line count."""
    firsts = [first_of(line) for line in lines]
    found: Mapping[UUID, Row[Any]] = {row.first: row for row in await session.execute(_sums(firsts))}
    return [_standing(line, found.get(first_of(line))) for line in lines]


def _standing(line: AgreementLine, row: Row[Any] | None) -> Standing:
    if row is None:
        return Standing(line, committed_quantity(line))
    sums = (row.delivered, row.rejected, row.waiting, row.disputed)
    return Standing(line, committed_quantity(line), *(amount or NOTHING for amount in sums))


def _sums(firsts: Sequence[UUID]) -> Select[Any]:
    first = func.coalesce(AgreementLine.first_line_id, AgreementLine.id)
    counted, disputed = counts(today=clock.today()), is_disputed()
    columns: tuple[Any, ...] = (
        first.label("first"),
        func.sum(Delivery.quantity).filter(counted).label("delivered"),
        func.sum(Delivery.rejected).filter(counted).label("rejected"),
        func.sum(accepted()).filter(not_(counted), not_(disputed)).label("waiting"),
        func.sum(accepted()).filter(not_(counted), disputed).label("disputed"),
    )
    on_the_lines = or_(AgreementLine.id.in_(firsts), AgreementLine.first_line_id.in_(firsts))
    return select(*columns).join(Delivery.line).where(and_(stands(), on_the_lines)).group_by(first)


def deliveries_of(agreement: Agreement) -> Select[Delivery]:
    """Every entry on the lines of an agreement and on earlier versions of them, with all that was said of it."""
    firsts = [first_of(line) for line in agreement.lines]
    lines = select(AgreementLine.id).where(or_(AgreementLine.id.in_(firsts), AgreementLine.first_line_id.in_(firsts)))
    return (
        select(Delivery)
        .where(Delivery.line_id.in_(lines))
        .options(
            joinedload(Delivery.line, innerjoin=True),
            joinedload(Delivery.confirmation),
            joinedload(Delivery.dispute),
            joinedload(Delivery.reversal),
        )
    )
