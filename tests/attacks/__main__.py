"""`python -m tests.attacks`: what was tried against the market before, tried again; each is refused with a reason."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main([str(Path(__file__).parent), "-vv", *sys.argv[1:]]))
