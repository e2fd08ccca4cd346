"""Suggestions while somebody types: goods and places from memory, offers and their organizations in one engine call.

The last word is unfinished, and its tone may come last (people type dưa before it becomes dừa): it is compared by
its letters, and by its tone once it has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import msgspec

from market.engine.gateway import Engine, EngineDown, EngineRefused, Hit
from market.reading.commonness import concept_weight
from market.reference.catalogue import Catalogue, province_names
from market.reference.goods_catalogue import concept_names
from market.search.dialects import LISTINGS
from market.vietnamese.syllables import split_tone
from market.vietnamese.text import Token, clean, tokens
from market.vietnamese.tone_keys import syllable_key

MAX_TYPED = 100
MAX_WORDS = 8
OVERSAMPLING = 4
"""Hits asked for each one shown: some fold like what was typed and carry other marks."""

LEVEL_TONE = "zy"
"""How the key of a syllable without a tone mark ends."""

Kind = Literal["concept", "province", "organization", "listing"]


class Suggestion(msgspec.Struct, frozen=True):
    """Something that begins as typed. `text` is what to show and to search for, `name` what it is called here."""

    kind: Kind
    id: str
    text: str
    name: str


class _Organization(msgspec.Struct):
    id: str
    name: str


class _Card(msgspec.Struct):
    id: str
    title: str
    organization: _Organization


@dataclass(frozen=True, slots=True)
class Name:
    """A name in memory; `folded` begins with a blank, so that the beginning of every word can be looked for."""

    suggestion: Suggestion
    words: tuple[Token, ...]
    folded: str
    weight: float


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed so far; the last word is unfinished unless a blank follows."""

    words: tuple[Token, ...]
    finished: bool

    @property
    def folded(self) -> str:
        return " " + " ".join(word.folded for word in self.words) + (" " if self.finished else "")


def read_typed(text: str) -> Typed:
    """The words typed; only the first few of a long text."""
    words = tokens(clean(text, limit=MAX_TYPED))
    return Typed(tuple(words[:MAX_WORDS]), text[-1:].isspace() or len(words) > MAX_WORDS)


@lru_cache(maxsize=2)
def names_of(catalogue: Catalogue) -> tuple[Name, ...]:
    """All names of goods, and of today's and former provinces."""
    found = []
    for concept in catalogue.concepts:
        if concept.retired:
            continue
        weight = concept_weight(catalogue, concept)
        for name in dict.fromkeys(concept_names(concept)):
            found.append(_name("concept", concept.id, name, concept.name_vi, weight))
    for province in catalogue.provinces:
        for name in dict.fromkeys(province_names(province)):
            key = f"{province.version}:{province.code}"
            found.append(_name("province", key, name, province.name, 1.0 if province.valid_to is None else 0.5))
    return tuple(found)


def _name(kind: Kind, id_: str, text: str, name: str, weight: float) -> Name:
    words = tuple(tokens(clean(text)))
    folded = f" {' '.join(word.folded for word in words)} "
    return Name(Suggestion(kind, id_, text, name), words, folded, weight)


def names_beginning(typed: Typed, names: Iterable[Name], *, limit: int) -> list[Suggestion]:
    """The names with a word that begins as typed: first words first, then the common, then their own names."""
    if not typed.words:
        return []
    ranked = []
    for name in names:
        if typed.folded not in name.folded:
            continue
        place = begins_at(typed, name.words)
        if place is not None:
            other = name.suggestion.text != name.suggestion.name
            ranked.append((place > 0, -name.weight, other, len(name.words), name.suggestion.text, name.suggestion))
    ranked.sort(key=lambda row: row[:5])
    best: dict[tuple[str, str], Suggestion] = {}
    for *_, suggestion in ranked:
        key = (suggestion.kind, suggestion.name if suggestion.kind == "province" else suggestion.id)
        best.setdefault(key, suggestion)
    return list(best.values())[:limit]


def begins_at(typed: Typed, words: Sequence[Token]) -> int | None:
    """The first word of a text from which it goes on as typed, marks respected where they were typed."""
    last = len(typed.words) - 1
    for start in range(len(words) - last):
        pairs = zip(typed.words, words[start : start + last + 1], strict=True)
        if all(
            _begins(one, other) if place == last and not typed.finished else _same(one, other)
            for place, (one, other) in enumerate(pairs)
        ):
            return start
    return None


def _same(typed: Token, word: Token) -> bool:
    return typed.text == word.text if typed.marked else typed.folded == word.folded


def _begins(typed: Token, word: Token) -> bool:
    if not typed.marked:
        return word.folded.startswith(typed.folded)
    letters, tone = split_tone(typed.text)
    other, other_tone = split_tone(word.text)
    beginning = other.startswith(letters) if letters != typed.folded else word.folded.startswith(typed.folded)
    return beginning and tone in ("", other_tone)


def _engine_words(typed: Typed) -> str:
    """What offers are asked for: every finished word, the keys of marked ones, and the unfinished word at the end.

    An unfinished word with marks is asked for by the beginning of its key, which ends before the tone.
    """
    finished = typed.words if typed.finished else typed.words[:-1]
    asked = [word.folded for word in finished] + [syllable_key(word.text) for word in finished if word.marked]
    if typed.finished:
        return " ".join(asked) + " "
    letters, _ = split_tone(typed.words[-1].text)
    folded = typed.words[-1].folded
    return " ".join([*asked, folded if letters == folded else syllable_key(letters)[: -len(LEVEL_TONE)]])


async def suggest(engine: Engine | None, text: str, *, catalogue: Catalogue, limit: int = 5) -> list[Suggestion]:
    """At most `limit` suggestions of each kind: goods, places, organizations, offers; without an engine, the first two.

    Args:
        text: what was typed so far, its last blank included.
    """
    typed = read_typed(text)
    if not typed.words:
        return []
    names = names_of(catalogue)
    found = [
        suggestion
        for kind in ("concept", "province")
        for suggestion in names_beginning(typed, (n for n in names if n.suggestion.kind == kind), limit=limit)
    ]
    if engine is None:
        return found
    try:
        return found + await _from_engine(engine, typed, limit=limit)
    except (EngineDown, EngineRefused):
        return found


async def _from_engine(engine: Engine, typed: Typed, *, limit: int) -> list[Suggestion]:
    common: dict[str, Any] = {
        "indexUid": engine.index_name(LISTINGS.index),
        "matchingStrategy": "all",
        "limit": OVERSAMPLING * limit,
        "attributesToRetrieve": ["id", "card"],
    }
    by_owner = {"q": typed.folded, "attributesToSearchOn": ["organization_name"], "distinct": "organization"}
    by_offer = {"q": _engine_words(typed), "attributesToSearchOn": ["title", "keys"]}
    organizations, titles = await engine.search([common | by_owner, common | by_offer])
    by_name: dict[str, Suggestion] = {}
    for card in _cards(organizations.hits):
        owner = card.organization
        if begins_at(typed, tokens(clean(owner.name))) is not None:
            by_name.setdefault(owner.id, Suggestion("organization", owner.id, owner.name, owner.name))
    by_title: dict[str, Suggestion] = {}
    for card in _cards(titles.hits):
        if begins_at(typed, tokens(clean(card.title))) is not None:
            by_title.setdefault(card.title, Suggestion("listing", card.id, card.title, card.title))
    return [*list(by_name.values())[:limit], *list(by_title.values())[:limit]]


def _cards(hits: Iterable[Hit]) -> list[_Card]:
    return [msgspec.json.decode(hit.card, type=_Card) for hit in hits]
