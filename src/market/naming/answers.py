"""From names to what the API says about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from market.naming.queries import Use, decisions_of, uses_of
from market.naming.schemas import DecisionOut, GoodsNameOut, SellerMark
from market.reference.catalogue import Catalogue
from market.reference.goods import UNCLASSIFIED
from market.reference.goods_schemas import ConceptMark, FacetMark
from market.reference.models import GoodsDecision, GoodsName


def decision_out(decision: GoodsDecision) -> DecisionOut:
    """A decision as the API gives it."""
    plain: dict[str, Any] = {
        name: getattr(decision, name)
        for name in ("id", "name", "name_en", "regions", "note", "decided_by", "decided_at", "superseded_at")
    }
    return DecisionOut.model_construct(
        **plain,
        is_=decision.kind,
        concept=decision.concept_id,
        parent=decision.parent_id,
        form=decision.form_id,
        category=decision.category_id,
    )


async def names_out(session: AsyncSession, names: Sequence[GoodsName], *, catalogue: Catalogue) -> list[GoodsNameOut]:
    """Names with how they are used and what was decided: two statements for any number of them."""
    uses = await uses_of(session, [name.key for name in names])
    decisions = await decisions_of(session, [name.id for name in names])
    return [_name_out(name, uses.get(name.key) or Use(), decisions.get(name.id, ()), catalogue) for name in names]


def _name_out(name: GoodsName, use: Use, decisions: Sequence[GoodsDecision], catalogue: Catalogue) -> GoodsNameOut:
    category = catalogue.find_category(name.category_id) or catalogue.find_category(UNCLASSIFIED)
    if category is None:
        raise LookupError(name.category_id)
    known = [id_ for id_ in name.may_be if catalogue.find_concept(id_) is not None]
    return GoodsNameOut.model_construct(
        id=name.id,
        name=name.name,
        category=FacetMark.of(category),
        state=name.state,
        listings=use.listings,
        organizations=[SellerMark(id=id_, name=said) for id_, said in use.organizations.items()],
        titles=use.titles,
        suggestions=[ConceptMark.named(catalogue, id_) for id_ in known],
        decisions=[decision_out(decision) for decision in decisions],
        first_seen=name.created_at,
        version=name.version,
    )
