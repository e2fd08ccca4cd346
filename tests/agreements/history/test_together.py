"""Several processes find what one finds: the first row that is not what was recorded, whoever walked over it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest

from market.agreements.history.audit import Audit
from market.agreements.history.together import of_processes, still, verify_together
from market.config import Settings
from tests.agreements.history.test_audit import PRICE, History, history

__all__ = ["history"]


async def together(
    settings: Settings, *, known: str | None = None, pool: Callable[[int], Executor] = ThreadPoolExecutor
) -> Audit:
    """By workers in threads, which begin at once; the one test by processes shows that those do the same."""
    url = settings.sqlalchemy_url()
    async with still(url) as session:
        return await verify_together(session, url, known=known, processes=3, pool=pool)


async def test_an_untouched_history_holds_from_end_to_end(history: History, own_settings: Settings) -> None:
    alone = await history.verify()

    assert alone.links > 3
    assert await together(own_settings, known=alone.head, pool=of_processes) == alone
    assert await together(own_settings) == alone
    unknown = (await together(own_settings, known="f" * 64)).finding
    assert unknown is not None
    assert unknown.row == "with the known hash"


@pytest.mark.parametrize(
    "statements",
    [
        # On both sides of where one stretch ends and the next begins.
        ["DELETE FROM agreement_link WHERE seq = (SELECT max(seq) / 3 FROM agreement_link)"],
        ["DELETE FROM agreement_link WHERE seq = (SELECT max(seq) / 3 + 1 FROM agreement_link)"],
        ["UPDATE delivery SET note = 'Khác'", PRICE],
        ["UPDATE agreement_line SET price_vnd = 1 WHERE position = 1"],
    ],
)
async def test_the_same_row_is_named(history: History, own_settings: Settings, statements: list[str]) -> None:
    for statement in statements:
        await history.tamper(statement)

    alone, audit = await history.verify(), await together(own_settings)

    assert alone.finding is not None
    assert audit.finding is not None
    same = ("kind", "table", "row")
    assert [getattr(audit.finding, name) for name in same] == [getattr(alone.finding, name) for name in same]
    assert (audit.links, audit.head) == (alone.links, alone.head)
