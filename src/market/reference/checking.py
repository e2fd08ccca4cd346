"""References in what people send: each check answers the error, so that a caller can collect them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from market.core.errors import FieldError
from market.core.language import Message
from market.reference.catalogue import Catalogue
from market.reference.places import lies_in
from market.reference.records import Category, Form, Part, Province
from market.reference.schemas import CommuneRef, ProvinceRef


@dataclass(frozen=True, slots=True)
class Requirement:
    """A certificate that is asked for: a scheme, and the lowest level when the scheme has levels."""

    scheme: str
    level: int | None = None

    def __str__(self) -> str:
        return self.scheme if self.level is None else f"{self.scheme}:{self.level}"


def parse_requirement(catalogue: Catalogue, text: str) -> Requirement | None:
    """`vietgap` or `ocop:4` as a requirement; None when there is no such scheme or level.

    A scheme with levels named without one (`ocop`) is satisfied by any of its levels.
    """
    name, _, level = text.partition(":")
    scheme = catalogue.find_scheme(name)
    if scheme is None or scheme.retired:
        return None
    if ":" not in text:
        return Requirement(name)
    return Requirement(name, int(level)) if level in {str(known) for known in scheme.levels} else None


def requirement_met(catalogue: Catalogue, requirement: Requirement, *, scheme: str, level: int | None) -> bool:
    """Whether a certificate of `scheme` and `level` answers the requirement, dates and scope apart."""
    if not catalogue.scheme_satisfies(scheme, requirement.scheme):
        return False
    return requirement.level is None or (level is not None and level >= requirement.level)


def province_error(catalogue: Catalogue, ref: ProvinceRef, *, pointer: str) -> FieldError | None:
    """What is wrong with a reference to a province, if anything."""
    province = catalogue.find_province(ref.code, ref.version)
    if province is not None and not province.retired:
        return None
    message = Message(
        vi="Không có tỉnh, thành mã {code} trong danh mục {version}.", en="No province {code} in the {version} list."
    )
    return FieldError(pointer + "/code", "unknown-province", message, {"code": ref.code, "version": ref.version})


def commune_error(catalogue: Catalogue, ref: CommuneRef, *, pointer: str) -> FieldError | None:
    """What is wrong with a reference to a commune, if anything."""
    commune = catalogue.places.find_commune(ref.code, ref.version)
    if commune is not None and not commune.retired:
        return None
    message = Message(
        vi="Không có xã, phường mã {code} trong danh mục {version}.", en="No commune {code} in the {version} list."
    )
    return FieldError(pointer + "/code", "unknown-commune", message, {"code": ref.code, "version": ref.version})


def commune_outside(
    catalogue: Catalogue, key: tuple[str, str] | None, province: Province, *, pointer: str
) -> FieldError | None:
    """What is wrong with a known commune beside a province: that it lies elsewhere."""
    commune = catalogue.places.find_commune(key[0], "2024" if key[1] == "2024" else "2025") if key else None
    if commune is None or lies_in(commune, province, today=catalogue.today):
        return None
    theirs = catalogue.province_of(commune)
    if theirs.version != province.version and catalogue.today(theirs) == catalogue.today(province):
        return None
    message = Message(
        vi="{kind} {name} thuộc {theirs}, không thuộc {province}.",
        en="{kind} {name} lies in {theirs}, not in {province}.",
    )
    told = {"kind": commune.kind, "name": commune.name, "theirs": theirs.name, "province": province.name}
    return FieldError(pointer, "commune-elsewhere", message, told)


def commune_columns(ref: CommuneRef | None) -> dict[str, str | None]:
    """A reference to a commune as the columns of what names it."""
    return {"commune_code": ref.code if ref else None, "commune_version": ref.version if ref else None}


def outside_province(catalogue: Catalogue, columns: Mapping[str, Any]) -> FieldError | None:
    """What is wrong with the commune of a listing or an organization beside its province, by its columns."""
    code, version = columns.get("commune_code"), columns.get("commune_version")
    province = catalogue.province(columns["province_code"], columns["province_version"])
    return commune_outside(catalogue, (code, version) if code and version else None, province, pointer="/commune")


def concept_error(catalogue: Catalogue, concept_id: str, *, pointer: str) -> FieldError | None:
    """What is wrong with a reference to a concept, if anything."""
    concept = catalogue.find_concept(concept_id)
    if concept is not None and not concept.retired:
        return None
    message = Message(vi="Không có mặt hàng {id}.", en="No concept {id}.")
    return FieldError(pointer, "unknown-concept", message, {"id": concept_id})


def facet_error(found: Category | Form | Part | None, code: str, *, kind: str, pointer: str) -> FieldError | None:
    """What is wrong with a reference to a form, part or category, if anything.

    Args:
        found: what the catalogue has of that id.
        code: the id.
        kind: form, part or category.
        pointer: where it was sent.
    """
    if found is not None and not found.retired:
        return None
    called = {"form": "dạng hàng", "part": "bộ phận", "category": "nhóm hàng"}[kind]
    message = Message(vi=f"Không có {called} {{id}}.", en=f"No {kind} {{id}}.")
    return FieldError(pointer, f"unknown-{kind}", message, {"id": code})


def unit_error(catalogue: Catalogue, code: str, *, pointer: str) -> FieldError | None:
    """What is wrong with a unit code, if anything."""
    unit = catalogue.find_unit(code)
    if unit is not None and not unit.retired:
        return None
    message = Message(vi="Không có đơn vị tính {code}.", en="No unit {code}.")
    return FieldError(pointer, "unknown-unit", message, {"code": code})


def requirement_error(catalogue: Catalogue, text: str, *, pointer: str) -> FieldError | None:
    """What is wrong with a required certificate such as `ocop:4`, if anything."""
    if parse_requirement(catalogue, text) is not None:
        return None
    message = Message(vi="Không có loại chứng nhận {text}.", en="No certification scheme {text}.")
    return FieldError(pointer, "unknown-certification-scheme", message, {"text": text})
