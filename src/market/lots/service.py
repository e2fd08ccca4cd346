"""Verbs of lots: record, edit, recall, withdraw."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, get_args
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change, record_changes
from market.core.duplicates import one_at_a_time
from market.core.errors import MarketError, ValidationFailed
from market.listings.models import Listing
from market.listings.policy import erasures
from market.listings.policy import require_can_edit as require_can_edit_listing
from market.lots import policy
from market.lots.models import Lot
from market.lots.queries import first_of_gtins
from market.lots.schemas import Erasable, LotCreate, LotEnd, LotUpdate

DATES = ("harvested_from", "harvested_to", "packed_on", "best_before")


async def record_lot(session: AsyncSession, actor: Actor, lot_in: LotCreate, *, listing: Listing) -> Lot:
    """Record what was harvested together of a listing.

    Raises:
        NotAllowed, WrongState: the actor is not of the organization; the listing is archived.
        ValidationFailed: its days cannot be.
        LabelClaimed: another organization's lots carry its GTIN, and nobody has verified the one of this lot.
        LotCodeTaken: the organization has such a lot (said by the database, when two come at once too).
    """
    (made,) = await record_lots(session, actor, [(listing, lot_in)])
    if isinstance(made, MarketError):
        raise made
    return made


async def record_lots(
    session: AsyncSession, actor: Actor, lots_in: Sequence[tuple[Listing, LotCreate]]
) -> list[Lot | MarketError]:
    """As `record_lot` for many: each lot, or why it was not recorded; the good ones in one flush.

    Raises:
        LotCodeTaken: one of them was recorded meanwhile (said by the database).
    """
    claimed = await _claimed_gtins(session, lots_in)
    made: list[Lot | MarketError] = []
    for listing, lot_in in lots_in:
        values = lot_in.model_dump()
        refusal = _refusal(actor, listing, values, claimed)
        made.append(refusal or Lot(**values, listing=listing, organization_id=listing.organization_id))
    await record_changes(session, actor, [one for one in made if isinstance(one, Lot)], verb="create")
    return made


def _refusal(
    actor: Actor, listing: Listing, values: Mapping[str, Any], claimed: Collection[tuple[UUID, str]]
) -> MarketError | None:
    try:
        require_can_edit_listing(actor, listing)
    except MarketError as error:
        return error
    if errors := policy.out_of_order(values):
        return ValidationFailed(errors=errors)
    return policy.LabelClaimed() if (listing.organization_id, values["gtin"]) in claimed else None


async def _claimed_gtins(session: AsyncSession, lots_in: Sequence[tuple[Listing, LotCreate]]) -> set[tuple[UUID, str]]:
    """The unverified organizations, each with a GTIN of theirs that lots of others carry: see `_require_own_gtin`."""
    doubtful = {
        (listing.organization_id, lot_in.gtin)
        for listing, lot_in in lots_in
        if lot_in.gtin is not None and listing.organization.verification != "verified"
    }
    for gtin in sorted({gtin for _, gtin in doubtful}):
        await one_at_a_time(session, "gtin", gtin)
    carrying = await first_of_gtins(session, {gtin for _, gtin in doubtful}) if doubtful else {}
    return {
        (owner, gtin) for owner, gtin in doubtful if any(lot.organization_id != owner for lot in carrying.get(gtin, []))
    }


async def edit_lot(session: AsyncSession, actor: Actor, lot: Lot, lot_in: LotUpdate) -> Lot:
    """Change what was sent.

    Raises:
        NotAllowed, WrongState: the actor is not of the organization; the listing is archived.
        ValidationFailed: its days could not be, or what people read on a label in use would be emptied or
            changed without being meant to.
        LabelClaimed: see `record_lot`.
        LotCodeTaken: the organization has another such lot.
    """
    policy.require_can_edit(actor, lot)
    sent = lot_in.model_dump(exclude_unset=True, exclude={"erase", "relabel"})
    emptied = [name for name in get_args(Erasable) if name in sent and not sent[name] and getattr(lot, name)]
    errors = erasures(lot.listing, emptied, lot_in.erase)
    errors += policy.out_of_order({name: sent.get(name, getattr(lot, name)) for name in DATES})
    if not lot_in.relabel:
        errors += policy.relabelled(lot, sent)
    if errors:
        raise ValidationFailed(errors=errors)
    for name, value in sent.items():
        setattr(lot, name, value)
    if sent.keys() & {"gtin", "code"}:
        await _require_own_gtin(session, lot)
    await record_change(session, actor, lot, verb="edit")
    return lot


async def _require_own_gtin(session: AsyncSession, lot: Lot) -> None:
    """What leads from a label is not hidden behind a stranger's lot: only who is verified shares a GTIN."""
    if lot.gtin is None or lot.listing.organization.verification == "verified":
        return
    await one_at_a_time(session, "gtin", lot.gtin)
    with session.no_autoflush:
        carrying = (await first_of_gtins(session, [lot.gtin])).get(lot.gtin, [])
    if any(one.organization_id != lot.organization_id for one in carrying):
        raise policy.LabelClaimed


async def recall_lot(session: AsyncSession, actor: Actor, lot: Lot, request: LotEnd) -> Lot:
    """Say that its goods must not be sold or eaten; who received of it is told by what follows the log.

    Raises:
        NotAllowed, LotRecalled, LotWithdrawn: see `policy.require_can_recall`.
    """
    policy.require_can_recall(actor, lot)
    lot.recalled_at, lot.recall_reason = clock.now(), request.reason
    await record_change(session, actor, lot, verb="recall")
    return lot


async def withdraw_lot(session: AsyncSession, actor: Actor, lot: Lot, request: LotEnd) -> Lot:
    """Say that it was recorded by mistake; its code is free again.

    Raises:
        NotAllowed, LotRecalled, LotWithdrawn: see `policy.require_can_withdraw`.
    """
    policy.require_can_withdraw(actor, lot)
    lot.withdrawn_at, lot.withdrawal_reason = clock.now(), request.reason
    await record_change(session, actor, lot, verb="withdraw")
    return lot
