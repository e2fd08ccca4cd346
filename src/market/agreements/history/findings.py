"""What an audit of the history may find, in words for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["altered", "missing", "inserted"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The first row that is not what was recorded."""

    kind: Kind
    table: str
    row: str
    """Its key, e.g. `17`, or agreement and version."""
    change_id: int | None
    """The entry of the log that tells of it, where there is one."""
    why: str

    @property
    def sentence(self) -> str:
        return f"{self.table} {self.row} was {WORDS[self.kind]}: {self.why}"


WORDS: dict[Kind, str] = {"altered": "altered", "missing": "taken away", "inserted": "put in"}
