"""One address, several forms: who asks for a thing as JSON-LD is led to that form of it."""

from __future__ import annotations

import re
from typing import Any

from market.integrations.json_ld import MEDIA_TYPE

_THING = re.compile(r"/api/v1/(?:listings|needs|organizations|events)/[0-9a-fA-F-]{36}/?")


def is_preferred(accept: str) -> bool:
    """Whether JSON-LD is named, and no other form is wanted more."""
    weights: dict[str, float] = {}
    for part in accept.split(","):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        said = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            weights[media_type] = float(said)
        except ValueError:
            weights[media_type] = 0
    own = weights.pop(MEDIA_TYPE, 0.0)
    named = [weight for media_type, weight in weights.items() if "*" not in media_type]
    return own > 0 and own >= max(named, default=0)


def lead_to_json_ld(scope: Any) -> None:
    """Make a request of a thing one of its JSON-LD, where `Accept` asks for that; others stay as they are."""
    if scope["method"] not in ("GET", "HEAD"):
        return
    accept = b", ".join(value for name, value in scope["headers"] if name == b"accept").decode("latin-1")
    if "ld+json" in accept and _THING.fullmatch(scope["path"]) and is_preferred(accept):
        scope["path"] = f"{scope['path'].rstrip('/')}/json-ld"
