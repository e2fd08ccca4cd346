"""The command `market tour`: lives the story against a running market, over HTTP only."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from market.config import Settings
from market.demo import tour_deal, tour_event, tour_goods, tour_meeting, tour_papers, tour_phone
from market.demo.passwords import read_users
from market.demo.screen import Screen
from market.demo.tour_story import Step, Tour
from market.demo.visitors import Unkept
from market.local.program import LocalServiceError
from market.local.running import find_running

PARTS = (tour_goods, tour_meeting, tour_papers, tour_event, tour_deal, tour_phone)
STEPS: tuple[Step, ...] = tuple(step for part in PARTS for step in part.STEPS)
REQUEST_SECONDS = 30.0


def walk(tour: Tour, steps: Sequence[Step] = STEPS) -> bool:
    """Take every step until one does not hold. Returns whether all did."""
    began = time.monotonic()
    for number, step in enumerate(steps, 1):
        tour.screen.headline(number, vi=step.vi, en=step.en)
        try:
            step.act(tour)
        except Unkept as error:
            tour.screen.failed(step.vi, str(error))
            return False
        except (httpx.HTTPError, LookupError, TypeError, ValueError) as error:
            # An answer of another shape than the API promises.
            tour.screen.failed(step.vi, f"{type(error).__name__}: {error}")
            return False
    tour.screen.done(len(steps), time.monotonic() - began)
    return True


def _address(url: str | None, data_dir: Path) -> str:
    if url is not None:
        return url.rstrip("/").removesuffix("/api/v1")
    running = find_running(data_dir)
    if running is None:
        raise LocalServiceError(f"no `market up` runs on {data_dir}; start one with --demo, or give --url")
    return running.api_url


def tour(
    *,
    url: Annotated[str | None, typer.Option(help="Address of the market; by default the running `market up`.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where `market up --demo` keeps its people [MARKET_DATA_DIR, .market].")
    ] = None,
) -> None:
    """Walk through the market as a cooperative, a supermarket, an officer, an organizer and a stranger.

    Every run makes organizations of its own. Exit code 1 names the first step that did not hold.
    """
    place = (data_dir or Settings().data_dir).absolute()
    address = _address(url, place)
    console = Console()
    console.print(f"[bold]Một vòng chợ[/] · A tour of the market at {address}", highlight=False, soft_wrap=True)
    with httpx.Client(base_url=address, timeout=REQUEST_SECONDS) as http:
        walked = walk(Tour(http=http, screen=Screen(console), demo_users=read_users(place)))
    if not walked:
        raise typer.Exit(1)
