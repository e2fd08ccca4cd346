"""A child that says what it is asked (see `market.core.child`)."""

from __future__ import annotations

from market.core.child import answer_parent


def echo(question: bytes) -> bytes:
    """The question."""
    return question


if __name__ == "__main__":
    answer_parent(echo)
