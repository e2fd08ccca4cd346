"""Personal data stays out of the logs, whatever goes wrong."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from market.config import Settings
from market.local.running import environment_of
from tests.accounts.talkative import EMAIL, NAME
from tests.people import PASSWORD

SECRETS = (NAME, EMAIL, "912345678", PASSWORD)


async def test_what_people_send_is_never_logged(own_settings: Settings) -> None:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.accounts.talkative"),
        env={**os.environ, **environment_of(own_settings), "MARKET_REQUEST_SECONDS": "60"},
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, logged = (part.decode() for part in await program.communicate())
    assert program.returncode == 0, logged
    told = json.loads(output)
    assert told["statuses"] == [201, 409, 400, 200, 401, 400, 500, 409, 500]

    spellings = {word: {word, word.encode("unicode_escape").decode()} for word in (*SECRETS, *told["tokens"])}
    assert [word for word, spelled in spellings.items() if any(form in logged for form in spelled)] == []
    lines = [json.loads(line) for line in logged.splitlines()]
    (failure,) = [line for line in lines if line.get("request_id") == "yeu-cau-hong" and line.get("exception")]
    assert "LookupError" in failure["exception"]
    assert "break_code" in failure["exception"]
