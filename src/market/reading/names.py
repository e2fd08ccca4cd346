"""Every name a query can hold, as entries of one list: goods, places, schemes, seasons, and words that say nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from market.reading import everyday_words as everyday
from market.reading.commonness import HOMOGRAPH_RANKS, NAME_WEIGHTS, NameKind, concept_weight
from market.reading.localities import apart_from, place_names
from market.reference.catalogue import Catalogue, province_names
from market.reference.records import Concept, HomographReading
from market.vietnamese.text import fold, words

EntryKind = Literal[
    "concept", "province", "region", "macro_region", "scheme", "season", "tet", "filler", "separator", "producer",
    "certificate_word", "word", "locality",
]  # fmt: skip


@lru_cache(maxsize=32_768)
def _folded(words: tuple[str, ...]) -> str:
    return " ".join([fold(word) for word in words])


@dataclass(frozen=True, slots=True)
class Entry:
    """A name: its words as `market.vietnamese.text` spells them, and what it names.

    `keys` are concept ids, codes with versions ("83/2008"), region ids with versions, scheme ids or macro-regions;
    those of a plain word are the category that it names, if any.
    `weight` orders the readings of one word; `regions` are where a word for goods is the everyday one. `beyond` are
    how many of the last words tell some of the goods from the others: the Phú Quốc of tiêu Phú Quốc.
    """

    kind: EntryKind
    words: tuple[str, ...]
    keys: tuple[str, ...]
    weight: float = 1.0
    regions: tuple[str, ...] | None = None
    english: bool = False
    beyond: int = 0

    @property
    def folded(self) -> str:
        """The words in ASCII, separated by blanks."""
        return _folded(self.words)


ANYTHING = "anything"
"""Key of a plain word that names all goods."""

_CLASSIFIERS = everyday.CLASSIFIERS | {fold(classifier) for classifier in everyday.CLASSIFIERS}

_PRODUCERS = frozenset(fold(word) for word in everyday.PRODUCER_WORDS)
_LONGEST_PRODUCER = max(len(word.split()) for word in _PRODUCERS)

MEAT = "thịt"
MEAT_OF_ONE_WORD = 2
"""The animal alone also names its meat: bò for thịt bò, gà ta for thịt gà ta; heo hơi is the live pig."""

LONGEST_HEAD = 2
FEWEST_HEADED = 2
"""Names that a Vietnamese word must begin to stand for their goods; an English one ends them, and one will do."""

_BRACKETS = re.compile(r"\s*\([^)]*\)")


def is_classifier(word: str) -> bool:
    """Whether a word counts goods (quả, trái, củ, con), with its marks or without."""
    return word in _CLASSIFIERS


def without_kind_of_producer(words: str) -> str:
    """The words without what kind of producer they begin with (HTX, công ty), if others are left."""
    listed = words.split()
    for length in range(_LONGEST_PRODUCER, 0, -1):
        if len(listed) > length and fold(" ".join(listed[:length])) in _PRODUCERS:
            return " ".join(listed[length:])
    return words


def _entry(kind: EntryKind, name: str, *keys: str) -> Entry:
    return Entry(kind, tuple(words(name)), keys)


def _english_names(text: str) -> Iterator[str]:
    for part in re.split(r"[,/]", _BRACKETS.sub("", text)):
        name = part.strip()
        if not name:
            continue
        yield name
        if name.isascii() and name[-1:].isalpha() and not name.endswith("s"):
            yield name + ("es" if name.endswith(("o", "sh", "ch", "x")) else "s")


@lru_cache(maxsize=2)
def _homographs_of(catalogue: Catalogue) -> Mapping[str, Sequence[HomographReading]]:
    """The homographs that may mean each concept."""
    found: dict[str, list[HomographReading]] = defaultdict(list)
    for reading in catalogue.homographs:
        if reading.concept is not None:
            found[reading.concept].append(reading)
    return found


def concept_entries(catalogue: Catalogue, concept: Concept) -> list[Entry]:
    """Every name of one concept, the primary one first."""
    weight = concept_weight(catalogue, concept)
    found: dict[tuple[str, ...], Entry] = {}

    def add(name: str, kind: NameKind, regions: tuple[str, ...] | None = None) -> None:
        spelled = tuple(words(name))
        if not spelled or spelled in found:
            return
        rank = next((r.rank for r in catalogue.readings(" ".join(spelled)) if r.concept == concept.id), None)
        factor = NAME_WEIGHTS[kind] if rank is None else HOMOGRAPH_RANKS[min(rank, len(HOMOGRAPH_RANKS)) - 1]
        english = kind == "english"
        found[spelled] = Entry("concept", spelled, (concept.id,), weight * factor, regions, english)

    add(concept.name_vi, "primary", _homograph_regions(catalogue, concept, concept.name_vi))
    for name in concept.names:
        add(name.name, "regional" if name.regions else "trade", name.regions)
    for reading in _homographs_of(catalogue).get(concept.id, ()):
        add(reading.word, "regional", reading.regions)
    for spelled in list(found):
        if spelled[0] == MEAT and len(spelled) > 1 and concept.category == "meat_livestock":
            animal = " ".join(spelled[1:])
            if len(spelled) == MEAT_OF_ONE_WORD or not catalogue.concepts_named(animal):
                add(animal, "trade")
    for english in _english_names(concept.name_en):
        add(english, "english")
    return [replace(entry, beyond=_beyond(entry, found, catalogue)) for entry in found.values()]


def _beyond(entry: Entry, names: Mapping[tuple[str, ...], Entry], catalogue: Catalogue) -> int:
    """How many words a trade name of goods has more than another of their names, or of wider goods, and of no others.

    Primary, regional and English names stand for all of the goods: dưa leo is every cucumber.
    """
    concept = catalogue.concept(entry.keys[0])
    if entry.english or entry.regions or list(entry.words) == words(concept.name_vi):
        return 0
    wider = {concept.id, *catalogue.ancestors(concept.id)}
    for length in range(len(entry.words) - 1, 0, -1):
        plain = names.get(entry.words[:length])
        if plain and not plain.english and catalogue.concepts_named(" ".join(plain.words)) == (concept,):
            return len(entry.words) - length
        above = catalogue.concepts_named(" ".join(entry.words[:length]))
        if above and all(one.id in wider for one in above):
            return len(entry.words) - length
    return 0


def _homograph_regions(catalogue: Catalogue, concept: Concept, name: str) -> tuple[str, ...] | None:
    for reading in catalogue.readings(name):
        if reading.concept == concept.id:
            return reading.regions
    return None


def _province_entries(catalogue: Catalogue) -> Iterator[Entry]:
    called: dict[tuple[str, ...], list[str]] = {}
    for province in sorted(catalogue.provinces, key=lambda p: p.version, reverse=True):
        for name in province_names(province):
            spelled = tuple(words(name))
            called.setdefault(spelled, []).append(f"{province.code}/{province.version}")
    for spelled, keys in called.items():
        yield Entry("province", spelled, tuple(dict.fromkeys(keys)))


def _region_entries(catalogue: Catalogue) -> Iterator[Entry]:
    everyday_names = [(everyday.REGIONS_OF_2025, "2025"), (everyday.REGIONS_OF_2008, "2008")]
    known = {(region.id, region.version) for region in catalogue.regions}
    called: dict[tuple[str, ...], list[str]] = {}
    for names, version in everyday_names:
        for name, region_id in names.items():
            if (region_id, version) in known:
                called.setdefault(tuple(words(name)), []).append(f"{region_id}/{version}")
    for region in sorted(catalogue.regions, key=lambda r: r.version, reverse=True):
        for name in (region.name_vi, region.name_en):
            called.setdefault(tuple(words(name)), []).append(f"{region.id}/{region.version}")
    for spelled, keys in called.items():
        yield Entry("region", spelled, tuple(dict.fromkeys(keys)))
    for name, macro in everyday.MACRO_REGIONS.items():
        yield _entry("macro_region", name, macro)


def _scheme_entries(catalogue: Catalogue) -> Iterator[Entry]:
    for scheme in catalogue.schemes:
        names = [scheme.name_vi, scheme.name_en, *everyday.SCHEMES.get(scheme.id, ())]
        cut = [_BRACKETS.sub("", name).split(":")[0] for name in names]
        short = [part for name in cut for part in name.split(",") if part.isupper()]
        for spelled in dict.fromkeys(tuple(words(name)) for name in [*names, *cut, *short]):
            if spelled:
                yield Entry("scheme", spelled, (scheme.id,))


def _plain_entries(catalogue: Catalogue) -> Iterator[Entry]:
    for name in (*everyday.SEASONS, *everyday.MONTHS_AHEAD, *everyday.WEEKS_AHEAD):
        yield _entry("season", name, name)
    for name in everyday.TET_WORDS:
        yield _entry("tet", name)
    for category in catalogue.categories:
        for name in category.words:
            yield _entry("word", name, category.id)
    for name in everyday.ANYTHING:
        yield _entry("word", name, ANYTHING)
    lists: list[tuple[EntryKind, list[str]]] = [
        ("filler", everyday.FILLERS),
        ("separator", everyday.SEPARATORS),
        ("producer", everyday.PRODUCER_WORDS),
        ("certificate_word", everyday.CERTIFICATE_WORDS),
        ("word", everyday.OTHER_WORDS),
    ]
    for kind, names in lists:
        for name in names:
            yield _entry(kind, name)


def all_entries(catalogue: Catalogue) -> list[Entry]:
    """Every entry of a vocabulary, in a fixed order."""
    entries: list[Entry] = []
    for concept in catalogue.concepts:
        entries.extend(concept_entries(catalogue, concept))
    parts: list[Iterable[Entry]] = [
        _province_entries(catalogue),
        _region_entries(catalogue),
        _scheme_entries(catalogue),
        _plain_entries(catalogue),
    ]
    for part in parts:
        entries.extend(part)
    others = [entry.words for entry in entries]
    entries.extend(Entry("locality", name, ()) for name in apart_from(place_names(catalogue), others))
    return _without_names_of_goods(entries)


def _without_names_of_goods(entries: list[Entry]) -> list[Entry]:
    """Without what is also the whole name of goods: schemes, marks aside (BAP is bắp, maize), and words that said that
    nothing is known by that name."""
    goods = [entry for entry in entries if entry.kind == "concept"]
    folded, spelled = {entry.folded for entry in goods}, {entry.words for entry in goods}
    return [
        entry
        for entry in entries
        if (entry.kind != "scheme" or entry.folded not in folded)
        and (entry.kind != "word" or entry.words not in spelled)
        and not (_is_class(entry) and entry.folded in folded)
    ]


def _is_class(entry: Entry) -> bool:
    """Whether one word alone asks for a category: cám, which without its marks is an orange."""
    return entry.kind == "word" and len(entry.words) == 1 and bool(entry.keys)


def heads_of(entries: Sequence[Entry]) -> dict[str, tuple[Entry, ...]]:
    """The words that begin the Vietnamese names of goods or end the English ones, without marks, with those goods.

    Words that name something by themselves are no head. Two words (cá ngừ, which begins cá ngừ đại dương) may begin
    one name only.
    """
    whole = {entry.words for entry in entries if len(entry.words) <= LONGEST_HEAD}
    places = {entry.words for entry in entries if entry.kind == "province"}
    found: dict[tuple[str, ...], dict[str, Entry]] = {}
    for entry in entries:
        for head in _heads(entry) if entry.kind == "concept" else ():
            if head in whole or head[0] in everyday.CLASSIFIERS or _cuts_a_place(entry.words, len(head), places):
                continue
            headed = Entry("concept", head, entry.keys, entry.weight, None, entry.english)
            before = found.setdefault(head, {}).setdefault(entry.keys[0], headed)
            if before.weight < entry.weight:
                found[head][entry.keys[0]] = headed
    heads: dict[str, tuple[Entry, ...]] = {}
    for head, by_goods in found.items():
        telling = len(head) > 1 or all(entry.english for entry in by_goods.values())
        if telling or len(by_goods) >= FEWEST_HEADED:
            key = " ".join([fold(word) for word in head])
            heads[key] = (*heads.get(key, ()), *by_goods.values())
    return heads


def _cuts_a_place(name: tuple[str, ...], length: int, places: Set[tuple[str, ...]]) -> bool:
    """Whether the first words of a name end within a place: dâu Đà begins dâu Đà Lạt, but means nothing."""
    return any(name[first:] in places for first in range(1, length) if len(name) > length)


def holders_of(entries: Sequence[Entry]) -> dict[str, tuple[str, ...]]:
    """For each name of goods, without marks, the concepts that have a longer name with it inside."""
    named = [entry for entry in entries if entry.kind == "concept"]
    whole = {entry.folded for entry in named}
    found: dict[str, dict[str, None]] = {}
    for entry in named:
        folded = entry.folded.split()
        for first in range(len(folded)):
            for last in range(first + 1, len(folded) + 1):
                part = " ".join(folded[first:last])
                if last - first < len(folded) and part in whole:
                    found.setdefault(part, {})[entry.keys[0]] = None
    return {part: tuple(concepts) for part, concepts in found.items()}


def _heads(entry: Entry) -> Iterator[tuple[str, ...]]:
    if entry.english:
        if len(entry.words) > 1:
            yield entry.words[-1:]
        return
    for length in range(1, min(len(entry.words), LONGEST_HEAD + 1)):
        yield entry.words[:length]
