"""Deciding what a name is: a decision supersedes the one before, and listings that carry the name are read again."""

from __future__ import annotations

import asyncio

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.job_queue import enqueue
from market.naming.policy import ContradictsReference, require_can_decide
from market.naming.rereading import REREAD
from market.naming.schemas import Decision
from market.reference.catalogue import Catalogue
from market.reference.decisions import next_reference_version
from market.reference.indexes import InconsistentReference
from market.reference.models import GoodsDecision, GoodsName
from market.reference.queries import stored_records


async def decide_name(session: AsyncSession, actor: Actor, name: GoodsName, decision_in: Decision) -> Catalogue:
    """Decide what a name is. Every process knows within seconds; its listings are read again by the worker.

    Returns:
        The catalogue with the decision.

    Raises:
        NotAllowed, AlreadyDecided: as the policy says.
        ContradictsReference: the catalogue with the decision would not hold together (a circle, an id taken twice).
    """
    require_can_decide(actor, name, again=decision_in.again)
    superseded = update(GoodsDecision).where(GoodsDecision.name_id == name.id, GoodsDecision.superseded_at.is_(None))
    await session.execute(superseded.values(superseded_at=clock.now()))
    decision = GoodsDecision(
        name_id=name.id,
        kind=decision_in.is_,
        name=decision_in.name or name.name,
        name_en=decision_in.name_en,
        concept_id=decision_in.concept if decision_in.is_ == "name_of" else decision_in.id,
        parent_id=decision_in.parent,
        form_id=decision_in.id if decision_in.is_ == "form" else None,
        place=decision_in.place,
        category_id=decision_in.category,
        regions=list(decision_in.regions) or None,
        note=decision_in.note,
        decided_by=actor.user_id,
    )
    session.add(decision)
    await session.flush()
    catalogue = await _consistent(session, decision_in)
    name.state = "decided"
    await record_change(session, actor, name, verb="decide", details={"decision": str(decision.id)})
    await next_reference_version(session)
    await enqueue(session, REREAD, {"name": str(name.id)})
    return catalogue


async def _consistent(session: AsyncSession, decision_in: Decision) -> Catalogue:
    records = await stored_records(session)
    try:
        catalogue = await asyncio.to_thread(Catalogue, records)
    except InconsistentReference as error:
        raise ContradictsReference(reason=str(error)) from error
    taken = [concept for concept in records.concepts if concept.id == decision_in.id]
    if decision_in.is_ in ("commodity", "variety") and any(c.parent != decision_in.parent for c in taken):
        raise ContradictsReference(reason=f"{decision_in.id} là mặt hàng khác / {decision_in.id} is other goods")
    return catalogue
