"""`python -m tests.agreements`: a deal from need to delivery, request by request, step by step and in the fewest."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    story = Path(__file__).with_name("test_fewer_requests.py")
    sys.exit(pytest.main([str(story), "-k", "eight_requests", "-vv", *sys.argv[1:]]))
