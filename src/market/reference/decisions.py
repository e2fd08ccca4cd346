"""What officers decided about names, laid over the seed files: seeds never overwrite a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.reference.models import GoodsDecision, ReferenceState
from market.reference.records import Concept, ConceptName, Form, HeadWord, MacroRegion, ReferenceRecords


async def decisions_in_force(session: AsyncSession) -> Sequence[GoodsDecision]:
    """Every decision that no later one has superseded, in the order in which they were taken."""
    rows = select(GoodsDecision).where(GoodsDecision.superseded_at.is_(None)).order_by(GoodsDecision.id)
    return (await session.scalars(rows)).all()


async def reference_version(session: AsyncSession) -> int:
    """Which version of the reference data the database holds."""
    return await session.scalar(select(ReferenceState.version)) or 0


async def next_reference_version(session: AsyncSession) -> None:
    """Let every process know that the reference data are others now, once this transaction commits."""
    await session.execute(update(ReferenceState).values(version=ReferenceState.version + 1))


def with_decisions(records: ReferenceRecords, decisions: Sequence[GoodsDecision]) -> ReferenceRecords:
    """The records with names, commodities, varieties and forms that were decided."""
    concepts = {concept.id: concept for concept in records.concepts}
    forms = {form.id: form for form in records.forms}
    for decision in decisions:
        if decision.kind == "name_of":
            _name(concepts, decision)
        elif decision.kind in ("commodity", "variety"):
            concept = _concept(decision, concepts)
            concepts.setdefault(concept.id, concept)
        elif decision.kind == "form" and decision.form_id is not None:
            forms[decision.form_id] = _form(decision, forms.get(decision.form_id))
    return replace(records, concepts=tuple(concepts.values()), forms=tuple(forms.values()))


def _regions(decision: GoodsDecision) -> tuple[MacroRegion, ...] | None:
    known: tuple[MacroRegion, ...] = ("bac", "trung", "nam")
    return tuple(region for region in known if region in decision.regions) if decision.regions else None


def _name(concepts: dict[str, Concept], decision: GoodsDecision) -> None:
    concept = concepts.get(decision.concept_id or "")
    if concept is not None and decision.name not in {name.name for name in concept.names}:
        name = ConceptName(decision.name, _regions(decision))
        concepts[concept.id] = replace(concept, names=(*concept.names, name))


def _concept(decision: GoodsDecision, concepts: dict[str, Concept]) -> Concept:
    wider = concepts.get(decision.parent_id or "")
    return Concept(
        id=decision.concept_id or "", parent=decision.parent_id, name_vi=decision.name,
        name_en=decision.name_en or decision.name, category=decision.category_id or (wider.category if wider else ""),
        hs4=wider.hs4 if wider else None, units=wider.units if wider else (), harvest_months=None, provinces=None,
        names=(),
    )  # fmt: skip


def _form(decision: GoodsDecision, known: Form | None) -> Form:
    form = known or Form(
        id=decision.form_id or "", parent=None, name_vi=decision.name, name_en=decision.name_en or decision.name,
        category={"*": decision.category_id} if decision.category_id else {},
    )  # fmt: skip
    if decision.place == "tail":
        return replace(form, tails=tuple(dict.fromkeys((*form.tails, decision.name))))
    return replace(form, heads=(*form.heads, HeadWord(decision.name, _regions(decision))))
