"""Tables of reference data. Rows are loaded from the seed files and never deleted: what left them is retired."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.db import Base, Entity
from market.core.ids import new_id


class RegionRow(Base):
    """A socio-economic region of one map."""

    __tablename__ = "region"

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    macro_region: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class ProvinceUnit(Base):
    """A province or municipality while one map was in force; a bare code is ambiguous."""

    __tablename__ = "province_unit"
    __table_args__ = (
        ForeignKeyConstraint(["region", "version"], ["region.id", "region.version"]),
        CheckConstraint("version in ('2008', '2025')", name="version_known"),
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="period_in_order"),
        CheckConstraint("(version = '2008') = (becomes is not null)", name="old_units_become_new"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    full_name: Mapped[str]
    kind: Mapped[str]
    aliases: Mapped[list[str]]
    codename: Mapped[str]
    region: Mapped[str]
    macro_region: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    becomes: Mapped[str | None]
    iso3166_2: Mapped[str | None]
    latitude: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    longitude: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class ProvinceTermRow(Base):
    """What a province was called and was during part of its time, by the resolution that changed it."""

    __tablename__ = "province_term"
    __table_args__ = (
        ForeignKeyConstraint(["code", "version"], ["province_unit.code", "province_unit.version"]),
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="period_in_order"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    kind: Mapped[str]
    full_name: Mapped[str]
    resolution: Mapped[str]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class DistrictRow(Base):
    """A district, or a town or city below a province, until 2025-06-30."""

    __tablename__ = "district"

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    province: Mapped[str]
    valid_to: Mapped[date]
    becomes: Mapped[list[str]]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class CommuneRow(Base):
    """A commune, ward, township or special zone of the old list or of today's."""

    __tablename__ = "commune"
    __table_args__ = (
        CheckConstraint("version in ('2024', '2025')", name="version_known"),
        CheckConstraint("(version = '2024') = (district_code is not null)", name="old_communes_lie_in_districts"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    province: Mapped[str] = mapped_column("province_code")
    district: Mapped[str | None] = mapped_column("district_code", ForeignKey("district.code"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    becomes: Mapped[list[str]]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class ProgrammeGroupRow(Base):
    """The provinces of one cooperation programme."""

    __tablename__ = "programme_group"

    id: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    version: Mapped[str]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class ProgrammeGroupMember(Base):
    """A province in a programme group, as it was when the programme was agreed."""

    __tablename__ = "programme_group_member"
    __table_args__ = (ForeignKeyConstraint(["code", "version"], ["province_unit.code", "province_unit.version"]),)

    group_id: Mapped[str] = mapped_column(ForeignKey("programme_group.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class CategoryRow(Base):
    """A group of goods."""

    __tablename__ = "category"

    id: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str | None] = mapped_column("parent_id", ForeignKey("category.id"))
    name_vi: Mapped[str]
    name_en: Mapped[str]
    ocop: Mapped[str | None]
    perishable: Mapped[bool]
    fresh: Mapped[bool]
    heads: Mapped[list[str]]
    words: Mapped[list[str]]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class FormRow(Base):
    """How goods come."""

    __tablename__ = "goods_form"

    id: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str | None] = mapped_column("parent_id", ForeignKey("goods_form.id"))
    name_vi: Mapped[str]
    name_en: Mapped[str]
    heads: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    tails: Mapped[list[str]]
    english: Mapped[list[str]]
    category: Mapped[dict[str, Any]] = mapped_column(JSONB)
    unchanged: Mapped[list[str]]
    vetoes: Mapped[bool]
    alone: Mapped[bool]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class SpecificationRow(Base):
    """A grade, size or packing of goods."""

    __tablename__ = "goods_specification"
    __table_args__ = (
        CheckConstraint("kind in ('grade', 'size', 'packing')", name="kind_known"),
        CheckConstraint("(measure is null) = (factor is null)", name="scales_have_factors"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    parent: Mapped[str | None] = mapped_column("parent_id", ForeignKey("goods_specification.id"))
    name_vi: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]
    names: Mapped[list[str]]
    categories: Mapped[list[str]]
    concepts: Mapped[list[str]]
    rank: Mapped[int | None]
    measure: Mapped[str | None]
    factor: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    example: Mapped[str | None]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class PartRow(Base):
    """Which part of a plant or animal."""

    __tablename__ = "goods_part"

    id: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    heads: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    english: Mapped[list[str]]
    category: Mapped[dict[str, Any]] = mapped_column(JSONB)
    unchanged: Mapped[list[str]]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class ConceptRow(Base):
    """What goods are, whatever they are called."""

    __tablename__ = "concept"
    __table_args__ = (CheckConstraint("id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="id_survives_folding"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str | None] = mapped_column("parent_id", ForeignKey("concept.id"), index=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    category: Mapped[str]
    hs4: Mapped[str | None]
    units: Mapped[list[str]]
    harvest_months: Mapped[list[int] | None]
    provinces: Mapped[list[str] | None]
    of: Mapped[str | None] = mapped_column("of_id", ForeignKey("concept.id"))
    form: Mapped[str | None] = mapped_column("form_id", ForeignKey("goods_form.id"))
    part: Mapped[str | None] = mapped_column("part_id", ForeignKey("goods_part.id"))
    holds: Mapped[str | None] = mapped_column("holds_category_id", ForeignKey("category.id"))
    natural: Mapped[str | None] = mapped_column("natural_part_id", ForeignKey("goods_part.id"))
    material: Mapped[bool] = mapped_column(default=False, server_default=false())
    descriptors: Mapped[list[str]] = mapped_column(server_default="{}")
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class ConceptNameRow(Base):
    """A further name of a concept."""

    __tablename__ = "concept_name"
    __table_args__ = (Index("ix_concept_name_name", "name"),)

    concept_id: Mapped[str] = mapped_column(ForeignKey("concept.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    regions: Mapped[list[str] | None]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class MeasurementUnit(Base):
    """A unit of measure; factors only where they are the same everywhere."""

    __tablename__ = "measurement_unit"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(kg_factor, litre_factor, piece_factor) <= 1",
            name="one_factor",
        ),
        CheckConstraint(
            "dimension in ('mass', 'volume', 'count', 'bundle', 'package')",
            name="dimension_known",
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    aliases: Mapped[list[str]]
    kg_factor: Mapped[Decimal | None] = mapped_column(Numeric(12, 6))
    litre_factor: Mapped[Decimal | None] = mapped_column(Numeric(12, 6))
    piece_factor: Mapped[Decimal | None] = mapped_column(Numeric(12, 6))
    recommendation: Mapped[str | None]
    note_vi: Mapped[str | None]
    note_en: Mapped[str | None]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class CertificationScheme(Base):
    """A kind of certificate or recognition."""

    __tablename__ = "certification_scheme"

    id: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str | None] = mapped_column("parent_id", ForeignKey("certification_scheme.id"))
    name_vi: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]
    number_pattern: Mapped[str | None]
    number_example: Mapped[str | None]
    number_form: Mapped[str | None]
    check: Mapped[str | None] = mapped_column("number_check")
    validity_months: Mapped[int | None]
    validity_note: Mapped[str | None]
    issuer: Mapped[str | None]
    law: Mapped[str | None]
    standard: Mapped[str | None]
    levels: Mapped[list[int]]
    renewal_window_days: Mapped[int | None]
    confidence: Mapped[str | None]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class SchemeRuleRow(Base):
    """Who grants a level of a scheme during a period."""

    __tablename__ = "scheme_rule"

    scheme: Mapped[str] = mapped_column("scheme_id", ForeignKey("certification_scheme.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    granted_by: Mapped[str]
    authority_vi: Mapped[str]
    source: Mapped[str]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class HomographReadingRow(Base):
    """One meaning of a word that names different things by region."""

    __tablename__ = "homograph_reading"
    __table_args__ = (CheckConstraint("num_nonnulls(concept_id, unit_code) = 1", name="one_meaning"),)

    word: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    concept: Mapped[str | None] = mapped_column("concept_id", ForeignKey("concept.id"))
    unit: Mapped[str | None] = mapped_column("unit_code", ForeignKey("measurement_unit.code"))
    regions: Mapped[list[str] | None]
    note_vi: Mapped[str | None]
    note_en: Mapped[str | None]
    near: Mapped[list[str]] = mapped_column(server_default="{}")
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


DecisionKind = Literal["name_of", "commodity", "form", "variety", "not_ours"]


class GoodsName(Entity):
    """A name of goods that nothing explained when somebody first used it."""

    __tablename__ = "goods_name"

    key: Mapped[str] = mapped_column(unique=True)
    """Its words without marks, so that each name stands here once."""
    name: Mapped[str]
    """As it was first written."""
    category_id: Mapped[str]
    state: Mapped[Literal["open", "decided"]] = mapped_column(default="open")
    may_be: Mapped[list[str]] = mapped_column(server_default="{}")


class GoodsDecision(Base):
    """What an officer decided about a name. Never changed or deleted: a later decision supersedes it."""

    __tablename__ = "goods_decision"
    __table_args__ = (
        Index("uq_goods_decision_in_force", "name_id", unique=True, postgresql_where=text("superseded_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    name_id: Mapped[UUID] = mapped_column(ForeignKey("goods_name.id"))
    kind: Mapped[DecisionKind]
    name: Mapped[str]
    name_en: Mapped[str | None]
    concept_id: Mapped[str | None]
    parent_id: Mapped[str | None]
    form_id: Mapped[str | None]
    place: Mapped[str | None]
    """Where a word for a form stands: head (before goods) or tail (after)."""
    category_id: Mapped[str | None]
    regions: Mapped[list[str] | None]
    note: Mapped[str | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    superseded_at: Mapped[datetime | None]


class ReferenceState(Base):
    """Which version of the reference data is in force: a process that holds an older one reads it again."""

    __tablename__ = "reference_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
