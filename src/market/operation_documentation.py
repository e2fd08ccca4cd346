"""What each operation says of itself in sentences: what it does, who may ask, and what to mind.

A handler's docstring says what is particular to it; what follows from its kind is said here, for all alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from market.core.access import Access

WHO: Mapping[Access, str] = {
    Access.ANYONE: "Anyone may ask; who is signed in may see more.",
    Access.SIGNED_IN: "For people who are signed in, and API keys.",
    Access.DESK: "For people who are signed in, and devices of the event.",
    Access.MEMBER: "For people who act for an organization, and its API keys.",
    Access.OFFICER: "For officers of the programme.",
    Access.ADMIN: "For administrators.",
}
READS = frozenset({"get", "head"})


def described_operation(operation: Mapping[str, Any], method: str, access: Access) -> str:
    """The description of an operation: its own words first, then what follows from its kind."""
    own = str(operation.get("description") or operation.get("summary") or "").strip()
    sentences = [WHO[access], *(_reading(operation) if method in READS else _writing(operation))]
    if "\n\n" in own or own.startswith(("|", "* ")):
        # What is laid out, as a table of rights is, stays as it is.
        return f"{own}\n\n{' '.join(sentences)}"
    first = " ".join(own.split())
    return " ".join([first if first.endswith((".", "!", "?")) else f"{first}.", *sentences])


def _reading(operation: Mapping[str, Any]) -> list[str]:
    schema = str(_answered(operation).get("$ref", "")).rpartition("/")[2]
    said = []
    if schema.startswith("Page_"):
        said.append("Answers a page; go on with `next_cursor` as `cursor` until it is null.")
    elif schema.startswith("Results_"):
        said.append("Answers results in tiers, the nearest first, with what was understood of the question.")
    if "404" in operation["responses"]:
        said.append("What the caller may not see is answered as if it were not there (404).")
    return said


def _writing(operation: Mapping[str, Any]) -> list[str]:
    said = ["Send an `Idempotency-Key` to repeat it without harm."]
    if "428" in operation["responses"]:
        said.append("`If-Match` with the ETag that was read is required (428), and refused when it is stale (412).")
    elif "412" in operation["responses"]:
        said.append("`If-Match` with the ETag that was read guards against overwriting what another wrote (412).")
    if "requestBody" in operation:
        said.append("Whatever is wrong with what was sent is named at once (400), and nothing is half written.")
    return said


def _answered(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    content = operation["responses"].get("200", {}).get("content", {})
    schema: Mapping[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema
