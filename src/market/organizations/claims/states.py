"""The life of a claim, and what gives power."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from market.core.language import Message
from market.core.states import Table, Transition
from market.organizations.claims.models import Status

CLAIM_TRANSITIONS: Table = MappingProxyType(
    {
        "verify": Transition(("open", "suspended", "verified"), "verified", Message(vi="Xác minh", en="Verify")),
        "reject": Transition(("open", "suspended", "verified"), "rejected", Message(vi="Bác", en="Reject")),
        "suspend": Transition(("open", "verified"), "suspended", Message(vi="Tạm ngưng", en="Suspend")),
        "withdraw": Transition(
            ("open", "suspended", "verified"), "withdrawn", Message(vi="Rút", en="Withdraw"), automatic=True
        ),
    }
)

DECIDED: Mapping[str, Status] = MappingProxyType({"verify": "verified", "reject": "rejected", "suspend": "suspended"})
"""What an officer's verbs lead to."""

GRANTED_KINDS = frozenset({"organizer", "authority"})
"""Kinds whose word counts for others: only an officer's verification gives them. The rest hold while claimed."""

LIVING = ("open", "verified", "suspended")

KIND_NAMES = MappingProxyType(
    {
        "producer": Message(vi="bên bán", en="producer"),
        "buyer": Message(vi="bên mua", en="buyer"),
        "organizer": Message(vi="đơn vị tổ chức", en="organizer"),
        "authority": Message(vi="cơ quan quản lý", en="authority"),
    }
)


def claim_name(subject: str, kind: str | None, tax_code: str | None = None) -> Message:
    """What is claimed, in words."""
    if subject == "kind" and kind is not None:
        name = KIND_NAMES[kind]
        return Message(vi=f"loại tổ chức “{name.vi}”", en=f"the kind “{name.en}”")
    if subject == "tax_code":
        return Message(vi=f"mã số thuế {tax_code}", en=f"the tax code {tax_code}")
    return Message(vi="tên gọi và định danh", en="name and identity")
