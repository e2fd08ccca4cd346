"""The meanings of listed values, wherever the description lists them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from market.enum_meanings import MEANINGS
from market.notifications.table import NOTICES

_NEWS = {str(kind): notice.subject.en for kind, notice in NOTICES.items()}
_BY_VALUES = {frozenset(meaning): meaning for meaning in (*MEANINGS, _NEWS)}


def explain_enums(described: Any) -> None:
    """Say what listed values mean where not each of them is explained already; changed in place."""
    if isinstance(described, dict):
        meaning, said = _BY_VALUES.get(_values(described.get("enum"))), described.get("description", "")
        if meaning and not all(f"{value}:" in said for value in described["enum"]):
            told = "; ".join(f"{value}: {meaning[value]}" for value in described["enum"])
            described["description"] = f"{said}; {told}" if said else told
        for key, part in described.items():
            if key not in {"examples", "example"}:
                explain_enums(part)
    elif isinstance(described, list):
        for part in described:
            explain_enums(part)


def _values(enum: Iterable[Any] | None) -> frozenset[str]:
    return frozenset(map(str, enum)) if isinstance(enum, list) else frozenset()
