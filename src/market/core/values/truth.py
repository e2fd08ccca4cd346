"""Yes and no as people write them in a cell: có, không, x, đúng, sai, true, false."""

from __future__ import annotations

from market.core.language import Message
from market.core.values.letters import plain_text
from market.core.values.refusal import Unreadable

NOT_A_BOOLEAN = Message(vi="Phải là có hoặc không (true, false).", en="Must be true or false (có, không).")

_TRUE = frozenset({"true", "có", "x", "đúng", "✓", "✔", "v"})
_FALSE = frozenset({"false", "không", "sai"})


def read_truth(text: str) -> bool:
    """Whether a text says yes.

    Raises:
        Unreadable: it says neither yes nor no.
    """
    word = plain_text(text).casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Unreadable("bool-type", NOT_A_BOOLEAN, suggestions=("true", "false"))
