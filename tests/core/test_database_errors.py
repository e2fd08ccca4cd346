"""A database that takes no connection is answered as such, whichever way it was asked."""

from __future__ import annotations

import secrets
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Text, bindparam, select
from sqlalchemy.dialects.postgresql import JSONB

from market.core.database_errors import NO_ANSWER, database_refusal
from market.core.db import create_engine, create_sessions
from market.core.errors import Unavailable, ValidationFailed
from market.core.kept_statements import KeptStatement, Reader
from tests.services import Services


async def test_a_server_that_refuses_connections_is_unavailable_and_no_fault_of_ours(services: Services) -> None:
    role = f"shut_out_{secrets.token_hex(4)}"
    server = await asyncpg.connect(services.database_url)
    await server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'mot-mat-khau' CONNECTION LIMIT 0")
    address = services.database_url.rpartition("@")[2]
    engine = create_engine(f"postgresql+asyncpg://{role}:mot-mat-khau@{address}")
    sessions = create_sessions(engine)
    statement = KeptStatement(select(bindparam("number", 1)))
    try:
        with pytest.raises(NO_ANSWER) as by_hand:
            await Reader(sessions).value(statement, number=1)
        async with sessions() as session:
            with pytest.raises(NO_ANSWER) as by_session:
                await session.execute(select(1))
    finally:
        await engine.dispose()
        await server.execute(f"DROP ROLE {role}")
        await server.close()
    for refused in (by_hand, by_session):
        assert isinstance(database_refusal(refused.value, {}), Unavailable), refused.value


@pytest.mark.parametrize("value", ["a\0b", {"a": "b\0"}, {"a\0": 1}])
async def test_what_cannot_be_stored_is_refused_with_its_reason(services: Services, value: Any) -> None:
    engine = create_engine(services.database_url.replace("postgresql://", "postgresql+asyncpg://"))
    sent = bindparam("sent", value, type_=JSONB if isinstance(value, dict) else Text)
    try:
        async with create_sessions(engine)() as session:
            with pytest.raises(NO_ANSWER) as refused:
                await session.execute(select(sent))
    finally:
        await engine.dispose()
    told = database_refusal(refused.value, {})
    assert isinstance(told, ValidationFailed)
    assert [error.code for error in told.errors] == ["unstorable-value"]
