"""Word lists of the language, as `seeds/reference/language/` has them: what the rules of reading look words up in."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from market.config import PROJECT_ROOT
from market.vietnamese.text import Token, fold

DIRECTORY = PROJECT_ROOT / "seeds" / "reference" / "language"


@cache
def language(name: str) -> dict[str, Any]:
    """The lists of one file, by their names.

    Raises:
        OSError: there is no such file.
    """
    lists: dict[str, Any] = json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))
    return {key: value for key, value in lists.items() if not key.startswith("_")}


@cache
def _states() -> tuple[frozenset[str], frozenset[str]]:
    listed: list[str] = language("queries")["states"]
    return frozenset(listed), frozenset(fold(word) for word in listed)


def is_state(token: Token) -> bool:
    """Whether a word says how goods are and not which: sống, tươi, sạch."""
    spelled, folded = _states()
    return token.text in spelled or (not token.marked and token.text in folded)
