"""`python -m tests.trials`: does to a market all that may happen to one, and prints what became of its writes."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from market.config import PROJECT_ROOT
from tests.trials.crowds import CROWDS
from tests.trials.faults import ENGINE_FILES, PROCESSES, Fault
from tests.trials.lasting import LASTING, lasting
from tests.trials.machines import MACHINES
from tests.trials.market import Market, market_under_trial
from tests.trials.moves import MOVES
from tests.trials.reckoning import Outcome
from tests.trials.releases import RELEASES

FAULTS = (*PROCESSES, *ENGINE_FILES, *CROWDS, *MOVES, *RELEASES, *MACHINES, *LASTING)
BOUND_SECONDS = 12 * 60
HEADINGS = ("fault", "acknowledged", "lost", "doubled", "5xx (not 503)", "slowest s", "writes again s", "well again s")


def tried(fault: Fault, market: Market, *, left: float) -> Outcome:
    """One fault; a trial that itself breaks is a line too."""
    if left < fault.seconds:
        return Outcome(fault=fault.name, skipped=True, note="not tried: no time left")
    try:
        return fault.run(fault.name, market)
    except Exception as error:
        traceback.print_exc()
        return Outcome(fault=fault.name, note=f"! the trial broke: {type(error).__name__}: {str(error)[:80]}")


def run(faults: Sequence[Fault], *, seconds: float, console: Console) -> list[Outcome]:
    """Every fault on one market after the other, within the bound."""
    end, outcomes = time.monotonic() + seconds, []
    with tempfile.TemporaryDirectory(prefix="market-trials-") as place:
        Path(place).chmod(0o755)
        with market_under_trial(Path(place) / "data") as market:
            for fault in faults:
                outcome = tried(fault, market, left=end - time.monotonic())
                outcomes.append(outcome)
                console.print(line(outcome), highlight=False, soft_wrap=True)
                (written_in() / "trials.console").write_text(market.said())
                if market.process is None or market.process.poll() is not None:
                    market.start()
    return outcomes


def written_in() -> Path:
    """Where the results lie."""
    place = PROJECT_ROOT / "build"
    place.mkdir(exist_ok=True)
    return place


def line(outcome: Outcome) -> str:
    """What is said while the next is under way."""
    sign = "[yellow]left out[/]" if outcome.skipped else "[green]good[/]" if outcome.good else "[red]bad[/]"
    return f"{sign} {outcome.fault}: {', '.join(cells(outcome)[1:])} {outcome.note}"


def cells(outcome: Outcome) -> tuple[str, ...]:
    """A row of the table."""
    if outcome.skipped:
        return (outcome.fault, *[""] * 7)
    return (
        outcome.fault,
        str(outcome.acknowledged),
        str(outcome.lost),
        str(outcome.doubled),
        f"{outcome.refused + outcome.failed} ({outcome.failed})",
        f"{outcome.slowest:.1f}",
        *("never" if value is None else f"{value:.1f}" for value in (outcome.writes_again, outcome.well_again)),
    )


def table(outcomes: Sequence[Outcome]) -> Table:
    """All of them, with a sum."""
    made = Table(title="Trials: what became of acknowledged writes", title_justify="left")
    for heading in HEADINGS:
        made.add_column(heading, justify="left" if heading == "fault" else "right")
    made.add_column("note", overflow="fold")
    for outcome in outcomes:
        made.add_row(*cells(outcome), outcome.note, style=None if outcome.good else "red")
    totals = (sum(getattr(outcome, name) for outcome in outcomes) for name in ("acknowledged", "lost", "doubled"))
    made.add_section()
    made.add_row("all", *map(str, totals))
    return made


def main() -> int:
    """Exit code 0 when nothing was lost or doubled and the market was well after every fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.trials")
    parser.add_argument("--only", default="", help="faults whose name has these words")
    parser.add_argument("--seconds", type=float, default=BOUND_SECONDS)
    parser.add_argument("--half-load-minutes", type=float, help="this one trial alone, for so many minutes")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whoever ends this ends its market too
    console = Console(width=None if sys.stdout.isatty() else 200)
    chosen = [fault for fault in FAULTS if arguments.only in fault.name]
    seconds = arguments.seconds
    if arguments.half_load_minutes:
        chosen = [lasting(arguments.half_load_minutes)]
        seconds = max(seconds, chosen[0].seconds + 60)
    began = time.monotonic()
    outcomes = run(chosen, seconds=seconds, console=console)
    console.print(table(outcomes))
    console.print(f"{time.monotonic() - began:.0f} s")
    written = written_in() / "trials.json"
    written.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=1, ensure_ascii=False) + "\n")
    return 0 if all(outcome.good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
