"""What comes after what was asked: other forms, other varieties, wider goods, what lacks one condition, mere words.

A tier is one search on the engine. Further ones are asked in one request, and only while the page has room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from market.engine.filter_language import any_of
from market.reference.catalogue import Catalogue
from market.search.kin import kin, of_category
from market.search.planning import SEVERAL_WORDS, UNPLACED, phrase_lane, without, words_lane
from market.search.request import Dialect, Filters, Question, TierName, filter_expression
from market.vietnamese.tone_keys import tone_key

CONDITIONS: dict[str, tuple[str, str]] = {
    "certificates": ("chứng nhận đã hỏi", "the certificates asked for"),
    "provinces": ("nơi đã hỏi", "the place asked for"),
    "regions": ("vùng đã hỏi", "the region asked for"),
    "weeks": ("mùa vụ đã hỏi", "the season asked for"),
    "quantity_min_kg": ("sản lượng đã hỏi", "the quantity asked for"),
    "quantity_max_kg": ("sản lượng đã hỏi", "the quantity asked for"),
    "price_min_vnd": ("giá đã hỏi", "the price asked for"),
    "price_max_vnd": ("giá đã hỏi", "the price asked for"),
}
"""Conditions read in the words that a tier may lack, in Vietnamese and English; those of parameters always hold."""
PRICES = frozenset({"price_min_vnd", "price_max_vnd"})
"""Conditions that are lacked only where nothing meets them: who names a price is shown no other beside it."""
SEVERAL = "several"
SEVERAL_CONDITIONS = ("các điều kiện đã hỏi", "the conditions asked for")
"""Said of what comes when nothing is left that lacks only one."""


INSTEAD: dict[TierName, tuple[str, str]] = {
    "form": (
        "Chưa có đúng mặt hàng đã hỏi; đây là hàng cùng loại ở dạng khác.",
        "The goods asked for are not on offer; these are the same in another form.",
    ),
    "variety": (
        "Chưa có đúng giống hoặc nơi đã hỏi; đây là giống khác hoặc nơi khác.",
        "The variety or origin asked for is not on offer; these are others.",
    ),
    "wider": (
        "Chưa có đúng mặt hàng đã hỏi; đây là hàng gần nhất cùng nhóm.",
        "The goods asked for are not on offer; these are the nearest of their kind.",
    ),
}
"""Said of what comes when nothing is what was asked for, in Vietnamese and English."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: its search, and the condition that its results lack."""

    name: TierName
    query: dict[str, Any]
    lacks: str | None = None
    is_name: bool = False
    """Whether words that were read as conditions are only words of a name here: Ban Mai Organic."""


@dataclass(frozen=True, slots=True)
class TierCount:
    """How much a tier holds."""

    name: TierName
    total: int
    lacks: str | None = None
    is_instead: bool = False
    """Whether nothing that was asked for is on offer, and this is the nearest."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        said = {"tier": self.name, "total": self.total, "lacks": self.lacks}
        if self.lacks is None and self.name in INSTEAD and self.is_instead:
            vi, en = INSTEAD[self.name]
            return said | {"message": {"vi": vi, "en": en}}
        if self.lacks is None:
            return said
        vi, en = CONDITIONS.get(self.lacks, SEVERAL_CONDITIONS)
        return said | {
            "message": {"vi": f"Không kể {vi}: có {self.total}.", "en": f"Without {en}: {self.total}."},
        }


def further_tiers(
    question: Question, dialect: Dialect, *, catalogue: Catalogue, now: int, found_exactly: bool
) -> tuple[Tier, ...]:
    """The tiers after the first, in order.

    When nothing is exactly what was asked, what carries the words under all conditions is next, then what lacks one.

    Args:
        question: what was asked.
        dialect: how the index spells conditions.
        catalogue: for wider goods and other forms.
        now: unix seconds.
        found_exactly: whether the first tier holds anything.
    """
    if not question.goods:
        return ()
    conditions = filter_expression(dialect, question.conditions, now=now)
    order: dict[str, Any] = {"sort": [dialect.sorts[question.sort]]} if question.sort != "relevance" else {}
    passed = [question.goods]
    near = list(_near(kin(question, catalogue), question, conditions, order, passed))
    around = list(_near(of_category(question, catalogue), question, conditions, order, passed))
    lacks = [
        Tier("condition", order | {"filter": expression}, name)
        for name, expression in _lacking(question, dialect, now=now)
        if not (found_exactly and name in PRICES)
    ]
    typed, words = _typed(question, dialect, now=now), tuple(_words(question, conditions))
    # One word of known goods may be anything in a title: what only carries it comes last, and is not lost.
    words, carrying = (tuple(_of_nobody(words)), words) if _is_one_name(question) else (words, ())
    sellers = tuple(_of_sellers(question, conditions))
    if not found_exactly and question.is_certain:
        beside = _side_by_side(question, conditions)
        return (*_of_nobody(words), *lacks, *near, *around, *beside, *typed, *sellers, *carrying)
    if not found_exactly:
        return (*words, *lacks, *typed, *near, *sellers, *carrying)
    # A name that nobody has placed yet may be just this, and so may what carries several words with their marks.
    several = question.key and len(question.words.split()) >= SEVERAL_WORDS
    first = words if question.is_long or several else _of_nobody(words)
    closer = [tier for tier in near if tier.name != "wider"]
    around = around if question.class_of and not question.own_category else []
    return (*typed, *first, *closer, *words, *near[len(closer) :], *lacks, *around, *sellers, *carrying)


def _near(
    found: Iterable[tuple[TierName, str]], question: Question, conditions: str, order: dict[str, Any], passed: list[str]
) -> Iterable[Tier]:
    """A tier for each of the goods that are near, without what one before holds, which `passed` collects."""
    for name, goods in found:
        if goods:
            apart = _all(goods, *(f"NOT {before}" for before in passed), question.as_wanted, conditions)
            one = Tier(name, order | without(question.denied_words, question) | {"filter": apart})
            yield from (*_named_first(one, question), one)
            passed.append(goods)


def last_tiers(question: Question, dialect: Dialect, *, catalogue: Catalogue, now: int) -> tuple[Tier, ...]:
    """What is near when no tier holds anything: the goods, and all near them, under what was chosen and what must hold
    anyway; then whatever has some of the words."""
    conditions = filter_expression(dialect, question.conditions_of_a_name, now=now)
    lacks = SEVERAL if question.conditions != question.conditions_of_a_name else None
    asked: TierName = "condition" if lacks else "wider"
    found = [(asked, question.goods), *kin(question, catalogue), *of_category(question, catalogue)]
    tiers = [Tier(name, {"filter": _all(near, conditions)}, lacks) for name, near in found if near]
    if question.goods and question.read != Filters():
        chosen = filter_expression(dialect, question.filters, now=now)
        tiers.insert(1, Tier("condition", {"filter": _all(question.goods, chosen)}, SEVERAL))
    if question.words and not (question.is_certain and tiers):
        tiers.append(Tier("text", _some_words(question) | ({"filter": conditions} if conditions else {})))
    return tuple(tiers)


def _some_words(question: Question) -> dict[str, Any]:
    """Whatever has some of the words, with their marks where they have any: rượu mơ is no khoai mỡ."""
    if question.key:
        return {"q": question.key, "matchingStrategy": "frequency", "attributesToSearchOn": ["keys"]}
    return {"q": question.words, "matchingStrategy": "frequency"}


def _typed(question: Question, dialect: Dialect, *, now: int) -> Iterable[Tier]:
    """What carries every word as it was typed, those too that were read as conditions or put right."""
    if question.typed and question.typed.casefold() != question.words.casefold():
        conditions = filter_expression(dialect, question.conditions_of_a_name, now=now)
        key = tone_key(question.typed) if question.key else ""
        apart = _all(f"NOT {question.goods}", conditions)
        lane = words_lane(question.typed, key, of_seller=bool(key)) | {"filter": apart}
        yield Tier("text", lane, is_name=question.conditions != question.conditions_of_a_name)


def _words(question: Question, conditions: str) -> Iterable[Tier]:
    """What carries all the words of the goods, but was placed elsewhere, or nowhere yet.

    One word alone stands in the names of too many other goods: ngô is no bí ngô.
    """
    if question.words:
        alone = len(question.words.split()) < SEVERAL_WORDS
        others = [f"NOT {any_of('concepts', question.others)}"] if question.others and alone else []
        apart = _all(f"NOT {question.goods}", *others, conditions)
        yield Tier("text", words_lane(question.words, question.key) | {"filter": apart})


def _of_sellers(question: Question, conditions: str) -> Iterable[Tier]:
    """Other goods of who is called so, and of a name beside the goods: it says little of what is sold."""
    if len(question.words.split()) >= SEVERAL_WORDS:
        lane = words_lane(question.words, question.key, of_seller=True)
        yield Tier("text", lane | {"filter": _all(f"NOT {question.goods}", conditions)})
    if question.name:
        named = phrase_lane(question.name, loosely=not question.key)
        yield Tier("text", named | {"filter": _all(f"NOT {question.goods}", conditions)})


def _named_first(tier: Tier, question: Question) -> Iterable[Tier]:
    """What in a tier of other forms carries the first words of the goods, in whose order they are named."""
    if (
        tier.name == "form"
        and not question.denied_words
        and len(question.words.split()) >= SEVERAL_WORDS
        and question.sort == "relevance"
    ):
        yield replace(tier, query=tier.query | {"q": question.words, "matchingStrategy": "last"})


def _is_one_name(question: Question) -> bool:
    """Whether only one word names the goods, and surely: it stands in many other names (phi lê is no lê)."""
    return question.is_certain and len(question.words.split()) < SEVERAL_WORDS


def _side_by_side(question: Question, conditions: str) -> Iterable[Tier]:
    """What carries the name of goods as it was typed; apart from each other its words may say anything."""
    if len(question.words.split()) >= SEVERAL_WORDS:
        lane = phrase_lane(question.words, loosely=not question.key, of_seller=False)
        yield Tier("text", lane | {"filter": _all(f"NOT {question.goods}", conditions)})


def _of_nobody(words: Iterable[Tier]) -> Iterable[Tier]:
    for tier in words:
        yield replace(tier, query=tier.query | {"filter": _all(tier.query["filter"], UNPLACED)})


def _lacking(question: Question, dialect: Dialect, *, now: int) -> Iterable[tuple[str, str]]:
    """For each condition read in the words: the goods under all conditions but that one."""
    none = Filters()
    for name in CONDITIONS:
        value = getattr(question.read, name)
        if value:
            without = replace(question.read, **{name: getattr(none, name)})
            rest = filter_expression(dialect, (*question.filters, without), now=now)
            lacked = dialect.expressions[name](value, now)
            yield name, _all(question.goods, rest, f"NOT ({lacked})")


def _all(*conditions: str) -> str:
    return " AND ".join(condition for condition in conditions if condition)
