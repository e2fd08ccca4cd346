"""`python -m tests.attacks`: what was tried against the market before, tried again; each is refused with a reason."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    here = Path(__file__).parent
    beside = ("agreements/test_consent.py", "agreements/ledger/test_receiving.py", "agreements/test_rights.py")
    sys.exit(pytest.main([str(here), *(str(here.parent / file) for file in beside), "-vv", *sys.argv[1:]]))
