"""What a file changes of a need that is there: what it says, and nothing that it has no column for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from market.core.errors import FieldError, ValidationFailed
from market.core.language import Message
from market.core.money import whole_vnd
from market.core.validation import field_errors
from market.core.values.numbers import said_money, spelled
from market.imports.rows import Row
from market.needs.models import Need, NeedLine
from market.needs.schemas import NeedCreate, NeedLineIn, NeedUpdate
from market.reading.units import unit_ratio
from market.reference.catalogue import Catalogue
from market.sheet_words import is_status

SAID = "said"
"""Of a row's key: what each of its lines says itself."""
KEPT = (
    "name", "quantity", "unit", "per", "weekdays", "required_certificates", "preferred_certificates",
    "price_ceiling_vnd", "grade", "size", "packaging", "kg_each", "note", "forms",
)  # fmt: skip
"""Fields of a line that are called the same in the database and in a body."""
SAME_NUMBER = Message(
    vi="Đổi từ {was} sang {now} mà số vẫn như cũ; quy đổi là {near}.",
    en="From {was} to {now}, but the number is the old one; converted it is {near}.",
)
STATUS_STAYS = Message(
    vi="Trạng thái không đổi bằng tệp: nhu cầu vẫn {status}; hãy đăng, tạm dừng hoặc cất trên Market.",
    en="A file does not change the status: the need stays {status}; publish, pause or archive it here.",
)


@dataclass(frozen=True, slots=True)
class SaidLine:
    """What of a line stands in its row, and what was only filled in."""

    goods: str | None = None
    """As the row names them."""
    unsaid: frozenset[str] = frozenset()
    """Fields that a default fills."""
    derived: frozenset[str] = frozenset()
    """Fields that follow from the packaging."""


def is_named(said: str, concept_id: str, catalogue: Catalogue) -> bool:
    """Whether words are the name of goods and no more."""
    concept = catalogue.find_concept(concept_id)
    return concept is not None and said.casefold() in (concept.name_vi.casefold(), concept.name_en.casefold())


def changes_of(catalogue: Catalogue, row: Row, need: Need, need_in: NeedCreate) -> NeedUpdate:
    """What of a row differs from its need.

    Raises:
        ValidationFailed: what it says does not go together with what stays.
    """
    sent: dict[str, Any] = {}
    for name in ("title", "description", "deliver_before", "deadline"):
        if name in need_in.model_fields_set and getattr(need_in, name) != getattr(need, name):
            sent[name] = getattr(need_in, name)
    place = need_in.delivery_province
    # A name that both maps have is no change from one map to the other.
    there = catalogue.province(need.province_code, need.province_version)
    if "province_is_own" not in row.key and catalogue.province(place.code, place.version).name != there.name:
        sent["delivery_province"] = place.model_dump()
    if lines := _changed_lines(catalogue, row, need, need_in):
        sent["lines"] = lines
    if "status" in row.key and not is_status(row.key["status"], need.status):
        row.remarks.append(FieldError("/status", "status-stays", STATUS_STAYS, {"status": need.status}))
    return NeedUpdate.model_validate(sent)


def _changed_lines(catalogue: Catalogue, row: Row, need: Need, need_in: NeedCreate) -> list[dict[str, Any]]:
    """The lines as they are to be; none where nothing changes."""
    said = row.key.get(SAID) or [SaidLine() for _ in need_in.lines]
    pairs = _paired(catalogue, said, need_in.lines, need.lines)
    merged = [
        _merged(catalogue, one, line_in, line) for one, line_in, line in zip(said, need_in.lines, pairs, strict=True)
    ]
    if merged == [_body(line) for line in need.lines]:
        return []
    errors: list[FieldError] = []
    read = []
    for position, (body, line) in enumerate(zip(merged, pairs, strict=True)):
        errors += _of_another_unit(catalogue, body, line, f"/lines/{position}")
        try:
            read.append(NeedLineIn.model_validate(body))
        except ValidationError as error:
            errors += field_errors(error.errors(include_input=False), prefix=f"/lines/{position}")
    if errors:
        raise ValidationFailed(errors=errors)
    same = [_facts(line_in) for line_in in read] == [
        _facts(NeedLineIn.model_validate(_body(one))) for one in need.lines
    ]
    return [] if same else merged


def _of_another_unit(
    catalogue: Catalogue, body: dict[str, Any], line: NeedLine | None, pointer: str
) -> Iterator[FieldError]:
    """Numbers that stayed while their unit went from one weight to another: 500 kg are no 500 tấn."""
    if line is None or body["unit"] == line.unit:
        return
    was, now = catalogue.unit(line.unit), catalogue.unit(body["unit"])
    ratio = unit_ratio((was, None), (now, None))
    if ratio is None:
        return
    about = {"was": was.name_vi, "now": now.name_vi}
    if Decimal(str(body["quantity"])) == line.quantity:
        near = spelled(line.quantity / ratio)
        yield FieldError(f"{pointer}/quantity", "unit-changes", SAME_NUMBER, {**about, "near": near}, (near,))
    ceiling = line.price_ceiling_vnd
    if ceiling is not None and body["price_ceiling_vnd"] == ceiling:
        near = said_money(Decimal(whole_vnd(ceiling * ratio)))
        yield FieldError(f"{pointer}/price_ceiling_vnd", "unit-changes", SAME_NUMBER, {**about, "near": near}, (near,))


def _facts(line_in: NeedLineIn) -> dict[str, Any]:
    return line_in.model_dump(exclude={"form", "part"})


def _paired(
    catalogue: Catalogue, said: Sequence[SaidLine], lines_in: Sequence[NeedLineIn], there: Sequence[NeedLine]
) -> list[NeedLine | None]:
    """For each line of a file the one it says anew: of the same goods, in order, else the one in its place."""
    left = list(there)
    pairs: list[NeedLine | None] = []
    for one, line_in in zip(said, lines_in, strict=True):
        found = next((line for line in left if _same_goods(catalogue, one, line_in, line)), None)
        if found is not None:
            left.remove(found)
        pairs.append(found)
    if len(lines_in) == len(there):
        return [pair or left.pop(0) for pair in pairs]
    return pairs


def _same_goods(catalogue: Catalogue, said: SaidLine, line_in: NeedLineIn, line: NeedLine) -> bool:
    if said.goods is not None and said.goods.casefold() == (line.name or "").casefold():
        return True
    if said.goods is not None and line.concept_id and is_named(said.goods, line.concept_id, catalogue):
        return True
    return line_in.concept is not None and line_in.concept == line.concept_id


def _says_goods_as_they_are(catalogue: Catalogue, said: SaidLine, line: NeedLine) -> bool:
    if said.goods is None:
        return False
    shown = line.name or (catalogue.concept(line.concept_id).name_vi if line.concept_id else "")
    named = line.name is None and line.concept_id is not None and is_named(said.goods, line.concept_id, catalogue)
    return named or said.goods.casefold() == shown.casefold()


def _body(line: NeedLine) -> dict[str, Any]:
    """A line that is there as a body says it."""
    own = {name: getattr(line, name) for name in KEPT if name != "forms"}
    lists = {name: list(value) for name, value in own.items() if isinstance(value, (list, tuple))}
    return {**own, **lists, "concept": line.concept_id, "forms": list(line.forms),
            "from": line.starts_on, "to": line.ends_on}  # fmt: skip


def _merged(catalogue: Catalogue, said: SaidLine, line_in: NeedLineIn, line: NeedLine | None) -> dict[str, Any]:
    given = line_in.model_dump(by_alias=True, include=line_in.model_fields_set)
    if line is None:
        return given
    there = _body(line)
    kept = set(said.unsaid)
    if line_in.packaging == line.packaging:
        kept |= said.derived
    if _says_goods_as_they_are(catalogue, said, line):
        kept |= {"concept", "name"}
    elif {"concept", "name"} & given.keys():
        there |= {"concept": None, "name": None}
    return there | {name: value for name, value in given.items() if name not in kept}
