"""The life of an event and of a registration."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

from market.core.language import Message
from market.core.states import Table, Transition

EventStatus = Literal["draft", "published", "closed", "cancelled"]
RegistrationStatus = Literal["requested", "waiting", "accepted", "declined", "withdrawn"]
Side = Literal["seller", "buyer"]

EVENT_TRANSITIONS: Table = MappingProxyType(
    {
        "edit": Transition(("draft", "published"), None, Message(vi="Sửa", en="Edit")),
        "publish": Transition(("draft",), "published", Message(vi="Công bố", en="Publish")),
        "close": Transition(("published",), "closed", Message(vi="Kết thúc", en="Close")),
        "cancel": Transition(("draft", "published"), "cancelled", Message(vi="Hủy", en="Cancel")),
        "register": Transition(("published",), None, Message(vi="Đăng ký tham dự", en="Register")),
    }
)

REGISTRATION_TRANSITIONS: Table = MappingProxyType(
    {
        "request": Transition(("withdrawn",), "requested", Message(vi="Đăng ký lại", en="Register again")),
        "accept": Transition(("requested", "waiting", "declined"), "accepted", Message(vi="Nhận", en="Accept")),
        "decline": Transition(("requested", "waiting", "accepted"), "declined", Message(vi="Từ chối", en="Decline")),
        "withdraw": Transition(("requested", "waiting", "accepted"), "withdrawn", Message(vi="Rút", en="Withdraw")),
    }
)
