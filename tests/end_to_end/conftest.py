from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.demo import Demo, make_demo


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One `make demo` for all tests of this package."""
    with make_demo(tmp_path_factory.mktemp("demo") / "data") as running:
        yield running
