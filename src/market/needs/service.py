"""Verbs of needs: create one or many, edit, publish, pause, archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change, record_new
from market.core.duplicates import Likeness, ProbableDuplicate, one_at_a_time
from market.core.errors import AlreadyExists, ValidationFailed
from market.core.ids import new_id
from market.needs import policy
from market.needs.likeness import needs_like
from market.needs.models import Need, NeedLine
from market.needs.queries import WHOLE, needs_by_id
from market.needs.schemas import NeedCreate, NeedLineIn, NeedUpdate
from market.organizations.models import Organization
from market.organizations.policy import require_member
from market.reading.specifying import specifications_in_words
from market.reading.units import weight_in_words
from market.reference.types import remembered


def _line_columns(line_in: NeedLineIn) -> dict[str, Any]:
    columns = line_in.model_dump(exclude={"concept", "form", "part", "from_", "to"})
    if line_in.kg_each is None and line_in.name:
        catalogue = remembered()
        columns["kg_each"] = weight_in_words(line_in.name, catalogue.unit(line_in.unit), catalogue)
    columns |= _goods(line_in) | {"starts_on": line_in.from_, "ends_on": line_in.to}
    return columns | _told_by_name(line_in, columns)


def _told_by_name(line_in: NeedLineIn, columns: Mapping[str, Any]) -> dict[str, str]:
    """Grade and size that only the name says: they count as if they had been sent."""
    told = specifications_in_words(
        remembered(), line_in.name or "", concept=columns["concept_id"], category=columns["category_id"]
    )
    return {name: text for name, text in told.items() if columns[name] is None}


def _goods(line_in: NeedLineIn) -> dict[str, Any]:
    """The goods as they were given, or as their name says: columns of a line."""
    catalogue = remembered()
    told = line_in.goods_told()
    accepted: list[str] = []
    if told.concept_id is not None:
        base = catalogue.goods(told.concept_id)
        also = (catalogue.pair(base.commodity, form=form, part=base.part) for form in line_in.forms)
        accepted = list(dict.fromkeys([told.concept_id, *also]))
    return {
        "concept_id": told.concept_id,
        "category_id": told.category,
        "certainty": told.certainty,
        "accepted": accepted,
    }


def _new_need(need_in: NeedCreate, organization: Organization) -> dict[str, Any]:
    return {
        "id": new_id(),
        "organization_id": organization.id,
        "title": need_in.title,
        "description": need_in.description,
        "province_code": need_in.delivery_province.code,
        "province_version": need_in.delivery_province.version,
        "deliver_before": need_in.deliver_before,
        "deadline": need_in.deadline,
        "external_id": need_in.external_id,
        "status": "published" if need_in.publish else "draft",
        "published_at": clock.now() if need_in.publish else None,
    }


def _new_lines(need_in: NeedCreate) -> list[dict[str, Any]]:
    return [{"position": position, **_line_columns(line_in)} for position, line_in in enumerate(need_in.lines)]


def _lines_for_log(need: Need) -> list[dict[str, Any]]:
    names = [column.name for column in NeedLine.__table__.columns if column.name not in ("id", "need_id")]
    return [{name: getattr(line, name) for name in names} for line in need.lines]


async def create_needs(
    session: AsyncSession, actor: Actor, needs_in: Sequence[NeedCreate], *, organization: Organization
) -> list[UUID | Likeness]:
    """Create many needs of one organization, as drafts unless they are to be published at once.

    One whose `external_id` the organization has used already changes that need instead; of several with one
    `external_id` the last wins. Returns their ids, in order, or what an item is probably the same as. Six statements,
    however many are new.
    """
    require_member(actor, organization.id)
    if not actor.is_system:
        await one_at_a_time(session, "need", organization.id)
    named = {need_in.external_id for need_in in needs_in} - {None}
    if named:
        return await _create_or_update(session, actor, needs_in, organization=organization)
    return await _create(session, actor, needs_in, organization=organization)


async def _create_or_update(
    session: AsyncSession, actor: Actor, needs_in: Sequence[NeedCreate], *, organization: Organization
) -> list[UUID | Likeness]:
    ids: list[UUID | Likeness] = []
    for need_in in needs_in:
        named = Need.organization_id == organization.id, Need.external_id == need_in.external_id
        rows = select(Need).where(*named).options(*WHOLE).with_for_update(of=Need)
        known = await session.scalar(rows) if need_in.external_id is not None else None
        if known is None:
            ids += await _create(session, actor, [need_in], organization=organization)
        else:
            await _update(session, actor, known, need_in)
            ids.append(known.id)
    return ids


async def _update(session: AsyncSession, actor: Actor, need: Need, need_in: NeedCreate) -> None:
    """Change a need to what a batch or a file says of it now; what it does not name stays."""
    sent = need_in.model_fields_set - {"publish", "external_id", "another"}
    values = {name: getattr(need_in, name) for name in sent}
    await edit_need(session, actor, need, NeedUpdate.model_construct(sent, **values))
    if need_in.publish and need.status != "published":
        await change_status(session, actor, need, verb="publish")


async def _create(
    session: AsyncSession, actor: Actor, needs_in: Sequence[NeedCreate], *, organization: Organization
) -> list[UUID | Likeness]:
    needs = [_new_need(need_in, organization) for need_in in needs_in]
    lines = [_new_lines(need_in) for need_in in needs_in]
    insisting = [need_in.another for need_in in needs_in]
    likenesses = await needs_like(session, organization.id, needs, lines, another=insisting)
    kept = [place for place, other in enumerate(likenesses) if other is None]
    await _keep(session, actor, [needs[place] for place in kept], [lines[place] for place in kept])
    return [other or need["id"] for need, other in zip(needs, likenesses, strict=True)]


async def _keep(
    session: AsyncSession, actor: Actor, needs: Sequence[dict[str, Any]], lines: Sequence[Sequence[dict[str, Any]]]
) -> None:
    below = zip(needs, lines, strict=True)
    rows = [{"id": new_id(), "need_id": need["id"], **line} for need, of_one in below for line in of_one]
    details = [{"lines": of_one} for of_one in lines]
    await record_new(session, actor, Need, needs, details=details, belongings=[(NeedLine.__table__, rows)])


async def create_need(session: AsyncSession, actor: Actor, need_in: NeedCreate, *, organization: Organization) -> Need:
    """Create one need, as a draft unless it is to be published at once.

    Raises:
        ProbableDuplicate: the organization has an equal need.
        AlreadyExists: the organization has a need with this `external_id`.
    """
    if need_in.external_id is not None:
        theirs = Need.organization_id == organization.id, Need.external_id == need_in.external_id
        known = await session.scalar(select(Need.id).where(*theirs))
        if known is not None:
            raise AlreadyExists(extra={"id": str(known)})
    (created,) = await create_needs(session, actor, [need_in], organization=organization)
    if isinstance(created, Likeness):
        raise ProbableDuplicate(created)
    (need,) = await needs_by_id(session, select(Need), [created])
    return need


async def edit_need(session: AsyncSession, actor: Actor, need: Need, need_in: NeedUpdate) -> Need:
    """Change what was sent. Lines keep their ids by position, because quotes answer them.

    Raises:
        ValidationFailed: it is published, and its new deadline has passed or its new lines are over.
    """
    policy.require_can_edit(actor, need)
    sent = need_in.model_fields_set
    before = _lines_for_log(need)
    for name in ("title", "description", "deliver_before", "deadline"):
        if name in sent:
            setattr(need, name, getattr(need_in, name))
    if need_in.delivery_province is not None:
        need.province_code, need.province_version = need_in.delivery_province.code, need_in.delivery_province.version
    if need_in.lines is not None:
        _replace_lines(need, need_in.lines)
    if need.status == "published":
        _refuse_unquotable(need, sent)
    after = _lines_for_log(need)
    await record_change(
        session, actor, need, verb="edit", details={"lines": [before, after]} if before != after else None
    )
    return need


def _refuse_unquotable(need: Need, sent: AbstractSet[str]) -> None:
    """What was sent of a published need must leave it open to quotes."""
    late = policy.deadline_error(need.deadline, today=clock.today()) if "deadline" in sent else None
    ends = [line.ends_on for line in need.lines] if "lines" in sent else []
    errors = [error for error in (late, policy.over_error(ends, today=clock.today())) if error]
    if errors:
        raise ValidationFailed(errors=errors)


def _replace_lines(need: Need, lines_in: Sequence[NeedLineIn]) -> None:
    for position, line_in in enumerate(lines_in):
        if position < len(need.lines):
            for name, value in _line_columns(line_in).items():
                setattr(need.lines[position], name, value)
        else:
            need.lines.append(NeedLine(position=position, **_line_columns(line_in)))
    del need.lines[len(lines_in) :]


async def change_status(session: AsyncSession, actor: Actor, need: Need, *, verb: str) -> Need:
    """Publish, pause or archive."""
    need.status = policy.require_transition(actor, need, verb, today=clock.today())
    if verb == "publish":
        need.published_at = clock.now()
    await record_change(session, actor, need, verb=verb)
    return need
