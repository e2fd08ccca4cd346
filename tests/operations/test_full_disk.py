"""A log that cannot be written is nobody's error. `make trials` fills a whole disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SAYS = """
import logging, structlog
from market.core.logs import configure_logging
configure_logging(style="json", level="info")
for _ in range(50):
    structlog.get_logger("market").warning("full", text="x" * 1000)
    logging.getLogger("library").warning("full %s", "x" * 1000)
print("went on")
"""


def test_a_process_goes_on_where_its_log_cannot_be_written() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", SAYS], stdout=subprocess.PIPE, stderr=full, text=True, check=False)
    assert done.stdout == "went on\n"
