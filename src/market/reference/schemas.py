"""Reference data as the API takes and gives it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer

from market.core.schemas import Answer, Code, Day, Schema
from market.reference.addresses import Address
from market.reference.catalogue import Catalogue
from market.reference.records import (
    CURRENT,
    Commune,
    CommuneVersion,
    District,
    MacroRegion,
    Province,
    ProvinceTerm,
    Region,
    Scheme,
    SchemeRule,
    Unit,
    Version,
)

Plain = Annotated[Decimal, PlainSerializer(lambda value: format(value.normalize(), "f"), return_type=str)]
"""A number as a string, without needless zeros."""


class ProvinceRef(Schema):
    """A province as one writes it: version "2025" (34 units, the default) or "2008" (63 units until 2025-06-30)."""

    code: Code
    version: Version = CURRENT


class UnitOfMap(Answer):
    """A province of one map, by name."""

    code: str
    version: Version
    name: str

    @classmethod
    def of(cls, province: Province) -> UnitOfMap:
        return cls(code=province.code, version=province.version, name=province.name)


class ProvinceOut(UnitOfMap):
    """A province as recorded, and as it is today."""

    today: UnitOfMap

    @classmethod
    def within(cls, catalogue: Catalogue, province: Province) -> ProvinceOut:
        today = UnitOfMap.of(catalogue.today(province))
        return cls(code=province.code, version=province.version, name=province.name, today=today)


class CommuneRef(Schema):
    """A commune as one writes it: version "2025" (in force since 2025-07-01, the default) or "2024" (until then)."""

    code: Code
    version: CommuneVersion = "2025"


class CommuneName(Answer):
    """A commune of one list, by name; `kind` is its Vietnamese word: xã, phường, thị trấn, đặc khu."""

    code: str
    version: CommuneVersion
    kind: str
    name: str

    @classmethod
    def of(cls, commune: Commune) -> CommuneName:
        return cls(code=commune.code, version=commune.version, kind=commune.kind, name=commune.name)


class CommuneOut(CommuneName):
    """A commune as recorded, and as it is today."""

    today: list[CommuneName]
    """The communes with its territory today: one mostly, several where it was parted, none where that is not known."""

    @classmethod
    def within(cls, catalogue: Catalogue, commune: Commune) -> CommuneOut:
        today = [CommuneName.of(one) for one in catalogue.places.today(commune)]
        return cls(**CommuneName.of(commune).model_dump(), today=today)


def commune_out(catalogue: Catalogue, code: str | None, version: CommuneVersion | None) -> CommuneOut | None:
    """A recorded commune as answers say it; None where none was recorded."""
    if code is None or version is None:
        return None
    return CommuneOut.within(catalogue, catalogue.places.commune(code, version))


class DistrictName(Answer):
    """A district, or a town or city below a province, until 2025-06-30."""

    code: str
    kind: str
    name: str

    @classmethod
    def of(cls, district: District) -> DistrictName:
        return cls(code=district.code, kind=district.kind, name=district.name)


class CommuneDetail(CommuneOut):
    """A commune with where it lies; `label` tells it from others of its name."""

    label: str
    province: ProvinceOut
    districts: list[DistrictName]
    """The district it lay in; of a commune of today, those its parts came from."""
    valid_from: date | None
    valid_to: date | None

    @classmethod
    def of_place(cls, catalogue: Catalogue, commune: Commune) -> CommuneDetail:
        districts = catalogue.places.districts_of(commune)
        province = catalogue.province_of(commune)
        below = [f"{one.kind} {one.name}" for one in districts] if commune.district else []
        return cls(
            **CommuneOut.within(catalogue, commune).model_dump(),
            label=", ".join([f"{commune.kind} {commune.name}", *below, province.name]),
            province=ProvinceOut.within(catalogue, province),
            districts=[DistrictName.of(district) for district in districts],
            valid_from=commune.valid_from,
            valid_to=commune.valid_to,
        )


class DistrictDetail(DistrictName):
    """A district with its province and the communes that have its territory today."""

    label: str
    province: ProvinceOut
    valid_to: date
    today: list[CommuneName]

    @classmethod
    def of_place(cls, catalogue: Catalogue, district: District) -> DistrictDetail:
        province = catalogue.province_of(district)
        return cls(
            **DistrictName.of(district).model_dump(),
            label=f"{district.kind} {district.name}, {province.name}",
            province=ProvinceOut.within(catalogue, province),
            valid_to=district.valid_to,
            today=[CommuneName.of(commune) for commune in catalogue.places.today(district)],
        )


class AddressOut(Answer):
    """What an address names; what it does not, or names twice, is null or empty."""

    text: str
    province: ProvinceOut | None
    district: DistrictName | None
    communes: list[CommuneDetail]
    """The communes it may mean: one when it is clear."""

    @classmethod
    def of_address(cls, catalogue: Catalogue, text: str, address: Address) -> AddressOut:
        province, district = address.province, address.district
        return cls(
            text=text,
            province=ProvinceOut.within(catalogue, province) if province else None,
            district=DistrictName.of(district) if district else None,
            communes=[CommuneDetail.of_place(catalogue, commune) for commune in address.communes],
        )


class ProvinceTermOut(Answer):
    """What a province was called and was during part of its time, by the resolution that changed it."""

    valid_from: date
    valid_to: date | None
    kind: str
    full_name: str
    resolution: str

    @classmethod
    def of(cls, term: ProvinceTerm) -> ProvinceTermOut:
        return cls.model_validate(term)


class ProvinceDetail(ProvinceOut):
    """A province with everything known of it."""

    full_name: str
    kind: str
    aliases: list[str]
    codename: str
    region: str
    macro_region: MacroRegion
    valid_from: date
    valid_to: date | None
    iso3166_2: str | None
    latitude: Plain
    longitude: Plain
    formed_from: list[UnitOfMap]
    """For a unit of today, the units of 2008 that it is made of."""
    programmes: list[str]
    """Ids of the programme groups that hold the unit, or territory that is in it today."""
    terms: list[ProvinceTermOut]
    """Times in which it was called or was something else (a province that became a city), with the resolution."""

    @classmethod
    def within(cls, catalogue: Catalogue, province: Province) -> ProvinceDetail:
        return cls.on(catalogue, province, province.valid_from)

    @classmethod
    def on(cls, catalogue: Catalogue, province: Province, day: date) -> ProvinceDetail:
        """The province with the kind and full name it had on a day."""
        term = catalogue.term_on(province, day)
        groups = [
            group.id
            for group in catalogue.programme_groups
            if province in catalogue.programme_provinces(group.id)
            or province in catalogue.programme_provinces_today(group.id)
        ]
        return cls(
            **ProvinceOut.within(catalogue, province).model_dump(),
            full_name=term.full_name if term else province.full_name,
            kind=term.kind if term else province.kind,
            terms=[ProvinceTermOut.of(one) for one in catalogue.terms(province)],
            aliases=list(province.aliases),
            codename=province.codename,
            region=province.region,
            macro_region=province.macro_region,
            valid_from=province.valid_from,
            valid_to=province.valid_to,
            iso3166_2=province.iso3166_2,
            latitude=province.latitude,
            longitude=province.longitude,
            formed_from=[UnitOfMap.of(part) for part in catalogue.formed_from(province)],
            programmes=groups,
        )


class RegionOut(Answer):
    """A socio-economic region of one map and the codes of its provinces."""

    id: str
    version: Version
    name_vi: str
    name_en: str
    macro_region: MacroRegion
    valid_from: date
    valid_to: date | None
    provinces: list[str]

    @classmethod
    def within(cls, catalogue: Catalogue, region: Region) -> RegionOut:
        provinces = [province.code for province in catalogue.provinces_of_region(region.id, region.version)]
        return cls(
            id=region.id,
            version=region.version,
            name_vi=region.name_vi,
            name_en=region.name_en,
            macro_region=region.macro_region,
            valid_from=region.valid_from,
            valid_to=region.valid_to,
            provinces=provinces,
        )


class UnitOut(Answer):
    """A unit of measure. Without a factor it is never converted."""

    code: str
    dimension: str
    name_vi: str
    name_en: str
    aliases: list[str]
    kg_factor: Plain | None
    litre_factor: Plain | None
    piece_factor: Plain | None
    recommendation: str | None
    note_vi: str | None
    note_en: str | None

    @classmethod
    def of(cls, unit: Unit) -> UnitOut:
        return cls.model_validate(unit)


class SchemeRuleOut(Answer):
    """Who grants a level during a period, and by which text."""

    level: int
    valid_from: date
    valid_to: date | None
    granted_by: str
    authority_vi: str
    source: str

    @classmethod
    def of(cls, rule: SchemeRule) -> SchemeRuleOut:
        return cls.model_validate(rule)


class SchemeOut(Answer):
    """A kind of certificate or recognition. Number patterns are hints and never refuse."""

    id: str
    parent: str | None
    name_vi: str
    name_en: str
    kind: str
    number_pattern: str | None
    number_example: str | None
    number_form: str | None
    check: str | None
    validity_months: int | None
    validity_note: str | None
    issuer: str | None
    law: str | None
    standard: str | None
    levels: list[int]
    renewal_window_days: int | None
    confidence: str | None
    rules: list[SchemeRuleOut] = Field(default_factory=list)

    @classmethod
    def within(cls, catalogue: Catalogue, scheme: Scheme) -> SchemeOut:
        rules = [SchemeRuleOut.of(rule) for rule in catalogue.scheme_rules(scheme.id)]
        return cls.model_validate(scheme).model_copy(update={"rules": rules})


class WholeListQuery(Schema):
    limit: int | None = Field(
        default=None, ge=1, le=1000, description="Only the first so many; left out, the whole list, which has no pages"
    )


class ProvinceQuery(WholeListQuery):
    """Which map."""

    on: Day | None = Field(default=None, description="Units in force on this day; today when left out")


class CommuneQuery(Schema):
    """Which communes."""

    q: str | None = Field(default=None, max_length=100, description="As typed so far, with or without marks")
    province: str | None = Field(
        default=None, max_length=12, description="Code of today, or `2008:83` for a province of before"
    )
    on: Day | None = Field(default=None, description="Communes in force on this day; today when left out")
    limit: int = Field(default=20, ge=1, le=100, description="Items in the answer, the closest first")


class DistrictQuery(Schema):
    """Which of the districts there were."""

    q: str | None = Field(default=None, max_length=100, description="As typed so far, with or without marks")
    province: str | None = Field(
        default=None, max_length=12, description="Code of today, or `2008:83` for a province of before"
    )
    limit: int = Field(default=20, ge=1, le=100, description="Items in the answer, the closest first")


class AddressQuery(Schema):
    """An address as people write it."""

    q: str = Field(max_length=300, description="For example: xã Cò Nòi, huyện Mai Sơn, tỉnh Sơn La")
