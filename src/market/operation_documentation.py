"""What each operation says of itself in sentences: what it does, who may ask, and what happens next.

A handler's docstring says that; who may ask and how pages go on is added here. What is the same for all (headers,
refusals) stands once, with the parameters and answers themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from market.core.access import PEOPLE, Access

WHO: Mapping[Access, str] = {
    Access.ANYONE: "Anyone may ask; who is signed in may see more.",
    Access.SIGNED_IN: "For whoever is signed in.",
    Access.DESK: "For whoever is signed in, and devices of the event.",
    Access.MEMBER: "For whoever acts for an organization.",
    Access.OFFICER: "For officers of the programme.",
    Access.ADMIN: "For administrators.",
}
READS = frozenset({"get", "head"})


def described_operation(operation: Mapping[str, Any], method: str, access: Access, *, scope: str | None = None) -> str:
    """The description of an operation: its own words first, then what follows from its kind.

    Args:
        scope: what an API key needs for it, without the verb.
    """
    own = str(operation.get("description") or operation.get("summary") or "").strip()
    sentences = [*_who(method, access, scope), *(_reading(operation) if method in READS else ())]
    if "\n\n" in own or own.startswith(("|", "* ")):
        # What is laid out, as a table of rights is, stays as it is.
        return f"{own}\n\n{' '.join(sentences)}"
    first = " ".join(own.split())
    return " ".join([first if first.endswith((".", "!", "?")) else f"{first}.", *sentences])


def _who(method: str, access: Access, scope: str | None) -> list[str]:
    if access is Access.ANYONE or scope is None:
        return [WHO[access]]
    key = (
        "No API key may."
        if scope == PEOPLE
        else f"An API key needs `{scope}:{'read' if method in READS else 'write'}`."
    )
    return [WHO[access], key]


def _reading(operation: Mapping[str, Any]) -> list[str]:
    schema = str(_answered(operation).get("$ref", "")).rpartition("/")[2]
    said = []
    if any(parameter.get("name") == "cursor" for parameter in operation.get("parameters", ())):
        said.append("Answers a page; go on with `next_cursor` as `cursor` until it is null.")
    elif schema.startswith("Results_"):
        said.append("Answers results in tiers, the nearest first, with what was understood of the question.")
    return said


def _answered(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    content = operation["responses"].get("200", {}).get("content", {})
    schema: Mapping[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema
