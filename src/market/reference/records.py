"""What the catalogue is made of: plain records, the same from the seed files and from the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Version = Literal["2008", "2025"]
"""The map a unit belongs to: 63 units from 2008-08-01 to 2025-06-30, 34 since 2025-07-01."""

MacroRegion = Literal["bac", "trung", "nam"]
"""North, Centre and South in everyday speech."""

Certainty = Literal["given", "certain", "guessed", "open"]
"""How goods were told: their author said so, the title says so, it most likely does, or nobody knows yet."""

CURRENT: Version = "2025"


@dataclass(frozen=True, slots=True)
class Region:
    """A socio-economic region of one map."""

    id: str
    version: Version
    name_vi: str
    name_en: str
    macro_region: MacroRegion
    valid_from: date
    valid_to: date | None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Province:
    """A province or municipality as it was while `version` was the map. Its key is `(code, version)`."""

    code: str
    version: Version
    name: str
    full_name: str
    kind: Literal["municipality", "province"]
    aliases: tuple[str, ...]
    codename: str
    region: str
    macro_region: MacroRegion
    valid_from: date
    valid_to: date | None
    """The last day; None for the units of today."""
    becomes: str | None
    """For a unit of 2008, the code of the unit of 2025 that its territory belongs to."""
    iso3166_2: str | None
    latitude: Decimal
    longitude: Decimal
    """Approximate place of the administrative centre, in degrees."""
    retired: bool = False

    @property
    def key(self) -> tuple[str, Version]:
        return (self.code, self.version)


@dataclass(frozen=True, slots=True)
class ProvinceTerm:
    """What a unit was called and was during part of its time, by the resolution that changed it."""

    code: str
    version: Version
    valid_from: date
    valid_to: date | None
    kind: Literal["municipality", "province"]
    full_name: str
    resolution: str
    retired: bool = False


CommuneVersion = Literal["2024", "2025"]
"""The list a commune stands in: the one of January 2025, in force until 2025-06-30, or today's."""


@dataclass(frozen=True, slots=True)
class District:
    """A district, or a town or city below a province; all ended on 2025-06-30."""

    code: str
    kind: str
    name: str
    province: str
    """Code of the unit of 2008."""
    valid_to: date
    becomes: tuple[str, ...]
    """Communes of today, where the district had no communes of its own: Lý Sơn."""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, ward, township or special zone of one list. Its key is `(code, version)`."""

    code: str
    version: CommuneVersion
    kind: str
    name: str
    province: str
    """Code on the map of the same time: of 2008 for the old list, of 2025 for today's."""
    district: str | None
    valid_from: date | None
    """The first day; None when only known to be before 2025-01-11."""
    valid_to: date | None
    becomes: tuple[str, ...]
    """For an old commune, the codes of today's with territory of it; empty when not known."""
    retired: bool = False

    @property
    def key(self) -> tuple[str, CommuneVersion]:
        return (self.code, self.version)


@dataclass(frozen=True, slots=True)
class ProgrammeGroup:
    """The provinces that Ho Chi Minh City has one cooperation programme with, as they were when it was agreed."""

    id: str
    name_vi: str
    name_en: str
    version: Version
    members: tuple[str, ...]
    retired: bool = False


@dataclass(frozen=True, slots=True)
class ConceptName:
    """A further name of a concept; `regions` says where it is the everyday word, None for a trade name or spelling."""

    name: str
    regions: tuple[MacroRegion, ...] | None


@dataclass(frozen=True, slots=True)
class Category:
    """A group of goods in the tree that OCOP's groups head; rules read what it says, never its id.

    `perishable`: dried or made into something its goods become others. `fresh`: that is how they come unless said
    otherwise. `heads` are class nouns that place what no other name explains (cá, rau, bánh); `words` ask for all.
    """

    id: str
    parent: str | None
    name_vi: str
    name_en: str
    ocop: str | None = None
    perishable: bool = False
    fresh: bool = False
    heads: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    retired: bool = False


@dataclass(frozen=True, slots=True)
class HeadWord:
    """A word before the name of goods that says their form or part; `of`: only before goods of these categories."""

    word: str
    regions: tuple[MacroRegion, ...] | None = None
    of: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """How goods come: dried, as powder, as oil, woven. FoodEx2 calls it a process facet.

    `category` says in which category goods of one category are once they come so ("*": any); `unchanged` are
    categories whose goods come so anyway. What `vetoes` is a thing that no later name of goods may claim (a broom of
    coconut fibre is a broom); what stands `alone` is goods without saying of what.
    """

    id: str
    parent: str | None
    name_vi: str
    name_en: str
    heads: tuple[HeadWord, ...] = ()
    tails: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    category: Mapping[str, str] = field(default_factory=dict, hash=False)
    unchanged: tuple[str, ...] = ()
    vetoes: bool = False
    alone: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a plant or animal: leaf, seed, belly. FoodEx2 calls it a part facet."""

    id: str
    name_vi: str
    name_en: str
    heads: tuple[HeadWord, ...] = ()
    english: tuple[str, ...] = ()
    category: Mapping[str, str] = field(default_factory=dict, hash=False)
    unchanged: tuple[str, ...] = ()
    """Categories whose goods are that part anyway: a nut is a seed."""
    retired: bool = False


SpecificationKind = Literal["grade", "size", "packing"]


@dataclass(frozen=True, slots=True)
class Specification:
    """A grade, size or packing that goods of some categories or concepts are offered in.

    One with a `measure` is a scale: a number or a range stands beside its name, and `factor` of the measure's unit is
    one of it. Of grades with a `rank`, a lower one is better than a higher.
    """

    id: str
    kind: SpecificationKind
    parent: str | None
    name_vi: str
    name_en: str
    position: int
    """Of several that a word without marks may mean, the first is meant."""
    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    rank: int | None = None
    measure: str | None = None
    factor: Decimal | None = None
    example: str | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Goods:
    """What a concept is: a commodity, and the form and part that it comes in where they are not its usual ones."""

    commodity: str
    form: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Concept:
    """What goods are, whatever they are called. `harvest_months` and `provinces` are editorial, not statistics.

    `of`, `form` and `part` say of which commodity a derived concept is: dried-mango is mango, dried. `natural` is the
    part that it is sold as anyway; a `material` is what handicrafts are made of.
    """

    id: str
    parent: str | None
    name_vi: str
    name_en: str
    category: str
    hs4: str | None
    units: tuple[str, ...]
    harvest_months: tuple[int, ...] | None
    provinces: tuple[str, ...] | None
    """Best-known producing provinces, codes of 2008."""
    names: tuple[ConceptName, ...]
    of: str | None = None
    form: str | None = None
    part: str | None = None
    holds: str | None = None
    """Category whose goods in this concept's form are kinds of it: dried fruit holds every fruit, dried."""
    natural: str | None = None
    material: bool = False
    descriptors: tuple[str, ...] = ()
    """Words that stand beside these goods and say nothing else."""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure. A factor is present only where it is the same everywhere; at most one of the three is."""

    code: str
    dimension: Literal["mass", "volume", "count", "bundle", "package"]
    name_vi: str
    name_en: str
    aliases: tuple[str, ...]
    kg_factor: Decimal | None
    litre_factor: Decimal | None
    piece_factor: Decimal | None
    recommendation: str | None
    """UN/CEFACT recommendation of the code, "20" or "21"; None for units of this market (VN-...)."""
    note_vi: str | None
    note_en: str | None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Scheme:
    """A kind of certificate or recognition. Number patterns are hints: they warn and never refuse."""

    id: str
    parent: str | None
    name_vi: str
    name_en: str
    kind: str
    number_pattern: str | None
    number_example: str | None
    number_form: str | None
    check: Literal["ean"] | None
    """A check digit that the number must carry, if the scheme has one."""
    validity_months: int | None
    validity_note: str | None
    issuer: str | None
    law: str | None
    standard: str | None
    levels: tuple[int, ...]
    """Levels that are certificates (OCOP: 3, 4, 5 stars); empty when the scheme has none."""
    renewal_window_days: int | None
    confidence: str | None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class SchemeRule:
    """Who grants a level of a scheme during a period, and by which text."""

    scheme: str
    level: int
    valid_from: date
    valid_to: date | None
    granted_by: str
    authority_vi: str
    source: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class HomographReading:
    """One meaning of a word that names different things by region; rank 1 is the commonest."""

    word: str
    rank: int
    concept: str | None
    unit: str | None
    regions: tuple[MacroRegion, ...] | None
    note_vi: str | None
    note_en: str | None
    near: tuple[str, ...] = ()
    """Words of the same text that decide for this meaning: táo of New Zealand is an apple."""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class ReferenceRecords:
    """Everything a catalogue is built from."""

    regions: tuple[Region, ...]
    provinces: tuple[Province, ...]
    programme_groups: tuple[ProgrammeGroup, ...]
    categories: tuple[Category, ...]
    forms: tuple[Form, ...]
    parts: tuple[Part, ...]
    concepts: tuple[Concept, ...]
    units: tuple[Unit, ...]
    schemes: tuple[Scheme, ...]
    scheme_rules: tuple[SchemeRule, ...]
    homographs: tuple[HomographReading, ...]
    province_terms: tuple[ProvinceTerm, ...] = ()
    specifications: tuple[Specification, ...] = ()
    districts: tuple[District, ...] = ()
    communes: tuple[Commune, ...] = ()
