"""Papers that devices noted: told from those that are there, and logged in the order in which they were noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from market.agreements.models import Agreement
from market.agreements.service import Shared
from market.core import clock
from market.core.db import among
from market.core.duplicates import ProbableDuplicate
from market.core.errors import MarketError
from market.events.desk.checking_in import first_with
from market.events.desk.models import DeskItem
from market.hall.papers import (
    PaperRefused,
    digest_of,
    drafted,
    log_drafted,
    read_once,
    signing_day,
    told,
)
from market.hall.parties import Linked, directory, linked
from market.hall.schemas import DeskItemIn, PaperIn, Unlinked
from market.hall.sending import Desk, content_of, seal_of

TOGETHER = 200
"""Papers that are written at once: no more of them are in memory."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A paper that a device noted, and what is known of it."""

    index: int
    item: DeskItemIn
    paper: PaperIn
    sides: Sequence[Linked]
    kept: dict[str, Any]
    """Of the desk's item: what it says and its digest."""


async def log_papers(desk: Desk, items: dict[int, DeskItemIn]) -> None:
    """In the order of the device's own count, so that no clock decides about numbers."""
    papers = {index: item.paper for index, item in items.items() if item.paper is not None}
    if not papers:
        return
    known = await directory(desk.session, desk.actor, desk.people, list(papers.values()))
    sides = {index: linked(paper, known) for index, paper in papers.items()}
    digests = {index: digest_of(paper, sides[index]) for index, paper in papers.items()}
    first = await first_with(desk.session, desk.event, "paper", set(digests.values()))
    about = await _agreements_of(desk, set(first.values()))
    shared = await read_once(desk.session, desk.actor, desk.event, sides.values())
    ordered = sorted(items.items(), key=lambda pair: (pair[1].sequence, pair[1].id))
    for part in range(0, len(ordered), TOGETHER):
        drafts: list[tuple[Noted, Agreement]] = []
        for index, item in ordered[part : part + TOGETHER]:
            paper, before = papers[index], first.get(digests[index])
            content = content_of(item)
            kept = {"content": content | {"seal": seal_of(content)}, "digest": digests[index]}
            if before is not None and not paper.another:
                desk.keep(item, **kept, state="duplicate", duplicate_of_id=before)
                unlinked = _unlinked(sides[index])
                desk.answer(index, item.id, "duplicate", duplicate_of=about.get(before), unlinked=unlinked)
                continue
            noted = Noted(index, item, paper, sides[index], kept)
            agreement = await draft_noted(desk, noted, shared)
            if agreement is None:
                continue
            drafts.append((noted, agreement))
            if before is None:
                first[digests[index]] = item_id = desk.rows[item.id]["id"]
                about[item_id] = agreement.id
        await log_noted(desk, drafts)


async def _agreements_of(desk: Desk, items: set[UUID]) -> dict[UUID, UUID]:
    rows = select(DeskItem.id, DeskItem.about_id).where(among(DeskItem.id, items), DeskItem.about_id.is_not(None))
    return {row.id: row.about_id for row in await desk.session.execute(rows)} if items else {}


def _unlinked(sides: Sequence[Linked]) -> list[Unlinked]:
    return [side.unlinked for side in sides if side.unlinked is not None]


async def draft_noted(desk: Desk, noted: Noted, shared: Shared) -> Agreement | None:
    """The agreement of a paper, not written yet, or nothing where it was refused or looks like one that is there."""
    item = noted.item
    day = signing_day(desk.event, clock.business_date(desk.instant(item.at)))
    said: dict[str, Any] = {"parties": noted.sides, "people": desk.people, "day": day, "shared": shared}
    try:
        agreement = await drafted(desk.session, desk.actor, noted.paper, known=await desk.papers(), **said)
    except PaperRefused as refused:
        desk.refuse(noted.index, item.id, *refused.errors)
    except ProbableDuplicate as error:
        other = error.other.id
        desk.keep(item, **noted.kept, state="duplicate", about_id=other)
        desk.answer(noted.index, item.id, "duplicate", duplicate_of=other, unlinked=_unlinked(noted.sides))
    except MarketError as error:
        desk.refuse(noted.index, item.id, error)
    else:
        desk.keep(item, **noted.kept, about_id=agreement.id)
        return agreement
    return None


async def log_noted(desk: Desk, drafts: Sequence[tuple[Noted, Agreement]]) -> None:
    """Log and sign what was drafted, in this order."""
    ids = [agreement.id for _, agreement in drafts]
    agreements = [agreement for _, agreement in drafts]
    logged = await log_drafted(desk.session, desk.actor, desk.event, agreements) if agreements else {}
    for id_, (noted, _) in zip(ids, drafts, strict=True):
        done = logged[id_]
        errors = told(done.missing, desk.language) if done.missing else []
        more = {"number": done.number, "signed": done.missing is None, "unlinked": _unlinked(noted.sides)}
        desk.answer(noted.index, noted.item.id, "kept", about=id_, errors=errors, **more)
