"""Listings from tables: price lists, stock lists, lists of products with stars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import Text, func, or_, select

from market.core import clock
from market.core.db import among
from market.core.errors import FieldError, MarketError
from market.core.language import Message
from market.core.values.refusal import Unreadable
from market.imports.columns import LISTING_COLUMNS
from market.imports.external_ids import known_ids
from market.imports.kinds.kind import (
    CODE_TWICE,
    TWICE,
    UNKNOWN_ID,
    Keeping,
    Kind,
    Outcome,
    Outcomes,
    Prepared,
    Setting,
    already_there,
    put,
    settled,
)
from market.imports.measured import content_beside
from market.imports.named_cells import Area, unit_code
from market.imports.rows import Row
from market.imports.seasons import Season
from market.imports.tables.fields import STARS, field_of
from market.imports.tables.lines import Line
from market.listings.models import Listing
from market.listings.queries import WHOLE
from market.listings.schemas import ListingCreate, ListingUpdate
from market.listings.service import Refused, edit_listing, keep_listings, new_listing
from market.organizations.models import Organization
from market.reading.places import read_province
from market.reference.catalogue import Catalogue
from market.reference.records import Version

OUR_OWN = frozenset(
    (
        "id", "stock", "ocop_level", "decision_number", "decision_date", "certificate_words",
        "organization", "address", "commune", "season",
    )
)  # fmt: skip
"""Fields of tables that are none of a listing's."""
COMPARED = ("title", "unit", "description", "variety", "grade", "growing_area", "price_vnd", "moq", "packaging",
            "kg_each", "size", "price_until",
            "shelf_life_days", "cold_chain", "external_id")  # fmt: skip
OF_THE_UNIT = ("price_vnd", "moq", "price_tiers", "capacity")
"""Fields that are counted in the unit."""
OWN_PROVINCE = Message(
    vi="Dòng này không nêu tỉnh: dùng tỉnh của tổ chức, {name}.",
    en="The row names no province: the organization's, {name}.",
)
SEVERAL_STARS = Message(
    vi="Dòng này được đánh dấu ở nhiều hạng sao.", en="The row is marked under several numbers of stars."
)
PROVINCE_OF_ADDRESS = Message(
    vi="Không có cột xuất xứ: dùng tỉnh trong địa chỉ, {name}.",
    en="No column of origin: the province of the address, {name}.",
)
NOTHING_IN_STOCK = Message(vi="Tồn kho 0: lưu thành bản nháp, chưa đăng.", en="Nothing in stock: kept as a draft.")


def assemble(lines: Iterable[Line], setting: Setting) -> Iterator[Row]:
    """A listing for each line."""
    seen: dict[bytes, int] = {}
    codes: dict[str, int] = {}
    for line in lines:
        row = _row(line, setting)
        fingerprint = _fingerprint(line.values)
        if (first := seen.setdefault(fingerprint, line.line)) != line.line:
            row.errors.append(FieldError("", "row-twice", TWICE, {"line": first}))
        elif (code := row.key.get("external_id")) and (first := codes.setdefault(code, line.line)) != line.line:
            row.errors.append(FieldError("/external_id", "code-twice", CODE_TWICE, {"code": code, "line": first}))
        yield row


def _fingerprint(values: Mapping[str, Any]) -> bytes:
    """The same for rows that say the same; the rows themselves would lie in the memory until the end of the file."""
    said = "\x00".join([f"{name}\x01{values[name]}" for name in sorted(values)])
    return blake2b(said.encode(errors="surrogatepass"), digest_size=16).digest()


def _row(line: Line, setting: Setting) -> Row:
    values = line.values
    body: dict[str, Any] = {}
    for name, value in values.items():
        known = field_of("listings", name)
        if known is not None and name not in OUR_OWN and not name.startswith(STARS):
            put(body, known.place, value)
    body = {**content_beside(line.raw.get("unit"), setting.catalogue), **settled(body)}
    body = {**_content_of(values.get("packaging"), body.get("unit"), setting.catalogue), **body}
    if isinstance(area := body.get("province"), Area):
        del body["province"]
        body.setdefault("growing_area", area.name)
    key: dict[str, Any] = {name: str(values[name]) for name in ("id", "external_id") if name in values}
    row = Row(line.line, None, body, errors=list(line.errors), remarks=list(line.remarks), key=key, lines=(line,))
    if "kg_each" in body and "kg_each" not in values:
        row.key["derived_kg_each"] = True
    if setting.answers.get("organization") == "named":
        row.organization = values.get("organization")
    _add_stars(values, row)
    _add_place(values, body, setting, row)
    _add_defaults(body, setting, row)
    _add_season(values, body)
    _add_stock(values.get("stock"), values.get("stock_per", "total"), body, setting, row)
    if told := _told_of(values, mine=setting.answers.get("organization") != "named", own_name=setting.own_name):
        body["description"] = "\n".join(part for part in (body.get("description"), told) if part)
    return row


def _content_of(packaging: Any, unit: Any, catalogue: Catalogue) -> dict[str, Any]:
    """What one of the unit weighs, where the packing says it: "Hộp 300g" of what is sold by the box."""
    packed = content_beside(packaging, catalogue)
    return {"kg_each": packed["kg_each"]} if "kg_each" in packed and unit_code(packaging, catalogue) == unit else {}


def _add_stars(values: dict[str, Any], row: Row) -> None:
    """Stars that are told by the column in which the mark stands."""
    marked = [int(name.removeprefix(STARS)) for name in values if name.startswith(STARS)]
    if len(marked) > 1:
        row.errors.append(FieldError("/ocop_level", "several-stars", SEVERAL_STARS))
    elif marked:
        values.setdefault("ocop_level", marked[0])


def _add_place(values: Mapping[str, Any], body: dict[str, Any], setting: Setting, row: Row) -> None:
    """The province at the end of the address of whoever makes the goods, where no column of origin says another."""
    parts = str(values.get("address", "")).split(",")
    if "province" in body or len(parts) < 2 or setting.fields & {"province", "province.code"}:
        return
    try:
        found = read_province(parts[-1], setting.catalogue)
    except Unreadable:
        return
    body["province"] = {"code": found.code, "version": found.version}
    row.remarks.append(FieldError("/province", "province-of-address", PROVINCE_OF_ADDRESS, {"name": found.name}))


def _add_season(values: Mapping[str, Any], body: dict[str, Any]) -> None:
    """The days of a column such as "Mùa vụ", for what is in stock; its words where nothing says how much there is."""
    season: Season | None = values.get("season")
    if season is None:
        return
    if season.first is None or "stock" not in values:
        body["description"] = "\n".join(part for part in (body.get("description"), f"Mùa vụ: {season.text}") if part)
    elif not body.get("capacity"):
        body["capacity"] = [{"from": season.first, "to": season.last}]


def _add_defaults(body: dict[str, Any], setting: Setting, row: Row) -> None:
    if "unit" not in body and not row_refused(row, "/unit") and (unit := setting.default("unit")):
        body["unit"] = unit
    if "province" not in body and not row_refused(row, "/province") and setting.province is not None:
        body["province"] = dict(setting.province)
        row.key["province_is_own"] = True
        if setting.fields & {"province", "province.code"}:
            name = setting.catalogue.province(*setting.province.values()).name  # type: ignore[arg-type]
            row.remarks.append(FieldError("/province", "province-own", OWN_PROVINCE, {"name": name}))
    if setting.options.publish and "publish" not in body:
        body["publish"] = True


def row_refused(row: Row, pointer: str) -> bool:
    """Whether a field of a row was there and could not be read."""
    return any(error.pointer.startswith(pointer) for error in row.errors)


def _add_stock(stock: str | None, per: str, body: dict[str, Any], setting: Setting, row: Row) -> None:
    """What is in stock, or comes each week, can be had from today; nothing in stock is no offer yet."""
    if stock is None:
        return
    if Decimal(stock) == 0:
        row.remarks.append(FieldError("/stock", "nothing-in-stock", NOTHING_IN_STOCK))
        body["publish"] = False
        body["capacity"] = []
        return
    today = clock.today()
    until = today + timedelta(days=setting.options.stock_days)
    first = body["capacity"][0] if body.get("capacity") else {}
    window = {"from": first.get("from", today.isoformat()), "to": first.get("to", until.isoformat())}
    body["capacity"] = [{**window, "quantity": stock, "per": per}]


def _told_of(values: Mapping[str, Any], *, mine: bool, own_name: str | None) -> str | None:
    """What a list says that has no field here, in words."""
    parts = []
    if "ocop_level" in values:
        parts.append(f"OCOP {values['ocop_level']} sao")
    if number := values.get("decision_number"):
        parts.append(f"Quyết định {number}")
    if day := values.get("decision_date"):
        parts.append(f"ngày {day}" if len(day) == 10 else f"({day})")
    if words := values.get("certificate_words"):
        parts.append(f"Chứng nhận: {words}")
    whose = [values[name] for name in ("organization", "address", "commune") if name in values]
    if mine and whose and whose[0] != own_name:
        parts.append(f"Chủ thể: {', '.join(whose)}")
    elif "address" in values or "commune" in values:
        parts.append(f"Địa chỉ: {', '.join(values[name] for name in ('address', 'commune') if name in values)}")
    return "; ".join(parts) or None


async def keep(keeping: Keeping, rows: Sequence[Prepared], organization: Organization | None) -> Outcomes:
    """Create the new ones, all at once, and update those that are there."""
    if organization is None:
        raise ValueError("a listing is an organization's")
    codes = await known_ids(
        keeping.session,
        organization.id,
        Listing,
        (row.key["external_id"] for row, _ in rows if "external_id" in row.key),
    )
    known = await _known(keeping, rows, organization, codes)
    outcomes: list[Outcome | None] = [None] * len(rows)
    new: list[int] = []
    for position, (row, _) in enumerate(rows):
        found = known.get(position)
        if found is None and "id" in row.key:
            outcomes[position] = Outcome.refused(FieldError("/id", "unknown-id", UNKNOWN_ID))
        elif found is None:
            new.append(position)
        else:
            outcomes[position] = await _again(keeping, row, found[0], surely=found[1])
            if outcomes[position] is None:
                new.append(position)
    made = await keep_listings(
        keeping.session,
        keeping.actor,
        [rows[position][1] for position in new],
        organization=organization,
        catalogue=keeping.catalogue,
    )
    for position, result in zip(new, made, strict=True):
        refused = isinstance(result, Refused)
        outcomes[position] = Outcome.refused(*result.errors) if refused else Outcome("created", result)  # type: ignore[union-attr,arg-type]
    return [outcome or Outcome() for outcome in outcomes]


async def _known(
    keeping: Keeping, rows: Sequence[Prepared], organization: Organization, codes: Mapping[str, UUID]
) -> dict[int, tuple[Listing, bool]]:
    """What is there of these rows, by their position, and whether surely (by id or code) or by title and unit."""
    if not any(row.lines for row, _ in rows):
        return {}
    ids = [*codes.values(), *(key for row, _ in rows if (key := uuid_of(row.key.get("id"))))]
    titles = {new.columns["title"].lower() for _, new in rows}
    there = or_(among(Listing.id, ids), among(func.lower(Listing.title), titles, Text))
    mine = select(Listing).where(Listing.organization_id == organization.id, Listing.status != "archived", there)
    found = list(await keeping.session.scalars(mine.options(*WHOLE).order_by(Listing.id)))
    by_id = {listing.id: listing for listing in found}
    by_title = {(listing.title.lower(), listing.unit): listing for listing in found}
    known: dict[int, tuple[Listing, bool]] = {}
    for position, (row, new) in enumerate(rows):
        code = row.key.get("external_id")
        key = uuid_of(row.key.get("id")) or codes.get(code or "")
        like = by_title.get((new.columns["title"].lower(), new.columns["unit"]))
        if key in by_id:
            known[position] = (by_id[key], True)
        elif like is not None and "id" not in row.key and not (code and like.external_id):
            known[position] = (like, False)
    return known


def uuid_of(text: str | None) -> UUID | None:
    """An id as text; None when it is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def _again(keeping: Keeping, row: Row, listing: Listing, *, surely: bool) -> Outcome | None:
    """A row whose listing is there; None when another is wanted beside it."""
    if not surely:
        wish = keeping.answers.get("existing")
        if wish == "add":
            return None
        if wish == "skip":
            return Outcome("skipped", listing.id)
        if wish != "update":
            return already_there(listing.id)
    sent = changes(keeping, row, listing)
    if not sent:
        return Outcome("unchanged", listing.id)
    try:
        async with keeping.session.begin_nested():
            update = ListingUpdate.model_validate(sent)
            await edit_listing(keeping.session, keeping.actor, listing, update, catalogue=keeping.catalogue)
            await keeping.session.flush()
    except MarketError as error:
        return Outcome.refused_by(error)
    return Outcome("updated", listing.id)


def changes(keeping: Keeping, row: Row, listing: Listing) -> dict[str, Any]:
    """What of a row differs from its listing, as an update takes it; what the row leaves open stays."""
    given = ListingCreate.model_validate(row.body)
    sent: dict[str, Any] = {}
    for name in COMPARED:
        if name in row.body and getattr(given, name) != getattr(listing, name):
            sent[name] = row.body[name]
    if "kg_each" in sent and row.key.get("derived_kg_each") and given.packaging == listing.packaging:
        del sent["kg_each"]
    if "unit" in sent and not _both_weigh(keeping.catalogue, given.unit, listing.unit):
        # Of packages the same number may well be meant; of kg and tấn it would be a slip.
        sent |= {name: row.body[name] for name in OF_THE_UNIT if name in given.model_fields_set}
    there_now = keeping.catalogue.province(listing.province_code, listing.province_version)
    # A file names its province; a name that both maps have is no change from one map to the other.
    if "province_is_own" not in row.key and keeping.catalogue.province(*_key(given)).name != there_now.name:
        sent["province"] = row.body["province"]
    if "concept" in given.model_fields_set and given.concept != listing.concept_id:
        sent["concept"] = given.concept
    windows = [(window.from_, window.to, window.quantity, window.per) for window in given.capacity]
    there = [(window.starts_on, window.ends_on, window.quantity, window.per) for window in listing.capacity]
    if "capacity" in given.model_fields_set and sorted(windows) != sorted(there):
        sent["capacity"] = row.body["capacity"]
    tiers = [tier.model_dump(mode="json") for tier in given.price_tiers]
    if "price_tiers" in given.model_fields_set and tiers != listing.price_tiers:
        sent["price_tiers"] = row.body["price_tiers"]
    return sent


def _both_weigh(catalogue: Catalogue, one: str, other: str) -> bool:
    return bool(catalogue.unit(one).kg_factor and catalogue.unit(other).kg_factor)


def _key(given: ListingCreate) -> tuple[str, Version]:
    return (given.province.code, given.province.version)


LISTINGS = Kind("listings", ListingCreate, assemble, new_listing, keep, LISTING_COLUMNS)
