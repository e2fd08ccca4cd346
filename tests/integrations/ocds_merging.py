"""Merging releases as the Open Contracting Data Standard 1.1 says: in order of date, later values win.

Source: https://standard.open-contracting.org/1.1/en/schema/merging/. Objects are merged by their fields, lists of
objects by `id`, a null takes a field away; `tag`, `date`, `id` and `ocid` tell of a release and not of the process.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

WHOLE_LISTS = frozenset({"roles", "additionalProcurementCategories", "submissionMethod", "additionalClassifications"})


def merged(releases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The compiled release."""
    ordered = sorted(releases, key=lambda release: datetime.fromisoformat(release["date"]))
    compiled: dict[str, Any] = {}
    for release in ordered:
        told = {name: value for name, value in release.items() if name not in ("tag", "date", "id", "ocid")}
        compiled = _merge(compiled, told)
    newest = ordered[-1]
    return compiled | {
        "tag": ["compiled"],
        "date": newest["date"],
        "id": f"{newest['ocid']}-{newest['date']}",
        "ocid": newest["ocid"],
    }


def _merge(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    both = dict(before)
    for name, value in after.items():
        if value is None:
            both.pop(name, None)
        elif isinstance(value, dict):
            both[name] = _merge(both.get(name) or {}, value)
        elif _by_id(value) and name not in WHOLE_LISTS:
            both[name] = _merge_lists(both.get(name) or [], value)
        else:
            both[name] = value
    return both


def _by_id(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and "id" in item for item in value)


def _merge_lists(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items = {item["id"]: item for item in before}
    for item in after:
        items[item["id"]] = _merge(items.get(item["id"]) or {}, item)
    return list(items.values())
