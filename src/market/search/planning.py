"""From what is asked to what the engine is asked. Pure.

A question becomes lanes: searches whose answers are joined in order (`retrieval.py`). What the reader of the query
understood as goods is a filter, never a text search, because the engine folds dừa, dứa and dưa into one word; typed
marks are kept by a search on tone keys that goes before the one on plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from market.engine.filter_language import any_of
from market.reading.localities import places_with
from market.reading.names import without_kind_of_producer
from market.search.request import SHORTEST_NAME, Dialect, Question, filter_expression, together
from market.vietnamese.syllables import is_syllable, may_have_lost_its_marks
from market.vietnamese.tone_keys import tone_key

MAX_READINGS = 4
"""Readings of a query that get a lane of their own; further ones share the last."""
SPARSE = 1
"""Goods with fewer documents than this are looked for in the text too: something may be listed under a wrong name.
With any there, words inside other goods' names stay out: chanh dây is no chanh."""
NEARLY_ALL = {"matchingStrategy": "last", "rankingScoreThreshold": 0.6, "limit": 100}
"""Most of the words, side by side: what has one of three may be anything. They are counted by going through them."""
MOST_WORDS_OF_A_NAME = 4
"""Of more words, any answer with some is better than none."""
NOTHING = "id IS NULL"
"""What no document is: the answer to signs without a word."""
UNPLACED = "concepts IS EMPTY"
"""What no goods are known of yet."""
SEVERAL_WORDS = 2
"""From here on words may call some of the goods, and not others."""
MAX_WORDS = 12
DEEPEST = 10_000
"""Results that can be paged through; `maxTotalHits` of the settings."""

_DIGITS = re.compile(r"(?<=[^\W\d])(?=\d)")
_BLANKS = re.compile(r"(?<=[^\W\d]) (?=\d)")
"""Between a letter and a digit: Ri6 and Ri 6 are one."""
_WORDS = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One search on the engine, without its page."""

    query: dict[str, Any]
    counted: bool = True
    """Whether its documents are in no other counted lane, so that totals and facets add up."""
    exact: bool = True
    """Whether its documents are all that was asked for; those of the others lack some of the words."""
    variety: bool = False
    """Whether its documents are, where they are not exact, the goods in another variety or from another place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The searches of a question: after the leading lanes `mixed` ones are mixed, the others follow one by one."""

    lanes: tuple[Lane, ...]
    leading: int = 0
    """Lanes before those that are mixed."""
    mixed: int = 0
    when_sparse: Lane | None = None
    """Asked too when the exact lanes hold less than `SPARSE` documents; it comes before the lanes that are not."""
    beside: Lane | None = None
    """Asked with that one, and mixed with the others: what has the name, but not the conditions read in the words."""
    beside_first: bool = False
    """Whether the documents of `beside` have the larger share."""


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Makes lanes over the same conditions."""

    dialect: Dialect
    conditions: str
    extra: dict[str, Any] = field(default_factory=dict)

    def lane(self, *conditions: str, counted: bool = True, **query: Any) -> Lane:
        made: dict[str, Any] = self.extra | query
        if expression := together(*conditions, self.conditions):
            made["filter"] = expression
        return Lane(query=made, counted=counted)

    def words(self, words: str, *conditions: str, strict: bool = False, counted: bool = True) -> Lane:
        strategy = "all" if strict else "frequency"
        lane = self.lane(*conditions, q=_ended(words), matchingStrategy=strategy, counted=counted)
        return replace(lane, exact=strict)

    def keys(self, key: str, *conditions: str, counted: bool = False, within: str = "keys") -> Lane:
        return self.lane(
            *conditions, q=_ended(key), matchingStrategy="all", attributesToSearchOn=[within], counted=counted
        )

    def enough(self, goods: Iterable[str], least_kg: Mapping[str, int]) -> str:
        """The least quantity that is asked of any of the goods, as a condition."""
        asked = min((least_kg.get(concept, 0) for concept in goods), default=0)
        return self.dialect.expressions["quantity_min_kg"](asked, 0) if asked else ""

    def typed(self, words: str, key: str, *conditions: str, counted: bool = True) -> Lane:
        """Whatever has all the words, with their marks when they have some."""
        if key:
            return self.keys(key, *conditions, counted=counted)
        return self.words(words, *conditions, strict=True, counted=counted)

    def called(self, words: str, key: str, *conditions: str) -> Lane:
        """What is called so: with its marks, or without them side by side and not scattered over a description.

        Places that are called so too do not count: the rice in Chợ Gạo; nor do sellers (HTX Sầu riêng).
        """
        places = places_with(words)
        if key:
            lane = self.keys(key, *conditions, counted=True, within="title_keys")
            apart = [f' -"{tone_key(place)}"' for place in places]
            return replace(lane, query=lane.query | {"q": "".join([lane.query["q"], *apart])})
        q = "".join([f'"{_limited(words)}"', *(f' -"{place}"' for place in places)])
        return self.lane(*conditions, q=q, attributesToSearchOn=["title", "concept_names"])

    def carrying(self, words: str, *conditions: str) -> Lane:
        """What carries all the words by itself, and not by a name that all its goods have."""
        attributes = ["title", "organization_name"]
        return self.lane(
            *conditions, q=_ended(words), matchingStrategy="all", attributesToSearchOn=attributes, counted=False
        )

    def number_with(self, words: str, *conditions: str) -> Lane:
        """How many documents have all the words, without any of them."""
        lane = self.words(words, *conditions, strict=True, counted=False)
        return replace(lane, query=lane.query | {"limit": 0})


def words_lane(words: str, key: str, *, of_seller: bool = False) -> dict[str, Any]:
    """A search for whatever has all the words in its title, with their marks when it is given their tone keys.

    With `of_seller`, words of the seller's name count as well.

    Places that are called so do not count: the rice in Chợ Gạo.
    """
    places = places_with(words)
    if key:
        apart = "".join(f' -"{tone_key(place)}"' for place in places)
        within = ["keys"] if of_seller else ["title_keys"]
        return {"q": _ended(key) + apart, "matchingStrategy": "all", "attributesToSearchOn": within}
    apart = "".join(f' -"{place}"' for place in places)
    within = ["title", "organization_name"] if of_seller else ["title"]
    return {"q": _ended(words) + apart, "matchingStrategy": "all", "attributesToSearchOn": within}


def phrase_lane(words: str, *, loosely: bool, of_seller: bool = True) -> dict[str, Any]:
    """A search for what carries the words side by side in its title or its seller's name, with the marks they have.

    Args:
        words: at least one.
        loosely: marks do not count.
        of_seller: it may be the name of the seller, or another of the goods, too.
    """
    # Within quotes the engine puts nothing right either.
    q, within = (words, ["title", "organization_name"]) if loosely else (tone_key(words), ["keys"])
    if not of_seller:
        within = ["title"] if loosely else ["title_keys"]
    return {"q": f'"{_limited(q)}"', "attributesToSearchOn": within}


def _limited(words: str) -> str:
    # A word in quotes or with a leading minus would be read as an operator.
    return " ".join(_WORDS.findall(words)[:MAX_WORDS])


def _ended(words: str) -> str:
    # Without a blank after it, the last word would also find every word that begins like it.
    return _limited(words) + " "


def plan(question: Question, dialect: Dialect, *, now: int) -> Plan:
    """The searches that answer a question.

    Args:
        now: unix seconds; what expires is compared with it.
    """
    words, rest = _limited(question.words), _limited(question.rest)
    if question.typed.strip() and not _limited(question.typed) and not question.goods:
        return Plan(lanes=(Lane(query={"filter": NOTHING}),))
    if words != question.words or rest != question.rest:
        question = replace(question, words=words, rest=rest)
    conditions = filter_expression(dialect, question.conditions, now=now)
    if question.sort != "relevance":
        return _sorted(question, _Lanes(dialect, conditions, {"sort": [dialect.sorts[question.sort]]}))
    lanes = _Lanes(dialect, conditions)
    if question.rest:
        found = _goods_and_text(question, lanes) if question.goods else _text(question, lanes)
        found = _with_names(found, question, dialect, now=now) if question.may_hide_a_name else found
    else:
        found = _goods(question, lanes) if question.goods else Plan(lanes=(lanes.lane(),))
    return _named_first(found, question, lanes, dialect, now=now) if question.goods else found


def _named_first(found: Plan, question: Question, lanes: _Lanes, dialect: Dialect, *, now: int) -> Plan:
    """The plan after what is called just as it was typed, when goods were read only by putting something right.

    Mộc Sương Vàng is no slip for mọc sống, and who types Ban Mai may seek a seller of that name before bàn mai. A name
    asks for no certificate and no place: what was read as such does not hold for it.
    """
    named = replace(lanes, conditions=filter_expression(dialect, question.conditions_of_a_name, now=now))
    loosely = _is_loose(question)
    sought = [
        (phrase, f"NOT {question.goods}") for phrase in _phrases(question) if len(phrase.split()) >= SHORTEST_NAME
    ]
    if sought and not loosely:
        # With the marks that it has, a name is one even where its title was taken for the goods.
        sought.insert(-1, (sought[-1][0], question.goods))
    leading = [named.lane(condition, **phrase_lane(phrase, loosely=loosely)) for phrase, condition in sought]
    # What carries the longer phrase carries the shorter, too: only the last is counted, apart from the goods.
    leading = [replace(lane, counted=lane is leading[-1], exact=False) for lane in leading]
    return replace(found, lanes=(*leading, *found.lanes), leading=len(leading))


def _phrases(question: Question) -> Iterable[str]:
    """What may be a name as it was typed, with the words that were read as conditions and without."""
    words = question.as_typed or question.words
    if question.as_typed or (question.by_letters and (question.rest or _stands_without_marks(words))):
        return dict.fromkeys((_limited(question.typed.casefold()), _limited(words)))
    return ()


def _stands_without_marks(words: str) -> bool:
    """Whether somebody may be called so without any mark: Ban Mai, Fresh Farm, but not cat hoa loc."""
    return all(is_syllable(word) or not may_have_lost_its_marks(word) for word in words.split())


def _is_loose(question: Question) -> bool:
    """Whether a name may have lost its marks: words stand beside what was read, or were put right, as in no goods."""
    return not question.key and bool(question.as_typed or question.rest)


def _sorted(question: Question, lanes: _Lanes) -> Plan:
    """One lane, for the order of a price or a date must hold over all results."""
    goods = question.goods
    if not question.rest:
        return Plan(lanes=(lanes.lane(goods),))
    if question.rest_key:
        return Plan(lanes=(lanes.keys(question.rest_key, goods, counted=True),))
    return Plan(lanes=(lanes.words(question.rest, goods, strict=True),))


def _goods(question: Question, lanes: _Lanes) -> Plan:
    """Only goods: all of each reading, mixed, so that the first page shows every reading."""
    own, shared = question.concepts[: MAX_READINGS - 1], question.concepts[MAX_READINGS - 1 :]
    readings = [(reading,) for reading in own] + ([shared] if shared else [])
    found: list[Lane] = []
    for place, reading in enumerate(readings):
        earlier = [concept for before in readings[:place] for concept in before]
        # Lanes that have no document in common give exact totals.
        apart = f"NOT {any_of('concepts', earlier)}" if earlier else ""
        wanted = (apart, question.as_wanted, lanes.enough(reading, question.least_kg))
        found.append(lanes.lane(any_of("concepts", reading), *wanted, **without(question.denied_words, question)))
    mixed = len(found)
    if question.category:
        mixed_goods = f"NOT {any_of('concepts', question.concepts)}" if question.concepts else ""
        found.append(lanes.lane(question.whole_category, mixed_goods))
    if question.members:
        apart = f"NOT {any_of('concepts', question.concepts)}" if question.concepts else ""
        found.append(lanes.lane(any_of("concepts", question.members), apart, question.as_wanted))
    if question.variety:
        found = [replace(lane, exact=False, variety=True) for lane in found]
        found.insert(0, lanes.carrying(question.variety, question.goods))
        mixed = 0
    elif (
        not (question.denied_words or question.avoided_words)
        and (len(found) == 1 or question.members)
        and len(question.words.split()) >= SEVERAL_WORDS
    ):
        # Goods have kinds and other names: who types rổ tre sees those first that are called so.
        found.insert(0, lanes.carrying(question.words, question.goods))
        mixed = 0
    if question.avoided_words and not question.denied_words:
        avoiding = without(question.avoided_words, question)
        found.insert(0, lanes.lane(question.goods, counted=False, **avoiding))
        if len(question.words.split()) >= SEVERAL_WORDS:
            said = tone_key(question.words) if question.key else question.words
            called = avoiding | {"q": f"{said} {avoiding['q']}", "matchingStrategy": "all"}
            found.insert(0, lanes.lane(question.goods, counted=False, **called))
        mixed = 0
    if question.own_category:
        found.insert(0, lanes.lane(question.goods, any_of("category", [question.own_category]), counted=False))
        mixed = 0
    return Plan(lanes=tuple(found), mixed=mixed, when_sparse=_in_text(question, lanes) if question.words else None)


def without(words: str, question: Question) -> dict[str, Any]:
    """A search for what has not some words in its title, however digits are written in them; none without words."""
    if not words:
        return {}
    apart = dict.fromkeys((words, _DIGITS.sub(" ", words), _BLANKS.sub("", words)))
    if question.key:
        return {"q": " ".join(f'-"{tone_key(one)}"' for one in apart), "attributesToSearchOn": ["title_keys"]}
    return {"q": " ".join(f'-"{one}"' for one in apart), "attributesToSearchOn": ["title"]}


def _in_text(question: Question, lanes: _Lanes) -> Lane:
    """What is called like the goods, when there are none: one word of a name may be anything but in an open name."""
    if not question.is_certain:
        return lanes.called(question.words, question.key, question.no_goods)
    if len(question.words.split()) < SEVERAL_WORDS:
        return lanes.called(question.words, question.key, question.no_goods, UNPLACED)
    side_by_side = phrase_lane(question.words, loosely=not question.key, of_seller=False)
    return lanes.lane(question.no_goods, UNPLACED, **side_by_side)


def _goods_and_text(question: Question, lanes: _Lanes) -> Plan:
    """Goods and a name: the goods that carry it, then whatever carries all the words, then the other goods."""
    goods = question.goods
    # Ngô tươi is no bí ngô tươi, but several more words may be a name: yến Đảo Mơ is sold as nước yến, too.
    others = question.no_goods if len(question.rest.split()) < SHORTEST_NAME else f"NOT {goods}"
    elsewhere = lanes.typed(question.words, question.key, others)
    named = lanes.words(question.rest, goods, counted=False)
    if len(question.rest.split()) == len(question.words.split()):
        # The goods only describe: whatever is mứt sầu riêng comes before sầu riêng.
        called = lanes.typed(question.words, question.key, counted=False)
        return Plan(lanes=(called, named, elsewhere, replace(lanes.lane(goods), exact=False)))
    strictly = _strictly(question, lanes, goods)
    if question.variety:
        strictly = (lanes.carrying(f"{question.rest} {question.variety}", goods), *strictly)
    last = (*_of_the_name(question, lanes), replace(lanes.lane(goods), exact=False))
    if not question.rest_key:
        # Several more words are more likely a name that somebody else has than words that some of the goods have.
        whole = (lanes.words(question.rest, goods, strict=True, counted=False), elsewhere)
        several = len(question.rest.split()) >= SHORTEST_NAME
        return Plan(lanes=(*strictly, *(whole if several else ()), named, *(() if several else (elsewhere,)), *last))
    # What carries every word with its marks comes before goods that carry some of them without.
    unmarked = lanes.words(question.words, others, strict=True, counted=False) if question.is_long else None
    return Plan(lanes=(*strictly, elsewhere, *([unmarked] if unmarked else []), named, *last))


def _of_the_name(question: Question, lanes: _Lanes) -> Iterable[Lane]:
    """Other goods of a name that stands beside the goods: who asks for nước mắm Hồng Hạc may take its shrimp paste."""
    if question.name.istitle():  # size lớn is none
        named = lanes.lane(
            f"NOT {question.goods}", counted=False, **phrase_lane(question.name, loosely=not question.key)
        )
        yield replace(named, exact=False)


def _text(question: Question, lanes: _Lanes) -> Plan:
    """Words only: with the marks as typed first, then without; of a name nearly all of them, or none is an answer."""
    told = without_kind_of_producer(question.rest)
    number = len(told.split())
    if number <= SHORTEST_NAME:
        every = replace(lanes.words(told, strict=True), exact=not question.rest_key)
        return Plan(lanes=(*(_strictly(question, lanes) if question.rest_key else ()), every))
    near = lanes.words(told)
    if number > MOST_WORDS_OF_A_NAME:
        return Plan(lanes=(*_strictly(question, lanes), near))
    near = replace(near, query=near.query | NEARLY_ALL)
    return Plan(lanes=(lanes.typed(question.rest, question.rest_key, counted=False), near))


def _strictly(question: Question, lanes: _Lanes, *conditions: str) -> tuple[Lane, ...]:
    """What has all words of the name, with their marks; without marks only how much it is, if that matters."""
    if question.rest_key:
        return (lanes.keys(question.rest_key, *conditions),)
    return (lanes.number_with(question.rest, *conditions),) if question.may_hide_a_name else ()


def _with_names(found: Plan, question: Question, dialect: Dialect, *, now: int) -> Plan:
    """The plan with what is asked when nothing has both the name and the conditions that were read in the words.

    First whatever has every word that was typed, for then no word was a condition; and what has the words that are
    left.
    """
    lanes = _Lanes(dialect, filter_expression(dialect, question.conditions_of_a_name, now=now))
    key = tone_key(question.typed) if question.key else ""
    every_word = lanes.typed(question.typed, key, counted=False)
    beside = lanes.typed(question.words, question.key)
    return replace(found, when_sparse=every_word, beside=beside, beside_first=question.is_name)
