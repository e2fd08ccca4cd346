"""A program that `market up` runs as its child: how it is started, how it is asked to end, where it writes."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LOG_LIMIT = 10 * 1024 * 1024
"""Bytes after which a log is set aside (one old copy is kept) before its program starts again."""

LAUNCH_SCRIPT = Path(__file__).with_name("launch.py")


class LocalServiceError(Exception):
    """A local service could not be prepared, started or stopped; the message is for a person."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, and the manners of its end."""

    name: str
    """What a person calls it: database, search engine, API, worker."""
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to this process's environment. Secrets travel here, never in argv, which every user can read."""
    log: Path = Path(os.devnull)
    """What it says goes to the end of this file."""
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    """Sent by the kernel when the parent is gone, however it went (Linux only)."""
    stop_seconds: float = 10.0
    """How long it may take to stop before it is killed."""
    settle_seconds: float = 0.0
    """A program that cannot be asked is taken to serve once it has lived this long."""
    stage: int = 0
    """Higher stages use lower ones, and are stopped before them."""
    user: tuple[int, int] | None = None
    """uid and gid to run as; only root can ask for it."""
    is_ready: Callable[[int], bool] = lambda _pid: True
    """Whether the process with this pid serves now. Blocking, but quick."""

    hangs: Callable[[], bool] = lambda: False
    """Whether it runs and does nothing any more. Blocking, but quick."""
    mend: Callable[[], str] = lambda: ""
    """Puts right what may keep it from starting, after it ended at its start again and again; what was done, or ""."""

    def command_line(self) -> list[str]:
        """The launcher and its program."""
        uid, gid = self.user or ("-", "-")
        launcher = [sys.executable, "-I", "-S", "-B", str(LAUNCH_SCRIPT)]
        return [
            *launcher,
            str(os.getpid()),
            str(int(self.death_signal)),
            str(uid),
            str(gid),
            *self.argv,
        ]

    def full_environment(self) -> dict[str, str]:
        """This process's environment with the program's own on top."""
        return {**os.environ, **self.environment}


def spawn(program: Program) -> subprocess.Popen[bytes]:
    """Start a program in its own session, writing to its log.

    Call it from a thread that lives as long as the program should: Linux ties the child to the thread that
    forked it, not to the process.
    """
    with opened_log(program) as log:
        return subprocess.Popen(
            program.command_line(),
            env=program.full_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


@contextlib.contextmanager
def opened_log(program: Program) -> Iterator[int]:
    """A descriptor that appends to the program's log, rotated first if it has grown too long."""
    program.log.parent.mkdir(parents=True, exist_ok=True)
    rotate(program.log)
    descriptor = os.open(program.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def wait_until_ready(program: Program, process: subprocess.Popen[bytes], *, seconds: float = 60.0) -> None:
    """Block until the program serves.

    Raises:
        LocalServiceError: it ended, or did not serve in time; with the end of its log.
    """
    deadline = time.monotonic() + seconds
    while not program.is_ready(process.pid):
        if process.poll() is not None:
            raise LocalServiceError(
                f"the {program.name} ended at its start (exit code {process.returncode}):\n{log_tail(program.log)}"
            )
        if time.monotonic() > deadline:
            raise LocalServiceError(f"the {program.name} was not ready in {seconds:.0f} s:\n{log_tail(program.log)}")
        time.sleep(0.02)


def stop(program: Program, process: subprocess.Popen[bytes]) -> None:
    """Ask the program to end, wait, and kill what is left of its process group."""
    if process.poll() is None:
        process.send_signal(program.stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(program.stop_seconds)
    kill_group(process.pid)
    process.wait()


def kill_group(leader: int) -> None:
    """Kill every process left in the session that `spawn` opened for this leader."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def rotate(log: Path) -> None:
    """Set a log aside as `<name>.old` once it is too long."""
    with contextlib.suppress(FileNotFoundError):
        if log.is_file() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_name(log.name + ".old"))


def log_tail(log: Path, *, lines: int = 20) -> str:
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return f"(no log at {log})"


def require_free(host: str, port: int) -> None:
    """Refuse a port on which another program listens.

    The API's server would share it: the kernel then deals requests out to both.

    Raises:
        LocalServiceError: it cannot be listened on.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise LocalServiceError(
                f"The API cannot listen on {host} port {port} ({error.strerror}); choose --port."
            ) from error


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
