"""Needs from tables: orders of several lines, plans by weeks, and rows that name their fields as the API does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select

from market.core.duplicates import Likeness
from market.core.errors import FieldError, MarketError
from market.core.language import Message
from market.core.values.numbers import spelled
from market.core.values.refusal import Unreadable
from market.imports.cells import Reading, plain
from market.imports.columns import NEED_COLUMNS
from market.imports.external_ids import known_ids
from market.imports.kinds.kind import (
    UNKNOWN_ID,
    Keeping,
    Kind,
    Outcome,
    Outcomes,
    Prepared,
    Setting,
    already_there,
    amount_of,
    as_it_is,
    put,
    settled,
)
from market.imports.kinds.listings import row_refused, uuid_of
from market.imports.kinds.need_changes import SAID, SaidLine, changes_of, is_named
from market.imports.measured import content_beside
from market.imports.named_cells import Demands, goods, scheme_named, unit_code
from market.imports.rows import Row
from market.imports.seasons import Season
from market.imports.tables.fields import PART, field_of
from market.imports.tables.lines import Line
from market.imports.tables.weeks import Period, period_from
from market.needs.models import Need
from market.needs.queries import WHOLE
from market.needs.schemas import NeedCreate
from market.needs.service import create_needs, edit_need
from market.organizations.models import Organization

MOST_LINES = 50
"""Of one need; a longer plan becomes several."""
WEEK_DAYS = 7
OWN_FIELDS = ("weekdays", "required_certificates", "preferred_certificates", "grade", "size", "packaging", "kg_each")
"""Fields of a line that have a column as they are."""

NO_QUANTITY = Message(vi="Dòng này không có số lượng: bỏ qua.", en="No quantity in this row: left out.")
NO_DAYS = Message(vi="Không rõ giao ngày nào.", en="On which days?")
SEVERAL_TIMES = Message(
    vi="Các dòng ghi giờ giao khác nhau; dùng giờ sớm nhất, {time}.",
    en="The rows name several times; the earliest: {time}.",
)
SPLIT = Message(
    vi="Kế hoạch dài quá {most} dòng: chia thành {parts} nhu cầu.",
    en="More than {most} lines: made into {parts} needs.",
)
IN_NOTE = Message(
    vi="“{text}” trong ghi chú chỉ là ghi chú; nếu bắt buộc phải có, hãy ghi vào cột “Bắt buộc có”.",
    en='"{text}" in the note is only a note; where it is required, put it into the column "Required certificates".',
)
LINE_BAD = Message(vi="Dòng này chưa nhập được.", en="This row could not be imported.")


def assemble(lines: Iterable[Line], setting: Setting) -> Iterator[Row]:
    """A need for each order, or for the whole plan; where columns are named as the API's, for each row."""
    if setting.numbered_fields:
        for line in lines:
            yield _as_api(line, setting)
        return
    for _, group in groupby(lines, key=_group_of):
        yield from _needs_of(list(group), setting)


def _as_api(line: Line, setting: Setting) -> Row:
    body: dict[str, Any] = {}
    for name, value in line.values.items():
        known = field_of("needs", name)
        if known is not None and name not in ("id", "organization"):
            put(body, known.place, value)
    key: dict[str, Any] = {name: str(line.values[name]) for name in ("id", "external_id") if name in line.values}
    row = Row(
        line.line,
        None,
        settled(body),
        errors=list(line.errors),
        remarks=list(line.remarks),
        key=key,
        lines=(line,),
    )
    row.organization = line.values.get("organization")
    _add_place(row, setting)
    return row


def _group_of(line: Line) -> tuple[str, ...]:
    return tuple(str(line.values.get(name, "")) for name in ("id", "external_id", "title", "organization", "store"))


def _needs_of(lines: list[Line], setting: Setting) -> Iterator[Row]:
    """One need, or several where its lines are too many; goods stay together."""
    made = [(line, _need_lines(line, setting)) for line in lines]
    parts: list[list[tuple[Line, list[dict[str, Any]]]]] = [[]]
    for line, own in made:
        if sum(len(of_one) for _, of_one in parts[-1]) + len(own) > MOST_LINES:
            parts.append([])
        parts[-1].append((line, own))
    for number, part in enumerate(parts, start=1):
        row = _need(part, setting, suffix=f" ({number}/{len(parts)})" if len(parts) > 1 else "")
        if len(parts) > 1:
            row.remarks.append(FieldError("", "need-split", SPLIT, {"most": MOST_LINES, "parts": len(parts)}))
            if "external_id" in row.key:
                row.key["external_id"] += f"/{number}"
        if "external_id" in row.key:
            row.body["external_id"] = row.key["external_id"]
        yield row


def _need(part: list[tuple[Line, list[dict[str, Any]]]], setting: Setting, *, suffix: str) -> Row:
    first = part[0][0]
    lines = [of_one for _, own in part for of_one in own]
    body: dict[str, Any] = {"title": _title(first, setting, suffix), "lines": lines}
    row = Row(first.line, None, body, lines=[line for line, _ in part])
    row.key = {name: str(first.values[name]) for name in ("id", "external_id") if name in first.values}
    row.organization = first.values.get("organization")
    row.remarks.extend(remark for line, _ in part for remark in line.remarks)
    if not lines:
        row.errors.extend(error for line, _ in part for error in line.errors)
        if not row.errors:
            row.errors.append(FieldError("/lines", "missing", NO_QUANTITY))
    if places := [line.values["delivery_province"] for line, _ in part if "delivery_province" in line.values]:
        body["delivery_province"] = places[0]
    if times := sorted({line.values["deliver_before"] for line, _ in part if "deliver_before" in line.values}):
        body["deliver_before"] = times[0]
        if len(times) > 1:
            row.remarks.append(FieldError("/deliver_before", "several-times", SEVERAL_TIMES, {"time": times[0]}))
    for name in ("deadline", "description"):
        if told := [line.values[name] for line, _ in part if name in line.values]:
            body[name] = told[0]
    if "status" in first.values:
        row.key["status"] = str(first.values["status"])
    row.key[SAID] = [_said(line, one) for line, own in part for one in own]
    _add_place(row, setting)
    return row


def _said(line: Line, made: dict[str, Any]) -> SaidLine:
    """What of a line its row says itself."""
    values = line.values
    planned = any(period_from(name) for name in values)
    unsaid = {"per"} - ({"per"} if planned or values.keys() & {"per", "quantity_per"} else set())
    unsaid |= {"unit"} - values.keys()
    if not planned and not values.keys() & {"from", "date", "season"}:
        unsaid |= {"from", "to"}
    derived = {"kg_each"} - values.keys() if values.get("packaging") and "kg_each" in made else set()
    return SaidLine(_name_of(line), frozenset(unsaid), frozenset(derived))


def _add_place(row: Row, setting: Setting) -> None:
    if "delivery_province" not in row.body and not row_refused(row, "/delivery_province") and setting.province:
        row.body["delivery_province"] = dict(setting.province)
        row.key["province_is_own"] = True
    if setting.options.publish and "publish" not in row.body:
        row.body["publish"] = True


def _title(line: Line, setting: Setting, suffix: str) -> str:
    named = line.values.get("title")
    if named is None and (code := line.values.get("external_id")):
        named = f"Đơn đặt hàng {code}"
    named = named or next((title for title in setting.titles if title), "Nhu cầu mua")
    if store := line.values.get("store"):
        named = f"{named} – {store}"
    return f"{str(named)[: 200 - len(suffix)]}{suffix}"


def _need_lines(line: Line, setting: Setting) -> list[dict[str, Any]]:
    """The lines of a need that one row makes: one, or one for each week; none where the row is bad or wants nothing."""
    if line.errors:
        return []
    values = line.values
    common: dict[str, Any] = {**_goods(line, setting), "unit": values.get("unit") or setting.default("unit")}
    if "price_ceiling_vnd" in values:
        common["price_ceiling_vnd"] = amount_of(values["price_ceiling_vnd"])
    common |= {name: values[name] for name in OWN_FIELDS if name in values}
    asked: Demands | None = values.get("requirements")
    if asked is not None:
        for name, schemes in (("required_certificates", asked.required), ("preferred_certificates", asked.preferred)):
            common[name] = [*common.get(name, []), *schemes]
    for said in (line.raw.get("unit"), values.get("packaging")):
        packed = content_beside(said, setting.catalogue)
        if "kg_each" in packed and unit_code(str(said), setting.catalogue) == common["unit"]:
            common.setdefault("kg_each", packed["kg_each"])
    told = (asked.note if asked else None, values.get("note"), _shares(values))
    note = "; ".join(part for part in told if part)
    if note:
        common["note"] = note[:200]
    _say_unasked(line, setting)
    amounts = _amounts(line, setting)
    if line.errors or not common.keys() & {"concept", "name"}:
        return []
    return [{**common, **amount} for amount in amounts]


def _say_unasked(line: Line, setting: Setting) -> None:
    """Certificates that only a note names are not required: whoever means that should know."""
    if line.values.keys() & {"requirements", "required_certificates", "preferred_certificates"}:
        return
    parts = re.split(r"[,;.+&|/]|\s+và\s+", str(line.values.get("note", "")))
    named = [part.strip() for part in parts if part.strip() and scheme_named(part.strip(), setting.catalogue)]
    if named:
        about: dict[str, object] = {"text": ", ".join(named)}
        line.remarks.append(FieldError("/lines/0/note", "certificate-in-note", IN_NOTE, about))


def _name_of(line: Line) -> str | None:
    return plain(line.raw.get("goods")) or None


def _shares(values: dict[str, Any]) -> str | None:
    """What each shop wants, of a table that has a column for each: "CH Quận 1: 10, CH Quận 3: 15"."""
    parts = [f"{name.removeprefix(PART)}: {values[name]}" for name in values if name.startswith(PART)]
    return ", ".join(parts) or None


def _goods(line: Line, setting: Setting) -> dict[str, str]:
    """The goods of a row: a concept, or a name that nobody has placed yet."""
    name = line.values.get("goods")
    if name is None:
        return {}
    said = plain(name)[:200]
    try:
        concept = str(goods(name, Reading(setting.catalogue)))
    except Unreadable as unreadable:
        if unreadable.code == "ambiguous":
            line.errors.append(unreadable.at("/lines/0/concept"))
        return {"name": said}
    return {"concept": concept} if is_named(said, concept, setting.catalogue) else {"concept": concept, "name": said}


def _amounts(line: Line, setting: Setting) -> list[dict[str, Any]]:
    """Quantities with their days; neighbouring weeks of the same quantity are one window."""
    values = line.values
    planned = [(period, values[name]) for name in values if (period := period_from(name)) and Decimal(values[name]) > 0]
    if planned:
        return list(_joined(sorted(planned, key=lambda pair: pair[0].first)))
    shares = [Decimal(values[name]) for name in values if name.startswith(PART)]
    quantity = spelled(sum(shares, Decimal(0))) if shares else values.get("quantity")
    if quantity is None or Decimal(quantity) == 0:
        line.remarks.append(FieldError("/quantity", "no-quantity", NO_QUANTITY))
        return []
    season: Season = values.get("season") or Season("")
    first = values.get("from") or values.get("date") or season.first or setting.default("from")
    last = values.get("to") or values.get("date") or season.last or setting.default("to") or first
    if first is None:
        line.errors.append(FieldError("/date", "missing", NO_DAYS))
        return []
    return [
        {
            "quantity": quantity,
            "per": values.get("quantity_per") or values.get("per", "total"),
            "from": first,
            "to": last,
        }
    ]


def _joined(planned: Sequence[tuple[Period, str]]) -> Iterator[dict[str, Any]]:
    """Neighbouring weeks of one quantity as one window with so much a week; any other stretch is a total."""
    windows: list[tuple[Period, str, bool]] = []
    for period, quantity in planned:
        weekly = (period.last - period.first).days + 1 == WEEK_DAYS and period.first.isoweekday() == 1
        before = windows[-1] if windows else None
        goes_on = before is not None and before[2] and (period.first - before[0].last).days == 1
        if before and weekly and goes_on and before[1] == quantity:
            windows[-1] = (Period(before[0].first, period.last), quantity, True)
        else:
            windows.append((period, quantity, weekly))
    for period, quantity, weekly in windows:
        days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
        yield {"quantity": quantity, "per": "week" if weekly else "total", **days}


async def keep(keeping: Keeping, rows: Sequence[Prepared], organization: Organization | None) -> Outcomes:
    """Create the new ones, all at once, and update those that are there."""
    if organization is None:
        raise ValueError("a need is an organization's")
    wanted = [row.key["external_id"] for row, _ in rows if "external_id" in row.key]
    codes = await known_ids(keeping.session, organization.id, Need, wanted)
    there = await _there(keeping, rows, organization, codes)
    outcomes: list[Outcome | None] = [None] * len(rows)
    new: list[int] = []
    for position, (row, need_in) in enumerate(rows):
        key = uuid_of(row.key.get("id")) or codes.get(row.key.get("external_id", ""))
        found = there.get(key) if key else None
        if found is not None:
            outcomes[position] = await _update(keeping, found, need_in, row)
        elif "id" in row.key:
            outcomes[position] = Outcome.refused(FieldError("/id", "unknown-id", UNKNOWN_ID))
        else:
            outcomes[position] = await _like_one(keeping, there, row, need_in)
            if outcomes[position] is None:
                new.append(position)
    insisted = {"another": True} if keeping.answers.get("existing") == "add" else {}
    wanted_needs = [rows[at][1].model_copy(update=insisted) for at in new]
    ids = await create_needs(keeping.session, keeping.actor, wanted_needs, organization=organization)
    for position, made in zip(new, ids, strict=True):
        like = isinstance(made, Likeness)
        outcomes[position] = Outcome.refused(made.error) if like else Outcome("created", made)  # type: ignore[union-attr,arg-type]
    return [outcome or Outcome() for outcome in outcomes]


async def _there(
    keeping: Keeping, rows: Sequence[Prepared], organization: Organization, codes: dict[str, Any]
) -> dict[Any, Need]:
    """Needs of the organization that the rows name, by id; those of the same title too."""
    if not any(row.lines for row, _ in rows):
        return {}
    ids = [*codes.values(), *(key for row, _ in rows if (key := uuid_of(row.key.get("id"))))]
    titles = list({need_in.title for _, need_in in rows})
    own = select(Need).where(Need.organization_id == organization.id, Need.status != "archived")
    found = await keeping.session.scalars(own.where(Need.id.in_(ids) | Need.title.in_(titles)).options(*WHOLE))
    return {need.id: need for need in found.unique()}


async def _like_one(keeping: Keeping, there: dict[Any, Need], row: Row, need_in: NeedCreate) -> Outcome | None:
    """A row without a code whose title stands over a need already; None when it is new."""
    like = next((need for need in there.values() if need.title == need_in.title), None)
    wish = keeping.answers.get("existing")
    if like is None or "external_id" in row.key or wish == "add":
        return None
    if wish == "skip":
        return Outcome("skipped", like.id)
    return await _update(keeping, like, need_in, row) if wish == "update" else already_there(like.id)


async def _update(keeping: Keeping, need: Need, need_in: NeedCreate, row: Row) -> Outcome:
    try:
        sent = changes_of(keeping.catalogue, row, need, need_in)
        if not sent.model_fields_set:
            return Outcome("unchanged", need.id)
        async with keeping.session.begin_nested():
            await edit_need(keeping.session, keeping.actor, need, sent)
            await keeping.session.flush()
    except MarketError as error:
        return Outcome.refused_by(error)
    return Outcome("updated", need.id)


NEEDS = Kind("needs", NeedCreate, assemble, as_it_is, keep, NEED_COLUMNS)
