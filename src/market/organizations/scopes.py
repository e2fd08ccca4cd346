"""What a key can be made for: things of the market, to read or to write. Who may write a thing may read it."""

from __future__ import annotations

THINGS = (
    "agreements",
    "certificates",
    "changes",
    "events",
    "goods",
    "imports",
    "listings",
    "matching",
    "needs",
    "notifications",
    "organizations",
    "photos",
    "quotes",
    "reference",
    "reports",
    "search",
)
ALL_SCOPES = tuple(f"{thing}:{verb}" for thing in THINGS for verb in ("read", "write"))
