"""Search by PostgreSQL while the engine is down: the same question, plainer answers.

Domains keep a folded text of each row (`searchable`) with a trigram index:
`CREATE INDEX ... USING gin (search_text gin_trgm_ops)` needs the extension pg_trgm. Goods are told apart by concept,
so dừa and dứa stay apart as long as the query was understood; other words are compared without marks and typos.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, false, func, literal, not_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from market.search.index import SearchIndex
from market.search.request import Filters, Question
from market.vietnamese.text import fold, words

MAX_WORDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackTable:
    """How a domain's rows are searched."""

    public: Callable[[], Select[UUID]]
    """Selects the ids of all rows that have a document."""
    search_text: SQLColumnExpression[str]
    """What `searchable` made of the row."""
    newest: SQLColumnExpression[Any]
    """What the freshest row has most of: an instant of publication."""
    price: SQLColumnExpression[Any] | None = None
    """For a kilogram where the unit has a fixed weight, else for the unit."""
    conditions: Mapping[str, Callable[[Any], ColumnElement[bool]]]
    """By field of `Filters`: the condition on a row for a value of that field. `concepts` must be among them."""


def searchable(*texts: str) -> str:
    """The words of a row without marks, each between blanks, as the fallback compares them."""
    return f" {' '.join(fold(word) for text in texts for word in words(text))} "


@dataclass(frozen=True, slots=True)
class FallbackPage:
    """Ids of one page of results."""

    ids: list[UUID]
    total: int
    set_aside: bool = False
    """Whether the results do not meet the conditions that were read in the words."""


async def search_rows(session: AsyncSession, table: FallbackTable, question: Question) -> FallbackPage:
    """The page of results that a question asks for, from the rows."""
    rows = table.public().where(*_conditions(table, question.conditions))
    found = rows.where(*_text_conditions(table, question, every_word=True))
    total = await _count(session, found)
    set_aside = False
    if not total and question.conditions != question.conditions_of_a_name:
        named = table.public().where(*_conditions(table, question.conditions_of_a_name))
        found = named.where(*_words_present(table, question.words if question.rest else question.typed))
        total = await _count(session, found)
        set_aside = total > 0
    if not total and question.rest:
        found = rows.where(*_text_conditions(table, question, every_word=False))
        total = await _count(session, found)
    ordered = found.order_by(*_order(table, question)).limit(question.limit).offset(question.offset)
    ids = list((await session.scalars(ordered)).all()) if question.offset < total else []
    return FallbackPage(ids, total, set_aside)


async def fallback_cards(
    session: AsyncSession, index: SearchIndex, table: FallbackTable, question: Question
) -> tuple[list[Mapping[str, Any]], int, bool]:
    """The cards of one page in order, how many there are, and whether they lack conditions read in the words."""
    page = await search_rows(session, table, question)
    documents = {document["id"]: document["card"] for document in await index.load(session, page.ids)}
    return [documents[str(id_)] for id_ in page.ids if str(id_) in documents], page.total, page.set_aside


async def _count(session: AsyncSession, rows: Select[UUID]) -> int:
    return await session.scalar(rows.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)) or 0


def _conditions(table: FallbackTable, filters: Iterable[Filters]) -> list[ColumnElement[bool]]:
    """All conditions hold; one that the table cannot check lets nothing through."""
    given = ((name, getattr(group, name)) for group in filters for name in Filters.__slots__)
    return [
        table.conditions[name](value) if name in table.conditions else false()
        for name, value in given
        if value is not None and value != ()
    ]


def _text_conditions(table: FallbackTable, question: Question, *, every_word: bool) -> list[ColumnElement[bool]]:
    """The goods that were read, and the words that were not."""
    conditions = []
    named = [table.conditions["concepts"](question.concepts)] if question.concepts else []
    if question.category and "category" in table.conditions:
        named.append(table.conditions["category"](question.category))
    if named:
        conditions.append(or_(*named))
    if question.denied_words:
        conditions.append(not_(and_(*_words_present(table, question.denied_words))))
    if question.rest and (present := _words_present(table, question.rest)):
        if every_word:
            conditions.extend(present)
        elif not named:
            conditions.append(or_(*present))
    return conditions


def _words_present(table: FallbackTable, text: str) -> list[ColumnElement[bool]]:
    folded = dict.fromkeys(fold(word) for word in words(text))
    return [table.search_text.contains(f" {word} ", autoescape=True) for word in list(folded)[:MAX_WORDS] if word]


def _order(table: FallbackTable, question: Question) -> list[ColumnElement[Any]]:
    order: list[ColumnElement[Any]] = []
    if question.sort == "price_asc" and table.price is not None:
        order.append(table.price.asc().nulls_last())
    elif question.sort == "price_desc" and table.price is not None:
        order.append(table.price.desc().nulls_last())
    elif question.sort == "relevance":
        present = _words_present(table, question.rest or question.words)
        order.extend([sum((case((word, 1), else_=0) for word in present), start=literal(0)).desc()] if present else [])
    return [*order, table.newest.desc()]
