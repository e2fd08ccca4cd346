"""How much was signed, by event, province, instrument or status: one statement, placed on either map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.agreements.consent.counted import is_counted
from market.agreements.models import Agreement
from market.agreements.placing import RULE, placed_by
from market.agreements.queries import filtered, visible_agreements
from market.agreements.states import CONTRACTS, INSTRUMENTS, STATES
from market.agreements.totals_schemas import TotalOut, TotalsOut, TotalsQuery
from market.core.access import Actor
from market.core.language import Language, Message
from market.events.models import Event
from market.reference.catalogue import Catalogue
from market.reference.maps import on_map
from market.reference.records import Province
from market.reference.schemas import UnitOfMap

NAMES: Mapping[str, Mapping[Any, Message]] = {"instrument": INSTRUMENTS, "kind": INSTRUMENTS, "status": STATES}


@dataclass(slots=True)
class _Sum:
    agreements: int = 0
    mous: int = 0
    contracts: int = 0
    value_vnd: int = 0

    def add(self, row: Row[Any]) -> None:
        self.agreements += row.agreements
        self.mous += row.mous
        self.contracts += row.contracts
        self.value_vnd += int(row.value_vnd or 0)


def totals_statement(actor: Actor, query: TotalsQuery, *, catalogue: Catalogue) -> Select[Any]:
    """Counts (and sums, for officers only) by the key of the grouping, provinces as they were recorded."""
    older = aliased(Agreement)
    replaced = select(older.id).where(older.status == "superseded")
    keys: dict[str, list[Any]] = {
        "event": [Agreement.event_id],
        "province": list(placed_by(Agreement)),
        "instrument": [Agreement.instrument],
        "kind": [Agreement.instrument],
        "status": [Agreement.status],
    }
    key, *beside = keys[query.by]
    # Looked up once for each group, after the counting.
    name = select(Event.name).where(Event.id == Agreement.event_id).scalar_subquery()
    besides = {"event": name, "province": beside[0] if beside else null()}
    value = func.sum(Agreement.value_vnd) if actor.is_officer else null()
    rows = (
        filtered(visible_agreements(actor), query, catalogue=catalogue)
        .with_only_columns(
            key.label("key"),
            besides.get(query.by, null()).label("beside"),
            func.count().label("agreements"),
            func.count().filter(Agreement.instrument == "mou").label("mous"),
            func.count().filter(Agreement.instrument.in_(CONTRACTS)).label("contracts"),
            value.label("value_vnd"),
        )
        .select_from(Agreement)
        .where(
            Agreement.status.not_in(("draft", "superseded")),
            is_counted(),
            or_(Agreement.amends_id.is_(None), Agreement.amends_id.in_(replaced)),
        )
    )
    if query.domain != "all":
        rows = rows.where(Agreement.domain == query.domain)
    return rows.group_by(key, *beside)


async def agreement_totals(
    session: AsyncSession, actor: Actor, query: TotalsQuery, *, catalogue: Catalogue, language: Language
) -> TotalsOut:
    """What the statement found, provinces placed on the map that was asked for; the most signed first.

    Raises:
        ValidationFailed: the map has no such province.
    """
    found = (await session.execute(totals_statement(actor, query, catalogue=catalogue))).all()
    sums: dict[Any, _Sum] = defaultdict(_Sum)
    names: dict[Any, str | None] = {}
    whole = _Sum()
    for row in found:
        key, name = _placed(row, query, catalogue=catalogue, language=language)
        names[key] = name
        sums[key].add(row)
        whole.add(row)
    ordered = sorted(sums, key=lambda key: (-sums[key].agreements, names[key] or "", str(key)))
    may_see_value = actor.is_officer
    groups = [_total_out(key, names[key], sums[key], may_see_value=may_see_value) for key in ordered]
    total = _total_out(None, None, whole, may_see_value=may_see_value)
    rule = RULE.text(language) if query.by == "province" else None
    return TotalsOut(by=query.by, map=query.map, domain=query.domain, placed_by=rule, groups=groups, total=total)


def _placed(row: Row[Any], query: TotalsQuery, *, catalogue: Catalogue, language: Language) -> tuple[Any, str | None]:
    if row.key is None:
        return None, None
    if query.by == "province":
        province = on_map(catalogue, catalogue.province(row.key, row.beside), query.map)
        return province, province.name
    if query.by == "event":
        return row.key, row.beside
    return row.key, NAMES[query.by][row.key].text(language)


def _total_out(key: Any, name: str | None, total: _Sum, *, may_see_value: bool) -> TotalOut:
    unit = UnitOfMap.of(key) if isinstance(key, Province) else None
    code = unit.code if unit else key
    return TotalOut(
        key=None if code is None else str(code),
        name=name,
        unit=unit,
        agreements=total.agreements,
        mous=total.mous,
        contracts=total.contracts,
        value_vnd=total.value_vnd if may_see_value else None,
    )
