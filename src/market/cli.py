"""The `market` command. Each room has its own commands; this file only says which there are.

A room's module is imported when its command is called: `market --help` loads none of them.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
import traceback
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from market.core.errors import MarketError
from market.core.garbage import collected_seldom
from market.local.program import LocalServiceError


class Room(NamedTuple):
    """Where a command lives: `module:name` of a function, or of a `typer.Typer` with several commands."""

    place: str
    help: str


ROOMS = {
    "up": Room("market.local.commands:up", "Run the whole market on this machine, until Ctrl-C."),
    "serve": Room("market.serve:serve", "Serve the API alone."),
    "worker": Room("market.worker:command", "Run the background process alone."),
    "search": Room("market.indexes:commands", "Whether the search indexes are true, and building them anew."),
    "import": Room("market.commands.imports:commands", "Bring listings or needs in from a file."),
    "audit": Room("market.commands.audit:commands", "Whether the history of agreements is what was recorded."),
    "goods": Room("market.commands.goods:commands", "Names of goods that nobody has placed yet."),
    "user": Room("market.commands.users:commands", "Create officers and administrators."),
    "migrate": Room("market.local.schema:migrate", "Bring the database to the newest schema."),
    "upgrade": Room("market.local.upgrade:upgrade", "Bring a market to this version; --check says what would happen."),
    "new-era": Room("market.local.schema:new_era", "Take a restored database into service on its new cluster."),
    "backup": Room("market.local.keeping:backup", "Write everything into a directory, while the market runs."),
    "restore": Room("market.local.keeping:restore", "Make a market of a backup, in an empty place."),
    "seed": Room("market.seed_commands:app", "Load reference data, or tell the demo story."),
    "openapi": Room("market.openapi:openapi", "Write the API's OpenAPI description to standard output."),
    "tour": Room("market.demo.tour:tour", "Live the story against a running market, over HTTP only."),
    "doctor": Room("market.local.doctor:doctor", "Check what the market needs on this machine."),
}


class LazyGroup(TyperGroup):
    """Lists commands by their one-line help, and imports the one that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The called command, from its own module."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if name in ROOMS else command, rest


def load(name: str) -> Any:
    """Import a command's module and make the command of what it names."""
    module, _, attribute = ROOMS[name].place.partition(":")
    # What a module makes while it is imported stays: looking for garbage in it takes a sixth of the start.
    with collected_seldom():
        target = getattr(importlib.import_module(module), attribute)
    if isinstance(target, typer.Typer):
        return typer.main.get_command(target)
    single = typer.Typer(add_completion=False)
    single.command(name)(target)
    return typer.main.get_command(single)


app = typer.Typer(
    name="market",
    cls=LazyGroup,
    help="Supply-demand matchmaking for Vietnamese farm produce.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _name, _room in ROOMS.items():
    app.command(_name, help=_room.help)(lambda: None)


def main() -> None:
    """Run the command line. A refusal is a sentence on stderr and exit code 1; bad usage exits with 2.

    With MARKET_LOG_LEVEL=debug the sentence comes with its traceback.
    """
    # Python looks for garbage when it ends, through all that was loaded: a fifth of a short command's time.
    atexit.register(gc.freeze)
    try:
        app(prog_name="market")
    except (LocalServiceError, MarketError, ValueError, OSError) as error:
        if os.environ.get("MARKET_LOG_LEVEL") == "debug":
            traceback.print_exc()
        sys.exit(f"market: {error}")
