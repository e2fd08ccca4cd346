"""Delta sync: what changed since a place in the log, as the actor may see it now.

The feed reads the log that everything else follows, in its order and below the oldest transaction still running, so
a caller that keeps its cursor misses nothing, however commits overtake each other. Each thing comes as it is now,
once a page; what the actor saw and may see no longer comes as gone. Who gains or loses a membership sees other
things from then on and starts anew without a cursor.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from market.core.changes import Change, Cursor, settled_changes
from market.core.errors import MarketError, ValidationFailed
from market.core.language import Message
from market.integrations.entities import ENTITIES, FeedEntity, Reader
from market.integrations.schemas import ChangedThing, Changes

PLACE = re.compile(r"^(?:(\d{1,9})\.)?(\d{1,20})\.(\d{1,19})$")
MOST = 2**63 - 1
PLACES = 2**64


class PastEra(MarketError):
    status, code = 410, "past-era"
    title = Message(vi="Con trỏ đã cũ", en="Cursor of an older era")
    detail = Message(
        vi="Dữ liệu đã được phục hồi từ bản sao lưu sau khi có con trỏ này; hãy tải lại từ đầu, không gửi `since`.",
        en="The market was restored from a backup after this cursor was given; start anew, without `since`.",
    )


def encode_place(cursor: Cursor, *, era: int = 1) -> str:
    """An opaque text for a place in the log of an era. Restored entries have numbers below zero."""
    named = f"{era}." if era != 1 else ""
    place = f"{named}{cursor.xid % PLACES}.{cursor.id}"
    return base64.urlsafe_b64encode(place.encode()).rstrip(b"=").decode()


def decode_place(text: str, *, era: int = 1) -> Cursor:
    """The place a text stands for.

    Raises:
        ValidationFailed: the text was not made by `encode_place`.
        PastEra: it was made before the market was restored.
    """
    try:
        found = PLACE.match(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii"))
    except (ValueError, binascii.Error):
        found = None
    told = int(found[1] or 1) if found else 0
    cursor = Cursor(_signed(int(found[2])), int(found[3])) if found else None
    if cursor is None or cursor.id > MOST or encode_place(cursor, era=told) != text:
        message = Message(vi="Con trỏ đồng bộ không hợp lệ.", en="The cursor is not valid.")
        raise ValidationFailed.single("/since", "invalid-cursor", message)
    if told != era:
        raise PastEra
    return cursor


def _signed(number: int) -> int:
    return number - PLACES if MOST < number < PLACES else number


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the feed a reader wants."""

    entities: tuple[FeedEntity, ...] = ENTITIES
    fields: frozenset[str] | None = None
    """Of each thing; None for all of it."""

    @property
    def logged(self) -> set[str]:
        """The entries that have to be read for it: what comes and goes with its organization hangs on that, too."""
        along = {"organization" for entity in self.entities if entity.of_organization is not None}
        along |= {"listing" for entity in self.entities if entity.of_listing is not None}
        return {entity.name for entity in self.entities} | along


EVERYTHING = Wanted()


def wanted_of(names: Collection[str], fields: str | None) -> Wanted:
    """What a reader asks for.

    Args:
        names: of entities; none for all.
        fields: names by commas.

    Raises:
        ValidationFailed: a field that none of these entities has.
    """
    entities = tuple(entity for entity in ENTITIES if not names or entity.name in names)
    if fields is None:
        return Wanted(entities)
    asked = {name.strip() for name in fields.split(",") if name.strip()}
    known = {name for entity in entities for name in entity.model.model_fields}
    if unknown := sorted(asked - known):
        message = Message(vi="Không có trường: {names}.", en="No such fields: {names}.")
        raise ValidationFailed.single("/fields", "unknown-fields", message, names=", ".join(unknown))
    return Wanted(entities, frozenset(asked))


async def changes_since(reader: Reader, cursor: Cursor, wanted: Wanted = EVERYTHING, *, limit: int) -> Changes:
    """One page of the feed: at most `limit` entries of the log, and what hangs on them."""
    told = settled_changes(cursor, limit=limit + 1).where(Change.entity.in_(wanted.logged))
    entries = (await reader.session.scalars(told)).all()
    page = entries[:limit]
    items = await things_of(reader, page, wanted)
    last = Cursor(page[-1].xid, page[-1].id) if page else cursor
    return Changes(items=items, next_cursor=encode_place(last, era=reader.era), more=len(entries) > limit)


async def things_of(reader: Reader, page: Sequence[Change], wanted: Wanted = EVERYTHING) -> list[ChangedThing]:
    """What hangs on entries of the log, each thing once, in the order in which they last changed."""
    items: list[ChangedThing] = []
    for entity in wanted.entities:
        items += await _changed_things(reader, entity, page, wanted.fields)
    return sorted(items, key=lambda item: item.at)


async def _changed_things(
    reader: Reader, entity: FeedEntity, page: Sequence[Change], fields: frozenset[str] | None
) -> list[ChangedThing]:
    own = [change for change in page if change.entity == entity.name]
    when = {change.entity_id: change.at for change in own} | await _carried_along(reader, entity, page)
    if not when:
        return []
    created = {change.entity_id for change in own if change.version == 1}
    seen = await entity.read(reader, list(when))
    gone = await _once_shown(reader, entity, when.keys() - seen.keys())
    things = [
        ChangedThing(
            entity=entity.name,
            id=id_,
            change="created" if id_ in created else "updated",
            at=when[id_],
            data=model.model_dump(mode="json", include=set(fields) if fields is not None else None),
        )
        for id_, model in seen.items()
    ]
    return [*things, *_tombstones(entity, gone, when)]


def _tombstones(entity: FeedEntity, gone: Iterable[UUID], when: Mapping[UUID, datetime]) -> list[ChangedThing]:
    return [ChangedThing(entity=entity.name, id=id_, change="gone", at=when[id_], data=None) for id_ in gone]


async def _carried_along(reader: Reader, entity: FeedEntity, page: Sequence[Change]) -> dict[UUID, datetime]:
    """What comes, goes or is named anew with its organization or listing, though its own row did not change."""
    found: dict[UUID, datetime] = {}
    for above, columns in (("organization", entity.of_organization), ("listing", entity.of_listing)):
        moved = {change.entity_id: change.at for change in page if change.entity == above and _moves(change)}
        if columns is not None and moved:
            id_, above_id = columns
            rows = await reader.session.execute(select(id_, above_id).where(above_id.in_(list(moved))))
            found |= {row[0]: moved[row[1]] for row in rows}
    return found


def _moves(change: Change) -> bool:
    """Whether what hangs on an organization or listing is seen, no longer seen or named otherwise since."""
    return change.verb in {"suspend", "restore", "publish"} or not change.diff.keys().isdisjoint({"name", "title"})


async def _once_shown(reader: Reader, entity: FeedEntity, ids: Collection[UUID]) -> Collection[UUID]:
    """Those that the actor can have seen: the id alone of another's draft is nobody's business."""
    if not ids or reader.actor.is_officer:
        return ids
    known = or_(entity.became_public, Change.organization_id.in_(list(reader.actor.organization_ids)))
    rows = select(Change.entity_id).where(Change.entity == entity.name, Change.entity_id.in_(list(ids)), known)
    return set((await reader.session.scalars(rows.distinct())).all())
