"""Answers that are made anew only when something they follow from has changed.

One statement proves it: it sends, if the caller may see the thing, which versions of its rows the database has right
now (`row_mark`). Nothing has to be told that something changed, and no answer is staler than the statement. It is asked
before the rows are read, so that an answer can only be newer than what it is kept under.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

from market.core.errors import NotFound
from market.core.kept_statements import KeptStatement, Reader
from market.core.representation import Encoded

Made = tuple[Encoded, int]
"""An answer and the version of the thing."""


def row_mark(table: str) -> ColumnElement[str]:
    """Which version of a row of a table this is: who wrote it and where it lies, and both change with each writing."""
    return func.concat(literal_column(f"{table}.xmin"), literal_column(f"{table}.ctid"))


class StoredAnswers:
    """The answers of one kind that a process remembers; the one not asked for longest goes first."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Made] = OrderedDict()

    async def answer(
        self,
        reader: Reader,
        proof: KeptStatement,
        *,
        values: dict[str, Any],
        also: tuple[Hashable, ...],
        make: Callable[[], Awaitable[Made]],
    ) -> Made:
        """The answer that holds now.

        Args:
            proof: sends one text that differs whenever a row the answer follows from does; nothing to who may not see.
            values: what the proof is asked with.
            also: what else the answer follows from: the catalogue, the day, who asks.
            make: the answer, from the rows.

        Raises:
            NotFound: there is no proof.
        """
        proved = await reader.value(proof, **values)
        if proved is None:
            raise NotFound
        key = (proved, *also)
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept
        made = self._kept[key] = await make()
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return made
