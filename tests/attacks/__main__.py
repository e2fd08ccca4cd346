"""`python -m tests.attacks`: what was tried against the market before, tried again; each is refused with a reason."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.attacks.tried import TRIED

TESTS = Path(__file__).parent.parent

if __name__ == "__main__":
    named = {
        f"{TESTS / file}::test_{name}" for files in TRIED.values() for file, names in files.items() for name in names
    }
    beside = sorted(one for one in named if "/attacks/" not in one)
    sys.exit(pytest.main([str(TESTS / "attacks"), *beside, "-q", "-p", "tests.attacks.telling", *sys.argv[1:]]))
