"""Work for later, as rooms declare it; `job_queue.py` keeps and does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

LONGEST_RETRY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Job:
    """What the worker does when a job of this name comes up. The payload is what `enqueue` was given.

    `run` has a session and a transaction of its own, committed when it returns.
    """

    name: str
    run: Callable[[AsyncSession, Mapping[str, Any]], Awaitable[None]]
    attempts: int = 5
    first_retry: timedelta = timedelta(seconds=5)
    """How long after the first failure it is tried again; doubled after each further one, up to 12 hours."""

    def retry_after(self, failures: int) -> timedelta | None:
        """How long to wait after so many failures (1 or more); None when that was the last attempt."""
        if failures >= self.attempts:
            return None
        doubled = self.first_retry * (1 << min(failures - 1, 30))
        return min(doubled, LONGEST_RETRY)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the worker does again and again, at the minutes a crontab expression (UTC) names."""

    name: str
    crontab: str
    run: Callable[[AsyncSession], Awaitable[None]]
