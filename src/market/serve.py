"""The API's server process: granian with one or more processes of the application."""

from __future__ import annotations

import importlib
import os
import resource
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketSpec  # type: ignore[attr-defined]
from granian.server.mp import MPServer

from market.config import Settings
from market.core.beats import BEATS, HUNG_SECONDS, Beats, Listener
from market.core.garbage import collected_seldom
from market.local.program import require_free
from market.local.running import environment_of, found_settings

HEADER_MILLISECONDS = 10_000
"""How long the headers of a request may take to arrive."""
RESTART_SECONDS, START_SECONDS = 1.0, 120.0
"""At SIGHUP, how long an old process answers beside its successor that has begun to; and how long that may take. What
comes in meanwhile waits in their common queue of connections."""
KILL_SECONDS = 10
CONNECTIONS, QUEUE = 12_000, 4096
"""Open at once in each process, silent ones included; and those that wait to be taken."""
LOOK_SECONDS = 1.0
APPLICATION = "market.asgi:application"
"""Named, not imported: only the processes that answer load the application."""


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on [MARKET_HOST].")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on [MARKET_PORT].", min=1, max=65535)] = None,
    processes: Annotated[int | None, typer.Option(help="Processes that answer [MARKET_PROCESSES].", min=1)] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Directory of a running `market up` to belong to.")] = None,
) -> None:
    """Serve the API alone, on the database and engine of MARKET_* or of a running `market up`.

    SIGTERM answers what is under way and ends; SIGHUP exchanges the answering processes one by one, for new code or
    settings in files, while requests come in. Exits with 1 when another program listens on the port.
    """
    settings = found_settings(data_dir)
    require_free(host or settings.host, port or settings.port)
    os.environ.update(environment_of(settings))
    with tempfile.TemporaryDirectory(prefix="market-serve-") as place:
        # Processes of one server answer /metrics with the numbers of all of them.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = os.environ[BEATS] = place
        _serve(settings, host=host, port=port, processes=processes)


class OneQueue(MPServer):
    """A server whose processes answer from one queue of connections, which stays while they come and go.

    Of itself the library gives each of them a queue of its own on Linux, and resets what waits in it when it ends.
    """

    def _init_shared_socket(self) -> None:
        listening = SocketSpec(self.bind_addr, self.bind_port, self.backlog).build()
        self._shd = listening  # type: ignore[assignment]
        self._sso = socket.socket(fileno=listening.get_fd())
        self._sso.set_inheritable(True)

    listener: Listener
    """Hears the beats of its processes."""

    def end_hung_processes(self) -> None:
        """Kill whoever hangs, for ever: it is missed then, and another takes its place. Beats itself."""
        beats = Beats(Path(os.environ[BEATS]))
        while True:
            beats.beat()
            time.sleep(LOOK_SECONDS)
            pids = [pid for worker in list(self.wrks) if (pid := worker.inner.pid) is not None]
            for pid in self.listener.hung(pids):
                typer.echo(f"process {pid} hangs: no beat for {HUNG_SECONDS:.0f} s; ending it", err=True)
                self.listener.forget(pid)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _respawn_workers(self, workers: Sequence[int], spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        # The library ends the old one after a while, whether or not its successor answers: under load none may.
        for place in workers:
            self.respawned_wrks[place] = time.monotonic()
            old: Any = self.wrks.pop(place)
            new: Any = self._spawn_worker(idx=place, target=spawn_target, callback_loader=target_loader)
            new.start()
            self.wrks.insert(place, new)
            if old.is_alive():
                self._wait_for(new)
                time.sleep(delay)
            old.terminate()
            old.join(KILL_SECONDS)
            if old.is_alive():
                old.kill()
                old.join()

    def _wait_for(self, new: Any) -> None:
        deadline = time.monotonic() + START_SECONDS
        while new.is_alive() and not self.listener.has_heard(new.inner.pid) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS / 10)


def loaded(application: str) -> Any:
    """What `module:function` makes, in a process that answers."""
    module, _, function = application.partition(":")
    # As for a command: what is made while modules are imported stays, and looking for garbage in it takes a third.
    with collected_seldom():
        make = getattr(importlib.import_module(module), function)
    return make()


def _open_enough() -> None:
    """Let this process, and those that it starts, hold a file for each connection, as far as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 1000
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def _serve(settings: Settings, *, host: str | None, port: int | None, processes: int | None) -> None:
    _open_enough()
    server = OneQueue(
        APPLICATION,
        address=host or settings.host,
        port=port or settings.port,
        workers=processes or settings.processes,
        interface=Interfaces.ASGI,
        # Looking which version a connection speaks, an ending process would drop those that it has just taken.
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        # The others go on meanwhile; one that dies again within seconds ends the server, and whoever runs it says so.
        respawn_failed_workers=True,
        respawn_interval=RESTART_SECONDS,
        workers_kill_timeout=KILL_SECONDS,
        backlog=QUEUE,
        # Of itself a process takes no more when it has a thousand: so many that say nothing would silence it.
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
    )
    server.listener = Listener(Path(os.environ[BEATS]))
    threading.Thread(target=server.end_hung_processes, daemon=True).start()
    server.serve(target_loader=loaded)
