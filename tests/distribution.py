"""Which tests run when and where: the longest first, so that at the end no process waits for another."""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.scheduler.loadfile import LoadFileScheduling

LONGEST = (
    "end_to_end",
    "operations",
    "benchmarks",
    "test_access_matrix.py",
    "local",
    "test_worker.py",
    "synthetic",
    "demo",
)
"""Rooms and files whose tests take longest."""
OF_ONE_DEMO = frozenset(f"tests/end_to_end/test_{name}.py" for name in ("paper_story", "readme", "tour"))
"""Files whose tests share the market of one `make demo`."""


def longest_first(items: list[pytest.Item]) -> None:
    """Put the tests in order."""
    here = Path(__file__).parent
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.relative_to(here).parts[0], len(LONGEST)))


class FileScheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist is not typed
    """A file goes to one process (as `--dist loadfile` has it), and the files of one demo to the same."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "of one demo" if file in OF_ONE_DEMO else file
