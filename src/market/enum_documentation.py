"""What the words mean that states, roles and kinds are told in, wherever the description lists them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MEANINGS: tuple[dict[str, str], ...] = (
    {"draft": "not shown yet", "published": "found by all", "paused": "hidden for a while", "archived": "over"},
    {"draft": "not shown yet", "published": "open to registrations", "closed": "over", "cancelled": "does not happen"},
    {"unverified": "nobody has looked", "verified": "seen by an officer", "rejected": "not so"},
    {
        "unverified": "nobody has looked",
        "verified": "seen by an officer",
        "rejected": "not so",
        "suspended": "counts no more until it is verified again",
    },
    {
        "open": "waits for an officer",
        "verified": "counts",
        "rejected": "not so",
        "suspended": "counts no more until it is verified again",
        "withdrawn": "taken back",
    },
    {
        "draft": "the buyer has not seen it",
        "submitted": "the buyer is asked",
        "countered": "the supplier is asked",
        "accepted": "whole, goods are reserved",
        "partly_accepted": "in part, goods are reserved",
        "declined": "refused by the buyer",
        "withdrawn": "taken back by the supplier",
        "expired": "its last day is over",
    },
    {
        "draft": "binds nobody",
        "signed": "by every side",
        "effective": "quantified and confirmed, deliveries count",
        "fulfilled": "all was delivered",
        "partly_fulfilled": "closed short",
        "lapsed": "nothing came of it",
        "terminated": "ended before its time",
        "superseded": "a later version holds",
    },
    {
        "requested": "waits for the organizer",
        "waiting": "in line for a place",
        "accepted": "comes",
        "declined": "not taken",
        "withdrawn": "taken back",
    },
    {"planned": "to come", "held": "took place", "missed": "somebody did not come", "cancelled": "does not happen"},
    {"waiting": "to be tried, or tried again", "delivered": "taken by the endpoint", "failed": "given up"},
    {"active": "is told", "paused": "by its people", "disabled": "by the market, see the reason"},
    {"thin": "what changed, to be read", "full": "with the thing itself"},
    {"owner": "runs the organization", "manager": "speaks for it", "staff": "does its daily work"},
    {"producer": "sells", "buyer": "buys", "organizer": "runs events", "authority": "of the state"},
    {"created": "seen for the first time", "updated": "changed", "gone": "not there or not visible any more"},
    {"queued": "waits", "running": "is being made", "done": "is there", "failed": "could not be made"},
    {
        "asking": "waits for answers",
        "checking": "is being tried",
        "ready": "may be run",
        "running": "is being imported",
        "done": "all rows were dealt with",
        "failed": "could not be read",
    },
    {"34": "provinces from 2025-07-01 on", "63": "provinces before"},
    {"2008": "the map of 63 provinces", "2025": "the map of 34"},
    {"counted": "counts", "waiting": "for the receiver's word", "disputed": "does not count", "taken_back": "reversed"},
    {"day": "each day of delivery", "week": "each week", "month": "each month", "total": "all together"},
    {"pending": "not answered yet", "accepted": "joined", "declined": "stayed out", "withdrawn": "taken back"},
    {"off": "no mail", "instant": "at once", "daily": "once a day"},
    {"bac": "the north", "trung": "the middle", "nam": "the south"},
)
"""By value; a list of values is explained by the entry that has exactly these."""

_BY_VALUES = {frozenset(meaning): meaning for meaning in MEANINGS}


def explain_enums(described: Any) -> None:
    """Say what listed values mean where nothing is said of them; changed in place."""
    if isinstance(described, dict):
        meaning = _BY_VALUES.get(_values(described.get("enum")))
        if meaning and "description" not in described:
            described["description"] = "; ".join(f"{value}: {meaning[value]}" for value in described["enum"])
        for key, part in described.items():
            if key not in {"examples", "example"}:
                explain_enums(part)
    elif isinstance(described, list):
        for part in described:
            explain_enums(part)


def _values(enum: Iterable[Any] | None) -> frozenset[str]:
    return frozenset(map(str, enum)) if isinstance(enum, list) else frozenset()
