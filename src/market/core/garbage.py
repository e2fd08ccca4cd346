"""How often Python looks for cycles while rows by the thousand are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 1_000_000
"""Objects made between two looks; new rows are hundreds of thousands of them, alive until their commit."""


RARELY = 20_000
"""Objects made between two looks of a process that answers requests or follows the log; what it makes lives shortly."""


def settle_garbage() -> None:
    """Leave what a process has loaded out of every later look: modules and vocabularies live as long as it does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(RARELY, 20, 20)


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Look for garbage seldom inside the block: bulk writes spend a third of their time on it otherwise."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
