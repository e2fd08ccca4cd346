"""A server of somebody else on this machine: keeps what it gets, answers what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Receiver:
    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    """Whether it takes a message and says nothing until it is closed."""
    patience: asyncio.Event = field(default_factory=asyncio.Event)
    refuses: Callable[[bytes], bool] = lambda body: False
    """Which messages it cannot take."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        if self.silent:
            await self.patience.wait()
        status = 422 if self.refuses(self.got[-1][1]) else self.status
        return web.Response(status=status, headers=self.headers)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://127.0.0.1:{port}/market"
    try:
        yield receiver
    finally:
        receiver.patience.set()
        await runner.cleanup()
