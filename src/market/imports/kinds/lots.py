"""Lots as packing houses keep them: code, days of harvest, quantity, growing area. A code that is there updates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field
from sqlalchemy import Text, select
from sqlalchemy.orm import joinedload

from market.core.db import among
from market.core.errors import FieldError, MarketError
from market.core.language import Message
from market.core.schemas import Day, Quantity
from market.imports.kinds.kind import CODE_TWICE, Keeping, Kind, Outcome, Outcomes, Prepared, Setting, as_it_is
from market.imports.kinds.meant import ListingNamed, offered
from market.imports.rows import Row
from market.imports.tables.lines import Line
from market.listings.models import Listing
from market.lots.labels import LotCode
from market.lots.models import Lot
from market.lots.schemas import LotCreate, LotFields, LotUpdate
from market.lots.service import edit_lot, record_lots
from market.organizations.models import Organization

OF_ANOTHER = Message(
    vi="Lô {code} đã ghi cho “{title}”; một lô thuộc một mặt hàng.",
    en='The lot {code} is one of "{title}" already; a lot is of one listing.',
)


class NewLot(ListingNamed, LotFields):
    """A lot, and the listing that it is of."""

    code: LotCode
    harvested_from: Day
    harvested_to: Day | None = Field(default=None, description="Left out: it was harvested in one day")
    quantity: Quantity

    def values(self) -> dict[str, Any]:
        """Of the lot, those that were given."""
        given = self.model_dump(exclude_unset=True, exclude_none=True, exclude={"id", "external_id", "title"})
        return {"harvested_to": self.harvested_from} | given


def assemble(lines: Iterable[Line], _setting: Setting) -> Iterator[Row]:
    """A lot for each line."""
    codes: dict[str, int] = {}
    for line in lines:
        row = Row(line.line, None, dict(line.values), errors=[*line.errors], remarks=[*line.remarks], lines=(line,))
        code = str(line.values.get("code", ""))
        if code and (first := codes.setdefault(code, line.line)) != line.line:
            row.errors.append(FieldError("/code", "code-twice", CODE_TWICE, {"code": code, "line": first}))
        yield row


async def keep(keeping: Keeping, rows: Sequence[Prepared], organization: Organization | None) -> Outcomes:
    """Record the new ones, and change those that are there."""
    if organization is None:
        raise ValueError("a lot is an organization's")
    lots: list[NewLot] = [lot for _, lot in rows]
    there = await offered(keeping, organization, lots)
    recorded = await _recorded(keeping, organization, {lot.code for lot in lots})
    outcomes: list[Outcome | None] = []
    new: list[tuple[Listing, LotCreate]] = []
    for lot in lots:
        outcome = await _known(keeping, lot, there.meant(lot), recorded)
        if isinstance(outcome, Listing):
            new.append((outcome, LotCreate.model_validate({"unit": outcome.unit} | lot.values())))
        outcomes.append(None if isinstance(outcome, Listing) else outcome)
    made = iter(await record_lots(keeping.session, keeping.actor, new))
    return [outcome or _made(next(made)) for outcome in outcomes]


def _made(made: Lot | MarketError) -> Outcome:
    return Outcome.refused_by(made) if isinstance(made, MarketError) else Outcome("created", made.id)


async def _recorded(keeping: Keeping, organization: Organization, codes: set[str]) -> dict[str, Lot]:
    mine = select(Lot).where(Lot.organization_id == organization.id, Lot.withdrawn_at.is_(None))
    wanted = mine.where(among(Lot.code, codes, Text)).options(joinedload(Lot.listing))
    found = await keeping.session.scalars(wanted)
    return {lot.code: lot for lot in found}


async def _known(
    keeping: Keeping, lot: NewLot, listing: Listing | FieldError, recorded: Mapping[str, Lot]
) -> Outcome | Listing:
    """What becomes of a lot that is recorded already, or of no listing; of a new one its listing."""
    if isinstance(listing, FieldError):
        return Outcome.refused(listing)
    known = recorded.get(lot.code)
    if known is None:
        return listing
    if known.listing_id != listing.id:
        about = {"code": lot.code, "title": known.listing.title}
        return Outcome.refused(FieldError("/code", "lot-of-another-listing", OF_ANOTHER, about))
    changed = {name: value for name, value in lot.values().items() if getattr(known, name) != value}
    if not changed:
        return Outcome("unchanged", known.id)
    try:
        async with keeping.session.begin_nested():
            await edit_lot(keeping.session, keeping.actor, known, LotUpdate.model_validate(changed))
            await keeping.session.flush()
    except MarketError as error:
        return Outcome.refused_by(error)
    return Outcome("updated", known.id)


LOTS = Kind("lots", NewLot, assemble, as_it_is, keep)
