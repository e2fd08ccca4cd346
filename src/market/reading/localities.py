"""Names of places below a province that people add to goods, many of them with goods inside: Cam Lâm, Chợ Gạo, Na Rì.

Districts were abolished on 2025-07-01 (Nghị quyết 203/2025/QH15), but produce goes on being called after them. They are
words to look for, never goods, and no condition: where somebody sells from is told by the province.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from market.reference.catalogue import Catalogue
from market.reference.records import Commune, District
from market.reference.types import is_remembered, remembered
from market.vietnamese.text import fold, words

NEITHER_DISTRICT_NOR_COMMUNE = (
    "Suối Giàng", "Cát Bà", "Phan Rí", "Cầu Đất", "Bà Đen", "U Minh Hạ", "Tắc Cậu", "Cầu Đúc", "Vũng Thơm",
    "Rạch Gốc", "Hòn Tre", "Nam Du", "Cái Mơn", "Vĩnh Kim", "Lái Thiêu", "Bà Nà", "Cồn Sơn", "Tân Triều", "Mũi Né",
)  # fmt: skip
"""Islands, hills and landings that goods are called after."""
FEWEST_WORDS = 2
WORDS = frozenset({"Thảo Nguyên", "Đất Đỏ", "Bình Minh", "An Toàn", "Hạnh Phúc", "Thành Công", "Độc Lập"})
"""Places whose names people read as the words they are."""
MOST_APART = 12
"""Places that are kept out of an answer to a word of their name."""


def place_names(catalogue: Catalogue) -> tuple[str, ...]:
    """Districts there were, communes of today and a few other places, by name.

    Names of one word, and those that places of several provinces have, name too much: they stay words.
    """
    places = catalogue.places
    below: list[Commune | District] = [*places.districts]
    below += [place for place in places.communes if place.version == "2025"]
    provinces: dict[str, set[str]] = {}
    for place in below:
        if _is_name(place.name) and place.name not in WORDS:
            province = catalogue.today(catalogue.province_of(place))
            provinces.setdefault(place.name, set()).add(province.code)
    names = [name for name, homes in provinces.items() if len(homes) == 1]
    return (*names, *NEITHER_DISTRICT_NOR_COMMUNE)


def _is_name(name: str) -> bool:
    return len(name.split()) >= FEWEST_WORDS and not any(letter.isdigit() for letter in name)


def apart_from(names: Iterable[str], others: Iterable[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The names, as words, that nobody takes for something else.

    Left out is what another name is too (Thanh Long), marks aside, or holds with other marks: Cái Bè is in cải bẹ
    xanh. Tiêu Phú Quốc holds Phú Quốc itself.
    """
    whole: set[str] = set()
    inside: dict[str, set[str]] = defaultdict(set)
    for other in others:
        folded = [fold(word) for word in other]
        whole.add(" ".join(folded))
        for first in range(len(other)):
            for last in range(first + FEWEST_WORDS, len(other) + 1):
                inside[" ".join(folded[first:last])].add(" ".join(other[first:last]))
    for name in names:
        spelled = tuple(words(name))
        letters = " ".join([fold(word) for word in spelled])
        if letters not in whole and inside.get(letters, set()) <= {" ".join(spelled)}:
            yield spelled


def places_with(words: str) -> tuple[str, ...]:
    """The names of these places that hold some words, marks aside, and more: Chợ Gạo holds gạo."""
    sought = f" {fold(words)} "
    first, _, _ = sought[1:].partition(" ")
    by_word = _by_word(remembered() if is_remembered() else None)
    held = [place for place, folded in by_word.get(first, ()) if sought in folded and sought != folded]
    return tuple(held[:MOST_APART])


def is_place(words: str) -> bool:
    """Whether one of these places is called so, marks aside: Phú Quốc is one, though goods are called after it."""
    sought = f" {fold(words)} "
    first, _, _ = sought[1:].partition(" ")
    by_word = _by_word(remembered() if is_remembered() else None)
    return any(sought == folded for _, folded in by_word.get(first, ()))


@lru_cache(maxsize=1)
def _by_word(catalogue: Catalogue | None) -> dict[str, tuple[tuple[str, str], ...]]:
    """The places in lower case, and without marks between blanks, by each of their words."""
    found: dict[str, list[tuple[str, str]]] = {}
    for place in place_names(catalogue) if catalogue else NEITHER_DISTRICT_NOR_COMMUNE:
        for word in dict.fromkeys(fold(place).split()):
            found.setdefault(word, []).append((place.lower(), f" {fold(place)} "))
    return {word: tuple(places) for word, places in found.items()}


def names_around(catalogue: Catalogue, commune: Commune) -> tuple[str, ...]:
    """Everything that a commune is called after: itself, what it is today, and the districts it lay in."""
    places = catalogue.places
    around: list[Commune | District] = [commune, *places.today(commune), *places.districts_of(commune)]
    return tuple(dict.fromkeys(place.name for place in around))
