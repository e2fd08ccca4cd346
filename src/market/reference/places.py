"""Places below a province: the communes of today, and the districts and communes there were until 2025-06-30."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from market.reference.indexes import InconsistentReference, by_key, places_by_name, places_called
from market.reference.records import Commune, CommuneVersion, District, Province
from market.vietnamese.spelling import folded, place_spelling

CommuneKey = tuple[str, CommuneVersion]


@dataclass(frozen=True, slots=True)
class Named:
    """A place with its name ready to be compared."""

    place: Commune | District
    written: str
    letters: str


class Places:
    """All communes and districts. Look-ups by key raise `LookupError`; `find_*` answers None instead.

    Names are indexed when somebody first asks by name: most processes never do.
    """

    def __init__(self, communes: Iterable[Commune], districts: Iterable[District]) -> None:
        self._communes = by_key(((c.key, c) for c in communes), "commune")
        self._districts = by_key(((d.code, d) for d in districts), "district")
        self._in_district: dict[str, list[Commune]] = defaultdict(list)
        for commune in self._communes.values():
            if commune.district is not None:
                if commune.district not in self._districts:
                    raise InconsistentReference(f"commune {commune.key} lies in no district")
                self._in_district[commune.district].append(commune)
            if missing := [code for code in commune.becomes if (code, "2025") not in self._communes]:
                raise InconsistentReference(f"commune {commune.key} becomes {missing}, which are none")

    @property
    def communes(self) -> tuple[Commune, ...]:
        """Those of both lists."""
        return tuple(commune for commune in self._communes.values() if not commune.retired)

    @property
    def districts(self) -> tuple[District, ...]:
        return tuple(district for district in self._districts.values() if not district.retired)

    def commune(self, code: str, version: CommuneVersion = "2025") -> Commune:
        return self._communes[(code, version)]

    def find_commune(self, code: str, version: CommuneVersion = "2025") -> Commune | None:
        return self._communes.get((code, version))

    def district(self, code: str) -> District:
        return self._districts[code]

    def find_district(self, code: str) -> District | None:
        return self._districts.get(code)

    def communes_of(self, district: District) -> tuple[Commune, ...]:
        """The communes that lay in a district when it ended."""
        return tuple(self._in_district.get(district.code, ()))

    def today(self, place: Commune | District) -> tuple[Commune, ...]:
        """The communes of today with territory of a place; itself for one of today, none when that is not known."""
        if isinstance(place, Commune) and place.version == "2025":
            return (place,)
        parts = self.communes_of(place) if isinstance(place, District) else ()
        codes = dict.fromkeys([*place.becomes, *(code for part in parts for code in part.becomes)])
        return tuple(self._communes[(code, "2025")] for code in codes)

    def formed_from(self, commune: Commune) -> tuple[Commune, ...]:
        """The old communes with territory in a commune of today."""
        return tuple(self._parts.get(commune.code, ())) if commune.version == "2025" else ()

    def districts_of(self, commune: Commune) -> tuple[District, ...]:
        """The districts that a commune lay in; of one of today, those its parts came from."""
        parts = (commune,) if commune.district is not None else self.formed_from(commune)
        codes = dict.fromkeys(part.district for part in parts if part.district is not None)
        return tuple(self._districts[code] for code in codes)

    @cached_property
    def _parts(self) -> dict[str, list[Commune]]:
        found: dict[str, list[Commune]] = defaultdict(list)
        for commune in self._communes.values():
            for code in commune.becomes:
                found[code].append(commune)
        return dict(found)

    @cached_property
    def named(self) -> tuple[Named, ...]:
        """Every place that is not retired, with its name without the word for its kind."""
        places: list[Commune | District] = [*self.districts, *self.communes]
        spelled = ((place, place_spelling(place.name)) for place in places)
        return tuple(Named(place, name, folded(name)) for place, name in spelled)

    @cached_property
    def _names(self) -> dict[str, list[tuple[str, int]]]:
        return places_by_name((number, [one.written]) for number, one in enumerate(self.named))

    def called(self, text: str) -> tuple[Commune | District, ...]:
        """Every place of that name, in whatever province; marks count on the syllables that have any."""
        return tuple(self.named[number].place for number in places_called(self._names, place_spelling(text)))


def lies_in(place: Commune | District, province: Province, *, today: Callable[[Province], Province]) -> bool:
    """Whether a place lies in a province of either map, as far as that is known.

    A commune of today lies in an old province only if its own province was formed of that one too; then it may.
    """
    version = "2025" if isinstance(place, Commune) and place.version == "2025" else "2008"
    if version == province.version:
        return place.province == province.code
    if version == "2025":
        return today(province).code == place.province
    return False
